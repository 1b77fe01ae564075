//! What changes in a resource, an output or a parameter: a path, the value before and after, and why.

use std::borrow::Cow;
use std::collections::HashMap;

use indexmap::{IndexMap, IndexSet};
use stratiform_changes::{
    Attribute, ChangeSource, ChangedAttribute, ChangedResource, Edit, Replacement,
};
use stratiform_diff::{OutputChange, OutputValue, ParameterChange, Rename};
use stratiform_finding::words::few;
use stratiform_resolve::{Compare, Resolved, Style};

use super::value::{Shown, shown};
use crate::view::reviewed::Origins;

/// A line in the list of what changes.
#[derive(Debug)]
pub(super) struct Property {
    /// `+`, `~` or `-`.
    pub sign: &'static str,
    /// What changes: `Tags.0.Value`, `output QueueArn`.
    pub path: String,
    /// The value before.
    pub before: Option<Shown>,
    /// The value after.
    pub after: Option<Shown>,
    /// Why it replaces, and what it comes from.
    pub reasons: Vec<String>,
    /// Whether it makes a new resource, or may.
    pub replaces: bool,
    /// Where it is written; none where the property before says the same.
    pub place: Option<String>,
}

/// What has to be known of a resource that changes, beside the change.
#[derive(Clone, Copy, Debug)]
pub(super) struct Beside<'r> {
    /// What was renamed around it.
    pub renames: &'r [Rename],
    /// Where what changes is written.
    pub origins: &'r Origins,
}

impl Property {
    fn new(path: String, before: Option<&Resolved<'_>>, after: Option<&Resolved<'_>>) -> Self {
        let (before, after) = shown(before, after);
        Property {
            sign: match (&before, &after) {
                (None, Some(_)) => "+",
                (Some(_), None) => "-",
                _ => "~",
            },
            path,
            before,
            after,
            reasons: Vec::new(),
            replaces: false,
            place: None,
        }
    }

    /// One of which the name says enough.
    fn named(edit: Edit, path: String) -> Self {
        Property {
            sign: sign(edit),
            path,
            before: None,
            after: None,
            reasons: Vec::new(),
            replaces: false,
            place: None,
        }
    }

    /// Says no more than the rename where the value follows from one, and nothing from the value.
    fn after(mut self, detail: &ChangedAttribute, renames: &[Rename]) -> Self {
        let (Some(old), Some(new)) = (&detail.before, &detail.after) else {
            return self;
        };
        let [old, new] = [old, new].map(|value| value.shown(Style::Expression));
        let follows = |rename: &&Rename| old != new && rename.renamed(&old) == new;
        if let Some(rename) = renames.iter().find(follows) {
            self.before = None;
            self.after = Some(Shown {
                value: String::new(),
                remark: format!("({} → {})", rename.old, rename.new),
            });
        }
        self
    }

    /// The values, before and after, marked as values.
    pub(super) fn values(&self, mark: impl Fn(&str) -> String) -> Vec<String> {
        let values = [&self.before, &self.after].into_iter().flatten();
        values.map(|shown| shown.written(&mark)).collect()
    }
}

/// What changes in a resource: each path once, or all properties where the resource is new. Of a value that only follows
/// a rename, that.
pub(super) fn of_resource(change: &ChangedResource, beside: Beside<'_>) -> Vec<Property> {
    match (change.action, &change.after) {
        (Edit::Modify, _) => {
            let mut said = None;
            let details = settled(change.properties().collect());
            let details = details.iter();
            details
                .map(|detail| {
                    let place = beside.origins.of(&change.logical_id, &detail.path);
                    let again = place == said;
                    said.clone_from(&place);
                    Property {
                        place: place.filter(|_| !again),
                        ..of_detail(change, detail).after(detail, beside.renames)
                    }
                })
                .collect()
        }
        (Edit::Add, Some(context)) => {
            let entries = context.properties.entries();
            let properties =
                entries.map(|(name, value)| Property::new(name.to_owned(), None, Some(value)));
            properties.collect()
        }
        (Edit::Add | Edit::Remove, _) => Vec::new(),
    }
}

/// Details in which items of a list that only moved are left out. CloudFormation compares a list place by place: one
/// item more at its beginning makes each of the others another one.
fn settled(details: Vec<&ChangedAttribute>) -> Vec<Cow<'_, ChangedAttribute>> {
    let mut lists: IndexMap<&[String], Vec<&ChangedAttribute>> = IndexMap::new();
    for detail in details {
        let list = match detail.path.split_last() {
            Some((place, list)) if place.parse::<usize>().is_ok() => list,
            _ => detail.path.as_slice(),
        };
        lists.entry(list).or_default().push(detail);
    }
    lists.into_values().flat_map(of_list).collect()
}

