//! Attributes: what `Fn::GetAtt` gives, which the schemas alone do not say.
//!
//! The package says it in Python, in `schema/_getatts.py`: lists of types, and rules. The lists are
//! read as literals; the rules are here once more. Whether they are the same, `compare` finds out
//! from [`ask`], which runs the package's own.

use super::error::{ImportError, unexpected};
use super::package::{self, PackageError};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use stratiform_catalog::keyword::PROPERTIES;

const EVERY_PROPERTY: &str = "_all_property_types";
const EXCEPTIONS: &str = "_exceptions";
const UNKNOWN: &str = "_unnamed_unknown_types";

/// The types whose attributes are the outputs of a template, and nothing else.
const TEMPLATES: [&str; 2] = ["AWS::CloudFormation::Stack", "AWS::Serverless::Application"];

/// The type whose property `Outputs` is the outputs of a template, and no attribute itself.
const PROVISIONED_PRODUCT: &str = "AWS::ServiceCatalog::CloudFormationProvisionedProduct";

/// Stands for the outputs of a template.
const OUTPUTS: &str = "Outputs.*";

/// Stands for attributes that only the resource knows.
const ANYTHING: &str = "*";

/// Deeper nesting of an object's attributes than any real one; below it, there is a circle.
const MAX_DEPTH: usize = 24;

/// The package's lists: which types give more than their read-only properties.
#[derive(Debug, Default)]
pub(crate) struct AttributeRules {
    /// The types whose attributes are all properties.
    every_property: BTreeSet<String>,
    /// Properties that are attributes too, by type.
    exceptions: BTreeMap<String, BTreeSet<String>>,
    /// What the names of types start with whose attributes nobody knows.
    unknown: Vec<String>,
}

/// The attributes of a type.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Attributes {
    /// The names: the read-only properties in the source's order, then the others, sorted.
    pub(super) names: Vec<String>,
    /// The schemas of those that are no properties.
    pub(super) schemas: BTreeMap<String, Value>,
}

/// Asks the package's own code. The answer is a map from the hash of each schema to its attributes;
/// they are a map from name to the JSON types of the value, or null if it has no schema.
pub(crate) fn ask(package: &Path) -> Result<Value, PackageError> {
    package::script("ask.py", package, &[])
}

impl AttributeRules {
    /// Reads the package's lists.
    pub(crate) fn read(package: &Path) -> Result<AttributeRules, super::CatalogError> {
        let file = package.join("schema/_getatts.py");
        let names = [EVERY_PROPERTY, EXCEPTIONS, UNKNOWN];
        let literals = package::script("literals.py", &file, &names)?;
        Ok(AttributeRules::from_literals(&literals)?)
    }

    fn from_literals(literals: &Value) -> Result<AttributeRules, ImportError> {
        Ok(AttributeRules {
            every_property: take(
                literals,
                EVERY_PROPERTY,
                "a list of types",
                serde_json::from_value,
            )?,
            exceptions: take(
                literals,
                EXCEPTIONS,
                "a map from type to properties",
                serde_json::from_value,
            )?,
            unknown: take(
                literals,
                UNKNOWN,
                "a list of starts of names",
                serde_json::from_value,
            )?,
        })
    }

    /// Finds the attributes of a type.
    pub(crate) fn attributes(&self, name: &str, schema: &Value) -> Result<Attributes, ImportError> {
        let mut attributes = Attributes::default();
        if self.every_property.contains(name) {
            let mut found = BTreeSet::new();
            let walk = Walk {
                name,
                schema,
                found: &mut found,
            };
            walk.properties()?;
            for pointer in read_only(schema) {
                attributes.add(found.take(&attribute(pointer)));
            }
            found
                .into_iter()
                .for_each(|name| attributes.add(Some(name)));
            return Ok(attributes);
        }

        let is_template = TEMPLATES.contains(&name);
        for pointer in read_only(schema).filter(|_| !is_template) {
            if name == PROVISIONED_PRODUCT && attribute(pointer) == "Outputs" {
                attributes.add_open(OUTPUTS, json!(["string"]));
            } else {
                attributes.add(Some(attribute(pointer)));
            }
        }
        if is_template {
            attributes.add_open(OUTPUTS, json!(["string"]));
        }
        if self.unknown.iter().any(|start| name.starts_with(start)) {
            let any = ["array", "boolean", "integer", "number", "object", "string"];
            attributes.add_open(ANYTHING, json!(any));
        }
        let exceptions = self.exceptions.get(name).into_iter().flatten().cloned();
        exceptions.for_each(|name| attributes.add(Some(name)));
        Ok(attributes)
    }
}

fn take<T>(
    literals: &Value,
    name: &str,
    expected: &'static str,
    parse: fn(Value) -> serde_json::Result<T>,
) -> Result<T, ImportError> {
    let place = format!("`{name}` in schema/_getatts.py");
    parse(literals[name].clone()).map_err(|_| unexpected(&place, expected, &literals[name]))
}

impl Attributes {
    fn add(&mut self, name: Option<String>) {
        let new = name.filter(|name| !self.names.contains(name));
        self.names.extend(new);
    }

    fn add_open(&mut self, name: &str, types: Value) {
        self.add(Some(name.to_owned()));
        self.schemas.insert(name.to_owned(), json!({"type": types}));
    }
}

/// Finds what of a type's properties `Fn::GetAtt` can give.
struct Walk<'a> {
    name: &'a str,
    schema: &'a Value,
    found: &'a mut BTreeSet<String>,
}

