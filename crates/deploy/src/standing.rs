//! How a stack stands, in a sentence, and the way out where there is one.

use stratiform_service::status::{Direction, Ending, Phase};
use stratiform_service::{StackStatus, Word};

/// How a stack stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// What that is, as the end of a sentence that begins with the stack.
    pub sentence: &'static str,
    /// What to do.
    pub way: Way,
}

/// What to do about a stack?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Nothing: it can be deployed as it is.
    Open,
    /// To continue its rollback.
    Continue,
    /// To roll it back.
    RollBack,
    /// To delete it: it never was anything, and holds nothing or little.
    Clear,
    /// To undo its creation: what is left of it is deleted, without the protection that keeps it from going.
    Undo,
    /// To delete what is left of it, after a look.
    Destroy,
    /// To wait.
    Wait,
    /// To look at it.
    Look,
}

impl Standing {
    /// What a status means.
    pub fn of(status: &Word<StackStatus>) -> Standing {
        let standing = |sentence, way| Standing { sentence, way };
        match status.phase() {
            Phase::Settled(Ending::Applied) => standing("is as it was deployed", Way::Open),
            Phase::Settled(Ending::RolledBack) => standing(
                "is as it was before its last deployment, which failed and was rolled back",
                Way::Open,
            ),
            Phase::Settled(Ending::Gone) => standing("is deleted", Way::Open),
            Phase::Settled(Ending::Reviewed) => standing(
                "is nothing but a change set that nobody executed",
                Way::Open,
            ),
            Phase::Settled(Ending::RollbackStuck) => standing(
                "failed to update, and failed again on the way back: CloudFormation takes no other order before that way is gone to its end",
                Way::Continue,
            ),
            Phase::Settled(Ending::Halfway) => standing(
                "failed and was left as it was then, as somebody had asked: some resources are new and some are not",
                Way::RollBack,
            ),
            Phase::Settled(Ending::NeverCreated) => standing(
                "failed to be created and was rolled back: it can only be deleted and made anew",
                Way::Clear,
            ),
            Phase::Settled(Ending::CreationStuck) => standing(
                "failed to be created, and something that it had made could not be deleted: it never was complete",
                Way::Undo,
            ),
            Phase::Settled(Ending::Broken) => standing(
                "was to be deleted, and something in it could not be: the rest is gone",
                Way::Destroy,
            ),
            Phase::Settled(Ending::Unknown) => {
                standing("has a status that is not known here", Way::Look)
            }
            Phase::Moving(direction) => standing(
                match direction {
                    Direction::Forward => "is being deployed",
                    Direction::CleaningUp => "is deployed, and what it replaced is being deleted",
                    Direction::Back => "is being rolled back",
                    Direction::Away => "is being deleted",
                    Direction::Unknown => "is being worked at",
                },
                Way::Wait,
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_status_has_its_way() {
        let cases = [
            ("CREATE_COMPLETE", Way::Open),
            ("UPDATE_ROLLBACK_COMPLETE", Way::Open),
            ("UPDATE_ROLLBACK_FAILED", Way::Continue),
            ("UPDATE_FAILED", Way::RollBack),
            ("CREATE_FAILED", Way::RollBack),
            ("ROLLBACK_COMPLETE", Way::Clear),
            ("ROLLBACK_FAILED", Way::Undo),
            ("DELETE_FAILED", Way::Destroy),
            ("UPDATE_IN_PROGRESS", Way::Wait),
            ("REVIEW_IN_PROGRESS", Way::Open),
            ("SOMETHING_NEW", Way::Look),
        ];
        for (status, way) in cases {
            let standing = Standing::of(&Word::new(status));
            assert_eq!(standing.way, way, "{status}: {standing:?}");
        }
    }
}
