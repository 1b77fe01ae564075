use typed_tests::ec2;

fn main() {
    ec2::SecurityGroup { security_group_egress: ["all"].into(), ..ec2::SecurityGroup::new("tasks") };
}
