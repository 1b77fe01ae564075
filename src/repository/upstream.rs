//! What git knows of what is checked out beyond its commit: what is in no commit, where others find it, which tags
//! there are.

use std::io::Read;
use std::process::{Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use super::git::Folder;
use crate::report::Failure;

/// How long a remote may take to say what it has: whoever waits for all checks waits no longer for this one.
const PATIENCE: Duration = Duration::from_millis(1_500);

/// How often is looked whether git is done.
const PAUSE: Duration = Duration::from_millis(5);

/// Where is a commit, but here?
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Upstream {
    /// On this branch or tag of a remote.
    On(String),
    /// On none.
    Nowhere,
    /// There is no remote.
    NoRemote,
    /// The remote could not be asked: why.
    NotKnown(String),
}

impl Folder {
    /// Files that are in no commit, or are not as in what is checked out: relative to the repository, sorted.
    ///
    /// # Errors
    /// Git cannot be started.
    pub(crate) fn changed(&self) -> Result<Vec<String>, Failure> {
        let output = self.git(&["status", "--porcelain=v1", "-z", "--no-renames"])?;
        let text = String::from_utf8_lossy(&output.stdout);
        // Two letters and a blank before each name.
        let names = text.split('\0').filter_map(|entry| entry.get(3..));
        let mut names: Vec<String> = names.map(str::to_owned).collect();
        names.sort();
        Ok(names)
    }

    /// All tags, the highest version first.
    ///
    /// # Errors
    /// Git cannot be started.
    pub(crate) fn tags(&self) -> Result<Vec<String>, Failure> {
        let output = self.git(&["tag", "--list", "--sort=-version:refname"])?;
        Ok(lines(&output))
    }

    /// The newest tag in the history of what is checked out; none where there is none.
    ///
    /// # Errors
    /// Git cannot be started.
    pub(crate) fn newest_tag(&self) -> Result<Option<String>, Failure> {
        let output = self.git(&["describe", "--tags", "--abbrev=0"])?;
        Ok(lines(&output).pop().filter(|_| output.status.success()))
    }

    /// The nearest tag before another one; none where there is none.
    ///
    /// # Errors
    /// Git cannot be started.
    pub(crate) fn tag_before(&self, tag: &str) -> Result<Option<String>, Failure> {
        let parent = format!("refs/tags/{tag}^");
        let output = self.git(&["describe", "--tags", "--abbrev=0", &parent])?;
        Ok(lines(&output).pop().filter(|_| output.status.success()))
    }

    /// Whether a commit is another one, or in its history.
    ///
    /// # Errors
    /// Git cannot be started.
    pub(crate) fn is_in_history(&self, commit: &str, of: &str) -> Result<bool, Failure> {
        let output = self.git(&["merge-base", "--is-ancestor", commit, of])?;
        Ok(output.status.success())
    }

    /// The tags in the history of a commit that are not in that of an earlier one, each with its commit.
    ///
    /// # Errors
    /// Git cannot be started.
    pub(crate) fn tags_between(
        &self,
        earlier: &str,
        later: &str,
    ) -> Result<Vec<(String, String)>, Failure> {
        let merged = |commit: &str| -> Result<Vec<String>, Failure> {
            Ok(lines(&self.git(&["tag", "--list", "--merged", commit])?))
        };
        let before = merged(earlier)?;
        let between = merged(later)?
            .into_iter()
            .filter(|tag| !before.contains(tag));
        let mut found = Vec::new();
        for tag in between {
            if let Some(head) = self.at(&format!("refs/tags/{tag}"))? {
                found.push((tag, head.commit));
            }
        }
        Ok(found)
    }

    /// Where others find a commit: on a branch of a remote as it was fetched last; where it is on none, what the remote
    /// itself says. A runner that has checked out a tag has fetched nothing but that.
    ///
    /// # Errors
    /// Git cannot be started.
    pub(crate) fn upstream(&self, commit: &str) -> Result<Upstream, Failure> {
        let contains = format!("--contains={commit}");
        let format = "--format=%(refname:short)";
        let branches = self.git(&["for-each-ref", format, &contains, "refs/remotes"])?;
        if let Some(branch) = lines(&branches).into_iter().next() {
            return Ok(Upstream::On(branch));
        }
        let remotes = lines(&self.git(&["remote"])?);
        let Some(remote) = preferred(&remotes) else {
            return Ok(Upstream::NoRemote);
        };
        let arguments = ["ls-remote", "--heads", "--tags", remote];
        self.at_remote(&arguments, remote, commit)
    }

    /// Whether the remote has a tag at a commit.
    ///
    /// # Errors
    /// Git cannot be started.
    pub(crate) fn tag_upstream(&self, tag: &str, commit: &str) -> Result<Upstream, Failure> {
        let remotes = lines(&self.git(&["remote"])?);
        let Some(remote) = preferred(&remotes) else {
            return Ok(Upstream::NoRemote);
        };
        // A tag with a message of its own is another object than its commit.
        let (tag, peeled) = (format!("refs/tags/{tag}"), format!("refs/tags/{tag}^{{}}"));
        self.at_remote(&["ls-remote", remote, &tag, &peeled], remote, commit)
    }

    /// What of a remote is a commit, by what it answers to `ls-remote`.
    fn at_remote(
        &self,
        arguments: &[&str],
        remote: &str,
        commit: &str,
    ) -> Result<Upstream, Failure> {
        Ok(match self.git_within(arguments, PATIENCE)? {
            None => {
                let seconds = PATIENCE.as_secs_f32();
                Upstream::NotKnown(format!(
                    "the remote `{remote}` did not answer within {seconds} seconds"
                ))
            }
            Some(output) if !output.status.success() => {
                let said = String::from_utf8_lossy(&output.stderr);
                let said = said.lines().last().unwrap_or("it says nothing");
                Upstream::NotKnown(format!("the remote `{remote}` cannot be asked: {said}"))
            }
            Some(output) => match holder(&lines(&output), commit) {
                Some(name) => Upstream::On(name),
                None => Upstream::Nowhere,
            },
        })
    }

    /// What git says within a time; none where it takes longer. It never asks anybody for a password.
    fn git_within(
        &self,
        arguments: &[&str],
        patience: Duration,
    ) -> Result<Option<Output>, Failure> {
        let mut git = self.command(arguments);
        git.env("GIT_TERMINAL_PROMPT", "0")
            .env("GIT_ASKPASS", "true")
            .env("SSH_ASKPASS", "true")
            .env("SSH_ASKPASS_REQUIRE", "force");
        within(git, patience).map_err(|error| super::git::not_started(&error))
    }
}

/// What a program says within a time; none where it takes longer.
///
/// # Errors
/// It cannot be started.
pub(super) fn within(mut command: Command, patience: Duration) -> std::io::Result<Option<Output>> {
    let started = Instant::now();
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    // Read beside the waiting: a program stops where a pipe is full.
    let stdout = child.stdout.take().map(reading);
    let stderr = child.stderr.take().map(reading);
    let status = loop {
        match child.try_wait() {
            Ok(Some(status)) => break status,
            Ok(None) if started.elapsed() < patience => thread::sleep(PAUSE),
            Ok(None) | Err(_) => {
                let _ = child.kill();
                let _ = child.wait();
                return Ok(None);
            }
        }
    };
    let all = |reader: Option<thread::JoinHandle<Vec<u8>>>| {
        let bytes = reader.and_then(|reader| reader.join().ok());
        bytes.unwrap_or_default()
    };
    Ok(Some(Output {
        status,
        stdout: all(stdout),
        stderr: all(stderr),
    }))
}

fn reading(mut pipe: impl Read + Send + 'static) -> thread::JoinHandle<Vec<u8>> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        // What was read before it broke is all that there is.
        let _ = pipe.read_to_end(&mut bytes);
        bytes
    })
}

