//! Resources of types that the catalog does not know yet.

use stratiform_template::Value;

use crate::resource::{Attributes, Resource};
use crate::value::draft::{Draft, Reference, Shape, Target};
use crate::value::property::{Expr, Json};

/// A resource of a type that the catalog does not know yet.
#[derive(Clone, Debug)]
pub struct Untyped {
    resource_type: String,
    properties: Json,
}

impl Untyped {
    /// A resource of any type with any properties (a map); nothing else is checked before CloudFormation sees
    /// it.
    pub fn new(resource_type: &str, properties: impl Into<Json>) -> Self {
        let properties = match properties.into().0 {
            Draft::Value(Value::Map(entries)) => {
                let entries = entries.into_iter();
                Draft::Map(
                    entries
                        .map(|(key, value)| (key, Draft::Value(value)))
                        .collect(),
                )
            }
            other => other,
        };
        Untyped {
            resource_type: resource_type.to_owned(),
            properties: Json(properties),
        }
    }
}

/// The attributes of an [`Untyped`] resource.
#[derive(Clone, Copy, Debug)]
pub struct UntypedAttributes(Target);

impl UntypedAttributes {
    /// `Fn::GetAtt` of any attribute.
    pub fn attribute(&self, name: &str) -> Expr<String> {
        let reference = Reference::attribute(self.0, name.to_owned(), Shape::Single);
        Expr::new(Draft::reference(reference))
    }
}

impl Attributes for UntypedAttributes {
    fn of(target: Target) -> Self {
        UntypedAttributes(target)
    }

    fn target(&self) -> Target {
        self.0
    }
}

impl Resource for Untyped {
    type Reference = String;
    type Attributes = UntypedAttributes;

    fn resource_type(&self) -> &str {
        &self.resource_type
    }

    fn into_properties(self) -> Draft {
        match self.properties.0 {
            Draft::Map(entries) => {
                let untyped = |value| match value {
                    // Nothing stays nothing: a default has it no more than what is left out.
                    Draft::Value(Value::Null) => value,
                    value => Draft::Untyped(Box::new(value)),
                };
                let entries = entries.into_iter();
                let entries = entries.map(|(key, value)| (key, untyped(value)));
                Draft::Map(entries.collect())
            }
            other => other,
        }
    }
}
