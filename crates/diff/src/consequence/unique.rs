//! Is what there can be only one of still taken when the new one is made?
//!
//! New resources are made before old ones go. What lives here: the values that identify a resource or that AWS documents
//! as unique, before and after. What does not: names of their own (`replacement`, `moves`).

use std::collections::{HashMap, HashSet};

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
    shown: Vec<String>,
    /// Whether it is an item of the resource that could be a resource of its own.
    is_inline: bool,
}

/// What says that it must be unique?
#[derive(Clone, Copy, PartialEq, Eq)]
enum Rule {
    /// The type's schema: it is the primary identifier.
    Identifier,
    /// A page of AWS.
    Documented(&'static str, Option<&'static str>),
}

/// What becomes of the one that has it?
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// It is the resource itself, which is replaced.
    Itself,
    /// It goes at the end of the update.
    Goes,
    /// It keeps it.
    Stays,
    /// It lets go of it in the same update, too late.
    Later,
    /// It lets go of it in the same update, before or after.
    Sometime,
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
    let changed = estate.changes.iter().filter(is_new);
    let types: HashSet<&str> = changed
        .flat_map(|change| claimed_types(&change.resource_type))
        .collect();
    if types.is_empty() {
        return Vec::new();
    }
    let may_hold = |name: &str| claimed_types(name).any(|name| types.contains(name));
    let mut holders: HashMap<String, Vec<Holder<'_>>> = HashMap::new();
    for one in estate.at(Moment::Before, may_hold) {
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
                let (fate, certainty) = fate(estate, change, &claim, holder, old)?;
                let certainty = doubted(certainty, &new, holder)?;
                Some((holder, fate, certainty))
            });
            let worst = taken.max_by_key(|(.., certainty)| *certainty);
            found
                .extend(worst.map(|(holder, fate, certainty)| {
                    told(change, &claim, holder, fate, certainty)
                }));
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

/// What becomes of the one that has something which another one needs, and how certain it is that it still has it then;
/// `None` where it surely has not.
fn fate(
    estate: &Estate<'_, '_>,
    change: &ChangedResource,
    claim: &Claim,
    holder: &Holder<'_>,
    old: Option<&ChangedResource>,
) -> Option<(Fate, Certainty)> {
    let replaced = |change: &ChangedResource| match change.replacement() {
        Replacement::Will => Some(Certainty::Will),
        Replacement::May => Some(Certainty::May),
        Replacement::WillNot => None,
    };
    // Names have their own sentences.
    let is_name = claim.rule == Rule::Identifier && own_name(change).is_some();
    if holder.one.logical_id == change.logical_id {
        let known = catalog().resource_type(&change.resource_type);
        let strategy = known.map(|known| known.replacement_strategy());
        let gone_first = strategy == Some(ReplacementStrategy::DeleteThenCreate);
        let certainty = replaced(change).filter(|_| !gone_first && !is_name)?;
        return Some((Fate::Itself, certainty));
    }
    let Some(old) = old else {
        return Some((Fate::Stays, Certainty::Will));
    };
    if old.action == Edit::Remove {
        let is_told = is_name && change.action == Edit::Add;
        return (!is_told).then_some((Fate::Goes, Certainty::Will));
    }
    let [_, then] = estate.sides_of(old);
    let kept = then.as_ref().map(claims).unwrap_or_default();
    let keeps = kept
        .iter()
        .any(|kept| kept.key == claim.key && collide(kept, claim));
    match replaced(old) {
        _ if keeps => Some((Fate::Stays, Certainty::Will)),
        Some(certainty) => Some((Fate::Later, certainty)),
        None if estate.comes_after(change, old) => None,
        None if estate.comes_after(old, change) => Some((Fate::Later, Certainty::Will)),
        None => Some((Fate::Sometime, Certainty::May)),
    }
}

/// The certainty, where conditions are not known: of two of them, one may be there instead of the other.
fn doubted(certainty: Certainty, new: &Standing<'_>, holder: &Holder<'_>) -> Option<Certainty> {
    if new.logical_id == holder.one.logical_id {
        return Some(certainty);
    }
    match (new.condition, holder.one.condition) {
        (Some(_), Some(_)) => None,
        (Some(_), None) | (None, Some(_)) => Some(Certainty::May),
        (None, None) => Some(certainty),
    }
}

