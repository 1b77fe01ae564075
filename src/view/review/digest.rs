//! The consequences of a stack as people read them: what belongs together is said as one.
//!
//! What lives here: consequences → entries. A replacement and the data that goes with it are one, what follows from
//! another replacement belongs to that, the parts of a rename belong to it, and what happens alike to several resources
//! is said once. What does not live here: what is found (`stratiform-diff`) and layout. JSON has the consequences as
//! they are.

#[cfg(test)]
mod tests;

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};

use indexmap::IndexMap;
use stratiform_changes::Edit;
use stratiform_diff::{Consequence, Kind, Severity, StackChange, StackDiff, is_start};
use stratiform_finding::words::{counted, cut_values, plural};

/// Names that are listed of what happens alike.
const NAMES: usize = 6;

/// Of so many consequences, all that belongs to them is said.
const FEW: usize = 10;

/// What nobody asks why for, and what nobody does where there is much.
const OBVIOUS: &str = "the resource leaves the template";
const NEARLY_OBVIOUS: &str = "no rule before covers it";

/// What is worth an entry of its own, also among the parts of a rename.
const OWN_ENTRY: [Kind; 3] = [Kind::DataLoss, Kind::AccessWidened, Kind::NetworkWidened];

/// Something that happens, with all that belongs to it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Entry {
    pub severity: Severity,
    pub what: String,
    pub why: String,
    /// What belongs to it, one line each.
    pub lines: Vec<String>,
    /// Whether the lines say little that the sentence, or what changes below, does not say.
    is_told: bool,
    pub help: Option<String>,
}

/// All that is to be said of a stack's consequences: the worst first, and of what is as bad, what matters most.
fn entries(diff: &StackDiff, detail: Detail) -> Vec<Entry> {
    let mut consequences = diff.consequences.clone();
    consequences.sort_by_key(|it| (Reverse(it.severity), it.weight()));
    let links = links(diff);
    consequences.retain(|it| it.kind != Kind::Replacement || !is_of(it, &links));
    let consequences = with_data(consequences);
    let (consequences, parts) = without_parts(diff, consequences, detail);
    let mut entries = alike(&consequences);
    let renames = consequences.iter().zip(&mut entries);
    let renames = renames.filter(|(it, _)| is_rename(it));
    for ((_, entry), parts) in renames.zip(parts) {
        entry.iter_mut().for_each(|entry| of_rename(entry, &parts));
    }
    let mut entries: Vec<Entry> = entries.into_iter().flatten().collect();
    for entry in &mut entries {
        entry.lines.iter_mut().for_each(cut_values);
        if entry.why == OBVIOUS {
            entry.why.clear();
        }
    }
    entries.sort_by_key(|entry| Reverse(entry.severity));
    entries
}

/// Every consequence by itself.
pub(super) fn each(diff: &StackDiff) -> Vec<Entry> {
    diff.consequences.iter().map(Entry::of).collect()
}

fn of_resource(consequence: &Consequence) -> Option<&str> {
    consequence.logical_id.as_deref()
}

fn is_of(consequence: &Consequence, logical_ids: &HashSet<&str>) -> bool {
    of_resource(consequence).is_some_and(|id| logical_ids.contains(id))
}

/// Of the moves, only that of a whole name is of no one resource.
fn is_rename(consequence: &Consequence) -> bool {
    consequence.kind == Kind::Move && consequence.logical_id.is_none()
}

/// The resources that are replaced only because another one is: the details of that one name them.
fn links(diff: &StackDiff) -> HashSet<&str> {
    let changes = diff.resources.iter();
    let links = changes.filter(|change| change.action == Edit::Modify && !is_start(change));
    links.map(|change| change.logical_id.as_str()).collect()
}

/// Says the replacement of a resource with what becomes of its data.
fn with_data(mut consequences: Vec<Consequence>) -> Vec<Consequence> {
    let is_replacement = |it: &&mut Consequence| it.kind == Kind::Replacement;
    let mut data: HashMap<String, Vec<Consequence>> = HashMap::new();
    for found in consequences.iter().filter(|it| it.kind == Kind::DataLoss) {
        data.extend(found.logical_id.clone().map(|id| (id, Vec::new())));
    }
    for replacement in consequences.iter_mut().filter(is_replacement) {
        let parts = of_resource(replacement).and_then(|id| data.get_mut(id));
        parts
            .into_iter()
            .for_each(|parts| parts.push(replacement.clone()));
    }
    consequences.retain(|it| {
        it.kind != Kind::Replacement || of_resource(it).is_none_or(|id| !data.contains_key(id))
    });
    for found in consequences
        .iter_mut()
        .filter(|it| it.kind == Kind::DataLoss)
    {
        let parts = of_resource(found).and_then(|id| data.remove(id));
        for part in parts.into_iter().flatten() {
            found.why = format!("{}; {}", part.why, found.why);
            found.details.extend(part.details);
        }
    }
    consequences
}

