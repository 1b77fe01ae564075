//! What `diff` found, for the views: what was compared with what, and how.

use std::collections::BTreeMap;
use std::fmt;
use std::panic::Location;

use stratiform_diff::{Kind, Severity, StackChange, StackDiff};
use stratiform_finding::words::{few, listed};

use crate::view::explained::{Source, rust};

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
    /// The tool before and after, where what changes can only come from that.
    pub tool: Option<ToolChange>,
    /// How it stands by its policies, where the view shows that.
    pub compliance: Option<Scores>,
    /// All stacks that were compared, in deployment order, unchanged ones too.
    pub stacks: Vec<ReviewedStack>,
}

/// A score before and after, as people read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Scores {
    /// Before; none where the environment was not there.
    pub before: Option<String>,
    /// After.
    pub after: String,
}

impl Scores {
    /// What changes: `97 → 94`; none where nothing does.
    pub(crate) fn change(&self) -> Option<String> {
        match &self.before {
            Some(before) if *before == self.after => None,
            Some(before) => Some(format!("{before} → {}", self.after)),
            None => Some(self.after.clone()),
        }
    }
}

/// Two versions of the tool between which the team changed nothing of its own.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub(crate) struct ToolChange {
    /// The version that wrote the snapshots.
    pub before: String,
    /// The version that runs.
    pub after: String,
}

impl fmt::Display for ToolChange {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ToolChange { before, after } = self;
        write!(
            formatter,
            "the tool changed ({before} → {after}), not your code"
        )
    }
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
    /// Where what changes is written.
    pub origins: Origins,
}

/// Where the values that change are written, as far as an environment's files make them.
#[derive(Debug, Default)]
pub(crate) struct Origins(Vec<Origin>);

/// Where a value that changes is written.
#[derive(Debug)]
pub(crate) struct Origin {
    /// The resource.
    pub logical_id: String,
    /// The keys below it, `Properties` first; none of a resource that comes.
    pub path: Vec<String>,
    /// The values of the environment's files that make it; never empty.
    pub sources: Vec<Source>,
    /// Where the resource is added, in Rust.
    pub declared: Option<&'static Location<'static>>,
}

impl Origins {
    /// These.
    pub(crate) fn new(origins: Vec<Origin>) -> Origins {
        Origins(origins)
    }

    /// All of them.
    pub(crate) fn all(&self) -> &[Origin] {
        &self.0
    }

    /// Where a value is written: `environments/prod.yaml:27 → stacks/database.rs:64`.
    pub(crate) fn of(&self, logical_id: &str, path: &[String]) -> Option<String> {
        let mut origins = self.0.iter();
        let origin = origins.find(|it| it.logical_id == logical_id && it.path == path)?;
        let places: Vec<String> = origin.sources.iter().map(Source::place).collect();
        let declared = origin.declared.map(rust);
        let declared = declared.map(|place| format!(" → {place}"));
        Some(few(&places) + &declared.unwrap_or_default())
    }
}

impl ReviewedEnvironment {
    /// The tool before and after, where that is why something changes.
    fn cause(&self) -> Option<&ToolChange> {
        let mut stacks = self.stacks.iter();
        let changes = stacks.any(|stack| stack.diff.change != StackChange::Unchanged);
        self.tool.as_ref().filter(|_| changes)
    }

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

    /// Why something changes, where nobody changed anything but the tool: a sentence for each pair of versions.
    pub(crate) fn cause(&self) -> Option<String> {
        let mut causes: BTreeMap<&ToolChange, Vec<&str>> = BTreeMap::new();
        for environment in &self.environments {
            if let Some(cause) = environment.cause() {
                let names = causes.entry(cause).or_default();
                names.extend(environment.name.as_deref());
            }
        }
        let sentences = causes.iter().map(|(cause, names)| match causes.len() {
            1 => cause.to_string(),
            _ => format!("{cause}, in {}", listed(names)),
        });
        sentences.reduce(|one, next| format!("{one}; {next}"))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::review::fixture::{created, review, unchanged};

    #[test]
    fn where_only_the_tool_changed_it_is_said_once_for_each_pair_of_versions() {
        let environment = |name: &str, before: &str, stack| ReviewedEnvironment {
            name: Some(name.to_owned()),
            region: "eu-west-1".to_owned(),
            tool: Some(ToolChange {
                before: before.to_owned(),
                after: "0.4.0".to_owned(),
            }),
            compliance: None,
            stacks: vec![stack],
        };
        let mut review = review(Vec::new());
        review.environments = vec![environment("dev", "0.3.0", unchanged("shop-dev-queues"))];
        assert_eq!(review.cause(), None);
        let later = ["prod", "qa"].map(|name| environment(name, "0.3.0", created()));
        review.environments.extend(later);
        let cause = review.cause();
        let said = "the tool changed (0.3.0 → 0.4.0), not your code";
        assert_eq!(cause.as_deref(), Some(said));
        let other = environment("staging", "0.2.0", created());
        review.environments.push(other);
        let all = format!(
            "the tool changed (0.2.0 → 0.4.0), not your code, in `staging`; {said}, in `prod` and `qa`"
        );
        assert_eq!(review.cause(), Some(all));
    }
}
