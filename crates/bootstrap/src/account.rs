//! What the environment's own account and region need: GitHub's identity provider, the roles, the bucket.

use stratiform_assembly::{Assembly, StackAt};
use stratiform_environment::{Bootstrap, PolicyArn, Settings, Text};
use stratiform_finding::{Code, Finding};
use stratiform_permissions::{
    Document, Grant, MANAGED_POLICIES, MANAGED_POLICY, Needed, documents, lacking,
};
use stratiform_stack::condition::{boolean, key, string_equals, string_like};
use stratiform_stack::{
    App, Define, DeletionPolicy, Expr, Json, Opt, Parameter, PolicyDocument, Principal, Prop,
    Stack, Statement, either, equals, props, pseudo, sub,
};

use crate::Needs;
use crate::names::{ARTIFACTS, KEY, Names};
use crate::resources::s3::bucket;
use crate::resources::{iam, s3};

/// The host of GitHub's identity provider, by which AWS knows it.
///
/// Source: GitHub docs, "Configuring OpenID Connect in Amazon Web Services".
pub const GITHUB: &str = "token.actions.githubusercontent.com";

/// The parameter that says whose GitHub's identity provider is.
pub const PROVIDER: &str = "GitHubProviderIs";

/// The logical ID of the identity provider.
pub const PROVIDER_ID: &str = "GitHubProvider";

/// Whose is GitHub's identity provider? An account has one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Provider {
    /// This stack's.
    MadeHere,
    /// Somebody else's, who made it before.
    ThereAlready,
}

impl Provider {
    /// The value of the parameter.
    pub fn as_str(self) -> &'static str {
        match self {
            Provider::MadeHere => "made-here",
            Provider::ThereAlready => "there-already",
        }
    }
}

/// Gives a bootstrap the value that only its deployment finds out, where it has none yet: two are compared as if it stayed
/// the same.
pub fn supposed(bootstrap: &mut Assembly) {
    let stacks = bootstrap.stacks.iter_mut();
    for stack in stacks.filter(|stack| stack.template.parameters.contains_key(PROVIDER)) {
        let value = || Provider::MadeHere.as_str().to_owned();
        let given = stack.parameters.entry(PROVIDER.to_owned());
        given.or_insert_with(value);
    }
}

/// How long a job may have the deploy role, in seconds: a deployment waits for databases, and bakes.
const SESSION: u32 = 4 * 60 * 60;

/// Adds the stacks.
pub(crate) fn stacks(app: &App, settings: &Settings, written: &Bootstrap, needed: &Policies) {
    let names = Names::of(settings);
    artifacts(app, &names);
    let description = format!("{}: who deploys it, and with which limits", names.prefix());
    let stack = app.stack(KEY, &description);
    let boundary = written.permissions_boundary.as_ref();
    let boundary = || -> Opt<String> { boundary.map(|arn| arn.as_str()).into() };
    let provider = provider(&stack);

    let policies = policies(
        &stack,
        ("ExecutionPolicy", &names.execution_role()),
        "What CloudFormation does for the environment's stacks",
        &needed.execution,
    );
    stack.add(
        "ExecutionRole",
        props!(iam::Role {
            assume_role_policy_document: execution_trust(),
            description: "CloudFormation takes it on for the environment's stacks",
            managed_policy_arns: policies,
            permissions_boundary: boundary(),
            role_name: names.execution_role(),
        }),
    );

    let policies = self::policies(
        &stack,
        ("DeployPolicy", &names.deploy_role()),
        "What a deployment asks of AWS by itself",
        &needed.deploy,
    );
    let role = stack.add(
        "DeployRole",
        props!(iam::Role {
            assume_role_policy_document: trust(
                written,
                github_environment(settings, written),
                &provider,
            ),
            description: format!("Jobs of {} on GitHub take it on", written.repository),
            managed_policy_arns: policies.clone(),
            max_session_duration: SESSION,
            permissions_boundary: boundary(),
            role_name: names.deploy_role(),
        }),
    );
    stack.output(
        "DeployRole",
        "The role that jobs on GitHub take on",
        role.arn(),
    );

    if !settings.deployment.release_only {
        return;
    }
    // A release is prepared before anybody has to approve it, by jobs of an environment of their own.
    let environment = format!("{}-prepare", github_environment(settings, written));
    let nothing = stack.add(
        "PreparePolicy",
        props!(iam::ManagedPolicy {
            policy_document: PolicyDocument::new([Statement::deny(EXECUTING).on_any()]),
            description: "What is prepared for approval is not executed",
            managed_policy_name: format!("{}-1", names.prepare_role()),
        }),
    );
    let policies = policies.into_iter().chain([nothing.policy_arn().text()]);
    stack.add(
        "PrepareRole",
        props!(iam::Role {
            assume_role_policy_document: trust(written, &environment, &provider),
            description: format!(
                "Jobs of {} on GitHub prepare releases with it",
                written.repository
            ),
            managed_policy_arns: policies.collect::<Vec<_>>(),
            permissions_boundary: boundary(),
            role_name: names.prepare_role(),
        }),
    );
}

