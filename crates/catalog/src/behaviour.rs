//! How resource types behave, beyond what their schemas say: facts of AWS's pages, asked by question.
//!
//! Here live the table `data/behaviour.tsv`, which says what each of its columns and words means, and one function for
//! each question that can be asked of it. What does not live here: what follows from an answer, and how it is told. Whoever
//! has to know how a type behaves (`changes`, `diff`, `validate`, an engine) asks here.
//!
//! A question takes the type's name; of a type that nobody knows, no fact is known but those of properties that mean the
//! same in every type. A lookup finds the type, then its lines by binary search.
//!
//! ```
//! use stratiform_catalog::behaviour;
//! assert!(behaviour::takes_snapshot("AWS::RDS::DBCluster"));
//! let grows = behaviour::only_grows("AWS::EC2::Volume").next();
//! assert_eq!(grows.unwrap().as_str(), "Size");
//! ```

mod access;
mod data;
mod drift;
mod nested;
mod network;
mod protection;
mod refusal;
mod replacement;
mod retention;
mod running;
mod secrets;
#[cfg(test)]
mod tests;
mod unique;
mod update;
mod value;

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::{LazyLock, OnceLock};

use crate::resource_type::PropertyPath;

pub use access::{
    About, Allows, Attachment, Capability, Owner, PolicyPlace, allows, attachments, belongs_to,
    needs_capability, policies,
};
pub use data::{
    WhenEmpty, copies, data_elsewhere, dead_letters, deleted_when_empty, holds_data, holds_history,
    restores_from, snapshot_by_default, takes_snapshot,
};
pub use drift::{Given, Mover, is_left_out_of_drift, movers};
pub use nested::{Nested, nests};
pub use network::{
    Behind, Decides, Firewall, OpenValues, Opening, Otherwise, connects_networks, firewall,
    openings, public_access_blocks,
};
pub use protection::{LOAD_BALANCER_PROTECTION, Protection, While, guards, protections, refusals};
pub use refusal::{
    Properties, Refusal, StayingItems, Upgrade, UpgradeStep, When, refused_updates, staying_items,
    upgrades,
};
pub use replacement::{is_revision, replaces, scopes_names, stand_for, unique_name};
pub use retention::{
    Deletion, Expiration, Retention, Unwritten, deletions, expirations, retentions,
};
pub use running::{
    GoesLive, HandsOver, Redirect, Scaled, Stop, deploys_itself, goes_live, hands_over, redirects,
    scaled, serves, stops,
};
pub use secrets::{ChosenBy, Renewal, credential, renewals, stands_for};
pub use unique::{Inline, Part, Second, Unique, inlines, made_by_itself, unique};
pub use update::{
    Class, DocumentedUpdate, Indexes, MajorUpgrade, PolicyEffect, Transition, UpdatePolicy,
    documented, indexes, major_upgrade, only_grows, transition, update_policies,
};
pub use value::{choices, counts_up, digits, has_ranges, names, offered, order_matters, range};

static TABLE: &str = include_str!("../data/behaviour.tsv");

/// Stands for any type, any value, and in a path for any property or the items of a list.
const ANY: &str = "*";

/// Stands for nothing in a column.
const NOTHING: &str = "-";

/// A line of the table.
#[derive(Clone, Copy, Debug)]
struct Row {
    path: &'static str,
    question: Question,
    value: &'static str,
    what: &'static str,
    source: &'static str,
}

/// Which question does a line answer? In the order of their names, which are the words of the column `fact`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Question {
    Allows,
    AllowsMajorUpgrade,
    Attaches,
    Becomes,
    BelongsTo,
    BlocksPublicAccess,
    Choices,
    ConnectsNetworks,
    Copies,
    CountsUp,
    Credential,
    DataElsewhere,
    DeadLetters,
    DeletedWhenEmpty,
    DeletesAt,
    DeploysItself,
    Digits,
    Expires,
    Firewall,
    FixedInIndex,
    GoesLiveWith,
    Guards,
    HandsOver,
    HoldsData,
    HoldsHistory,
    Inlines,
    ItemsStay,
    MadeByItself,
    MovedBy,
    Names,
    NeedsCapability,
    Nests,
    NeverBack,
    NoDrift,
    Offered,
    OneIndexPerUpdate,
    OnlyGrows,
    Opens,
    OrderMatters,
    Policy,
    Protects,
    Range,
    Redirects,
    RefusesDeletion,
    RefusesUpdate,
    Renews,
    Replaces,
    RestoresFrom,
    Retains,
    Revision,
    ScaledBy,
    ScopesName,
    Serves,
    SnapshotByDefault,
    StandsFor,
    StopsAt,
    TakesSnapshot,
    Unique,
    Update,
    UpdatePolicy,
    WhenChanged,
    WhenRemoved,
}

