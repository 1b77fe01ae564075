use stratiform_stack::props;
use typed_tests::ec2::{self, security_group};

fn main() {
    props!(ec2::SecurityGroup {
        group_description: "tasks",
        security_group_egress: [security_group::Egress { from_port: 443 }],
    });
}
