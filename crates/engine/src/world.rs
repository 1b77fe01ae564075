//! What is around a stack while it is worked on: its own resources, and other stacks.

use std::collections::BTreeMap;

use indexmap::IndexMap;
use serde_json::{Map, Value};
use stratiform_catalog::naming::NameScope;
use stratiform_finding::Finding;
use stratiform_resolve::{
    Outcome, Resolved, Resolver, Segment, StackOutput, Time, Whereabouts, World, reference,
};
use stratiform_template::Value as Expression;

use crate::intake::ParameterValue;
use crate::provider;
use crate::stack::Record;
use crate::state::Export;

/// The world of a stack.
#[derive(Debug)]
pub(crate) struct Surroundings<'a> {
    pub(crate) place: Whereabouts,
    pub(crate) stack_id: &'a str,
    pub(crate) notification_arns: &'a [String],
    pub(crate) resources: &'a IndexMap<String, Record>,
    /// The exports of all realms, under `ACCOUNT/REGION/NAME`.
    pub(crate) exports: &'a BTreeMap<String, Export>,
    /// The outputs of all stacks, under `ACCOUNT/REGION/STACK`.
    pub(crate) outputs: &'a BTreeMap<String, BTreeMap<String, String>>,
    /// The parameters, with what Systems Manager held when they were given.
    pub(crate) parameters: &'a IndexMap<String, ParameterValue>,
}

impl Surroundings<'_> {
    /// The key of something that only one can have.
    pub(crate) fn scoped(&self, scope: NameScope, key: &str) -> String {
        let account = self
            .place
            .account
            .as_ref()
            .map_or("", |account| account.as_str());
        scoped(account, self.place.region.as_str(), scope, key)
    }

    /// The key of something in this realm.
    fn key(&self, name: &str) -> String {
        let account = self
            .place
            .account
            .as_ref()
            .map_or("", |account| account.as_str());
        format!("{account}/{}/{name}", self.place.region)
    }
}

impl World for Surroundings<'_> {
    fn place(&self) -> &Whereabouts {
        &self.place
    }

    fn pseudo(&self, name: &str) -> Option<Resolved<'static>> {
        match name {
            "StackId" => Some(known(self.stack_id)),
            "NotificationARNs" => Some(Resolved::List(
                self.notification_arns
                    .iter()
                    .map(|arn| known(arn))
                    .collect(),
            )),
            _ => None,
        }
    }

    fn resource(&self, logical_id: &str, attribute: Option<&str>) -> Resolved<'static> {
        let record = self
            .resources
            .get(logical_id)
            .filter(|record| record.exists());
        let value = record.and_then(|record| {
            let identity = record.identity.as_ref()?;
            match attribute {
                None => Some(Value::String(identity.reference.clone())),
                Some(name) => {
                    provider::attribute(&record.resource_type, identity, &record.properties, name)
                }
            }
        });
        match value {
            Some(value) => resolved(&value),
            None => reference(logical_id, attribute, Time::Now, None),
        }
    }

    fn export(&self, name: &str) -> Option<Resolved<'static>> {
        let export = self.exports.get(&self.key(name))?;
        Some(known(&export.value))
    }

    fn output(&self, wanted: &StackOutput<'_>) -> Option<Resolved<'static>> {
        let key = match wanted.stack.split(':').collect::<Vec<_>>().as_slice() {
            [_, _, _, region, account, path] => {
                let name = path.split('/').nth(1)?;
                format!("{account}/{region}/{name}")
            }
            _ => {
                let own = self
                    .place
                    .account
                    .as_ref()
                    .map_or("", |account| account.as_str());
                let account = wanted.role.and_then(|role| role.split(':').nth(4));
                let region = wanted.region.unwrap_or(self.place.region.as_str());
                format!("{}/{region}/{}", account.unwrap_or(own), wanted.stack)
            }
        };
        Some(known(self.outputs.get(&key)?.get(wanted.output)?))
    }

    fn zones(&self, region: &str) -> Option<Vec<String>> {
        let region = if region.is_empty() {
            self.place.region.as_str()
        } else {
            region
        };
        Some(["a", "b", "c"].map(|zone| format!("{region}{zone}")).into())
    }

    fn looked_up(&self, name: &str) -> Option<String> {
        let mut parameters = self.parameters.values();
        let parameter = parameters.find(|parameter| parameter.value == name)?;
        parameter.resolved.clone()
    }
}

/// The key of something that only one can have. Accounts are apart here, also where AWS has one name for all of them.
pub(crate) fn scoped(account: &str, region: &str, scope: NameScope, key: &str) -> String {
    match scope {
        NameScope::Partition | NameScope::Account => format!("{account}/*/{key}"),
        NameScope::Region => format!("{account}/{region}/{key}"),
    }
}

