//! Events: what each resource and the stack went through, and in which order.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::super::super::value::{Different, EXACT, differences};
use super::super::column::Column;
use super::super::order;
use super::super::recording::Side;
use super::Judge;

/// The name under which recordings have the stack's own events.
const STACK: &str = "Stack";

const STACK_TYPE: &str = "AWS::CloudFormation::Stack";

/// Statuses that are no step of their own for those who fold events.
const CLEANUP: &str = "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS";

impl<'j> Judge<'j> {
    pub(super) fn events(&mut self) {
        if self.transcript.stack_id.is_none() {
            return;
        }
        let ours = self.events_by_resource();
        self.failed_resource();
        self.recorded_sequences(&ours);
        if self.case.test() != "test_blocked_stack_deletion" {
            self.whole_lists(&ours);
        }
        self.sorted_out();
        self.order();
    }

    /// Our events, oldest first, under the names that recordings have for whose they are.
    fn events_by_resource(&self) -> BTreeMap<String, Vec<&'j Value>> {
        let mut events: BTreeMap<String, Vec<&Value>> = BTreeMap::new();
        for event in &self.transcript.events {
            let name = match self.is_of_stack(event) {
                true => STACK,
                false => event["LogicalResourceId"].as_str().unwrap_or_default(),
            };
            events.entry(name.to_owned()).or_default().push(event);
        }
        events
    }

    fn is_of_stack(&self, event: &Value) -> bool {
        event["PhysicalResourceId"].as_str() == self.transcript.stack_id.as_deref()
            || event["LogicalResourceId"] == event["StackName"]
    }

    /// The reason of the resource because of which the operation failed.
    fn failed_resource(&mut self) {
        let mut failed = self.case.errors().filter_map(|said| said.failed_resource());
        let Some(failed) = failed.next() else {
            return;
        };
        let is_it = |event: &&Value| {
            let same = |key: &str| event[key] == failed[key];
            same("LogicalResourceId") && same("ResourceStatus")
        };
        let ours = self.transcript.events.iter().find(is_it);
        let ours = ours.map(|event| event["ResourceStatusReason"].as_str().unwrap_or_default());
        let recorded = failed["ResourceStatusReason"].as_str().unwrap_or_default();
        self.same_text(Column::Message, "reason", recorded, ours);
    }

    fn recorded_sequences(&mut self, ours: &BTreeMap<String, Vec<&Value>>) {
        let case = self.case;
        let mut names = BTreeSet::new();
        // In the middle of 2025, deletions were left out of recordings.
        let mut all = case.events_per_resource().flat_map(|(_, events)| events);
        let no_deletions =
            !all.any(|event| event["EventId"].is_string() || status(event).starts_with("DELETE"));
        for (name, recorded) in case.events_per_resource() {
            let name = match name.starts_with("<stack-name") {
                true => STACK,
                false => name.as_str(),
            };
            names.insert(name.to_owned());
            let raw = recorded.iter().any(|event| event["EventId"].is_string());
            // Raw events are as the service gives them, newest first.
            let recorded: Vec<&Value> = match raw {
                true => recorded.iter().rev().collect(),
                false => recorded.iter().collect(),
            };
            let ours = ours.get(name).map(Vec::as_slice).unwrap_or_default();
            let steps = |events: &[&Value]| {
                let steps = events.iter().map(|event| status(event));
                let counts = |status: &&str| {
                    *status != CLEANUP && !(no_deletions && status.starts_with("DELETE"))
                };
                folded(steps.filter(counts))
            };
            let recorded_steps = self.of_last_update(steps(&recorded));
            self.steps(name, &recorded_steps, &steps(ours));
            if raw {
                let rows = |events: &[&Value]| -> Value { events.iter().map(|e| row(e)).collect() };
                let (one, two) = (rows(&recorded), rows(ours));
                let different = differences(&EXACT, name, Some(&one), Some(&two));
                // One event too few and all that follow differ: the two are shown whole.
                let whole =
                    (!different.is_empty()).then(|| (name.to_owned(), Some(one), Some(two)));
                self.compared(Column::RawEvents, whole);
            }
        }
        if names.contains(STACK) {
            let others = ours.keys().filter(|name| !names.contains(*name));
            let others: Vec<&String> = others.collect();
            let different = || ("resources".to_owned(), None, Some(json!(others)));
            self.compared(Column::Events, (!others.is_empty()).then(different));
        }
    }

    /// A test's third update was recorded with the ones before; what is played is the last.
    fn of_last_update(&self, mut steps: Vec<String>) -> Vec<String> {
        let later = ["#3", "#4", "#5"]
            .iter()
            .any(|end| self.case.id().ends_with(end));
        let again = ["UPDATE_IN_PROGRESS", "UPDATE_COMPLETE"].repeat(2);
        let again: Vec<String> = again.into_iter().map(str::to_owned).collect();
        while self.case.kind() == "update" && later && steps.ends_with(&again) {
            steps.truncate(steps.len() - 2);
        }
        steps
    }

    fn steps(&mut self, name: &str, recorded: &[String], ours: &[String]) {
        let text = |steps: &[String]| Some(Value::from(steps.join(" ")));
        let different = || (name.to_owned(), text(recorded), text(ours));
        self.compared(Column::Events, (recorded != ours).then(different));
    }

    fn whole_lists(&mut self, ours: &BTreeMap<String, Vec<&Value>>) {
        for list in self.case.event_lists() {
            let starts = |event: &Value| {
                let begins = ["REVIEW_IN_PROGRESS", "CREATE_IN_PROGRESS"].contains(&status(event));
                begins && event["ResourceType"] == STACK_TYPE
            };
            // One test had sorted them, oldest first.
            let sorted: Vec<&Value> = match list.first().is_some_and(starts) {
                true => list.iter().collect(),
                false => list.iter().rev().collect(),
            };
            let mut recorded: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
            for event in sorted {
                let name = match event["ResourceType"] == STACK_TYPE {
                    true => STACK,
                    false => event["LogicalResourceId"].as_str().unwrap_or_default(),
                };
                recorded.entry(name).or_default().push(status(event));
            }
            for (name, statuses) in recorded {
                let ours = ours.get(name).map(Vec::as_slice).unwrap_or_default();
                let ours = folded(ours.iter().map(|event| status(event)));
                self.steps(name, &folded(statuses.into_iter()), &ours);
            }
        }
    }

    /// Lists that a test had sorted out: the same statuses of resources, in the same order.
    fn sorted_out(&mut self) {
        for list in self.case.sorted_out_events() {
            let pair = |event: &Value| {
                let name = event["LogicalResourceId"].as_str().unwrap_or_default();
                format!("{name} {}", status(event))
            };
            let asked: BTreeSet<&str> = list.iter().map(status).collect();
            let recorded: Vec<String> = list.iter().map(pair).collect();
            let ours = self.transcript.events.iter();
            let ours =
                ours.filter(|event| asked.contains(status(event)) && !self.is_of_stack(event));
            let ours: Vec<String> = ours.map(pair).collect();
            let different = || {
                (
                    "events".to_owned(),
                    Some(json!(recorded)),
                    Some(json!(ours)),
                )
            };
            self.compared(Column::Answers, (recorded != ours).then(different));
        }
    }

    fn order(&mut self) {
        let events = &self.transcript.events;
        if events
            .iter()
            .any(|event| event["ResourceType"] != STACK_TYPE)
        {
            let [before, after] = [Side::Before, Side::After].map(|side| self.case.template(side));
            let broken = order::broken(before, after, events);
            let broken = broken.into_iter();
            let different: Vec<Different> = broken
                .map(|law| {
                    (
                        "order".to_owned(),
                        Some(law.into()),
                        Some("the other way round".into()),
                    )
                })
                .collect();
            self.compared(Column::Order, different);
        }
    }
}

fn status(event: &Value) -> &str {
    event["ResourceStatus"].as_str().unwrap_or_default()
}

/// An event as raw lists have it: status, reason, and whether a physical ID was known.
fn row(event: &Value) -> Value {
    let text = |key: &str| event[key].as_str().unwrap_or_default();
    let known = !text("PhysicalResourceId").is_empty();
    json!([text("ResourceStatus"), text("ResourceStatusReason"), known])
}

/// Statuses without repeats.
fn folded<'s>(statuses: impl Iterator<Item = &'s str>) -> Vec<String> {
    let mut folded: Vec<String> = Vec::new();
    for status in statuses {
        if folded.last().is_none_or(|last| last != status) {
            folded.push(status.to_owned());
        }
    }
    folded
}
