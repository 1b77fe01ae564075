//! Was something renamed? One word of many logical IDs became another, and all that carry it are made anew.
//!
//! What lives here: which removed resource became which added one, by the rest of their names, and in what the two
//! differ besides. What does not: single resources that look the same (`consequence/moves.rs`).

use std::collections::{BTreeMap, HashMap, HashSet};

use stratiform_changes::{ChangedResource, Edit};
use stratiform_finding::words::{counted, few};
use stratiform_resolve::{Resolved, Style};

use crate::consequence::nouns::noun;
use crate::consequence::{Certainty, Consequence, Kind, Severity, sort};
use crate::stack::StackDiff;

/// A word of logical IDs that became another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rename {
    /// The word before: `Api`.
    pub old: String,
    /// The word after: `Web`.
    pub new: String,
    /// The logical IDs before and after.
    pub pairs: Vec<(String, String)>,
}

impl Rename {
    /// A text in which the word before became the word after, however it is written.
    pub fn renamed(&self, text: &str) -> String {
        let mut renamed = text.to_owned();
        for (old, new) in spellings(&self.old, &self.new) {
            renamed = renamed.replace(&old, &new);
        }
        renamed
    }
}

/// One pair is a resource under another name; from this many on it is a rename.
const LEAST: usize = 2;

/// Words of a logical ID that are told apart.
const WORDS: usize = 8;

/// Where this many could have become this many, names say nothing.
const AMBIGUOUS: usize = 32;

/// Pairs that are named with what else differs in them.
const LISTED: usize = 20;

/// Differences of a pair that are named.
const NAMED: usize = 3;

/// A stack's position, and that of a removed and of an added resource in it.
type Place = (usize, usize, usize);

/// Finds what was renamed, in all stacks together: says it once for each stack, and takes back what was said of the
/// parts as if they had nothing to do with each other.
pub(crate) fn tell(diffs: &mut [StackDiff]) {
    for ((old, new), places) in chosen(diffs) {
        let title = named(diffs, &places, &old, &new)
            .unwrap_or_else(|| format!("`{old}…` became `{new}…`"));
        let mut of_stacks: BTreeMap<usize, Vec<(String, String)>> = BTreeMap::new();
        for (stack, removed, added) in places {
            let resources = &diffs[stack].resources;
            let id = |index: usize| resources[index].logical_id.clone();
            let pairs = of_stacks.entry(stack).or_default();
            pairs.push((id(removed), id(added)));
        }
        for (stack, pairs) in of_stacks {
            let (old, new) = (old.clone(), new.clone());
            let rename = Rename { old, new, pairs };
            one(&mut diffs[stack], &rename, &title);
            diffs[stack].renames.push(rename);
        }
    }
}

/// The words that became others, with the resources that show it; each resource once, the most telling word first.
fn chosen(diffs: &[StackDiff]) -> Vec<((String, String), Vec<Place>)> {
    let mut candidates: Vec<_> = candidates(diffs).into_iter().collect();
    candidates.sort_by_key(|((old, new), places)| {
        (
            std::cmp::Reverse(places.len()),
            old.len() + new.len(),
            old.clone(),
            new.clone(),
        )
    });
    let mut taken: HashSet<(usize, usize)> = HashSet::new();
    let mut chosen = Vec::new();
    for (words, mut places) in candidates {
        places.retain(|(stack, removed, added)| {
            !taken.contains(&(*stack, *removed)) && !taken.contains(&(*stack, *added))
        });
        if places.len() >= LEAST {
            let halves = places
                .iter()
                .flat_map(|(stack, removed, added)| [(*stack, *removed), (*stack, *added)]);
            taken.extend(halves);
            chosen.push((words, places));
        }
    }
    chosen
}

