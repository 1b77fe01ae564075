use stratiform_stack::props;
use typed_tests::ecs::{self, service};

fn main() {
    props!(ecs::Service { launch_type: service::LaunchType::Fargat });
}