fn known(text: &str) -> Resolved<'static> {
    Resolved::text(vec![Segment::Known(text.to_owned())], Vec::new())
}

/// A value without functions, as the resolver has it.
pub(crate) fn resolved(value: &Value) -> Resolved<'static> {
    match value {
        Value::Null => Resolved::Null,
        Value::String(text) => known(text),
        Value::Bool(_) | Value::Number(_) => known(&value.to_string()),
        Value::Array(items) => Resolved::List(items.iter().map(resolved).collect()),
        Value::Object(entries) => Resolved::Map(
            entries
                .iter()
                .map(|(key, value)| (key.clone(), resolved(value)))
                .collect(),
        ),
    }
}

/// Why a value has none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Unresolved {
    /// There is no such export.
    Export(String),
    /// Something else, in the service's words.
    Other(String),
}

/// The value of an expression; None where it is `AWS::NoValue`.
pub(crate) fn value(
    resolver: &Resolver<'_, '_>,
    expression: &Expression,
) -> Result<Option<Value>, Unresolved> {
    match resolver.resolve(expression) {
        Outcome::Value(resolved) => json(&resolved).map(Some),
        Outcome::Absent => Ok(None),
        Outcome::Unknown(text) => Err(unresolved(&text.segments)),
        Outcome::Malformed { finding, .. } => Err(Unresolved::Other(said(&finding))),
    }
}

/// The values of properties.
pub(crate) fn values<'t>(
    resolver: &Resolver<'_, 't>,
    entries: &'t stratiform_template::Map,
) -> Result<Map<String, Value>, Unresolved> {
    let resolved = resolver.entries(entries);
    let values = resolved
        .iter()
        .map(|(key, value)| Ok((key.to_string(), json(value)?)));
    values.collect()
}

/// The same, where a text stands for what is not known.
pub(crate) fn values_or<'t>(
    resolver: &Resolver<'_, 't>,
    entries: &'t stratiform_template::Map,
    unknown: &str,
) -> Map<String, Value> {
    let resolved = resolver.entries(entries);
    let values = resolved.iter().map(|(key, value)| {
        let value = json(value).unwrap_or_else(|_| unknown.into());
        (key.to_string(), value)
    });
    values.collect()
}

fn json(value: &Resolved<'_>) -> Result<Value, Unresolved> {
    Ok(match value {
        Resolved::Null => Value::Null,
        Resolved::Literal(text) => Value::String(text.to_string()),
        Resolved::Text(text) => {
            let mut whole = String::new();
            for segment in &text.segments {
                match segment {
                    Segment::Known(text) => whole += text,
                    Segment::Secret(secret) => whole += secret.reveal(),
                    Segment::Resource { now: Some(now), .. } => whole += now,
                    Segment::Resource { .. } | Segment::Unknown { .. } => {
                        return Err(unresolved(std::slice::from_ref(segment)));
                    }
                }
            }
            Value::String(whole)
        }
        Resolved::List(items) => Value::Array(items.iter().map(json).collect::<Result<_, _>>()?),
        Resolved::Map(entries) => {
            let entries = entries
                .iter()
                .map(|(key, value)| Ok((key.to_string(), json(value)?)));
            Value::Object(entries.collect::<Result<_, _>>()?)
        }
    })
}

fn unresolved(segments: &[Segment]) -> Unresolved {
    let found = segments.iter().find_map(|segment| match segment {
        Segment::Unknown { what, fault, .. } => Some(match (what.strip_prefix("Fn::ImportValue "), fault) {
            (Some(export), _) => Unresolved::Export(export.to_owned()),
            (None, Some(fault)) => Unresolved::Other(said(fault)),
            (None, None) => Unresolved::Other(format!("Template error: {what} cannot be evaluated")),
        }),
        Segment::Resource { logical_id, attribute, .. } => Some(Unresolved::Other(match attribute {
            Some(attribute) => format!(
                "Template error: resource {logical_id} does not support attribute type {attribute} in Fn::GetAtt"
            ),
            None => format!("Template error: resource {logical_id} is not there"),
        })),
        Segment::Known(_) | Segment::Secret(_) => None,
    });
    found.unwrap_or_else(|| {
        Unresolved::Other("Template error: a value cannot be evaluated".to_owned())
    })
}

/// What is wrong in the service's words, where they are known.
fn said(finding: &Finding) -> String {
    let recorded = finding.recorded.clone();
    recorded.unwrap_or_else(|| format!("Template error: {}", finding.what))
}