/// What changes something that is there, of all that a deployment asks of AWS: not for who only prepares one.
const EXECUTING: [&str; 15] = [
    "cloudformation:CancelUpdateStack",
    "cloudformation:ContinueUpdateRollback",
    "cloudformation:DeleteStack",
    "cloudformation:ExecuteChangeSet",
    "cloudformation:RollbackStack",
    "cloudformation:SetStackPolicy",
    "cloudformation:UpdateTerminationProtection",
    "ecs:RegisterTaskDefinition",
    "ecs:RunTask",
    "ecs:StopTask",
    "ecs:UpdateService",
    "elasticloadbalancing:ModifyLoadBalancerAttributes",
    "rds:CreateDBSnapshot",
    "rds:ModifyDBCluster",
    "rds:ModifyDBInstance",
];

/// The environment of GitHub that the deploying job names.
fn github_environment<'s>(settings: &'s Settings, written: &'s Bootstrap) -> &'s str {
    let named = written.github_environment.as_ref();
    named.map_or(settings.name.as_str(), |environment| environment.as_str())
}

/// The policies of the roles.
pub(crate) struct Policies {
    execution: Vec<Document>,
    deploy: Vec<Document>,
}

impl Policies {
    /// What both need, on the way from the stacks that are deployed.
    ///
    /// # Errors
    /// More managed policies than a role may have.
    pub(crate) fn of(
        needs: &Needs,
        deployed: &[StackAt],
        settings: &Settings,
    ) -> Result<Policies, Vec<Finding>> {
        let names = Names::of(settings);
        let written = settings.bootstrap.as_ref();
        let boundary = written.and_then(|written| written.permissions_boundary.as_ref());
        let policies = Policies {
            execution: documents(&needs.execution.grants, MANAGED_POLICY),
            deploy: documents(&needs.deploy.grants, MANAGED_POLICY),
        };
        let mut roles = vec![
            (names.execution_role(), policies.execution.len()),
            (names.deploy_role(), policies.deploy.len()),
        ];
        if settings.deployment.release_only {
            // With what it must not do.
            roles.push((names.prepare_role(), policies.deploy.len() + 1));
        }
        let many = roles
            .into_iter()
            .filter(|(_, count)| *count > MANAGED_POLICIES);
        let many = many.map(|(role, count)| too_many(&role, count, deployed));
        let changeable = boundary.filter(|arn| policies.may_change(arn));
        let findings: Vec<Finding> = many.chain(changeable.map(not_a_limit)).collect();
        match findings.is_empty() {
            true => Ok(policies),
            false => Err(findings),
        }
    }

    /// Whether CloudFormation's role may change the policy that limits it. AWS's own nobody changes.
    fn may_change(&self, boundary: &PolicyArn) -> bool {
        let parts: Vec<&str> = boundary.as_str().split(':').collect();
        let (Some(partition), Some(account)) = (parts.get(1), parts.get(4)) else {
            return false;
        };
        let documents = self.execution.iter();
        let documents: Vec<_> = documents
            .map(|document| document.filled(partition, account))
            .collect();
        let changes = ["iam:CreatePolicyVersion", "iam:DeletePolicy"].map(|action| Needed {
            grants: vec![Grant {
                actions: vec![action.to_owned()],
                resources: vec![boundary.to_string()],
                conditions: Vec::new(),
            }],
            ..Needed::default()
        });
        let mut changes = changes.iter();
        *account != "aws" && changes.any(|change| lacking(&documents, change).is_empty())
    }
}

fn not_a_limit(boundary: &PolicyArn) -> Finding {
    Finding::new(
        Code::PermissionsBoundary,
        format!("the stacks may change the permissions boundary `{boundary}`"),
        "make the boundary outside of the environment's stacks, with a name that none of their policies begins with",
    )
    .because("a policy limits nobody who may change it: the stacks have it, or policies with names like its own")
}

