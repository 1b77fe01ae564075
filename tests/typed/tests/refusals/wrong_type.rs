use typed_tests::sqs;

fn main() {
    sqs::Queue { delay_seconds: "ten".into(), ..Default::default() };
}
