//! What CloudWatch counted at load balancers.

use std::collections::BTreeMap;

use stratiform_deploy::watch::Requests;
use stratiform_service::Timestamp;

use super::cloudwatch::{CLOUDWATCH, VERSION};
use crate::aws::Aws;
use crate::error::{Call as Operation, Error};
use crate::service::Form;

/// Target groups in a call; each has two metrics, and GetMetricData takes 500.
const AT_ONCE: usize = 20;

/// In seconds: what CloudWatch keeps for 15 days, in steps that end at whole minutes.
const PERIOD: &str = "60";

/// All requests, and those that targets answered with 5xx.
///
/// Source: Elastic Load Balancing, "CloudWatch metrics for your Application Load Balancer".
const METRICS: [&str; 2] = ["RequestCount", "HTTPCode_Target_5XX_Count"];

impl Aws {
    /// The requests to target groups between two moments. A group that no application load balancer forwards to is left out.
    ///
    /// Source: [GetMetricData](https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html).
    ///
    /// # Errors
    /// A call fails.
    pub async fn target_requests(
        &self,
        groups: &[String],
        since: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<Requests>, Error> {
        let mut found = Vec::new();
        for groups in groups.chunks(AT_ONCE) {
            let balanced = self.balancers(groups).await?;
            if balanced.is_empty() {
                continue;
            }
            let counts = self.counted(&balanced, (since, until)).await?;
            let each = balanced.into_iter().enumerate();
            found.extend(each.map(|(number, (group, _))| {
                let count = |metric| counts.get(&id(metric, number)).copied().unwrap_or_default();
                let [all, failed] = [0, 1].map(count);
                Requests { group, all, failed }
            }));
        }
        Ok(found)
    }

    /// Sums by the names of their queries.
    async fn counted(
        &self,
        balanced: &[(String, String)],
        (since, until): (Timestamp, Timestamp),
    ) -> Result<BTreeMap<String, u64>, Error> {
        let operation = Operation::new("GetMetricData", "AWS/ApplicationELB");
        let mut counts: BTreeMap<String, u64> = BTreeMap::new();
        let mut token: Option<String> = None;
        loop {
            let form = Form::new(operation.operation, VERSION)
                .with("StartTime", &since.to_string())
                .with("EndTime", &until.to_string())
                .with_some("NextToken", token.as_deref());
            let form = queries(form, balanced);
            let answer = self.query(&CLOUDWATCH, &operation, form).await?;
            for result in answer.items("MetricDataResults") {
                let id = operation.required(result.text("Id"), "Id")?;
                for value in result.items("Values") {
                    let value = count(value.own_text())
                        .ok_or_else(|| operation.unreadable("a value of a metric is no count"))?;
                    let counted = counts.entry(id.clone()).or_default();
                    *counted = counted.saturating_add(value);
                }
            }
            token = operation.next_page(token.as_deref(), answer.text("NextToken"))?;
            if token.is_none() {
                return Ok(counts);
            }
        }
    }
}

/// A count, which is sent as a float.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "it is finite and not negative, and one that is too large becomes the largest"
)]
fn count(text: &str) -> Option<u64> {
    let value: f64 = text.parse().ok()?;
    (value.is_finite() && value >= 0.0).then_some(value as u64)
}

/// `m0g3`: a metric of the fourth group.
fn id(metric: usize, group: usize) -> String {
    format!("m{metric}g{group}")
}

fn queries(form: Form, balanced: &[(String, String)]) -> Form {
    let each = balanced.iter().enumerate().flat_map(|(number, places)| {
        let metrics = METRICS.iter().enumerate();
        metrics.map(move |(metric, name)| (id(metric, number), *name, places))
    });
    each.enumerate()
        .fold(form, |form, (index, (id, name, (group, balancer)))| {
            let query = format!("MetricDataQueries.member.{}", index + 1);
            let metric = format!("{query}.MetricStat.Metric");
            let of_group = format!("{metric}.Dimensions.member.1");
            let of_balancer = format!("{metric}.Dimensions.member.2");
            form.with(&format!("{query}.Id"), &id)
                .with(&format!("{metric}.Namespace"), "AWS/ApplicationELB")
                .with(&format!("{metric}.MetricName"), name)
                .with(&format!("{of_group}.Name"), "TargetGroup")
                .with(&format!("{of_group}.Value"), last_part(group))
                .with(&format!("{of_balancer}.Name"), "LoadBalancer")
                .with(&format!("{of_balancer}.Value"), balancer)
                .with(&format!("{query}.MetricStat.Period"), PERIOD)
                .with(&format!("{query}.MetricStat.Stat"), "Sum")
        })
}

/// `targetgroup/api/0123` of a target group's ARN: what its metrics are called by.
fn last_part(arn: &str) -> &str {
    arn.splitn(6, ':').last().unwrap_or(arn)
}
