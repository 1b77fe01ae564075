//! What goes and comes again under another logical ID: one consequence for the two.

use std::collections::{BTreeMap, HashSet};

use stratiform_changes::Edit;

use super::moves::{Pair, names_within, within};
use super::standing::Estate;
use super::{Certainty, Consequence, Kind, unique};

/// Finds pairs, and takes back what was found of each part alone and is not so. Gives the removed resources that stay,
/// each with the one that is refused because of it.
pub(super) fn find(
    estate: &Estate<'_, '_>,
    found: &mut Vec<Consequence>,
) -> BTreeMap<String, String> {
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
    let mut moved = within(estate.changes.iter());
    let changes = estate.changes.iter();
    let removed: HashSet<&str> = changes
        .filter(|change| change.action == Edit::Remove)
        .map(|change| change.logical_id.as_str())
        .collect();
    // Where the new one cannot be made, the old one stays; where it is made, it does what the old one did.
    let sure = refused
        .iter()
        .filter(|pair| pair.consequence.certainty == Certainty::Will);
    let stays: BTreeMap<String, String> = sure
        .filter(|pair| removed.contains(pair.old))
        .map(|pair| (pair.old.to_owned(), pair.new.to_owned()))
        .collect();
    let same: HashSet<&str> = moved.iter().flat_map(|pair| [pair.old, pair.new]).collect();
    let told: HashSet<(&str, &str)> = refused.iter().map(|pair| (pair.old, pair.new)).collect();
    moved.retain(|pair| !told.contains(&(pair.old, pair.new)));
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
        !((goes || opens) && (stays.contains_key(id) || same.contains(id)))
    });
    // Where the new one may take its place, nobody knows what the old one still does.
    let old = refused.iter().map(|pair| pair.old);
    let doubted: HashSet<&str> = old.filter(|id| removed.contains(id)).collect();
    for one in found
        .iter_mut()
        .filter(|one| one.kind == Kind::Interruption)
    {
        let id = one.logical_id.as_deref().unwrap_or_default();
        if doubted.contains(id) {
            one.certainty = Certainty::May;
        }
    }
    found.extend(
        refused
            .into_iter()
            .chain(moved)
            .map(|pair| pair.consequence),
    );
    unique::made::find(estate, found);
    stays
}
