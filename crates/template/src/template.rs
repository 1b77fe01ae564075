//! A template and its sections.

use indexmap::IndexMap;

use crate::map::Map;
use crate::value::Value;

/// A section whose members are named: logical ID, or the name of a mapping, condition or rule.
///
/// A name that starts with `Fn::ForEach::` is a loop of `AWS::LanguageExtensions`; it is kept as written.
pub type Section<T> = IndexMap<String, Member<T>>;

/// One member of a [`Section`].
#[derive(Clone, Debug, PartialEq)]
pub enum Member<T> {
    /// An ordinary member.
    One(T),
    /// What members are made from: the argument of a loop (`Fn::ForEach::Name: [identifier, collection, body]`), or
    /// that of an `Fn::Transform` in the place of members. The name says which.
    Unexpanded(Value),
}

/// A CloudFormation template, all sections of it.
///
/// Source: CloudFormation user guide, "Template sections".
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Template {
    /// `AWSTemplateFormatVersion`: only `2010-09-09` exists.
    pub format_version: Option<String>,
    /// `Description`, at most 1,024 bytes.
    pub description: Option<String>,
    /// `Transform`: macros, in order.
    pub transform: Vec<Value>,
    /// `Metadata`, free.
    pub metadata: Map,
    /// `Parameters`, at most 200.
    pub parameters: IndexMap<String, Parameter>,
    /// `Rules`: assertions on parameters.
    pub rules: Map,
    /// `Mappings`: name → first key → second key → string or list.
    pub mappings: Map,
    /// `Conditions`.
    pub conditions: Section<Value>,
    /// `Resources`: the one section that must be there.
    pub resources: Section<Resource>,
    /// `Outputs`, at most 200.
    pub outputs: Section<Output>,
    /// `Hooks`, only with `AWS::CodeDeployBlueGreen`.
    pub hooks: Map,
    /// Sections that CloudFormation does not know but a macro may (`Globals`), and `Fn::Transform`, as written.
    pub unknown: Map,
}

/// One entry of `Parameters`: its attributes (`Type`, `Default`, `AllowedPattern` …) as written.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Parameter {
    /// `Type`: `String`, `Number`, `AWS::EC2::VPC::Id` …
    pub parameter_type: String,
    /// `Default`.
    pub default: Option<Value>,
    /// `Description`.
    pub description: Option<String>,
    /// `NoEcho`: the value is shown as `****`.
    pub no_echo: Option<bool>,
    /// Constraints: `AllowedPattern`, `AllowedValues`, `ConstraintDescription`, `MinLength`, `MaxLength`,
    /// `MinValue`, `MaxValue`, as written.
    pub constraints: Map,
}

impl Parameter {
    /// Whether the value is read from the Systems Manager parameter that the text names.
    pub fn is_looked_up(&self) -> bool {
        self.parameter_type.starts_with(LOOKED_UP)
    }

    /// Whether `Ref` gives a list.
    pub fn is_list(&self) -> bool {
        let name = self.parameter_type.as_str();
        let name = name.strip_prefix(LOOKED_UP).unwrap_or(name);
        name.starts_with("CommaDelimitedList") || name.starts_with("List<")
    }
}

/// How types of parameters begin whose values are read from Systems Manager.
const LOOKED_UP: &str = "AWS::SSM::Parameter::Value<";

/// One entry of `Resources`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Resource {
    /// `Type`: `AWS::SQS::Queue`.
    pub resource_type: String,
    /// `Condition`: the resource exists only where it holds.
    pub condition: Option<String>,
    /// `DependsOn`: logical IDs.
    pub depends_on: Vec<String>,
    /// `DeletionPolicy`; a value since functions are allowed here, with and without language extensions.
    pub deletion_policy: Option<Value>,
    /// `UpdateReplacePolicy`; likewise.
    pub update_replace_policy: Option<Value>,
    /// `CreationPolicy`.
    pub creation_policy: Option<Value>,
    /// `UpdatePolicy`.
    pub update_policy: Option<Value>,
    /// `Metadata`.
    pub metadata: Option<Value>,
    /// `Properties`: a map, or a function that gives one (`Fn::Transform`).
    pub properties: Map,
    /// Attributes that CloudFormation does not know, as written: a finding for whoever validates.
    pub unknown: Map,
}

/// One entry of `Outputs`.
#[derive(Clone, Debug, PartialEq)]
pub struct Output {
    /// `Value`.
    pub value: Value,
    /// `Description`.
    pub description: Option<String>,
    /// `Export.Name`.
    pub export: Option<Value>,
    /// `Condition`: the output exists only where it holds.
    pub condition: Option<String>,
}

impl Output {
    /// An output that says nothing yet.
    pub(crate) fn empty() -> Self {
        Output {
            value: Value::Null,
            description: None,
            export: None,
            condition: None,
        }
    }
}
