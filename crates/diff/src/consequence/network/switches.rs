//! The properties of each type that decide whether it can be reached.

use stratiform_resolve::{Resolved, Style};

use super::switch::Read::{self, By, Values};
use super::switch::State::{self, Closed, Open, Unknown};
use super::switch::{Switch, worst};
use crate::consequence::Severity::{self, Attention, Note, Warning};
use crate::consequence::iam::property::at;

const fn of(
    resource_type: &'static str,
    open: &'static str,
    (severity, new): (Severity, Severity),
    read: Read,
) -> Switch {
    Switch {
        resource_type,
        open,
        severity,
        new,
        read,
    }
}

const PUBLIC: &str = "publicly accessible";
const ADDRESS: &str = "reachable at a public address";
const INTERNET: &str = "reachable from the internet";
const TRUE: &[&str] = &["true"];
const PUBLICLY: &[&str] = &["PubliclyAccessible"];
const WARNING: (Severity, Severity) = (Warning, Attention);
const ORDINARY: (Severity, Severity) = (Warning, Note);
const ATTENTION: (Severity, Severity) = (Attention, Note);

/// Source: CloudFormation template reference, the page of each type; defaults as written there.
pub(super) const SWITCHES: &[Switch] = &[
    of(
        "AWS::AmazonMQ::Broker",
        PUBLIC,
        WARNING,
        Values(PUBLICLY, TRUE, Closed),
    ),
    of("AWS::ApiGateway::RestApi", INTERNET, ORDINARY, By(rest_api)),
    of(
        "AWS::AppRunner::Service",
        INTERNET,
        ORDINARY,
        Values(
            &[
                "NetworkConfiguration",
                "IngressConfiguration",
                "IsPubliclyAccessible",
            ],
            TRUE,
            Open,
        ),
    ),
    of(
        "AWS::AutoScaling::LaunchConfiguration",
        ADDRESS,
        ATTENTION,
        Values(&["AssociatePublicIpAddress"], TRUE, Unknown),
    ),
    of(
        "AWS::DMS::ReplicationInstance",
        PUBLIC,
        WARNING,
        Values(PUBLICLY, TRUE, Open),
    ),
    of(
        "AWS::EC2::Instance",
        ADDRESS,
        ATTENTION,
        Values(
            &["NetworkInterfaces", "*", "AssociatePublicIpAddress"],
            TRUE,
            Unknown,
        ),
    ),
    of(
        "AWS::EC2::LaunchTemplate",
        ADDRESS,
        ATTENTION,
        Values(
            &[
                "LaunchTemplateData",
                "NetworkInterfaces",
                "*",
                "AssociatePublicIpAddress",
            ],
            TRUE,
            Unknown,
        ),
    ),
    of(
        "AWS::EC2::Route",
        "a way to and from the internet",
        ATTENTION,
        By(route),
    ),
    of(
        "AWS::EC2::Subnet",
        "one that gives its instances public addresses",
        ATTENTION,
        Values(&["MapPublicIpOnLaunch"], TRUE, Closed),
    ),
    of(
        "AWS::ECS::Service",
        ADDRESS,
        ATTENTION,
        Values(
            &[
                "NetworkConfiguration",
                "AwsvpcConfiguration",
                "AssignPublicIp",
            ],
            &["ENABLED"],
            Closed,
        ),
    ),
    of(
        "AWS::ElasticLoadBalancing::LoadBalancer",
        "internet-facing",
        ORDINARY,
        Values(&["Scheme"], &["internet-facing"], Open),
    ),
    of(
        "AWS::ElasticLoadBalancingV2::Listener",
        "open to plain HTTP",
        ORDINARY,
        By(listener),
    ),
    of(
        "AWS::ElasticLoadBalancingV2::LoadBalancer",
        "internet-facing",
        ORDINARY,
        Values(&["Scheme"], &["internet-facing"], Open),
    ),
    of(
        "AWS::Elasticsearch::Domain",
        INTERNET,
        WARNING,
        By(search_domain),
    ),
    of(
        "AWS::Lambda::Url",
        "open to everybody, without authentication",
        WARNING,
        Values(&["AuthType"], &["NONE"], Closed),
    ),
    of(
        "AWS::MSK::Cluster",
        PUBLIC,
        WARNING,
        Values(
            &[
                "BrokerNodeGroupInfo",
                "ConnectivityInfo",
                "PublicAccess",
                "Type",
            ],
            &["SERVICE_PROVIDED_EIPS"],
            Closed,
        ),
    ),
    of(
        "AWS::Neptune::DBInstance",
        PUBLIC,
        WARNING,
        Values(PUBLICLY, TRUE, Closed),
    ),
    of(
        "AWS::OpenSearchService::Domain",
        INTERNET,
        WARNING,
        By(search_domain),
    ),
    of(
        "AWS::RDS::DBCluster",
        PUBLIC,
        WARNING,
        Values(PUBLICLY, TRUE, Unknown),
    ),
    of(
        "AWS::RDS::DBInstance",
        PUBLIC,
        WARNING,
        Values(PUBLICLY, TRUE, Unknown),
    ),
    of(
        "AWS::Redshift::Cluster",
        PUBLIC,
        WARNING,
        Values(PUBLICLY, TRUE, Closed),
    ),
    of(
        "AWS::RedshiftServerless::Workgroup",
        PUBLIC,
        WARNING,
        Values(PUBLICLY, TRUE, Closed),
    ),
    of(
        "AWS::S3::Bucket",
        "readable by everybody through its access control list",
        WARNING,
        Values(
            &["AccessControl"],
            &["PublicRead", "PublicReadWrite", "AuthenticatedRead"],
            Closed,
        ),
    ),
    of(
        "AWS::SageMaker::NotebookInstance",
        "connected to the internet",
        ATTENTION,
        Values(&["DirectInternetAccess"], &["Enabled"], Open),
    ),
];

