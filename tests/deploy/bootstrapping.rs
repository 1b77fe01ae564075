//! `bootstrap`: first, again, for another environment, and what `deploy` and `guard` make of it.

use serde_json::Value;

use crate::engine::Engine;
use crate::running::{Ran, edit, git, local, of_dev, ran, release, shop};
use crate::support::Project;

const IMAGES: &str = "--yes --image api=shop/api:1 --image worker=shop/worker:1";

/// The shop with who deploys it, and its snapshots.
fn bootstrapping() -> Project {
    let project = shop();
    edit(
        &project,
        "environments/defaults.yaml",
        "  tags: { team: shop }\n",
        "  tags: { team: shop }\n  bootstrap: { repository: octo-org/shop, refs: [refs/heads/*] }\n",
    );
    project
}

fn bootstrap(project: &Project, words: &str) -> Ran {
    ran(of_dev(project, "bootstrap", words))
}

/// The shop gets a type that it did not have.
fn with_backups(project: &Project) {
    edit(
        project,
        "environments/dev.yaml",
        "network:\n",
        "backup_days: 35\nnetwork:\n",
    );
}

#[test]
fn once_and_then_nothing() {
    let project = bootstrapping();
    bootstrap(&project, "--local").expect(3, &["nobody is there to approve this"]);
    bootstrap(&project, "--local --yes").expect(
        0,
        &[
            "the account has no identity provider of GitHub yet: the stack makes it",
            "    new               GitHubProvider  AWS::IAM::OIDCProvider\n",
            "    new               ExecutionRole  AWS::IAM::Role\n",
            "    new               DeployRole  AWS::IAM::Role\n",
            "    new               Artifacts  AWS::S3::Bucket\n",
            ": 2 stacks, 0 unchanged\n",
            "`dev` is bootstrapped in eu-central-1\n",
            "take on the role `shop-dev-deploy`",
            "activate the cost-allocation tags `app`, `environment` and `team`",
        ],
    );
    bootstrap(&project, "--local --yes")
        .expect(0, &["nothing to deploy in 2 stacks"])
        .lacks(&["identity provider"]);
}

#[test]
fn another_environment_of_the_account_finds_the_identity_provider() {
    let project = bootstrapping();
    bootstrap(&project, "--local --yes").expect(0, &[]);
    let staging = || {
        let command = ["bootstrap", "--env", "staging", "--local", "--yes"];
        ran(project.command(command))
    };
    staging()
        .expect(
            0,
            &["the account has GitHub's identity provider already: it is used as it is"],
        )
        .lacks(&["AWS::IAM::OIDCProvider"]);
    staging().expect(0, &["nothing to deploy in 2 stacks"]);
    let same = ran(project.command(["diff", "--env", "staging", "--deployed", "--local"]));
    assert!(!same.stdout.contains("GitHubProvider"), "{}", same.stdout);
    // What the first stack made stays its own.
    bootstrap(&project, "--local --yes").expect(0, &["nothing to deploy in 2 stacks"]);
}

#[test]
fn a_deployment_has_the_role_and_guard_says_what_it_lacks() {
    let project = bootstrapping();
    git(&project, "init --quiet --initial-branch main");
    release(&project, "v1");
    let engine = Engine::start();
    let permissions = |code: i32, words: &[&str]| {
        let guard = engine.run(&project, "guard", "--format json");
        assert_eq!(guard.code, code, "{}{}", guard.stdout, guard.stderr);
        let report: Value = serde_json::from_str(&guard.stdout).unwrap();
        let checks = report["checks"].as_array().unwrap();
        let check = checks.iter().find(|it| it["id"] == "permissions").unwrap();
        let told = check.to_string();
        for word in words {
            assert!(told.contains(word), "no `{word}` in {told}");
        }
    };
    // Before it is there, CloudFormation acts for whoever deploys.
    permissions(
        0,
        &[
            "skipped",
            "`dev` is not bootstrapped",
            "bootstrap --env dev",
        ],
    );
    engine.deploy(&project, "--yes --stack queues").expect(
        0,
        &["`dev` is not bootstrapped: CloudFormation acts with your own permissions"],
    );
    assert!(!engine.describe("shop-dev-queues").contains("RoleARN"));

    engine.run(&project, "bootstrap", "--yes").expect(0, &[]);
    permissions(0, &["pass"]);
    engine
        .deploy(&project, "--yes --stack network")
        .expect(0, &[])
        .lacks(&["not bootstrapped"]);
    let network = engine.describe("shop-dev-network");
    let role = "<RoleARN>arn:aws:iam::123456789012:role/shop-dev-execution</RoleARN>";
    assert!(network.contains(role), "{network}");
    assert!(!engine.describe("shop-dev-bootstrap").contains("RoleARN"));

    with_backups(&project);
    release(&project, "v2");
    permissions(
        3,
        &[
            "block",
            "the role `shop-dev-execution` lacks ",
            "backup:CreateBackupVault",
            "arn:aws:backup:eu-central-1:123456789012:backup-vault:shop-dev",
            "bootstrap --env dev",
        ],
    );
    engine
        .deploy(&project, "--yes --stack backup")
        .expect(3, &["blocks   permissions", "→ bootstrap --env dev"]);
    engine.run(&project, "bootstrap", "--yes").expect(
        0,
        &["updated           ExecutionPolicy1  AWS::IAM::ManagedPolicy: PolicyDocument\n"],
    );
    permissions(0, &["pass"]);
    engine
        .deploy(&project, "--yes --stack backup")
        .expect(0, &[]);
}

