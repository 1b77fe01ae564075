//! How a stack stands, in words.

use stratiform_deploy::status::State;
use stratiform_finding::words::visible;

use crate::view::deployment::words::one_line;
use crate::view::style::{CYAN, GREEN, RED, YELLOW};

/// A state in a word or two; what it means; and the way out, where there is one.
pub(super) struct Words {
    pub(super) state: &'static str,
    pub(super) code: &'static str,
    pub(super) meaning: String,
    pub(super) way: String,
}

impl Words {
    pub(super) fn of(state: &State, environment: &str) -> Words {
        let words = |state, code, meaning: &str, way: String| Words {
            state,
            code,
            meaning: meaning.to_owned(),
            way,
        };
        let command = |rest: &str| format!("`{rest}`").replace("ENV", environment);
        match state {
            State::NotDeployed => words("not deployed", YELLOW, "", command("deploy --env ENV")),
            State::Deployed => words("deployed", GREEN, "", String::new()),
            State::RolledBack => words(
                "rolled back",
                YELLOW,
                "its last deployment failed, and it is as it was before",
                format!("correct what failed, then {}", command("deploy --env ENV")),
            ),
            State::NeverCreated => words(
                "not created",
                RED,
                "its creation failed, and all of it was deleted",
                format!(
                    "correct what failed, then {}, which makes it anew",
                    command("deploy --env ENV")
                ),
            ),
            State::InProgress { status, run } => Words {
                state: "in progress",
                code: CYAN,
                meaning: match run {
                    Some(run) => format!("{status}, of run {}", visible(run)),
                    None => format!("{status}, of no run that is known here"),
                },
                way: "wait until that has ended".to_owned(),
            },
            State::Halfway(status) => Words {
                state: "halfway",
                code: RED,
                meaning: format!("{status}: an operation failed, and nothing went back"),
                way: command("rollback --env ENV"),
            },
            State::RollbackStuck => words(
                "stuck",
                RED,
                "UPDATE_ROLLBACK_FAILED: its rollback failed",
                format!(
                    "correct what is in the way, then {}",
                    command("rollback --env ENV")
                ),
            ),
            State::CreationStuck => words(
                "stuck",
                RED,
                "ROLLBACK_FAILED: its creation failed, and not all of it could be deleted",
                command("rollback --env ENV"),
            ),
            State::Broken(status) => Words {
                state: "stuck",
                code: RED,
                meaning: format!("{status}: what is left of it can only be deleted"),
                way: format!(
                    "see to what is in the way, then delete this stack, or all of them with {}",
                    command("destroy --env ENV")
                ),
            },
            State::Unknown(status) => Words {
                state: "not known",
                code: RED,
                meaning: format!("{status} is a status that is not known here"),
                way: "look at it in CloudFormation".to_owned(),
            },
            State::Unasked(unasked) => Words {
                state: "not asked",
                code: CYAN,
                meaning: one_line(&unasked.why),
                way: unasked.help.clone(),
            },
        }
    }
}
