//! `drift`: what was changed by hand, found, judged, set back, and told how to write.

use serde_json::{Value, json};
use stratiform_test_support::post;

use crate::engine::Engine;
use crate::running::{Ran, edit, shop};
use crate::support::Project;

const IMAGES: &str = "--yes --image api=shop/api:1 --image worker=shop/worker:1";

/// Somebody who changes things by hand: Cloud Control, without CloudFormation.
struct Hand<'e>(&'e Engine);

impl Hand<'_> {
    fn call(&self, operation: &str, body: &Value) -> Value {
        let target = format!("X-Amz-Target: CloudApiService.{operation}");
        let authorization = "Authorization: AWS4-HMAC-SHA256 Credential=123456789012/20260101/eu-central-1/cloudcontrolapi/\
                             aws4_request, SignedHeaders=host, Signature=0";
        let content = "Content-Type: application/x-amz-json-1.0";
        let headers = [target.as_str(), authorization, content];
        let answer = post(&format!("{}/", self.0.url()), &headers, &body.to_string());
        serde_json::from_str(&answer).unwrap()
    }

    /// The identifier of the resource of a type whose properties have a text.
    fn find(&self, resource_type: &str, text: &str) -> String {
        let found = self.call("ListResources", &json!({ "TypeName": resource_type }));
        let mut all = found["ResourceDescriptions"].as_array().unwrap().iter();
        let found = all.find(|one| one["Properties"].as_str().unwrap().contains(text));
        found.unwrap()["Identifier"].as_str().unwrap().to_owned()
    }

    fn change(&self, resource_type: &str, text: &str, step: &Value) {
        let identifier = self.find(resource_type, text);
        let patch = json!([step]).to_string();
        self.call(
            "UpdateResource",
            &json!({ "TypeName": resource_type, "Identifier": identifier, "PatchDocument": patch }),
        );
    }

    fn open_port(&self, port: u16) {
        let rule =
            json!({ "CidrIp": "0.0.0.0/0", "FromPort": port, "IpProtocol": "tcp", "ToPort": port });
        let step = json!({ "op": "add", "path": "/SecurityGroupIngress/-", "value": rule });
        self.change("AWS::EC2::SecurityGroup", "The services", &step);
    }
}

/// Somebody opens a port of the services to the internet.
pub(crate) fn open_port(engine: &Engine, port: u16) {
    Hand(engine).open_port(port);
}

fn deployed() -> (Project, Engine) {
    let (project, engine) = (shop(), Engine::start());
    engine.deploy(&project, IMAGES).expect(0, &[]);
    (project, engine)
}

/// It ended so, and said all of this on standard output.
#[track_caller]
fn expect(ran: &Ran, code: i32, words: &[&str]) {
    assert_eq!(ran.code, code, "{}{}", ran.stdout, ran.stderr);
    for word in words {
        assert!(ran.stdout.contains(word), "no `{word}` in:\n{}", ran.stdout);
    }
}

#[test]
fn a_port_that_was_opened_is_found_judged_and_closed_again() {
    let (project, engine) = deployed();
    let drift = |words: &str| engine.run(&project, "drift", words);
    expect(
        &drift("--exit-code"),
        0,
        &[
            "dev in eu-central-1, account 123456789012\n",
            "dev is in sync: all of 17 resources were checked\n",
        ],
    );
    Hand(&engine).open_port(22);
    expect(
        &drift(""),
        0,
        &[
            "services  1 of 7 resources drifted\n",
            "  danger     SecurityGroup  AWS::EC2::SecurityGroup\n",
            "+ SecurityGroupIngress.1  {\"CidrIp\":\"0.0.0.0/0\"",
            "danger: opens tcp 22 of the security group `SecurityGroup` to the whole internet\n",
            "declared at ",
            "checked            17  16 in sync, 1 drifted\n",
        ],
    );
    expect(&drift("--exit-code"), 3, &[]);
    // Nobody is there who could say yes.
    drift("--revert").expect(3, &["nobody is there to approve this"]);
    expect(&drift("--exit-code"), 3, &[]);
    drift("--revert --yes").expect(
        0,
        &[
            "setting services back: note: closes tcp 22 of the security group `SecurityGroup` to the whole internet\n",
            "updated           SecurityGroup  AWS::EC2::SecurityGroup: SecurityGroupIngress\n",
            "looked again: dev is in sync: all of 17 resources were checked\n",
        ],
    );
    expect(&drift("--exit-code"), 0, &["dev is in sync"]);
    // It is the release that it was, and says why it was deployed again.
    let status = engine.run(&project, "status", "");
    expect(&status, 0, &["because: drift set back\n"]);
    drift("--revert --yes").expect(0, &["dev is in sync"]);
}

