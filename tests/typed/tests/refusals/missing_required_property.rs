use typed_tests::ec2;

fn main() {
    ec2::Subnet { cidr_block: "10.0.0.0/24".into(), ..Default::default() };
}