/// Where something is deployed, that is why: what the stacks alone need is asked for before.
fn too_many(role: &str, count: usize, deployed: &[StackAt]) -> Finding {
    let (whose, help) = match deployed.is_empty() {
        true => (
            "",
            "give the stacks' resources names that begin alike, so that fewer patterns cover them, or take stacks out into \
             an app of their own",
        ),
        false => (
            " for what is deployed and what is to be, together",
            "deploy first: what is gone then needs nothing any more. Where the release adds something too, deploy one before \
             it that only removes, and run `bootstrap` between the two",
        ),
    };
    Finding::new(
        Code::RolePolicies,
        format!("the role `{role}` needs {count} managed policies{whose}"),
        help,
    )
    .because(format!(
        "IAM allows {MANAGED_POLICIES} a role, each of {MANAGED_POLICY} characters"
    ))
}

/// The ARN of GitHub's identity provider, which is made where the account has none: it is asked when this is deployed. It
/// stays when the stack goes, since other environments of the account use it.
fn provider(stack: &Stack) -> Expr<String> {
    let values = [Provider::MadeHere, Provider::ThereAlready].map(Provider::as_str);
    let whose = Parameter::string("Whether the account has GitHub's identity provider already")
        .allowed_values(values);
    let whose = stack.parameter(PROVIDER, whose);
    let is_made = stack.condition(
        "MakesGitHubProvider",
        equals(whose, Provider::MadeHere.as_str()),
    );
    let provider = stack.add(
        PROVIDER_ID,
        props!(iam::OidcProvider {
            client_id_list: ["sts.amazonaws.com"],
            url: format!("https://{GITHUB}"),
        })
        .condition(&is_made)
        .on_removal(DeletionPolicy::RetainExceptOnCreate),
    );
    let there_already = sub!(
        "arn:{}:iam::{}:oidc-provider/{}",
        pseudo::partition(),
        pseudo::account_id(),
        GITHUB
    );
    either(&is_made, provider.arn().text(), there_already)
}

/// Trust in jobs of this repository that name this environment of GitHub, on these refs.
///
/// The subject of a job that names an environment has no ref in it, so that the ref is a claim of its own; AWS checks it,
/// the repository and the environment by their own names since January 2026. The subject has to be there all the same, and
/// has one of two forms: repositories since July 2026 have numbers in it.
///
/// Sources: GitHub docs, "OpenID Connect reference"; IAM user guide, "IAM and AWS STS condition context keys", keys of
/// GitHub; AWS News 2026-01, "AWS STS supports validation of select identity provider specific claims".
fn trust(written: &Bootstrap, environment: &str, provider: &Expr<String>) -> PolicyDocument {
    let claim = |name: &str| format!("{GITHUB}:{name}");
    let repository = written.repository.as_str();
    let (owner, name) = repository.split_once('/').unwrap_or((repository, ""));
    let (owner_id, repository_id) = match written.ids {
        Some(ids) => (ids.owner.to_string(), ids.repository.to_string()),
        None => ("*".to_owned(), "*".to_owned()),
    };
    let subjects = [
        format!("repo:{repository}:environment:{environment}"),
        format!("repo:{owner}@{owner_id}/{name}@{repository_id}:environment:{environment}"),
    ];
    let mut statement = Statement::allow(["sts:AssumeRoleWithWebIdentity"])
        .to(Principal::Federated(provider.clone().into()))
        .when(string_equals(claim("aud"), "sts.amazonaws.com"))
        .when(string_equals(claim("repository"), repository))
        .when(string_equals(claim("environment"), environment));
    if written.ids.is_some() {
        statement = statement.when(string_equals(claim("repository_id"), repository_id));
    }
    for subject in subjects {
        statement = statement.when(string_like(claim("sub"), subject));
    }
    for allowed in &written.refs {
        statement = statement.when(string_like(claim("ref"), allowed.as_str()));
    }
    PolicyDocument::new([statement])
}

/// Trust in CloudFormation, for stacks of this account. That CloudFormation says for which account it comes is not in its
/// documentation: it was tried by users (aws-cdk#28342).
fn execution_trust() -> PolicyDocument {
    let statement = Statement::allow(["sts:AssumeRole"])
        .to(Principal::service("cloudformation.amazonaws.com"))
        .when(string_equals(key::SOURCE_ACCOUNT, pseudo::account_id()));
    PolicyDocument::new([statement])
}

