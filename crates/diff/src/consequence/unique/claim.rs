//! What a resource has that no other may have: the values that identify it, and those that AWS documents as unique.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use stratiform_catalog::behaviour::{self, Part, Second};
use stratiform_catalog::{PropertyPath, catalog};
use stratiform_resolve::{Resolved, Segment, Style, Time};

use crate::consequence::iam::property::quoted;
use crate::consequence::network::block::Block;
use crate::consequence::standing::{Properties, Standing};

/// What a resource has that no other may have.
#[derive(Clone)]
pub(super) struct Claim {
    pub rule: Rule,
    /// The values that must not be the same, as text.
    pub key: String,
    /// A block that must not overlap.
    pub block: Option<Block>,
    /// With the same value of this, it is allowed.
    pub unless: Option<String>,
    /// The properties with their values, for people.
    shown: Vec<String>,
    /// Whether it is an item of the resource that could be a resource of its own.
    pub is_inline: bool,
    /// Whether it is the name of the resource.
    pub is_name: bool,
}

/// What says that it must be unique?
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Rule {
    /// The type's schema: it is the primary identifier.
    Identifier,
    /// A page of AWS.
    Documented(&'static str, Option<Second>),
}

/// What must be unique of each type, looked up once.
#[derive(Default)]
pub(super) struct Rules(RefCell<HashMap<String, OfType>>);

/// The rules of a type.
type OfType = Rc<[OfRule]>;

/// A rule and what it is about.
struct OfRule {
    rule: Rule,
    parts: Vec<Part>,
    /// Whether it is about the name.
    is_name: bool,
}

impl Rules {
    fn of(&self, resource_type: &str) -> OfType {
        if let Some(known) = self.0.borrow().get(resource_type) {
            return Rc::clone(known);
        }
        let documented = behaviour::unique(resource_type);
        let documented =
            documented.map(|one| (Rule::Documented(one.source, one.second), one.parts));
        let rules = identifier(resource_type).into_iter().chain(documented);
        let name = catalog()
            .resource_type(resource_type)
            .and_then(behaviour::unique_name);
        let rules: OfType = rules
            .map(|(rule, parts)| OfRule {
                rule,
                is_name: name.is_some_and(|name| parts.iter().any(|part| part.path() == name)),
                parts,
            })
            .collect();
        let mut all = self.0.borrow_mut();
        all.insert(resource_type.to_owned(), Rc::clone(&rules));
        rules
    }

    /// The types of which a resource has claims: its own, and those of its items.
    pub(super) fn claimed_types<'n>(
        &self,
        resource_type: &'n str,
    ) -> impl Iterator<Item = &'n str> {
        let items = behaviour::inlines(resource_type).map(|inline| inline.resource_type);
        let types = std::iter::once(resource_type).chain(items);
        types.filter(|name| !self.of(name).is_empty())
    }

    /// What a resource has that no other may have, itself and by its items.
    pub(super) fn claims(&self, one: &Standing<'_>) -> Vec<Claim> {
        let mut claims = self.own_claims(one.resource_type, one.properties);
        for inline in behaviour::inlines(one.resource_type) {
            for item in one.properties.at(inline.path.as_str()) {
                let Resolved::Map(mut properties) = item.clone() else {
                    continue;
                };
                properties.insert(inline.owner.as_str().into(), one.identifier());
                if let Some((name, own)) = inline.renamed {
                    let value = properties.get(own.as_str()).cloned();
                    properties.extend(value.map(|value| (name.as_str().into(), value)));
                }
                let properties = Resolved::Map(properties);
                let properties = Properties::Changed(&properties);
                let of_item = self.own_claims(inline.resource_type, properties);
                claims.extend(of_item.into_iter().map(|claim| Claim {
                    is_inline: true,
                    ..claim
                }));
            }
        }
        let mut seen = HashSet::new();
        claims.retain(|claim| seen.insert(claim.key.clone()) || claim.block.is_some());
        claims
    }

    fn own_claims(&self, resource_type: &str, properties: Properties<'_>) -> Vec<Claim> {
        let rules = self.of(resource_type);
        let claims = rules
            .iter()
            .flat_map(|rule| rule.claims(resource_type, properties));
        claims.collect()
    }
}

/// The primary identifier, where a template can say all of it.
fn identifier(resource_type: &str) -> Option<(Rule, Vec<Part>)> {
    let known = catalog().resource_type(resource_type)?;
    let paths: Vec<PropertyPath> = known.primary_identifier().collect();
    let chosen_by_aws = |path: &PropertyPath| known.read_only().any(|read_only| read_only == *path);
    let is_said = !paths.is_empty() && !paths.iter().any(chosen_by_aws);
    is_said.then(|| {
        (
            Rule::Identifier,
            paths.into_iter().map(Part::Given).collect(),
        )
    })
}

impl OfRule {
    /// The claims by it: one for each item of a list.
    fn claims(&self, resource_type: &str, properties: Properties<'_>) -> Vec<Claim> {
        let mut claims = vec![Claim {
            is_name: self.is_name,
            rule: self.rule,
            key: resource_type.to_owned(),
            block: None,
            unless: None,
            shown: Vec::new(),
            is_inline: false,
        }];
        for part in &self.parts {
            if claims.is_empty() {
                break;
            }
            let path = part.path().as_str();
            let values = properties.at(path);
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
}

impl Claim {
    /// The type that it is a claim of: for an item, the one that it would have as a resource of its own.
    pub(super) fn resource_type(&self) -> &str {
        self.key.lines().next().unwrap_or_default()
    }

    /// The claim with another property; `None` where nobody can tell whether it is the same.
    fn with(&self, part: Part, path: &str, value: &Resolved<'static>) -> Option<Claim> {
        let mut claim = self.clone();
        // A domain's name may end in a dot.
        let identity = identity(value)?.trim_end_matches('.').to_owned();
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
    pub(super) fn shown(&self) -> String {
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
pub(in crate::consequence) fn identity(value: &Resolved<'_>) -> Option<String> {
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

impl Claim {
    /// Whether two claims cannot both be had.
    pub(super) fn collides(&self, held: &Claim) -> bool {
        let overlap = match (held.block, self.block) {
            (Some(one), Some(two)) => one.contains(two) || two.contains(one),
            (one, two) => one.is_none() && two.is_none(),
        };
        let allowed = held.unless.is_some() && held.unless == self.unless;
        overlap && !allowed
    }
}
