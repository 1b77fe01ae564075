//! What single calls do besides deploying: nested stacks, imports, drift, validation, events.
use crate::cloud::Cloud;
use serde_json::{Value, json};

const CHILD: &str = "
Parameters:
  Text: {Type: String}
Resources:
  Parameter: {Type: AWS::SSM::Parameter, Properties: {Type: String, Value: !Ref Text}}
Outputs:
  Name: {Value: !Ref Parameter}
";

fn parent(text: &str) -> String {
    format!(
        "
Resources:
  Child:
    Type: AWS::CloudFormation::Stack
    Properties:
      TemplateURL: https://s3.eu-central-1.amazonaws.com/templates/child.yaml
      Parameters: {{Text: {text}}}
  User: {{Type: AWS::SSM::Parameter, Properties: {{Type: String, Value: !GetAtt Child.Outputs.Name}}}}
"
    )
}

fn with_child() -> Cloud {
    let mut cloud = Cloud::new();
    let object = json!({ "Bucket": "templates", "Key": "child.yaml", "Body": CHILD });
    cloud.ask("s3", "PutObject", object).unwrap();
    cloud
}

/// The ARN of a nested stack.
fn child(cloud: &mut Cloud) -> String {
    let answer = cloud.done(
        "DescribeStackResource",
        json!({ "StackName": "shop", "LogicalResourceId": "Child" }),
    );
    let id = &answer["StackResourceDetail"]["PhysicalResourceId"];
    id.as_str().unwrap().to_owned()
}

#[test]
fn nested_stacks_come_change_and_go_with_their_parent() {
    let mut cloud = with_child();
    cloud.create("shop", &parent("one"));
    cloud.update("shop", &parent("two"));
    let id = child(&mut cloud);
    let nested = cloud.stack(&id);
    assert_eq!(nested["ParentId"], cloud.stack("shop")["StackId"]);
    assert!(
        nested["StackName"]
            .as_str()
            .unwrap()
            .starts_with("shop-Child-")
    );
    let parent_id = cloud.stack("shop")["StackId"].as_str().unwrap().to_owned();
    cloud.done("DeleteStack", json!({ "StackName": "shop" }));
    cloud.settle();
    let name = nested["StackName"].as_str().unwrap();
    let told = cloud.story(&parent_id) + "\n\n" + &cloud.story(&id);
    let told = told
        .replace(name, "<child>")
        .replace(id.rsplit('/').next().unwrap(), "<id>");
    insta::assert_snapshot!(told);
}

#[test]
fn a_nested_stack_that_fails_fails_its_parent() {
    let mut cloud = with_child();
    cloud.create("shop", &parent("one"));
    let id = child(&mut cloud);
    let name = cloud.stack(&id)["StackName"].as_str().unwrap().to_owned();
    cloud.fault(&format!("update:{name}/Parameter:times=1"));
    cloud.update("shop", &parent("two"));
    assert_eq!(cloud.status("shop"), "UPDATE_ROLLBACK_COMPLETE");
    assert_eq!(cloud.status(&id), "UPDATE_ROLLBACK_COMPLETE");
    let told = cloud.story("shop").replace(&name, "<child>");
    assert!(told.contains("Child UPDATE_FAILED"), "{told}");
    assert!(
        told.contains("was not successfully updated. Currently in UPDATE_ROLLBACK_"),
        "{told}"
    );
    // Also where it is something else that fails: the child goes back with its parent.
    cloud.fault("update:shop/User:times=1");
    let changed = parent("three").replace("Value: !GetAtt", "Description: new, Value: !GetAtt");
    cloud.update("shop", &changed);
    assert_eq!(cloud.status("shop"), "UPDATE_ROLLBACK_COMPLETE");
    let nested = cloud.stack(&id);
    assert_eq!(nested["Parameters"][0]["ParameterValue"], "one");
}

const TOPIC: &str = "
Resources:
  Topic: {Type: AWS::SNS::Topic, DeletionPolicy: Retain, Properties: {TopicName: orders, DisplayName: one}}
";

