//! A service that gets another task definition, straight through ECS: the decisions.
//!
//! What lives here: which task definition, and whether the service runs it. What does not: asking (`src/commands/swap`).

use std::collections::BTreeSet;

use crate::call::Service;
use crate::verification::{Health, service_health};

/// A revision of a task definition, as far as it matters here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revision {
    /// Its ARN.
    pub arn: String,
    /// Whether services can run it.
    pub is_active: bool,
    /// The image that the service's container has there.
    pub image: String,
}

/// What is to be done for a service to run an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Swap {
    /// Nothing: it runs it.
    None,
    /// It gets this revision as it is.
    Use,
    /// It gets a copy of this revision, with the image.
    Copy,
}

/// What is to be done for a service, which runs `running`, to run `image` as it is in `found`.
pub fn swap(running: &Revision, found: &Revision, image: &str) -> Swap {
    if running.image == image {
        Swap::None
    } else if found.is_active && found.image == image {
        Swap::Use
    } else {
        Swap::Copy
    }
}

/// The ARN of the revision before another one; none of the first, and of what is no revision.
///
/// CloudFormation deregisters a revision that it has replaced; ECS goes on describing it.
pub fn before(arn: &str) -> Option<String> {
    let (family, number) = arn.rsplit_once(':')?;
    let number: u64 = number.parse().ok()?;
    let before = number.checked_sub(1).filter(|number| *number > 0)?;
    Some(format!("{family}:{before}"))
}

/// How a service is that is to run a task definition.
pub fn swapped(service: &Service, task_definition: &str) -> Health {
    service_health(service, &BTreeSet::from([task_definition.to_owned()]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn revision(number: u64, is_active: bool, image: &str) -> Revision {
        Revision {
            arn: format!("arn:aws:ecs:eu-west-1:111122223333:task-definition/api:{number}"),
            is_active,
            image: image.to_owned(),
        }
    }

    #[test]
    fn the_revision_before() {
        let arn = |number: u64| revision(number, true, "").arn;
        assert_eq!(before(&arn(7)), Some(arn(6)));
        assert_eq!(before(&arn(1)), None);
        for wrong in [
            "",
            "api",
            "arn:aws:ecs:eu-west-1:111122223333:task-definition/api",
        ] {
            assert_eq!(before(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn what_can_be_run_is_and_the_rest_is_copied() {
        let running = revision(7, true, "api:2");
        assert_eq!(
            swap(&running, &revision(6, true, "api:1"), "api:1"),
            Swap::Use
        );
        assert_eq!(
            swap(&running, &revision(6, false, "api:1"), "api:1"),
            Swap::Copy
        );
        assert_eq!(swap(&running, &running, "api:3"), Swap::Copy);
        // Once more, after it was interrupted: nothing is done twice.
        assert_eq!(
            swap(
                &revision(8, true, "api:1"),
                &revision(6, false, "api:1"),
                "api:1"
            ),
            Swap::None
        );
    }
}
