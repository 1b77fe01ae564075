//! Values of parameters.

use indexmap::IndexMap;

use super::given;
use crate::input::Refused;
use crate::intake::{GivenParameter, ParameterValue, parameters, read, validate};

type Values = IndexMap<String, ParameterValue>;

fn with(declarations: &str) -> String {
    format!("Parameters: {{{declarations}}}\nResources: {{R: {{Type: AWS::SNS::Topic}}}}")
}

fn look_up(name: &str) -> Option<String> {
    (name == "/there").then(|| "held".to_owned())
}

fn values(
    declarations: &str,
    given: &[GivenParameter],
    previous: Option<&Values>,
) -> Result<Values, Refused> {
    let intake = read(&with(declarations)).unwrap();
    parameters(&intake.template, given, previous, &look_up)
}

fn check(declarations: &str, pairs: &[(&str, &str)], expected: Option<&str>) {
    let message = values(declarations, &given(pairs), None)
        .err()
        .map(|refused| refused.message);
    assert_eq!(message.as_deref(), expected, "{declarations} {pairs:?}");
}

#[test]
fn values_are_given_or_default_in_the_template_s_order() {
    let declarations = "B: {Type: String, Default: b}, A: {Type: Number, Default: 5}, C: {Type: String, NoEcho: true}";
    let values = values(declarations, &given(&[("C", "c"), ("A", "7")]), None).unwrap();
    let shown: Vec<_> = values
        .iter()
        .map(|(name, value)| (name.as_str(), value.value.as_str(), value.no_echo))
        .collect();
    assert_eq!(
        shown,
        [("B", "b", false), ("A", "7", false), ("C", "c", true)]
    );
}

#[test]
fn what_a_call_lacks_or_has_too_much() {
    check(
        "A: {Type: String}, B: {Type: String}",
        &[],
        Some("Parameters: [A, B] must have values"),
    );
    check(
        "A: {Type: String}",
        &[("A", "a"), ("X", "x"), ("Y", "y")],
        Some("Parameters: [X, Y] do not exist in the template"),
    );
    check(
        "",
        &[("X", "x")],
        Some("Parameter values specified for a template which does not require them."),
    );
    check("A: {Type: String}", &[("A", "")], None);
}

#[test]
fn constraints() {
    let number = "P: {Type: Number, MinValue: 1, MaxValue: 3.5}";
    let text = "P: {Type: String, MinLength: '2', MaxLength: 3, AllowedPattern: '[a-z]+'}";
    let list = "P: {Type: CommaDelimitedList, AllowedPattern: '[a-z]+'}";
    let own = "P: {Type: String, AllowedPattern: '[a-z]+', ConstraintDescription: letters only.}";
    let one_of = "P: {Type: String, AllowedValues: [dev, 5, true]}";
    for (declarations, value, expected) in [
        (
            "P: {Type: Number}",
            "x",
            Some("Parameter 'P' must be a number."),
        ),
        (
            "P: {Type: Number}",
            "NaN",
            Some("Parameter 'P' must be a number."),
        ),
        (
            "P: {Type: Number}",
            "",
            Some("Parameter 'P' must be a number."),
        ),
        ("P: {Type: Number}", "-1.5e3", None),
        ("P: {Type: List<Number>}", "1, 2", None),
        (
            "P: {Type: List<Number>}",
            "1, x",
            Some("Parameter 'P' must be a number."),
        ),
        (
            number,
            "0",
            Some("Parameter 'P' must be a number not less than 1"),
        ),
        (
            number,
            "4",
            Some("Parameter 'P' must be a number not greater than 3.5"),
        ),
        (number, "3.5", None),
        (
            text,
            "a",
            Some("Parameter 'P' must contain at least 2 characters"),
        ),
        (
            text,
            "abcd",
            Some("Parameter 'P' must contain at most 3 characters"),
        ),
        (text, "a1", Some("Parameter 'P' must match pattern [a-z]+")),
        (text, "ab", None),
        (list, "a, b", None),
        (
            list,
            "a, 1",
            Some("Parameter 'P' must match pattern [a-z]+"),
        ),
        (
            own,
            "1",
            Some("Parameter P failed to satisfy constraint: letters only."),
        ),
        (
            one_of,
            "prod",
            Some("Parameter 'P' must be one of AllowedValues"),
        ),
        (one_of, "5", None),
        (one_of, "true", None),
    ] {
        check(declarations, &[("P", value)], expected);
    }
}

#[test]
fn a_default_has_to_satisfy_its_own_constraints() {
    for (declaration, expected) in [
        (
            "P: {Type: String, Default: aws-ab-, MinLength: 12}",
            "Parameter 'P' must contain at least 12 characters",
        ),
        (
            "P: {Type: CommaDelimitedList, Default: [a]}",
            "Template format error: Every Default member must be a string.",
        ),
    ] {
        let intake = read(&with(declaration)).unwrap();
        assert_eq!(validate(&intake.template).unwrap_err().message, expected);
    }
}

#[test]
fn previous_values() {
    let previous: Values = [("A", "/there"), ("B", "b")]
        .map(|(name, value)| {
            let value = ParameterValue {
                value: value.to_owned(),
                resolved: Some("before".to_owned()),
                no_echo: false,
            };
            (name.to_owned(), value)
        })
        .into_iter()
        .collect();
    let keep = |name: &str, value: Option<&str>| {
        vec![GivenParameter {
            parameter_key: name.to_owned(),
            parameter_value: value.map(str::to_owned),
            use_previous_value: Some(true),
        }]
    };
    let looked_up = "A: {Type: 'AWS::SSM::Parameter::Value<String>'}";
    // The name is kept, and read again.
    let kept = values(looked_up, &keep("A", None), Some(&previous)).unwrap();
    let kept = kept.get("A").unwrap();
    assert_eq!(
        (kept.value.as_str(), kept.resolved.as_deref()),
        ("/there", Some("held"))
    );
    // What the call does not name has its default, not the value before.
    let defaulted = values("B: {Type: String, Default: c}", &[], Some(&previous)).unwrap();
    assert_eq!(defaulted.get("B").unwrap().value, "c");

    let said = |declarations, given: &[GivenParameter], previous| {
        values(declarations, given, previous).unwrap_err().message
    };
    assert_eq!(
        said(looked_up, &keep("A", None), None),
        "Cannot specify UsePreviousValue on Parameters when ChangeSetType is CREATE"
    );
    assert_eq!(
        said(
            "N: {Type: String, Default: n}",
            &keep("N", None),
            Some(&previous)
        ),
        "Invalid input for parameter key N. Cannot specify usePreviousValue as true for a parameter key not in the previous template"
    );
    assert_eq!(
        said("B: {Type: String}", &keep("B", Some("c")), Some(&previous)),
        "Invalid input for parameter key B. Cannot specify usePreviousValue as true and non empty value for a parameter"
    );
}

#[test]
fn names_in_systems_manager() {
    let declaration = "P: {Type: 'AWS::SSM::Parameter::Value<String>', Default: /nowhere}";
    check(
        declaration,
        &[("P", "/elsewhere")],
        Some("Parameter P should either have input value or default value"),
    );
    check(
        declaration,
        &[],
        Some("Unable to fetch parameters [/nowhere] from parameter store for this account."),
    );
    let values = values(declaration, &given(&[("P", "/there")]), None).unwrap();
    assert_eq!(values.get("P").unwrap().resolved.as_deref(), Some("held"));
}
