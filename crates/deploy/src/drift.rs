//! What a look for drift covers: of each resource whether it was looked at, and why not.
//!
//! What lives here: from what CloudFormation answered to a ledger and a verdict. What does not: asking (`src/`), and what a
//! difference does (`stratiform-diff`).

use std::collections::HashMap;

use serde_json::Value;
use stratiform_catalog::behaviour::is_left_out_of_drift;
use stratiform_service::change::ResourceDriftStatus;
use stratiform_service::drift::{Detection, DetectionStatus, ResourceDrift};
use stratiform_service::{LogicalId, ResourceStatus, StackStatus, Timestamp, Word};

use crate::call::{Resource, Stack};
use crate::guard::{Asked, Unasked};

/// A stack that is another one's resource.
const NESTED: &str = "AWS::CloudFormation::Stack";

/// CloudFormation's clocks need not agree to the millisecond.
const SKEW: i64 = 1_000;

/// What was asked of one stack.
#[derive(Clone, Debug)]
pub struct Looked {
    /// The stack's key: `network`.
    pub key: String,
    /// CloudFormation's name.
    pub name: String,
    /// The stack; none where there is none.
    pub stack: Asked<Option<Box<Stack>>>,
    /// How the look ended.
    pub detection: Asked<Detection>,
    /// What the stack has.
    pub resources: Asked<Vec<Resource>>,
    /// What is known of its resources, by this look or an earlier one.
    pub drifts: Asked<Vec<ResourceDrift>>,
}

/// Whether a resource was looked at, and how it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Coverage {
    /// It is as its template says, as far as the template says anything.
    InSync,
    /// It is not.
    Modified,
    /// It is gone.
    Deleted,
    /// CloudFormation does not look at its type.
    NotSupported,
    /// It is a stack in the stack, which CloudFormation does not follow.
    NotFollowed,
    /// It could have been looked at and was not.
    NotChecked {
        /// Why; none where CloudFormation does not say.
        why: Option<String>,
        /// When it was looked at last.
        last: Option<Timestamp>,
    },
}

impl Coverage {
    /// Whether it was looked at.
    pub fn is_checked(&self) -> bool {
        matches!(
            self,
            Coverage::InSync | Coverage::Modified | Coverage::Deleted
        )
    }

    /// Whether it is not as its template says.
    pub fn is_drifted(&self) -> bool {
        matches!(self, Coverage::Modified | Coverage::Deleted)
    }
}

/// A resource, and whether it was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Covered {
    /// The resource.
    pub logical_id: LogicalId,
    /// Its type.
    pub resource_type: String,
    /// Whether it was looked at.
    pub coverage: Coverage,
    /// What was found, where it was looked at now.
    pub drift: Option<ResourceDrift>,
}

/// A stack, and what of it was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StackDrift {
    /// The stack's key.
    pub key: String,
    /// CloudFormation's name.
    pub name: String,
    /// Its resources, by logical ID.
    pub resources: Vec<Covered>,
    /// What could not be asked.
    pub unasked: Vec<Unasked>,
}

/// How many resources were looked at, and how many not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ledger {
    /// As their templates say.
    pub in_sync: usize,
    /// Not so.
    pub drifted: usize,
    /// Of types that CloudFormation does not look at.
    pub not_supported: usize,
    /// Stacks in stacks.
    pub not_followed: usize,
    /// Not looked at, although they could be.
    pub not_checked: usize,
}

/// What all of it comes to, worst last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// There is nothing to look at.
    NothingDeployed,
    /// Every resource was looked at, and is as its template says.
    InSync,
    /// All that CloudFormation looks at is; of the rest nobody knows.
    InSyncAsFarAsSupported,
    /// Nothing was found, and not all was looked at that could be.
    NotAllChecked,
    /// Something is not as its template says.
    Drifted,
}

