//! The way back of what a run deployed.

use std::borrow::Cow;

use serde_json::Value;

use super::{Effect, Input, Run, outer};
use crate::besides::Besides;
use crate::call::{HIDDEN, OnDrift, ParameterValue};
use crate::plan::{
    Approval, Conduct, OnFailure, PREFIX, Plan, PlannedStack, Record, Until, is_record,
};
use crate::stack::Before;
use crate::told::{Ending, Outcome, Told};
use crate::verification::Verified;

impl Run {
    /// When all is over and something failed, what this run deployed goes back.
    pub(super) fn turn_back(&mut self) {
        let failed = matches!(self.own_outcome(), Some(outcome) if outcome != Outcome::Done);
        // The code of before runs, or goes on running, over what such a task left: that is said, and nothing more goes.
        if (failed || self.verified == Some(Verified::No)) && self.is_left_halfway() {
            return self.stay();
        }
        let all_go = failed && self.plan.conduct.on_failure == OnFailure::RollBackAll;
        if self.back.is_some() || !(all_go || self.verified == Some(Verified::No)) {
            return;
        }
        if let Some((plan, places)) = self.way_back() {
            if !self.in_the_way().is_empty() {
                return self.stay();
            }
            self.outbox.push(Effect::Tell(Box::new(Told::GoingBack)));
            let (back, inner) = Run::begin(plan, self.next_ticket, self.now);
            self.outbox.extend(outer(inner, &places));
            self.back = Some((Box::new(back), places));
        }
    }

    /// Nothing goes back by itself: a person decides.
    fn stay(&mut self) {
        if !std::mem::replace(&mut self.stays, true) {
            let tasks = self.in_the_way();
            let told = Told::Stays { tasks };
            self.outbox.push(Effect::Tell(Box::new(told)));
        }
    }

    /// Lets the way back go on.
    pub(super) fn back_step(&mut self, input: Input) {
        let Some((back, places)) = &mut self.back else {
            return;
        };
        let inner = back.step(input, self.now);
        self.outbox.extend(outer(inner, places));
    }

    /// What was deployed as it was before, in the order of now turned round. Stacks that this run made stay: nothing ran
    /// there before, and what is in them may be worth something.
    pub(super) fn way_back(&self) -> Option<(Plan, Vec<usize>)> {
        let deployed = |index: &usize| {
            self.stacks[*index].ending() == Some(&Ending::Deployed)
                && self.stacks[*index].before.is_some()
        };
        let places: Vec<usize> = (0..self.stacks.len()).rev().filter(deployed).collect();
        if places.is_empty() {
            return None;
        }
        let stacks = places.iter().filter_map(|&index| {
            let planned = &self.plan.stacks[index];
            let before = self.stacks[index].before.as_ref()?;
            let before = self.holding(planned, before);
            let users = (0..self.stacks.len())
                .filter(|&user| self.plan.stacks[user].depends_on.contains(&index));
            let users = users.filter_map(|user| places.iter().position(|&place| place == user));
            Some(planned.as_before(&before, users.collect(), &self.plan.conduct.record))
        });
        let plan = Plan {
            stacks: stacks.collect(),
            conduct: Conduct {
                approval: Approval::Given,
                until: Until::Deployed,
                on_failure: OnFailure::Keep,
                allowed: Vec::new(),
                // What goes back is not watched: an alarm that is on would bring it forth again.
                rollback: self
                    .plan
                    .conduct
                    .rollback
                    .as_ref()
                    .map(|_| Default::default()),
                // All of the environment is looked at afterwards, and not only what went back.
                verify: None,
                // What was there before is saved already.
                backup: false,
                besides: Besides::default(),
                run: format!("{}-back", self.plan.conduct.run),
                ..self.plan.conduct.clone()
            },
        };
        Some((plan, places))
    }
}

impl Run {
    /// How a stack was before; of one that held as text what it imports, as it is now with the values of now as text: those
    /// of before may be gone.
    fn holding<'b>(&self, planned: &PlannedStack, before: &'b Before) -> Cow<'b, Before> {
        let imports = planned.imports.iter();
        let values = imports.map(|import| {
            let value = self.stacks[import.exporter].outputs.get(&import.output)?;
            Some((&import.name, value.as_str()))
        });
        let values: Option<Vec<_>> = values.collect();
        let values = values.filter(|values| !values.is_empty());
        let template = values.and_then(|values| with_text(&planned.template, &values));
        let now = planned.parameters.iter().map(|(name, value)| {
            let value = match value {
                ParameterValue::Value(value) => value,
                ParameterValue::Previous => HIDDEN,
            };
            (name.clone(), value.to_owned())
        });
        match template {
            Some(template) => Cow::Owned(Before {
                template,
                parameters: now.collect(),
                tags: before.tags.clone(),
                ..*before
            }),
            None => Cow::Borrowed(before),
        }
    }
}

/// A template with these imports as text; none where it is no JSON.
fn with_text(template: &str, values: &[(&Value, &str)]) -> Option<String> {
    let mut template: Value = serde_json::from_str(template).ok()?;
    replace(&mut template, values);
    Some(template.to_string())
}

fn replace(value: &mut Value, values: &[(&Value, &str)]) {
    let import = value.as_object().filter(|object| object.len() == 1);
    let name = import.and_then(|object| object.get("Fn::ImportValue"));
    let known = name.and_then(|name| values.iter().find(|(known, _)| *known == name));
    if let Some((_, text)) = known {
        *value = Value::String((*text).to_owned());
        return;
    }
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| replace(item, values)),
        Value::Object(entries) => entries
            .values_mut()
            .for_each(|entry| replace(entry, values)),
        _ => {}
    }
}

impl PlannedStack {
    fn as_before(&self, before: &Before, depends_on: Vec<usize>, record: &Record) -> PlannedStack {
        let tag = |key: &str| before.tags.get(&format!("{PREFIX}{key}")).cloned();
        let (release, commit) = (tag("release"), tag("commit"));
        let parameters = before.parameters.iter().map(|(name, value)| {
            let value = match value == HIDDEN {
                true => ParameterValue::Previous,
                false => ParameterValue::Value(value.clone()),
            };
            (name.clone(), value)
        });
        PlannedStack {
            depends_on,
            template: before.template.clone(),
            parameters: parameters.collect(),
            tags: before
                .tags
                .iter()
                .filter(|(key, _)| !is_record(key))
                .map(|(key, value)| (key.clone(), value.clone()))
                .collect(),
            policy: None,
            termination_protection: Some(before.protected),
            record: Some(Record {
                reason: Some(match record.release.as_ref().or(record.commit.as_ref()) {
                    Some(from) => format!("went back from {from}"),
                    None => "went back".to_owned(),
                }),
                release,
                commit,
                deployed_by: record.deployed_by.clone(),
                approved_by: None,
                skipped: None,
                rebuilt_from: record.rebuilt_from.clone(),
            }),
            predicted: None,
            sealed: None,
            seen: None,
            drift: OnDrift::Ignore,
            imports: Vec::new(),
            ..self.clone()
        }
    }
}
