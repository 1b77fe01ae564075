//! Resource types as Rust will see them: structs, enums, fields, attributes.
//!
//! Here the catalog's schemas become types; [`crate::emit`] only writes them down.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use indexmap::IndexMap;
use stratiform_catalog::{Fact, JsonType, Keyword, PropertyPath, ResourceType, Schema};

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

/// Names that [`stratiform_stack::Handle`] has itself; an attribute of the same name gets a suffix.
const HANDLE_METHODS: [&str; 11] = [
    "reference",
    "logical_id",
    "deletion_policy",
    "update_replace_policy",
    "on_removal",
    "depends_on",
    "condition",
    "creation_policy",
    "update_policy",
    "metadata",
    "clone",
];

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

/// What a type is called after.
#[derive(Clone, Copy)]
enum Naming<'a> {
    /// The definition it is: its name is reserved.
    Definition(&'static str),
    /// The property that has it, in the struct `owner`; empty for the resource itself. A name says where it
    /// belongs, and so no other property can change it.
    Property { owner: &'a str, property: &'a str },
}

/// Turns one resource type's schema into types.
struct Lowering<'a> {
    kinds: &'a mut BTreeMap<String, Kind>,
    resource_type: ResourceType,
    scope: Scope,
    types: IndexMap<String, PropertyType>,
    /// Definitions that are named types already, or are about to be.
    definitions: HashMap<&'static str, RustType>,
    /// The name of each definition, whether it turns out to need one or not.
    reserved: HashMap<&'static str, String>,
}

impl<'a> Lowering<'a> {
    fn new(kinds: &'a mut BTreeMap<String, Kind>, resource_type: ResourceType) -> Self {
        let mut scope = Scope::default();
        // Names of the prelude that the generated code itself uses.
        for name in ["From", "Into", "Some", "String"] {
            scope.take([name.to_owned()]);
        }
        let definitions = resource_type.schema().definitions();
        let reserved = definitions
            .map(|(name, _)| (name, scope.take([camel(name), camel(name) + "Properties"])))
            .collect();
        Lowering {
            kinds,
            resource_type,
            scope,
            types: IndexMap::new(),
            definitions: HashMap::new(),
            reserved,
        }
    }

    fn resource(mut self, name: String, module: String) -> Resource {
        let schema = self.resource_type.schema();
        let read_only: HashSet<&str> = self
            .resource_type
            .read_only()
            .filter(|path| path.is_top_level())
            .map(|path| path.as_str())
            .collect();
        let fields = self.fields(schema, "", |property| !read_only.contains(property));
        let attributes = self.attributes();
        let reference = self.reference();
        Resource {
            resource_type: self.resource_type.name(),
            name,
            module,
            fields,
            reference,
            attributes,
            types: self.types.into_values().collect(),
        }
    }

    /// The fields of an object: its own properties and those of its alternatives.
    fn fields(&mut self, schema: Schema, owner: &str, wanted: impl Fn(&str) -> bool) -> Vec<Field> {
        let mut properties = IndexMap::new();
        collect_properties(schema, 0, &mut properties);
        let mut names = Scope::default();
        let top_level = owner.is_empty();
        let mut fields = Vec::new();
        for (property, schema_of_property) in
            properties.into_iter().filter(|(name, _)| wanted(name))
        {
            let required = schema.requires(property);
            let rust_type =
                self.rust_type(schema_of_property, Naming::Property { owner, property }, 0);
            fields.push(Field {
                property,
                name: names.take([snake(property)]),
                rust_type,
                presence: if required {
                    Presence::Required
                } else {
                    Presence::Optional
                },
                facts: self.facts(schema_of_property, property, top_level),
            });
        }
        fields
    }

    fn rust_type(&mut self, schema: Schema, naming: Naming<'_>, depth: usize) -> RustType {
        if depth > MAX_DEPTH {
            return RustType::Json;
        }
        if let Some(definition) = schema.reference() {
            if let Some(known) = self.definitions.get(definition) {
                return known.clone();
            }
            let target = schema.resolve();
            if let Shape::Object = shape(target) {
                return self.definition(definition, target);
            }
            // No struct: an enum of the definition's name, or a type that needs no name.
            let rust_type = self.rust_type_of(target, Naming::Definition(definition), depth + 1);
            self.definitions.insert(definition, rust_type.clone());
            return rust_type;
        }
        self.rust_type_of(schema.resolve(), naming, depth + 1)
    }

