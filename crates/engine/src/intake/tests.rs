//! What comes in, held against what was recorded.

mod forms;
mod laws;
mod parameters;
mod processed;
mod read;
mod said;
mod summary;

use indexmap::IndexMap;
use stratiform_resolve::Whereabouts;

use super::{GivenParameter, Intake, ParameterValue, parameters as values, read as read_body};
use crate::input::Refused;

/// The world of the tests: a place, and nothing in it.
fn place() -> Whereabouts {
    Whereabouts {
        stack: "shop".to_owned(),
        region: "eu-central-1".parse().unwrap(),
        account: "111122223333".parse().ok(),
    }
}

/// Parameters of a call.
fn given(pairs: &[(&str, &str)]) -> Vec<GivenParameter> {
    let pairs = pairs.iter().map(|(key, value)| GivenParameter {
        parameter_key: (*key).to_owned(),
        parameter_value: Some((*value).to_owned()),
        use_previous_value: None,
    });
    pairs.collect()
}

/// A template, and the values of its parameters.
fn taken_in(
    body: &str,
    pairs: &[(&str, &str)],
) -> Result<(Intake, IndexMap<String, ParameterValue>), Refused> {
    let intake = read_body(body)?;
    super::validate(&intake.template)?;
    let values = values(&intake.template, &given(pairs), None, &|_| None)?;
    Ok((intake, values))
}

/// What is said of a template with parameters, from reading to checking; nothing where all is well.
fn said(body: &str, pairs: &[(&str, &str)]) -> Option<String> {
    let whole = || {
        let (intake, values) = taken_in(body, pairs)?;
        let template = super::process(&intake, &values, &place())?;
        super::check(&template, &values, &place())
    };
    whole().err().map(|refused: Refused| refused.message)
}
