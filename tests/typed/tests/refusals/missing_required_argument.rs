use typed_tests::ec2;

fn main() {
    ec2::Subnet::new();
}
