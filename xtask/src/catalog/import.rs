//! Taking the facts out of the package: which files there are, and what in them is a fact.
//!
//! The walk knows where schemas are, so that a property named `description` stays and the keyword
//! goes. What it does not know it refuses.

use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use stratiform_catalog::encode::{Source, TypeSource, VariantSource};
use stratiform_catalog::keyword::{
    DEFINITIONS, HANDLER_KEYS, Holds, Keyword, PROPERTIES, is_by_region, is_dropped,
};

use super::access;
use super::actions;
use super::attributes::AttributeRules;
use super::error::{ImportError, unexpected};
use super::package;

/// The list of types that is not a region's: those that a transform brings.
pub(super) const TRANSFORM_LIST: &str = "sam";

/// The transform that brings them.
const TRANSFORM: &str = "AWS::Serverless-2016-10-31";

/// The region whose variant is a type's main one.
const MAIN_REGION: &str = "us-east-1";

/// The files of the package that matter, parsed and nothing else.
pub(crate) struct Package {
    pub(super) schema_date: String,
    /// List of types, for each region and `sam`: the hash of the schema by the type's name.
    pub(super) lists: BTreeMap<String, BTreeMap<String, String>>,
    pub(super) schemas: BTreeMap<String, Value>,
    pub(super) extensions: BTreeMap<String, Value>,
    pub(super) stateful: BTreeSet<String>,
    pub(super) attributes: AttributeRules,
    /// What IAM's actions act on.
    pub(super) policies: Value,
}

/// Reads the package's files.
pub(crate) fn read(package: &Path, attributes: AttributeRules) -> Result<Package, ImportError> {
    let data = package.join("data");
    let schemas = data.join("schemas");
    let version = schemas.join("version.json");
    let stateful = data.join("AdditionalSpecs/StatefulResources.json");
    let schema_date = match &json(&version)?["schema_date"] {
        Value::String(date) => date.clone(),
        found => {
            return Err(unexpected(
                "`schema_date` in version.json",
                "a string",
                found,
            ));
        }
    };
    let stateful = match &json(&stateful)?["ResourceTypes"] {
        Value::Object(types) => types.keys().cloned().collect(),
        found => {
            return Err(unexpected(
                "`ResourceTypes` in StatefulResources.json",
                "a map",
                found,
            ));
        }
    };
    let mut lists = BTreeMap::new();
    for (region, list) in files(&schemas.join("providers"))? {
        let list = serde_json::from_value(list.clone())
            .map_err(|_| unexpected(&region, "a map from type to hash", &list))?;
        lists.insert(region, list);
    }
    let mut extensions = BTreeMap::new();
    for directory in entries(&schemas.join("extensions"))? {
        let name = name(&directory);
        if directory.is_dir() && !name.starts_with('_') {
            for (file, rule) in files(&directory)? {
                extensions.insert(format!("{name}/{file}"), rule);
            }
        }
    }
    Ok(Package {
        schema_date,
        lists,
        schemas: files(&schemas.join("resources"))?,
        extensions,
        stateful,
        attributes,
        policies: json(&data.join(actions::SOURCE))?,
    })
}

impl Package {
    /// Takes the actions that handlers and tagging name.
    pub(crate) fn actions(&self) -> Result<String, ImportError> {
        actions::render(&self.policies, &self.named())
    }

    /// All of IAM's actions: those of the second package, whose data is given, and what this one has beyond.
    pub(crate) fn access(&self, data: &Path) -> Result<String, ImportError> {
        access::render(data, &self.policies, &self.named())
    }

    fn named(&self) -> BTreeSet<String> {
        let named = self.schemas.values().flat_map(|schema| {
            let handlers = schema["handlers"].as_object();
            let handlers = handlers.into_iter().flat_map(|handlers| handlers.values());
            let all = handlers.chain([&schema["tagging"]]);
            all.flat_map(|facts| facts["permissions"].as_array().into_iter().flatten())
        });
        named.filter_map(Value::as_str).map(str::to_owned).collect()
    }

