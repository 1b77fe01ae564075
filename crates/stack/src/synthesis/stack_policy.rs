//! Stack policies: from handles, and from documents that somebody wrote.
//!
//! Source: CloudFormation user guide, "Prevent updates to stack resources".

use std::mem::take;
use std::panic::Location;

use stratiform_finding::words::nearest;
use stratiform_finding::{Code, Finding, Place};
use stratiform_template::Value;

use super::{Lowering, Owner};
use crate::policy::wildcard::matches;
use crate::stack::StackDraft;
use crate::stack::protection::{PolicyDocumentDraft, Protection, Update};
use crate::value::draft::{StackId, Target};

/// What stands before a logical ID in a stack policy.
const LOGICAL_ID: &str = "LogicalResourceId/";

impl<'a> Lowering<'a> {
    /// The stack policy, where anything was said about updates: the document that was written, or one that
    /// allows everything, with the refusals made from handles at its end.
    pub(super) fn stack_policy(&mut self, draft: &mut StackDraft) -> Option<Value> {
        let given = take(&mut draft.stack_policy);
        let refusals = self.refusals((draft.id, &draft.key), given.protections);
        match given.document {
            Some(document) => Some(self.document(draft, document, refusals)),
            None if refusals.is_empty() => None,
            None => {
                let allow = statement("Allow", Update::Any.as_str().into(), "*".into());
                let statements = std::iter::once(allow).chain(refusals).collect();
                Some(Value::from([("Statement", Value::List(statements))]))
            }
        }
    }

    /// One statement for each set of updates, in the order first named.
    fn refusals(&mut self, stack: (StackId, &str), protections: Vec<Protection>) -> Vec<Value> {
        let mut refused: Vec<(Vec<Update>, Vec<String>)> = Vec::new();
        for protection in protections {
            let named = protection.resources.into_iter();
            let named = named
                .filter_map(|resource| self.protected(stack, resource, protection.location))
                .map(|logical_id| format!("{LOGICAL_ID}{logical_id}"));
            let named: Vec<String> = named.collect();
            let updates = without_repetition(protection.updates);
            match refused.iter_mut().find(|(there, _)| *there == updates) {
                Some((_, resources)) => resources.extend(named),
                None => refused.push((updates, named)),
            }
        }
        let refused = refused.into_iter().map(|(updates, resources)| {
            let actions = updates.into_iter().map(|update| update.as_str().into());
            let resources = without_repetition(resources).into_iter().map(Value::from);
            statement(
                "Deny",
                Value::List(actions.collect()),
                Value::List(resources.collect()),
            )
        });
        refused.collect()
    }

