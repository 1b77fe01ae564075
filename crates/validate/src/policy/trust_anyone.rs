//! Roles that anybody may take on.

use stratiform_finding::{Code, Level};
use stratiform_template::{Path, Text, Value};

use super::shape::shape;
use super::statement::{self, Item};
use super::{Part, Policy};
use crate::rule::policy::place::Kind;
use crate::schema::{Entries, Look, Looked};

pub(super) static POLICY: Policy = Policy {
    code: Code::TrustAnyone,
    level: Some(Level::Error),
    rule: "A role says who may take it on",
    reason: "everybody who has an account somewhere may do whatever the role may",
    remedy: "Name services, roles or accounts; of an identity provider, the subject in a condition.",
    sources: &[
        "CKV_AWS_60",
        "CKV_AWS_61",
        "CKV_AWS_358",
        "IAM user guide, \"Create a role for OpenID Connect federation\"",
    ],
    checks: &[("AWS::IAM::Role", check)],
};

/// Providers that many share, each with the key that says who it is.
const SHARED: [(&str, &str, &str); 3] = [
    (
        "token.actions.githubusercontent.com",
        "sub",
        "every repository of GitHub",
    ),
    (
        "cognito-identity.amazonaws.com",
        "aud",
        "every identity pool",
    ),
    (
        "app.terraform.io",
        "sub",
        "every organization of Terraform Cloud",
    ),
];

fn check<'t>(look: &mut Look<'_, 't>, role: &'t Entries, path: &Path<'_>) -> Looked<'t> {
    let is_trust = |kind| kind == Kind::Trust;
    statement::each(look, role, path, is_trust, &mut trusted)
}

fn trusted<'t>(look: &mut Look<'_, 't>, statement: &Entries, path: &Path<'_>) -> Looked<'t> {
    if !statement::allows(look, statement)? {
        return Ok(());
    }
    match statement::is_open(look, statement)? {
        Some(false) => {}
        Some(true) => {
            let what = "everybody may take the role on";
            let help = "name who may in `Principal`";
            look.broken_at(&POLICY, statement, &["Principal"], path, what, help);
        }
        None => look.doubt(),
    }
    federated(look, statement, path)
}

/// Of an identity provider that many share, somebody has to be named.
fn federated<'t>(look: &mut Look<'_, 't>, statement: &Entries, path: &Path<'_>) -> Looked<'t> {
    let way = ["Principal", "Federated"];
    let providers = match look.part(statement, &["Principal"])? {
        Part::Given(Value::Map(kinds)) => statement::items(look, kinds, "Federated")?,
        _ => return Ok(()),
    };
    for provider in providers {
        let written = match &provider {
            Item::Text(text) => text.to_string(),
            Item::Value(value) => shape(look, value)?,
        };
        for (name, key, who) in SHARED {
            if !written.ends_with(name) {
                continue;
            }
            match says(look, statement, key)? {
                Some(true) => {}
                Some(false) => {
                    let what = format!("{who} may take the role on");
                    let help = format!("write a condition on `{name}:{key}`");
                    look.broken_at(&POLICY, statement, &way, path, what, help);
                }
                None => look.doubt(),
            }
        }
    }
    Ok(())
}

/// Whether a condition has a key of this name, and more than a star for it; none where nobody knows.
fn says<'t>(look: &Look<'_, 't>, statement: &Entries, key: &str) -> Looked<'t, Option<bool>> {
    let operators = match look.part(statement, &["Condition"])? {
        Part::Given(Value::Map(operators)) => operators,
        Part::Given(_) | Part::Unknown => return Ok(None),
        Part::Absent => return Ok(Some(false)),
    };
    let mut says = Some(false);
    for operator in operators.values() {
        match look.settled(operator)? {
            Some(Value::Map(keys)) => {
                let is_meant = |name: &&Text| {
                    name.rsplit_once(':')
                        .is_some_and(|(_, last)| last.eq_ignore_ascii_case(key))
                };
                for name in keys.keys().filter(is_meant) {
                    let is_star = |item: &Item<'_>| match item {
                        Item::Text(text) => ["*", "repo:*"].contains(&text.as_ref()),
                        Item::Value(_) => false,
                    };
                    if !statement::items(look, keys, name)?.iter().any(is_star) {
                        return Ok(Some(true));
                    }
                }
                // A key may be put there by a function.
                if look.may_grow(keys) {
                    says = None;
                }
            }
            Some(_) => says = None,
            None => {}
        }
    }
    Ok(says)
}
