//! What does not fit together, though each value is fine.

use std::collections::BTreeMap;

use stratiform_environment::{Cidr, EnvironmentName, Path, Violation, joined, listed, nearest};

use super::{Cpu, Deployment, Environment, InstanceClass, Network, Scaling, Service, ServiceName};

/// The check that finds databases without a standby; see `settings.accepted_risks`.
const MULTI_AZ: &str = "CKV_AWS_157";

/// What does not fit together in one environment.
pub(super) fn relations(environment: &Environment) -> Vec<Violation> {
    let mut violations = Vec::new();
    network(environment, &mut violations);
    recovery(environment, &mut violations);
    database(environment, &mut violations);
    for (name, service) in &environment.services {
        tasks(name, service, &mut violations);
        queue(name, service, environment, &mut violations);
    }
    listeners(environment, &mut violations);
    service_names(environment, &mut violations);
    violations
}

/// What does not fit together between environments: VPCs that could not be peered, or restored side by side.
pub(super) fn between_environments(
    all: &[(&EnvironmentName, &Environment)],
) -> Vec<(EnvironmentName, Violation)> {
    let mut violations = Vec::new();
    for (position, (name, environment)) in all.iter().enumerate() {
        let block = environment.network.vpc_cidr;
        for (earlier, other) in &all[..position] {
            let taken = other.network.vpc_cidr;
            if block.overlaps(taken) {
                let violation = Violation::new(
                    "network.vpc_cidr",
                    format!(
                        "the VPC of `{name}` overlaps that of `{earlier}`: {block} and {taken}"
                    ),
                    "networks that overlap can never be connected",
                    match free_block(all) {
                        Some(free) => {
                            format!("write a block that no environment has, such as {free}")
                        }
                        None => "write a block that no environment has".to_owned(),
                    },
                );
                let note = format!("`{earlier}` has {taken}");
                let violation = violation.and_in(earlier, "network.vpc_cidr", note);
                violations.push(((*name).clone(), violation));
            }
        }
    }
    violations
}

/// The first /16 of 10.0.0.0/8 that no environment has.
fn free_block(all: &[(&EnvironmentName, &Environment)]) -> Option<Cidr> {
    let private = Cidr::new("10.0.0.0/8").ok()?;
    (0..256)
        .filter_map(|position| private.subnet(16, position))
        .find(|block| {
            all.iter()
                .all(|(_, other)| !block.overlaps(other.network.vpc_cidr))
        })
}

fn network(environment: &Environment, violations: &mut Vec<Violation>) {
    let block = environment.network.vpc_cidr;
    let allowed = Network::PREFIXES;
    if !allowed.contains(&block.prefix()) {
        violations.push(Violation::new(
            "network.vpc_cidr",
            format!("`network.vpc_cidr` cannot be a /{}: {block}", block.prefix()),
            format!(
                "AWS allows none larger than a /{}, and each of its 16 parts must hold a load balancer",
                allowed.start()
            ),
            format!("write a block from /{} to /{}", allowed.start(), allowed.end()),
        ));
    }
}

fn recovery(environment: &Environment, violations: &mut Vec<Violation>) {
    let settings = &environment.settings;
    let path = "settings.disaster_recovery_region";
    match (&settings.disaster_recovery_region, &environment.backup) {
        (Some(other), _) if *other == settings.region => violations.push(
            Violation::new(
                path,
                format!("the disaster-recovery region is the region itself: `{other}`"),
                "when the region is lost, its copies are lost with it",
                "write another region, or remove the key",
            )
            .and("settings.region", "the region is here"),
        ),
        (None, Some(_)) => violations.push(Violation::new(
            "backup",
            "`backup` is there, and `settings.disaster_recovery_region` is not",
            "backups are copied to that region",
            "add `disaster_recovery_region:` under `settings`, or remove `backup`",
        )),
        (Some(_), None) => violations.push(Violation::new(
            path,
            "`settings.disaster_recovery_region` is there, and `backup` is not",
            "without backups there is nothing to rebuild from",
            "add `backup:` with `daily_retention_days:` and `monthly_retention_days:`",
        )),
        (Some(_), Some(_)) | (None, None) => {}
    }
    if let Some(backup) = &environment.backup
        && backup.monthly_retention_days < backup.daily_retention_days
    {
        violations.push(
            Violation::new(
                "backup.monthly_retention_days",
                format!(
                    "monthly backups are kept for {} days, daily ones for {}",
                    backup.monthly_retention_days, backup.daily_retention_days
                ),
                "a monthly backup that goes before the daily ones serves nobody",
                format!("write {} or more", backup.daily_retention_days),
            )
            .and("backup.daily_retention_days", "daily ones"),
        );
    }
}

