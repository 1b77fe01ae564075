//! Laws of the format: what is written is read, and broken bytes never panic.

use proptest::prelude::*;
use serde_json::Value;
use std::collections::BTreeMap;
use stratiform_catalog::encode::{Source, TypeSource, VariantSource, encode};
use stratiform_catalog::{Catalog, Fact, Handler, Schema};

/// Any JSON value; long lists too, because the format stores them in another way.
fn json() -> impl Strategy<Value = Value> {
    let float = any::<f64>().prop_filter("JSON has no such number", |float| float.is_finite());
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (-40_i64..40).prop_map(Value::from),
        float.prop_map(Value::from),
        "[a-z]{0,3}".prop_map(Value::from),
        ".{0,60}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 200, 40, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..40).prop_map(Value::from),
            prop::collection::vec("[a-c]{1,2}", 0..300).prop_map(Value::from),
            prop::collection::btree_map(".{0,8}", inner, 0..8)
                .prop_map(|entries| entries.into_iter().collect()),
        ]
    })
}

fn open(bytes: Vec<u8>) -> Catalog {
    Catalog::open(Vec::leak(bytes))
}

fn with_extension(value: &Value) -> Source {
    Source {
        extensions: BTreeMap::from([("x".to_owned(), value.clone())]),
        ..Source::default()
    }
}

/// A catalog small enough to break again and again, with something of everything.
fn small() -> Vec<u8> {
    let texts = [
        include_str!("sources/AWS-EC2-SecurityGroupEgress.json"),
        include_str!("sources/AWS-OpenSearchService-Application.json"),
        include_str!("sources/AWS-SQS-Queue.json"),
    ];
    let regions = vec!["eu-west-1".to_owned(), "us-east-1".to_owned()];
    let mut source = with_extension(&(0..100).map(|n| format!("db.m{n}.large")).collect());
    source.regions.clone_from(&regions);
    for text in texts {
        let schema: Value = serde_json::from_str(text).expect("a sample is JSON");
        let name = schema["typeName"]
            .as_str()
            .expect("a sample has a name")
            .to_owned();
        let variants = regions.iter().map(|region| VariantSource {
            regions: vec![region.clone()],
            schema: schema.clone(),
            attributes: ["Arn", "Domain.Endpoint", "Items.*.Id", "Outputs.*"]
                .map(str::to_owned)
                .to_vec(),
            attribute_schemas: BTreeMap::from([(
                "Outputs.*".to_owned(),
                serde_json::json!({"type": "string"}),
            )]),
        });
        let resource_type = TypeSource {
            variants: variants.collect(),
            is_stateful: true,
            transform: None,
        };
        source.types.insert(name, resource_type);
    }
    encode(&source)
}

/// Reads everything there is, within a budget: broken bytes can say that a small value is huge.
struct Reader {
    budget: usize,
}

impl Reader {
    fn catalog(&mut self, catalog: Catalog) {
        self.spend(catalog.regions().count() + catalog.schema_date().len());
        for found in catalog.resource_types().take(50) {
            self.spend(found.regions().take(1000).count());
            self.spend(
                found
                    .create_only()
                    .chain(found.read_only())
                    .take(1000)
                    .count(),
            );
            self.spend(
                found
                    .additional_identifiers()
                    .take(100)
                    .map(|i| i.take(100).count())
                    .sum(),
            );
            let attributes = found.attributes().chain(found.open_attributes());
            for attribute in attributes.take(100) {
                self.spend(attribute.name.len());
                let _ = found.attribute(attribute.name);
            }
            self.spend(found.permissions(Handler::Create).take(1000).count());
            let _ = (
                found.tagging(),
                found.timeout(Handler::Read),
                found.lifecycle(),
            );
            let _ = catalog.resource_type_in(found.name(), "eu-west-1");
            self.schema(found.schema(), 0);
            self.fact(found.schema().fact(), 0);
        }
        for (_, extension) in catalog.extensions().take(50) {
            self.fact(extension, 0);
        }
    }

    fn schema(&mut self, schema: Schema, depth: usize) {
        if depth == 20 || self.budget == 0 {
            return;
        }
        self.spend(schema.types().iter().count() + schema.required().take(1000).count());
        let _ = (schema.format(), schema.pattern(), schema.relationship());
        self.schema(schema.resolve(), depth + 1);
        let properties = schema
            .properties()
            .chain(schema.definitions())
            .map(|(_, inner)| inner);
        for inner in properties
            .chain(schema.items())
            .chain(schema.one_of())
            .take(1000)
        {
            self.schema(inner, depth + 1);
        }
    }

    fn fact(&mut self, fact: Fact, depth: usize) {
        if depth == 100 || self.budget == 0 {
            return;
        }
        self.spend(1);
        match fact {
            Fact::List(list) => {
                let _ = (list.len(), list.get(3));
                list.iter()
                    .take(1000)
                    .for_each(|item| self.fact(item, depth + 1));
            }
            Fact::Map(map) => {
                let _ = (map.len(), map.get("type"));
                map.iter()
                    .take(1000)
                    .for_each(|(_, value)| self.fact(value, depth + 1));
            }
            Fact::Null | Fact::Bool(_) | Fact::Int(_) | Fact::Float(_) | Fact::Text(_) => {}
        }
    }

