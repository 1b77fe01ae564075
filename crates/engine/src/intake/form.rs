//! The form of a call, templates and parameters aside.
//!
//! What lives here: names, tokens, lengths, numbers of things, and the texts for what has none of the service's forms.
//! What does not: whether what is named exists. Source: the service's model; the texts of constraints are recorded.

mod policy;
mod template;

pub(crate) use policy::stack_policy;
pub(crate) use template::{Given, source, template_url};

use stratiform_service::Refusal;
use stratiform_template::Template;

use crate::input::Refused;

/// The capabilities that there are, in the service's order.
const CAPABILITIES: [&str; 3] = [
    "CAPABILITY_NAMED_IAM",
    "CAPABILITY_AUTO_EXPAND",
    "CAPABILITY_IAM",
];

/// The kinds of alarms that can roll a stack back.
const TRIGGERS: [&str; 2] = ["AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm"];

/// Something in a call that breaks a constraint of the service's model.
pub(crate) fn constraint(member: &str, value: &str, constraint: &str) -> Refused {
    Refusal::Constraint {
        value: format!("'{value}'"),
        member: member.to_owned(),
        constraint: constraint.to_owned(),
    }
    .into()
}

/// A text that is longer than it may be.
pub(crate) fn too_long(member: &str, value: &str, most: usize) -> Refused {
    let text = format!("Member must have length less than or equal to {most}");
    constraint(member, value, &text)
}

/// Checks the length of a text or of a list, which is shown as `value`.
fn length(
    member: &str,
    value: &str,
    length: usize,
    least: usize,
    most: usize,
) -> Result<(), Refused> {
    if length < least {
        let text = format!("Member must have length greater than or equal to {least}");
        return Err(constraint(member, value, &text));
    }
    match length > most {
        true => Err(too_long(member, value, most)),
        false => Ok(()),
    }
}

/// Checks the length of a text, in characters.
pub(crate) fn text(member: &str, value: &str, least: usize, most: usize) -> Result<(), Refused> {
    length(member, value, value.chars().count(), least, most)
}