#[test]
fn what_was_left_behind_is_adopted() {
    let mut cloud = Cloud::new();
    cloud.create("old", TOPIC);
    cloud.done("DeleteStack", json!({ "StackName": "old" }));
    cloud.settle();
    // A new stack cannot have a topic of this name: the change set says so.
    let made = cloud.done(
        "CreateChangeSet",
        json!({ "StackName": "new", "ChangeSetName": "first", "ChangeSetType": "CREATE", "TemplateBody": TOPIC }),
    );
    cloud.settle();
    let described = cloud.done("DescribeChangeSet", json!({ "ChangeSetName": made["Id"] }));
    assert_eq!(described["Status"], "FAILED");
    let reason = described["StatusReason"].as_str().unwrap();
    assert!(
        reason.contains("AWS::EarlyValidation::ResourceExistenceCheck"),
        "{reason}"
    );
    let events = cloud.done(
        "DescribeEvents",
        json!({ "ChangeSetName": made["Id"], "Filters": { "FailedEvents": "true" } }),
    );
    let event = &events["OperationEvents"][0];
    assert_eq!(event["ValidationName"], "NAME_CONFLICT_VALIDATION");
    assert_eq!(event["LogicalResourceId"], "Topic");
    // But it can adopt the one that is there.
    for (name, kind) in [("adopts", "CREATE"), ("imports", "IMPORT")] {
        let mut call = json!({
            "StackName": name, "ChangeSetName": "first", "ChangeSetType": kind, "TemplateBody": TOPIC,
        });
        match kind {
            "IMPORT" => {
                call["ResourcesToImport"] = json!([{
                    "ResourceType": "AWS::SNS::Topic", "LogicalResourceId": "Topic",
                    "ResourceIdentifier": { "TopicArn": "arn:aws:sns:eu-central-1:111122223333:orders" },
                }]);
            }
            _ => call["ImportExistingResources"] = "true".into(),
        }
        let made = cloud.done("CreateChangeSet", call);
        cloud.settle();
        let described = cloud.done("DescribeChangeSet", json!({ "ChangeSetName": made["Id"] }));
        assert_eq!(
            described["Changes"][0]["ResourceChange"]["Action"], "Import",
            "{described}"
        );
        cloud.done("ExecuteChangeSet", json!({ "ChangeSetName": made["Id"] }));
        cloud.settle();
        let expected = if kind == "IMPORT" {
            "IMPORT_COMPLETE"
        } else {
            "CREATE_COMPLETE"
        };
        assert_eq!(cloud.status(name), expected, "{}", cloud.story(name));
        assert!(cloud.story(name).contains("Topic IMPORT_COMPLETE [orders]"));
        cloud.done("DeleteStack", json!({ "StackName": name }));
        cloud.settle();
    }
}

#[test]
fn drift_is_told_property_by_property() {
    let template = "
Resources:
  Parameter: {Type: AWS::SSM::Parameter, Properties: {Name: /shop/size, Type: String, Value: one}}
  Gone: {Type: AWS::SSM::Parameter, Properties: {Name: /shop/gone, Type: String, Value: one}}
  Policy: {Type: AWS::IAM::Policy, Properties: {PolicyName: p, Roles: [r], PolicyDocument: {Version: '2012-10-17', Statement: []}}}
";
    let mut cloud = Cloud::new();
    let call = json!({ "StackName": "shop", "TemplateBody": template, "Capabilities": ["CAPABILITY_IAM"] });
    cloud.done("CreateStack", call);
    cloud.settle();
    let put = json!({ "Name": "/shop/size", "Value": "two", "Overwrite": true });
    cloud.ask("ssm", "PutParameter", put).unwrap();
    cloud
        .ask("ssm", "DeleteParameter", json!({ "Name": "/shop/gone" }))
        .unwrap();
    let begun = cloud.done("DetectStackDrift", json!({ "StackName": "shop" }));
    let status = |cloud: &mut Cloud| cloud.done("DescribeStackDriftDetectionStatus", begun.clone());
    assert_eq!(
        status(&mut cloud)["DetectionStatus"],
        "DETECTION_IN_PROGRESS"
    );
    cloud.settle();
    let found = status(&mut cloud);
    assert_eq!(found["StackDriftStatus"], "DRIFTED");
    assert_eq!(found["DriftedStackResourceCount"], 2);
    let drifts = cloud.done(
        "DescribeStackResourceDrifts",
        json!({ "StackName": "shop" }),
    );
    let drifts = drifts["StackResourceDrifts"].as_array().unwrap();
    let told: Vec<Value> = drifts
        .iter()
        .map(|drift| {
            json!([
                drift["LogicalResourceId"],
                drift["StackResourceDriftStatus"],
                drift["PropertyDifferences"]
            ])
        })
        .collect();
    assert_eq!(
        told,
        [
            json!(["Parameter", "MODIFIED", [{
                "PropertyPath": "/Value", "ExpectedValue": "one", "ActualValue": "two",
                "DifferenceType": "NOT_EQUAL",
            }]]),
            json!(["Gone", "DELETED", []]),
        ]
    );
    assert_eq!(
        cloud.stack("shop")["DriftInformation"]["StackDriftStatus"],
        "DRIFTED"
    );
}

