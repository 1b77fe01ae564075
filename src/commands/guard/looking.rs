//! Looks at the stacks of an environment, and at what runs in them.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::{join, join_all};
use futures_util::{StreamExt, stream};
use indexmap::IndexMap;
use stratiform_assembly::{Assembly, StackAt};
use stratiform_aws::Aws;
use stratiform_deploy::call::{Alarm, Snapshot};
use stratiform_deploy::guard::{Asked, DatabaseFound, Running, ServiceFound, StackFound, Unasked};
use stratiform_deploy::{Call, Reply, alarm_name, service_place};
use stratiform_service::StackId;
use stratiform_service::status::{Ending, Phase};

/// How many stacks are looked at at the same time: more would only be throttled.
pub(crate) const AT_ONCE: usize = 8;

/// What DescribeServices takes in a call.
const SERVICES: usize = 10;

/// What DescribeAlarms takes in a call.
const ALARMS: usize = 100;

/// Makes a call, and reads its answer.
pub(crate) async fn ask<T>(
    aws: &Aws,
    call: Call,
    read: impl FnOnce(Reply) -> Option<T>,
) -> Asked<T> {
    let reply = aws.call(&call).await.map_err(Unasked::from)?;
    read(reply).ok_or_else(|| Unasked::because("AWS gave another answer than was asked for", ""))
}

/// The stacks of an environment, as they are synthesized and as they are there.
pub(crate) async fn stacks(aws: &Aws, assembly: &Assembly) -> Vec<StackFound> {
    let stacks = assembly.stacks.iter();
    let found = stacks.map(|stack| self::stack(aws, assembly, stack));
    stream::iter(found).buffered(AT_ONCE).collect().await
}

async fn stack(aws: &Aws, assembly: &Assembly, planned: &StackAt) -> StackFound {
    let name = planned.name.clone();
    let call = Call::DescribeStack { stack: name };
    let stack = ask(aws, call, |reply| match reply {
        Reply::Stack(stack) => Some(stack),
        _ => None,
    })
    .await;
    let there = stack.as_ref().ok().and_then(Option::as_ref);
    let (mut template, mut resources, mut token) = (None, Ok(Vec::new()), None);
    if let Some(stack) = there {
        let phase = stack.status.phase();
        let is_there = !matches!(phase, Phase::Settled(Ending::Gone | Ending::Reviewed));
        if is_there {
            let (text, all) = join(
                self::template(aws, &stack.id),
                self::resources(aws, &stack.id),
            )
            .await;
            (template, resources) = (Some(text), all);
        }
        if matches!(phase, Phase::Moving(_)) {
            token = self::token(aws, &stack.id).await;
        }
    }
    StackFound {
        key: assembly.key(&planned.name).to_owned(),
        planned: planned.template.to_json(),
        stack,
        template,
        resources,
        token,
    }
}

pub(crate) async fn template(aws: &Aws, stack: &StackId) -> Asked<String> {
    let stack = stack.clone();
    ask(aws, Call::GetTemplate { stack }, |reply| match reply {
        Reply::Template(text) => Some(text),
        _ => None,
    })
    .await
}

pub(crate) async fn resources(
    aws: &Aws,
    stack: &StackId,
) -> Asked<Vec<stratiform_deploy::call::Resource>> {
    let stack = stack.clone();
    ask(
        aws,
        Call::ListStackResources { stack },
        |reply| match reply {
            Reply::Resources(resources) => Some(resources),
            _ => None,
        },
    )
    .await
}

/// The token of the operation that is going on. Whose it is is worth a word, and no refusal.
async fn token(aws: &Aws, stack: &StackId) -> Option<String> {
    let call = Call::StackEvents {
        stack: stack.clone(),
        after: None,
    };
    let token = ask(aws, call, |reply| match reply {
        Reply::Events(events) => Some(
            events
                .into_iter()
                .rev()
                .find_map(|event| event.client_request_token),
        ),
        _ => None,
    });
    token.await.ok().flatten()
}

/// What stacks have that can be looked at.
#[derive(Default)]
struct Inventory {
    /// Services by cluster.
    services: BTreeMap<String, BTreeSet<String>>,
    alarms: BTreeSet<String>,
    databases: BTreeSet<String>,
}

