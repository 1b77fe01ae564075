//! Calls that describe stacks, their resources, exports and imports.

use std::ops::Deref;

use serde_json::{Value, json};
use stratiform_service::status::DetailedStatus;
use stratiform_service::{Refusal, StackStatus, Timestamp};

use crate::call::change_set::put;
use crate::call::{Call, Result};
use crate::change_set::{parameters, tags};
use crate::input::Refused;
use crate::operation::OperationKind;
use crate::stack::{Mode, Record, Stack};
use crate::state::{Realm, State};

/// How many items a page has.
pub(crate) const PAGE: usize = 100;

impl State {
    pub(crate) fn describe_stacks(&mut self, call: &mut Call<'_>) -> Result {
        let realm = self.realm_of(call)?;
        if call.arguments.text("StackName").is_some() {
            let stack = self.stack_of(call)?;
            return Ok(json!({ "Stacks": [described(stack)] }));
        }
        let live = realm.stacks.values().rev().map(Deref::deref);
        let live = live.filter(|stack| stack.status != StackStatus::DeleteComplete);
        let (stacks, token) = page(live, call)?;
        let stacks: Vec<Value> = stacks.into_iter().map(described).collect();
        Ok(paged(json!({ "Stacks": stacks }), token))
    }

    pub(crate) fn list_stacks(&mut self, call: &mut Call<'_>) -> Result {
        let wanted = call
            .arguments
            .texts("StackStatusFilter")
            .unwrap_or_default();
        let realm = self.realm_of(call)?;
        let stacks = realm.stacks.values().rev().map(Deref::deref);
        let stacks = stacks.filter(|stack| {
            wanted.is_empty() || wanted.iter().any(|status| status == stack.status.as_str())
        });
        let (stacks, token) = page(stacks, call)?;
        let summaries: Vec<Value> = stacks.into_iter().map(summary).collect();
        Ok(paged(json!({ "StackSummaries": summaries }), token))
    }

    pub(crate) fn describe_stack_resource(&mut self, call: &mut Call<'_>) -> Result {
        let name = call.arguments.needed("StackName")?;
        let logical_id = call.arguments.needed("LogicalResourceId")?;
        let stack = self.realm_of(call)?.stack(name).ok_or_else(|| {
            Refused::from(Refusal::StackOfResourceMissing {
                stack: name.to_owned(),
            })
        })?;
        let record = stack.resources.get(logical_id).ok_or_else(|| {
            Refused::from(Refusal::ResourceMissing {
                logical_id: logical_id.to_owned(),
                stack: name.to_owned(),
            })
        })?;
        let mut detail = resource(logical_id, record, "LastUpdatedTimestamp");
        let metadata = record.metadata.as_ref().map(Value::to_string);
        put(
            &mut detail,
            "Metadata",
            Some(metadata.as_deref().unwrap_or("{}")),
        );
        put(&mut detail, "StackId", Some(stack.id.as_str()));
        put(&mut detail, "StackName", Some(stack.name.as_str()));
        Ok(json!({ "StackResourceDetail": detail }))
    }

    pub(crate) fn describe_stack_resources(&mut self, call: &mut Call<'_>) -> Result {
        let (name, physical_id) = (
            call.arguments.text("StackName"),
            call.arguments.text("PhysicalResourceId"),
        );
        let realm = self.realm_of(call)?;
        let stack = match (name, physical_id) {
            (Some(_), Some(_)) => {
                return Err(Refused::validation(
                    "Cannot specify both StackName and PhysicalResourceId",
                ));
            }
            (Some(name), None) => realm.stack(name).ok_or_else(|| {
                Refused::from(Refusal::StackMissing {
                    stack: name.to_owned(),
                })
            })?,
            (None, Some(id)) => owner(realm, id)?,
            (None, None) => {
                return Err(Refused::validation(
                    "StackName or PhysicalResourceId must be specified",
                ));
            }
        };
        let wanted = call.arguments.text("LogicalResourceId");
        let resources = sorted(stack)
            .into_iter()
            .filter(|(id, _)| wanted.is_none_or(|wanted| wanted == *id))
            .take(PAGE)
            .map(|(id, record)| {
                let mut resource = resource(id, record, "Timestamp");
                put(&mut resource, "StackId", Some(stack.id.as_str()));
                put(&mut resource, "StackName", Some(stack.name.as_str()));
                resource
            });
        Ok(json!({ "StackResources": resources.collect::<Vec<_>>() }))
    }

    pub(crate) fn list_stack_resources(&mut self, call: &mut Call<'_>) -> Result {
        let stack = self.stack_of(call)?;
        let (resources, token) = page(sorted(stack).into_iter(), call)?;
        let summaries = resources
            .into_iter()
            .map(|(id, record)| resource(id, record, "LastUpdatedTimestamp"));
        let answer = json!({ "StackResourceSummaries": summaries.collect::<Vec<_>>() });
        Ok(paged(answer, token))
    }

