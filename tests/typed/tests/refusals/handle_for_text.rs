use stratiform_stack::{Handle, props};
use typed_tests::sqs;

fn reference(queue: &Handle<sqs::Queue>) {
    props!(sqs::Queue { queue_name: queue });
}

fn main() {}
