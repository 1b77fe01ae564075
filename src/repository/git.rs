//! What git has: the files of a folder at a revision.
//!
//! Git itself is asked, so that whatever it can read (worktrees, shallow clones, partial clones, alternates), this
//! can.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Output, Stdio};

use stratiform_finding::Code;

use crate::exit::Exit;
use crate::report::Failure;

/// Where the main branch may be, the likeliest first.
const MAIN: [&str; 5] = [
    "refs/remotes/origin/main",
    "refs/remotes/origin/master",
    "refs/remotes/origin/HEAD",
    "refs/heads/main",
    "refs/heads/master",
];

/// A folder in a git repository.
#[derive(Clone, Debug)]
pub(crate) struct Folder(PathBuf);

/// A commit, and how it was chosen.
#[derive(Clone, Debug)]
pub(crate) struct Revision {
    /// The full object name.
    pub commit: String,
    /// How people know it: ``1a2b3c4 (merge base with `main`)``.
    pub shown: String,
}

impl Folder {
    pub(crate) fn new(folder: &Path) -> Self {
        Folder(folder.to_owned())
    }

    /// The commit that a revision names.
    ///
    /// # Errors
    /// No git, no repository, no such revision.
    pub(crate) fn revision(&self, name: &str) -> Result<Revision, Failure> {
        let spec = format!("{name}^{{commit}}");
        let output = self.git(&[
            "rev-parse",
            "--verify",
            "--quiet",
            "--end-of-options",
            &spec,
        ])?;
        if !output.status.success() {
            self.inside()?;
            let shallow = self.git(&["rev-parse", "--is-shallow-repository"])?;
            let (what, help) = match line(&shallow).as_str() {
                "true" => (
                    format!("git knows no revision `{name}` here: the clone is shallow"),
                    "fetch it first: `git fetch --unshallow origin`, or `fetch-depth: 0` of `actions/checkout` in a \
                     workflow",
                ),
                _ => (
                    format!("git knows no revision `{name}`"),
                    "name a commit, branch or tag that `git log` shows, or fetch it first: `git fetch origin`",
                ),
            };
            return Err(Failure::new(
                Exit::Failed,
                Code::UnknownRevision,
                what,
                help,
            ));
        }
        let commit = line(&output);
        let short = short(&commit);
        let shown = if commit.starts_with(name) {
            short.to_owned()
        } else {
            format!("{short} (`{name}`)")
        };
        Ok(Revision { commit, shown })
    }

    /// Where the working tree left the main branch.
    ///
    /// # Errors
    /// No git, no repository, no main branch, or no commit in common with it.
    pub(crate) fn merge_base(&self) -> Result<Revision, Failure> {
        let mut arguments = vec!["for-each-ref", "--format=%(refname)"];
        arguments.extend(MAIN);
        let output = self.git(&arguments)?;
        if !output.status.success() {
            self.inside()?;
        }
        let known = String::from_utf8_lossy(&output.stdout).into_owned();
        let main = MAIN
            .into_iter()
            .find(|name| known.lines().any(|line| line == *name));
        let Some(main) = main else {
            return Err(self.no_main());
        };
        let shown = main
            .trim_start_matches("refs/remotes/")
            .trim_start_matches("refs/heads/");
        let output = self.git(&["merge-base", "HEAD", main])?;
        if !output.status.success() {
            return Err(Failure::new(
                Exit::Failed,
                Code::NoBase,
                format!("`HEAD` and `{shown}` have no commit in common here"),
                "a shallow clone has to fetch history first (`git fetch --unshallow`, or `fetch-depth: 0` in a \
                 workflow); or name what to compare with: --base REV",
            ));
        }
        let commit = line(&output);
        let shown = format!("{} (merge base with `{shown}`)", short(&commit));
        Ok(Revision { commit, shown })
    }

