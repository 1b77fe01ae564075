//! What must not reach an environment, by rules of ours: one file each, with its documentation in it.
//!
//! What lives here: [`Policy`], all of them ([`ALL`]), and [`ask`], which holds a template against them. What does not:
//! what CloudFormation refuses (`rule/`, `whole/`), and what somebody accepts, which whoever asks knows.
//!
//! A policy holds, is broken, or cannot be known here: there are no other answers, and the last is counted.

mod answer;
mod bucket_public;
mod image_latest;
mod levels;
mod page;
mod part;
mod storage_encrypted;

pub use answer::{Answer, Answered, Asked, ask};
pub use levels::Levels;
pub use page::{sections, table};
pub(crate) use part::Part;
use stratiform_finding::{Code, Level};
use stratiform_template::Path;

use crate::schema::{Entries, Look, Looked};

/// A rule on what must not reach an environment.
#[derive(Debug)]
pub struct Policy {
    /// Its name, and that of what breaks it.
    pub code: Code,
    /// How much it matters where no environment says so; none where it is asked only where one does.
    pub level: Option<Level>,
    /// What has to be, as a sentence.
    pub rule: &'static str,
    /// What happens where it is not so: what a finding says as its why. No sentence, and no full stop.
    pub reason: &'static str,
    /// What to do, as a sentence.
    pub remedy: &'static str,
    /// Who asks for it: controls of AWS's foundational standard (`RDS.3`), checks of checkov (`CKV_AWS_16`), rules of
    /// cdk-nag (`AwsSolutions-RDS2`), or a page of AWS's.
    pub sources: &'static [&'static str],
    /// The resource types that it is about, each with the question.
    pub(crate) checks: &'static [(&'static str, Check)],
}

impl Policy {
    /// The resource types that it is about.
    pub fn types(&self) -> impl Iterator<Item = &'static str> {
        self.checks.iter().map(|(name, _)| *name)
    }

    /// The policy of this name.
    pub fn named(name: &str) -> Option<&'static Policy> {
        ALL.iter()
            .copied()
            .find(|policy| policy.code.as_str() == name)
    }
}

/// Asks about a resource's properties, in a case that is given: `?` hands back what the case does not say. What breaks
/// the policy is told by [`Look::broken`], what cannot be known by [`Look::doubt`], and that the policy is not about this
/// resource by [`Look::pass`]; where it does nothing of these, the policy holds.
pub(crate) type Check = for<'t> fn(&mut Look<'_, 't>, &'t Entries, &Path<'_>) -> Looked<'t>;

/// All policies, in the order of their names.
pub static ALL: &[&Policy] = &[
    &bucket_public::POLICY,
    &image_latest::POLICY,
    &storage_encrypted::POLICY,
];
