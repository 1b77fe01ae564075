use stratiform_stack::props;
use typed_tests::sqs;

fn main() {
    props!(sqs::Queue { delay_seconds: "ten" });
}
