//! What a schema allows, as far as Rust's types can say it.

use indexmap::IndexMap;
use stratiform_catalog::{Fact, JsonType, Keyword, Schema};

/// Deeper nesting of inline schemas than any real one; below it everything is [`RustType::Json`].
pub(super) const MAX_DEPTH: usize = 24;

/// What a schema allows, as far as Rust's types can say it.
pub(super) enum Shape {
    Text,
    Integer,
    Number,
    Boolean,
    Array,
    Object,
    Map(Schema),
    Json,
}

pub(super) fn shape(schema: Schema) -> Shape {
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
pub(super) fn collect_properties(
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

/// Whether an object, by its name and its members, is the tag that most types share: a required key and a
/// value, both any text. Headers and variables look the same, and are called something else.
pub(super) fn is_tag(name: &str, schema: Schema) -> bool {
    let mut properties: Vec<&str> = schema.properties().map(|(name, _)| name).collect();
    properties.sort_unstable();
    name.contains("Tag")
        && properties == ["Key", "Value"]
        && schema.requires("Key")
        && schema.requires("Value")
        && schema
            .properties()
            .map(|(_, property)| property.resolve())
            .all(|property| {
                matches!(shape(property), Shape::Text) && text_values(property).is_none()
            })
}

/// The one branch of a choice that is no document: `KeySchema` of `AWS::DynamoDB::Table` is a list, or any JSON.
pub(super) fn structured(schema: Schema) -> Option<Schema> {
    let (documents, mut others): (Vec<Schema>, Vec<Schema>) = schema
        .one_of()
        .chain(schema.any_of())
        .partition(|branch| branch.resolve().format() == Some("json"));
    let only = others.pop()?;
    let is_choice = matches!(shape(schema), Shape::Json) && !documents.is_empty();
    (is_choice && others.is_empty()).then_some(only)
}

/// The values of an enum, where all are text.
pub(super) fn text_values(schema: Schema) -> Option<Vec<&'static str>> {
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
pub(super) fn kind(schema: Schema) -> Option<&'static str> {
    schema
        .format()
        .filter(|format| format.starts_with("AWS::") && format.contains('.'))
}