    /// Opens a commit for reading.
    ///
    /// # Errors
    /// Git cannot be started.
    pub(crate) fn open(&self, revision: &Revision) -> Result<Objects, Failure> {
        let mut child = self
            .command(&["cat-file", "--batch"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| not_started(&error))?;
        match (child.stdin.take(), child.stdout.take()) {
            (Some(requests), Some(replies)) => Ok(Objects {
                commit: revision.commit.clone(),
                requests,
                replies: BufReader::new(replies),
                child,
            }),
            _ => Err(broken("git gave no pipes")),
        }
    }

    /// Why there is no main branch: another name, or nothing that was ever committed.
    fn no_main(&self) -> Failure {
        let head = self.git(&["rev-parse", "--verify", "--quiet", "HEAD"]);
        let (what, help) = match head {
            Ok(output) if !output.status.success() => (
                "the repository has no commit yet, so there is nothing to compare with",
                "commit the snapshots first: `git add --all && git commit`; then `diff` says what changes",
            ),
            _ => (
                "there is no main branch to compare with",
                "name what to compare with: --base REV",
            ),
        };
        Failure::new(Exit::Failed, Code::NoBase, what, help)
    }

    /// Tells that there is no repository, if there is none.
    pub(super) fn inside(&self) -> Result<(), Failure> {
        let output = self.git(&["rev-parse", "--git-dir"])?;
        if output.status.success() {
            return Ok(());
        }
        let said = String::from_utf8_lossy(&output.stderr);
        if said.contains("dubious ownership") {
            return Err(Failure::new(
                Exit::Failed,
                Code::ForeignRepository,
                format!(
                    "git does not trust the repository of `{}`: another user owns it",
                    self.0.display()
                ),
                "as git says: `git config --global --add safe.directory` with the repository's folder",
            ));
        }
        Err(Failure::new(
            Exit::Failed,
            Code::NoRepository,
            format!("`{}` is not in a git repository", self.0.display()),
            "compare with what is deployed (--deployed), or two files or folders: `diff OLD NEW`",
        ))
    }

    /// The repository's folder.
    ///
    /// # Errors
    /// No git, or no repository.
    pub(crate) fn top(&self) -> Result<PathBuf, Failure> {
        let output = self.git(&["rev-parse", "--show-toplevel"])?;
        if !output.status.success() {
            self.inside()?;
        }
        Ok(PathBuf::from(line(&output)))
    }

    #[cfg(feature = "aws")]
    pub(super) fn path(&self) -> &Path {
        &self.0
    }

    pub(super) fn git(&self, arguments: &[&str]) -> Result<Output, Failure> {
        self.command(arguments)
            .output()
            .map_err(|error| not_started(&error))
    }

    pub(super) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new("git");
        command
            .current_dir(&self.0)
            .env("LC_ALL", "C")
            .args(arguments);
        command
    }
}

/// The files of a commit, read through one git process.
#[derive(Debug)]
pub(crate) struct Objects {
    commit: String,
    requests: ChildStdin,
    replies: BufReader<ChildStdout>,
    child: Child,
}

impl Objects {
    /// The content of a file below the folder; `None` where there is none.
    ///
    /// # Errors
    /// Git does not answer as documented.
    pub(crate) fn file(&mut self, path: &str) -> Result<Option<Vec<u8>>, Failure> {
        Ok(self
            .object(path)?
            .filter(|(kind, _)| kind == "blob")
            .map(|(_, content)| content))
    }

    /// The names of the folders in a folder, sorted; `None` where there is no such folder.
    ///
    /// # Errors
    /// Git does not answer as documented.
    pub(crate) fn folders(&mut self, path: &str) -> Result<Option<Vec<String>>, Failure> {
        let hash = self.commit.len() / 2;
        let tree = self.object(path)?.filter(|(kind, _)| kind == "tree");
        let Some((_, tree)) = tree else {
            return Ok(None);
        };
        // Each entry: mode, blank, name, zero byte, object name in binary.
        let mut folders = Vec::new();
        let mut rest = tree.as_slice();
        while let Some(end) = rest.iter().position(|byte| *byte == 0) {
            let entry = String::from_utf8_lossy(&rest[..end]);
            if let Some((mode, name)) = entry.split_once(' ')
                && mode.trim_start_matches('0').starts_with('4')
            {
                folders.push(name.to_owned());
            }
            rest = rest.get(end + 1 + hash..).unwrap_or_default();
        }
        Ok(Some(folders))
    }

    fn object(&mut self, path: &str) -> Result<Option<(String, Vec<u8>)>, Failure> {
        if path.contains('\n') {
            return Ok(None);
        }
        let failed = |error: std::io::Error| broken(&error.to_string());
        writeln!(self.requests, "{}:./{path}", self.commit).map_err(failed)?;
        self.requests.flush().map_err(failed)?;
        let mut head = String::new();
        self.replies.read_line(&mut head).map_err(failed)?;
        let head = head.trim_end();
        if head.ends_with(" missing") {
            return Ok(None);
        }
        let mut words = head.split(' ').skip(1);
        let (Some(kind), Some(size)) = (
            words.next(),
            words.next().and_then(|size| size.parse().ok()),
        ) else {
            return Err(broken(&format!("`{head}`")));
        };
        let kind = kind.to_owned();
        let mut content = Vec::new();
        (&mut self.replies)
            .take(size)
            .read_to_end(&mut content)
            .map_err(failed)?;
        let mut newline = [0];
        self.replies.read_exact(&mut newline).map_err(failed)?;
        Ok(Some((kind, content)))
    }
}

impl Drop for Objects {
    fn drop(&mut self) {
        // It has nothing left to do; without this it would stay until this process ends.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn line(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

/// The first digits of a commit, as git shows them.
pub(crate) fn short(commit: &str) -> &str {
    commit.get(..7).unwrap_or(commit)
}

pub(super) fn not_started(error: &std::io::Error) -> Failure {
    Failure::new(
        Exit::Failed,
        Code::Git,
        format!("cannot start `git`: {error}"),
        "install git, or compare two files or folders: `diff OLD NEW`",
    )
}

fn broken(why: &str) -> Failure {
    Failure::new(
        Exit::Failed,
        Code::Git,
        format!("git gave an answer that cannot be read: {why}"),
        "run `git fsck`, and try again",
    )
}
