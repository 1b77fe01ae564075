use stratiform_stack::Stack;
use typed_tests::{ec2, iam};

fn reference(stack: &Stack, role: &stratiform_stack::Handle<iam::Role>) {
    stack.add("Subnet", ec2::Subnet::new(role.reference()));
}

fn main() {}
