//! Trails that miss something, or can be changed unseen.

use stratiform_finding::{Code, Level};
use stratiform_template::Path;

use super::Policy;
use crate::schema::{Entries, Look, Looked};

pub(super) static POLICY: Policy = Policy {
    code: Code::TrailWhole,
    level: Some(Level::Warning),
    rule: "A trail covers all regions, and shows where somebody changed it",
    reason: "whoever gets in works in a region that nobody looks at, or takes the traces away",
    remedy: "Write `IsMultiRegionTrail: true` and `EnableLogFileValidation: true`.",
    sources: &[
        "CloudTrail.1",
        "CloudTrail.4",
        "CKV_AWS_36",
        "CKV_AWS_67",
        "cdk-nag CloudTrailLogFileValidationEnabled",
    ],
    checks: &[("AWS::CloudTrail::Trail", check)],
};

fn check<'t>(look: &mut Look<'_, 't>, trail: &'t Entries, path: &Path<'_>) -> Looked<'t> {
    let what = "nobody sees where the trail was changed";
    look.has_to_be_true(&POLICY, trail, &["EnableLogFileValidation"], path, what)?;
    let what = "the trail has one region only";
    look.has_to_be_true(&POLICY, trail, &["IsMultiRegionTrail"], path, what)
}
