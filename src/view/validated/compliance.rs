//! The scores of environments, for the last lines and for programs.

use std::collections::HashMap;

use serde::Serialize;

use crate::validation::{Compliance, Verdict};

/// A line for each environment; none where no policy was asked.
pub(crate) fn compliance(verdict: &Verdict, minimum: &HashMap<String, u32>) -> String {
    let lines = verdict.compliance().into_iter().map(|(name, compliance)| {
        let of = name.map_or_else(String::new, |name| format!(" of {name}"));
        let below = match below(&compliance, name, minimum) {
            Some(least) => format!(", below the {least} that it needs to be deployed"),
            None => String::new(),
        };
        let (number, parts) = (compliance.number(), compliance.parts());
        format!("compliance{of}: {number}{below}; {parts}\n")
    });
    lines.collect()
}

/// The score that an environment asks for, where it has less.
fn below(
    compliance: &Compliance,
    name: Option<&str>,
    minimum: &HashMap<String, u32>,
) -> Option<u32> {
    let least = *minimum.get(name?)?;
    compliance.score.filter(|score| *score < least)?;
    Some(least)
}

/// A score for programs.
#[derive(Serialize)]
pub(super) struct Score {
    environment: Option<String>,
    score: Option<u32>,
    without_accepted: Option<u32>,
    minimum: Option<u32>,
    questions: usize,
    hold: usize,
    broken: usize,
    accepted: usize,
    unknown: usize,
    not_known: Vec<String>,
    policies_off: usize,
}

/// The scores, in the order of the environments.
pub(super) fn scores(verdict: &Verdict, minimum: &HashMap<String, u32>) -> Vec<Score> {
    let scores = verdict.compliance().into_iter().map(|(name, compliance)| {
        let least = name.and_then(|name| minimum.get(name).copied());
        let asked = verdict.asked.iter();
        let of_it = asked.filter(|question| question.environment.as_deref() == name);
        Score {
            environment: name.map(str::to_owned),
            score: compliance.score,
            without_accepted: compliance.without_accepted,
            minimum: least,
            questions: compliance.questions,
            hold: compliance.hold,
            broken: compliance.broken,
            accepted: compliance.accepted,
            unknown: compliance.unknown,
            policies_off: compliance.off,
            not_known: Compliance::unanswered(of_it).collect(),
        }
    });
    scores.collect()
}
