//! Resource types as Rust will see them: structs, enums, fields, attributes.
//!
//! [`crate::lowering`] makes them from the catalog's schemas; [`crate::emit`] only writes them down.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use crate::lowering::beyond;
use crate::name::kind_name;

/// Everything that one generated file holds.
#[derive(Debug, Default)]
pub(crate) struct Model {
    /// Module of a service (`rds`) → what is in it.
    pub(crate) services: BTreeMap<String, Service>,
    /// Kinds of text, by identifier.
    pub(crate) kinds: BTreeMap<String, Kind>,
}

/// The module of a service.
#[derive(Debug, Default)]
pub(crate) struct Service {
    pub(crate) resources: Vec<Resource>,
    pub(crate) reused: Vec<Reused>,
}

/// A resource type that a crate depended on has already.
#[derive(Debug)]
pub(crate) struct Reused {
    pub(crate) resource_type: &'static str,
    /// The module of all resources there: `::stratiform_parts::resources`.
    pub(crate) from: String,
    /// `DbInstance`.
    pub(crate) name: String,
    /// `db_instance`.
    pub(crate) module: String,
}

/// A kind of text, or a choice between several.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Kind {
    /// The catalog's formats: `AWS::EC2::VPC.Id`.
    pub(crate) formats: BTreeSet<String>,
    /// The one of them by which a resource is named that has several.
    pub(crate) first: Option<String>,
}

/// The choices of kinds that the schemas of the catalog have. A resource's handle fits them, whether a type that takes
/// one is generated beside it or not.
const CHOICES: [&[&str]; 2] = [
    &["AWS::EC2::SecurityGroup.Id", "AWS::EC2::SecurityGroup.Name"],
    &[
        "AWS::KMS::Alias.AliasName",
        "AWS::KMS::Key.Arn",
        "AWS::KMS::Key.Id",
    ],
];

impl Kind {
    /// A choice of kinds, none of which comes first.
    pub(crate) fn of(formats: impl IntoIterator<Item = String>) -> Kind {
        Kind {
            formats: formats.into_iter().collect(),
            first: None,
        }
    }

    /// A choice of kinds, of which the first is meant where a resource has several.
    pub(crate) fn ordered(formats: Vec<String>) -> Kind {
        let first = formats.first().filter(|_| formats.len() > 1).cloned();
        Kind {
            first,
            ..Kind::of(formats)
        }
    }

    /// Every choice of several kinds: those of the schemas, and those that only AWS's pages have.
    pub(crate) fn choices() -> &'static BTreeSet<Kind> {
        static ALL: LazyLock<BTreeSet<Kind>> = LazyLock::new(|| {
            let of_schemas = CHOICES
                .into_iter()
                .map(|formats| Kind::of(formats.iter().map(|format| (*format).to_owned())));
            let of_pages = beyond::choices().map(Kind::ordered);
            of_schemas.chain(of_pages).collect()
        });
        &ALL
    }

    /// `KmsKeyArnOrKmsKeyId`; `KmsKeyIdElseKmsKeyArn` where the first is meant, `Ec2VpcIdElse5Others` where there are
    /// many: the compiler says these names.
    pub(crate) fn name(&self) -> String {
        let Some(first) = &self.first else {
            let names = self.formats.iter().map(|format| kind_name(format));
            return names.collect::<Vec<_>>().join("Or");
        };
        let others = self.formats.iter().filter(|format| *format != first);
        let others: Vec<String> = others.map(|format| kind_name(format)).collect();
        let first = kind_name(first);
        match others.as_slice() {
            [other] => format!("{first}Else{other}"),
            others => format!("{first}Else{}Others", others.len()),
        }
    }

    /// A choice of kinds accepts each of them, and any smaller choice.
    pub(crate) fn accepts(&self, other: &Kind) -> bool {
        other.formats.is_subset(&self.formats)
    }

    /// Whether it is an ARN, whichever it is.
    pub(crate) fn is_arn(&self) -> bool {
        self.formats.iter().all(|format| format.ends_with("Arn"))
    }
}

/// A resource type.
#[derive(Debug)]
pub(crate) struct Resource {
    /// `AWS::RDS::DBInstance`.
    pub(crate) resource_type: &'static str,
    /// `DbInstance`.
    pub(crate) name: String,
    /// `db_instance`: where its property types are.
    pub(crate) module: String,
    pub(crate) fields: Vec<Field>,
    /// The property that `Ref` gives, where it is one.
    pub(crate) identifier: Option<&'static str>,
    pub(crate) reference: RustType,
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) types: Vec<PropertyType>,
}

/// A type of a property, named inside the module of its resource.
#[derive(Debug)]
pub(crate) enum PropertyType {
    Struct {
        name: String,
        fields: Vec<Field>,
    },
    Enum {
        /// The module of the struct that has it; nothing where it is the resource's own, or has a definition.
        module: Option<String>,
        name: String,
        variants: Vec<(String, &'static str)>,
    },
}

/// A property.
#[derive(Clone, Debug)]
pub(crate) struct Field {
    /// CloudFormation's name.
    pub(crate) property: &'static str,
    /// The identifier.
    pub(crate) name: String,
    pub(crate) rust_type: RustType,
    pub(crate) presence: Presence,
    /// Facts for the documentation.
    pub(crate) facts: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Presence {
    Required,
    Optional,
}

/// An attribute that `Fn::GetAtt` gives.
#[derive(Debug)]
pub(crate) struct Attribute {
    /// `Endpoint.Address`.
    pub(crate) attribute: &'static str,
    /// `endpoint_address`.
    pub(crate) name: String,
    pub(crate) rust_type: RustType,
}

/// The type of a property's value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum RustType {
    Text,
    /// Text that a resource gives and of which the catalog does not say what it identifies.
    UnknownKind,
    /// An ARN of anything.
    Arn,
    /// Text of a kind, by the kind's identifier.
    Id(String),
    /// Text that is a number.
    Digits,
    Integer,
    Number,
    Boolean,
    Json,
    Tag,
    List(Box<RustType>),
    Map(Box<RustType>),
    /// A [`PropertyType`] of the resource.
    Named(String),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn choices_have_names_of_their_own() {
        let choices = Kind::choices();
        let names: BTreeSet<String> = choices.iter().map(Kind::name).collect();
        assert_eq!(names.len(), choices.len(), "{names:?}");
    }
}
