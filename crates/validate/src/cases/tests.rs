//! The law of cases: what can be, by trying everything, is what the search says can be.

use proptest::prelude::*;
use stratiform_template::{Function, Member, Template, Value};

use super::*;

/// A condition over three parameters and the two conditions before it, as text.
fn condition() -> impl Strategy<Value = String> {
    let text = prop_oneof!["x", "y", "z"].prop_map(|text| format!("'{text}'"));
    let parameter = prop_oneof!["One", "Two", "Open"].prop_map(|name| format!("!Ref {name}"));
    let mapped =
        prop_oneof!["One", "Open"].prop_map(|name| format!("!FindInMap [Map, !Ref {name}, k]"));
    let term = prop_oneof![4 => parameter, 2 => text, 1 => mapped];
    let equals = (term.clone(), term).prop_map(|(one, two)| format!("!Equals [{one}, {two}]"));
    let named = prop_oneof!["First", "Second"].prop_map(|name| format!("!Condition {name}"));
    let leaf = prop_oneof![3 => equals, 1 => named];
    leaf.prop_recursive(3, 12, 2, |inner| {
        prop_oneof![
            inner.clone().prop_map(|inner| format!("!Not [{inner}]")),
            (inner.clone(), inner.clone()).prop_map(|(one, two)| format!("!And [{one}, {two}]")),
            (inner.clone(), inner).prop_map(|(one, two)| format!("!Or [{one}, {two}]")),
        ]
    })
}

fn template(conditions: &[String], rule: &str) -> Template {
    let [first, second, third] = conditions else {
        unreachable!()
    };
    // Only what comes before may be named.
    let first = first.replace("!Condition First", "!Equals [a, a]");
    let first = first.replace("!Condition Second", "!Equals [a, b]");
    let second = second.replace("!Condition Second", "!Condition First");
    let rule = rule.replace("!Condition First", "!Equals [a, a]");
    let rule = rule.replace("!Condition Second", "!Equals [a, a]");
    let text = format!(
        "Parameters:
  One: {{Type: String, AllowedValues: [x, y]}}
  Two: {{Type: String, AllowedValues: [y, z], Default: z}}
  Open: {{Type: String}}
Mappings: {{Map: {{x: {{k: y}}, y: {{k: x}}, z: {{k: z}}}}}}
Rules: {{Rule: {{Assertions: [{{Assert: {rule}}}]}}}}
Conditions:
  First: {first}
  Second: {second}
  Third: {third}
Resources: {{}}
"
    );
    Template::parse(&text).unwrap_or_else(|found| panic!("{text}: {found:?}"))
}

/// What a condition comes to with these values; nothing where a mapping has no such key.
fn holds(template: &Template, value: &Value, given: &[(&str, &str)]) -> Option<bool> {
    let Value::Function(function, argument) = value else {
        unreachable!()
    };
    let items = argument.as_list().unwrap_or_default();
    let text = |value: &Value| -> Option<String> {
        let parameter = |name: &Value| {
            let name = name.as_str().unwrap();
            given.iter().find(|(known, _)| *known == name).unwrap().1
        };
        match value {
            Value::Function(Function::Ref, name) => Some(parameter(name).to_owned()),
            Value::Function(Function::FindInMap, parts) => {
                let Value::Function(_, name) = &parts.as_list().unwrap()[1] else {
                    unreachable!()
                };
                let map = template.mappings["Map"].as_map().unwrap();
                let row = map.get(parameter(name))?;
                Some(row.as_map().unwrap()["k"].as_str().unwrap().to_owned())
            }
            other => other.as_str().map(str::to_owned),
        }
    };
    Some(match function {
        Function::Equals => text(&items[0])? == text(&items[1])?,
        Function::Not => !holds(template, &items[0], given)?,
        Function::And => holds(template, &items[0], given)? & holds(template, &items[1], given)?,
        Function::Or => holds(template, &items[0], given)? | holds(template, &items[1], given)?,
        Function::Condition => {
            let Member::One(named) = &template.conditions[argument.as_str().unwrap()] else {
                unreachable!()
            };
            holds(template, named, given)?
        }
        _ => unreachable!(),
    })
}

