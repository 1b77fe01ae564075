use stratiform_stack::{Handle, props};
use typed_tests::ec2;
use typed_tests::lambda::function;

// What gives one kind only is no reason to expect that kind.
fn reference(table: &Handle<ec2::RouteTable>) {
    props!(function::VpcConfig { security_group_ids: [table] });
}

fn main() {}
