//! Drift, judged as any change: from what a stack's template says to what is there, and the way back.
//!
//! What lives here: two stacks from what CloudFormation expects and what it found, compared by [`diff`]; and what of the
//! values nobody may see. What does not: asking, and whether all was looked at (`stratiform-deploy`).

use std::sync::Arc;

use serde_json::{Map, Value as Json};
use stratiform_assembly::StackAt;
use stratiform_catalog::behaviour::{Given, movers, scaled};
use stratiform_catalog::catalog;
use stratiform_changes::{Edit, Replacement};
use stratiform_resolve::{HIDDEN, Whereabouts, is_sensitive};
use stratiform_template::{Member, Number, Reference, Resource, Template, Value};

use crate::consequence::{Kind, sort, stops};
use crate::stack::{StackDiff, diff};

/// A resource that is not as its template says.
#[derive(Clone, Debug, PartialEq)]
pub struct Drifted {
    /// The resource.
    pub logical_id: String,
    /// The properties that the template gives it.
    pub expected: Map<String, Json>,
    /// The same as they are there; none where it is gone.
    pub actual: Option<Map<String, Json>>,
}

/// What is shown in place of a secret that is another one than it was.
const OTHER: &str = "**** (another one)";

impl Drifted {
    /// A resource of a stack, with the properties as CloudFormation tells them, in JSON. Values that the template hides are
    /// hidden: those of `NoEcho` parameters, of secrets that it refers to, and of keys that sound like a secret's.
    pub fn new(
        template: &Template,
        logical_id: &str,
        expected: Option<&str>,
        actual: Option<&str>,
    ) -> Drifted {
        let read = |text: &str| match serde_json::from_str(text) {
            Ok(Json::Object(properties)) => Some(properties),
            _ => None,
        };
        let mut expected = Json::Object(expected.and_then(read).unwrap_or_default());
        let mut actual = actual.and_then(read).map(Json::Object);
        let written = resource(template, logical_id);
        let written = written.map(|resource| Value::Map(resource.properties.clone()));
        veil(
            Veil {
                template,
                written: written.as_ref(),
                is_secret: false,
            },
            Some(&mut expected),
            actual.as_mut(),
        );
        let map = |value: Json| match value {
            Json::Object(map) => map,
            _ => Map::new(),
        };
        Drifted {
            logical_id: logical_id.to_owned(),
            expected: map(expected),
            actual: actual.map(map),
        }
    }

    /// The expected value at a path, `/Tags/0/Value`, and the one that is there.
    pub fn at(&self, path: &str) -> (Option<Json>, Option<Json>) {
        let at = |properties: &Map<String, Json>| {
            Json::Object(properties.clone()).pointer(path).cloned()
        };
        (at(&self.expected), self.actual.as_ref().and_then(at))
    }
}

fn resource<'t>(template: &'t Template, logical_id: &str) -> Option<&'t Resource> {
    let mut resources = template.each_resource();
    let (_, found) = resources.find(|(id, _)| *id == logical_id)?;
    Some(found)
}

/// What is known of a value where it stands.
#[derive(Clone, Copy)]
struct Veil<'t> {
    template: &'t Template,
    /// What the template says there, as far as it can be followed.
    written: Option<&'t Value>,
    is_secret: bool,
}

/// Hides what nobody may see, on both sides.
fn veil(place: Veil<'_>, expected: Option<&mut Json>, actual: Option<&mut Json>) {
    match (expected, actual) {
        (Some(Json::Object(expected)), Some(Json::Object(actual))) => {
            let pair = [&*expected, &*actual].into_iter().any(names_a_secret);
            let keys: Vec<String> = expected.keys().chain(actual.keys()).cloned().collect();
            for key in keys {
                let below = place.below(&key, pair);
                veil(below, expected.get_mut(&key), actual.get_mut(&key));
            }
        }
        (Some(Json::Object(one)), None) | (None, Some(Json::Object(one))) => {
            let pair = names_a_secret(one);
            for (key, value) in one.iter_mut() {
                veil(place.below(key, pair), Some(value), None);
            }
        }
        (Some(Json::Array(expected)), Some(Json::Array(actual))) => {
            for index in 0..expected.len().max(actual.len()) {
                let below = place.below(&index.to_string(), false);
                veil(below, expected.get_mut(index), actual.get_mut(index));
            }
        }
        (Some(Json::Array(one)), None) | (None, Some(Json::Array(one))) => {
            for (index, value) in one.iter_mut().enumerate() {
                veil(place.below(&index.to_string(), false), Some(value), None);
            }
        }
        (expected, actual) if place.hides() => {
            let is_other = expected.is_some() && actual.is_some() && expected != actual;
            if let Some(expected) = expected {
                *expected = HIDDEN.into();
            }
            if let Some(actual) = actual {
                *actual = if is_other { OTHER } else { HIDDEN }.into();
            }
        }
        _ => {}
    }
}

