//! Is what there can be only one of still taken when the new one is made?
//!
//! New resources are made before old ones go. What lives here: the values that identify a resource or that AWS documents
//! as unique, before and after. What does not: names of their own (`replacement`, `moves`).

pub(super) mod claim;
pub(super) mod made;

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};

use stratiform_catalog::behaviour::Second;
use stratiform_catalog::{ReplacementStrategy, catalog};
use stratiform_changes::{ChangedResource, Edit, Replacement};

use super::nouns::named;
use super::standing::{Estate, Moment, Standing};
use super::{Certainty, Consequence, Kind, Severity};
use claim::{Claim, Rule, Rules};

/// How many of those that have the same value are compared with one another.
const MAX_HOLDERS: usize = 500;

/// Something that is refused because another resource still has what it needs.
pub(super) struct Taken {
    /// Who has it.
    pub by: String,
    pub consequence: Consequence,
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
    /// It takes it in the same update, too.
    New,
}

/// A resource and one of its claims.
struct Holder<'e> {
    one: Standing<'e>,
    claim: Cow<'e, Claim>,
}

/// Those that have something, by the values that must not be the same.
type Holders<'e> = HashMap<&'e str, Vec<Holder<'e>>>;

/// Something that another one has: who, what becomes of it, and whether it surely still has it then.
type Conflict<'h, 'e> = (&'h Holder<'e>, Fate, Certainty);

/// What a resource needs after the change that it has not before it, or that its new one needs anew.
struct Newly<'e> {
    change: &'e ChangedResource,
    one: Standing<'e>,
    wanted: Vec<Wanted>,
}

/// Something that must not be had twice.
struct Wanted {
    claim: Claim,
    /// Whether the resource had it before, and is made anew.
    is_kept: bool,
}

/// Finds what is still taken.
pub(super) fn find(estate: &Estate<'_, '_>) -> Vec<Taken> {
    let rules = Rules::default();
    let changes = estate.changes.iter();
    let newly: Vec<Newly<'_>> = changes
        .filter_map(|change| newly(estate, &rules, change))
        .collect();
    if newly.is_empty() {
        return Vec::new();
    }
    let holders = holders(estate, &rules, &newly);
    let changes: HashMap<&str, &ChangedResource> = estate
        .changes
        .iter()
        .map(|change| (change.logical_id.as_str(), change))
        .collect();
    let (mut fresh, mut found) = (Holders::new(), Vec::new());
    for Newly {
        change,
        one,
        wanted,
    } in &newly
    {
        let start = found.len();
        for Wanted { claim, is_kept } in wanted {
            let still = worst(&holders, claim, |holder| {
                let old = changes.get(holder.one.logical_id).copied();
                let (fate, certainty) = fate(estate, &rules, change, claim, holder, old)?;
                Some((fate, doubted(certainty, one, holder)?))
            });
            let conflict = still.or_else(|| {
                worst(&fresh, claim, |other| {
                    let is_other = !is_kept && other.one.logical_id != one.logical_id;
                    let certainty = is_other.then_some(Certainty::Will)?;
                    Some((Fate::New, doubted(certainty, one, other)?))
                })
            });
            found.extend(conflict.map(|conflict| {
                let shown = rules.told(one, claim);
                told(change, claim, &shown, conflict)
            }));
            if !is_kept {
                fresh.entry(&claim.key).or_default().push(Holder {
                    one: *one,
                    claim: Cow::Borrowed(claim),
                });
            }
        }
        once_each(&mut found, start);
    }
    found
}

/// The conflict of a claim that is the most certain.
fn worst<'h, 'e>(
    holders: &'h Holders<'e>,
    claim: &Claim,
    fate: impl Fn(&Holder<'e>) -> Option<(Fate, Certainty)>,
) -> Option<Conflict<'h, 'e>> {
    let holders = holders.get(claim.key.as_str())?.iter().take(MAX_HOLDERS);
    let taken = holders.filter(|holder| claim.collides(&holder.claim));
    let taken = taken.filter_map(|holder| {
        let (fate, certainty) = fate(holder)?;
        Some((holder, fate, certainty))
    });
    taken.max_by_key(|(.., certainty)| *certainty)
}

/// Two that have several things in common are told once, what is the most certain.
fn once_each(found: &mut Vec<Taken>, start: usize) {
    let mut of_change = found.split_off(start);
    of_change.sort_by_key(|taken| Reverse(taken.consequence.certainty));
    let mut seen = HashSet::new();
    of_change.retain(|taken| seen.insert(taken.by.clone()));
    found.extend(of_change);
}

/// What a change newly needs; `None` where that is nothing.
fn newly<'e>(
    estate: &'e Estate<'_, '_>,
    rules: &Rules,
    change: &'e ChangedResource,
) -> Option<Newly<'e>> {
    let claims = |one: &Option<Standing<'_>>| {
        let claims = one.as_ref().map(|one| rules.claims(one));
        claims.unwrap_or_default()
    };
    let [old, new] = estate.sides_of(change);
    let wanted = claims(&new);
    if wanted.is_empty() {
        return None;
    }
    let had = claims(&old);
    let wanted = wanted.into_iter().map(|claim| Wanted {
        is_kept: had.iter().any(|had| {
            had.key == claim.key && had.block == claim.block && had.unless == claim.unless
        }),
        claim,
    });
    let stays = change.replacement() == Replacement::WillNot;
    let wanted: Vec<Wanted> = wanted.filter(|wanted| !(stays && wanted.is_kept)).collect();
    (!wanted.is_empty()).then_some(Newly {
        change,
        one: new?,
        wanted,
    })
}

