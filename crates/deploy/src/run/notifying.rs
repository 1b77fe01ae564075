//! Who is told how it goes: what was begun, what waits for somebody, how it ended.
//!
//! A receiver that does not answer costs a few seconds and nothing else.

use std::collections::HashMap;

use indexmap::IndexMap;
use serde_json::json;
use stratiform_service::Timestamp;

use super::{Effect, Proposals, Run, later};
use crate::besides::Notify;
use crate::call::{Call, Failure, Reply};
use crate::plan::Until;
use crate::told::{Ending, Outcome, Told};

/// How long receivers are waited for, in milliseconds.
const PATIENCE: i64 = 5_000;

/// What SNS takes as a subject.
///
/// Source: SNS API reference, "Publish".
const SUBJECT: usize = 99;

/// What was told, and who has not answered yet.
#[derive(Clone, Debug, Default)]
pub(super) struct Notices {
    open: HashMap<u64, String>,
    deadline: Option<Timestamp>,
    has_begun: bool,
    has_waited: bool,
    has_ended: bool,
    /// What somebody is asked once the receivers know that he is.
    pub(super) question: Option<Proposals>,
}

/// What is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Started,
    Waiting,
    Done,
    NotDone,
    Failed,
    RolledBack,
    NeedsPerson,
}

impl State {
    /// For programs.
    fn as_str(self) -> &'static str {
        match self {
            State::Started => "started",
            State::Waiting => "waiting-for-approval",
            State::Done => "done",
            State::NotDone => "no",
            State::Failed => "failed",
            State::RolledBack => "rolled-back",
            State::NeedsPerson => "needs-person",
        }
    }

    fn sentence(self) -> &'static str {
        match self {
            State::Started => "is being deployed",
            State::Waiting => "waits for approval",
            State::Done => "is deployed",
            State::NotDone => "was not deployed: the answer is no",
            State::Failed => "was not deployed: it failed",
            State::RolledBack => "failed, and was rolled back",
            State::NeedsPerson => "failed, and needs a person",
        }
    }

    /// As Slack calls it.
    fn colour(self) -> &'static str {
        match self {
            State::Done => "good",
            State::Failed | State::RolledBack | State::NeedsPerson => "danger",
            State::Started | State::Waiting | State::NotDone => "warning",
        }
    }
}

impl Run {
    /// Somebody is to be asked; where others wait for that with him, they are told before.
    pub(super) fn question(&mut self, question: Proposals) {
        let waits = self.plan.conduct.besides.notify.as_ref();
        if waits.is_none_or(|notify| !notify.waits) {
            return self.outbox.push(Effect::Approve(question));
        }
        self.notices.question = Some(question);
        if !std::mem::replace(&mut self.notices.has_waited, true) {
            self.notify(State::Waiting);
        }
    }

    /// Something is executed now.
    pub(super) fn notify_of_start(&mut self) {
        if self.plan.conduct.until == Until::Deployed
            && !std::mem::replace(&mut self.notices.has_begun, true)
        {
            self.notify(State::Started);
        }
    }

    /// What follows from time and answers: a question that waited, receivers that are given up, and the end.
    pub(super) fn go_on_notifying(&mut self) {
        if self.notices.deadline.is_some_and(|at| at <= self.now) {
            let mut open: Vec<_> = std::mem::take(&mut self.notices.open).into_iter().collect();
            open.sort();
            for (ticket, receiver) in open {
                self.outbox.push(Effect::Abandon(ticket));
                self.not_notified(receiver, "no answer within 5 seconds".to_owned());
            }
        }
        if self.notices.open.is_empty() {
            self.notices.deadline = None;
            if let Some(question) = self.notices.question.take() {
                self.outbox.push(Effect::Approve(question));
            }
        }
        if let Some(state) = self.end_state().filter(|_| !self.notices.has_ended) {
            self.notices.has_ended = true;
            self.notify(state);
        }
    }

    /// How it ended, where that is told: whoever heard of no beginning hears of no end but a bad one.
    fn end_state(&self) -> Option<State> {
        let heard = self.notices.has_begun || self.notices.has_waited;
        let prepared = |stack: &super::StackRun| stack.ending() == Some(&Ending::Prepared);
        match self.comes_to()? {
            Outcome::Done if self.stacks.iter().any(prepared) => Some(State::Waiting),
            Outcome::Done => heard.then_some(State::Done),
            Outcome::No => heard.then_some(State::NotDone),
            Outcome::Failed => Some(State::Failed),
            Outcome::RolledBack => Some(State::RolledBack),
            Outcome::NeedsPerson => Some(State::NeedsPerson),
        }
    }

    /// Whether all is told that is to be told, and answered.
    pub(super) fn has_notified(&self) -> bool {
        self.plan.conduct.besides.notify.is_none()
            || (self.notices.open.is_empty()
                && (self.notices.has_ended || self.end_state().is_none()))
    }

    pub(super) fn next_notice(&self) -> Option<Timestamp> {
        self.notices.deadline
    }

