use stratiform_stack::{Stack, props};
use typed_tests::ecs::service;

fn resource(stack: &Stack) {
    stack.add("Configuration", props!(service::DeploymentConfiguration {}));
}

fn main() {}