    fn definition(&mut self, definition: &'static str, schema: Schema) -> RustType {
        if is_tag(schema) {
            return RustType::Tag;
        }
        let name = self.name(Naming::Definition(definition));
        let rust_type = RustType::Named(name.clone());
        // Known before its fields are: definitions may refer to themselves.
        self.definitions.insert(definition, rust_type.clone());
        let fields = self.fields(schema, &name, |_| true);
        self.types
            .insert(name.clone(), PropertyType::Struct { name, fields });
        rust_type
    }

    fn rust_type_of(&mut self, schema: Schema, naming: Naming<'_>, depth: usize) -> RustType {
        match shape(schema) {
            Shape::Json => RustType::Json,
            Shape::Boolean => RustType::Boolean,
            Shape::Integer => RustType::Integer,
            Shape::Number => RustType::Number,
            Shape::Text => self.text(schema, naming),
            Shape::Array => {
                let items = schema
                    .items()
                    .map(|items| self.rust_type(items, naming, depth + 1));
                RustType::List(Box::new(items.unwrap_or(RustType::Json)))
            }
            Shape::Map(values) => {
                RustType::Map(Box::new(self.rust_type(values, naming, depth + 1)))
            }
            Shape::Object if is_tag(schema) => RustType::Tag,
            Shape::Object => {
                let name = self.name(naming);
                let fields = self.fields(schema, &name, |_| true);
                self.types.insert(
                    name.clone(),
                    PropertyType::Struct {
                        name: name.clone(),
                        fields,
                    },
                );
                RustType::Named(name)
            }
        }
    }

    fn text(&mut self, schema: Schema, naming: Naming<'_>) -> RustType {
        if let Some(values) = text_values(schema) {
            return RustType::Named(self.choice(values, naming));
        }
        let formats: BTreeSet<&'static str> = [schema]
            .into_iter()
            .chain(schema.any_of())
            .chain(schema.one_of())
            .filter_map(kind)
            .collect();
        // A choice with a member of no known kind accepts any text.
        let every_branch_known = schema
            .any_of()
            .chain(schema.one_of())
            .all(|branch| kind(branch).is_some());
        if formats.is_empty() || !every_branch_known {
            return RustType::Text;
        }
        let name: Vec<String> = formats.iter().map(|format| kind_name(format)).collect();
        let name = name.join("Or");
        self.kinds.insert(
            name.clone(),
            Kind {
                formats: formats.clone(),
            },
        );
        for format in formats {
            self.kinds.entry(kind_name(format)).or_insert_with(|| Kind {
                formats: BTreeSet::from([format]),
            });
        }
        RustType::Id(name)
    }

    fn name(&mut self, naming: Naming<'_>) -> String {
        match naming {
            Naming::Definition(definition) => {
                self.reserved.get(definition).cloned().unwrap_or_default()
            }
            Naming::Property { owner, property } => {
                let name = format!("{owner}{}", camel(property));
                self.scope.take([name.clone(), name + "Value"])
            }
        }
    }

    fn choice(&mut self, values: Vec<&'static str>, naming: Naming<'_>) -> String {
        let name = self.name(naming);
        let mut scope = Scope::default();
        let variants = values
            .iter()
            .map(|value| (scope.take([camel(value)]), *value))
            .collect();
        self.types.insert(
            name.clone(),
            PropertyType::Enum {
                name: name.clone(),
                variants,
            },
        );
        name
    }

    fn attributes(&mut self) -> Vec<Attribute> {
        let mut names = Scope::default();
        for method in HANDLE_METHODS {
            names.take([method.to_owned()]);
        }
        let mut attributes = Vec::new();
        for readable in self.resource_type.attributes() {
            let attribute = readable.name;
            let rust_type = readable
                .schema
                .filter(|_| self.is_returned(attribute))
                .and_then(|schema| self.attribute_type(schema));
            let Some(rust_type) = rust_type else {
                continue;
            };
            let name = snake(&attribute.replace('.', " "));
            let name = names.take([name.clone(), name + "_attribute"]);
            attributes.push(Attribute {
                attribute,
                name,
                rust_type,
            });
        }
        attributes
    }