/// Managed policies, each with a name.
fn policies(
    stack: &Stack,
    (id, name): (&str, &str),
    description: &str,
    documents: &[Document],
) -> Vec<Expr<String>> {
    let policies = documents.iter().enumerate().map(|(index, document)| {
        let number = index + 1;
        let policy = stack.add(
            format!("{id}{number}"),
            props!(iam::ManagedPolicy {
                policy_document: Prop::<Json>::untyped(substituted(&document.0)),
                description,
                managed_policy_name: format!("{name}-{number}"),
            }),
        );
        policy.policy_arn().text()
    });
    policies.collect()
}

/// A document, with `Fn::Sub` where a pseudo parameter is in a text.
fn substituted(document: &serde_json::Value) -> Json {
    use serde_json::Value;
    match document {
        Value::Null => Json::null(),
        Value::Bool(value) => (*value).into(),
        Value::Number(number) => number.to_string().into(),
        Value::String(text) => pieces(text),
        Value::Array(items) => Json::list(items.iter().map(substituted)),
        Value::Object(members) => Json::object(
            members
                .iter()
                .map(|(key, value)| (key.as_str(), substituted(value))),
        ),
    }
}

/// A text whose pseudo parameters CloudFormation fills in.
fn pieces(text: &str) -> Json {
    let mut format = String::new();
    let mut values: Vec<Prop<String>> = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        let Some((name, after)) = after.split_once('}') else {
            break;
        };
        let value = match name {
            "AWS::AccountId" => pseudo::account_id(),
            "AWS::Partition" => pseudo::partition(),
            "AWS::Region" => pseudo::region(),
            "AWS::URLSuffix" => pseudo::url_suffix(),
            _ => {
                format += &format!("{before}${{{name}}}");
                rest = after;
                continue;
            }
        };
        format += before;
        format += "{}";
        values.push(value.into());
        rest = after;
    }
    format += rest;
    stratiform_stack::generated::substitute(&format, values).into()
}

/// The bucket for templates that are too long for a call, in a stack of its own: the other's template may be one. Nothing but
/// templates is in it: old ones go.
fn artifacts(app: &App, names: &Names) {
    use bucket::ownership_controls_rule::ObjectOwnership::BucketOwnerEnforced;
    use bucket::server_side_encryption_by_default::SseAlgorithm::Aes256;
    let description = format!("{}: where long templates go", names.prefix());
    let stack = app.stack(ARTIFACTS, &description);
    let name = sub!(
        "{}-{}-{}",
        names.prefix(),
        pseudo::account_id(),
        pseudo::region()
    );
    let rule = props!(bucket::Rule {
        status: bucket::rule::Status::Enabled,
        id: "OldVersionsGo",
        abort_incomplete_multipart_upload: bucket::AbortIncompleteMultipartUpload {
            days_after_initiation: 7,
        },
        noncurrent_version_expiration: bucket::NoncurrentVersionExpiration {
            noncurrent_days: 90,
        },
    });
    let made = stack.add(
        "Artifacts",
        props!(s3::Bucket {
            bucket_name: name,
            bucket_encryption: bucket::BucketEncryption {
                server_side_encryption_configuration: [bucket::ServerSideEncryptionRule {
                    server_side_encryption_by_default: bucket::ServerSideEncryptionByDefault {
                        sse_algorithm: Aes256,
                    },
                }]
            },
            lifecycle_configuration: bucket::LifecycleConfiguration { rules: [rule] },
            ownership_controls: bucket::OwnershipControls {
                rules: [bucket::OwnershipControlsRule {
                    object_ownership: BucketOwnerEnforced,
                }]
            },
            public_access_block_configuration: bucket::PublicAccessBlockConfiguration {
                block_public_acls: true,
                block_public_policy: true,
                ignore_public_acls: true,
                restrict_public_buckets: true,
            },
            versioning_configuration: bucket::VersioningConfiguration {
                status: bucket::versioning_configuration::Status::Enabled,
            },
        })
        .on_removal(DeletionPolicy::RetainExceptOnCreate),
    );
    let objects = sub!("{}/*", made.arn());
    let deny = Statement::deny(["s3:*"])
        .sid("DenyPlaintext")
        .to(Principal::Everyone)
        .on(made.arn().text())
        .on(objects)
        .when(boolean(key::SECURE_TRANSPORT, false));
    stack.add(
        "ArtifactsPolicy",
        props!(s3::BucketPolicy {
            bucket: &made,
            policy_document: PolicyDocument::new([deny]),
        }),
    );
}
