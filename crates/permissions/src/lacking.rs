//! What policies do not allow of what is needed, as IAM evaluates them.
//!
//! Source: IAM user guide, "Policy evaluation logic" and "IAM JSON policy elements reference".

use serde_json::{Map, Value};

use crate::glob::{covers, covers_action, covers_arn, overlap_arn};
use crate::grant::{Condition, Grant};
use crate::needed::Needed;

/// Something that is needed and not allowed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Lacking {
    /// The action: `sqs:SetQueueAttributes`.
    pub action: String,
    /// The ARN that it is lacking on.
    pub resource: String,
    /// Whether a statement forbids it, so that no other one can allow it.
    pub is_denied: bool,
}

/// What policies lack of what is needed, sorted. The documents are those of one role; in ARNs, placeholders have to be
/// filled in both or in neither, see [`Needed::filled`].
///
/// A statement whose condition cannot be seen to hold does not allow; one that forbids under a condition is taken to
/// forbid where the condition holds for what is known, and not to where nothing is known.
pub fn lacking(documents: &[Value], needed: &Needed) -> Vec<Lacking> {
    let statements = documents.iter().flat_map(statements);
    let statements: Vec<_> = statements.filter_map(Statement::read).collect();
    let mut lacking = Vec::new();
    for grant in &needed.grants {
        for action in &grant.actions {
            let is_about =
                |statement: &&Statement<'_>| statement.actions.cover(action, covers_action);
            let about: Vec<_> = statements.iter().filter(is_about).collect();
            for context in contexts(&grant.conditions) {
                for resource in &grant.resources {
                    let is_denied = about
                        .iter()
                        .any(|statement| statement.denies(resource, &context));
                    let is_allowed = about
                        .iter()
                        .any(|statement| statement.allows(resource, &context));
                    if is_denied || !is_allowed {
                        lacking.push(Lacking {
                            action: action.clone(),
                            resource: resource.clone(),
                            is_denied,
                        });
                    }
                }
            }
        }
    }
    lacking.sort();
    lacking.dedup();
    lacking
}

/// What is known of a request: keys and their values.
type Context<'a> = Vec<(&'a str, &'a str)>;

/// Each way in which conditions can be met: one of the values of each.
fn contexts(conditions: &[Condition]) -> Vec<Context<'_>> {
    let mut contexts: Vec<Context<'_>> = vec![Vec::new()];
    for Condition { key, values, .. } in conditions {
        let longer = contexts.iter().flat_map(|context| {
            let values = values.iter().map(String::as_str);
            values.map(move |value| (context, value))
        });
        contexts = longer
            .map(|(context, value)| [context.as_slice(), &[(key.as_str(), value)]].concat())
            .collect();
    }
    contexts
}

/// A statement of a policy.
struct Statement<'a> {
    is_allowing: bool,
    actions: Matching<'a>,
    resources: Matching<'a>,
    conditions: Option<&'a Map<String, Value>>,
}

