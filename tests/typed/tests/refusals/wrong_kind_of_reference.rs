use stratiform_stack::{Handle, props};
use typed_tests::{ec2, kms};

fn reference(key: &Handle<kms::Key>) {
    props!(ec2::Subnet { vpc_id: key.arn() });
}

fn main() {}
