//! One stack on its way from how it stands to how it is planned.
//!
//! A [`Step`] is what is being asked, or what is waited for. It has at most one call under way, and making a call a
//! second time is safe in all of them: where an answer was lost, the next step looks before it acts.

use std::collections::VecDeque;

use indexmap::IndexMap;
use sha2::{Digest, Sha256};
use stratiform_service::change_set::ChangeSetType;
use stratiform_service::status::{Ending as StackEnding, Phase};
use stratiform_service::{
    ChangeSet, ChangeSetId, ChangeSetStatus, ExecutionStatus, Reason, StackEvent, StackId,
    StackName, StackStatus, Timestamp, Word,
};

use crate::call::{Call, NewChangeSet, OnDrift, ParameterValue, Stack, TemplateSource};
use crate::destruction::Inventory;
use crate::plan::{Conduct, PlannedStack, Record, is_record};
use crate::token::{is_of, token, token_prefix};
use crate::told::{Cause, Ending};

/// What CloudFormation takes in a call; larger templates come from S3.
///
/// Source: CloudFormation user guide, "CloudFormation quotas".
pub const MOST_IN_A_CALL: usize = 51_200;

/// How much of a commit's name is in that of a change set.
const COMMIT: usize = 12;

/// What is being asked, or waited for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// How the stack stands.
    Look,
    /// Whose operation is going on.
    Whose(Box<Stack>),
    /// Whether a creation that never succeeded left something.
    LookInside(StackId, Timestamp, Word<StackStatus>),
    /// What the template of a creation says that could not be rolled back.
    ReadLeft(Box<Stack>),
    /// What is left of it.
    ListLeft(Box<Stack>, String),
    /// What of it ever was complete.
    ReadBeginning(Box<Inventory>),
    /// Calls that let resources be deleted, the first of them first; then the stack goes.
    Unprotect(VecDeque<Call>, StackId),
    /// A call that changes the stack so that it can be updated, and then its end.
    Mend(Remedy, StackId, Timestamp),
    /// What its template is.
    ReadTemplate(Box<Stack>),
    /// What its policy is, where nothing else changes.
    ReadPolicy(StackId),
    /// The template goes to S3.
    Upload,
    /// Its turn, behind others.
    Waits,
    /// A change set is asked for.
    Propose(TemplateSource),
    /// It is being made.
    Make(ChangeSetId),
    /// What was wrong with it.
    ReadValidation(ChangeSetId, String),
    /// It is of no use and goes; then this.
    Discard(ChangeSetId, Box<Afterwards>),
    /// The stack that a change set made for itself goes; then this.
    DiscardStack(StackId, Box<Afterwards>),
    /// Somebody's word.
    Proposed,
    /// Its turn to be executed.
    Approved,
    /// It is executed.
    Execute,
    /// Whether it is being executed: the answer was lost, or no.
    Confirm(Option<crate::call::Failure>),
    /// The end of an operation that has this token.
    Follow(Operation),
    /// How its stack stands, where its events say nothing.
    Peek(Operation),
    /// Whether its change set was executed, where its stack stands as it did before.
    Prove(Operation, Word<StackStatus>),
    /// What failed in a nested stack of it.
    LookDeeper(Operation, Word<StackStatus>, Cause),
    /// What its outputs are now: who imports them may have to hold them as text on the way back.
    ReadOutputs(Settled),
    /// Its policy is set.
    SetPolicy(Settled),
    /// Its protection is set.
    SetProtection(Settled),
    /// It is done.
    Ended(Ending),
}

/// A call that changes a stack so that it can be updated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Remedy {
    /// Deletes a creation that never succeeded, or what is left of it.
    Delete,
    /// Goes on with a rollback that is stuck.
    Continue,
    /// Rolls back what was left halfway.
    RollBack,
}

/// What comes after a change set is gone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Afterwards {
    /// Another one.
    Propose,
    /// Its turn, behind others.
    Wait,
    /// Policy and protection.
    Settle,
    /// The end.
    End(Ending),
}

/// An operation that is followed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Operation {
    /// The stack.
    pub stack: StackId,
    /// The token on its events.
    pub token: String,
    /// What it is for.
    pub purpose: Purpose,
    /// The ID of the last event that is known.
    pub last: Option<String>,
    /// Its events so far.
    pub events: Vec<StackEvent>,
}

/// What is an operation for?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// It makes the stack ready to be updated.
    Mend,
    /// It is the deployment.
    Deploy,
    /// It takes the stack away.
    Delete,
}

/// A stack whose resources are as planned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Settled {
    /// The stack.
    pub stack: StackId,
    /// How it ends.
    pub ending: Ending,
}