    fn spend(&mut self, steps: usize) {
        self.budget = self.budget.saturating_sub(steps + 1);
    }
}

fn read_all(catalog: Catalog) -> usize {
    let mut reader = Reader { budget: 5_000 };
    reader.catalog(catalog);
    reader.budget
}

proptest! {
    #[test]
    fn what_is_written_is_read(value in json()) {
        let fact = open(encode(&with_extension(&value))).extension("x").unwrap();
        prop_assert_eq!(Value::from(fact), value.clone());
        if let (Fact::List(list), Value::Array(items)) = (fact, &value) {
            prop_assert_eq!(list.len(), items.len());
            for (position, item) in items.iter().enumerate() {
                prop_assert_eq!(list.get(position).map(Value::from), Some(item.clone()));
            }
            prop_assert_eq!(list.get(items.len()), None);
        }
        if let (Fact::Map(map), Value::Object(entries)) = (fact, &value) {
            prop_assert_eq!(map.len(), entries.len());
            for (key, value) in entries {
                prop_assert_eq!(map.get(key).map(Value::from), Some(value.clone()));
            }
        }
    }

    #[test]
    fn equal_sources_give_equal_bytes(value in json()) {
        let source = with_extension(&value);
        prop_assert_eq!(encode(&source), encode(&source.clone()));
    }

    #[test]
    fn broken_bytes_never_panic(
        flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..30),
        keep in prop::option::of(any::<prop::sample::Index>()),
    ) {
        let mut bytes = small();
        for (position, byte) in flips {
            let position = position.index(bytes.len());
            bytes[position] = byte;
        }
        if let Some(keep) = keep {
            bytes.truncate(keep.index(bytes.len()));
        }
        read_all(open(bytes));
    }

    #[test]
    fn random_bytes_behind_the_magic_never_panic(tail in prop::collection::vec(any::<u8>(), 0..400)) {
        let mut bytes = small();
        bytes.truncate(8);
        bytes.extend(tail);
        read_all(open(bytes));
    }
}

#[test]
fn a_whole_catalog_is_read_within_its_size() {
    let catalog = open(small());
    assert!(catalog.is_intact());
    assert_eq!(catalog.len(), 3);
    assert_eq!(
        catalog
            .resource_type_in("AWS::SQS::Queue", "eu-west-1")
            .map(|t| t.name()),
        Some("AWS::SQS::Queue")
    );
    assert!(read_all(catalog) < 5_000);
}

#[test]
fn a_type_has_the_variant_of_the_region() {
    let variant = |region: &str, schema: Value| VariantSource {
        regions: vec![region.to_owned()],
        attributes: vec![region.to_owned()],
        schema,
        ..VariantSource::default()
    };
    let here = serde_json::json!({"properties": {"Here": {"type": "string"}}});
    let there = serde_json::json!({"properties": {"There": {"type": "string"}}});
    let resource_type = TypeSource {
        variants: vec![variant("us-east-1", here), variant("eu-west-1", there)],
        ..TypeSource::default()
    };
    let source = Source {
        types: BTreeMap::from([("A::B::C".to_owned(), resource_type)]),
        ..Source::default()
    };
    let catalog = open(encode(&source));
    let has = |region, property| {
        let found = catalog.resource_type_in("A::B::C", region)?;
        Some(found.schema().property(property).is_some())
    };
    assert_eq!(has("us-east-1", "Here"), Some(true));
    assert_eq!(has("eu-west-1", "Here"), Some(false));
    assert_eq!(has("eu-west-1", "There"), Some(true));
    assert_eq!(has("sa-east-1", "Here"), None);
    let attributes = |region| {
        let found = catalog.resource_type_in("A::B::C", region).unwrap();
        let attributes = found.attributes().map(|attribute| attribute.name);
        attributes.collect::<Vec<_>>()
    };
    assert_eq!(attributes("us-east-1"), ["us-east-1"]);
    assert_eq!(attributes("eu-west-1"), ["eu-west-1"]);
    let main = catalog.resource_type("A::B::C").unwrap();
    assert!(main.schema().property("Here").is_some());
    assert!(main.regions().eq(["us-east-1", "eu-west-1"]));
}

#[test]
fn bytes_that_are_no_catalog_are_an_empty_one() {
    for bytes in [
        Vec::new(),
        b"stratcf".to_vec(),
        b"stratcf\x01".to_vec(),
        vec![0; 100],
    ] {
        let catalog = open(bytes);
        assert!(!catalog.is_intact());
        assert!(catalog.is_empty());
        assert_eq!(catalog.resource_type("AWS::S3::Bucket"), None);
    }
}
