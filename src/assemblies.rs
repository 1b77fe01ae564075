//! The stacks of an environment at a moment, from where they are: git's objects, and texts of templates.

mod boundary;
#[cfg(feature = "aws")]
pub(crate) mod deployed;
pub(crate) mod environment;
pub(crate) mod policies;
pub(crate) mod rehearsal;
pub(crate) mod since;
pub(crate) mod synthesis;
pub(crate) mod verdict;

use std::collections::HashMap;
use std::sync::Arc;

use stratiform_assembly::{Assembly, AssemblyFile, FILE as ASSEMBLY, StackAt};
use stratiform_finding::{Code, Finding, Level, Source};
use stratiform_template::{RepeatedKey, Template, parse_with_repeats};

use crate::exit::Exit;
use crate::report::Failure;
#[cfg(feature = "aws")]
use crate::repository::git::Folder;
use crate::repository::git::{Objects, Revision};
#[cfg(feature = "aws")]
use crate::repository::head::Head;

/// An environment's snapshots at a revision; `None` where there are none. Templates whose text is the one that
/// is synthesized today are not read again.
///
/// # Errors
/// A file that is missing, or cannot be understood.
pub(crate) fn at_revision(
    objects: &mut Objects,
    revision: &Revision,
    environment: &str,
    today: Option<&Assembly>,
) -> Result<Option<Assembly>, Failure> {
    let folder = format!("snapshots/{environment}");
    let file = format!("{folder}/{ASSEMBLY}");
    let shown = |file: &str| format!("{file} at {}", revision.shown);
    let Some(text) = objects.file(&file)? else {
        // A folder that is no environment today, and says nothing of having been one, is none.
        if today.is_none() || objects.folders(&folder)?.is_none() {
            return Ok(None);
        }
        return Err(Failure::new(
            Exit::Failed,
            Code::MissingSnapshot,
            format!(
                "there are templates in `{folder}`, and no `{}`",
                shown(&file)
            ),
            "compare with a revision whose snapshots are complete: --base REV",
        ));
    };
    let assembly = AssemblyFile::parse(&String::from_utf8_lossy(&text)).map_err(|why| {
        Failure::new(
            Exit::Failed,
            Code::AssemblyFile,
            format!("`{}` cannot be read: {why}", shown(&file)),
            "compare with a later revision, whose snapshots this program wrote: --base REV",
        )
    })?;
    let known: HashMap<&str, &StackAt> = today
        .into_iter()
        .flat_map(|today| &today.stacks)
        .map(|stack| (stack.name.as_str(), stack))
        .collect();
    let mut stacks = Vec::new();
    for entry in assembly.stacks {
        let file = format!("{folder}/{}", entry.template);
        let Some(text) = objects.file(&file)? else {
            return Err(Failure::new(
                Exit::Failed,
                Code::MissingSnapshot,
                format!("`{}` is listed and not there", shown(&file)),
                "compare with a revision whose snapshots are complete: --base REV",
            ));
        };
        let text = String::from_utf8_lossy(&text);
        let today = known.get(entry.name.as_str()).map(|stack| &stack.template);
        let (template, findings) = match today.filter(|today| today.to_yaml() == text) {
            Some(today) => (Arc::clone(today), Vec::new()),
            None => {
                let parsed = parse(&shown(&file), &text)?;
                (Arc::new(parsed.template), parsed.findings)
            }
        };
        stacks.push(entry.with_template(template, findings));
    }
    Ok(Some(Assembly {
        app: Some(assembly.app),
        environment: Some(environment.to_owned()),
        region: assembly.region,
        account: today.and_then(|today| today.account.clone()),
        stacks,
        tasks: assembly.tasks,
    }))
}

