//! What AWS has probably made by itself already, for what exists.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use stratiform_catalog::PropertyPath;
use stratiform_catalog::behaviour;
use stratiform_changes::Edit;

use super::claim::identity;
use crate::consequence::nouns::named;
use crate::consequence::standing::{Estate, Moment, Properties, Standing};
use crate::consequence::{Certainty, Consequence, Kind, Severity};

/// Finds new resources that AWS has probably made by itself already, for what exists.
pub(in crate::consequence) fn find(estate: &Estate<'_, '_>, found: &mut Vec<Consequence>) {
    let mut made: HashMap<(&str, String), (Standing<'_>, PropertyPath)> = HashMap::new();
    let makes = |name: &str| behaviour::made_by_itself(name).next().is_some();
    if !estate
        .changes
        .iter()
        .any(|change| change.action == Edit::Add)
    {
        return;
    }
    for one in estate.at(Moment::Before, makes) {
        for (resource_type, property, name) in behaviour::made_by_itself(one.resource_type) {
            if let Some(own) = identity(&one.reference()) {
                let key = (resource_type, name.replace("{}", &own));
                made.entry(key).or_insert((one, property));
            }
        }
    }
    if made.is_empty() {
        return;
    }
    let properties: HashMap<&str, PropertyPath> = made
        .iter()
        .map(|((name, _), (_, path))| (*name, *path))
        .collect();
    let name_of = |resource_type: &str, properties_of: Properties<'_>| {
        let property = properties.get(resource_type)?;
        identity(properties_of.get(property.as_str())?).map(Cow::into_owned)
    };
    let existing: HashSet<String> = estate
        .at(Moment::Before, |name| properties.contains_key(name))
        .filter_map(|one| name_of(one.resource_type, one.properties))
        .collect();
    for change in estate
        .changes
        .iter()
        .filter(|change| change.action == Edit::Add)
    {
        let Some(after) = &change.after else { continue };
        let name = name_of(
            &change.resource_type,
            Properties::Changed(&after.properties),
        )
        .filter(|name| !existing.contains(name));
        let Some(name) = name else { continue };
        if let Some((maker, property)) = made.get(&(change.resource_type.as_str(), name)) {
            let new = named(&change.resource_type, &change.logical_id);
            let maker = named(maker.resource_type, maker.logical_id);
            found.push(Consequence {
                help: Some("import the one there is, or delete it before".to_owned()),
                ..Consequence::of(
                    change,
                    Kind::Refused,
                    Severity::Attention,
                    Certainty::May,
                    format!("may not be able to make {new}: AWS makes it by itself for {maker}, and that exists"),
                    format!("`{property}` is the name that AWS gives it; where it is there already, a new one is refused"),
                )
            });
        }
    }
}
