use typed_tests::ecs;

fn main() {
    ecs::Service { launch_type: "FARGATE".into(), ..Default::default() };
}
