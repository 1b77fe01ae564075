//! What a type has of which no line of the table speaks: IDs and attributes that look as they should.
//!
//! What follows here follows from the schema alone, and from how AWS calls things: what ends with `Arn` is an ARN. It is
//! plausible, not known; what is known belongs in the table.

use stratiform_catalog::naming::Naming;
use stratiform_catalog::{Fact, JsonType, PropertyPath, ResourceType, Schema, behaviour};

use super::form::Form;

/// Times are of no clock here.
const TIME: &str = "2026-01-01T00:00:00Z";

/// The same in seconds since 1970.
const SECONDS: &str = "1767225600";

/// How the names of times end.
const TIMES: [&str; 5] = ["Time", "At", "Date", "Timestamp", "On"];

/// Services whose ARNs have another word than their types; the rest have the types' in small letters.
/// Source: Service Authorization Reference, the pages of the services.
const SERVICES: [(&str, &str); 18] = [
    ("AmazonMQ", "mq"),
    ("ApiGatewayV2", "apigateway"),
    ("ApplicationAutoScaling", "application-autoscaling"),
    ("CertificateManager", "acm"),
    ("Cognito", "cognito-idp"),
    ("DocDB", "rds"),
    ("EFS", "elasticfilesystem"),
    ("ElasticLoadBalancingV2", "elasticloadbalancing"),
    ("EMR", "elasticmapreduce"),
    ("Elasticsearch", "es"),
    ("KinesisFirehose", "firehose"),
    ("MSK", "kafka"),
    ("Neptune", "rds"),
    ("OpenSearchService", "es"),
    ("ResourceGroups", "resource-groups"),
    ("ServiceCatalog", "catalog"),
    ("StepFunctions", "states"),
    ("WAFRegional", "waf-regional"),
];

/// Values of states, those first that say that all is well.
const WELL: [&str; 8] = [
    "ACTIVE",
    "AVAILABLE",
    "Active",
    "Available",
    "ENABLED",
    "Enabled",
    "READY",
    "CREATE_COMPLETE",
];

/// The primary identifier, its parts joined by |. A type that has none is named.
pub(super) fn physical(found: Option<ResourceType>, naming: &Naming) -> Form {
    let Some(found) = found else {
        return form("{stack}-{id}-{mixed:12}");
    };
    let paths: Vec<_> = found.primary_identifier().collect();
    match paths.as_slice() {
        [] => form("{name}"),
        // A property alone need not be given.
        [path]
            if !is_read_only(found, &dotted(*path))
                && naming.property.as_deref() != Some(path.as_str()) =>
        {
            let path = dotted(*path);
            form(&format!("{path}? {{.{path}}} :: {{name}}"))
        }
        paths => {
            let parts: Vec<_> = paths
                .iter()
                .map(|path| part(found, *path, naming))
                .collect();
            form(&parts.join("|"))
        }
    }
}

/// A part of a primary identifier.
fn part(found: ResourceType, path: PropertyPath, naming: &Naming) -> String {
    let name = path.segments().last().unwrap_or_default();
    let dotted = dotted(path);
    if naming.property.as_deref() == Some(dotted.as_str()) {
        return "{name}".to_owned();
    }
    if !is_read_only(found, &dotted) {
        return format!("{{.{dotted}|or {}}}", kind(found));
    }
    // Only types that are older than handlers are identified by what the schemas' source calls `Id`.
    if name == "Id" && found.handlers().next().is_none() {
        return "{name}".to_owned();
    }
    identifier(found, name)
}

/// An own identifier, which AWS makes.
fn identifier(found: ResourceType, name: &str) -> String {
    match name {
        _ if is_arn(name) => format!("{}:{}/{{name}}", owner(found), kind(found)),
        _ if found.name().starts_with("AWS::EC2::") => format!("{}-{{hex:17}}", kind(found)),
        _ if behaviour::counts_up(name) && found.primary_identifier().count() > 1 => "1".to_owned(),
        _ if name == "AccountId" || name == "RegistryId" => "{account}".to_owned(),
        _ => format!("{{uuid:{name}}}"),
    }
}

/// What ARNs say of an identifier that has parts: the one that AWS makes, else the name.
fn in_arn(found: ResourceType) -> String {
    let mut paths = found.primary_identifier();
    match (paths.next(), paths.next()) {
        (Some(_), None) => "{physical}".to_owned(),
        _ => {
            let made = found
                .primary_identifier()
                .find(|path| is_read_only(found, &dotted(*path)));
            let last = |path: PropertyPath| path.segments().last().unwrap_or_default();
            made.map_or_else(|| "{name}".to_owned(), |path| identifier(found, last(path)))
        }
    }
}

/// The attributes that cannot be set, and the identifiers that can.
pub(super) fn attributes(found: ResourceType, naming: &Naming) -> Vec<(String, Form)> {
    let single = found.primary_identifier().count() == 1;
    let identifies = |name: &str| found.primary_identifier().any(|path| dotted(path) == name);
    let mut attributes = Vec::new();
    for attribute in found.attributes() {
        let name = attribute.name;
        let is_below = |other: &str| {
            other
                .strip_prefix(name)
                .is_some_and(|rest| rest.starts_with('.'))
        };
        if found.attributes().any(|other| is_below(other.name)) {
            continue;
        }
        if naming.property.as_deref() == Some(name) {
            attributes.push((name.to_owned(), form("{name}")));
        } else if is_read_only(found, name) || found.schema().property(first(name)).is_none() {
            let made = match identifies(name) {
                true if single => form("{physical}"),
                true => form(&identifier(found, last(name))),
                false => attribute_form(found, name, attribute.schema.map(Schema::resolve)),
            };
            attributes.push((name.to_owned(), made));
        }
    }
    attributes
}

