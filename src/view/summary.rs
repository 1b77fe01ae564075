//! What `synth` did, in a few lines.

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::time::Duration;

use similar::{ChangeTag, TextDiff};
use stratiform_finding::Level;
use stratiform_finding::words::{counted, plural};

use crate::report::Colour;
use crate::snapshots::{FileChange, Rendered, SnapshotFile, Snapshots};
use crate::validation::Verdict;
use crate::view::style::{GREEN, RED, YELLOW, paint};
use stratiform_assembly::{FILE as ASSEMBLY, environment_of};

/// After writing: environments, what changed in them, and how long it took.
pub(crate) fn written(
    snapshots: &Snapshots,
    took: Duration,
    verbose: bool,
    colour: Colour,
) -> String {
    let mut text = String::new();
    let width = snapshots
        .rendered
        .iter()
        .map(|environment| environment.environment.len())
        .max()
        .unwrap_or_default();
    let regions = snapshots
        .rendered
        .iter()
        .map(|environment| environment.region.as_str().len())
        .max()
        .unwrap_or_default();
    let mut changes: HashMap<&str, usize> = HashMap::new();
    for file in &snapshots.files {
        if let (true, Some((environment, _))) = (
            file.change != FileChange::Unchanged,
            file.name.split_once('/'),
        ) {
            *changes.entry(environment).or_default() += 1;
        }
    }
    for environment in &snapshots.rendered {
        let state = match changes.get(environment.environment.as_str()) {
            None => "unchanged".to_owned(),
            Some(1) => "1 file changed".to_owned(),
            Some(many) => format!("{many} files changed"),
        };
        let stacks = environment.chosen().count();
        let count = resources(environment);
        text += &format!(
            "  {:width$}  {:regions$}  {stacks:>4} {:6}  {count:>5} {:9}  {state}\n",
            environment.environment,
            environment.region,
            plural(stacks, "stack"),
            plural(count, "resource"),
        );
    }
    let shown: Vec<(String, &SnapshotFile)> = snapshots
        .files
        .iter()
        .filter(|file| verbose || file.change != FileChange::Unchanged)
        .map(|file| (from_here(&snapshots.folder.join(&file.name)), file))
        .collect();
    let width = shown
        .iter()
        .map(|(path, _)| path.chars().count())
        .max()
        .unwrap_or_default();
    let lines: String = shown
        .iter()
        .map(|(path, file)| file_line(path, width, file, colour))
        .collect();
    if !lines.is_empty() {
        text += &format!("\n{lines}");
    }
    text += &unlisted(snapshots);
    text + &format!("\n{} in {}\n", totals(snapshots), duration(took))
}

/// Templates that nothing lists, left by a merge or a hand. They are not ours to remove.
fn unlisted(snapshots: &Snapshots) -> String {
    let files = snapshots.unlisted.iter().map(|name| {
        let path = from_here(&snapshots.folder.join(name));
        format!("  ? {path}  not listed in {ASSEMBLY}: remove it\n")
    });
    files.collect()
}

/// Says that there is something to look at, where there is.
pub(crate) fn validated(verdict: &Verdict) -> String {
    match verdict.count(Level::Warning) {
        0 => String::new(),
        count => format!("{} (`validate` shows them)\n", counted(count, "warning")),
    }
}

/// Says against which environments nothing was checked.
pub(crate) fn unchecked(environments: &[String]) -> String {
    if environments.is_empty() {
        return String::new();
    }
    let names = environments.join(", ");
    format!("not checked against: {names} (problems of their own; `synth` without --env tells)\n")
}

/// After checking: whether the snapshots are as they should be.
pub(crate) fn checked(snapshots: &Snapshots, took: Duration) -> String {
    let stale = snapshots.stale();
    let checked = format!("{} checked in {}", totals(snapshots), duration(took));
    if stale == 0 {
        return format!("{checked}: the snapshots are fresh\n");
    }
    let files = if stale == 1 {
        "1 snapshot is stale".to_owned()
    } else {
        format!("{stale} snapshots are stale")
    };
    let unlisted = unlisted(snapshots);
    let help = if stale > snapshots.unlisted.len() {
        "  help: run `synth` without --check and commit the result\n"
    } else {
        ""
    };
    format!("{unlisted}{checked}: {files}\n{help}")
}

/// A path as seen from the current folder, where they have more in common than the root.
pub(crate) fn from_here(path: &Path) -> String {
    let here = std::env::current_dir().unwrap_or_default();
    let mut common = here
        .ancestors()
        .enumerate()
        .filter(|(_, folder)| folder.parent().is_some());
    let relative = common.find_map(|(up, folder)| {
        let below = path.strip_prefix(folder).ok()?;
        Some(format!("{}{}", "../".repeat(up), below.display()))
    });
    relative.unwrap_or_else(|| path.display().to_string())
}

fn file_line(path: &str, width: usize, file: &SnapshotFile, colour: Colour) -> String {
    let (sign, word, code, lines) = match &file.change {
        FileChange::Unchanged => (' ', "unchanged", None, String::new()),
        FileChange::Added => (
            '+',
            "added",
            Some(GREEN),
            format!("+{}", file.text.lines().count()),
        ),
        FileChange::Modified(before) | FileChange::Rewritten(before) => (
            '~',
            "modified",
            Some(YELLOW),
            changed_lines(before, &file.text),
        ),
        FileChange::Removed(before) => (
            '-',
            "removed",
            Some(RED),
            format!("-{}", before.lines().count()),
        ),
    };
    let line = format!("  {sign} {path:width$}  {word:9}  {lines}");
    let line = line.trim_end();
    match (colour, code) {
        (Colour::Always, Some(code)) => paint(line, code) + "\n",
        _ => format!("{line}\n"),
    }
}

fn changed_lines(before: &str, after: &str) -> String {
    let diff = TextDiff::from_lines(before, after);
    let count = |tag| {
        diff.iter_all_changes()
            .filter(|change| change.tag() == tag)
            .count()
    };
    format!(
        "+{} -{}",
        count(ChangeTag::Insert),
        count(ChangeTag::Delete)
    )
}

fn resources(environment: &Rendered) -> usize {
    environment
        .chosen()
        .map(|template| template.stack.template.resources.len())
        .sum()
}

fn totals(snapshots: &Snapshots) -> String {
    let environments = snapshots.rendered.iter();
    let environments: HashSet<&str> = environments
        .map(|rendered| environment_of(&rendered.environment))
        .collect();
    let stacks: usize = snapshots
        .rendered
        .iter()
        .map(|environment| environment.chosen().count())
        .sum();
    let resources: usize = snapshots.rendered.iter().map(resources).sum();
    format!(
        "{}, {}, {}",
        counted(environments.len(), "environment"),
        counted(stacks, "stack"),
        counted(resources, "resource"),
    )
}

fn duration(duration: Duration) -> String {
    let milliseconds = duration.as_secs_f64() * 1000.0;
    if milliseconds < 1000.0 {
        format!("{milliseconds:.0} ms")
    } else {
        format!("{:.1} s", milliseconds / 1000.0)
    }
}
