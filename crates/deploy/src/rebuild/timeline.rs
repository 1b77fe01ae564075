//! How long a rebuild took, as AWS tells it.

use stratiform_service::{StackEvent, Timestamp};

use super::backup::in_words;

/// A part of a rebuild.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phase {
    /// `database`, or `database/Instance`.
    pub what: String,
    /// When it began.
    pub begun: Timestamp,
    /// When it ended.
    pub ended: Timestamp,
}

/// How long all of it took.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timeline {
    /// Its parts, in the order in which they began.
    pub phases: Vec<Phase>,
    /// When the first one began.
    pub begun: Timestamp,
    /// When the last one ended.
    pub ended: Timestamp,
}

impl Phase {
    /// From the events of a stack: from the first one to the last one; none where there are none.
    pub fn of_stack(key: &str, events: &[StackEvent]) -> Option<Phase> {
        Phase::between(key.to_owned(), events.iter())
    }

    /// The same of one of its resources.
    pub fn of_resource(key: &str, logical_id: &str, events: &[StackEvent]) -> Option<Phase> {
        let own = events.iter();
        let own = own.filter(|event| event.logical_resource_id == logical_id);
        Phase::between(format!("{key}/{logical_id}"), own)
    }

    fn between<'e>(
        what: String,
        events: impl Iterator<Item = &'e StackEvent> + Clone,
    ) -> Option<Phase> {
        Some(Phase {
            what,
            begun: events.clone().map(|event| event.timestamp).min()?,
            ended: events.map(|event| event.timestamp).max()?,
        })
    }

    /// How many minutes it took.
    pub fn minutes(&self) -> i64 {
        minutes(self.begun, self.ended)
    }
}

/// Puts the parts in order; none where nothing happened.
pub fn timeline(mut phases: Vec<Phase>) -> Option<Timeline> {
    phases.sort_by_key(|phase| (phase.begun, phase.ended));
    let begun = phases.first()?.begun;
    let ended = phases.iter().map(|phase| phase.ended).max()?;
    Some(Timeline {
        phases,
        begun,
        ended,
    })
}

impl Timeline {
    /// How many minutes all of it took.
    pub fn minutes(&self) -> i64 {
        minutes(self.begun, self.ended)
    }

    /// Whether it was as fast as promised, in a sentence.
    pub fn beside(&self, rto_minutes: Option<u32>) -> (bool, String) {
        let took = in_words(self.minutes());
        match rto_minutes {
            None => (
                true,
                format!("{took}; nothing is promised (`settings.recovery.rto_minutes`)"),
            ),
            Some(rto) if self.minutes() <= i64::from(rto) => (
                true,
                format!("{took}, of {} that are promised", in_words(rto.into())),
            ),
            Some(rto) => (
                false,
                format!(
                    "{took}, longer than the {} that are promised",
                    in_words(rto.into())
                ),
            ),
        }
    }
}

/// Whole minutes, the last one counted as whole.
fn minutes(begun: Timestamp, ended: Timestamp) -> i64 {
    (ended.millis() - begun.millis()).max(0).div_euclid(60_000)
        + i64::from((ended.millis() - begun.millis()).rem_euclid(60_000) > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minute: u32) -> Timestamp {
        format!("2026-11-29T12:{minute:02}:00.000Z")
            .parse()
            .unwrap()
    }

    fn phase(what: &str, begun: u32, ended: u32) -> Phase {
        Phase {
            what: what.to_owned(),
            begun: at(begun),
            ended: at(ended),
        }
    }

    #[test]
    fn from_the_first_beginning_to_the_last_end() {
        let found = timeline(vec![
            phase("web", 9, 12),
            phase("network", 1, 4),
            phase("data", 4, 30),
        ])
        .unwrap();
        let order: Vec<&str> = found
            .phases
            .iter()
            .map(|phase| phase.what.as_str())
            .collect();
        assert_eq!(order, ["network", "data", "web"]);
        assert_eq!(found.minutes(), 29);
        assert_eq!(
            found.beside(Some(30)),
            (true, "29 min, of 30 min that are promised".to_owned())
        );
        assert!(!found.beside(Some(28)).0);
        assert_eq!(timeline(Vec::new()), None);
    }
}
