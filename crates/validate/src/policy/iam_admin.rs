//! Identities that may do everything.

use stratiform_finding::{Code, Level};
use stratiform_template::{Path, Step};

use super::Policy;
use super::shape::shape;
use super::statement::{self, Item, Reach, of_identities};
use crate::schema::{Entries, Look, Looked};

pub(super) static POLICY: Policy = Policy {
    code: Code::IamAdmin,
    level: Some(Level::Error),
    rule: "Nobody may do everything",
    reason: "whoever gets hold of it has the account, and can lock everybody else out",
    remedy: "Allow the actions that are needed, on the resources that they are needed for.",
    sources: &[
        "IAM.1",
        "CKV_AWS_62",
        "CKV_AWS_63",
        "AwsSolutions-IAM5",
        "cdk-nag IAMPolicyNoStatementsWithAdminAccess",
    ],
    checks: of_identities!(check),
};

fn check<'t>(look: &mut Look<'_, 't>, properties: &'t Entries, path: &Path<'_>) -> Looked<'t> {
    let is_of_identity = statement::is_of_identity;
    let has_own = statement::any(look, properties, path, is_of_identity, &mut admin)?;
    let has_others = look.is_any_given(properties, &MANAGED)?;
    if !has_own && has_others == Some(false) {
        look.pass();
    }
    managed(look, properties, path)
}

/// Where policies are attached that are written elsewhere.
const MANAGED: [&str; 2] = ["ManagedPolicyArns", "ManagedPolicies"];

fn admin<'t>(look: &mut Look<'_, 't>, statement: &Entries, path: &Path<'_>) -> Looked<'t> {
    if !statement::allows(look, statement)? {
        return Ok(());
    }
    let mut is_all = Some(false);
    for item in statement::items(look, statement, "Action")? {
        match item {
            Item::Text(text) if ["*", "*:*"].contains(&text.as_ref()) => is_all = Some(true),
            Item::Text(_) => {}
            Item::Value(_) => is_all = is_all.filter(|is_all| *is_all),
        }
    }
    if is_all == Some(false) || look.is_given(statement, &["Condition"])? == Some(true) {
        return Ok(());
    }
    match (is_all, statement::reach(look, statement)?) {
        (_, Reach::Limited) => {}
        (Some(true), Reach::Everything) => {
            let what = "every action is allowed on everything";
            let help = "name the actions and resources that are needed";
            look.broken_at(&POLICY, statement, &["Action"], path, what, help);
        }
        _ => look.doubt(),
    }
    Ok(())
}

/// AWS's own policy that allows everything.
const ADMINISTRATOR: &str = ":iam::aws:policy/AdministratorAccess";

fn managed<'t>(look: &mut Look<'_, 't>, properties: &'t Entries, path: &Path<'_>) -> Looked<'t> {
    for name in MANAGED {
        let Some(list) = properties.get(name) else {
            continue;
        };
        look.inside(list, &path.key(name), &mut |look, list, path| {
            for (position, item) in list.as_list().into_iter().flatten().enumerate() {
                let path = path.below(Step::Index(position));
                look.at_each(&path, |look| {
                    if shape(look, item)?.ends_with(ADMINISTRATOR) {
                        let what = "`AdministratorAccess` allows every action on everything";
                        let help = "attach a policy with the actions that are needed";
                        look.broken(&POLICY, &path, what, help);
                    }
                    Ok(())
                })?;
            }
            Ok(())
        })?;
    }
    Ok(())
}
