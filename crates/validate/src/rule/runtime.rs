//! Runtimes of Lambda functions: which are deprecated, and which functions cannot be made or changed any more.
//!
//! Source: Lambda developer guide, "Lambda runtimes" (`data/runtimes.tsv`). What is over on the day of the catalog is
//! over; the clock is never asked. cfn-lint: E2531, E2533, W2531, which ask the clock.

use stratiform_catalog::catalog;
use stratiform_finding::{Code, Level};
use stratiform_template::{Path, Step, Value};

use crate::schema::{Entries, Look};

static TABLE: &str = include_str!("../../data/runtimes.tsv");

/// When a runtime ends. Days are compared as text; a day that nobody knows is later than all.
struct Runtime {
    deprecated: &'static str,
    create: &'static str,
    update: &'static str,
    successor: Option<&'static str>,
}

const NEVER: &str = "9999";

fn runtime(name: &str) -> Option<Runtime> {
    let lines = TABLE.lines().filter(|line| !line.starts_with('#'));
    let day = |text: &'static str| if text == "-" { NEVER } else { text };
    lines.into_iter().find_map(|line| {
        let mut cells = line.split('\t');
        if cells.next() != Some(name) {
            return None;
        }
        Some(Runtime {
            deprecated: day(cells.next()?),
            create: day(cells.next()?),
            update: day(cells.next()?),
            successor: cells.next().filter(|successor| *successor != "-"),
        })
    })
}

/// Looks at the runtime of a function of SAM: its own, or that of all.
pub(super) fn serverless<'t>(look: &mut Look<'_, 't>, properties: &'t Entries, path: &Path<'_>) {
    check(look, properties, path);
    let template = look.scene.template;
    let globals = template.unknown.get("Globals").and_then(Value::as_map);
    let function = globals.and_then(|globals| globals.get("Function")?.as_map());
    if let Some(function) = function.filter(|_| !properties.contains_key("Runtime")) {
        let globals = Path {
            up: None,
            step: Step::Key("Globals"),
        };
        check(look, function, &globals.key("Function"));
    }
}

/// Looks at the runtime of a function.
pub(super) fn check<'t>(look: &mut Look<'_, 't>, properties: &'t Entries, path: &Path<'_>) {
    let _ = look.along(properties, &["Runtime"], path, &mut |look, value, path| {
        look.at_each(path, |look| {
            if let Some(name) = look.word(value)?
                && let Some(known) = runtime(&name)
            {
                ended(look, &name, &known, path);
            }
            Ok(())
        })
    });
}

fn ended(look: &mut Look<'_, '_>, name: &str, known: &Runtime, path: &Path<'_>) {
    let today = catalog().schema_date();
    let over = |day: &str| *day <= *today;
    let (code, level, why) = if over(known.update) {
        let why = format!(
            "Lambda neither makes nor changes functions with it since {}",
            known.update
        );
        (Code::RuntimeEnded, Level::Error, why)
    } else if over(known.create) {
        let why = format!("Lambda makes no functions with it since {}", known.create);
        (Code::RuntimeEnded, Level::Error, why)
    } else if over(known.deprecated) {
        let until = match known.create {
            NEVER => String::new(),
            day => format!("; from {day} on no function can be made with it"),
        };
        let why = format!("it gets no fixes since {}{until}", known.deprecated);
        (Code::RuntimeDeprecated, Level::Warning, why)
    } else {
        return;
    };
    let what = match code {
        Code::RuntimeEnded => format!("the runtime `{name}` has ended"),
        _ => format!("the runtime `{name}` is deprecated"),
    };
    let help = match known.successor {
        Some(successor) => format!("use `{successor}`"),
        None => "use a newer one".to_owned(),
    };
    look.tell_as(level, path, code, what, why, help);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_read() {
        let lines = TABLE.lines().filter(|line| !line.starts_with('#'));
        for line in lines {
            let name = line.split('\t').next().unwrap();
            let known = runtime(name).unwrap();
            for day in [known.deprecated, known.create, known.update] {
                assert!(day == NEVER || day.len() == 10, "{line}");
            }
            let successor = known.successor.map(runtime);
            assert!(
                successor.is_none_or(|successor| successor.is_some()),
                "{line}"
            );
        }
    }
}
