//! Is what there can be only one of still taken when the new one is made?
//!
//! New resources are made before old ones go. What lives here: the values that identify a resource or that AWS documents
//! as unique, before and after. What does not: names of their own (`replacement`, `moves`).

use std::collections::{BTreeMap, HashMap, HashSet};

use stratiform_catalog::behaviour::{self, Part, Unique};
use stratiform_catalog::{PropertyPath, ReplacementStrategy, catalog};
use stratiform_changes::{ChangedResource, Edit, Replacement};
use stratiform_resolve::{Resolved, Segment, Style, Time};

use super::iam::property::{at, quoted};
use super::network::block::Block;
use super::nouns::named;
use super::replacement::own_name;
use super::standing::{Estate, Moment, Standing};
use super::{Certainty, Consequence, Kind, Severity};

/// How many of those that have the same value are compared with one another.
const MAX_HOLDERS: usize = 500;

/// Something that is refused because another resource still has what it needs.
pub(super) struct Taken {
    /// Who has it.
    pub by: String,
    pub consequence: Consequence,
}

/// What a resource has that no other may have.
#[derive(Clone)]
struct Claim {
    rule: Rule,
    /// The values that must not be the same, as text.
    key: String,
    /// A block that must not overlap.
    block: Option<Block>,
    /// With the same value of this, it is allowed.
    unless: Option<String>,
    /// The properties with their values, for people.
    shown: String,
}

/// What says that it must be unique?
#[derive(Clone, Copy, PartialEq, Eq)]
enum Rule {
    /// The type's schema: it is the primary identifier.
    Identifier,
    /// A page of AWS.
    Documented(&'static str, Option<&'static str>),
}

/// A resource and one of its claims.
struct Holder<'e> {
    one: Standing<'e>,
    claim: Claim,
}

/// Finds what is still taken.
pub(super) fn find(estate: &Estate<'_, '_>) -> Vec<Taken> {
    let is_new = |change: &&ChangedResource| change.action != Edit::Remove;
    let changes: HashMap<&str, &ChangedResource> = estate
        .changes
        .iter()
        .map(|change| (change.logical_id.as_str(), change))
        .collect();
    let types: HashSet<&str> = estate
        .changes
        .iter()
        .filter(is_new)
        .map(|change| change.resource_type.as_str())
        .filter(|name| has_claims(name))
        .collect();
    if types.is_empty() {
        return Vec::new();
    }
    let mut holders: HashMap<String, Vec<Holder<'_>>> = HashMap::new();
    for one in estate.at(Moment::Before, |name| types.contains(name)) {
        for claim in claims(&one) {
            let key = claim.key.clone();
            holders.entry(key).or_default().push(Holder { one, claim });
        }
    }
    let mut found = Vec::new();
    for change in estate.changes.iter().filter(is_new) {
        let [old, new] = estate.sides_of(change);
        let had: Vec<Claim> = old.as_ref().map(claims).unwrap_or_default();
        let Some(new) = new else { continue };
        for claim in claims(&new) {
            let keeps = had.iter().any(|had| {
                had.key == claim.key && had.block == claim.block && had.unless == claim.unless
            });
            if keeps && change.replacement() == Replacement::WillNot {
                continue;
            }
            let holders = holders
                .get(&claim.key)
                .map(Vec::as_slice)
                .unwrap_or_default();
            let taken = holders
                .iter()
                .take(MAX_HOLDERS)
                .filter(|holder| collide(&holder.claim, &claim));
            let taken = taken.filter_map(|holder| {
                let old = changes.get(holder.one.logical_id).copied();
                let certainty = certainty(estate, change, &new, &claim, holder, old)?;
                Some((holder, certainty))
            });
            let worst = taken.max_by_key(|(_, certainty)| *certainty);
            found.extend(
                worst.map(|(holder, certainty)| told(change, &claim, holder, certainty, &changes)),
            );
        }
    }
    found
}

/// Whether two claims cannot both be had.
fn collide(held: &Claim, claim: &Claim) -> bool {
    let overlap = match (held.block, claim.block) {
        (Some(one), Some(two)) => one.contains(two) || two.contains(one),
        (one, two) => one.is_none() && two.is_none(),
    };
    let allowed = held.unless.is_some() && held.unless == claim.unless;
    overlap && !allowed
}