fn database(environment: &Environment, violations: &mut Vec<Violation>) {
    let database = &environment.database;
    let settings = &environment.settings;
    let regions = [
        Some(&settings.region),
        settings.disaster_recovery_region.as_ref(),
    ];
    for region in regions.into_iter().flatten() {
        let classes = InstanceClass::offered_in(region.as_ref());
        let class = database.instance_class.as_ref();
        if classes.contains(class) {
            continue;
        }
        let family = database.instance_class.family();
        let siblings: Vec<&str> = classes
            .iter()
            .filter(|other| other.rsplit_once('.').is_some_and(|(of, _)| of == family))
            .copied()
            .collect();
        let near = nearest(class, classes.iter().copied());
        violations.push(
            Violation::new(
                "database.instance_class",
                format!("RDS does not offer `{class}` for PostgreSQL in `{region}`"),
                if siblings.is_empty() {
                    format!("there is no `{family}` there")
                } else {
                    format!("of `{family}`, it offers {} there", listed(&siblings))
                },
                match near {
                    Some(near) => format!("write another class, such as `{near}`"),
                    None => "write another class, such as `db.t4g.micro`".to_owned(),
                },
            )
            .and(
                if *region == settings.region {
                    "settings.region"
                } else {
                    "settings.disaster_recovery_region"
                },
                "the region is here",
            ),
        );
    }
    let least = database.allocated_storage_gib + database.allocated_storage_gib.div_ceil(10);
    if let Some(most) = database.max_allocated_storage_gib
        && most < least
    {
        violations.push(
            Violation::new(
                "database.max_allocated_storage_gib",
                format!(
                    "storage may grow to {most} GiB, and begins with {}",
                    database.allocated_storage_gib
                ),
                "RDS wants at least 10 % more than it begins with",
                format!("write {least} or more, or `null` for storage that does not grow"),
            )
            .and("database.allocated_storage_gib", "it begins with this"),
        );
    }
    if !database.deletion_protection {
        return;
    }
    // What is protected from deletion is worth keeping.
    if database.backup_retention_days < 7 {
        violations.push(
            Violation::new(
                "database.backup_retention_days",
                format!("backups are kept for {} days only", database.backup_retention_days),
                "the database is protected from deletion, so its data matters: a mistake is often found \
                 after days",
                "write 7 or more",
            )
            .and("database.deletion_protection", "it is protected here"),
        );
    }
    if !database.multi_az && !settings.accepted_risks.contains_key(MULTI_AZ) {
        violations.push(
            Violation::new(
                "database.multi_az",
                "the database has no standby, and nobody has accepted that",
                "it is protected from deletion, so it matters: the loss of its zone is an outage until it \
                 is restored",
                format!(
                    "write `multi_az: true`, or add `{MULTI_AZ}` with a reason under \
                     `settings.accepted_risks`"
                ),
            )
            .and("database.deletion_protection", "it is protected here"),
        );
    }
}

fn tasks(name: &ServiceName, service: &Service, violations: &mut Vec<Violation>) {
    let at = Path::from("services").key(name);
    let allowed = service.cpu.memory_mib();
    if !allowed.contains(&service.memory_mib) {
        let cpu = service.cpu.units();
        let fitting: Vec<u32> = Cpu::all()
            .filter(|cpu| cpu.memory_mib().contains(&service.memory_mib))
            .map(|cpu| cpu.units())
            .collect();
        let nearest = allowed
            .iter()
            .min_by_key(|memory| memory.abs_diff(service.memory_mib))
            .map_or(0, |memory| *memory);
        let or_cpu = if fitting.is_empty() {
            String::new()
        } else {
            format!(", or `cpu:` {} for this memory", joined(&fitting))
        };
        violations.push(
            Violation::new(
                at.key("memory_mib"),
                format!(
                    "Fargate has no task with {cpu} units of CPU and {} MiB of memory",
                    service.memory_mib
                ),
                format!("with {cpu} units it allows {}", joined(&allowed)),
                format!("write `memory_mib: {nearest}`{or_cpu}"),
            )
            .and(at.key("cpu"), "the CPU is here"),
        );
    }
    let tasks = &service.tasks;
    if tasks.minimum > tasks.maximum {
        violations.push(
            Violation::new(
                at.key("tasks").key("minimum"),
                format!(
                    "`{name}` must have at least {} tasks, and at most {}",
                    tasks.minimum, tasks.maximum
                ),
                "the minimum is more than the maximum",
                format!("write `maximum: {}` or more", tasks.minimum),
            )
            .and(at.key("tasks").key("maximum"), "the maximum is here"),
        );
    }
    if let Deployment::BlueGreen { .. } = service.deployment
        && service.http.is_none()
    {
        violations.push(Violation::new(
            at.key("deployment").key("strategy"),
            format!("`{name}` is to be deployed blue/green, and has no traffic that could move"),
            "both colours would do the same work side by side for the whole bake time, and no circuit \
             breaker would notice tasks that never become healthy",
            format!("write `strategy: rolling`, or add `http:` to `services.{name}`"),
        ));
    }
    if let Deployment::BlueGreen { .. } = service.deployment
        && let Some(http) = &service.http
        && http.health_check_grace_seconds > 1800
    {
        violations.push(Violation::new(
            at.key("http").key("health_check_grace_seconds"),
            format!("`{name}` gives new tasks more than half an hour"),
            "a blue/green deployment has all new tasks at once, and would hang for that long when they fail",
            "write 1800 or less",
        ));
    }
    for variable in service.secrets.keys() {
        if service.variables.contains_key(variable.as_ref()) {
            violations.push(
                Violation::new(
                    at.key("secrets").key(variable),
                    format!("`{variable}` of `{name}` is a secret and a variable"),
                    "a container gets each variable once",
                    "remove one of the two",
                )
                .and(at.key("variables").key(variable), "the variable is here"),
            );
        }
    }
}

