//! Policies: grants as JSON, below IAM's limits.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::grant::Grant;

/// The most characters of a managed policy; white space does not count.
/// Source: IAM user guide, "IAM and AWS STS quotas".
pub const MANAGED_POLICY: usize = 6_144;

/// The most managed policies of a role, unless the quota is raised.
/// Source: as above.
pub const MANAGED_POLICIES: usize = 10;

/// The most characters of all inline policies of a role together.
/// Source: as above.
pub const INLINE_POLICIES: usize = 10_240;

/// How many characters a name gets that is there already: `No1000`.
const NUMBER: usize = 6;

/// What a partition and an account take at most, `aws-us-gov` and 12 digits: less than what stands for them.
const FILLED: [(&str, &str); 2] = [
    ("${AWS::Partition}", "aws-us-gov"),
    ("${AWS::AccountId}", "000000000000"),
];

/// A policy document, with `${AWS::Partition}` and `${AWS::AccountId}` in its ARNs.
#[derive(Clone, Debug, PartialEq)]
pub struct Document(pub Value);

impl Document {
    /// How many characters IAM counts, once the ARNs are filled in.
    pub fn size(&self) -> usize {
        size(&self.0)
    }

    /// The same for a partition and an account, as `bootstrap --print-policy` hands it out.
    pub fn filled(&self, partition: &str, account: &str) -> Value {
        let text = self.0.to_string();
        let text = text.replace("${AWS::Partition}", partition);
        let text = text.replace("${AWS::AccountId}", account);
        // Neither a partition nor an account has what would make it other JSON.
        serde_json::from_str(&text).unwrap_or_else(|_| self.0.clone())
    }
}

/// Grants as documents of which none has more characters than the limit: a statement per service and resources, in the
/// order of the grants, named. A grant that is too large for one document is in several.
pub fn documents(grants: &[Grant], limit: usize) -> Vec<Document> {
    let empty = size(&document(Vec::new()));
    let room = limit.saturating_sub(empty);
    let mut names = Names::default();
    let mut documents = Vec::new();
    let (mut statements, mut used) = (Vec::new(), 0);
    for part in grants
        .iter()
        .flat_map(|grant| split(Cow::Borrowed(grant), room))
    {
        let name = names.next(&part.name);
        // And the comma before it.
        let needs = part.size + name.len() - part.name.len() + 1;
        let statement = statement(&part.grant, name);
        if used + needs > room && !statements.is_empty() {
            documents.push(Document(document(std::mem::take(&mut statements))));
            used = 0;
        }
        used += needs;
        statements.push(statement);
    }
    if !statements.is_empty() {
        documents.push(Document(document(statements)));
    }
    documents
}

fn document(statements: Vec<Value>) -> Value {
    json!({"Statement": statements, "Version": "2012-10-17"})
}

/// A grant that is a statement of its own.
struct Part<'g> {
    grant: Cow<'g, Grant>,
    /// What it is called, if nothing else is.
    name: String,
    /// How many characters it has with that name.
    size: usize,
}

