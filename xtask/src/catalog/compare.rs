//! Holding the catalog against the package, through the public reader.
//!
//! The walk through a schema is the catalog crate's `compare`; here is what a package is made of.

use super::import::{Package, TRANSFORM_LIST};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use stratiform_catalog::compare::{Mismatch, compare_extension, compare_schema};
use stratiform_catalog::{Attribute, Catalog, JsonType, ResourceType};

/// Compares everything and returns the number of values that were compared. `attributes` is what
/// the package's own code says about those.
pub(crate) fn compare(
    package: &Package,
    attributes: &Value,
    catalog: Catalog,
) -> Result<u64, Mismatch> {
    let mut compared = 0;
    let mut walked = BTreeSet::new();
    for (list, hashes) in &package.lists {
        for (name, hash) in hashes {
            let found = find(catalog, name, list)?;
            // A schema that regions share is walked in the first of them.
            if walked.insert((name, hash)) {
                compared += compare_type(package, found)?;
                compared += compare_attributes(&attributes[hash], found)?;
                compared += compare_schema(&package.schemas[hash], found.schema().fact(), name)?;
            }
        }
    }
    for (name, rule) in &package.extensions {
        compared += compare_extension(rule, catalog.extension(name), name)?;
    }

    let types: BTreeSet<&str> = walked.iter().map(|(name, _)| name.as_str()).collect();
    compared += same(
        "the types",
        types,
        catalog.resource_types().map(ResourceType::name),
    )?;
    let extensions = package.extensions.keys().map(String::as_str);
    compared += same(
        "the extensions",
        extensions,
        catalog.extensions().map(|(name, _)| name),
    )?;
    let regions = package
        .lists
        .keys()
        .map(String::as_str)
        .filter(|list| *list != TRANSFORM_LIST);
    compared += same("the regions", regions, catalog.regions())?;
    Ok(compared)
}

/// Finds a type as a user would, and checks that it is not where it should not be.
fn find(catalog: Catalog, name: &str, list: &str) -> Result<ResourceType, Mismatch> {
    let found = if list == TRANSFORM_LIST {
        catalog
            .resource_type(name)
            .filter(|found| found.transform().is_some())
    } else {
        catalog.resource_type_in(name, list)
    };
    found.ok_or_else(|| Mismatch {
        place: format!("{name} in {list}"),
        expected: "a resource type".to_owned(),
        found: "nothing".to_owned(),
    })
}

fn compare_type(package: &Package, found: ResourceType) -> Result<u64, Mismatch> {
    let name = found.name();
    let is_listed = |list: &str| package.lists[list].contains_key(name);
    let regions = package.lists.keys().map(String::as_str);
    let regions = regions.filter(|list| *list != TRANSFORM_LIST && is_listed(list));
    let found_regions: BTreeSet<_> = found.regions().collect();
    let is_stateful = package.stateful.contains(name);
    Ok(same(&format!("regions of {name}"), regions, found_regions)?
        + same(
            &format!("whether {name} is stateful"),
            [is_stateful],
            [found.is_stateful()],
        )?
        + same(
            &format!("whether {name} comes through a transform"),
            [is_listed(TRANSFORM_LIST)],
            [found.transform().is_some()],
        )?)
}

/// Compares names, and the JSON types of the values.
fn compare_attributes(expected: &Value, found: ResourceType) -> Result<u64, Mismatch> {
    let expected: BTreeMap<&str, &Value> = expected
        .as_object()
        .into_iter()
        .flatten()
        .map(|(pattern, types)| (name_of(pattern), types))
        .collect();
    let types = |attribute: Attribute| -> Value {
        let schema = attribute.schema.map(|schema| schema.resolve().types());
        schema.map_or(Value::Null, |types| {
            types.iter().map(JsonType::name).collect()
        })
    };
    let attributes: BTreeMap<&str, Value> = found
        .attributes()
        .chain(found.open_attributes())
        .map(|attribute| (attribute.name, types(attribute)))
        .collect();
    let names: BTreeSet<&str> = expected.keys().chain(attributes.keys()).copied().collect();
    let mut compared = 0;
    for name in names {
        let expected = expected.get(name).copied().cloned();
        let place = format!("attribute `{name}` of {}", found.name());
        compared += same(&place, expected, attributes.get(name).cloned())?;
    }
    Ok(compared)
}

/// The package names attributes by regular expressions, though it means them so in two cases only.
fn name_of(pattern: &str) -> &str {
    match pattern {
        "Outputs\\..*" => "Outputs.*",
        ".*" => "*",
        name => name,
    }
}

/// Compares what a typed view says.
fn same(
    place: &str,
    expected: impl IntoIterator<Item: Into<Value>>,
    found: impl IntoIterator<Item: Into<Value>>,
) -> Result<u64, Mismatch> {
    let expected: Value = expected.into_iter().collect();
    let found: Value = found.into_iter().collect();
    if expected == found {
        return Ok(1);
    }
    Err(Mismatch {
        place: place.to_owned(),
        expected: expected.to_string(),
        found: found.to_string(),
    })
}
