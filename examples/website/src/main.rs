//! A website: a VPC, and a service on Fargate behind a load balancer, of parts. It lists no resource types of its own.

use std::process::ExitCode;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stratiform_environment::Settings;
use stratiform_parts::resources::ecs::task_definition::ContainerDefinition;
use stratiform_parts::{FargateService, Http, LoadBalancer, Scheme, Vpc};
use stratiform_stack::{App, props};

fn main() -> ExitCode {
    stratiform::run(stacks)
}

/// What differs between the environments of the website.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Environment {
    /// Where the environment lives, and how its stacks are treated.
    settings: Settings,
    /// The most tasks that run.
    #[schemars(range(min = 2, max = 100))]
    maximum_tasks: u8,
}

impl stratiform_environment::Environment for Environment {
    fn settings(&self) -> &Settings {
        &self.settings
    }
}

fn stacks(env: &Environment, app: &App) {
    let stack = app.stack("web", "The website: its network and its service");
    let network = props!(Vpc {
        cidr: "10.0.0.0/16",
    })
    .add_to(&stack, "Network");
    let entrance = props!(LoadBalancer {
        vpc: &network.vpc,
        subnets: &network.public_subnets,
        scheme: Scheme::InternetFacing,
        allowed_cidrs: ["0.0.0.0/0"],
    })
    .add_to(&stack, "LoadBalancer");
    props!(FargateService {
        vpc: &network.vpc,
        subnets: &network.private_subnets,
        container: ContainerDefinition {
            name: "web",
            image: "public.ecr.aws/nginx/nginx-unprivileged:1.29",
        },
        http: Http {
            load_balancer: &entrance,
            port: 8080,
        },
        maximum_tasks: env.maximum_tasks,
    })
    .add_to(&stack, "Web");
    let address = entrance.load_balancer.dns_name();
    stack.output("Address", "Where the website is reached", address);
}