/// Takes out what is said of the parts of each rename, but for what is worth an entry of its own: data, what is newly
/// open, and where there is room, what is refused.
fn without_parts(
    diff: &StackDiff,
    mut consequences: Vec<Consequence>,
    detail: Detail,
) -> (Vec<Consequence>, Vec<Vec<Consequence>>) {
    let mut all = Vec::new();
    for rename in &diff.renames {
        let gone: HashSet<&str> = rename.pairs.iter().map(|(gone, _)| gone.as_str()).collect();
        let come: HashSet<&str> = rename.pairs.iter().map(|(_, come)| come.as_str()).collect();
        let is_part = |it: &Consequence| match it.kind {
            Kind::Interruption
            | Kind::ProtectionLost
            | Kind::AccessNarrowed
            | Kind::NetworkNarrowed => is_of(it, &gone),
            Kind::Refused if detail == Detail::Short => {
                is_of(it, &come) && !it.concerns(&OWN_ENTRY)
            }
            _ => it.severity == Severity::Note && is_of(it, &come),
        };
        let (parts, others) = consequences.into_iter().partition(is_part);
        consequences = others;
        all.push(parts);
    }
    (consequences, all)
}

/// Adds what is said of the parts to the rename.
fn of_rename(rename: &mut Entry, parts: &[Consequence]) {
    let told = parts.iter().filter(|part| part.severity > Severity::Note);
    let told: Vec<Consequence> = told.cloned().collect();
    let parts: Vec<Entry> = alike(&told).into_iter().flatten().collect();
    let worst = parts.iter().map(|part| part.severity).max();
    rename.severity = rename.severity.max(worst.unwrap_or_default());
    let parts: Vec<String> = parts.into_iter().map(|part| part.what).collect();
    if !parts.is_empty() {
        rename.lines.insert(0, parts.join("; "));
    }
}

/// One entry for the first of those that are alike, and none for the others.
fn alike(consequences: &[Consequence]) -> Vec<Option<Entry>> {
    let mut groups: IndexMap<_, Vec<usize>> = IndexMap::new();
    for (index, consequence) in consequences.iter().enumerate() {
        groups
            .entry(Likeness::of(consequence, index))
            .or_default()
            .push(index);
    }
    let mut entries: Vec<Option<Entry>> = vec![None; consequences.len()];
    for (likeness, group) in groups {
        let of_group: Vec<&Consequence> = group.iter().map(|index| &consequences[*index]).collect();
        if let [first, ..] = group.as_slice() {
            entries[*first] = Some(likeness.entry(&of_group));
        }
    }
    entries
}

/// What consequences have in common that are the same but for the resource.
#[derive(PartialEq, Eq, Hash)]
struct Likeness {
    kind: Kind,
    severity: Severity,
    certainty: stratiform_diff::Certainty,
    /// What stands before the resource, what it is called, and what stands behind it.
    sentence: Option<(String, String, String)>,
    why: String,
    details: Vec<String>,
    help: Option<String>,
    /// Tells apart what is like nothing else.
    own: Option<usize>,
}

impl Likeness {
    fn of(consequence: &Consequence, index: usize) -> Likeness {
        let quoted = of_resource(consequence).map(|id| format!("`{id}`"));
        let sentence = quoted
            .as_deref()
            .and_then(|quoted| around(&consequence.what, quoted));
        let without = |text: &str| match &quoted {
            Some(quoted) => text.replace(quoted, "``"),
            None => text.to_owned(),
        };
        // Of what is only worth knowing, the sentence says enough.
        let is_note = consequence.severity <= Severity::Note;
        let details = consequence.details.iter().filter(|_| !is_note);
        Likeness {
            kind: consequence.kind,
            severity: consequence.severity,
            certainty: consequence.certainty,
            own: sentence.is_none().then_some(index),
            sentence,
            why: match is_note {
                true => String::new(),
                false => without(&consequence.why),
            },
            details: details.map(|line| without(line)).collect(),
            help: consequence.help.as_deref().map(without),
        }
    }

    fn entry(self, group: &[&Consequence]) -> Entry {
        let (Some((before, noun, behind)), [_, _, ..]) = (&self.sentence, group) else {
            return group.first().map(|it| Entry::of(it)).unwrap_or_default();
        };
        let those = format!("{} {}", group.len(), many(noun));
        let what = match behind.strip_prefix(", which ") {
            Some(does) => format!("{before}{those}, each of which {does}"),
            None if behind.is_empty() => format!("{before}{those}"),
            None => format!("{before}each of {those}{behind}"),
        };
        let names: Vec<String> = group
            .iter()
            .filter_map(|it| Some(format!("`{}`", of_resource(it)?)))
            .collect();
        Entry {
            severity: self.severity,
            what,
            why: self.why.replace("``", "each"),
            lines: std::iter::once(several(&names))
                .chain(self.details.iter().cloned())
                .collect(),
            help: self.help.clone(),
            is_told: false,
        }
    }
}

/// A sentence in three parts: `removes `, `alarm`, and what is behind ``the alarm `Cpu` ``.
fn around(sentence: &str, quoted: &str) -> Option<(String, String, String)> {
    let (before, behind) = sentence.split_once(quoted)?;
    let (verb, noun) = before.rsplit_once("the ")?;
    let noun = noun.strip_suffix(' ')?;
    let is_noun = !noun.is_empty() && !noun.contains('`') && !behind.contains(quoted);
    is_noun.then(|| (verb.to_owned(), noun.to_owned(), behind.to_owned()))
}

