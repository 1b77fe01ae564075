//! What may be written in the parts of a template: sections, attributes, types, properties, values.

use stratiform_catalog::catalog;

use super::function::{calls, names};
use super::{Asked, Completion, Kind};
use crate::facts::Facts;
use crate::names::SECTIONS;
use crate::sketch::Style;

/// How many types are proposed at once; what is typed leaves fewer.
const TYPES: usize = 2_000;

/// An attribute: its name, what it says, whether it has parts.
type Attribute = (&'static str, &'static str, bool);

const RESOURCE: [Attribute; 9] = [
    ("Type", "what kind of resource it is", false),
    ("Properties", "what it is like", true),
    ("DependsOn", "what has to be there before it", false),
    ("Condition", "it exists only where this holds", false),
    (
        "DeletionPolicy",
        "what becomes of it when it leaves the stack",
        false,
    ),
    (
        "UpdateReplacePolicy",
        "what becomes of the old one when it is replaced",
        false,
    ),
    ("UpdatePolicy", "how its parts are updated", true),
    ("CreationPolicy", "what its creation waits for", true),
    ("Metadata", "whatever there is to say about it", true),
];

const PARAMETER: [Attribute; 11] = [
    ("Type", "what its value is", false),
    ("Default", "the value that holds where none is given", false),
    ("Description", "what it is for", false),
    ("AllowedValues", "the values that it may have", true),
    ("AllowedPattern", "what its value has to match", false),
    (
        "ConstraintDescription",
        "what is said where the value is refused",
        false,
    ),
    ("MinLength", "the fewest characters", false),
    ("MaxLength", "the most characters", false),
    ("MinValue", "the least number", false),
    ("MaxValue", "the greatest number", false),
    ("NoEcho", "nobody is shown its value", false),
];

const OUTPUT: [Attribute; 4] = [
    ("Value", "what it is", false),
    ("Description", "what it is for", false),
    (
        "Export",
        "the name under which other stacks import it",
        true,
    ),
    ("Condition", "it exists only where this holds", false),
];

/// Types of parameters, but for those of Systems Manager and lists, which are made of these.
const PARAMETER_TYPES: [&str; 13] = [
    "String",
    "Number",
    "List<Number>",
    "CommaDelimitedList",
    "AWS::EC2::AvailabilityZone::Name",
    "AWS::EC2::Image::Id",
    "AWS::EC2::KeyPair::KeyName",
    "AWS::EC2::SecurityGroup::Id",
    "AWS::EC2::Subnet::Id",
    "AWS::EC2::VPC::Id",
    "AWS::Route53::HostedZone::Id",
    "AWS::SSM::Parameter::Name",
    "AWS::SSM::Parameter::Value<String>",
];

pub(super) fn part(asked: &Asked<'_>) -> Vec<Completion> {
    match asked.spot.steps().as_slice() {
        [] => attributes(
            asked,
            Kind::Section,
            SECTIONS.map(|(name, about)| {
                let has_parts = !matches!(
                    name,
                    "AWSTemplateFormatVersion" | "Description" | "Transform"
                );
                (name, about, has_parts)
            }),
        ),
        ["AWSTemplateFormatVersion"] => values(asked, ["2010-09-09"]),
        ["Transform"] => values(
            asked,
            ["AWS::LanguageExtensions", "AWS::Serverless-2016-10-31"],
        ),
        ["Parameters", _] => attributes(asked, Kind::Attribute, PARAMETER),
        ["Parameters", _, "Type"] => values(asked, PARAMETER_TYPES),
        ["Parameters", _, "NoEcho"] => values(asked, ["true", "false"]),
        ["Outputs", _] => attributes(asked, Kind::Attribute, OUTPUT),
        ["Outputs", _, "Export"] => attributes(
            asked,
            Kind::Attribute,
            [("Name", "unique in the region", false)],
        ),
        ["Outputs" | "Resources", _, "Condition"] => names(asked, &["Conditions"], "condition"),
        ["Outputs", _, "Value"] | ["Outputs", _, "Export", "Name"] => calls(asked),
        ["Conditions", _, ..] => calls(asked),
        ["Resources", _] => attributes(asked, Kind::Attribute, RESOURCE),
        ["Resources", _, "Type"] => types(asked),
        ["Resources", _, "DependsOn"] | ["Resources", _, "DependsOn", _] => dependencies(asked),
        ["Resources", _, "DeletionPolicy"] => values(
            asked,
            ["Retain", "Snapshot", "Delete", "RetainExceptOnCreate"],
        ),
        ["Resources", _, "UpdateReplacePolicy"] => values(asked, ["Retain", "Snapshot", "Delete"]),
        ["Resources", _, "Properties", ..] => properties(asked),
        _ => Vec::new(),
    }
}