fn told(
    change: &ChangedResource,
    claim: &Claim,
    holder: &Holder<'_>,
    fate: Fate,
    certainty: Certainty,
) -> Taken {
    let by = holder.one.logical_id;
    let (documented, otherwise) = match claim.rule {
        Rule::Identifier => ("it is the primaryIdentifier of the type".to_owned(), None),
        Rule::Documented(source, otherwise) => (format!("documented in `{source}`"), otherwise),
    };
    let certainty = match otherwise {
        None if !claim.is_inline => certainty,
        _ => Certainty::May,
    };
    let can = match certainty {
        Certainty::Will => "cannot",
        Certainty::May | Certainty::Unknown => "may not be able to",
    };
    let verb = match (change.action, change.replacement()) {
        (Edit::Modify, Replacement::WillNot) => "change",
        (Edit::Modify, _) => "replace",
        (Edit::Add | Edit::Remove, _) => "make",
    };
    let name = named(&change.resource_type, &change.logical_id);
    let has = match (claim.block.is_some(), fate) {
        (false, Fate::Itself) => "stays taken by the old one".to_owned(),
        (false, _) => format!("is still taken by `{by}`"),
        (true, Fate::Itself) => "overlaps with the old one".to_owned(),
        (true, _) => format!("overlaps with `{by}`"),
    };
    let what = format!("{can} {verb} {name}: {} {has}", claim.shown());
    let when = match fate {
        Fate::Itself => "the new resource is made before the old one goes".to_owned(),
        Fate::Goes => "new resources are made before old ones go".to_owned(),
        Fate::Stays => format!("`{by}` keeps it"),
        Fate::Later => format!("`{by}` lets go of it only afterwards"),
        Fate::Sometime => format!("nothing says that `{by}` lets go of it first"),
    };
    let refused = match otherwise {
        Some(otherwise) => {
            format!("{otherwise}: a second one is refused, or takes its place and goes with it; ")
        }
        None if claim.is_inline => "a second one is refused, or goes with the first; ".to_owned(),
        None if claim.unless.is_some() => "only one at a time may use it; ".to_owned(),
        None => String::new(),
    };
    let help = match fate {
        Fate::Itself => {
            "give the new one another value, or remove it in one deployment and make it again in the next"
        }
        Fate::Goes => "move it with a stack refactor, or remove the old one in a deployment before",
        Fate::Stays => "say it in one resource",
        Fate::Later | Fate::Sometime => "let go of it in one deployment, and take it in the next",
    };
    let severity = match (certainty, otherwise) {
        (Certainty::Will, _) => Severity::Danger,
        (_, Some(_)) if fate != Fate::Itself => Severity::Warning,
        _ => Severity::Attention,
    };
    let why = format!("{refused}{when}; {documented}");
    Taken {
        by: by.to_owned(),
        consequence: Consequence {
            help: Some(help.to_owned()),
            ..Consequence::of(change, Kind::Refused, severity, certainty, what, why)
        },
    }
}

/// The types of which a resource has claims: its own, and those of its items.
fn claimed_types(resource_type: &str) -> impl Iterator<Item = &str> {
    let has_claims =
        |name: &&str| identifier(name).is_some() || behaviour::unique(name).next().is_some();
    let items = behaviour::inlines(resource_type).map(|inline| inline.resource_type);
    std::iter::once(resource_type)
        .chain(items)
        .filter(has_claims)
}

/// The primary identifier, where a template can say all of it.
fn identifier(resource_type: &str) -> Option<Vec<PropertyPath>> {
    let known = catalog().resource_type(resource_type)?;
    let paths: Vec<PropertyPath> = known.primary_identifier().collect();
    let chosen_by_aws = |path: &PropertyPath| known.read_only().any(|read_only| read_only == *path);
    (!paths.is_empty() && !paths.iter().any(chosen_by_aws)).then_some(paths)
}

/// What a resource has that no other may have, itself and by its items.
fn claims(one: &Standing<'_>) -> Vec<Claim> {
    let mut claims = own_claims(one);
    for inline in behaviour::inlines(one.resource_type) {
        for item in at(one.properties, inline.path.as_str()) {
            let Resolved::Map(mut properties) = item.clone() else {
                continue;
            };
            properties.insert(inline.owner.as_str().into(), one.identifier());
            let apart = Standing {
                resource_type: inline.resource_type,
                properties: &Resolved::Map(properties),
                ..*one
            };
            claims.extend(own_claims(&apart).into_iter().map(|claim| Claim {
                is_inline: true,
                ..claim
            }));
        }
    }
    let mut seen = HashSet::new();
    claims.retain(|claim| seen.insert(claim.key.clone()) || claim.block.is_some());
    claims
}

fn own_claims(one: &Standing<'_>) -> Vec<Claim> {
    let documented = behaviour::unique(one.resource_type);
    let identifier = identifier(one.resource_type).map(|paths| Unique {
        parts: paths.into_iter().map(Part::Given).collect(),
        what: None,
        source: "",
    });
    let all = identifier.into_iter().chain(documented);
    let claims = all.flat_map(|unique| {
        let rule = match unique.source {
            "" => Rule::Identifier,
            source => Rule::Documented(source, unique.what),
        };
        of_rule(one, rule, &unique.parts)
    });
    claims.collect()
}

/// The claims by one rule: one for each item of a list.
fn of_rule(one: &Standing<'_>, rule: Rule, parts: &[Part]) -> Vec<Claim> {
    let mut claims = vec![Claim {
        rule,
        key: one.resource_type.to_owned(),
        block: None,
        unless: None,
        shown: Vec::new(),
        is_inline: false,
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
        let shown = format!("`{property}` {}", short(value));
        match part {
            // What a block is in says little.
            Part::Block(_) => claim.shown = vec![shown],
            _ => claim.shown.push(shown),
        }
        Some(claim)
    }

    /// The properties with their values: the first of them, where there are many.
    fn shown(&self) -> String {
        const SHOWN: usize = 3;
        let (first, rest) = self.shown.split_at(SHOWN.min(self.shown.len()));
        let more = if rest.is_empty() { "" } else { " …" };
        first.join(", ") + more
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
        // Alone, a reference to a resource means the resource, whichever of its attributes it is.
        Resolved::Text(text) if text.segments.len() == 1 => match &text.segments[0] {
            Segment::Resource {
                logical_id,
                now: None,
                time,
                ..
            } => Some(format!("${{{logical_id} {time:?}}}")),
            segment => of_segment(segment),
        },
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
            let attribute = attribute.as_deref().map(|name| format!(".{name}"));
            let attribute = attribute.unwrap_or_default();
            format!("${{{logical_id}{attribute} {time:?}}}")
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
