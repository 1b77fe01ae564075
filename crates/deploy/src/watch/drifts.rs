//! Whether what had drifted drifts further: what differs in a stack, look after look.

use std::collections::{BTreeMap, BTreeSet};

use stratiform_service::Timestamp;
use stratiform_service::change::ResourceDriftStatus;
use stratiform_service::drift::ResourceDrift;

use super::{Subject, Worse};
use crate::status::StackStanding;

/// What is known of the stacks that drifted, by their keys.
#[derive(Clone, Debug, Default)]
pub struct Drifts {
    known: BTreeMap<String, Known>,
}

/// What is known of a stack.
#[derive(Clone, Debug)]
struct Known {
    /// When CloudFormation looked.
    checked: Timestamp,
    /// What differed; none where that could not be read so far.
    differences: Option<BTreeSet<Difference>>,
}

/// Something that is not as the template says, and what it is instead.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Difference {
    logical_id: String,
    /// The way to it; nothing where the resource is gone.
    path: String,
    actual: String,
}

impl Drifts {
    /// When CloudFormation looked at a stack that drifted, where nobody has read yet what it found.
    pub fn due(&self, stack: &StackStanding) -> Option<Timestamp> {
        let drift = stack.drift.as_ref()?;
        let checked = drift.checked.filter(|_| drift.status == "DRIFTED")?;
        let known = self.known.get(&stack.key);
        known
            .is_none_or(|known| known.checked < checked)
            .then_some(checked)
    }

    /// Takes in what CloudFormation found at a look; gives what was not there at the one before. The first look is where it
    /// begins.
    pub fn look(
        &mut self,
        key: &str,
        checked: Timestamp,
        found: &[ResourceDrift],
    ) -> Option<Worse> {
        let now: BTreeSet<Difference> = found.iter().flat_map(differences).collect();
        let before = self.known.insert(
            key.to_owned(),
            Known {
                checked,
                differences: Some(now.clone()),
            },
        );
        let before = before?.differences?;
        let new = now.difference(&before).next()?;
        let id = &new.logical_id;
        Some(Worse {
            subject: Subject::Drift(key.to_owned()),
            why: match new.path.as_str() {
                "" => format!("it drifted further: {id} is gone"),
                path => format!("it drifted further: {id}{path} is another one"),
            },
            since: checked,
        })
    }

    /// What CloudFormation found at a look could not be read: that says nothing.
    pub fn unread(&mut self, key: &str, checked: Timestamp) {
        let known = self.known.remove(key);
        let differences = known.and_then(|known| known.differences);
        let known = Known {
            checked,
            differences,
        };
        self.known.insert(key.to_owned(), known);
    }
}

fn differences(found: &ResourceDrift) -> Vec<Difference> {
    let of = |path: &str, actual: &str| Difference {
        logical_id: found.logical_id.to_string(),
        path: path.to_owned(),
        actual: actual.to_owned(),
    };
    if found.status == ResourceDriftStatus::Deleted {
        return vec![of("", "")];
    }
    let all = found.differences.iter();
    all.map(|one| of(&one.path, &one.actual)).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use stratiform_service::Word;
    use stratiform_service::drift::PropertyDifference;

    use super::*;
    use crate::call::Drift;
    use crate::plan::Record;
    use crate::status::State;

    fn minute(minute: u32) -> Timestamp {
        format!("2026-11-29T03:{minute:02}:00.000Z")
            .parse()
            .unwrap()
    }

    fn found(id: &str, status: &str, values: &[(&str, &str)]) -> ResourceDrift {
        let differences = values.iter().map(|(path, actual)| PropertyDifference {
            path: (*path).to_owned(),
            expected: json!(1).to_string(),
            actual: (*actual).to_owned(),
            kind: Word::new("NOT_EQUAL"),
        });
        ResourceDrift {
            logical_id: id.parse().unwrap(),
            physical_id: None,
            resource_type: "AWS::SQS::Queue".to_owned(),
            status: Word::new(status),
            reason: None,
            expected: None,
            actual: None,
            differences: differences.collect(),
            at: minute(0),
        }
    }

    fn why(drifts: &mut Drifts, at: u32, found: &[ResourceDrift]) -> Option<String> {
        let worse = drifts.look("queues", minute(at), found)?;
        assert_eq!(worse.subject, Subject::Drift("queues".to_owned()));
        assert_eq!(worse.since, minute(at));
        Some(worse.why)
    }

    #[test]
    fn what_was_not_there_at_the_look_before_is_worse() {
        let mut drifts = Drifts::default();
        let delay = |value| found("Queue", "MODIFIED", &[("/DelaySeconds", value)]);
        assert_eq!(why(&mut drifts, 1, &[delay("7")]), None);
        assert_eq!(why(&mut drifts, 2, &[delay("7")]), None);
        let another = "it drifted further: Queue/DelaySeconds is another one";
        assert_eq!(why(&mut drifts, 3, &[delay("9")]).as_deref(), Some(another));
        let gone = found("Topic", "DELETED", &[]);
        assert_eq!(
            why(&mut drifts, 4, &[delay("9"), gone]).as_deref(),
            Some("it drifted further: Topic is gone")
        );
        // What was set back may be changed again.
        assert_eq!(why(&mut drifts, 5, &[]), None);
        assert_eq!(why(&mut drifts, 6, &[delay("9")]).as_deref(), Some(another));
    }

    #[test]
    fn it_is_read_once_per_look() {
        let mut drifts = Drifts::default();
        let stack = |status: &str, at| StackStanding {
            key: "queues".to_owned(),
            state: State::Deployed,
            record: Record::default(),
            run: None,
            changed: None,
            pending: Ok(Vec::new()),
            drift: Some(Drift {
                status: status.to_owned(),
                checked: Some(minute(at)),
            }),
        };
        assert_eq!(drifts.due(&stack("IN_SYNC", 1)), None);
        assert_eq!(drifts.due(&stack("DRIFTED", 1)), Some(minute(1)));
        assert_eq!(why(&mut drifts, 1, &[]), None);
        assert_eq!(drifts.due(&stack("DRIFTED", 1)), None);
        assert_eq!(drifts.due(&stack("DRIFTED", 2)), Some(minute(2)));
        drifts.unread("queues", minute(2));
        assert_eq!(drifts.due(&stack("DRIFTED", 2)), None);
        let gone = [found("Queue", "DELETED", &[])];
        assert!(why(&mut drifts, 3, &gone).is_some());
        // Where nothing was read so far, it begins with the first that is.
        let mut drifts = Drifts::default();
        drifts.unread("queues", minute(2));
        assert_eq!(why(&mut drifts, 3, &gone), None);
    }
}