/// Whether a map has a telling name beside its value: `Name: DB_PASSWORD, Value: …`.
fn names_a_secret(map: &Map<String, Json>) -> bool {
    let names = ["Name", "Key", "ParameterKey"];
    let mut names = names.iter().filter_map(|key| map.get(*key)?.as_str());
    names.any(is_sensitive)
}

impl<'t> Veil<'t> {
    fn below(self, key: &str, is_pair_of_secret: bool) -> Veil<'t> {
        let written = match self.written {
            Some(Value::Map(map)) => map.get(key),
            Some(Value::List(items)) => key.parse().ok().and_then(|at: usize| items.get(at)),
            // A function speaks for all that it gives.
            other => other,
        };
        let is_value = is_pair_of_secret && matches!(key, "Value" | "ParameterValue");
        Veil {
            written,
            is_secret: self.is_secret || is_value || is_sensitive(key),
            ..self
        }
    }

    fn hides(self) -> bool {
        self.is_secret || self.written.is_some_and(|value| self.tells_a_secret(value))
    }

    /// Whether a value refers to a parameter that is not echoed, or to a secret.
    fn tells_a_secret(self, value: &Value) -> bool {
        let mut found = false;
        value.for_each_reference(&mut |reference| {
            if let Reference::Name(name) = reference {
                let parameter = self.template.parameters.get(name);
                found |= parameter.is_some_and(|parameter| parameter.no_echo == Some(true));
            }
        });
        value.walk(&mut |value| {
            let text = value.as_str().unwrap_or_default();
            found |=
                text.contains("{{resolve:secretsmanager") || text.contains("{{resolve:ssm-secure");
        });
        found
    }
}

/// What drift has done to a stack: from what its template says to what is there.
pub fn drifted(stack: &StackAt, found: &[Drifted], place: &Whereabouts) -> StackDiff {
    let mut diff = diff(
        Some(&expected(stack, found)),
        Some(&actual(stack, found)),
        place,
    );
    let is_new = |logical_id: &str| {
        let mut resources = diff.resources.iter();
        resources.any(|change| {
            change.logical_id == logical_id && change.replacement() != Replacement::WillNot
        })
    };
    let is_gone = |logical_id: &str| {
        let mut found = found.iter();
        found.any(|drifted| drifted.logical_id == logical_id && drifted.actual.is_none())
    };
    // It has happened: nobody refuses it, what it interrupted is over, and a resource that is there is the one that was
    // there before.
    let keeps = diff.consequences.iter().map(|consequence| {
        let logical_id = consequence.logical_id.as_deref().unwrap_or_default();
        match consequence.kind {
            Kind::Refused | Kind::Move => false,
            Kind::Interruption => is_gone(logical_id),
            Kind::Replacement | Kind::DataLoss => is_gone(logical_id) || !is_new(logical_id),
            _ => true,
        }
    });
    let mut keeps = keeps.collect::<Vec<_>>().into_iter();
    diff.consequences.retain(|_| keeps.next().unwrap_or(true));
    // What stands still since then does so until it is set back.
    for change in diff
        .resources
        .iter()
        .filter(|change| change.action == Edit::Modify)
    {
        stops::find(change, &mut diff.consequences);
    }
    sort(&mut diff.consequences);
    diff.outputs.clear();
    diff.notes.clear();
    diff
}

/// What taking the drift back does: from what is there to what the template says.
pub fn reverted(stack: &StackAt, found: &[Drifted], place: &Whereabouts) -> StackDiff {
    let mut diff = diff(
        Some(&actual(stack, found)),
        Some(&expected(stack, found)),
        place,
    );
    diff.outputs.clear();
    diff.notes.clear();
    diff
}

fn expected(stack: &StackAt, found: &[Drifted]) -> StackAt {
    with(stack, found, |drifted| Some(&drifted.expected))
}

fn actual(stack: &StackAt, found: &[Drifted]) -> StackAt {
    with(stack, found, |drifted| drifted.actual.as_ref())
}

/// A stack whose resources have these properties; without those that are gone.
fn with<'d>(
    stack: &StackAt,
    found: &'d [Drifted],
    properties: impl Fn(&'d Drifted) -> Option<&'d Map<String, Json>>,
) -> StackAt {
    let mut template = Template::clone(&stack.template);
    for drifted in found {
        match properties(drifted) {
            None => drop(template.resources.shift_remove(&drifted.logical_id)),
            Some(properties) => {
                let resource = template.resources.get_mut(&drifted.logical_id);
                if let Some(Member::One(resource)) = resource {
                    resource.properties = map(properties);
                    if drifted.actual.is_none() {
                        // Whoever deleted it asked no policy of the template.
                        resource.deletion_policy = Some("Delete".into());
                    }
                }
            }
        }
    }
    StackAt {
        template: Arc::new(template),
        ..stack.clone()
    }
}

