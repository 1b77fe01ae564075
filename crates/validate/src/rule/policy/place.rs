//! Where policies stand, and what each kind of them must have.

use stratiform_finding::Level;
use stratiform_finding::words::meant;

/// What a policy is attached to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// An identity: what it may do.
    Identity,
    /// A resource: who may do what with it.
    Resource,
    /// A bucket, whose policy is about itself.
    Bucket,
    /// A key: it may be written without `Resource`, and then does nothing.
    Key,
    /// A resource that needs no name: an ECR repository.
    Own,
    /// A role: who may take it on.
    Trust,
    /// Something whose rules are its own.
    Other,
}

/// Where a policy stands in a resource.
pub(crate) struct Place {
    pub(crate) resource_type: &'static str,
    pub(crate) way: &'static [&'static str],
    pub(crate) kind: Kind,
}

const fn place(resource_type: &'static str, way: &'static [&'static str], kind: Kind) -> Place {
    Place {
        resource_type,
        way,
        kind,
    }
}

const INLINE: &[&str] = &["Policies", "*", "PolicyDocument"];
const DOCUMENT: &[&str] = &["PolicyDocument"];

pub(crate) const PLACES: &[Place] = &[
    place("AWS::IAM::Group", INLINE, Kind::Identity),
    place("AWS::IAM::GroupPolicy", DOCUMENT, Kind::Identity),
    place("AWS::IAM::ManagedPolicy", DOCUMENT, Kind::Identity),
    place("AWS::IAM::Policy", DOCUMENT, Kind::Identity),
    place("AWS::IAM::Role", INLINE, Kind::Identity),
    place("AWS::IAM::Role", &["AssumeRolePolicyDocument"], Kind::Trust),
    place("AWS::IAM::RolePolicy", DOCUMENT, Kind::Identity),
    place("AWS::IAM::User", INLINE, Kind::Identity),
    place("AWS::IAM::UserPolicy", DOCUMENT, Kind::Identity),
    place("AWS::SSO::PermissionSet", &["InlinePolicy"], Kind::Identity),
    place("AWS::ECR::Repository", &["RepositoryPolicyText"], Kind::Own),
    place("AWS::KMS::Key", &["KeyPolicy"], Kind::Key),
    place(
        "AWS::OpenSearchService::Domain",
        &["AccessPolicies"],
        Kind::Resource,
    ),
    place("AWS::S3::BucketPolicy", DOCUMENT, Kind::Bucket),
    place("AWS::SNS::TopicPolicy", DOCUMENT, Kind::Resource),
    place("AWS::SQS::QueuePolicy", DOCUMENT, Kind::Resource),
    place("AWS::ApiGateway::RestApi", &["Policy"], Kind::Other),
    place("AWS::Backup::BackupVault", &["AccessPolicy"], Kind::Other),
    place("AWS::EC2::VPCEndpoint", DOCUMENT, Kind::Other),
    place("AWS::ECR::RegistryPolicy", &["PolicyText"], Kind::Other),
    place("AWS::EFS::FileSystem", &["FileSystemPolicy"], Kind::Other),
    place(
        "AWS::Elasticsearch::Domain",
        &["AccessPolicies"],
        Kind::Other,
    ),
    place("AWS::Logs::ResourcePolicy", DOCUMENT, Kind::Other),
    place("AWS::S3::AccessPoint", &["Policy"], Kind::Other),
    place(
        "AWS::SecretsManager::ResourcePolicy",
        &["ResourcePolicy"],
        Kind::Other,
    ),
];

const ACTION: (&str, &str) = ("Action", "NotAction");
const RESOURCE: (&str, &str) = ("Resource", "NotResource");
const PRINCIPAL: (&str, &str) = ("Principal", "NotPrincipal");

/// What statements can have.
const ELEMENTS: [&str; 9] = [
    "Sid",
    "Effect",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Principal",
    "NotPrincipal",
    "Condition",
];

impl Kind {
    /// Pairs of elements of which a statement has one.
    pub(crate) fn needs(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Kind::Identity => &[ACTION, RESOURCE],
            Kind::Resource | Kind::Bucket | Kind::Key => &[ACTION, RESOURCE, PRINCIPAL],
            Kind::Own | Kind::Trust => &[ACTION, PRINCIPAL],
            Kind::Other => &[ACTION],
        }
    }

    /// Whether a statement can have an element.
    pub(crate) fn allows(self, name: &str) -> bool {
        let is_of = |pair: (&str, &str)| pair.0 == name || pair.1 == name;
        ELEMENTS.contains(&name)
            && !(self == Kind::Identity && is_of(PRINCIPAL))
            && !(self == Kind::Trust && is_of(RESOURCE))
    }

    /// What is said of an element that a statement cannot have.
    pub(crate) fn refusal(self, name: &str) -> (String, String, String) {
        let what = format!("a statement has no `{name}`");
        if ELEMENTS.contains(&name) {
            let is_identity = self == Kind::Identity;
            let why = match is_identity {
                true => "the policy is about whatever it is attached to",
                false => "the policy is about the role that it stands in",
            };
            return (
                format!("{} has no `{name}`", self.noun()),
                why.to_owned(),
                "take it away".to_owned(),
            );
        }
        let why = "IAM's grammar does not have it".to_owned();
        let help = meant(name, ELEMENTS).unwrap_or_else(|| "take it away".to_owned());
        (what, why, help)
    }

    /// What such a policy is called.
    pub(crate) fn noun(self) -> &'static str {
        match self {
            Kind::Identity => "a policy of an identity",
            Kind::Resource | Kind::Bucket | Kind::Own => "a policy of a resource",
            Kind::Key => "the policy of a key",
            Kind::Trust => "a trust policy",
            Kind::Other => "a policy",
        }
    }

    /// How much it matters that an element is not there. KMS takes statements without: they do nothing
    /// (API reference, `CreateKey`).
    pub(crate) fn level(self, element: &str) -> Level {
        match (self, element) {
            (Kind::Key, "Action" | "Resource") => Level::Warning,
            _ => Level::Error,
        }
    }

    /// Whether a policy without any statement is refused. IAM refuses one of an identity; of others nobody says.
    pub(crate) fn needs_statements(self) -> bool {
        match self {
            Kind::Identity => true,
            Kind::Trust | Kind::Resource | Kind::Bucket | Kind::Key | Kind::Own | Kind::Other => {
                false
            }
        }
    }

    /// Whether two statements cannot have one `Sid`. S3 and ECR do not mind.
    pub(crate) fn has_unique_ids(self) -> bool {
        match self {
            Kind::Identity | Kind::Trust | Kind::Resource | Kind::Key => true,
            Kind::Bucket | Kind::Own | Kind::Other => false,
        }
    }
}
