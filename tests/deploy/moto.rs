//! moto in CloudFormation's place: what it does is deployed, and what it does not is said.

use stratiform_test_support::{Caller, Moto};

use crate::running::{Ran, deploy, ran, shop};
use crate::support::Project;

/// moto has this account, and no other.
const ACCOUNT: &str = "123456789012";

fn to_moto(project: &Project, moto: &Moto, words: &str) -> Ran {
    let images = "--image api=shop/api:1 --image worker=shop/worker:1";
    let mut command = deploy(project, &format!("--yes {images} {words}"));
    command
        .env("AWS_ENDPOINT_URL", moto.url())
        .env("AWS_ACCESS_KEY_ID", ACCOUNT)
        .env("AWS_SECRET_ACCESS_KEY", "test")
        .env("AWS_EC2_METADATA_DISABLED", "true");
    ran(command)
}

// A stack that moto makes with a change set has no exports.
#[test]
#[ignore = "needs moto: cargo xtask ci moto"]
fn what_needs_exports_is_refused_and_the_others_are_deployed() {
    let (project, moto) = (shop(), Moto::start());
    let first = to_moto(&project, &moto, "");
    first.expect(
        1,
        &[
            "No export named shop-dev-network:Vpc found.",
            "network   deployed",
            "registry  deployed",
            "database  refused",
            "no stack was changed by what failed",
        ],
    );
    let caller = Caller {
        url: moto.url(),
        access_key: ACCOUNT,
        region: "eu-central-1",
    };
    let described = caller.cloudformation("DescribeStacks", &[]);
    for stack in ["network", "registry", "queues"] {
        let name = format!("<StackName>shop-dev-{stack}</StackName>");
        assert!(described.contains(&name), "{described}");
    }
    assert!(!described.contains("shop-dev-database"), "{described}");
    to_moto(&project, &moto, "--stack network --stack registry")
        .expect(0, &["nothing to deploy in 2 stacks"]);
}
