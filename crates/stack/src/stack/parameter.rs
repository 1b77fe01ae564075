//! Parameters: values that are given when a stack is deployed.

use stratiform_template::{Map, Value};

use crate::value::draft::Shape;

/// A value that is given when the stack is deployed.
#[derive(Clone, Debug)]
pub struct Parameter {
    pub(crate) parameter_type: String,
    pub(crate) description: String,
    pub(crate) default: Option<String>,
    pub(crate) no_echo: bool,
    pub(crate) constraints: Map,
}

impl Parameter {
    /// A `String` parameter; `description` tells whoever deploys what to give.
    pub fn string(description: &str) -> Self {
        Parameter::of_type("String", description)
    }

    /// A parameter of any of CloudFormation's types: `Number`, `AWS::SSM::Parameter::Value<String>` …
    pub fn of_type(parameter_type: &str, description: &str) -> Self {
        Parameter {
            parameter_type: parameter_type.to_owned(),
            description: description.to_owned(),
            default: None,
            no_echo: false,
            constraints: Map::new(),
        }
    }

    /// Sets the value used when none is given.
    pub fn default_value(mut self, value: impl Into<String>) -> Self {
        self.default = Some(value.into());
        self
    }

    /// Sets the regular expression (Java's) that the whole value must match, and how to say that it does not.
    pub fn pattern(mut self, pattern: &str, explanation: &str) -> Self {
        self.constraints
            .insert("AllowedPattern".to_owned(), pattern.into());
        self.constraints
            .insert("ConstraintDescription".to_owned(), explanation.into());
        self
    }

    /// Sets the values that are allowed.
    pub fn allowed_values<V: Into<Value>>(mut self, values: impl IntoIterator<Item = V>) -> Self {
        let values = values.into_iter().map(Into::into).collect();
        self.constraints
            .insert("AllowedValues".to_owned(), Value::List(values));
        self
    }

    /// Whether the value is a list.
    pub(crate) fn shape(&self) -> Shape {
        if self.parameter_type.contains("List<") || self.parameter_type == "CommaDelimitedList" {
            Shape::List
        } else {
            Shape::Single
        }
    }

    /// Hides the value wherever CloudFormation shows parameters.
    pub fn no_echo(mut self) -> Self {
        self.no_echo = true;
        self
    }
}
