use stratiform_stack::{pseudo, sub};

fn main() {
    sub!("arn:{}:s3:::assets-{}", pseudo::partition());
}
