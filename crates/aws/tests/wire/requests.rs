//! Calls of a deployment: what is asked.

use stratiform_deploy::call::{NewChangeSet, OnDrift, ParameterValue, TemplateSource};
use stratiform_deploy::{Call, Reply};
use stratiform_service::change_set::{
    ChangeSetType, DeploymentConfigMode, RollbackConfiguration, RollbackTrigger,
};

use crate::calls::{call, change_set, form, json, services, stack_id};
use crate::replies::reply;

#[tokio::test]
async fn a_change_set_is_asked_for_with_all_that_it_has() {
    let new = NewChangeSet {
        stack: "shop".to_owned(),
        name: "release-7".to_owned(),
        description: String::new(),
        change_set_type: ChangeSetType::Update,
        template: TemplateSource::Url("https://b.s3.amazonaws.com/k".to_owned()),
        parameters: [
            ("Size".to_owned(), ParameterValue::Value("2".to_owned())),
            ("Kept".to_owned(), ParameterValue::Previous),
        ]
        .into(),
        tags: Default::default(),
        capabilities: vec!["CAPABILITY_NAMED_IAM".to_owned()],
        role: Some("arn:aws:iam::111122223333:role/deploy".to_owned()),
        notification_arns: Vec::new(),
        rollback: Some(RollbackConfiguration {
            monitoring_time_in_minutes: Some(5),
            rollback_triggers: vec![RollbackTrigger {
                arn: "alarm".to_owned(),
                trigger_type: "AWS::CloudWatch::Alarm".to_owned(),
            }],
        }),
        mode: DeploymentConfigMode::Express,
        import_existing: false,
        drift: OnDrift::default(),
    };
    let made = format!("<Id>{}</Id><StackId>{}</StackId>", change_set(), stack_id());
    let made = reply("CreateChangeSet", &made);
    let (answer, requests) = call(vec![made], &Call::CreateChangeSet(Box::new(new))).await;
    assert!(
        matches!(answer, Ok(Reply::ChangeSetMade { .. })),
        "{answer:?}"
    );
    let sent = form(&requests[0]).join("\n");
    insta::assert_snapshot!(sent, @r"
    Action=CreateChangeSet
    Version=2010-05-15
    StackName=shop
    TemplateURL=https%3A%2F%2Fb.s3.amazonaws.com%2Fk
    Parameters.member.1.ParameterKey=Size
    Parameters.member.1.ParameterValue=2
    Parameters.member.2.ParameterKey=Kept
    Parameters.member.2.UsePreviousValue=true
    Capabilities.member.1=CAPABILITY_NAMED_IAM
    RoleARN=arn%3Aaws%3Aiam%3A%3A111122223333%3Arole%2Fdeploy
    RollbackConfiguration.RollbackTriggers.member.1.Arn=alarm
    RollbackConfiguration.RollbackTriggers.member.1.Type=AWS%3A%3ACloudWatch%3A%3AAlarm
    RollbackConfiguration.MonitoringTimeInMinutes=5
    Tags=
    ChangeSetName=release-7
    ClientToken=release-7-46dc5e18e28e2409
    ChangeSetType=UPDATE
    IncludeNestedStacks=false
    DeploymentConfig.Mode=EXPRESS
    DeploymentConfig.DisableRollback=false
    ");

    let execute = Call::ExecuteChangeSet {
        change_set: change_set(),
        token: "run-1".to_owned(),
    };
    let (answer, requests) = call(vec![reply("ExecuteChangeSet", "")], &execute).await;
    assert_eq!(answer, Ok(Reply::Done));
    insta::assert_snapshot!(form(&requests[0]).join("\n"), @r"
    Action=ExecuteChangeSet
    Version=2010-05-15
    ChangeSetName=arn%3Aaws%3Acloudformation%3Aeu-central-1%3A111122223333%3AchangeSet%2Frelease-7%2F1
    ClientRequestToken=run-1
    DisableRollback=false
    ");
}

#[tokio::test]
async fn requests_are_in_each_services_protocol() {
    let alarms = Call::DescribeAlarms {
        names: vec!["a & b".to_owned(), "c".to_owned()],
    };
    let put = Call::PutTemplate {
        bucket: "templates".to_owned(),
        key: "dev/a b.yaml".to_owned(),
        body: "Resources: {}".to_owned(),
    };
    let image = Call::DescribeImage {
        repository: "shop/api".to_owned(),
        reference: "sha256:ab".to_owned(),
    };
    let mut shown = Vec::new();
    for (asked, answer) in [
        (alarms, reply("DescribeAlarms", "")),
        (put, (200, String::new())),
        (image, json("{}")),
        (services(), json("{}")),
    ] {
        let (answer, requests) = call(vec![answer], &asked).await;
        answer.unwrap();
        let (head, body) = requests[0].split_once("\r\n\r\n").unwrap();
        let lines = head.lines().filter(|line| {
            let name = line.split(':').next().unwrap_or_default();
            !line.contains(':')
                || ["content-type", "x-amz-target", "x-amz-content-sha256"].contains(&name)
        });
        shown.extend(lines.map(str::to_owned));
        let scope = head.split("/eu-central-1/").nth(1).unwrap();
        shown.push(format!("signed for {}", scope.split('/').next().unwrap()));
        shown.push(format!("{body}\n"));
    }
    insta::assert_snapshot!(shown.join("\n"), @r#"
    POST / HTTP/1.1
    content-type: application/x-www-form-urlencoded
    signed for monitoring
    Action=DescribeAlarms&Version=2010-08-01&AlarmNames.member.1=a%20%26%20b&AlarmNames.member.2=c&AlarmTypes.member.1=MetricAlarm&AlarmTypes.member.2=CompositeAlarm&MaxRecords=100

    PUT /templates/dev/a%20b.yaml HTTP/1.1
    content-type: text/plain; charset=utf-8
    x-amz-content-sha256: 6983703a8fa98a921cf6a11048021ceb65f10d1004736266b8878658097ec65e
    signed for s3
    Resources: {}

    POST / HTTP/1.1
    content-type: application/x-amz-json-1.1
    x-amz-target: AmazonEC2ContainerRegistry_V20150921.DescribeImages
    signed for ecr
    {"imageIds":[{"imageDigest":"sha256:ab"}],"repositoryName":"shop/api"}

    POST / HTTP/1.1
    content-type: application/x-amz-json-1.1
    x-amz-target: AmazonEC2ContainerServiceV20141113.DescribeServices
    signed for ecs
    {"cluster":"shop","services":["api"]}
    "#);
}
