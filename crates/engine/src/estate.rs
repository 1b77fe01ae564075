//! What is there outside of stacks: the resources themselves, and what other services keep.
//!
//! Each resource of a stack is here as it really is; where somebody else changes it, it drifts from what its stack
//! says. What a stack leaves behind stays here, and belongs to nobody.

use std::collections::BTreeMap;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use stratiform_service::{StackId, Timestamp};

use crate::properties::Properties;
use crate::provider::Identity;
use crate::services;
use crate::stack::Record;

/// What is there in one account and region.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Estate {
    /// Resources by type, then by physical ID.
    living: BTreeMap<String, BTreeMap<String, Living>>,
    /// The values of Systems Manager's parameters, by name.
    pub(crate) looked_up: BTreeMap<String, String>,
    /// Parameters, secrets, objects, snapshots and whatever else services keep, by service and then by name.
    pub(crate) kept: BTreeMap<String, BTreeMap<String, Value>>,
    /// How many of a series have been made: revisions of a family of task definitions.
    pub(crate) series: BTreeMap<String, u64>,
    /// Alarms that are off, by name, and since when.
    pub(crate) alarms: BTreeMap<String, Timestamp>,
}

/// A resource that exists.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Living {
    pub(crate) identity: Identity,
    pub(crate) properties: Properties,
    pub(crate) tags: IndexMap<String, String>,
    /// The stack that it belongs to.
    pub(crate) stack: Option<StackId>,
    pub(crate) logical_id: String,
    pub(crate) since: Timestamp,
    pub(crate) changed: Timestamp,
}

const PARAMETER: &str = "AWS::SSM::Parameter";
const TASK_DEFINITION: &str = "AWS::ECS::TaskDefinition";

impl Estate {
    /// The identity of a new resource; of a revision, the next one of its series.
    pub(crate) fn numbered(&mut self, resource_type: &str, identity: Identity) -> Identity {
        let series = identity.series(resource_type).map(str::to_owned);
        match series {
            Some(series) => {
                let made = self.series.entry(series).or_default();
                *made += 1;
                identity.numbered(resource_type, *made)
            }
            None => identity,
        }
    }

    /// A resource that exists.
    pub(crate) fn living(&self, resource_type: &str, physical_id: &str) -> Option<&Living> {
        self.living.get(resource_type)?.get(physical_id)
    }

    /// The same, to change it from outside.
    pub(crate) fn living_mut(
        &mut self,
        resource_type: &str,
        physical_id: &str,
    ) -> Option<&mut Living> {
        self.living.get_mut(resource_type)?.get_mut(physical_id)
    }

    /// All resources of a type.
    pub(crate) fn all(&self, resource_type: &str) -> impl Iterator<Item = (&str, &Living)> {
        let living = self.living.get(resource_type).into_iter().flatten();
        living.map(|(id, living)| (id.as_str(), living))
    }

    /// A resource exists, or is another now.
    pub(crate) fn put(&mut self, resource_type: &str, living: Living) {
        let physical_id = living.identity.physical_id.clone();
        if !self.living.contains_key(resource_type) {
            self.living
                .insert(resource_type.to_owned(), BTreeMap::new());
        }
        if let Some(of_type) = self.living.get_mut(resource_type) {
            let before = of_type.get(&physical_id);
            let since = before.map_or(living.since, |before| before.since);
            of_type.insert(physical_id.clone(), Living { since, ..living });
        }
        self.index(resource_type, &physical_id);
    }

    /// Keeps up what is found by value.
    pub(crate) fn index(&mut self, resource_type: &str, physical_id: &str) {
        if resource_type != PARAMETER {
            return;
        }
        services::count_version(self, physical_id);
        let value = self
            .living(resource_type, physical_id)
            .and_then(|living| living.properties.get("Value")?.as_str().map(str::to_owned));
        match value {
            Some(value) => self.looked_up.insert(physical_id.to_owned(), value),
            None => self.looked_up.remove(physical_id),
        };
    }

    /// A resource is gone.
    pub(crate) fn remove(&mut self, resource_type: &str, physical_id: &str) {
        let of_type = self.living.get_mut(resource_type);
        let gone = of_type.and_then(|of_type| of_type.remove(physical_id));
        if let (Some(gone), TASK_DEFINITION) = (gone, resource_type) {
            services::keep_definition(self, physical_id, &gone);
        }
        self.index(resource_type, physical_id);
    }

    /// A resource belongs to nobody.
    pub(crate) fn release(&mut self, resource_type: &str, physical_id: &str) {
        if let Some(living) = self.living_mut(resource_type, physical_id) {
            living.stack = None;
        }
    }

    /// The properties of a resource as it really is; as its stack says where it is gone.
    pub(crate) fn properties(&self, record: &Record) -> Properties {
        let physical_id = record.physical_id().unwrap_or_default();
        let living = self.living(&record.resource_type, physical_id);
        living.map_or_else(
            || record.properties.clone(),
            |living| living.properties.clone(),
        )
    }

