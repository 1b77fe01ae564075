//! What the catalog knows of a property, in words for the documentation.

use stratiform_catalog::{Fact, Keyword, PropertyPath, ResourceType, Schema};

/// Facts about a property of the resource itself: what a change of it does, and its bounds.
pub(super) fn of_property(
    resource_type: ResourceType,
    property: &str,
    schema: Schema,
) -> Vec<String> {
    let change = listed(
        resource_type.create_only(),
        property,
        "A change replaces the resource.",
    );
    let perhaps = listed(
        resource_type.conditional_create_only(),
        property,
        "A change may replace the resource.",
    );
    let hidden = listed(
        resource_type.write_only(),
        property,
        "Drift of it cannot be detected.",
    );
    let deprecated = listed(resource_type.deprecated(), property, "Deprecated.");
    [change, perhaps, hidden, deprecated]
        .into_iter()
        .flatten()
        .chain(bounds(schema))
        .collect()
}

fn listed(
    mut paths: impl Iterator<Item = PropertyPath>,
    property: &str,
    fact: &str,
) -> Option<String> {
    paths
        .any(|path| path.as_str() == property)
        .then(|| fact.to_owned())
}

/// The bounds of a value.
pub(super) fn bounds(schema: Schema) -> impl Iterator<Item = String> {
    let schema = schema.resolve();
    let number = |keyword| schema.keyword(keyword).and_then(number);
    let bounds = [
        range(number(Keyword::Minimum), number(Keyword::Maximum), ""),
        range(
            number(Keyword::MinLength),
            number(Keyword::MaxLength),
            " characters",
        ),
        range(
            number(Keyword::MinItems),
            number(Keyword::MaxItems),
            " items",
        ),
        schema
            .pattern()
            .map(|pattern| format!("Matches `{}`.", pattern.replace('`', "'"))),
    ];
    bounds.into_iter().flatten()
}

fn number(fact: Fact) -> Option<String> {
    match fact {
        Fact::Int(number) => Some(number.to_string()),
        Fact::Float(number) => Some(number.to_string()),
        Fact::Null | Fact::Bool(_) | Fact::Text(_) | Fact::List(_) | Fact::Map(_) => None,
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
