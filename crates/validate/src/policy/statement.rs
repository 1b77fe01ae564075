//! Statements of IAM's policies, as ours ask about them.
//!
//! What lives here: [`each`], which goes to every statement of a resource's policies, and what a statement says of
//! actions ([`Statement::actions`]), of resources ([`reach`]) and of who ([`principals`]). What does not: which of it is
//! too much.

mod action;
mod principal;
mod reach;

pub(super) use self::action::{Class, class, means};
pub(super) use self::principal::{Anyone, is_open};
pub(super) use self::reach::{Reach, reach, reach_of};

use std::borrow::Cow;

use stratiform_template::{Function, Path, Value};

use super::asking::{Ask, Text};
use super::{Part, Policy};
use crate::cases::Open;
use crate::parameter;
use crate::rule::policy::place::{Kind, PLACES};
use crate::schema::{Entries, Look, Looked};

/// Asks about each statement of those policies of a resource that are of a kind. Each is asked about by itself. One
/// without any is passed over.
pub(super) fn each<'s, 't>(
    look: &mut Look<'s, 't>,
    properties: &'t Entries,
    path: &Path<'_>,
    is_meant: fn(Kind) -> bool,
    ask: Ask<'_, 's, 't>,
) -> Looked<'t> {
    if !any(look, properties, path, is_meant, ask)? && !look.may_grow(properties) {
        look.pass();
    }
    Ok(())
}

/// The same; whether there is any policy.
pub(super) fn any<'s, 't>(
    look: &mut Look<'s, 't>,
    properties: &'t Entries,
    path: &Path<'_>,
    is_meant: fn(Kind) -> bool,
    ask: Ask<'_, 's, 't>,
) -> Looked<'t, bool> {
    let name = look.subject.resource_type.name();
    let places = PLACES.iter().filter(|place| place.resource_type == name);
    let mut has_any = false;
    for place in places.filter(|place| is_meant(place.kind)) {
        look.along(properties, place.way, path, &mut |look, value, path| {
            has_any = true;
            let mut is_read = false;
            look.document(value, path, &mut |look, document, path| {
                is_read = true;
                match document.as_map() {
                    Some(document) => look.each_map(document, "Statement", path, ask),
                    None => Ok(()),
                }
            })?;
            if !is_read {
                look.doubt();
            }
            Ok(())
        })?;
    }
    Ok(has_any)
}

/// Hands a role on to a service.
pub(super) const PASS_ROLE: &str = "iam:PassRole";

/// Gives what is encrypted.
pub(super) const DECRYPT: &str = "kms:Decrypt";

