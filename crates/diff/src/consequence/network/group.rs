//! The rules of one group, wherever they stand: in the group itself, or in resources of their own.

use std::collections::{HashMap, HashSet};

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
    before: Index<Part>,
    after: Index<Part>,
    /// Which change tells of a group's default rule: the group's, or else the first of its rules that changes.
    tellers: HashMap<String, &'e str>,
}

/// What one resource says about a group.
struct Part {
    /// The resource that says it.
    logical_id: String,
    rules: Rules,
    presence: Presence,
    /// Whether it is the rule of a group that has no outbound rules.
    is_default: bool,
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
        let [mut before, mut after] = Moment::BOTH.map(|moment| parts(estate, moment, &wanted));
        let now = defaults(estate, Moment::Before, &before, None, &wanted);
        let then = defaults(estate, Moment::After, &after, Some(&before), &wanted);
        for (index, defaults) in [(&mut before, now), (&mut after, then)] {
            for (keys, part) in defaults {
                index.insert(keys, part);
            }
        }
        let mut groups = Groups {
            before,
            after,
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
            let parts = [&self.before, &self.after].map(|index| index.about(&keys));
            for default in parts.into_iter().flatten().filter(|part| part.is_default) {
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
        [side, other]: [&Index<Part>; 2],
    ) -> Difference {
        let Some(one) = own.or(otherwise) else {
            return Difference::default();
        };
        let keys = about(&one);
        let told = |part: &&Part| {
            part.is_default
                && self.tellers.get(&part.logical_id) == Some(&change.logical_id.as_str())
        };
        let mut own = own.as_ref().map(read).unwrap_or_default();
        let defaults: Vec<&Part> = side.about(&keys).filter(told).collect();
        let perhaps = defaults.iter().any(|part| part.presence != Presence::Sure);
        let default_rules = defaults.iter().flat_map(|part| part.rules.open.clone());
        own.open.extend(default_rules);
        let here = |presence: &Presence| match presence {
            Presence::Sure => true,
            Presence::If(condition) => one.condition == Some(condition),
            Presence::Perhaps => false,
        };
        let others: Vec<&Part> = other.about(&keys).collect();
        let mut difference = Difference::default();
        for (list, of) in [
            (
                &mut difference.open,
                (|rules: &Rules| &rules.open) as fn(&Rules) -> &Vec<Rule>,
            ),
            (&mut difference.closed, |rules| &rules.closed),
        ] {
            let all = |is_in: &dyn Fn(&Part) -> bool| -> Vec<Rule> {
                let parts = others.iter().filter(|part| is_in(part));
                parts
                    .flat_map(|part| of(&part.rules).iter().cloned())
                    .collect()
            };
            let sure = all(&|part| here(&part.presence));
            let any = all(&|_| true);
            let never: HashSet<Rule> = uncovered(of(&own), &any).into_iter().cloned().collect();
            for rule in uncovered(of(&own), &sure) {
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
            is_default: false,
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
            is_default: true,
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
fn uncovered<'r>(rules: &'r [Rule], others: &[Rule]) -> Vec<&'r Rule> {
    let many = rules.len().max(others.len()) > MAX_RULES;
    let mut seen = HashSet::new();
    let equal: HashSet<&Rule> = others.iter().collect();
    let covered = |rule: &Rule| equal.contains(rule) || !many && rule.is_covered(others);
    rules
        .iter()
        .filter(|rule| seen.insert(*rule) && !covered(rule))
        .collect()
}
