//! Pipelines of CodePipeline: sources come first, artifacts are made before they are used, and variables have a
//! namespace.
//!
//! Source: CodePipeline user guide, "Pipeline structure reference", "Action structure reference" and "Variables
//! reference". cfn-lint: E3700, E3701, E3702, E3703 (`TemplatePath`), and a wish of its users for namespaces (#4015).

mod artifact;

use std::collections::HashSet;

use stratiform_finding::Code;
use stratiform_finding::words::{meant, shortened};
use stratiform_template::{Path, Step, Value};

use crate::schema::{Entries, Look, Looked};

/// Looks at the stages of a pipeline.
pub(super) fn check<'t>(look: &mut Look<'_, 't>, properties: &'t Entries, path: &Path<'_>) {
    let _ = stages(look, properties, path);
}

fn tell(
    look: &mut Look<'_, '_>,
    path: &Path<'_>,
    what: impl Into<String>,
    why: impl Into<String>,
    help: impl Into<String>,
) {
    look.tell(path, Code::Pipeline, what, why, help);
}

/// An action that is there in a case, with its position in its stage and the stage's among those that are there.
struct Action<'v> {
    stage: usize,
    steps: [usize; 2],
    entries: &'v Entries,
}

/// The actions that are there in this case; none where some are not known.
fn actions<'v, 't>(look: &Look<'_, 't>, stages: &'v Value) -> Looked<'t, Option<Vec<Action<'v>>>> {
    let Some(items) = look.items(stages)? else {
        return Ok(None);
    };
    let mut actions = Vec::new();
    for (stage, (position, item)) in items.into_iter().enumerate() {
        let Some(list) = item.as_map().and_then(|entries| entries.get("Actions")) else {
            return Ok(None);
        };
        let Some(list) = look.items(list)? else {
            return Ok(None);
        };
        for (index, action) in list {
            let Some(entries) = action.as_map() else {
                return Ok(None);
            };
            actions.push(Action {
                stage,
                steps: [position, index],
                entries,
            });
        }
    }
    Ok(Some(actions))
}

impl Action<'_> {
    /// Goes on with the path of the action.
    fn at<T>(&self, stages: &Path<'_>, go: impl FnOnce(&Path<'_>) -> T) -> T {
        let stage = stages.below(Step::Index(self.steps[0]));
        let actions = stage.key("Actions");
        go(&actions.below(Step::Index(self.steps[1])))
    }
}

fn stages<'t>(look: &mut Look<'_, 't>, properties: &Entries, path: &Path<'_>) -> Looked<'t> {
    look.along(properties, &["Stages"], path, &mut |look, value, path| {
        look.at_each(path, |look| {
            let Some(actions) = actions(look, value)? else {
                return Ok(());
            };
            for action in &actions {
                action.at(path, |path| source(look, action, path))?;
            }
            namespaces(look, &actions, path)
        })?;
        look.at_each(path, |look| {
            let Some(actions) = actions(look, value)? else {
                return Ok(());
            };
            artifact::flow(look, &actions, path)
        })
    })?;
    let way = ["Stages", "*", "Actions", "*"];
    look.along(properties, &way, path, &mut |look, value, path| {
        let Some(entries) = value.as_map() else {
            return Ok(());
        };
        look.at_each(path, |look| artifact::counts(look, entries, path))?;
        look.at_each(path, |look| artifact::template(look, entries, path))
    })
}

/// Sources stand in the first stage, and nothing else does.
fn source<'t>(look: &mut Look<'_, 't>, action: &Action<'_>, path: &Path<'_>) -> Looked<'t> {
    let Some(id) = look
        .given(action.entries, "ActionTypeId")?
        .and_then(Value::as_map)
    else {
        return Ok(());
    };
    let Some(category) = look.word_of(id, "Category")? else {
        return Ok(());
    };
    let is_first = action.stage == 0;
    if is_first == (category == "Source") {
        return Ok(());
    }
    let (what, help) = match is_first {
        true => (
            format!(
                "the first stage has an action of category `{}`",
                shortened(&category)
            ),
            "move it to a later stage",
        ),
        false => (
            "a later stage has a source".to_owned(),
            "move it to the first stage",
        ),
    };
    let why = "the first stage has the sources, and only they are in it";
    let id = path.key("ActionTypeId");
    tell(look, &id.key("Category"), what, why, help);
    Ok(())
}

/// Namespaces that every pipeline has.
const OWN: [&str; 2] = ["codepipeline", "variables"];

/// Variables are of a namespace that an action has.
fn namespaces<'t>(look: &mut Look<'_, 't>, actions: &[Action<'_>], path: &Path<'_>) -> Looked<'t> {
    let mut known: HashSet<String> = OWN.into_iter().map(str::to_owned).collect();
    for action in actions {
        if look.given(action.entries, "Namespace")?.is_some() {
            match look.word_of(action.entries, "Namespace")? {
                Some(name) => known.insert(name.into_owned()),
                // It may be any of them.
                None => return Ok(()),
            };
        }
    }
    for action in actions {
        let Some(values) = action.entries.get("Configuration") else {
            continue;
        };
        let Some(values) = look.entries(values)? else {
            continue;
        };
        for (name, value) in values {
            let Some(Value::String(text)) = look.settled(value)? else {
                continue;
            };
            let unknown = used(text).find(|namespace| !known.contains(*namespace));
            if let Some(namespace) = unknown {
                let what = format!("no action has the namespace `{}`", shortened(namespace));
                let why = format!("`{name}` uses a variable of it");
                let others = known.iter().map(String::as_str);
                let help = meant(namespace, others).unwrap_or_else(|| {
                    format!("add `Namespace: {namespace}` to the action that makes it")
                });
                action.at(path, |path| {
                    let path = path.key("Configuration");
                    tell(look, &path.key(name), what, why, help);
                });
            }
        }
    }
    Ok(())
}

/// The namespaces of the variables in a text: `#{Source.CommitId}`.
fn used(text: &str) -> impl Iterator<Item = &str> {
    let variables = text.split("#{").skip(1);
    variables.filter_map(|rest| {
        let (variable, _) = rest.split_once('}')?;
        let (namespace, _) = variable.split_once('.')?;
        let is_name = |letter: char| letter.is_ascii_alphanumeric() || "_-@".contains(letter);
        namespace.chars().all(is_name).then_some(namespace)
    })
}
