//! Images in which nobody looks for known holes.

use stratiform_finding::{Code, Level};

use super::Policy;

pub(super) static POLICY: Policy = Policy {
    code: Code::RepositoryScanned,
    // The registry's settings can do it for all repositories.
    level: Some(Level::Note),
    rule: "Images are scanned for known holes",
    reason: "an image with a hole that everybody knows is deployed without a word",
    remedy: "Write `ScanOnPush: true`, or let the registry scan all of them and accept it.",
    sources: &["ECR.1", "CKV_AWS_163"],
    checks: &[("AWS::ECR::Repository", |look, repository, path| {
        let way = ["ImageScanningConfiguration", "ScanOnPush"];
        let what = "nobody looks for holes in the images";
        look.has_to_be_true(&POLICY, repository, &way, path, what)
    })],
};