/// How certain it is that a resource has something when another one needs it; `None` where it surely has not.
fn certainty(
    estate: &Estate<'_, '_>,
    change: &ChangedResource,
    new: &Standing<'_>,
    claim: &Claim,
    holder: &Holder<'_>,
    old: Option<&ChangedResource>,
) -> Option<Certainty> {
    let itself = holder.one.logical_id == change.logical_id;
    let strategy = || {
        Some(
            catalog()
                .resource_type(&change.resource_type)?
                .replacement_strategy(),
        )
    };
    let replaced = |change: &ChangedResource| match change.replacement() {
        Replacement::Will => Some(Certainty::Will),
        Replacement::May => Some(Certainty::May),
        Replacement::WillNot => None,
    };
    // Names have their own sentences.
    let is_name = claim.rule == Rule::Identifier && own_name(change).is_some();
    let certainty = match old {
        _ if itself => {
            let gone_first = strategy() == Some(ReplacementStrategy::DeleteThenCreate);
            replaced(change).filter(|_| !gone_first && !is_name)?
        }
        Some(old) if old.action == Edit::Remove && change.action == Edit::Add && is_name => {
            return None;
        }
        None => Certainty::Will,
        Some(old) if old.action == Edit::Remove => Certainty::Will,
        Some(old) => {
            let [_, then] = estate.sides_of(old);
            let keeps = then.as_ref().is_some_and(|then| {
                claims(then)
                    .iter()
                    .any(|kept| kept.key == claim.key && collide(kept, claim))
            });
            match replaced(old) {
                _ if keeps => Certainty::Will,
                Some(certainty) => certainty,
                None if estate.comes_after(change, old) => return None,
                None if estate.comes_after(old, change) => Certainty::Will,
                None => Certainty::May,
            }
        }
    };
    match (new.condition, holder.one.condition) {
        // One may be there instead of the other.
        (Some(_), Some(_)) if !itself => None,
        (Some(_), None) | (None, Some(_)) if !itself => Some(Certainty::May),
        _ => Some(certainty),
    }
}

fn told(
    change: &ChangedResource,
    claim: &Claim,
    holder: &Holder<'_>,
    certainty: Certainty,
    changes: &HashMap<&str, &ChangedResource>,
) -> Taken {
    let by = holder.one.logical_id;
    let itself = by == change.logical_id;
    let (documented, otherwise) = match claim.rule {
        Rule::Identifier => ("it is the primaryIdentifier of the type".to_owned(), None),
        Rule::Documented(source, otherwise) => (format!("documented in `{source}`"), otherwise),
    };
    let certainty = match otherwise {
        Some(_) => Certainty::May,
        None => certainty,
    };
    let will = certainty == Certainty::Will;
    let name = named(&change.resource_type, &change.logical_id);
    let verb = match (change.action, change.replacement()) {
        (Edit::Modify, Replacement::WillNot) => "change",
        (Edit::Modify, _) => "replace",
        (Edit::Add | Edit::Remove, _) => "make",
    };
    let can = if will { "cannot" } else { "may not be able to" };
    let shown = &claim.shown;
    let what = match itself {
        true => format!("{can} {verb} {name}: {shown} stays taken by the old one"),
        false => format!("{can} {verb} {name}: {shown} is still taken by `{by}`"),
    };
    let old = changes.get(by).filter(|_| !itself);
    let when = match old.map(|old| old.action) {
        None if itself => "the new resource is made before the old one goes",
        None => "`{by}` stays as it is",
        Some(Edit::Remove) => "new resources are made before old ones go",
        Some(_) if will => "`{by}` has it for as long as this takes",
        Some(_) => "nothing says that `{by}` lets go of it first",
    };
    let when = when.replace("{by}", by);
    let why = match otherwise {
        Some(otherwise) => format!(
            "{otherwise}: AWS refuses a second one, or it takes the place of the first, and goes with it; {when}; {documented}"
        ),
        None => format!("{when}; {documented}"),
    };
    let help = match old.map(|old| old.action) {
        None if itself => {
            "give the new one another value, or remove it in one deployment and make it again in the next"
        }
        None => "say it in one resource",
        Some(Edit::Remove) => {
            "move it with a stack refactor, or remove the old one in a deployment before"
        }
        Some(_) => "let go of it in one deployment, and take it in the next",
    };
    let severity = match (certainty, otherwise) {
        (Certainty::Will, _) => Severity::Danger,
        (_, Some(_)) if !itself => Severity::Warning,
        _ => Severity::Attention,
    };
    Taken {
        by: by.to_owned(),
        consequence: Consequence {
            help: Some(help.to_owned()),
            ..Consequence::of(change, Kind::Refused, severity, certainty, what, why)
        },
    }
}

fn has_claims(resource_type: &str) -> bool {
    identifier(resource_type).is_some() || behaviour::unique(resource_type).next().is_some()
}

/// The primary identifier, where a template can say all of it.
fn identifier(resource_type: &str) -> Option<Vec<PropertyPath>> {
    let known = catalog().resource_type(resource_type)?;
    let paths: Vec<PropertyPath> = known.primary_identifier().collect();
    let chosen_by_aws = |path: &PropertyPath| known.read_only().any(|read_only| read_only == *path);
    (!paths.is_empty() && !paths.iter().any(chosen_by_aws)).then_some(paths)
}

