//! Programs of others that answer as AWS does: what the engine cannot tell, as it is ours.
//!
//! Each is another CloudFormation than AWS's. Where one differs, the test is named after that: what is not there is said,
//! and nothing that it did not do is taken for done. What none of them has is in `engine`: imports, processed templates,
//! values of Systems Manager, and statuses while something is going on.
#![expect(clippy::unwrap_used, reason = "a test")]

#[expect(dead_code, reason = "other tests use the rest")]
#[path = "../support/deploying.rs"]
mod deploying;
mod ministack;
mod moto;
#[expect(dead_code, reason = "the reference app has more than they know")]
#[path = "../deployment/plans.rs"]
mod plans;
mod reading;
#[path = "../support/mod.rs"]
mod support;

use std::time::Duration;

use stratiform_aws::Aws;
use stratiform_deploy::call::Stack;
use stratiform_deploy::{Call, Plan, Reply};

use crate::deploying::{Went, deploy, hasty};

/// What deploys to an emulator, with short pauses.
async fn deploying_to(url: &str) -> Aws {
    let config = support::deployment_config(url).await;
    Aws::new(&hasty(&config, Duration::from_secs(8)))
}

/// Deploys, says yes, and gives up what is not well at once: nothing becomes so later.
async fn deployed(url: &str, mut plan: Plan) -> Went {
    let contract = plan.conduct.verify.as_mut().unwrap();
    contract.patience_minutes = 0;
    deploy(&deploying_to(url).await, plan, true).await
}

/// A stack as it is described, with its template.
async fn stack(url: &str, name: &str) -> Option<(Box<Stack>, String)> {
    let aws = deploying_to(url).await;
    let call = Call::DescribeStack {
        stack: name.to_owned(),
    };
    let Ok(Reply::Stack(found)) = aws.call(&call).await else {
        panic!("{name} cannot be asked");
    };
    let found = found?;
    let call = Call::GetTemplate {
        stack: found.id.clone(),
    };
    let Ok(Reply::Template(template)) = aws.call(&call).await else {
        panic!("{name} has no template");
    };
    Some((found, template))
}
