//! What `diff` found, for the views: what was compared with what, and how.

use stratiform_diff::{Kind, Severity, StackChange, StackDiff};

/// All that a run of `diff` found.
#[derive(Debug)]
pub(crate) struct Review {
    /// How the answers were found.
    pub method: Method,
    /// The environments, or one without a name where files are compared.
    pub environments: Vec<ReviewedEnvironment>,
}

/// How answers were found, in words.
#[derive(Clone, Debug)]
pub(crate) struct Method {
    /// What `before` is: ``snapshots at 1a2b3c4 (merge base with `main`)``.
    pub before: String,
    /// What `after` is: `the working tree, synthesized`.
    pub after: String,
    /// Where facts come from: `catalog of cfn-lint 1.58.0 (schemas of 2026-10-20), offline`.
    pub facts: String,
}

/// An environment's stacks.
#[derive(Debug)]
pub(crate) struct ReviewedEnvironment {
    /// The environment; `None` where files are compared.
    pub name: Option<String>,
    /// The region.
    pub region: String,
    /// All stacks that were compared, in deployment order, unchanged ones too.
    pub stacks: Vec<ReviewedStack>,
}

/// A stack.
#[derive(Debug)]
pub(crate) struct ReviewedStack {
    /// What happens to it.
    pub diff: StackDiff,
    /// The template before, as YAML, where the view shows it; secrets are hidden.
    pub before: Option<String>,
    /// The template after, as YAML, where the view shows it; secrets are hidden.
    pub after: Option<String>,
}

impl ReviewedEnvironment {
    /// Whether nobody may delete it by accident.
    fn is_protected(&self) -> bool {
        let mut stacks = self.stacks.iter();
        stacks.any(|stack| stack.diff.is_protected == Some(true))
    }
}

impl Review {
    /// The environments, those first that matter most.
    pub(crate) fn by_weight(&self) -> Vec<&ReviewedEnvironment> {
        let mut environments: Vec<&ReviewedEnvironment> = self.environments.iter().collect();
        environments.sort_by_key(|environment| !environment.is_protected());
        environments
    }

    /// All stacks.
    pub(crate) fn stacks(&self) -> impl Iterator<Item = &StackDiff> {
        let stacks = self
            .environments
            .iter()
            .flat_map(|environment| &environment.stacks);
        stacks.map(|stack| &stack.diff)
    }

    /// The stacks that change.
    pub(crate) fn changed(&self) -> impl Iterator<Item = &StackDiff> {
        self.stacks()
            .filter(|stack| stack.change != StackChange::Unchanged)
    }

    /// The worst of all consequences.
    pub(crate) fn severity(&self) -> Severity {
        self.stacks()
            .map(StackDiff::severity)
            .max()
            .unwrap_or_default()
    }

    /// How many consequences of these kinds are worth a second look.
    pub(crate) fn to_look_at(&self, kinds: &[Kind]) -> usize {
        let consequences = self.stacks().flat_map(|stack| &stack.consequences);
        let found = consequences.filter(|consequence| {
            consequence.severity >= Severity::Attention && consequence.concerns(kinds)
        });
        found.count()
    }
}