#[test]
fn what_does_not_fit_its_schema_is_refused_before_anything_is_tried() {
    let template = "
Resources:
  Topic: {Type: AWS::SNS::Topic}
  Parameter: {Type: AWS::SSM::Parameter, Properties: {Type: Invalid, Value: one}}
";
    let mut cloud = Cloud::new();
    cloud.create("shop", template);
    insta::assert_snapshot!(cloud.story("shop"));
    let events = cloud.done("DescribeEvents", json!({ "StackName": "shop" }));
    let kinds: Vec<&str> = events["OperationEvents"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| event["EventType"].as_str().unwrap())
        .collect();
    assert!(
        kinds.contains(&"VALIDATION_ERROR") && kinds.contains(&"STACK_EVENT"),
        "{kinds:?}"
    );
    let call = json!({ "StackName": "blind", "TemplateBody": template, "DisableValidation": true });
    cloud.done("CreateStack", call);
    cloud.settle();
    assert!(
        cloud.story("blind").contains("Parameter CREATE_FAILED"),
        "{}",
        cloud.story("blind")
    );
}

#[test]
fn a_change_set_that_changes_nothing_fails_and_says_so() {
    let mut cloud = Cloud::new();
    cloud.create("shop", TOPIC);
    let call = json!({ "StackName": "shop", "ChangeSetName": "same", "TemplateBody": TOPIC });
    let made = cloud.done("CreateChangeSet", call.clone());
    let again = cloud.done("CreateChangeSet", call);
    assert_eq!(made, again);
    let described = cloud.done("DescribeChangeSet", json!({ "ChangeSetName": made["Id"] }));
    assert_eq!(described["Status"], "CREATE_PENDING");
    cloud.settle();
    let described = cloud.done("DescribeChangeSet", json!({ "ChangeSetName": made["Id"] }));
    assert_eq!(described["Status"], "FAILED");
    assert_eq!(described["ExecutionStatus"], "UNAVAILABLE");
    let refused = cloud.call("ExecuteChangeSet", json!({ "ChangeSetName": made["Id"] }));
    assert!(
        refused
            .unwrap_err()
            .contains("cannot be executed in its current status of [FAILED]")
    );
    let other = json!({ "StackName": "shop", "ChangeSetName": "same", "TemplateBody": TOPIC, "Description": "x" });
    let refused = cloud.call("CreateChangeSet", other).unwrap_err();
    assert!(refused.starts_with("AlreadyExistsException: ChangeSet same cannot be created due to a mismatch with existing attribute Description"), "{refused}");
}

