use stratiform_stack::props;
use typed_tests::{ec2, sqs};

fn main() {
    let _ = props!(ec2::Subnet { vpc_id: "vpc-1", cidr_block: 5 });
    let _ = props!(sqs::Queue { fifo_queue: 1 });
}
