//! What `synth --check` shows: what a run would change, as unified diffs.

use std::collections::BTreeMap;

use stratiform_assembly::FILE as ASSEMBLY;

use crate::report::Colour;
use crate::snapshots::{FileChange, SnapshotFile, Snapshots};
use crate::view::review::yaml;

/// What a run would change: files that change alike in several environments once, and of `assembly.json` no checksums,
/// which change with the templates.
pub(crate) fn stale(snapshots: &Snapshots, colour: Colour) -> String {
    let mut text = String::new();
    let mut shown: BTreeMap<Vec<String>, Vec<&str>> = BTreeMap::new();
    let diffs = snapshots.files.iter().filter_map(diff);
    let diffs: Vec<(&SnapshotFile, String)> = diffs.collect();
    for (file, diff) in &diffs {
        let alike = shown.entry(anywhere(file, diff)).or_default();
        alike.push(&file.name);
    }
    for (file, diff) in &diffs {
        let alike = shown.remove(&anywhere(file, diff)).unwrap_or_default();
        let Some((_, others)) = alike.split_first() else {
            continue;
        };
        text += &yaml::coloured(diff, colour);
        if !others.is_empty() {
            text += &format!("changed alike: {}\n", others.join(", "));
        }
    }
    text
}

/// A file's change; none where there is nothing to see.
fn diff(file: &SnapshotFile) -> Option<(&SnapshotFile, String)> {
    let (before, after) = match &file.change {
        FileChange::Unchanged | FileChange::Rewritten(_) => return None,
        FileChange::Added => (None, Some(file.text.as_str())),
        FileChange::Modified(before) => (Some(before.as_str()), Some(file.text.as_str())),
        FileChange::Removed(before) => (Some(before.as_str()), None),
    };
    let is_assembly = file.name.ends_with(&format!("/{ASSEMBLY}"));
    let [before, after] = [before, after].map(|text| match is_assembly {
        true => text.map(without_checksums),
        false => text.map(str::to_owned),
    });
    if before == after {
        return None;
    }
    let diff = yaml::unified(&file.name, before.as_deref(), after.as_deref());
    Some((file, diff))
}

/// The same without what tells only that a template is another.
fn without_checksums(text: &str) -> String {
    let is_checksum = |line: &&str| {
        let line = line.trim_start();
        line.starts_with("\"sha256\":") || line.starts_with("\"bytes\":")
    };
    let lines = text.split_inclusive('\n');
    lines.filter(|line| !is_checksum(line)).collect()
}

/// The file and the lines that come and go, without the environment's name: the same where two files change alike.
fn anywhere(file: &SnapshotFile, diff: &str) -> Vec<String> {
    let (environment, name) = file.name.split_once('/').unwrap_or(("", &file.name));
    let environment = environment.split('.').next().unwrap_or_default();
    let lines = diff.lines().skip(2);
    let lines = lines.filter(|line| line.starts_with(['+', '-']));
    let lines = lines.map(|line| without_word(line, environment));
    std::iter::once(name.to_owned()).chain(lines).collect()
}

fn without_word(line: &str, word: &str) -> String {
    let parts = line.split_inclusive(|letter: char| !letter.is_alphanumeric());
    let parts = parts.map(|part| {
        let bare = part.trim_end_matches(|letter: char| !letter.is_alphanumeric());
        match bare == word {
            true => part.get(bare.len()..).unwrap_or_default(),
            false => part,
        }
    });
    parts.collect()
}
