use typed_tests::sqs;

fn main() {
    sqs::Queue { visibility_timout: 30.into(), ..Default::default() };
}
