//! Who watches a destruction, and whose word it is.

use std::io::BufRead as _;

use stratiform_aws::{Interruption, Watch};
use stratiform_deploy::destruction::{Destruction, Survey, Told};

use crate::view::destruction::Show;

/// Whose word it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Consent {
    /// `--yes`.
    Given,
    /// Somebody at a terminal.
    Asked,
    /// Nobody.
    Nobody,
}

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
        match self.consent {
            Consent::Given => true,
            Consent::Asked => {
                let environment = &self.environment;
                self.show.say(&format!(
                    "To delete all this, type the environment's name ({environment}) and press Enter:"
                ));
                let mut line = String::new();
                let read = std::io::stdin().lock().read_line(&mut line);
                read.is_ok() && line.trim() == self.environment
            }
            Consent::Nobody => {
                self.show
                    .say("nobody is there to approve this: run it in a terminal, or add --yes");
                false
            }
        }
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
