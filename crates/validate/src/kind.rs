//! What text of a kind looks like, where schemas name the kind (`AWS::EC2::VPC.Id`), and which kinds references give.
//!
//! Only what no such thing can look like is wrong: AWS accepts more than its schemas say. `E1150` to `E1164`, `E1040`,
//! `E1041`.
//!
//! Source: EC2 user guide, "Resource IDs"; IAM user guide, "Amazon Resource Names"; S3 user guide, "Bucket naming rules"
//! (older buckets have capitals and underscores); CloudWatch Logs API, `CreateLogGroup`; KMS API, `CreateAlias`.

use std::net::{Ipv4Addr, Ipv6Addr};

use stratiform_catalog::{ResourceType, Schema};
use stratiform_template::{Function, Value};

use crate::pattern;
use crate::scene::Scene;

/// What IDs of EC2 begin with.
const STARTS: [(&str, &str); 9] = [
    ("AWS::EC2::Image.Id", "ami-"),
    ("AWS::EC2::Instance.Id", "i-"),
    ("AWS::EC2::NetworkInterface.Id", "eni-"),
    ("AWS::EC2::PrefixList.Id", "pl-"),
    ("AWS::EC2::RouteTable.Id", "rtb-"),
    ("AWS::EC2::SecurityGroup.Id", "sg-"),
    ("AWS::EC2::Subnet.Id", "subnet-"),
    ("AWS::EC2::VPC.Id", "vpc-"),
    ("AWS::EC2::Volume.Id", "vol-"),
];

/// ARNs: services, and what the resource begins with.
type ArnForm = (
    &'static str,
    &'static [&'static str],
    &'static [&'static str],
);

const ARNS: [ArnForm; 5] = [
    ("AWS::ACM::Certificate.Arn", &["acm", "iam"], &[]),
    ("AWS::IAM::Role.Arn", &["iam"], &["role/"]),
    ("AWS::KMS::Key.Arn", &["kms"], &["key/", "alias/"]),
    ("AWS::Lambda::Function.Arn", &["lambda"], &["function:"]),
    ("AWS::SNS::Topic.Arn", &["sns"], &[]),
];

/// Why a text is not of the kind that a schema names; nothing where it may be.
pub(crate) fn broken(schema: Schema, text: &str) -> Option<String> {
    let format = schema.format()?;
    if let Some((_, start)) = STARTS.iter().find(|(known, _)| *known == format) {
        return id(text, start);
    }
    if let Some((_, services, resources)) = ARNS.iter().find(|(known, ..)| *known == format) {
        return arn(text, services, resources);
    }
    let wrong = |why: &str| Some(why.to_owned());
    match format {
        "AWS::S3::Bucket.Name" if !is_bucket(text) => {
            wrong("it must be 3 to 255 letters, digits, `.`, `-` and `_`")
        }
        "AWS::Logs::LogGroup.Name" if !is_made_of(text, 1..=512, b"._-/#") => {
            wrong("it must be 1 to 512 letters, digits, `.`, `_`, `-`, `/` and `#`")
        }
        "AWS::EC2::SecurityGroup.Name" if !is_made_of(text, 1..=255, b" ._-:/()#,@[]+=&;{}!$*") => {
            wrong("it must be 1 to 255 letters, digits, blanks and `._-:/()#,@[]+=&;{}!$*`")
        }
        "AWS::KMS::Alias.AliasName" if !text.starts_with("alias/") => {
            wrong("it must begin with `alias/`")
        }
        "AWS::KMS::Key.Id" if !is_key_id(text) => {
            wrong("it must be the ID of a key, as `1234abcd-12ab-34cd-56ef-1234567890ab`")
        }
        "ipv4-network" if !is_network::<Ipv4Addr>(text, 32) => {
            wrong("it must be a block of addresses, as `10.0.0.0/16`")
        }
        "ipv6-network" if !is_network::<Ipv6Addr>(text, 128) => {
            wrong("it must be a block of addresses, as `2001:db8::/56`")
        }
        _ if format.starts_with("AWS::")
            && format.ends_with(".Arn")
            && !text.starts_with("arn:") =>
        {
            wrong("it must begin with `arn:`")
        }
        _ => None,
    }
}

/// IDs have 8 characters after what they begin with, or 17.
fn id(text: &str, start: &str) -> Option<String> {
    // Launch templates and instances look the image up themselves.
    if start == "ami-" && text.starts_with("resolve:ssm:") {
        return None;
    }
    let Some(rest) = text.strip_prefix(start) else {
        return Some(format!("it must begin with `{start}`"));
    };
    let is_id =
        [8, 17].contains(&rest.len()) && rest.bytes().all(|byte| byte.is_ascii_alphanumeric());
    (!is_id).then(|| format!("8 or 17 characters must follow `{start}`"))
}

fn arn(text: &str, services: &[&str], resources: &[&str]) -> Option<String> {
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    let ["arn", _, service, _, account, resource] = parts.as_slice() else {
        let what = if text.starts_with("arn:") {
            "have six parts"
        } else {
            "begin with `arn:`"
        };
        return Some(format!("it must {what}"));
    };
    if !services.contains(service) {
        return Some(format!("it must be an ARN of {}", services.join(" or ")));
    }
    if account.len() != 12 || !account.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some("the account in it must have 12 digits".to_owned());
    }
    let is_resource =
        resources.is_empty() || resources.iter().any(|start| resource.starts_with(start));
    (!is_resource).then(|| {
        format!(
            "what it names must begin with `{}`",
            resources.join("` or `")
        )
    })
}

