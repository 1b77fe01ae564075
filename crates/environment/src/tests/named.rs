//! Maps whose keys are names with a form of their own.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{dev, layers};
use crate::{Environment, Settings, load};

/// An environment whose maps have names of their own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Named {
    settings: Settings,
    #[serde(default)]
    services: BTreeMap<crate::AppName, Service>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Service {
    cpu: u32,
    tasks: u32,
}

impl Environment for Named {
    fn settings(&self) -> &Settings {
        &self.settings
    }
}

#[track_caller]
fn named(texts: &[&str]) -> Vec<String> {
    let settings = "settings: {app: shop, region: eu-central-1}\n";
    let layers = layers(&[&[settings], texts].concat());
    let problems = load::<Named>(&dev(), &layers).expect_err("a mistake");
    problems.into_iter().map(|problem| problem.what).collect()
}

#[test]
fn what_stands_under_a_misspelt_name_is_not_missing_too() {
    let shared = "services: {worker: {cpu: 1}, api: {cpu: 1}}\n";
    assert_eq!(
        named(&[shared, "services: {Worker: {tasks: 1}, api: {tasks: 1}}\n"]),
        ["`Worker` in `services` is not an app name"]
    );
    // What another service lacks is.
    assert_eq!(
        named(&[shared, "services: {Worker: {tasks: 1}}\n"]),
        [
            "`services.api.tasks` is missing in `dev`",
            "`Worker` in `services` is not an app name",
        ]
    );
}
