use stratiform_stack::{Handle, json, props};
use typed_tests::{dynamodb, ec2, elasticloadbalancingv2, lambda, s3};

fn references(
    table: &Handle<dynamodb::Table>,
    vpc: &Handle<ec2::Vpc>,
    internet: &Handle<ec2::InternetGateway>,
) {
    let _ = props!(ec2::Route { route_table_id: vpc, gateway_id: internet });
    let _ = props!(ec2::NatGateway { subnet_id: "subnet-1", allocation_id: internet });
    let _ = props!(s3::BucketPolicy { bucket: table, policy_document: json!({}) });
    let _ = props!(lambda::function::DeadLetterConfig { target_arn: table });
    let _ = props!(elasticloadbalancingv2::listener::Certificate { certificate_arn: table });
}

fn main() {}
