//! Recordings, as their README describes them.

use std::fs;
use std::path::Path;

use indexmap::IndexMap;
use serde_json::Value;
use stratiform_assembly::StackAt;
use stratiform_changes::ChangeSetView;
use stratiform_finding::one_line;
use stratiform_template::Template;

/// A recorded case: two templates, and change sets that the service made of them.
pub(super) struct Case {
    /// Where it comes from.
    pub id: String,
    /// The day it was recorded, as `2025-05-19`: text that sorts by time.
    pub date: String,
    /// What cannot be known without an AWS account.
    pub needs: Vec<String>,
    /// The change sets that there are.
    pub change_sets: Vec<ChangeSet>,
    before: Option<Stack>,
    after: Stack,
}

/// One answer of `DescribeChangeSet`.
pub(super) struct ChangeSet {
    /// Which of the two answers.
    pub view: ChangeSetView,
    /// Its `Changes`.
    pub changes: Vec<Value>,
    stage: Stage,
}

/// Which step is a change set about?
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// The one that first created the stack from the template before.
    Create,
    /// The one from the template before to the template after.
    Change,
}

/// A template with parameters.
pub(super) struct Stack {
    /// The template as the recording has it: JSON, long form.
    pub source: Value,
    template: Template,
    parameters: IndexMap<String, String>,
}

/// The names of change sets in a recording.
const CHANGE_SETS: [(&str, Stage, ChangeSetView); 4] = [
    (
        "create_change_set",
        Stage::Create,
        ChangeSetView::WithoutValues,
    ),
    (
        "create_change_set_with_values",
        Stage::Create,
        ChangeSetView::WithValues,
    ),
    ("change_set", Stage::Change, ChangeSetView::WithoutValues),
    (
        "change_set_with_values",
        Stage::Change,
        ChangeSetView::WithValues,
    ),
];

impl Case {
    /// The stack before and after the step that a change set is about.
    pub(super) fn sides(&self, change_set: &ChangeSet) -> (Option<&Stack>, Option<&Stack>) {
        match change_set.stage {
            Stage::Create => (None, self.before.as_ref()),
            Stage::Change => (self.before.as_ref(), Some(&self.after)),
        }
    }

    /// A case of a recording; `None` where it has no change set.
    pub(super) fn read(recording: &Value) -> Result<Option<Case>, String> {
        let change_sets = CHANGE_SETS.into_iter().filter_map(|(name, stage, view)| {
            let changes = recording["recorded"][name]["Changes"].as_array()?.clone();
            Some(ChangeSet {
                view,
                changes,
                stage,
            })
        });
        let change_sets: Vec<ChangeSet> = change_sets.collect();
        if change_sets.is_empty() {
            return Ok(None);
        }
        let needs = recording["needs"].as_array().into_iter().flatten();
        Ok(Some(Case {
            id: scalar(&recording["id"]),
            date: date(recording),
            needs: needs.map(scalar).collect(),
            change_sets,
            before: Stack::read(recording, "before")?,
            after: Stack::read(recording, "after")?.ok_or("it has no template after")?,
        }))
    }
}

impl Stack {
    /// What our comparison takes.
    pub(super) fn at(&self) -> StackAt {
        StackAt {
            parameters: self.parameters.clone(),
            ..StackAt::of("stack", self.template.clone())
        }
    }

    fn read(recording: &Value, when: &str) -> Result<Option<Stack>, String> {
        let parsed = &recording[format!("{when}_template")];
        if parsed.is_null() {
            return Ok(None);
        }
        // What was sent, where that is known: it passes through our parser as a file would.
        let text = match recording[format!("{when}_template_text")].as_str() {
            Some(text) => text.to_owned(),
            None => parsed.to_string(),
        };
        let template = Template::parse(&text).map_err(|findings| one_line(&findings))?;
        let parameters = recording[format!("{when}_params")].as_object();
        let parameters = parameters.into_iter().flatten();
        Ok(Some(Stack {
            source: parsed.clone(),
            template,
            parameters: parameters
                .map(|(name, value)| (name.clone(), scalar(value)))
                .collect(),
        }))
    }
}

/// The cases of a folder that have a change set, in the order of their names.
pub(super) fn read_all(folder: &Path) -> Result<Vec<Case>, String> {
    let failed = |path: &Path, error: String| format!("cannot read `{}`: {error}", path.display());
    let entries = fs::read_dir(folder).map_err(|error| failed(folder, error.to_string()))?;
    let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
    let mut paths: Vec<_> = paths
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "json")
        })
        .collect();
    paths.sort();
    let mut cases = Vec::new();
    for path in paths {
        let text = fs::read_to_string(&path).map_err(|error| failed(&path, error.to_string()))?;
        let recording: Value =
            serde_json::from_str(&text).map_err(|error| failed(&path, error.to_string()))?;
        cases.extend(Case::read(&recording).map_err(|error| failed(&path, error))?);
    }
    Ok(cases)
}

/// The day of a recording. Where it was not written down, the day on which it was last found to be right.
pub(super) fn date(recording: &Value) -> String {
    let day = |name: &str, end: char| recording[name].as_str()?.split(end).next();
    match day("recorded_date", ',') {
        Some(date) => date.rsplit('-').collect::<Vec<_>>().join("-"),
        None => day("validated_date", 'T').unwrap_or_default().to_owned(),
    }
}

/// A scalar as text: the service turns all of them into text.
pub(super) fn scalar(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
