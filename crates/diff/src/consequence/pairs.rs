//! What goes and comes again under another logical ID: one consequence for the two.

use std::collections::HashSet;

use stratiform_changes::{ChangedResource, Edit};

use super::moves::{Pair, names_within, within};
use super::standing::Estate;
use super::{Certainty, Consequence, Kind, unique};

/// Finds pairs, and takes back what was found of each part alone and is not so.
pub(super) fn find(estate: &Estate<'_, '_>, found: &mut Vec<Consequence>) {
    let taken = unique::find(estate);
    let taken = taken.iter().map(|taken| Pair {
        old: &taken.by,
        new: taken.consequence.logical_id.as_deref().unwrap_or_default(),
        consequence: taken.consequence.clone(),
    });
    let refused: Vec<Pair<'_>> = names_within(estate.changes)
        .into_iter()
        .chain(taken)
        .collect();
    let is_sure = |pair: &&Pair<'_>| pair.consequence.certainty == Certainty::Will;
    let never: HashSet<(&str, &str)> = refused
        .iter()
        .filter(is_sure)
        .map(|pair| (pair.old, pair.new))
        .collect();
    let mut moved = within(estate.changes.iter());
    let is_removed = |id: &str| {
        let mut changes = estate.changes.iter();
        changes.any(|change: &ChangedResource| {
            change.logical_id == id && change.action == Edit::Remove
        })
    };
    // Where the new one cannot be made, the old one stays; where it is made, it does what the old one did.
    let stays: HashSet<&str> = never
        .iter()
        .map(|(old, _)| *old)
        .filter(|id| is_removed(id))
        .collect();
    let same: HashSet<&str> = moved.iter().flat_map(|pair| [pair.old, pair.new]).collect();
    moved.retain(|pair| !never.contains(&(pair.old, pair.new)));
    found.retain(|one| {
        let id = one.logical_id.as_deref().unwrap_or_default();
        let goes = matches!(one.kind, Kind::Interruption | Kind::ProtectionLost);
        let opens = matches!(
            one.kind,
            Kind::NetworkWidened
                | Kind::NetworkNarrowed
                | Kind::AccessWidened
                | Kind::AccessNarrowed
        );
        !(goes && stays.contains(id) || (goes || opens) && same.contains(id))
    });
    found.extend(
        refused
            .into_iter()
            .chain(moved)
            .map(|pair| pair.consequence),
    );
    unique::made_already(estate, found);
}
