use typed_tests::{kms, sqs};

fn reference(key: &stratiform_stack::Handle<kms::Key>) {
    sqs::Queue { kms_master_key_id: [key.key_id()].into(), ..Default::default() };
}

fn main() {}
