//! Reasons for differences that are no mistakes. Each is a rule about what a recording says of itself.

use serde_json::Value;
use stratiform_changes::ChangeSetView;

use super::case::Stack;
use super::difference::{Difference, Explanation, Pair};
use super::field::Field;
use super::pattern;

/// The first day on which the service did not say `Replacement` of what it adds: recordings of the same type and the
/// same view differ before and after it.
const ADDED_WITHOUT_REPLACEMENT: &str = "2025-05-19";

/// Whether a key or a text of a template is one that is meant.
type Meant = fn(&str) -> bool;

/// Values from outside: what a recording calls the need, and where a template has it.
const OUTSIDE: [(&str, Meant); 3] = [
    ("import-value", |text| text == "Fn::ImportValue"),
    ("get-azs", |text| text == "Fn::GetAZs"),
    ("dynamic-reference", |text| text.contains("{{resolve:")),
];

/// The reason for a difference of a resource, where one of the rules gives it.
pub(super) fn explain(
    pair: &Pair<'_>,
    resource: &str,
    field: Field,
    difference: &Difference,
    all: &[Difference],
) -> Option<Explanation> {
    let date = pair.case.date.as_str();
    let needs = |need: &str| pair.case.needs.iter().any(|known| known == need);
    let text = |value: &Option<Value>| value.as_ref().and_then(Value::as_str).map(str::to_owned);
    let (recorded, ours) = (text(&difference.recorded), text(&difference.ours));

    // Transforms of a whole template reach everything; those inside of it, the resource around them.
    let whole = |need: &String| need.starts_with("transform:");
    let transformed = pair.case.needs.iter().any(whole)
        || needs("fn-transform") && pair.mentions(resource, None, &|text| text == "Fn::Transform");
    if transformed {
        return Some(Explanation::Transform);
    }
    let property = difference.property.as_deref();
    let outside = OUTSIDE.iter().any(|(need, mention)| {
        needs(need) && property.is_some() && pair.mentions(resource, property, mention)
    });
    let looked_up = needs("ssm-parameter-type")
        && pair.looked_up().any(|name| {
            let (reference, variable) = (name.as_str(), format!("${{{name}}}"));
            pair.mentions(resource, property, &|text| {
                text == reference || text.contains(&variable)
            })
        });
    if outside || looked_up {
        return Some(Explanation::Outside);
    }
    match field {
        Field::Values | Field::BeforeContext | Field::AfterContext => {
            let exists = |name: &&str| {
                let logical_id = name.split('.').next().unwrap_or_default();
                pair.before
                    .is_some_and(|before| before.source["Resources"].get(logical_id).is_some())
            };
            let names = pattern::unknowns(recorded.as_deref()?, ours.as_deref()?);
            (!names.is_empty() && names.iter().all(exists)).then_some(Explanation::CurrentValue)
        }
        Field::Replacement => {
            let added = pair.view == ChangeSetView::WithValues
                && recorded.as_deref() == Some("True")
                && ours.is_none();
            (added && date < ADDED_WITHOUT_REPLACEMENT).then_some(Explanation::ReplacementOfAdded)
        }
        Field::PolicyAction => {
            (date < "2023" && recorded.is_none()).then_some(Explanation::Before2023)
        }
        Field::Details => {
            // Without the parameter's detail, the property's own one was `Static`.
            let parameter = |other: &Difference| {
                other.property == difference.property
                    && other.recorded.is_none()
                    && text(&other.ours).is_some_and(|ours| ours.contains(" ParameterReference "))
            };
            (date < "2023" && all.iter().any(parameter)).then_some(Explanation::Before2023)
        }
        Field::Action | Field::Paths | Field::Scope => None,
    }
}

impl Pair<'_> {
    /// Whether a key or a text of a resource, or of one of its properties, in either template is one that is meant.
    fn mentions(
        &self,
        resource: &str,
        property: Option<&str>,
        meant: &dyn Fn(&str) -> bool,
    ) -> bool {
        self.stacks().any(|stack| {
            let resource = &stack.source["Resources"][resource];
            match property {
                Some(property) => contains(&resource["Properties"][property], meant),
                None => contains(resource, meant),
            }
        })
    }

    /// Parameters whose values the service reads from Systems Manager.
    fn looked_up(&self) -> impl Iterator<Item = &String> {
        let parameters = self
            .stacks()
            .filter_map(|stack| stack.source["Parameters"].as_object());
        parameters.flatten().filter_map(|(name, parameter)| {
            let kind = parameter["Type"].as_str()?;
            kind.starts_with("AWS::SSM::Parameter::Value<")
                .then_some(name)
        })
    }

    fn stacks(&self) -> impl Iterator<Item = &Stack> {
        [self.before, self.after].into_iter().flatten()
    }
}

