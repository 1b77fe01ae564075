//! Containers that share what is the machine's.

use stratiform_finding::{Code, Level};
use stratiform_template::Path;

use super::Policy;
use super::asking::Text;
use crate::schema::{Entries, Look, Looked};

pub(super) static POLICY: Policy = Policy {
    code: Code::ContainerHost,
    level: Some(Level::Warning),
    rule: "A task has network and processes of its own",
    reason: "whoever breaks into it sees the traffic and the processes of all others on the machine, and its credentials",
    remedy: "Use `awsvpc` as network mode, and leave `PidMode` and `IpcMode` to the task.",
    sources: &["ECS.3", "ECS.17", "ECS.1"],
    checks: &[("AWS::ECS::TaskDefinition", check)],
};

const SHARED: [(&str, &str); 3] = [
    ("NetworkMode", "the task shares the network of the machine"),
    ("PidMode", "the task sees the processes of the machine"),
    (
        "IpcMode",
        "the task shares the memory of the machine's processes",
    ),
];

fn check<'t>(look: &mut Look<'_, 't>, task: &'t Entries, path: &Path<'_>) -> Looked<'t> {
    for (name, what) in SHARED {
        match look.text_of(task, &[name])? {
            Text::Known(mode) if mode == "host" => {
                let help = match name {
                    "NetworkMode" => "write `NetworkMode: awsvpc`".to_owned(),
                    _ => format!("take `{name}` away, or write `task`"),
                };
                look.broken_at(&POLICY, task, &[name], path, what, help);
            }
            Text::Known(_) | Text::Absent => {}
            Text::Unknown => look.doubt(),
        }
    }
    Ok(())
}
