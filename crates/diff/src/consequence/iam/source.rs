//! Where resource types keep policy documents, and whom these are about.

use super::pattern::{Case, Pattern};
use super::property::at;
use super::statement::{Defaults, Document};
use super::{condition, pattern};
use crate::resolved::{Resolved, Style};

/// A place of policy documents.
#[derive(Debug)]
pub(super) struct Source {
    pub resource_type: &'static str,
    /// What people call the resource.
    pub noun: &'static str,
    /// The path of the documents; `*` is every item.
    pub path: &'static [&'static str],
    pub about: About,
    /// The properties that name what the documents belong to; none where that is the resource itself.
    pub targets: &'static [&'static str],
}

/// Whom is a document about?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum About {
    /// The resource itself.
    Itself,
    /// Those that the targets name.
    Targets,
    /// Those that each statement names.
    Principals,
    /// Everybody who comes this way: it limits, and grants nothing.
    Passers,
    /// Those that the one statement names whose parts are properties of their own.
    Permission,
}

const fn of(
    resource_type: &'static str,
    noun: &'static str,
    path: &'static [&'static str],
    about: About,
    targets: &'static [&'static str],
) -> Source {
    Source {
        resource_type,
        noun,
        path,
        about,
        targets,
    }
}

use About::{Itself, Passers, Permission, Principals, Targets};

const INLINE: &[&str] = &["Policies", "*", "PolicyDocument"];
const DOCUMENT: &[&str] = &["PolicyDocument"];
const POLICY: &[&str] = &["Policy"];
const HOLDERS: &[&str] = &["Roles", "Users", "Groups"];
const STREAM: &[&str] = &["StreamSpecification", "ResourcePolicy", "PolicyDocument"];

