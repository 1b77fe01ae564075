//! The stacks of the shop.

use stratiform_stack::{
    App, DeletionPolicy, Expr, Handle, Parameter, Stack, either, equals, pseudo, sub,
};

use crate::environment::{Environment, Service, Special};
use crate::resources::applicationautoscaling::{self, scalable_target};
use crate::resources::backup::{self, backup_plan, backup_selection};
use crate::resources::ec2::security_group;
use crate::resources::ecs::task_definition;
use crate::resources::{ec2, ecr, ecs, logs, rds, sqs};

/// Adds the stacks of one environment.
pub(crate) fn app(env: &Environment, app: &App) {
    let special = match env.settings.name.to_string().as_str() {
        "prod" => env.prod_is_special,
        _ => Special::Nothing,
    };
    let name = format!("{}-{}", env.settings.app, env.settings.name);
    let network = network(env, app);
    registry(env, app, &name);
    let instance = database(env, app, &name, &network);
    queues(env, app, &name, special);
    services(env, app, &network);
    if let Some(days) = env.backup_days {
        backup(env, app, &name, days, &instance);
    }
    if special == Special::Stack {
        app.stack("more", "More")
            .add("Queue", sqs::Queue::default());
    }
}

/// What other stacks use of the network.
struct Network {
    vpc: Handle<ec2::Vpc>,
    subnets: Vec<Handle<ec2::Subnet>>,
}

fn network(env: &Environment, app: &App) -> Network {
    let stack = app.stack("network", "The network");
    let cidr = env.network.vpc_cidr;
    let vpc = stack.add(
        "Vpc",
        ec2::Vpc {
            cidr_block: cidr.to_string().into(),
            ..Default::default()
        },
    );
    let subnets = (1..=env.network.subnets.unwrap_or(2)).map(|number| {
        let block = cidr.subnet(20, u32::from(number)).unwrap_or(cidr);
        stack.add(
            format!("Subnet{number}"),
            ec2::Subnet {
                cidr_block: block.to_string().into(),
                ..ec2::Subnet::new(vpc.reference())
            },
        )
    });
    let subnets = subnets.collect();
    stack.add(
        "FlowLogs",
        logs::LogGroup {
            retention_in_days: env.retention_days.into(),
            ..Default::default()
        },
    );
    Network { vpc, subnets }
}

fn registry(env: &Environment, app: &App, name: &str) {
    let stack = app.stack("registry", "Images");
    for service in env.services.keys() {
        let repository = stack.add(
            format!("{}Repository", capitalized(service)),
            ecr::Repository {
                repository_name: format!("{name}/{service}").into(),
                ..Default::default()
            },
        );
        repository.on_removal(DeletionPolicy::Delete);
    }
}

fn database(
    env: &Environment,
    app: &App,
    name: &str,
    network: &Network,
) -> Handle<rds::DbInstance> {
    let stack = app.stack("database", "PostgreSQL");
    let group = stack.add(
        "SecurityGroup",
        ec2::SecurityGroup {
            vpc_id: network.vpc.reference().into(),
            ..ec2::SecurityGroup::new("The database")
        },
    );
    let subnets = network.subnets.iter().map(Handle::reference);
    let subnets = stack.add(
        "SubnetGroup",
        rds::DbSubnetGroup::new("Subnets", subnets.collect::<Vec<_>>()),
    );
    // What begins with data has its user in it.
    let (snapshot, user) = match env.database.restorable {
        false => (Default::default(), "shop".into()),
        true => {
            let parameter = Parameter::string("The snapshot that it is made from");
            let from = stack.parameter("DatabaseSnapshot", parameter.default_value(""));
            let is_new = stack.condition("NewDatabase", equals(from.clone(), ""));
            let nothing = pseudo::no_value::<String>;
            let snapshot: Expr<String> = either(&is_new, nothing(), from);
            let user: Expr<String> = either(&is_new, "shop", nothing());
            (snapshot.into(), user.into())
        }
    };
    let instance = stack.add(
        "Instance",
        rds::DbInstance {
            db_snapshot_identifier: snapshot,
            allocated_storage: "20".into(),
            backup_retention_period: env.database.backup_retention_days.into(),
            db_instance_class: env.database.instance_class.as_str().into(),
            db_instance_identifier: name.into(),
            db_subnet_group_name: subnets.reference().into(),
            engine: "postgres".into(),
            manage_master_user_password: true.into(),
            master_username: user,
            vpc_security_groups: [group.group_id()].into(),
            ..Default::default()
        },
    );
    instance.on_removal(DeletionPolicy::Snapshot);
    stack.output("Address", "Where it is", instance.endpoint_address());
    instance
}

