//! IAM policy documents.
//!
//! Source: IAM user guide, "IAM JSON policy elements reference".

pub(crate) mod check;
pub mod condition;
pub(crate) mod wildcard;

use std::panic::Location;

use self::condition::Test;
use stratiform_template::Text;

use crate::sub;
use crate::value::draft::{Draft, Listed, StatementDraft};
use crate::value::function::pseudo;
use crate::value::property::{Arn, Id, Json, Opt, Prop, PropertyType};

/// A policy document: statements, each allowing or denying some actions.
///
/// ```
/// use stratiform_stack::condition::{boolean, key};
/// use stratiform_stack::{Json, PolicyDocument, Principal, Statement, arn};
///
/// let read = Statement::allow(["sqs:ReceiveMessage", "sqs:DeleteMessage"])
///     .sid("Read")
///     .on(arn("sqs", "orders"));
/// let only_tls = Statement::deny(["sqs:*"])
///     .to(Principal::Everyone)
///     .on_any()
///     .when(boolean(key::SECURE_TRANSPORT, false));
/// let document = PolicyDocument::new([read, only_tls]);
/// // Goes into any property that takes a document.
/// let property: Json = document.into();
/// # let _ = property;
/// ```
#[derive(Clone, Debug, Default)]
pub struct PolicyDocument {
    statements: Statements,
}

/// Statements, as an option of a part takes them: `statements: [send, receive]`.
#[derive(Clone, Debug, Default)]
pub struct Statements(Vec<Draft>);

/// One statement of a [`PolicyDocument`].
#[derive(Clone, Debug)]
pub struct Statement {
    location: &'static Location<'static>,
    listed: Listed,
    sid: Option<String>,
    effect: &'static str,
    principals: Vec<Principal>,
    actions: Vec<String>,
    resources: Vec<Draft>,
    conditions: Vec<Test>,
}

/// Who a statement is about.
#[derive(Clone, Debug)]
pub enum Principal {
    /// An AWS service: `ecs-tasks.amazonaws.com`.
    Service(Prop<String>),
    /// Accounts, roles or users, by ARN.
    Aws(Prop<String>),
    /// Whoever an identity provider of the account vouches for, by the provider's ARN.
    Federated(Prop<String>),
    /// Everyone. Only with a condition that narrows it, or in a `Deny`.
    Everyone,
}

impl PolicyDocument {
    /// A document of these statements.
    pub fn new(statements: impl IntoIterator<Item: Into<Prop<Statement>>>) -> Self {
        PolicyDocument {
            statements: statements.into_iter().collect(),
        }
    }

    /// The trust policy of a role that one service assumes.
    pub fn assumed_by(service: &str) -> Self {
        PolicyDocument::new([Statement::allow(["sts:AssumeRole"]).to(Principal::service(service))])
    }
}

impl Statements {
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<S: Into<Prop<Statement>>> FromIterator<S> for Statements {
    fn from_iter<I: IntoIterator<Item = S>>(statements: I) -> Self {
        let statements = statements.into_iter();
        Statements(statements.map(|one| one.into().into_draft()).collect())
    }
}

impl IntoIterator for Statements {
    type Item = Prop<Statement>;
    type IntoIter = std::iter::Map<std::vec::IntoIter<Draft>, fn(Draft) -> Prop<Statement>>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter().map(Prop::new)
    }
}

// What `props!` makes of `[send, receive]`.
impl<const N: usize> From<[Prop<Statement>; N]> for Statements {
    fn from(statements: [Prop<Statement>; N]) -> Self {
        statements.into_iter().collect()
    }
}

impl From<Vec<Statement>> for Statements {
    fn from(statements: Vec<Statement>) -> Self {
        statements.into_iter().collect()
    }
}

impl Principal {
    /// An AWS service by its principal name.
    pub fn service(name: impl Into<Prop<String>>) -> Self {
        Principal::Service(name.into())
    }

    /// The root of the stack's own account: leaves the decision to IAM policies there.
    pub fn account() -> Self {
        Principal::Aws(
            sub!(
                "arn:{}:iam::{}:root",
                pseudo::partition(),
                pseudo::account_id()
            )
            .into(),
        )
    }
}

/// Some actions: a list, or whatever goes through one.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no list of actions",
    label = "expected a list such as `[\"sqs:SendMessage\"]`"
)]
pub trait Actions {
    /// Their names.
    fn names(self) -> Vec<String>;
}

#[diagnostic::do_not_recommend]
impl<A: Into<String>, I: IntoIterator<Item = A>> Actions for I {
    fn names(self) -> Vec<String> {
        self.into_iter().map(Into::into).collect()
    }
}

impl Statement {
    /// A statement that allows actions: `["sqs:SendMessage", "sqs:Get*"]`. One that IAM does not have is a finding at
    /// this line.
    #[track_caller]
    pub fn allow(actions: impl Actions) -> Self {
        Statement::new("Allow", actions)
    }

    /// A statement that denies actions; as [`Statement::allow`].
    #[track_caller]
    pub fn deny(actions: impl Actions) -> Self {
        Statement::new("Deny", actions)
    }

