//! `cargo xtask catalog`: imports the facts about all resource types; see decision 0003.
//!
//! `package` gets the sources, `import` takes the facts out of the first with the help of `attributes` and `actions`,
//! `access` takes IAM's actions out of the second,
//! `compare` holds the result against the source again, `table` writes down which keywords were
//! kept. This file is the order of things.

mod access;
mod actions;
mod attributes;
mod compare;
mod error;
mod import;
pub(crate) mod package;
mod table;

use attributes::AttributeRules;
use error::ImportError;
use import::Census;
use package::PackageError;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use stratiform_catalog::Catalog;
use stratiform_catalog::compare::Mismatch;

/// The catalog in the repository.
const CATALOG: &str = "crates/catalog/data/catalog.bin";

/// What IAM's actions act on.
const ACTIONS: &str = "crates/catalog/data/actions.tsv";

/// All of IAM's actions.
const ACCESS: &str = "crates/catalog/data/access.tsv";

/// The page with the table of keywords.
const README: &str = "crates/catalog/README.md";

/// The most that the catalog may take in the repository.
const MAX_BYTES: usize = 2_500_000;

const USAGE: &str = "usage: cargo xtask catalog [--check] [--package-dir DIR]

Imports the facts about all CloudFormation resource types and IAM actions from pinned packages.

  --check            change nothing; exit with 3 if the committed files are not up to date
  --package-dir DIR  take the packages from DIR and do not download them";

/// Runs the task. Exits with 0 done, 1 failed, 2 wrong usage, 3 not up to date.
pub(crate) fn run(arguments: &[String]) -> ExitCode {
    let Some(request) = Request::parse(arguments) else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    match import(&request) {
        Ok(Outcome::Done(report)) => {
            eprintln!("{report}");
            ExitCode::SUCCESS
        }
        Ok(Outcome::Stale(files)) => {
            for file in files {
                eprintln!(
                    "`{file}` is not what the pinned packages give; run\n\n    cargo xtask catalog\n"
                );
            }
            ExitCode::from(3)
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

struct Request {
    mode: Mode,
    package_dir: Option<PathBuf>,
}

enum Mode {
    Write,
    Check,
}

enum Outcome {
    Done(String),
    Stale(Vec<&'static str>),
}

impl Request {
    fn parse(arguments: &[String]) -> Option<Request> {
        let mut request = Request {
            mode: Mode::Write,
            package_dir: None,
        };
        let mut arguments = arguments.iter();
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--check" => request.mode = Mode::Check,
                "--package-dir" => request.package_dir = Some(arguments.next()?.into()),
                _ => return None,
            }
        }
        Some(request)
    }
}

/// Why the import cannot go on.
#[derive(Debug, thiserror::Error)]
enum CatalogError {
    #[error(transparent)]
    Package(#[from] PackageError),
    #[error(transparent)]
    Import(#[from] ImportError),
    #[error(
        "the catalog does not say what the package says: {0}\n\
         The encoder or the reader in crates/catalog is wrong, or a rule in \
         xtask/src/catalog/attributes.rs; nothing was written."
    )]
    Mismatch(#[from] Mismatch),
    #[error(
        "the catalog takes {0} bytes and may take {MAX_BYTES}; nothing was written.\n\
         Keep less, in crates/catalog/src/keyword.rs, or raise the limit in xtask/src/catalog.rs."
    )]
    TooLarge(usize),
    #[error("cannot write `{path}`: {source}")]
    Write { path: PathBuf, source: io::Error },
}

fn import(request: &Request) -> Result<Outcome, CatalogError> {
    let repository = repository();
    let (target, package_dir) = (repository.join("target"), request.package_dir.as_deref());
    let files = package::unpack(&target, package_dir)?;
    let iam = package::unpack_iam(&target, package_dir)?;
    let package = import::read(&files, AttributeRules::read(&files)?)?;
    let (source, census) = package.facts()?;
    let bytes = stratiform_catalog::encode::encode(&source);
    // The reader's views are 'static; the process ends soon enough.
    let catalog = Catalog::open(Vec::leak(bytes.clone()));
    let facts = compare::compare(&package, &attributes::ask(&files)?, catalog)?;
    if bytes.len() > MAX_BYTES {
        return Err(CatalogError::TooLarge(bytes.len()));
    }

    let files = [
        (CATALOG, bytes.clone()),
        (ACTIONS, package.actions()?.into_bytes()),
        (ACCESS, package.access(&iam)?.into_bytes()),
        (README, table::render(&census).into_bytes()),
    ];
    let stale: Vec<_> = files
        .iter()
        .filter(|(path, content)| fs::read(repository.join(path)).ok().as_ref() != Some(content))
        .collect();
    match request.mode {
        Mode::Check if !stale.is_empty() => {
            return Ok(Outcome::Stale(
                stale.iter().map(|(path, _)| *path).collect(),
            ));
        }
        Mode::Check => {}
        Mode::Write => {
            for (path, content) in stale {
                write(&repository.join(path), content)?;
            }
        }
    }
    Ok(Outcome::Done(report(catalog, &census, facts, bytes.len())))
}

fn report(catalog: Catalog, census: &Census, facts: u64, size: usize) -> String {
    let (kept, dropped) = census.totals();
    format!(
        "{} types in {} regions and {} extensions of {} {}, schemas of {}: {size} bytes\n\
         {kept} keywords kept, {dropped} dropped, {facts} facts compared with the package: equal",
        catalog.len(),
        catalog.regions().count(),
        catalog.extensions().count(),
        package::NAME,
        catalog.source_version(),
        catalog.schema_date(),
    )
}

/// Replaces a file in one step: a reader sees the old content or the new one.
fn write(path: &Path, content: &[u8]) -> Result<(), CatalogError> {
    let new = path.with_extension("new");
    path.parent()
        .map_or(Ok(()), fs::create_dir_all)
        .and_then(|()| fs::write(&new, content))
        .and_then(|()| fs::rename(&new, path))
        .map_err(|source| CatalogError::Write {
            path: path.to_owned(),
            source,
        })
}

/// The repository that this program was built in.
fn repository() -> PathBuf {
    let xtask = Path::new(env!("CARGO_MANIFEST_DIR"));
    xtask.parent().unwrap_or(xtask).to_owned()
}
