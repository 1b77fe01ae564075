//! How much of what the policies ask for is so: a number from 0 to 100, and what it is made of.
//!
//! `docs/policies.md` has the formula. What nobody could answer counts as what is not so.

use std::collections::BTreeMap;

use stratiform_finding::{Code, Level};
use stratiform_validate::policy::{ALL, Answer};

use super::Acceptance;

/// A policy, asked of a resource of a stack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Question {
    /// The environment; none of a template that lies around.
    pub environment: Option<String>,
    /// The stack.
    pub stack: String,
    /// The resource.
    pub logical_id: String,
    /// The policy.
    pub code: Code,
    /// How much it matters.
    pub level: Level,
    /// What it says.
    pub answer: Answer,
    /// Why it may be broken.
    pub accepted: Option<Acceptance>,
}

impl Question {
    /// How much it counts.
    fn weight(&self) -> usize {
        match self.level {
            Level::Error => 10,
            Level::Warning => 3,
            Level::Note => 1,
        }
    }

    /// The resource: `database/Instance`.
    fn resource(&self) -> String {
        match self.stack.as_str() {
            "" => self.logical_id.clone(),
            stack => format!("{stack}/{}", self.logical_id),
        }
    }
}

/// How an environment stands by its policies.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Compliance {
    /// The score; none where no policy asks about anything.
    pub score: Option<u32>,
    /// The score if nothing were accepted.
    pub without_accepted: Option<u32>,
    /// How many questions there are.
    pub questions: usize,
    /// How many policies hold where they are asked.
    pub hold: usize,
    /// How many are broken, and nobody accepted it.
    pub broken: usize,
    /// How many are broken, and accepted.
    pub accepted: usize,
    /// How many nobody can answer here.
    pub unknown: usize,
    /// How many policies are turned off, and ask nothing.
    pub off: usize,
    /// What costs most, worst first: `storage-encrypted in database/Instance`, with so many hundredths of a point.
    pub costs: Vec<(String, usize)>,
}

impl Compliance {
    /// What answers come to.
    pub(crate) fn of<'q>(questions: impl IntoIterator<Item = &'q Question>) -> Compliance {
        let mut compliance = Compliance::default();
        let (mut all, mut held, mut accepted) = (0, 0, 0);
        let mut costs: BTreeMap<String, usize> = BTreeMap::new();
        for question in questions {
            let weight = question.weight();
            all += weight;
            compliance.questions += 1;
            match (question.answer, &question.accepted) {
                (Answer::Holds, _) => {
                    held += weight;
                    compliance.hold += 1;
                    continue;
                }
                (Answer::Broken, Some(_)) => {
                    accepted += weight;
                    compliance.accepted += 1;
                    continue;
                }
                (Answer::Broken, None) => compliance.broken += 1,
                (Answer::Unknown, _) => compliance.unknown += 1,
            }
            let unknown = match question.answer {
                Answer::Unknown => " (not known here)",
                Answer::Holds | Answer::Broken => "",
            };
            let what = format!("{} in {}{unknown}", question.code, question.resource());
            *costs.entry(what).or_default() += weight;
        }
        let of_all = |part: usize, scale: usize| (scale * part).checked_div(all);
        // Rounded down: 100 is only what is whole.
        let score = |part| of_all(part, 100).and_then(|score| u32::try_from(score).ok());
        compliance.score = score(held + accepted);
        compliance.without_accepted = score(held);
        let costs = costs.into_iter();
        let costs = costs.map(|(what, weight)| (what, of_all(weight, 10_000).unwrap_or_default()));
        compliance.costs = costs.collect();
        compliance
            .costs
            .sort_by_key(|(_, cost)| std::cmp::Reverse(*cost));
        compliance
    }

    /// The number: `97 (94 without what is accepted)`.
    pub(crate) fn number(&self) -> String {
        match (self.score, self.without_accepted) {
            (Some(score), Some(without)) if without < score => {
                format!("{score} ({without} without what is accepted)")
            }
            (Some(score), _) => score.to_string(),
            (None, _) => "no score".to_owned(),
        }
    }

    /// What the number is made of: `130 questions: 120 hold, 4 are broken, 3 are accepted, 3 cannot be answered here`.
    pub(crate) fn parts(&self) -> String {
        let parts = [
            (self.hold, "hold"),
            (self.broken, "broken"),
            (self.accepted, "accepted"),
            (self.unknown, "not known here"),
        ];
        let parts = parts.into_iter().filter(|(count, _)| *count > 0);
        let parts: Vec<String> = parts
            .map(|(count, word)| format!("{count} {word}"))
            .collect();
        let questions = stratiform_finding::words::counted(self.questions, "question");
        let off = match self.off {
            0 => String::new(),
            off if off == by_default() => "; all policies are off".to_owned(),
            1 => "; 1 policy is off".to_owned(),
            off => format!("; {off} policies are off"),
        };
        match parts.as_slice() {
            [] => questions + &off,
            parts => format!("{questions}: {}{off}", parts.join(", ")),
        }
    }

    /// What was asked and cannot be answered here.
    pub(crate) fn unanswered<'q>(
        questions: impl IntoIterator<Item = &'q Question>,
    ) -> impl Iterator<Item = String> {
        let questions = questions.into_iter();
        let unknown = questions.filter(|question| question.answer == Answer::Unknown);
        unknown.map(|question| format!("{} in {}", question.code, question.resource()))
    }

    /// Some of what costs most: `storage-encrypted in database/Instance (1.9)`.
    #[cfg_attr(
        not(feature = "aws"),
        cfg_attr(not(test), expect(dead_code, reason = "guard tells it"))
    )]
    pub(crate) fn dearest(&self, most: usize) -> Vec<String> {
        let dearest = self.costs.iter().take(most);
        let dearest = dearest.map(|(what, hundredths)| {
            let (points, rest) = (hundredths / 100, hundredths % 100 / 10);
            format!("{what} ({points}.{rest})")
        });
        dearest.collect()
    }
}

