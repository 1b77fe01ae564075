//! Templates, and what is said of them, without the secrets that are written out.

use std::borrow::Cow;

use stratiform_template::{Member, Template, Value};

use super::template::written;
use super::{masked, starred};

/// A template that may be shown: as [`stratiform_resolve::hidden`] has it, with stars in the place of every secret.
pub fn shown(template: &Template) -> Template {
    let mut shown = stratiform_resolve::hidden(template);
    for secret in written(template) {
        if let Some(value) = value_at(&mut shown, &secret.path) {
            star(value, &secret.text);
        }
    }
    shown
}

/// The secrets of some templates, to be taken out of what is said of those. They are what is hidden: there is neither
/// `Debug` nor `Display`.
pub struct Hidden {
    /// The longest first: one may be in another.
    texts: Vec<String>,
}

impl Hidden {
    /// Those of these templates.
    pub fn of<'t>(templates: impl IntoIterator<Item = &'t Template>) -> Hidden {
        let written = templates.into_iter().flat_map(written);
        // Passwords that only their property tells may be words of any sentence; values have them hidden already.
        let told = written.filter(|secret| secret.kind.is_some());
        let mut texts: Vec<String> = told.map(|secret| secret.text.into_owned()).collect();
        texts.sort_by(|one, other| (other.len(), other).cmp(&(one.len(), one)));
        texts.dedup();
        Hidden { texts }
    }

    /// The text with stars in their place, and in that of what is a secret by its form.
    pub fn out_of<'s>(&self, text: &'s str) -> Cow<'s, str> {
        let mut shown = masked(text);
        for secret in &self.texts {
            if shown.contains(secret) {
                shown = Cow::Owned(shown.replace(secret, &stars(secret)));
            }
        }
        shown
    }
}

fn stars(text: &str) -> String {
    starred(text, std::iter::once(0..text.len()))
}

/// Puts stars in the place of a secret. Where it is put together of several texts, nothing of them is shown.
fn star(value: &mut Value, secret: &str) {
    match value {
        Value::String(text) if text.contains(secret) => {
            *text = text.replace(secret, &stars(secret)).into()
        }
        Value::List(items) => items.iter_mut().for_each(star_all),
        _ => {}
    }
}

fn star_all(value: &mut Value) {
    match value {
        Value::String(text) => *text = stars(text).into(),
        Value::List(items) => items.iter_mut().for_each(star_all),
        Value::Map(entries) => entries.values_mut().for_each(star_all),
        // What a function gives is no secret that is written out.
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Function(..) => {}
    }
}

/// What stands at a path of [`written`].
fn value_at<'t>(template: &'t mut Template, path: &[String]) -> Option<&'t mut Value> {
    let (section, path) = path.split_first()?;
    let first = path.split_first();
    let (value, below) = match (section.as_str(), first) {
        ("Metadata", Some((name, below))) => (template.metadata.get_mut(name)?, below),
        ("Mappings", Some((name, below))) => (template.mappings.get_mut(name)?, below),
        ("Parameters", Some((name, below))) => {
            let parameter = template.parameters.get_mut(name)?;
            (parameter.default.as_mut()?, below.get(1..)?)
        }
        ("Resources", Some((name, below))) => match template.resources.get_mut(name)? {
            Member::One(resource) => match below {
                [part, name, below @ ..] if part == "Properties" => {
                    (resource.properties.get_mut(name)?, below)
                }
                [_, below @ ..] => (resource.metadata.as_mut()?, below),
                [] => return None,
            },
            Member::Unexpanded(value) => (value, below),
        },
        ("Outputs", Some((name, below))) => match template.outputs.get_mut(name)? {
            Member::One(output) => (&mut output.value, below.get(1..)?),
            Member::Unexpanded(value) => (value, below),
        },
        (other, _) => (template.unknown.get_mut(other)?, path),
    };
    below.iter().try_fold(value, |value, step| match value {
        Value::Map(entries) => entries.get_mut(step),
        Value::List(items) => items.get_mut(step.parse::<usize>().ok()?),
        Value::Function(function, argument) if function.name() == step => Some(&mut **argument),
        _ => None,
    })
}
