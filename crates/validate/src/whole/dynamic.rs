//! Dynamic references: their form, and where they are resolved. `E1027`, `E1050`, `E1051`, `E1052`, `W1051`, `W1053`.
//!
//! Source: CloudFormation user guide, "Get values stored in other services using dynamic references".

use stratiform_finding::{Code, Finding, Level};
use stratiform_template::{Function, Path, Resource, Step, Value};

use super::told;
use super::walk::{Part, Spot};

/// Where `ssm-secure` is resolved. Source: the page's "Resources that support dynamic parameter patterns for secure
/// strings".
const SECURE: [(&str, &str); 11] = [
    ("AWS::DirectoryService::MicrosoftAD", "Password"),
    ("AWS::DirectoryService::SimpleAD", "Password"),
    ("AWS::ElastiCache::ReplicationGroup", "AuthToken"),
    ("AWS::IAM::User", "LoginProfile/Password"),
    (
        "AWS::KinesisFirehose::DeliveryStream",
        "RedshiftDestinationConfiguration/Password",
    ),
    ("AWS::OpsWorks::App", "AppSource/Password"),
    ("AWS::OpsWorks::Stack", "CustomCookbooksSource/Password"),
    ("AWS::OpsWorks::Stack", "RdsDbInstances/*/DbPassword"),
    ("AWS::RDS::DBCluster", "MasterUserPassword"),
    ("AWS::RDS::DBInstance", "MasterUserPassword"),
    ("AWS::Redshift::Cluster", "MasterUserPassword"),
];

/// Properties that take the ARN of a secret, and never what is in it.
const ARNS: [&str; 5] = [
    "SecretArn",
    "SecretARN",
    "SecretsManagerSecretId",
    "SecretsManagerOracleAsmSecretId",
    "SecretsManagerSecurityDbEncryptionSecretId",
];

/// Asks about all dynamic references in a text.
pub(super) fn check<'t>(
    spot: &Spot<'_, 't>,
    value: &'t Value,
    path: &Path<'_>,
    findings: &mut Vec<Finding>,
) {
    let Value::String(text) = value else { return };
    let mut tell = |level, what: String, why: &str, help: &str| {
        findings.push(told(path, (Code::DynamicReference, level), what, why, help));
    };
    for inner in braced(text) {
        let Some(reference) = inner.strip_prefix("resolve:") else {
            let trimmed = inner.trim_start();
            let is_meant = trimmed.starts_with("resolve:") || trimmed.starts_with("resolve :");
            if is_meant {
                tell(
                    Level::Warning,
                    "a dynamic reference has blanks in it".to_owned(),
                    "CloudFormation takes it for text",
                    "write `{{resolve:` without blanks",
                );
            }
            continue;
        };
        if let Some(why) = broken(reference) {
            let help = "write `{{resolve:SERVICE:NAME}}`, and what may follow the name";
            let what = "a dynamic reference has the wrong form".to_owned();
            tell(Level::Error, what, &why, help);
        } else if let Some((level, why)) = misplaced(spot, reference, path) {
            let what = "a dynamic reference stands where it is not resolved".to_owned();
            tell(level, what, &why, "move it, or take the value another way");
        } else if reference.starts_with("secretsmanager:")
            && takes_arn(path)
            && text.starts_with("{{")
        {
            tell(
                Level::Warning,
                "a secret stands in the place of its ARN".to_owned(),
                "the dynamic reference gives what is in the secret",
                "write the secret's ARN, or refer to the secret",
            );
        }
    }
}

/// What stands in double braces.
fn braced(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let start = rest.find("{{")? + 2;
        let after = &rest[start..];
        let end = after.find("}}")?;
        rest = &after[end + 2..];
        Some(&after[..end])
    })
}