/// Who has what is newly needed, before the change.
fn holders<'e>(estate: &'e Estate<'_, '_>, rules: &Rules, newly: &'e [Newly<'_>]) -> Holders<'e> {
    let claims = || {
        newly
            .iter()
            .flat_map(|newly| newly.wanted.iter().map(|wanted| &wanted.claim))
    };
    let mut holders: Holders<'_> = claims()
        .map(|claim| (claim.key.as_str(), Vec::new()))
        .collect();
    let types: HashSet<&str> = claims().map(Claim::resource_type).collect();
    let may_hold = |name: &str| rules.claimed_types(name).any(|name| types.contains(name));
    for one in estate.at(Moment::Before, may_hold) {
        for claim in rules.claims(&one) {
            if let Some(holders) = holders.get_mut(claim.key.as_str()) {
                holders.push(Holder {
                    one,
                    claim: Cow::Owned(claim),
                });
            }
        }
    }
    holders
}

/// What becomes of the one that has something which another one needs, and how certain it is that it still has it then;
/// `None` where it surely has not.
fn fate(
    estate: &Estate<'_, '_>,
    rules: &Rules,
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
    let is_name = claim.is_name;
    if holder.one.logical_id == change.logical_id {
        let known = catalog().resource_type(&change.resource_type);
        let strategy = known.map(|known| known.replacement_strategy());
        let gone_first = strategy == Some(ReplacementStrategy::DeleteThenCreate);
        // Where one takes the place of the other, replacing is what the service does all the time.
        let takes_over = matches!(claim.rule, Rule::Documented(_, Some(Second::TakesOver(_))));
        let is_free = gone_first || is_name || takes_over;
        let certainty = replaced(change).filter(|_| !is_free)?;
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
    let kept = then
        .as_ref()
        .map(|then| rules.claims(then))
        .unwrap_or_default();
    let keeps = kept
        .iter()
        .any(|kept| kept.key == claim.key && claim.collides(kept));
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
        (Some(one), Some(other)) if one != other => None,
        (Some(_), _) | (_, Some(_)) => Some(Certainty::May),
        (None, None) => Some(certainty),
    }
}

fn told(change: &ChangedResource, claim: &Claim, shown: &str, conflict: Conflict<'_, '_>) -> Taken {
    let (holder, fate, certainty) = conflict;
    let by = holder.one.logical_id;
    let (documented, otherwise) = match claim.rule {
        Rule::Identifier => ("it is the primaryIdentifier of the type".to_owned(), None),
        Rule::Documented(source, otherwise) => (format!("documented in `{source}`"), otherwise),
    };
    // Of an item, CloudFormation knows no identifier.
    let of_item = claim.is_inline || holder.claim.is_inline && claim.rule == Rule::Identifier;
    let certainty = match otherwise {
        None if !of_item => certainty,
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
    let whose = match fate {
        Fate::Itself => "the old one".to_owned(),
        _ => format!("`{by}`"),
    };
    let has = match (claim.block.is_some(), fate) {
        _ if shown.is_empty() => format!("there can be only one, and that is {whose}"),
        (true, _) => format!("{shown} overlaps with {whose}"),
        (false, Fate::Itself) => format!("{shown} stays taken by {whose}"),
        (false, Fate::New) => format!("{shown} is taken by {whose}"),
        (false, _) => format!("{shown} is still taken by {whose}"),
    };
    let what = format!("{can} {verb} {name}: {has}");
    let when = match fate {
        Fate::Itself => "the new resource is made before the old one goes".to_owned(),
        Fate::Goes => "new resources are made before old ones go".to_owned(),
        Fate::Stays => format!("`{by}` keeps it"),
        Fate::Later => format!("`{by}` lets go of it only afterwards"),
        Fate::Sometime => format!("nothing says that `{by}` lets go of it first"),
        Fate::New => format!("`{by}` takes it in this change, too"),
    };
    let refused = match otherwise {
        Some(Second::TakesOver(one)) => {
            format!("{one}: a second one is refused, or takes its place and goes with it; ")
        }
        Some(Second::Depends(on)) => format!("{on}; "),
        None if of_item => "a second one is refused, or goes with the first; ".to_owned(),
        None if claim.unless.is_some() => "only one at a time may use it; ".to_owned(),
        None => String::new(),
    };
    let help = match fate {
        Fate::Itself => {
            "give the new one another value, or remove it in one deployment and make it again in the next"
        }
        Fate::Goes => "move it with a stack refactor, or remove the old one in a deployment before",
        Fate::Stays | Fate::New => "say it in one resource",
        Fate::Later | Fate::Sometime => "let go of it in one deployment, and take it in the next",
    };
    let severity = match (certainty, otherwise) {
        (Certainty::Will, _) => Severity::Danger,
        (_, Some(Second::TakesOver(_))) => Severity::Warning,
        _ => Severity::Attention,
    };
    let why = format!("{refused}{when}; {documented}");
    Taken {
        by: by.to_owned(),
        consequence: Consequence {
            help: Some(help.to_owned()),
            withheld: match fate {
                Fate::Itself => vec![Kind::Replacement],
                Fate::Goes | Fate::Stays | Fate::Later | Fate::Sometime | Fate::New => Vec::new(),
            },
            ..Consequence::of(change, Kind::Refused, severity, certainty, what, why)
        },
    }
}
