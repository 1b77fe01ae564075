//! `diff --env A --against B`: where two environments differ beyond what their files declare.
//!
//! The stacks are synthesized twice with the values of `B`, once under the name of `A`. What then differs, besides
//! the names, is not in any file: it is in the code, which treats the two environments differently.

mod rename;

use std::sync::Arc;

use stratiform_assembly::{Assembly, StackPolicy};
use stratiform_diff::{StackChange, diff_environment};
use stratiform_environment::{Loaded, Origin};
use stratiform_finding::Code;

use super::found::Laws;
use super::{Sides, compare, facts, shown};
use crate::args::{Diff, Global, ReviewFormat};
use crate::assemblies::synthesis::assemble;
use crate::definition::Definition;
use crate::exit::Exit;
use crate::report::Failure;
use crate::repository::project::Project;
use crate::secrets::shown_at;
use crate::view::Answer;
use crate::view::reviewed::Method;
use rename::Names;

/// Compares; the answer is no if there is a difference that no file declares.
pub(super) fn run(
    define: &dyn Definition,
    global: &Global,
    args: &Diff,
    against: &str,
) -> Result<Answer, Failure> {
    let [environment] = args.env.as_slice() else {
        return Err(Failure::new(
            Exit::Usage,
            Code::OneEnvironment,
            "one environment is compared with another",
            "give --env once: diff --env staging --against prod",
        ));
    };
    if environment == against {
        return Err(Failure::new(
            Exit::Usage,
            Code::OneEnvironment,
            format!("`{against}` is compared with itself"),
            "name another environment: diff --env staging --against prod",
        ));
    }
    let project = Project::find(global.environments.as_deref())?;
    let one = project.load_one(define, environment)?;
    let other = project.load_one(define, against)?;
    let source = |loaded: &Loaded| {
        let assembly =
            assemble(define, loaded).map_err(|findings| Failure::below(&project.root, findings))?;
        Ok::<_, Failure>(Assembly {
            account: None,
            ..assembly
        })
    };
    let target = source(&other)?;
    let declared = declared(&one, &other);
    let names = Names {
        from: environment,
        to: against,
    };
    let actual = renamed(source(&one)?, &names, &target);
    let actual = Sides::new(Some(actual), Some(target.clone()));
    let effects = diff_environment(&actual.pairs(&target));
    let resources: usize = effects.iter().map(|stack| stack.resources.len()).sum();
    let swapped = project.load_as(define, environment, against)?;
    let before = renamed(source(&swapped)?, &names, &target);
    let sides = Sides::new(Some(before), Some(target));
    let method = Method {
        before: format!("`{environment}` with the values of `{against}`"),
        after: format!("`{against}`"),
        facts: facts(),
    };
    let review = compare(vec![sides], method, args, &Laws::none())?;
    let undeclared: usize = review
        .stacks()
        .map(|stack| stack.resources.len() + stack.outputs.len())
        .sum();
    let mut stdout = String::new();
    if args.format == ReviewFormat::Text {
        stdout += &declared_text(&declared, environment, against, resources);
        if undeclared == 0 {
            stdout += &format!(
                "\nNothing else differs: `{environment}` and `{against}` are the same stacks with other values.\n"
            );
            return Ok(Answer::of(stdout));
        }
        stdout += "\nBeyond that, no file says why these differ:\n\n";
    }
    stdout += &shown(&review, global, args)?;
    let differs = review
        .changed()
        .any(|stack| stack.change != StackChange::Unchanged);
    Ok(Answer {
        exit: if differs { Exit::No } else { Exit::Done },
        ..Answer::of(stdout)
    })
}

/// A value that is declared differently.
struct Declared {
    path: String,
    one: Option<(String, String)>,
    other: Option<(String, String)>,
}

/// The values that differ, with the files that say so. The name is what the environments are told apart by.
fn declared(one: &Loaded, other: &Loaded) -> Vec<Declared> {
    let values = |loaded: &Loaded| {
        let values = loaded.values().map(|value| {
            let origin = match &value.origin {
                Origin::File { name, line } => format!("{name}:{line}"),
                Origin::BuiltIn => "built in".to_owned(),
            };
            // What is compared is the value, and not what is shown of it.
            let shown = match shown_at(&value.path, &value.value) {
                serde_json::Value::String(text) => text,
                value => value.to_string(),
            };
            (value.path.to_string(), (value.value, (shown, origin)))
        });
        values.collect::<indexmap::IndexMap<_, _>>()
    };
    let (one, other) = (values(one), values(other));
    let more = other.keys().filter(|path| !one.contains_key(*path));
    one.keys()
        .chain(more)
        .filter(|path| path.as_str() != "settings.name")
        .filter(|path| {
            let [one, other] = [&one, &other].map(|values| values.get(*path));
            one.map(|(value, _)| value) != other.map(|(value, _)| value)
        })
        // Where one has nothing and the other has entries, the entries say so.
        .filter(|path| {
            let below = format!("{path}.");
            [&one, &other].into_iter().all(|values| {
                values.contains_key(*path) || !values.keys().any(|other| other.starts_with(&below))
            })
        })
        .map(|path| Declared {
            path: path.clone(),
            one: one.get(path).map(|(_, said)| said.clone()),
            other: other.get(path).map(|(_, said)| said.clone()),
        })
        .collect()
}

fn declared_text(declared: &[Declared], one: &str, other: &str, resources: usize) -> String {
    let mut text = match (declared.len(), resources) {
        (0, _) => return format!("`{one}` and `{other}` have the same values.\n"),
        (values, resources) => format!(
            "{values} {} differently, and {resources} {} through it:\n\n",
            if values == 1 {
                "value is declared"
            } else {
                "values are declared"
            },
            if resources == 1 {
                "resource differs"
            } else {
                "resources differ"
            },
        ),
    };
    for difference in declared {
        let side = |side: &Option<(String, String)>| match side {
            Some((value, origin)) => format!("{value}  ({origin})"),
            None => "not there".to_owned(),
        };
        text += &format!("  {}\n", difference.path);
        text += &format!("    {one}: {}\n", side(&difference.one));
        text += &format!("    {other}: {}\n", side(&difference.other));
    }
    text
}

/// The stacks of one environment under the name of another. What is the same in both says nothing about the name, and
/// is left alone.
fn renamed(mut assembly: Assembly, names: &Names<'_>, target: &Assembly) -> Assembly {
    let (own, theirs) = (assembly.prefix(), target.prefix());
    for stack in &mut assembly.stacks {
        let key = own.as_ref().and_then(|own| own.key(&stack.name));
        if let (Some(key), Some(theirs)) = (key, &theirs) {
            stack.name = theirs.text(key);
        }
        let counterpart = target.stack(&stack.name);
        let other = counterpart.map(|other| &*other.template);
        stack.template = Arc::new(names.template(&stack.template, other));
        for (key, value) in &mut stack.tags {
            let other = counterpart.and_then(|other| other.tags.get(key));
            *value = names.text(value, other.map(String::as_str));
        }
        let policy = stack.policy.document();
        let other = counterpart.and_then(|other| other.policy.document());
        if let Some(policy) = policy {
            stack.policy = StackPolicy::Document(names.value(policy, other));
        }
    }
    assembly
}
