//! The rules of one group, wherever they stand: in the group itself, or in resources of their own.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use stratiform_catalog::behaviour::{Firewall, firewall};
use stratiform_changes::ChangedResource;

use super::block::Block;
use super::firewall::{self as written, Rules};
use super::rule::{Peer, Ports, Rule, Way};
use crate::consequence::Certainty;
use crate::consequence::standing::{Estate, Index, Moment, Standing, Wanted};

/// Beyond this many rules, each is covered by its equal only.
const MAX_RULES: usize = 500;

/// All rules before and after, by the group that they are about.
pub(super) struct Groups<'e> {
    before: Side,
    after: Side,
    /// Which change tells of a group's default rule: the group's, or else the first of its rules that changes.
    tellers: HashMap<String, &'e str>,
}

/// The rules of a moment.
struct Side {
    written: Index<Part>,
    defaults: Index<Part>,
    /// What is said of a group, put together once for all of its rules.
    said: RefCell<HashMap<Asked, Rc<Said>>>,
}

/// The keys of a group, and the condition of the resource that asks.
type Asked = (Vec<String>, Option<String>);

/// The rules of a group: those that are there for certain, or under the same condition, and all that may be.
#[derive(Default)]
struct Said {
    open: [Known; 2],
    closed: [Known; 2],
}

/// Rules that may cover another one, and the same to find its equal.
#[derive(Default)]
struct Known {
    rules: Vec<Rule>,
    equal: HashSet<Rule>,
}

/// What one resource says about a group.
struct Part {
    /// The resource that says it.
    logical_id: String,
    rules: Rules,
    presence: Presence,
}

/// Is it there?
#[derive(Clone, PartialEq, Eq)]
enum Presence {
    Sure,
    /// Where a condition holds whose value is not known.
    If(String),
    /// Nobody says.
    Perhaps,
}

/// Rules of a resource that those of the other side do not cover.
#[derive(Default)]
pub(super) struct Difference {
    pub open: Vec<(Rule, Certainty)>,
    pub closed: Vec<(Rule, Certainty)>,
}

impl<'e> Groups<'e> {
    pub(super) fn of(estate: &'e Estate<'_, '_>) -> Self {
        let mut wanted = Wanted::default();
        let changes = estate.changes.iter();
        for change in changes.filter(|change| firewall(&change.resource_type).is_some()) {
            let sides = estate.sides_of(change);
            sides
                .iter()
                .flatten()
                .for_each(|one| wanted.add(about(one)));
        }
        let [before, after] = Moment::BOTH.map(|moment| parts(estate, moment, &wanted));
        let now = defaults(estate, Moment::Before, &before, None, &wanted);
        let then = defaults(estate, Moment::After, &after, Some(&before), &wanted);
        let mut groups = Groups {
            before: Side::new(before, now),
            after: Side::new(after, then),
            tellers: HashMap::new(),
        };
        groups.tellers = groups.tellers(estate);
        groups
    }

