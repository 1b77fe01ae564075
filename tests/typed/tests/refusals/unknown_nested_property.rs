use typed_tests::ecs::service;

fn main() {
    service::DeploymentConfiguration { maximum_percentage: 200.into(), ..Default::default() };
}
