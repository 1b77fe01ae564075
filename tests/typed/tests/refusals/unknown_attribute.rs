use stratiform_stack::Handle;
use typed_tests::kms;

fn attribute(key: &Handle<kms::Key>) {
    key.alias();
}

fn main() {}