impl Inventory {
    fn of(stacks: &[StackFound], alarm: Option<&str>) -> Inventory {
        let mut inventory = Inventory::default();
        inventory.alarms.extend(alarm.map(str::to_owned));
        let resources = stacks
            .iter()
            .flat_map(|found| found.resources.iter().flatten());
        for resource in resources {
            let Some(id) = resource.physical_id.as_ref().map(|id| id.as_str()) else {
                continue;
            };
            match resource.resource_type.as_str() {
                "AWS::ECS::Service" => {
                    if let Some((cluster, service)) = service_place(id) {
                        let services = inventory.services.entry(cluster.to_owned()).or_default();
                        services.insert(service.to_owned());
                    }
                }
                "AWS::CloudWatch::Alarm" | "AWS::CloudWatch::CompositeAlarm" => {
                    inventory.alarms.insert(alarm_name(id).to_owned());
                }
                "AWS::RDS::DBInstance" => {
                    inventory.databases.insert(id.to_owned());
                }
                _ => {}
            }
        }
        inventory
    }
}

/// What runs in stacks; `alarm` is looked at too.
pub(crate) async fn running(aws: &Aws, stacks: &[StackFound], alarm: Option<&str>) -> Running {
    let inventory = Inventory::of(stacks, alarm);
    let of_clusters = inventory.services.iter().flat_map(|(cluster, names)| {
        let names: Vec<String> = names.iter().cloned().collect();
        let parts: Vec<Vec<String>> = names.chunks(SERVICES).map(<[_]>::to_vec).collect();
        parts.into_iter().map(|part| services(aws, cluster, part))
    });
    let databases = inventory.databases.iter();
    let databases = databases.map(|identifier| database(aws, identifier));
    let (services, (alarms, databases)) = join(
        join_all(of_clusters),
        join(alarms(aws, inventory.alarms), join_all(databases)),
    )
    .await;
    Running {
        services: services.into_iter().flatten().collect(),
        alarms,
        databases,
    }
}

async fn services(aws: &Aws, cluster: &str, names: Vec<String>) -> Vec<ServiceFound> {
    let call = Call::DescribeServices {
        cluster: cluster.to_owned(),
        services: names.clone(),
    };
    let answer = ask(aws, call, |reply| match reply {
        Reply::Services(services) => Some(services),
        _ => None,
    })
    .await;
    let found = names.into_iter().map(async |name| {
        let service = answer.clone();
        let service = service.map(|all| all.into_iter().find(|service| service.name == name));
        let groups = match &service {
            Ok(Some(service)) => service.target_groups.clone(),
            Ok(None) | Err(_) => Vec::new(),
        };
        let targets = groups.into_iter().map(async |group| {
            let call = Call::DescribeTargetHealth {
                target_group: group.clone(),
            };
            let targets = ask(aws, call, |reply| match reply {
                Reply::Targets(targets) => Some(targets),
                _ => None,
            });
            (group, targets.await)
        });
        let targets: IndexMap<_, _> = join_all(targets).await.into_iter().collect();
        ServiceFound {
            name,
            service,
            targets,
        }
    });
    join_all(found).await
}

async fn alarms(aws: &Aws, names: BTreeSet<String>) -> Asked<Vec<Alarm>> {
    let names: Vec<String> = names.into_iter().collect();
    let parts = names.chunks(ALARMS).map(|part| {
        let names = part.to_vec();
        ask(aws, Call::DescribeAlarms { names }, |reply| match reply {
            Reply::Alarms(alarms) => Some(alarms),
            _ => None,
        })
    });
    let parts: Asked<Vec<Vec<Alarm>>> = join_all(parts).await.into_iter().collect();
    parts.map(|parts| parts.into_iter().flatten().collect())
}

/// The snapshots of a database that the region has, newest first.
pub(crate) async fn snapshots(aws: &Aws, instance: &str) -> Asked<Vec<Snapshot>> {
    let call = Call::DescribeDbSnapshots {
        instance: instance.to_owned(),
    };
    ask(aws, call, |reply| match reply {
        Reply::Snapshots(snapshots) => Some(snapshots),
        _ => None,
    })
    .await
}

async fn database(aws: &Aws, identifier: &str) -> DatabaseFound {
    let database = ask(
        aws,
        Call::DescribeDbInstance {
            identifier: identifier.to_owned(),
        },
        |reply| match reply {
            Reply::Database(database) => Some(database),
            _ => None,
        },
    );
    let (database, snapshots) = join(database, snapshots(aws, identifier)).await;
    DatabaseFound {
        identifier: identifier.to_owned(),
        database,
        snapshots,
    }
}
