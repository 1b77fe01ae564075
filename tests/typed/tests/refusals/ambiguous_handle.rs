use stratiform_stack::{Handle, props};
use typed_tests::{kms, sqs};

fn reference(key: &Handle<kms::Key>) {
    props!(sqs::Queue { kms_master_key_id: key });
}

fn main() {}
