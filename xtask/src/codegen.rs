//! `cargo xtask codegen`: generates the structs of resource types and has the compiler check them.

use std::fs;
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use stratiform_catalog::catalog;

use crate::command::{cargo, root, run};

/// Which resource types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Which {
    /// Those of the most used services: at least 150.
    MostUsed,
    /// Every type of the catalog.
    All,
}

/// The services that most apps are made of: AWS's own list of the most used ones, without those that have no
/// resource types.
const MOST_USED: [&str; 21] = [
    "ApiGatewayV2",
    "ApplicationAutoScaling",
    "AutoScaling",
    "CertificateManager",
    "CloudFront",
    "CloudWatch",
    "Cognito",
    "DynamoDB",
    "ECR",
    "ECS",
    "EKS",
    "ElasticLoadBalancingV2",
    "Events",
    "IAM",
    "KMS",
    "Lambda",
    "Logs",
    "RDS",
    "S3",
    "SNS",
    "SQS",
];

/// Types of EC2 are many; these prefixes are the ones of networks and machines.
const EC2: &str = "EC2";

fn wanted(name: &str, which: Which) -> bool {
    let service = name.split("::").nth(1).unwrap_or_default();
    which == Which::All || service == EC2 || MOST_USED.contains(&service)
}

/// Does what the arguments say, and tells of it.
pub(crate) fn main(arguments: &[String]) -> ExitCode {
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match arguments.as_slice() {
        [] => compile(Which::MostUsed),
        ["--all"] => compile(Which::All),
        ["--kinds"] => write_kinds(),
        _ => {
            eprintln!("usage: cargo xtask codegen [--all | --kinds]");
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(seen) => {
            println!("{seen}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// The file of the kinds of text in `stratiform-stack`.
const KINDS: &str = "crates/stack/src/kinds/all.rs";

/// Writes the kinds of text that the whole catalog knows.
fn write_kinds() -> Result<String, String> {
    write(&root().join(KINDS), &stratiform_codegen::kinds()?)?;
    Ok(format!("{KINDS} is as the catalog says"))
}

fn check_kinds() -> Result<(), String> {
    let present = fs::read_to_string(root().join(KINDS)).unwrap_or_default();
    if present == stratiform_codegen::kinds()? {
        return Ok(());
    }
    Err(format!(
        "{KINDS} is not what the catalog says: run `cargo xtask codegen --kinds`"
    ))
}

/// Generates for every type, and has the compiler check those that are asked for.
///
/// # Errors
/// What cargo says, or a folder that cannot be written.
pub(crate) fn compile(which: Which) -> Result<String, String> {
    let started = Instant::now();
    let every: String = catalog()
        .resource_types()
        .map(|each| format!("{}\n", each.name()))
        .collect();
    generate(&every)?;
    let generated = started.elapsed();
    check_kinds()?;
    let names: Vec<&str> = catalog()
        .resource_types()
        .map(|each| each.name())
        .filter(|name| wanted(name, which))
        .collect();
    let folder = root().join("target/codegen");
    let source = generate(&names.join("\n"))?;
    write(&folder.join("Cargo.toml"), MANIFEST)?;
    write(
        &folder.join("src/lib.rs"),
        &format!("//! Generated.\n#![deny(warnings)]\n\n{source}"),
    )?;
    let mut check = cargo(["check", "--quiet", "--target-dir"]);
    run(check
        .arg(root().join("target/codegen/target"))
        .arg("--manifest-path")
        .arg(folder.join("Cargo.toml")))?;
    Ok(format!(
        "{} types generated in {} ms, {} of them ({} lines) compiled in {} s",
        every.lines().count(),
        generated.as_millis(),
        names.len(),
        source.lines().count(),
        (started.elapsed() - generated).as_secs(),
    ))
}

const MANIFEST: &str = r#"[package]
name = "codegen-check"
version = "0.0.0"
edition = "2024"

[dependencies]
stratiform-stack = { path = "../../crates/stack" }

[workspace]
"#;

fn generate(list: &str) -> Result<String, String> {
    stratiform_codegen::generate(list).map_err(|problems| {
        let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
        lines.join("\n")
    })
}

fn write(file: &Path, text: &str) -> Result<(), String> {
    let failed = |error: std::io::Error| format!("cannot write `{}`: {error}", file.display());
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    // The same text is not written again, so that cargo need not check it again.
    if fs::read_to_string(file).is_ok_and(|present| present == text) {
        return Ok(());
    }
    fs::write(file, text).map_err(failed)
}