fn attributes<const N: usize>(
    asked: &Asked<'_>,
    kind: Kind,
    attributes: [Attribute; N],
) -> Vec<Completion> {
    if !asked.may_be_key() {
        return Vec::new();
    }
    let new = attributes
        .into_iter()
        .filter(|(name, ..)| asked.is_new(name));
    let proposal = |(name, about, has_parts): Attribute| Completion {
        detail: about.to_owned(),
        rank: if matches!(name, "Type" | "Value") {
            0
        } else {
            1
        },
        ..asked.key(kind, name, has_parts)
    };
    new.map(proposal).collect()
}

fn values<const N: usize>(asked: &Asked<'_>, values: [&str; N]) -> Vec<Completion> {
    let values = values.into_iter().filter(|_| asked.may_be_value());
    values
        .map(|value| asked.value(Kind::Value, value))
        .collect()
}

/// Resource types that have what is typed in their names.
fn types(asked: &Asked<'_>) -> Vec<Completion> {
    let typed = asked.typed().to_ascii_lowercase();
    let all = catalog().resource_types().map(|known| known.name());
    let fitting = all.filter(|name| name.to_ascii_lowercase().contains(&typed));
    let proposal = |name: &str| Completion {
        rank: if name.to_ascii_lowercase().starts_with(&typed) {
            1
        } else {
            2
        },
        ..asked.value(Kind::ResourceType, name)
    };
    fitting.take(TYPES).map(proposal).collect()
}

fn dependencies(asked: &Asked<'_>) -> Vec<Completion> {
    let own = asked.spot.path.get(1);
    let all = asked.names.below(&["Resources"]).into_iter();
    let others =
        all.filter(|sign| Some(&sign.key) != own && !asked.spot.before.contains(&sign.key));
    let proposal = |sign: &crate::sketch::Sign| Completion {
        detail: asked
            .names
            .type_name(&sign.key)
            .unwrap_or_default()
            .to_owned(),
        ..asked.value(Kind::Reference, &sign.key)
    };
    others.map(proposal).collect()
}

/// Properties and their values.
fn properties(asked: &Asked<'_>) -> Vec<Completion> {
    let Some(facts) = Facts::at(asked.names, &asked.spot.steps()) else {
        // Inside of a function there may be others.
        let is_free = asked.may_be_value() && !asked.spot.path.iter().any(|it| it == "Fn::Sub");
        return match is_free {
            true => calls(asked),
            false => Vec::new(),
        };
    };
    let mut found = Vec::new();
    if asked.may_be_key() {
        found.extend(keys(asked, &facts, ""));
        // Under the key of a list each item begins with a dash.
        if found.is_empty()
            && asked.spot.style == Style::Block
            && let Some(items) = facts
                .below("0")
                .filter(|items| items.path.last().is_some_and(|it| it == "*"))
        {
            found.extend(keys(asked, &items, "- "));
        }
    }
    if asked.may_be_value() && !facts.path.is_empty() {
        let is_text = facts.takes(stratiform_catalog::JsonType::String);
        for value in facts.values() {
            let mut proposal = asked.value(Kind::Value, &value);
            if asked.is_json() && !is_text {
                proposal.insert.clone_from(&value);
            }
            found.push(proposal);
        }
        // What is a map or a list of its own is rarely what a function gives.
        let is_begun = asked.typed().starts_with('!');
        if is_begun || !facts.is_collection() || facts.takes(stratiform_catalog::JsonType::String) {
            found.extend(calls(asked));
        }
    }
    found
}

/// The properties that are not there yet, those that are required first.
fn keys(asked: &Asked<'_>, facts: &Facts, dash: &str) -> Vec<Completion> {
    let mut found = Vec::new();
    for (name, is_required) in facts.properties() {
        let Some(below) = facts.below(name).filter(|_| asked.is_new(name)) else {
            continue;
        };
        let is_deprecated = below.is_deprecated();
        let mut proposal = asked.key(Kind::Property, name, below.is_collection());
        proposal.insert = format!("{dash}{}", proposal.insert);
        proposal.detail = match is_required {
            true => format!("required, {}", below.shape()),
            false => below.shape(),
        };
        proposal.rank = match (is_required, is_deprecated) {
            (true, _) => 0,
            (false, false) => 1,
            (false, true) => 6,
        };
        proposal.is_deprecated = is_deprecated;
        found.push(proposal);
    }
    found
}