    /// Takes the facts, and counts the keywords.
    pub(crate) fn facts(&self) -> Result<(Source, Census), ImportError> {
        let mut census = Census::default();
        let mut schemas = BTreeMap::new();
        for (hash, schema) in &self.schemas {
            let name = schema["typeName"].as_str().unwrap_or(hash);
            let attributes = self.attributes.attributes(name, schema)?;
            let variant = VariantSource {
                regions: Vec::new(),
                schema: census.schema(schema, name)?,
                attributes: attributes.names,
                attribute_schemas: attributes.schemas,
            };
            schemas.insert(hash.as_str(), variant);
        }
        let mut types: BTreeMap<String, TypeSource> = BTreeMap::new();
        for (list, hashes) in &self.lists {
            for (name, hash) in hashes {
                let Some(variant) = schemas.get(hash.as_str()) else {
                    return Err(unexpected(
                        &format!("`{name}` in {list}.json"),
                        "the hash of a schema",
                        &hash.as_str().into(),
                    ));
                };
                let resource_type = types.entry(name.clone()).or_default();
                resource_type.is_stateful = self.stateful.contains(name);
                resource_type.add(list, variant);
            }
        }
        for resource_type in types.values_mut() {
            let is_main =
                |variant: &VariantSource| variant.regions.iter().any(|r| r == MAIN_REGION);
            resource_type
                .variants
                .sort_by_key(|variant| !is_main(variant));
        }
        let mut extensions = BTreeMap::new();
        for (name, rule) in &self.extensions {
            extensions.insert(name.clone(), census.extension(rule, name)?);
        }
        let source = Source {
            version: package::VERSION.to_owned(),
            schema_date: self.schema_date.clone(),
            regions: self
                .lists
                .keys()
                .filter(|list| *list != TRANSFORM_LIST)
                .cloned()
                .collect(),
            types,
            extensions,
        };
        Ok((source, census))
    }
}

/// Adds the variant that a list gives for a type.
trait AddVariant {
    fn add(&mut self, list: &str, variant: &VariantSource);
}

impl AddVariant for TypeSource {
    fn add(&mut self, list: &str, variant: &VariantSource) {
        let position = self.variants.iter().position(|known| {
            known.schema == variant.schema
                && known.attributes == variant.attributes
                && known.attribute_schemas == variant.attribute_schemas
        });
        let variant = match position {
            Some(position) => &mut self.variants[position],
            None => self.variants.push_mut(variant.clone()),
        };
        if list == TRANSFORM_LIST {
            self.transform = Some(TRANSFORM.to_owned());
        } else {
            variant.regions.push(list.to_owned());
        }
    }
}

/// How often each keyword occurs, where a keyword can be. Counting and taking are one walk.
#[derive(Default)]
pub(crate) struct Census {
    counts: BTreeMap<String, u64>,
}

impl Census {
    /// Returns how often a keyword occurs.
    pub(crate) fn count(&self, keyword: &str) -> u64 {
        self.counts.get(keyword).copied().unwrap_or_default()
    }

    /// Returns how many keywords were kept and how many dropped.
    pub(crate) fn totals(&self) -> (u64, u64) {
        let total: u64 = self.counts.values().sum();
        let kept = Keyword::ALL
            .iter()
            .map(|keyword| self.count(keyword.name()))
            .sum();
        (kept, total - kept)
    }

    /// Takes the facts of a rule: a schema, or a map from regions to schemas.
    fn extension(&mut self, rule: &Value, place: &str) -> Result<Value, ImportError> {
        if !is_by_region(rule) {
            return self.schema(rule, place);
        }
        let mut facts = Map::new();
        for (region, schema) in map(rule, place)? {
            if is_dropped(region) {
                self.add(region);
            } else {
                facts.insert(
                    region.clone(),
                    self.schema(schema, &format!("{place}/{region}"))?,
                );
            }
        }
        Ok(Value::Object(facts))
    }