#[test]
fn locally_what_is_lacking_is_only_said() {
    let project = bootstrapping();
    bootstrap(&project, "--local --yes").expect(0, &[]);
    with_backups(&project);
    local(&project, "--yes --stack backup").expect(
        0,
        &["warns    permissions  the role `shop-dev-execution` lacks "],
    );
}

/// What gives the queue `ApiQueue` to the stack `queues`, and what takes it away.
const FILE: &str = "environments/defaults.yaml";
const WITHOUT: &str = "  api:\n    variables:";
const WITH: &str = "  api:\n    queue: true\n    variables:";
const MAY_GO: &str = "--yes --stack queues --allow delete:queues/ApiQueue";

#[test]
fn what_is_deployed_keeps_its_permissions_until_it_goes() {
    let project = bootstrapping();
    edit(&project, FILE, WITHOUT, WITH);
    bootstrap(&project, "--local --yes").expect(0, &[]);
    local(&project, "--yes --stack queues").expect(0, &[]);
    edit(&project, FILE, WITH, WITHOUT);
    bootstrap(&project, "--local --yes").expect(
        0,
        &[
            "the role `shop-dev-execution` keeps ",
            " that what is deployed still needs, beyond the snapshots: `sqs:",
            "Run `bootstrap --env dev` again after `deploy`",
            "nothing to deploy in 2 stacks",
        ],
    );
    local(&project, MAY_GO)
        .expect(0, &[])
        .lacks(&["permissions  the role"]);
    bootstrap(&project, "--local --yes")
        .expect(
            0,
            &["updated           ExecutionPolicy2  AWS::IAM::ManagedPolicy: PolicyDocument\n"],
        )
        .lacks(&["still needs"]);
}

#[test]
fn a_stack_that_goes_keeps_its_permissions_too() {
    let project = bootstrapping();
    with_backups(&project);
    bootstrap(&project, "--local --yes").expect(0, &[]);
    local(&project, "--yes --stack backup").expect(0, &[]);
    edit(
        &project,
        "environments/dev.yaml",
        "backup_days: 35\nnetwork:\n",
        "network:\n",
    );
    bootstrap(&project, "--local --yes").expect(
        0,
        &[
            "the role `shop-dev-deploy` keeps ",
            "the role `shop-dev-execution` keeps ",
            " that what is deployed still needs, beyond the snapshots: `backup-storage:",
        ],
    );
}

#[test]
fn what_goes_has_to_be_deletable_too() {
    let project = bootstrapping();
    bootstrap(&project, "--local --yes").expect(0, &[]);
    // The role was not asked.
    edit(&project, FILE, WITHOUT, WITH);
    local(&project, "--yes --stack queues").expect(0, &["permissions  the role"]);
    edit(&project, FILE, WITH, WITHOUT);
    local(&project, MAY_GO).expect(
        0,
        &[
            "warns    permissions  the role `shop-dev-execution` lacks `sqs:",
            "shop-dev-api, which goes\n",
            "→ check the release out that runs, and `bootstrap --env dev` there",
        ],
    );
}

