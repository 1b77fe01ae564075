//! Parameters, secrets, objects, alarms, and who calls.

use serde_json::{Value, json};

use super::{ask, refused};
use crate::cloud::Cloud;

fn parameter(value: &str) -> String {
    format!(
        "{{Resources: {{Name: {{Type: AWS::SSM::Parameter, Properties: {{Name: /shop/name, Type: String, Value: {value}}}}}}}}}"
    )
}

fn get(cloud: &mut Cloud, name: &str) -> (Value, Value) {
    let answer = ask(cloud, "ssm", "GetParameter", json!({ "Name": name }));
    let parameter = &answer["Parameter"];
    (parameter["Value"].clone(), parameter["Version"].clone())
}

#[test]
fn each_change_of_a_parameter_is_a_version() {
    let mut cloud = Cloud::new();
    cloud.create("shop", &parameter("one"));
    assert_eq!(get(&mut cloud, "/shop/name"), (json!("one"), json!(1)));
    cloud.update("shop", &parameter("two"));
    assert_eq!(get(&mut cloud, "/shop/name"), (json!("two"), json!(2)));
    let put =
        |overwrite: bool| json!({ "Name": "/shop/name", "Value": "three", "Overwrite": overwrite });
    assert_eq!(
        refused(&mut cloud, "ssm", "PutParameter", put(false)),
        "ParameterAlreadyExists"
    );
    assert_eq!(
        ask(&mut cloud, "ssm", "PutParameter", put(true))["Version"],
        3
    );
    // Saying it again is a version, too.
    assert_eq!(
        ask(&mut cloud, "ssm", "PutParameter", put(true))["Version"],
        4
    );
    assert_eq!(get(&mut cloud, "/shop/name:1"), (json!("one"), json!(1)));
    let arn = "arn:aws:ssm:eu-central-1:111122223333:parameter/shop/name:2";
    assert_eq!(get(&mut cloud, arn), (json!("two"), json!(2)));
    let asked = json!({ "Name": "/shop/name:9" });
    assert_eq!(
        refused(&mut cloud, "ssm", "GetParameter", asked),
        "ParameterVersionNotFound"
    );
    let found = ask(
        &mut cloud,
        "ssm",
        "GetParametersByPath",
        json!({ "Path": "/shop" }),
    );
    assert_eq!(found["Parameters"][0]["Name"], "/shop/name");
    let found = ask(
        &mut cloud,
        "ssm",
        "GetParameters",
        json!({ "Names": ["/shop/name", "none"] }),
    );
    assert_eq!(found["InvalidParameters"], json!(["none"]));
    ask(
        &mut cloud,
        "ssm",
        "DeleteParameter",
        json!({ "Name": "/shop/name" }),
    );
    let asked = json!({ "Name": "/shop/name" });
    assert_eq!(
        refused(&mut cloud, "ssm", "GetParameter", asked),
        "ParameterNotFound"
    );
}

#[test]
fn a_name_that_is_taken_outside_is_in_the_way_of_a_stack() {
    let mut cloud = Cloud::new();
    ask(
        &mut cloud,
        "ssm",
        "PutParameter",
        json!({ "Name": "/shop/name", "Value": "mine" }),
    );
    cloud.create("shop", &parameter("one"));
    assert_eq!(cloud.status("shop"), "ROLLBACK_COMPLETE");
    assert_eq!(get(&mut cloud, "/shop/name"), (json!("mine"), json!(1)));
}

