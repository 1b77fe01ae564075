//! Containers that can change their own programs.

use stratiform_finding::{Code, Level};
use stratiform_template::Path;

use super::asking::Text;
use super::{Policy, container};
use crate::schema::{Entries, Look, Looked};

pub(super) static POLICY: Policy = Policy {
    code: Code::ContainerFiles,
    level: Some(Level::Note),
    rule: "A container cannot write to the files of its image",
    reason: "whoever breaks in changes the program, or brings another",
    remedy: "Write `ReadonlyRootFilesystem: true`, and mount a volume where the program writes.",
    sources: &["ECS.5", "CKV_AWS_336"],
    checks: &[("AWS::ECS::TaskDefinition", check)],
};

fn check<'t>(look: &mut Look<'_, 't>, task: &'t Entries, path: &Path<'_>) -> Looked<'t> {
    let family = look.text_of(task, &["RuntimePlatform", "OperatingSystemFamily"])?;
    // Windows cannot.
    if let Text::Known(family) = family
        && family.starts_with("WINDOWS")
    {
        look.pass();
        return Ok(());
    }
    container::each(look, task, path, &mut |look, container, path| {
        let called = container::called(look, container)?;
        let what = format!("{called} can write to its own files");
        look.has_to_be_true(&POLICY, container, &["ReadonlyRootFilesystem"], path, what)
    })
}
