use stratiform_parts::Queue;
use stratiform_parts::resources::sqs;
use stratiform_stack::props;

fn main() {
    let _ = props!(Queue {
        queue: sqs::Queue {
            visibility_time_out: 60,
        },
    });
}
