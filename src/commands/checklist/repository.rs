//! What git and GitHub say of a release.

use stratiform_deploy::guard::{Asked, Unasked};
use stratiform_deploy::release::{Changelog, Facts, Head, plain};

use crate::report::Failure;
use crate::repository::git::{Folder, Revision};
use crate::repository::standing::{pushed, unasked};

/// All of it; the environments are asked elsewhere.
pub(super) fn facts(folder: &Folder, tag: &str) -> Facts {
    let nothing = || Unasked::because("there is no such tag yet", "");
    let commit = folder.at(&format!("refs/tags/{tag}"));
    let commit = asked(commit).map(|head| head.map(|head| head.commit));
    let known = match &commit {
        Ok(Some(commit)) => Ok(commit.as_str()),
        Ok(None) => Err(nothing()),
        Err(unasked) => Err(unasked.clone()),
    };
    let file = |name: &str| {
        let commit = known.clone()?;
        asked(file(folder, commit, name))
    };
    Facts {
        tag: tag.to_owned(),
        head: head(folder),
        version: file("Cargo.toml").map(|text| text.and_then(|text| version(&text))),
        changelog: file("CHANGELOG.md").map(|text| changelog(text.as_deref(), plain(tag))),
        tests: known.clone().and_then(|commit| folder.checks(commit)),
        pushed: known
            .clone()
            .and_then(|commit| asked(folder.tag_upstream(tag, commit)).and_then(pushed)),
        commit,
        environments: Vec::new(),
    }
}

fn asked<T>(answer: Result<T, Failure>) -> Asked<T> {
    answer.map_err(|failure| unasked(&failure))
}

fn head(folder: &Folder) -> Asked<Head> {
    let head = asked(folder.head())?;
    let head = head.ok_or_else(|| Unasked::because("git knows no commit here", "commit first"))?;
    Ok(Head {
        commit: head.commit,
        changed: asked(folder.changed())?,
    })
}

/// A file of the repository at a commit.
fn file(folder: &Folder, commit: &str, name: &str) -> Result<Option<String>, Failure> {
    let revision = Revision {
        commit: commit.to_owned(),
        shown: commit.to_owned(),
    };
    // The version and the changelog are the repository's, wherever the project is in it.
    let mut objects = Folder::new(&folder.top()?).open(&revision)?;
    let text = objects.file(name)?;
    Ok(text.map(|text| String::from_utf8_lossy(&text).into_owned()))
}

/// The version of a package, or of a workspace.
fn version(text: &str) -> Option<String> {
    let table: toml::Table = toml::from_str(text).ok()?;
    let of = |table: &toml::Table| Some(table.get("package")?.get("version")?.as_str()?.to_owned());
    let workspace = table.get("workspace").and_then(toml::Value::as_table);
    of(&table).or_else(|| workspace.and_then(of))
}

/// What a changelog says of a version: a heading of the second level, and something below it.
fn changelog(text: Option<&str>, version: &str) -> Changelog {
    let Some(text) = text else {
        return Changelog::None;
    };
    let mut lines = text.lines();
    let is_it = |line: &str| {
        let heading = line.strip_prefix("## ");
        let words = heading.and_then(|heading| heading.split_whitespace().next());
        let word = words.map(|word| word.trim_matches(['[', ']']));
        word.is_some_and(|word| plain(word) == version)
    };
    if !lines.any(is_it) {
        return Changelog::WithoutVersion;
    }
    let section = lines.take_while(|line| !line.starts_with("## "));
    let mut said = section.filter(|line| !line.starts_with('#') && !line.trim().is_empty());
    match said.next() {
        Some(_) => Changelog::Entry,
        None => Changelog::Empty,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_of_packages_and_workspaces() {
        for (text, expected) in [
            ("[package]\nversion = \"1.2.0\"", Some("1.2.0")),
            ("[workspace.package]\nversion = \"1.2.0\"", Some("1.2.0")),
            (
                "[package]\nversion.workspace = true\n[workspace.package]\nversion = \"2.0.0\"",
                Some("2.0.0"),
            ),
            ("[workspace]\nmembers = []", None),
            ("no toml", None),
        ] {
            assert_eq!(version(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn entries_of_a_changelog() {
        let text = "# Changelog\n\n## Unreleased\n\n## [1.2.0] - 2026-11-29\n\n### Added\n- a\n\n## 1.1.0\n\n## v1.0.0\nb\n";
        for (version, expected) in [
            ("1.2.0", Changelog::Entry),
            ("1.1.0", Changelog::Empty),
            ("1.0.0", Changelog::Entry),
            ("1.2", Changelog::WithoutVersion),
        ] {
            assert_eq!(changelog(Some(text), version), expected, "{version}");
        }
        let headings = "## 2.0.0\n### Added\n";
        assert_eq!(changelog(Some(headings), "2.0.0"), Changelog::Empty);
        assert_eq!(changelog(None, "1.2.0"), Changelog::None);
    }
}