fn contains(value: &Value, meant: &dyn Fn(&str) -> bool) -> bool {
    match value {
        Value::String(text) => meant(text),
        Value::Array(items) => items.iter().any(|item| contains(item, meant)),
        Value::Object(entries) => entries
            .iter()
            .any(|(key, value)| meant(key) || contains(value, meant)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::case::Case;
    use super::super::compare::compare;
    use super::super::field::Field;
    use super::Explanation;

    /// The day of a recording in which everything is as it is today.
    const TODAY: &str = "01-06-2025";

    /// What a recording says of `A`, whose display name changes, with something else than we say.
    fn recording(date: &str, needs: &[&str], value: &Value, change: &Value) -> Value {
        let template = |name: &Value| {
            json!({"Resources": {
                "A": {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": name}},
                "B": {"Type": "AWS::SNS::Topic"},
            }})
        };
        json!({
            "id": "case",
            "recorded_date": format!("{date}, 10:00:00"),
            "needs": needs,
            "before_template": template(&json!("one")),
            "after_template": template(value),
            "recorded": {"change_set_with_values": {"Changes": [{"ResourceChange": change}]}},
        })
    }

    /// The reasons for what differs in a field.
    fn explained(recording: &Value, field: Field) -> Vec<Option<Explanation>> {
        let case = Case::read(recording).unwrap().unwrap();
        let of_field = compare(&case)
            .into_iter()
            .filter(|comparison| comparison.field == field && comparison.resource == "A");
        of_field
            .flat_map(|comparison| comparison.differences)
            .map(|difference| difference.explanation)
            .collect()
    }

    fn modify(replacement: &str, details: &Value) -> Value {
        json!({
            "Action": "Modify",
            "LogicalResourceId": "A",
            "ResourceType": "AWS::SNS::Topic",
            "Replacement": replacement,
            "Scope": ["Properties"],
            "Details": details,
        })
    }

    /// A recording in which no property changes.
    fn nothing(needs: &[&str], value: &Value) -> Value {
        recording(TODAY, needs, value, &modify("False", &json!([])))
    }

    #[test]
    fn a_difference_without_a_reason_is_not_excused() {
        assert_eq!(
            explained(&nothing(&[], &json!("two")), Field::Paths),
            [None]
        );
        let replaced = recording(TODAY, &[], &json!("two"), &modify("True", &json!([])));
        assert_eq!(explained(&replaced, Field::Replacement), [None]);
    }

    #[test]
    fn a_value_from_outside_excuses_where_the_recording_says_so_and_the_template_has_it() {
        let import = json!({"Fn::ImportValue": "name"});
        let both = nothing(&["import-value"], &import);
        assert_eq!(explained(&both, Field::Paths), [Some(Explanation::Outside)]);
        for (needs, value) in [
            (&[] as &[&str], &import),
            (&["get-azs"], &import),
            (&["import-value"], &json!("two")),
        ] {
            let one = nothing(needs, value);
            assert_eq!(explained(&one, Field::Paths), [None], "{needs:?}, {value}");
        }
    }

    #[test]
    fn a_transform_of_the_template_excuses_everything() {
        let recorded = nothing(&["transform:AWS::Serverless-2016-10-31"], &json!("two"));
        assert_eq!(
            explained(&recorded, Field::Paths),
            [Some(Explanation::Transform)]
        );
    }

    #[test]
    fn a_transform_inside_excuses_the_resource_that_has_it() {
        let there = json!({"Fn::Transform": {"Name": "Macro"}});
        for (value, expected) in [(there, Some(Explanation::Transform)), (json!("two"), None)] {
            let recorded = nothing(&["fn-transform"], &value);
            assert_eq!(explained(&recorded, Field::Paths), [expected], "{value}");
        }
    }

    #[test]
    fn replacement_of_what_is_added_is_excused_until_its_day() {
        for (date, expected) in [
            ("18-05-2025", Some(Explanation::ReplacementOfAdded)),
            ("19-05-2025", None),
        ] {
            let mut recorded = recording(
                date,
                &[],
                &json!("two"),
                &json!({
                    "Action": "Add",
                    "LogicalResourceId": "A",
                    "ResourceType": "AWS::SNS::Topic",
                    "Replacement": "True",
                    "Details": [],
                }),
            );
            recorded["before_template"]["Resources"]
                .as_object_mut()
                .unwrap()
                .remove("A");
            assert_eq!(
                explained(&recorded, Field::Replacement),
                [expected],
                "{date}"
            );
        }
    }
}
