//! What `workflows` can be asked for.

use std::path::PathBuf;

/// Write the repository's workflows for GitHub Actions.
///
/// From what the environments' files say: what is deployed when, in which order, as which role. Files that are there and
/// not written by this are left alone, and those that it wrote for environments that are gone are removed.
#[derive(Debug, clap::Args)]
pub(crate) struct Workflows {
    /// Write nothing; fail with exit code 3 where a workflow is missing or stale
    #[arg(long)]
    pub check: bool,
    /// The folder to write into [default: `.github/workflows` of the repository]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
}
