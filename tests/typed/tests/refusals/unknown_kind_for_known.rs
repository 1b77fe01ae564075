use stratiform_stack::{Handle, props};
use typed_tests::{ec2, iam};

fn reference(role: &Handle<iam::Role>) {
    props!(ec2::Subnet { vpc_id: role.role_id() });
}

fn main() {}
