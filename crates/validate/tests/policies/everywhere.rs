//! What holds for all policies, whatever stands in a template.

use stratiform_template::{Function, Member, Template, Value};
use stratiform_validate::policy::{Answer, Levels, ask};

use super::each::{HEAD, all_asked, cases};

/// Each value of each case becomes each of these.
fn others() -> [Value; 6] {
    [
        Value::Null,
        Value::from("*"),
        Value::List(vec![Value::from("*")]),
        Value::Map([("a".to_owned(), Value::from("b"))].into_iter().collect()),
        Value::function(Function::Ref, "Any"),
        Value::function(
            Function::If,
            Value::List(vec![
                Value::from("Prod"),
                Value::function(Function::Ref, "AWS::NoValue"),
                Value::from("0.0.0.0/0"),
            ]),
        ),
    ]
}

/// Whatever stands in the place of a value, there is an answer, and a broken policy is told.
#[test]
fn whatever_stands_there_is_answered() {
    let levels = all_asked();
    let mut asked_about = 0;
    for (name, resources) in cases().unwrap() {
        let indented: String = resources
            .lines()
            .map(|line| format!("  {line}\n"))
            .collect();
        let template = Template::parse(&format!("{HEAD}{indented}")).unwrap();
        let ids: Vec<String> = template
            .each_resource()
            .map(|(id, _)| id.to_owned())
            .collect();
        for id in ids {
            let Some(resource) = template.resource(&id) else {
                continue;
            };
            for property in resource.properties.keys() {
                for other in others() {
                    let mut changed = template.clone();
                    let Some(Member::One(resource)) = changed.resources.get_mut(&id) else {
                        continue;
                    };
                    resource.properties.insert(property.clone(), other);
                    check(&name, &changed, &levels);
                    asked_about += 1;
                }
            }
        }
    }
    assert!(asked_about > 1_000, "{asked_about}");
}

fn check(name: &str, template: &Template, levels: &Levels) {
    let asked = ask(template, &[], levels);
    for answered in &asked.answers {
        let is_told = asked.findings.iter().any(|finding| {
            finding.code == answered.code && finding.path.starts_with(&answered.path)
        });
        assert_eq!(
            is_told,
            answered.answer == Answer::Broken,
            "{name}: {answered:?}"
        );
    }
}
