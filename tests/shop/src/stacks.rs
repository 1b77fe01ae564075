//! The stacks of the shop.

use stratiform_stack::{
    App, Define, DeletionPolicy, Expr, Handle, Parameter, Prop, Stack, either, equals, props,
    pseudo, sub,
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
            .add("Queue", props!(sqs::Queue {}));
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
        props!(ec2::Vpc {
            cidr_block: cidr.to_string(),
        }),
    );
    let subnets = (1..=env.network.subnets.unwrap_or(2)).map(|number| {
        let block = cidr.subnet(20, u32::from(number)).unwrap_or(cidr);
        stack.add(
            format!("Subnet{number}"),
            props!(ec2::Subnet {
                vpc_id: &vpc,
                cidr_block: block.to_string(),
            }),
        )
    });
    let subnets = subnets.collect();
    stack.add(
        "FlowLogs",
        props!(logs::LogGroup {
            retention_in_days: env.retention_days,
        }),
    );
    Network { vpc, subnets }
}

fn registry(env: &Environment, app: &App, name: &str) {
    let stack = app.stack("registry", "Images");
    for service in env.services.keys() {
        stack.add(
            format!("{}Repository", capitalized(service)),
            props!(ecr::Repository {
                repository_name: format!("{name}/{service}"),
            })
            .on_removal(DeletionPolicy::Delete),
        );
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
        props!(ec2::SecurityGroup {
            group_description: "The database",
            vpc_id: &network.vpc,
        }),
    );
    let subnets = network.subnets.iter().map(Handle::reference);
    let subnets = stack.add(
        "SubnetGroup",
        props!(rds::DbSubnetGroup {
            db_subnet_group_description: "Subnets",
            subnet_ids: subnets.collect::<Vec<_>>(),
        }),
    );
    // What begins with data has its user in it.
    let (snapshot, user) = match env.database.restorable {
        false => (None, Prop::from("shop")),
        true => {
            let parameter = Parameter::string("The snapshot that it is made from");
            let from = stack.parameter("DatabaseSnapshot", parameter.default_value(""));
            let is_new = stack.condition("NewDatabase", equals(from.clone(), ""));
            let nothing = pseudo::no_value::<String>;
            let snapshot: Expr<String> = either(&is_new, nothing(), from);
            let user: Expr<String> = either(&is_new, "shop", nothing());
            (Some(snapshot), user.into())
        }
    };
    let instance = stack.add(
        "Instance",
        props!(rds::DbInstance {
            db_snapshot_identifier: snapshot,
            allocated_storage: "20",
            backup_retention_period: env.database.backup_retention_days,
            db_instance_class: env.database.instance_class.as_str(),
            db_instance_identifier: name,
            db_subnet_group_name: &subnets,
            engine: "postgres",
            manage_master_user_password: true,
            master_username: user,
            vpc_security_groups: [&group],
        })
        .on_removal(DeletionPolicy::Snapshot),
    );
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
            props!(sqs::Queue {
                queue_name: format!("{name}-{service}"),
                message_retention_period: days * 86_400,
            })
            .on_removal(DeletionPolicy::Delete),
        );
        if special == Special::Output {
            stack.output("More", "More", queue.queue_name());
        }
    }
}

fn services(env: &Environment, app: &App, network: &Network) {
    let stack = app.stack("services", "Services");
    stack.add(
        "SecurityGroup",
        props!(ec2::SecurityGroup {
            group_description: "The services",
            vpc_id: &network.vpc,
            security_group_ingress: [security_group::Ingress {
                ip_protocol: "tcp",
                cidr_ip: env.network.allowed_cidr.to_string(),
                from_port: 443,
                to_port: 443,
            }],
        }),
    );
    for (name, service) in &env.services {
        let id = capitalized(name);
        let image = stack.parameter(format!("{id}Image"), Parameter::string("The image"));
        add_service(&stack, &id, name, service, image);
    }
}

fn add_service(stack: &Stack, id: &str, name: &str, service: &Service, image: Expr<String>) {
    let variables = service.variables.iter();
    let variables = variables.map(|(name, value)| {
        props!(task_definition::KeyValuePair {
            name: name.as_str(),
            value: value.as_str(),
        })
    });
    let token = service.token.then(|| {
        let token = Parameter::string("The token").no_echo();
        props!(task_definition::KeyValuePair {
            name: "TOKEN",
            value: stack.parameter(format!("{id}Token"), token),
        })
    });
    let variables = variables.chain(token);
    let task = stack.add(
        format!("{id}TaskDefinition"),
        props!(ecs::TaskDefinition {
            container_definitions: [task_definition::ContainerDefinition {
                image,
                name,
                environment: variables.collect::<Vec<_>>(),
            }],
            family: format!("shop-{name}"),
        }),
    );
    stack.add(
        format!("{id}Service"),
        props!(ecs::Service {
            // ECS makes it for whoever uses it.
            cluster: "default",
            task_definition: &task,
        }),
    );
    stack.add(
        format!("{id}ScalableTarget"),
        props!(applicationautoscaling::ScalableTarget {
            max_capacity: service.tasks.maximum,
            min_capacity: service.tasks.minimum,
            resource_id: format!("service/default/{name}"),
            scalable_dimension: scalable_target::ScalableDimension::EcsServiceDesiredCount,
            service_namespace: scalable_target::ServiceNamespace::Ecs,
        }),
    );
}

fn backup(env: &Environment, app: &App, name: &str, days: u16, instance: &Handle<rds::DbInstance>) {
    let stack = app.stack("backup", "Backups");
    let vault = stack.add(
        "Vault",
        props!(backup::BackupVault {
            backup_vault_name: name,
        })
        .on_removal(DeletionPolicy::Retain),
    );
    let region = env.settings.disaster_recovery_region.as_ref();
    let copies = region.map(|region| {
        let (account, vault) = (pseudo::account_id(), format!("{name}-dr"));
        [props!(backup_plan::CopyActionResourceType {
            destination_backup_vault_arn: sub!(
                "arn:aws:backup:{}:{}:backup-vault:{}",
                region.as_ref(),
                account,
                vault
            )
        })]
    });
    let rule = props!(backup_plan::BackupRuleResourceType {
        rule_name: "daily",
        target_backup_vault: &vault,
        lifecycle: backup_plan::LifecycleResourceType {
            delete_after_days: days,
        },
        copy_actions: copies,
    });
    let plan = stack.add(
        "Plan",
        props!(backup::BackupPlan {
            backup_plan: backup_plan::BackupPlanResourceType {
                backup_plan_name: name,
                backup_plan_rule: [rule],
            }
        }),
    );
    if region.is_some() {
        let role = sub!("arn:aws:iam::{}:role/backup", pseudo::account_id());
        stack.add(
            "Selection",
            props!(backup::BackupSelection {
                backup_plan_id: &plan,
                backup_selection: backup_selection::BackupSelectionResourceType {
                    iam_role_arn: role,
                    selection_name: "database",
                    resources: [instance.db_instance_arn()],
                }
            }),
        );
    }
}

/// `api` → `Api`.
fn capitalized(name: &str) -> String {
    let (first, rest) = name.split_at(name.chars().next().map_or(0, char::len_utf8));
    first.to_uppercase() + rest
}