#[test]
fn secrets_have_values_also_where_they_are_generated() {
    let mut cloud = Cloud::new();
    let template = r#"
Resources:
  Secret:
    Type: AWS::SecretsManager::Secret
    Properties:
      Name: generated
      GenerateSecretString: {SecretStringTemplate: '{"username": "admin"}', GenerateStringKey: password, PasswordLength: 20, ExcludePunctuation: true}
  Parameter:
    Type: AWS::SSM::Parameter
    DependsOn: Secret
    Properties: {Name: copy, Type: String, Value: '{{resolve:secretsmanager:generated:SecretString:password}}'}
"#;
    cloud.create("shop", template);
    assert_eq!(cloud.status("shop"), "CREATE_COMPLETE");
    let asked = json!({ "SecretId": "generated" });
    let value = ask(
        &mut cloud,
        "secretsmanager",
        "GetSecretValue",
        asked.clone(),
    );
    let document: Value = serde_json::from_str(value["SecretString"].as_str().unwrap()).unwrap();
    let password = document["password"].as_str().unwrap();
    assert_eq!(
        (&document["username"], password.len()),
        (&json!("admin"), 20)
    );
    assert!(
        password
            .chars()
            .all(|letter| letter.is_ascii_alphanumeric())
    );
    assert_eq!(get(&mut cloud, "copy").0, password);
    assert_eq!(
        ask(
            &mut cloud,
            "secretsmanager",
            "GetSecretValue",
            asked.clone()
        ),
        value
    );
    let put = json!({ "SecretId": "generated", "SecretString": "own" });
    ask(&mut cloud, "secretsmanager", "PutSecretValue", put);
    let now = ask(
        &mut cloud,
        "secretsmanager",
        "GetSecretValue",
        asked.clone(),
    );
    assert_eq!(
        (&now["SecretString"], &now["VersionStages"]),
        (&json!("own"), &json!(["AWSCURRENT"]))
    );
    let previous = json!({ "SecretId": "generated", "VersionStage": "AWSPREVIOUS" });
    let before = ask(&mut cloud, "secretsmanager", "GetSecretValue", previous);
    assert_eq!(before["SecretString"], value["SecretString"]);
    let described = ask(&mut cloud, "secretsmanager", "DescribeSecret", asked);
    assert_eq!(
        described["VersionIdsToStages"].as_object().unwrap().len(),
        2
    );
}

#[test]
fn secrets_are_made_and_deleted_outside() {
    let mut cloud = Cloud::new();
    let create = json!({ "Name": "own", "SecretString": "value" });
    let made = ask(&mut cloud, "secretsmanager", "CreateSecret", create.clone());
    assert_eq!(
        refused(&mut cloud, "secretsmanager", "CreateSecret", create),
        "ResourceExistsException"
    );
    let asked = json!({ "SecretId": made["ARN"] });
    assert_eq!(
        ask(
            &mut cloud,
            "secretsmanager",
            "GetSecretValue",
            asked.clone()
        )["SecretString"],
        "value"
    );
    ask(&mut cloud, "secretsmanager", "DeleteSecret", asked.clone());
    assert_eq!(
        refused(&mut cloud, "secretsmanager", "GetSecretValue", asked),
        "ResourceNotFoundException"
    );
}

const ALARMS: &str = r#"
Resources:
  Errors:
    Type: AWS::CloudWatch::Alarm
    Properties:
      AlarmName: errors
      ComparisonOperator: GreaterThanThreshold
      EvaluationPeriods: 3
      Threshold: 0.5
      MetricName: Errors
      Namespace: Shop
      Period: 60
      Statistic: Sum
  Any:
    Type: AWS::CloudWatch::CompositeAlarm
    DependsOn: Errors
    Properties: {AlarmName: any, AlarmRule: 'ALARM(errors) OR ALARM(other)'}
"#;

fn alarms(cloud: &mut Cloud, parameters: Value) -> Vec<(String, String)> {
    let answer = ask(cloud, "monitoring", "DescribeAlarms", parameters);
    let all = ["MetricAlarms", "CompositeAlarms"].into_iter();
    let all = all.flat_map(|list| answer[list].as_array().unwrap().clone());
    let text = |alarm: &Value, key: &str| alarm[key].as_str().unwrap().to_owned();
    all.map(|alarm| (text(&alarm, "AlarmName"), text(&alarm, "StateValue")))
        .collect()
}

fn set(cloud: &mut Cloud, name: &str, value: &str) {
    let asked = json!({ "AlarmName": name, "StateValue": value, "StateReason": "a test" });
    ask(cloud, "monitoring", "SetAlarmState", asked);
}