fn is_made_of(text: &str, lengths: std::ops::RangeInclusive<usize>, others: &[u8]) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || others.contains(&byte);
    lengths.contains(&text.len()) && text.bytes().all(fits)
}

fn is_bucket(text: &str) -> bool {
    // Access points stand for buckets.
    text.starts_with("arn:") || is_made_of(text, 3..=255, b"._-")
}

fn is_key_id(text: &str) -> bool {
    let is_hexadecimal = |text: &str| text.bytes().all(|byte| byte.is_ascii_hexdigit());
    if let Some(rest) = text.strip_prefix("mrk-") {
        return rest.len() == 32 && is_hexadecimal(rest);
    }
    let lengths: Vec<usize> = text.split('-').map(str::len).collect();
    text.starts_with("alias/") || lengths == [8, 4, 4, 4, 12] && text.split('-').all(is_hexadecimal)
}

fn is_network<A: std::str::FromStr>(text: &str, most: u8) -> bool {
    text.split_once('/').is_some_and(|(address, bits)| {
        address.parse::<A>().is_ok() && bits.parse::<u8>().is_ok_and(|bits| bits <= most)
    })
}

/// The kinds of text that a schema takes, or gives; none where it may be any.
pub fn kinds(schema: Schema) -> Vec<&'static str> {
    let resolved = schema.resolve();
    let is_kind = |format: &&str| format.starts_with("AWS::");
    if let Some(format) = schema.format().or(resolved.format()).filter(is_kind) {
        return vec![format];
    }
    let branches = resolved.any_of().chain(resolved.one_of());
    let kinds: Option<Vec<&'static str>> = branches
        .map(|branch| {
            branch
                .format()
                .or(branch.resolve().format())
                .filter(is_kind)
        })
        .collect();
    kinds.unwrap_or_default()
}

/// Whether a schema takes ARNs, and no name that CloudFormation makes.
pub(crate) fn takes_arn(schema: Schema) -> bool {
    let pattern = schema.pattern().or(schema.resolve().pattern());
    pattern.is_some_and(|pattern| {
        let start = pattern.trim_start_matches(['^', '(']);
        start.starts_with("arn:")
            && pattern::matches(pattern, "shop-Role-1WLGN5YV2XYB") == Some(false)
    })
}

/// Whether text of a kind is a name, and never an ARN.
pub(crate) fn is_name(kind: &str) -> bool {
    kind.ends_with("Name")
}

/// The kinds of text that a reference gives; none where that is not known.
pub(crate) fn given(scene: &Scene<'_>, value: &Value) -> Vec<&'static str> {
    let Value::Function(function, argument) = value else {
        return Vec::new();
    };
    let (name, attribute) = match (function, argument.as_list()) {
        (Function::Ref, _) => (argument.as_str(), None),
        (Function::GetAtt, Some([name, attribute])) => (name.as_str(), attribute.as_str()),
        _ => return Vec::new(),
    };
    let resource = name.and_then(|name| scene.template.resource(name));
    let known = resource.and_then(|resource| scene.resource_type(&resource.resource_type));
    let Some((resource, known)) = resource.zip(known) else {
        return Vec::new();
    };
    let is_set = |property: &str| resource.properties.contains_key(property);
    given_by(known, attribute, is_set)
}

/// The kinds of text that an attribute of a resource gives, or `Ref`; none where that is not known.
pub fn given_by(
    known: ResourceType,
    attribute: Option<&str>,
    is_set: impl Fn(&str) -> bool,
) -> Vec<&'static str> {
    /// Types that give what somebody else decides.
    const OTHERS: [&str; 4] = [
        "AWS::CloudFormation::CustomResource",
        "AWS::CloudFormation::Stack",
        "AWS::ServiceCatalog::CloudFormationProvisionedProduct",
        "AWS::SSM::Parameter",
    ];
    if OTHERS.contains(&known.name()) || known.transform().is_some() {
        return Vec::new();
    }
    match (attribute, known.name()) {
        (Some(attribute), _) => {
            let found = known.attribute(attribute).filter(|found| !found.is_open());
            found
                .and_then(|found| found.schema)
                .map(kinds)
                .unwrap_or_default()
        }
        // Without a VPC it is one of the default VPC's, and known by its name.
        (None, "AWS::EC2::SecurityGroup") if is_set("VpcId") => {
            vec!["AWS::EC2::SecurityGroup.Id"]
        }
        (None, "AWS::EC2::SecurityGroup") => vec!["AWS::EC2::SecurityGroup.Name"],
        (None, _) => identified(known),
    }
}

/// What `Ref` gives of most types: the identifier, where it is one property.
fn identified(known: ResourceType) -> Vec<&'static str> {
    let mut identifier = known.primary_identifier();
    let (Some(only), None) = (identifier.next(), identifier.next()) else {
        return Vec::new();
    };
    let mut properties = known.schema().properties();
    let schema = properties.find(|(name, _)| *name == only.as_str());
    let own = schema.map(|(_, schema)| kinds(schema)).unwrap_or_default();
    if !own.is_empty() || only.as_str().ends_with("Arn") {
        return own;
    }
    // A name where the type has an ARN besides is none.
    let name = only.as_str();
    let is_name = name.ends_with("Name") && known.attribute("Arn").is_some();
    match (is_name, known.name()) {
        (true, "AWS::IAM::Role") => vec!["AWS::IAM::Role.RoleName"],
        (true, "AWS::Lambda::Function") => vec!["AWS::Lambda::Function.FunctionName"],
        _ => Vec::new(),
    }
}
