use stratiform_stack::Stack;
use typed_tests::ec2;

fn reference(stack: &Stack) {
    let vpc = stack.add("Vpc", ec2::Vpc::default());
    stack.add("Group", ec2::SecurityGroup { vpc_id: vpc.into(), ..ec2::SecurityGroup::new("tasks") });
}

fn main() {}
