//! The statements of all resources of a side, by whom or what they are about: what one says is no news where another
//! has said it.

use std::collections::HashSet;

use stratiform_catalog::behaviour::{About, Attachment, PolicyPlace, attachments, policies};
use stratiform_changes::{ChangedResource, Edit};
use stratiform_resolve::Resolved;

use super::Sides;
use super::grant::{grants, missing};
use super::pattern::Pattern;
use super::place::{document, itself, whoever_has};
use super::statement::{Document, Statement};
use crate::consequence::standing::{Estate, Index, Moment, Standing, Wanted, keys};

/// What a managed policy is found by.
const POLICY: &str = "managed policy";

/// All policies of a moment, and what is attached to whom.
pub(super) struct Collected {
    index: Index<Part>,
    /// Those who have policies, by the policies.
    holders: Index<Holder>,
    /// Policies by those who have them, and members by their groups; see [`pairs`].
    attached: HashSet<String>,
}

/// What one resource says at one place.
struct Part {
    document: Document,
    /// The condition that decides whether it is there, where that is not known here.
    condition: Option<String>,
}

/// What a changed resource says at one place.
pub(super) struct Own {
    pub document: Document,
    /// The keys of what it is about.
    about: Vec<String>,
    condition: Option<String>,
}

/// Somebody who has a policy.
struct Holder {
    pattern: Pattern,
    keys: Vec<String>,
    is_new: bool,
}

