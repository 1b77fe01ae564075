//! The rules of a state of type `Choice`.

use stratiform_finding::words::{listed, meant, shortened};
use stratiform_template::{Path, Step};

use super::field::{self, Language};
use super::{tell, text};
use crate::schema::{Entries, Form, Look, Looked};

/// What compares, without the `Path` at the end of those that compare with another part of the input.
const COMPARES: [&str; 16] = [
    "BooleanEquals",
    "NumericEquals",
    "NumericGreaterThan",
    "NumericGreaterThanEquals",
    "NumericLessThan",
    "NumericLessThanEquals",
    "StringEquals",
    "StringGreaterThan",
    "StringGreaterThanEquals",
    "StringLessThan",
    "StringLessThanEquals",
    "TimestampEquals",
    "TimestampGreaterThan",
    "TimestampGreaterThanEquals",
    "TimestampLessThan",
    "TimestampLessThanEquals",
];

/// What asks about the variable alone.
const ASKS: [&str; 7] = [
    "IsBoolean",
    "IsNull",
    "IsNumeric",
    "IsPresent",
    "IsString",
    "IsTimestamp",
    "StringMatches",
];

/// What puts rules together.
const JOINS: [&str; 3] = ["And", "Not", "Or"];

/// What stands beside the operator.
const BESIDE: [&str; 4] = ["Variable", "Next", "Comment", "Assign"];

fn is_operator(name: &str) -> bool {
    let compared = name.strip_suffix("Path").unwrap_or(name);
    COMPARES.contains(&compared) || ASKS.contains(&name) || JOINS.contains(&name)
}

pub(super) fn check<'t>(
    look: &mut Look<'_, 't>,
    state: &Entries,
    language: Option<Language>,
    path: &Path<'_>,
) -> Looked<'t> {
    let Some(list) = state.get("Choices") else {
        return Ok(());
    };
    let path = path.key("Choices");
    let Some(items) = look.items(list)? else {
        return Ok(());
    };
    if items.is_empty() {
        let why = "it chooses between at least one rule and `Default`";
        tell(
            look,
            &path,
            "`Choices` is empty",
            why,
            "add a rule, or make it a `Pass`",
        );
    }
    for (position, item) in items {
        let path = path.below(Step::Index(position));
        let Some(rule) = field::map(look, item, &path)? else {
            continue;
        };
        field::formed(look, rule, "Next", Form::Scalar, &path)?;
        if look.may_grow(rule) {
            continue;
        }
        if look.given(rule, "Next")?.is_none() {
            let what = "a rule of a choice has no `Next`";
            tell(look, &path, what, "it says where it leads", "add `Next`");
        }
        match language {
            Some(Language::Path) => compares(look, rule, &path)?,
            Some(Language::Jsonata) if look.given(rule, "Condition")?.is_none() => {
                let what = "a rule of a choice has no `Condition`";
                let why = "in JSONata it is what decides";
                tell(look, &path, what, why, "add `Condition: \"{% … %}\"`");
            }
            Some(Language::Jsonata) | None => {}
        }
    }
    Ok(())
}

fn compares<'t>(look: &mut Look<'_, 't>, rule: &Entries, path: &Path<'_>) -> Looked<'t> {
    let mut operators = Vec::new();
    for name in rule.keys() {
        if look.given(rule, name)?.is_none() {
            continue;
        }
        if !JOINS.contains(&name.as_str()) && name != "Assign" {
            field::formed(look, rule, name, Form::Scalar, path)?;
        }
        if is_operator(name) {
            operators.push(name.as_str());
        } else if !BESIDE.contains(&name.as_str()) {
            let what = format!("a rule of a choice has no `{}`", shortened(name));
            let why = "it has a variable, and what compares it";
            let known = COMPARES.into_iter().chain(ASKS).chain(JOINS).chain(BESIDE);
            let help = meant(name, known).unwrap_or_else(|| "take it away".to_owned());
            tell(look, &path.key(name), what, why, help);
            return Ok(());
        }
    }
    match operators[..] {
        [] => {
            let why = "it needs one operator, such as `StringEquals`";
            let help = "add what the variable is compared with";
            tell(look, path, "a rule of a choice compares nothing", why, help);
        }
        [one] if JOINS.contains(&one) => joined(look, rule, one, path)?,
        [_] => {
            if let Some(variable) = text(look, rule, "Variable")?
                && !variable.starts_with('$')
            {
                let what = format!("`Variable` is `{}`", shortened(&variable));
                let help = format!("write `$.{variable}`");
                let path = path.key("Variable");
                tell(look, &path, what, "a path starts with `$`", help);
            }
            if look.given(rule, "Variable")?.is_none() {
                let what = "a rule of a choice has no `Variable`";
                tell(
                    look,
                    path,
                    what,
                    "it says what is compared",
                    "add `Variable: $.…`",
                );
            }
        }
        _ => {
            let what = format!("a rule of a choice has {}", listed(&operators));
            let why = "it has one operator";
            tell(look, path, what, why, "put them together with `And`");
        }
    }
    Ok(())
}

/// The rules that are put together.
fn joined<'t>(look: &mut Look<'_, 't>, rule: &Entries, name: &str, path: &Path<'_>) -> Looked<'t> {
    let Some(value) = look.given(rule, name)? else {
        return Ok(());
    };
    let path = path.key(name);
    if let Some(inner) = value.as_map() {
        return compares(look, inner, &path);
    }
    for (position, item) in look.items(value)?.unwrap_or_default() {
        if let Some(inner) = item.as_map() {
            compares(look, inner, &path.below(Step::Index(position)))?;
        }
    }
    Ok(())
}
