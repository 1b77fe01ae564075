//! What is deployed in these tests.

use std::fs;
use std::path::Path;

use stratiform_deploy::call::ParameterValue;
use stratiform_deploy::{
    Approval, Conduct, Contract, Mending, OnFailure, Pace, Plan, PlannedStack, Record, Until,
};
use stratiform_service::change_set::DeploymentConfigMode;

pub(crate) fn conduct() -> Conduct {
    Conduct {
        run: "r1".to_owned(),
        record: Record {
            release: Some("v1.0.0".to_owned()),
            commit: Some("0123456".to_owned()),
            deployed_by: Some("somebody".to_owned()),
            ..Record::default()
        },
        concurrency: 4,
        on_failure: OnFailure::Keep,
        until: Until::Deployed,
        approval: Approval::Asked,
        allowed: Vec::new(),
        mending: Mending::Harmless,
        skip: Vec::new(),
        role: None,
        notification_arns: Vec::new(),
        rollback: None,
        mode: DeploymentConfigMode::Standard,
        import_existing: false,
        bucket: None,
        backup: false,
        besides: Default::default(),
        verify: Some(Contract {
            services: true,
            targets: true,
            alarms: true,
            database: true,
            http: Vec::new(),
            bake_minutes: 0,
            patience_minutes: 1,
        }),
        pace: Pace { least: 5, most: 20 },
    }
}

/// The reference app's dev environment, as its snapshots have it.
pub(crate) fn dev() -> Plan {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../snapshots/dev");
    let text = fs::read_to_string(folder.join("assembly.json")).unwrap();
    let assembly: serde_json::Value = serde_json::from_str(&text).unwrap();
    let entries = assembly["stacks"].as_array().unwrap();
    let name = |entry: &serde_json::Value| entry["name"].as_str().unwrap().to_owned();
    let names: Vec<String> = entries.iter().map(name).collect();
    let texts = |list: &serde_json::Value| -> Vec<String> {
        let list = list.as_array().unwrap().iter();
        list.map(|text| text.as_str().unwrap().to_owned()).collect()
    };
    let stacks = entries.iter().map(|entry| {
        let template =
            fs::read_to_string(folder.join(entry["template"].as_str().unwrap())).unwrap();
        let parameters = entry["parameters"].as_object().unwrap().iter();
        let tags = entry["tags"].as_object().unwrap().iter();
        PlannedStack {
            key: name(entry).trim_start_matches("storefront-dev-").to_owned(),
            name: name(entry).parse().unwrap(),
            depends_on: texts(&entry["dependsOn"])
                .iter()
                .map(|needed| names.iter().position(|name| name == needed).unwrap())
                .collect(),
            template,
            parameters: parameters
                .map(|(name, value)| {
                    let service = name.trim_end_matches("Image").to_lowercase();
                    let image = format!(
                        "111122223333.dkr.ecr.eu-central-1.amazonaws.com/storefront/dev/{service}:v1"
                    );
                    let value = value.as_str().map_or(image, str::to_owned);
                    (name.clone(), ParameterValue::Value(value))
                })
                .collect(),
            tags: tags
                .map(|(key, value)| (key.clone(), value.as_str().unwrap().to_owned()))
                .collect(),
            capabilities: texts(&entry["capabilities"]),
            policy: None,
            termination_protection: Some(false),
            record: None,
            predicted: None,
            sealed: None,
            seen: None,
            drift: Default::default(),
            imports: Vec::new(),
        }
    });
    Plan {
        stacks: stacks.collect(),
        conduct: conduct(),
    }
}

/// A queue, and a topic behind it that needs the queue's export.
pub(crate) fn two(version: u32) -> Plan {
    let queue = format!(
        "Resources:
  Queue: {{Type: AWS::SQS::Queue, Properties: {{VisibilityTimeout: {}}}}}
Outputs:
  Arn: {{Value: !GetAtt Queue.Arn, Export: {{Name: shop-queue}}}}
",
        30 + version
    );
    let topic = "Resources:
  Topic: {Type: AWS::SNS::Topic}
  Subscription:
    Type: AWS::SNS::Subscription
    Properties: {Protocol: sqs, TopicArn: !Ref Topic, Endpoint: !ImportValue shop-queue}
";
    Plan {
        stacks: vec![
            stack("queue", &queue, Vec::new()),
            stack("topic", topic, vec![0]),
        ],
        conduct: conduct(),
    }
}

pub(crate) fn stack(key: &str, template: &str, depends_on: Vec<usize>) -> PlannedStack {
    PlannedStack {
        name: format!("shop-dev-{key}").parse().unwrap(),
        key: key.to_owned(),
        depends_on,
        template: template.to_owned(),
        parameters: Default::default(),
        tags: [("app".to_owned(), "shop".to_owned())].into(),
        capabilities: Vec::new(),
        policy: None,
        termination_protection: None,
        record: None,
        predicted: None,
        sealed: None,
        seen: None,
        drift: Default::default(),
        imports: Vec::new(),
    }
}
