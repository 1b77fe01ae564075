//! How what is checked out stands: to its commit, to the remote, to its tags; as facts for `guard`.

use stratiform_deploy::guard::{Asked, Git, Unasked};

use super::git::Folder;
use super::head::Head;
use super::upstream::Upstream;
use crate::report::Failure;

impl Folder {
    /// How what is checked out stands; `release` is the tag that somebody named. It may take the time that a remote may
    /// take to answer.
    pub(crate) fn standing(&self, release: Option<&str>) -> Asked<Git> {
        self.found(release)
            .map_err(|failure| unasked(&failure))?
            .ok_or_else(|| {
                let help = "deploy from a git repository with a commit";
                Unasked::because("git knows no commit here", help)
            })
    }

    /// The same for a release that git has, whatever is checked out.
    pub(crate) fn standing_of(&self, release: Head) -> Asked<Git> {
        let found = || {
            Ok(Git {
                changed: Vec::new(),
                pushed: pushed(self.upstream(&release.commit)?),
                release: Some(release.commit.clone()),
                known: self.tags()?,
                tags: release.tags,
                commit: release.commit,
            })
        };
        found().map_err(|failure: Failure| unasked(&failure))
    }

    fn found(&self, release: Option<&str>) -> Result<Option<Git>, Failure> {
        let Some(head) = self.head()? else {
            return Ok(None);
        };
        let release = match release {
            Some(tag) => self
                .at(&format!("refs/tags/{tag}"))?
                .map(|head| head.commit),
            None => None,
        };
        Ok(Some(Git {
            changed: self.changed()?,
            pushed: pushed(self.upstream(&head.commit)?),
            release,
            known: self.tags()?,
            tags: head.tags,
            commit: head.commit,
        }))
    }
}

/// Whether others find the commit.
pub(crate) fn pushed(upstream: Upstream) -> Asked<bool> {
    match upstream {
        Upstream::On(_) => Ok(true),
        Upstream::Nowhere => Ok(false),
        Upstream::NoRemote => Err(Unasked::because(
            "whether it is pushed: the repository has no remote",
            "add one: `git remote add`",
        )),
        Upstream::NotKnown(why) => Err(Unasked::because(
            format!("whether it is pushed: {why}"),
            "fetch what the remote has: `git fetch`",
        )),
    }
}

/// A failure as the reason why something could not be asked.
pub(crate) fn unasked(failure: &Failure) -> Unasked {
    let Some(first) = failure.findings.first() else {
        return Unasked::because("it failed", "");
    };
    let why = match first.why.as_str() {
        "" => first.what.clone(),
        why => format!("{}: {why}", first.what),
    };
    Unasked::because(why, first.help.clone())
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use stratiform_finding::{Code, Finding};
    use tempfile::TempDir;

    use super::*;

    #[test]
    fn from_nothing_to_a_release() {
        let folder = TempDir::new().unwrap();
        let git = |arguments: &str| {
            let output = Command::new("git")
                .args(["-c", "user.name=test", "-c", "user.email=test@example.com"])
                .args(["-c", "commit.gpgsign=false"])
                .args(arguments.split(' '))
                .current_dir(folder.path())
                .output()
                .unwrap();
            let error = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "git {arguments}: {error}");
        };
        let standing = |release| Folder::new(folder.path()).standing(release);
        assert!(standing(None).unwrap_err().why.contains("no commit"));
        git("init --quiet --initial-branch main .");
        assert!(standing(None).is_err());
        git("commit --quiet --allow-empty --message 1");
        std::fs::write(folder.path().join("a file"), "").unwrap();
        let found = standing(Some("v1")).unwrap();
        assert_eq!(found.changed, ["a file"]);
        assert!(found.pushed.unwrap_err().why.contains("no remote"));
        assert_eq!((found.release, found.tags.len()), (None, 0));

        git("add .");
        git("commit --quiet --message 2");
        git("tag v1");
        let found = standing(Some("v1")).unwrap();
        assert_eq!(found.changed, [""; 0]);
        assert_eq!(found.release.as_deref(), Some(found.commit.as_str()));
        assert_eq!(found.tags, ["v1"]);
        git("commit --quiet --allow-empty --message 3");
        let found = standing(Some("v1")).unwrap();
        assert_ne!(found.release, Some(found.commit));
        assert_eq!((found.tags.len(), found.known.len()), (0, 1));
    }

    #[test]
    fn why_something_could_not_be_asked() {
        let finding = Finding::new(Code::Git, "it broke", "mend it");
        let found = unasked(&Failure::of([finding.clone()]));
        assert_eq!((&*found.why, &*found.help), ("it broke", "mend it"));
        let found = unasked(&Failure::of([finding.because("it fell")]));
        assert_eq!(found.why, "it broke: it fell");
        assert_eq!(unasked(&Failure::of([])).why, "it failed");
    }

    #[test]
    fn pushed_or_not_or_not_known() {
        assert_eq!(pushed(Upstream::On("origin/main".to_owned())), Ok(true));
        assert_eq!(pushed(Upstream::Nowhere), Ok(false));
        for unknown in [
            Upstream::NoRemote,
            Upstream::NotKnown("no answer".to_owned()),
        ] {
            assert!(pushed(unknown).is_err());
        }
    }
}
