//! The packages that crates.io would get: whether all of them can be packed, are not too large, and compile from what was
//! packed. `.github/workflows/ci.yml` builds each by itself, too, as cargo does when it publishes: that takes minutes.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde::Deserialize;

use crate::command::{cargo, output, root};
use crate::outcome::Outcome;

/// What crates.io takes: "there is a 10 MB upload size limit".
///
/// Source: The Cargo Book, "Publishing on crates.io".
const LIMIT: u64 = 10 * 1024 * 1024;

/// The profile of the workspace, so that crates of others are not checked again for another one.
const PROFILE: [&str; 4] = [
    "--config",
    "profile.dev.debug=\"line-tables-only\"",
    "--config",
    "profile.dev.package.\"*\".debug=false",
];

/// What `cargo metadata` says of a workspace.
#[derive(Deserialize)]
pub(crate) struct Metadata {
    pub(crate) packages: Vec<Package>,
    target_directory: String,
}

#[derive(Deserialize)]
pub(crate) struct Package {
    pub(crate) targets: Vec<Target>,
    name: String,
    version: String,
    manifest_path: PathBuf,
    /// Where it may be published: nowhere, or anywhere where nothing is said.
    publish: Option<Vec<String>>,
}

/// What is compiled by itself.
#[derive(Deserialize)]
pub(crate) struct Target {
    /// What it is: `lib`, `bin`, `proc-macro`, `custom-build` …
    pub(crate) kind: Vec<String>,
    pub(crate) src_path: PathBuf,
}

impl Metadata {
    /// That of the workspace of a folder.
    pub(crate) fn of(folder: &Path) -> Result<Metadata, String> {
        let mut metadata = cargo(["metadata", "--no-deps", "--format-version", "1"]);
        let said = finished(metadata.current_dir(folder))?;
        serde_json::from_slice(&said).map_err(|error| error.to_string())
    }
}

/// Packs all packages that are published, and checks what was packed.
pub(crate) fn step() -> Result<Outcome, String> {
    let metadata = Metadata::of(root())?;
    let is_published = |package: &&Package| package.publish.is_none();
    let packages: Vec<&Package> = metadata.packages.iter().filter(is_published).collect();
    // As it is here: in no commit yet, maybe.
    let mut arguments = vec!["package", "--no-verify", "--offline", "--allow-dirty"];
    for package in &packages {
        arguments.extend(["--package", package.name.as_str()]);
    }
    finished(&mut cargo(arguments))?;
    let folder = Path::new(&metadata.target_directory).join("package");
    let mut total = 0;
    for package in &packages {
        let Package {
            name,
            version,
            manifest_path,
            ..
        } = package;
        if !manifest_path.with_file_name("LICENSE").is_file() {
            let link = "link it to the one at the root";
            return Err(format!(
                "`{name}` has no LICENSE beside its Cargo.toml: {link}"
            ));
        }
        let file = folder.join(format!("{name}-{version}.crate"));
        let size = fs::metadata(&file).map_err(|error| format!("{}: {error}", file.display()))?;
        if size.len() > LIMIT {
            return Err(format!(
                "`{name}` has {} bytes, and crates.io takes {LIMIT}",
                size.len()
            ));
        }
        total += size.len();
    }
    check(&folder, &packages)?;
    Ok(Outcome::Passed(Some(format!(
        "{} packages of {} kB in all, checked as packed",
        packages.len(),
        total / 1000
    ))))
}

/// Compiles, without making code, all packages from the files that were packed: in a workspace of nothing else, where they
/// stand for those on crates.io. A file that a package needs and that was not packed is missing there.
fn check(folder: &Path, packages: &[&Package]) -> Result<(), String> {
    let unpacked = folder.join("unpacked");
    let failed = |error: std::io::Error| format!("{}: {error}", unpacked.display());
    if unpacked.exists() {
        fs::remove_dir_all(&unpacked).map_err(failed)?;
    }
    fs::create_dir_all(&unpacked).map_err(failed)?;
    let folder_of = |package: &Package| format!("{}-{}", package.name, package.version);
    let members: Vec<String> = packages.iter().map(|package| folder_of(package)).collect();
    // Writing to a `String` cannot fail.
    let mut manifest = String::new();
    let _ = writeln!(
        manifest,
        "[workspace]\nresolver = \"3\"\nmembers = {members:?}"
    );
    manifest.push_str("\n[patch.crates-io]\n");
    for package in packages {
        let (name, member) = (&package.name, folder_of(package));
        let mut tar = Command::new("tar");
        let file = folder.join(format!("{member}.crate"));
        finished(tar.arg("-xzf").arg(&file).arg("-C").arg(&unpacked))?;
        let _ = writeln!(manifest, "{name} = {{ path = {member:?} }}");
    }
    fs::write(unpacked.join("Cargo.toml"), manifest).map_err(failed)?;
    fs::copy(root().join("Cargo.lock"), unpacked.join("Cargo.lock")).map_err(failed)?;
    let mut check = cargo(["check", "--quiet", "--workspace", "--offline"]);
    let target = folder.parent().unwrap_or(folder);
    check
        .args(PROFILE)
        .current_dir(&unpacked)
        .env("CARGO_TARGET_DIR", target);
    finished(&mut check).map(drop)
}

/// What a command prints; what it complains about where it fails.
fn finished(command: &mut Command) -> Result<Vec<u8>, String> {
    let done = output(command)?;
    if done.status.success() {
        return Ok(done.stdout);
    }
    Err(String::from_utf8_lossy(&done.stderr).trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::{Metadata, root};

    #[test]
    fn a_workspace_has_its_packages_with_what_is_compiled() {
        let metadata = Metadata::of(root()).unwrap();

        let xtask = metadata.packages.iter().find(|one| one.name == "xtask");
        let targets = &xtask.unwrap().targets;
        let program = targets.iter().find(|target| target.kind == ["bin"]);
        assert_eq!(program.unwrap().src_path, root().join("xtask/src/main.rs"));
    }
}
