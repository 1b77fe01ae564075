//! Who watches a destruction, and whose word it is.

use stratiform_aws::{Interruption, Watch};
use stratiform_deploy::destruction::{Destruction, Survey, Told};

use crate::commands::deploy::asking::{Answer, Consent, Question, is_typed};
use crate::view::destruction::Show;

/// Shows what happens, and asks.
pub(super) struct Watching {
    /// Who is shown.
    pub show: Box<dyn Show>,
    /// Who says yes.
    pub consent: Consent,
    /// The environment: what somebody types who means it.
    pub environment: String,
    /// Whether it was shown what would be deleted.
    pub is_reviewed: bool,
}

impl Watch<Destruction> for Watching {
    fn told(&mut self, destruction: &Destruction, told: &Told) {
        self.show.told(destruction.plan(), told);
    }

    fn approve(&mut self, destruction: &Destruction, survey: &Survey) -> bool {
        self.show.review(destruction.plan(), survey);
        self.is_reviewed = true;
        let environment = &self.environment;
        let answer = self.consent.answer(Question::AsPredicted);
        match answer {
            Answer::Typed => self.show.say(&format!(
                "To delete all this, type the environment's name ({environment}) and press Enter:"
            )),
            Answer::NobodyThere | Answer::Worse => self
                .show
                .say("nobody is there to approve this: run it in a terminal, or add --yes"),
            Answer::Yes => {}
        }
        answer.is_yes(|| is_typed(environment))
    }

    fn interrupted(&mut self, interruption: Interruption) {
        self.show.say(match interruption {
            Interruption::Ends => "interrupted: nothing is being deleted",
            Interruption::GoesOn | Interruption::Cancels => {
                "interrupted: no other stack is deleted; CloudFormation cannot stop a deletion, and it is followed to its end"
            }
        });
    }
}
