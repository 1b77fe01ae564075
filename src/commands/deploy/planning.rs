//! From what is synthesized and what is deployed to a plan.
//!
//! What lives here: which stacks, in which order, with which values. What does not: asking anybody for anything.

use std::collections::{BTreeMap, HashSet};

use indexmap::{IndexMap, IndexSet};
use stratiform_assembly::{Assembly, StackAt, StackPolicy};
use stratiform_deploy::call::{ParameterValue, Stack};
use stratiform_deploy::{Allowance, Loss, PlannedStack};
use stratiform_finding::words::{joined, meant};
use stratiform_finding::{Code, Finding};
use stratiform_resolve::declared::breaks;
use stratiform_service::status::{Ending, Phase};
use stratiform_service::{LogicalId, Refusal, StackName};
use stratiform_template::{Parameter, Value};

use crate::args::{Allow, Going, ParameterValue as GivenValue};
use crate::exit::Exit;
use crate::report::Failure;
use crate::restores::{Restored, restored};
use crate::services::service_of;

/// The stacks that were asked for, as places in the assembly; all of them where none was named.
///
/// # Errors
/// A stack that is not there.
pub(super) fn choose(assembly: &Assembly, wanted: &[String]) -> Result<Vec<usize>, Failure> {
    for name in wanted {
        place(assembly, name)?;
    }
    let is_chosen = |stack: &StackAt| {
        let names = [stack.name.as_str(), assembly.key(&stack.name)];
        wanted.is_empty() || wanted.iter().any(|wanted| names.contains(&wanted.as_str()))
    };
    let stacks = assembly.stacks.iter().enumerate();
    let chosen = stacks.filter(|(_, stack)| is_chosen(stack));
    Ok(chosen.map(|(index, _)| index).collect())
}

/// The place of a stack, by its short or full name.
fn place(assembly: &Assembly, name: &str) -> Result<usize, Failure> {
    let mut stacks = assembly.stacks.iter();
    let found = stacks.position(|stack| stack.name == name || assembly.key(&stack.name) == name);
    found.ok_or_else(|| {
        let stacks = assembly.stacks.iter();
        let keys: Vec<&str> = stacks.map(|stack| assembly.key(&stack.name)).collect();
        let help = meant(name, keys.iter().copied())
            .unwrap_or_else(|| format!("the stacks are: {}", joined(&keys)));
        let what = format!("no stack is called `{name}`");
        Failure::new(Exit::Usage, Code::UnknownStack, what, help)
    })
}

/// For each chosen stack the chosen ones that it needs, as places among those that are chosen; also where the way leads
/// through one that is not.
pub(crate) fn dependencies(assembly: &Assembly, chosen: &[usize]) -> Vec<Vec<usize>> {
    let mut needed: Vec<HashSet<usize>> = Vec::new();
    for stack in &assembly.stacks {
        let mut all = HashSet::new();
        for name in &stack.depends_on {
            // A stack comes after all that it needs.
            let known = assembly.stacks.get(..needed.len()).unwrap_or_default();
            if let Some(place) = known.iter().position(|other| other.name == *name) {
                match chosen.iter().position(|chosen| *chosen == place) {
                    Some(among) => drop(all.insert(among)),
                    None => all.extend(needed.get(place).into_iter().flatten()),
                }
            }
        }
        needed.push(all);
    }
    let sorted = chosen.iter().map(|place| {
        let mut all: Vec<usize> = needed.get(*place).into_iter().flatten().copied().collect();
        all.sort_unstable();
        all
    });
    sorted.collect()
}

