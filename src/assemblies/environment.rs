//! One environment of a project, from its files to its stacks.

use stratiform_assembly::Assembly;
use stratiform_environment::{AnyEnvironment, Settings};
use stratiform_finding::Code;

use super::synthesis::assemble;
use crate::definition::Definition;
use crate::exit::Exit;
#[cfg(feature = "aws")]
use crate::programs::{Absent, absent};
use crate::report::Failure;
use crate::repository::project::Project;
use crate::view::summary;

/// An environment of a project, synthesized and checked.
pub(crate) struct Synthesized {
    /// Its stacks.
    pub assembly: Assembly,
    /// Its settings.
    pub settings: Settings,
    /// What of its values was not checked; empty where all of it was.
    pub unchecked: String,
    /// The commands of a release that cannot run here.
    #[cfg(feature = "aws")]
    pub absent: Vec<Absent>,
}

/// Synthesizes one environment of a project.
///
/// # Errors
/// There is no such environment; a file cannot be read; what is wrong with the values or the stacks.
pub(crate) fn environment(
    define: &dyn Definition,
    project: &Project,
    name: &str,
) -> Result<Synthesized, Failure> {
    with_values(define, project, name, Ok)
}

/// The same with other values.
///
/// # Errors
/// As [`environment`]; the values cannot be changed so.
pub(crate) fn with_values(
    define: &dyn Definition,
    project: &Project,
    name: &str,
    change: impl FnOnce(AnyEnvironment) -> Result<AnyEnvironment, Failure>,
) -> Result<Synthesized, Failure> {
    let checked = project.load(define, &[name.to_owned()])?;
    let unchecked = summary::unchecked(&checked.unchecked);
    let mut loaded = checked.environments.into_iter().next().ok_or_else(|| {
        let what = format!("no environment is called `{name}`");
        Failure::new(Exit::Usage, Code::UnknownEnvironment, what, "")
    })?;
    loaded.environment = change(loaded.environment)?;
    let assembly =
        assemble(define, &loaded).map_err(|found| Failure::below(&project.root, found))?;
    Ok(Synthesized {
        assembly,
        settings: loaded.environment.settings().clone(),
        unchecked: unchecked.trim_end().to_owned(),
        #[cfg(feature = "aws")]
        absent: absent(&project.root, &loaded, std::env::var_os("PATH").as_deref()),
    })
}
