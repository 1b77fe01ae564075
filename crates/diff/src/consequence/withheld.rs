//! What does not happen because AWS refuses it.
//!
//! A resource has one fate: what would become of it, of its data and of those that depend on it is told under the
//! refusal, as what would happen otherwise. Gates count it all the same: once the refusal is mended, it happens, and
//! nothing in that change has to say it again.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};

use stratiform_changes::{ChangedAttribute, ChangedResource, Edit, Replacement};

use super::replacement::users;
use super::{Consequence, Kind, Severity, sort};

/// How many lines say what would happen otherwise.
const LISTED: usize = 20;

/// What of a resource does not happen?
#[derive(Clone, Copy, PartialEq, Eq)]
enum Extent {
    /// All that is said of it.
    All,
    /// That it is replaced, and what goes with that.
    Replacement,
}

impl Extent {
    fn has(self, kind: Kind) -> bool {
        match kind {
            Kind::DataLoss | Kind::Replacement => true,
            Kind::Interruption
            | Kind::AccessWidened
            | Kind::NetworkWidened
            | Kind::ProtectionLost
            | Kind::Move
            | Kind::AccessNarrowed
            | Kind::NetworkNarrowed => self == Extent::All,
            Kind::Refused | Kind::Unknown | Kind::OtherStacks | Kind::Limit => false,
        }
    }
}

/// The refusal because of which something does not happen to a resource, by its logical ID.
type Reasons = HashMap<String, (usize, Extent)>;

/// Puts what does not happen under the refusal because of which it does not. `kept` names removed resources that stay
/// because another one, which needs what they have, is refused.
pub(super) fn fold(
    changes: &[ChangedResource],
    kept: &BTreeMap<String, String>,
    found: &mut Vec<Consequence>,
) {
    let mut reasons = of_refused(found);
    if reasons.is_empty() {
        return;
    }
    for (old, new) in kept {
        if let Some(reason) = reasons.get(new).copied() {
            reasons.entry(old.clone()).or_insert(reason);
        }
    }
    of_dependants(changes, &mut reasons);
    let refusal_of = |one: &Consequence| {
        let id = one.logical_id.as_deref();
        let (refusal, extent) = reasons.get(id.filter(|_| one.resource_type.is_some())?)?;
        extent.has(one.kind).then_some(*refusal)
    };
    let mut withheld: HashMap<usize, Vec<Consequence>> = HashMap::new();
    for one in found.iter() {
        if let Some(refusal) = refusal_of(one) {
            withheld.entry(refusal).or_default().push(one.clone());
        }
    }
    for (refusal, others) in withheld {
        if let Some(refusal) = found.get_mut(refusal) {
            refusal.withhold(others);
        }
    }
    found.retain(|one| refusal_of(one).is_none());
}

/// What is refused itself.
fn of_refused(found: &[Consequence]) -> Reasons {
    let mut reasons = Reasons::new();
    for (index, one) in found.iter().enumerate() {
        let extent = if one.is_refusal() {
            Extent::All
        } else if one.withheld.contains(&Kind::Replacement) {
            // Where the update would be a replacement, it is refused; where it is none, it goes on.
            Extent::Replacement
        } else {
            continue;
        };
        if let Some(id) = &one.logical_id {
            reasons.entry(id.clone()).or_insert((index, extent));
        }
    }
    reasons
}

/// What changes only because something else would have.
fn of_dependants(changes: &[ChangedResource], reasons: &mut Reasons) {
    let users = users(changes);
    let mut waiting: VecDeque<String> = reasons.keys().cloned().collect();
    while let Some(cause) = waiting.pop_front() {
        let Some((refusal, _)) = reasons.get(&cause).copied() else {
            continue;
        };
        for (user, _) in users.get(cause.as_str()).into_iter().flatten() {
            if user.action != Edit::Modify || reasons.contains_key(&user.logical_id) {
                continue;
            }
            if let Some(extent) = through(user, reasons) {
                reasons.insert(user.logical_id.clone(), (refusal, extent));
                waiting.push_back(user.logical_id.clone());
            }
        }
    }
}

/// What of a resource comes only from resources that stay what they are.
fn through(user: &ChangedResource, reasons: &Reasons) -> Option<Extent> {
    let details = || user.expected();
    let paths = |is_withheld: bool| {
        let through = details().filter(move |detail| {
            let cause = detail.through();
            cause.is_some_and(|cause| reasons.contains_key(cause) == is_withheld)
        });
        let paths = through.map(|detail| detail.path.as_slice());
        paths.collect::<HashSet<&[String]>>()
    };
    let (withheld, others) = (paths(true), paths(false));
    let comes_from = |detail: &ChangedAttribute| {
        let path = detail.path.as_slice();
        withheld.contains(path) && !others.contains(path)
    };
    let worst = user.replacement();
    if details().all(comes_from) {
        Some(Extent::All)
    } else if worst != Replacement::WillNot
        && details()
            .filter(|detail| detail.replacement() == worst)
            .all(comes_from)
    {
        Some(Extent::Replacement)
    } else {
        None
    }
}

impl Consequence {
    /// Whether it is of one of some kinds, or keeps something of them from happening.
    pub fn concerns(&self, kinds: &[Kind]) -> bool {
        kinds.contains(&self.kind) || self.withheld.iter().any(|kind| kinds.contains(kind))
    }

    /// Tells what does not happen because of it, as far as that is worth a second look.
    fn withhold(&mut self, mut others: Vec<Consequence>) {
        others.retain(|other| other.severity >= Severity::Attention);
        sort(&mut others);
        let kinds: BTreeSet<Kind> = others.iter().map(|other| other.kind).collect();
        self.withheld = kinds.into_iter().collect();
        let worst = others.iter().map(|other| other.severity).max();
        self.severity = self.severity.max(worst.unwrap_or_default());
        let of_data = || others.iter().filter(|other| other.kind == Kind::DataLoss);
        let helps = of_data().filter_map(|other| other.help.clone());
        let helps: Vec<String> = self.help.take().into_iter().chain(helps).collect();
        self.help = (!helps.is_empty()).then(|| helps.join("; "));
        let data: HashSet<&Option<String>> = of_data().map(|other| &other.logical_id).collect();
        // What becomes of the data says that the resource is replaced, and so does what is refused.
        let is_said = |other: &&Consequence| {
            let of_own = other.logical_id == self.logical_id;
            other.kind == Kind::Replacement && (of_own || data.contains(&other.logical_id))
        };
        let told = others.iter().filter(|other| !is_said(other));
        let mut lines: Vec<String> = told
            .map(|other| format!("otherwise it {}", other.what))
            .collect();
        if lines.len() > LISTED {
            let more = lines.len() - LISTED;
            lines.truncate(LISTED);
            lines.push(format!("… and {more} more"));
        }
        self.details.splice(0..0, lines);
    }
}
