//! Whom a statement is about.

use stratiform_template::{Text, Value};

use super::super::Part;
use super::super::shape::{HOLE, shape};
use super::{Item, of_value};
use crate::schema::{Entries, Look, Looked};

/// Whether a statement is about anybody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Anyone {
    Yes,
    No,
    /// Nobody knows.
    Unknown,
}

impl Anyone {
    /// Whether a statement is about anybody, as its `Principal` says it.
    pub(in super::super) fn of<'t>(look: &Look<'_, 't>, statement: &Entries) -> Looked<'t, Anyone> {
        // All but some are anybody.
        if look.given(statement, "NotPrincipal")?.is_some() {
            return Ok(Anyone::Yes);
        }
        match look.part(statement, &["Principal"])? {
            Part::Given(Value::Map(kinds)) => {
                let Some(accounts) = look.given(kinds, "AWS")? else {
                    return Ok(Anyone::No);
                };
                Anyone::among(look, accounts)
            }
            Part::Given(value) => Anyone::among(look, value),
            Part::Absent => Ok(Anyone::No),
            Part::Unknown => Ok(Anyone::Unknown),
        }
    }

    /// Whether one of some principals is anybody.
    pub(in super::super) fn among<'t>(look: &Look<'_, 't>, value: &Value) -> Looked<'t, Anyone> {
        let mut anyone = Anyone::No;
        for item in of_value(look, value)? {
            let shape = match &item {
                Item::Text(text) => text.to_string(),
                Item::Value(value) => shape(look, value)?,
            };
            match shape.as_str() {
                "*" => return Ok(Anyone::Yes),
                only if only.chars().all(|letter| letter == HOLE) => anyone = Anyone::Unknown,
                _ => {}
            }
        }
        Ok(anyone)
    }
}

/// Whether a statement is about anybody and nothing limits it; none where nobody knows.
pub(in super::super) fn is_open<'t>(
    look: &Look<'_, 't>,
    statement: &Entries,
) -> Looked<'t, Option<bool>> {
    Ok(
        match (Anyone::of(look, statement)?, is_limited(look, statement)?) {
            (Anyone::No, _) | (_, Some(true)) => Some(false),
            (Anyone::Yes, Some(false)) => Some(true),
            (Anyone::Yes | Anyone::Unknown, _) => None,
        },
    )
}

/// Keys of conditions that do not say who: anybody can do what they ask.
const OPEN: [&str; 8] = [
    "aws:currenttime",
    "aws:epochtime",
    "aws:referer",
    "aws:requestedregion",
    "aws:securetransport",
    "aws:useragent",
    "s3:tlsversion",
    "s3:x-amz-acl",
];

/// Whether a condition limits whom a statement is about; none where nobody knows.
fn is_limited<'t>(look: &Look<'_, 't>, statement: &Entries) -> Looked<'t, Option<bool>> {
    let operators = match look.part(statement, &["Condition"])? {
        Part::Given(Value::Map(operators)) => operators,
        Part::Given(_) | Part::Unknown => return Ok(None),
        Part::Absent => return Ok(Some(false)),
    };
    let mut is_limited = Some(false);
    for operator in operators.values() {
        match look.settled(operator)? {
            Some(Value::Map(keys)) => {
                let says_who = |key: &Text| !OPEN.contains(&key.to_ascii_lowercase().as_str());
                if keys.keys().any(says_who) {
                    return Ok(Some(true));
                }
            }
            Some(_) => is_limited = None,
            None => {}
        }
    }
    Ok(is_limited)
}
