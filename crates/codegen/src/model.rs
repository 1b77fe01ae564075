//! Resource types as Rust will see them: structs, enums, fields, attributes.
//!
//! Here the catalog's schemas become types; [`crate::emit`] only writes them down.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use stratiform_catalog::ResourceType;

use crate::lowering::Lowering;
use crate::name::{Scope, camel, snake};

/// Everything that one generated file holds.
#[derive(Debug, Default)]
pub(crate) struct Model {
    /// Module of a service (`rds`) → its resources.
    pub(crate) services: BTreeMap<String, Vec<Resource>>,
    /// Kinds of text, by identifier.
    pub(crate) kinds: BTreeMap<String, Kind>,
}

/// A kind of text, or a choice between several.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Kind {
    /// The catalog's formats: `AWS::EC2::VPC.Id`.
    pub(crate) formats: BTreeSet<&'static str>,
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
    /// Text of a kind, by the kind's identifier.
    Id(String),
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

impl Model {
    pub(crate) fn of(resource_types: impl IntoIterator<Item = ResourceType>) -> Model {
        let mut model = Model::default();
        let mut scopes: HashMap<String, Scope> = HashMap::new();
        for resource_type in resource_types {
            let (service, name) = names(resource_type.name());
            let scope = scopes.entry(service.clone()).or_default();
            let module = scope.take([snake(name), snake(name) + "_properties"]);
            let name = scope.take([camel(name)]);
            let resource = Lowering::new(&mut model.kinds, resource_type).resource(name, module);
            model.services.entry(service).or_default().push(resource);
        }
        model
    }
}

/// `AWS::RDS::DBInstance` → `rds`, `DBInstance`; vendors other than AWS keep their name in the module.
fn names(resource_type: &'static str) -> (String, &'static str) {
    let mut parts = resource_type.split("::");
    let vendor = parts.next().unwrap_or_default();
    let service = parts.next().unwrap_or_default();
    let name = resource_type.rsplit("::").next().unwrap_or_default();
    let service = if vendor == "AWS" {
        service.to_lowercase()
    } else {
        format!("{vendor}_{service}").to_lowercase()
    };
    (service, name)
}
