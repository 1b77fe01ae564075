//! Machines and tasks that stand in the open.

use stratiform_finding::{Code, Level};
use stratiform_template::{Path, Step, Value};

use super::Policy;
use super::asking::Text;
use crate::schema::{Entries, Look, Looked};

pub(super) static POLICY: Policy = Policy {
    code: Code::PublicAddress,
    level: Some(Level::Warning),
    rule: "Machines and tasks have no public address",
    reason: "one wrong rule of a security group, and everybody reaches it",
    remedy: "Put it into a private subnet, behind a load balancer, and let it out through NAT or endpoints.",
    sources: &[
        "AutoScaling.5",
        "EC2.9",
        "EC2.25",
        "ECS.2",
        "CKV_AWS_88",
        "cdk-nag EC2InstanceNoPublicIp",
    ],
    checks: &[
        (
            "AWS::AutoScaling::LaunchConfiguration",
            |look, launch, path| {
                look.must_not_be_true(&POLICY, launch, &["AssociatePublicIpAddress"], path, WHAT)
            },
        ),
        ("AWS::EC2::Instance", |look, instance, path| {
            interfaces(look, instance, path)
        }),
        ("AWS::EC2::LaunchTemplate", template),
        ("AWS::ECS::Service", service),
    ],
};

const WHAT: &str = "it gets a public address";

fn interfaces<'t>(look: &mut Look<'_, 't>, instance: &Entries, path: &Path<'_>) -> Looked<'t> {
    const LIST: &str = "NetworkInterfaces";
    let path = path.key(LIST);
    for (position, interface) in look.maps_of(instance, &[LIST])? {
        let path = path.below(Step::Index(position));
        look.must_not_be_true(
            &POLICY,
            interface,
            &["AssociatePublicIpAddress"],
            &path,
            WHAT,
        )?;
    }
    Ok(())
}

fn template<'t>(look: &mut Look<'_, 't>, template: &'t Entries, path: &Path<'_>) -> Looked<'t> {
    const DATA: &str = "LaunchTemplateData";
    match look.given(template, DATA)?.map(Value::as_map) {
        Some(Some(data)) => interfaces(look, data, &path.key(DATA))?,
        Some(None) => look.doubt(),
        None => {}
    }
    Ok(())
}

fn service<'t>(look: &mut Look<'_, 't>, service: &'t Entries, path: &Path<'_>) -> Looked<'t> {
    const WAY: [&str; 3] = [
        "NetworkConfiguration",
        "AwsvpcConfiguration",
        "AssignPublicIp",
    ];
    match look.text_of(service, &WAY)? {
        Text::Known(assigned) if assigned == "ENABLED" => {
            let what = "its tasks get public addresses";
            look.broken_at(&POLICY, service, &WAY, path, what, "write `DISABLED`");
        }
        Text::Known(_) | Text::Absent => {}
        Text::Unknown => look.doubt(),
    }
    Ok(())
}