/// Every word that could have become another one.
fn candidates(diffs: &[StackDiff]) -> HashMap<(String, String), Vec<Place>> {
    let mut rests: BTreeMap<_, [Vec<(String, usize)>; 2]> = BTreeMap::new();
    for (stack, diff) in diffs.iter().enumerate() {
        let has = |edit| diff.resources.iter().any(|change| change.action == edit);
        if !has(Edit::Remove) || !has(Edit::Add) {
            continue;
        }
        for (index, change) in diff.resources.iter().enumerate() {
            let side = match change.action {
                Edit::Remove => 0,
                Edit::Add => 1,
                Edit::Modify => continue,
            };
            for (before, word, behind) in cuts(&change.logical_id) {
                let rest = (stack, change.resource_type.as_str(), before, behind);
                rests.entry(rest).or_default()[side].push((word, index));
            }
        }
    }
    let mut candidates: HashMap<_, Vec<Place>> = HashMap::new();
    for ((stack, ..), [gone, come]) in rests {
        if gone.len().max(come.len()) > AMBIGUOUS {
            continue;
        }
        for (old, removed) in &gone {
            for (new, added) in &come {
                let places = candidates.entry((old.clone(), new.clone())).or_default();
                places.push((stack, *removed, *added));
            }
        }
    }
    candidates
}

/// A logical ID as something before, some words, and something behind; the words are not all of it.
fn cuts(logical_id: &str) -> Vec<(&str, String, &str)> {
    let mut starts = vec![0];
    let letters: Vec<(usize, char)> = logical_id.char_indices().collect();
    for pair in letters.windows(2) {
        let [(_, one), (at, two)] = pair else {
            continue;
        };
        let begins = two.is_uppercase() && !one.is_uppercase();
        if begins || two.is_numeric() != one.is_numeric() {
            starts.push(*at);
        }
    }
    starts.truncate(WORDS);
    starts.push(logical_id.len());
    let mut cuts = Vec::new();
    for (index, start) in starts.iter().enumerate() {
        for end in &starts[index + 1..] {
            if end - start < logical_id.len() {
                let word = logical_id[*start..*end].to_owned();
                cuts.push((&logical_id[..*start], word, &logical_id[*end..]));
            }
        }
    }
    cuts
}

/// ``service `api` became `web` ``, where one of the resources is the thing itself and has the words as its name.
fn named(diffs: &[StackDiff], places: &[Place], old: &str, new: &str) -> Option<String> {
    let titles = places.iter().filter_map(|(stack, removed, added)| {
        let resources = &diffs[*stack].resources;
        let (gone, come) = (&resources[*removed], &resources[*added]);
        let noun = noun(&gone.resource_type);
        let rest = gone.logical_id.strip_prefix(old)?;
        if !rest.eq_ignore_ascii_case(&noun.replace(' ', "")) {
            return None;
        }
        let (before, after) = (
            &gone.before.as_ref()?.properties,
            &come.after.as_ref()?.properties,
        );
        before.entries().find_map(|(key, value)| {
            let (value, other) = (value.known()?, after.get(key)?.known()?);
            let is_name = spellings(old, new).contains(&(value.to_string(), other.to_string()));
            is_name.then(|| format!("{noun} `{value}` became `{other}`"))
        })
    });
    titles.min_by_key(String::len)
}

/// How a word is written: `OrderApi`, `orderapi`, `order-api`, `order_api`.
fn spellings(old: &str, new: &str) -> [(String, String); 4] {
    let joined = |text: &str, with: &str| {
        let mut joined = String::new();
        for (index, letter) in text.char_indices() {
            if letter.is_uppercase() && index > 0 {
                joined += with;
            }
            joined.extend(letter.to_lowercase());
        }
        joined
    };
    let both = |with| (joined(old, with), joined(new, with));
    [
        (old.to_owned(), new.to_owned()),
        both(""),
        both("-"),
        both("_"),
    ]
}

