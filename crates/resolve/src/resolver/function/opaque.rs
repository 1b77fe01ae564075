//! Functions that cannot be evaluated here: known by their names and arguments.

use std::hash::{DefaultHasher, Hash, Hasher};

use stratiform_template::{Function, Value};

use crate::outcome::Outcome;
use crate::resolved::Resolved;
use crate::resolver::Resolver;
use crate::text::{Secret, Segment, Style, Text, Time};

impl<'t> Resolver<'_, 't> {
    /// A function that cannot be evaluated here.
    pub(super) fn opaque(&self, function: Function, arguments: &[&Resolved<'t>]) -> Outcome<'t> {
        self.opaque_on(function, arguments, 0)
    }

    /// The same, where more than the arguments decides: the content of a mapping, the expression of a condition.
    pub(super) fn opaque_on(
        &self,
        function: Function,
        arguments: &[&Resolved<'t>],
        basis: u64,
    ) -> Outcome<'t> {
        Outcome::Unknown(self.opaque_text(function, arguments, basis))
    }

    pub(super) fn opaque_text(
        &self,
        function: Function,
        arguments: &[&Resolved<'t>],
        basis: u64,
    ) -> Text {
        let shown: Vec<String> = arguments
            .iter()
            .map(|argument| argument.shown(Style::Expression))
            .collect();
        let what = format!("{function} {}", shown.join(" "));
        let mut uses = Vec::new();
        let mut time = Time::Now;
        let mut secrets = String::new();
        let mut fault = None;
        for argument in arguments {
            argument.for_each_text(&mut |text| {
                uses.extend(text.uses.iter().cloned());
                time = time.max(text.time());
                for segment in &text.segments {
                    match segment {
                        Segment::Secret(secret) => secrets += secret.reveal(),
                        Segment::Unknown { fault: found, .. } if fault.is_none() => {
                            fault.clone_from(found);
                        }
                        Segment::Known(_) | Segment::Resource { .. } | Segment::Unknown { .. } => {}
                    }
                }
            });
        }
        uses.sort();
        uses.dedup();
        let unknown = |what: String, fault| Segment::Unknown {
            what,
            time,
            basis,
            fault,
        };
        let mut segments = Vec::new();
        if secrets.is_empty() {
            segments.push(unknown(what, fault));
        } else {
            segments.push(Segment::Secret(Secret::new(format!(
                "{what}{secrets}{basis}"
            ))));
            if time == Time::AfterApply || fault.is_some() {
                segments.push(unknown(function.to_string(), fault));
            }
        }
        Text { segments, uses }
    }
}

/// A digest for comparing within one run.
pub(in crate::resolver) fn digest(value: &Value) -> u64 {
    let mut hasher = DefaultHasher::new();
    hash(value, &mut hasher);
    hasher.finish()
}

/// The digest of several values.
pub(super) fn digest_all(values: &[Value]) -> u64 {
    let mut hasher = DefaultHasher::new();
    values.iter().for_each(|value| hash(value, &mut hasher));
    hasher.finish()
}

fn hash(value: &Value, hasher: &mut impl Hasher) {
    value.walk(&mut |value| {
        std::mem::discriminant(value).hash(hasher);
        match value {
            Value::Null => {}
            Value::Bool(boolean) => boolean.hash(hasher),
            Value::Number(number) => number.hash(hasher),
            Value::String(text) => text.hash(hasher),
            Value::List(items) => items.len().hash(hasher),
            Value::Map(entries) => {
                entries.len().hash(hasher);
                entries.keys().for_each(|key| key.hash(hasher));
            }
            Value::Function(function, _) => function.hash(hasher),
        }
    });
}