/// The resources that may go.
///
/// # Errors
/// A stack that is not there, or a resource that it neither has nor had.
pub(crate) fn allowances(
    assembly: &Assembly,
    deployed: &IndexMap<String, StackAt>,
    allowed: &[Allow],
) -> Result<Vec<Allowance>, Failure> {
    let resources = allowed.iter().filter_map(|allow| match allow {
        Allow::Resource {
            going,
            stack,
            logical_id,
        } => Some((going, stack, logical_id)),
        Allow::Cross { .. } => None,
    });
    let allowances = resources.map(|(going, stack, logical_id)| {
        let after = &assembly.stacks[place(assembly, stack)?];
        let sides = [Some(after), deployed.get(&after.name)]
            .into_iter()
            .flatten();
        let known: IndexSet<&str> = sides
            .flat_map(|stack| stack.template.resources.keys())
            .map(String::as_str)
            .collect();
        let id = LogicalId::new(logical_id).ok();
        let id = id.filter(|id| known.contains(id.as_str()));
        let logical_id = id.ok_or_else(|| {
            let help = meant(logical_id, known.iter().copied());
            Failure::new(
                Exit::Usage,
                Code::UnknownResource,
                format!("the stack `{stack}` neither has nor had a resource `{logical_id}`"),
                help.unwrap_or_else(|| "take the flag away, or correct it".to_owned()),
            )
        })?;
        Ok(Allowance {
            loss: match going {
                Going::Replaced => Loss::Replace,
                Going::Deleted => Loss::Delete,
                Going::Interrupted => Loss::Interrupt,
            },
            stack: assembly.key(&after.name).to_owned(),
            logical_id,
        })
    });
    allowances.collect()
}

/// A value for each parameter of a stack: the one that is given; else what the stack has, for images, snapshots and what has
/// no default; else the default.
///
/// # Errors
/// The parameters that nothing gives a value.
pub(crate) fn parameters(
    stack: &StackAt,
    key: &str,
    given: &IndexMap<String, String>,
    deployed: Option<&Stack>,
    is_sealed: bool,
) -> Result<IndexMap<String, ParameterValue>, Vec<Finding>> {
    let known = deployed.map(Stack::values).unwrap_or_default();
    let restored = restored(&stack.template);
    let mut found = IndexMap::new();
    let mut findings = Vec::new();
    for (name, parameter) in &stack.template.parameters {
        let has = deployed.filter(|stack| stack.parameters.contains_key(name));
        // A stack that was never made is made anew, and then has no previous values.
        let previous = has.and_then(|stack| match stack.status.phase() {
            Phase::Settled(Ending::NeverCreated | Ending::Reviewed | Ending::Gone) => {
                known.get(name).cloned().map(ParameterValue::Value)
            }
            Phase::Settled(_) | Phase::Moving(_) => Some(ParameterValue::Previous),
        });
        let given = given.get(name).cloned().map(ParameterValue::Value);
        let default = default(parameter).map(ParameterValue::Value);
        let stays = service_of(name).is_some() || restored.contains_key(name.as_str());
        let value = given.or(match stays {
            true => previous.or(default),
            false => default.or(previous),
        });
        match value {
            Some(ParameterValue::Value(value)) => match breaks(name, parameter, &value) {
                None => drop(found.insert(name.clone(), ParameterValue::Value(value))),
                Some(refusal) => findings.push(not_taken(name, key, &refusal)),
            },
            Some(ParameterValue::Previous) => {
                found.insert(name.clone(), ParameterValue::Previous);
            }
            // Its change set has it, and nobody else may see it.
            None if is_sealed && parameter.no_echo == Some(true) => {
                found.insert(name.clone(), ParameterValue::Previous);
            }
            None => findings.push(without_value(name, key)),
        }
    }
    if findings.is_empty() {
        Ok(found)
    } else {
        Err(findings)
    }
}

