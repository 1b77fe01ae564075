//! Endpoints: AWS services that are reached without leaving the VPC.

use stratiform_stack::condition::{key, string_equals};
use stratiform_stack::{Handle, PolicyDocument, Principal, Statement, arn, props, pseudo, sub};

use super::Builder;
use crate::environment::{InterfaceEndpoint, Tier};
use crate::parts::{self, Names, log_groups};
use crate::resources::ec2;
use crate::resources::ec2::{security_group, vpc_endpoint};

/// Adds the gateway endpoint of S3, and the interface endpoints that the environment asks for.
pub(super) fn add(
    builder: &Builder<'_>,
    subnets: &[Handle<ec2::Subnet>],
    routes: &[Handle<ec2::RouteTable>],
) {
    // Image layers are in a bucket of AWS; everything else stays in the account, so that nothing can be carried
    // off through the endpoint. What a task may do with a bucket, its role says.
    let layers = sub!(
        "arn:{}:s3:::prod-{}-starport-layer-bucket/*",
        pseudo::partition(),
        pseudo::region()
    );
    let pull = Statement::allow(["s3:GetObject"])
        .sid("ImageLayers")
        .to(Principal::Everyone)
        .on(layers);
    let own = Statement::allow(["s3:*"])
        .sid("OwnBuckets")
        .to(Principal::Everyone)
        .on_any()
        .when(string_equals(key::PRINCIPAL_ACCOUNT, pseudo::account_id()))
        .when(string_equals(key::RESOURCE_ACCOUNT, pseudo::account_id()));
    builder.stack.add(
        "S3Endpoint",
        props!(ec2::VpcEndpoint {
            vpc_id: builder.vpc,
            vpc_endpoint_type: vpc_endpoint::VpcEndpointType::Gateway,
            service_name: sub!("com.amazonaws.{}.s3", pseudo::region()),
            route_table_ids: routes,
            policy_document: PolicyDocument::new([pull, own]),
        }),
    );
    if builder.env.network.interface_endpoints.is_empty() {
        return;
    }
    let https = |block: String| {
        props!(security_group::Ingress {
            ip_protocol: "tcp",
            description: "HTTPS from a private subnet",
            from_port: 443,
            to_port: 443,
            cidr_ip: block,
        })
    };
    let blocks = (0..).map_while(|zone| builder.env.network.subnet(Tier::Private, zone));
    let group = builder.stack.add(
        "EndpointSecurityGroup",
        props!(ec2::SecurityGroup {
            group_description: "Interface endpoints",
            vpc_id: builder.vpc,
            security_group_ingress: blocks
                .map(|block| https(block.to_string()))
                .collect::<Vec<_>>(),
            security_group_egress: parts::no_egress(),
            tags: builder.names.tag("endpoints"),
        }),
    );
    for &endpoint in &builder.env.network.interface_endpoints {
        builder.stack.add(
            format!("{}Endpoint", endpoint_id(endpoint)),
            props!(ec2::VpcEndpoint {
                vpc_id: builder.vpc,
                vpc_endpoint_type: vpc_endpoint::VpcEndpointType::Interface,
                service_name: sub!("com.amazonaws.{}.{}", pseudo::region(), endpoint.service()),
                private_dns_enabled: true,
                subnet_ids: subnets,
                security_group_ids: [&group],
                policy_document: PolicyDocument::new(policy(builder.names, endpoint)),
            }),
        );
    }
}

/// What may be done through an endpoint: what the services do, from this account.
fn policy(names: Names<'_>, endpoint: InterfaceEndpoint) -> Vec<Statement> {
    let own = |sid: &str, actions: &[&str]| {
        Statement::allow(actions.iter().copied())
            .sid(sid)
            .to(Principal::Everyone)
            .when(string_equals(key::PRINCIPAL_ACCOUNT, pseudo::account_id()))
    };
    let repositories = arn("ecr", format!("repository{}", names.path("*")));
    match endpoint {
        InterfaceEndpoint::EcrApi | InterfaceEndpoint::EcrDkr => vec![
            own("Login", &["ecr:GetAuthorizationToken"]).on_any(),
            own(
                "Pull",
                &[
                    "ecr:BatchCheckLayerAvailability",
                    "ecr:BatchGetImage",
                    "ecr:GetDownloadUrlForLayer",
                ],
            )
            .on(repositories),
        ],
        InterfaceEndpoint::Kms => {
            vec![own("UseKeys", &["kms:Decrypt", "kms:GenerateDataKey"]).on(arn("kms", "key/*"))]
        }
        InterfaceEndpoint::Logs => vec![
            own(
                "WriteLogs",
                &[
                    "logs:CreateLogStream",
                    "logs:DescribeLogStreams",
                    "logs:PutLogEvents",
                ],
            )
            .on(log_groups(&names.path("*"))),
            own("FindLogGroups", &["logs:DescribeLogGroups"]).on_any(),
        ],
        InterfaceEndpoint::Monitoring => {
            vec![own("WriteMetrics", &["cloudwatch:PutMetricData"]).on_any()]
        }
        InterfaceEndpoint::SecretsManager => vec![
            own("ReadDatabaseSecrets", &["secretsmanager:GetSecretValue"])
                .on(arn("secretsmanager", "secret:rds!db-*")),
        ],
        InterfaceEndpoint::Sqs => vec![
            own(
                "UseQueues",
                &[
                    "sqs:ChangeMessageVisibility",
                    "sqs:DeleteMessage",
                    "sqs:GetQueueAttributes",
                    "sqs:GetQueueUrl",
                    "sqs:ReceiveMessage",
                    "sqs:SendMessage",
                ],
            )
            .on(arn("sqs", names.name("*"))),
        ],
        InterfaceEndpoint::Ssm => vec![
            own("ReadParameters", &["ssm:GetParameters"])
                .on(arn("ssm", format!("parameter{}", names.path("*")))),
        ],
        InterfaceEndpoint::SsmMessages => vec![
            own(
                "ExecSessions",
                &[
                    "ssmmessages:CreateControlChannel",
                    "ssmmessages:CreateDataChannel",
                    "ssmmessages:OpenControlChannel",
                    "ssmmessages:OpenDataChannel",
                ],
            )
            .on_any(),
        ],
    }
}

fn endpoint_id(endpoint: InterfaceEndpoint) -> &'static str {
    match endpoint {
        InterfaceEndpoint::EcrApi => "EcrApi",
        InterfaceEndpoint::EcrDkr => "EcrDocker",
        InterfaceEndpoint::Kms => "Kms",
        InterfaceEndpoint::Logs => "Logs",
        InterfaceEndpoint::Monitoring => "Monitoring",
        InterfaceEndpoint::SecretsManager => "SecretsManager",
        InterfaceEndpoint::Sqs => "Sqs",
        InterfaceEndpoint::Ssm => "Ssm",
        InterfaceEndpoint::SsmMessages => "SsmMessages",
    }
}
