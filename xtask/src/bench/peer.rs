//! The programs that we are measured against: installing and building them, below `target/bench`.

use std::fs;
use std::path::{Path, PathBuf};

use super::error::BenchError;
use super::process::{Step, version_of};
use super::workbench::Workbench;

/// The CDK, installed, with its apps compiled.
pub(super) struct Cdk {
    folder: PathBuf,
    /// What is installed, by name and version.
    pub versions: String,
}

/// Whether the CDK checks its templates against the schemas of resource types, as it does unless told not to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Validation {
    On,
    Off,
}

impl Cdk {
    /// Installs what `package-lock.json` names, once, and compiles the apps.
    pub(super) fn install(bench: &Workbench) -> Result<Cdk, BenchError> {
        let cdk = Cdk::install_packages(bench)?;
        copy_folder(
            &bench.root.join("benches/peers/cdk/src"),
            &cdk.folder.join("src"),
        )?;
        cdk.compile().run(&bench.log())?;
        Ok(cdk)
    }

    /// Installs what `package-lock.json` names, once, for apps of others.
    pub(super) fn install_packages(bench: &Workbench) -> Result<Cdk, BenchError> {
        let (folder, node) = node_package(bench, "cdk", &["tsconfig.json"])?;
        Ok(Cdk {
            versions: format!(
                "aws-cdk {}, aws-cdk-lib {}, TypeScript {}, Node.js {node}",
                installed_version(&folder, "aws-cdk"),
                installed_version(&folder, "aws-cdk-lib"),
                installed_version(&folder, "typescript"),
            ),
            folder,
        })
    }

    /// The folder that the packages are installed in.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Compiles the apps; only what changed, where they were compiled before.
    pub(super) fn compile(&self) -> Step {
        Step::new("node", &self.folder).args(["node_modules/typescript/bin/tsc", "--project", "."])
    }

    /// `cdk synth` of an app, with everything off that would slow it down.
    pub(super) fn synth(&self, app: &str, out: &Path, validation: Validation) -> Step {
        let step = Step::new("node", &self.folder)
            .args(["node_modules/aws-cdk/bin/cdk", "synth", "--quiet"])
            .args(["--app", &format!("node dist/{app}")])
            .arg("--output")
            .arg(out)
            .args([
                "--no-notices",
                "--no-version-reporting",
                "--no-path-metadata",
                "--no-asset-metadata",
                "--no-staging",
                "--no-lookups",
                "--no-color",
            ]);
        quiet(step, validation)
    }

    /// The app alone, as `cdk synth` would start it.
    pub(super) fn app(&self, app: &str, out: &Path, validation: Validation) -> Step {
        let step = Step::new("node", &self.folder)
            .arg(format!("dist/{app}"))
            .env("CDK_OUTDIR", out);
        quiet(step, validation)
    }

    /// `cdk deploy` of what an app made, its stacks side by side, with everything off that is not deploying.
    pub(super) fn deploy(&self, assembly: &Path) -> Step {
        let step = Step::new("node", &self.folder)
            .args(["node_modules/aws-cdk/bin/cdk", "deploy", "--all"])
            .arg("--app")
            .arg(assembly)
            .args([
                "--concurrency",
                "5",
                "--method",
                "change-set",
                "--require-approval",
                "never",
                "--no-notices",
                "--no-version-reporting",
                "--no-color",
                "--ci",
            ]);
        quiet(step, Validation::Off)
    }

    /// A file of the compiled apps.
    pub(super) fn compiled(&self, name: &str) -> PathBuf {
        self.folder.join("dist").join(name)
    }

    /// A source file of the apps.
    pub(super) fn source(&self, name: &str) -> PathBuf {
        self.folder.join("src").join(name)
    }
}

/// Without version checks, telemetry, and anything about the AWS account of whoever measures.
fn quiet(step: Step, validation: Validation) -> Step {
    let nowhere = if cfg!(windows) { "NUL" } else { "/dev/null" };
    let step = match validation {
        Validation::On => step,
        // What `cdk synth --no-validation` tells the app.
        Validation::Off => step.env("CDK_VALIDATION", "false"),
    };
    step.env("CDK_DISABLE_VERSION_CHECK", "1")
        .env("CDK_DISABLE_CLI_TELEMETRY", "true")
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .env("AWS_CONFIG_FILE", nowhere)
        .env("AWS_SHARED_CREDENTIALS_FILE", nowhere)
}

