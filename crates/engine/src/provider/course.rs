//! How long things take.
//!
//! What lives here: durations of one resource's creation, update and deletion, in simulated time. What does not: when
//! they begin, and what else is waited for.

use std::time::Duration;

use serde_json::{Map, Value};
use stratiform_catalog::{Handler, ResourceType};

use super::form::Condition;
use super::recipe::recipe;

/// What happens to a resource?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// It is made.
    Create,
    /// It is changed in place.
    Update,
    /// It goes.
    Delete,
}

/// How long it takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Course {
    /// From the first event to the last, in simulated milliseconds.
    pub(crate) millis: u64,
    /// When, from the first event, the consistency check is announced.
    pub(crate) consistency_check: Option<u64>,
}

/// Seconds, which may depend on properties.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Times {
    else_seconds: u64,
    special: Vec<(Condition, u64)>,
}

/// The courses of a type.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Courses {
    pub(super) create: Times,
    pub(super) check: Option<u64>,
    pub(super) update: Times,
    pub(super) delete: Times,
}

/// Tells how long something takes; types that nobody measured follow a rule, see [`Courses::by_rule`].
pub(crate) fn course(
    resource_type: &str,
    action: Action,
    properties: &Map<String, Value>,
) -> Course {
    let recipe = recipe(resource_type);
    let courses = &recipe.courses;
    let (times, check) = match action {
        Action::Create => (&courses.create, courses.check),
        Action::Update => (&courses.update, None),
        Action::Delete => (&courses.delete, None),
    };
    Course {
        millis: times.seconds(properties) * 1000,
        consistency_check: check.map(|seconds| seconds * 1000),
    }
}

impl Courses {
    /// Nobody measured the type: 2 s, or 60 s where its schema has a creation take longer than AWS's usual 2 hours at
    /// most, or 300 s where it is more than a day. Updates take half of that, deletions the same, and never under 1 s.
    pub(super) fn by_rule(resource_type: Option<ResourceType>) -> Courses {
        const USUAL: Duration = Duration::from_secs(2 * 60 * 60);
        const DAY: Duration = Duration::from_secs(24 * 60 * 60);
        let limit = resource_type.and_then(|resource_type| resource_type.timeout(Handler::Create));
        let seconds = match limit {
            Some(limit) if limit > DAY => 300,
            Some(limit) if limit > USUAL => 60,
            Some(_) | None => 2,
        };
        Courses {
            create: Times::always(seconds),
            check: None,
            update: Times::always((seconds / 2).max(1)),
            delete: Times::always((seconds / 2).max(1)),
        }
    }
}

impl Times {
    fn always(seconds: u64) -> Times {
        Times {
            else_seconds: seconds,
            special: Vec::new(),
        }
    }

    /// Reads `450; MultiAZ=true 900`.
    pub(super) fn read(column: &str) -> Option<Times> {
        let mut parts = column.split("; ");
        let else_seconds = parts.next()?.parse().ok()?;
        let special = parts.map(|part| {
            let (condition, seconds) = part.split_once(' ')?;
            Some((Condition::read(condition), seconds.parse().ok()?))
        });
        Some(Times {
            else_seconds,
            special: special.collect::<Option<_>>()?,
        })
    }

    fn seconds(&self, properties: &Map<String, Value>) -> u64 {
        let holds = |(condition, _): &&(Condition, u64)| condition.holds(properties);
        self.special
            .iter()
            .find(holds)
            .map_or(self.else_seconds, |(_, seconds)| *seconds)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn seconds(resource_type: &str, action: Action, properties: Value) -> (u64, Option<u64>) {
        let course = course(resource_type, action, properties.as_object().unwrap());
        let check = course.consistency_check.map(|millis| millis / 1000);
        (course.millis / 1000, check)
    }

    #[test]
    fn a_database_takes_minutes_and_a_log_group_a_second() {
        let check = |resource_type, action, properties, expected| {
            assert_eq!(
                seconds(resource_type, action, properties),
                expected,
                "{resource_type}"
            );
        };
        check("AWS::Logs::LogGroup", Action::Create, json!({}), (1, None));
        check("AWS::SQS::Queue", Action::Create, json!({}), (31, Some(1)));
        check("AWS::SQS::Queue", Action::Update, json!({}), (3, None));
        check(
            "AWS::Events::Rule",
            Action::Create,
            json!({}),
            (61, Some(50)),
        );
        let database = "AWS::RDS::DBInstance";
        check(
            database,
            Action::Create,
            json!({"MultiAZ": "false"}),
            (450, None),
        );
        check(
            database,
            Action::Create,
            json!({"MultiAZ": "true"}),
            (900, None),
        );
        check(database, Action::Delete, json!({}), (240, None));
        let endpoint = "AWS::EC2::VPCEndpoint";
        check(
            endpoint,
            Action::Create,
            json!({"VpcEndpointType": "Gateway"}),
            (3, None),
        );
        check(
            endpoint,
            Action::Create,
            json!({"VpcEndpointType": "Interface"}),
            (90, None),
        );
        check("Custom::Thing", Action::Create, json!({}), (5, None));
    }

    #[test]
    fn types_that_nobody_measured_follow_the_rule() {
        assert_eq!(
            seconds("AWS::Athena::WorkGroup", Action::Create, json!({})),
            (2, None)
        );
        assert_eq!(
            seconds("AWS::MWAA::Environment", Action::Create, json!({})),
            (60, None)
        );
        assert_eq!(
            seconds("Nobody::Knows::It", Action::Delete, json!({})),
            (1, None)
        );
    }
}
