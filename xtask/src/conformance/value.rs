//! Pieces of JSON, compared down to their scalars by the rules of the recordings' README.
//!
//! What lives here: the one implementation of those rules for structures; for texts, it is `pattern`. What does not:
//! which pieces are compared, and which differences have a reason.

use std::collections::BTreeSet;

use serde_json::Value;

use super::case::scalar;
use super::pattern;

/// Which parts count?
pub(super) struct Rules {
    /// Whether what the recording does not have is a difference.
    pub beyond: Beyond,
    /// Keys of objects that nobody looks at, wherever they are.
    pub ignored: &'static [&'static str],
}

/// What becomes of a key that only we have?
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Beyond {
    Different,
    Ignored,
}

/// Everything counts.
pub(super) const EXACT: Rules = Rules {
    beyond: Beyond::Different,
    ignored: &[],
};

/// Where two pieces differ, and by what.
pub(super) type Different = (String, Option<Value>, Option<Value>);

/// All differences of two pieces, each at its path below `at`.
pub(super) fn differences(
    rules: &Rules,
    at: &str,
    recorded: Option<&Value>,
    ours: Option<&Value>,
) -> Vec<Different> {
    let mut found = Vec::new();
    walk(rules, at, recorded, ours, &mut found);
    found
}

/// Whether two pieces are the same.
pub(super) fn same(rules: &Rules, recorded: &Value, ours: &Value) -> bool {
    differences(rules, "", Some(recorded), Some(ours)).is_empty()
}

/// The differences of two lists without order.
pub(super) fn set_differences(
    rules: &Rules,
    at: &str,
    recorded: &[Value],
    ours: &[Value],
) -> Vec<Different> {
    let mut left: Vec<&Value> = ours.iter().collect();
    let mut missing = Vec::new();
    for one in recorded {
        match left.iter().position(|other| same(rules, one, other)) {
            Some(index) => drop(left.remove(index)),
            None => missing.push(one),
        }
    }
    // What is left on both sides is shown side by side: mostly, one is the other with a difference in it.
    let pairs = missing.len().max(left.len());
    let pairs = (0..pairs).map(|index| {
        let of = |list: &[&Value]| list.get(index).map(|value| (*value).clone());
        (at.to_owned(), of(&missing), of(&left))
    });
    pairs.collect()
}

fn walk(
    rules: &Rules,
    at: &str,
    recorded: Option<&Value>,
    ours: Option<&Value>,
    found: &mut Vec<Different>,
) {
    let below = |step: &str| format!("{at}/{step}");
    // Where one side is a structure and the other a text, the text may be that structure as JSON: the recorder
    // reads texts of the real answer where it can.
    let parsed = match (recorded, ours) {
        (Some(Value::Object(_) | Value::Array(_)), Some(Value::String(text))) => {
            serde_json::from_str(text)
                .ok()
                .filter(|parsed: &Value| !parsed.is_string())
        }
        _ => None,
    };
    let ours = parsed.as_ref().or(ours);
    match (recorded, ours) {
        (Some(Value::Object(one)), Some(Value::Object(two))) => {
            let counts = |key: &&String| !rules.ignored.contains(&key.as_str());
            // A key with a token stands for one of ours.
            let named = |key: &String| {
                let is_it = |ours: &&String| {
                    !one.contains_key(*ours) && pattern::matches(key, ours.as_str())
                };
                match two.contains_key(key) {
                    true => key.clone(),
                    false => two.keys().find(is_it).unwrap_or(key).clone(),
                }
            };
            let mut seen = BTreeSet::new();
            for (key, value) in one.iter().filter(|(key, _)| counts(key)) {
                let ours = named(key);
                walk(rules, &below(key), Some(value), two.get(&ours), found);
                seen.insert(ours);
            }
            if rules.beyond == Beyond::Different {
                let beyond = two.iter().filter(|(key, _)| counts(key));
                for (key, value) in beyond.filter(|(key, _)| !seen.contains(*key)) {
                    found.push((below(key), None, Some(value.clone())));
                }
            }
        }
        (Some(Value::Array(one)), Some(Value::Array(two))) => {
            for index in 0..one.len().max(two.len()) {
                let step = below(&index.to_string());
                walk(rules, &step, one.get(index), two.get(index), found);
            }
        }
        (Some(one), Some(two)) if pattern::matches(&scalar(one), &scalar(two)) => {}
        (None, None) => {}
        _ => found.push((at.to_owned(), recorded.cloned(), ours.cloned())),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Beyond, EXACT, Rules, differences, same, set_differences};

    const LENIENT: Rules = Rules {
        beyond: Beyond::Ignored,
        ignored: &["Timestamp"],
    };

    #[test]
    fn scalars_are_texts_and_texts_may_be_structures() {
        assert!(same(&EXACT, &json!({"a": 5}), &json!({"a": "5"})));
        assert!(same(&EXACT, &json!({"a": true}), &json!({"a": "true"})));
        assert!(same(&EXACT, &json!({"a": [1]}), &json!("{\"a\": [1]}")));
        assert!(same(&EXACT, &json!({"<name:1>": 1}), &json!({"Topic": 1})));
        assert!(!same(&EXACT, &json!({"a": 5}), &json!({"a": "6"})));
    }

    #[test]
    fn what_the_recording_does_not_have() {
        let (recorded, ours) = (json!({"a": 1}), json!({"a": 1, "b": 2}));
        let found = differences(&EXACT, "", Some(&recorded), Some(&ours));
        assert_eq!(found, [("/b".to_owned(), None, Some(json!(2)))]);
        assert!(same(&LENIENT, &recorded, &ours));
        assert!(!same(&LENIENT, &ours, &recorded));
    }

    #[test]
    fn ignored_keys_are_ignored_on_both_sides() {
        let with = |time: Value| json!({"a": [{"Timestamp": time}]});
        assert!(same(&LENIENT, &with(json!(1)), &with(json!(2))));
        assert!(same(&LENIENT, &with(json!(1)), &json!({"a": [{}]})));
    }

    #[test]
    fn lists_without_order() {
        let (one, two) = ([json!(1), json!(2)], [json!(2), json!(3)]);
        assert_eq!(
            set_differences(&EXACT, "Tags", &one, &two),
            [("Tags".to_owned(), Some(json!(1)), Some(json!(3)))]
        );
        assert!(set_differences(&EXACT, "", &one, &[json!(2), json!(1)]).is_empty());
    }
}
