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

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs};

pub use list::{ListProblem, parse_list};

/// Generates Rust for resource types, sorted by name and without repetition.
///
/// # Errors
/// Every line that names no resource type, with the nearest that exists.
pub fn generate(list: &str) -> Result<String, Vec<ListProblem>> {
    let resource_types = parse_list(list)?;
    Ok(emit::emit(&model::Model::of(resource_types)))
}

/// Does the whole work of a build script: reads the list beside `Cargo.toml`, writes `resources.rs` into
/// `OUT_DIR`, and tells cargo when to do it again. What is wrong is printed as cargo expects it.
pub fn build(list: impl AsRef<Path>) -> ExitCode {
    match try_build(list.as_ref()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

fn try_build(list: &Path) -> Result<(), String> {
    println!("cargo::rerun-if-changed={}", list.display());
    let text = fs::read_to_string(list).map_err(|error| {
        format!(
            "cannot read the list of resource types `{}`: {error}",
            list.display()
        )
    })?;
    let generated = generate(&text).map_err(|problems| {
        let lines = problems
            .iter()
            .map(|problem| format!("{}:{problem}", list.display()));
        lines.collect::<Vec<_>>().join("\n")
    })?;
    let directory =
        env::var_os("OUT_DIR").ok_or("`OUT_DIR` is not set: call this from a build script")?;
    let file = PathBuf::from(directory).join("resources.rs");
    // Cargo compares times: the same text written again would compile everything again.
    if fs::read_to_string(&file).is_ok_and(|present| present == generated) {
        return Ok(());
    }
    fs::write(&file, generated)
        .map_err(|error| format!("cannot write `{}`: {error}", file.display()))
}
