//! Artifacts of a pipeline.

use stratiform_finding::words::{listed, meant, shortened};
use stratiform_template::{Path, Step, Value};

use super::{Action, tell};
use crate::schema::{Entries, Look, Looked};

/// The names of an action's artifacts, with their positions; none where some are not known.
fn names<'t>(
    look: &Look<'_, 't>,
    action: &Entries,
    property: &str,
) -> Looked<'t, Option<Vec<(usize, String)>>> {
    let Some(list) = look.given(action, property)? else {
        return Ok(Some(Vec::new()));
    };
    let Some(items) = look.items(list)? else {
        return Ok(None);
    };
    let mut names = Vec::new();
    for (position, item) in items {
        let Some(entries) = item.as_map() else {
            return Ok(None);
        };
        // That it needs a name is in the schema.
        if look.given(entries, "Name")?.is_none() && !look.may_grow(entries) {
            continue;
        }
        match look.word_of(entries, "Name")? {
            Some(name) => names.push((position, name.into_owned())),
            None => return Ok(None),
        }
    }
    Ok(Some(names))
}

/// Artifacts are made by one action, and before they are used. In one stage, `RunOrder` says what comes first.
pub(super) fn flow<'t>(
    look: &mut Look<'_, 't>,
    actions: &[Action<'_>],
    path: &Path<'_>,
) -> Looked<'t> {
    let mut made: Vec<(usize, String)> = Vec::new();
    let mut is_known = true;
    for action in actions {
        let outputs = names(look, action.entries, "OutputArtifacts")?;
        is_known &= outputs.is_some();
        for (position, name) in outputs.unwrap_or_default() {
            if made.iter().any(|(_, known)| *known == name) {
                let what = format!("two actions make the artifact `{}`", shortened(&name));
                let why = "each has a name of its own in the pipeline";
                let help = "give one of them another name";
                named(action, "OutputArtifacts", position, path, |path| {
                    tell(look, path, what, why, help);
                });
            }
            made.push((action.stage, name));
        }
    }
    for action in actions.iter().filter(|_| is_known) {
        for (position, name) in names(look, action.entries, "InputArtifacts")?.unwrap_or_default() {
            let is_it = |(stage, known): &(usize, String)| *stage <= action.stage && *known == name;
            if made.iter().any(is_it) {
                continue;
            }
            let what = format!(
                "no action before this one makes the artifact `{}`",
                shortened(&name)
            );
            let why = "what goes into an action came out of an earlier one";
            let earlier = made.iter().filter(|(stage, _)| *stage <= action.stage);
            let help = meant(&name, earlier.map(|(_, name)| name.as_str()))
                .unwrap_or_else(|| "make it in an earlier stage, or use another".to_owned());
            named(action, "InputArtifacts", position, path, |path| {
                tell(look, path, what, why, help);
            });
        }
    }
    Ok(())
}

