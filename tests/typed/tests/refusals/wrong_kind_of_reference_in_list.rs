use stratiform_stack::{Handle, props};
use typed_tests::ec2;
use typed_tests::lambda::function;

fn reference(subnet: &Handle<ec2::Subnet>) {
    props!(function::VpcConfig { security_group_ids: [subnet.reference()] });
}

fn main() {}