#[test]
fn only_one_change_set_of_several_is_executed() {
    let changed = TOPIC.replace("one", "two");
    let mut cloud = Cloud::new();
    cloud.create("shop", TOPIC);
    let ids: Vec<Value> = ["first", "second"]
        .iter()
        .map(|name| {
            let call =
                json!({ "StackName": "shop", "ChangeSetName": name, "TemplateBody": changed });
            cloud.done("CreateChangeSet", call)["Id"].clone()
        })
        .collect();
    cloud.settle();
    let call = json!({ "ChangeSetName": "first", "StackName": "shop", "ClientRequestToken": "t" });
    cloud.done("ExecuteChangeSet", call.clone());
    assert_eq!(cloud.done("ExecuteChangeSet", call), json!({}));
    assert!(
        cloud
            .call("ExecuteChangeSet", json!({ "ChangeSetName": ids[1] }))
            .is_err()
    );
    cloud.settle();
    let executed = cloud.done("DescribeChangeSet", json!({ "ChangeSetName": ids[0] }));
    assert_eq!(executed["Status"], "CREATE_COMPLETE");
    assert_eq!(executed["ExecutionStatus"], "EXECUTE_COMPLETE");
    let by_name = cloud.call(
        "DescribeChangeSet",
        json!({ "ChangeSetName": "first", "StackName": "shop" }),
    );
    assert_eq!(
        by_name,
        Err("ChangeSetNotFound: ChangeSet [first] does not exist".to_owned())
    );
    cloud.done(
        "DeleteChangeSet",
        json!({ "ChangeSetName": "first", "StackName": "shop" }),
    );
    let refused = cloud.call("DeleteChangeSet", json!({ "ChangeSetName": ids[0] }));
    assert_eq!(
        refused,
        Err(
            "InvalidChangeSetStatus: Cannot delete ChangeSet in execution status EXECUTE_COMPLETE"
                .to_owned()
        )
    );
    let listed = cloud.done("ListChangeSets", json!({ "StackName": "shop" }));
    assert_eq!(listed["Summaries"], json!([]));
}

#[test]
fn express_mode_waits_for_nothing_and_does_not_roll_back() {
    let template = "
Resources:
  Queue: {Type: AWS::SQS::Queue}
";
    let mut cloud = Cloud::new();
    let call = json!({ "StackName": "shop", "TemplateBody": template, "DeploymentConfig": { "Mode": "EXPRESS" } });
    cloud.done("CreateStack", call.clone());
    cloud.settle();
    let story = cloud.story("shop");
    assert!(
        story.contains("Resource operation completed using Express Mode."),
        "{story}"
    );
    assert!(!story.contains("Eventual consistency"), "{story}");
    cloud.fault("update:shop/Queue:times=1");
    let changed = template.replace("Queue}", "Queue, Properties: {DelaySeconds: '5'}}");
    let mut update = call.clone();
    update["TemplateBody"] = changed.clone().into();
    cloud.done("UpdateStack", update.clone());
    cloud.settle();
    assert_eq!(cloud.status("shop"), "UPDATE_FAILED");
    let refused = cloud
        .call("RollbackStack", json!({ "StackName": "shop" }))
        .unwrap_err();
    assert!(
        refused.contains("RollbackStack is not supported"),
        "{refused}"
    );
    let standard = json!({ "StackName": "shop", "TemplateBody": changed });
    let refused = cloud.call("UpdateStack", standard).unwrap_err();
    assert!(
        refused.contains("Follow-up operations must use the same DeploymentConfig"),
        "{refused}"
    );
    cloud.done("UpdateStack", update);
    cloud.settle();
    assert_eq!(cloud.status("shop"), "UPDATE_COMPLETE");
}