/// What stands in an element of a statement.
#[derive(Clone, Debug)]
pub(super) enum Item<'v> {
    Text(Cow<'v, str>),
    /// It is not all known; see [`shape`](super::shape::shape).
    Value(&'v Value),
}

/// The items of an element in this case, be it one or a list.
pub(super) fn items<'v, 't>(
    look: &Look<'_, 't>,
    statement: &'v Entries,
    name: &str,
) -> Looked<'t, Vec<Item<'v>>> {
    let Some(value) = look.given(statement, name)? else {
        return Ok(Vec::new());
    };
    of_value(look, value)
}

fn of_value<'v, 't>(look: &Look<'_, 't>, value: &'v Value) -> Looked<'t, Vec<Item<'v>>> {
    let values: Vec<&Value> = match value {
        Value::List(items) => items.iter().collect(),
        one => vec![one],
    };
    let mut items = Vec::new();
    for value in values {
        let Some(value) = look.settled(value)? else {
            continue;
        };
        match (look.word(value)?, value) {
            (Some(text), _) => items.push(Item::Text(text)),
            (None, Value::Function(Function::Ref, name)) => {
                let given = list_parameter(look, name.as_str().unwrap_or_default())?;
                match given {
                    Some(texts) => items.extend(texts.into_iter().map(Item::Text)),
                    None => items.push(Item::Value(value)),
                }
            }
            (None, _) => items.push(Item::Value(value)),
        }
    }
    Ok(items)
}

/// The texts of a parameter that is a list, where this case says what it is.
fn list_parameter<'v, 't>(
    look: &Look<'_, 't>,
    name: &str,
) -> Looked<'t, Option<Vec<Cow<'v, str>>>> {
    let declared = look.scene.template.parameters.get_key_value(name);
    let Some((name, declared)) = declared else {
        return Ok(None);
    };
    if declared.no_echo == Some(true) || parameter::list_default(declared).is_none() {
        return Ok(None);
    }
    match look.case.parameter(name) {
        Some(Some(text)) => {
            let texts = text
                .split(',')
                .map(|text| Cow::Owned(text.trim().to_owned()));
            Ok(Some(texts.collect()))
        }
        Some(None) => Ok(None),
        None => Err(Open::Parameter(name)),
    }
}

/// Whether a statement allows; in doubt where nobody knows.
pub(super) fn allows<'t>(look: &mut Look<'_, 't>, statement: &Entries) -> Looked<'t, bool> {
    Ok(match look.text_of(statement, &["Effect"])? {
        Text::Known(effect) => effect == "Allow",
        Text::Absent => false,
        Text::Unknown => {
            look.doubt();
            false
        }
    })
}

/// Whether a statement is about everything, and no condition limits it.
pub(super) fn is_unlimited<'t>(look: &Look<'_, 't>, statement: &Entries) -> Looked<'t, bool> {
    let is_conditional = look.is_given(statement, &["Condition"])? != Some(false);
    Ok(!is_conditional && reach(look, statement)? == Reach::Everything)
}

/// Some actions have to be limited: broken by what a statement allows on everything, without a condition, though it can
/// be limited.
///
/// They are asked for by what they are called and what they give. In doubt where one may be among them.
pub(super) fn limits<'t>(
    look: &mut Look<'_, 't>,
    policy: &Policy,
    statement: &Entries,
    path: &Path<'_>,
    is_meant: fn(&str, &Class) -> bool,
) -> Looked<'t> {
    let actions = unlimited(look, statement, is_meant)?;
    if actions.is_empty() {
        return Ok(());
    }
    let names = stratiform_finding::words::few_ids(actions.iter().map(AsRef::as_ref));
    let verb = if actions.len() == 1 { "is" } else { "are" };
    let what = format!("{names} {verb} allowed on everything");
    let help = "name the resources in `Resource`, or limit it by a `Condition`";
    look.broken_at(policy, statement, &["Resource"], path, what, help);
    Ok(())
}

fn unlimited<'v, 't>(
    look: &mut Look<'_, 't>,
    statement: &'v Entries,
    is_meant: fn(&str, &Class) -> bool,
) -> Looked<'t, Vec<Cow<'v, str>>> {
    if !allows(look, statement)? {
        return Ok(Vec::new());
    }
    let mut meant = Vec::new();
    let mut is_unknown = false;
    for item in items(look, statement, "Action")? {
        match item {
            Item::Text(text) => {
                if class(&text).is_some_and(|class| is_meant(&text, &class)) {
                    meant.push(text);
                }
            }
            Item::Value(_) => is_unknown = true,
        }
    }
    if meant.is_empty() && !is_unknown {
        return Ok(meant);
    }
    match look.part(statement, &["Condition"])? {
        Part::Given(_) => return Ok(Vec::new()),
        Part::Absent => {}
        Part::Unknown => is_unknown = true,
    }
    match reach(look, statement)? {
        Reach::Everything => {}
        Reach::Limited => return Ok(Vec::new()),
        Reach::Unknown => {
            look.doubt();
            return Ok(Vec::new());
        }
    }
    if is_unknown {
        look.doubt();
    }
    Ok(meant)
}

/// The types with policies of identities, each with a question.
macro_rules! of_identities {
    ($check:expr) => {
        &[
            ("AWS::IAM::Group", $check),
            ("AWS::IAM::GroupPolicy", $check),
            ("AWS::IAM::ManagedPolicy", $check),
            ("AWS::IAM::Policy", $check),
            ("AWS::IAM::Role", $check),
            ("AWS::IAM::RolePolicy", $check),
            ("AWS::IAM::User", $check),
            ("AWS::IAM::UserPolicy", $check),
            ("AWS::SSO::PermissionSet", $check),
        ]
    };
}
pub(super) use of_identities;

/// The same, with a question about each statement of theirs.
macro_rules! of_statements {
    ($ask:expr) => {
        statement::of_identities!({
            const CHECK: super::Check = |look, properties, path| {
                statement::each(look, properties, path, statement::is_of_identity, &mut $ask)
            };
            CHECK
        })
    };
}
pub(super) use of_statements;

/// Whether a policy is that of an identity.
pub(super) fn is_of_identity(kind: Kind) -> bool {
    kind == Kind::Identity
}