    /// Whether a ticket is a receiver's; then its answer is taken in.
    pub(super) fn notified(&mut self, ticket: u64, reply: &Result<Reply, Failure>) -> bool {
        let Some(receiver) = self.notices.open.remove(&ticket) else {
            return false;
        };
        if let Err(failure) = reply {
            self.not_notified(receiver, failure.why.clone());
        }
        true
    }

    fn not_notified(&mut self, receiver: String, why: String) {
        let told = Told::NotNotified { receiver, why };
        self.outbox.push(Effect::Tell(Box::new(told)));
    }

    fn notify(&mut self, state: State) {
        let Some(notify) = self.plan.conduct.besides.notify.clone() else {
            return;
        };
        let fields = self.fields(&notify, state);
        let sentence = self.sentence(&notify, state);
        let lines = fields
            .iter()
            .map(|(name, value)| format!("{name}: {value}"));
        let lines: Vec<String> = lines.collect();
        let message = format!("{sentence}\n\n{}\n", lines.join("\n"));
        let attributes = [("state", state.as_str()), ("subject", &notify.subject)];
        let attributes = attributes.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let attributes: IndexMap<String, String> = attributes.into();
        let mut calls = Vec::new();
        for topic in &notify.topics {
            let call = Call::Publish {
                topic: topic.clone(),
                subject: subject(&sentence),
                message: message.clone(),
                attributes: attributes.clone(),
            };
            calls.push((format!("the topic {topic}"), call));
        }
        if let Some(variable) = &notify.webhook {
            let body = body(&sentence, state, &fields);
            calls.push((
                format!("the webhook of ${variable}"),
                Call::Webhook { body },
            ));
        }
        for (receiver, call) in calls {
            let ticket = self.next_ticket;
            self.next_ticket += 1;
            self.notices.open.insert(ticket, receiver);
            let call = Box::new(call);
            self.outbox.push(Effect::Call { ticket, call });
        }
        self.notices.deadline = Some(later(self.now, PATIENCE));
    }

    fn sentence(&self, notify: &Notify, state: State) -> String {
        let record = &self.plan.conduct.record;
        let short = |commit: &String| commit.chars().take(7).collect::<String>();
        let release = record.release.clone();
        let release = release.or_else(|| record.commit.as_ref().map(short));
        let release = release.unwrap_or_else(|| "what is checked out".to_owned());
        format!("{}: {release} {}", notify.subject, state.sentence())
    }

    /// What is known of it, without anything that is secret.
    fn fields(&self, notify: &Notify, state: State) -> IndexMap<&'static str, String> {
        let conduct = &self.plan.conduct;
        let record = &conduct.record;
        let all = [
            ("release", record.release.clone()),
            ("commit", record.commit.clone()),
            ("by", record.deployed_by.clone()),
            ("reason", record.reason.clone()),
            ("verdict", self.verdict(state)),
            ("run", Some(conduct.run.clone())),
            ("link", notify.link.clone()),
        ];
        let all = all.into_iter();
        all.filter_map(|(name, value)| Some((name, value?)))
            .collect()
    }

    /// What went wrong, in short; none where nothing did.
    fn verdict(&self, state: State) -> Option<String> {
        match state {
            State::Started | State::Waiting | State::NotDone => return None,
            State::Done => return Some("all is well".to_owned()),
            State::Failed | State::RolledBack | State::NeedsPerson => {}
        }
        let stacks = self.plan.stacks.iter().zip(self.endings());
        let stacks = stacks.filter_map(|(stack, ending)| {
            let what = match ending? {
                Ending::RolledBack(_) => "rolled back",
                Ending::Stuck(_) => "needs a person",
                Ending::Refused(_) => "refused",
                Ending::Stays(_) => "could not go back",
                Ending::WentBack => "went back",
                _ => return None,
            };
            Some(format!("{} {what}", stack.key))
        });
        let mut all: Vec<String> = self.failed_besides();
        all.extend(stacks);
        if self.verified == Some(crate::verification::Verified::No) && all.is_empty() {
            all.push("not all that runs is well".to_owned());
        }
        Some(all.join(", ")).filter(|all| !all.is_empty())
    }
}

/// A sentence as SNS takes it for a subject: ASCII, one line.
fn subject(sentence: &str) -> String {
    let ascii = sentence.chars().map(|c| match c {
        ' '..='~' => c,
        _ => '-',
    });
    ascii.take(SUBJECT).collect()
}

/// As Slack's incoming webhooks take it, and many others do.
///
/// Source: Slack API, "Incoming webhooks" and "Legacy secondary attachments".
fn body(sentence: &str, state: State, fields: &IndexMap<&'static str, String>) -> String {
    let fields = [("state", state.as_str())]
        .into_iter()
        .chain(fields.iter().map(|(name, value)| (*name, value.as_str())));
    let fields: Vec<_> = fields
        .map(|(title, value)| json!({ "title": title, "value": value, "short": value.len() < 40 }))
        .collect();
    let attachment = json!({ "color": state.colour(), "fallback": sentence, "fields": fields });
    json!({ "text": sentence, "attachments": [attachment] }).to_string()
}
