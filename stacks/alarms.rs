//! The alarms: what is watched, who is told, and what makes CloudFormation roll a deployment back.
//!
//! One table for each thing that is watched; what an alarm is made of is in [`alarm`], how people are told in
//! [`notifications`]. Logical IDs of a service's alarms begin with its name, and end in words that end no other
//! logical ID here: so whatever services are called, they never collide.

pub mod alarm;
pub mod metric;
pub mod notifications;

mod budget;
mod dashboard;

use stratiform_parts::QueueHandles;
use stratiform_stack::{App, Expr, Handle, Json, Stack, json, props, sub};

pub use alarm::{Alarm, Lasting, Limit, Measure};
pub use metric::Metric;

use crate::database::Database;
use crate::environment::{DatabaseAlarms, Environment, ServiceName};
use crate::parts::Names;
use crate::queues::Queues;
use crate::resources::cloudwatch::alarm::TreatMissingData::{Breaching, NotBreaching};
use crate::resources::{cloudwatch, sns, sqs};
use crate::services::{RunningService, Services, metrics};

/// What other stacks use to tell somebody.
#[derive(Clone, Debug)]
pub struct Alarms {
    /// Who subscribes to it, is told.
    pub topic: Handle<sns::Topic>,
    /// Lets alarms, budgets and rules publish to the topic.
    pub policy: Handle<sns::TopicPolicy>,
    /// Notifications that could not be delivered to the topic.
    pub undelivered: Handle<sqs::Queue>,
}

/// What an alarm leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Consequence {
    /// Somebody is told.
    Notify,
    /// Somebody is told, and a deployment that runs is rolled back.
    RollBack,
}

/// A row of a table: an alarm, the start of its logical ID, and what it leads to.
struct Row {
    id: String,
    alarm: Alarm,
    consequence: Consequence,
}

fn notify(id: impl ToString, alarm: Alarm) -> Row {
    Row {
        id: id.to_string(),
        alarm,
        consequence: Consequence::Notify,
    }
}

fn roll_back(id: impl ToString, alarm: Alarm) -> Row {
    Row {
        consequence: Consequence::RollBack,
        ..notify(id, alarm)
    }
}

/// What is watched.
#[derive(Clone, Copy, Debug)]
pub struct Watched<'a> {
    /// The database.
    pub database: &'a Database,
    /// The queues.
    pub queues: &'a Queues,
    /// The services.
    pub services: &'a Services,
}

/// Adds the stack.
pub fn stack(app: &App, env: &Environment, watched: Watched<'_>) -> Alarms {
    let Watched {
        database,
        queues,
        services,
    } = watched;
    let names = Names::of(app);
    let stack = app.stack(
        "alarms",
        &names.describe("notifications, alarms, dashboard and budget"),
    );
    let alarms = notifications::add(&stack, env, names);
    failed_deployments(&stack, &alarms, services);

    let mut rows = Vec::new();
    for (name, service) in &services.services {
        rows.extend(of_requests(env, name, service, services));
        rows.extend(of_tasks(env, name, service, services));
    }
    rows.extend(of_database(&env.alarms.database, database));
    for (name, queue) in &queues.queues {
        rows.extend(of_queue(env, name, queue));
    }
    rows.push(of_notifications(&alarms));

    let mut all = Vec::new();
    let mut rolling_back = Vec::new();
    for row in rows {
        let alarm = alarms.alarm(&stack, &row.id, row.alarm);
        all.push(Json::from(alarm.arn()));
        match row.consequence {
            Consequence::Notify => {}
            Consequence::RollBack => rolling_back.push(alarm),
        }
    }
    all.push(Json::from(rollback(&stack, names, &rolling_back).arn()));

    if env.dashboard {
        dashboard::add(&stack, names, all, watched);
    }
    budget::add(&stack, app, env, &alarms);
    alarms
}

/// What the users of a service notice. A minute without requests has no error rate, and needs none; the same goes
/// for the time.
fn of_requests(
    env: &Environment,
    name: &ServiceName,
    service: &RunningService,
    services: &Services,
) -> Vec<Row> {
    let (Some(balancer), groups @ [_, ..]) =
        (&services.load_balancer, service.target_groups.as_slice())
    else {
        return Vec::new();
    };
    let id = name.logical_id_prefix();
    let errors = Measure::Computed(metrics::error_rate(balancer, groups));
    let slow = &env.alarms.response_time;
    let seconds = f64::from(slow.above_milliseconds) / 1000.0;
    vec![
        roll_back(
            format!("{id}Errors"),
            Alarm::percent(name.as_ref(), "errors", errors, &env.alarms.error_rate),
        ),
        roll_back(
            format!("{id}ResponseTime"),
            Alarm {
                what: format!("{name}: slower than {seconds} s (p95)"),
                measure: Measure::Computed(metrics::response_time(balancer, groups)),
                limit: Limit::Above(seconds),
                lasting: Lasting::minutes(slow.for_minutes),
                missing: NotBreaching,
            },
        ),
    ]
}

/// How busy the tasks of a service are, and how many there are. Tasks that do not run use nothing: that is for the
/// last row to say.
fn of_tasks(
    env: &Environment,
    name: &ServiceName,
    service: &RunningService,
    services: &Services,
) -> [Row; 3] {
    let id = name.logical_id_prefix();
    let limits = &env.alarms;
    let (cluster, service) = (&services.cluster, &service.service);
    let load = |share, metric, limit| {
        let used = Measure::average(Metric::service(metric, cluster, service));
        Alarm::percent(name.as_ref(), share, used, limit)
    };
    [
        notify(
            format!("{id}Cpu"),
            load("CPU", "CPUUtilization", &limits.cpu),
        ),
        notify(
            format!("{id}Memory"),
            load("memory", "MemoryUtilization", &limits.memory),
        ),
        roll_back(
            format!("{id}Tasks"),
            Alarm {
                what: format!("{name}: fewer tasks than desired"),
                measure: Measure::tasks_lacking(cluster, service),
                limit: Limit::Above(0.0),
                lasting: Lasting::minutes(5),
                // Container Insights sees no service at all.
                missing: Breaching,
            },
        ),
    ]
}

