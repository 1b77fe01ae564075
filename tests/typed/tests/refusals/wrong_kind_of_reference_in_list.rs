use stratiform_stack::Stack;
use typed_tests::lambda::{self, function};
use typed_tests::ec2;

fn reference(stack: &Stack, subnet: &stratiform_stack::Handle<ec2::Subnet>) {
    let vpc_config = function::VpcConfig { security_group_ids: [subnet.reference()].into(), ..Default::default() };
    let function = lambda::Function {
        vpc_config: vpc_config.into(),
        ..lambda::Function::new(function::Code::default(), "arn:aws:iam::123456789012:role/function")
    };
    stack.add("Function", function);
}

fn main() {}