    /// Takes the facts of a schema.
    fn schema(&mut self, schema: &Value, place: &str) -> Result<Value, ImportError> {
        if schema.is_boolean() {
            return Ok(schema.clone());
        }
        let mut facts = Map::new();
        for (name, value) in map(schema, place)? {
            self.add(name);
            if let Some(keyword) = Keyword::from_name(name) {
                let value = self.value(keyword.holds(), value, &format!("{place}/{name}"))?;
                facts.insert(name.clone(), value);
            } else if !is_dropped(name) {
                return Err(ImportError::UnknownKeyword {
                    keyword: name.clone(),
                    place: place.to_owned(),
                });
            }
        }
        Ok(Value::Object(facts))
    }

    fn value(&mut self, holds: Holds, value: &Value, place: &str) -> Result<Value, ImportError> {
        match holds {
            Holds::Data => Ok(value.clone()),
            Holds::Schema => self.schema(value, place),
            Holds::Schemas => match value {
                Value::Array(schemas) => schemas
                    .iter()
                    .map(|schema| self.schema(schema, place))
                    .collect(),
                _ => Err(unexpected(place, "a list of schemas", value)),
            },
            Holds::NamedSchemas => self.entries(value, place, |census, name, schema| {
                census.schema(schema, &format!("{place}/{name}")).map(Some)
            }),
            Holds::NestedSchema => self.entries(value, place, |census, name, value| {
                let holds = if name == "schema" {
                    Holds::Schema
                } else {
                    Holds::Data
                };
                census
                    .value(holds, value, &format!("{place}/{name}"))
                    .map(Some)
            }),
            Holds::Tagging => self.entries(value, place, |census, name, value| {
                let holds = if name == "tagProperty" {
                    Holds::Pointers
                } else {
                    Holds::Data
                };
                census
                    .value(holds, value, &format!("{place}/{name}"))
                    .map(Some)
            }),
            Holds::Handlers => self.entries(value, place, |census, handler, value| {
                let place = format!("{place}/{handler}");
                let facts = census.entries(value, &place, |census, key, value| {
                    handler_fact(census, key, value, &place)
                });
                facts.map(Some)
            }),
            Holds::Reference => match value.as_str() {
                Some(reference) if reference.starts_with('#') => Ok(reference
                    .strip_prefix(DEFINITIONS)
                    .unwrap_or(reference)
                    .into()),
                _ => Err(unexpected(place, "a reference within the schema", value)),
            },
            Holds::Pointers => match value {
                Value::Array(pointers) => pointers
                    .iter()
                    .map(|pointer| self.value(holds, pointer, place))
                    .collect(),
                Value::String(pointer) if pointer.starts_with(PROPERTIES) => {
                    Ok(pointer[PROPERTIES.len()..].into())
                }
                _ => Err(unexpected(place, "a pointer to a property", value)),
            },
        }
    }

    fn entries(
        &mut self,
        value: &Value,
        place: &str,
        mut fact: impl FnMut(&mut Census, &str, &Value) -> Result<Option<Value>, ImportError>,
    ) -> Result<Value, ImportError> {
        let mut facts = Map::new();
        for (name, value) in map(value, place)? {
            if let Some(value) = fact(self, name, value)? {
                facts.insert(name.clone(), value);
            }
        }
        Ok(Value::Object(facts))
    }

    fn add(&mut self, keyword: &str) {
        *self.counts.entry(keyword.to_owned()).or_default() += 1;
    }
}

fn handler_fact(
    census: &mut Census,
    key: &str,
    value: &Value,
    place: &str,
) -> Result<Option<Value>, ImportError> {
    match HANDLER_KEYS.iter().find(|(known, _)| *known == key) {
        Some((_, true)) => Ok(Some(value.clone())),
        Some((_, false)) => {
            census.add(key);
            Ok(None)
        }
        None => Err(ImportError::UnknownKeyword {
            keyword: key.to_owned(),
            place: place.to_owned(),
        }),
    }
}

fn map<'a>(value: &'a Value, place: &str) -> Result<&'a Map<String, Value>, ImportError> {
    value
        .as_object()
        .ok_or_else(|| unexpected(place, "a map", value))
}

