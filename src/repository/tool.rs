//! Whether what a team has in git is the same but for the version of this tool.
//!
//! What counts as theirs: every file of the repository but the snapshots, which the tool writes. Of `Cargo.toml` and
//! `Cargo.lock` everything but which version of the tool is used, and what only the tool needs. Where the repository
//! has no `Cargo.lock` that names the tool, nobody knows what it was built from, and nothing is said.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::Deserialize;
use toml::{Table, Value};

use super::git::Revision;
use super::working_tree::WorkingTree;
use crate::report::Failure;

/// The package of the command line; the tool's other packages begin with it and a hyphen.
const TOOL: &str = "stratiform";

const LOCK: &str = "Cargo.lock";
const MANIFEST: &str = "Cargo.toml";

/// Where a manifest says which version of a dependency is used.
const VERSION_KEYS: [&str; 7] = ["branch", "git", "path", "registry", "rev", "tag", "version"];

/// Whether only the tool differs between a revision and the working tree: it is `running` now and was another one then,
/// and the team's own files are the same.
///
/// # Errors
/// Git cannot tell.
pub(crate) fn is_all_that_changed(
    tree: &WorkingTree,
    revision: &Revision,
    root: &str,
    running: &str,
) -> Result<bool, Failure> {
    let Some(lock) = lock_of(tree, root)? else {
        return Ok(false);
    };
    let texts = |path: &str| -> Result<_, Failure> {
        Ok(tree.text_at(revision, path)?.zip(tree.text(path)?))
    };
    let Some((before, after)) = texts(&lock)? else {
        return Ok(false);
    };
    let versions = (tool_in(&before), tool_in(&after));
    // What runs must be what the working tree says: otherwise it was built from something else.
    if versions.1.as_deref() != Some(running) || versions.0.is_none() || versions.0 == versions.1 {
        return Ok(false);
    }
    let snapshots = in_folder(root, "snapshots/");
    for file in tree.changed_since(revision)? {
        let name = Path::new(&file).file_name().and_then(|name| name.to_str());
        let is_same = match name {
            _ if file.starts_with(&snapshots) => true,
            Some(LOCK) => texts(&file)?.is_some_and(|(old, new)| same_locks(&old, &new)),
            Some(MANIFEST) => texts(&file)?.is_some_and(|(old, new)| same_manifests(&old, &new)),
            _ => false,
        };
        if !is_same {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The lock file that counts for a folder: its own, or the nearest above it.
fn lock_of(tree: &WorkingTree, root: &str) -> Result<Option<String>, Failure> {
    let mut folder = Some(Path::new(root));
    while let Some(here) = folder {
        let lock = in_folder(&here.to_string_lossy(), LOCK);
        if tree.object(&lock)?.is_some() {
            return Ok(Some(lock));
        }
        folder = here.parent();
    }
    Ok(None)
}

/// A path in a folder, from the repository's top; the top itself is no text.
fn in_folder(folder: &str, name: &str) -> String {
    match folder {
        "" => name.to_owned(),
        folder => format!("{folder}/{name}"),
    }
}

fn is_tool(package: &str) -> bool {
    let rest = package.strip_prefix(TOOL);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
}

#[derive(Deserialize)]
struct Lock {
    #[serde(default, rename = "package")]
    packages: Vec<Package>,
}

#[derive(Clone, Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
struct Package {
    name: String,
    version: String,
    source: Option<String>,
    checksum: Option<String>,
    #[serde(default)]
    dependencies: Vec<String>,
}

/// The version of the tool that a lock file names; none where it names none, or several.
fn tool_in(lock: &str) -> Option<String> {
    let lock: Lock = toml::from_str(lock).ok()?;
    let mut tools = lock.packages.into_iter();
    let mut tools = tools.by_ref().filter(|package| package.name == TOOL);
    let tool = tools.next()?;
    tools.next().is_none().then_some(tool.version)
}

/// Whether two lock files name the same packages, but for the tool and what only the tool needs.
fn same_locks(before: &str, after: &str) -> bool {
    let own = |text: &str| toml::from_str(text).ok().map(|lock: Lock| own(&lock));
    own(before).is_some_and(|before| Some(before) == own(after))
}

/// The packages that a team's own packages need without the tool; the team's own are those from no registry.
fn own(lock: &Lock) -> BTreeSet<Package> {
    let mut named: BTreeMap<&str, Vec<&Package>> = BTreeMap::new();
    for package in &lock.packages {
        named.entry(&package.name).or_default().push(package);
    }
    let is_own = |package: &&Package| package.source.is_none() && !is_tool(&package.name);
    let mut waiting: Vec<&Package> = lock.packages.iter().filter(is_own).collect();
    let mut found = BTreeSet::new();
    while let Some(package) = waiting.pop() {
        // `name`, `name version` or `name version (source)`.
        let needs = package.dependencies.iter().map(|dependency| {
            let mut words = dependency.split(' ');
            (words.next().unwrap_or_default(), words.next())
        });
        let needs: Vec<_> = needs.filter(|(name, _)| !is_tool(name)).collect();
        let without_tool = Package {
            dependencies: needs.iter().map(|(name, _)| (*name).to_owned()).collect(),
            ..package.clone()
        };
        if !found.insert(without_tool) {
            continue;
        }
        for (name, version) in needs {
            let packages = named.get(name).into_iter().flatten();
            let meant = packages.filter(|it| version.is_none_or(|version| it.version == version));
            waiting.extend(meant);
        }
    }
    found
}

/// Whether two manifests are the same, but for which version of the tool they use.
fn same_manifests(before: &str, after: &str) -> bool {
    let own = |text: &str| {
        let mut manifest: Table = text.parse().ok()?;
        without_versions(&mut manifest);
        Some(manifest)
    };
    own(before).is_some_and(|before| Some(before) == own(after))
}

/// Takes away which version of the tool is used, wherever a dependency on it is written.
fn without_versions(table: &mut Table) {
    for (name, value) in table {
        match value {
            Value::String(version) if is_tool(name) => version.clear(),
            Value::Table(dependency) if is_tool(name) => {
                dependency.retain(|key, _| !VERSION_KEYS.contains(&key));
            }
            Value::Table(inner) => without_versions(inner),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn which_version_of_the_tool_a_manifest_uses_does_not_count() {
        let manifest = "[package]\nname = 'infra'\n[dependencies]\nserde = '1'\n\
                        stratiform = { git = 'https://example.com/s', tag = 'v0.3.0', features = ['aws'] }\n\
                        [build-dependencies]\nstratiform-codegen = '0.3'\n";
        let cases = [
            ("v0.3.0", "v0.4.0", true),
            ("'0.3'", "'0.4'", true),
            ("serde = '1'", "serde = '2'", false),
            ("'aws'", "'engine'", false),
            ("'infra'", "'stratiform'", false),
            ("stratiform-codegen", "stratiform_codegen", false),
            ("[build", "[", false),
        ];
        for (from, to, expected) in cases {
            let other = manifest.replace(from, to);
            assert_ne!(manifest, other);
            assert_eq!(same_manifests(manifest, &other), expected, "{from} → {to}");
            assert_eq!(same_manifests(&other, manifest), expected, "{to} → {from}");
        }
        assert!(
            !same_manifests("=", "="),
            "what cannot be read is not known"
        );
    }

    /// A lock file of a team's package that needs the tool and `log`; the tool needs `rest`.
    const LOCKED: &str = "version = 4
[[package]]
name = 'infra'
version = '1.0.0'
dependencies = ['log', 'stratiform', 'stratiform-stack 0.3.0']
[[package]]
name = 'log'
version = '0.4.1'
source = 'registry'
checksum = 'l'
[[package]]
name = 'rest'
version = '2.0.0'
source = 'registry'
[[package]]
name = 'stratiform'
version = '0.3.0'
source = 'git'
dependencies = ['log', 'rest', 'stratiform-stack']
[[package]]
name = 'stratiform-stack'
version = '0.3.0'
source = 'git'
";

    #[test]
    fn what_only_the_tool_needs_does_not_count() {
        let cases = [
            ("0.3.0", "0.4.0", true),
            ("2.0.0", "2.1.0", true),
            ("'git'", "'registry'", true),
            (
                "'log', 'stratiform',",
                "'log', 'stratiform', 'stratiform-new',",
                true,
            ),
            ("0.4.1", "0.4.2", false),
            ("checksum = 'l'", "checksum = 'm'", false),
            ("1.0.0", "1.0.1", false),
            (
                "['log', 'stratiform',",
                "['log', 'rest', 'stratiform',",
                false,
            ),
        ];
        for (from, to, expected) in cases {
            let other = LOCKED.replace(from, to);
            assert_ne!(LOCKED, other, "{from}");
            assert_eq!(same_locks(LOCKED, &other), expected, "{from} → {to}");
        }
        assert!(!same_locks("=", "="), "what cannot be read is not known");
    }

    #[test]
    fn of_several_tools_nobody_knows_which_is_meant() {
        assert_eq!(tool_in(LOCKED).as_deref(), Some("0.3.0"));
        let two = format!("{LOCKED}[[package]]\nname = 'stratiform'\nversion = '0.4.0'\n");
        assert_eq!(tool_in(&two), None);
        assert_eq!(tool_in("version = 4"), None);
    }
}
