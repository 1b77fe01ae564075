//! What the bootstrap's stacks and roles are called: known before anything is deployed.

use stratiform_environment::{Settings, Text};
use stratiform_service::{AccountId, Region, StackPrefix};

/// The key of the bootstrap's stack: `storefront-prod-bootstrap`, in each of its regions.
pub const KEY: &str = "bootstrap";

/// The key of the stack with the bucket, which the other one's template may go through.
pub const ARTIFACTS: &str = "bootstrap-artifacts";

/// The names of an environment's bootstrap.
#[derive(Clone, Debug)]
pub struct Names {
    /// `storefront-prod`.
    prefix: String,
    /// `storefront-prod-bootstrap`.
    stack: String,
    /// `storefront-prod-bootstrap-artifacts`.
    artifacts: String,
}

impl Names {
    /// The names of an environment's bootstrap.
    pub fn of(settings: &Settings) -> Names {
        let (app, environment) = (settings.app.as_str(), settings.name.as_str());
        Names {
            prefix: format!("{app}-{environment}"),
            stack: StackPrefix::of(app, environment).text(KEY),
            artifacts: StackPrefix::of(app, environment).text(ARTIFACTS),
        }
    }

    /// How all of them start.
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// The stack, in each region.
    pub fn stack(&self) -> &str {
        &self.stack
    }

    /// The stack with the bucket.
    pub fn artifacts(&self) -> &str {
        &self.artifacts
    }

    /// All stacks of a bootstrap.
    pub fn stacks(&self) -> [&str; 2] {
        [&self.stack, &self.artifacts]
    }

    /// The role that GitHub's jobs take on.
    pub fn deploy_role(&self) -> String {
        format!("{}-deploy", self.prefix)
    }

    /// The role of jobs that prepare a release for approval, and execute nothing.
    pub fn prepare_role(&self) -> String {
        format!("{}-prepare", self.prefix)
    }

    /// The role that CloudFormation takes on.
    pub fn execution_role(&self) -> String {
        format!("{}-execution", self.prefix)
    }

    /// The ARN of the role that CloudFormation takes on.
    pub fn execution_role_arn(&self, partition: &str, account: &str) -> String {
        let role = self.execution_role();
        format!("arn:{partition}:iam::{account}:role/{role}")
    }

    /// The bucket for templates that are too long for a call. With the longest names of app and environment it has the 63
    /// characters that S3 allows.
    pub fn bucket(&self, account: &str, region: &str) -> String {
        format!("{}-{account}-{region}", self.prefix)
    }
}

/// Where a bootstrap is deployed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Whereabouts {
    /// `aws`.
    pub partition: String,
    /// The account.
    pub account: String,
    /// The region.
    pub region: String,
}

impl Whereabouts {
    /// No account in particular, of no partition: both stay as a template names them.
    pub fn anywhere(region: &Region) -> Whereabouts {
        Whereabouts {
            partition: "${AWS::Partition}".to_owned(),
            account: "${AWS::AccountId}".to_owned(),
            region: region.to_string(),
        }
    }

    /// A text with the partition and the account of this place.
    pub fn fill(&self, text: &str) -> String {
        text.replace("${AWS::Partition}", &self.partition)
            .replace("${AWS::AccountId}", &self.account)
    }

    /// An account and a region.
    pub fn new(account: &AccountId, region: &Region) -> Whereabouts {
        Whereabouts {
            partition: region.partition().to_owned(),
            account: account.to_string(),
            region: region.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::fixture::settings;

    #[test]
    fn names_are_as_long_as_aws_allows() {
        let longest = json!({ "app": "abcdefghij-bcdefghij", "region": "us-isof-south-1" });
        let longest = settings("abcdefghij-b", longest);
        let names = Names::of(&longest);
        let bucket = names.bucket("111122223333", "us-isof-south-1");
        assert!(bucket.len() <= 63, "{bucket}");
        for role in [
            names.deploy_role(),
            names.prepare_role(),
            names.execution_role(),
        ] {
            assert!(role.len() <= 64, "{role}");
        }
        assert_eq!(names.stack(), "abcdefghij-bcdefghij-abcdefghij-b-bootstrap");
    }
}