fn map(properties: &Map<String, Json>) -> stratiform_template::Map {
    let properties = properties.iter();
    properties
        .map(|(key, value)| (key.clone(), literal(value)))
        .collect()
}

/// A value that is no function, whatever it looks like.
fn literal(value: &Json) -> Value {
    match value {
        Json::Null => Value::Null,
        Json::Bool(value) => Value::Bool(*value),
        Json::Number(number) => Number::parse(&number.to_string())
            .map_or_else(|| Value::from(number.to_string()), Value::Number),
        Json::String(text) => Value::from(text.as_str()),
        Json::Array(items) => Value::List(items.iter().map(literal).collect()),
        Json::Object(entries) => Value::Map(map(entries)),
    }
}

/// Who changes a property past CloudFormation as a matter of course, where the stack says that somebody does; a path as
/// CloudFormation writes it: `/DefaultActions/0/ForwardConfig`.
pub fn who(template: &Template, logical_id: &str, path: &str) -> Option<String> {
    let resource = resource(template, logical_id)?;
    let kind = resource.resource_type.as_str();
    let name = path.split('/').nth(1)?;
    let has = |other: &str| {
        let mut resources = template.each_resource();
        resources.any(|(_, resource)| resource.resource_type == other)
    };
    let mut scaled = scaled(kind);
    if let Some(scaled) = scaled.find(|scaled| scaled.path.as_str() == name && has(scaled.by)) {
        return Some(format!("scaling (the stack has an {})", scaled.by));
    }
    let mut movers = movers(kind);
    let mover = movers.find(|mover| {
        let is_given = match mover.given {
            Given::Always => true,
            Given::Type(other) => has(other),
            Given::Property(other) => resource.properties.contains_key(other),
        };
        mover.path.as_str() == name && is_given
    });
    mover.map(|mover| mover.who.to_owned())
}

/// Why a deployment cannot set a property back; none where it can.
///
/// Source: CloudFormation user guide, "Using drift-aware change sets", considerations.
pub fn stays(resource_type: &str, path: &str) -> Option<&'static str> {
    let known = catalog().resource_type(resource_type)?;
    let name = path.split('/').nth(1)?;
    let is_top =
        |path: stratiform_catalog::PropertyPath| path.is_top_level() && path.first() == name;
    if known.create_only().any(is_top) {
        return Some(
            "it cannot change in a resource that is there: only a new resource has another value",
        );
    }
    known.write_only().any(is_top).then_some(
        "nobody can read it, so that CloudFormation does not compare it with what is there",
    )
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use stratiform_template::parse_yaml;

    use super::*;
    use crate::consequence::Severity;

    const TEMPLATE: &str = "
Parameters:
  Token: {Type: String, NoEcho: true}
Resources:
  Group:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: The services
      SecurityGroupIngress: [{CidrIp: 10.0.0.0/8, IpProtocol: tcp, FromPort: 443, ToPort: 443}]
  Queue:
    Type: AWS::SQS::Queue
    DeletionPolicy: Retain
    Properties: {QueueName: jobs, Tags: [{Key: team, Value: shop}]}
  Tasks:
    Type: AWS::ECS::TaskDefinition
    Properties:
      ContainerDefinitions:
        - Name: api
          Environment: [{Name: MODE, Value: !Ref Token}, {Name: API_KEY, Value: abcdefgh}]
  Service:
    Type: AWS::ECS::Service
    Properties: {DesiredCount: 2, TaskDefinition: !Ref Tasks}
  Target:
    Type: AWS::ApplicationAutoScaling::ScalableTarget
    Properties: {MinCapacity: 1, MaxCapacity: 4, ResourceId: service/default/api, ScalableDimension: ecs:service:DesiredCount, ServiceNamespace: ecs}