/// Copies a package of `benches/peers` and installs what its `package-lock.json` names, once. Gives the folder, and
/// the version of Node.js.
fn node_package(
    bench: &Workbench,
    name: &str,
    files: &[&str],
) -> Result<(PathBuf, String), BenchError> {
    let why = "the CDK, which we are measured against, runs on it";
    let what = "Node.js 20 or newer, which brings npm,";
    let node = version_of("node", why, what)?;
    version_of("npm", "it installs the CDK", what)?;
    let source = bench.root.join("benches/peers").join(name);
    let folder = bench.folder(name)?;
    let lock = fs::read(source.join("package-lock.json"))
        .map_err(BenchError::file("read", source.join("package-lock.json")))?;
    let installed = folder.join("installed-lock.json");
    let up_to_date = fs::read(&installed).is_ok_and(|there| there == lock);
    for name in ["package.json", "package-lock.json", ".npmrc"]
        .iter()
        .chain(files)
    {
        copy(&source.join(name), &folder.join(name))?;
    }
    if !up_to_date {
        eprintln!("installing the package `{name}` with npm");
        Step::new("npm", &folder)
            .args(["ci", "--no-audit", "--no-fund"])
            .run(&bench.log())?;
        fs::write(&installed, &lock).map_err(BenchError::file("write", &installed))?;
    }
    Ok((folder, node))
}

/// The CDK's diff, installed.
pub(super) struct CdkDiff {
    folder: PathBuf,
    /// What is installed, by name and version.
    pub versions: String,
}

impl CdkDiff {
    pub(super) fn install(bench: &Workbench) -> Result<CdkDiff, BenchError> {
        let (folder, node) = node_package(bench, "cloudformation-diff", &["diff.js"])?;
        Ok(CdkDiff {
            versions: format!(
                "{DIFF_PACKAGE} {} with aws-service-spec {}, Node.js {node}",
                installed_version(&folder, DIFF_PACKAGE),
                installed_version(&folder, "@aws-cdk/aws-service-spec"),
            ),
            folder,
        })
    }

    /// Compares two templates; what follows is how.
    pub(super) fn compare(&self) -> Step {
        Step::new("node", &self.folder).arg("diff.js")
    }
}

const DIFF_PACKAGE: &str = "@aws-cdk/cloudformation-diff";

fn installed_version(folder: &Path, package: &str) -> String {
    let file = folder
        .join("node_modules")
        .join(package)
        .join("package.json");
    let manifest = fs::read(file)
        .ok()
        .and_then(|text| serde_json::from_slice::<serde_json::Value>(&text).ok());
    let version = manifest.and_then(|manifest| Some(manifest["version"].as_str()?.to_owned()));
    version.unwrap_or_else(|| "of an unknown version".to_owned())
}

/// The folder with the program for rusty-cdk, copied so that building it leaves the repository alone.
pub(super) fn rusty_cdk(bench: &Workbench) -> Result<PathBuf, BenchError> {
    let source = bench.root.join("benches/peers/rusty-cdk");
    let folder = bench.folder("rusty-cdk")?;
    for name in ["Cargo.toml", "Cargo.lock"] {
        copy(&source.join(name), &folder.join(name))?;
    }
    copy_folder(&source.join("src"), &folder.join("src"))?;
    Ok(folder)
}

/// The name and version of rusty-cdk.
pub(super) const RUSTY_CDK: &str = "rusty-cdk 0.9.0";

/// Copies a file where it differs, so that whoever looks at its time sees no change where there is none.
pub(super) fn copy(from: &Path, to: &Path) -> Result<(), BenchError> {
    let content = fs::read(from).map_err(BenchError::file("read", from))?;
    if fs::read(to).is_ok_and(|there| there == content) {
        return Ok(());
    }
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder).map_err(BenchError::file("make", folder))?;
    }
    fs::write(to, content).map_err(BenchError::file("write", to))
}

/// Copies all files of a folder, where they differ.
pub(super) fn copy_folder(from: &Path, to: &Path) -> Result<(), BenchError> {
    for entry in fs::read_dir(from).map_err(BenchError::file("read", from))? {
        let entry = entry.map_err(BenchError::file("read", from))?;
        copy(&entry.path(), &to.join(entry.file_name()))?;
    }
    Ok(())
}
