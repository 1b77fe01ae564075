//! The way back from a release to another one: that one is deployed, then the release, and then that one again.

use stratiform_deploy::Outcome;
use stratiform_deploy::release::Tried;

use super::course::Course;
use super::failing::{Play, why};
use super::paused;
use super::setting::{Intent, both, set};
use super::stage::{Stage, aws};
use crate::args::{Deploy, Rehearse};
use crate::commands::status::finding::Place;
use crate::report::Failure;
use crate::repository::git::Folder;
use crate::repository::project::Project;

/// Tries it, without a failure.
///
/// # Errors
/// One of them cannot be planned, or not be deployed at all.
pub(crate) fn tried(
    project: &Project,
    place: &Place,
    (from, to): (&str, &str),
) -> Result<Tried, Failure> {
    let folder = Folder::new(&project.root);
    let args = Rehearse::of(&Deploy::of(place.name.clone(), None, true));
    let (assembly, before) = both(&folder, place, (from, to))?;
    let intent = Intent {
        project,
        assembly,
        settings: &place.settings,
        args: &args,
    };
    let runtime = paused()?;
    let play = runtime.block_on(set(intent, before))?;
    Ok(runtime.block_on(play.there_and_back(from)))
}

impl Play {
    /// Goes there and back.
    async fn there_and_back(&self, release: &str) -> Tried {
        let Some(back) = &self.back else {
            return Tried::Not("there is nothing to go back to".to_owned());
        };
        let stage = Stage::new(&self.before);
        let aws = aws(&stage, &self.region, &self.account);
        let mut there = Course::begin(&self.plan, &stage);
        if there.end(&stage, &aws).await != Outcome::Done {
            return Tried::Not(format!(
                "{release} itself is not deployed there: {}",
                said(&there)
            ));
        }
        let scene = stage.scene();
        let after = self.look(&stage, &aws, &[]).await;
        stage.set(&scene);
        let mut course = Course::begin(back, &stage);
        let outcome = course.end(&stage, &aws).await;
        let millis = stage.now().millis() - scene.at.millis();
        stage.settle();
        let lost = self.look(&stage, &aws, &[]).await.lost(&after, &after);
        match (outcome, lost.is_empty()) {
            (Outcome::Done, true) => Tried::Back { millis },
            (Outcome::Done, false) => Tried::Not(format!("it loses {}", lost.join(", "))),
            _ => Tried::Not(format!("it does not get there: {}", said(&course))),
        }
    }
}

/// What stood in the way.
fn said(course: &Course) -> String {
    match why(course).as_slice() {
        [] => "it does not say why".to_owned(),
        why => why.join("; "),
    }
}