fn of_list(details: Vec<&ChangedAttribute>) -> Vec<Cow<'_, ChangedAttribute>> {
    // How many more there are of each item after the change than before it.
    let mut more: HashMap<String, i64> = HashMap::new();
    for detail in &details {
        for (value, step) in [(&detail.before, -1), (&detail.after, 1)] {
            if let Some(value) = value {
                *more.entry(value.shown(Style::Expression)).or_default() += step;
            }
        }
    }
    let moved = more.values().any(|more| *more == 0);
    let [gone, come] = [-1, 1].map(|sign| more.values().any(|more| more.signum() == sign));
    match (moved, gone, come) {
        (true, false, true) => kept(details, more, Edit::Add),
        (true, true, false) => kept(details, more, Edit::Remove),
        _ => details.into_iter().map(Cow::Borrowed).collect(),
    }
}

/// The details of the items that come or go, as such.
fn kept(
    details: Vec<&ChangedAttribute>,
    mut more: HashMap<String, i64>,
    edit: Edit,
) -> Vec<Cow<'_, ChangedAttribute>> {
    let kept = details.into_iter().filter_map(|detail| {
        let value = match edit {
            Edit::Remove => detail.before.as_ref(),
            Edit::Add | Edit::Modify => detail.after.as_ref(),
        };
        let left = more.get_mut(&value?.shown(Style::Expression))?;
        if *left == 0 {
            return None;
        }
        *left -= left.signum();
        let mut detail = detail.clone();
        match edit {
            Edit::Remove => detail.after = None,
            Edit::Add | Edit::Modify => detail.before = None,
        }
        detail.change_type = edit;
        Some(Cow::Owned(detail))
    });
    kept.collect()
}

/// What changes of an output: an export that comes or goes is one line, and says what others know it by.
pub(super) fn of_output(output: &OutputChange) -> Vec<Property> {
    let (before, after) = (output.before.as_ref(), output.after.as_ref());
    let path = format!("output {}", output.logical_id);
    let exports = (before.and_then(export), after.and_then(export));
    if let (None, Some(name)) | (Some(name), None) = exports
        && output.change_type != Edit::Modify
    {
        let path = format!("export {}", name.shown(Style::Expression));
        return vec![Property::named(output.change_type, path)];
    }
    let values = (before.map(|it| &it.value), after.map(|it| &it.value));
    let both = [
        (path.clone(), values),
        (format!("export of {path}"), exports),
    ];
    let both = both
        .into_iter()
        .filter(|(_, (old, new))| differ(*old, *new));
    both.map(|(path, (old, new))| Property::new(path, old, new))
        .collect()
}

/// A parameter that changes.
pub(super) fn of_parameter(parameter: &ParameterChange) -> Property {
    let path = format!("parameter {}", parameter.name);
    let itself = format!("${{{}}}", parameter.name);
    match (&parameter.before, &parameter.after) {
        // Without a value there is nothing but the name to say.
        (None, Some(value)) if value.shown(Style::Expression) == itself => {
            Property::named(Edit::Add, path)
        }
        (Some(value), None) if value.shown(Style::Expression) == itself => {
            Property::named(Edit::Remove, path)
        }
        (before, after) => Property::new(path, before.as_ref(), after.as_ref()),
    }
}

fn of_detail(change: &ChangedResource, detail: &ChangedAttribute) -> Property {
    let same = |other: &&ChangedAttribute| other.path == detail.path;
    let mut reasons = Vec::new();
    // A path has a detail for each cause; what they say together is the worst of it.
    let worst = change
        .expected()
        .filter(same)
        .map(ChangedAttribute::replacement);
    let worst = worst.max().unwrap_or(Replacement::WillNot);
    if worst != Replacement::WillNot {
        reasons.push(format!(
            "{}: {}",
            super::words::in_words(worst),
            detail.recreation.fact
        ));
    }
    let decided = detail.decided.as_ref();
    reasons.extend(decided.and_then(|decided| decided.only_in.clone()));
    let causes: IndexSet<&str> = change.expected().filter(same).filter_map(cause).collect();
    if !causes.is_empty() {
        let causes: Vec<String> = causes.into_iter().map(|it| format!("`{it}`")).collect();
        let causes = few(&causes);
        reasons.push(match detail.source {
            ChangeSource::ParameterReference => format!("because of the parameter {causes}"),
            _ => format!("because of {causes}"),
        });
    }
    if detail.source == ChangeSource::Automatic {
        reasons.push("CloudFormation updates a nested stack with its parent".to_owned());
    }
    let path = match detail.path.split_first() {
        Some((first, below)) if first == Attribute::Properties.as_str() && !below.is_empty() => {
            readable(change, detail, below)
        }
        Some(_) => detail.path.join("."),
        None => detail.attribute.as_str().to_owned(),
    };
    Property {
        sign: sign(detail.change_type),
        reasons,
        replaces: worst != Replacement::WillNot,
        ..Property::new(path, detail.before.as_ref(), detail.after.as_ref())
    }
}