fn queues(env: &Environment, app: &App, name: &str, special: Special) {
    let stack = app.stack("queues", "Queues");
    let read = env.services.iter().filter(|(_, service)| service.queue);
    for (service, _) in read {
        let days = if special == Special::Property { 1 } else { 4 };
        let queue = stack.add(
            format!("{}Queue", capitalized(service)),
            sqs::Queue {
                queue_name: format!("{name}-{service}").into(),
                message_retention_period: (days * 86_400).into(),
                ..Default::default()
            },
        );
        queue.on_removal(DeletionPolicy::Delete);
        if special == Special::Output {
            stack.output("More", "More", queue.queue_name());
        }
    }
}

fn services(env: &Environment, app: &App, network: &Network) {
    let stack = app.stack("services", "Services");
    stack.add(
        "SecurityGroup",
        ec2::SecurityGroup {
            vpc_id: network.vpc.reference().into(),
            security_group_ingress: [security_group::Ingress {
                cidr_ip: env.network.allowed_cidr.to_string().into(),
                from_port: 443.into(),
                to_port: 443.into(),
                ..security_group::Ingress::new("tcp")
            }]
            .into(),
            ..ec2::SecurityGroup::new("The services")
        },
    );
    for (name, service) in &env.services {
        let id = capitalized(name);
        let image = stack.parameter(format!("{id}Image"), Parameter::string("The image"));
        add_service(&stack, &id, name, service, image);
    }
}

fn add_service(stack: &Stack, id: &str, name: &str, service: &Service, image: Expr<String>) {
    let variables = service.variables.iter();
    let variables = variables.map(|(name, value)| task_definition::KeyValuePair {
        name: name.as_str().into(),
        value: value.as_str().into(),
    });
    let token = service.token.then(|| {
        let token = Parameter::string("The token").no_echo();
        task_definition::KeyValuePair {
            name: "TOKEN".into(),
            value: stack.parameter(format!("{id}Token"), token).into(),
        }
    });
    let variables = variables.chain(token);
    let task = stack.add(
        format!("{id}TaskDefinition"),
        ecs::TaskDefinition {
            container_definitions: [task_definition::ContainerDefinition {
                environment: variables.collect::<Vec<_>>().into(),
                ..task_definition::ContainerDefinition::new(image, name)
            }]
            .into(),
            family: format!("shop-{name}").into(),
            ..Default::default()
        },
    );
    stack.add(
        format!("{id}Service"),
        ecs::Service {
            // ECS makes it for whoever uses it.
            cluster: "default".into(),
            task_definition: task.reference().into(),
            ..Default::default()
        },
    );
    stack.add(
        format!("{id}ScalableTarget"),
        applicationautoscaling::ScalableTarget::new(
            service.tasks.maximum,
            service.tasks.minimum,
            format!("service/default/{name}"),
            scalable_target::ScalableDimension::EcsServiceDesiredCount,
            scalable_target::ServiceNamespace::Ecs,
        ),
    );
}

fn backup(env: &Environment, app: &App, name: &str, days: u16, instance: &Handle<rds::DbInstance>) {
    let stack = app.stack("backup", "Backups");
    let vault = stack.add("Vault", backup::BackupVault::new(name));
    vault.on_removal(DeletionPolicy::Retain);
    let region = env.settings.disaster_recovery_region.as_ref();
    let copies = region.map(|region| {
        let (account, vault) = (pseudo::account_id(), format!("{name}-dr"));
        [backup_plan::CopyActionResourceType::new(sub!(
            "arn:aws:backup:{}:{}:backup-vault:{}",
            region.as_ref(),
            account,
            vault
        ))]
    });
    let rule = backup_plan::BackupRuleResourceType {
        lifecycle: backup_plan::LifecycleResourceType {
            delete_after_days: days.into(),
            ..Default::default()
        }
        .into(),
        copy_actions: copies.into(),
        ..backup_plan::BackupRuleResourceType::new("daily", vault.reference())
    };
    let plan = stack.add(
        "Plan",
        backup::BackupPlan::new(backup_plan::BackupPlanResourceType::new(name, [rule])),
    );
    if region.is_some() {
        let role = sub!("arn:aws:iam::{}:role/backup", pseudo::account_id());
        stack.add(
            "Selection",
            backup::BackupSelection::new(
                plan.reference(),
                backup_selection::BackupSelectionResourceType {
                    resources: [instance.db_instance_arn()].into(),
                    ..backup_selection::BackupSelectionResourceType::new(role, "database")
                },
            ),
        );
    }
}

/// `api` → `Api`.
fn capitalized(name: &str) -> String {
    let (first, rest) = name.split_at(name.chars().next().map_or(0, char::len_utf8));
    first.to_uppercase() + rest
}
