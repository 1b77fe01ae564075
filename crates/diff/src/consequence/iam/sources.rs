//! The policy documents of each type.

use super::source::About::{self, Itself, Passers, Permission, Principals, Targets};
use super::source::Source;

const fn of(
    resource_type: &'static str,
    path: &'static [&'static str],
    about: About,
    targets: &'static [&'static str],
) -> Source {
    Source {
        resource_type,
        path,
        about,
        targets,
    }
}

const INLINE: &[&str] = &["Policies", "*", "PolicyDocument"];
const DOCUMENT: &[&str] = &["PolicyDocument"];
const POLICY: &[&str] = &["Policy"];
const HOLDERS: &[&str] = &["Roles", "Users", "Groups"];
const STREAM: &[&str] = &["StreamSpecification", "ResourcePolicy", "PolicyDocument"];

/// Source: CloudFormation template reference, the page of each type.
pub(super) const SOURCES: &[Source] = &[
    of("AWS::ApiGateway::RestApi", POLICY, Principals, &[]),
    of(
        "AWS::Backup::BackupVault",
        &["AccessPolicy"],
        Principals,
        &[],
    ),
    of(
        "AWS::CodeArtifact::Domain",
        &["PermissionsPolicyDocument"],
        Principals,
        &[],
    ),
    of(
        "AWS::CodeArtifact::Repository",
        &["PermissionsPolicyDocument"],
        Principals,
        &[],
    ),
    of(
        "AWS::DynamoDB::Table",
        &["ResourcePolicy", "PolicyDocument"],
        Principals,
        &[],
    ),
    of("AWS::DynamoDB::Table", STREAM, Principals, &[]),
    of("AWS::EC2::VPCEndpoint", DOCUMENT, Passers, &[]),
    of(
        "AWS::ECR::PublicRepository",
        &["RepositoryPolicyText"],
        Principals,
        &[],
    ),
    of(
        "AWS::ECR::RegistryPolicy",
        &["PolicyText"],
        Principals,
        &["RegistryId"],
    ),
    of(
        "AWS::ECR::Repository",
        &["RepositoryPolicyText"],
        Principals,
        &[],
    ),
    of(
        "AWS::EFS::FileSystem",
        &["FileSystemPolicy"],
        Principals,
        &[],
    ),
    of(
        "AWS::Elasticsearch::Domain",
        &["AccessPolicies"],
        Principals,
        &[],
    ),
    of(
        "AWS::EventSchemas::RegistryPolicy",
        POLICY,
        Principals,
        &["RegistryName"],
    ),
    of("AWS::Events::EventBus", POLICY, Principals, &[]),
    of(
        "AWS::Events::EventBusPolicy",
        &["Statement"],
        Permission,
        &["EventBusName"],
    ),
    of("AWS::IAM::Group", INLINE, Itself, &[]),
    of("AWS::IAM::GroupPolicy", DOCUMENT, Targets, &["GroupName"]),
    of("AWS::IAM::ManagedPolicy", DOCUMENT, Targets, HOLDERS),
    of("AWS::IAM::Policy", DOCUMENT, Targets, HOLDERS),
    of(
        "AWS::IAM::Role",
        &["AssumeRolePolicyDocument"],
        Principals,
        &[],
    ),
    of("AWS::IAM::Role", INLINE, Itself, &[]),
    of("AWS::IAM::RolePolicy", DOCUMENT, Targets, &["RoleName"]),
    of("AWS::IAM::User", INLINE, Itself, &[]),
    of("AWS::IAM::UserPolicy", DOCUMENT, Targets, &["UserName"]),
    of("AWS::IoT::Policy", DOCUMENT, Itself, &[]),
    of("AWS::KMS::Key", &["KeyPolicy"], Principals, &[]),
    of(
        "AWS::Kinesis::ResourcePolicy",
        &["ResourcePolicy"],
        Principals,
        &["ResourceArn"],
    ),
    of(
        "AWS::Lambda::LayerVersionPermission",
        &[],
        Permission,
        &["LayerVersionArn"],
    ),
    of(
        "AWS::Lambda::Permission",
        &[],
        Permission,
        &["FunctionName"],
    ),
    of(
        "AWS::Logs::Destination",
        &["DestinationPolicy"],
        Principals,
        &[],
    ),
    of("AWS::Logs::ResourcePolicy", DOCUMENT, Principals, &[]),
    of(
        "AWS::MSK::ClusterPolicy",
        POLICY,
        Principals,
        &["ClusterArn"],
    ),
    of(
        "AWS::OpenSearchService::Domain",
        &["AccessPolicies"],
        Principals,
        &[],
    ),
    of(
        "AWS::Redshift::Cluster",
        &["NamespaceResourcePolicy"],
        Principals,
        &[],
    ),
    of("AWS::S3::AccessPoint", POLICY, Principals, &[]),
    of("AWS::S3::BucketPolicy", DOCUMENT, Principals, &["Bucket"]),
    of(
        "AWS::S3::MultiRegionAccessPointPolicy",
        POLICY,
        Principals,
        &["MrapName"],
    ),
    of(
        "AWS::S3ObjectLambda::AccessPointPolicy",
        DOCUMENT,
        Principals,
        &["ObjectLambdaAccessPoint"],
    ),
    of(
        "AWS::S3Tables::TableBucketPolicy",
        &["ResourcePolicy"],
        Principals,
        &["TableBucketARN"],
    ),
    of(
        "AWS::SNS::TopicInlinePolicy",
        DOCUMENT,
        Principals,
        &["TopicArn"],
    ),
    of("AWS::SNS::TopicPolicy", DOCUMENT, Principals, &["Topics"]),
    of(
        "AWS::SQS::QueueInlinePolicy",
        DOCUMENT,
        Principals,
        &["Queue"],
    ),
    of("AWS::SQS::QueuePolicy", DOCUMENT, Principals, &["Queues"]),
    of("AWS::SSO::PermissionSet", &["InlinePolicy"], Itself, &[]),
    of(
        "AWS::SecretsManager::ResourcePolicy",
        &["ResourcePolicy"],
        Principals,
        &["SecretId"],
    ),
    of(
        "AWS::VpcLattice::ResourcePolicy",
        POLICY,
        Principals,
        &["ResourceArn"],
    ),
    of("AWS::XRay::ResourcePolicy", DOCUMENT, Principals, &[]),
];