fn queue(
    name: &ServiceName,
    service: &Service,
    environment: &Environment,
    violations: &mut Vec<Violation>,
) {
    let at = Path::from("services").key(name);
    if let Some(queue) = &service.queue {
        let tries = u64::from(queue.visibility_timeout_seconds) * u64::from(queue.max_receives);
        let kept = u64::from(queue.retention_days) * 24 * 60 * 60;
        if tries >= kept {
            violations.push(
                Violation::new(
                    at.key("queue").key("max_receives"),
                    format!("a message to `{name}` is dropped before its last try"),
                    format!(
                        "{} tries of {} seconds take longer than the {} days that it waits, so it never \
                         reaches the dead-letter queue",
                        queue.max_receives, queue.visibility_timeout_seconds, queue.retention_days
                    ),
                    "write fewer tries, a shorter `visibility_timeout_seconds`, or more `retention_days`",
                )
                .and(at.key("queue").key("visibility_timeout_seconds"), "each try takes this")
                .and(at.key("queue").key("retention_days"), "it waits this long"),
            );
        }
    }
    if let Scaling::QueueBacklog { .. } = service.scaling
        && service.queue.is_none()
    {
        violations.push(Violation::new(
            at.key("scaling").key("metric"),
            format!("`{name}` is to scale with its queue, and has none"),
            "`queue_backlog` counts the messages in the service's own queue",
            format!("write `metric: cpu`, or add `queue:` to `services.{name}`"),
        ));
    }
    let queues: BTreeMap<&str, &Service> = environment
        .services
        .iter()
        .filter(|(_, service)| service.queue.is_some())
        .map(|(name, service)| (name.as_ref(), service))
        .collect();
    for (position, target) in service.publishes_to.iter().enumerate() {
        if queues.contains_key(target.as_ref()) {
            continue;
        }
        let known = environment.services.contains_key(target.as_ref());
        violations.push(Violation::new(
            at.key("publishes_to").position(position),
            format!("`{name}` publishes to `{target}`, which has no queue"),
            if known {
                format!("the service `{target}` is there, without `queue:`")
            } else {
                format!(
                    "there is no service `{target}`; those with a queue are {}",
                    listed(queues.keys())
                )
            },
            match nearest(target.as_ref(), queues.keys().copied()) {
                Some(near) if !known => format!("did you mean `{near}`?"),
                _ => format!("add `queue:` to `services.{target}`, or remove it from the list"),
            },
        ));
    }
}

/// Rules of one listener have priorities of their own.
fn listeners(environment: &Environment, violations: &mut Vec<Violation>) {
    let mut taken: BTreeMap<u16, &ServiceName> = BTreeMap::new();
    for (name, service) in &environment.services {
        let Some(http) = &service.http else { continue };
        let path =
            |name: &ServiceName| Path::from("services").key(name).key("http").key("priority");
        if let Some(first) = taken.get(&http.priority) {
            violations.push(
                Violation::new(
                    path(name),
                    format!("`{name}` and `{first}` both have the priority {}", http.priority),
                    "the load balancer asks the rules of its services in the order of their priorities",
                    format!("add `priority: {}` to `services.{name}.http`", http.priority + 10),
                )
                .and(path(first), format!("`{first}` has it")),
            );
        } else {
            taken.insert(http.priority, name);
        }
    }
}

/// Names of services that are different here, and the same in AWS.
fn service_names(environment: &Environment, violations: &mut Vec<Violation>) {
    let services = &environment.services;
    let at = |name: &ServiceName| Path::from("services").key(name);
    let mut taken: BTreeMap<String, &ServiceName> = BTreeMap::new();
    for name in services.keys() {
        let id = name.logical_id_prefix();
        if let Some(first) = taken.get(&id) {
            violations.push(
                Violation::new(
                    at(name),
                    format!("`{name}` and `{first}` are one name without hyphens"),
                    format!("the logical IDs of their resources would both begin with `{id}`"),
                    "rename one of the two",
                )
                .and(at(first), format!("`{first}` is here")),
            );
        } else {
            taken.insert(id, name);
        }
        let owner = name.as_ref().strip_suffix("-dead-letters");
        if let Some((owner, service)) = owner.and_then(|owner| services.get_key_value(owner))
            && service.queue.is_some()
        {
            violations.push(
                Violation::new(
                    at(name),
                    format!("`{name}` is the name of a queue of `{owner}`"),
                    format!("what `{owner}` could not work on waits in the queue `{name}`"),
                    "rename the service",
                )
                .and(
                    at(owner).key("queue"),
                    format!("the queue of `{owner}` is here"),
                ),
            );
        }
    }
}
