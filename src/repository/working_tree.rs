//! The working tree as git would commit it: a tree of git's that can be compared with any commit.
//!
//! Git makes the tree itself, so that ignored files, filters, modes, links and sparse checkouts count as they do in a
//! commit. Its objects and its index are in a folder of their own: neither the repository nor its index changes.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Output;

use stratiform_finding::Code;
use tempfile::TempDir;

use super::changes::{ASKED, Change, changes};
use super::git::{Folder, Revision, not_started};
use crate::exit::Exit;
use crate::report::Failure;

/// What is in the working tree; what is in no commit counts, what git ignores does not.
#[derive(Debug)]
pub(crate) struct WorkingTree {
    /// The repository's top folder.
    pub top: PathBuf,
    repository: Folder,
    own: TempDir,
    objects: String,
    tree: String,
}

impl Folder {
    /// The working tree of the repository that the folder is in.
    ///
    /// # Errors
    /// No git, no repository, or a file that git cannot read.
    pub(crate) fn working_tree(&self) -> Result<WorkingTree, Failure> {
        let asked = [
            "rev-parse",
            "--path-format=absolute",
            "--show-toplevel",
            "--git-path",
            "objects",
            "--git-path",
            "index",
        ];
        let output = self.git(&asked)?;
        if !output.status.success() {
            self.inside()?;
            return Err(refused(&output));
        }
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let mut lines = text.lines();
        let (Some(top), Some(objects), Some(index)) = (lines.next(), lines.next(), lines.next())
        else {
            return Err(refused(&output));
        };
        let own = tempfile::tempdir()
            .map_err(|error| Failure::io("write into", &std::env::temp_dir(), &error))?;
        // With the index comes what git knows of files already, so that it reads only those that changed.
        let index = Path::new(index);
        if index.is_file() {
            copy(index, &own.path().join("index"))
                .map_err(|error| Failure::io("read", index, &error))?;
        }
        let mut tree = WorkingTree {
            top: PathBuf::from(top),
            repository: Folder::new(Path::new(top)),
            own,
            objects: objects.to_owned(),
            tree: String::new(),
        };
        tree.git(&["-c", "core.safecrlf=false", "add", "--all"])?;
        tree.tree = line(&tree.git(&["write-tree"])?);
        Ok(tree)
    }
}

impl WorkingTree {
    /// The files that differ from those of a commit, from the repository's top, sorted.
    ///
    /// # Errors
    /// Git cannot tell.
    pub(crate) fn changed_since(&self, revision: &Revision) -> Result<Vec<String>, Failure> {
        let trees = ["-z", "--name-only", "--no-renames", "-r"];
        let sides = [revision.commit.as_str(), self.tree.as_str()];
        let output = self.git(&[&["diff-tree"], trees.as_slice(), &sides].concat())?;
        let names = String::from_utf8_lossy(&output.stdout).into_owned();
        let names = names.split('\0').filter(|name| !name.is_empty());
        Ok(names.map(str::to_owned).collect())
    }

    /// The files that are there and differ from those of a commit, with what they were called there.
    ///
    /// # Errors
    /// Git cannot tell.
    pub(crate) fn files_since(&self, revision: &Revision) -> Result<Vec<Change>, Failure> {
        let sides = ["-r", revision.commit.as_str(), self.tree.as_str()];
        let output = self.git(&[&["diff-tree"], ASKED.as_slice(), &sides].concat())?;
        Ok(changes(&String::from_utf8_lossy(&output.stdout)))
    }

    /// All files, from the repository's top, sorted.
    ///
    /// # Errors
    /// Git cannot tell.
    pub(crate) fn files(&self) -> Result<Vec<String>, Failure> {
        let output = self.git(&[
            "ls-tree",
            "-r",
            "-z",
            "--name-only",
            "--full-tree",
            &self.tree,
        ])?;
        let names = String::from_utf8_lossy(&output.stdout).into_owned();
        let names = names.split('\0').filter(|name| !name.is_empty());
        Ok(names.map(str::to_owned).collect())
    }

    /// The name of git's object at a path from the repository's top: of a file's content, or of all that is in a
    /// folder. None where there is nothing.
    ///
    /// # Errors
    /// Git cannot be started.
    pub(crate) fn object(&self, path: &str) -> Result<Option<String>, Failure> {
        self.object_in(&self.tree, path)
    }

