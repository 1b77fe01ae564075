//! Schemas, one resource type after the other, turned into Rust's types.

pub(crate) mod beyond;
mod facts;
mod kinds;
mod names;
mod shape;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use indexmap::IndexMap;
use stratiform_catalog::{PropertyPath, ResourceType, Schema};

use crate::model::{
    Attribute, Field, Kind, Model, Presence, PropertyType, Resource, Reused, RustType,
};
use crate::name::{TakenNames, camel, snake};
use crate::shared::Shared;
use beyond::Here;
use kinds::Inferred;
use names::{Named, Names};
use shape::{MAX_DEPTH, Shape, collect_properties, is_tag, kind, shape, structured, text_values};

/// Names that [`stratiform_stack::Handle`] has itself; an attribute of the same name gets a suffix.
const HANDLE_METHODS: [&str; 2] = ["reference", "clone"];

/// What a type is called after.
#[derive(Clone, Copy)]
enum Naming<'a> {
    /// The definition it is: its name is reserved.
    Definition(&'static str),
    /// The property that has it, in the struct `owner`; empty for the resource itself. A name says where it
    /// belongs, and so no other property can change it.
    Property { owner: &'a str, property: &'a str },
}

impl<'a> Naming<'a> {
    /// CloudFormation's name, of the definition or the property.
    fn name(self) -> &'a str {
        match self {
            Naming::Definition(name) | Naming::Property { property: name, .. } => name,
        }
    }
}

/// A scope without the names of the prelude that the generated code itself uses.
fn reserved() -> TakenNames {
    let mut scope = TakenNames::default();
    for name in ["From", "Into", "Some", "String"] {
        scope.take([name.to_owned()]);
    }
    scope
}

/// Turns one resource type's schema into types.
pub(crate) struct Lowering<'a> {
    kinds: &'a mut BTreeMap<String, Kind>,
    resource_type: ResourceType,
    nameable: Vec<ResourceType>,
    scope: TakenNames,
    /// The names in each module of a struct.
    modules: HashMap<String, TakenNames>,
    types: IndexMap<String, PropertyType>,
    /// Definitions that are named types already, or are about to be.
    definitions: HashMap<&'static str, RustType>,
    /// The name of each definition, whether it turns out to need one or not.
    reserved: HashMap<&'static str, String>,
}

impl<'a> Lowering<'a> {
    pub(crate) fn new(kinds: &'a mut BTreeMap<String, Kind>, resource_type: ResourceType) -> Self {
        let mut scope = reserved();
        let definitions = resource_type.schema().definitions();
        let reserved = definitions
            .map(|(name, _)| (name, scope.take([camel(name), camel(name) + "Properties"])))
            .collect();
        Lowering {
            kinds,
            resource_type,
            nameable: kinds::nameable(resource_type),
            scope,
            modules: HashMap::new(),
            types: IndexMap::new(),
            definitions: HashMap::new(),
            reserved,
        }
    }