/// How a stack was before this run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Before {
    pub template: String,
    pub parameters: IndexMap<String, String>,
    pub tags: IndexMap<String, String>,
    pub protected: bool,
    pub changed: Timestamp,
}

/// What is known of a change set that waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Waiting {
    pub change_set: ChangeSetId,
    pub stack: StackId,
    pub resources: usize,
    /// Whether somebody has to look at it although the whole was approved.
    pub needs_word: bool,
}

impl PlannedStack {
    /// A stack of which nothing is said but its name.
    pub fn bare(name: StackName, key: String) -> PlannedStack {
        PlannedStack {
            name,
            key,
            depends_on: Vec::new(),
            template: String::new(),
            parameters: IndexMap::new(),
            tags: IndexMap::new(),
            capabilities: Vec::new(),
            policy: None,
            termination_protection: None,
            record: None,
            predicted: None,
            sealed: None,
            seen: None,
            drift: OnDrift::Ignore,
            imports: Vec::new(),
        }
    }

    /// The name of a change set of a run: the same for the same content. The commit is in it, because the token of its
    /// execution is made of it: CloudFormation remembers events, and not what tags were before.
    pub(crate) fn change_set_name(&self, conduct: &Conduct) -> String {
        let commit = self.record(conduct).commit.as_deref();
        let commit = commit.unwrap_or_default();
        let name = format!("{}{}", token_prefix(&conduct.run), &self.digest()[..8]);
        match commit.get(..COMMIT) {
            Some(commit) if commit.bytes().all(|byte| byte.is_ascii_alphanumeric()) => {
                format!("{name}-c{commit}")
            }
            _ => name,
        }
    }

    /// Where it comes from.
    fn record<'a>(&'a self, conduct: &'a Conduct) -> &'a Record {
        self.record.as_ref().unwrap_or(&conduct.record)
    }

    /// The token of the execution of its change set.
    pub(crate) fn token(&self, change_set: &ChangeSetId, conduct: &Conduct) -> String {
        token(change_set, self.record(conduct).approved_by.as_deref())
    }

    /// A digest of all that a change set is made from.
    pub fn digest(&self) -> String {
        let mut digest = Sha256::new();
        let mut add = |text: &str| {
            digest.update(text.len().to_le_bytes());
            digest.update(text);
        };
        add(&self.template);
        for (name, value) in &self.parameters {
            add(name);
            match value {
                ParameterValue::Value(value) => add(value),
                ParameterValue::Previous => add("\0"),
            }
        }
        for (key, value) in &self.tags {
            add(key);
            add(value);
        }
        if self.drift == OnDrift::Revert {
            add("drift");
        }
        hexadecimal(&digest.finalize())
    }

    /// Whether a run would leave it as it was seen, with these topics: [`Conduct::notification_arns`].
    pub fn stays(&self, topics: &[String]) -> bool {
        let seen = self.seen.as_ref();
        let seen = seen.and_then(|seen| Some((seen.stack.as_deref()?, seen.template.as_deref()?)));
        seen.is_some_and(|(stack, template)| {
            let is_well = matches!(
                stack.status.phase(),
                Phase::Settled(StackEnding::Applied | StackEnding::RolledBack)
            );
            is_well && self.is_deployed(stack, template, topics)
        })
    }

    /// Whether a deployed stack is as planned already: then no change set has to say so.
    pub(crate) fn is_deployed(&self, stack: &Stack, template: &str, topics: &[String]) -> bool {
        let same_parameters = self.parameters.iter().all(|(name, value)| match value {
            ParameterValue::Previous => stack.parameters.contains_key(name),
            ParameterValue::Value(value) => stack.parameters.get(name) == Some(value),
        });
        let mut tags = stack.tags.iter().filter(|(key, _)| !is_record(key));
        self.drift == OnDrift::Ignore
            && is_same_json(&self.template, template)
            && !asks_elsewhere(&self.template)
            && same_parameters
            && self.parameters.len() == stack.parameters.len()
            && tags.clone().count() == self.tags.len()
            && tags.all(|(key, value)| self.tags.get(key) == Some(value))
            && (topics.is_empty() || topics == stack.notification_arns)
    }

