//! Containers whose words nobody keeps.

use stratiform_finding::{Code, Level};
use stratiform_template::Path;

use super::{Policy, container};
use crate::schema::{Entries, Look, Looked};

pub(super) static POLICY: Policy = Policy {
    code: Code::ContainerLogs,
    level: Some(Level::Warning),
    rule: "The output of a container is kept",
    reason: "what a container said before it ended is gone with it",
    remedy: "Write `LogConfiguration`, for example with the driver `awslogs` and a log group.",
    sources: &["ECS.9", "AwsSolutions-ECS7"],
    checks: &[("AWS::ECS::TaskDefinition", check)],
};

fn check<'t>(look: &mut Look<'_, 't>, task: &'t Entries, path: &Path<'_>) -> Looked<'t> {
    const WAY: [&str; 1] = ["LogConfiguration"];
    container::each(look, task, path, &mut |look, container, path| {
        let what = format!(
            "nobody keeps what {} says",
            container::called(look, container)?
        );
        look.has_to_be_there(
            &POLICY,
            container,
            &WAY,
            path,
            (&what, "write `LogConfiguration`"),
        )
    })
}