    /// Keeps a snapshot of a resource.
    pub(crate) fn snapshot(&mut self, name: &str, record: &Record, now: Timestamp) {
        let snapshot = serde_json::json!({
            "ResourceType": record.resource_type,
            "Source": record.physical_id(),
            "Properties": record.properties,
            "Created": now,
            "Kind": "manual",
        });
        self.keep("snapshots", name, snapshot);
    }

    /// Keeps something of a service.
    pub(crate) fn keep(&mut self, service: &str, name: &str, value: Value) {
        let kept = self.kept.entry(service.to_owned()).or_default();
        kept.insert(name.to_owned(), value);
    }

    /// Something that a service keeps.
    pub(crate) fn kept(&self, service: &str, name: &str) -> Option<&Value> {
        self.kept.get(service)?.get(name)
    }

    /// What a new resource needs and is not there, in the words of its service: a snapshot to start from.
    pub(crate) fn missing(
        &self,
        resource_type: &str,
        properties: &Map<String, Value>,
    ) -> Option<String> {
        if resource_type != "AWS::RDS::DBInstance" {
            return None;
        }
        let name = properties.get("DBSnapshotIdentifier")?.as_str()?;
        // Those of AWS Backup have a colon in their name.
        let name = name.split_once(":snapshot:").map_or(name, |(_, name)| name);
        let is_there = name.is_empty() || self.kept("snapshots", name).is_some();
        (!is_there).then(|| format!("DBSnapshot {name} not found."))
    }

    /// Why an alarm stops an operation: it is off, or there is none of that ARN.
    pub(crate) fn alarm_off(&self, arn: &str) -> Option<String> {
        let name = arn.split(":alarm:").nth(1)?;
        let is_off = self.alarms.contains_key(name);
        is_off.then(|| rollback_trigger(arn))
    }

    /// Whether there is an alarm, of a stack or outside of all.
    pub(crate) fn has_alarm(&self, name: &str) -> bool {
        let types = ["AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm"];
        let is_living = |known: &&str| self.living(known, name).is_some();
        self.alarms.contains_key(name) || types.iter().any(is_living)
    }

    /// A text in which each dynamic reference is what it names; why there is none.
    pub(crate) fn resolve_dynamic(&self, text: &str) -> Result<String, String> {
        each_reference(text, &|reference| self.referred(reference))
    }

    /// The same, where references to secrets are left as written.
    pub(crate) fn resolve_open(&self, text: &str) -> Result<String, String> {
        each_reference(text, &|reference| match reference.starts_with("ssm:") {
            true => self.referred(reference),
            false => Ok(format!("{{{{resolve:{reference}}}}}")),
        })
    }

    fn referred(&self, reference: &str) -> Result<String, String> {
        let (kind, name) = reference.split_once(':').unwrap_or((reference, ""));
        match kind {
            "ssm" | "ssm-secure" => {
                let (name, _) = name.split_once(':').unwrap_or((name, ""));
                self.looked_up
                    .get(name)
                    .cloned()
                    .ok_or_else(|| format!("Parameters: [{kind}:{name}] cannot be found."))
            }
            "secretsmanager" => self.secret(name),
            _ => Err(format!(
                "Could not parse dynamic reference {{{{resolve:{reference}}}}}"
            )),
        }
    }

    /// `NAME:SecretString:KEY:STAGE:VERSION`; the name may be an ARN.
    fn secret(&self, reference: &str) -> Result<String, String> {
        let parts: Vec<&str> = reference.split(':').collect();
        let (name, rest) = match parts.as_slice() {
            ["arn", _, _, _, _, _, name, rest @ ..] => (*name, rest),
            [name, rest @ ..] => (*name, rest),
            [] => ("", [].as_slice()),
        };
        let missing = || format!("Secrets Manager can't find the specified secret: {name}");
        let text = self.secret_text(name).ok_or_else(missing)?;
        let key = rest.get(1).copied().unwrap_or_default();
        if key.is_empty() {
            return Ok(text);
        }
        let document: Value = serde_json::from_str(&text).unwrap_or_default();
        match document.get(key) {
            Some(Value::String(text)) => Ok(text.clone()),
            Some(value) => Ok(value.to_string()),
            None => Err(format!(
                "Could not find a value associated with JSONKey in SecretString: {key}"
            )),
        }
    }

    /// The value of a secret, by its name, or the name with the suffix of its ARN.
    pub(crate) fn secret_text(&self, name: &str) -> Option<String> {
        services::secret_text(self, name)
    }
}

/// A text in which each dynamic reference is replaced.
fn each_reference(
    text: &str,
    read: &dyn Fn(&str) -> Result<String, String>,
) -> Result<String, String> {
    let mut whole = String::new();
    let mut rest = text;
    while let Some((start, after)) = rest.split_once("{{resolve:") {
        let Some((reference, end)) = after.split_once("}}") else {
            break;
        };
        whole += start;
        whole += &read(reference)?;
        rest = end;
    }
    Ok(whole + rest)
}

/// Nobody recorded how the service says that an alarm went off. See `docs/engine.md`.
pub(crate) fn rollback_trigger(arn: &str) -> String {
    format!("Rollback trigger {arn} is in state ALARM")
}
