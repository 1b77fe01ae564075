//! What must not reach an environment, by rules of ours: one file each, with its documentation in it.
//!
//! What lives here: [`Policy`], all of them ([`ALL`]), and [`ask`], which holds a template against them. What does not:
//! what CloudFormation refuses (`rule/`, `whole/`), and what somebody accepts, which whoever asks knows.
//!
//! A policy holds, is broken, or cannot be known here: there are no other answers, and the last is counted.

mod access_key;
mod access_logs;
mod answer;
mod api_open;
mod asking;
mod backups_kept;
mod bucket_acl_public;
mod bucket_logged;
mod bucket_public;
mod bucket_tls_only;
mod bucket_versioned;
mod cache;
mod cluster_endpoint_public;
mod container;
mod container_files;
mod container_host;
mod container_logs;
mod container_privileged;
mod data_kept;
mod deletion_protected;
mod exec_logged;
mod flow_logs;
mod function_caller;
mod function_dead_letters;
mod function_url_open;
mod given;
mod iam_admin;
mod iam_allows_all_but;
mod iam_data_everywhere;
mod iam_pass_role;
mod iam_permissions_everywhere;
mod iam_service_wildcard;
mod iam_user_policy;
mod iam_write_everywhere;
mod identity_pool_guests;
mod image_latest;
mod imds_v2;
mod invalid_headers;
mod key_rotation;
mod levels;
mod listener_plain;
mod log_key;
mod log_retention;
mod minor_upgrades;
mod name_fixed;
mod network;
mod own_key;
mod page;
mod part;
mod point_in_time;
mod port_inner_open;
mod port_open;
mod principal_anyone;
mod public_address;
mod publicly_accessible;
mod queue_dead_letters;
mod repository_immutable;
mod repository_scanned;
mod several_zones;
mod shape;
mod statement;
mod storage_encrypted;
mod stream_encrypted;
mod tls_version;
mod topic_encrypted;
mod trail_whole;
mod transit_encrypted;
mod trust_anyone;

pub use answer::{Answer, Answered, Asked, ask};
pub use given::given;
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
    &access_key::POLICY,
    &access_logs::POLICY,
    &api_open::POLICY,
    &backups_kept::POLICY,
    &bucket_acl_public::POLICY,
    &bucket_logged::POLICY,
    &bucket_public::POLICY,
    &bucket_tls_only::POLICY,
    &bucket_versioned::POLICY,
    &cluster_endpoint_public::POLICY,
    &container_files::POLICY,
    &container_host::POLICY,
    &container_logs::POLICY,
    &container_privileged::POLICY,
    &data_kept::POLICY,
    &deletion_protected::POLICY,
    &exec_logged::POLICY,
    &flow_logs::POLICY,
    &function_caller::POLICY,
    &function_dead_letters::POLICY,
    &function_url_open::POLICY,
    &iam_admin::POLICY,
    &iam_allows_all_but::POLICY,
    &iam_data_everywhere::POLICY,
    &iam_pass_role::POLICY,
    &iam_permissions_everywhere::POLICY,
    &iam_service_wildcard::POLICY,
    &iam_user_policy::POLICY,
    &iam_write_everywhere::POLICY,
    &identity_pool_guests::POLICY,
    &image_latest::POLICY,
    &imds_v2::POLICY,
    &invalid_headers::POLICY,
    &key_rotation::POLICY,
    &listener_plain::POLICY,
    &log_key::POLICY,
    &log_retention::POLICY,
    &minor_upgrades::POLICY,
    &name_fixed::POLICY,
    &own_key::POLICY,
    &point_in_time::POLICY,
    &port_inner_open::POLICY,
    &port_open::POLICY,
    &principal_anyone::POLICY,
    &public_address::POLICY,
    &publicly_accessible::POLICY,
    &queue_dead_letters::POLICY,
    &repository_immutable::POLICY,
    &repository_scanned::POLICY,
    &several_zones::POLICY,
    &storage_encrypted::POLICY,
    &stream_encrypted::POLICY,
    &tls_version::POLICY,
    &topic_encrypted::POLICY,
    &trail_whole::POLICY,
    &transit_encrypted::POLICY,
    &trust_anyone::POLICY,
];
