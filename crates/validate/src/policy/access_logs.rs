//! Doors to the outside that keep no record of who comes.

use stratiform_finding::{Code, Level};
use stratiform_template::Path;

use super::asking::Text;
use super::{Check, Policy};
use crate::schema::{Entries, Look, Looked};

pub(super) static POLICY: Policy = Policy {
    code: Code::AccessLogs,
    level: Some(Level::Note),
    rule: "A load balancer, distribution or stage of an API logs its requests",
    reason: "after an incident nobody can say who asked for what",
    remedy: "Name where the logs go: a bucket, or a log group.",
    sources: &[
        "APIGateway.9",
        "CloudFront.5",
        "ELB.5",
        "CKV_AWS_76",
        "CKV_AWS_86",
        "CKV_AWS_91",
        "CKV_AWS_92",
        "CKV_AWS_95",
        "AwsSolutions-APIG1",
        "AwsSolutions-CFR3",
        "AwsSolutions-ELB2",
    ],
    checks: &[
        ("AWS::ApiGateway::Stage", STAGE),
        ("AWS::ApiGatewayV2::Stage", |look, stage, path| {
            logged(look, stage, &["AccessLogSettings", "DestinationArn"], path)
        }),
        ("AWS::CloudFront::Distribution", |look, properties, path| {
            logged(look, properties, &["DistributionConfig", "Logging"], path)
        }),
        (
            "AWS::ElasticLoadBalancing::LoadBalancer",
            |look, balancer, path| {
                let way = ["AccessLoggingPolicy", "Enabled"];
                look.has_to_be_true(&POLICY, balancer, &way, path, WHAT)
            },
        ),
        ("AWS::ElasticLoadBalancingV2::LoadBalancer", balancer),
    ],
};

const WHAT: &str = "its requests are not logged";

const STAGE: Check =
    |look, stage, path| logged(look, stage, &["AccessLogSetting", "DestinationArn"], path);

fn logged<'t>(
    look: &mut Look<'_, 't>,
    entries: &Entries,
    way: &[&str],
    path: &Path<'_>,
) -> Looked<'t> {
    let help = format!("write `{}`", way.join("."));
    look.has_to_be_there(&POLICY, entries, way, path, (WHAT, &help))
}

fn balancer<'t>(look: &mut Look<'_, 't>, balancer: &'t Entries, path: &Path<'_>) -> Looked<'t> {
    const LIST: &str = "LoadBalancerAttributes";
    const KEY: &str = "access_logs.s3.enabled";
    // One of type `gateway` has no such logs.
    match look.text_of(balancer, &["Type"])? {
        Text::Known(kind) if kind == "gateway" => {
            look.pass();
            return Ok(());
        }
        Text::Known(_) | Text::Absent => {}
        Text::Unknown => look.doubt(),
    }
    let help = format!("add the attribute `{KEY}`, and the bucket");
    look.attribute_has_to_be_true(&POLICY, balancer, (LIST, KEY), path, (WHAT, &help))
}
