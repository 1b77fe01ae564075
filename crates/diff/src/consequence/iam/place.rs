//! The policy documents of a resource: what stands at each place where its type has some. Which places these are, the
//! catalog knows.

use stratiform_catalog::behaviour::{About, PolicyPlace, belongs_to};
use stratiform_resolve::{Entries, Resolved, Style};

use super::condition;
use super::pattern::{Case, Pattern};
use super::property::quoted;
use super::statement::{Defaults, Document};
use crate::consequence::nouns::noun;
use crate::consequence::standing::{Properties, Standing};

/// The statements that a resource has at a place; where they are about targets, about those too that it is attached to
/// elsewhere.
pub(super) fn document(
    one: &Standing<'_>,
    place: &PolicyPlace,
    attached: Vec<Pattern>,
) -> Document {
    let properties = one.properties;
    let own = own_name(one.resource_type, one.logical_id);
    // What moves to another logical ID is about the same.
    let resource = match (one.owner_keys().first(), place.about) {
        (Some(owner), About::Principals | About::Permission) => {
            Pattern::name(owner.as_str()).of_kind("", own)
        }
        _ => Pattern::name(own),
    };
    let principals = match place.about {
        About::Itself => vec![itself(one)],
        About::Targets => holders(one, attached),
        About::Passers => vec![Pattern::any("everybody who comes this way")],
        About::Principals | About::Permission => {
            vec![Pattern::name("whoever it does not name")]
        }
    };
    let defaults = Defaults {
        principals,
        resource,
    };
    let mut document = Document::default();
    if place.about == About::Permission {
        let written = place.path.and_then(|path| properties.get(path.as_str()));
        let statement = written.cloned();
        document.statement(
            &statement.unwrap_or_else(|| permission(properties)),
            &defaults,
        );
        return document;
    }
    let values = place.path.map(|path| properties.at(path.as_str()));
    let values = values.unwrap_or_default();
    // VPC user guide, "Control access to VPC endpoints using endpoint policies": the default allows everything.
    if place.about == About::Passers && values.is_empty() {
        let entry = |(key, value): (&'static str, _)| (key, Resolved::literal(value));
        let allowed = [("Effect", "Allow"), ("Action", "*"), ("Resource", "*")].map(entry);
        document.statement(&Resolved::Map(allowed.into_iter().collect()), &defaults);
    }
    for value in values {
        document.read(value, &defaults);
    }
    document
}

/// Those whom a policy is attached to: as it says itself, and elsewhere.
fn holders(one: &Standing<'_>, attached: Vec<Pattern>) -> Vec<Pattern> {
    let each = belongs_to(one.resource_type).flat_map(|owner| {
        let names = one.properties.get(owner.path.as_str()).into_iter();
        let noun = owner.noun.unwrap_or_default();
        names
            .flat_map(Resolved::items)
            .map(move |name| named(noun, name))
    });
    let holders: Vec<Pattern> = each.chain(attached).collect();
    if holders.is_empty() {
        return vec![whoever_has(one)];
    }
    holders
}

/// Whoever a policy is attached to elsewhere.
pub(super) fn whoever_has(one: &Standing<'_>) -> Pattern {
    let own = own_name(one.resource_type, one.logical_id);
    Pattern::name(format!("whoever has {own}"))
}

/// The resource, as somebody who may do something: the same as a reference to it, or its name.
pub(super) fn itself(one: &Standing<'_>) -> Pattern {
    named(&noun(one.resource_type), &one.reference())
}

/// ``role `Api` ``: the resource itself.
pub(super) fn own_name(resource_type: &str, logical_id: &str) -> String {
    let name = crate::consequence::nouns::named(resource_type, logical_id);
    name.strip_prefix("the ").unwrap_or(&name).to_owned()
}

/// ``role `Api` ``: something of this stack by its logical ID, anything else by its name.
fn named(kind: &str, name: &Resolved<'_>) -> Pattern {
    let shown = format!("{kind} {}", quoted(name));
    Pattern::new(name, Case::Matters).of_kind(kind, shown)
}

/// The statement that `AWS::Lambda::Permission` and its like write with properties.
///
/// Source: Lambda API reference, "AddPermission", "AddLayerVersionPermission"; EventBridge API reference, "PutPermission".
fn permission(properties: Properties<'_>) -> Resolved<'static> {
    let mut statement = Entries::default();
    let mut put = |key: &'static str, value: Resolved<'static>| statement.insert(key, value);
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
        let kinds = [(kind, principal.clone())];
        put("Principal", Resolved::Map(kinds.into_iter().collect()));
    }
    let mut tests = Entries::default();
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
