//! Names that there can be once.

use stratiform_catalog::naming::naming;
use stratiform_finding::{Code, Level};
use stratiform_template::{Path, Value};

use super::{Check, Part, Policy};
use crate::schema::{Entries, Look, Looked};

pub(super) static POLICY: Policy = Policy {
    code: Code::NameFixed,
    level: Some(Level::Note),
    rule: "CloudFormation makes the name of what is replaced by some updates, or it has the stack's name in it",
    reason: "an update that replaces the resource fails, since the name is taken, and so does a second stack of the template",
    remedy: "Leave the name out, or write `${AWS::StackName}` into it. Where others know it by its name, accept it.",
    sources: &["CloudFormation template reference, \"Name type\""],
    checks: &[
        ("AWS::DynamoDB::Table", NAMED),
        ("AWS::ECR::Repository", NAMED),
        ("AWS::ECS::Service", NAMED),
        ("AWS::ElastiCache::ReplicationGroup", NAMED),
        ("AWS::ElasticLoadBalancingV2::LoadBalancer", NAMED),
        ("AWS::ElasticLoadBalancingV2::TargetGroup", NAMED),
        ("AWS::IAM::ManagedPolicy", NAMED),
        ("AWS::IAM::Role", NAMED),
        ("AWS::Kinesis::Stream", NAMED),
        ("AWS::Lambda::Function", NAMED),
        ("AWS::Logs::LogGroup", NAMED),
        ("AWS::RDS::DBCluster", NAMED),
        ("AWS::RDS::DBInstance", NAMED),
        ("AWS::S3::Bucket", NAMED),
        ("AWS::SNS::Topic", NAMED),
        ("AWS::SQS::Queue", NAMED),
        ("AWS::SecretsManager::Secret", NAMED),
    ],
};

const NAMED: Check = |look, properties, path| check(look, properties, path);

fn check<'t>(look: &mut Look<'_, 't>, properties: &'t Entries, path: &Path<'_>) -> Looked<'t> {
    let Some(property) = naming(look.subject.resource_type.name()).property else {
        return Ok(());
    };
    let value = match look.part(properties, &[&property])? {
        Part::Given(value) => value,
        Part::Absent => return Ok(()),
        Part::Unknown => {
            look.doubt();
            return Ok(());
        }
    };
    if has_stack(value) {
        return Ok(());
    }
    match look.word(value)? {
        Some(name) => {
            let what = format!("`{property}` is always `{name}`");
            let help = "leave it out, or write `${AWS::StackName}` into it";
            look.broken(&POLICY, &path.key(&property), what, help);
        }
        None => look.doubt(),
    }
    Ok(())
}

/// Whether the stack's name is in a name: another stack gives another one.
fn has_stack(value: &Value) -> bool {
    let mut has = false;
    value.walk(&mut |value| {
        has |= value
            .as_str()
            .is_some_and(|text| text.contains("AWS::StackName") || text.contains("AWS::StackId"));
    });
    has
}
