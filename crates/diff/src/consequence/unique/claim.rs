//! What a resource has that no other may have: the values that identify it, and those that AWS documents as unique.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use stratiform_catalog::behaviour::{self, Inline, Part, Second};
use stratiform_catalog::{PropertyPath, catalog};
use stratiform_resolve::{Resolved, Segment, Style, Time};

use crate::consequence::iam::property::quoted;
use crate::consequence::network::block::Block;
use crate::consequence::standing::{Properties, Standing};

/// Room for a key as most are.
const KEY: usize = 96;

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
    /// The properties with their values, for people; see [`Rules::told`].
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
pub(super) struct Rules(RefCell<HashMap<String, Rc<OfType>>>);

/// The rules of a type, and which of its items could be resources of their own.
struct OfType {
    rules: Vec<OfRule>,
    inlines: Vec<Inline>,
}

/// Are claims also put into words? Most are only compared.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Words {
    With,
    Without,
}

/// A rule and what it is about.
struct OfRule {
    rule: Rule,
    parts: Vec<Part>,
    /// Whether it is about the name.
    is_name: bool,
}

impl Rules {
    fn of(&self, resource_type: &str) -> Rc<OfType> {
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
        let rules = rules.map(|(rule, parts)| OfRule {
            rule,
            is_name: name.is_some_and(|name| parts.iter().any(|part| part.path() == name)),
            parts,
        });
        let of_type = Rc::new(OfType {
            rules: rules.collect(),
            inlines: behaviour::inlines(resource_type).collect(),
        });
        let mut all = self.0.borrow_mut();
        all.insert(resource_type.to_owned(), Rc::clone(&of_type));
        of_type
    }

    /// The types of which a resource has claims: its own, and those of its items.
    pub(super) fn claimed_types<'n>(
        &self,
        resource_type: &'n str,
    ) -> impl Iterator<Item = &'n str> {
        let items = behaviour::inlines(resource_type).map(|inline| inline.resource_type);
        let types = std::iter::once(resource_type).chain(items);
        types.filter(|name| !self.of(name).rules.is_empty())
    }

    /// What a resource has that no other may have, itself and by its items.
    pub(super) fn claims(&self, one: &Standing<'_>) -> Vec<Claim> {
        self.claimed(one, Words::Without)
    }

    /// What a claim of a resource is about, for people: its properties with their values.
    pub(super) fn told(&self, one: &Standing<'_>, claim: &Claim) -> String {
        let mut claims = self.claimed(one, Words::With).into_iter();
        let same = |other: &Claim| {
            other.key == claim.key && other.block == claim.block && other.unless == claim.unless
        };
        claims
            .find(same)
            .map(|claim| claim.shown())
            .unwrap_or_default()
    }

    fn claimed(&self, one: &Standing<'_>, words: Words) -> Vec<Claim> {
        let of_type = self.of(one.resource_type);
        let mut claims = of_type.claims(one.resource_type, one.properties, words);
        for inline in &of_type.inlines {
            for item in one.properties.at(inline.path.as_str()) {
                let Resolved::Map(mut properties) = item.clone() else {
                    continue;
                };
                properties.insert(inline.owner.as_str(), one.identifier());
                if let Some((name, own)) = inline.renamed {
                    let value = properties.get(own.as_str()).cloned();
                    properties.extend(value.map(|value| (name.as_str(), value)));
                }
                let properties = Resolved::Map(properties);
                let properties = Properties::Changed(&properties);
                let of_item = self.of(inline.resource_type);
                let of_item = of_item.claims(inline.resource_type, properties, words);
                claims.extend(of_item.into_iter().map(|claim| Claim {
                    is_inline: true,
                    ..claim
                }));
            }
        }
        if claims.len() > 1 {
            let mut seen = HashSet::new();
            claims.retain(|claim| seen.insert(claim.key.clone()) || claim.block.is_some());
        }
        claims
    }
}

impl OfType {
    fn claims(&self, resource_type: &str, properties: Properties<'_>, words: Words) -> Vec<Claim> {
        let rules = self.rules.iter();
        let claims = rules.flat_map(|rule| rule.claims(resource_type, properties, words));
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
    fn claims(&self, resource_type: &str, properties: Properties<'_>, words: Words) -> Vec<Claim> {
        let mut claims = vec![Claim {
            is_name: self.is_name,
            rule: self.rule,
            key: String::with_capacity(KEY) + resource_type,
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
            // Most paths are one step, and have one value.
            let (own, below) = match path.contains('/') {
                true => (None, properties.at(path)),
                false => (properties.get(path), Vec::new()),
            };
            let given = match own.as_slice() {
                [] => below.as_slice(),
                own => own,
            };
            match (part, given) {
                (Part::Optional(_), []) => {
                    let none = |claim: &mut Claim| claim.key.extend(["\n", path, " -"]);
                    claims.iter_mut().for_each(none);
                }
                (Part::Unless(_), []) => {}
                (_, []) => claims.clear(),
                (_, [rest @ .., last]) => {
                    let mut extended = Vec::with_capacity(claims.len() * given.len());
                    for claim in claims {
                        let of = |value: &&Resolved<'static>| {
                            claim.clone().with(*part, path, value, words)
                        };
                        extended.extend(rest.iter().filter_map(of));
                        extended.extend(claim.with(*part, path, last, words));
                    }
                    claims = extended;
                }
            }
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
    fn with(
        mut self,
        part: Part,
        path: &str,
        value: &Resolved<'static>,
        words: Words,
    ) -> Option<Claim> {
        let identity = identity(value)?;
        // A domain's name may end in a dot.
        let identity = identity.trim_end_matches('.');
        if matches!(part, Part::Is(_, wanted) if identity != wanted) {
            return None;
        }
        let block = match part {
            Part::Unless(_) => {
                self.unless = Some(identity.to_owned());
                return Some(self);
            }
            Part::Block(_) => Block::parse(identity),
            Part::Is(..) | Part::Given(_) | Part::Optional(_) => None,
        };
        self.key.extend(["\n", path]);
        match block {
            Some(_) => self.block = block,
            None => self.key.extend([" ", identity]),
        }
        if words == Words::Without {
            return Some(self);
        }
        let property = path.rsplit('/').find(|step| *step != "*").unwrap_or(path);
        let shown = format!("`{property}` {}", short(value));
        match part {
            // What a block is in says little.
            Part::Block(_) => self.shown = vec![shown],
            _ => self.shown.push(shown),
        }
        Some(self)
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
pub(in crate::consequence) fn identity<'r>(value: &'r Resolved<'_>) -> Option<Cow<'r, str>> {
    let text = match value {
        Resolved::Literal(text) => return Some(Cow::Borrowed(text)),
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
            let items: Option<Vec<_>> = items.iter().map(identity).collect();
            items.map(|items| items.join(","))
        }
        Resolved::Null | Resolved::Map(_) => Some(value.shown(Style::Expression)),
    };
    text.map(Cow::Owned)
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