    pub(crate) fn new_change_set(
        &self,
        template: &TemplateSource,
        exists: bool,
        conduct: &Conduct,
    ) -> NewChangeSet {
        let record = self.record(conduct);
        let mut tags = self.tags.clone();
        tags.extend(record.tags(&conduct.run));
        let release = record.release.as_deref().or(record.commit.as_deref());
        NewChangeSet {
            stack: self.name.to_string(),
            name: self.change_set_name(conduct),
            description: match release {
                Some(release) => format!("stratiform: {release}"),
                None => "stratiform".to_owned(),
            },
            change_set_type: match exists {
                true => ChangeSetType::Update,
                false => ChangeSetType::Create,
            },
            template: template.clone(),
            parameters: self.parameters.clone(),
            tags,
            capabilities: self.capabilities.clone(),
            role: conduct.role.clone(),
            notification_arns: conduct.notification_arns.clone(),
            // An alarm of the environment may be in one of the stacks that are made.
            rollback: conduct.rollback.clone().filter(|_| exists),
            mode: conduct.mode,
            import_existing: conduct.import_existing,
            drift: self.drift,
        }
    }
}

impl Operation {
    pub(crate) fn new(stack: StackId, token: String, purpose: Purpose) -> Operation {
        Operation {
            stack,
            token,
            purpose,
            last: None,
            events: Vec::new(),
        }
    }

    /// Takes in events; gives those that are new and belong to it.
    pub(crate) fn take(&mut self, events: Vec<StackEvent>) -> Vec<StackEvent> {
        if let Some(event) = events.last() {
            self.last = Some(event.event_id.clone());
        }
        let own: Vec<StackEvent> = events
            .into_iter()
            .filter(|event| is_of(event, &self.token))
            .filter(|event| {
                self.events
                    .iter()
                    .all(|known| known.event_id != event.event_id)
            })
            .collect();
        self.events.extend(own.iter().cloned());
        own
    }

    /// The stack's status at its end, once it is there.
    pub(crate) fn end(&self) -> Option<Word<StackStatus>> {
        use stratiform_service::event::Subject;
        let mut of_stack = self
            .events
            .iter()
            .rev()
            .filter(|event| event.subject() == Subject::Stack);
        let status = Word::<StackStatus>::new(of_stack.next()?.resource_status.as_str());
        matches!(status.phase(), Phase::Settled(_)).then_some(status)
    }
}

/// The digest of what a change set does: two with the same do the same.
pub fn changes_digest(change_set: &ChangeSet) -> String {
    let changes = serde_json::to_string(&change_set.changes).unwrap_or_default();
    hexadecimal(&Sha256::digest(changes))
}

