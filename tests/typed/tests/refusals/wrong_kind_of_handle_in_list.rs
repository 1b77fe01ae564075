use stratiform_stack::{Handle, props};
use typed_tests::ec2;
use typed_tests::lambda::function;

fn reference(group: &Handle<ec2::SecurityGroup>, subnet: &Handle<ec2::Subnet>) {
    props!(function::VpcConfig { security_group_ids: [group, subnet] });
}

fn main() {}