impl StackDrift {
    /// What of a stack was looked at; none where there is no stack.
    pub fn of(looked: Looked) -> Option<StackDrift> {
        let Looked {
            key,
            name,
            stack,
            detection,
            resources,
            drifts,
        } = looked;
        let mut unasked = Vec::new();
        match stack {
            Ok(None) => return None,
            Ok(Some(_)) => {}
            Err(why) => unasked.push(why),
        }
        let mut told = |unanswered: Unasked| {
            if !unasked.contains(&unanswered) {
                unasked.push(unanswered);
            }
        };
        let detection = detection.map_err(&mut told).ok();
        let drifts = drifts.map_err(&mut told).ok();
        // What a look found and nobody could read says nothing.
        let detection = detection.filter(|_| drifts.is_some());
        let drifts = drifts.unwrap_or_default();
        let resources = resources.map_err(&mut told).unwrap_or_default();
        let mut drifts: HashMap<LogicalId, ResourceDrift> = drifts
            .into_iter()
            .map(|drift| (drift.logical_id.clone(), drift))
            .collect();
        let failures = Failures::of(detection.as_ref());
        let there = resources.into_iter().filter(|resource| {
            resource.status.known() != Some(ResourceStatus::DeleteComplete)
                && resource.physical_id.is_some()
        });
        let mut covered: Vec<Covered> = there
            .map(|resource| {
                let drift = drifts.remove(&resource.logical_id);
                let (coverage, drift) = coverage(&resource, drift, detection.as_ref(), &failures);
                Covered {
                    logical_id: resource.logical_id,
                    resource_type: resource.resource_type,
                    coverage,
                    drift,
                }
            })
            .collect();
        covered.sort_by(|one, other| one.logical_id.cmp(&other.logical_id));
        Some(StackDrift {
            key,
            name,
            resources: covered,
            unasked,
        })
    }

    /// The resources that are not as their template says, with what was found.
    pub fn drifted(&self) -> impl Iterator<Item = (&Covered, &ResourceDrift)> {
        let resources = self.resources.iter();
        let drifted = resources.filter(|covered| covered.coverage.is_drifted());
        drifted.filter_map(|covered| Some((covered, covered.drift.as_ref()?)))
    }
}

/// Whether a resource was looked at, with what was found where it was looked at now.
fn coverage(
    resource: &Resource,
    drift: Option<ResourceDrift>,
    detection: Option<&Detection>,
    failures: &Failures,
) -> (Coverage, Option<ResourceDrift>) {
    if resource.resource_type == NESTED {
        return (Coverage::NotFollowed, None);
    }
    let last = drift.as_ref().map(|drift| drift.at);
    let why = || failures.why(&resource.logical_id);
    let not_checked = |why| (Coverage::NotChecked { why, last }, None);
    let is_of_now = |drift: &ResourceDrift| {
        detection.is_some_and(|detection| drift.at.millis() + SKEW >= detection.begun.millis())
    };
    match drift {
        Some(drift) if is_of_now(&drift) => match drift.status.known() {
            Some(ResourceDriftStatus::InSync) => (Coverage::InSync, Some(drift)),
            Some(ResourceDriftStatus::Modified) => (Coverage::Modified, Some(drift)),
            Some(ResourceDriftStatus::Deleted) => (Coverage::Deleted, Some(drift)),
            Some(ResourceDriftStatus::Unsupported) => (Coverage::NotSupported, None),
            Some(ResourceDriftStatus::NotChecked | ResourceDriftStatus::Unknown) | None => {
                let why = drift.reason.or_else(why);
                (Coverage::NotChecked { why, last: None }, None)
            }
        },
        _ if is_left_out_of_drift(&resource.resource_type) => (Coverage::NotSupported, None),
        // What CloudFormation looked at is in its answer: the rest it does not support.
        None if detection
            .is_some_and(|detection| detection.status == DetectionStatus::Complete) =>
        {
            (Coverage::NotSupported, None)
        }
        _ => not_checked(why()),
    }
}

/// Why resources could not be looked at, from what CloudFormation says of a look that failed.
///
/// `{"Summary": "Failed to detect drift on resources [A]", "Failures": [{"Resource": "A", "FailureReason": "…"}]}`, as
/// public issues quote it (cloudformation-coverage-roadmap#801), or any other text.
#[derive(Default)]
struct Failures {
    of_resources: HashMap<String, String>,
    of_all: Option<String>,
}

impl Failures {
    fn of(detection: Option<&Detection>) -> Failures {
        let failed = detection.filter(|detection| detection.status != DetectionStatus::Complete);
        let Some(reason) = failed.and_then(|detection| detection.reason.as_ref()) else {
            return Failures::default();
        };
        let read: Option<Value> = serde_json::from_str(reason).ok();
        let failures = read
            .as_ref()
            .and_then(|read| read.get("Failures")?.as_array());
        let of_resources = failures.into_iter().flatten().filter_map(|failure| {
            let text = |name: &str| failure.get(name)?.as_str().map(str::to_owned);
            Some((text("Resource")?, text("FailureReason")?))
        });
        let summary = read.as_ref().and_then(|read| read.get("Summary")?.as_str());
        Failures {
            of_resources: of_resources.collect(),
            of_all: Some(summary.unwrap_or(reason).to_owned()),
        }
    }

