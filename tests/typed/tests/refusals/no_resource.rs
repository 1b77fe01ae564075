use stratiform_stack::Stack;
use typed_tests::ecs::service;

fn main() {}

fn resource(stack: &Stack) {
    stack.add("Configuration", service::DeploymentConfiguration::default());
}