/// What is wrong with the form.
fn broken(reference: &str) -> Option<String> {
    // What a substitution puts there may be anything, colons too.
    let is_open = reference.contains("${");
    let parts: Vec<&str> = reference.split(':').collect();
    let version =
        |version: &str| !version.is_empty() && version.bytes().all(|byte| byte.is_ascii_digit());
    match parts.as_slice() {
        ["ssm" | "ssm-secure" | "secretsmanager"]
        | ["ssm" | "ssm-secure" | "secretsmanager", ""] => Some("it has no name".to_owned()),
        ["ssm" | "ssm-secure", "arn", ..] => None,
        ["ssm" | "ssm-secure", _] => None,
        ["ssm" | "ssm-secure", _, given] if is_open || version(given) => None,
        ["ssm" | "ssm-secure", ..] if is_open => None,
        ["ssm" | "ssm-secure", ..] => {
            Some("a version is a number, and nothing follows it".to_owned())
        }
        ["secretsmanager", "arn", rest @ ..] if !is_open => secret(rest.get(6..)?),
        ["secretsmanager", _, rest @ ..] if !is_open => secret(rest),
        ["secretsmanager", ..] => None,
        _ => Some("its service is none of `ssm`, `ssm-secure` and `secretsmanager`".to_owned()),
    }
}

/// What follows the name of a secret.
fn secret(rest: &[&str]) -> Option<String> {
    match rest {
        [] | [_, _, _] | ["" | "SecretString"] | ["" | "SecretString", _] => match rest.first() {
            None | Some(&("" | "SecretString")) => None,
            Some(_) => Some("what follows the name is `SecretString`".to_owned()),
        },
        ["" | "SecretString", _, stage, version] => (!stage.is_empty() && !version.is_empty())
            .then(|| "it has a stage and a version, and only one of them counts".to_owned()),
        [first, ..] if !["", "SecretString"].contains(first) => {
            Some("what follows the name is `SecretString`".to_owned())
        }
        _ => Some("it has too many parts".to_owned()),
    }
}

/// Why it is not resolved where it stands.
fn misplaced(spot: &Spot<'_, '_>, reference: &str, path: &Path<'_>) -> Option<(Level, String)> {
    let is = |service: &str| reference.starts_with(service);
    match spot.part {
        Part::Properties(resource) if is("ssm-secure:") => {
            let why = format!(
                "`ssm-secure` is not supported here by {}",
                resource.resource_type
            );
            (!is_secure(resource, path)).then_some((Level::Error, why))
        }
        Part::Properties(_) => None,
        Part::Output | Part::Metadata if is("ssm:") => None,
        // The text stays as it is, and the deployment goes on.
        Part::Metadata
        | Part::Attribute
        | Part::Output
        | Part::Export
        | Part::Condition
        | Part::Rule => {
            let why = match is("ssm:") {
                true => "parameters are resolved in properties, metadata and the values of outputs",
                false => "secrets are resolved in properties only",
            };
            Some((Level::Warning, why.to_owned()))
        }
    }
}

fn is_secure(resource: &Resource, path: &Path<'_>) -> bool {
    let own = property(path);
    let is_here =
        |(name, supported): &(&str, &str)| *name == resource.resource_type && *supported == own;
    // What is not in the catalog may support it.
    !resource.resource_type.starts_with("AWS::") || SECURE.iter().any(is_here)
}

/// The path of a property as the table has it: without functions and their arguments.
fn property(path: &Path<'_>) -> String {
    let mut steps: Vec<Step<'_>> = std::iter::successors(Some(path), |path| path.up)
        .map(|path| path.step)
        .collect();
    steps.reverse();
    let mut named = Vec::new();
    let mut in_function = false;
    for step in steps.into_iter().skip(3) {
        match step {
            Step::Key(key) if Function::from_name(key).is_some() => in_function = true,
            Step::Key(key) if !in_function => named.push(key),
            Step::Index(_) if !in_function => named.push("*"),
            Step::Key(_) | Step::Index(_) => {}
        }
    }
    named.join("/")
}

fn takes_arn(path: &Path<'_>) -> bool {
    let own = property(path);
    own.rsplit('/')
        .next()
        .is_some_and(|name| ARNS.contains(&name))
}