#[test]
fn alarms_are_ok_until_somebody_says_otherwise() {
    let mut cloud = Cloud::new();
    cloud.create("alarms", ALARMS);
    let both = json!({ "AlarmTypes": ["MetricAlarm", "CompositeAlarm"] });
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    assert_eq!(alarms(&mut cloud, json!({})), [pair("errors", "OK")]);
    assert_eq!(
        alarms(&mut cloud, both.clone()),
        [pair("errors", "OK"), pair("any", "OK")]
    );
    let shown = ask(
        &mut cloud,
        "monitoring",
        "DescribeAlarms",
        json!({ "AlarmNames": ["errors", "none"] }),
    );
    let shown = &shown["MetricAlarms"][0];
    assert_eq!(
        (
            &shown["Threshold"],
            &shown["Period"],
            &shown["ActionsEnabled"]
        ),
        (&json!(0.5), &json!(60), &json!(true))
    );
    set(&mut cloud, "errors", "ALARM");
    assert_eq!(
        alarms(&mut cloud, both.clone()),
        [pair("errors", "ALARM"), pair("any", "ALARM")]
    );
    assert_eq!(alarms(&mut cloud, json!({ "StateValue": "OK" })), []);
    set(&mut cloud, "errors", "OK");
    assert_eq!(
        alarms(&mut cloud, both.clone()),
        [pair("errors", "OK"), pair("any", "OK")]
    );
    set(&mut cloud, "errors", "INSUFFICIENT_DATA");
    assert_eq!(
        alarms(&mut cloud, json!({})),
        [pair("errors", "INSUFFICIENT_DATA")]
    );
    cloud.fault("alarm:errors:at=5");
    cloud.pass(6);
    assert_eq!(
        alarms(&mut cloud, both),
        [pair("errors", "ALARM"), pair("any", "ALARM")]
    );
    cloud.calm();
    assert_eq!(alarms(&mut cloud, json!({ "StateValue": "ALARM" })), []);
    let none = json!({ "AlarmName": "none", "StateValue": "OK", "StateReason": "a test" });
    assert_eq!(
        refused(&mut cloud, "monitoring", "SetAlarmState", none),
        "ResourceNotFound"
    );
}

#[test]
fn an_alarm_that_is_set_rolls_back_who_watches_it() {
    let mut cloud = Cloud::new();
    cloud.create("alarms", ALARMS);
    let template = parameter("one");
    let trigger = json!({ "Type": "AWS::CloudWatch::CompositeAlarm", "Arn": "arn:aws:cloudwatch:eu-central-1:111122223333:alarm:any" });
    cloud.done("CreateStack", json!({
        "StackName": "shop",
        "TemplateBody": template,
        "RollbackConfiguration": { "MonitoringTimeInMinutes": 5, "RollbackTriggers": [trigger] },
    }));
    cloud.pass(60);
    assert_eq!(cloud.status("shop"), "CREATE_IN_PROGRESS");
    set(&mut cloud, "errors", "ALARM");
    cloud.settle();
    assert_eq!(cloud.status("shop"), "ROLLBACK_COMPLETE");
    ask(
        &mut cloud,
        "monitoring",
        "DeleteAlarms",
        json!({ "AlarmNames": ["errors"] }),
    );
    assert_eq!(alarms(&mut cloud, json!({})), []);
}

#[test]
fn objects_and_buckets() {
    let mut cloud = Cloud::new();
    let object = |key: &str| json!({ "Bucket": "assets", "Key": key, "Body": "text" });
    for key in ["a/1", "a/2", "b"] {
        ask(&mut cloud, "s3", "PutObject", object(key));
    }
    let listed = ask(
        &mut cloud,
        "s3",
        "ListObjectsV2",
        json!({ "Bucket": "assets", "Prefix": "a/", "MaxKeys": "1" }),
    );
    assert_eq!(
        (&listed["KeyCount"], &listed["IsTruncated"]),
        (&json!(1), &json!(true))
    );
    assert_eq!(listed["Contents"][0]["Key"], "a/1");
    ask(&mut cloud, "s3", "DeleteObject", object("b"));
    assert_eq!(
        refused(&mut cloud, "s3", "HeadObject", object("b")),
        "NoSuchKey"
    );
    let location = ask(
        &mut cloud,
        "s3",
        "GetBucketLocation",
        json!({ "Bucket": "assets" }),
    );
    assert_eq!(location["LocationConstraint"], "eu-central-1");
    ask(
        &mut cloud,
        "s3",
        "CreateBucket",
        json!({ "Bucket": "assets" }),
    );
    let again = refused(
        &mut cloud,
        "s3",
        "CreateBucket",
        json!({ "Bucket": "assets" }),
    );
    assert_eq!(again, "BucketAlreadyOwnedByYou");
}

#[test]
fn a_role_is_assumed_without_a_trace() {
    let mut cloud = Cloud::new();
    let asked =
        json!({ "RoleArn": "arn:aws:iam::999988887777:role/deploy", "RoleSessionName": "me" });
    let first = ask(&mut cloud, "sts", "AssumeRole", asked.clone());
    assert_eq!(first["Credentials"]["AccessKeyId"], "999988887777");
    assert_eq!(ask(&mut cloud, "sts", "AssumeRole", asked), first);
    let own = ask(&mut cloud, "sts", "GetCallerIdentity", json!({}));
    assert_eq!(own["Account"], "111122223333");
}
