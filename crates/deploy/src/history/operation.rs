//! The operations of a stack, from its events.

use stratiform_service::event::Subject;
use stratiform_service::status::{Direction, Ending, Phase};
use stratiform_service::{StackEvent, StackStatus, Timestamp, Word};

use super::{Outcome, Step};
use crate::token::approved_by;
use crate::told::Cause;

/// An operation: from the first event of the stack to its last.
pub(super) struct Operation {
    /// What it began with.
    began_as: Word<StackStatus>,
    pub(super) began: Timestamp,
    ended: Option<(Timestamp, Word<StackStatus>)>,
    /// The token on its events.
    pub(super) token: Option<String>,
    events: Vec<StackEvent>,
}

/// What a token of ours says.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Mark {
    pub(super) run: String,
    /// The first digits of the commit, where it has them.
    pub(super) commit: Option<String>,
    /// Who approved it, where it has a name.
    pub(super) approved_by: Option<String>,
    pub(super) way: Way,
}

/// Which way does an operation lead?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    Deploy,
    Back,
    Mend,
    Destroy,
}

impl Mark {
    /// Reads a token; none where it is none of ours.
    pub(super) fn of(token: &str) -> Option<Mark> {
        let (run, rest) = token.strip_prefix("stratiform-")?.split_once('-')?;
        let mut parts = rest.split('-');
        let way = match parts.clone().next()? {
            "back" => Way::Back,
            "continue" | "delete" | "discard" => Way::Mend,
            "destroy" => Way::Destroy,
            _ => Way::Deploy,
        };
        let commit = parts.find_map(|part| {
            let commit = part.strip_prefix('c')?;
            let is_commit =
                commit.len() == 12 && commit.bytes().all(|byte| byte.is_ascii_hexdigit());
            is_commit.then(|| commit.to_owned())
        });
        Some(Mark {
            run: run.to_owned(),
            commit,
            approved_by: approved_by(token),
            way,
        })
    }
}

/// The operations that events tell of, oldest first. What went on before the first event is left out.
pub(super) fn operations(events: &[StackEvent]) -> Vec<Operation> {
    let mut all: Vec<Operation> = Vec::new();
    for event in events {
        let status = Word::<StackStatus>::new(event.resource_status.as_str());
        let phase = (event.subject() == Subject::Stack).then(|| status.phase());
        if let Some(Phase::Moving(direction)) = phase {
            let goes_on = all
                .last_mut()
                .is_some_and(|last| last.goes_on(event, direction));
            if !goes_on && direction != Direction::CleaningUp {
                all.push(Operation {
                    began_as: status.clone(),
                    began: event.timestamp,
                    ended: None,
                    token: event.client_request_token.clone(),
                    events: Vec::new(),
                });
            }
        }
        let Some(last) = all.last_mut().filter(|last| last.ended.is_none()) else {
            continue;
        };
        last.events.push(event.clone());
        if let Some(Phase::Settled(_)) = phase {
            last.ended = Some((event.timestamp, status));
        }
    }
    all
}

impl Operation {
    /// Whether something that begins is still this one: the way back of a failure is.
    fn goes_on(&mut self, event: &StackEvent, direction: Direction) -> bool {
        let is_same = self.token == event.client_request_token;
        match self.ended {
            None => true,
            Some(_) if is_same && matches!(direction, Direction::Back | Direction::CleaningUp) => {
                let is_asked = event.resource_status_reason.as_deref() == Some("User Initiated");
                let is_own = self.token.is_some() || !is_asked;
                if is_own {
                    self.ended = None;
                }
                is_own
            }
            Some(_) => false,
        }
    }

    /// Whether it is to make something, and not to undo it.
    pub(super) fn is_forward(&self) -> bool {
        self.began_as.phase() == Phase::Moving(Direction::Forward)
    }

    /// What it came to.
    pub(super) fn step(self, key: String) -> Step {
        let outcome = self.outcome();
        let cause = match outcome {
            Outcome::Succeeded => None,
            Outcome::InProgress | Outcome::RolledBack | Outcome::NeedsPerson => {
                Cause::of(&self.events)
            }
        };
        Step {
            key,
            operation: self.began_as.as_str().to_owned(),
            began: self.began,
            ended: self.ended.map(|(at, _)| at),
            outcome,
            cause,
        }
    }

    fn outcome(&self) -> Outcome {
        let Some((_, status)) = &self.ended else {
            return Outcome::InProgress;
        };
        let Phase::Settled(ending) = status.phase() else {
            return Outcome::InProgress;
        };
        let began = self.began_as.phase();
        match (began, ending) {
            // A deletion that was stopped leaves all as it was.
            (Phase::Moving(Direction::Away), Ending::Applied | Ending::RolledBack) => {
                Outcome::RolledBack
            }
            (Phase::Moving(Direction::Away), Ending::Gone) => Outcome::Succeeded,
            (Phase::Moving(Direction::Back), Ending::RolledBack | Ending::NeverCreated) => {
                Outcome::Succeeded
            }
            (_, Ending::Applied) => Outcome::Succeeded,
            (_, Ending::RolledBack | Ending::NeverCreated | Ending::Gone | Ending::Reviewed) => {
                Outcome::RolledBack
            }
            (
                _,
                Ending::Halfway
                | Ending::RollbackStuck
                | Ending::CreationStuck
                | Ending::Broken
                | Ending::Unknown,
            ) => Outcome::NeedsPerson,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_say_run_commit_and_way() {
        let mark = |run: &str, commit: Option<&str>, way| {
            Some(Mark {
                run: run.to_owned(),
                commit: commit.map(str::to_owned),
                approved_by: None,
                way,
            })
        };
        let commit = Some("1a2b3c4d5e6f");
        for (token, expected) in [
            (
                "stratiform-0123-89abcdef-c1a2b3c4d5e6f-0011aabbccdd",
                mark("0123", commit, Way::Deploy),
            ),
            (
                "stratiform-0123-89abcdef-c0011aabbccd",
                mark("0123", None, Way::Deploy),
            ),
            (
                "stratiform-0123-back-89abcdef-c1a2b3c4d5e6f-0011",
                mark("0123", commit, Way::Back),
            ),
            ("stratiform-0123-back-18f2c", mark("0123", None, Way::Back)),
            (
                "stratiform-0123-continue-18f2c-aabbccdd",
                mark("0123", None, Way::Mend),
            ),
            (
                "stratiform-0123-destroy-0",
                mark("0123", None, Way::Destroy),
            ),
            ("Console-UpdateStack-0123", None),
            ("stratiform-0123", None),
        ] {
            assert_eq!(Mark::of(token), expected, "{token}");
        }
        // stratiform: no secret: it names a run
        let token = "stratiform-0123-89abcdef-c1a2b3c4d5e6f-0011-by-octo--cat";
        let approved = Mark {
            approved_by: Some("octo-cat".to_owned()),
            ..mark("0123", commit, Way::Deploy).unwrap()
        };
        assert_eq!(Mark::of(token), Some(approved));
    }
}