    fn why(&self, logical_id: &LogicalId) -> Option<String> {
        let own = self.of_resources.get(logical_id.as_str());
        own.or(self.of_all.as_ref()).cloned()
    }
}

impl Ledger {
    /// How much of some stacks was looked at.
    pub fn of<'s>(stacks: impl IntoIterator<Item = &'s StackDrift>) -> Ledger {
        let mut ledger = Ledger::default();
        let resources = stacks.into_iter().flat_map(|stack| &stack.resources);
        for covered in resources {
            *match covered.coverage {
                Coverage::InSync => &mut ledger.in_sync,
                Coverage::Modified | Coverage::Deleted => &mut ledger.drifted,
                Coverage::NotSupported => &mut ledger.not_supported,
                Coverage::NotFollowed => &mut ledger.not_followed,
                Coverage::NotChecked { .. } => &mut ledger.not_checked,
            } += 1;
        }
        ledger
    }

    /// The resources that were looked at.
    pub fn checked(&self) -> usize {
        self.in_sync + self.drifted
    }

    /// All resources.
    pub fn total(&self) -> usize {
        self.checked() + self.not_supported + self.not_followed + self.not_checked
    }
}

impl Verdict {
    /// What stacks come to.
    pub fn of(stacks: &[StackDrift]) -> Verdict {
        let ledger = Ledger::of(stacks);
        let is_asked = stacks.iter().all(|stack| stack.unasked.is_empty());
        match ledger {
            Ledger { drifted: 1.., .. } => Verdict::Drifted,
            _ if !is_asked || ledger.not_checked > 0 => Verdict::NotAllChecked,
            _ if ledger.total() == 0 => Verdict::NothingDeployed,
            _ if ledger.in_sync < ledger.total() => Verdict::InSyncAsFarAsSupported,
            _ => Verdict::InSync,
        }
    }

    /// Whether somebody has to look: something drifted, or could have been looked at and was not.
    pub fn needs_a_look(self) -> bool {
        self >= Verdict::NotAllChecked
    }
}

