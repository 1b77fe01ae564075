//! Guard's own command line and AWS's rules for Control Tower, the real ones: pinned, fetched below `target/`, and never
//! committed.

use std::fs;
use std::path::PathBuf;

use crate::catalog::package::{fetch_npm, unpack_npm};
use crate::command::{cargo, root, run};

/// Where both are, from the workspace.
const FOLDER: &str = "target/guard";

/// AWS's rules for Control Tower's proactive controls, Apache-2.0: 237 files.
const PACKAGE: &str = "@cdklabs/cdk-validator-cfnguard";
const PACKAGE_VERSION: &str = "0.0.62";
const FILE: &str = "cdklabs-cdk-validator-cfnguard-0.0.62.tgz";
const DIGEST: &str = "660c14562d4c79d524d0623d80d494e41797acae9da23ecb10915d7f66ada80c";

/// Guard's command line, of the same repository as the crate that we use.
pub(crate) const PROGRAM: &str = "cfn-guard";
pub(crate) const PROGRAM_VERSION: &str = "3.2.1";

/// The folder of the rules.
///
/// # Errors
/// They cannot be fetched, or are others than those that are pinned.
pub(crate) fn rules() -> Result<PathBuf, String> {
    let folder = root().join(FOLDER).join(format!("rules-{PACKAGE_VERSION}"));
    let rules = folder.join("package/rules/control-tower/cfn-guard");
    if rules.is_dir() {
        return Ok(rules);
    }
    let work = root().join(FOLDER);
    fs::create_dir_all(&work).map_err(|error| format!("cannot make `{FOLDER}`: {error}"))?;
    eprintln!("fetching {PACKAGE} {PACKAGE_VERSION}");
    let tarball = work.join(FILE);
    fetch_npm(&format!("{PACKAGE}@{PACKAGE_VERSION}"), &tarball)
        .and_then(|()| unpack_npm(&tarball, DIGEST, folder))
        .map_err(|error| error.to_string())?;
    match rules.is_dir() {
        true => Ok(rules),
        false => Err(format!("`{FILE}` has no rules where they were")),
    }
}

/// Guard's command line; built where it is missing, which takes some minutes.
///
/// # Errors
/// It cannot be built.
pub(crate) fn program() -> Result<PathBuf, String> {
    let folder = root().join(FOLDER).join("cli");
    let program = folder
        .join("bin")
        .join(format!("{PROGRAM}{}", std::env::consts::EXE_SUFFIX));
    if program.is_file() {
        return Ok(program);
    }
    eprintln!("building {PROGRAM} {PROGRAM_VERSION}");
    let version = format!("={PROGRAM_VERSION}");
    let mut install = cargo(["install", PROGRAM, "--locked", "--version", &version]);
    install
        .arg("--root")
        .arg(&folder)
        .arg("--target-dir")
        .arg(root().join(FOLDER).join("build"));
    run(&mut install)?;
    Ok(program)
}

/// Our own program as it is shipped, without what neither asks anything of: AWS and the engine.
///
/// # Errors
/// It cannot be built.
pub(crate) fn ours() -> Result<PathBuf, String> {
    let build = [
        "build",
        "--release",
        "--package",
        "stratiform-cli",
        "--no-default-features",
    ];
    run(cargo(build).args(["--features", "guard-rules"]))?;
    let target = std::env::var_os("CARGO_TARGET_DIR");
    let target = target.map_or_else(|| root().join("target"), |folder| root().join(folder));
    let name = format!("stratiform{}", std::env::consts::EXE_SUFFIX);
    Ok(target.join("release").join(name))
}