/// Letters, digits and hyphens, a letter first.
fn is_hyphenated(text: &str) -> bool {
    let starts = text
        .bytes()
        .next()
        .is_some_and(|byte| byte.is_ascii_alphabetic());
    starts
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// `arn:` and what may follow.
fn is_arn(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-:/._+".contains(&byte);
    text.strip_prefix("arn:")
        .is_some_and(|rest| rest.bytes().all(fits))
}

/// Checks a stack's name, or its ARN.
pub(crate) fn stack_name(name: &str) -> Result<(), Refused> {
    if !is_hyphenated(name) && !is_arn(name) {
        let pattern = "Member must satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*|arn:[-a-zA-Z0-9:/._+]*";
        return Err(constraint("stackName", name, pattern));
    }
    match is_arn(name) {
        true => Ok(()),
        false => text("stackName", name, 1, 128),
    }
}

/// Checks the name of a new change set.
pub(crate) fn change_set_name(name: &str) -> Result<(), Refused> {
    if !is_hyphenated(name) {
        let pattern = "Member must satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*";
        return Err(constraint("changeSetName", name, pattern));
    }
    text("changeSetName", name, 1, 128)
}

/// Checks a client request token; `member` is its name in the call.
pub(crate) fn token(member: &str, token: &str) -> Result<(), Refused> {
    let starts = token
        .bytes()
        .next()
        .is_some_and(|byte| byte.is_ascii_alphanumeric());
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    if !starts || !token.bytes().all(fits) {
        let pattern = "Member must satisfy regular expression pattern: [a-zA-Z0-9][-a-zA-Z0-9]*";
        return Err(constraint(member, token, pattern));
    }
    text(member, token, 1, 128)
}

/// Checks a stack's tags, keys with values.
pub(crate) fn tags(tags: &[(&str, &str)]) -> Result<(), Refused> {
    let shown = tags
        .iter()
        .map(|(key, value)| format!("Tag(key={key}, value={value})"));
    let shown: Vec<String> = shown.collect();
    length(
        "tags",
        &format!("[{}]", shown.join(", ")),
        tags.len(),
        0,
        50,
    )?;
    for (index, (key, value)) in tags.iter().enumerate() {
        let number = index + 1;
        text(&format!("tags.{number}.member.key"), key, 1, 128)?;
        text(&format!("tags.{number}.member.value"), value, 1, 256)?;
        if key.to_ascii_lowercase().starts_with("aws:") {
            // Quoted by clients.
            return Err(Refused::validation(
                "aws: prefixed tag key names are not allowed for external use.",
            ));
        }
        if tags.iter().take(index).any(|(before, _)| before == key) {
            return Err(Refused::validation("Tag keys must be unique."));
        }
    }
    Ok(())
}

/// Checks the topics that are told of events.
pub(crate) fn notification_arns(arns: &[String]) -> Result<(), Refused> {
    let shown = format!("[{}]", arns.join(", "));
    length("notificationARNs", &shown, arns.len(), 0, 5)
}

/// Checks the capabilities that a call gives.
pub(crate) fn capabilities(given: &[String]) -> Result<(), Refused> {
    if given
        .iter()
        .all(|name| CAPABILITIES.contains(&name.as_str()))
    {
        return Ok(());
    }
    let text = format!(
        "Member must satisfy constraint: [Member must satisfy enum value set: [{}]]",
        CAPABILITIES.join(", ")
    );
    Err(constraint(
        "capabilities",
        &format!("[{}]", given.join(", ")),
        &text,
    ))
}

/// Checks the role that acts for the stack.
pub(crate) fn role(arn: &str) -> Result<(), Refused> {
    text("roleARN", arn, 20, 2048)?;
    match is_role(arn) {
        true => Ok(()),
        false => Err(Refusal::RoleUnusable {
            role: arn.to_owned(),
        }
        .into()),
    }
}

/// Whether an ARN is that of a role: `arn:aws:iam::ACCOUNT:role/NAME`.
fn is_role(arn: &str) -> bool {
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    let [scheme, _, service, region, account, resource] = parts.as_slice() else {
        return false;
    };
    let is_account = account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
    let name = resource.strip_prefix("role/").unwrap_or_default();
    *scheme == "arn" && *service == "iam" && region.is_empty() && is_account && !name.is_empty()
}

/// Checks the alarms that roll a stack back, types with ARNs, and for how many minutes they are watched.
pub(crate) fn rollback(triggers: &[(&str, &str)], minutes: Option<i64>) -> Result<(), Refused> {
    let shown = triggers
        .iter()
        .map(|(kind, arn)| format!("RollbackTrigger(arn={arn}, type={kind})"));
    let shown: Vec<String> = shown.collect();
    let shown = format!("[{}]", shown.join(", "));
    length(
        "rollbackConfiguration.rollbackTriggers",
        &shown,
        triggers.len(),
        0,
        5,
    )?;
    for (kind, arn) in triggers {
        if !TRIGGERS.contains(kind) {
            return Err(Refusal::TriggerTypeUnsupported {}.into());
        }
        if !is_alarm(arn) {
            return Err(Refusal::TriggerArnIncorrect {}.into());
        }
    }
    let member = "rollbackConfiguration.monitoringTimeInMinutes";
    match minutes {
        Some(minutes) if minutes < 0 => Err(constraint(
            member,
            &minutes.to_string(),
            "Member must have value greater than or equal to 0",
        )),
        Some(minutes) if minutes > 180 => Err(constraint(
            member,
            &minutes.to_string(),
            "Member must have value less than or equal to 180",
        )),
        Some(_) | None => Ok(()),
    }
}

/// Whether an ARN is that of an alarm: `arn:aws:cloudwatch:REGION:ACCOUNT:alarm:NAME`.
fn is_alarm(arn: &str) -> bool {
    let mut parts = arn.splitn(7, ':');
    let is_cloudwatch = parts.next() == Some("arn") && parts.nth(1) == Some("cloudwatch");
    is_cloudwatch
        && parts.nth(2) == Some("alarm")
        && parts.next().is_some_and(|name| !name.is_empty())
}

/// Checks that every resource is of one of the types that a call allows; it allows all where it names none.
pub(crate) fn resource_types(template: &Template, allowed: &[String]) -> Result<(), Refused> {
    if allowed.is_empty() {
        return Ok(());
    }
    let is_allowed = |name: &str| {
        allowed
            .iter()
            .any(|allowed| match allowed.strip_suffix('*') {
                // `AWS::EC2:*` allows nothing: recorded.
                Some(prefix) => prefix.ends_with("::") && name.starts_with(prefix),
                None => allowed == name,
            })
    };
    let mut types = template
        .each_resource()
        .map(|(_, resource)| resource.resource_type.as_str());
    match types.find(|name| !is_allowed(name)) {
        None => Ok(()),
        Some(name) => Err(Refusal::ResourceTypeNotAllowed {
            resource_type: name.to_owned(),
            allowed: allowed.to_vec(),
        }
        .into()),
    }
}
