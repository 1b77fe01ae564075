//! `lsp`: what can be asked for.

use std::path::PathBuf;

/// Speak the language server protocol on standard input and output: an editor starts it.
///
/// Templates in YAML and JSON are looked at as `validate FILE` does, and the files of `environments/` by the types of the
/// app. docs/editors.md says how editors are set up.
#[derive(Debug, clap::Args)]
pub(crate) struct Lsp {
    /// What editors pass to every server; it is the only way
    #[arg(long)]
    pub stdio: bool,
    /// Ask policies of templates, too, as `validate FILE --policies` does; the files of environments are always held
    /// against them
    #[arg(long)]
    pub policies: bool,
    /// Hold templates against these rules, too, as `validate FILE --rules` does (repeatable); the files of environments are
    /// always held against those in `policies/`
    #[cfg(feature = "guard-rules")]
    #[arg(long, value_name = "FILE")]
    pub rules: Vec<PathBuf>,
}

impl Lsp {
    /// The rules that are named.
    pub(crate) fn rules(&self) -> &[PathBuf] {
        #[cfg(feature = "guard-rules")]
        return &self.rules;
        #[cfg(not(feature = "guard-rules"))]
        return &[];
    }
}