/// A path below the properties as people read it: an item of a list by its name, where it has one. `DescribeChangeSet`
/// counts items of lists without an order in another way than the file.
fn readable(change: &ChangedResource, detail: &ChangedAttribute, path: &[String]) -> String {
    let mut sides = [&change.before, &change.after].map(|side| Some(&side.as_ref()?.properties));
    let mut text = String::new();
    for (place, step) in path.iter().enumerate() {
        let index = step.parse::<usize>().ok();
        sides = sides.map(|side| match index {
            Some(index) => side?.items().get(index),
            None => side?.get(step),
        });
        let is_itself = place + 1 == path.len();
        let names = match is_itself {
            true => [detail.before.as_ref(), detail.after.as_ref()].map(name),
            // It is this one only where both sides have it there.
            false => sides.map(name),
        };
        let named = match names {
            [Some(one), Some(two)] if one == two => Some(one),
            [Some(one), None] | [None, Some(one)] if is_itself => Some(one),
            _ => None,
        };
        match named.filter(|_| index.is_some()) {
            Some(name) => text += &format!("[{name}]"),
            None if text.is_empty() => text += step,
            None => text += &format!(".{step}"),
        }
    }
    text
}

/// What an item of a list is called; none where it has no name, or a long one.
fn name(item: Option<&Resolved<'_>>) -> Option<String> {
    let item = item?;
    let name = ["Name", "Key", "Sid"]
        .into_iter()
        .find_map(|key| item.get(key)?.known());
    let is_short =
        |name: &str| !name.is_empty() && name.len() <= 40 && !name.contains(char::is_control);
    name.filter(|name| is_short(name))
        .map(|name| name.into_owned())
}

fn sign(edit: Edit) -> &'static str {
    match edit {
        Edit::Add => "+",
        Edit::Modify => "~",
        Edit::Remove => "-",
    }
}

fn cause(detail: &ChangedAttribute) -> Option<&str> {
    match detail.source {
        ChangeSource::DirectModification
        | ChangeSource::NoModification
        | ChangeSource::Automatic => None,
        ChangeSource::ParameterReference
        | ChangeSource::ResourceReference
        | ChangeSource::ResourceAttribute => detail.causing_entity.as_deref(),
    }
}

fn export(output: &OutputValue) -> Option<&Resolved<'static>> {
    output.export.as_ref()
}

fn differ(before: Option<&Resolved<'_>>, after: Option<&Resolved<'_>>) -> bool {
    match (before, after) {
        (Some(before), Some(after)) => !before.same(after, Compare::Values),
        (before, after) => before.is_some() || after.is_some(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn output(
        change_type: Edit,
        before: Option<[&str; 2]>,
        after: Option<[&str; 2]>,
    ) -> OutputChange {
        let value = |side: Option<[&str; 2]>| {
            let [value, export] = side?.map(|text| Resolved::literal(text.to_owned()));
            Some(OutputValue {
                value,
                export: Some(export),
            })
        };
        OutputChange {
            logical_id: "Arn".to_owned(),
            change_type,
            before: value(before),
            after: value(after),
        }
    }

    fn said(output: &OutputChange) -> Vec<String> {
        let said = of_output(output).into_iter();
        said.map(|it| format!("{} {}", it.sign, it.path)).collect()
    }

    #[test]
    fn an_output_changes_its_value_or_its_export() {
        let (old, new) = (Some(["a", "x"]), Some(["a", "y"]));
        assert_eq!(
            said(&output(Edit::Modify, old, new)),
            ["~ export of output Arn"]
        );
        let new = Some(["b", "x"]);
        assert_eq!(said(&output(Edit::Modify, old, new)), ["~ output Arn"]);
    }

    #[test]
    fn an_item_more_is_one_line_wherever_it_stands() {
        let rule = |items: &str| {
            let text = format!(
                "Resources: {{R: {{Type: AWS::Events::Rule, Properties: {{EventPattern: {{a: [{items}]}}}}}}}}"
            );
            let template = stratiform_template::Template::parse(&text).unwrap();
            stratiform_assembly::StackAt::of("shop", template)
        };
        let place = stratiform_resolve::Whereabouts {
            stack: "shop".to_owned(),
            region: "eu-west-1".parse().unwrap(),
            account: None,
        };
        let lines = |before: &str, after: &str| -> Vec<String> {
            let found = stratiform_diff::diff(Some(&rule(before)), Some(&rule(after)), &place);
            let beside = Beside {
                renames: &[],
                origins: &Origins::default(),
            };
            let lines = of_resource(&found.resources[0], beside).into_iter();
            lines
                .map(|it| format!("{}{}", it.sign, it.values(str::to_owned).join(" ")))
                .collect()
        };
        assert_eq!(lines("x, y", "n, x, y"), ["+n"]);
        assert_eq!(lines("n, x, y", "x, y"), ["-n"]);
        assert_eq!(lines("x, y", "y, x").len(), 2, "their order is another");
    }

    #[test]
    fn an_export_that_comes_or_goes_is_one_line() {
        let value = Some(["a", "x"]);
        assert_eq!(said(&output(Edit::Add, None, value)), ["+ export x"]);
        assert_eq!(said(&output(Edit::Remove, value, None)), ["- export x"]);
    }
}