#[test]
fn values_come_from_other_places() {
    let mut cloud = Cloud::new();
    for (name, value) in [("/shop/ami", "ami-1"), ("/shop/key", "k1")] {
        let put = json!({ "Name": name, "Value": value, "Type": "String" });
        cloud.ask("ssm", "PutParameter", put).unwrap();
    }
    let provider = "
Resources:
  Parameter: {Type: AWS::SSM::Parameter, Properties: {Type: String, Value: weak}}
Outputs:
  Text: {Value: !GetAtt Parameter.Value}
";
    cloud.create("provider", provider);
    let template = "
Parameters:
  Image: {Type: 'AWS::SSM::Parameter::Value<String>', Default: /shop/ami}
  Secret: {Type: String, NoEcho: true}
Resources:
  A: {Type: AWS::SSM::Parameter, Properties: {Name: a, Type: String, Value: !Ref Image}}
  B: {Type: AWS::SSM::Parameter, Properties: {Name: b, Type: String, Value: '{{resolve:ssm:/shop/key}}'}}
  C: {Type: AWS::SSM::Parameter, Properties: {Name: c, Type: String, Value: {'Fn::GetStackOutput': {StackName: provider, OutputName: Text}}}}
  D: {Type: AWS::SSM::Parameter, Properties: {Name: d, Type: String, Value: !Ref Secret}}
  E: {Type: AWS::SSM::Parameter, Properties: {Name: e, Type: String, Value: !Ref AWS::StackId}}
";
    let call = json!({
        "StackName": "shop", "TemplateBody": template,
        "Parameters": [{ "ParameterKey": "Secret", "ParameterValue": "hunter2" }],
    });
    cloud.done("CreateStack", call);
    cloud.settle();
    let stack = cloud.stack("shop");
    let value = |cloud: &mut Cloud, name: &str| {
        let answer = cloud
            .ask("ssm", "GetParameter", json!({ "Name": name }))
            .unwrap();
        answer["Parameter"]["Value"].as_str().unwrap().to_owned()
    };
    assert_eq!(value(&mut cloud, "a"), "ami-1");
    assert_eq!(value(&mut cloud, "b"), "k1");
    assert_eq!(value(&mut cloud, "c"), "weak");
    assert_eq!(value(&mut cloud, "d"), "hunter2");
    assert_eq!(value(&mut cloud, "e"), stack["StackId"].as_str().unwrap());
    assert_eq!(stack["Parameters"][0]["ResolvedValue"], "ami-1");
    assert_eq!(stack["Parameters"][1]["ParameterValue"], "****");
    // Another value behind the same name is a change; a stack that is not updated does not see it.
    let put = json!({ "Name": "/shop/ami", "Value": "ami-2", "Overwrite": true });
    cloud.ask("ssm", "PutParameter", put).unwrap();
    assert_eq!(value(&mut cloud, "a"), "ami-1");
    let update = json!({
        "StackName": "shop", "UsePreviousTemplate": true,
        "Parameters": [
            { "ParameterKey": "Secret", "UsePreviousValue": true },
            { "ParameterKey": "Image", "UsePreviousValue": true },
        ],
    });
    cloud.done("UpdateStack", update);
    cloud.settle();
    assert_eq!(value(&mut cloud, "a"), "ami-2");
    assert_eq!(value(&mut cloud, "d"), "hunter2");
}

#[test]
fn nested_change_sets_are_a_tree_that_is_executed_from_its_root() {
    let mut cloud = with_child();
    let call = |kind: &str, text: &str| {
        json!({
            "StackName": "shop", "ChangeSetName": "tree", "ChangeSetType": kind,
            "TemplateBody": parent(text), "IncludeNestedStacks": true,
        })
    };
    let made = cloud.done("CreateChangeSet", call("CREATE", "one"));
    cloud.settle();
    let root = cloud.done("DescribeChangeSet", json!({ "ChangeSetName": made["Id"] }));
    assert_eq!(root["Status"], "CREATE_COMPLETE", "{root}");
    let below = root["Changes"][0]["ResourceChange"]["ChangeSetId"].clone();
    let nested = cloud.done("DescribeChangeSet", json!({ "ChangeSetName": below }));
    assert_eq!(nested["ParentChangeSetId"], made["Id"]);
    assert_eq!(nested["ExecutionStatus"], "UNAVAILABLE");
    assert_eq!(nested["StatusReason"], "Executable from root change set");
    assert_eq!(
        nested["Changes"][0]["ResourceChange"]["LogicalResourceId"],
        "Parameter"
    );
    let refused = cloud.call("DeleteChangeSet", json!({ "ChangeSetName": below }));
    assert!(refused.is_err());
    cloud.done("ExecuteChangeSet", json!({ "ChangeSetName": made["Id"] }));
    cloud.settle();
    assert_eq!(
        cloud.status("shop"),
        "CREATE_COMPLETE",
        "{}",
        cloud.story("shop")
    );
    let nested = cloud.done("DescribeChangeSet", json!({ "ChangeSetName": below }));
    assert_eq!(nested["ExecutionStatus"], "EXECUTE_COMPLETE");
    assert_eq!(nested["StackId"], child(&mut cloud));
    // Deleted as a whole.
    let made = cloud.done("CreateChangeSet", call("UPDATE", "two"));
    cloud.settle();
    let root = cloud.done("DescribeChangeSet", json!({ "ChangeSetName": made["Id"] }));
    let below = root["Changes"][0]["ResourceChange"]["ChangeSetId"].clone();
    assert!(below.is_string(), "{root}");
    cloud.done("DeleteChangeSet", json!({ "ChangeSetName": made["Id"] }));
    let refused = cloud.call("DescribeChangeSet", json!({ "ChangeSetName": below }));
    assert!(refused.unwrap_err().starts_with("ChangeSetNotFound: "));
}

