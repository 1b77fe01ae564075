//! What changes mean to those who have to live with them.
//!
//! What lives here: [`Consequence`] and one file per kind of question (is data lost, does it interrupt, who can newly
//! do what …). Each takes changes and gives consequences; none of them knows how they are shown.

mod existence;
mod iam;
mod interruption;
mod limits;
mod loss;
pub(crate) mod missing_values;
pub(crate) mod moves;
mod nested;
mod network;
pub(crate) mod nouns;
mod pairs;
mod property;
mod protection;
mod refused;
pub(crate) mod replacement;
mod retention;
mod scaled;
mod secrets;
mod standing;
pub(crate) mod stops;
mod unchangeable;
mod unexpanded;
mod unique;
mod versions;
mod withheld;

use std::fmt;

use serde::Serialize;
use standing::Estate;
use stratiform_catalog::behaviour::holds_history;
use stratiform_changes::{ChangedResource, Edit, Sides};
use stratiform_finding::words::cut_values;
use stratiform_resolve::Whereabouts;

use crate::fate::Fate;

/// One thing that a change does, in words, with the fact behind it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consequence {
    /// What kind of thing.
    pub kind: Kind,
    /// How bad it is.
    pub severity: Severity,
    /// Whether it happens for certain.
    pub certainty: Certainty,
    /// The resource, output or parameter; `None` for the stack as a whole.
    pub logical_id: Option<String>,
    /// The resource's type.
    pub resource_type: Option<String>,
    /// What happens, as one sentence without its full stop: ``deletes the queue `Jobs`, and its messages with it``.
    pub what: String,
    /// The fact that says so: a clause of the catalog, a documented behaviour, a line of a policy.
    pub why: String,
    /// What belongs to it, one line each: statements, ports, the resources of a chain.
    pub details: Vec<String>,
    /// What to do about it, where there is something to do.
    pub help: Option<String>,
    /// Of what is refused: what does not happen because of it, and would otherwise. The details tell it.
    pub withheld: Vec<Kind>,
}

/// What kind of thing does a change do?
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Data goes, or is left behind where nobody looks.
    DataLoss,
    /// CloudFormation or the service will refuse the change.
    Refused,
    /// Something differs of which it is not known here what that does.
    Unknown,
    /// A stack imports what goes or changes here.
    OtherStacks,
    /// A new physical resource takes the place of the old one.
    Replacement,
    /// Something does not answer for a while.
    Interruption,
    /// Somebody can newly do something.
    AccessWidened,
    /// Something can newly be reached.
    NetworkWidened,
    /// A protection goes: deletion protection, backups, encryption, an alarm.
    ProtectionLost,
    /// A quota comes near.
    Limit,
    /// A resource moves to another logical ID or stack.
    Move,
    /// Somebody can do less.
    AccessNarrowed,
    /// Something can be reached by fewer.
    NetworkNarrowed,
}

impl Kind {
    /// Every kind, in the order in which they are shown.
    pub const ALL: [Kind; 13] = [
        Kind::DataLoss,
        Kind::Refused,
        Kind::Unknown,
        Kind::OtherStacks,
        Kind::Replacement,
        Kind::Interruption,
        Kind::AccessWidened,
        Kind::NetworkWidened,
        Kind::ProtectionLost,
        Kind::Limit,
        Kind::Move,
        Kind::AccessNarrowed,
        Kind::NetworkNarrowed,
    ];

    /// The word for machines: `data-loss`.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::DataLoss => "data-loss",
            Kind::Refused => "refused",
            Kind::Unknown => "unknown",
            Kind::OtherStacks => "other-stacks",
            Kind::Replacement => "replacement",
            Kind::Interruption => "interruption",
            Kind::AccessWidened => "access-widened",
            Kind::NetworkWidened => "network-widened",
            Kind::ProtectionLost => "protection-lost",
            Kind::Limit => "limit",
            Kind::Move => "move",
            Kind::AccessNarrowed => "access-narrowed",
            Kind::NetworkNarrowed => "network-narrowed",
        }
    }

    /// The words for people: `data loss`.
    pub fn title(self) -> &'static str {
        match self {
            Kind::DataLoss => "data loss",
            Kind::Refused => "refused by AWS",
            Kind::Unknown => "unknown effect",
            Kind::OtherStacks => "other stacks",
            Kind::Replacement => "replacement",
            Kind::Interruption => "interruption",
            Kind::AccessWidened => "wider access",
            Kind::NetworkWidened => "wider network",
            Kind::ProtectionLost => "protection lost",
            Kind::Limit => "limit",
            Kind::Move => "move",
            Kind::AccessNarrowed => "narrower access",
            Kind::NetworkNarrowed => "narrower network",
        }
    }
}