    fn tellers(&self, estate: &'e Estate<'_, '_>) -> HashMap<String, &'e str> {
        let of_kind = |kind| {
            let changes = estate.changes.iter();
            changes.filter(move |change| firewall(&change.resource_type) == Some(kind))
        };
        let groups = of_kind(Firewall::SecurityGroup);
        let mut tellers: HashMap<String, &str> = groups
            .map(|change| (change.logical_id.clone(), change.logical_id.as_str()))
            .collect();
        for change in of_kind(Firewall::Egress) {
            let sides = estate.sides_of(change);
            let keys: Vec<String> = sides.iter().flatten().flat_map(about).collect();
            let parts = [&self.before, &self.after].map(|side| side.defaults.about(&keys));
            for default in parts.into_iter().flatten() {
                let teller = tellers.entry(default.logical_id.clone());
                teller.or_insert(&change.logical_id);
            }
        }
        tellers
    }

    /// What a change opens, and what it closes.
    pub(super) fn differences(
        &self,
        change: &ChangedResource,
        sides: [Option<Standing<'_>>; 2],
    ) -> [Difference; 2] {
        let [old, new] = sides;
        [
            self.missing(change, new, old, [&self.after, &self.before]),
            self.missing(change, old, new, [&self.before, &self.after]),
        ]
    }

    /// The rules of a resource on one side that the other side does not have. A resource that is on the other side only
    /// may still tell of a default rule.
    fn missing(
        &self,
        change: &ChangedResource,
        own: Option<Standing<'_>>,
        otherwise: Option<Standing<'_>>,
        [side, other]: [&Side; 2],
    ) -> Difference {
        let Some(one) = own.or(otherwise) else {
            return Difference::default();
        };
        let keys = about(&one);
        let told =
            |part: &&Part| self.tellers.get(&part.logical_id) == Some(&change.logical_id.as_str());
        let mut own = own.as_ref().map(read).unwrap_or_default();
        let defaults: Vec<&Part> = side.defaults.about(&keys).filter(told).collect();
        let perhaps = defaults.iter().any(|part| part.presence != Presence::Sure);
        let default_rules = defaults.iter().flat_map(|part| part.rules.open.clone());
        own.open.extend(default_rules);
        let said = other.said(keys, one.condition);
        let mut difference = Difference::default();
        for (list, own, [sure, any]) in [
            (&mut difference.open, &own.open, &said.open),
            (&mut difference.closed, &own.closed, &said.closed),
        ] {
            let never: HashSet<&Rule> = uncovered(own, any).into_iter().collect();
            for rule in uncovered(own, sure) {
                let is_default =
                    perhaps && defaults.iter().any(|part| part.rules.open.contains(rule));
                let certainty = match never.contains(rule) && !is_default {
                    true => Certainty::Will,
                    false => Certainty::May,
                };
                list.push((rule.clone(), certainty));
            }
        }
        difference
    }
}

impl Side {
    fn new(written: Index<Part>, defaults: Vec<(Vec<String>, Part)>) -> Self {
        let mut side = Side {
            written,
            defaults: Index::default(),
            said: RefCell::default(),
        };
        for (keys, part) in defaults {
            side.defaults.insert(keys, part);
        }
        side
    }

    /// What is said of a group, as it counts for a resource with a condition.
    fn said(&self, keys: Vec<String>, condition: Option<&str>) -> Rc<Said> {
        let key = (keys, condition.map(str::to_owned));
        if let Some(said) = self.said.borrow().get(&key) {
            return Rc::clone(said);
        }
        let mut said = Said::default();
        for part in self
            .written
            .about(&key.0)
            .chain(self.defaults.about(&key.0))
        {
            let is_here = match &part.presence {
                Presence::Sure => true,
                Presence::If(needed) => condition == Some(needed),
                Presence::Perhaps => false,
            };
            for ([sure, any], rules) in [
                (&mut said.open, &part.rules.open),
                (&mut said.closed, &part.rules.closed),
            ] {
                any.extend(rules);
                if is_here {
                    sure.extend(rules);
                }
            }
        }
        let said = Rc::new(said);
        self.said.borrow_mut().insert(key, Rc::clone(&said));
        said
    }
}

impl Known {
    fn extend(&mut self, rules: &[Rule]) {
        self.rules.extend(rules.iter().cloned());
        self.equal.extend(rules.iter().cloned());
    }
}

/// The rules of a moment, as they are written.
fn parts(estate: &Estate<'_, '_>, moment: Moment, wanted: &Wanted) -> Index<Part> {
    let mut index = Index::default();
    for one in estate.at(moment, |name| firewall(name).is_some()) {
        let keys = about(&one);
        if !wanted.has(&keys) {
            continue;
        }
        let part = Part {
            logical_id: one.logical_id.to_owned(),
            rules: read(&one),
            presence: match one.condition {
                None => Presence::Sure,
                Some(condition) => Presence::If(condition.to_owned()),
            },
        };
        index.insert(keys, part);
    }
    index
}

/// The default rules: a group without outbound rules of its own allows everything out, until the first rule is added.
/// Nobody says that it does so again when the last rule goes that stood in a resource of its own.
///
/// Source: CloudFormation template reference, "AWS::EC2::SecurityGroupEgress"; EC2 user guide, "Security group rules".
fn defaults(
    estate: &Estate<'_, '_>,
    moment: Moment,
    parts: &Index<Part>,
    before: Option<&Index<Part>>,
    wanted: &Wanted,
) -> Vec<(Vec<String>, Part)> {
    let groups = estate.at(moment, |name| {
        firewall(name) == Some(Firewall::SecurityGroup)
    });
    let without = groups.filter(|one| one.properties.get("SecurityGroupEgress").is_none());
    let defaults = without.filter_map(|one| {
        let keys = Some(about(&one)).filter(|keys| wanted.has(keys))?;
        let is_out = |rule: &Rule| rule.way == Way::Out;
        let written = |index: &Index<Part>| -> Vec<Presence> {
            let apart = index
                .about(&keys)
                .filter(|part| part.logical_id != one.logical_id);
            let out = apart.filter(|part| part.rules.open.iter().any(is_out));
            out.map(|part| part.presence.clone()).collect()
        };
        let now = written(parts);
        if now.contains(&Presence::Sure) {
            return None;
        }
        let ever = !now.is_empty() || before.is_some_and(|before| !written(before).is_empty());
        let part = Part {
            logical_id: one.logical_id.to_owned(),
            rules: Rules {
                open: vec![everything_out()],
                closed: Vec::new(),
            },
            presence: match ever {
                true => Presence::Perhaps,
                false => Presence::Sure,
            },
        };
        Some((keys, part))
    });
    defaults.collect()
}

fn everything_out() -> Rule {
    Rule {
        way: Way::Out,
        protocol: None,
        ports: Ports::ALL,
        peer: Peer::Block(Block::WORLD),
    }
}

/// What a resource's rules are about.
fn about(one: &Standing<'_>) -> Vec<String> {
    let owners = one.owner_keys();
    match owners.is_empty() {
        true => one.own_keys(),
        false => owners,
    }
}

fn read(one: &Standing<'_>) -> Rules {
    let kind = firewall(one.resource_type);
    kind.map(|kind| written::read(kind, one.properties.all()))
        .unwrap_or_default()
}

/// The rules that others do not cover, each once.
fn uncovered<'r>(rules: &'r [Rule], others: &Known) -> Vec<&'r Rule> {
    let many = rules.len().max(others.rules.len()) > MAX_RULES;
    let mut seen = HashSet::new();
    let covered =
        |rule: &Rule| others.equal.contains(rule) || !many && rule.is_covered(&others.rules);
    rules
        .iter()
        .filter(|rule| seen.insert(*rule) && !covered(rule))
        .collect()
}
