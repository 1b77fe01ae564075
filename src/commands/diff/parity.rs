//! `diff --env A --against B`: where two environments differ beyond what their files declare.
//!
//! The stacks are synthesized twice with the values of `B`, once under the name of `A`. What then differs, besides
//! the names, is not in any file: it is in the code, which treats the two environments differently.

use std::sync::Arc;

use serde_json::Value;
use stratiform_diff::{StackChange, diff_environment};
use stratiform_environment::{Environment, Loaded, Origin};
use stratiform_finding::Code;
use stratiform_template::Template;

use super::{Sides, compare, facts, pairs, show};
use crate::Define;
use crate::args::{Diff, Global, ReviewFormat};
use crate::exit::Exit;
use crate::project::Project;
use crate::report::Failure;
use crate::review::Method;
use crate::source::Source;
use crate::synthesis::assemble;
use crate::view;

/// Compares and shows; the answer is no if there is a difference that no file declares.
pub(super) fn run<E: Environment>(
    define: Define<E>,
    global: &Global,
    args: &Diff,
    against: &str,
) -> Result<Exit, Failure> {
    let [environment] = args.env.as_slice() else {
        return Err(Failure::new(
            Exit::Usage,
            Code::OneEnvironment,
            "one environment is compared with another",
            "give --env once: diff --env staging --against prod",
        ));
    };
    let project = Project::find(global.environments.as_deref())?;
    let one = project.load_one::<E>(environment)?;
    let other = project.load_one::<E>(against)?;
    let source = |loaded: &Loaded<E>| {
        let assembly =
            assemble(define, loaded).map_err(|findings| Failure::below(&project.root, findings))?;
        Ok::<_, Failure>(Source::synthesized(assembly, None))
    };
    let target = source(&other)?;
    let declared = declared(&one, &other);
    let actual = Sides {
        before: Some(renamed(source(&one)?, environment, against, &target)),
        after: Some(target.clone()),
    };
    let effects = diff_environment(&pairs(&actual, &target));
    let resources: usize = effects.iter().map(|stack| stack.resources.len()).sum();
    let swapped = project.load_as::<E>(environment, against)?;
    let sides = Sides {
        before: Some(renamed(source(&swapped)?, environment, against, &target)),
        after: Some(target),
    };
    let method = Method {
        before: format!("`{environment}` with the values of `{against}`"),
        after: format!("`{against}`"),
        facts: facts(),
    };
    let review = compare(vec![sides], method, args)?;
    let undeclared: usize = review
        .stacks()
        .map(|stack| stack.resources.len() + stack.outputs.len())
        .sum();
    if args.format == ReviewFormat::Text {
        view::stdout(&declared_text(&declared, environment, against, resources))?;
        if undeclared == 0 {
            view::stdout(&format!(
                "\nNothing else differs: `{environment}` and `{against}` are the same stacks with other values.\n"
            ))?;
            return Ok(Exit::Done);
        }
        view::stdout("\nBeyond that, no file says why these differ:\n\n")?;
    }
    show(&review, global, args)?;
    let differs = review
        .changed()
        .any(|stack| stack.change != StackChange::Unchanged);
    Ok(if differs { Exit::No } else { Exit::Done })
}

/// A value that is declared differently.
struct Declared {
    path: String,
    one: Option<(String, String)>,
    other: Option<(String, String)>,
}

