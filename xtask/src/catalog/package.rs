//! Getting the package: downloaded or taken from a directory, verified, unpacked.
//!
//! Python's own tools do the work, so that nobody has to build an HTTP client and a zip reader.

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

/// Why there is no package to read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PackageError {
    #[error(
        "cannot read `{path}`: {source}\nIs {WHEEL} there? Without --wheel-dir it is downloaded."
    )]
    Read { path: PathBuf, source: io::Error },
    #[error("cannot use `{path}`: {source}")]
    Directory { path: PathBuf, source: io::Error },
    #[error("cannot run `python3 {arguments}`: {source}\nInstall Python 3 with pip.")]
    NoPython {
        arguments: String,
        source: io::Error,
    },
    #[error("`python3 {arguments}` failed:\n{output}")]
    Python { arguments: String, output: String },
    #[error(
        "cannot learn from `{path}` what the attributes of the types are:\n{output}\n\
         The package's format has changed; adapt xtask/src/catalog/attributes.rs and the scripts \
         beside it."
    )]
    Script { path: PathBuf, output: String },
    #[error(
        "`{path}` is not the pinned {NAME} {VERSION}: its SHA-256 is {found}, not {WHEEL_SHA256}.\n\
         Delete it and run again. If it stays like that, somebody changed a published release: \
         find out who before you change the constant in xtask/src/catalog/package.rs."
    )]
    Hash { path: PathBuf, found: String },
}

/// Where our own scripts are.
const SCRIPTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/catalog/attributes");

/// Unpacks the verified wheel below `target` and returns the package's directory.
pub(crate) fn unpack(target: &Path, wheel_dir: Option<&Path>) -> Result<PathBuf, PackageError> {
    let work = target.join("catalog");
    let unpacked = work.join("unpacked");
    if let Err(source) = fs::create_dir_all(&work) {
        return Err(PackageError::Directory { path: work, source });
    }
    let wheel = match wheel_dir {
        Some(directory) => directory.join(WHEEL),
        None => download(&work)?,
    };
    verify(&wheel)?;
    match fs::remove_dir_all(&unpacked) {
        Err(source) if source.kind() != io::ErrorKind::NotFound => {
            return Err(PackageError::Directory {
                path: unpacked,
                source,
            });
        }
        _ => {}
    }
    python(&["-m", "zipfile", "-e", &text(&wheel), &text(&unpacked)])?;
    Ok(unpacked.join("cfnlint"))
}

/// Runs one of our scripts over a file or directory of the package; returns what it prints.
///
/// Nothing that is installed or set outside takes part, and nothing is left behind.
pub(crate) fn script(name: &str, path: &Path, arguments: &[&str]) -> Result<Value, PackageError> {
    let script = text(&Path::new(SCRIPTS).join(name));
    let path_text = text(path);
    let arguments = [&["-I", "-S", "-B", &script, &path_text], arguments].concat();
    let output = run(&arguments)?;
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

fn verify(wheel: &Path) -> Result<(), PackageError> {
    let bytes = fs::read(wheel).map_err(|source| PackageError::Read {
        path: wheel.to_owned(),
        source,
    })?;
    let found: String = Sha256::digest(&bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    if found == WHEEL_SHA256 {
        Ok(())
    } else {
        Err(PackageError::Hash {
            path: wheel.to_owned(),
            found,
        })
    }
}

fn python(arguments: &[&str]) -> Result<(), PackageError> {
    let output = run(arguments)?;
    if output.status.success() {
        return Ok(());
    }
    Err(PackageError::Python {
        arguments: arguments.join(" "),
        output: stderr(&output),
    })
}

fn run(arguments: &[&str]) -> Result<Output, PackageError> {
    let output = Command::new("python3").args(arguments).output();
    output.map_err(|source| PackageError::NoPython {
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
