//! What parts become, and which mistakes they find.

use stratiform_parts::resources::ecs::task_definition::ContainerDefinition;
use stratiform_parts::resources::{ecs, kms, rds, sqs};
use stratiform_parts::{
    Bucket, FargateService, Http, Key, LoadBalancer, LogGroup, LogKey, Logs, Nat, Postgres, Queue,
    Role, Scheme, Vpc, VpcHandles, trust,
};
use stratiform_stack::{App, References, Settings, Stack, Statement, arn, props};

fn app() -> App {
    App::new(Settings {
        app: "shop".to_owned(),
        environment: "test".to_owned(),
        region: "eu-central-1".parse().expect("a region"),
        references: References::Strong,
        termination_protection: false,
        tags: Default::default(),
    })
}

/// The template of a stack with some parts.
fn template(parts: impl FnOnce(&Stack)) -> String {
    let app = app();
    parts(&app.stack("one", "One"));
    let assembly = app.synthesize().expect("no mistakes");
    assembly.stacks[0].template.to_yaml()
}

/// What is wrong with some parts, and where it is said to be.
fn mistakes(parts: impl FnOnce(&Stack)) -> String {
    let app = app();
    parts(&app.stack("one", "One"));
    let mistakes = app.synthesize().expect_err("a mistake");
    let mut text = String::new();
    for mistake in mistakes {
        for place in &mistake.places {
            assert_eq!(place.at.position().0, file!(), "{mistake}");
        }
        text += &format!("{mistake}\n  {}\n", mistake.help);
    }
    text
}

#[track_caller]
fn network(stack: &Stack) -> VpcHandles {
    props!(Vpc {
        cidr: "10.0.0.0/16",
    })
    .add_to(stack, "Network")
}

#[test]
fn a_network() {
    let template = template(|stack| {
        props!(Vpc {
            cidr: "10.0.0.0/22",
            zones: 3,
            nat: Nat::OnePerZone,
            name: "shop-test",
        })
        .add_to(stack, "");
    });
    insta::assert_snapshot!(template);
}

#[test]
fn a_network_without_a_way_out() {
    let template = template(|stack| {
        props!(Vpc {
            cidr: "10.0.0.0/24",
            zones: 1,
            nat: Nat::None,
            flow_logs: false,
        })
        .add_to(stack, "Network");
    });
    assert!(!template.contains("NatGateway") && !template.contains("FlowLog"));
    assert!(template.contains("NetworkPrivateSubnet1Routes:"));
    assert!(!template.contains("NetworkPrivateDefaultRoute"));
}

#[test]
fn a_service_behind_a_load_balancer() {
    let template = template(|stack| {
        let network = network(stack);
        let entrance = props!(LoadBalancer {
            vpc: &network.vpc,
            subnets: &network.public_subnets,
            scheme: Scheme::InternetFacing,
            allowed_cidrs: ["0.0.0.0/0"],
            certificate: "arn:aws:acm:eu-central-1:111122223333:certificate/5d0c1a7e-6c1b-4b7e-9d4e-3f2a1b0c9d8e",
        })
        .add_to(stack, "LoadBalancer");
        let web = props!(FargateService {
            vpc: &network.vpc,
            subnets: &network.private_subnets,
            container: ContainerDefinition {
                name: "web",
                image: "public.ecr.aws/nginx/nginx-unprivileged:1.29",
                user: "101",
            },
            http: Http {
                load_balancer: &entrance,
                port: 8080,
                health_check_path: "/health",
            },
            statements: vec![Statement::allow(["sqs:SendMessage"]).on(arn("sqs", "orders"))],
            service: ecs::Service {
                health_check_grace_period_seconds: 120,
            },
        })
        .add_to(stack, "Web");
        assert!(web.target_group.is_some() && web.cluster.is_some());
    });
    insta::assert_snapshot!(template);
}

#[test]
fn a_service_in_a_cluster_that_is_there() {
    let template = template(|stack| {
        let network = network(stack);
        let worker = props!(FargateService {
            vpc: &network.vpc,
            subnets: &network.private_subnets,
            cluster: "shared",
            repository: arn("ecr", "repository/worker"),
            container: ContainerDefinition {
                name: "worker",
                image: "111122223333.dkr.ecr.eu-central-1.amazonaws.com/worker:1",
            },
        })
        .add_to(stack, "Worker");
        assert!(worker.target_group.is_none() && worker.cluster.is_none());
    });
    assert!(template.contains("Cluster: shared"));
    assert!(template.contains("ecr:BatchGetImage"));
    assert!(!template.contains("AWS::ECS::Cluster"));
    assert!(!template.contains("LoadBalancer"));
}

