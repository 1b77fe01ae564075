//! Calls to CloudWatch.

use stratiform_deploy::Reply;
use stratiform_deploy::call::Alarm;

use super::reading::written;
use crate::aws::Aws;
use crate::error::{Call as Operation, Error};
use crate::service::{Element, Form, Service};

pub(super) const CLOUDWATCH: Service = Service {
    id: "CloudWatch",
    host: "monitoring",
    fips_host: "monitoring-fips",
    signed_as: "monitoring",
};
pub(super) const VERSION: &str = "2010-08-01";

impl Aws {
    /// Alarms of both kinds, in the order in which they are asked for.
    ///
    /// Source: [DescribeAlarms](https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html).
    pub(super) async fn describe_alarms(&self, names: &[String]) -> Result<Reply, Error> {
        // Without a name AWS answers with all that there are.
        if names.is_empty() {
            return Ok(Reply::Alarms(Vec::new()));
        }
        let operation = Operation::new("DescribeAlarms", &names.join("`, `"));
        let mut alarms = Vec::new();
        let mut token: Option<String> = None;
        loop {
            let form = Form::new(operation.operation, VERSION)
                .with_list("AlarmNames", names.iter().map(String::as_str))
                .with_list("AlarmTypes", ["MetricAlarm", "CompositeAlarm"])
                .with("MaxRecords", "100")
                .with_some("NextToken", token.as_deref());
            let answer = self.query(&CLOUDWATCH, &operation, form).await?;
            for kind in ["MetricAlarms", "CompositeAlarms"] {
                for found in answer.items(kind) {
                    alarms.push(read(&operation, found)?);
                }
            }
            token = operation.next_page(token.as_deref(), answer.text("NextToken"))?;
            if token.is_none() {
                break;
            }
        }
        alarms.sort_by_key(|alarm| names.iter().position(|name| *name == alarm.name));
        Ok(Reply::Alarms(alarms))
    }
}

fn read(operation: &Operation, found: &Element) -> Result<Alarm, Error> {
    // The other time is also that of a change of the reason alone.
    let since = found.text("StateTransitionedTimestamp");
    let since = since.or_else(|| found.text("StateUpdatedTimestamp"));
    Ok(Alarm {
        name: operation.required(found.text("AlarmName"), "AlarmName")?,
        arn: operation.required(found.text("AlarmArn"), "AlarmArn")?,
        state: operation.required(found.text("StateValue"), "StateValue")?,
        reason: found.text("StateReason").map(str::to_owned),
        since: written(since),
    })
}
