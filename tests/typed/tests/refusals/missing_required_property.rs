use stratiform_stack::props;
use typed_tests::ec2;

fn main() {
    props!(ec2::Subnet { cidr_block: "10.0.0.0/24" });
}