impl Question {
    const ALL: [(&'static str, Question); 62] = [
        ("allows", Question::Allows),
        ("allows-major-upgrade", Question::AllowsMajorUpgrade),
        ("attaches", Question::Attaches),
        ("becomes", Question::Becomes),
        ("belongs-to", Question::BelongsTo),
        ("blocks-public-access", Question::BlocksPublicAccess),
        ("choices", Question::Choices),
        ("connects-networks", Question::ConnectsNetworks),
        ("copies", Question::Copies),
        ("counts-up", Question::CountsUp),
        ("credential", Question::Credential),
        ("data-elsewhere", Question::DataElsewhere),
        ("dead-letters", Question::DeadLetters),
        ("deleted-when-empty", Question::DeletedWhenEmpty),
        ("deletes-at", Question::DeletesAt),
        ("deploys-itself", Question::DeploysItself),
        ("digits", Question::Digits),
        ("expires", Question::Expires),
        ("firewall", Question::Firewall),
        ("fixed-in-index", Question::FixedInIndex),
        ("goes-live-with", Question::GoesLiveWith),
        ("guards", Question::Guards),
        ("hands-over", Question::HandsOver),
        ("holds-data", Question::HoldsData),
        ("holds-history", Question::HoldsHistory),
        ("inlines", Question::Inlines),
        ("items-stay", Question::ItemsStay),
        ("made-by-itself", Question::MadeByItself),
        ("moved-by", Question::MovedBy),
        ("names", Question::Names),
        ("needs-capability", Question::NeedsCapability),
        ("nests", Question::Nests),
        ("never-back", Question::NeverBack),
        ("no-drift", Question::NoDrift),
        ("offered", Question::Offered),
        ("one-index-per-update", Question::OneIndexPerUpdate),
        ("only-grows", Question::OnlyGrows),
        ("opens", Question::Opens),
        ("order-matters", Question::OrderMatters),
        ("policy", Question::Policy),
        ("protects", Question::Protects),
        ("range", Question::Range),
        ("redirects", Question::Redirects),
        ("refuses-deletion", Question::RefusesDeletion),
        ("refuses-update", Question::RefusesUpdate),
        ("renews", Question::Renews),
        ("replaces", Question::Replaces),
        ("restores-from", Question::RestoresFrom),
        ("retains", Question::Retains),
        ("revision", Question::Revision),
        ("scaled-by", Question::ScaledBy),
        ("scopes-name", Question::ScopesName),
        ("serves", Question::Serves),
        ("snapshot-by-default", Question::SnapshotByDefault),
        ("stands-for", Question::StandsFor),
        ("stops-at", Question::StopsAt),
        ("takes-snapshot", Question::TakesSnapshot),
        ("unique", Question::Unique),
        ("update", Question::Update),
        ("update-policy", Question::UpdatePolicy),
        ("when-changed", Question::WhenChanged),
        ("when-removed", Question::WhenRemoved),
    ];

    fn named(name: &str) -> Option<Question> {
        let found = Question::ALL.binary_search_by_key(&name, |(known, _)| known);
        let (_, question) = Question::ALL.get(found.ok()?)?;
        Some(*question)
    }

    /// The lines of a type, `*` and `AWS::IAM::*` being types too.
    fn of(self, resource_type: &str) -> &'static [Row] {
        let rows = TYPES
            .get(resource_type)
            .map(OfType::rows)
            .unwrap_or_default();
        let start = rows.partition_point(|row| row.question < self);
        let rows = rows.get(start..).unwrap_or_default();
        let end = rows.partition_point(|row| row.question == self);
        rows.get(..end).unwrap_or_default()
    }

    /// The lines of properties that mean the same in every type, then those of a type.
    fn anywhere(self, resource_type: &str) -> impl Iterator<Item = &'static Row> {
        self.of(ANY).iter().chain(self.of(resource_type))
    }

    fn is_answered(self, resource_type: &str) -> bool {
        !self.of(resource_type).is_empty()
    }
}

/// The lines of one type, taken apart when they are first asked for: most types of the table are in no template.
struct OfType {
    lines: &'static str,
    rows: OnceLock<Vec<Row>>,
}

impl OfType {
    fn rows(&self) -> &[Row] {
        let read = || self.lines.lines().filter_map(Row::read).collect();
        self.rows.get_or_init(read)
    }
}

/// A hash of a few instructions. The keys are those of the table, so that nobody can choose ones that collide.
#[derive(Default)]
struct Mixed(u64);

impl Hasher for Mixed {
    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            // An odd number whose bits are spread evenly: 2^64 divided by the golden ratio.
            let mixed = (self.0.rotate_left(5) ^ u64::from_le_bytes(word))
                .wrapping_mul(0x9E37_79B9_7F4A_7C15);
            self.0 = mixed;
        }
    }

    fn finish(&self) -> u64 {
        // The table takes the lowest bits, which a product mixes least.
        self.0 ^ (self.0 >> 32)
    }
}

/// The types by their names.
static TYPES: LazyLock<HashMap<&str, OfType, BuildHasherDefault<Mixed>>> = LazyLock::new(|| {
    let mut types = HashMap::default();
    let is_comment = |line: &&str| line.starts_with('#');
    let (_, mut rest) = TABLE.split_at(length(TABLE, is_comment));
    while let Some((name, _)) = rest.split_once('\t') {
        let is_same = |line: &&str| {
            line.strip_prefix(name)
                .is_some_and(|line| line.starts_with('\t'))
        };
        let (lines, after) = rest.split_at(length(rest, is_same));
        rest = after;
        let rows = OnceLock::new();
        types.insert(name, OfType { lines, rows });
    }
    types
});

/// Length in bytes of the first lines of which something is true.
fn length(text: &str, is_so: impl Fn(&&str) -> bool) -> usize {
    let lines = text.split_inclusive('\n');
    lines.take_while(is_so).map(str::len).sum()
}

impl Row {
    /// Reads a line. That all lines are read is tested.
    fn read(line: &'static str) -> Option<Row> {
        let mut columns = line.split('\t').skip(1);
        let row = Row {
            path: columns.next()?,
            question: Question::named(columns.next()?)?,
            value: columns.next()?,
            what: columns.next()?,
            source: columns.next()?,
        };
        columns.next().is_none().then_some(row)
    }

    /// The path; nothing where the line is about the resource as a whole.
    fn path(&self) -> Option<PropertyPath> {
        (self.path != NOTHING).then_some(PropertyPath(self.path))
    }
}

/// The paths of lines that are about properties.
fn paths(rows: &'static [Row]) -> impl Iterator<Item = PropertyPath> {
    rows.iter().filter_map(Row::path)
}
