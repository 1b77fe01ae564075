//! What policies do not allow of what is needed, as IAM evaluates them.
//!
//! Source: IAM user guide, "Policy evaluation logic" and "IAM JSON policy elements reference".

use serde_json::{Map, Value};

use crate::glob::{covers, covers_action, overlap};
use crate::grant::Grant;
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
    let statements: Vec<_> = documents
        .iter()
        .flat_map(statements)
        .filter_map(Statement::read)
        .collect();
    let mut lacking = Vec::new();
    for grant in &needed.grants {
        for request in requests(grant) {
            let is_denied = statements
                .iter()
                .any(|statement| statement.denies(&request));
            if is_denied
                || !statements
                    .iter()
                    .any(|statement| statement.allows(&request))
            {
                lacking.push(Lacking {
                    action: request.action.to_owned(),
                    resource: request.resource.to_owned(),
                    is_denied,
                });
            }
        }
    }
    lacking.sort();
    lacking.dedup();
    lacking
}

/// Something that is asked for.
struct Request<'a> {
    action: &'a str,
    resource: &'a str,
    /// What is known of it: for each key one of the values that are needed.
    context: Vec<(&'a str, &'a str)>,
}

/// Each action on each resource, with each value of its conditions.
fn requests(grant: &Grant) -> impl Iterator<Item = Request<'_>> {
    let nothing: Vec<(&str, &str)> = Vec::new();
    let contexts = grant
        .conditions
        .iter()
        .fold(vec![nothing], |contexts, condition| {
            let each = |context: &Vec<_>| {
                let known = condition
                    .values
                    .iter()
                    .map(|value| (condition.key.as_str(), value.as_str()));
                known
                    .map(|known| [context.as_slice(), &[known]].concat())
                    .collect::<Vec<_>>()
            };
            contexts.iter().flat_map(each).collect()
        });
    contexts.into_iter().flat_map(move |context| {
        grant.actions.iter().flat_map(move |action| {
            let context = context.clone();
            grant.resources.iter().map(move |resource| Request {
                action,
                resource,
                context: context.clone(),
            })
        })
    })
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

    fn allows(&self, request: &Request<'_>) -> bool {
        self.is_allowing
            && self.actions.cover(request.action, covers_action)
            && self.resources.cover(request.resource, covers)
            && self
                .conditions()
                .all(|condition| condition.is_met(request) == Some(true))
    }

    fn denies(&self, request: &Request<'_>) -> bool {
        !self.is_allowing
            && self.actions.cover(request.action, covers_action)
            && self.resources.touch(request.resource)
            && self
                .conditions()
                .all(|condition| condition.is_met(request) == Some(true))
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
            Matching::AllBut(patterns) => !patterns
                .iter()
                .any(|pattern| overlap(&pattern.to_ascii_lowercase(), &text.to_ascii_lowercase())),
        }
    }

    /// Whether it is about anything that a text with `*` in it stands for.
    fn touch(&self, text: &str) -> bool {
        match self {
            Matching::Only(patterns) => patterns.iter().any(|pattern| overlap(pattern, text)),
            Matching::AllBut(patterns) => !patterns.iter().any(|pattern| covers(pattern, text)),
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
    fn is_met(&self, request: &Request<'_>) -> Option<bool> {
        let known = request
            .context
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(self.key));
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
