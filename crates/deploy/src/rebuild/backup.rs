//! The data that a rebuild begins with.

use stratiform_service::Timestamp;

use super::{Point, PointId};
use crate::call::Snapshot;
use crate::guard::{Asked, Verdict};

/// A resource that can be made from a snapshot.
#[derive(Clone, Debug)]
pub struct Backup<'a> {
    /// `database/Instance`.
    pub resource: &'a str,
    /// The snapshots of the lost one that the region has, newest first; or why they could not be asked for.
    pub snapshots: Asked<Vec<Snapshot>>,
    /// The snapshot that it was made from already, where it is there.
    pub made_from: Option<&'a str>,
}

/// What is it to begin with?
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wish {
    /// The newest snapshot that is there.
    Latest,
    /// This one.
    Named(String),
    /// Nothing.
    Empty,
}

/// What it begins with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chosen {
    /// The snapshot; none for an empty one.
    pub snapshot: Option<String>,
    /// When it was taken, where that is known: nothing that came later is there.
    pub taken: Option<Timestamp>,
    /// The key that it is encrypted with, where that is known.
    pub key: Option<String>,
}

impl Chosen {
    /// This snapshot, of which nothing is known.
    pub fn of(snapshot: &str) -> Chosen {
        Chosen {
            snapshot: Some(snapshot.to_owned()),
            taken: None,
            key: None,
        }
    }
}

/// Whether the key of a snapshot is there. `found` is whether the region has it.
pub fn key(key: &str, found: &Asked<bool>) -> Point {
    let (verdict, reason, remedy) = match found {
        Ok(true) => (Verdict::Pass, format!("{key} is there"), ""),
        Ok(false) => (
            Verdict::Block,
            format!("the snapshot is encrypted with {key}, which is not there"),
            "choose a snapshot that can be read: --database SNAPSHOT",
        ),
        Err(unasked) => (
            Verdict::Skipped,
            format!("whether {key} is there could not be asked: {}", unasked.why),
            "",
        ),
    };
    Point {
        id: PointId::Keys,
        verdict,
        reason,
        remedy: remedy.to_owned(),
    }
}

/// What a resource begins with, and whether that is what was promised. `rpo_minutes` is how old it may be.
pub fn backup(
    backup: &Backup<'_>,
    wish: &Wish,
    rpo_minutes: Option<u32>,
    now: Timestamp,
) -> (Point, Option<Chosen>) {
    let resource = backup.resource;
    let point = |verdict, reason: String, remedy: &str| Point {
        id: PointId::Backup,
        verdict,
        reason,
        remedy: remedy.to_owned(),
    };
    // What it is made from never changes: anything else would make another one.
    if let Some(snapshot) = backup.made_from {
        let chosen = Chosen {
            snapshot: Some(snapshot.to_owned()).filter(|name| !name.is_empty()),
            taken: None,
            key: None,
        };
        let reason = match &chosen.snapshot {
            Some(name) => format!("{resource} is there, from the snapshot {name}"),
            None => format!("{resource} is there, and began empty"),
        };
        return (point(Verdict::Pass, reason, ""), Some(chosen));
    }
    let name = "--database latest, --database SNAPSHOT, or --database empty";
    let found = match (wish, &backup.snapshots) {
        (Wish::Empty, _) => {
            let chosen = Chosen {
                snapshot: None,
                taken: None,
                key: None,
            };
            let reason = format!("{resource} begins empty: --database empty");
            return (point(Verdict::Warn, reason, ""), Some(chosen));
        }
        (Wish::Named(name), Ok(snapshots)) => snapshots.iter().find(|one| one.identifier == *name),
        // Whoever names one knows that it is there.
        (Wish::Named(name), Err(unasked)) => {
            let chosen = Chosen::of(name);
            let reason = format!(
                "{resource} begins with {name}; its age is not known: {}",
                unasked.why
            );
            return (point(Verdict::Skipped, reason, ""), Some(chosen));
        }
        (Wish::Latest, Ok(snapshots)) => snapshots.iter().find(|one| one.status == "available"),
        (Wish::Latest, Err(unasked)) => {
            let reason = format!(
                "the snapshots of {resource} could not be asked for: {}",
                unasked.why
            );
            return (point(Verdict::Block, reason, name), None);
        }
    };
    let Some(found) = found else {
        let reason = match wish {
            Wish::Named(name) => format!("the region has no snapshot {name} of {resource}"),
            Wish::Latest | Wish::Empty => {
                format!("the region has no snapshot of {resource} that is available")
            }
        };
        return (point(Verdict::Block, reason, name), None);
    };
    let chosen = Chosen {
        snapshot: Some(found.identifier.clone()),
        taken: found.created,
        key: found.key.clone(),
    };
    let Some(taken) = found.created.filter(|_| found.status == "available") else {
        let reason = format!(
            "the snapshot {} of {resource} is {}",
            found.identifier, found.status
        );
        return (
            point(Verdict::Block, reason, "wait until it is available"),
            None,
        );
    };
    let minutes = (now.millis() - taken.millis()).max(0) / 60_000;
    let (verdict, promise) = match rpo_minutes {
        None => (
            Verdict::Pass,
            "nothing is promised (`settings.recovery.rpo_minutes`)".to_owned(),
        ),
        Some(rpo) if minutes <= i64::from(rpo) => (
            Verdict::Pass,
            format!("{} are promised", in_words(rpo.into())),
        ),
        Some(rpo) => (
            Verdict::Warn,
            format!("older than the {} that are promised", in_words(rpo.into())),
        ),
    };
    let reason = format!(
        "{resource} begins with {}, {} old: {promise}",
        found.identifier,
        in_words(minutes)
    );
    (point(verdict, reason, ""), Some(chosen))
}

