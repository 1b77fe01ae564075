//! Calls about drift.

use aws_sdk_cloudformation::types;
use stratiform_deploy::Reply;
use stratiform_service::drift::{Detection, PropertyDifference, ResourceDrift};
use stratiform_service::{StackId, Word};

use crate::aws::Aws;
use crate::error::{Call as Operation, Error};

/// What [DescribeStackResourceDrifts] takes at most.
///
/// [DescribeStackResourceDrifts]: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStackResourceDrifts.html
const IN_A_PAGE: i32 = 100;

impl Aws {
    /// Source: [DetectStackDrift](https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DetectStackDrift.html).
    pub(super) async fn detect_stack_drift(&self, stack: &StackId) -> Result<Reply, Error> {
        let operation = Operation::new("DetectStackDrift", stack.stack_name());
        let request = self.cloudformation.detect_stack_drift();
        let begun = request.stack_name(stack.as_str()).send().await;
        let begun = begun.map_err(|error| operation.error(&error))?;
        let detection =
            operation.required(begun.stack_drift_detection_id(), "StackDriftDetectionId")?;
        Ok(Reply::DetectionBegun { detection })
    }

    /// Source: [DescribeStackDriftDetectionStatus](https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStackDriftDetectionStatus.html).
    pub(super) async fn drift_detection_status(&self, detection: &str) -> Result<Reply, Error> {
        let operation = Operation::new("DescribeStackDriftDetectionStatus", detection);
        let request = self.cloudformation.describe_stack_drift_detection_status();
        let found = request.stack_drift_detection_id(detection).send().await;
        let found = found.map_err(|error| operation.error(&error))?;
        let status = found.detection_status().map(|status| status.as_str());
        Ok(Reply::Detection(Detection {
            status: Word::new(&operation.required(status, "DetectionStatus")?),
            reason: found.detection_status_reason().map(str::to_owned),
            begun: operation.moment(found.timestamp(), "Timestamp")?,
        }))
    }

    /// Source: [DescribeStackResourceDrifts](https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStackResourceDrifts.html).
    pub(super) async fn resource_drifts(&self, stack: &StackId) -> Result<Reply, Error> {
        let operation = Operation::new("DescribeStackResourceDrifts", stack.stack_name());
        let mut drifts = Vec::new();
        let mut token = None;
        loop {
            let request = self.cloudformation.describe_stack_resource_drifts();
            let request = request.stack_name(stack.as_str()).max_results(IN_A_PAGE);
            let page = request.set_next_token(token.clone()).send().await;
            let page = page.map_err(|error| operation.error(&error))?;
            for found in page.stack_resource_drifts() {
                drifts.push(drift(&operation, found)?);
            }
            token = operation.next_page(token.as_deref(), page.next_token())?;
            if token.is_none() {
                return Ok(Reply::Drifts(drifts));
            }
        }
    }
}

fn drift(operation: &Operation, found: &types::StackResourceDrift) -> Result<ResourceDrift, Error> {
    let owned = |text: Option<&str>| text.map(str::to_owned);
    let status = found.stack_resource_drift_status();
    let status = status.map(|status| status.as_str());
    let id = found.logical_resource_id();
    let differences = found.property_differences().iter();
    Ok(ResourceDrift {
        logical_id: operation.part(id, "LogicalResourceId")?,
        physical_id: found.physical_resource_id().and_then(|id| id.parse().ok()),
        resource_type: operation.required(found.resource_type(), "ResourceType")?,
        status: Word::new(&operation.required(status, "StackResourceDriftStatus")?),
        reason: owned(found.drift_status_reason()),
        expected: owned(found.expected_properties()),
        actual: owned(found.actual_properties()),
        differences: differences
            .map(|difference| of_property(operation, difference))
            .collect::<Result<_, _>>()?,
        at: operation.moment(found.timestamp(), "Timestamp")?,
    })
}

fn of_property(
    operation: &Operation,
    found: &types::PropertyDifference,
) -> Result<PropertyDifference, Error> {
    let kind = found.difference_type().map(|kind| kind.as_str());
    Ok(PropertyDifference {
        path: operation.required(found.property_path(), "PropertyPath")?,
        expected: found.expected_value().unwrap_or_default().to_owned(),
        actual: found.actual_value().unwrap_or_default().to_owned(),
        kind: Word::new(&operation.required(kind, "DifferenceType")?),
    })
}