/// The values that differ, with the files that say so. The name is what the environments are told apart by.
fn declared<E: Environment>(one: &Loaded<E>, other: &Loaded<E>) -> Vec<Declared> {
    let values = |loaded: &Loaded<E>| {
        let values = loaded.values().map(|value| {
            let origin = match &value.origin {
                Origin::File { name, line } => format!("{name}:{line}"),
                Origin::BuiltIn => "built in".to_owned(),
            };
            let shown = match &value.value {
                serde_json::Value::String(text) => text.clone(),
                value => value.to_string(),
            };
            (value.path.to_string(), (shown, origin))
        });
        values.collect::<indexmap::IndexMap<_, _>>()
    };
    let (one, other) = (values(one), values(other));
    let more = other.keys().filter(|path| !one.contains_key(*path));
    one.keys()
        .chain(more)
        .filter(|path| path.as_str() != "settings.name")
        .filter(|path| {
            let value = |values: &indexmap::IndexMap<String, (String, String)>| {
                values.get(*path).map(|(value, _)| value.clone())
            };
            value(&one) != value(&other)
        })
        .map(|path| Declared {
            path: path.clone(),
            one: one.get(path).cloned(),
            other: other.get(path).cloned(),
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
fn renamed(mut source: Source, from: &str, to: &str, target: &Source) -> Source {
    for stack in &mut source.stacks {
        stack.name = stack
            .name
            .replacen(&format!("-{from}-"), &format!("-{to}-"), 1);
        let counterpart = target.stack(&stack.name);
        let json = |template: &Template| serde_json::from_str(&template.to_json()).ok();
        let other: Option<Value> = counterpart.and_then(|other| json(&other.template));
        let renamed = json(&stack.template).map(|own| renamed_json(own, other.as_ref(), from, to));
        // Our own JSON with other words in it is a template.
        if let Some(template) = renamed.and_then(|json| Template::parse(&json.to_string()).ok()) {
            stack.template = Arc::new(template);
        }
        for (key, value) in &mut stack.tags {
            *value = match counterpart.and_then(|other| other.tags.get(key)) {
                Some(other) => rename_as(value, other, from, to),
                None => rename(value, from, to),
            };
        }
    }
    source
}

fn renamed_json(value: Value, other: Option<&Value>, from: &str, to: &str) -> Value {
    match value {
        same if Some(&same) == other => same,
        Value::String(text) => Value::String(match other.and_then(Value::as_str) {
            Some(other) => rename_as(&text, other, from, to),
            None => rename(&text, from, to),
        }),
        Value::Array(items) => {
            let items = items.into_iter().enumerate();
            items
                .map(|(index, item)| {
                    renamed_json(item, other.and_then(|other| other.get(index)), from, to)
                })
                .collect()
        }
        Value::Object(entries) => entries
            .into_iter()
            .map(|(key, value)| {
                let same = other.is_some_and(|other| other.get(&key).is_some());
                let key = if same { key } else { rename(&key, from, to) };
                let other = other.and_then(|other| other.get(&key));
                (key, renamed_json(value, other, from, to))
            })
            .collect(),
        other => other,
    }
}

/// Replaces a word where another text has the new one in its place.
fn rename_as(text: &str, other: &str, from: &str, to: &str) -> String {
    let mut renamed = String::with_capacity(text.len());
    let (mut rest, mut other) = (text, other);
    while let Some(letter) = rest.chars().next() {
        let both = rest.strip_prefix(from).zip(other.strip_prefix(to));
        if let Some((after, other_after)) = both {
            renamed.push_str(to);
            (rest, other) = (after, other_after);
            continue;
        }
        renamed.push(letter);
        rest = &rest[letter.len_utf8()..];
        let same = other.chars().next().map_or(0, char::len_utf8);
        other = &other[same..];
    }
    renamed
}

/// Replaces a word wherever it stands for itself.
fn rename(text: &str, from: &str, to: &str) -> String {
    let mut renamed = String::with_capacity(text.len());
    let mut rest = text;
    let mut before = None;
    while let Some(start) = rest.find(from) {
        let end = start + from.len();
        let previous = rest[..start].chars().next_back().or(before);
        let next = rest[end..].chars().next();
        let word = |neighbour: Option<char>| neighbour.is_none_or(|c| !c.is_ascii_alphanumeric());
        renamed.push_str(&rest[..start]);
        renamed.push_str(if word(previous) && word(next) {
            to
        } else {
            from
        });
        before = from.chars().next_back();
        rest = &rest[end..];
    }
    renamed + rest
}

#[cfg(test)]
mod tests {
    use super::{rename, rename_as};

    #[test]
    fn words_are_renamed_where_the_other_text_has_them() {
        let cases = [
            ("eu-west-1 shop-eu-dr", "eu-west-1 shop-us-dr"),
            ("prod-bucket", "prod-bucket"),
            ("euro", "usro"),
        ];
        for (text, other) in cases {
            assert_eq!(rename_as(text, other, "eu", "us"), other);
        }
        assert_eq!(rename_as("eu-a", "x", "eu", "us"), "eu-a");
    }

    #[test]
    fn only_whole_words_are_renamed() {
        let cases = [
            ("shop-dev-network", "shop-prod-network"),
            ("dev", "prod"),
            ("device devdev dev-dev", "device devdev prod-prod"),
            ("\"dev\": /dev/", "\"prod\": /prod/"),
        ];
        for (text, expected) in cases {
            assert_eq!(rename(text, "dev", "prod"), expected);
        }
    }
}
