//! How environments stand, and what their way back to the release before would lose.

use stratiform_deploy::guard::{Asked, Unasked};
use stratiform_deploy::release::{Tried, WayBack};
use stratiform_deploy::status::{State, Status};
use stratiform_diff::{Kind, Severity, diff};
use stratiform_finding::Code;

use crate::assemblies::at_release;
use crate::assemblies::since::Sides;
use crate::cloud::Cloud;
use crate::commands::rollback::{crossing, one_way};
use crate::commands::status::finding::Place;
use crate::exit::Exit;
use crate::report::Failure;
use crate::repository::git::Folder;
use crate::repository::project::Project;
use crate::repository::standing::unasked;

/// Where an environment is, and how it stands there. That one cannot be asked is no reason not to ask the others.
pub(super) async fn status(cloud: &Cloud, environment: &Place) -> (String, Asked<Status>) {
    let region = &environment.assembly.region;
    let standing = match environment.look(cloud).await {
        Ok(standing) => standing,
        Err(failure) => return (region.to_string(), Err(unasked(&failure))),
    };
    let place = format!("{region}, account {}", standing.identity.account);
    let mut stacks = standing.status.stacks.iter();
    let unread = stacks.find_map(|stack| match &stack.state {
        State::Unasked(unasked) => Some(unasked.clone()),
        _ => None,
    });
    match unread {
        Some(unasked) => (place, Err(unasked)),
        None => (place, Ok(standing.status)),
    }
}

/// What going back from a release to the one before would lose, by the snapshots of both, and what it comes to where it is
/// tried; none where there is no release before it that has any.
///
/// # Errors
/// Git does not know the release, or it has no snapshots of the environment.
pub(super) fn way_back(
    project: &Project,
    place: &Place,
    release: &str,
) -> Result<Option<WayBack>, Failure> {
    let (folder, environment) = (&Folder::new(&project.root), place.name.as_str());
    let at = |tag: &str| at_release(folder, tag, environment, None);
    let (head, now) = at(release)?.ok_or_else(|| {
        let what = "there is no such tag yet";
        Failure::new(Exit::Failed, Code::UnknownRelease, what, "")
    })?;
    let now = now.ok_or_else(|| {
        let what = format!("`{release}` has no snapshots of `{environment}`");
        Failure::new(
            Exit::Failed,
            Code::NoSnapshots,
            what,
            "run `synth` before the tag",
        )
    })?;
    let Some(to) = folder.tag_before(release)? else {
        return Ok(None);
    };
    let Some((_, Some(then))) = at(&to)? else {
        return Ok(None);
    };
    let mut losses = Vec::new();
    for stack in &then.stacks {
        if let Some(newer) = now.stack(&stack.name) {
            let key = then.key(&stack.name);
            let (_, refused) = one_way::compare(key, &newer.template, &stack.template);
            losses.extend(refused.into_iter().map(|finding| finding.what));
        }
    }
    let sides = Sides::new(Some(now.clone()), Some(then));
    for pair in sides.pairs(&now) {
        // A stack that the release before does not have stays as it is deployed.
        let (Some(_), Some(_)) = (pair.before, pair.after) else {
            continue;
        };
        let found = diff(pair.before, pair.after, &pair.place);
        let lost = found.consequences.into_iter().filter(|found| {
            found.concerns(&[Kind::DataLoss]) && found.severity >= Severity::Warning
        });
        losses.extend(lost.map(|found| found.what));
    }
    let tasks = crossing::one_way(folder, release, &head.commit, environment)?;
    losses.extend(tasks.into_iter().map(|task| {
        let (name, service) = (task.name, task.service);
        format!("the task `{name}` of `{service}` cannot be undone")
    }));
    // What loses something is held back there, too.
    let tried = match losses.is_empty() {
        true => tried(project, place, (release, &to)),
        false => Err(Unasked::because("what it loses is known", "")),
    };
    Ok(Some(WayBack { to, losses, tried }))
}

#[cfg(feature = "engine")]
fn tried(project: &Project, place: &Place, between: (&str, &str)) -> Asked<Tried> {
    let tried = crate::commands::rehearse::going_back::tried(project, place, between);
    tried.map_err(|failure| unasked(&failure))
}

#[cfg(not(feature = "engine"))]
fn tried(_: &Project, _: &Place, _: (&str, &str)) -> Asked<Tried> {
    let why = "this program was built without the embedded CloudFormation, on which it is tried";
    Err(Unasked::because(why, "build it with the feature `engine`"))
}
