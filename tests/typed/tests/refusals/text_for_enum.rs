use stratiform_stack::props;
use typed_tests::ecs;

fn main() {
    props!(ecs::Service { launch_type: "FARGATE" });
}
