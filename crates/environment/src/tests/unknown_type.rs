//! Code that does not know the type of environments is told the same as code that does.

use super::{BASE, Small, dev, layers};
use crate::{
    AnyEnvironment, Environment, EnvironmentName, EnvironmentType, Path, Settings, Variation,
    Violation, load, load_all, schema,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Environments of one size only.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Alike {
    settings: Settings,
    size: u8,
}

impl Environment for Alike {
    fn settings(&self) -> &Settings {
        &self.settings
    }

    fn check_all(all: &[(&EnvironmentName, &Self)]) -> Vec<(EnvironmentName, Violation)> {
        let first = all.first().map(|(_, first)| first.size);
        let others = all.iter().filter(|(_, other)| Some(other.size) != first);
        let violation = || Violation::new("size", "another size", "all are alike", "make it so");
        others
            .map(|(name, _)| ((*name).clone(), violation()))
            .collect()
    }
}

#[test]
fn values_are_the_same() {
    let texts = layers(&[BASE, "words: [b, a]\nmode: wild"]);
    let known = load::<Small>(&dev(), &texts).expect("an environment");
    let small = EnvironmentType::of::<Small>();
    let unknown = small.load(&dev(), &texts).expect("an environment");
    assert_eq!(
        unknown.environment.downcast::<Small>(),
        Some(&known.environment)
    );
    assert!(unknown.environment.downcast::<Alike>().is_none());
    assert_eq!(unknown.environment.settings(), known.environment.settings());
    let shown = |values: Vec<crate::Effective>| format!("{values:?}");
    assert_eq!(
        shown(unknown.values().collect()),
        shown(known.values().collect())
    );
    assert_eq!(
        format!("{:?}", unknown.variables()),
        format!("{:?}", known.variables())
    );
    assert_eq!(small.schema(), schema::<Small>());
}

#[test]
fn other_values_pass_the_same_checks() {
    let texts = layers(&[BASE]);
    let small = EnvironmentType::of::<Small>();
    let loaded = small.load(&dev(), &texts).expect("an environment");
    let size = |size: u8| Variation {
        path: Path::default().key("size"),
        value: Some(size.into()),
    };
    let of = |environment: Option<AnyEnvironment>| {
        let environment = environment?;
        environment.downcast().map(|small: &Small| small.size)
    };
    assert_eq!(of(loaded.varied(&[&size(2)])), Some(2));
    // 13 is refused by the check, and is a size all the same.
    assert_eq!(of(loaded.varied(&[&size(13)])), None);
    assert_eq!(of(loaded.unchecked(&[&size(13)])), Some(13));
}

#[test]
fn mistakes_are_the_same() {
    let small = EnvironmentType::of::<Small>();
    for over in ["size: many", "size: 13", "siez: 1", "shape: {kind: circle}"] {
        let texts = layers(&[BASE, over]);
        let known = load::<Small>(&dev(), &texts).expect_err("a mistake");
        let unknown = small.load(&dev(), &texts).expect_err("a mistake");
        assert_eq!(unknown, known, "{over}");
    }
}

#[test]
fn environments_are_held_against_each_other() {
    let alike = EnvironmentType::of::<Alike>();
    let environments = ["size: 1", "size: 1", "size: 2"].map(|over| layers(&[BASE, over]));
    let names = ["dev", "staging", "prod"].map(|name| name.parse().expect("a name"));
    let all: Vec<_> = names.into_iter().zip(environments).collect();
    let known = load_all::<Alike>(&all).expect_err("two sizes");
    let unknown = alike.load_all(&all).expect_err("two sizes");
    assert_eq!(unknown, known);
    assert_eq!(unknown.len(), 1);
    assert!(alike.load_all(&all[..2]).is_ok());
}