#[test]
fn a_change_set_that_looks_at_reality_reverts_what_somebody_else_changed() {
    let template = "
Resources:
  Size: {Type: AWS::SSM::Parameter, Properties: {Name: /shop/size, Type: String, Value: one}}
  Gone: {Type: AWS::SSM::Parameter, Properties: {Name: /shop/gone, Type: String, Value: one}}
  Wanted: {Type: AWS::SSM::Parameter, Properties: {Name: /shop/wanted, Type: String, Value: one}}
";
    let mut cloud = Cloud::new();
    cloud.create("shop", template);
    for name in ["/shop/size", "/shop/wanted"] {
        let put = json!({ "Name": name, "Value": "two", "Overwrite": true });
        cloud.ask("ssm", "PutParameter", put).unwrap();
    }
    cloud
        .ask("ssm", "DeleteParameter", json!({ "Name": "/shop/gone" }))
        .unwrap();
    let after = template.replace(
        "/shop/wanted, Type: String, Value: one",
        "/shop/wanted, Type: String, Value: two",
    );
    let call = json!({
        "StackName": "shop", "ChangeSetName": "back", "TemplateBody": after,
        "DeploymentMode": "REVERT_DRIFT",
    });
    let made = cloud.done("CreateChangeSet", call);
    cloud.settle();
    let view = json!({ "ChangeSetName": made["Id"], "IncludePropertyValues": true });
    let described = cloud.done("DescribeChangeSet", view);
    assert_eq!(described["StackDriftStatus"], "DRIFTED");
    let told: Vec<Value> = described["Changes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|change| {
            let change = &change["ResourceChange"];
            let target = &change["Details"][0]["Target"];
            json!([
                change["LogicalResourceId"],
                change["Action"],
                change["ResourceDriftStatus"],
                target["BeforeValue"],
                target["AfterValue"],
                target["BeforeValueFrom"],
            ])
        })
        .collect();
    assert_eq!(
        told,
        [
            json!(["Size", "Modify", "MODIFIED", "two", "one", "ACTUAL_STATE"]),
            json!(["Gone", "Add", "DELETED", null, null, null]),
            json!([
                "Wanted",
                "SyncWithActual",
                "MODIFIED",
                "one",
                "two",
                "PREVIOUS_DEPLOYMENT_STATE"
            ]),
        ]
    );
    cloud.done("ExecuteChangeSet", json!({ "ChangeSetName": made["Id"] }));
    cloud.settle();
    assert_eq!(
        cloud.status("shop"),
        "UPDATE_COMPLETE",
        "{}",
        cloud.story("shop")
    );
    for (name, expected) in [
        ("/shop/size", "one"),
        ("/shop/gone", "one"),
        ("/shop/wanted", "two"),
    ] {
        let answer = cloud
            .ask("ssm", "GetParameter", json!({ "Name": name }))
            .unwrap();
        assert_eq!(answer["Parameter"]["Value"], expected, "{name}");
    }
    cloud.done("DetectStackDrift", json!({ "StackName": "shop" }));
    cloud.settle();
    assert_eq!(
        cloud.stack("shop")["DriftInformation"]["StackDriftStatus"],
        "IN_SYNC"
    );
}

