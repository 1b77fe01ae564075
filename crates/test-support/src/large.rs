//! Large templates, in the forms that make careless code slow.

use stratiform_template::{Function, Member, Resource, Template, Value};

use crate::entropy::Entropy;
use crate::template::{resource, template};

/// A template of so many resources of all types, each with properties of its own; the same for the same number. `edition`
/// is another one of the same resources: every third differs.
pub fn wide(resources: usize, edition: u8) -> Template {
    let mut wide = template(&mut Entropy::new(&[]));
    wide.resources.clear();
    for index in 0..resources {
        let edition = if index % 3 == 0 { edition } else { 0 };
        let member = Member::One(resource(&mut Entropy::new(&bytes(index, edition))));
        wide.resources.insert(format!("R{index}"), member);
    }
    wide
}

/// Bytes that look like chance: a linear congruential generator. The first of them chooses the type, and is the same in
/// every edition.
fn bytes(seed: usize, edition: u8) -> Vec<u8> {
    let mut state = seed as u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    };
    let first = next();
    let rest = (0..120).map(|_| next().wrapping_add(edition));
    std::iter::once(first).chain(rest).collect()
}

/// A template of so many topics: each refers to the one before it, all to the first, and each hangs on a condition of
/// its own that follows from the one before, of which none is known.
pub fn large(resources: usize) -> Template {
    let mut large = template(&mut Entropy::new(&[]));
    large.resources.clear();
    for index in 0..resources {
        let before = format!("R{}", index.saturating_sub(1));
        let name = Value::function(Function::Sub, format!("${{{before}}}-${{R0.TopicName}}"));
        let display = Value::function(
            Function::If,
            vec![
                format!("C{index}").into(),
                Value::function(Function::GetAtt, vec![before.into(), "DisplayName".into()]),
                Value::function(Function::Ref, "Free"),
            ],
        );
        let condition = match index {
            0 => Value::function(
                Function::Equals,
                vec![Value::function(Function::Ref, "Free"), "x".into()],
            ),
            _ => Value::function(
                Function::Not,
                vec![Value::function(
                    Function::Condition,
                    format!("C{}", index - 1),
                )],
            ),
        };
        large
            .conditions
            .insert(format!("C{index}"), Member::One(condition));
        let resource = Resource {
            resource_type: "AWS::SNS::Topic".to_owned(),
            properties: [("TopicName", name), ("DisplayName", display)]
                .map(|(key, value)| (key.to_owned(), value))
                .into_iter()
                .collect(),
            ..Resource::default()
        };
        large
            .resources
            .insert(format!("R{index}"), Member::One(resource));
    }
    large
}