#[test]
fn a_database() {
    let template = template(|stack| {
        let network = props!(Vpc {
            cidr: "10.0.0.0/16",
            nat: Nat::None,
            flow_logs: false,
        })
        .add_to(stack, "Network");
        let key = props!(LogKey {
            description: "Log groups",
            groups: ["/aws/rds/instance/orders/*"],
        })
        .add_to(stack, "LogKey");
        props!(Postgres {
            vpc: &network.vpc,
            subnets: &network.isolated_subnets,
            instance_class: "db.t4g.medium",
            engine_version: "17.6",
            identifier: "orders",
            logs: Logs {
                key: &key,
                retention_days: 30,
            },
            instance: rds::DbInstance {
                preferred_backup_window: "02:00-03:00",
                backup_retention_period: 30,
            },
        })
        .add_to(stack, "Orders");
    });
    insta::assert_snapshot!(template);
}

#[test]
fn what_holds_data() {
    let template = template(|stack| {
        let key = props!(Key {
            description: "Orders",
            alias: "alias/orders",
            key: kms::Key {
                pending_window_in_days: 7,
            },
        })
        .add_to(stack, "Key");
        props!(Queue {
            name: "orders",
            key: &key,
            queue: sqs::Queue {
                visibility_timeout: 60,
            },
        })
        .add_to(stack, "Orders");
        props!(Queue {}).add_to(stack, "Mails");
        props!(Bucket {}).add_to(stack, "Bucket");
        let role = props!(Role {
            trust: trust("lambda.amazonaws.com", arn("lambda", "function:orders")),
            description: "Works on orders",
        });
        role.add_to(stack, "Role");
    });
    insta::assert_snapshot!(template);
}

#[test]
fn mistakes_are_shown_where_a_part_is_used() {
    let mistakes = mistakes(|stack| {
        props!(Vpc {
            cidr: "10.0.0.0/8",
            zones: 9,
        })
        .add_to(stack, "Network");
        let key = props!(LogKey {
            description: "Log groups",
            groups: ["/shop/*"],
        })
        .add_to(stack, "LogKey");
        props!(LogGroup {
            name: "/aws/lambda/orders",
            logs: Logs { key: &key },
        })
        .add_to(stack, "Logs");
        props!(LogGroup {
            logs: Logs { key: &key },
        })
        .add_to(stack, "Unnamed");
        props!(LogGroup {
            name: "/shop/orders",
            logs: Logs { key: &key },
        })
        .add_to(stack, "Right");
    });
    insta::assert_snapshot!(mistakes);
}

/// Parts of every kind that is made of several resources.
fn everything(stack: &Stack) {
    let network = network(stack);
    let entrance = props!(LoadBalancer {
        vpc: &network.vpc,
        subnets: &network.private_subnets,
        allowed_cidrs: ["10.0.0.0/8"],
        certificate: "arn",
    })
    .add_to(stack, "LoadBalancer");
    props!(FargateService {
        vpc: &network.vpc,
        subnets: &network.private_subnets,
        container: ContainerDefinition {
            name: "web",
            image: "web",
        },
        http: Http {
            load_balancer: &entrance,
            port: 80,
        },
    })
    .add_to(stack, "Web");
    props!(Postgres {
        vpc: &network.vpc,
        subnets: &network.isolated_subnets,
        instance_class: "db.t4g.medium",
        engine_version: "17.6",
        identifier: "orders",
    })
    .add_to(stack, "Database");
    props!(Queue {}).add_to(stack, "Queue");
    props!(Bucket {}).add_to(stack, "Bucket");
}

#[test]
fn whatever_is_taken_already_is_shown_where_the_part_is_used() {
    let resources = template(everything).matches("\n    Type: AWS::").count();
    // That the places are in this file, `mistakes` says.
    let mistakes = mistakes(|stack| {
        everything(stack);
        everything(stack);
    });
    assert_eq!(mistakes.matches("is declared twice").count(), resources);
}
