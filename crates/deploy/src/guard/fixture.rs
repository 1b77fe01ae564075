//! Facts of a day on which all is well, for tests to make worse.

use stratiform_service::{StackStatus, Timestamp, Word};

use super::*;
use crate::call::{Alarm, Database, Deployment, Image, Resource, Service, Snapshot, Stack, Target};
use crate::plan::Mending;

const HOUR: i64 = 3_600_000;

/// Hours before the moment of [`facts`].
pub(super) fn ago(hours: i64) -> Timestamp {
    Timestamp::from_millis(1_800_000_000_000 - hours * HOUR).unwrap()
}

pub(super) fn unasked() -> Unasked {
    Unasked::because("nobody answered", "ask again")
}

/// Nothing but that nothing could be asked.
pub(super) fn nothing_asked() -> Facts {
    let facts = facts();
    let stacks = facts.stacks.into_iter().map(|found| StackFound {
        stack: Err(unasked()),
        template: None,
        resources: Ok(Vec::new()),
        ..found
    });
    Facts {
        git: Err(unasked()),
        stale: Err(unasked()),
        findings: Err(unasked()),
        compliance: Err(unasked()),
        caller: Err(unasked()),
        permissions: Err(unasked()),
        rehearsal: Some(Err(unasked())),
        stacks: stacks.collect(),
        running: Running {
            services: Vec::new(),
            alarms: Ok(Vec::new()),
            databases: Vec::new(),
        },
        risks: Err(unasked()),
        tasks: Err(unasked()),
        room: vec![Room {
            quota: nearer(&[StackFound {
                planned: r#"{"Resources": {"A": {"Type": "AWS::EC2::EIP"}}}"#.to_owned(),
                ..stack("prod", "network", "v1")
            }])[0]
                .0,
            added: 1,
            asked: Err(unasked()),
        }],
        promotion: Some(Err(unasked())),
        images: Vec::new(),
        ..facts
    }
}

pub(super) fn facts() -> Facts {
    Facts {
        now: ago(0),
        wanted: Wanted {
            environment: "prod".to_owned(),
            rehearsal_of: None,
            region: "eu-central-1".parse().unwrap(),
            account: Some("111122223333".parse().unwrap()),
            release: Some("v2".to_owned()),
            deploys: Deploys::ReleasesOnly,
            backup: true,
            compliance_at_least: None,
            mending: Mending::Harmless,
            run: None,
            whose: Whose::Aws,
            heading: Heading::Forward,
            allowed: Vec::new(),
            crossed: Vec::new(),
        },
        git: Ok(Git {
            commit: "1111111111".to_owned(),
            changed: Vec::new(),
            pushed: Ok(true),
            tags: vec!["v2".to_owned()],
            release: Some("1111111111".to_owned()),
            known: vec!["v1".to_owned(), "v2".to_owned()],
        }),
        stale: Ok(Vec::new()),
        findings: Ok(Vec::new()),
        compliance: Ok(Compliance {
            score: Some(97),
            number: "97".to_owned(),
            costs: Vec::new(),
        }),
        caller: Ok(Caller {
            account: "111122223333".parse().unwrap(),
            arn: "arn:aws:sts::111122223333:assumed-role/Deployer/alice".to_owned(),
        }),
        permissions: Ok(Vec::new()),
        rehearsal: None,
        stacks: vec![
            stack("prod", "network", "v1"),
            stack("prod", "services", "v1"),
        ],
        running: running(),
        risks: Ok(Vec::new()),
        tasks: Ok(Vec::new()),
        room: Vec::new(),
        promotion: Some(Ok(Promotion {
            environment: "staging".to_owned(),
            stacks: vec![
                stack("staging", "network", "v1"),
                stack("staging", "services", "v2"),
            ],
            running: running(),
        })),
        images: vec![ImageFound {
            name: "111122223333.dkr.ecr.eu-central-1.amazonaws.com/api:2".to_owned(),
            image: Ok(Some(Image {
                digest: "sha256:ab".to_owned(),
                tags: vec!["2".to_owned()],
                pushed: None,
            })),
        }],
        rollback_alarm: Some("rollback".to_owned()),
    }
}

