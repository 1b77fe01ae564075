//! How long things take, by the engine's durations: of what follows on each other, the longest way.

use serde::Serialize;
use stratiform_assembly::Assembly;

/// A stack, and how long it takes.
#[derive(Serialize)]
pub(super) struct StackTimes {
    /// CloudFormation's name.
    name: String,
    /// Until it is made anew.
    made: String,
    /// What a change takes at most that changes everything in it.
    changed: String,
}

/// How long the whole takes.
#[derive(Serialize)]
pub(super) struct Times {
    /// Until all stacks are made anew, each after those that it needs.
    made: String,
    /// What a change takes at most that changes everything in all of them.
    changed: String,
    /// The longest change of one stack.
    one: String,
    /// Until a database is made.
    database: String,
    /// Until a service runs other tasks.
    service: String,
}

#[cfg(feature = "engine")]
pub(super) fn of(assembly: &Assembly) -> (Vec<StackTimes>, Times) {
    use engine::{Action, longest, stacks};

    let made = |index: usize| longest(&assembly.stacks[index].template, Action::Create, |_| true);
    let changed =
        |index: usize| longest(&assembly.stacks[index].template, Action::Update, |_| true);
    let only = |kinds: &'static [&'static str], action| {
        let all = assembly.stacks.iter();
        let all = all.map(|stack| longest(&stack.template, action, |kind| kinds.contains(&kind)));
        all.max().unwrap_or_default()
    };
    let rows = assembly
        .stacks
        .iter()
        .enumerate()
        .map(|(index, stack)| StackTimes {
            name: stack.name.clone(),
            made: shown(made(index)),
            changed: shown(changed(index)),
        });
    let databases = &["AWS::RDS::DBInstance", "AWS::RDS::DBCluster"];
    let times = Times {
        made: shown(stacks(assembly, made)),
        changed: shown(stacks(assembly, changed)),
        one: shown(
            (0..assembly.stacks.len())
                .map(changed)
                .max()
                .unwrap_or_default(),
        ),
        database: shown(only(databases, Action::Create)),
        service: shown(only(&["AWS::ECS::Service"], Action::Update)),
    };
    (rows.collect(), times)
}

#[cfg(not(feature = "engine"))]
pub(super) fn of(assembly: &Assembly) -> (Vec<StackTimes>, Times) {
    let unknown = || "not known: built without the engine".to_owned();
    let rows = assembly.stacks.iter().map(|stack| StackTimes {
        name: stack.name.clone(),
        made: unknown(),
        changed: unknown(),
    });
    let times = Times {
        made: unknown(),
        changed: unknown(),
        one: unknown(),
        database: unknown(),
        service: unknown(),
    };
    (rows.collect(), times)
}

/// Milliseconds as people plan with them: whole minutes, rounded up.
#[cfg(feature = "engine")]
fn shown(millis: u64) -> String {
    match millis.div_ceil(60_000) {
        0 | 1 => "a minute".to_owned(),
        minutes @ ..120 => format!("{minutes} min"),
        minutes => format!("{} h {} min", minutes / 60, minutes % 60),
    }
}

#[cfg(feature = "engine")]
mod engine {
    use std::collections::HashMap;

    use serde_json::{Map, Value};
    use stratiform_assembly::Assembly;
    pub(super) use stratiform_endpoint::Action;
    use stratiform_endpoint::expected_millis;
    use stratiform_template::{Reference, Resource, Template};

    /// The longest way through a stack's resources, each after those that it refers to; of others than are meant, only the
    /// order counts.
    pub(super) fn longest(
        template: &Template,
        action: Action,
        is_meant: impl Fn(&str) -> bool,
    ) -> u64 {
        let mut ends: HashMap<&str, u64> = HashMap::new();
        let ids: Vec<&str> = template.each_resource().map(|(id, _)| id).collect();
        for id in ids.iter().copied() {
            end(template, action, &is_meant, id, &mut ends);
        }
        ends.values().copied().max().unwrap_or_default()
    }

    /// When a resource is done. A circle, which no stack has, counts nothing more.
    fn end<'t>(
        template: &'t Template,
        action: Action,
        is_meant: &impl Fn(&str) -> bool,
        id: &'t str,
        ends: &mut HashMap<&'t str, u64>,
    ) -> u64 {
        if let Some(known) = ends.get(id) {
            return *known;
        }
        ends.insert(id, 0);
        let Some((_, resource)) = template.each_resource().find(|(known, _)| *known == id) else {
            return 0;
        };
        let mut before = 0;
        for needed in needs(template, resource) {
            before = before.max(end(template, action, is_meant, needed, ends));
        }
        let own = match is_meant(&resource.resource_type) {
            true => expected_millis(&resource.resource_type, action, &properties(resource)),
            false => 0,
        };
        ends.insert(id, before + own);
        before + own
    }

    fn needs<'t>(template: &'t Template, resource: &'t Resource) -> Vec<&'t str> {
        let mut names: Vec<String> = resource.depends_on.clone();
        resource.for_each_reference(&mut |reference| match reference {
            Reference::Name(name) => names.push(name.to_owned()),
            Reference::Attribute { logical_id, .. } => names.push(logical_id.to_owned()),
            _ => {}
        });
        let known = names
            .iter()
            .filter_map(|name| template.resources.get_key_value(name.as_str()));
        known.map(|(id, _)| id.as_str()).collect()
    }

    /// What is written out; what only CloudFormation knows has no part in how long something takes.
    fn properties(resource: &Resource) -> Map<String, Value> {
        let properties = resource.properties.iter();
        let read = properties.filter_map(|(name, value)| {
            let value = serde_json::from_str(&value.to_json()).ok()?;
            Some((name.to_string(), value))
        });
        read.collect()
    }

    /// The longest way through stacks, each after those that it needs.
    pub(super) fn stacks(assembly: &Assembly, of: impl Fn(usize) -> u64) -> u64 {
        let mut ends: HashMap<&str, u64> = HashMap::new();
        for (index, stack) in assembly.stacks.iter().enumerate() {
            let needed = stack.depends_on.iter();
            let before = needed.filter_map(|name| ends.get(name.as_str())).max();
            let end = before.copied().unwrap_or_default() + of(index);
            ends.insert(&stack.name, end);
        }
        ends.values().copied().max().unwrap_or_default()
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn what_follows_on_each_other_adds_up_and_what_does_not_does_not() {
            let text = |needs: &str| {
                format!(
                    "
Resources:
  First: {{Type: AWS::RDS::DBInstance, Properties: {{MultiAZ: false}}}}
  Second: {{Type: AWS::RDS::DBInstance, {needs} Properties: {{MultiAZ: true}}}}
"
                )
            };
            let millis = |text: &str| {
                let template = Template::parse(text).unwrap();
                longest(&template, Action::Create, |_| true)
            };
            let alone = millis(&text(""));
            assert_eq!(alone, 900_000, "the longer one, which is in several zones");
            assert_eq!(millis(&text("DependsOn: First,")), alone + 450_000);
            let template = Template::parse(&text("DependsOn: First,")).unwrap();
            assert_eq!(longest(&template, Action::Create, |_| false), 0);
        }
    }
}

#[cfg(all(test, feature = "engine"))]
mod tests {
    use super::shown;

    #[test]
    fn minutes_are_rounded_up() {
        for (millis, text) in [(0, "a minute"), (60_001, "2 min"), (7_500_000, "2 h 5 min")] {
            assert_eq!(shown(millis), text);
        }
    }
}
