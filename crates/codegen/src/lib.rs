//! Typed Rust structs for the resource types that a crate lists, from the catalog.
//!
//! A crate that defines stacks has a file with one resource type per line and a build script of one line:
//!
//! ```no_run
//! fn main() -> std::process::ExitCode {
//!     stratiform_codegen::build("resources.txt")
//! }
//! ```
//!
//! The generated module is included with `include!(concat!(env!("OUT_DIR"), "/resources.rs"));`. Editing a
//! stack regenerates nothing: only the list and the catalog do.
//!
//! What lives here: [`generate`], from a list to Rust. What the generated code stands on (handles,
//! properties, references) is `stratiform-stack`.

mod emit;
mod list;
mod lowering;
mod model;
mod name;
mod shared;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs};

use stratiform_catalog::{ResourceType, catalog};

pub use list::{ListProblem, parse_list};

use model::{Kind, Model};
use shared::Shared;

/// Generates Rust for resource types, sorted by name and without repetition.
///
/// # Errors
/// Every line that names no resource type, with the nearest that exists.
pub fn generate(list: &str) -> Result<String, Vec<ListProblem>> {
    let resource_types = parse_list(list)?;
    Ok(emit::emit(&Model::of(resource_types)))
}

/// The kinds of text of the whole catalog, as the file that `stratiform-stack` includes.
///
/// # Errors
/// A choice of kinds that generated code would not know of.
pub fn kinds() -> Result<String, String> {
    let model = Model::of(catalog().resource_types());
    let choices = Kind::choices();
    let unknown = model
        .kinds
        .values()
        .find(|kind| kind.formats.len() > 1 && !choices.contains(kind));
    match unknown {
        Some(kind) => Err(format!(
            "`{}` is no known choice of kinds: add it to `CHOICES`",
            kind.name()
        )),
        None => Ok(emit::emit_kinds(&model.kinds)),
    }
}

/// Does the whole work of a build script: reads the list beside `Cargo.toml`, writes `resources.rs` into
/// `OUT_DIR`, and tells cargo when to do it again. What is wrong is printed as cargo expects it.
///
/// A type that a crate depended on shares (as `stratiform-parts` does) is not generated again: the module has that
/// one, so that its handles and properties are of one type everywhere.
pub fn build(list: impl AsRef<Path>) -> ExitCode {
    finish(try_build(list.as_ref()).map(|_| ()))
}

/// Does what [`build`] does, for a crate that shares its types with those that depend on it. `module` is the path by
/// which they find its resources: `::stratiform_parts::resources`. Its `Cargo.toml` needs a `links` key.
pub fn build_shared(list: impl AsRef<Path>, module: &str) -> ExitCode {
    finish(try_build(list.as_ref()).map(|resource_types| shared::share(module, &resource_types)))
}

fn finish(built: Result<(), String>) -> ExitCode {
    match built {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

fn try_build(list: &Path) -> Result<Vec<ResourceType>, String> {
    println!("cargo::rerun-if-changed={}", list.display());
    let text = fs::read_to_string(list).map_err(|error| {
        format!(
            "cannot read the list of resource types `{}`: {error}",
            list.display()
        )
    })?;
    let resource_types = parse_list(&text).map_err(|problems| {
        let lines = problems
            .iter()
            .map(|problem| format!("{}:{problem}", list.display()));
        lines.collect::<Vec<_>>().join("\n")
    })?;
    let model = Model::beside(&Shared::of_dependencies(), resource_types.iter().copied());
    let generated = emit::emit(&model);
    let directory =
        env::var_os("OUT_DIR").ok_or("`OUT_DIR` is not set: call this from a build script")?;
    let file = PathBuf::from(directory).join("resources.rs");
    // Cargo compares times: the same text written again would compile everything again.
    if fs::read_to_string(&file).is_ok_and(|present| present == generated) {
        return Ok(resource_types);
    }
    fs::write(&file, generated)
        .map_err(|error| format!("cannot write `{}`: {error}", file.display()))?;
    Ok(resource_types)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shared_is_not_generated_again() {
        let shared = Shared::parse("::parts::resources AWS::EC2::VPC AWS::SQS::Queue").unwrap();
        let list = parse_list("AWS::EC2::Subnet\nAWS::EC2::VPC\n").unwrap();
        let source = emit::emit(&Model::beside(&[shared], list));
        let has = |line: &str| source.lines().any(|generated| generated == line);
        assert!(has("/// AWS::EC2::Subnet, AWS::EC2::VPC."));
        assert!(has("pub use ::parts::resources::ec2::{Vpc, vpc};"));
        assert!(!has("pub struct Vpc {"));
        assert!(has("pub struct Subnet {"));
        assert!(!source.contains("Queue"));
    }

    #[test]
    fn what_is_generated_for_a_type_does_not_depend_on_the_others() {
        let alone = generate("AWS::KMS::Key").unwrap();
        let beside = generate("AWS::KMS::Alias\nAWS::KMS::Key\nAWS::SQS::Queue").unwrap();
        let beside: Vec<&str> = beside.lines().collect();
        let missing = alone
            .lines()
            .skip_while(|line| !line.starts_with("pub mod kms"))
            .find(|line| !beside.contains(line));
        assert_eq!(missing, None);
    }
}
