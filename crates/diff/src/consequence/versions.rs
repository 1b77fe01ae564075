//! Versions that only go on, and some of them step by step.

use stratiform_catalog::behaviour::{Upgrade, UpgradeStep, holds_data, upgrades};
use stratiform_changes::{ChangedResource, Context, Edit, Replacement};

use super::Consequence;
use super::nouns::named;
use super::refused::refused;

pub(super) fn find(change: &ChangedResource, found: &mut Vec<Consequence>) {
    if change.action == Edit::Modify && change.replacement() != Replacement::Will {
        let upgrades = upgrades(&change.resource_type);
        found.extend(upgrades.filter_map(|upgrade| forbidden(change, upgrade)));
    }
}

/// A version that becomes an older one, or leaves one out that it has to go through.
fn forbidden(change: &ChangedResource, upgrade: Upgrade) -> Option<Consequence> {
    let text = |context: &Option<Context>, property: &str| {
        let properties = &context.as_ref()?.properties;
        Some(properties.get(property)?.known()?.into_owned())
    };
    let path = upgrade.path;
    let same_engine = text(&change.before, "Engine") == text(&change.after, "Engine");
    let old = text(&change.before, path.as_str())?;
    let new = text(&change.after, path.as_str())?;
    let name = named(&change.resource_type, &change.logical_id);
    let (what, why, help) = if same_engine && is_older(&new, &old) {
        let help = match holds_data(&change.resource_type) {
            true => {
                "keep the version; an older one is made from a snapshot of its own, beside this one"
            }
            false => "keep the version; an older one is made beside this one",
        };
        (
            format!("cannot take {name} back to an older version"),
            format!("`{path}` goes from {old} back to {new}, and there are upgrades only"),
            help,
        )
    } else if upgrade.step == UpgradeStep::Minor && leaves_out(&old, &new) {
        (
            format!("cannot upgrade {name} by more than one version"),
            format!(
                "`{path}` goes from {old} to {new}, and one minor version can be gone at a time; documented in `{}`",
                upgrade.source
            ),
            "upgrade version by version, each with a deployment of its own",
        )
    } else {
        return None;
    };
    Some(Consequence {
        help: Some(help.to_owned()),
        ..refused(change, what, why)
    })
}

/// Whether there are minor versions between two.
fn leaves_out(old: &str, new: &str) -> bool {
    let parts = |version: &str| {
        let (major, minor) = version.split_once('.')?;
        Some((major.parse::<u64>().ok()?, minor.parse::<u64>().ok()?))
    };
    match (parts(old), parts(new)) {
        (Some((major, old)), Some((same, new))) => major == same && new > old.saturating_add(1),
        _ => false,
    }
}

/// Whether a version comes before another one, number by number. Of what is no number, nobody knows; of different things
/// (`Elasticsearch_7.10`, `OpenSearch_1.0`) none is older.
pub(super) fn is_older(one: &str, two: &str) -> bool {
    let numbers = |version: &str| {
        let parts = version.split('.').map(|part| part.parse::<u64>().ok());
        let known = parts.take_while(Option::is_some);
        known.flatten().collect::<Vec<_>>()
    };
    let thing = |version: &str| {
        version
            .find(|letter: char| letter.is_ascii_digit())
            .unwrap_or(0)
    };
    let ((of_one, one), (of_two, two)) = (one.split_at(thing(one)), two.split_at(thing(two)));
    let mut pairs = numbers(one).into_iter().zip(numbers(two));
    of_one == of_two
        && pairs
            .find(|(one, two)| one != two)
            .is_some_and(|(one, two)| one < two)
}

#[cfg(test)]
mod tests {
    use super::is_older;

    #[test]
    fn versions_are_compared_number_by_number() {
        for (one, two) in [
            ("16.9", "16.10"),
            ("5.7.mysql_aurora.2.11.1", "8.0.mysql_aurora.3.04.0"),
            ("OpenSearch_2.9", "OpenSearch_2.11"),
        ] {
            assert!(is_older(one, two) && !is_older(two, one), "{one} {two}");
        }
        for (one, two) in [
            ("16", "16.4"),
            ("Elasticsearch_7.10", "OpenSearch_1.0"),
            ("a", "b"),
        ] {
            assert!(!is_older(one, two) && !is_older(two, one), "{one} {two}");
        }
    }
}
