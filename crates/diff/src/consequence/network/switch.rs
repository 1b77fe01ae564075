//! Properties that decide whether something can be reached at all.

use crate::change::Action;
use crate::consequence::Severity;
use crate::consequence::iam::property::at;
use crate::resolved::{Resolved, Style};

/// Can it be reached?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    Closed,
    /// The service's default decides, or an expression whose value is not known here.
    Unknown,
    Open,
}

/// A property that decides.
pub(super) struct Switch {
    pub resource_type: &'static str,
    pub noun: &'static str,
    /// What the resource is when it is open.
    pub open: &'static str,
    /// How bad it is for one that exists.
    pub severity: Severity,
    /// How bad it is for a new one.
    pub new: Severity,
    pub read: Read,
}

/// How is the state read from the properties?
pub(super) enum Read {
    /// From the values at a path: open if one of them is among these; the state without any.
    Values(&'static [&'static str], &'static [&'static str], State),
    /// In a way of its own.
    By(fn(&Resolved<'static>) -> State),
}

use Read::{By, Values};
use Severity::{Attention, Note, Warning};
use State::{Closed, Open, Unknown};

const fn of(
    resource_type: &'static str,
    noun: &'static str,
    open: &'static str,
    (severity, new): (Severity, Severity),
    read: Read,
) -> Switch {
    Switch {
        resource_type,
        noun,
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
        "broker",
        PUBLIC,
        WARNING,
        Values(PUBLICLY, TRUE, Closed),
    ),
    of(
        "AWS::ApiGateway::RestApi",
        "REST API",
        INTERNET,
        ORDINARY,
        By(rest_api),
    ),
    of(
        "AWS::AppRunner::Service",
        "service",
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
        "launch configuration",
        ADDRESS,
        ATTENTION,
        Values(&["AssociatePublicIpAddress"], TRUE, Unknown),
    ),
    of(
        "AWS::DMS::ReplicationInstance",
        "replication instance",
        PUBLIC,
        WARNING,
        Values(PUBLICLY, TRUE, Open),
    ),
    of(
        "AWS::EC2::Instance",
        "instance",
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
        "launch template",
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
        "route",
        "a way to and from the internet",
        ATTENTION,
        By(route),
    ),
    of(
        "AWS::EC2::Subnet",
        "subnet",
        "one that gives its instances public addresses",
        ATTENTION,
        Values(&["MapPublicIpOnLaunch"], TRUE, Closed),
    ),
    of(
        "AWS::ECS::Service",
        "service",
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
        "load balancer",
        "internet-facing",
        ORDINARY,
        Values(&["Scheme"], &["internet-facing"], Open),
    ),
    of(
        "AWS::ElasticLoadBalancingV2::Listener",
        "listener",
        "open to plain HTTP",
        ORDINARY,
        By(listener),
    ),
    of(
        "AWS::ElasticLoadBalancingV2::LoadBalancer",
        "load balancer",
        "internet-facing",
        ORDINARY,
        Values(&["Scheme"], &["internet-facing"], Open),
    ),
    of(
        "AWS::Elasticsearch::Domain",
        "domain",
        INTERNET,
        WARNING,
        By(search_domain),
    ),
    of(
        "AWS::Lambda::Url",
        "function URL",
        "open to everybody, without authentication",
        WARNING,
        Values(&["AuthType"], &["NONE"], Closed),
    ),
    of(
        "AWS::MSK::Cluster",
        "cluster",
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
        "database",
        PUBLIC,
        WARNING,
        Values(PUBLICLY, TRUE, Closed),
    ),
    of(
        "AWS::OpenSearchService::Domain",
        "domain",
        INTERNET,
        WARNING,
        By(search_domain),
    ),
    of(
        "AWS::RDS::DBCluster",
        "database cluster",
        PUBLIC,
        WARNING,
        Values(PUBLICLY, TRUE, Unknown),
    ),
    of(
        "AWS::RDS::DBInstance",
        "database",
        PUBLIC,
        WARNING,
        Values(PUBLICLY, TRUE, Unknown),
    ),
    of(
        "AWS::Redshift::Cluster",
        "cluster",
        PUBLIC,
        WARNING,
        Values(PUBLICLY, TRUE, Closed),
    ),
    of(
        "AWS::RedshiftServerless::Workgroup",
        "workgroup",
        PUBLIC,
        WARNING,
        Values(PUBLICLY, TRUE, Closed),
    ),
    of(
        "AWS::S3::Bucket",
        "bucket",
        "readable by everybody through its access control list",
        WARNING,
        Values(
            &["AccessControl"],
            &["PublicRead", "PublicReadWrite", "AuthenticatedRead"],
            Closed,
        ),
    ),
    of(
        "AWS::S3::Bucket",
        "bucket",
        "one that public ACLs can be set on",
        WARNING,
        By(|bucket| unblocked(bucket, "BlockPublicAcls")),
    ),
    of(
        "AWS::S3::Bucket",
        "bucket",
        "one that public policies can be set on",
        WARNING,
        By(|bucket| unblocked(bucket, "BlockPublicPolicy")),
    ),
    of(
        "AWS::S3::Bucket",
        "bucket",
        "one whose public ACLs count",
        WARNING,
        By(|bucket| unblocked(bucket, "IgnorePublicAcls")),
    ),
    of(
        "AWS::S3::Bucket",
        "bucket",
        "one whose public policies count for everybody",
        WARNING,
        By(|bucket| unblocked(bucket, "RestrictPublicBuckets")),
    ),
    of(
        "AWS::SageMaker::NotebookInstance",
        "notebook",
        "connected to the internet",
        ATTENTION,
        Values(&["DirectInternetAccess"], &["Enabled"], Open),
    ),
];

impl Switch {
    /// The state of a resource; closed where it is not there.
    pub(super) fn state(&self, properties: Option<&Resolved<'static>>) -> State {
        let Some(properties) = properties else {
            return Closed;
        };
        match &self.read {
            Values(path, open, default) => worst(&at(properties, path), open, *default),
            By(read) => read(properties),
        }
    }

    /// How bad it is.
    pub(super) fn severity(&self, action: Action) -> Severity {
        match action {
            Action::Add => self.new,
            Action::Modify | Action::Remove => self.severity,
        }
    }

    /// The property that decides, for people.
    pub(super) fn property(&self) -> String {
        match &self.read {
            Values(path, ..) => format!("the property `{}`", path.join(".")),
            By(_) => "its properties".to_owned(),
        }
    }
}

fn worst(values: &[&Resolved<'static>], open: &[&str], default: State) -> State {
    let states = values.iter().map(|value| match value.known() {
        Some(text) if open.iter().any(|open| open.eq_ignore_ascii_case(&text)) => Open,
        Some(_) => Closed,
        None => Unknown,
    });
    states
        .reduce(|one, two| match (one, two) {
            (Open, _) | (_, Open) => Open,
            (Unknown, _) | (_, Unknown) => Unknown,
            (Closed, Closed) => Closed,
        })
        .unwrap_or(default)
}

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

/// Whether one part of S3's protection is off. Without any configuration, S3's default for the bucket's age counts.
fn unblocked(properties: &Resolved<'static>, part: &str) -> State {
    match properties.get("PublicAccessBlockConfiguration") {
        Some(configuration @ Resolved::Map(_)) => {
            match worst(&at(configuration, &[part]), TRUE, Closed) {
                Open => Closed,
                Closed => Open,
                Unknown => Unknown,
            }
        }
        _ => Unknown,
    }
}