/// Goes on with the path of an artifact's name.
fn named(
    action: &Action<'_>,
    list: &str,
    position: usize,
    stages: &Path<'_>,
    go: impl FnOnce(&Path<'_>),
) {
    action.at(stages, |path| {
        let list = path.key(list);
        let item = list.below(Step::Index(position));
        go(&item.key("Name"));
    });
}

/// How many artifacts an action takes and makes: owner, category, provider, least and most of both.
type Counts = (
    &'static str,
    &'static str,
    &'static str,
    [usize; 2],
    [usize; 2],
);

const COUNTS: [Counts; 19] = [
    ("AWS", "Source", "S3", [0, 0], [1, 1]),
    ("AWS", "Source", "CodeCommit", [0, 0], [1, 1]),
    ("AWS", "Source", "ECR", [0, 0], [1, 1]),
    ("AWS", "Test", "CodeBuild", [1, 5], [0, 5]),
    ("AWS", "Test", "DeviceFarm", [1, 1], [0, 0]),
    ("AWS", "Build", "CodeBuild", [1, 5], [0, 5]),
    ("AWS", "Approval", "Manual", [0, 0], [0, 0]),
    ("AWS", "Deploy", "S3", [1, 1], [0, 0]),
    ("AWS", "Deploy", "CloudFormation", [0, 10], [0, 1]),
    ("AWS", "Deploy", "CodeDeploy", [1, 1], [0, 0]),
    ("AWS", "Deploy", "ElasticBeanstalk", [1, 1], [0, 0]),
    ("AWS", "Deploy", "OpsWorks", [1, 1], [0, 0]),
    ("AWS", "Deploy", "ECS", [1, 1], [0, 0]),
    ("AWS", "Deploy", "ServiceCatalog", [1, 1], [0, 0]),
    ("AWS", "Invoke", "Lambda", [0, 5], [0, 5]),
    ("ThirdParty", "Source", "GitHub", [0, 0], [1, 1]),
    ("ThirdParty", "Deploy", "AlexaSkillsKit", [0, 2], [0, 0]),
    ("Custom", "Build", "Jenkins", [0, 5], [0, 5]),
    ("Custom", "Test", "Jenkins", [0, 5], [0, 5]),
];

pub(super) fn counts<'t>(look: &mut Look<'_, 't>, action: &Entries, path: &Path<'_>) -> Looked<'t> {
    let Some(id) = look.given(action, "ActionTypeId")?.and_then(Value::as_map) else {
        return Ok(());
    };
    let mut names = Vec::new();
    for name in ["Owner", "Category", "Provider"] {
        match look.word_of(id, name)? {
            Some(text) => names.push(text.into_owned()),
            None => return Ok(()),
        }
    }
    let is_about = |known: &&Counts| [known.0, known.1, known.2][..] == names[..];
    let Some((_, _, provider, inputs, outputs)) = COUNTS.iter().find(is_about) else {
        return Ok(());
    };
    for (property, [least, most]) in [("InputArtifacts", inputs), ("OutputArtifacts", outputs)] {
        let count = match look.given(action, property)? {
            Some(list) => match look.items(list)? {
                Some(items) => items.len(),
                None => continue,
            },
            None if look.may_grow(action) => continue,
            None => 0,
        };
        if (*least..=*most).contains(&count) {
            continue;
        }
        let what = format!("`{property}` has {count} of an action of `{provider}`");
        let why = match least == most {
            true => format!("it has exactly {least}"),
            false => format!("it has from {least} to {most}"),
        };
        let path = match action.contains_key(property) {
            true => &path.key(property),
            false => path,
        };
        tell(look, path, what, why, "add or take away artifacts");
    }
    Ok(())
}

/// `TemplatePath` is in one of the artifacts that go in: `Artifact::template.yaml`.
pub(super) fn template<'t>(
    look: &mut Look<'_, 't>,
    action: &Entries,
    path: &Path<'_>,
) -> Looked<'t> {
    let Some(configuration) = look.given(action, "Configuration")?.and_then(Value::as_map) else {
        return Ok(());
    };
    let Some(template) = look.word_of(configuration, "TemplatePath")? else {
        return Ok(());
    };
    let Some(inputs) = names(look, action, "InputArtifacts")? else {
        return Ok(());
    };
    let artifact = template.split("::").next().unwrap_or_default();
    if inputs.iter().any(|(_, name)| name == artifact) {
        return Ok(());
    }
    let what = format!(
        "`TemplatePath` is in the artifact `{}`",
        shortened(artifact)
    );
    let inputs: Vec<&str> = inputs.iter().map(|(_, name)| name.as_str()).collect();
    let why = match inputs.is_empty() {
        true => "the action has no `InputArtifacts`".to_owned(),
        false => format!("what goes into the action is {}", listed(&inputs)),
    };
    let help = meant(artifact, inputs).unwrap_or_else(|| "add it to `InputArtifacts`".to_owned());
    let path = path.key("Configuration");
    tell(look, &path.key("TemplatePath"), what, why, help);
    Ok(())
}