/// Private, or for everybody who has its address.
fn rest_api(properties: &Resolved<'static>) -> State {
    let types = at(properties, &["EndpointConfiguration", "Types", "*"]);
    match worst(&types, &["PRIVATE"], Closed) {
        Open => Closed,
        Closed => Open,
        Unknown => Unknown,
    }
}

/// Outside of a VPC, the endpoint is public.
///
/// Source: OpenSearch Service developer guide, "Launching your domains within a VPC".
fn search_domain(properties: &Resolved<'static>) -> State {
    match at(properties, &["VPCOptions", "SubnetIds", "*"]).is_empty() {
        true => Open,
        false => Closed,
    }
}

/// Plain HTTP that only redirects is how HTTPS is found.
fn listener(properties: &Resolved<'static>) -> State {
    let redirects = at(properties, &["DefaultActions", "*", "Type"]);
    match worst(&redirects, &["redirect"], Closed) {
        Open => Closed,
        _ => worst(&at(properties, &["Protocol"]), &["HTTP"], Closed),
    }
}

/// Whether everything goes to a gateway: an internet gateway, or the gateway of a VPN.
fn route(properties: &Resolved<'static>) -> State {
    let destinations = ["DestinationCidrBlock", "DestinationIpv6CidrBlock"];
    let everything = destinations
        .into_iter()
        .filter_map(|name| properties.get(name));
    let everything = everything
        .filter_map(Resolved::known)
        .any(|block| matches!(block.as_ref(), "0.0.0.0/0" | "::/0"));
    match properties.get("GatewayId") {
        Some(gateway) if everything => {
            let shown = gateway.shown(Style::Expression);
            let other = ["vgw-", "local", "vpce-"]
                .iter()
                .any(|kind| shown.starts_with(kind));
            if other { Closed } else { Open }
        }
        _ => Closed,
    }
}
