//! What the template says of its parameters. `E2001`, `E2002`, `E2015`, `W2002`, `I2003`.
//!
//! Source: CloudFormation user guide, "Parameters section syntax" and "Specify existing resources at runtime with
//! CloudFormation-supplied parameter types".

use stratiform_finding::words::{meant, shortened};
use stratiform_finding::{Code, Finding, Level};
use stratiform_resolve::declared;
use stratiform_template::{Parameter, Path, Value};

use super::{section, told};
use crate::scene::Scene;

const TYPES: [&str; 15] = [
    "String",
    "Number",
    "CommaDelimitedList",
    "List<Number>",
    "List<String>",
    "AWS::EC2::AvailabilityZone::Name",
    "AWS::EC2::Image::Id",
    "AWS::EC2::Instance::Id",
    "AWS::EC2::KeyPair::KeyName",
    "AWS::EC2::SecurityGroup::GroupName",
    "AWS::EC2::SecurityGroup::Id",
    "AWS::EC2::Subnet::Id",
    "AWS::EC2::VPC::Id",
    "AWS::EC2::Volume::Id",
    "AWS::Route53::HostedZone::Id",
];

/// The name of a parameter of Systems Manager.
const STORED: &str = "AWS::SSM::Parameter::Name";

/// Constraints of text, and those of numbers.
const OF_TEXT: [&str; 3] = ["AllowedPattern", "MinLength", "MaxLength"];
const OF_NUMBERS: [&str; 2] = ["MinValue", "MaxValue"];

pub(super) fn check(scene: &Scene<'_>, findings: &mut Vec<Finding>) {
    if scene.is_transformed {
        return;
    }
    let parameters = section("Parameters");
    for (name, parameter) in &scene.template.parameters {
        let path = parameters.key(name);
        // What has no type is told for that.
        if parameter.parameter_type.is_empty() {
            continue;
        }
        let before = findings.len();
        findings.extend(kind(parameter, &path));
        constraints(parameter, &path, findings);
        if findings.len() == before {
            findings.extend(default(name, parameter, &path));
        }
    }
}

fn kind(parameter: &Parameter, path: &Path<'_>) -> Option<Finding> {
    let name = parameter.parameter_type.as_str();
    let own = match parameter.is_looked_up() {
        true => name
            .strip_prefix("AWS::SSM::Parameter::Value<")?
            .strip_suffix('>')?,
        false => name,
    };
    let item = own
        .strip_prefix("List<")
        .and_then(|rest| rest.strip_suffix('>'))
        .filter(|item| TYPES.contains(item) && item.starts_with("AWS::"));
    let is_known = TYPES.contains(&own) || item.is_some() || own == STORED;
    if is_known {
        return None;
    }
    // What is read from Systems Manager may have types that no page lists.
    let level = match parameter.is_looked_up() {
        true => Level::Warning,
        false => Level::Error,
    };
    let help = meant(name, TYPES).unwrap_or_else(|| "`String` takes any text".to_owned());
    Some(told(
        &path.key("Type"),
        (Code::ParameterType, level),
        format!("parameters have no type `{}`", shortened(name)),
        "CloudFormation has a list of types for them",
        help,
    ))
}

/// Each constraint by itself, and whether it is one of the type.
fn constraints(parameter: &Parameter, path: &Path<'_>, findings: &mut Vec<Finding>) {
    let is_number = matches!(parameter.parameter_type.as_str(), "Number");
    let mut wrong = |name: &str, what: String, help: &str| {
        let kind = (Code::ParameterConstraint, Level::Error);
        findings.push(told(&path.key(name), kind, what, "", help));
    };
    for (name, value) in &parameter.constraints {
        let name = name.as_str();
        let number = || {
            value
                .scalar()
                .and_then(|text| text.trim().parse::<f64>().ok())
        };
        match name {
            "AllowedPattern" | "ConstraintDescription" if value.scalar().is_none() => {
                wrong(name, format!("`{name}` is no text"), "write a text");
            }
            "AllowedValues" => match value.as_list() {
                Some(items) if items.iter().all(|item| item.scalar().is_some()) => {}
                Some(_) => wrong(
                    name,
                    "`AllowedValues` has something other than texts".to_owned(),
                    "write literals",
                ),
                None => wrong(
                    name,
                    "`AllowedValues` is no list".to_owned(),
                    "write a list of texts",
                ),
            },
            "MinLength" | "MaxLength" | "MinValue" | "MaxValue" if number().is_none() => {
                wrong(name, format!("`{name}` is no number"), "write a number");
            }
            _ => {}
        }
        let is_misplaced = match is_number {
            true => OF_TEXT.contains(&name),
            false => OF_NUMBERS.contains(&name),
        };
        if is_misplaced {
            let what = format!("`{name}` says nothing of a {}", parameter.parameter_type);
            let help = match is_number {
                true => "numbers have `MinValue`, `MaxValue` and `AllowedValues`",
                false => {
                    "texts have `MinLength`, `MaxLength`, `AllowedPattern` and `AllowedValues`"
                }
            };
            wrong(name, what, help);
        }
    }
    between(parameter, ("MinLength", "MaxLength"), &mut wrong);
    between(parameter, ("MinValue", "MaxValue"), &mut wrong);
    if let Some(pattern) = parameter
        .constraints
        .get("AllowedPattern")
        .and_then(Value::as_str)
        && !is_closed(pattern)
    {
        let help = "close the bracket, or write `\\` before one that is meant as it is";
        wrong(
            "AllowedPattern",
            "the pattern has a bracket that never closes".to_owned(),
            help,
        );
    }
}

/// A least that is no more than the most.
fn between(
    parameter: &Parameter,
    (least, most): (&str, &str),
    wrong: &mut impl FnMut(&str, String, &str),
) {
    let number = |name: &str| -> Option<f64> {
        parameter
            .constraints
            .get(name)?
            .scalar()?
            .trim()
            .parse()
            .ok()
    };
    if let (Some(low), Some(high)) = (number(least), number(most))
        && low > high
    {
        let what = format!("`{least}` is more than `{most}`");
        wrong(least, what, "no value can be both");
    }
}

/// Whether all brackets of a regular expression close.
fn is_closed(pattern: &str) -> bool {
    let mut open = 0_usize;
    let mut class = None;
    let mut letters = pattern.chars().enumerate();
    while let Some((position, letter)) = letters.next() {
        match (letter, class) {
            ('\\', _) => drop(letters.next()),
            // The first one in a class stands for itself.
            (']', Some(start)) if position > start + 1 => class = None,
            (_, Some(_)) => {}
            ('[', None) => class = Some(position),
            ('(', None) => open += 1,
            (')', None) => match open.checked_sub(1) {
                Some(left) => open = left,
                None => return false,
            },
            _ => {}
        }
    }
    open == 0 && class.is_none()
}

/// A default that the constraints allow.
fn default(name: &str, parameter: &Parameter, path: &Path<'_>) -> Option<Finding> {
    let text = declared::default(parameter)?;
    let refused = declared::breaks(name, parameter, &text)?;
    let what = match parameter.no_echo == Some(true) {
        true => "its own constraints do not allow the default".to_owned(),
        false => format!("its own constraints do not allow `{}`", shortened(&text)),
    };
    let finding = told(
        &path.key("Default"),
        (Code::ParameterDefault, Level::Error),
        what,
        refused.to_string(),
        "give it a default that they allow, or none",
    );
    Some(finding)
}