    /// Of some types every property counts as an attribute, and yet the service never returns those
    /// that are write-only: passwords, or what a resource is restored from.
    fn is_returned(&self, attribute: &str) -> bool {
        let is_part_of = |path: PropertyPath| {
            let mut steps = attribute.split('.');
            path.segments().all(|step| steps.next() == Some(step))
        };
        !self.resource_type.write_only().any(is_part_of)
            || self.resource_type.read_only().any(is_part_of)
    }

    /// What an attribute gives; nothing for objects, of which only the members can be asked for.
    fn attribute_type(&mut self, schema: Schema) -> Option<RustType> {
        let resolved = schema.resolve();
        let format = kind(schema).or_else(|| kind(resolved));
        match (shape(resolved), format) {
            (Shape::Text, Some(format)) => {
                let name = kind_name(format);
                self.kinds.entry(name.clone()).or_insert_with(|| Kind {
                    formats: BTreeSet::from([format]),
                });
                Some(RustType::Id(name))
            }
            (Shape::Text, None) => Some(RustType::Text),
            (Shape::Integer, _) => Some(RustType::Integer),
            (Shape::Number, _) => Some(RustType::Number),
            (Shape::Boolean, _) => Some(RustType::Boolean),
            (Shape::Json, _) => Some(RustType::Json),
            (Shape::Array, _) => {
                let items = resolved
                    .items()
                    .and_then(|items| self.attribute_type(items));
                Some(RustType::List(Box::new(items.unwrap_or(RustType::Json))))
            }
            (Shape::Object | Shape::Map(_), _) => None,
        }
    }

    /// What `Ref` gives: the primary identifier where it is one property, otherwise plain text.
    fn reference(&mut self) -> RustType {
        let mut identifier = self.resource_type.primary_identifier();
        let (Some(path), None) = (identifier.next(), identifier.next()) else {
            return RustType::Text;
        };
        let property = self.resource_type.schema().property(path.as_str());
        match property.and_then(|schema| self.attribute_type(schema)) {
            Some(id @ RustType::Id(_)) => id,
            _ => RustType::Text,
        }
    }

    /// What the catalog knows of a property, in words for the documentation.
    fn facts(&self, schema: Schema, property: &str, top_level: bool) -> Vec<String> {
        let resource_type = self.resource_type;
        let mut facts = Vec::new();
        let mut note = |listed: bool, fact: &str| {
            if top_level && listed {
                facts.push(fact.to_owned());
            }
        };
        note(
            resource_type
                .create_only()
                .any(|path| path.as_str() == property),
            "A change replaces the resource.",
        );
        note(
            resource_type
                .conditional_create_only()
                .any(|path| path.as_str() == property),
            "A change may replace the resource.",
        );
        note(
            resource_type
                .write_only()
                .any(|path| path.as_str() == property),
            "Drift of it cannot be detected.",
        );
        note(
            resource_type
                .deprecated()
                .any(|path| path.as_str() == property),
            "Deprecated.",
        );
        let schema = schema.resolve();
        let number = |keyword| schema.keyword(keyword).map(fact_text);
        facts.extend(range(
            number(Keyword::Minimum),
            number(Keyword::Maximum),
            "",
        ));
        facts.extend(range(
            number(Keyword::MinLength),
            number(Keyword::MaxLength),
            " characters",
        ));
        facts.extend(range(
            number(Keyword::MinItems),
            number(Keyword::MaxItems),
            " items",
        ));
        facts.extend(
            schema
                .pattern()
                .map(|pattern| format!("Matches `{}`.", pattern.replace('`', "'"))),
        );
        facts
    }
}

/// Deeper nesting of inline schemas than any real one; below it everything is [`RustType::Json`].
const MAX_DEPTH: usize = 24;

