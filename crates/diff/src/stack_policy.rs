//! What a stack policy refuses.
//!
//! Source: CloudFormation user guide, "Prevent updates to stack resources": everything is refused that no statement
//! allows, and a `Deny` wins over an `Allow`.

use stratiform_template::Value;

/// A kind of update that a policy can refuse.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Update {
    Modify,
    Replace,
    Delete,
}

/// What does a policy say to an update?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Decision {
    Allowed,
    Refused,
    /// It has something in it that is not understood here.
    NotKnown,
}

impl Update {
    pub(crate) const ALL: [Update; 3] = [Update::Modify, Update::Replace, Update::Delete];

    fn action(self) -> &'static str {
        match self {
            Update::Modify => "Update:Modify",
            Update::Replace => "Update:Replace",
            Update::Delete => "Update:Delete",
        }
    }

    /// What is refused, as people say it.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Update::Modify => "modifying it",
            Update::Replace => "replacing it",
            Update::Delete => "deleting it",
        }
    }
}

/// Whether a policy lets a resource be updated so.
pub(crate) fn decide(
    policy: &Value,
    logical_id: &str,
    resource_type: &str,
    update: Update,
) -> Decision {
    let statements = policy.as_map().and_then(|policy| policy.get("Statement"));
    let Some(statements) = statements else {
        return Decision::NotKnown;
    };
    let (mut allowed, mut unknown) = (false, false);
    for statement in items(statements) {
        let effect = member(statement, "Effect").and_then(Value::as_str);
        match (
            effect,
            applies(statement, logical_id, resource_type, update),
        ) {
            (_, Some(false)) => {}
            (Some("Deny"), Some(true)) => return Decision::Refused,
            (Some("Allow"), Some(true)) => allowed = true,
            // An `Allow` that is not understood changes nothing where another one allows it.
            (Some("Deny"), None) => unknown = true,
            (Some("Allow"), None) if allowed => {}
            _ => unknown = true,
        }
    }
    match (unknown, allowed) {
        (true, _) => Decision::NotKnown,
        (false, true) => Decision::Allowed,
        (false, false) => Decision::Refused,
    }
}

/// Whether a statement is about such an update; `None` where it has something in it that is not understood.
fn applies(
    statement: &Value,
    logical_id: &str,
    resource_type: &str,
    update: Update,
) -> Option<bool> {
    let resource = format!("LogicalResourceId/{logical_id}");
    let named =
        |key: &str, not: &str, text: &str| match (member(statement, key), member(statement, not)) {
            (Some(patterns), None) => any(patterns, text),
            (None, Some(patterns)) => any(patterns, text).map(|matches| !matches),
            _ => None,
        };
    let about = named("Action", "NotAction", update.action())?
        && named("Resource", "NotResource", &resource)?;
    if !about {
        return Some(false);
    }
    let Some(condition) = member(statement, "Condition") else {
        return Some(true);
    };
    // Documented: the only key is `ResourceType`.
    let mut holds = true;
    for (operator, keys) in condition.as_map()? {
        let matches = keys.as_map().filter(|keys| keys.len() == 1)?;
        let types = matches.get("ResourceType")?;
        holds &= match operator.as_str() {
            "StringEquals" => items(types).any(|one| one.as_str() == Some(resource_type)),
            "StringLike" => any(types, resource_type)?,
            _ => return None,
        };
    }
    Some(holds)
}

fn member<'v>(value: &'v Value, key: &str) -> Option<&'v Value> {
    value.as_map()?.get(key)
}

/// The items of a list, or the one value that stands for it.
fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value
        .as_list()
        .unwrap_or(std::slice::from_ref(value))
        .iter()
}

/// Whether any of the patterns is that of a text; `None` where one is no text.
fn any(patterns: &Value, text: &str) -> Option<bool> {
    let mut found = false;
    for pattern in items(patterns) {
        found |= matches(pattern.as_str()?, text);
    }
    Some(found)
}

/// Whether a text is what a pattern says: `*` stands for any text.
fn matches(pattern: &str, text: &str) -> bool {
    let Some((first, rest)) = pattern.split_once('*') else {
        return pattern == text;
    };
    let Some(mut text) = text.strip_prefix(first) else {
        return false;
    };
    let mut parts: Vec<&str> = rest.split('*').collect();
    let last = parts.pop().unwrap_or_default();
    for part in parts {
        let Some(at) = text.find(part) else {
            return false;
        };
        text = &text[at + part.len()..];
    }
    text.ends_with(last)
}

#[cfg(test)]
mod tests {
    use stratiform_template::{Value, parse};

    use super::*;

    const DENY: &str = "{Statement: [
        {Effect: Allow, Action: 'Update:*', Principal: '*', Resource: '*'},
        {Effect: Deny, Action: ['Update:Replace', 'Update:Delete'], Principal: '*', Resource: LogicalResourceId/Db}]}";

    fn decided(policy: &str, id: &str) -> [Decision; 3] {
        let policy = Value::from_node(&parse(policy).unwrap()).unwrap();
        Update::ALL.map(|update| decide(&policy, id, "AWS::RDS::DBInstance", update))
    }

    #[test]
    fn a_deny_wins_and_what_nobody_allows_is_refused() {
        use Decision::{Allowed, NotKnown, Refused};
        let one = |statement: &str| format!("{{Statement: {statement}}}");
        let cases = [
            (DENY.to_owned(), "Db", [Allowed, Refused, Refused]),
            (DENY.to_owned(), "Other", [Allowed, Allowed, Allowed]),
            (
                one("{Effect: Allow, Action: 'Update:Modify', Resource: '*'}"),
                "Db",
                [Allowed, Refused, Refused],
            ),
            (
                one(
                    "{Effect: Allow, NotAction: 'Update:Delete', NotResource: 'LogicalResourceId/X*'}",
                ),
                "Db",
                [Allowed, Allowed, Refused],
            ),
            (
                one(
                    "{Effect: Allow, Action: '*', Resource: '*', Condition: {StringLike: {ResourceType: 'AWS::RDS::*'}}}",
                ),
                "Db",
                [Allowed; 3],
            ),
            (
                one(
                    "{Effect: Allow, Action: '*', Resource: '*', Condition: {StringEquals: {ResourceType: [A::B::C]}}}",
                ),
                "Db",
                [Refused; 3],
            ),
            (
                one(
                    "{Effect: Deny, Action: '*', Resource: '*', Condition: {Bool: {ResourceType: x}}}",
                ),
                "Db",
                [NotKnown; 3],
            ),
            ("{}".to_owned(), "Db", [NotKnown; 3]),
        ];
        for (policy, id, expected) in cases {
            assert_eq!(decided(&policy, id), expected, "{policy} {id}");
        }
    }

    #[test]
    fn patterns_have_stars() {
        for (pattern, text, expected) in [
            ("a", "a", true),
            ("a*", "abc", true),
            ("*c", "abc", true),
            ("a*c*e", "abcde", true),
            ("a*c*e", "abcdef", false),
            ("a*a", "a", false),
            ("*", "", true),
            ("b*", "abc", false),
        ] {
            assert_eq!(matches(pattern, text), expected, "{pattern} {text}");
        }
    }
}
