//! The IAM actions that the handlers of resource types name: what each acts on, and what the ARNs of that look like.
//!
//! The package has all actions of all services, in small letters (`AdditionalSpecs/Policies.json`, which it makes from
//! AWS's Service Authorization Reference). Kept are those that a handler names, by name or by wildcard, and those in
//! [`ALSO`]; their spelling is that of the handlers.

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use super::error::{ImportError, unexpected};
use super::package;

/// The file of the package, below `data`.
pub(super) const SOURCE: &str = "AdditionalSpecs/Policies.json";

/// Actions that CloudFormation needs for what templates say outside of resources, in the spelling of AWS's reference.
const ALSO: [&str; 14] = [
    "cloudformation:CreateStack",
    "cloudformation:DeleteStack",
    "cloudformation:DescribeStacks",
    "cloudformation:UpdateStack",
    "ec2:DescribeAccountAttributes",
    "ec2:DescribeAvailabilityZones",
    "ec2:DescribeSubnets",
    "iam:PassRole",
    "kms:Decrypt",
    "lambda:InvokeFunction",
    "s3:GetObject",
    "secretsmanager:GetSecretValue",
    "sns:Publish",
    "ssm:GetParameters",
];

/// Actions that have to be allowed on everything although they have kinds, which the packages do not tell. Sources: the
/// CloudWatch API reference ("you must be signed on with the permission that is scoped to *", where alarms are composite);
/// the Service Authorization Reference (the data set of `GetMetricData`, `ListMetrics` and `PutMetricData` is optional).
const ON_EVERYTHING: [&str; 5] = [
    "cloudwatch:describealarms",
    "cloudwatch:getmetricdata",
    "cloudwatch:listmetrics",
    "cloudwatch:putcompositealarm",
    "cloudwatch:putmetricdata",
];

/// The words that begin what is common to all ARNs.
const ARN: &str = "arn:${Partition}:";

/// Renders the file of actions.
pub(super) fn render(policies: &Value, named: &BTreeSet<String>) -> Result<String, ImportError> {
    let mut text = format!(
        "# What IAM actions act on, from {} {}. Written by `cargo xtask catalog`; read by src/action.rs.\n\
         # service NAME, then `kind NAME ARN…` without arn:PARTITION: before it, then `on KINDS|- ACTION…`.\n",
        package::NAME,
        package::VERSION,
    );
    for (service, facts) in entries(policies, "Policies.json")? {
        let kept = kept(service, entries(&facts["Actions"], service)?, named)?;
        if kept.is_empty() {
            continue;
        }
        let used: BTreeSet<&str> = kept.keys().flatten().map(String::as_str).collect();
        // Writing to a string cannot fail.
        let _ = writeln!(text, "service\t{service}");
        for (kind, facts) in entries(&facts["Resources"], service)? {
            if used.contains(kind.as_str()) {
                let _ = writeln!(text, "kind\t{kind}\t{}", formats(kind, facts)?.join("\t"));
            }
        }
        for (kinds, actions) in kept {
            let kinds = if kinds.is_empty() {
                "-".to_owned()
            } else {
                kinds.join(";")
            };
            let _ = writeln!(text, "on\t{kinds}\t{}", actions.join(" "));
        }
    }
    Ok(text)
}

/// The actions of a service that are kept, by the kinds that they act on.
fn kept<'p>(
    service: &str,
    actions: impl Iterator<Item = (&'p String, &'p Value)>,
    named: &BTreeSet<String>,
) -> Result<BTreeMap<Vec<String>, Vec<String>>, ImportError> {
    let spelled: BTreeMap<String, &str> = named
        .iter()
        .map(String::as_str)
        .chain(ALSO)
        .filter_map(|action| Some((action.to_ascii_lowercase(), action.split_once(':')?.1)))
        .collect();
    let mut kept: BTreeMap<Vec<String>, Vec<String>> = BTreeMap::new();
    for (action, facts) in actions {
        let full = format!("{service}:{action}");
        let by_wildcard = |pattern: &String| {
            let start = pattern
                .strip_suffix('*')
                .filter(|start| !start.ends_with(':'));
            start.is_some_and(|start| full.starts_with(&start.to_ascii_lowercase()))
        };
        let spelling = match spelled.get(&full) {
            Some(spelling) => *spelling,
            None if named.iter().any(by_wildcard) => action,
            None => continue,
        };
        kept.entry(kinds(&full, facts)?)
            .or_default()
            .push(spelling.to_owned());
    }
    kept.values_mut().for_each(|actions| actions.sort());
    Ok(kept)
}

