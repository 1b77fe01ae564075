use stratiform_stack::Stack;
use typed_tests::{ec2, kms};

fn reference(stack: &Stack) {
    let key = stack.add("Key", kms::Key::default());
    stack.add("Subnet", ec2::Subnet::new(key.arn()));
}

fn main() {}
