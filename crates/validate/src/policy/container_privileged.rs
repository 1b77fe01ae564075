//! Containers that may do whatever the machine may.

use stratiform_finding::{Code, Level};
use stratiform_template::Path;

use super::{Policy, container};
use crate::schema::{Entries, Look, Looked};

pub(super) static POLICY: Policy = Policy {
    code: Code::ContainerPrivileged,
    level: Some(Level::Warning),
    rule: "A container has no more rights than a container",
    reason: "whoever breaks into it has the machine, and all that runs on it",
    remedy: "Take `Privileged` away; single capabilities are given in `LinuxParameters`.",
    sources: &["ECS.4", "CKV_AWS_210", "CKV_AWS_334"],
    checks: &[
        ("AWS::Batch::JobDefinition", |look, job, path| {
            let way = ["ContainerProperties", "Privileged"];
            look.must_not_be_true(
                &POLICY,
                job,
                &way,
                path,
                "the job has the rights of the machine",
            )
        }),
        ("AWS::ECS::TaskDefinition", task),
    ],
};

fn task<'t>(look: &mut Look<'_, 't>, task: &'t Entries, path: &Path<'_>) -> Looked<'t> {
    container::each(look, task, path, &mut |look, container, path| {
        let what = format!(
            "{} has the rights of the machine",
            container::called(look, container)?
        );
        look.must_not_be_true(&POLICY, container, &["Privileged"], path, &what)
    })
}