    /// The logical ID of a resource that is this stack's to protect.
    fn protected(
        &mut self,
        (id, stack): (StackId, &str),
        resource: Target,
        location: &'static Location<'static>,
    ) -> Option<&'a str> {
        let Some(named) = self.known.get(resource) else {
            let help = "protect the resource in its own app, with its own stack";
            self.foreign(stack, resource, (location, "protected here"), help);
            return None;
        };
        if resource.stack != id {
            let what = format!(
                "stack `{stack}` protects `{}`, which is in stack `{}`",
                named.logical_id, named.stack
            );
            let help = "a stack policy reaches no further than its stack: call `protect` on the other stack";
            let finding = Finding::new(Code::ProtectAcrossStacks, what, help);
            self.problems.push(
                finding
                    .at(Place::rust(location, "protected here"))
                    .at(Place::rust(resource.location, "declared here")),
            );
            return None;
        }
        Some(named.logical_id)
    }

    /// A document that somebody wrote: plain, since nobody evaluates functions in it, and about resources that
    /// are there.
    fn document(
        &mut self,
        draft: &StackDraft,
        given: PolicyDocumentDraft,
        refusals: Vec<Value>,
    ) -> Value {
        let PolicyDocumentDraft { document, location } = given;
        let owner = Owner {
            id: draft.id,
            stack: &draft.key,
            location,
        };
        let value = self.value(document.0, owner);
        if !is_plain(&value) {
            self.problems.push(
                Finding::new(
                    Code::StackPolicy,
                    format!(
                        "the stack policy of `{}` has intrinsic functions in it",
                        draft.key
                    ),
                    "name resources as `LogicalResourceId/<logical ID>`",
                )
                .at(Place::rust(location, "declared here")),
            );
            return value;
        }
        let Some(statements) = value
            .as_map()
            .and_then(|policy| policy.get("Statement"))
            .and_then(statements)
        else {
            self.problems.push(
                Finding::new(
                    Code::StackPolicy,
                    format!("the stack policy of `{}` has no `Statement`", draft.key),
                    "write `json!({\"Statement\": [{\"Effect\": …}]})`",
                )
                .at(Place::rust(location, "declared here")),
            );
            return value;
        };
        for pattern in statements.iter().flat_map(resource_patterns) {
            self.known_resource(draft, pattern, location);
        }
        with_statements(value, refusals)
    }

    /// Notes a logical ID, or a pattern of some, that no resource of the stack has.
    fn known_resource(
        &mut self,
        draft: &StackDraft,
        pattern: &str,
        location: &'static Location<'static>,
    ) {
        let known = self.known;
        let logical_ids = || {
            let resources = draft.resources.iter();
            resources.filter_map(|resource| Some(known.get(resource.target)?.logical_id))
        };
        if logical_ids().any(|logical_id| matches(pattern, logical_id)) {
            return;
        }
        let what = format!(
            "the stack policy of `{}` names `{LOGICAL_ID}{pattern}`, and the stack has no such resource",
            draft.key
        );
        let help = match nearest(pattern, logical_ids()) {
            Some(near) => format!(
                "did you mean `{near}`? `stack.protect(…)` takes handles, which cannot be misspelt"
            ),
            None => {
                "use `stack.protect(…)` with the resource's handle, or take the name out".to_owned()
            }
        };
        let finding = Finding::new(Code::StackPolicyResource, what, help);
        self.problems
            .push(finding.at(Place::rust(location, "declared here")));
    }
}

fn statement(effect: &str, action: Value, resource: Value) -> Value {
    Value::from([
        ("Effect", effect.into()),
        ("Action", action),
        ("Principal", "*".into()),
        ("Resource", resource),
    ])
}

fn without_repetition<T: PartialEq>(items: Vec<T>) -> Vec<T> {
    let mut once = Vec::with_capacity(items.len());
    for item in items {
        if !once.contains(&item) {
            once.push(item);
        }
    }
    once
}

/// The statements of a policy, of which a single one may stand without a list.
fn statements(value: &Value) -> Option<&[Value]> {
    match value {
        Value::List(statements) => Some(statements),
        Value::Map(_) => Some(std::slice::from_ref(value)),
        _ => None,
    }
}

/// A policy with more statements at its end; as it was written where there are none.
fn with_statements(mut policy: Value, added: Vec<Value>) -> Value {
    if let Value::Map(entries) = &mut policy
        && let Some(written) = entries.get_mut("Statement")
        && !added.is_empty()
    {
        let mut statements = match std::mem::replace(written, Value::Null) {
            Value::List(statements) => statements,
            one => vec![one],
        };
        statements.extend(added);
        *written = Value::List(statements);
    }
    policy
}

/// The logical IDs, or patterns of them, that a statement is about.
fn resource_patterns(statement: &Value) -> impl Iterator<Item = &str> {
    let named = ["Resource", "NotResource"]
        .into_iter()
        .filter_map(|key| statement.as_map()?.get(key));
    let named = named.flat_map(|named| match named {
        Value::List(items) => items.as_slice(),
        one => std::slice::from_ref(one),
    });
    named.filter_map(|resource| resource.as_str()?.strip_prefix(LOGICAL_ID))
}

/// Whether a value needs nobody to evaluate it.
fn is_plain(value: &Value) -> bool {
    let mut plain = true;
    value.walk(&mut |value| plain &= !matches!(value, Value::Null | Value::Function(..)));
    plain
}
