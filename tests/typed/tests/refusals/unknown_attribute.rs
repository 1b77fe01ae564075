use stratiform_stack::Stack;
use typed_tests::kms;

fn attribute(stack: &Stack) {
    let key = stack.add("Key", kms::Key::default());
    key.alias();
}

fn main() {}