proptest! {
    #[test]
    fn what_can_be_is_what_some_values_make_so(
        conditions in proptest::collection::vec(condition(), 3),
        rule in condition(),
        wanted in proptest::collection::vec(any::<bool>(), 3),
    ) {
        let template = template(&conditions, &rule);
        let rule = &template.rules["Rule"].as_map().unwrap()["Assertions"].as_list().unwrap()[0];
        let rule = &rule.as_map().unwrap()["Assert"];
        let mut possible = false;
        for one in ["x", "y"] {
            for two in ["y", "z"] {
                for open in ["x", "y", "z", "another"] {
                    let given = [("One", one), ("Two", two), ("Open", open)];
                    let names = ["First", "Second", "Third"];
                    let found = names.map(|name| match &template.conditions[name] {
                        Member::One(value) => holds(&template, value, &given),
                        Member::Unexpanded(_) => None,
                    });
                    let ruled = holds(&template, rule, &given);
                    // A key that a mapping does not have ends a deployment: nothing is said of that.
                    if ruled.is_none() || found.contains(&None) {
                        return Ok(());
                    }
                    possible |= ruled == Some(true)
                        && found.iter().zip(&wanted).all(|(found, wanted)| *found == Some(*wanted));
                }
            }
        }
        let cases = Cases::new(&template, &[]);
        let mut case = Some(Case::default());
        for (name, holds) in ["First", "Second", "Third"].into_iter().zip(&wanted) {
            case = case.and_then(|case| cases.with(&case, Decision::Condition(name, *holds)));
        }
        prop_assert_eq!(case.is_some(), possible, "{:?} {:?}", conditions, wanted);
        if let Some(case) = case {
            prop_assert!(!cases.gave_up());
            prop_assert_eq!(cases.holds(&case, "First"), Some(wanted[0]));
        }
    }
}

#[test]
fn what_makes_it_so_is_told_without_what_does_not_matter() {
    let template = Template::parse(
        "Parameters:
  Stage: {Type: String, AllowedValues: [dev, prod]}
  Url: {Type: String, Default: ''}
  Other: {Type: String}
Conditions:
  Prod: !Equals [!Ref Stage, prod]
  HasUrl: !Not [!Equals [!Ref Url, '']]
  Europe: !Equals [!Ref AWS::Region, eu-west-1]
  Known: !Equals [!ImportValue x, y]
  Both: !And [!Condition Prod, !Condition HasUrl]
Resources: {}
",
    )
    .unwrap();
    let cases = Cases::new(&template, &[]);
    let told = |decisions: &[Decision<'static>]| {
        let case = decisions
            .iter()
            .try_fold(Case::default(), |case, decision| {
                cases.with(&case, decision.clone())
            });
        case.map_or_else(|| "impossible".to_owned(), |case| cases.witness(&case))
    };
    let holds = |name, holds| Decision::Condition(name, holds);
    let told: Vec<String> = vec![
        told(&[holds("Both", true)]),
        told(&[holds("Both", false), holds("Prod", true)]),
        told(&[holds("Europe", false)]),
        told(&[holds("Known", true)]),
        told(&[holds("Both", true), Decision::Parameter("Url", Some(""))]),
        told(&[
            holds("HasUrl", true),
            Decision::Parameter("Other", Some("x")),
        ]),
    ];
    insta::assert_snapshot!(told.join("\n"));
}

/// A thousand conditions over as many parameters: what is asked about few of them takes little.
#[test]
fn conditions_that_have_nothing_to_do_with_it_cost_nothing() {
    let numbers = || 0..1000;
    let parameters: String = numbers()
        .map(|n| format!("  P{n}: {{Type: String}}\n"))
        .collect();
    let conditions: String = numbers()
        .map(|n| format!("  C{n}: !Equals [!Ref P{n}, x]\n"))
        .collect();
    let text = format!("Parameters:\n{parameters}Conditions:\n{conditions}Resources: {{}}\n");
    let template = Template::parse(&text).unwrap();
    let cases = Cases::new(&template, &[]);
    let case = cases.with(&Case::default(), Decision::Condition("C7", true));
    assert!(case.is_some_and(|case| {
        cases
            .with(&case, Decision::Condition("C8", false))
            .is_some()
    }));
    assert!(BUDGET - cases.budget.get() < 100);
}