    #[track_caller]
    fn new(effect: &'static str, actions: impl Actions) -> Self {
        Statement {
            location: Location::caller(),
            listed: Listed::Here,
            sid: None,
            effect,
            principals: Vec::new(),
            actions: actions.names(),
            resources: Vec::new(),
            conditions: Vec::new(),
        }
    }

    /// Names the statement.
    pub fn sid(mut self, sid: &str) -> Self {
        self.sid = Some(sid.to_owned());
        self
    }

    /// Takes the statement as it is, where IAM has something newer than the catalog.
    pub fn unlisted(mut self) -> Self {
        self.listed = Listed::Elsewhere;
        self
    }

    /// Adds a resource that the statement is about: a handle, an ARN, or text: `.on(&bucket).on(sub!("{}/*", arn))`.
    pub fn on(mut self, resource: impl Into<Prop<Id<Arn>>>) -> Self {
        self.resources.push(resource.into().into_draft());
        self
    }

    /// Adds each of some resources.
    pub fn on_each<R: Into<Prop<Id<Arn>>>>(self, resources: impl IntoIterator<Item = R>) -> Self {
        resources.into_iter().fold(self, Statement::on)
    }

    /// Makes the statement about every resource: for actions that know no resources, and in the policy of the
    /// resource itself.
    pub fn on_any(self) -> Self {
        self.on("*")
    }

    /// Adds a principal: only in policies that belong to a resource, or say who may assume a role.
    pub fn to(mut self, principal: Principal) -> Self {
        self.principals.push(principal);
        self
    }

    /// Adds a condition: `when(string_equals(key::SOURCE_ACCOUNT, pseudo::account_id()))`. The same operator and key
    /// again add a value that is accepted as well.
    pub fn when(mut self, test: impl Into<Test>) -> Self {
        self.conditions.push(test.into());
        self
    }
}

impl PropertyType for Statement {
    fn into_draft(self) -> Draft {
        let principals = (!self.principals.is_empty()).then(|| principals(self.principals));
        let resources = (!self.resources.is_empty()).then(|| one_or_list(self.resources));
        let conditions = (!self.conditions.is_empty()).then(|| conditions(self.conditions));
        Draft::Statement(StatementDraft {
            location: self.location,
            listed: self.listed,
            content: Box::new(Draft::object(vec![
                ("Sid", self.sid.map(Draft::from)),
                ("Effect", Some(Draft::from(self.effect))),
                ("Principal", principals),
                (
                    "Action",
                    Some(one_or_list(
                        self.actions.into_iter().map(Draft::from).collect(),
                    )),
                ),
                ("Resource", resources),
                ("Condition", conditions),
            ])),
        })
    }
}

fn principals(principals: Vec<Principal>) -> Draft {
    let mut services = Vec::new();
    let mut accounts = Vec::new();
    let mut federated = Vec::new();
    for principal in principals {
        match principal {
            Principal::Service(name) => services.push(name.into_draft()),
            Principal::Aws(arn) => accounts.push(arn.into_draft()),
            Principal::Federated(arn) => federated.push(arn.into_draft()),
            Principal::Everyone => return Draft::from("*"),
        }
    }
    let some = |members: Vec<Draft>| (!members.is_empty()).then(|| one_or_list(members));
    Draft::object(vec![
        ("AWS", some(accounts)),
        ("Federated", some(federated)),
        ("Service", some(services)),
    ])
}

type Entries = Vec<(Text, Draft)>;

/// Conditions grouped by their operator and key, in the order first named.
fn conditions(conditions: Vec<Test>) -> Draft {
    let mut operators: Vec<(Text, Entries)> = Vec::new();
    for test in conditions {
        let Test {
            operator,
            key,
            values,
        } = test;
        let Some((_, entries)) = operators.iter_mut().find(|(name, _)| *name == operator) else {
            operators.push((operator, vec![(key.into(), values)]));
            continue;
        };
        match entries.iter_mut().find(|(name, _)| *name == key) {
            // One operator and key take several values as a list: any of them may hold.
            Some((_, Draft::List(known))) => known.push(values),
            Some((_, first)) => *first = Draft::List(vec![first.take(), values]),
            None => entries.push((key.into(), values)),
        }
    }
    Draft::Map(
        operators
            .into_iter()
            .map(|(operator, entries)| (operator, Draft::Map(entries)))
            .collect(),
    )
}

fn one_or_list(mut members: Vec<Draft>) -> Draft {
    match members.as_mut_slice() {
        [one] => one.take(),
        _ => Draft::List(members),
    }
}

impl PropertyType for PolicyDocument {
    fn into_draft(self) -> Draft {
        Draft::object(vec![
            ("Version", Some(Draft::from("2012-10-17"))),
            ("Statement", Some(Draft::List(self.statements.0))),
        ])
    }
}

impl From<PolicyDocument> for Json {
    fn from(document: PolicyDocument) -> Self {
        Json(document.into_draft())
    }
}

impl From<PolicyDocument> for Prop<Json> {
    fn from(document: PolicyDocument) -> Self {
        Prop::new(document.into_draft())
    }
}

impl From<PolicyDocument> for Opt<Json> {
    fn from(document: PolicyDocument) -> Self {
        Prop::from(document).into()
    }
}