/// Minutes as people say them: `26 h 5 min`.
pub(super) fn in_words(minutes: i64) -> String {
    match (minutes / 60, minutes % 60) {
        (0, minutes) => format!("{minutes} min"),
        (hours, 0) => format!("{hours} h"),
        (hours, minutes) => format!("{hours} h {minutes} min"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guard::Unasked;

    const MINUTE: i64 = 60_000;

    fn snapshot(name: &str, status: &str, minutes_ago: i64) -> Snapshot {
        Snapshot {
            identifier: name.to_owned(),
            status: status.to_owned(),
            percent: 100,
            created: Timestamp::from_millis(now().millis() - minutes_ago * MINUTE),
            key: None,
        }
    }

    fn now() -> Timestamp {
        "2026-11-29T12:00:00.000Z".parse().unwrap()
    }

    fn of(snapshots: Asked<Vec<Snapshot>>) -> Backup<'static> {
        Backup {
            resource: "database/Instance",
            snapshots,
            made_from: None,
        }
    }

    #[test]
    fn the_newest_that_is_available_and_its_age() {
        let all = vec![
            snapshot("new", "creating", 1),
            snapshot("day", "available", 125),
            snapshot("old", "available", 2000),
        ];
        let (point, chosen) = backup(&of(Ok(all.clone())), &Wish::Latest, Some(180), now());
        assert_eq!(point.verdict, Verdict::Pass);
        assert_eq!(
            point.reason,
            "database/Instance begins with day, 2 h 5 min old: 3 h are promised"
        );
        assert_eq!(chosen.unwrap().snapshot.as_deref(), Some("day"));
        let (point, _) = backup(&of(Ok(all.clone())), &Wish::Latest, Some(60), now());
        assert_eq!(point.verdict, Verdict::Warn);
        let (point, chosen) = backup(&of(Ok(all)), &Wish::Named("gone".to_owned()), None, now());
        assert_eq!((point.verdict, chosen), (Verdict::Block, None));
    }

    #[test]
    fn nothing_to_begin_with_is_missing_unless_it_is_wanted() {
        for snapshots in [Ok(Vec::new()), Err(Unasked::because("denied", ""))] {
            let of = of(snapshots);
            assert_eq!(
                backup(&of, &Wish::Latest, None, now()).0.verdict,
                Verdict::Block
            );
            let (point, chosen) = backup(&of, &Wish::Empty, None, now());
            assert_eq!(point.verdict, Verdict::Warn);
            assert_eq!(chosen.unwrap().snapshot, None);
        }
    }

    #[test]
    fn what_is_there_stays_what_it_is() {
        let there = Backup {
            made_from: Some("day"),
            ..of(Ok(vec![snapshot("newer", "available", 1)]))
        };
        let (_, chosen) = backup(&there, &Wish::Latest, None, now());
        assert_eq!(chosen.unwrap().snapshot.as_deref(), Some("day"));
    }
}
