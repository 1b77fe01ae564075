//! What the compiler must refuse, and that its message is understandable: read the `.stderr` files. And what it
//! must not refuse.

use stratiform_stack::{Condition, Handle, either, props};
use typed_tests::ecs::service::{DeploymentController, LaunchType};
use typed_tests::{ec2, ecs};

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

/// That it compiles is the test.
#[test]
fn handles_are_what_the_property_is_usually_named_by() {
    let _: fn(&Handle<ec2::Eip>, &Handle<ec2::InternetGateway>, &Handle<ec2::RouteTable>) =
        |address, internet, routes| {
            let _ = props!(ec2::NatGateway {
                subnet_id: "subnet-1",
                allocation_id: address,
            });
            let _ = props!(ec2::Route {
                route_table_id: routes,
                gateway_id: internet,
            });
        };
}