/// How many policies are asked where nobody says anything.
fn by_default() -> usize {
    let asked = ALL.iter().filter(|policy| policy.level.is_some());
    asked.count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn question(level: Level, answer: Answer, is_accepted: bool) -> Question {
        Question {
            environment: Some("prod".to_owned()),
            stack: "database".to_owned(),
            logical_id: "Instance".to_owned(),
            code: Code::StorageEncrypted,
            level,
            answer,
            accepted: is_accepted.then_some(Acceptance::Allowed),
        }
    }

    #[test]
    fn what_matters_more_costs_more_and_what_is_accepted_is_said() {
        let questions = [
            question(Level::Error, Answer::Holds, false),
            question(Level::Error, Answer::Broken, true),
            question(Level::Warning, Answer::Broken, false),
            question(Level::Note, Answer::Holds, false),
        ];
        let compliance = Compliance::of(&questions);
        // 21 and 11 of 24, rounded down.
        assert_eq!(compliance.number(), "87 (45 without what is accepted)");
        assert_eq!(
            compliance.parts(),
            "4 questions: 2 hold, 1 broken, 1 accepted"
        );
        let less = Compliance {
            off: 2,
            ..compliance.clone()
        };
        assert!(less.parts().ends_with("1 accepted; 2 policies are off"));
        let none = Compliance {
            off: by_default(),
            ..Compliance::default()
        };
        assert_eq!(none.parts(), "0 questions; all policies are off");
        let dearest = ["storage-encrypted in database/Instance (12.5)"];
        assert_eq!(compliance.dearest(3), dearest);
    }

    #[test]
    fn what_nobody_knows_lowers_it_and_nothing_is_not_all() {
        let questions = [
            question(Level::Error, Answer::Holds, false),
            // An acceptance is of what is broken.
            question(Level::Error, Answer::Unknown, true),
        ];
        let compliance = Compliance::of(&questions);
        assert_eq!((compliance.score, compliance.unknown), (Some(50), 1));
        let none = Compliance::of([]);
        assert_eq!(none.score, None);
        assert_eq!(
            (none.number(), none.parts()),
            ("no score".to_owned(), "0 questions".to_owned())
        );
    }

    #[test]
    fn a_hundred_is_only_what_is_whole() {
        let mut questions = vec![question(Level::Error, Answer::Holds, false); 999];
        questions.push(question(Level::Note, Answer::Broken, false));
        assert_eq!(Compliance::of(&questions).score, Some(99));
    }
}