/// More than one of something: `policies`, `aliases`, `alarms`.
fn many(noun: &str) -> String {
    let consonant = |text: &str| !text.ends_with(['a', 'e', 'i', 'o', 'u']);
    match noun.strip_suffix('y') {
        Some(stem) if consonant(stem) => format!("{stem}ies"),
        _ if noun.ends_with('s') || noun.ends_with("ch") => format!("{noun}es"),
        _ => plural(2, noun),
    }
}

/// Everything that entries name.
pub(super) fn named(entries: &[Entry]) -> HashSet<&str> {
    let texts = entries
        .iter()
        .flat_map(|entry| std::iter::once(&entry.what).chain(&entry.lines));
    texts
        .flat_map(|text| text.split('`').skip(1).step_by(2))
        .collect()
}

/// The names, or the first of them and how many there are more.
pub(super) fn several(names: &[String]) -> String {
    match names.split_at_checked(NAMES) {
        Some((shown, rest @ [_, _, ..])) => {
            format!("{} and {} more", shown.join(", "), rest.len())
        }
        _ => names.join(", "),
    }
}

/// How much is said of each entry?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Detail {
    /// All of it: there are few.
    Whole,
    /// There are many: what matters less is said in fewer words.
    Short,
}

impl Detail {
    /// What a number of entries leaves room for.
    pub(super) fn of<'r>(stacks: impl IntoIterator<Item = &'r StackDiff>) -> Detail {
        let entries = stacks.into_iter().map(|stack| stack.consequences.len());
        match entries.sum::<usize>() <= FEW {
            true => Detail::Whole,
            false => Detail::Short,
        }
    }
}

/// The entries of a stack, as far as there is room for them.
pub(super) fn brief(diff: &StackDiff, detail: Detail) -> Vec<Entry> {
    let mut entries = entries(diff, detail);
    if detail == Detail::Whole {
        return entries;
    }
    for entry in &mut entries {
        entry.shorten();
        if diff.change == StackChange::Removed {
            entry.why.clear();
            entry.help = None;
        }
    }
    let least = match diff.change {
        // Nothing of it happens before somebody deletes the stack.
        StackChange::Removed => Severity::Warning,
        StackChange::Created | StackChange::Updated | StackChange::Unchanged => Severity::Attention,
    };
    counted_below(entries, least)
}

/// What was said already: a reason is said once, and so is what to do about it.
#[derive(Debug, Default)]
pub(super) struct Told(HashSet<String>);

impl Told {
    /// Takes out what was told before.
    pub(super) fn without(&mut self, mut entries: Vec<Entry>) -> Vec<Entry> {
        for entry in &mut entries {
            if !entry.why.is_empty() && !self.0.insert(entry.why.clone()) {
                entry.why.clear();
            }
            entry.help = entry.help.take().filter(|help| self.0.insert(help.clone()));
            let what = entry
                .what
                .replace(|character: char| character.is_ascii_digit(), "");
            entry
                .lines
                .retain(|line| self.0.insert(format!("{what} {line}")));
        }
        entries
    }
}

/// Only counts what is less than that, where there are several.
fn counted_below(mut entries: Vec<Entry>, least: Severity) -> Vec<Entry> {
    let start = entries.partition_point(|entry| entry.severity >= least);
    if let [worst, _, ..] = &entries[start..] {
        let count = entries.len() - start;
        let counted = Entry {
            severity: worst.severity,
            what: format!("{count} more things (`--full`)"),
            ..Entry::default()
        };
        entries.truncate(start);
        entries.push(counted);
    }
    entries
}

impl Entry {
    fn shorten(&mut self) {
        if self.severity < Severity::Danger {
            self.help = None;
        }
        if self.severity < Severity::Danger || self.why == NEARLY_OBVIOUS {
            self.why.clear();
        }
        self.lines.truncate(match self.severity {
            Severity::Danger | Severity::Warning => 2,
            Severity::Attention | Severity::Note | Severity::Safe => 1,
        });
        if self.severity < Severity::Attention || self.is_told {
            self.lines.clear();
        }
    }

    fn of(consequence: &Consequence) -> Entry {
        Entry {
            severity: consequence.severity,
            what: consequence.what.clone(),
            why: consequence.why.clone(),
            lines: consequence.details.clone(),
            help: consequence.help.clone(),
            is_told: match consequence.kind {
                // Which exports go is in the list of what changes.
                Kind::OtherStacks => true,
                Kind::NetworkWidened => consequence.details.len() == 1,
                _ => false,
            },
        }
    }

    /// What is said of the lines that are not: `3 more lines (`--full`)`.
    pub(super) fn rest(&self, shown: usize) -> Option<String> {
        let more = self.lines.len().saturating_sub(shown);
        (more > 0).then(|| format!("and {} (`--full`)", counted(more, "more line")))
    }
}
