use typed_tests::ecs::{self, service};

fn main() {
    ecs::Service { launch_type: service::LaunchType::Fargat.into(), ..Default::default() };
}
