//! Whether what is deployed is what was reviewed: the snapshots.

use stratiform_assembly::Assembly;
use stratiform_finding::Code;
use stratiform_finding::words::few;

use crate::args::TemplateFormat;
use crate::exit::Exit;
use crate::report::Failure;
use crate::repository::project::Project;
use crate::snapshots::{Coverage, FileChange, Rendered, Snapshots};

/// The snapshots of an environment that are not what is synthesized, or are not listed.
///
/// # Errors
/// A snapshot that cannot be read.
pub(super) fn stale(project: &Project, assembly: &Assembly) -> Result<Vec<String>, Failure> {
    let rendered = Rendered::new(assembly.clone(), TemplateFormat::Yaml).map_err(Failure::of)?;
    let snapshots = Snapshots::compare(&project.snapshots(), vec![rendered], Coverage::Some)?;
    let changed = snapshots.files.into_iter();
    let changed = changed.filter(|file| file.change != FileChange::Unchanged);
    let changed = changed.map(|file| file.name);
    Ok(changed.chain(snapshots.unlisted).collect())
}

/// What is said of them.
pub(super) fn refusal(stale: &[String]) -> Failure {
    Failure::new(
        Exit::No,
        Code::StaleSnapshots,
        format!(
            "what would be deployed was not reviewed: {} of `snapshots` stale",
            are(stale)
        ),
        "run `synth`, read `git diff snapshots`, and commit it",
    )
}

/// `dev/queues.yaml is`.
pub(super) fn are(stale: &[String]) -> String {
    let verb = if stale.len() == 1 { "is" } else { "are" };
    format!("{} {verb}", few(stale))
}