/// Source: CloudFormation template reference, the page of each type.
pub(super) const SOURCES: &[Source] = &[
    of(
        "AWS::ApiGateway::RestApi",
        "REST API",
        POLICY,
        Principals,
        &[],
    ),
    of(
        "AWS::Backup::BackupVault",
        "backup vault",
        &["AccessPolicy"],
        Principals,
        &[],
    ),
    of(
        "AWS::CodeArtifact::Domain",
        "package domain",
        &["PermissionsPolicyDocument"],
        Principals,
        &[],
    ),
    of(
        "AWS::CodeArtifact::Repository",
        "package repository",
        &["PermissionsPolicyDocument"],
        Principals,
        &[],
    ),
    of(
        "AWS::DynamoDB::Table",
        "table",
        &["ResourcePolicy", "PolicyDocument"],
        Principals,
        &[],
    ),
    of(
        "AWS::DynamoDB::Table",
        "stream of table",
        STREAM,
        Principals,
        &[],
    ),
    of(
        "AWS::EC2::VPCEndpoint",
        "VPC endpoint",
        DOCUMENT,
        Passers,
        &[],
    ),
    of(
        "AWS::ECR::PublicRepository",
        "public repository",
        &["RepositoryPolicyText"],
        Principals,
        &[],
    ),
    of(
        "AWS::ECR::RegistryPolicy",
        "registry policy",
        &["PolicyText"],
        Principals,
        &["RegistryId"],
    ),
    of(
        "AWS::ECR::Repository",
        "repository",
        &["RepositoryPolicyText"],
        Principals,
        &[],
    ),
    of(
        "AWS::EFS::FileSystem",
        "file system",
        &["FileSystemPolicy"],
        Principals,
        &[],
    ),
    of(
        "AWS::Elasticsearch::Domain",
        "domain",
        &["AccessPolicies"],
        Principals,
        &[],
    ),
    of(
        "AWS::EventSchemas::RegistryPolicy",
        "schema registry policy",
        POLICY,
        Principals,
        &["RegistryName"],
    ),
    of(
        "AWS::Events::EventBus",
        "event bus",
        POLICY,
        Principals,
        &[],
    ),
    of(
        "AWS::Events::EventBusPolicy",
        "event bus policy",
        &["Statement"],
        Permission,
        &["EventBusName"],
    ),
    of("AWS::IAM::Group", "group", INLINE, Itself, &[]),
    of(
        "AWS::IAM::GroupPolicy",
        "policy",
        DOCUMENT,
        Targets,
        &["GroupName"],
    ),
    of(
        "AWS::IAM::ManagedPolicy",
        "managed policy",
        DOCUMENT,
        Targets,
        HOLDERS,
    ),
    of("AWS::IAM::Policy", "policy", DOCUMENT, Targets, HOLDERS),
    of(
        "AWS::IAM::Role",
        "role",
        &["AssumeRolePolicyDocument"],
        Principals,
        &[],
    ),
    of("AWS::IAM::Role", "role", INLINE, Itself, &[]),
    of(
        "AWS::IAM::RolePolicy",
        "policy",
        DOCUMENT,
        Targets,
        &["RoleName"],
    ),
    of("AWS::IAM::User", "user", INLINE, Itself, &[]),
    of(
        "AWS::IAM::UserPolicy",
        "policy",
        DOCUMENT,
        Targets,
        &["UserName"],
    ),
    of("AWS::IoT::Policy", "IoT policy", DOCUMENT, Itself, &[]),
    of("AWS::KMS::Key", "key", &["KeyPolicy"], Principals, &[]),
    of(
        "AWS::Kinesis::ResourcePolicy",
        "stream policy",
        &["ResourcePolicy"],
        Principals,
        &["ResourceArn"],
    ),
    of(
        "AWS::Lambda::LayerVersionPermission",
        "layer permission",
        &[],
        Permission,
        &["LayerVersionArn"],
    ),
    of(
        "AWS::Lambda::Permission",
        "permission",
        &[],
        Permission,
        &["FunctionName"],
    ),
    of(
        "AWS::Logs::Destination",
        "log destination",
        &["DestinationPolicy"],
        Principals,
        &[],
    ),
    of(
        "AWS::Logs::ResourcePolicy",
        "logs policy",
        DOCUMENT,
        Principals,
        &["ResourceArn"],
    ),
    of(
        "AWS::MSK::ClusterPolicy",
        "cluster policy",
        POLICY,
        Principals,
        &["ClusterArn"],
    ),
    of(
        "AWS::OpenSearchService::Domain",
        "domain",
        &["AccessPolicies"],
        Principals,
        &[],
    ),
    of(
        "AWS::Redshift::Cluster",
        "cluster",
        &["NamespaceResourcePolicy"],
        Principals,
        &[],
    ),
    of(
        "AWS::S3::AccessPoint",
        "access point",
        POLICY,
        Principals,
        &[],
    ),
    of(
        "AWS::S3::BucketPolicy",
        "bucket policy",
        DOCUMENT,
        Principals,
        &["Bucket"],
    ),
    of(
        "AWS::S3::MultiRegionAccessPointPolicy",
        "access point policy",
        POLICY,
        Principals,
        &["MrapName"],
    ),
    of(
        "AWS::S3ObjectLambda::AccessPointPolicy",
        "access point policy",
        DOCUMENT,
        Principals,
        &["ObjectLambdaAccessPoint"],
    ),
    of(
        "AWS::S3Tables::TableBucketPolicy",
        "table bucket policy",
        &["ResourcePolicy"],
        Principals,
        &["TableBucketARN"],
    ),
    of(
        "AWS::SNS::TopicInlinePolicy",
        "topic policy",
        DOCUMENT,
        Principals,
        &["TopicArn"],
    ),
    of(
        "AWS::SNS::TopicPolicy",
        "topic policy",
        DOCUMENT,
        Principals,
        &["Topics"],
    ),
    of(
        "AWS::SQS::QueueInlinePolicy",
        "queue policy",
        DOCUMENT,
        Principals,
        &["Queue"],
    ),
    of(
        "AWS::SQS::QueuePolicy",
        "queue policy",
        DOCUMENT,
        Principals,
        &["Queues"],
    ),
    of(
        "AWS::SSO::PermissionSet",
        "permission set",
        &["InlinePolicy"],
        Itself,
        &[],
    ),
    of(
        "AWS::SecretsManager::ResourcePolicy",
        "secret policy",
        &["ResourcePolicy"],
        Principals,
        &["SecretId"],
    ),
    of(
        "AWS::VpcLattice::ResourcePolicy",
        "lattice policy",
        POLICY,
        Principals,
        &["ResourceArn"],
    ),
    of(
        "AWS::XRay::ResourcePolicy",
        "X-Ray policy",
        DOCUMENT,
        Principals,
        &[],
    ),
];