    /// The same at a commit.
    ///
    /// # Errors
    /// Git cannot be started.
    pub(crate) fn object_at(
        &self,
        revision: &Revision,
        path: &str,
    ) -> Result<Option<String>, Failure> {
        self.object_in(&revision.commit, path)
    }

    /// The text of a file at a path from the repository's top; none where there is no such file.
    ///
    /// # Errors
    /// Git cannot be started.
    pub(crate) fn text(&self, path: &str) -> Result<Option<String>, Failure> {
        self.text_in(&self.tree, path)
    }

    /// The same at a commit.
    ///
    /// # Errors
    /// Git cannot be started.
    pub(crate) fn text_at(
        &self,
        revision: &Revision,
        path: &str,
    ) -> Result<Option<String>, Failure> {
        self.text_in(&revision.commit, path)
    }

    fn object_in(&self, tree: &str, path: &str) -> Result<Option<String>, Failure> {
        let object = format!("{tree}:{path}");
        let output = self.run(&[
            "rev-parse",
            "--verify",
            "--quiet",
            "--end-of-options",
            &object,
        ])?;
        Ok(output.status.success().then(|| line(&output)))
    }

    fn text_in(&self, tree: &str, path: &str) -> Result<Option<String>, Failure> {
        let Some(object) = self.object_in(tree, path)? else {
            return Ok(None);
        };
        let output = self.run(&["cat-file", "blob", &object])?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        Ok(output.status.success().then_some(text))
    }

    /// What git says, where it did what it should.
    fn git(&self, arguments: &[&str]) -> Result<Output, Failure> {
        let output = self.run(arguments)?;
        match output.status.success() {
            true => Ok(output),
            false => Err(refused(&output)),
        }
    }

    fn run(&self, arguments: &[&str]) -> Result<Output, Failure> {
        // In quotes, a name may have the sign that separates names.
        let known = self.objects.replace('\\', "\\\\").replace('"', "\\\"");
        self.repository
            .command(arguments)
            .env("GIT_INDEX_FILE", self.own.path().join("index"))
            .env("GIT_OBJECT_DIRECTORY", self.own.path())
            .env("GIT_ALTERNATE_OBJECT_DIRECTORIES", format!("\"{known}\""))
            .output()
            .map_err(|error| not_started(&error))
    }
}

/// Copies an index with its time: a file that is as old as its index may have changed since, and git reads it again.
fn copy(index: &Path, own: &Path) -> io::Result<()> {
    fs::copy(index, own)?;
    let modified = fs::metadata(index)?.modified()?;
    fs::File::options()
        .write(true)
        .open(own)?
        .set_modified(modified)
}

