//! What has to be so before a release counts as released: boxes, each of which is computed.
//!
//! What lives here: facts → assurances. What does not: asking git, GitHub and AWS (`src/commands/checklist`).

use crate::assurance::Assurance;
use crate::guard::{Asked, Unasked};
use crate::status::{Origin, Status, Version};
use crate::verification::Health;

/// What is known of a release.
#[derive(Clone, Debug)]
pub struct Facts {
    /// Its tag.
    pub tag: String,
    /// The tag's commit; none where there is no such tag.
    pub commit: Asked<Option<String>>,
    /// What is checked out.
    pub head: Asked<Head>,
    /// The version that the code has there; none where it has none.
    pub version: Asked<Option<String>>,
    /// What the changelog says of it.
    pub changelog: Asked<Changelog>,
    /// What ran on the commit.
    pub tests: Asked<Vec<Test>>,
    /// Whether others find the tag.
    pub pushed: Asked<bool>,
    /// The environments.
    pub environments: Vec<EnvironmentFacts>,
}

/// What is checked out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// The commit.
    pub commit: String,
    /// Files that are not as they are in it.
    pub changed: Vec<String>,
}

/// What does a changelog say of a version?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Changelog {
    /// There is no changelog.
    None,
    /// It has no section for the version.
    WithoutVersion,
    /// The section is empty.
    Empty,
    /// It has one.
    Entry,
}

/// Something that ran on a commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Test {
    /// Its name.
    pub name: String,
    /// How it ended; none while it runs.
    pub ended: Option<String>,
}

/// What is known of an environment.
#[derive(Clone, Debug)]
pub struct EnvironmentFacts {
    /// Its name.
    pub name: String,
    /// Where it is: `eu-central-1, account 111122223333`.
    pub place: String,
    /// How it stands.
    pub status: Asked<Status>,
    /// What going back to the release before would lose; none where there is no release before.
    pub way_back: Asked<Option<WayBack>>,
}

/// The way back to the release before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WayBack {
    /// The release before.
    pub to: String,
    /// What would be lost or cannot be undone, in sentences.
    pub losses: Vec<String>,
    /// What it comes to on the embedded engine; asked where nothing would be lost.
    pub tried: Asked<Tried>,
}

/// What does the way back come to, where it is tried?
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tried {
    /// The release before is there again, with all data.
    Back {
        /// After so many milliseconds of the engine's time.
        millis: i64,
    },
    /// It is not, and why.
    Not(String),
}

/// The boxes, in the order in which a release is made.
pub fn assurances(facts: &Facts) -> Vec<Assurance> {
    let of_release = [
        committed(facts),
        tagged(facts),
        version(facts),
        changelog(facts),
        tests(facts),
        pushed(facts),
    ];
    let of_environments = facts.environments.iter().flat_map(|environment| {
        let runs = deployed(facts, environment);
        [runs, healthy(facts, environment), way_back(environment)]
    });
    of_release.into_iter().chain(of_environments).collect()
}

/// The beginning of a commit.
fn short(commit: &str) -> &str {
    commit.get(..7).unwrap_or(commit)
}

/// What the tag's commit is; or the box, where it is not known or there is none.
fn commit<'f>(facts: &'f Facts, name: &'static str) -> Result<&'f str, Assurance> {
    match &facts.commit {
        Ok(Some(commit)) => Ok(commit),
        Ok(None) => {
            let unasked = Unasked::because("there is no such tag yet", "");
            Err(Assurance::not_known(&facts.tag, name, &unasked))
        }
        Err(unasked) => Err(Assurance::not_known(&facts.tag, name, unasked)),
    }
}

fn committed(facts: &Facts) -> Assurance {
    const NAME: &str = "committed";
    let head = match &facts.head {
        Ok(head) => head,
        Err(unasked) => return Assurance::not_known(&facts.tag, NAME, unasked),
    };
    if let Ok(Some(commit)) = &facts.commit
        && *commit != head.commit
    {
        let what = format!("it is commit {}", short(commit));
        return Assurance::yes(&facts.tag, NAME, what);
    }
    if head.changed.is_empty() {
        let what = format!("all is as in commit {}", short(&head.commit));
        return Assurance::yes(&facts.tag, NAME, what);
    }
    let first: Vec<&str> = head.changed.iter().take(3).map(String::as_str).collect();
    let more = match head.changed.len().saturating_sub(first.len()) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let what = format!(
        "not as in commit {}: {}{more}",
        short(&head.commit),
        first.join(", ")
    );
    Assurance::no(
        &facts.tag,
        NAME,
        what,
        "commit them, or put them away: `git stash`",
    )
}

