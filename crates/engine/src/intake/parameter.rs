//! The values of a template's parameters: given, previous or default.

use indexmap::{IndexMap, IndexSet};
use serde::{Deserialize, Serialize};
use stratiform_resolve::declared::{Kind, breaks, default, kind};
use stratiform_service::Refusal;
use stratiform_template::Template;

use super::form;
use crate::input::Refused;

/// The longest value, in bytes. Source: CloudFormation user guide, "quotas".
const MAX_VALUE: usize = 4096;

/// One parameter of a call.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct GivenParameter {
    /// Its name.
    pub parameter_key: String,
    /// Its value.
    pub parameter_value: Option<String>,
    /// Whether it keeps the value that the stack has.
    pub use_previous_value: Option<bool>,
}

/// A parameter's value on a stack.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct ParameterValue {
    /// The value; where the type says so, the name of a parameter of Systems Manager.
    pub value: String,
    /// What that parameter holds.
    pub resolved: Option<String>,
    /// Whether nobody may see the value.
    pub no_echo: bool,
}

/// Where a value comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Origin {
    Call,
    Default,
}

/// The values of all parameters, in the order in which the template declares them. `previous` is what the stack has,
/// none where it is created; `look_up` says what a parameter of Systems Manager holds.
///
/// # Errors
/// Parameters that the template does not declare, or that have no value; values that the declaration does not allow;
/// a previous value where there is none; names that Systems Manager does not know.
pub(crate) fn parameters(
    template: &Template,
    given: &[GivenParameter],
    previous: Option<&IndexMap<String, ParameterValue>>,
    look_up: &dyn Fn(&str) -> Option<String>,
) -> Result<IndexMap<String, ParameterValue>, Refused> {
    let mut values = IndexMap::new();
    let given = in_form(given, previous)?;
    let mut missing = Vec::new();
    for (name, parameter) in &template.parameters {
        let of_call = match given.get(name.as_str()) {
            Some(given) => of_call(given, previous)?,
            None => None,
        };
        let value = match of_call {
            Some(value) => Some((value, Origin::Call)),
            None => default(parameter).map(|value| (value, Origin::Default)),
        };
        match value {
            Some(value) => {
                values.insert(name.clone(), value);
            }
            None => missing.push(name.clone()),
        }
    }
    if !missing.is_empty() {
        return Err(Refusal::ParametersMissing { names: missing }.into());
    }
    all_declared(template, &given)?;
    for (name, parameter) in &template.parameters {
        if let Some((value, _)) = values.get(name) {
            breaks(name, parameter, value).map_or(Ok(()), |broken| Err(Refused::from(broken)))?;
        }
    }
    resolved(template, values, look_up)
}

/// The parameters of a call by their names, each with a form of its own that is right.
fn in_form<'g>(
    given: &'g [GivenParameter],
    previous: Option<&IndexMap<String, ParameterValue>>,
) -> Result<IndexMap<&'g str, &'g GivenParameter>, Refused> {
    let mut by_name = IndexMap::new();
    for (index, parameter) in given.iter().enumerate() {
        let value = parameter.parameter_value.as_deref().unwrap_or_default();
        if value.len() > MAX_VALUE {
            let member = format!("parameters.{}.member.parameterValue", index + 1);
            return Err(form::too_long(&member, value, MAX_VALUE));
        }
        if parameter.use_previous_value == Some(true) {
            if previous.is_none() {
                return Err(Refusal::PreviousValueOfNew {}.into());
            }
            if !value.is_empty() {
                let name = parameter.parameter_key.clone();
                return Err(Refusal::PreviousValueAndValue { name }.into());
            }
        }
        by_name.insert(parameter.parameter_key.as_str(), parameter);
    }
    Ok(by_name)
}

/// The value that a call gives, or lets stand.
fn of_call(
    given: &GivenParameter,
    previous: Option<&IndexMap<String, ParameterValue>>,
) -> Result<Option<String>, Refused> {
    if given.use_previous_value != Some(true) {
        return Ok(given.parameter_value.clone());
    }
    let name = given.parameter_key.clone();
    match previous.and_then(|previous| previous.get(&name)) {
        Some(previous) => Ok(Some(previous.value.clone())),
        None => Err(Refusal::PreviousValueMissing { name }.into()),
    }
}

/// Every parameter of the call is one of the template's.
fn all_declared(
    template: &Template,
    given: &IndexMap<&str, &GivenParameter>,
) -> Result<(), Refused> {
    let unknown = given
        .keys()
        .filter(|name| !template.parameters.contains_key(**name));
    let names: Vec<String> = unknown.map(|name| (*name).to_owned()).collect();
    match (names.is_empty(), template.parameters.is_empty()) {
        (true, _) => Ok(()),
        (false, true) => Err(Refusal::ParametersNotWanted {}.into()),
        (false, false) => Err(Refusal::ParametersUnknown { names }.into()),
    }
}

/// The values with what Systems Manager has for them.
fn resolved(
    template: &Template,
    values: IndexMap<String, (String, Origin)>,
    look_up: &dyn Fn(&str) -> Option<String>,
) -> Result<IndexMap<String, ParameterValue>, Refused> {
    let mut resolved = IndexMap::new();
    // Names that are defaults are all said at once.
    let mut not_fetched = IndexSet::new();
    for (name, (value, origin)) in values {
        let Some(parameter) = template.parameters.get(&name) else {
            continue;
        };
        let is_looked_up = kind(&parameter.parameter_type) == Some(Kind::LookedUp);
        let held = is_looked_up.then(|| look_up(&value));
        match (&held, origin) {
            (Some(None), Origin::Call) => {
                return Err(Refusal::ParameterNotInPlace { name }.into());
            }
            (Some(None), Origin::Default) => {
                not_fetched.insert(value.clone());
            }
            (Some(Some(_)) | None, Origin::Call | Origin::Default) => {}
        }
        let no_echo = parameter.no_echo == Some(true);
        let value = ParameterValue {
            value,
            resolved: held.flatten(),
            no_echo,
        };
        resolved.insert(name, value);
    }
    match not_fetched.is_empty() {
        true => Ok(resolved),
        false => Err(Refusal::ParametersNotFetched {
            names: not_fetched.into_iter().collect(),
        }
        .into()),
    }
}
