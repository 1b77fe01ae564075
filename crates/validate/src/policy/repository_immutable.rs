//! Images that another one can be put in the place of.

use stratiform_finding::{Code, Level};

use super::Policy;

pub(super) static POLICY: Policy = Policy {
    code: Code::RepositoryImmutable,
    level: Some(Level::Warning),
    rule: "A tag of an image always means the same image",
    reason: "what was tested is not what is deployed, and going back does not bring back what ran",
    remedy: "Write `ImageTagMutability: IMMUTABLE`, and give each build a tag of its own.",
    sources: &["ECR.2", "CKV_AWS_51"],
    checks: &[("AWS::ECR::Repository", |look, repository, path| {
        let wanted = ["IMMUTABLE", "IMMUTABLE_WITH_EXCLUSION"];
        let what = "another image can take over a tag";
        let way = ["ImageTagMutability"];
        look.has_to_read(&POLICY, repository, (&way, &wanted), path, what)
    })],
};