fn tagged(facts: &Facts) -> Assurance {
    const NAME: &str = "tagged";
    match &facts.commit {
        Ok(Some(commit)) => {
            Assurance::yes(&facts.tag, NAME, format!("at commit {}", short(commit)))
        }
        Ok(None) => {
            let help = format!(
                "make it (`git tag {}`), or fetch it: `git fetch --tags`",
                facts.tag
            );
            Assurance::no(&facts.tag, NAME, "git knows no such tag here", help)
        }
        Err(unasked) => Assurance::not_known(&facts.tag, NAME, unasked),
    }
}

fn version(facts: &Facts) -> Assurance {
    const NAME: &str = "version";
    if let Err(open) = commit(facts, NAME) {
        return open;
    }
    match &facts.version {
        Err(unasked) => Assurance::not_known(&facts.tag, NAME, unasked),
        Ok(None) => {
            let unasked = Unasked::because("the code says no version in `Cargo.toml`", "");
            Assurance::not_known(&facts.tag, NAME, &unasked)
        }
        Ok(Some(version)) if *version == plain(&facts.tag) => {
            Assurance::yes(&facts.tag, NAME, format!("the code is {version}"))
        }
        Ok(Some(version)) => {
            let what = format!(
                "the code is {version}, and the tag says {}",
                plain(&facts.tag)
            );
            let help = "release the version that the code has, or raise it before the tag";
            Assurance::no(&facts.tag, NAME, what, help)
        }
    }
}

/// The version that a tag names: `1.2.0` of `v1.2.0`.
pub fn plain(tag: &str) -> &str {
    let rest = tag.strip_prefix('v');
    let is_version = |rest: &&str| rest.starts_with(|first: char| first.is_ascii_digit());
    rest.filter(is_version).unwrap_or(tag)
}

fn changelog(facts: &Facts) -> Assurance {
    const NAME: &str = "changelog";
    if let Err(open) = commit(facts, NAME) {
        return open;
    }
    let version = plain(&facts.tag);
    let no = |what: String| {
        let help = format!("write what users get under `## {version}` in `CHANGELOG.md`");
        Assurance::no(&facts.tag, NAME, what, help)
    };
    match &facts.changelog {
        Err(unasked) => Assurance::not_known(&facts.tag, NAME, unasked),
        Ok(Changelog::Entry) => Assurance::yes(
            &facts.tag,
            NAME,
            format!("`CHANGELOG.md` has an entry for {version}"),
        ),
        Ok(Changelog::None) => no("there is no `CHANGELOG.md`".to_owned()),
        Ok(Changelog::WithoutVersion) => no(format!("`CHANGELOG.md` says nothing of {version}")),
        Ok(Changelog::Empty) => no(format!("the entry of {version} in `CHANGELOG.md` is empty")),
    }
}

fn tests(facts: &Facts) -> Assurance {
    const NAME: &str = "tests";
    let commit = match commit(facts, NAME) {
        Ok(commit) => short(commit),
        Err(open) => return open,
    };
    let tests = match &facts.tests {
        Ok(tests) => tests,
        Err(unasked) => return Assurance::not_known(&facts.tag, NAME, unasked),
    };
    if tests.is_empty() {
        let unasked = Unasked::because(
            format!("GitHub knows no check of commit {commit}"),
            "have the tests run on it",
        );
        return Assurance::not_known(&facts.tag, NAME, &unasked);
    }
    let is_good = |ended: &str| matches!(ended, "success" | "neutral" | "skipped");
    let names = |found: Vec<&Test>| {
        let names: Vec<&str> = found.iter().map(|test| test.name.as_str()).collect();
        names.join(", ")
    };
    let failed: Vec<&Test> = tests
        .iter()
        .filter(|test| test.ended.as_deref().is_some_and(|ended| !is_good(ended)))
        .collect();
    if !failed.is_empty() {
        let what = format!("failed on commit {commit}: {}", names(failed));
        return Assurance::no(&facts.tag, NAME, what, "correct it, and release that");
    }
    let running: Vec<&Test> = tests.iter().filter(|test| test.ended.is_none()).collect();
    if !running.is_empty() {
        let what = format!("still running on commit {commit}: {}", names(running));
        return Assurance::no(&facts.tag, NAME, what, "wait for them");
    }
    if tests
        .iter()
        .all(|test| test.ended.as_deref() != Some("success"))
    {
        let what = format!("all checks of commit {commit} were skipped");
        return Assurance::no(&facts.tag, NAME, what, "have the tests run on it");
    }
    let count = tests.len();
    let what = format!("{count} of {count} checks of commit {commit} passed or were skipped");
    Assurance::yes(&facts.tag, NAME, what)
}

