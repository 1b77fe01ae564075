//! The way back: from the region that an environment was rebuilt in to the one that it came from.

use stratiform_service::Region;
use stratiform_service::status::{Ending, Phase};

use super::{Point, PointId};
use crate::call::Stack;
use crate::guard::{Asked, StackFound, Verdict};

/// Whether an environment can come home.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Room {
    /// As a point.
    pub point: Point,
    /// The stacks of before that have to go first.
    pub in_the_way: Vec<String>,
}

/// Whether something was rebuilt in the region that is left, and whether there is room for it at home.
///
/// What an earlier start of the same way back made is no stack of before: it says that it comes from the region that is left,
/// and is younger than what stands there.
pub fn room(left: &[StackFound], at_home: &[StackFound], (from, home): (&Region, &Region)) -> Room {
    let blocked = |reason: String, remedy: &str| Room {
        point: point(PointId::Home, Verdict::Block, reason, remedy),
        in_the_way: Vec::new(),
    };
    for (found, region) in [(left, from), (at_home, home)] {
        if let Some((key, why)) = found
            .iter()
            .find_map(|found| Some((&found.key, &found.stack.as_ref().err()?.why)))
        {
            return blocked(
                format!("whether {key} is in {region} could not be asked: {why}"),
                "a way back asks both regions: try again when both answer",
            );
        }
    }
    let is_from =
        |found: &StackFound, region: &Region| found.record("rebuilt-from") == Some(region.as_str());
    let rebuilt = left.iter().filter(|found| is_from(found, home));
    let Some(begun) = rebuilt
        .filter_map(|found| Some(standing(found)?.created))
        .min()
    else {
        return blocked(
            format!("no stack in {from} says that it was rebuilt from {home}"),
            "`region` in the environment's file is where it goes back to, `disaster_recovery_region` where it was rebuilt",
        );
    };
    let is_own = |found: &StackFound, stack: &Stack| is_from(found, from) && stack.created > begun;
    let there = at_home
        .iter()
        .filter_map(|found| Some((found, standing(found)?)));
    let (own, before): (Vec<_>, Vec<_>) = there.partition(|(found, stack)| is_own(found, stack));
    if before.is_empty() {
        let reason = match own.as_slice() {
            [] => format!("no stack of before is in {home}"),
            own => format!(
                "{home} has {} of the stacks from an earlier start",
                own.len()
            ),
        };
        return Room {
            point: Point::passes(PointId::Home, reason),
            in_the_way: Vec::new(),
        };
    }
    let in_the_way: Vec<String> = before.iter().map(|(_, stack)| stack.name.clone()).collect();
    Room {
        in_the_way: in_the_way.clone(),
        ..blocked(
            format!(
                "the stacks of before are in {home}: {}",
                in_the_way.join(", ")
            ),
            "they go first: see below",
        )
    }
}

/// The stack, where it has something, or may have.
pub fn standing(found: &StackFound) -> Option<&Stack> {
    found.there().filter(|stack| {
        !matches!(
            stack.status.phase(),
            Phase::Settled(Ending::Gone | Ending::Reviewed | Ending::NeverCreated)
        )
    })
}

/// Whether a snapshot of a database can be taken in the region that is left, and copied home. `status` is the database's;
/// none where it is not there.
pub fn fresh(
    resource: &str,
    instance: &str,
    status: &Asked<Option<String>>,
    from: &Region,
) -> Point {
    let id = PointId::Backup;
    let blocked = |reason, remedy| point(id, Verdict::Block, reason, remedy);
    let name = "copy a snapshot yourself, and name it: --database SNAPSHOT";
    match status {
        // Source: RDS API reference, "CopyDBSnapshot" and "CopyDBClusterSnapshot", `PreSignedUrl`.
        _ if from.partition() == "aws-us-gov" => blocked(
            format!("{resource}: between regions of GovCloud no snapshot is copied from here"),
            name,
        ),
        Ok(Some(status)) if status == "available" => point(
            id,
            Verdict::Pass,
            format!("{resource} begins with a snapshot of {instance} in {from} that is taken now"),
            "what is written there later is lost: to lose nothing, stop before what writes",
        ),
        Ok(Some(status)) => blocked(
            format!("{instance} in {from} is {status}"),
            "wait until it is available",
        ),
        Ok(None) => blocked(format!("{from} has no database {instance}"), name),
        Err(unasked) => blocked(
            format!(
                "{instance} in {from} could not be asked for: {}",
                unasked.why
            ),
            name,
        ),
    }
}