/// The parameters that are given a value on the command line.
///
/// # Errors
/// One that no stack has, that has a default in git, that is an image, or that is given twice.
pub(super) fn given(
    assembly: &Assembly,
    values: &[GivenValue],
) -> Result<IndexMap<String, String>, Vec<Finding>> {
    let stacks = assembly.stacks.iter();
    let declared = stacks.clone().flat_map(|stack| &stack.template.parameters);
    let restored = stacks.flat_map(|stack| restored(&stack.template));
    let restored: BTreeMap<&str, Restored<'_>> = restored.collect();
    let known: IndexMap<&str, &Parameter> = declared
        .map(|(name, parameter)| (name.as_str(), parameter))
        .collect();
    let mut found = IndexMap::new();
    let mut findings = Vec::new();
    for GivenValue { name, value } in values {
        let image = service_of(name);
        let (code, what, help) = match (known.get(name.as_str()), image) {
            (None, _) => {
                let names = known.keys().copied();
                let help = meant(name, names).unwrap_or_else(|| "correct its name".to_owned());
                let what = format!("no stack has a parameter `{name}`");
                (Code::UnknownParameter, what, help)
            }
            (Some(_), Some(service)) => (
                Code::UnknownParameter,
                format!("`{name}` is the image of `{service}`"),
                format!("write --image {service}=TAG"),
            ),
            (Some(parameter), None)
                if parameter.default.is_some() && !restored.contains_key(name.as_str()) =>
            {
                (
                    Code::UnknownParameter,
                    format!("the parameter `{name}` has its value in git"),
                    "change its default where the stack is declared".to_owned(),
                )
            }
            (Some(_), None) => match found.insert(name.clone(), value.clone()) {
                None => continue,
                Some(_) => (
                    Code::Repeated,
                    format!("the parameter `{name}` is given twice"),
                    "leave one of them".to_owned(),
                ),
            },
        };
        findings.push(Finding::new(code, what, help));
    }
    if findings.is_empty() {
        Ok(found)
    } else {
        Err(findings)
    }
}

fn default(parameter: &Parameter) -> Option<String> {
    match parameter.default.as_ref()? {
        Value::String(text) => Some(text.to_string()),
        Value::Number(number) => Some(number.as_str().to_owned()),
        Value::Bool(value) => Some(value.to_string()),
        Value::Null | Value::List(_) | Value::Map(_) | Value::Function(..) => None,
    }
}

/// What CloudFormation would say when it is the stack's turn, said before anything is deployed.
fn not_taken(name: &str, key: &str, refusal: &Refusal) -> Finding {
    let what = format!("the parameter `{name}` of the stack `{key}` does not take its value");
    let help = match service_of(name) {
        Some(service) => format!("name an image that it takes: --image {service}=TAG"),
        None => format!("give it one that it takes: --parameter {name}=VALUE"),
    };
    Finding::new(Code::ParameterValue, what, help).because(refusal.to_string())
}

fn without_value(name: &str, key: &str) -> Finding {
    let what = format!("the parameter `{name}` of the stack `{key}` has no value");
    let (why, help) = match service_of(name) {
        Some(service) => (
            "the stack does not have one yet",
            format!("say which image `{service}` runs: --image {service}=TAG"),
        ),
        None => (
            "it has no default, and the stack does not have one yet",
            format!("give it one: --parameter {name}=VALUE; it stays from then on"),
        ),
    };
    Finding::new(Code::ParameterWithoutValue, what, help).because(why)
}

/// A stack as it is to be; what is deployed of it is compared elsewhere.
///
/// # Errors
/// The stack's name is none that CloudFormation takes.
pub(crate) fn planned(
    stack: &StackAt,
    key: &str,
    depends_on: Vec<usize>,
    parameters: IndexMap<String, ParameterValue>,
) -> Result<PlannedStack, Box<Finding>> {
    let name = StackName::new(&stack.name).map_err(|malformed| {
        let what = malformed.to_string();
        Box::new(Finding::new(Code::StackName, what, "rename the stack"))
    })?;
    Ok(PlannedStack {
        depends_on,
        template: stack.template.to_json(),
        parameters,
        tags: stack.tags.clone(),
        capabilities: stack.capabilities.clone(),
        policy: match &stack.policy {
            StackPolicy::Document(document) => Some(document.to_json()),
            StackPolicy::Absent | StackPolicy::NotKnown => None,
        },
        termination_protection: stack.termination_protection,
        ..PlannedStack::bare(name, key.to_owned())
    })
}

#[cfg(test)]
#[path = "planning_tests.rs"]
pub(crate) mod tests;