impl Walk<'_> {
    fn properties(mut self) -> Result<(), ImportError> {
        for (property, schema) in entries(&self.schema["properties"]) {
            self.value(schema, property, 0)?;
        }
        Ok(())
    }

    /// An object gives its members, a list itself unless it is one of objects or of lists.
    fn value(&mut self, schema: &Value, path: &str, depth: usize) -> Result<(), ImportError> {
        if depth > MAX_DEPTH {
            let place = format!("`{path}` of {}", self.name);
            return Err(unexpected(&place, "a value of finite depth", schema));
        }
        if is_type(schema, "object") {
            for (property, schema) in entries(&schema["properties"]) {
                self.value(schema, &format!("{path}.{property}"), depth + 1)?;
            }
        } else if is_type(schema, "array") {
            let items = &schema["items"]["type"];
            if items != "object" && items != "array" {
                self.found.insert(path.to_owned());
            }
        } else if let Some(reference) = schema["$ref"].as_str() {
            let target = reference
                .strip_prefix('#')
                .and_then(|pointer| self.schema.pointer(pointer));
            let Some(target) = target else {
                let place = format!("`$ref` at `{path}` of {}", self.name);
                return Err(unexpected(&place, "a reference within the schema", schema));
            };
            self.value(target, path, depth + 1)?;
        } else {
            self.found.insert(path.to_owned());
        }
        Ok(())
    }
}

fn read_only(schema: &Value) -> impl Iterator<Item = &str> {
    let pointers = schema["readOnlyProperties"].as_array();
    pointers.into_iter().flatten().filter_map(Value::as_str)
}

/// Turns a pointer to a property into the name of an attribute.
fn attribute(pointer: &str) -> String {
    let path = pointer.strip_prefix(PROPERTIES).unwrap_or(pointer);
    path.replace('/', ".")
}

fn is_type(schema: &Value, json_type: &str) -> bool {
    match &schema["type"] {
        Value::Array(types) => types.iter().any(|found| found == json_type),
        found => found == json_type,
    }
}

fn entries(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules() -> AttributeRules {
        let literals = json!({
            "_all_property_types": ["A::All::Properties"],
            "_exceptions": {"A::Some::Properties": ["Name", "Arn"]},
            "_unnamed_unknown_types": ["Custom::"],
        });
        AttributeRules::from_literals(&literals).unwrap()
    }

    fn names(name: &str, schema: &Value) -> Vec<String> {
        rules().attributes(name, schema).unwrap().names
    }

    fn schema() -> Value {
        json!({
            "definitions": {
                "Endpoint": {"type": "object", "properties": {
                    "Port": {"type": "integer"},
                    "Address": {"type": "string"},
                }},
                "Name": {"type": "string"},
            },
            "properties": {
                "Arn": {"type": "string"},
                "Endpoint": {"$ref": "#/definitions/Endpoint"},
                "Flags": {"type": "array", "items": {"type": "boolean"}},
                "Free": {"type": ["object", "string"]},
                "Name": {"$ref": "#/definitions/Name"},
                "Pairs": {"type": "array", "items": {"type": "object"}},
                "Tags": {"type": "array", "items": {"$ref": "#/definitions/Endpoint"}},
            },
            "readOnlyProperties": ["/properties/Endpoint/Port", "/properties/Arn", "/properties/Endpoint"],
        })
    }

    #[test]
    fn the_read_only_properties_are_attributes() {
        assert_eq!(
            names("A::B::C", &schema()),
            ["Endpoint.Port", "Arn", "Endpoint"]
        );
        assert_eq!(names("A::B::C", &json!({})), [""; 0]);
    }

    #[test]
    fn some_types_give_more() {
        assert_eq!(
            names("A::Some::Properties", &schema()),
            ["Endpoint.Port", "Arn", "Endpoint", "Name"]
        );
        assert_eq!(
            names("A::All::Properties", &schema()),
            [
                "Endpoint.Port",
                "Arn",
                "Endpoint.Address",
                "Flags",
                "Name",
                "Tags"
            ]
        );
    }

    #[test]
    fn some_types_give_what_nobody_can_list() {
        let outputs = json!({"readOnlyProperties": ["/properties/Id", "/properties/Outputs"]});
        assert_eq!(names("AWS::CloudFormation::Stack", &outputs), ["Outputs.*"]);
        assert_eq!(names(PROVISIONED_PRODUCT, &outputs), ["Id", "Outputs.*"]);
        assert_eq!(names("Custom::Thing", &json!({})), ["*"]);
        let found = rules().attributes(PROVISIONED_PRODUCT, &outputs).unwrap();
        let string = json!({"type": ["string"]});
        assert_eq!(
            found.schemas,
            BTreeMap::from([("Outputs.*".to_owned(), string)])
        );
    }

    #[test]
    fn a_circle_and_another_shape_are_refused() {
        let circle = json!({
            "definitions": {"D": {"type": "object", "properties": {"P": {"$ref": "#/definitions/D"}}}},
            "properties": {"P": {"$ref": "#/definitions/D"}},
        });
        let error = rules().attributes("A::All::Properties", &circle);
        let error = error.unwrap_err().to_string();
        assert!(error.contains("not a value of finite depth"), "{error}");

        let check = |name: &str, literal: Value, expected: &str| {
            let mut literals = json!({
                "_all_property_types": [], "_exceptions": {}, "_unnamed_unknown_types": [],
            });
            literals[name] = literal;
            let error = AttributeRules::from_literals(&literals).unwrap_err();
            let error = error.to_string();
            let place = format!("`{name}` in schema/_getatts.py is not {expected}");
            assert!(error.starts_with(&place), "{error}");
            assert!(error.contains("format has changed"), "{error}");
        };
        check(EVERY_PROPERTY, Value::Null, "a list of types, but null");
        check(EXCEPTIONS, json!(["A"]), "a map from type to properties");
        check(UNKNOWN, json!({"A": 1}), "a list of starts of names");
    }
}