    pub(crate) fn list_exports(&mut self, call: &mut Call<'_>) -> Result {
        let realm = self.realm_of(call)?;
        let prefix = format!("{}/{}/", realm.account, realm.region);
        let exports = self.exports.iter().filter_map(|(key, export)| {
            let name = key.strip_prefix(&prefix)?;
            Some((name, export))
        });
        let (exports, token) = page(exports, call)?;
        let exports = exports.into_iter().map(|(name, export)| {
            json!({ "ExportingStackId": export.stack, "Name": name, "Value": export.value })
        });
        Ok(paged(
            json!({ "Exports": exports.collect::<Vec<_>>() }),
            token,
        ))
    }

    pub(crate) fn list_imports(&mut self, call: &mut Call<'_>) -> Result {
        let name = call.arguments.needed("ExportName")?;
        let realm = self.realm_of(call)?;
        let key = format!("{}/{}/{name}", realm.account, realm.region);
        let importers = self.importers.get(&key).into_iter().flatten();
        let (importers, token) = page(importers, call)?;
        if importers.is_empty() {
            return Err(Refusal::NotImported {
                export: name.to_owned(),
            }
            .into());
        }
        Ok(paged(json!({ "Imports": importers }), token))
    }
}

/// The stack that has a resource.
fn owner<'r>(realm: &'r Realm, physical_id: &str) -> std::result::Result<&'r Stack, Refused> {
    let mut stacks = realm.stacks.values().map(Deref::deref);
    let found = stacks.find(|stack| {
        let mut records = stack.resources.values();
        records.any(|record| record.exists() && record.physical_id() == Some(physical_id))
    });
    found.ok_or_else(|| Refused::validation(format!("Stack for {physical_id} does not exist")))
}

/// The resources of a stack by their logical IDs.
fn sorted(stack: &Stack) -> Vec<(&str, &Record)> {
    let resources = stack.resources.iter();
    let mut resources: Vec<_> = resources
        .map(|(id, record)| (id.as_str(), record))
        .collect();
    resources.sort_by_key(|(id, _)| *id);
    resources
}

fn resource(logical_id: &str, record: &Record, moment: &str) -> Value {
    let drift = match &record.checked {
        Some(checked) => json!({
            "StackResourceDriftStatus": checked.status,
            "LastCheckTimestamp": checked.at,
        }),
        None => json!({ "StackResourceDriftStatus": "NOT_CHECKED" }),
    };
    let mut resource = json!({
        "DriftInformation": drift,
        "LogicalResourceId": logical_id,
        "ResourceStatus": record.status,
        "ResourceType": record.resource_type,
        moment: record.updated,
    });
    put(&mut resource, "PhysicalResourceId", record.physical_id());
    put(
        &mut resource,
        "ResourceStatusReason",
        record.reason.as_deref(),
    );
    resource
}

/// A stack as `DescribeStacks` answers it.
fn described(stack: &Stack) -> Value {
    let deployment = &stack.deployment;
    let is_deleted = stack.status == StackStatus::DeleteComplete;
    let mut item = json!({
        "CreationTime": stack.created,
        "DeploymentConfig": {
            "DisableRollback": stack.disable_rollback,
            "Mode": mode(stack.mode),
        },
        "DisableRollback": stack.disable_rollback,
        "DriftInformation": drift(stack),
        "LastOperations": operations(stack),
        "NotificationARNs": deployment.notification_arns,
        "RollbackConfiguration": deployment.rollback,
        "StackId": stack.id,
        "StackName": stack.name,
        "StackStatus": stack.status,
        "Tags": tags(&deployment.tags),
    });
    put(&mut item, "ChangeSetId", stack.change_set_id.as_deref());
    put(&mut item, "RoleARN", deployment.role.as_deref());
    put(
        &mut item,
        "Description",
        deployment.template.description.as_deref(),
    );
    put(&mut item, "StackStatusReason", stack.reason.as_deref());
    put(
        &mut item,
        "DetailedStatus",
        stack.detail.map(DetailedStatus::as_str),
    );
    put(
        &mut item,
        "ParentId",
        stack.parent.as_ref().map(|(id, _)| id.as_str()),
    );
    put(
        &mut item,
        "RootId",
        stack.root.as_ref().map(|id| id.as_str()),
    );
    let moment = |moment: Option<Timestamp>| moment.map(|moment| moment.to_string());
    put(
        &mut item,
        "LastUpdatedTime",
        moment(stack.updated).as_deref(),
    );
    put(&mut item, "DeletionTime", moment(stack.deleted).as_deref());
    let Some(object) = item.as_object_mut() else {
        return item;
    };
    if !is_deleted {
        object.insert(
            "EnableTerminationProtection".to_owned(),
            stack.protection.into(),
        );
    }
    if !deployment.capabilities.is_empty() {
        object.insert(
            "Capabilities".to_owned(),
            deployment.capabilities.clone().into(),
        );
    }
    if !deployment.parameters.is_empty() {
        let parameters = parameters(&deployment.parameters);
        object.insert("Parameters".to_owned(), json!(parameters));
    }
    if let Some(minutes) = stack.timeout_minutes {
        object.insert("TimeoutInMinutes".to_owned(), minutes.into());
    }
    let shows_outputs = stack.status != StackStatus::UpdateRollbackInProgress;
    if !stack.outputs.is_empty() && shows_outputs {
        let outputs = stack.outputs.iter().map(|output| {
            let mut item = json!({ "OutputKey": output.key, "OutputValue": output.value });
            put(&mut item, "Description", output.description.as_deref());
            put(&mut item, "ExportName", output.export.as_deref());
            item
        });
        object.insert("Outputs".to_owned(), outputs.collect());
    }
    item
}