fn line(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

fn refused(output: &Output) -> Failure {
    let said = String::from_utf8_lossy(&output.stderr);
    let said = said.lines().last().unwrap_or("it does not say why");
    Failure::new(
        Exit::Failed,
        Code::Git,
        format!("git cannot tell what is in the working tree: {said}"),
        "`git add --all --dry-run` shows the same, and `git status` how things stand",
    )
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    struct Repository(TempDir);

    impl Repository {
        /// `api/main.txt` and `.gitignore`, committed; its folder has a name that git has to quote.
        fn new() -> Repository {
            let repository = Repository(tempfile::tempdir().unwrap());
            fs::create_dir(repository.path("a:b \"c\"")).unwrap();
            repository.git(&["init", "--quiet", "--initial-branch=main"]);
            repository.write("api/main.txt", "one");
            repository.write(".gitignore", "*.log\n");
            repository.commit();
            repository
        }

        fn path(&self, name: &str) -> PathBuf {
            self.0.path().join(name)
        }

        fn top(&self) -> PathBuf {
            self.path("a:b \"c\"")
        }

        fn write(&self, name: &str, text: &str) {
            let path = self.top().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }

        fn git(&self, arguments: &[&str]) -> String {
            let output = Command::new("git")
                .current_dir(self.top())
                .args(["-c", "user.name=test", "-c", "user.email=test@example.com"])
                .args(arguments)
                .env("GIT_CONFIG_GLOBAL", "/dev/null")
                .output()
                .unwrap();
            let error = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "git {arguments:?}: {error}");
            line(&output)
        }

        fn commit(&self) {
            self.git(&["add", "--all"]);
            self.git(&["commit", "--quiet", "--message=more"]);
        }

        fn head(&self) -> Revision {
            Folder::new(&self.top()).revision("HEAD").unwrap()
        }

        fn tree(&self) -> WorkingTree {
            Folder::new(&self.top()).working_tree().unwrap()
        }
    }

    #[test]
    fn a_folder_has_the_object_that_a_commit_of_it_has() {
        let repository = Repository::new();
        let head = repository.head();
        let tree = repository.tree();
        let known = repository.git(&["rev-parse", "HEAD:api"]);
        assert_eq!(tree.object("api").unwrap().as_ref(), Some(&known));
        assert_eq!(tree.object_at(&head, "api").unwrap(), Some(known));
        assert_eq!(tree.object("nothing").unwrap(), None);
        assert_eq!(tree.changed_since(&head).unwrap(), [""; 0]);

        repository.write("api/new.txt", "new");
        let tree = repository.tree();
        let changed = tree.object("api").unwrap();
        assert_ne!(changed, tree.object_at(&head, "api").unwrap());
        repository.commit();
        let committed = repository.git(&["rev-parse", "HEAD:api"]);
        assert_eq!(changed, Some(committed));
    }

    #[test]
    fn what_is_ignored_does_not_count_and_what_is_put_back_is_the_same() {
        let repository = Repository::new();
        let head = repository.head();
        repository.write("api/run.log", "noise");
        repository.write("api/main.txt", "two");
        repository.git(&["add", "--all"]);
        let tree = repository.tree();
        assert_eq!(tree.changed_since(&head).unwrap(), ["api/main.txt"]);
        assert_eq!(tree.text("api/main.txt").unwrap().as_deref(), Some("two"));
        let before = tree.text_at(&head, "api/main.txt").unwrap();
        assert_eq!(before.as_deref(), Some("one"));
        assert_eq!(tree.text("api").unwrap(), None);
        repository.write("api/main.txt", "one");
        assert_eq!(repository.tree().changed_since(&head).unwrap(), [""; 0]);
    }

    // Once wrong: the copy of the index was newer than the files, so that git did not look at them again.
    #[test]
    fn what_changes_in_the_moment_of_the_commit_counts() {
        let repository = Repository::new();
        let file = repository.top().join("api/main.txt");
        let committed = fs::metadata(&file).unwrap().modified().unwrap();
        let set = |file: &Path| {
            let file = fs::File::options().append(true).open(file).unwrap();
            file.set_modified(committed).unwrap();
        };
        set(&repository.top().join(".git/index"));
        let head = repository.head();
        repository.write("api/main.txt", "two");
        set(&file);
        let tree = repository.tree();
        assert_eq!(tree.changed_since(&head).unwrap(), ["api/main.txt"]);
    }

    #[test]
    fn neither_the_repository_nor_its_index_changes() {
        let repository = Repository::new();
        repository.write("api/main.txt", "two");
        repository.write("api/new.txt", "new");
        let all = || {
            repository.git(&[
                "cat-file",
                "--batch-all-objects",
                "--batch-check=%(objectname)",
            ])
        };
        let before = (all(), repository.git(&["status", "--porcelain"]));
        repository.tree();
        assert_eq!((all(), repository.git(&["status", "--porcelain"])), before);
        assert_eq!(before.1, "M api/main.txt\n?? api/new.txt");
    }

    #[test]
    fn in_a_merge_that_is_not_done_files_count_as_they_stand() {
        let repository = Repository::new();
        repository.git(&["checkout", "--quiet", "-b", "other"]);
        repository.write("api/main.txt", "other");
        repository.commit();
        repository.git(&["checkout", "--quiet", "main"]);
        fs::remove_dir_all(repository.top().join("api")).unwrap();
        repository.commit();
        let merge = Command::new("git")
            .current_dir(repository.top())
            .args(["-c", "user.name=t", "-c", "user.email=t@t"])
            .args(["merge", "--quiet", "other"])
            .output()
            .unwrap();
        assert!(!merge.status.success());
        // What stands there is what a commit of everything would have.
        let tree = repository.tree();
        assert_eq!(tree.text("api/main.txt").unwrap().as_deref(), Some("other"));
    }

    #[test]
    fn a_folder_without_a_repository_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let failure = Folder::new(folder.path()).working_tree().unwrap_err();
        assert_eq!(failure.findings[0].code, Code::NoRepository);
    }
}