/// How the database is.
fn of_database(limits: &DatabaseAlarms, database: &Database) -> [Row; 5] {
    const BYTES_PER_GIB: f64 = 1024.0 * 1024.0 * 1024.0;
    let average = |metric| Measure::average(Metric::database(metric, &database.instance));
    let milliseconds = limits.latency.above_milliseconds;
    let slow = |what, metric| Alarm {
        what: format!("database: {what} slower than {milliseconds} ms"),
        measure: average(metric),
        limit: Limit::Above(f64::from(milliseconds) / 1000.0),
        lasting: Lasting::averaged_minutes(limits.latency.for_minutes),
        missing: NotBreaching,
    };
    let gib = limits.free_storage_below_gib;
    [
        notify(
            "DatabaseLoad",
            Alarm {
                // An instance that has stopped measures nothing at all. One alarm for that is enough.
                missing: Breaching,
                ..Alarm::percent("database", "CPU", average("CPUUtilization"), &limits.cpu)
            },
        ),
        notify(
            "DatabaseConnections",
            Alarm {
                what: format!(
                    "database: more than {} connections",
                    limits.connections_above
                ),
                measure: average("DatabaseConnections"),
                limit: Limit::above(limits.connections_above),
                lasting: Lasting::averaged_minutes(15),
                missing: NotBreaching,
            },
        ),
        notify(
            "DatabaseStorage",
            Alarm {
                what: format!("database: less than {gib} GiB of storage free"),
                measure: average("FreeStorageSpace"),
                limit: Limit::Below(f64::from(gib) * BYTES_PER_GIB),
                lasting: Lasting::averaged_minutes(15),
                missing: NotBreaching,
            },
        ),
        notify("DatabaseReadLatency", slow("reads", "ReadLatency")),
        notify("DatabaseWriteLatency", slow("writes", "WriteLatency")),
    ]
}

/// Whether a service gets its messages done. SQS stops measuring a queue that nobody uses: that is fine.
fn of_queue(env: &Environment, name: &ServiceName, queue: &QueueHandles) -> [Row; 2] {
    let id = name.logical_id_prefix();
    let seconds = env.alarms.oldest_message_above_seconds;
    let age = Metric::queue("ApproximateAgeOfOldestMessage", &queue.queue);
    let dead = format!("{name}: the dead-letter queue is not empty");
    [
        notify(
            format!("{id}DeadLetters"),
            not_empty(dead, &queue.dead_letters),
        ),
        notify(
            format!("{id}MessageAge"),
            Alarm {
                what: format!("{name}: the oldest message is older than {seconds} s"),
                measure: Measure::maximum(age),
                limit: Limit::above(seconds),
                lasting: Lasting::minutes(5),
                missing: NotBreaching,
            },
        ),
    ]
}

/// Whether people are told what EventBridge wants to tell them.
fn of_notifications(alarms: &Alarms) -> Row {
    let what = "a notification could not be delivered to the topic".to_owned();
    notify("UndeliveredEvents", not_empty(what, &alarms.undelivered))
}

fn not_empty(what: String, queue: &Handle<sqs::Queue>) -> Alarm {
    let waiting = Metric::queue("ApproximateNumberOfMessagesVisible", queue);
    Alarm {
        what,
        measure: Measure::maximum(waiting),
        limit: Limit::Above(0.0),
        lasting: Lasting::minutes(1),
        missing: NotBreaching,
    }
}

/// Tells of deployments that ECS has given up.
fn failed_deployments(stack: &Stack, alarms: &Alarms, services: &Services) {
    let services: Vec<_> = services
        .services
        .values()
        .map(|service| service.service.reference())
        .collect();
    alarms.events(
        stack,
        "FailedDeployments",
        notifications::Events {
            description: "Deployments of the services that failed",
            pattern: json!({
                "source": ["aws.ecs"],
                "detail-type": ["ECS Deployment State Change"],
                "resources": services,
                "detail": {"eventName": ["SERVICE_DEPLOYMENT_FAILED"]},
            }),
            paths: vec![
                ("service", "$.resources[0]"),
                ("reason", "$.detail.reason"),
                ("time", "$.time"),
            ],
            message: "Deployment failed: <service> at <time>: <reason>",
        },
    );
}

/// The one alarm that deployments watch. It tells nobody: its parts do.
fn rollback(
    stack: &Stack,
    names: Names<'_>,
    parts: &[Handle<cloudwatch::Alarm>],
) -> Handle<cloudwatch::CompositeAlarm> {
    let rule = parts
        .iter()
        .map(|alarm| sub!("ALARM(\"{}\")", alarm.reference()))
        .reduce(|rule: Expr<String>, alarm| sub!("{} OR {}", rule, alarm));
    // An environment has a service, and a service has such an alarm; CloudWatch wants a rule in any case.
    let rule = rule.unwrap_or_else(|| sub!("FALSE"));
    stack.add(
        "RollbackAlarm",
        props!(cloudwatch::CompositeAlarm {
            alarm_rule: rule,
            // Deployments find it by this name.
            alarm_name: names.name("rollback"),
            alarm_description: format!("{} is unwell: deployments are rolled back", names.prefix()),
        }),
    )
}
