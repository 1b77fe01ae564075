//! Stacks that are in the region before a rebuild: those of this one, started before and gone on with, or of an earlier time.

use stratiform_catalog::behaviour::holds_data;
use stratiform_service::{Region, Timestamp};

use super::{Point, PointId, standing};
use crate::call::Stack;
use crate::guard::{StackFound, Verdict};

/// How old a stack is at most that an earlier start of the same rebuild made, in milliseconds: a day. What is older may be of
/// an earlier disaster.
const SAME: i64 = 86_400_000;

/// What is there of the stacks that are to be made, and what becomes of its data; none where nothing is.
///
/// A database that stands there is never made from another backup: with stacks of an earlier time it would go on with the
/// data of then.
pub fn earlier(found: &[StackFound], from: &Region, now: Timestamp) -> Option<Point> {
    let there = found
        .iter()
        .filter_map(|found| Some((found, standing(found)?)));
    let is_own = |found: &StackFound, stack: &Stack| {
        found.record("rebuilt-from") == Some(from.as_str())
            && now.millis().saturating_sub(stack.created.millis()) <= SAME
    };
    let (own, before): (Vec<_>, Vec<_>) = there.partition(|(found, stack)| is_own(found, stack));
    let (first, _) = before.first().or(own.first())?;
    let point = |verdict, reason: String, remedy: &str| Point {
        id: PointId::Stacks,
        verdict,
        reason,
        remedy: remedy.to_owned(),
    };
    let with_data: Vec<String> = before
        .iter()
        .filter(|(found, _)| may_hold_data(found))
        .map(|(_, stack)| of(stack))
        .collect();
    Some(if before.is_empty() {
        let count = own.len();
        let key = &first.key;
        point(
            Verdict::Pass,
            format!(
                "an earlier start made {count} of the stacks, {key} among them: this one goes on with them"
            ),
            "",
        )
    } else if with_data.is_empty() {
        let all: Vec<String> = before.iter().map(|(_, stack)| of(stack)).collect();
        point(
            Verdict::Warn,
            format!(
                "there are stacks of an earlier time, without data: {}",
                all.join(", ")
            ),
            "they are changed to what the release says",
        )
    } else {
        point(
            Verdict::Block,
            format!(
                "there are stacks of an earlier time, with the data of then: {}",
                with_data.join(", ")
            ),
            "no backup is read into what is there. If nobody needs that, take it down first; to go on with it: --despite stacks",
        )
    })
}

/// Where nobody can say what a stack has, it may be data.
fn may_hold_data(found: &StackFound) -> bool {
    let resources = found.resources.as_ref();
    resources.map_or(true, |resources| {
        let mut types = resources.iter().map(|resource| &resource.resource_type);
        types.any(|kind| holds_data(kind))
    })
}

fn of(stack: &Stack) -> String {
    let day = stack.created.to_string();
    let day = day.split('T').next().unwrap_or_default();
    format!("{} (made {day})", stack.name)
}

#[cfg(test)]
mod tests {
    use stratiform_service::{ResourceStatus, StackId, Word};

    use super::*;
    use crate::call::Resource;
    use crate::guard::{Asked, Unasked};

    fn at(day: u32) -> Timestamp {
        format!("2026-11-{day:02}T03:00:00.000Z").parse().unwrap()
    }

    fn resource(kind: &str) -> Resource {
        Resource {
            logical_id: "It".parse().unwrap(),
            physical_id: None,
            resource_type: kind.to_owned(),
            status: ResourceStatus::CreateComplete.into(),
            reason: None,
            changed: None,
        }
    }

    /// A stack that was made on a day, from a region, and what it has.
    fn stack(day: u32, from: Option<&str>, resources: Asked<Vec<Resource>>) -> StackFound {
        let id = "arn:aws:cloudformation:eu-west-1:111122223333:stack/shop-prod-data/1";
        let tags = from.map(|from| ("stratiform:rebuilt-from".to_owned(), from.to_owned()));
        let stack = Stack {
            created: at(day),
            tags: tags.into_iter().collect(),
            ..Stack::bare(StackId::new(id).unwrap(), Word::new("UPDATE_COMPLETE"))
        };
        StackFound {
            key: "data".to_owned(),
            planned: String::new(),
            stack: Ok(Some(Box::new(stack))),
            template: None,
            resources,
            token: None,
        }
    }

    fn judged(found: StackFound) -> Option<(Verdict, String)> {
        let from = "eu-central-1".parse().unwrap();
        let point = earlier(&[found], &from, at(29))?;
        Some((point.verdict, point.reason))
    }

    #[test]
    fn the_data_of_an_earlier_disaster_is_not_gone_on_with_silently() {
        let (queue, database) = ("AWS::SQS::QueuePolicy", "AWS::RDS::DBInstance");
        let home = Some("eu-central-1");
        let verdict = |day, from, kind| {
            let resources = Ok(vec![resource(kind)]);
            judged(stack(day, from, resources)).map(|(verdict, _)| verdict)
        };
        assert_eq!(verdict(29, home, database), Some(Verdict::Pass));
        assert_eq!(verdict(27, home, database), Some(Verdict::Block));
        assert_eq!(verdict(27, home, queue), Some(Verdict::Warn));
        // No rebuild from here made it.
        assert_eq!(verdict(29, None, database), Some(Verdict::Block));
        assert_eq!(
            verdict(29, Some("eu-west-3"), database),
            Some(Verdict::Block)
        );
        let denied = stack(27, home, Err(Unasked::because("denied", "")));
        let (blocks, reason) = judged(denied).unwrap();
        assert_eq!(blocks, Verdict::Block);
        assert_eq!(
            reason,
            "there are stacks of an earlier time, with the data of then: shop-prod-data (made 2026-11-27)"
        );
    }

    #[test]
    fn nothing_is_said_of_nothing() {
        let nothing = StackFound {
            stack: Ok(None),
            ..stack(29, None, Ok(Vec::new()))
        };
        assert_eq!(judged(nothing), None);
    }
}
