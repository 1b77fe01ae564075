//! On which terms an environment's stacks are judged: how much policies matter, and what its file accepts.

use indexmap::IndexMap;
use stratiform_assembly::StackAt;
use stratiform_environment::{Covered, Loaded, Path as Place, Settings};
use stratiform_finding::{Code, Finding, Level};
use stratiform_resolve::declared::default;
use stratiform_template::Template;
use stratiform_validate::policy::{Levels, Policy, given};

use super::acceptance::{Acceptance, Risk, Written};
use crate::restores::restored;
use crate::services::service_of;

/// What an environment's file says of findings.
#[derive(Clone, Debug, Default)]
pub(crate) struct Terms {
    /// How much each policy matters.
    pub levels: Levels,
    /// What is accepted, with the ID of its check.
    risks: Vec<(String, Covered, Risk)>,
}

impl Terms {
    /// Those of an environment; nobody asks where they are written.
    pub(crate) fn of(settings: &Settings) -> Terms {
        let mut levels = Levels::default();
        for (name, level) in &settings.policies {
            let level = level.of_findings();
            match name.code().and_then(|code| Policy::named(code.as_str())) {
                Some(policy) => levels.set(policy, level),
                None => levels.set_all(level),
            }
        }
        let risks = settings.accepted_risks.iter();
        let risks = risks.flat_map(|(check, risks)| {
            risks.iter().map(|risk| {
                let written = Risk {
                    reason: risk.reason.clone(),
                    owner: risk.owner.clone(),
                    until: risk.until.as_ref().map(ToString::to_string),
                    place: None,
                };
                (check.to_string(), risk.resource.clone(), written)
            })
        });
        Terms {
            levels,
            risks: risks.collect(),
        }
    }

    /// The same with where each is written.
    pub(crate) fn written(loaded: &Loaded) -> Terms {
        let mut terms = Terms::of(loaded.environment.settings());
        let section = Place::from(Settings::SECTION).key("accepted_risks");
        let (mut before, mut position) = (String::new(), 0);
        for (check, _, risk) in &mut terms.risks {
            position = match before == *check {
                true => position + 1,
                false => 0,
            };
            before.clone_from(check);
            risk.place = loaded.place(&section.key(check.as_str()).position(position), "");
        }
        terms
    }

    /// Why a finding in a resource of a stack may be so.
    pub(crate) fn accepted(&self, finding: &Finding, stack: &str) -> Option<Acceptance> {
        let [section, logical_id, ..] = finding.path.as_slice() else {
            return None;
        };
        let code = finding.code.as_str();
        let mut risks = self.risks.iter();
        let (.., risk) = risks.find(|(check, resource, _)| {
            section == "Resources" && check == code && resource.covers(stack, logical_id)
        })?;
        Some(Acceptance::Risk(Box::new(risk.clone())))
    }

    /// What is accepted by a name that is almost one of ours, and none.
    pub(crate) fn misspelt(&self) -> Vec<Finding> {
        let misspelt = self.risks.iter().filter_map(|(check, _, risk)| {
            let near = check.parse::<Code>().err()?.nearest?;
            let what = format!("no finding has the code `{check}`, and nothing is accepted by it");
            let help = format!("did you mean `{near}`?");
            let finding = Finding {
                level: Level::Warning,
                ..Finding::new(Code::UnusedAcceptance, what, help)
            };
            Some(risk.place.iter().cloned().fold(finding, Finding::at))
        });
        misspelt.collect()
    }

    /// What is accepted of what this program finds. Checks of others are theirs to look for.
    pub(crate) fn decisions(&self) -> impl Iterator<Item = Written> {
        self.risks.iter().filter_map(|(check, resource, risk)| {
            Some(Written {
                code: check.parse().ok()?,
                resource: resource.to_string(),
                risk: risk.clone(),
            })
        })
    }
}

/// A stack's template with the values that its parameters are deployed with, as far as they are known.
pub(crate) fn with_values(stack: &StackAt, known: &IndexMap<String, String>) -> Option<Template> {
    given(&stack.template, &values(stack, known))
}

/// The values that a stack's parameters are deployed with, as far as they are known: those that it is given, and the
/// defaults of what is neither an image nor restored from, which nobody gives another value.
pub(crate) fn values(
    stack: &StackAt,
    known: &IndexMap<String, String>,
) -> IndexMap<String, String> {
    let restored = restored(&stack.template);
    let values = stack.template.parameters.iter();
    let values = values.filter_map(|(name, declared)| {
        let stays = service_of(name).is_some() || restored.contains_key(name.as_str());
        let default = default(declared).filter(|_| !stays);
        let given = stack.parameters.get(name).cloned();
        let value = given.or(default).or_else(|| known.get(name).cloned());
        Some((name.clone(), value?))
    });
    values.collect()
}