/// A grant in parts that fit: resources are divided, and where there is only one, actions.
fn split(grant: Cow<'_, Grant>, room: usize) -> Vec<Part<'_>> {
    let name = name(&grant);
    let size = size(&statement(&grant, name.clone()));
    let fits = size + NUMBER < room;
    let (resources, actions) = (grant.resources.len(), grant.actions.len());
    if fits || resources < 2 && actions < 2 {
        return vec![Part { grant, name, size }];
    }
    let grant: &Grant = &grant;
    let half = |of: &[String]| {
        let (one, other) = of.split_at(of.len() / 2);
        [one.to_vec(), other.to_vec()]
    };
    let halves = match resources > 1 {
        true => half(&grant.resources).map(|resources| Grant {
            resources,
            ..grant.clone()
        }),
        false => half(&grant.actions).map(|actions| Grant {
            actions,
            ..grant.clone()
        }),
    };
    let halves = halves.into_iter().map(Cow::Owned);
    halves.flat_map(|half| split(half, room)).collect()
}

fn statement(grant: &Grant, name: String) -> Value {
    let one_or_all = |all: &[String]| match all {
        [one] => json!(one),
        all => json!(all),
    };
    let mut conditions: Map<String, Value> = Map::new();
    for condition in &grant.conditions {
        let of_operator = conditions
            .entry(&condition.operator)
            .or_insert_with(|| json!({}));
        of_operator[&condition.key] = one_or_all(&condition.values);
    }
    // In the order of letters, which is that of a map, whatever features another crate switches on in `serde_json`.
    let mut statement = Map::new();
    statement.insert("Action".to_owned(), one_or_all(&grant.actions));
    if !conditions.is_empty() {
        statement.insert("Condition".to_owned(), conditions.into());
    }
    statement.insert("Effect".to_owned(), "Allow".into());
    statement.insert("Resource".to_owned(), one_or_all(&grant.resources));
    statement.insert("Sid".to_owned(), name.into());
    statement.into()
}

/// What a statement is called: its service, and what its resources have in common: `EcsCluster`, `Ec2Anything`.
fn name(grant: &Grant) -> String {
    let service = grant
        .actions
        .first()
        .and_then(|action| action.split(':').next());
    let mut kinds = grant.resources.iter().map(|resource| kind(resource));
    let first = kinds.next().unwrap_or_default();
    let kind = if kinds.all(|kind| kind == first) {
        first
    } else {
        ""
    };
    let (service, kind) = (camel(service.unwrap_or_default()), camel(kind));
    match kind.starts_with(&service) {
        true => kind,
        false => service + &kind,
    }
}

/// The word before a resource's name in an ARN: `cluster`.
fn kind(resource: &str) -> &str {
    if resource == "*" {
        return "anything";
    }
    let resource = resource
        .rsplit("${AWS::AccountId}:")
        .next()
        .unwrap_or_default();
    let word = resource.split_once(['/', ':']).map(|(word, _)| word);
    word.filter(|word| {
        word.bytes()
            .all(|letter| letter.is_ascii_alphabetic() || letter == b'-')
    })
    .unwrap_or_default()
}

fn camel(words: &str) -> String {
    let words = words.split(|letter: char| !letter.is_ascii_alphanumeric());
    words
        .map(|word| {
            let mut letters = word.chars();
            let first = letters.next().map(|first| first.to_ascii_uppercase());
            first.into_iter().chain(letters).collect::<String>()
        })
        .collect()
}

/// Names that are there already get a number.
#[derive(Default)]
struct Names {
    used: BTreeMap<String, usize>,
}

impl Names {
    fn next(&mut self, name: &str) -> String {
        let used = self.used.entry(name.to_owned()).or_default();
        *used += 1;
        match *used {
            1 => name.to_owned(),
            number => format!("{name}No{number}"),
        }
    }
}

/// How many characters IAM counts.
fn size(value: &Value) -> usize {
    let text = value.to_string();
    let longer =
        FILLED.map(|(hole, filled)| text.matches(hole).count() * (hole.len() - filled.len()));
    text.chars().count() - longer.iter().sum::<usize>()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grant::Condition;
    use crate::{Needed, lacking};
    use proptest::prelude::*;

    fn grant(actions: &[&str], resources: &[&str]) -> Grant {
        let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        Grant {
            actions: owned(actions),
            resources: owned(resources),
            conditions: Vec::new(),
        }
    }

    #[test]
    fn a_document_reads_like_one_that_somebody_wrote() {
        let mut pass = grant(
            &["iam:PassRole"],
            &["arn:${AWS::Partition}:iam::${AWS::AccountId}:role/shop-dev-api-*"],
        );
        pass.conditions.push(Condition {
            operator: "StringEquals".to_owned(),
            key: "iam:PassedToService".to_owned(),
            values: vec!["ecs-tasks.amazonaws.com".to_owned()],
        });
        let queues = grant(
            &["sqs:CreateQueue", "sqs:DeleteQueue"],
            &["arn:${AWS::Partition}:sqs:eu-west-1:${AWS::AccountId}:shop-dev-orders"],
        );
        let documents = documents(
            &[pass, queues, grant(&["kms:CreateKey"], &["*"])],
            MANAGED_POLICY,
        );
        let [document] = documents.as_slice() else {
            panic!("{documents:?}");
        };
        let expected = json!({
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Sid": "IamRole",
                    "Effect": "Allow",
                    "Action": "iam:PassRole",
                    "Resource": "arn:aws:iam::1:role/shop-dev-api-*",
                    "Condition": {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}},
                },
                {
                    "Sid": "Sqs",
                    "Effect": "Allow",
                    "Action": ["sqs:CreateQueue", "sqs:DeleteQueue"],
                    "Resource": "arn:aws:sqs:eu-west-1:1:shop-dev-orders",
                },
                {"Sid": "KmsAnything", "Effect": "Allow", "Action": "kms:CreateKey", "Resource": "*"},
            ],
        });
        assert_eq!(document.filled("aws", "1"), expected);
        let longest = document.filled("aws-us-gov", "123456789012").to_string();
        assert_eq!(document.size(), longest.len());
    }

    #[test]
    fn what_is_too_large_for_one_document_is_in_several() {
        let names: Vec<String> = (0..90)
            .map(|index| format!("arn:aws:sqs:eu-west-1:1:{index:080}"))
            .collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let documents = documents(&[grant(&["sqs:CreateQueue"], &names)], MANAGED_POLICY);
        assert_eq!(documents.len(), 2);
        assert!(
            documents
                .iter()
                .all(|document| document.size() <= MANAGED_POLICY)
        );
    }

    fn grants() -> impl Strategy<Value = Vec<Grant>> {
        let service = prop::sample::select(vec!["sqs", "s3", "iam", "ec2"]);
        let grant = (service, 1..12_usize, 1..12_usize, any::<bool>()).prop_map(
            |(service, actions, resources, is_passed)| Grant {
                actions: (0..actions)
                    .map(|index| format!("{service}:Action{index}"))
                    .collect(),
                resources: (0..resources)
                    .map(|index| format!("arn:${{AWS::Partition}}:{service}:::name-{index}-*"))
                    .collect(),
                conditions: is_passed
                    .then(|| Condition {
                        operator: "StringEquals".to_owned(),
                        key: "iam:PassedToService".to_owned(),
                        values: vec!["a.amazonaws.com".to_owned(), "b.amazonaws.com".to_owned()],
                    })
                    .into_iter()
                    .collect(),
            },
        );
        prop::collection::vec(grant, 1..8).prop_map(|grants| {
            // As they are derived: none of them allows what another one does.
            let mut grants = grants;
            for (number, grant) in grants.iter_mut().enumerate() {
                grant
                    .actions
                    .iter_mut()
                    .for_each(|action| action.push_str(&format!("Of{number}")));
            }
            grants
        })
    }

    proptest! {
        #[test]
        fn documents_allow_what_is_granted_within_the_limit(grants in grants(), limit in 400..7_000_usize) {
            let documents = documents(&grants, limit);
            for document in &documents {
                prop_assert!(document.size() <= limit, "{} of {limit}", document.size());
            }
            let documents: Vec<Value> = documents.into_iter().map(|document| document.0).collect();
            let needed = Needed { grants, ..Needed::default() };
            prop_assert_eq!(lacking(&documents, &needed), Vec::new());
        }

        #[test]
        fn no_statement_can_be_spared(grants in grants(), limit in 400..7_000_usize, at in any::<prop::sample::Index>()) {
            let documents = documents(&grants, limit);
            let mut documents: Vec<Value> = documents.into_iter().map(|document| document.0).collect();
            let document = at.index(documents.len());
            let statements = documents[document]["Statement"].as_array_mut().unwrap();
            statements.remove(at.index(statements.len()));
            let needed = Needed { grants, ..Needed::default() };
            prop_assert!(!lacking(&documents, &needed).is_empty());
        }

        #[test]
        fn names_of_statements_are_names(grants in grants(), limit in 400..7_000_usize) {
            let documents = documents(&grants, limit);
            let mut names = std::collections::BTreeSet::new();
            for document in &documents {
                for statement in document.0["Statement"].as_array().unwrap() {
                    let name = statement["Sid"].as_str().unwrap();
                    prop_assert!(name.bytes().all(|letter| letter.is_ascii_alphanumeric()), "{name}");
                    prop_assert!(names.insert(name.to_owned()), "{name}");
                }
            }
        }
    }
}