/// Says one rename of a stack.
fn one(diff: &mut StackDiff, rename: &Rename, title: &str) {
    let (old, new) = (&rename.old, &rename.new);
    let Differences { same, details } = differing(diff, rename);
    let come: HashSet<&str> = rename.pairs.iter().map(|(_, come)| come.as_str()).collect();
    diff.consequences.retain(|found| match &found.logical_id {
        // What comes guards as what goes did.
        Some(id) if found.kind == Kind::ProtectionLost => !same.contains(id.as_str()),
        Some(id) if found.kind == Kind::Move => !come.contains(id.as_str()),
        _ => true,
    });
    let count = rename.pairs.len();
    let verb = if count == 1 { "is" } else { "are" };
    diff.consequences.push(Consequence {
        kind: Kind::Move,
        severity: Severity::Attention,
        certainty: Certainty::Will,
        logical_id: None,
        resource_type: None,
        what: format!("{title}: {} {verb} made anew", counted(count, "resource")),
        why: format!("`{old}` became `{new}` in their logical IDs, by which CloudFormation knows resources"),
        details,
        help: Some("keep the logical IDs, or move what is to stay with a stack refactor (`aws cloudformation create-stack-refactor`)".to_owned()),
        withheld: Vec::new(),
    });
    sort(&mut diff.consequences);
}

/// In what the pairs of a rename differ besides the word.
struct Differences<'r> {
    /// The resources before that came back as they were.
    same: HashSet<&'r str>,
    /// A line about the others, if there are any.
    details: Vec<String>,
}

fn differing<'r>(diff: &StackDiff, rename: &'r Rename) -> Differences<'r> {
    let changes = diff.resources.iter();
    let changes: HashMap<(Edit, &str), &ChangedResource> = changes
        .map(|change| ((change.action, change.logical_id.as_str()), change))
        .collect();
    let mut same = HashSet::new();
    let mut others = Vec::new();
    for (gone, come) in &rename.pairs {
        let old = changes.get(&(Edit::Remove, gone.as_str()));
        let pair = old.zip(changes.get(&(Edit::Add, come.as_str())));
        let paths = pair.map(|(gone, come)| besides(gone, come, rename));
        match paths.unwrap_or_default() {
            paths if paths.is_empty() => {
                same.insert(gone.as_str());
            }
            paths => others.push(format!("`{come}` ({})", few(&paths))),
        }
    }
    let rest = others.len().saturating_sub(LISTED);
    others.truncate(LISTED);
    others.extend((rest > 0).then(|| format!("{rest} more")));
    let details = match others.as_slice() {
        [] => Vec::new(),
        others => vec![format!("besides names differ {}", others.join(", "))],
    };
    Differences { same, details }
}

/// The properties in which two resources differ besides the word.
fn besides(gone: &ChangedResource, come: &ChangedResource, rename: &Rename) -> Vec<String> {
    let mut paths = Vec::new();
    if let (Some(before), Some(after)) = (&gone.before, &come.after) {
        differences(
            &before.properties,
            &after.properties,
            rename,
            "",
            &mut paths,
        );
    }
    paths
}

fn differences(
    old: &Resolved<'_>,
    new: &Resolved<'_>,
    rename: &Rename,
    path: &str,
    found: &mut Vec<String>,
) {
    if found.len() > NAMED {
        return;
    }
    let below = |step: &str| match path {
        "" => step.to_owned(),
        path => format!("{path}.{step}"),
    };
    match (old, new) {
        (Resolved::Map(one), Resolved::Map(two)) => {
            let more = two.iter().filter(|(key, _)| !one.contains_key(key));
            for (key, value) in one {
                match two.get(key) {
                    Some(other) => differences(value, other, rename, &below(key), found),
                    None => found.push(format!("`{}`", below(key))),
                }
            }
            found.extend(more.map(|(key, _)| format!("`{}`", below(key))));
        }
        (Resolved::List(one), Resolved::List(two)) if one.len() == two.len() => {
            for (index, (one, two)) in one.iter().zip(two).enumerate() {
                differences(one, two, rename, &below(&index.to_string()), found);
            }
        }
        (old, new) => {
            let (old, new) = (old.shown(Style::Expression), new.shown(Style::Expression));
            if old != new && rename.renamed(&old) != new {
                found.push(format!("`{path}`"));
            }
        }
    }
}