/// The commit of a release, and an environment's snapshots in it; `None` where git knows no such tag.
///
/// # Errors
/// As [`at_revision`]; git cannot be started.
#[cfg(feature = "aws")]
pub(crate) fn at_release(
    folder: &Folder,
    tag: &str,
    environment: &str,
    today: Option<&Assembly>,
) -> Result<Option<(Head, Option<Assembly>)>, Failure> {
    let Some(head) = folder.at(&format!("refs/tags/{tag}"))? else {
        return Ok(None);
    };
    let revision = Revision {
        commit: head.commit.clone(),
        shown: tag.to_owned(),
    };
    let mut objects = folder.open(&revision)?;
    let assembly = at_revision(&mut objects, &revision, environment, today)?;
    Ok(Some((head, assembly)))
}

/// The version of the tool that wrote an environment's snapshots, where they say; of those that [`at_revision`] reads.
///
/// # Errors
/// Git does not answer as documented.
pub(crate) fn tool_at_revision(
    objects: &mut Objects,
    environment: &str,
) -> Result<Option<String>, Failure> {
    let text = objects.file(&format!("snapshots/{environment}/{ASSEMBLY}"))?;
    let read = text.and_then(|text| AssemblyFile::parse(&String::from_utf8_lossy(&text)).ok());
    Ok(read.and_then(|assembly| assembly.tool))
}

/// A template as it was read.
pub(crate) struct Parsed {
    /// The template.
    pub template: Template,
    /// What has to be known about its text.
    pub findings: Vec<Finding>,
}

/// Reads a template that exists already. A key that stands twice in one map is no error: CloudFormation takes the last
/// one, and a note says so.
///
/// # Errors
/// All that is wrong with it, with places.
pub(crate) fn parse(file: &str, text: &str) -> Result<Parsed, Failure> {
    let no_template = |why: &str| {
        Failure::new(
            Exit::Failed,
            Code::NoTemplate,
            format!("`{file}` is no template: {why}"),
            "name a CloudFormation template, or a folder of templates",
        )
    };
    let refused = |findings: Vec<Finding>| {
        let source = Source::new(file, text);
        let findings = findings.into_iter();
        Failure::some_of(findings.map(|finding| finding.in_source(&source)).collect())
    };
    let document = parse_with_repeats(text).map_err(|finding| refused(vec![*finding]))?;
    let template = Template::from_node(&document.node).map_err(refused)?;
    if template.resources.is_empty() {
        let resources = document.node.get("Resources");
        return Err(no_template(match resources {
            Some(_) => "its `Resources` are empty",
            None => "it has no `Resources`",
        }));
    }
    Ok(Parsed {
        template,
        findings: repeated_keys(file, document.repeated),
    })
}

/// What is said about keys that stand more than once: each of the first ones, and how many others there are.
fn repeated_keys(file: &str, repeated: Vec<RepeatedKey>) -> Vec<Finding> {
    /// Where there are more, somebody has to look at the file anyway.
    const SAID: usize = 20;
    let more = repeated.len().saturating_sub(SAID);
    let said = repeated.into_iter().take(SAID).map(|repeated| {
        let RepeatedKey { path, key, places } = repeated;
        let (last, earlier) = match places.split_last() {
            Some((last, earlier)) => (last.line, earlier),
            None => (0, [].as_slice()),
        };
        let place = match path.as_slice() {
            [] => String::new(),
            path => format!(" in `{}`", path.join(".")),
        };
        let lines = match earlier {
            [first] => format!("twice, in lines {} and {last}", first.line),
            [first, ..] => format!(
                "{} times, first in line {}, last in line {last}",
                places.len(),
                first.line
            ),
            [] => format!("in line {last}"),
        };
        note(
            format!(
                "`{file}` has the key `{key}` {lines}{place}: CloudFormation takes the last one, and so does this"
            ),
            "remove the ones that do not count",
        )
    });
    let more = (more > 0).then(|| {
        let what = format!("{more} more keys of `{file}` stand more than once");
        note(what, "")
    });
    said.chain(more).collect()
}

fn note(what: String, help: &str) -> Finding {
    Finding {
        level: Level::Note,
        ..Finding::new(Code::DuplicateKey, what, help)
    }
}
