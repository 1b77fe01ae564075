use stratiform_stack::{json, props};
use typed_tests::ecs;

fn main() {
    let _ = props!(ecs::Service { deployment_controller: json!({"Type": "ECS"}) });
}