/// What a schema allows, as far as Rust's types can say it.
enum Shape {
    Text,
    Integer,
    Number,
    Boolean,
    Array,
    Object,
    Map(Schema),
    Json,
}

fn shape(schema: Schema) -> Shape {
    let mut types = schema.types().iter();
    match (types.next(), types.next()) {
        (Some(JsonType::String), None) => match schema.format() {
            Some("json") => Shape::Json,
            _ => Shape::Text,
        },
        (Some(JsonType::Integer), None) => Shape::Integer,
        (Some(JsonType::Number), None) => Shape::Number,
        (Some(JsonType::Integer), Some(JsonType::Number)) if types.next().is_none() => {
            Shape::Number
        }
        (Some(JsonType::Boolean), None) => Shape::Boolean,
        (Some(JsonType::Array), None) => Shape::Array,
        (Some(JsonType::Object), None) => object_shape(schema),
        // A schema may list properties without saying that it is an object.
        (None, _) if schema.properties().next().is_some() => Shape::Object,
        (None, _) if schema.items().is_some() => Shape::Array,
        _ => Shape::Json,
    }
}

fn object_shape(schema: Schema) -> Shape {
    let mut properties = IndexMap::new();
    collect_properties(schema, 0, &mut properties);
    let mut patterns = schema.pattern_properties();
    match (properties.is_empty(), patterns.next(), patterns.next()) {
        (false, _, _) => Shape::Object,
        (true, Some((_, values)), None) => Shape::Map(values),
        (true, None, _) => match schema.additional_properties() {
            Some(values) => Shape::Map(values),
            None => Shape::Json,
        },
        (true, Some(_), Some(_)) => Shape::Json,
    }
}

/// The properties of an object and of its alternatives; the first mention of a name counts.
fn collect_properties(
    schema: Schema,
    depth: usize,
    properties: &mut IndexMap<&'static str, Schema>,
) {
    for (name, property) in schema.properties() {
        properties.entry(name).or_insert(property);
    }
    if depth < MAX_DEPTH {
        for branch in schema
            .one_of()
            .chain(schema.any_of())
            .chain(schema.all_of())
        {
            collect_properties(branch.resolve(), depth + 1, properties);
        }
    }
}

/// Whether an object is the tag that most types share: a required key and a value, both text.
fn is_tag(schema: Schema) -> bool {
    let mut properties: Vec<&str> = schema.properties().map(|(name, _)| name).collect();
    properties.sort_unstable();
    properties == ["Key", "Value"]
        && schema.requires("Key")
        && schema.requires("Value")
        && schema
            .properties()
            .all(|(_, property)| matches!(shape(property.resolve()), Shape::Text))
}

/// The values of an enum, where all are text.
fn text_values(schema: Schema) -> Option<Vec<&'static str>> {
    let values: Option<Vec<&'static str>> = match schema.enum_values() {
        Some(values) => values.map(Fact::as_text).collect(),
        None => schema
            .keyword(Keyword::EnumCaseInsensitive)?
            .as_list()?
            .iter()
            .map(Fact::as_text)
            .collect(),
    };
    values.filter(|values| !values.is_empty())
}

/// The format of a schema, where it names a kind of text: `AWS::EC2::VPC.Id`.
fn kind(schema: Schema) -> Option<&'static str> {
    schema
        .format()
        .filter(|format| format.starts_with("AWS::") && format.contains('.'))
}

/// `AWS::EC2::VPC.Id` → `Ec2VpcId`.
fn kind_name(format: &str) -> String {
    camel(format.strip_prefix("AWS::").unwrap_or(format))
}

fn fact_text(fact: Fact) -> String {
    match fact {
        Fact::Int(number) => number.to_string(),
        Fact::Float(number) => number.to_string(),
        _ => String::new(),
    }
}

fn range(least: Option<String>, most: Option<String>, unit: &str) -> Option<String> {
    match (least, most) {
        (Some(least), Some(most)) => Some(format!("{least} to {most}{unit}.")),
        (Some(least), None) => Some(format!("At least {least}{unit}.")),
        (None, Some(most)) => Some(format!("At most {most}{unit}.")),
        (None, None) => None,
    }
}