fn pushed(facts: &Facts) -> Assurance {
    const NAME: &str = "pushed";
    if let Err(open) = commit(facts, NAME) {
        return open;
    }
    match &facts.pushed {
        Err(unasked) => Assurance::not_known(&facts.tag, NAME, unasked),
        Ok(true) => Assurance::yes(&facts.tag, NAME, "the remote has the tag at this commit"),
        Ok(false) => {
            let help = format!("push it: `git push origin {}`", facts.tag);
            Assurance::no(
                &facts.tag,
                NAME,
                "the remote does not have the tag at this commit",
                help,
            )
        }
    }
}

fn is_this(facts: &Facts, origin: &Origin) -> bool {
    let commit = facts.commit.as_ref().ok().and_then(Option::as_deref);
    match &origin.release {
        Some(release) => *release == facts.tag,
        None => origin.commit.is_some() && origin.commit.as_deref() == commit,
    }
}

fn shown(origin: &Origin) -> String {
    match (&origin.release, &origin.commit) {
        (Some(release), _) => release.clone(),
        (None, Some(commit)) => format!("commit {}", short(commit)),
        (None, None) => "no recorded release".to_owned(),
    }
}

fn deployed(facts: &Facts, environment: &EnvironmentFacts) -> Assurance {
    const NAME: &str = "deployed";
    let EnvironmentFacts { name, place, .. } = environment;
    let status = match &environment.status {
        Ok(status) => status,
        Err(unasked) => return Assurance::not_known(name, NAME, unasked),
    };
    let help = format!("`deploy --env {name} --release {}`", facts.tag);
    match status.version() {
        Version::None => Assurance::no(name, NAME, format!("nothing is deployed in {place}"), help),
        Version::One(origin) | Version::Several(origin, _) => {
            let what = format!("{} runs in {place}", shown(&origin));
            match is_this(facts, &origin) {
                true => Assurance::yes(name, NAME, what),
                false => Assurance::no(name, NAME, what, help),
            }
        }
    }
}

fn healthy(facts: &Facts, environment: &EnvironmentFacts) -> Assurance {
    const NAME: &str = "healthy";
    let name = environment.name.as_str();
    let status = match &environment.status {
        Ok(status) => status,
        Err(unasked) => return Assurance::not_known(name, NAME, unasked),
    };
    let runs = match status.version() {
        Version::None => false,
        Version::One(origin) | Version::Several(origin, _) => is_this(facts, &origin),
    };
    if !runs {
        let unasked = Unasked::because("it does not run this release", "");
        return Assurance::not_known(name, NAME, &unasked);
    }
    if status.is_well() {
        return Assurance::yes(
            name,
            NAME,
            "all stacks are deployed, and all that runs is well",
        );
    }
    let mut ill = status.parts.iter().filter_map(|part| match &part.health {
        Ok(Health::Not(why) | Health::Broken(why)) => Some(format!(
            "{}: {why}",
            part.name.as_deref().unwrap_or("alarms")
        )),
        Ok(Health::Healthy) | Err(_) => None,
    });
    let help = format!("`status --env {name}` says what, and the way on");
    if let Some(ill) = ill.next() {
        return Assurance::no(name, NAME, ill, help);
    }
    let mut unasked = status
        .parts
        .iter()
        .filter_map(|part| part.health.as_ref().err());
    match unasked.next() {
        Some(unasked) => Assurance::not_known(name, NAME, unasked),
        None => Assurance::no(name, NAME, "not all stacks are as they were deployed", help),
    }
}

fn way_back(environment: &EnvironmentFacts) -> Assurance {
    const NAME: &str = "way-back";
    let name = environment.name.as_str();
    match &environment.way_back {
        Err(unasked) => Assurance::not_known(name, NAME, unasked),
        Ok(None) => {
            let what = "there is no release before it that could be gone back to";
            Assurance::not_promised(name, NAME, what, "")
        }
        Ok(Some(WayBack { to, losses, tried })) => match losses.split_first() {
            None => match tried {
                Err(unasked) => Assurance::not_known(name, NAME, unasked),
                Ok(Tried::Not(why)) => {
                    let what = format!("going back to {to}, tried on the embedded engine: {why}");
                    let help = format!(
                        "see to it before it is needed: `rehearse --env {name} --from {to}`"
                    );
                    Assurance::no(name, NAME, what, help)
                }
                Ok(Tried::Back { millis }) => {
                    let minutes = millis.max(&0).unsigned_abs().div_ceil(60_000);
                    let what = format!(
                        "going back to {to} loses nothing, and gets there on the embedded engine, within {minutes} min"
                    );
                    Assurance::yes(name, NAME, what)
                }
            },
            Some((first, more)) => {
                let more = match more.len() {
                    0 => String::new(),
                    more => format!(", and {more} more"),
                };
                let what = format!("going back to {to}: {first}{more}");
                let help = format!("know it before: `rollback --env {name} --to {to}` asks first");
                Assurance::no(name, NAME, what, help)
            }
        },
    }
}

#[cfg(test)]
#[path = "release/tests.rs"]
mod tests;