/// What the code has no more is compared with what it was deployed with, and is not set back.
#[test]
fn a_stack_that_the_code_has_no_more_is_looked_at() {
    let (project, engine) = (shop(), Engine::start());
    engine
        .deploy(&project, "--yes --stack network")
        .expect(0, &[]);
    let queue = r#"{"Resources": {"Jobs": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "left", "DelaySeconds": 7}}}}"#;
    let create = |stack: &str, app: &str| {
        let parameters = [
            ("StackName", stack),
            ("TemplateBody", &queue.replace("left", stack)),
            ("Tags.member.1.Key", "app"),
            ("Tags.member.1.Value", app),
        ];
        engine.call("CreateStack", &parameters);
        while !engine.describe(stack).contains("CREATE_COMPLETE") {}
    };
    create("shop-dev-old", "shop");
    create("shop-dev-others", "shop-dev");
    let drift = |words: &str| engine.run(&project, "drift", words);
    let said = "the code has no stack `old`, and `shop-dev-old` is deployed: ";
    let first = drift("--exit-code");
    expect(&first, 0, &[said, "dev is in sync: "]);
    assert!(!first.stdout.contains("others"), "{}", first.stdout);
    let step = json!({ "op": "replace", "path": "/DelaySeconds", "value": 9 });
    Hand(&engine).change("AWS::SQS::Queue", "shop-dev-old", &step);
    expect(
        &drift("--exit-code"),
        3,
        &[
            "old  1 of 1 resource drifted\n",
            "~ DelaySeconds  7 → 9\n",
            said,
        ],
    );
    drift("--revert --yes").expect(
        3,
        &[
            "old is not set back: the code has no such stack\n  → if nobody needs it: `aws cloudformation delete-stack --stack-name \
             shop-dev-old --region eu-central-1`; ",
        ],
    );
    let json = drift("--format json");
    let found: Value = serde_json::from_str(&json.stdout).unwrap();
    let stacks = found["stacks"].as_array().unwrap();
    let told: Vec<_> = stacks
        .iter()
        .map(|stack| (&stack["stack"], &stack["inCode"]))
        .collect();
    assert_eq!(
        told,
        [
            (&"network".into(), &true.into()),
            (&"old".into(), &false.into())
        ]
    );
    assert!(found["notListed"].is_null());
}

#[test]
fn what_a_value_comes_from_is_found_out_and_what_to_write_is_told() {
    let (project, engine) = deployed();
    let drift = |words: &str| engine.run(&project, "drift", words);
    let step = json!({ "op": "replace", "path": "/BackupRetentionPeriod", "value": 1 });
    Hand(&engine).change("AWS::RDS::DBInstance", "shop-dev", &step);
    Hand(&engine).open_port(22);
    let before = project.tree("environments");
    expect(
        &drift("--adopt"),
        0,
        &[
            "environments/dev.yaml  database.backup_retention_days: 1  (environments/defaults.yaml:",
            " says 7, to all environments)\n",
            "  would stay: opens tcp 22 of the security group `SecurityGroup` to the whole internet\n",
            "  SecurityGroupIngress.1: add {\"CidrIp\":\"0.0.0.0/0\"",
        ],
    );
    assert_eq!(project.tree("environments"), before);
    // Who writes it has nothing that drifted from the code.
    edit(
        &project,
        "environments/dev.yaml",
        "  instance_class: db.t3.micro\n",
        "  instance_class: db.t3.micro\n  backup_retention_days: 1\n",
    );
    let json = drift("--format json");
    let found: Value = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!(
        (&found["version"], &found["verdict"]),
        (&1.into(), &"drifted".into())
    );
    assert_eq!(found["ledger"]["checked"], 17);
    let stacks = found["stacks"].as_array().unwrap().iter();
    let resources = stacks.flat_map(|stack| stack["resources"].as_array().unwrap());
    let instance = resources
        .clone()
        .find(|resource| resource["logicalId"] == "Instance");
    let difference = &instance.unwrap()["differences"][0];
    assert_eq!(
        (
            &difference["path"],
            &difference["expected"],
            &difference["actual"]
        ),
        (&"/BackupRetentionPeriod".into(), &"7".into(), &"1".into())
    );
    // The code says 1 now: nothing in it made the 7.
    assert_eq!(difference["from"], Value::Null);
}

#[test]
fn what_is_gone_is_a_danger_and_comes_back() {
    let (project, engine) = deployed();
    let drift = |words: &str| engine.run(&project, "drift", words);
    let queue = Hand(&engine).find("AWS::SQS::Queue", "shop-dev-worker");
    Hand(&engine).call(
        "DeleteResource",
        &json!({ "TypeName": "AWS::SQS::Queue", "Identifier": queue }),
    );
    expect(
        &drift("--exit-code"),
        3,
        &["  danger     WorkerQueue  AWS::SQS::Queue: it is gone\n"],
    );
    drift("--revert --yes").expect(0, &["new               WorkerQueue  AWS::SQS::Queue\n"]);
    expect(&drift("--exit-code"), 0, &["dev is in sync"]);
}

#[test]
fn what_could_not_be_looked_at_is_never_in_sync() {
    let (project, engine) = (shop(), Engine::start());
    let drift = |words: &str| engine.run(&project, "drift", words);
    expect(&drift("--exit-code"), 0, &["dev: nothing is deployed\n"]);
    engine.fault("create:shop-dev-queues/WorkerQueue");
    engine.deploy(&project, IMAGES).expect(4, &[]);
    let ran = drift("--exit-code");
    expect(
        &ran,
        3,
        &[
            ", 0 drifted\nnot checked yet     0\n",
            "  queues: `shop-dev-queues` is ROLLBACK_COMPLETE: CloudFormation looks for drift only in stacks that are complete\n",
        ],
    );
    assert!(!ran.stdout.contains("is in sync"), "{}", ran.stdout);
    drift("--revert --yes").expect(3, &["not all was checked that could be"]);
    // Without --exit-code it is told, and that is all.
    expect(&drift(""), 0, &["not all was checked that could be\n"]);
}

#[test]
fn the_account_has_to_be_the_environments() {
    let (project, engine) = deployed();
    edit(
        &project,
        "environments/defaults.yaml",
        "region: eu-central-1\n",
        "region: eu-central-1\n  account: \"999999999999\"\n",
    );
    let ran = engine.run(&project, "drift", "");
    ran.expect(1, &["the environment is in account 999999999999"]);
}
