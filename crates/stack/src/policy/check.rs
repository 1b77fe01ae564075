//! Whether a statement says something that IAM knows: its actions, the operators of its conditions, and the keys that
//! they test, AWS's own and those of services. Keys of identity providers are not held against anything.
//!
//! Statements are looked at as they stand in the template, so that those in `json!` are, too, but for what is untyped.

use stratiform_catalog::access;
use stratiform_finding::words::meant;
use stratiform_finding::{Code, Finding};
use stratiform_template::{Map, Value};

use super::condition::{OPERATORS, key};
use super::wildcard;

/// Whether a map is a statement of a policy.
pub(crate) fn is_statement(map: &Map) -> bool {
    let effect = map.get("Effect").and_then(Value::as_str);
    matches!(effect, Some("Allow" | "Deny")) && actions(map).next().is_some()
}

/// What is wrong with a statement, without a place.
pub(crate) fn flaws(statement: &Map) -> Vec<Finding> {
    let mut found: Vec<Finding> = actions(statement).filter_map(unknown_action).collect();
    let tests = statement.get("Condition").and_then(Value::as_map);
    for (operator, keys) in tests.into_iter().flatten() {
        found.extend(unknown_operator(operator));
        let keys = keys.as_map().into_iter().flat_map(Map::keys);
        found.extend(keys.filter_map(|key| unknown_key(key)));
    }
    found
}

/// The actions that are plain text.
fn actions(statement: &Map) -> impl Iterator<Item = &str> {
    let named = ["Action", "NotAction"].into_iter();
    let named = named.filter_map(|key| statement.get(key));
    named.flat_map(texts)
}

/// The text that a value is, or the texts of its list.
fn texts(value: &Value) -> impl Iterator<Item = &str> {
    let items = match value {
        Value::List(items) => items.as_slice(),
        one => std::slice::from_ref(one),
    };
    items.iter().filter_map(Value::as_str)
}

fn unknown_action(written: &str) -> Option<Finding> {
    let Some((service, name)) = written.split_once(':') else {
        return (written != "*").then(|| {
            let what = format!("`{written}` is no action");
            let help = "write the service before it: `sqs:SendMessage`";
            Finding::new(Code::UnknownAction, what, help)
        });
    };
    // Of a service that the catalog does not have nothing is certain, nor of a pattern with single characters.
    let known = || access::actions(service).into_iter().flatten();
    if name == "*" || name.contains('?') || known().next().is_none() {
        return None;
    }
    let is_known = match name.contains('*') {
        true => {
            let pattern = name.to_ascii_lowercase();
            known().any(|(known, _)| wildcard::matches(&pattern, &known.to_ascii_lowercase()))
        }
        false => known().any(|(known, _)| known.eq_ignore_ascii_case(name)),
    };
    if is_known {
        return None;
    }
    let what = match name.contains('*') {
        true => format!("no action matches `{written}`"),
        false => format!("IAM has no action `{written}`"),
    };
    let meant = meant(name, known().map(|(known, _)| known));
    let help = match meant {
        Some(meant) => format!("{meant} One that is newer than the catalog wants `.unlisted()`"),
        None => "look it up in the Service Authorization Reference; one that is newer than the catalog wants `.unlisted()`".to_owned(),
    };
    let why = format!("none of the {} actions of `{service}`", known().count());
    Some(Finding::new(Code::UnknownAction, what, help).because(why))
}

fn unknown_operator(written: &str) -> Option<Finding> {
    let several = ["ForAllValues:", "ForAnyValue:"].into_iter();
    let bare = several.fold(written, |bare, which| {
        bare.strip_prefix(which).unwrap_or(bare)
    });
    let known = || OPERATORS.iter().copied().chain(["Null"]);
    let is_known = known().any(|known| {
        let rest = bare.strip_prefix(known);
        rest == Some("") || rest == Some("IfExists") && known != "Null"
    });
    (!is_known).then(|| {
        let what = format!("IAM has no operator `{written}`");
        let help = meant(bare, known())
            .unwrap_or_else(|| "use one of `condition`, such as `string_equals`".to_owned());
        Finding::new(Code::UnknownOperator, what, help)
    })
}

/// Keys that end in the name of a tag.
const TAGGED: [&str; 3] = ["aws:PrincipalTag/", "aws:RequestTag/", "aws:ResourceTag/"];

fn unknown_key(written: &str) -> Option<Finding> {
    let Some((owner, name)) = written.split_once(':') else {
        let what = format!("`{written}` is no key of a request");
        let help = "write whose it is before it: `aws:SourceAccount`, `kms:ViaService`";
        return Some(Finding::new(Code::UnknownConditionKey, what, help));
    };
    match owner.eq_ignore_ascii_case("aws") {
        true => unknown_own_key(written),
        false => unknown_service_key(written, owner, name),
    }
}

/// A key of AWS's own that it does not have.
fn unknown_own_key(written: &str) -> Option<Finding> {
    let is_tag = |tagged: &&str| {
        let start = written.get(..tagged.len());
        start.is_some_and(|start| start.eq_ignore_ascii_case(tagged))
    };
    let is_known =
        key::ALL.iter().any(|key| key.eq_ignore_ascii_case(written)) || TAGGED.iter().any(is_tag);
    (!is_known).then(|| {
        let what = format!("AWS has no condition key `{written}`");
        let known = key::ALL.iter().chain(&TAGGED).copied();
        let help = meant(written, known)
            .unwrap_or_else(|| "use one of `condition::key`, which the compiler knows".to_owned());
        Finding::new(Code::UnknownConditionKey, what, help)
    })
}

/// A key that its service does not have; of a service that the catalog does not have nothing is certain.
fn unknown_service_key(written: &str, service: &str, name: &str) -> Option<Finding> {
    let known: Vec<&str> = access::keys(service)?.collect();
    let known = || known.iter().copied();
    let name = name.to_ascii_lowercase();
    if known().any(|key| wildcard::matches(&key.to_ascii_lowercase(), &name)) {
        return None;
    }
    let what = format!("`{service}` has no condition key `{written}`");
    let why = match known().count() {
        0 => format!("`{service}` has no keys of its own"),
        1 => format!("`{service}` has one key"),
        count => format!("none of the {count} keys of `{service}`"),
    };
    let full = known().map(|key| format!("{service}:{key}"));
    let help = match meant(written, Vec::from_iter(full).iter().map(String::as_str)) {
        Some(meant) => format!("{meant} One that is newer than the catalog wants `.unlisted()`"),
        None => "look it up in the Service Authorization Reference; one that is newer than the catalog wants `.unlisted()`".to_owned(),
    };
    Some(Finding::new(Code::UnknownConditionKey, what, help).because(why))
}