/// Whether CloudFormation looks for drift in a stack of this status.
///
/// Source: CloudFormation user guide, "Detect unmanaged configuration changes with drift detection", considerations. What
/// is adopted is in none of its lists; whoever is refused is told so.
pub fn is_detectable(status: &Word<StackStatus>) -> bool {
    matches!(
        status.known(),
        Some(
            StackStatus::CreateComplete
                | StackStatus::UpdateComplete
                | StackStatus::UpdateRollbackComplete
                | StackStatus::UpdateRollbackFailed
                | StackStatus::ImportComplete
                | StackStatus::ImportRollbackComplete
        )
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(1_790_000_000_000 + seconds * 1_000).unwrap()
    }

    fn resource(logical_id: &str, resource_type: &str) -> Resource {
        Resource {
            logical_id: logical_id.parse().unwrap(),
            physical_id: Some("there".parse().unwrap()),
            resource_type: resource_type.to_owned(),
            status: ResourceStatus::CreateComplete.into(),
            reason: None,
            changed: None,
        }
    }

    fn drift(logical_id: &str, status: ResourceDriftStatus, seconds: i64) -> ResourceDrift {
        ResourceDrift {
            logical_id: logical_id.parse().unwrap(),
            physical_id: None,
            resource_type: "AWS::SQS::Queue".to_owned(),
            status: status.into(),
            reason: None,
            expected: None,
            actual: None,
            differences: Vec::new(),
            at: at(seconds),
        }
    }

    fn detection(status: DetectionStatus, reason: Option<&str>) -> Asked<Detection> {
        Ok(Detection {
            status: status.into(),
            reason: reason.map(str::to_owned),
            begun: at(100),
        })
    }

    fn looked(
        detection: Asked<Detection>,
        resources: &[(&str, &str)],
        drifts: &[(&str, ResourceDriftStatus, i64)],
    ) -> StackDrift {
        let resources = resources.iter();
        let drifts = drifts.iter();
        let looked = Looked {
            key: "queues".to_owned(),
            name: "shop-dev-queues".to_owned(),
            stack: Err(Unasked::because("not asked here", "")),
            detection,
            resources: Ok(resources.map(|(id, kind)| resource(id, kind)).collect()),
            drifts: Ok(drifts
                .map(|(id, status, seconds)| drift(id, *status, *seconds))
                .collect()),
        };
        let mut found = StackDrift::of(looked).unwrap();
        found.unasked.remove(0);
        found
    }

    const QUEUE: &str = "AWS::SQS::Queue";

    #[test]
    fn in_sync_is_only_said_where_all_was_looked_at() {
        use ResourceDriftStatus::{InSync, Modified};
        let complete = || detection(DetectionStatus::Complete, None);
        let verdict = |stack: StackDrift| Verdict::of(&[stack]);
        let all = looked(complete(), &[("A", QUEUE)], &[("A", InSync, 101)]);
        assert_eq!(verdict(all), Verdict::InSync);
        let some = [("A", QUEUE), ("B", "AWS::S3::BucketPolicy"), ("C", NESTED)];
        let some = looked(complete(), &some, &[("A", InSync, 101)]);
        let ledger = Ledger::of([&some]);
        let counts = (ledger.in_sync, ledger.not_supported, ledger.not_followed);
        assert_eq!(counts, (1, 1, 1));
        assert_eq!(verdict(some), Verdict::InSyncAsFarAsSupported);
        let drifted = looked(complete(), &[("A", QUEUE)], &[("A", Modified, 101)]);
        assert_eq!(verdict(drifted), Verdict::Drifted);
        assert_eq!(
            verdict(looked(complete(), &[], &[])),
            Verdict::NothingDeployed
        );
        let denied = Err(Unasked::because("DetectStackDrift is not allowed", ""));
        let denied = looked(denied, &[("A", QUEUE)], &[("A", InSync, 101)]);
        assert_eq!(denied.unasked.len(), 1);
        assert_eq!(verdict(denied), Verdict::NotAllChecked);
    }

    #[test]
    fn what_could_not_be_read_is_not_checked() {
        let stack = StackDrift::of(Looked {
            key: "queues".to_owned(),
            name: "shop-dev-queues".to_owned(),
            stack: Err(Unasked::because("not asked here", "")),
            detection: detection(DetectionStatus::Complete, None),
            resources: Ok(vec![resource("A", QUEUE)]),
            drifts: Err(Unasked::because(
                "DescribeStackResourceDrifts is not allowed",
                "",
            )),
        });
        let stack = stack.unwrap();
        assert_eq!(Ledger::of([&stack]).not_checked, 1);
        assert_eq!(stack.unasked.len(), 2);
    }

    #[test]
    fn what_an_earlier_look_found_is_not_what_this_one_found() {
        use ResourceDriftStatus::InSync;
        let failed = detection(DetectionStatus::Failed, Some("Failed to detect drift"));
        let stack = looked(failed, &[("A", QUEUE)], &[("A", InSync, 20)]);
        let expected = Coverage::NotChecked {
            why: Some("Failed to detect drift".to_owned()),
            last: Some(at(20)),
        };
        assert_eq!(stack.resources[0].coverage, expected);
    }

    #[test]
    fn a_look_that_failed_says_why_for_each_resource() {
        let reason = r#"{"Summary": "Failed to detect drift on resources [B, C]", "Failures": [{"Resource": "B", "FailureReason": "Rate exceeded"}]}"#;
        let failed = detection(DetectionStatus::Failed, Some(reason));
        let resources = [
            ("A", QUEUE),
            ("B", QUEUE),
            ("C", QUEUE),
            ("D", "AWS::IAM::Policy"),
        ];
        let stack = looked(
            failed,
            &resources,
            &[("A", ResourceDriftStatus::InSync, 100)],
        );
        let why = |why: &str| Coverage::NotChecked {
            why: Some(why.to_owned()),
            last: None,
        };
        let coverage: Vec<&Coverage> = stack
            .resources
            .iter()
            .map(|covered| &covered.coverage)
            .collect();
        assert_eq!(
            coverage,
            [
                &Coverage::InSync,
                &why("Rate exceeded"),
                &why("Failed to detect drift on resources [B, C]"),
                &Coverage::NotSupported
            ]
        );
        assert!(Verdict::of(&[stack]).needs_a_look());
    }
}
