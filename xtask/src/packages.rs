//! The packages that crates.io would get: whether all of them can be packed, and are not too large. That each also builds
//! by itself, `.github/workflows/ci.yml` shows: it takes minutes.

use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::command::{cargo, output};
use crate::outcome::Outcome;

/// What crates.io takes: "there is a 10 MB upload size limit".
///
/// Source: The Cargo Book, "Publishing on crates.io".
const LIMIT: u64 = 10 * 1024 * 1024;

/// What `cargo metadata` says.
#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
    target_directory: String,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    version: String,
    manifest_path: PathBuf,
    /// Where it may be published: nowhere, or anywhere where nothing is said.
    publish: Option<Vec<String>>,
}

/// Packs all packages that are published.
pub(crate) fn step() -> Result<Outcome, String> {
    let metadata = said(&["metadata", "--no-deps", "--format-version", "1"])?;
    let metadata: Metadata =
        serde_json::from_slice(&metadata).map_err(|error| error.to_string())?;
    let is_published = |package: &&Package| package.publish.is_none();
    let packages: Vec<&Package> = metadata.packages.iter().filter(is_published).collect();
    // As it is here: in no commit yet, maybe.
    let mut arguments = vec!["package", "--no-verify", "--offline", "--allow-dirty"];
    for package in &packages {
        arguments.extend(["--package", package.name.as_str()]);
    }
    said(&arguments)?;
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
    Ok(Outcome::Passed(Some(format!(
        "{} packages of {} kB in all",
        packages.len(),
        total / 1000
    ))))
}

/// What cargo prints; what it complains about where it fails.
fn said(arguments: &[&str]) -> Result<Vec<u8>, String> {
    let done = output(&mut cargo(arguments))?;
    if done.status.success() {
        return Ok(done.stdout);
    }
    Err(String::from_utf8_lossy(&done.stderr).trim().to_owned())
}
