use stratiform_stack::props;
use typed_tests::ecs::{self, service};

fn main() {
    props!(ecs::Service { deployment_configuration: service::DeploymentConfiguration { maximum_percentage: 200 } });
}
