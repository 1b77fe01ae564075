use stratiform_stack::props;
use typed_tests::ec2;

fn main() {
    props!(ec2::SecurityGroup { group_description: "tasks", security_group_egress: ["all"] });
}
