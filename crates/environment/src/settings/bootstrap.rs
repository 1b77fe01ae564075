//! What an account needs before the environment can be deployed from GitHub.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::text;
use crate::values::text::{RefusedText, check_length};

/// What an account needs before the environment can be deployed from GitHub: who may deploy it, and with which limits.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Bootstrap {
    /// The repository on GitHub whose workflows deploy the environment: `owner/name`, in GitHub's own spelling.
    pub repository: GitHubRepository,

    /// The numbers by which GitHub knows the repository, whatever it is called: nobody who takes over its name is
    /// trusted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ids: Option<RepositoryIds>,

    /// The refs whose workflows may deploy: `refs/heads/main`, `refs/tags/v*`. `refs/heads/main` when left out.
    #[serde(default = "main")]
    #[schemars(length(min = 1, max = 10))]
    pub refs: Vec<GitRef>,

    /// The environment on GitHub that the deploying job names. The environment's own name when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub github_environment: Option<GitHubEnvironment>,

    /// The ARN of the policy that limits what the roles may ever do, and the roles and users of the stacks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub permissions_boundary: Option<PolicyArn>,
}

/// The numbers by which GitHub knows a repository: `gh api repos/OWNER/NAME --jq '.owner.id, .id'`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RepositoryIds {
    /// The owner's.
    #[schemars(range(min = 1, max = 9_007_199_254_740_991_i64))]
    pub owner: u64,
    /// The repository's.
    #[schemars(range(min = 1, max = 9_007_199_254_740_991_i64))]
    pub repository: u64,
}

fn main() -> Vec<GitRef> {
    vec![GitRef("refs/heads/main".to_owned())]
}

text! {
    /// A repository on GitHub: `owner/name`.
    pub struct GitHubRepository("github-repository", "a repository on GitHub", r"^[A-Za-z0-9-]{1,39}/[A-Za-z0-9._-]{1,100}$", check_repository);
}

fn check_repository(text: &str) -> Result<(), RefusedText> {
    let is_owner = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let is_name = |c: char| is_owner(c) || c == '.' || c == '_';
    let valid = text.split_once('/').is_some_and(|(owner, name)| {
        (1..=39).contains(&owner.len())
            && owner.chars().all(is_owner)
            && (1..=100).contains(&name.len())
            && name.chars().all(is_name)
    });
    if valid {
        return Ok(());
    }
    Err(RefusedText::new(
        "a repository is its owner, `/`, and its name",
        "write one such as `octo-org/octo-repo`, as it is in the repository's address after `github.com/`",
    ))
}

text! {
    /// A branch or a tag with its whole name: `refs/heads/main`. A `*` stands for any text.
    pub struct GitRef("git-ref", "a git ref", r"^refs/(heads|tags)/[^ ~^:?\[\\$]+$", check_ref);
}

fn check_ref(text: &str) -> Result<(), RefusedText> {
    let name = ["refs/heads/", "refs/tags/"]
        .into_iter()
        .find_map(|kind| text.strip_prefix(kind));
    // What git refuses in a name; `?` and `$` would have a meaning of their own in a policy.
    let refused = |c: char| c.is_control() || c.is_whitespace() || "~^:?[\\$".contains(c);
    match name {
        Some(name) if !name.is_empty() && !name.contains(refused) => check_length(text, 1, 255),
        _ => Err(RefusedText::new(
            "a ref is `refs/heads/` and a branch, or `refs/tags/` and a tag",
            format!(
                "write one such as `refs/heads/{}`",
                if text.is_empty() || text.contains(refused) || text.contains('/') {
                    "main"
                } else {
                    text
                }
            ),
        )),
    }
}

text! {
    /// An environment on GitHub. Letters, digits, and `. _ / -`.
    pub struct GitHubEnvironment("github-environment", "an environment on GitHub", r"^[A-Za-z0-9._/-]{1,255}$", check_github_environment);
}

fn check_github_environment(text: &str) -> Result<(), RefusedText> {
    if text
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || "._/-".contains(c))
    {
        return check_length(text, 1, 255);
    }
    Err(RefusedText::new(
        "only letters, digits and `. _ / -` are allowed here: others have a meaning of their own in a policy",
        "rename the environment on GitHub",
    ))
}

text! {
    /// The ARN of a managed policy.
    pub struct PolicyArn("policy-arn", "the ARN of a policy", r"^arn:aws[a-z-]*:iam::([0-9]{12}|aws):policy/[A-Za-z0-9+=,.@_/-]+$", check_policy_arn);
}

fn check_policy_arn(text: &str) -> Result<(), RefusedText> {
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    let is_name = |c: char| c.is_ascii_alphanumeric() || "+=,.@_/-".contains(c);
    let valid = match parts.as_slice() {
        ["arn", partition, "iam", "", account, resource] => {
            let name = resource.strip_prefix("policy/");
            partition.starts_with("aws")
                && (*account == "aws" || stratiform_service::AccountId::new(*account).is_ok())
                && name.is_some_and(|name| !name.is_empty() && name.chars().all(is_name))
        }
        _ => false,
    };
    if valid {
        return Ok(());
    }
    Err(RefusedText::new(
        "it is not the ARN of a managed policy",
        "write one such as `arn:aws:iam::111122223333:policy/boundary`",
    ))
}
