//! Calls to Elastic Load Balancing.

use stratiform_catalog::behaviour::LOAD_BALANCER_PROTECTION;
use stratiform_deploy::Reply;
use stratiform_deploy::call::Target;

use crate::aws::Aws;
use crate::error::{Call as Operation, Error};
use crate::service::{Form, Service};

const ELB: Service = Service {
    id: "Elastic Load Balancing v2",
    host: "elasticloadbalancing",
    fips_host: "elasticloadbalancing-fips",
    signed_as: "elasticloadbalancing",
};
const VERSION: &str = "2015-12-01";

impl Aws {
    /// Switches a load balancer's deletion protection off.
    ///
    /// Source: [ModifyLoadBalancerAttributes](https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_ModifyLoadBalancerAttributes.html).
    pub(super) async fn modify_load_balancer_attributes(&self, arn: &str) -> Result<Reply, Error> {
        let operation = Operation::new("ModifyLoadBalancerAttributes", arn);
        let form = Form::new(operation.operation, VERSION)
            .with("LoadBalancerArn", arn)
            .with("Attributes.member.1.Key", LOAD_BALANCER_PROTECTION)
            .with("Attributes.member.1.Value", "false");
        match self.query(&ELB, &operation, form).await {
            Ok(_) => Ok(Reply::Done),
            Err(error) if error.has_code(&["LoadBalancerNotFound"]) => Ok(Reply::Done),
            Err(error) => Err(error),
        }
    }

    /// All targets of a target group; the answer has no pages.
    ///
    /// Source: [DescribeTargetHealth](https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeTargetHealth.html).
    pub(super) async fn describe_target_health(&self, group: &str) -> Result<Reply, Error> {
        let operation = Operation::new("DescribeTargetHealth", group);
        let form = Form::new(operation.operation, VERSION).with("TargetGroupArn", group);
        let answer = self.query(&ELB, &operation, form).await?;
        let targets = answer.items("TargetHealthDescriptions").map(|found| {
            let id = found.child("Target").and_then(|target| target.text("Id"));
            let health = found.child("TargetHealth");
            let of_health = |name: &str| health.and_then(|health| health.text(name));
            let (reason, said) = (of_health("Reason"), of_health("Description"));
            Ok(Target {
                id: operation.required(id, "Target.Id")?,
                state: operation.required(of_health("State"), "TargetHealth.State")?,
                reason: match (reason, said) {
                    (Some(reason), Some(said)) => Some(format!("{reason}: {said}")),
                    (reason, said) => reason.or(said).map(str::to_owned),
                },
            })
        });
        targets.collect::<Result<_, Error>>().map(Reply::Targets)
    }

    /// Target groups by ARN, at most 20, each with the application load balancer that forwards to it as its metrics name
    /// it: `app/shop/0123`. Those without one are left out.
    ///
    /// Source: [DescribeTargetGroups](https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeTargetGroups.html).
    pub(super) async fn balancers(
        &self,
        groups: &[String],
    ) -> Result<Vec<(String, String)>, Error> {
        let operation = Operation::new("DescribeTargetGroups", &groups.join("`, `"));
        let form = Form::new(operation.operation, VERSION)
            .with_list("TargetGroupArns", groups.iter().map(String::as_str));
        let answer = self.query(&ELB, &operation, form).await?;
        let balanced = answer.items("TargetGroups").filter_map(|found| {
            let mut balancers = found.items("LoadBalancerArns");
            let balancer = balancers.find_map(|arn| {
                let (_, name) = arn.own_text().split_once(":loadbalancer/")?;
                name.starts_with("app/").then(|| name.to_owned())
            })?;
            Some((found.text("TargetGroupArn")?.to_owned(), balancer))
        });
        Ok(balanced.collect())
    }
}
