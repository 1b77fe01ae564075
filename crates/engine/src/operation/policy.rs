//! Who may do what to a resource: stack policies, and what becomes of resources that go.
//!
//! Source: CloudFormation user guide, "Prevent updates to stack resources"; "DeletionPolicy attribute".

use serde_json::Value;
use stratiform_catalog::behaviour;
use stratiform_service::Reason;

use crate::operation::Fate;
use crate::stack::{Record, Stack};

/// What an update does to a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum UpdateAction {
    Modify,
    Replace,
    Delete,
}

impl UpdateAction {
    fn as_str(self) -> &'static str {
        match self {
            UpdateAction::Modify => "Update:Modify",
            UpdateAction::Replace => "Update:Replace",
            UpdateAction::Delete => "Update:Delete",
        }
    }
}

/// A stack policy, read.
#[derive(Clone, Debug)]
pub(crate) struct StackPolicy {
    statements: Vec<Value>,
}

/// What does a policy say?
#[derive(Clone, Debug, PartialEq, Eq)]
enum Verdict {
    Allowed,
    /// A statement forbids it, by its number from 1 on.
    Denied(usize),
    NotAllowed,
}

impl StackPolicy {
    /// Reads a policy; None where it says nothing at all: `{}`.
    pub(crate) fn read(text: &str) -> Option<StackPolicy> {
        let document: Value = serde_json::from_str(text).ok()?;
        let statements = match document.get("Statement")? {
            Value::Array(statements) => statements.clone(),
            statement => vec![statement.clone()],
        };
        Some(StackPolicy { statements })
    }

    fn judge(&self, logical_id: &str, resource_type: &str, action: UpdateAction) -> Verdict {
        let mut verdict = Verdict::NotAllowed;
        for (number, statement) in (1..).zip(&self.statements) {
            if !applies(statement, logical_id, resource_type, action) {
                continue;
            }
            if statement.get("Effect").and_then(Value::as_str) == Some("Deny") {
                return Verdict::Denied(number);
            }
            verdict = Verdict::Allowed;
        }
        verdict
    }
}

/// Whether a statement is about what is done to a resource. One that names no resource is about none (serverless#5012).
fn applies(statement: &Value, logical_id: &str, resource_type: &str, action: UpdateAction) -> bool {
    let about = |key: &str, not: &str, value: &str| match (statement.get(key), statement.get(not)) {
        (Some(patterns), _) => any_fits(patterns, value),
        (None, Some(patterns)) => !any_fits(patterns, value),
        (None, None) => false,
    };
    let resource = format!("LogicalResourceId/{logical_id}");
    about("Action", "NotAction", action.as_str())
        && about("Resource", "NotResource", &resource)
        && conditions_hold(statement, resource_type)
}

fn conditions_hold(statement: &Value, resource_type: &str) -> bool {
    let Some(Value::Object(conditions)) = statement.get("Condition") else {
        return true;
    };
    conditions.values().all(|condition| {
        let types = condition.get("ResourceType");
        types.is_none_or(|types| any_fits(types, resource_type))
    })
}

fn any_fits(patterns: &Value, text: &str) -> bool {
    match patterns {
        Value::Array(patterns) => patterns.iter().any(|pattern| any_fits(pattern, text)),
        Value::String(pattern) => fits(pattern, text),
        _ => false,
    }
}

/// Whether a text fits a pattern, in which `*` stands for anything.
pub(crate) fn fits(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|start| text.strip_prefix(start)) else {
        return false;
    };
    let mut parts: Vec<&str> = parts.collect();
    let Some(end) = parts.pop() else {
        return rest.is_empty();
    };
    for part in parts {
        match rest.find(part) {
            Some(at) => rest = rest.get(at + part.len()..).unwrap_or_default(),
            None => return false,
        }
    }
    rest.ends_with(end)
}

impl Stack {
    /// Why the stack's policy forbids something, if it does.
    pub(crate) fn denied(
        &self,
        logical_id: &str,
        resource_type: &str,
        action: UpdateAction,
    ) -> Option<String> {
        let operation = self.operation.as_ref()?;
        let text = operation.policy_during.as_ref().or(self.policy.as_ref())?;
        let policy = StackPolicy::read(text)?;
        let name = action.as_str();
        let why = match policy.judge(logical_id, resource_type, action) {
            Verdict::Allowed => return None,
            Verdict::Denied(number) => format!(
                "Statement [#{number}] does not allow [{name}] for resource [LogicalResourceId/{logical_id}];"
            ),
            Verdict::NotAllowed => {
                return Some(format!(
                    "Action not allowed by stack policy: No statement allows [{name}] for resource [LogicalResourceId/{logical_id}];"
                ));
            }
        };
        Some(Reason::DeniedByStackPolicy { what: why }.to_string())
    }
}

