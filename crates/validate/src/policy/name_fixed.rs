//! Names that there can be once.

use stratiform_catalog::naming::naming;
use stratiform_finding::{Code, Level};
use stratiform_template::{Function, Path, Value, sub_variables};

use super::shape::{HOLE, LATER, shape};
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
    // What no update replaces can keep its name.
    let mut only = look.subject.resource_type.create_only();
    if !only.any(|path| path.as_str() != property) {
        look.pass();
        return Ok(());
    }
    let value = match look.part(properties, &[&property])? {
        Part::Given(value) => value,
        Part::Absent => return Ok(()),
        Part::Unknown => {
            look.doubt();
            return Ok(());
        }
    };
    if is_of_stack(look, value) {
        return Ok(());
    }
    let name = shape(look, value)?;
    if name.contains(HOLE)
        || matches!(value, Value::Function(Function::Ref, _)) && name.contains(LATER)
    {
        look.doubt();
        return Ok(());
    }
    let what = format!("`{property}` is always `{}`", name.replace(LATER, "…"));
    let help = "leave it out, or write `${AWS::StackName}` into it";
    look.broken(&POLICY, &path.key(&property), what, help);
    Ok(())
}

/// Whether there is something in a name that another stack has not: the stack's own name, or a resource.
fn is_of_stack(look: &Look<'_, '_>, value: &Value) -> bool {
    let template = look.scene.template;
    let is_own = |name: &str| {
        let name = name.split('.').next().unwrap_or(name).trim();
        ["AWS::StackName", "AWS::StackId"].contains(&name) || template.resource(name).is_some()
    };
    let mut is_of_stack = false;
    value.walk(&mut |value| {
        let Value::Function(function, argument) = value else {
            return;
        };
        let first = argument.as_list().and_then(|items| items.first());
        let text = first.unwrap_or(argument).as_str();
        is_of_stack |= match (function, text) {
            (Function::Ref | Function::GetAtt, Some(name)) => is_own(name),
            (Function::Sub, Some(text)) => sub_variables(text).any(is_own),
            _ => false,
        };
    });
    is_of_stack
}