impl Source {
    /// The statements that a resource has at this place.
    pub(super) fn document(&self, logical_id: &str, properties: &Resolved<'static>) -> Document {
        let resource = Pattern::name(format!("{} `{logical_id}`", self.noun));
        let principals = match self.about {
            Itself => vec![resource.clone()],
            Targets => self.holders(logical_id, properties),
            Passers => vec![pattern::Pattern::any("everybody who comes this way")],
            Principals | Permission => vec![Pattern::name("whoever it does not name")],
        };
        let defaults = Defaults {
            principals,
            resource,
        };
        let mut document = Document::default();
        if self.about == Permission {
            let statement = properties.get("Statement").cloned();
            document.statement(
                &statement.unwrap_or_else(|| permission(properties)),
                &defaults,
            );
            return document;
        }
        for value in at(properties, self.path) {
            document.read(value, &defaults);
        }
        document
    }

    /// Those whom a policy is attached to.
    fn holders(&self, logical_id: &str, properties: &Resolved<'static>) -> Vec<Pattern> {
        let each = self.targets.iter().flat_map(|property| {
            let kind = match *property {
                "Roles" | "RoleName" => "role",
                "Users" | "UserName" => "user",
                _ => "group",
            };
            let names = properties
                .get(property)
                .into_iter()
                .flat_map(Resolved::items);
            names.map(move |name| named(kind, name))
        });
        let holders: Vec<Pattern> = each.collect();
        match holders.is_empty() {
            true => vec![Pattern::name(format!(
                "whoever has {} `{logical_id}`",
                self.noun
            ))],
            false => holders,
        }
    }
}

/// ``role `Api` ``: something of this stack by its logical ID, anything else by its name.
pub(super) fn named(kind: &str, name: &Resolved<'_>) -> Pattern {
    let shown = name.shown(Style::Expression);
    let inner = shown
        .strip_prefix("${")
        .and_then(|name| name.strip_suffix('}'));
    let shown = format!("{kind} `{}`", inner.unwrap_or(&shown));
    Pattern::new(name, Case::Matters).of_kind(kind, shown)
}

/// The statement that `AWS::Lambda::Permission` and its like write with properties.
///
/// Source: Lambda API reference, "AddPermission", "AddLayerVersionPermission"; EventBridge API reference, "PutPermission".
fn permission(properties: &Resolved<'static>) -> Resolved<'static> {
    let mut statement = indexmap::IndexMap::new();
    let mut put = |key: &'static str, value: Resolved<'static>| statement.insert(key.into(), value);
    put("Effect", Resolved::literal("Allow"));
    for (key, property) in [
        ("Action", "Action"),
        ("Resource", "FunctionName"),
        ("Resource", "LayerVersionArn"),
    ] {
        if let Some(value) = properties.get(property) {
            put(key, value.clone());
        }
    }
    if let Some(principal) = properties.get("Principal") {
        let shown = principal.shown(Style::Expression);
        let service = shown.contains(".amazon") && !shown.starts_with("arn:");
        let kind = if service { "Service" } else { "AWS" };
        let kinds = [(kind.into(), principal.clone())];
        put("Principal", Resolved::Map(kinds.into_iter().collect()));
    }
    let mut tests: indexmap::IndexMap<_, Resolved<'static>> = indexmap::IndexMap::new();
    for (property, operator, key) in [
        ("SourceArn", "ArnLike", "aws:SourceArn"),
        ("SourceAccount", "StringEquals", "aws:SourceAccount"),
        ("PrincipalOrgID", "StringEquals", "aws:PrincipalOrgID"),
        ("OrganizationId", "StringEquals", "aws:PrincipalOrgID"),
        (
            "EventSourceToken",
            "StringEquals",
            "lambda:EventSourceToken",
        ),
        (
            "FunctionUrlAuthType",
            "StringEquals",
            "lambda:FunctionUrlAuthType",
        ),
        (
            "InvokedViaFunctionUrl",
            "Bool",
            "lambda:InvokedViaFunctionUrl",
        ),
    ] {
        if let Some(value) = properties.get(property) {
            condition::add(&mut tests, operator, key, value.clone());
        }
    }
    if let Some(own) = properties.get("Condition") {
        let text = |key: &str| own.get(key).map(|text| text.shown(Style::Expression));
        if let (Some(operator), Some(key), Some(value)) =
            (text("Type"), text("Key"), own.get("Value"))
        {
            condition::add(&mut tests, &operator, &key, value.clone());
        }
    }
    put("Condition", Resolved::Map(tests));
    Resolved::Map(statement)
}