";

    fn stack() -> StackAt {
        let node = parse_yaml(TEMPLATE).unwrap();
        let template = Template::from_node(&node).unwrap();
        StackAt::of("shop-dev-services", Arc::new(template))
    }

    fn place() -> Whereabouts {
        Whereabouts {
            stack: "shop-dev-services".to_owned(),
            region: "eu-central-1".parse().unwrap(),
            account: None,
        }
    }

    fn found(logical_id: &str, expected: &str, actual: Option<&str>) -> Drifted {
        Drifted::new(&stack().template, logical_id, Some(expected), actual)
    }

    fn told(diff: &StackDiff) -> Vec<(Severity, &str)> {
        let all = diff.consequences.iter();
        all.map(|found| (found.severity, found.what.as_str()))
            .collect()
    }

    const GROUP: &str = r#"{"GroupDescription": "The services", "SecurityGroupIngress": [{"CidrIp": "10.0.0.0/8", "IpProtocol": "tcp", "FromPort": 443, "ToPort": 443}]}"#;
    const OPENED: &str = r#"{"GroupDescription": "The services", "SecurityGroupIngress": [{"CidrIp": "10.0.0.0/8", "IpProtocol": "tcp", "FromPort": 443, "ToPort": 443}, {"CidrIp": "0.0.0.0/0", "IpProtocol": "tcp", "FromPort": 22, "ToPort": 22}]}"#;

    #[test]
    fn a_port_that_was_opened_is_a_danger_and_a_tag_is_none() {
        let opened = [found("Group", GROUP, Some(OPENED))];
        let diff = drifted(&stack(), &opened, &place());
        assert_eq!(
            told(&diff),
            [(
                Severity::Danger,
                "opens tcp 22 of the security group `Group` to the whole internet"
            )]
        );
        let back = reverted(&stack(), &opened, &place());
        assert_eq!(
            told(&back),
            [(
                Severity::Note,
                "closes tcp 22 of the security group `Group` to the whole internet"
            )]
        );
        let (tags, other) = (
            r#"{"QueueName": "jobs", "Tags": [{"Key": "team", "Value": "shop"}]}"#,
            r#"{"QueueName": "jobs", "Tags": [{"Key": "team", "Value": "other"}]}"#,
        );
        let diff = drifted(&stack(), &[found("Queue", tags, Some(other))], &place());
        assert_eq!(told(&diff), []);
    }

    #[test]
    fn what_is_gone_is_gone_whatever_the_deletion_policy_says() {
        let gone = [found("Queue", r#"{"QueueName": "jobs"}"#, None)];
        let diff = drifted(&stack(), &gone, &place());
        assert_eq!(
            told(&diff),
            [(
                Severity::Danger,
                "deletes the queue `Queue`, and its data with it"
            )]
        );
        let text = format!("{:?}", told(&reverted(&stack(), &gone, &place())));
        assert!(!text.contains("delete"), "{text}");
    }

    #[test]
    fn what_stopped_is_told_and_an_interruption_that_is_over_is_not() {
        let service =
            |count: u8| format!(r#"{{"DesiredCount": {count}, "TaskDefinition": "api:1"}}"#);
        let stopped = [found("Service", &service(2), Some(&service(0)))];
        let diff = drifted(&stack(), &stopped, &place());
        let told = told(&diff);
        assert!(
            told.iter().all(|(_, what)| what.starts_with("stops ")) && told.len() == 1,
            "{told:?}"
        );
    }

    #[test]
    fn secrets_are_hidden_and_that_they_are_others_is_not() {
        let tasks = |mode: &str, key: &str| {
            format!(
                r#"{{"ContainerDefinitions": [{{"Name": "api", "Environment": [{{"Name": "MODE", "Value": "{mode}"}}, {{"Name": "API_KEY", "Value": "{key}"}}]}}]}}"#
            )
        };
        let found = found(
            "Tasks",
            &tasks("hunter2", "abcdefgh"),
            Some(&tasks("hunter3", "abcdefgh")),
        );
        let text = format!("{found:?}");
        for secret in ["hunter2", "hunter3", "abcdefgh"] {
            assert!(!text.contains(secret), "{text}");
        }
        let at = |place: u8| {
            found.at(&format!(
                "/ContainerDefinitions/0/Environment/{place}/Value"
            ))
        };
        assert_eq!(at(0), (Some(HIDDEN.into()), Some(OTHER.into())));
        assert_eq!(at(1), (Some(HIDDEN.into()), Some(HIDDEN.into())));
    }

    #[test]
    fn who_it_may_have_been_is_told_where_the_stack_says_so_only() {
        let template = stack().template;
        let who = |id: &str, path: &str| who(&template, id, path);
        let scaling = who("Service", "/DesiredCount").unwrap();
        assert!(
            scaling.contains("AWS::ApplicationAutoScaling::ScalableTarget"),
            "{scaling}"
        );
        assert!(
            who("Service", "/TaskDefinition")
                .unwrap()
                .contains("rollback --service")
        );
        assert_eq!(who("Group", "/SecurityGroupIngress/1"), None);
        let alone = Template::from_node(
            &parse_yaml(
                "Resources: {Service: {Type: AWS::ECS::Service, Properties: {DesiredCount: 2}}}",
            )
            .unwrap(),
        );
        assert_eq!(
            super::who(&alone.unwrap(), "Service", "/DesiredCount"),
            None
        );
        assert!(stays("AWS::EC2::SecurityGroup", "/GroupDescription").is_some());
        assert_eq!(
            stays("AWS::EC2::SecurityGroup", "/SecurityGroupIngress/1"),
            None
        );
    }
}