impl Collected {
    /// The policies before and after that are about the same as some changes.
    pub(super) fn of(
        estate: &Estate<'_, '_>,
        changes: &[(&ChangedResource, Sides<'_>)],
    ) -> [Collected; 2] {
        let mut wanted = Wanted::default();
        for one in changes.iter().flat_map(|(_, sides)| sides).flatten() {
            for place in policies(one.resource_type) {
                wanted.add(about(one, &place));
            }
            for (path, attachment) in attachments(one.resource_type) {
                let mut items = items(one, path.as_str()).peekable();
                if items.peek().is_some() {
                    wanted.add(one.own_keys().into_iter().chain(one.owner_keys()));
                }
                items.for_each(|item| wanted.add(item_keys(attachment, item)));
            }
        }
        // What else is allowed to those who have a policy is about the same as the policy.
        let mut all = wanted.clone();
        for moment in Moment::BOTH {
            each_attached(estate, moment, |one, attachment, item| {
                if attachment == Attachment::Policy && wanted.has(&item_keys(attachment, item)) {
                    all.add(one.own_keys());
                }
            });
        }
        let added = changes.iter().map(|(change, _)| change);
        let added = added.filter(|change| change.action == Edit::Add);
        let added: HashSet<&str> = added.map(|change| change.logical_id.as_str()).collect();
        Moment::BOTH.map(|moment| Collected::at(estate, moment, &all, &added))
    }

    fn at(
        estate: &Estate<'_, '_>,
        moment: Moment,
        wanted: &Wanted,
        added: &HashSet<&str>,
    ) -> Collected {
        let mut holders: Index<Holder> = Index::default();
        let mut attached = HashSet::new();
        each_attached(estate, moment, |one, attachment, item| {
            let item_keys = item_keys(attachment, item);
            let own = one.own_keys();
            if !wanted.has(&item_keys) && !wanted.has(&own) {
                return;
            }
            attached.extend(pairs(one, attachment, item));
            if attachment == Attachment::Policy {
                let holder = Holder {
                    pattern: itself(one),
                    keys: own,
                    is_new: added.contains(one.logical_id),
                };
                holders.insert(item_keys, holder);
            }
        });
        let mut index = Index::default();
        for one in estate.at(moment, |name| policies(name).next().is_some()) {
            for place in policies(one.resource_type) {
                let mut about = about(&one, &place);
                let holders: Vec<&Holder> = match place.about {
                    About::Targets => holders.about(&about).collect(),
                    _ => Vec::new(),
                };
                // Attached at the other end, it is the same for those who have it.
                about.extend(holders.iter().flat_map(|holder| holder.keys.clone()));
                if !wanted.has(&about) {
                    continue;
                }
                let patterns = holders.iter().map(|holder| holder.pattern.clone());
                let mut document = document(&one, &place, patterns.collect());
                if place.about == About::Targets {
                    let own = one.own_keys();
                    let owners = one.owner_keys();
                    let owners = owners.iter();
                    attached.extend(
                        owners.flat_map(|owner| own.iter().map(move |own| pair(owner, own))),
                    );
                    let anybody = whoever_has(&one);
                    for statement in &mut document.statements {
                        if !statement.principals.contains(&anybody) {
                            statement.principals.push(anybody.clone());
                        }
                    }
                }
                let condition = one.condition.map(str::to_owned);
                let part = Part {
                    document,
                    condition,
                };
                index.insert(about, part);
            }
        }
        Collected {
            index,
            holders,
            attached,
        }
    }

    /// What a resource says at a place, about all who have it on both sides, or on the only one on which it is: who gets a
    /// policy that is there already, and who loses one that stays, is told of them.
    pub(super) fn own(
        &self,
        one: &Standing<'_>,
        place: &PolicyPlace,
        other: Option<&Collected>,
    ) -> Own {
        let holders: Vec<&Holder> = match place.about {
            About::Targets => self.holders(one, other).collect(),
            _ => Vec::new(),
        };
        let patterns = holders.iter().map(|holder| holder.pattern.clone());
        let document = document(one, place, patterns.collect());
        let mut about = about(one, place);
        about.extend(holders.iter().flat_map(|holder| holder.keys.clone()));
        Own {
            document,
            about,
            condition: one.condition.map(str::to_owned),
        }
    }

    fn holders<'s>(
        &'s self,
        one: &Standing<'_>,
        other: Option<&'s Collected>,
    ) -> impl Iterator<Item = &'s Holder> + use<'s> {
        let own = one.own_keys();
        self.holders.about(&own).filter(move |holder| {
            let mut pairs = holder
                .keys
                .iter()
                .flat_map(|who| own.iter().map(move |own| pair(who, own)));
            other.is_none_or(|other| pairs.any(|pair| other.attached.contains(&pair)))
        })
    }

    /// Whether somebody has a policy who was there before.
    pub(super) fn has_old_holder(&self, one: &Standing<'_>) -> bool {
        self.holders(one, None).any(|holder| !holder.is_new)
    }

    /// Whether all that a policy says is told of itself: it is here, and not on the other side.
    pub(super) fn tells(
        &self,
        attachment: Attachment,
        item: &Resolved<'static>,
        other: &Collected,
    ) -> bool {
        if attachment != Attachment::Policy {
            return false;
        }
        let keys = keys(POLICY, item);
        let mut here = self.index.about(&keys).peekable();
        here.peek().is_some()
            && here.all(|part| part.document.unknown.is_empty() && part.condition.is_none())
            && other.index.about(&keys).next().is_none()
    }

    /// All that is said about something: what is there for certain or under the same condition, and what may be.
    pub(super) fn about(&self, own: &Own) -> [Document; 2] {
        let mut found = [Document::default(), Document::default()];
        for part in self.index.about(&own.about) {
            let condition = part.condition.as_deref();
            let sure = usize::from(condition.is_some() && condition != own.condition.as_deref());
            found[sure].add(&part.document);
        }
        found
    }

    /// Whether somebody has a policy already, or all that it says.
    pub(super) fn gives(
        &self,
        one: &Standing<'_>,
        attachment: Attachment,
        item: &Resolved<'static>,
        theirs: &Collected,
    ) -> bool {
        if pairs(one, attachment, item)
            .iter()
            .any(|pair| self.attached.contains(pair))
        {
            return true;
        }
        if attachment != Attachment::Policy {
            return false;
        }
        let policy = theirs.index.about(&keys(POLICY, item));
        let mut policy: Vec<Statement> = policy
            .flat_map(|part| part.document.statements.clone())
            .collect();
        let who = itself(one);
        for statement in &mut policy {
            statement.principals = vec![who.clone()];
        }
        let own = self
            .index
            .about(&one.own_keys())
            .filter(|part| part.condition.is_none());
        let own: Vec<Statement> = own
            .flat_map(|part| part.document.statements.clone())
            .collect();
        !policy.is_empty() && missing(&grants(&policy), &grants(&own)).is_empty()
    }
}

/// Does something with all that is attached at a moment.
fn each_attached(
    estate: &Estate<'_, '_>,
    moment: Moment,
    mut with: impl FnMut(&Standing<'_>, Attachment, &Resolved<'static>),
) {
    for one in estate.at(moment, |name| attachments(name).next().is_some()) {
        for (path, attachment) in attachments(one.resource_type) {
            items(&one, path.as_str()).for_each(|item| with(&one, attachment, item));
        }
    }
}

/// What statements at a place are about.
fn about(one: &Standing<'_>, place: &PolicyPlace) -> Vec<String> {
    let own = || {
        let path = place.path.map_or("", |path| path.as_str());
        vec![format!("{} {} {path}", one.resource_type, one.logical_id)]
    };
    match place.about {
        About::Itself => one.own_keys(),
        About::Targets => one.owner_keys().into_iter().chain(one.own_keys()).collect(),
        About::Passers => own(),
        About::Principals | About::Permission => {
            let owners = one.owner_keys();
            if owners.is_empty() { own() } else { owners }
        }
    }
}

/// What is attached, or to whom something is.
fn item_keys(attachment: Attachment, item: &Resolved<'_>) -> Vec<String> {
    match attachment {
        Attachment::Policy => keys(POLICY, item),
        Attachment::Group => keys("group", item),
        Attachment::Member => keys("user", item),
        Attachment::InstanceRole
        | Attachment::Audience
        | Attachment::Certificate
        | Attachment::Share => Vec::new(),
    }
}

fn items<'e>(
    one: &Standing<'e>,
    path: &str,
) -> impl Iterator<Item = &'e Resolved<'static>> + use<'e> {
    let items = one.properties.get(path).into_iter();
    items.flat_map(Resolved::items)
}

/// Who has what, as text: the same for both ends at which it can be written.
fn pairs(one: &Standing<'_>, attachment: Attachment, item: &Resolved<'static>) -> Vec<String> {
    let item = item_keys(attachment, item);
    let (who, what) = match attachment {
        Attachment::Member => (item, one.owner_keys()),
        _ if item.is_empty() => return Vec::new(),
        _ => (one.own_keys(), item),
    };
    let all = who
        .iter()
        .flat_map(|who| what.iter().map(move |what| pair(who, what)));
    all.collect()
}

fn pair(who: &str, what: &str) -> String {
    format!("{who} has {what}")
}
