//! A stack held against the policies of its environment.

use indexmap::IndexMap;
use stratiform_finding::{Finding, Place};
use stratiform_stack::StackAt;
use stratiform_template::Template;
use stratiform_validate::policy::{Answer, Answered, ask};
use stratiform_validate::{Accepted, NotChecked, accepted};

use crate::validation::{Acceptance, Question, Risk, Terms, Written, with_values};

/// What policies say of a stack.
pub(crate) struct Held {
    /// What breaks them.
    pub findings: Vec<Finding>,
    /// Each question; what of it is accepted is not said yet.
    pub questions: Vec<(Question, Vec<String>)>,
    /// What could not be looked at.
    pub not_checked: Vec<NotChecked>,
}

/// Holds a stack against them, with the values of its parameters that are known.
pub(crate) fn held(
    stack: &StackAt,
    (environment, key): (Option<&str>, &str),
    regions: &[&str],
    terms: &Terms,
    values: &IndexMap<String, String>,
) -> Held {
    let with_values = with_values(stack, values);
    let template = with_values.as_ref().unwrap_or(&stack.template);
    let asked = ask(template, regions, &terms.levels);
    Held {
        findings: asked.findings,
        questions: questions_of(asked.answers, (environment, key)),
        not_checked: asked.not_checked,
    }
}

/// The questions that were answered, each with the path of its resource.
pub(crate) fn questions_of(
    answers: Vec<Answered>,
    (environment, key): (Option<&str>, &str),
) -> Vec<(Question, Vec<String>)> {
    let questions = answers.into_iter().map(|answered| {
        let question = Question {
            environment: environment.map(str::to_owned),
            stack: key.to_owned(),
            logical_id: answered.path.get(1).cloned().unwrap_or_default(),
            code: answered.code,
            level: answered.level,
            answer: answered.answer,
            accepted: None,
        };
        (question, answered.path)
    });
    questions.collect()
}

/// The questions with what is accepted: where all that is found about one is.
pub(crate) fn answered<'f>(
    questions: Vec<(Question, Vec<String>)>,
    found: impl Iterator<Item = (&'f Finding, Option<&'f Acceptance>)> + Clone,
) -> Vec<Question> {
    let questions = questions.into_iter().map(|(mut question, path)| {
        if question.answer == Answer::Broken {
            let mut about = found.clone().filter(|(finding, _)| {
                finding.code == question.code && finding.path.starts_with(&path)
            });
            let first = about.next().and_then(|(_, accepted)| accepted);
            let all = about.all(|(_, accepted)| accepted.is_some());
            question.accepted = first.filter(|_| all).cloned();
        }
        question
    });
    questions.collect()
}

/// What a template itself accepts, with where that is written; and what of it is not written as it has to be.
pub(crate) fn decided(
    template: &Template,
    place: impl Fn(&[String]) -> Option<Place>,
) -> (Vec<(Accepted, Written)>, Vec<Finding>) {
    let (accepted, refused) = accepted(template);
    let accepted = accepted.into_iter().map(|accepted| {
        let written = Written {
            code: accepted.code,
            resource: String::new(),
            risk: Risk {
                reason: accepted.reason.clone(),
                owner: accepted.owner.clone(),
                until: accepted.until.clone(),
                place: place(&accepted.path),
            },
        };
        (accepted, written)
    });
    (accepted.collect(), refused)
}

/// Why what is found in a stack may be so: its template says it, or the environment's file.
pub(crate) fn risk(
    finding: &Finding,
    stack: &str,
    terms: &Terms,
    decisions: &[(Accepted, Written)],
) -> Option<Acceptance> {
    let mut decisions = decisions.iter();
    let own = decisions.find(|(accepted, _)| accepted.covers(finding));
    match own {
        Some((_, written)) => Some(Acceptance::Risk(Box::new(written.risk.clone()))),
        None => terms.accepted(finding, stack),
    }
}
