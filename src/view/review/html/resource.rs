//! A resource that changes, its properties, and outputs and parameters: names with values before and after.

use serde::Serialize;
use stratiform_changes::{
    ChangeSource, ChangedAttribute, ChangedResource, Context, Edit, Replacement,
};
use stratiform_diff::{OutputChange, OutputValue, ParameterChange};
use stratiform_resolve::{Resolved, Style, Time};

use super::budget::{OVERHEAD, escaped};
use super::mark::Mark;
use crate::view::review::graph::Impact;
use crate::view::review::value::shortened;
use crate::view::review::words;
use crate::view::reviewed::Origins;

/// How many characters of a value are shown, and how many properties of a resource.
pub(super) const VALUE_LIMIT: usize = 500;
const PROPERTIES: usize = 60;

/// A resource.
#[derive(Serialize)]
pub(super) struct Resource<'r> {
    pub id: String,
    pub logical_id: &'r str,
    resource_type: &'r str,
    fate: Mark,
    open: bool,
    /// What becomes of the physical resource that goes.
    old: Option<String>,
    rows: Vec<Row>,
    more: usize,
}

/// A name with values before and after.
#[derive(Serialize)]
pub(super) struct Row {
    name: String,
    effect: Option<Mark>,
    why: String,
    before: Option<String>,
    after: Option<String>,
    /// Whether both are written alike: the same reference to something else, or a secret.
    alike: bool,
}

impl<'r> Resource<'r> {
    pub(super) fn new(
        id: String,
        (change, origins): (&'r ChangedResource, &Origins),
        open: bool,
    ) -> Self {
        let outcome = words::outcome(change);
        let entries = |context: &'r Option<Context>| {
            let contexts = context.iter();
            contexts.flat_map(|context| context.properties.entries())
        };
        let name = str::to_owned;
        let mut rows: Vec<Row> = match change.action {
            Edit::Modify => {
                let details = change.properties();
                details
                    .map(|detail| Row::of_detail(change, detail, origins))
                    .collect()
            }
            Edit::Add => {
                let new = entries(&change.after);
                new.map(|(key, value)| Row::new(name(key), None, Some(value)))
                    .collect()
            }
            Edit::Remove => {
                let old = entries(&change.before);
                old.map(|(key, value)| Row::new(name(key), Some(value), None))
                    .collect()
            }
        };
        let more = rows.len().saturating_sub(PROPERTIES);
        rows.truncate(PROPERTIES);
        Resource {
            id,
            logical_id: &change.logical_id,
            resource_type: &change.resource_type,
            fate: Impact::of(change).into(),
            open,
            old: outcome
                .split_once([':', ';'])
                .map(|(_, old)| old.trim().to_owned()),
            rows,
            more,
        }
    }

    pub(super) fn size(&self) -> usize {
        let rows: usize = self.rows.iter().map(Row::size).sum();
        2 * OVERHEAD + self.logical_id.len() + self.resource_type.len() + rows
    }
}

impl Row {
    fn new(name: String, before: Option<&Resolved<'_>>, after: Option<&Resolved<'_>>) -> Row {
        let (before, after) = (before.map(written), after.map(written));
        // Where both are cut, what differs stays visible.
        let differs = match (&before, &after) {
            (Some(before), Some(after)) => {
                let pairs = before.chars().zip(after.chars());
                pairs.take_while(|(old, new)| old == new).count()
            }
            _ => 0,
        };
        let cut = |text: &String| shortened(text, VALUE_LIMIT, differs);
        Row {
            name,
            effect: None,
            why: String::new(),
            alike: before.is_some() && before == after,
            before: before.as_ref().map(cut),
            after: after.as_ref().map(cut),
        }
    }

    /// A property with all that is said of it.
    fn of_detail(change: &ChangedResource, detail: &ChangedAttribute, origins: &Origins) -> Row {
        let same = || change.expected().filter(|other| other.path == detail.path);
        let path = match detail.path.split_first() {
            Some((first, below)) if first == "Properties" && !below.is_empty() => below,
            _ => &detail.path,
        };
        let effect = same().map(ChangedAttribute::replacement).max();
        let effect = effect.unwrap_or(Replacement::WillNot);
        let mut why = Vec::new();
        if effect != Replacement::WillNot {
            why.push(detail.recreation.fact.to_string());
        }
        let decided = detail.decided.as_ref();
        why.extend(decided.and_then(|decided| decided.only_in.clone()));
        let causes: Vec<String> = same()
            .filter_map(|detail| detail.causing_entity.as_ref())
            .map(|entity| format!("`{entity}`"))
            .collect();
        if !causes.is_empty() {
            why.push(format!("because of {}", causes.join(", ")));
        }
        if detail.source == ChangeSource::Automatic {
            why.push("CloudFormation updates a nested stack with its parent".to_owned());
        }
        let mut late = false;
        if let Some(after) = &detail.after {
            after.for_each_text(&mut |text| late |= text.time() == Time::AfterApply);
        }
        if late {
            why.push("its value is known only during the change".to_owned());
        }
        why.extend(origins.of(&change.logical_id, &detail.path));
        Row {
            effect: match effect {
                Replacement::WillNot => None,
                Replacement::May => Some(Impact::MayReplace.into()),
                Replacement::Will => Some(Impact::WillReplace.into()),
            },
            why: why.join("; "),
            ..Row::new(
                path.join("."),
                detail.before.as_ref(),
                detail.after.as_ref(),
            )
        }
    }

    pub(super) fn of_output(output: &OutputChange) -> Row {
        let export = |output: &Option<OutputValue>| {
            let export = output.as_ref()?.export.as_ref()?;
            Some(export.shown(Style::Expression))
        };
        let why = match (export(&output.before), export(&output.after)) {
            (None, None) => String::new(),
            (Some(before), None) => format!("was exported as `{before}`"),
            (None, Some(after)) => format!("exported as `{after}`"),
            (Some(before), Some(after)) if before == after => format!("exported as `{after}`"),
            (Some(before), Some(after)) => {
                format!("was exported as `{before}`, is exported as `{after}`")
            }
        };
        let (before, after) = (output.before.as_ref(), output.after.as_ref());
        let values = (before.map(|it| &it.value), after.map(|it| &it.value));
        Row {
            why,
            ..Row::new(output.logical_id.clone(), values.0, values.1)
        }
    }

    pub(super) fn of_parameter(change: &ParameterChange) -> Row {
        Row::new(
            change.name.clone(),
            change.before.as_ref(),
            change.after.as_ref(),
        )
    }

    pub(super) fn size(&self) -> usize {
        let shown = [&self.before, &self.after].into_iter().flatten();
        let values: usize = shown.map(|shown| escaped(shown)).sum();
        OVERHEAD + escaped(&self.name) + escaped(&self.why) + values
    }
}

/// A value, with all of its lines.
fn written(value: &Resolved<'_>) -> String {
    let text = match value {
        Resolved::List(_) | Resolved::Map(_) => format!("{:#}", value.to_json(Style::Expression)),
        Resolved::Null | Resolved::Literal(_) | Resolved::Text(_) => value.shown(Style::Expression),
    };
    if text.is_empty() {
        return "\"\"".to_owned();
    }
    text
}
