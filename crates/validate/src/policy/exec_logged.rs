//! Shells in containers that leave no trace.

use stratiform_finding::{Code, Level};
use stratiform_template::Path;

use super::Policy;
use super::asking::Text;
use crate::schema::{Entries, Look, Looked};

pub(super) static POLICY: Policy = Policy {
    code: Code::ExecLogged,
    level: Some(Level::Note),
    rule: "What is done with ECS Exec is logged",
    reason: "whoever opens a shell in a container does so unseen",
    remedy: "Write `OVERRIDE` with a log group, or leave `Logging` out: it is then logged where the container is.",
    sources: &[
        "CKV_AWS_224",
        "ECS developer guide, \"Logging Amazon ECS Exec\"",
    ],
    checks: &[("AWS::ECS::Cluster", check)],
};

fn check<'t>(look: &mut Look<'_, 't>, cluster: &'t Entries, path: &Path<'_>) -> Looked<'t> {
    const WAY: [&str; 3] = ["Configuration", "ExecuteCommandConfiguration", "Logging"];
    match look.text_of(cluster, &WAY)? {
        Text::Known(logging) if logging == "NONE" => {
            let what = "what is done in containers of the cluster is not logged";
            let help = "write `DEFAULT`, or `OVERRIDE` with a log group";
            look.broken_at(&POLICY, cluster, &WAY, path, what, help);
        }
        Text::Known(_) | Text::Absent => {}
        Text::Unknown => look.doubt(),
    }
    Ok(())
}
