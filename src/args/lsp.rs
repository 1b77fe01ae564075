//! `lsp`: what can be asked for.

/// Speak the language server protocol on standard input and output: an editor starts it.
///
/// Templates in YAML and JSON are looked at as `validate FILE` does, and the files of `environments/` by the types of the
/// app. docs/editors.md says how editors are set up.
#[derive(Debug, clap::Args)]
pub(crate) struct Lsp {
    /// What editors pass to every server; it is the only way
    #[arg(long)]
    pub stdio: bool,
}