#[test]
fn the_first_run_says_what_is_made() {
    let project = bootstrapping();
    bootstrap(&project, "--local").expect(
        3,
        &[
            "`dev` is bootstrapped for the first time:\n",
            "  in eu-central-1: `shop-dev-bootstrap-artifacts` and `shop-dev-bootstrap`\n",
            "    role shop-dev-execution: ",
            " of 6144 characters\n      trusts `cloudformation.amazonaws.com`\n",
            "        where SourceAccount is 111122223333\n",
            "    role shop-dev-deploy: ",
            "        where repository is octo-org/shop\n",
            "        where ref is refs/heads/*\n",
        ],
    );
    bootstrap(&project, "--local --yes").expect(0, &["dev.bootstrap: nothing blocks; "]);
    bootstrap(&project, "--local --yes")
        .expect(0, &[])
        .lacks(&["for the first time"]);
}

#[test]
fn the_policies_are_printed_for_whoever_has_to_agree() {
    let project = bootstrapping();
    let printed = bootstrap(&project, "--print-policy");
    printed.expect(
        0,
        &[
            "`ACCOUNT_ID` stands for the account",
            "\n## `shop-dev-execution`\n",
            " on more than what the stacks name:\n",
            "\n## `shop-dev-deploy`\n",
            "- an export has no ARN:\n  - `cloudformation:ListImports`\n",
        ],
    );
    let roles: Value = serde_json::from_str(&printed.stdout).unwrap();
    let roles = roles["roles"].as_array().unwrap();
    let names: Vec<&Value> = roles.iter().map(|role| &role["name"]).collect();
    assert_eq!(names, ["shop-dev-execution", "shop-dev-deploy"]);
    let text = roles[0]["policies"].to_string();
    assert!(
        text.contains("arn:aws:sqs:eu-central-1:ACCOUNT_ID:shop-dev-worker"),
        "{text}"
    );
    assert!(!text.contains("AWS::"), "{text}");
    let known = "region: eu-central-1\n  account: \"123456789012\"\n";
    edit(
        &project,
        "environments/defaults.yaml",
        "region: eu-central-1\n",
        known,
    );
    let printed = bootstrap(&project, "--print-policy");
    printed.expect(0, &[]).lacks(&["ACCOUNT_ID"]);
    assert!(printed.stdout.contains(":123456789012:shop-dev-worker"));
}

#[test]
fn what_was_not_reviewed_or_not_asked_for_is_not_made() {
    let project = bootstrapping();
    project.write("snapshots/dev.bootstrap/bootstrap.yaml", "{}\n");
    bootstrap(&project, "--yes").expect(
        3,
        &[
            "error[stale-snapshots]",
            "dev.bootstrap/bootstrap.yaml is stale",
        ],
    );
    let without = shop();
    bootstrap(&without, "--local --yes").expect(
        2,
        &[
            "error[no-bootstrap]: the file of `dev` does not say who deploys it from GitHub",
            "bootstrap: { repository: OWNER/NAME }",
        ],
    );
}

#[test]
fn a_review_shows_it_and_what_takes_the_environment_down_leaves_it() {
    let project = bootstrapping();
    let diff = |words: &str| ran(of_dev(&project, "diff", words));
    git(&project, "init --quiet --initial-branch main");
    release(&project, "v1");
    bootstrap(&project, "--local --yes").expect(0, &[]);
    local(&project, IMAGES).expect(0, &[]);
    let same = diff("--deployed --local --exit-code");
    assert_eq!(same.code, 0, "{}{}", same.stdout, same.stderr);
    with_backups(&project);
    for changed in [
        diff("--deployed --local"),
        diff(""),
        diff("--format markdown"),
    ] {
        for word in [
            "dev.bootstrap",
            "ExecutionPolicy1",
            "backup:CreateBackupVault",
        ] {
            assert!(
                changed.stdout.contains(word),
                "no {word} in {}",
                changed.stdout
            );
        }
        // Its value is found out by who deploys.
        let provider = "GitHubProviderIs";
        assert!(!changed.stdout.contains(provider), "{}", changed.stdout);
    }
    let destroyed = ran(of_dev(
        &project,
        "destroy",
        "--local --yes --allow delete:database/Instance --allow delete:queues/WorkerQueue",
    ));
    destroyed.lacks(&["bootstrap"]);
    bootstrap(&project, "--local --yes").expect(0, &[": 1 stack, 1 unchanged\n"]);
}
