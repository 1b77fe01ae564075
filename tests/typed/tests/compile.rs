//! What the compiler must refuse, and that its message is understandable: read the `.stderr` files. And what it
//! must not refuse.

use stratiform_stack::{Condition, either, props};
use typed_tests::ecs;
use typed_tests::ecs::service::{DeploymentController, LaunchType};

#[test]
fn refusals() {
    trybuild::TestCases::new().compile_fail("tests/refusals/*.rs");
}

/// That it compiles is the test.
#[test]
fn either_chooses_between_generated_types() {
    let _: fn(&Condition) -> ecs::Service = |large| {
        props!(ecs::Service {
            launch_type: either(large, LaunchType::Ec2, LaunchType::Fargate),
            deployment_controller: either(
                large,
                props!(DeploymentController {}),
                props!(DeploymentController {}),
            ),
        })
    };
}