    pub(crate) fn resource(mut self, name: String, module: String) -> Resource {
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
            identifier: kinds::identifier(self.resource_type),
            reference,
            attributes,
            types: self.types.into_values().collect(),
        }
    }

    /// The fields of an object: its own properties and those of its alternatives.
    fn fields(&mut self, schema: Schema, owner: &str, wanted: impl Fn(&str) -> bool) -> Vec<Field> {
        let mut properties = IndexMap::new();
        collect_properties(schema, 0, &mut properties);
        let mut names = TakenNames::default();
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
                facts: if top_level {
                    facts::of_property(self.resource_type, property, schema_of_property)
                } else {
                    facts::bounds(schema_of_property).collect()
                },
            });
        }
        fields
    }

    fn rust_type(&mut self, schema: Schema, naming: Naming<'_>, depth: usize) -> RustType {
        if depth > MAX_DEPTH {
            return RustType::Json;
        }
        let schema = structured(schema).unwrap_or(schema);
        let resolved = schema.resolve();
        if matches!(shape(resolved), Shape::Text)
            && text_values(resolved).is_none()
            && let Some(known) = self.beyond_the_schema(naming, schema)
        {
            return known;
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

    /// What AWS's pages say of a property that takes text, where the schema leaves it out.
    fn beyond_the_schema(&mut self, naming: Naming<'_>, schema: Schema) -> Option<RustType> {
        let Naming::Property { owner, property } = naming else {
            return None;
        };
        let here = Here {
            resource_type: self.resource_type,
            is_top_level: owner.is_empty(),
            property,
        };
        if let Some(named) = here.names() {
            return Some(self.inferred(named));
        }
        if here.is_digits(schema) {
            return Some(RustType::Digits);
        }
        let choices = here.choices()?;
        Some(RustType::Named(self.choice(choices, naming)))
    }

    fn definition(&mut self, definition: &'static str, schema: Schema) -> RustType {
        if is_tag(definition, schema) {
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
            Shape::Object if is_tag(naming.name(), schema) => RustType::Tag,
            Shape::Object => {
                let naming = self.shared(naming, schema);
                let name = self.name(naming);
                if self.types.contains_key(&name) {
                    return RustType::Named(name);
                }
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
        let formats: BTreeSet<String> = [schema]
            .into_iter()
            .chain(schema.any_of())
            .chain(schema.one_of())
            .filter_map(kind)
            .map(str::to_owned)
            .collect();
        // A choice with a member of no known kind accepts any text.
        let every_branch_known = schema
            .any_of()
            .chain(schema.one_of())
            .all(|branch| kind(branch).is_some());
        if !formats.is_empty() && every_branch_known {
            return self.kind(formats);
        }
        kinds::taken(self.resource_type, &self.nameable, naming.name(), schema)
            .map_or(RustType::Text, |inferred| self.inferred(inferred))
    }

    /// Text of a kind, or of one of several.
    fn kind(&mut self, formats: BTreeSet<String>) -> RustType {
        self.named_kind(Kind::of(formats))
    }

    /// The same, of which the first is meant where a resource has several.
    fn ordered_kind(&mut self, formats: Vec<String>) -> RustType {
        self.named_kind(Kind::ordered(formats))
    }

    fn named_kind(&mut self, kind: Kind) -> RustType {
        for format in &kind.formats {
            let alone = Kind::of([format.clone()]);
            self.kinds.entry(alone.name()).or_insert(alone);
        }
        let name = kind.name();
        self.kinds.entry(name.clone()).or_insert(kind);
        RustType::Id(name)
    }

    fn inferred(&mut self, inferred: Inferred) -> RustType {
        match inferred {
            Inferred::Of(format) => self.kind(BTreeSet::from([format])),
            Inferred::OneOf(formats) => self.ordered_kind(formats),
            Inferred::Arn => RustType::Arn,
        }
    }

    /// The definition of a property's own name, where that is what the property is, or a list of it: written out in one
    /// place and named in another, it is one thing.
    fn shared<'n>(&self, naming: Naming<'n>, schema: Schema) -> Naming<'n> {
        let definitions = self.resource_type.schema().definitions();
        let same = definitions.into_iter().find(|(name, definition)| {
            *name == naming.name() && definition.items().unwrap_or(*definition) == schema
        });
        same.map_or(naming, |(name, _)| Naming::Definition(name))
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
        let (module, name) = match naming {
            Naming::Property { owner, property } if !owner.is_empty() => {
                let module = snake(owner);
                let scope = self.modules.entry(module.clone()).or_insert_with(reserved);
                let name = scope.take([camel(property), camel(property) + "Value"]);
                (Some(module), name)
            }
            _ => (None, self.name(naming)),
        };
        let path = match &module {
            Some(module) => format!("{module}::{name}"),
            None => name.clone(),
        };
        let mut scope = TakenNames::default();
        let variants = values
            .iter()
            .map(|value| (scope.take([camel(value)]), *value))
            .collect();
        self.types.insert(
            path.clone(),
            PropertyType::Enum {
                module,
                name,
                variants,
            },
        );
        path
    }

    fn attributes(&mut self) -> Vec<Attribute> {
        let mut names = TakenNames::default();
        for method in HANDLE_METHODS {
            names.take([method.to_owned()]);
        }
        let mut attributes = Vec::new();
        for readable in self.resource_type.attributes() {
            let attribute = readable.name;
            let rust_type = readable
                .schema
                .filter(|_| self.is_returned(attribute))
                .and_then(|schema| self.attribute_type(attribute, schema));
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
    fn attribute_type(&mut self, attribute: &str, schema: Schema) -> Option<RustType> {
        let resolved = schema.resolve();
        let format = kind(schema).or_else(|| kind(resolved));
        match (shape(resolved), format) {
            (Shape::Text, Some(format)) => Some(self.kind(BTreeSet::from([format.to_owned()]))),
            (Shape::Text, None) => Some(
                kinds::given(self.resource_type, attribute)
                    .map_or(RustType::UnknownKind, |inferred| self.inferred(inferred)),
            ),
            (Shape::Integer, _) => Some(RustType::Integer),
            (Shape::Number, _) => Some(RustType::Number),
            (Shape::Boolean, _) => Some(RustType::Boolean),
            (Shape::Json, _) => Some(RustType::Json),
            (Shape::Array, _) => {
                let items = resolved
                    .items()
                    .and_then(|items| self.attribute_type(attribute, items));
                Some(RustType::List(Box::new(items.unwrap_or(RustType::Json))))
            }
            (Shape::Object | Shape::Map(_), _) => None,
        }
    }

    /// What `Ref` gives: the primary identifier where it is one property, otherwise text of no known kind.
    fn reference(&mut self) -> RustType {
        if let Some(named) = beyond::reference(self.resource_type) {
            return self.inferred(named);
        }
        let given = kinds::identifier(self.resource_type).and_then(|property| {
            let schema = self.resource_type.schema().property(property)?;
            self.attribute_type(property, schema)
        });
        given
            .filter(|given| matches!(given, RustType::Id(_)))
            .unwrap_or(RustType::UnknownKind)
    }
}

impl Model {
    pub(crate) fn of(resource_types: impl IntoIterator<Item = ResourceType>) -> Model {
        Model::beside(&[], resource_types)
    }

    /// The model of some types, of which those that are shared are only named.
    pub(crate) fn beside(
        shared: &[Shared],
        resource_types: impl IntoIterator<Item = ResourceType>,
    ) -> Model {
        let mut model = Model::default();
        let mut names = Names::default();
        for resource_type in resource_types {
            let Named {
                service,
                name,
                module,
            } = names.of(resource_type);
            let service = model.services.entry(service).or_default();
            let owner = shared.iter().find(|shared| shared.has(resource_type));
            match owner {
                Some(owner) => service.reused.push(Reused {
                    resource_type: resource_type.name(),
                    from: owner.module.clone(),
                    name,
                    module,
                }),
                None => service
                    .resources
                    .push(Lowering::new(&mut model.kinds, resource_type).resource(name, module)),
            }
        }
        model
    }
}