fn point(id: PointId, verdict: Verdict, reason: String, remedy: &str) -> Point {
    Point {
        id,
        verdict,
        reason,
        remedy: remedy.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use stratiform_service::{StackId, Word};

    use super::*;
    use crate::guard::Unasked;

    fn found(key: &str, stack: Asked<Option<Box<Stack>>>) -> StackFound {
        StackFound {
            key: key.to_owned(),
            planned: String::new(),
            stack,
            template: None,
            resources: Ok(Vec::new()),
            token: None,
        }
    }

    /// A stack that was made in an hour, from a region.
    fn stack(key: &str, status: &str, hour: u32, from: Option<&str>) -> StackFound {
        let name = format!("shop-prod-{key}");
        let id = format!("arn:aws:cloudformation:eu-west-1:111122223333:stack/{name}/1");
        let tags = from.map(|from| ("stratiform:rebuilt-from".to_owned(), from.to_owned()));
        let stack = Stack {
            created: format!("2026-11-29T{hour:02}:00:00.000Z").parse().unwrap(),
            tags: tags.into_iter().collect(),
            ..Stack::bare(StackId::new(id).unwrap(), Word::new(status))
        };
        found(key, Ok(Some(Box::new(stack))))
    }

    fn between(left: &[StackFound], at_home: &[StackFound]) -> Room {
        let (from, home) = ("eu-west-1", "eu-central-1");
        room(
            left,
            at_home,
            (&from.parse().unwrap(), &home.parse().unwrap()),
        )
    }

    fn left() -> StackFound {
        stack("data", "UPDATE_COMPLETE", 10, Some("eu-central-1"))
    }

    #[test]
    fn stacks_of_before_go_first() {
        let old = stack("data", "CREATE_COMPLETE", 8, None);
        let found = between(&[left()], &[old]);
        assert_eq!(found.in_the_way, ["shop-prod-data"]);
        assert_eq!(found.point.verdict, Verdict::Block);
        let gone = super::tests::found("data", Ok(None));
        assert_eq!(between(&[left()], &[gone]).point.verdict, Verdict::Pass);
        for nothing in ["REVIEW_IN_PROGRESS", "ROLLBACK_COMPLETE"] {
            let found = between(&[left()], &[stack("data", nothing, 8, None)]);
            assert_eq!(found.point.verdict, Verdict::Pass, "{nothing}");
        }
    }

    #[test]
    fn what_an_earlier_start_made_is_gone_on_with() {
        let own = stack("data", "CREATE_IN_PROGRESS", 11, Some("eu-west-1"));
        let found = between(&[left()], &[own]);
        assert_eq!(
            (found.point.verdict, found.in_the_way.len()),
            (Verdict::Pass, 0)
        );
        // That of an earlier way back is one of before: since then it was rebuilt again.
        let earlier = stack("data", "UPDATE_COMPLETE", 9, Some("eu-west-1"));
        let found = between(&[left()], &[earlier]);
        assert_eq!(found.in_the_way, ["shop-prod-data"]);
    }

    #[test]
    fn there_is_a_way_back_only_from_where_it_was_rebuilt() {
        for elsewhere in [None, Some("eu-west-3")] {
            let left = stack("data", "CREATE_COMPLETE", 10, elsewhere);
            let found = between(&[left], &[]);
            assert_eq!(
                found.point.reason,
                "no stack in eu-west-1 says that it was rebuilt from eu-central-1"
            );
            assert_eq!(found.point.verdict, Verdict::Block);
        }
    }

    #[test]
    fn a_region_that_does_not_answer_blocks() {
        let denied = || found("data", Err(Unasked::because("no answer", "")));
        for (left, home) in [(denied(), left()), (left(), denied())] {
            let found = between(&[left], &[home]);
            assert_eq!(found.point.verdict, Verdict::Block);
            assert!(
                found
                    .point
                    .reason
                    .ends_with("could not be asked: no answer")
            );
        }
    }

    #[test]
    fn a_snapshot_is_taken_of_what_is_available() {
        let of = |status: Option<&str>, region: &str| {
            let (status, region) = (status.map(str::to_owned), region.parse().unwrap());
            fresh("data/Instance", "shop", &Ok(status), &region).verdict
        };
        assert_eq!(of(Some("available"), "eu-west-1"), Verdict::Pass);
        assert_eq!(of(Some("stopped"), "eu-west-1"), Verdict::Block);
        assert_eq!(of(None, "eu-west-1"), Verdict::Block);
        assert_eq!(of(Some("available"), "us-gov-west-1"), Verdict::Block);
    }
}