/// What an element names, or does not.
enum Matching<'a> {
    Only(Vec<&'a str>),
    AllBut(Vec<&'a str>),
}

fn statements(document: &Value) -> &[Value] {
    match &document["Statement"] {
        Value::Array(statements) => statements,
        Value::Null => &[],
        statement => std::slice::from_ref(statement),
    }
}

impl<'a> Statement<'a> {
    /// Reads a statement; none where it is none that IAM would take.
    fn read(value: &'a Value) -> Option<Statement<'a>> {
        Some(Statement {
            is_allowing: match value["Effect"].as_str()? {
                "Allow" => true,
                "Deny" => false,
                _ => return None,
            },
            actions: Matching::read(value, "Action", "NotAction")?,
            resources: Matching::read(value, "Resource", "NotResource")?,
            conditions: value["Condition"].as_object(),
        })
    }

    /// Whether it allows an action that it is about.
    fn allows(&self, resource: &str, context: &Context<'_>) -> bool {
        self.is_allowing && self.resources.cover(resource, covers_arn) && self.holds(context)
    }

    /// Whether it forbids an action that it is about.
    fn denies(&self, resource: &str, context: &Context<'_>) -> bool {
        !self.is_allowing && self.resources.touch(resource) && self.holds(context)
    }

    /// Whether all of its conditions are seen to hold.
    fn holds(&self, context: &Context<'_>) -> bool {
        self.conditions()
            .all(|condition| condition.is_met(context) == Some(true))
    }

    fn conditions(&self) -> impl Iterator<Item = Test<'a>> {
        let operators = self.conditions.into_iter().flatten();
        operators.flat_map(|(operator, keys)| {
            let keys = keys.as_object().into_iter().flatten();
            keys.map(move |(key, values)| Test {
                operator,
                key,
                values,
            })
        })
    }
}

impl<'a> Matching<'a> {
    fn read(statement: &'a Value, only: &str, all_but: &str) -> Option<Matching<'a>> {
        match (&statement[only], &statement[all_but]) {
            (Value::Null, Value::Null) => None,
            (Value::Null, named) => Some(Matching::AllBut(texts(named))),
            (named, _) => Some(Matching::Only(texts(named))),
        }
    }

    /// Whether it is about all that a text with `*` in it stands for.
    fn cover(&self, text: &str, covers: fn(&str, &str) -> bool) -> bool {
        match self {
            Matching::Only(patterns) => patterns.iter().any(|pattern| covers(pattern, text)),
            Matching::AllBut(patterns) => !patterns.iter().any(|pattern| {
                covers(pattern, text) || text.contains('*') && overlap_arn(pattern, text)
            }),
        }
    }

    /// Whether it is about anything that an ARN with `*` in it stands for.
    fn touch(&self, arn: &str) -> bool {
        match self {
            Matching::Only(patterns) => patterns.iter().any(|pattern| overlap_arn(pattern, arn)),
            Matching::AllBut(patterns) => !patterns.iter().any(|pattern| covers_arn(pattern, arn)),
        }
    }
}

/// One text or a list of them.
fn texts(value: &Value) -> Vec<&str> {
    match value {
        Value::String(text) => vec![text],
        Value::Array(items) => items.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

/// A condition on one key.
struct Test<'a> {
    operator: &'a str,
    key: &'a str,
    values: &'a Value,
}

impl Test<'_> {
    /// Whether the condition is met; none where nobody can tell.
    fn is_met(&self, context: &Context<'_>) -> Option<bool> {
        let is_key = |(key, _): &&(&str, &str)| key.eq_ignore_ascii_case(self.key);
        let known = context.iter().find(is_key);
        let (_, known) = known?;
        let mut values = texts(self.values).into_iter();
        Some(match self.operator {
            "StringEquals" | "StringEqualsIfExists" => values.any(|value| value == *known),
            "StringEqualsIgnoreCase" => values.any(|value| value.eq_ignore_ascii_case(known)),
            "StringLike" | "StringLikeIfExists" => values.any(|value| covers(value, known)),
            "StringNotEquals" => values.all(|value| value != *known),
            "StringNotLike" => values.all(|value| !covers(value, known)),
            _ => return None,
        })
    }
}

impl Needed {
    /// The same for a partition and an account, as policies are deployed.
    #[must_use]
    pub fn filled(&self, partition: &str, account: &str) -> Needed {
        let fill = |text: &String| {
            let text = text.replace("${AWS::Partition}", partition);
            text.replace("${AWS::AccountId}", account)
        };
        let grants = self.grants.iter().map(|grant| Grant {
            resources: grant.resources.iter().map(fill).collect(),
            ..grant.clone()
        });
        Needed {
            grants: grants.collect(),
            ..self.clone()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const QUEUE: &str = "arn:aws:sqs:eu-west-1:1:shop-dev-*";

    /// What one document lacks of `sqs:CreateQueue` on a stack's queues: nothing, or why.
    fn of(document: Value) -> Option<&'static str> {
        told(&[document], "sqs:CreateQueue", QUEUE, &[])
    }

    fn told(
        documents: &[Value],
        action: &str,
        resource: &str,
        context: &[(&str, &str)],
    ) -> Option<&'static str> {
        let conditions = context.iter().map(|(key, value)| Condition {
            operator: "StringEquals".to_owned(),
            key: (*key).to_owned(),
            values: vec![(*value).to_owned()],
        });
        let needed = Needed {
            grants: vec![Grant {
                actions: vec![action.to_owned()],
                resources: vec![resource.to_owned()],
                conditions: conditions.collect(),
            }],
            ..Needed::default()
        };
        let lacking = lacking(documents, &needed);
        let first = lacking.first()?;
        assert_eq!(
            (first.action.as_str(), first.resource.as_str()),
            (action, resource)
        );
        Some(if first.is_denied {
            "denied"
        } else {
            "not allowed"
        })
    }

    fn allow(action: &str, resource: &str) -> Value {
        json!({"Effect": "Allow", "Action": action, "Resource": resource})
    }

    fn document(statements: &[Value]) -> Value {
        json!({"Version": "2012-10-17", "Statement": statements})
    }

    #[test]
    fn a_statement_allows_what_it_covers() {
        let check = |action, resource, expected| {
            assert_eq!(
                of(document(&[allow(action, resource)])),
                expected,
                "{action} {resource}"
            );
        };
        check("sqs:CreateQueue", QUEUE, None);
        check("SQS:createqueue", "*", None);
        check("sqs:Create*", "arn:aws:sqs:*:1:shop-*", None);
        check(
            "sqs:?reateQueue",
            "arn:aws:sqs:eu-west-?:1:shop-dev-*",
            None,
        );
        check("*", "arn:aws:sqs:*", None);
        check("sqs:Delete*", "*", Some("not allowed"));
        check(
            "sqs:CreateQueue",
            "arn:aws:sqs:eu-west-1:1:shop-dev-orders-*",
            Some("not allowed"),
        );
        check(
            "sqs:CreateQueue",
            "arn:aws:sqs:eu-west-1:1:shop-dev-?",
            Some("not allowed"),
        );
        check(
            "sqs:CreateQueue",
            "arn:aws:sqs:eu-west-1:1:shop-prod-*",
            Some("not allowed"),
        );
        check(
            "sqs:CreateQueue",
            "arn:aws:sqs:eu-west-1:1:SHOP-dev-*",
            Some("not allowed"),
        );
    }

    #[test]
    fn a_statement_may_name_what_it_is_not_about() {
        let check = |statement: Value, expected| {
            assert_eq!(
                of(document(std::slice::from_ref(&statement))),
                expected,
                "{statement}"
            );
        };
        let mut but =
            json!({"Effect": "Allow", "NotAction": ["iam:*", "sqs:delete*"], "Resource": "*"});
        check(but.clone(), None);
        but["NotAction"] = json!("SQS:*");
        check(but, Some("not allowed"));
        let mut but = json!({"Effect": "Allow", "Action": "sqs:*", "NotResource": "arn:aws:sqs:*:*:shop-prod-*"});
        check(but.clone(), None);
        // It could be one of those.
        but["NotResource"] = json!(["arn:aws:sqs:*:*:*-orders"]);
        check(but, Some("not allowed"));
    }

    #[test]
    fn what_one_statement_denies_no_other_can_allow() {
        let check = |denied: Value, expected| {
            let all = allow("*", "*");
            assert_eq!(of(document(&[all, denied.clone()])), expected, "{denied}");
        };
        let deny = |action: &str, resource: &str| json!({"Effect": "Deny", "Action": action, "Resource": resource});
        check(deny("sqs:*", "*"), Some("denied"));
        check(
            deny("sqs:CreateQueue", "arn:aws:sqs:*:*:shop-dev-orders"),
            Some("denied"),
        );
        check(deny("sqs:CreateQueue", "arn:aws:sqs:*:*:shop-prod-*"), None);
        check(deny("sns:*", "*"), None);
        check(
            json!({"Effect": "Deny", "NotAction": "sqs:*", "Resource": "*"}),
            None,
        );
        check(
            json!({"Effect": "Deny", "NotAction": "sns:*", "Resource": "*"}),
            Some("denied"),
        );
        check(
            json!({"Effect": "Deny", "Action": "*", "NotResource": "arn:aws:sqs:*"}),
            None,
        );
        check(
            json!({"Effect": "Deny", "Action": "*", "NotResource": "arn:aws:sns:*"}),
            Some("denied"),
        );
        // Nobody knows whether the condition holds.
        let unknown = json!({"Bool": {"aws:MultiFactorAuthPresent": "false"}});
        check(
            json!({"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": unknown}),
            None,
        );
    }

    #[test]
    fn documents_count_together_and_a_statement_need_not_be_in_a_list() {
        let other = document(&[allow("sns:*", "*")]);
        let single = json!({"Version": "2012-10-17", "Statement": allow("sqs:*", "*")});
        assert_eq!(
            told(&[other.clone(), single], "sqs:CreateQueue", QUEUE, &[]),
            None
        );
        assert_eq!(
            told(&[other, json!({})], "sqs:CreateQueue", QUEUE, &[]),
            Some("not allowed")
        );
        assert_eq!(
            told(&[], "sqs:CreateQueue", QUEUE, &[]),
            Some("not allowed")
        );
        // What is no statement allows nothing.
        for odd in [
            json!(7),
            json!({"Effect": "Allow"}),
            json!({"Effect": "Maybe", "Action": "*", "Resource": "*"}),
        ] {
            assert_eq!(of(document(&[odd])), Some("not allowed"));
        }
    }

    #[test]
    fn a_condition_has_to_be_seen_to_hold() {
        let role = "arn:aws:iam::1:role/shop-dev-*";
        let check = |condition: Value, expected| {
            let mut statement = allow("iam:PassRole", role);
            statement["Condition"] = condition.clone();
            let context = [("iam:PassedToService", "ecs-tasks.amazonaws.com")];
            let told = told(&[document(&[statement])], "iam:PassRole", role, &context);
            assert_eq!(told, expected, "{condition}");
        };
        let on =
            |operator: &str, value: Value| json!({ operator: { "iam:passedtoservice": value } });
        check(on("StringEquals", json!("ecs-tasks.amazonaws.com")), None);
        check(
            on(
                "StringEquals",
                json!(["rds.amazonaws.com", "ecs-tasks.amazonaws.com"]),
            ),
            None,
        );
        check(on("StringLike", json!("ecs*.amazonaws.com")), None);
        check(
            on("StringEqualsIgnoreCase", json!("ECS-tasks.amazonaws.com")),
            None,
        );
        check(on("StringNotEquals", json!("rds.amazonaws.com")), None);
        check(
            on("StringEquals", json!("rds.amazonaws.com")),
            Some("not allowed"),
        );
        check(on("StringNotLike", json!("ecs*")), Some("not allowed"));
        check(
            on(
                "ForAllValues:StringEquals",
                json!("ecs-tasks.amazonaws.com"),
            ),
            Some("not allowed"),
        );
        check(
            json!({"StringEquals": {"aws:RequestedRegion": "eu-west-1"}}),
            Some("not allowed"),
        );
        check(json!({}), None);
    }
}