#[test]
fn what_a_nested_stack_removed_is_still_there_when_its_parent_goes_back() {
    let two = "
Parameters: {Text: {Type: String}}
Resources:
  Parameter: {Type: AWS::SSM::Parameter, Properties: {Type: String, Value: !Ref Text}}
  Extra: {Type: AWS::SSM::Parameter, Properties: {Type: String, Value: kept}}
Outputs:
  Name: {Value: !Ref Parameter}
";
    let mut cloud = with_child();
    let object = json!({ "Bucket": "templates", "Key": "child.yaml", "Body": two });
    cloud.ask("s3", "PutObject", object).unwrap();
    cloud.create("shop", &parent("one"));
    let id = child(&mut cloud);
    let resources = |cloud: &mut Cloud| {
        let answer = cloud.done("DescribeStackResources", json!({ "StackName": id.clone() }));
        let resources = answer["StackResources"].as_array().unwrap().iter();
        let pair = |resource: &Value| {
            (
                resource["LogicalResourceId"].clone(),
                resource["PhysicalResourceId"].clone(),
            )
        };
        resources.map(pair).collect::<Vec<_>>()
    };
    let before = resources(&mut cloud);
    assert_eq!(before.len(), 2);
    let object = json!({ "Bucket": "templates", "Key": "child.yaml", "Body": CHILD });
    cloud.ask("s3", "PutObject", object).unwrap();
    cloud.fault("update:shop/User:times=1");
    let changed = parent("two").replace("Value: !GetAtt", "Description: new, Value: !GetAtt");
    cloud.update("shop", &changed);
    assert_eq!(cloud.status("shop"), "UPDATE_ROLLBACK_COMPLETE");
    assert_eq!(cloud.status(&id), "UPDATE_ROLLBACK_COMPLETE");
    assert_eq!(resources(&mut cloud), before);
}

#[test]
fn secrets_are_used_and_not_told() {
    let template = "
Parameters: {Word: {Type: String, NoEcho: true}}
Resources:
  A: {Type: AWS::SNS::Topic, Properties: {DisplayName: !Ref Word}}
  B: {Type: AWS::SNS::Topic, Properties: {DisplayName: '{{resolve:secretsmanager:shop:SecretString:word}}'}}
";
    let mut cloud = Cloud::new();
    let secret = json!({ "Name": "shop", "SecretString": r#"{"word": "hush-b1"}"# });
    cloud.ask("secretsmanager", "CreateSecret", secret).unwrap();
    let parameters = json!([{ "ParameterKey": "Word", "ParameterValue": "hush-a" }]);
    let call = json!({ "StackName": "shop", "TemplateBody": template, "Parameters": parameters });
    cloud.done("CreateStack", call);
    cloud.settle();
    let events = cloud
        .done("DescribeStackEvents", json!({ "StackName": "shop" }))
        .to_string();
    assert!(!events.contains("hush"), "{events}");
    assert!(
        events.contains("****") && events.contains("{{resolve:secretsmanager"),
        "{events}"
    );
    let live = |cloud: &mut Cloud, id: &str| {
        let asked = json!({ "StackName": "shop", "LogicalResourceId": id });
        let answer = cloud.done("DescribeStackResource", asked);
        let arn = answer["StackResourceDetail"]["PhysicalResourceId"].clone();
        let asked = json!({ "TypeName": "AWS::SNS::Topic", "Identifier": arn });
        let answer = cloud.ask("cloudcontrolapi", "GetResource", asked).unwrap();
        answer["ResourceDescription"]["Properties"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    assert!(live(&mut cloud, "A").contains("hush-a"));
    assert!(live(&mut cloud, "B").contains("hush-b1"));
    // Another secret behind the same reference is not read until its resource changes.
    let value = json!({ "SecretId": "shop", "SecretString": r#"{"word": "hush-b2"}"# });
    cloud
        .ask("secretsmanager", "PutSecretValue", value)
        .unwrap();
    let more = template.to_owned() + "  C: {Type: AWS::SNS::Topic}\n";
    let previous = json!([{ "ParameterKey": "Word", "UsePreviousValue": true }]);
    let call = |template: &str| json!({ "StackName": "shop", "TemplateBody": template, "Parameters": previous });
    cloud.done("UpdateStack", call(&more));
    cloud.settle();
    assert!(live(&mut cloud, "B").contains("hush-b1"));
    let touched = more.replace("DisplayName: '{{", "TopicName: b, DisplayName: '{{");
    cloud.done("UpdateStack", call(&touched));
    cloud.settle();
    assert!(live(&mut cloud, "B").contains("hush-b2"));
}
