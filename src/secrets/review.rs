//! What `diff` shows, without secrets: what changes is known, and what it was or is, is not shown.

use std::borrow::Cow;

use stratiform_assembly::StackAt;
use stratiform_changes::{ChangedAttribute, ChangedResource, Context};
use stratiform_diff::StackDiff;
use stratiform_resolve::{Resolved, Segment};
use stratiform_template::Template;
use stratiform_validate::secret::{Hidden, masked, shown};

/// The text of a template as it may be shown.
pub(crate) fn text(template: &Template) -> String {
    let text = shown(template).to_yaml();
    match masked(&text) {
        Cow::Owned(hidden) => hidden,
        Cow::Borrowed(_) => text,
    }
}

/// Takes out of what is said of a change what is a secret on either of its sides.
pub(crate) fn hide(diff: &mut StackDiff, sides: [Option<&StackAt>; 2]) {
    let templates = sides.into_iter().flatten().map(|side| &*side.template);
    let hidden = Hidden::of(templates);
    for change in &mut diff.resources {
        resource(change, &hidden);
    }
    for output in &mut diff.outputs {
        for side in [&mut output.before, &mut output.after]
            .into_iter()
            .flatten()
        {
            value(&mut side.value, &hidden);
            side.export.iter_mut().for_each(|it| value(it, &hidden));
        }
    }
    for parameter in &mut diff.parameters {
        let sides = [&mut parameter.before, &mut parameter.after];
        sides
            .into_iter()
            .flatten()
            .for_each(|it| value(it, &hidden));
    }
    for consequence in &mut diff.consequences {
        let words = [&mut consequence.what, &mut consequence.why].into_iter();
        let words = words.chain(&mut consequence.details);
        words
            .chain(&mut consequence.help)
            .for_each(|it| words_of(it, &hidden));
    }
    for note in &mut diff.notes {
        words_of(&mut note.what, &hidden);
        note.help.iter_mut().for_each(|it| words_of(it, &hidden));
    }
}

fn resource(change: &mut ChangedResource, hidden: &Hidden) {
    let details = change.references.iter_mut().chain(&mut change.values);
    for detail in details.chain(&mut change.propagated) {
        let ChangedAttribute { before, after, .. } = detail;
        [before, after]
            .into_iter()
            .flatten()
            .for_each(|it| value(it, hidden));
    }
    let contexts = [&mut change.before, &mut change.after, &mut change.described];
    for context in contexts.into_iter().flatten() {
        let Context {
            properties,
            metadata,
            update_policy,
            ..
        } = context;
        value(properties, hidden);
        [metadata, update_policy]
            .into_iter()
            .flatten()
            .for_each(|it| value(it, hidden));
    }
}

fn value(resolved: &mut Resolved<'static>, hidden: &Hidden) {
    match resolved {
        Resolved::Null => {}
        Resolved::Literal(text) => {
            if let Cow::Owned(without) = hidden.out_of(text) {
                *text = Cow::Owned(without);
            }
        }
        Resolved::Text(text) => {
            for segment in &mut text.segments {
                match segment {
                    Segment::Known(text)
                    | Segment::Unknown { what: text, .. }
                    | Segment::Resource {
                        now: Some(text), ..
                    } => words_of(text, hidden),
                    Segment::Resource { now: None, .. } | Segment::Secret(_) => {}
                }
            }
        }
        Resolved::List(items) => items.iter_mut().for_each(|it| value(it, hidden)),
        Resolved::Map(entries) => entries.values_mut().for_each(|it| value(it, hidden)),
    }
}

fn words_of(text: &mut String, hidden: &Hidden) {
    if let Cow::Owned(without) = hidden.out_of(text) {
        *text = without;
    }
}
