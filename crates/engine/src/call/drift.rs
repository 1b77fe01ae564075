//! Calls about drift.

use serde_json::{Value, json};
use stratiform_service::{Refusal, StackStatus};

use crate::agenda::Place;
use crate::call::change_set::put;
use crate::call::describe::{page, paged};
use crate::call::{Call, Result};
use crate::drift::{differences, is_supported};
use crate::input::Refused;
use crate::stack::{Record, Stack};
use crate::state::State;

impl State {
    pub(crate) fn detect_stack_drift(&mut self, call: &mut Call<'_>) -> Result {
        let stack = self.stack_of(call)?;
        let settled = matches!(
            stack.status,
            StackStatus::CreateComplete
                | StackStatus::UpdateComplete
                | StackStatus::UpdateRollbackComplete
                | StackStatus::UpdateRollbackFailed
                | StackStatus::ImportComplete
                | StackStatus::ImportRollbackComplete
        );
        if !settled {
            return Err(Refused::validation(format!(
                "Drift detection cannot be performed on stack [{}] while it is in [{}] state.",
                stack.id,
                stack.status.as_str()
            )));
        }
        if stack
            .detections
            .iter()
            .any(|detection| !detection.is_done())
        {
            return Err(Refused::validation(format!(
                "Drift detection is already in progress for stack [{}]",
                stack.id
            )));
        }
        let wanted = call
            .arguments
            .texts("LogicalResourceIds")
            .unwrap_or_default();
        if let Some(missing) = wanted.iter().find(|id| !stack.resources.contains_key(*id)) {
            return Err(Refusal::ResourceMissing {
                logical_id: missing.clone(),
                stack: stack.name.to_string(),
            }
            .into());
        }
        let place = Place {
            realm: call.realm,
            stack: stack.id.to_string(),
        };
        let id = self.begin_detection(&place, wanted);
        Ok(json!({ "StackDriftDetectionId": id }))
    }

    pub(crate) fn describe_detection(&mut self, call: &mut Call<'_>) -> Result {
        let id = call.arguments.needed("StackDriftDetectionId")?;
        let realm = self.realm_of(call)?;
        let found = realm.stacks.values().find_map(|stack| {
            let mut detections = stack.detections.iter();
            let detection = detections.find(|detection| detection.id == id)?;
            Some((stack, detection))
        });
        let Some((stack, detection)) = found else {
            return Err(Refused::validation(format!(
                "Stack drift detection {id} does not exist"
            )));
        };
        let mut answer = json!({
            "DetectionStatus": "DETECTION_IN_PROGRESS",
            "StackDriftDetectionId": id,
            "StackId": stack.id,
            "Timestamp": detection.begun,
        });
        if detection.is_done() {
            put(&mut answer, "DetectionStatus", Some("DETECTION_COMPLETE"));
            put(
                &mut answer,
                "StackDriftStatus",
                Some(detection.stack_status()),
            );
            if let Some(answer) = answer.as_object_mut() {
                answer.insert(
                    "DriftedStackResourceCount".to_owned(),
                    detection.drifted().into(),
                );
            }
        }
        Ok(answer)
    }

    pub(crate) fn describe_stack_resource_drifts(&mut self, call: &mut Call<'_>) -> Result {
        let stack = self.stack_of(call)?;
        let wanted = call
            .arguments
            .texts("StackResourceDriftStatusFilters")
            .unwrap_or_default();
        let drifts = stack.resources.iter().filter_map(|(id, record)| {
            let drift = drift(stack, id, record)?;
            let status = drift.get("StackResourceDriftStatus")?.as_str()?;
            let fits = wanted.is_empty() || wanted.iter().any(|wanted| wanted == status);
            fits.then_some(drift)
        });
        let (drifts, token) = page(drifts, call)?;
        Ok(paged(json!({ "StackResourceDrifts": drifts }), token))
    }

    pub(crate) fn detect_stack_resource_drift(&mut self, call: &mut Call<'_>) -> Result {
        let logical_id = call.arguments.needed("LogicalResourceId")?.to_owned();
        let id = self.stack_of(call)?.id.to_string();
        let now = self.now();
        let realm = self.realm_mut(call)?;
        let Some(stack) = realm.stacks.get_mut(&id) else {
            return Ok(json!({}));
        };
        let Some(record) = stack.resources.get(&logical_id) else {
            return Err(Refusal::ResourceMissing {
                logical_id,
                stack: stack.name.to_string(),
            }
            .into());
        };
        if !is_supported(&record.resource_type) {
            return Err(Refused::validation(format!(
                "Drift detection is not supported for resource type {}",
                record.resource_type
            )));
        }
        stack.look(std::slice::from_ref(&logical_id), &realm.estate, now);
        let drift = stack
            .resources
            .get(&logical_id)
            .and_then(|record| drift(stack, &logical_id, record));
        Ok(json!({ "StackResourceDrift": drift }))
    }
}

/// What is known of a resource's drift; none where nobody looked.
fn drift(stack: &Stack, logical_id: &str, record: &Record) -> Option<Value> {
    let checked = record.checked.as_ref()?;
    let text =
        |properties: &serde_json::Map<String, Value>| Value::Object(properties.clone()).to_string();
    let mut drift = json!({
        "LogicalResourceId": logical_id,
        "PhysicalResourceIdContext": [],
        "PropertyDifferences": differences(checked),
        "ResourceType": record.resource_type,
        "StackId": stack.id,
        "StackResourceDriftStatus": checked.status,
        "Timestamp": checked.at,
        "ExpectedProperties": text(&checked.expected),
    });
    put(&mut drift, "PhysicalResourceId", record.physical_id());
    let actual = checked.actual.as_ref().map(text);
    put(&mut drift, "ActualProperties", actual.as_deref());
    Some(drift)
}