fn attribute_form(found: ResourceType, path: &str, schema: Option<Schema>) -> Form {
    let name = last(path);
    let holds = |json_type| schema.is_some_and(|schema| schema.types().contains(json_type));
    if let Some(value) = schema.and_then(listed) {
        return Form::plain(&value);
    }
    if holds(JsonType::Array) {
        return form("[]");
    }
    if holds(JsonType::Object) {
        return Form::plain("{}");
    }
    if holds(JsonType::Boolean) {
        return Form::plain("false");
    }
    let counts = behaviour::counts_up(name);
    if holds(JsonType::Integer) || holds(JsonType::Number) {
        let is_time = TIMES.iter().any(|end| name.ends_with(end));
        return Form::plain(if is_time {
            SECONDS
        } else if counts {
            "1"
        } else {
            "0"
        });
    }
    form(&text_form(found, name, counts))
}

/// The form of a text, by its name.
fn text_form(found: ResourceType, name: &str, counts: bool) -> String {
    let own = found.name().rsplit("::").next().unwrap_or_default();
    let is_own = |end: &str| {
        name.strip_suffix(end)
            .is_some_and(|stem| stem.is_empty() || own.ends_with(stem))
    };
    let ends = |ends: &[&str]| ends.iter().any(|end| name.ends_with(end));
    let is_identified_by_arn = found.primary_identifier().any(|path| is_arn(path.as_str()));
    match name {
        _ if is_own("Arn") || is_own("ARN") => match is_identified_by_arn {
            true => "{physical}".to_owned(),
            false => format!("{}:{}/{}", owner(found), kind(found), in_arn(found)),
        },
        _ if is_arn(name) => format!("{}:{}/{{hex:17:{name}}}", owner(found), kebab(stem(name))),
        "AccountId" | "OwnerId" | "AwsAccountId" | "OwnerAccount" | "ResourceOwner" => {
            "{account}".to_owned()
        }
        _ if ends(&["Region"]) => "{region}".to_owned(),
        _ if ends(&["Reason", "Message"]) => String::new(),
        _ if counts => "1".to_owned(),
        _ if is_own("Name") => "{name}".to_owned(),
        _ if ends(&["Id", "ID", "Uid", "Identifier"]) => format!("{{uuid:{name}}}"),
        _ if ends(&TIMES) => TIME.to_owned(),
        _ if ends(&["Port"]) => "443".to_owned(),
        _ if ends(&["Url", "URL", "Uri", "URI"]) => format!("https://{}/", host(found)),
        _ if ends(&[
            "Endpoint",
            "DomainName",
            "DNSName",
            "DnsName",
            "Address",
            "Host",
        ]) =>
        {
            host(found)
        }
        _ if ends(&["Status", "State"]) => "ACTIVE".to_owned(),
        _ if ends(&["Count", "Size"]) => "0".to_owned(),
        _ if ends(&["Version"]) => "1".to_owned(),
        _ => format!("{{mixed:12:{name}}}"),
    }
}

/// The value that a schema lists.
fn listed(schema: Schema) -> Option<String> {
    let text = |fact: Fact| fact.as_text().map(str::to_owned);
    if let Some(value) = schema.const_value().and_then(text) {
        return Some(value);
    }
    let values: Vec<_> = schema.enum_values()?.filter_map(text).collect();
    let well = WELL
        .iter()
        .find(|well| values.iter().any(|value| value == *well));
    well.map(|well| (*well).to_owned())
        .or_else(|| values.into_iter().next())
}

/// `arn:aws:service:region:account`.
fn owner(found: ResourceType) -> String {
    format!(
        "arn:{{partition}}:{}:{{region}}:{{account}}",
        service(found)
    )
}

fn host(found: ResourceType) -> String {
    format!("{{lower:12:host}}.{}.{{region}}.{{dns}}", service(found))
}

/// What ARNs call the service of a type.
fn service(found: ResourceType) -> String {
    let own = found.name().split("::").nth(1).unwrap_or_default();
    let known = SERVICES.iter().find(|(known, _)| *known == own);
    known.map_or_else(|| own.to_lowercase(), |(_, service)| (*service).to_owned())
}

/// What a type is called in IDs: `user-pool`.
fn kind(found: ResourceType) -> String {
    kebab(found.name().rsplit("::").next().unwrap_or_default())
}

fn kebab(name: &str) -> String {
    let mut kebab = String::new();
    let mut before = None;
    for letter in name.chars() {
        if letter.is_ascii_uppercase()
            && before.is_some_and(|before: char| before.is_ascii_lowercase())
        {
            kebab.push('-');
        }
        kebab.push(letter.to_ascii_lowercase());
        before = Some(letter);
    }
    kebab
}

fn stem(name: &str) -> &str {
    name.strip_suffix("Arn")
        .or_else(|| name.strip_suffix("ARN"))
        .unwrap_or(name)
}

fn is_arn(name: &str) -> bool {
    name.ends_with("Arn") || name.ends_with("ARN")
}

/// A path with dots, as forms have it.
fn dotted(path: PropertyPath) -> String {
    path.as_str().replace('/', ".")
}

fn first(path: &str) -> &str {
    path.split('.').next().unwrap_or_default()
}

fn last(path: &str) -> &str {
    path.rsplit('.').next().unwrap_or_default()
}

/// Whether a property, or what it is part of, cannot be set.
pub(super) fn is_read_only(found: ResourceType, path: &str) -> bool {
    found.read_only().any(|known| {
        let mut steps = path.split('.');
        known
            .segments()
            .all(|segment| steps.next() == Some(segment))
    })
}

/// Reads a form that was made here; where it is none, which a test over all types rules out, the text as it is.
fn form(text: &str) -> Form {
    Form::read(text).unwrap_or_else(|| Form::plain(text))
}
