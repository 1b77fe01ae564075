//! Stack policies: from handles, and from documents that somebody wrote.

use super::{Lowering, Owner};
use crate::problem::{Code, Problem};
use crate::stack::StackDraft;
use stratiform_template::Value;

impl Lowering<'_> {
    /// The stack policy: a plain document, since nobody evaluates functions in it.
    pub(super) fn stack_policy(&mut self, draft: &mut StackDraft) -> Option<Value> {
        let policy = draft.stack_policy.take()?;
        let key = draft.key.clone();
        let value = self.value(
            policy.0,
            Owner {
                stack: &key,
                location: draft.location,
            },
        );
        if !is_plain(&value) {
            self.problems.push(Problem {
                code: Code::StackPolicy,
                what: format!("the stack policy of `{key}` has intrinsic functions in it"),
                places: vec![(draft.location, "declared here".to_owned())],
                help: "name resources as `LogicalResourceId/<logical ID>`".to_owned(),
            });
        }
        Some(value)
    }
}

/// Whether a value needs nobody to evaluate it.
fn is_plain(value: &Value) -> bool {
    match value {
        Value::Bool(_) | Value::Number(_) | Value::String(_) => true,
        Value::List(items) => items.iter().all(is_plain),
        Value::Map(entries) => entries.values().all(is_plain),
        Value::Null | Value::Function(..) => false,
    }
}
