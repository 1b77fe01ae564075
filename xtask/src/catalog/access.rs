//! All of IAM's actions, as they are spelled, with what each gives: to list, read, write, tag, or change permissions; and
//! whether that can be limited to some resources. And the keys that conditions may test.
//!
//! The package has files per service (`data/actions/sqs.json`, `data/conditionKeys/sqs.json`), made from AWS's Service
//! Authorization Reference. The package with the schemas has the actions, too, of another day and in small letters: what
//! only it has is kept without a level.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;
use std::path::Path;

use serde_json::Value;

use super::error::{ImportError, unexpected};
use super::{actions, package};

/// Our word for each of the package's levels. Whoever may change permissions or tags writes, too.
const LEVELS: [(&str, &str); 5] = [
    ("List", "list"),
    ("Read", "read"),
    ("Write", "write"),
    ("Tagging, Write", "tag"),
    ("Permissions management, Write", "permit"),
];

/// The word for actions whose level nobody says.
const UNKNOWN: &str = "unknown";

/// The word for keys of conditions.
const KEY: &str = "key";

/// What a word ends with, where the actions are allowed on everything or not at all.
const EVERYWHERE: &str = "-any";

/// Renders the file of all actions and keys.
pub(super) fn render(
    data: &Path,
    policies: &Value,
    named: &BTreeSet<String>,
) -> Result<String, ImportError> {
    let names = read(&data.join("services.json"))?;
    let mut services = BTreeMap::new();
    for name in names.as_array().into_iter().flatten() {
        let service = name
            .as_str()
            .ok_or_else(|| unexpected("services.json", "a list of names", name))?;
        let actions = read(&data.join("actions").join(format!("{service}.json")))?;
        services.insert(service.to_owned(), by_level(service, &actions)?);
    }
    let policies = policies
        .as_object()
        .ok_or_else(|| unexpected("Policies.json", "a map", policies))?;
    for (service, facts) in policies {
        let levels = services.entry(service.clone()).or_default();
        let newer = newer(service, facts, levels, named)?;
        levels.extend(newer);
    }
    for (service, keys) in keys(data, &names)? {
        // Keys of AWS's own and of identity providers belong to no service.
        if let Some(levels) = services.get_mut(&service) {
            levels.insert(KEY.to_owned(), keys.into_iter().collect());
        }
    }
    Ok(table(&services))
}

/// The keys of conditions, by whose they are.
fn keys(data: &Path, services: &Value) -> Result<BTreeMap<String, BTreeSet<String>>, ImportError> {
    let mut owners = BTreeMap::<_, BTreeSet<_>>::new();
    for service in services.as_array().into_iter().flatten() {
        let service = service.as_str().unwrap_or_default();
        let keys = read(&data.join("conditionKeys").join(format!("{service}.json")))?;
        for (owner, key) in keys_of(service, &keys)? {
            owners.entry(owner).or_default().insert(key);
        }
    }
    Ok(owners)
}

/// The keys that requests to a service have: whose each is (`kms`), and its name there. What stands for any text
/// (`ResourceTag/${TagKey}`, `ExistingObjectTag/<key>`) is `*`.
fn keys_of(service: &str, keys: &Value) -> Result<Vec<(String, String)>, ImportError> {
    let map = keys
        .as_object()
        .ok_or_else(|| unexpected(service, "a map of keys", keys))?;
    let keys = map.values().map(|facts| {
        let key = facts["key"].as_str().and_then(|key| key.split_once(':'));
        let (owner, name) =
            key.ok_or_else(|| unexpected(service, "a key with its owner", facts))?;
        Ok((owner.to_owned(), with_any(name)))
    });
    keys.collect()
}

/// The same name with `*` for what is in braces or angle brackets.
fn with_any(name: &str) -> String {
    let mut opened = [("${", '}'), ("<", '>')].into_iter();
    let opened = opened.find_map(|(open, close)| {
        let (before, rest) = name.split_once(open)?;
        let (_, after) = rest.split_once(close)?;
        Some(format!("{before}*{}", with_any(after)))
    });
    opened.unwrap_or_else(|| name.to_owned())
}

/// The actions of a service that are in none of the levels, spelled as handlers do where one names them.
fn newer(
    service: &str,
    facts: &Value,
    levels: &ByLevel,
    named: &BTreeSet<String>,
) -> Result<ByLevel, ImportError> {
    let all = facts["Actions"]
        .as_object()
        .ok_or_else(|| unexpected(service, "a map of actions", facts))?;
    let known: BTreeSet<String> = levels
        .values()
        .flatten()
        .map(|name| name.to_ascii_lowercase())
        .collect();
    let spelled = |action: &String| {
        let full = format!("{service}:{action}");
        let spelling = named.iter().find(|name| name.eq_ignore_ascii_case(&full));
        let spelling = spelling.and_then(|name| name.split_once(':'));
        spelling.map_or_else(|| action.clone(), |(_, name)| name.to_owned())
    };
    let mut newer = ByLevel::new();
    for (action, facts) in all.iter().filter(|(action, _)| !known.contains(*action)) {
        let is_limited = !actions::kinds(&format!("{service}:{action}"), facts)?.is_empty();
        newer
            .entry(word(UNKNOWN, is_limited))
            .or_default()
            .push(spelled(action));
    }
    newer.values_mut().for_each(|actions| actions.sort());
    Ok(newer)
}