fn mode(mode: Mode) -> &'static str {
    match mode {
        Mode::Standard => "STANDARD",
        Mode::Express => "EXPRESS",
    }
}

fn drift(stack: &Stack) -> Value {
    match stack
        .detections
        .iter()
        .rev()
        .find(|detection| detection.is_done())
    {
        Some(detection) => json!({
            "StackDriftStatus": detection.stack_status(),
            "LastCheckTimestamp": detection.ended(),
        }),
        None => json!({ "StackDriftStatus": "NOT_CHECKED" }),
    }
}

/// The operations that belong together and came last, the newest first.
fn operations(stack: &Stack) -> Vec<Value> {
    let begun = stack.history.iter().rev();
    let mut operations = Vec::new();
    for begun in begun {
        operations.push(json!({ "OperationId": begun.id, "OperationType": begun.kind.as_str() }));
        match begun.kind {
            OperationKind::Rollback | OperationKind::ContinueRollback => {}
            OperationKind::CreateStack
            | OperationKind::UpdateStack
            | OperationKind::DeleteStack
            | OperationKind::CreateChangeSet => break,
        }
    }
    operations
}

fn summary(stack: &Stack) -> Value {
    let mut item = json!({
        "CreationTime": stack.created,
        "DriftInformation": drift(stack),
        "LastOperations": operations(stack),
        "StackId": stack.id,
        "StackName": stack.name,
        "StackStatus": stack.status,
    });
    let moment = |moment: Option<Timestamp>| moment.map(|moment| moment.to_string());
    put(
        &mut item,
        "LastUpdatedTime",
        moment(stack.updated).as_deref(),
    );
    put(&mut item, "DeletionTime", moment(stack.deleted).as_deref());
    put(&mut item, "StackStatusReason", stack.reason.as_deref());
    put(
        &mut item,
        "TemplateDescription",
        stack.deployment.template.description.as_deref(),
    );
    put(
        &mut item,
        "ParentId",
        stack.parent.as_ref().map(|(id, _)| id.as_str()),
    );
    put(
        &mut item,
        "RootId",
        stack.root.as_ref().map(|id| id.as_str()),
    );
    item
}

/// A page of items, and the token of the next one.
pub(crate) fn page<T>(
    items: impl Iterator<Item = T>,
    call: &Call<'_>,
) -> std::result::Result<(Vec<T>, Option<String>), Refused> {
    page_of(PAGE, items, call)
}

/// The same, where a page has no more than so many.
pub(crate) fn page_of<T>(
    most: usize,
    items: impl Iterator<Item = T>,
    call: &Call<'_>,
) -> std::result::Result<(Vec<T>, Option<String>), Refused> {
    let start = match call.arguments.text("NextToken") {
        None => 0,
        Some(token) => token
            .parse::<usize>()
            .map_err(|_| Refused::validation(format!("NextToken {token} is invalid")))?,
    };
    let size = match call.arguments.number("MaxResults")? {
        Some(size) => usize::try_from(size).unwrap_or(most).clamp(1, most),
        None => most,
    };
    let mut items = items.skip(start);
    let page: Vec<T> = items.by_ref().take(size).collect();
    let token = items.next().map(|_| (start + size).to_string());
    Ok((page, token))
}

/// An answer with the token of the next page.
pub(crate) fn paged(mut answer: Value, token: Option<String>) -> Value {
    put(&mut answer, "NextToken", token.as_deref());
    answer
}

/// `DescribeAccountLimits`.
pub(crate) fn account_limits() -> Value {
    json!({ "AccountLimits": [
        { "Name": "StackLimit", "Value": 2000 },
        { "Name": "StackOutputsLimit", "Value": 200 },
        { "Name": "ConcurrentResourcesLimit", "Value": 3500 },
    ] })
}