fn lines(output: &Output) -> Vec<String> {
    let text = String::from_utf8_lossy(&output.stdout);
    text.lines().map(str::to_owned).collect()
}

/// The remote that is asked: the usual one, or the first.
fn preferred(remotes: &[String]) -> Option<&str> {
    let usual = remotes.iter().find(|remote| *remote == "origin");
    usual.or(remotes.first()).map(String::as_str)
}

/// The branch or tag that is a commit, of lines as `ls-remote` prints them. A tag with a message of its own stands there
/// twice: the second line ends in `^{}`, and has the commit.
fn holder(lines: &[String], commit: &str) -> Option<String> {
    let mut refs = lines.iter().filter_map(|line| line.split_once('\t'));
    let (_, name) = refs.find(|(object, _)| *object == commit)?;
    let name = name.trim_end_matches("^{}");
    let name = name.trim_start_matches("refs/heads/");
    Some(name.trim_start_matches("refs/tags/").to_owned())
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::process::Command;

    use super::*;

    struct Repository(tempfile::TempDir);

    impl Repository {
        fn new() -> Repository {
            Repository::of("first")
        }

        fn of(message: &str) -> Repository {
            let repository = Repository(tempfile::TempDir::new().unwrap());
            repository.git("init --quiet --initial-branch main .");
            repository.git(&format!("commit --quiet --allow-empty --message {message}"));
            repository
        }

        fn path(&self) -> &Path {
            self.0.path()
        }

        fn folder(&self) -> Folder {
            Folder::new(self.path())
        }

        fn git(&self, arguments: &str) -> String {
            let output = Command::new("git")
                .current_dir(self.path())
                .args(arguments.split(' '))
                .env("GIT_CONFIG_GLOBAL", "/dev/null")
                .env("GIT_CONFIG_NOSYSTEM", "1")
                .env("GIT_AUTHOR_NAME", "test")
                .env("GIT_AUTHOR_EMAIL", "test@example.com")
                .env("GIT_COMMITTER_NAME", "test")
                .env("GIT_COMMITTER_EMAIL", "test@example.com")
                .output()
                .unwrap();
            let error = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "git {arguments}: {error}");
            String::from_utf8(output.stdout).unwrap().trim().to_owned()
        }

        fn head(&self) -> String {
            self.git("rev-parse HEAD")
        }

        fn upstream(&self) -> Upstream {
            self.folder().upstream(&self.head()).unwrap()
        }
    }

    #[test]
    fn what_is_in_no_commit() {
        let repository = Repository::new();
        assert_eq!(repository.folder().changed().unwrap(), [""; 0]);
        std::fs::write(repository.path().join("b, with blanks"), "").unwrap();
        std::fs::write(repository.path().join("a"), "").unwrap();
        repository.git("add a");
        let changed = repository.folder().changed().unwrap();
        assert_eq!(changed, ["a", "b, with blanks"]);
    }

    #[test]
    fn tags_and_their_commits() {
        let repository = Repository::new();
        repository.git("tag v9");
        repository.git("tag --annotate --message ten v10");
        let folder = repository.folder();
        assert_eq!(folder.tags().unwrap(), ["v10", "v9"]);
        let v10 = folder.at("refs/tags/v10").unwrap().unwrap();
        assert_eq!(v10.commit, repository.head());
        assert_eq!(v10.tags, ["v10", "v9"]);
        for unknown in ["refs/tags/main", "--all"] {
            assert_eq!(folder.at(unknown).unwrap(), None, "{unknown}");
        }
        assert_eq!(folder.tag_before("v9").unwrap(), None);
        repository.git("commit --quiet --allow-empty --message second");
        repository.git("tag v11");
        assert_eq!(folder.tag_before("v11").unwrap().as_deref(), Some("v10"));
        let between = folder.tags_between(&v10.commit, "HEAD").unwrap();
        assert_eq!(between, [("v11".to_owned(), repository.head())]);
        assert_eq!(folder.tags_between("HEAD", &v10.commit).unwrap(), []);
        assert!(folder.is_in_history(&v10.commit, "HEAD").unwrap());
        assert!(!folder.is_in_history("HEAD", &v10.commit).unwrap());
    }

    #[test]
    fn where_others_find_a_commit() {
        let repository = Repository::new();
        assert_eq!(repository.upstream(), Upstream::NoRemote);

        let remote = Repository::of("another");
        let url = remote.path().display().to_string();
        repository.git(&format!("remote add origin {url}"));
        assert_eq!(repository.upstream(), Upstream::Nowhere);
        // A branch of the remote, as it was fetched.
        repository.git("push --quiet --force origin HEAD:refs/heads/other");
        assert_eq!(
            repository.upstream(),
            Upstream::On("origin/other".to_owned())
        );
        // Pushed from elsewhere: only the remote itself knows.
        repository.git("commit --quiet --allow-empty --message second");
        assert_eq!(repository.upstream(), Upstream::Nowhere);
        repository.git("tag --annotate --message one v1");
        repository.git("push --quiet origin refs/tags/v1");
        assert_eq!(repository.upstream(), Upstream::On("v1".to_owned()));

        let tag = |tag: &str| {
            let found = repository.folder().tag_upstream(tag, &repository.head());
            found.unwrap()
        };
        assert_eq!(tag("v1"), Upstream::On("v1".to_owned()));
        assert_eq!(
            tag("v2"),
            Upstream::Nowhere,
            "the commit is there by another name"
        );

        repository.git("remote set-url origin /nowhere");
        assert!(matches!(
            repository.folder().tag_upstream("v1", &repository.head()),
            Ok(Upstream::NotKnown(_))
        ));
        let Upstream::NotKnown(why) = repository.upstream() else {
            panic!("it cannot be asked");
        };
        assert!(
            why.starts_with("the remote `origin` cannot be asked: "),
            "{why}"
        );
    }

    #[test]
    fn nobody_waits_for_ever() {
        let repository = Repository::new();
        let folder = repository.folder();
        let slow = ["-c", "alias.slow=!sleep 20", "slow"];
        let started = Instant::now();
        let said = folder.git_within(&slow, Duration::from_millis(50)).unwrap();
        assert!(said.is_none());
        assert!(started.elapsed() < Duration::from_secs(10));
    }
}