fn read(path: &Path) -> Result<Value, ImportError> {
    let text = fs::read_to_string(path).map_err(|source| ImportError::Read {
        path: path.to_owned(),
        source,
    })?;
    serde_json::from_str(&text).map_err(|source| ImportError::Json {
        path: path.to_owned(),
        source,
    })
}

/// The word for actions of a level that can be limited to some resources, or not.
fn word(level: &str, is_limited: bool) -> String {
    let end = if is_limited { "" } else { EVERYWHERE };
    format!("{level}{end}")
}

type ByLevel = BTreeMap<String, Vec<String>>;

fn table(services: &BTreeMap<String, ByLevel>) -> String {
    let mut text = format!(
        "# All of IAM's actions and the keys of its conditions, from {} {}, and from {} {}. Written by `cargo xtask catalog`; read by src/access.rs.\n\
         # service NAME, then `list|read|write|tag|permit|unknown ACTION…`, with `-any` where they cannot be limited to resources, and `key KEY…`.\n",
        package::IAM_NAME,
        package::IAM_VERSION,
        package::NAME,
        package::VERSION,
    );
    for (service, levels) in services.iter().filter(|(_, levels)| !levels.is_empty()) {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "service\t{service}");
        for (level, actions) in levels {
            let _ = writeln!(text, "{level}\t{}", actions.join(" "));
        }
    }
    text
}

fn by_level(service: &str, actions: &Value) -> Result<ByLevel, ImportError> {
    let map = actions
        .as_object()
        .ok_or_else(|| unexpected(service, "a map of actions", actions))?;
    let mut levels = ByLevel::new();
    for facts in map.values() {
        let name = facts["name"].as_str();
        let level = LEVELS
            .iter()
            .find(|(level, _)| facts["accessLevel"] == *level);
        let (Some(name), Some((_, level))) = (name, level) else {
            return Err(unexpected(service, "an action with a known level", facts));
        };
        let kinds = facts["resourceTypes"].as_array().ok_or_else(|| {
            unexpected(service, "an action with a list of what it acts on", facts)
        })?;
        let full = format!("{service}:{name}");
        let is_limited = !kinds.is_empty() && !actions::is_on_everything(&full);
        levels
            .entry(word(level, is_limited))
            .or_default()
            .push(name.to_owned());
    }
    levels.values_mut().for_each(|actions| actions.sort());
    Ok(levels)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn actions_are_listed_by_level() {
        let on = json!([{"name": "queue", "required": false}]);
        let actions = json!({
            "sendmessage": {"name": "SendMessage", "accessLevel": "Write", "resourceTypes": on},
            "addpermission": {
                "name": "AddPermission",
                "accessLevel": "Permissions management, Write",
                "resourceTypes": on,
            },
            "listqueues": {"name": "ListQueues", "accessLevel": "List", "resourceTypes": []},
            "purgequeue": {"name": "PurgeQueue", "accessLevel": "Write", "resourceTypes": on},
        });
        let mut levels = by_level("sqs", &actions).unwrap();
        let policies = json!({"Actions": {
            "sendmessage": {},
            "newaction": {"Resources": ["queue"]},
            "other": {"Resources": ["queue"]},
            "another": {},
        }});
        let named = ["sqs:NewAction".to_owned()].into();
        let newer = newer("sqs", &policies, &levels, &named).unwrap();
        levels.extend(newer);
        let text = table(&[("sqs".to_owned(), levels)].into());
        let lines: Vec<_> = text.lines().skip(2).collect();
        let expected = [
            "service\tsqs",
            "list-any\tListQueues",
            "permit\tAddPermission",
            "unknown\tNewAction other",
            "unknown-any\tanother",
            "write\tPurgeQueue SendMessage",
        ];
        assert_eq!(lines, expected);
    }

    #[test]
    fn keys_have_an_owner_and_stars_for_what_may_be_anything() {
        let keys = json!({
            "a": {"key": "s3:ExistingObjectTag/<key>"},
            "b": {"key": "events:Metadata/${MetadataKey}/Matcher"},
            "c": {"key": "kms:ViaService"},
        });
        let keys = keys_of("s3", &keys).unwrap();
        let keys = keys
            .iter()
            .map(|(owner, key)| (owner.as_str(), key.as_str()));
        let expected = [
            ("s3", "ExistingObjectTag/*"),
            ("events", "Metadata/*/Matcher"),
            ("kms", "ViaService"),
        ];
        assert_eq!(keys.collect::<Vec<_>>(), expected);
        assert!(keys_of("s3", &json!({"a": {"key": "ViaService"}})).is_err());
    }

    #[test]
    fn what_the_packages_say_too_much_of_is_allowed_on_everything() {
        let on = json!([{"name": "dataset", "required": false}]);
        let metric =
            json!({"a": {"name": "PutMetricData", "accessLevel": "Write", "resourceTypes": on}});
        let levels = by_level("cloudwatch", &metric).unwrap();
        assert_eq!(levels["write-any"], ["PutMetricData"]);
    }

    #[test]
    fn another_form_is_refused() {
        let check = |facts: Value, expected: &str| {
            let error = by_level("sqs", &json!({"a": facts})).unwrap_err();
            assert!(error.to_string().contains(expected), "{error}");
        };
        check(
            json!({"name": "A", "accessLevel": "Guess", "resourceTypes": []}),
            "sqs is not an action with a known level",
        );
        check(
            json!({"name": "A", "accessLevel": "Write"}),
            "sqs is not an action with a list of what it acts on",
        );
    }
}