/// Whether an action has to be allowed on everything, whatever the packages say.
pub(super) fn is_on_everything(action: &str) -> bool {
    ON_EVERYTHING.contains(&action.to_ascii_lowercase().as_str())
}

/// The kinds that an action acts on. The package writes them in small letters where it says what they are.
pub(super) fn kinds(action: &str, facts: &Value) -> Result<Vec<String>, ImportError> {
    let place = format!("`Resources` of {action} in Policies.json");
    let refused = || unexpected(&place, "a list of kinds", &facts["Resources"]);
    let kinds = match &facts["Resources"] {
        _ if is_on_everything(action) => return Ok(Vec::new()),
        Value::Null => return Ok(Vec::new()),
        Value::Array(kinds) => kinds,
        _ => return Err(refused()),
    };
    kinds
        .iter()
        .map(|kind| kind.as_str().map(str::to_lowercase).ok_or_else(refused))
        .collect()
}

/// The ARNs of a kind, with `*` for what the package writes as `.*`.
fn formats(kind: &str, facts: &Value) -> Result<Vec<String>, ImportError> {
    let place = format!("`ARNFormats` of `{kind}` in Policies.json");
    let refused = || unexpected(&place, "a list of ARNs", &facts["ARNFormats"]);
    let formats = facts["ARNFormats"].as_array().ok_or_else(refused)?;
    let format = |format: &Value| {
        let rest = format.as_str()?.strip_prefix(ARN)?;
        let rest = rest
            .replace("${Region}", "{region}")
            .replace("${Vendor}", "*");
        let accounts = [
            "${Account}",
            "${AccountId}",
            "${ManagementAccountId}",
            "${VpcOwnerAccount}",
        ];
        let rest = accounts
            .iter()
            .fold(rest, |rest, account| rest.replace(account, "{account}"));
        (!rest.contains("${")).then(|| rest.replace(".*", "*"))
    };
    formats
        .iter()
        .map(|text| format(text).ok_or_else(refused))
        .collect()
}

fn entries<'p>(
    value: &'p Value,
    place: &str,
) -> Result<impl Iterator<Item = (&'p String, &'p Value)>, ImportError> {
    let map = value
        .as_object()
        .ok_or_else(|| unexpected(place, "a map", value))?;
    // The order is ours, whatever features another crate switches on in `serde_json`.
    Ok(map.iter().collect::<BTreeMap<_, _>>().into_iter())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_handlers_name_is_kept_with_its_kinds_and_arns() {
        let policies = json!({
            "sqs": {
                "Actions": {
                    "createqueue": {"Resources": ["Queue"]},
                    "listqueues": {},
                    "listqueuetags": {"Resources": ["Queue"]},
                    "purgequeue": {"Resources": ["queue"]},
                },
                "Resources": {"queue": {"ARNFormats": ["arn:${Partition}:sqs:${Region}:${Account}:.*"]}},
            },
            "nobody": {"Actions": {"names": {"Resources": ["it"]}}, "Resources": {}},
        });
        let named = ["sqs:CreateQueue", "sqs:List*", "nobody:*"];
        let text = render(&policies, &named.map(str::to_owned).into()).unwrap();
        let lines: Vec<_> = text.lines().skip(2).collect();
        let expected = [
            "service\tsqs",
            "kind\tqueue\tsqs:{region}:{account}:*",
            "on\t-\tlistqueues",
            "on\tqueue\tCreateQueue listqueuetags",
        ];
        assert_eq!(lines, expected);
    }

    #[test]
    fn another_format_is_refused() {
        let check = |policies: Value, expected: &str| {
            let error = render(&policies, &["sqs:A".to_owned()].into()).unwrap_err();
            assert!(error.to_string().contains(expected), "{error}");
        };
        check(json!([]), "Policies.json is not a map");
        check(
            json!({"sqs": {"Actions": {"a": {"Resources": "queue"}}, "Resources": {}}}),
            "`Resources` of sqs:a in Policies.json is not a list of kinds",
        );
        check(
            json!({"sqs": {
                "Actions": {"a": {"Resources": ["queue"]}},
                "Resources": {"queue": {"ARNFormats": ["arn:${Partition}:sqs:${New}:.*"]}},
            }}),
            "`ARNFormats` of `queue` in Policies.json is not a list of ARNs",
        );
    }
}
