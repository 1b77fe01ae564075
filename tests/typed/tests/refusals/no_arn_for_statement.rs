use stratiform_stack::{Handle, Statement};
use typed_tests::ec2;

fn reference(subnet: &Handle<ec2::Subnet>) {
    let _ = Statement::allow(["ec2:DescribeSubnets"]).on(subnet);
}

fn main() {}