/// What a resource has that no other may have.
fn claims(one: &Standing<'_>) -> Vec<Claim> {
    let mut claims: BTreeMap<String, Claim> = BTreeMap::new();
    let documented = behaviour::unique(one.resource_type);
    let identifier = identifier(one.resource_type).map(|paths| Unique {
        parts: paths.into_iter().map(Part::Given).collect(),
        what: None,
        source: "",
    });
    for unique in identifier.into_iter().chain(documented) {
        let rule = match unique.source {
            "" => Rule::Identifier,
            source => Rule::Documented(source, unique.what),
        };
        for claim in of_rule(one, rule, &unique.parts) {
            claims.insert(claim.key.clone(), claim);
        }
    }
    claims.into_values().collect()
}

/// The claims by one rule: one for each item of a list.
fn of_rule(one: &Standing<'_>, rule: Rule, parts: &[Part]) -> Vec<Claim> {
    let mut claims = vec![Claim {
        rule,
        key: one.resource_type.to_owned(),
        block: None,
        unless: None,
        shown: String::new(),
    }];
    for part in parts {
        let path = part.path().as_str();
        let values = at(one.properties, path);
        let given: Vec<&Resolved<'static>> = match (part, values.as_slice()) {
            (Part::Optional(_), []) => {
                claims
                    .iter_mut()
                    .for_each(|claim| claim.key += &format!("\n{path} -"));
                continue;
            }
            (Part::Unless(_), []) => continue,
            _ => values,
        };
        let extended = claims.iter().flat_map(|claim| {
            given
                .iter()
                .filter_map(move |value| claim.with(*part, path, value))
        });
        claims = extended.collect();
    }
    claims
}

impl Claim {
    /// The claim with another property; `None` where nobody can tell whether it is the same.
    fn with(&self, part: Part, path: &str, value: &Resolved<'static>) -> Option<Claim> {
        let mut claim = self.clone();
        let identity = identity(value)?;
        match part {
            Part::Is(_, wanted) if identity != wanted => return None,
            Part::Unless(_) => {
                claim.unless = Some(identity);
                return Some(claim);
            }
            Part::Block(_) => match Block::parse(&identity) {
                Some(block) => {
                    claim.block = Some(block);
                    claim.key += &format!("\n{path}");
                }
                None => claim.key += &format!("\n{path} {identity}"),
            },
            Part::Is(..) | Part::Given(_) | Part::Optional(_) => {
                claim.key += &format!("\n{path} {identity}")
            }
        }
        let property = path.rsplit('/').find(|step| *step != "*").unwrap_or(path);
        let comma = if claim.shown.is_empty() { "" } else { ", " };
        claim.shown += &format!("{comma}`{property}` {}", short(value));
        Some(claim)
    }
}

/// A value, cut where it is long.
fn short(value: &Resolved<'_>) -> String {
    const LONGEST: usize = 80;
    let shown = quoted(value);
    match shown.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…`", &shown[..end]),
        None => shown,
    }
}

/// What a value is before the change or after it: the same text means the same thing. `None` for secrets.
fn identity(value: &Resolved<'_>) -> Option<String> {
    match value {
        Resolved::Text(text) => text.segments.iter().map(of_segment).collect(),
        Resolved::List(items) => {
            let items: Option<Vec<String>> = items.iter().map(identity).collect();
            items.map(|items| items.join(","))
        }
        other => Some(other.shown(Style::Expression)),
    }
}

fn of_segment(segment: &Segment) -> Option<String> {
    Some(match segment {
        Segment::Known(text) => text.clone(),
        Segment::Resource {
            now: Some(now),
            time: Time::Now,
            ..
        } => now.clone(),
        Segment::Resource {
            logical_id,
            attribute,
            time,
            ..
        } => {
            let attribute = attribute.as_deref().unwrap_or_default();
            format!("${{{logical_id}.{attribute} {time:?}}}")
        }
        Segment::Unknown {
            what, time, basis, ..
        } => format!("${{{what} {basis} {time:?}}}"),
        Segment::Secret(_) => return None,
    })
}

/// Finds new resources that AWS has probably made by itself already, for what exists.
pub(super) fn made_already(estate: &Estate<'_, '_>, found: &mut Vec<Consequence>) {
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
    let name_of = |resource_type: &str, properties_of: &Resolved<'static>| {
        let property = properties.get(resource_type)?;
        identity(properties_of.get(property.as_str())?)
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
        let name = name_of(&change.resource_type, &after.properties)
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