impl Fate {
    /// What becomes of a resource that another one took the place of.
    pub(crate) fn of_replaced(policy: Option<&str>, resource_type: &str) -> Fate {
        match policy {
            Some("Retain") => Fate::Retain,
            Some("Snapshot") if behaviour::takes_snapshot(resource_type) => Fate::Snapshot,
            _ => Fate::Delete,
        }
    }

    /// What becomes of a resource that leaves the stack, or goes with it.
    pub(crate) fn of_removed(record: &Record) -> Fate {
        match record.deletion_policy.as_deref() {
            Some("Retain" | "RetainExceptOnCreate") => Fate::Retain,
            Some("Snapshot") if behaviour::takes_snapshot(&record.resource_type) => Fate::Snapshot,
            Some(_) => Fate::Delete,
            None if record.snapshot_by_default() => Fate::Snapshot,
            None => Fate::Delete,
        }
    }

    /// What becomes of a resource whose creation was in vain.
    ///
    /// Source: serverless-application-model#1819; CloudFormation API reference, `RetainExceptOnCreate`.
    pub(crate) fn of_new(record: &Record, retain_except_on_create: bool) -> Fate {
        match record.deletion_policy.as_deref() {
            Some("RetainExceptOnCreate") => Fate::Delete,
            Some("Retain") if retain_except_on_create => Fate::Delete,
            _ => Fate::of_removed(record),
        }
    }
}

impl Record {
    fn snapshot_by_default(&self) -> bool {
        behaviour::snapshot_by_default(&self.resource_type)
            && !self.properties.contains_key("DBClusterIdentifier")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_stand_for_anything() {
        for (pattern, text, expected) in [
            ("Update:*", "Update:Replace", true),
            ("*", "", true),
            (
                "LogicalResourceId/Prod*Db",
                "LogicalResourceId/ProdOrdersDb",
                true,
            ),
            (
                "LogicalResourceId/Prod*Db",
                "LogicalResourceId/ProdOrders",
                false,
            ),
            ("Update:Modify", "Update:Modify", true),
            ("Update:Modify", "Update:ModifyAll", false),
            ("a*a", "a", false),
        ] {
            assert_eq!(fits(pattern, text), expected, "{pattern} {text}");
        }
    }

    fn judge(policy: &str, logical_id: &str, action: UpdateAction) -> Verdict {
        let policy = StackPolicy::read(policy).unwrap();
        policy.judge(logical_id, "AWS::RDS::DBInstance", action)
    }

    #[test]
    fn a_denial_wins_and_silence_forbids() {
        let policy = r#"{"Statement": [
            {"Effect": "Allow", "Action": "Update:*", "Principal": "*", "Resource": "*"},
            {"Effect": "Deny", "Action": ["Update:Replace", "Update:Delete"], "Principal": "*",
             "Resource": "LogicalResourceId/Db"}]}"#;
        assert_eq!(
            judge(policy, "Db", UpdateAction::Replace),
            Verdict::Denied(2)
        );
        assert_eq!(judge(policy, "Db", UpdateAction::Modify), Verdict::Allowed);
        assert_eq!(
            judge(policy, "Queue", UpdateAction::Delete),
            Verdict::Allowed
        );
        let only = r#"{"Statement": {"Effect": "Allow", "Action": "Update:Modify", "Principal": "*",
            "NotResource": "LogicalResourceId/Db"}}"#;
        assert_eq!(judge(only, "Db", UpdateAction::Modify), Verdict::NotAllowed);
    }

    #[test]
    fn conditions_and_statements_without_a_resource() {
        let typed = r#"{"Statement": [{"Effect": "Deny", "Action": "Update:*", "Principal": "*", "Resource": "*",
            "Condition": {"StringLike": {"ResourceType": ["AWS::RDS::*"]}}}]}"#;
        assert_eq!(judge(typed, "Db", UpdateAction::Modify), Verdict::Denied(1));
        let nothing =
            r#"{"Statement": [{"Effect": "Deny", "Action": "Update:*", "Principal": "*"}]}"#;
        assert_eq!(
            judge(nothing, "Db", UpdateAction::Modify),
            Verdict::NotAllowed
        );
        assert!(StackPolicy::read("{}").is_none());
    }
}
