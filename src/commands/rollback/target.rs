//! Which release an environment goes back to, and its stacks as git has them.

use stratiform_assembly::Assembly;
use stratiform_deploy::guard::StackFound;
use stratiform_finding::Code;
use stratiform_finding::words::{few, meant};
use stratiform_service::Timestamp;
use stratiform_service::status::{Ending, Phase};

use crate::args::Rollback;
use crate::assemblies::at_release;
use crate::exit::Exit;
use crate::report::Failure;
use crate::repository::git::Folder;
use crate::repository::head::Head;
use crate::repository::project::Project;

/// A release to go back to.
pub(super) struct Target {
    /// Its tag.
    pub release: String,
    /// Its commit.
    pub head: Head,
    /// Its stacks.
    pub assembly: Assembly,
}

/// The release that was named, or the one before the release that runs.
///
/// # Errors
/// There is no such tag; it is not known which release runs; the release has no snapshots of the environment.
pub(super) fn target(
    project: &Project,
    today: &Assembly,
    found: &[StackFound],
    args: &Rollback,
) -> Result<Target, Failure> {
    let folder = Folder::new(&project.root);
    let release = match &args.to {
        Some(release) => release.clone(),
        None => before(&folder, found)?,
    };
    let found = at_release(&folder, &release, &args.env, Some(today))?;
    let (head, assembly) = found.ok_or_else(|| unknown(&folder, &release))?;
    let assembly = assembly.ok_or_else(|| {
        Failure::new(
            Exit::Failed,
            Code::NoSnapshots,
            format!("the release `{release}` has no snapshots of `{}`", args.env),
            "name a release that has: --to TAG",
        )
    })?;
    if assembly.region != today.region {
        return Err(Failure::new(
            Exit::No,
            Code::OneWay,
            format!(
                "the release `{release}` of `{}` is in {}, and its stacks are in {} now: stacks do not move",
                args.env, assembly.region, today.region
            ),
            "check the release out, and deploy it there",
        ));
    }
    Ok(Target {
        release,
        head,
        assembly,
    })
}

/// The nearest tag before the release that runs.
fn before(folder: &Folder, found: &[StackFound]) -> Result<String, Failure> {
    let unknown = |what: String| {
        let help = "name the release to go back to: --to TAG";
        Failure::new(Exit::Failed, Code::UnknownRelease, what, help)
    };
    let running = running(found).ok_or_else(|| {
        unknown(
            "it is not known which release runs: no stack has a tag `stratiform:release`"
                .to_owned(),
        )
    })?;
    folder.tag_before(running)?.ok_or_else(|| {
        unknown(format!(
            "git knows no release before `{running}`, which runs"
        ))
    })
}

/// The release that was deployed last. A stack whose deployment failed has the release before it, and is the newest.
pub(crate) fn running(found: &[StackFound]) -> Option<&str> {
    let releases = found.iter().filter_map(|found| {
        let stack = found.there()?;
        let is_applied = stack.status.phase() == Phase::Settled(Ending::Applied);
        let changed: Timestamp = stack.updated.unwrap_or(stack.created);
        Some((is_applied, changed, found.record("release")?))
    });
    let (.., release) = releases.max_by_key(|(is_applied, changed, _)| (*is_applied, *changed))?;
    Some(release)
}

fn unknown(folder: &Folder, release: &str) -> Failure {
    let tags = folder.tags().unwrap_or_default();
    let help =
        meant(release, tags.iter().map(String::as_str)).unwrap_or_else(|| match tags.as_slice() {
            [] => "fetch the tags: `git fetch --tags`".to_owned(),
            tags => format!(
                "the tags here are {}; more may be at the remote: `git fetch --tags`",
                few(tags)
            ),
        });
    let what = format!("git knows no release `{release}` here");
    Failure::new(Exit::Failed, Code::UnknownRelease, what, help)
}