/// Reads the JSON files of a directory, by name without the ending.
fn files(directory: &Path) -> Result<BTreeMap<String, Value>, ImportError> {
    entries(directory)?
        .into_iter()
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "json")
        })
        .map(|path| Ok((name(&path), json(&path)?)))
        .collect()
}

fn entries(directory: &Path) -> Result<Vec<PathBuf>, ImportError> {
    fs::read_dir(directory)
        .and_then(|entries| entries.map(|entry| Ok(entry?.path())).collect())
        .map_err(|source| ImportError::Read {
            path: directory.to_owned(),
            source,
        })
}

fn json(path: &Path) -> Result<Value, ImportError> {
    let text = fs::read(path).map_err(|source| ImportError::Read {
        path: path.to_owned(),
        source,
    })?;
    serde_json::from_slice(&text).map_err(|source| ImportError::Json {
        path: path.to_owned(),
        source,
    })
}

fn name(path: &Path) -> String {
    path.file_stem()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn facts(schema: &Value) -> Result<Value, String> {
        let facts = Census::default().schema(schema, "A::B::C");
        facts.map_err(|error| error.to_string())
    }

    #[test]
    fn prose_goes_and_a_property_of_that_name_stays() {
        let schema = json!({
            "description": "prose",
            "properties": {"description": {"title": "prose", "default": {"title": "data"}}},
            "createOnlyProperties": ["/properties/A/*/B"],
            "items": {"$ref": "#/definitions/D"},
            "handlers": {"list": {"permissions": ["a:B"], "handlerSchema": {}}},
        });
        let expected = json!({
            "properties": {"description": {"default": {"title": "data"}}},
            "createOnlyProperties": ["A/*/B"],
            "items": {"$ref": "D"},
            "handlers": {"list": {"permissions": ["a:B"]}},
        });
        assert_eq!(facts(&schema), Ok(expected));
    }

    #[test]
    fn what_nobody_has_decided_on_is_refused() {
        let unknown = facts(&json!({"properties": {"P": {"newKeyword": 1}}})).unwrap_err();
        assert!(
            unknown.contains("`newKeyword` at A::B::C/properties/P"),
            "{unknown}"
        );
        let handler = facts(&json!({"handlers": {"create": {"retries": 1}}})).unwrap_err();
        assert!(
            handler.contains("`retries` at A::B::C/handlers/create"),
            "{handler}"
        );
        let pointer = facts(&json!({"readOnlyProperties": ["/A"]})).unwrap_err();
        assert!(
            pointer.contains("not a pointer to a property, but \"/A\""),
            "{pointer}"
        );
        let reference = facts(&json!({"$ref": "other.json#/definitions/D"})).unwrap_err();
        assert!(
            reference.contains("not a reference within the schema"),
            "{reference}"
        );
    }

    #[test]
    fn a_type_has_a_variant_for_each_schema_and_the_main_region_is_first() {
        let list = |hash: &str| BTreeMap::from([("A::B::C".to_owned(), hash.to_owned())]);
        let package = Package {
            schema_date: String::new(),
            lists: BTreeMap::from([
                ("eu-west-1".to_owned(), list("other")),
                ("us-east-1".to_owned(), list("main")),
                ("us-west-2".to_owned(), list("main")),
            ]),
            schemas: BTreeMap::from([
                ("main".to_owned(), json!({"required": ["A"]})),
                ("other".to_owned(), json!({"required": ["B"]})),
            ]),
            extensions: BTreeMap::new(),
            stateful: BTreeSet::new(),
            attributes: AttributeRules::default(),
            policies: Value::Null,
        };
        let (source, census) = package.facts().unwrap();
        let variants = source.types["A::B::C"].variants.iter();
        let regions: Vec<_> = variants.map(|variant| variant.regions.as_slice()).collect();
        assert_eq!(
            regions,
            [
                &["us-east-1".to_owned(), "us-west-2".to_owned()] as &[_],
                &["eu-west-1".to_owned()]
            ]
        );
        assert_eq!(census.count("required"), 2);
    }
}
