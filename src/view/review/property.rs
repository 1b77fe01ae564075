//! What changes in a resource, an output or a parameter: a path, the value before and after, and why.

use stratiform_changes::{
    Attribute, ChangeSource, ChangedAttribute, ChangedResource, Edit, Replacement,
};
use stratiform_diff::{OutputValue, StackDiff};
use stratiform_resolve::{Compare, Resolved};

use super::value::{Shown, shown};

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
        }
    }

    /// The values, before and after, marked as values.
    pub(super) fn values(&self, mark: impl Fn(&str) -> String) -> Vec<String> {
        let values = [&self.before, &self.after].into_iter().flatten();
        values.map(|shown| shown.written(&mark)).collect()
    }
}

/// What changes in a resource: each path once, or all properties where the resource is new.
pub(super) fn of_resource(change: &ChangedResource) -> Vec<Property> {
    match (change.action, &change.after) {
        (Edit::Modify, _) => {
            let details = change.properties();
            details.map(|detail| of_detail(change, detail)).collect()
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

/// The outputs and parameters that change.
pub(super) fn of_stack(stack: &StackDiff) -> Vec<Property> {
    let mut properties = Vec::new();
    for output in &stack.outputs {
        let (before, after) = (output.before.as_ref(), output.after.as_ref());
        let path = format!("output {}", output.logical_id);
        let values = (before.map(|it| &it.value), after.map(|it| &it.value));
        let exports = (before.and_then(export), after.and_then(export));
        for (path, (old, new)) in [
            (path.clone(), values),
            (format!("export of {path}"), exports),
        ] {
            if differ(old, new) {
                properties.push(Property::new(path, old, new));
            }
        }
    }
    for parameter in &stack.parameters {
        let path = format!("parameter {}", parameter.name);
        let (before, after) = (parameter.before.as_ref(), parameter.after.as_ref());
        properties.push(Property::new(path, before, after));
    }
    properties
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
    let causes = change.expected().filter(same).filter_map(cause);
    reasons.extend(causes);
    let path = match detail.path.split_first() {
        Some((first, below)) if first == Attribute::Properties.as_str() && !below.is_empty() => {
            below.join(".")
        }
        Some(_) => detail.path.join("."),
        None => detail.attribute.as_str().to_owned(),
    };
    Property {
        sign: match detail.change_type {
            Edit::Add => "+",
            Edit::Modify => "~",
            Edit::Remove => "-",
        },
        reasons,
        ..Property::new(path, detail.before.as_ref(), detail.after.as_ref())
    }
}

fn cause(detail: &ChangedAttribute) -> Option<String> {
    let entity = detail.causing_entity.as_deref().unwrap_or_default();
    match detail.source {
        ChangeSource::DirectModification | ChangeSource::NoModification => None,
        ChangeSource::ParameterReference => Some(format!("because of the parameter `{entity}`")),
        ChangeSource::ResourceReference | ChangeSource::ResourceAttribute => {
            Some(format!("because of `{entity}`"))
        }
        ChangeSource::Automatic => {
            Some("CloudFormation updates a nested stack with its parent".to_owned())
        }
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
    use stratiform_diff::OutputChange;

    use super::super::fixture;
    use super::*;

    #[test]
    fn an_output_changes_its_value_or_its_export() {
        let output = |value, export| {
            let value = Resolved::literal(value);
            Some(OutputValue {
                value,
                export: Some(Resolved::literal(export)),
            })
        };
        let mut stack = fixture::unchanged("one").diff;
        stack.outputs = vec![OutputChange {
            logical_id: "Arn".to_owned(),
            change_type: Edit::Modify,
            before: output("a", "x"),
            after: output("a", "y"),
        }];
        let said = of_stack(&stack);
        let said: Vec<_> = said.iter().map(|it| (it.sign, it.path.as_str())).collect();
        assert_eq!(said, [("~", "export of output Arn")]);
    }
}