/// The digest of a template's text.
pub fn text_digest(text: &str) -> String {
    hexadecimal(&Sha256::digest(text))
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// How a change set that is being made stands.
pub(crate) enum Made {
    /// Not yet.
    NotYet,
    /// It can be executed.
    Ready,
    /// Nothing would change.
    NoChanges,
    /// It was made, and cannot be executed any more.
    Spent,
    /// It cannot be.
    Failed(String),
}

pub(crate) fn made(change_set: &ChangeSet) -> Made {
    let reason = change_set.status_reason.clone().unwrap_or_default();
    match change_set.status.known() {
        Some(ChangeSetStatus::CreatePending | ChangeSetStatus::CreateInProgress) => Made::NotYet,
        Some(ChangeSetStatus::CreateComplete) => match change_set.execution_status.known() {
            Some(ExecutionStatus::Available) => Made::Ready,
            _ => Made::Spent,
        },
        Some(ChangeSetStatus::Failed) if Reason::read(&reason).is_no_changes() => Made::NoChanges,
        Some(ChangeSetStatus::Failed) => Made::Failed(reason),
        _ => Made::Spent,
    }
}

/// Whether two texts are the same JSON, as templates and policies are.
pub(crate) fn is_same_json(one: &str, other: &str) -> bool {
    let parsed = |text: &str| serde_json::from_str::<serde_json::Value>(text).ok();
    one == other || parsed(one).is_some_and(|value| Some(value) == parsed(other))
}

/// Whether a template takes values from elsewhere, which may have changed although it has not.
fn asks_elsewhere(template: &str) -> bool {
    [
        "Fn::GetStackOutput",
        "AWS::SSM::Parameter::",
        "Fn::Transform",
        "\"Transform\"",
    ]
    .iter()
    .any(|word| template.contains(word))
}

impl Before {
    pub(crate) fn of(stack: &Stack, template: String) -> Before {
        Before {
            template,
            parameters: stack.parameters.clone(),
            tags: stack.tags.clone(),
            protected: stack.termination_protection,
            changed: changed(stack),
        }
    }
}

/// When a stack's last operation began.
pub(crate) fn changed(stack: &Stack) -> Timestamp {
    stack.updated.unwrap_or(stack.created)
}

/// The calls of a step that is one; none where something else is waited for.
pub(crate) fn call(
    step: &Step,
    planned: &PlannedStack,
    exists: bool,
    conduct: &Conduct,
    waiting: Option<&Waiting>,
) -> Option<Call> {
    Some(match step {
        Step::Look => Call::DescribeStack {
            stack: planned.name.to_string(),
        },
        Step::Whose(stack) => Call::StackEvents {
            stack: stack.id.clone(),
            after: None,
        },
        Step::LookInside(stack, ..) => Call::ListStackResources {
            stack: stack.clone(),
        },
        Step::ReadBeginning(left) => Call::StackEvents {
            stack: left.stack.clone(),
            // All of them.
            after: Some(String::new()),
        },
        Step::ReadLeft(stack) => Call::GetTemplate {
            stack: stack.id.clone(),
        },
        Step::ListLeft(stack, _) => Call::ListStackResources {
            stack: stack.id.clone(),
        },
        Step::Unprotect(calls, _) => calls.front()?.clone(),
        Step::Mend(remedy, stack, since) => {
            let skip = skipped(planned, conduct);
            let token = mending_token(*remedy, *since, &skip, conduct);
            let stack = stack.clone();
            match remedy {
                Remedy::Delete => Call::DeleteStack { stack, token },
                Remedy::Continue => Call::ContinueUpdateRollback { stack, skip, token },
                Remedy::RollBack => Call::RollbackStack { stack, token },
            }
        }
        Step::ReadTemplate(stack) => Call::GetTemplate {
            stack: stack.id.clone(),
        },
        Step::ReadPolicy(stack) => Call::GetStackPolicy {
            stack: stack.clone(),
        },
        Step::Upload => Call::PutTemplate {
            bucket: conduct.bucket.clone()?,
            key: format!("stratiform/{}.json", text_digest(&planned.template)),
            body: planned.template.clone(),
        },
        Step::Propose(template) => {
            Call::CreateChangeSet(Box::new(planned.new_change_set(template, exists, conduct)))
        }
        Step::Make(change_set) => Call::DescribeChangeSet {
            change_set: change_set.clone(),
        },
        Step::ReadValidation(change_set, _) => Call::ValidationEvents {
            change_set: change_set.clone(),
        },
        Step::Discard(change_set, _) => Call::DeleteChangeSet {
            change_set: change_set.clone(),
        },
        Step::DiscardStack(stack, _) => Call::DeleteStack {
            stack: stack.clone(),
            token: token_prefix(&conduct.run) + "discard",
        },
        Step::Execute => {
            let waiting = waiting?;
            Call::ExecuteChangeSet {
                change_set: waiting.change_set.clone(),
                token: planned.token(&waiting.change_set, conduct),
            }
        }
        Step::Confirm(_) => Call::StackEvents {
            stack: waiting?.stack.clone(),
            after: None,
        },
        Step::Follow(operation) => Call::StackEvents {
            stack: operation.stack.clone(),
            after: operation.last.clone(),
        },
        Step::Peek(operation) => Call::DescribeStack {
            stack: operation.stack.to_string(),
        },
        Step::Prove(..) => Call::DescribeChangeSet {
            change_set: waiting?.change_set.clone(),
        },
        Step::LookDeeper(_, _, cause) => Call::StackEvents {
            stack: cause.nested.clone()?,
            // All of them: what it was told to do last may be to go.
            after: Some(String::new()),
        },
        Step::ReadOutputs(settled) => Call::DescribeStack {
            stack: settled.stack.to_string(),
        },
        Step::SetPolicy(settled) => Call::SetStackPolicy {
            stack: settled.stack.clone(),
            policy: planned.policy.clone()?,
        },
        Step::SetProtection(settled) => Call::UpdateTerminationProtection {
            stack: settled.stack.clone(),
            protected: planned.termination_protection?,
        },
        Step::Waits | Step::Proposed | Step::Approved | Step::Ended(_) => return None,
    })
}

/// The resources of a stack that are left as they are.
pub(crate) fn skipped(planned: &PlannedStack, conduct: &Conduct) -> Vec<String> {
    let skip = conduct.skip.iter();
    let skip = skip.filter(|skip| skip.stack == planned.key);
    skip.map(|skip| skip.resource.clone()).collect()
}

/// The token of what makes a stack ready to be updated. Another operation of the stack before it makes another token, and
/// so do other resources that are skipped.
pub(crate) fn mending_token(
    remedy: Remedy,
    since: Timestamp,
    skip: &[String],
    conduct: &Conduct,
) -> String {
    let remedy = match remedy {
        Remedy::Delete => "delete",
        Remedy::Continue => "continue",
        Remedy::RollBack => "back",
    };
    let prefix = token_prefix(&conduct.run);
    let token = format!("{prefix}{remedy}-{:x}", since.millis());
    match skip {
        [] => token,
        skip => format!("{token}-{}", &text_digest(&skip.join(","))[..8]),
    }
}
