//! State machines: their states, what each can have, and where it leads.
//!
//! Source: Amazon States Language specification; Step Functions developer guide, "State machine structure" and
//! `ValidateStateMachineDefinition`. cfn-lint: E3601, which does not see states that nothing leads to.

mod choice;
mod field;
mod flow;

use stratiform_finding::Code;
use stratiform_finding::words::{meant, shortened};
use stratiform_template::{Path, Value};

use self::field::Language;
use crate::schema::{Entries, Form, Look, Looked};

/// Looks at the definition of a state machine.
pub(super) fn check<'t>(look: &mut Look<'_, 't>, properties: &'t Entries, path: &Path<'_>) {
    for name in ["Definition", "DefinitionString"] {
        let _ = look.along(properties, &[name], path, &mut |look, value, path| {
            look.document(
                value,
                path,
                &mut |look, document, path| match document.as_map() {
                    Some(entries) => machine(look, entries, Some(Language::Path), path),
                    None => Ok(()),
                },
            )
        });
    }
}

fn tell(
    look: &mut Look<'_, '_>,
    path: &Path<'_>,
    what: impl Into<String>,
    why: impl Into<String>,
    help: impl Into<String>,
) {
    look.tell(path, Code::StateMachine, what, why, help);
}

/// The text of a field, where it is known: Step Functions puts other text in the place of `${…}`.
fn text<'t>(look: &Look<'_, 't>, entries: &Entries, name: &str) -> Looked<'t, Option<String>> {
    let text = look.word_of(entries, name)?;
    let is_known = |text: &str| !text.contains("${");
    Ok(text
        .filter(|text| is_known(text))
        .map(|text| text.into_owned()))
}

/// The query language that a machine or a state is written in; none where that is not known.
fn language<'t>(
    look: &Look<'_, 't>,
    entries: &Entries,
    around: Option<Language>,
) -> Looked<'t, Option<Language>> {
    if look.given(entries, "QueryLanguage")?.is_none() {
        return Ok(around);
    }
    let said = text(look, entries, "QueryLanguage")?;
    Ok(said.and_then(|said| Language::named(&said)))
}

/// What a machine has, and in which form.
const TOP: [(&str, Form); 7] = [
    ("Comment", Form::Scalar),
    ("ProcessorConfig", Form::Map),
    ("QueryLanguage", Form::Scalar),
    ("StartAt", Form::Scalar),
    ("States", Form::Map),
    ("TimeoutSeconds", Form::Scalar),
    ("Version", Form::Scalar),
];

/// A machine: the whole, a branch of `Parallel`, or what `Map` does with each item.
fn machine<'t>(
    look: &mut Look<'_, 't>,
    entries: &Entries,
    around: Option<Language>,
    path: &Path<'_>,
) -> Looked<'t> {
    look.at_each(path, |look| {
        for (name, value) in entries {
            let own = path.key(name);
            match TOP.iter().find(|(known, _)| known == name) {
                Some((_, form)) => field::formed(look, entries, name, *form, path)?,
                None if look.settled(value)?.is_some() && !name.starts_with("Fn::") => {
                    let what = format!("a state machine has no `{}`", shortened(name));
                    let why = "Step Functions refuses what it does not have";
                    let known = TOP.iter().map(|(known, _)| *known);
                    let help = meant(name, known).unwrap_or_else(|| "take it away".to_owned());
                    tell(look, &own, what, why, help);
                }
                None => {}
            }
        }
        for name in ["StartAt", "States"] {
            if look.given(entries, name)?.is_none() && !look.may_grow(entries) {
                let what = format!("the state machine has no `{name}`");
                let why = "it has states, and one that it starts at";
                tell(look, path, what, why, format!("add `{name}`"));
            }
        }
        Ok(())
    })?;
    let outside = path;
    look.along(entries, &["States"], path, &mut |look, value, path| {
        let Some(states) = value.as_map().filter(|states| !look.may_grow(states)) else {
            return Ok(());
        };
        flow::start(look, entries, states, outside)?;
        flow::check(look, entries, states, path)?;
        for (name, value) in states {
            let path = path.key(name);
            if name.chars().count() > LONGEST {
                let what = format!(
                    "the name `{}` has {} characters",
                    shortened(name),
                    name.chars().count()
                );
                let why = format!("names of states have at most {LONGEST}");
                tell(look, &path, what, why, "shorten it");
            }
            look.inside(value, &path, &mut |look, value, path| match value {
                Value::Map(state) => state_of(look, entries, state, around, path),
                Value::Function(..) => Ok(()),
                _ => {
                    let help = "write it as a map, with its `Type`";
                    tell(look, path, "a state is no map", "a state is a map", help);
                    Ok(())
                }
            })?;
        }
        Ok(())
    })
}

/// How long a state's name can be.
const LONGEST: usize = 80;

fn state_of<'t>(
    look: &mut Look<'_, 't>,
    machine_of: &Entries,
    state: &Entries,
    around: Option<Language>,
    path: &Path<'_>,
) -> Looked<'t> {
    look.at_each(path, |look| {
        let outer = language(look, machine_of, around)?;
        let inner = language(look, state, outer)?;
        if (outer, inner) == (Some(Language::Jsonata), Some(Language::Path)) {
            let what = "a state is written in JSONPath, and the state machine in JSONata";
            let why = "states of a machine in JSONata are all in JSONata";
            let help = "take it away, and write the state in JSONata";
            tell(look, &path.key("QueryLanguage"), what, why, help);
            return Ok(());
        }
        field::check(look, state, inner, path)
    })?;
    for (name, way) in [
        ("Branches", &["Branches", "*"][..]),
        ("ItemProcessor", &["ItemProcessor"][..]),
        ("Iterator", &["Iterator"][..]),
    ] {
        if !state.contains_key(name) {
            continue;
        }
        look.along(state, way, path, &mut |look, value, path| {
            let Some(entries) = field::map(look, value, path)? else {
                return Ok(());
            };
            // Whether what a state says of its language holds inside of it, no page says.
            let around = match state.contains_key("QueryLanguage") {
                true => None,
                false => language(look, machine_of, around).ok().flatten(),
            };
            machine(look, entries, around, path)
        })?;
    }
    Ok(())
}