/// A stack that is as it is planned.
pub(super) fn stack(environment: &str, key: &str, release: &str) -> StackFound {
    let name = format!("shop-{environment}-{key}");
    let id = format!("arn:aws:cloudformation:eu-central-1:111122223333:stack/{name}/1");
    let tags = [("release", release), ("run", "abc"), ("deployed-by", "bob")];
    let tags = tags.map(|(key, value)| (format!("stratiform:{key}"), value.to_owned()));
    StackFound {
        key: key.to_owned(),
        planned: "{\"Resources\":{}}".to_owned(),
        stack: Ok(Some(Box::new(Stack {
            created: ago(100),
            updated: Some(ago(50)),
            tags: tags.into_iter().collect(),
            termination_protection: true,
            ..Stack::bare(id.parse().unwrap(), StackStatus::UpdateComplete.into())
        }))),
        template: Some(Ok("{ \"Resources\": {} }".to_owned())),
        resources: Ok(vec![Resource {
            changed: None,
            reason: None,
            logical_id: "Vpc".parse().unwrap(),
            physical_id: "vpc-1".parse().ok(),
            resource_type: "AWS::EC2::VPC".to_owned(),
            status: Word::new("UPDATE_COMPLETE"),
        }]),
        token: None,
    }
}

/// The same with another status.
pub(super) fn with_status(mut found: StackFound, status: &str) -> StackFound {
    let stack = found.stack.as_mut().unwrap().as_mut().unwrap();
    stack.status = Word::new(status);
    found
}

pub(super) fn running() -> Running {
    Running {
        services: vec![ServiceFound {
            name: "api".to_owned(),
            service: Ok(Some(service(2))),
            targets: [("blue".to_owned(), Ok(vec![target("healthy")]))].into(),
        }],
        alarms: Ok(vec![alarm("errors", "OK"), alarm("rollback", "OK")]),
        databases: vec![DatabaseFound {
            identifier: "shop-db".to_owned(),
            database: Ok(Some(Database {
                identifier: "shop-db".to_owned(),
                status: "available".to_owned(),
                restorable_until: Some(ago(1)),
                backup_days: 7,
                deletion_protection: true,
            })),
            snapshots: Ok(vec![snapshot(20)]),
        }],
    }
}

/// A service with so many of two tasks.
pub(super) fn service(running: u32) -> Service {
    Service {
        arn: "arn:aws:ecs:eu-central-1:111122223333:service/shop/api".to_owned(),
        name: "api".to_owned(),
        status: "ACTIVE".to_owned(),
        desired: 2,
        running,
        task_definition: "api:7".to_owned(),
        deployments: vec![Deployment {
            id: "ecs-svc/1".to_owned(),
            status: "PRIMARY".to_owned(),
            rollout: Some("COMPLETED".to_owned()),
            reason: None,
            task_definition: "api:7".to_owned(),
            running,
            failed: 0,
        }],
        target_groups: vec!["blue".to_owned()],
    }
}

pub(super) fn target(state: &str) -> Target {
    Target {
        id: "10.0.0.1".to_owned(),
        state: state.to_owned(),
        reason: None,
    }
}

pub(super) fn alarm(name: &str, state: &str) -> Alarm {
    Alarm {
        name: name.to_owned(),
        arn: format!("arn:aws:cloudwatch:eu-central-1:111122223333:alarm:{name}"),
        state: state.to_owned(),
        reason: Some("threshold crossed".to_owned()),
        since: None,
    }
}

/// A snapshot that is so many hours old.
pub(super) fn snapshot(hours: i64) -> Snapshot {
    Snapshot {
        identifier: "daily".to_owned(),
        status: "available".to_owned(),
        percent: 100,
        created: Some(ago(hours)),
        key: None,
    }
}