/// How bad is it? Worst last, so that several are combined with `max`. `docs/reviewing.md` says the same to users.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Nothing to think about: values change in place.
    #[default]
    Safe,
    /// Worth knowing.
    Note,
    /// Worth a second look: something is replaced that holds no data, or may be interrupted.
    Attention,
    /// Somebody will notice, or something is open that was not.
    Warning,
    /// Data goes, or the change fails half-way.
    Danger,
}

impl Severity {
    /// The word for machines and people: `danger`.
    pub fn as_str(self) -> &'static str {
        match self {
            Severity::Safe => "safe",
            Severity::Note => "note",
            Severity::Attention => "attention",
            Severity::Warning => "warning",
            Severity::Danger => "danger",
        }
    }
}

/// Does it happen for certain?
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Certainty {
    /// Nothing here says that it happens, and nothing that it does not.
    Unknown,
    /// It depends on what is only known during the change.
    May,
    /// It happens.
    Will,
}

impl fmt::Display for Severity {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl Consequence {
    /// A consequence of a resource's change, with nothing but the essentials.
    pub(crate) fn of(
        change: &ChangedResource,
        kind: Kind,
        severity: Severity,
        certainty: Certainty,
        what: impl Into<String>,
        why: impl Into<String>,
    ) -> Self {
        Consequence {
            kind,
            severity,
            certainty,
            logical_id: Some(change.logical_id.clone()),
            resource_type: Some(change.resource_type.clone()),
            what: what.into(),
            why: why.into(),
            details: Vec::new(),
            help: None,
            withheld: Vec::new(),
        }
    }
}

impl Consequence {
    /// What comes first of what is as bad: data, then what is refused and what opens, before a log and all else.
    pub fn weight(&self) -> impl Ord + use<> {
        let of_history = self.resource_type.as_deref().is_some_and(holds_history);
        let class = match self.kind {
            Kind::DataLoss if !of_history => 0,
            Kind::Refused => 1,
            Kind::NetworkWidened | Kind::AccessWidened => 2,
            _ => 3,
        };
        (class, self.kind)
    }

    /// Whether AWS refuses the change of a resource for certain.
    pub(crate) fn is_refusal(&self) -> bool {
        self.kind == Kind::Refused
            && self.certainty == Certainty::Will
            && self.resource_type.is_some()
    }

    /// Cuts what is too long for a sentence.
    pub(crate) fn cut_values(&mut self) {
        cut_values(&mut self.what);
        cut_values(&mut self.why);
        self.help.iter_mut().for_each(cut_values);
    }

    /// Says that it happens only when somebody deletes the stack: no deployment does.
    pub(crate) fn of_removed_stack(&mut self) {
        self.certainty = self.certainty.min(Certainty::May);
        self.what = format!("deleting the stack {}", self.what);
    }
}

/// All that a stack's changes do.
pub(crate) fn consequences(
    changes: &[ChangedResource],
    sides: &Sides<'_>,
    place: &Whereabouts,
) -> Vec<Consequence> {
    let (before, after) = (&sides.before.scope, &sides.after.scope);
    let estate = Estate::new(changes, sides);
    let mut found = Vec::new();
    refused::find(changes, &mut found);
    replacement::find(changes, &mut found);
    interruption::find(changes, &mut found);
    for change in changes {
        unchangeable::find(change, &mut found);
        versions::find(change, &mut found);
        loss::find(change, &mut found);
        retention::find(change, &mut found);
        // What leaves the stack and stays does what it did.
        if change.action == Edit::Remove && Fate::of(change).stays() {
            continue;
        }
        stops::find(change, &mut found);
        nested::find(change, &mut found);
        protection::find(change, &mut found);
    }
    iam::find(&estate, &mut found);
    network::find(&estate, &mut found);
    let kept = pairs::find(&estate, &mut found);
    scaled::find(changes, after, &mut found);
    secrets::find(changes, after, &mut found);
    existence::find(before, after, &mut found);
    unexpanded::find(changes, [before, after], place, &mut found);
    unexpanded::temper(changes, [before, after], &mut found);
    withheld::fold(changes, &kept, &mut found);
    limits::find(before.template, after.template, &mut found);
    found
}

/// Worst first; what is as bad, in the order of the kinds.
pub(crate) fn sort(consequences: &mut [Consequence]) {
    consequences.sort_by(|one, two| {
        two.severity
            .cmp(&one.severity)
            .then(one.kind.cmp(&two.kind))
    });
}
