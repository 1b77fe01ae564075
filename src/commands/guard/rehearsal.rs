//! What a rehearsal of the deployment comes to, where the environment asks for one.

use stratiform_assembly::Assembly;
use stratiform_deploy::guard::{Asked, Heading, Rehearsed, StackFound, Unasked};
use stratiform_environment::{Rehearsal, Settings};

use crate::args::{Deploy, Elsewhere};
use crate::cloud::Cloud;
use crate::repository::project::Project;
use crate::view::{Event, View};

/// What is rehearsed.
#[cfg_attr(
    not(feature = "engine"),
    expect(dead_code, reason = "a program without the engine rehearses nothing")
)]
pub(crate) struct Wanted<'a> {
    pub cloud: &'a Cloud,
    pub project: &'a Project,
    pub assembly: &'a Assembly,
    pub settings: &'a Settings,
    pub heading: Heading,
    /// What is there.
    pub found: &'a [StackFound],
    /// What the deployment is told.
    pub args: &'a Deploy,
    /// Whether its change sets are made, and were looked at then.
    pub is_sealed: bool,
}

/// Rehearses a deployment, and says so; none where nobody asks for it.
pub(crate) fn rehearsed(wanted: &Wanted<'_>, view: &mut dyn View) -> Option<Asked<Rehearsed>> {
    let written = wanted.settings.deployment.rehearsal;
    if !is_asked(written, wanted.heading, &wanted.args.elsewhere) {
        return None;
    }
    let unasked = |why: &str, help: String| Some(Err(Unasked::because(why, help)));
    if wanted.is_sealed {
        let why = "it was rehearsed when it was sealed";
        return unasked(why, String::new());
    }
    if matches!(wanted.cloud, Cloud::Embedded(_)) {
        let help = format!("rehearse --env {}", wanted.args.env);
        return unasked("not with --local", help);
    }
    view.event(&Event::Notice {
        text: "rehearsing the deployment with everything that can fail in it".to_owned(),
    });
    Some(played(wanted))
}

/// Whether somebody asks for it. What was lost is not waited for: a rebuild is rehearsed every month as a whole.
fn is_asked(written: Rehearsal, heading: Heading, elsewhere: &Elsewhere) -> bool {
    written == Rehearsal::Required && heading == Heading::Forward && elsewhere.from.is_none()
}

#[cfg(feature = "engine")]
fn played(wanted: &Wanted<'_>) -> Asked<Rehearsed> {
    use crate::commands::rehearse::guarded;
    use crate::repository::standing::unasked;
    guarded(wanted).map_err(|failure| unasked(&failure))
}

#[cfg(not(feature = "engine"))]
fn played(_: &Wanted<'_>) -> Asked<Rehearsed> {
    let why =
        "this program was built without the embedded CloudFormation, on which it is rehearsed";
    Err(Unasked::because(why, "build it with the feature `engine`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_lost_and_what_goes_back_are_not_rehearsed() {
        use Heading::{Back, Forward};
        let here = Elsewhere::default();
        let rebuild = Elsewhere {
            from: Some("eu-central-1".to_owned()),
            ..Elsewhere::default()
        };
        let required = |heading, elsewhere| is_asked(Rehearsal::Required, heading, elsewhere);
        assert!(required(Forward, &here));
        assert!(!required(Forward, &rebuild));
        assert!(!required(Back, &here));
        assert!(!is_asked(Rehearsal::default(), Forward, &here));
    }
}
