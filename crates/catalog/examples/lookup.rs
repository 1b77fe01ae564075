//! Measures the first lookup in a cold process: one type, and a walk over all its properties.
//!
//! `cargo run -p stratiform-catalog --release --example lookup -- AWS::RDS::DBInstance`

use std::process::ExitCode;
use std::time::Instant;
use stratiform_catalog::Schema;

/// Deep enough for every property; definitions may refer to themselves.
const MAX_DEPTH: usize = 6;

fn main() -> ExitCode {
    let name = std::env::args()
        .nth(1)
        .unwrap_or("AWS::RDS::DBInstance".to_owned());
    let start = Instant::now();
    let Some(found) = stratiform_catalog::catalog().resource_type(&name) else {
        eprintln!("no resource type `{name}`");
        return ExitCode::FAILURE;
    };
    let looked_up = start.elapsed();
    let properties = found.schema().properties().count();
    let listed = start.elapsed();
    let values = count(found.schema(), 0);
    let walked = start.elapsed();
    println!(
        "{name}: found in {:.1} µs; with its {properties} properties listed {:.1} µs; \
         with {values} nested ones, {MAX_DEPTH} deep, {:.1} µs",
        looked_up.as_secs_f64() * 1e6,
        listed.as_secs_f64() * 1e6,
        walked.as_secs_f64() * 1e6,
    );
    ExitCode::SUCCESS
}

fn count(schema: Schema, depth: usize) -> usize {
    if depth == MAX_DEPTH {
        return 0;
    }
    let schema = schema.resolve();
    let properties = schema
        .properties()
        .map(|(_, property)| 1 + count(property, depth + 1));
    properties.sum::<usize>() + schema.items().map_or(0, |items| count(items, depth + 1))
}
