//! Services, and what becomes of their deployments.

use serde_json::{Value, json};

use super::{ask, begin, refused};
use crate::cloud::Cloud;

const SERVICE: &str = "arn:aws:ecs:eu-central-1:111122223333:service/shop/api";

/// A stack with a service; what is in braces is more of its configuration.
fn template(image: &str, configuration: &str) -> String {
    format!(
        "
Resources:
  Cluster: {{Type: AWS::ECS::Cluster, Properties: {{ClusterName: shop}}}}
  Vpc: {{Type: AWS::EC2::VPC, Properties: {{CidrBlock: 10.0.0.0/16}}}}
  Blue:
    Type: AWS::ElasticLoadBalancingV2::TargetGroup
    Properties: {{Name: blue, Port: 80, Protocol: HTTP, TargetType: ip, VpcId: !Ref Vpc}}
  Green:
    Type: AWS::ElasticLoadBalancingV2::TargetGroup
    Properties: {{Name: green, Port: 80, Protocol: HTTP, TargetType: ip, VpcId: !Ref Vpc}}
  Definition:
    Type: AWS::ECS::TaskDefinition
    Properties:
      Family: api
      ContainerDefinitions:
        - {{Name: api, Essential: true, Image: '111122223333.dkr.ecr.eu-central-1.amazonaws.com/shop/api:{image}'}}
  Service:
    Type: AWS::ECS::Service
    Properties:
      ServiceName: api
      Cluster: !Ref Cluster
      DesiredCount: 4
      TaskDefinition: !Ref Definition
      LoadBalancers:
        - ContainerName: api
          ContainerPort: 8080
          TargetGroupArn: !Ref Blue
          AdvancedConfiguration:
            AlternateTargetGroupArn: !Ref Green
            ProductionListenerRule: arn:aws:elasticloadbalancing:eu-central-1:111122223333:listener-rule/app/x/1/2/3
            RoleArn: arn:aws:iam::111122223333:role/x
      DeploymentConfiguration: {{{configuration}}}
"
    )
}

const BREAKER: &str = "DeploymentCircuitBreaker: {Enable: true, Rollback: true}";
const ALARMS: &str = "Alarms: {Enable: true, Rollback: true, AlarmNames: [errors]}";

fn deployed(configuration: &str) -> Cloud {
    let mut cloud = Cloud::new();
    cloud.create("shop", &template("1", configuration));
    assert_eq!(cloud.status("shop"), "CREATE_COMPLETE");
    cloud
}

fn service(cloud: &mut Cloud) -> Value {
    let asked = json!({ "cluster": "shop", "services": ["api"] });
    ask(cloud, "ecs", "DescribeServices", asked)["services"][0].clone()
}

/// The deployments of the service, a line each.
fn deployments(cloud: &mut Cloud) -> Vec<String> {
    let service = service(cloud);
    let shown = service["deployments"].as_array().unwrap().iter();
    let shown = shown.map(|deployment| {
        let text = |key: &str| deployment[key].as_str().unwrap().to_owned();
        let definition = text("taskDefinition");
        format!(
            "{} {} {} {}/{}",
            text("status"),
            definition.rsplit('/').next().unwrap(),
            text("rolloutState"),
            deployment["runningCount"],
            deployment["desiredCount"],
        )
    });
    shown.collect()
}

/// The service's deployment that was begun last.
fn last(cloud: &mut Cloud) -> Value {
    let asked = json!({ "cluster": "shop", "service": "api" });
    let listed = ask(cloud, "ecs", "ListServiceDeployments", asked);
    let arn = &listed["serviceDeployments"][0]["serviceDeploymentArn"];
    let asked = json!({ "serviceDeploymentArns": [arn] });
    let described = ask(cloud, "ecs", "DescribeServiceDeployments", asked);
    described["serviceDeployments"][0].clone()
}

#[test]
fn a_new_task_definition_is_rolled_out() {
    let mut cloud = deployed(BREAKER);
    assert_eq!(deployments(&mut cloud), ["PRIMARY api:1 COMPLETED 4/4"]);
    let before = service(&mut cloud);
    assert_eq!(before["loadBalancers"][0]["containerPort"], 8080);
    assert_eq!(before["runningCount"], 4);
    assert_eq!(before["serviceArn"], SERVICE);
    begin(&mut cloud, "UpdateStack", "shop", &template("2", BREAKER));
    cloud.pass(40);
    assert_eq!(
        deployments(&mut cloud),
        [
            "PRIMARY api:2 IN_PROGRESS 2/4",
            "ACTIVE api:1 COMPLETED 4/4"
        ]
    );
    let during = service(&mut cloud);
    assert!(during["currentServiceDeployment"].is_string());
    assert_eq!(
        during["deployments"][0]["id"].as_str().unwrap().len(),
        "ecs-svc/".len() + 19
    );
    assert_eq!(last(&mut cloud)["status"], "IN_PROGRESS");
    cloud.settle();
    assert_eq!(cloud.status("shop"), "UPDATE_COMPLETE");
    assert_eq!(deployments(&mut cloud), ["PRIMARY api:2 COMPLETED 4/4"]);
    let after = service(&mut cloud);
    assert_eq!(after["createdAt"], before["createdAt"]);
    assert!(after["currentServiceDeployment"].is_null());
    let event = after["events"][0]["message"].as_str().unwrap();
    assert_eq!(event, "(service api) has reached a steady state.");
    assert_eq!(last(&mut cloud)["status"], "SUCCESSFUL");
    // What was replaced is inactive, and can be looked at.
    let asked = |name: &str| json!({ "taskDefinition": name });
    let old = ask(&mut cloud, "ecs", "DescribeTaskDefinition", asked("api:1"));
    assert_eq!(old["taskDefinition"]["status"], "INACTIVE");
    let new = ask(&mut cloud, "ecs", "DescribeTaskDefinition", asked("api"));
    assert_eq!(new["taskDefinition"]["revision"], 2);
    assert_eq!(
        new["taskDefinition"]["containerDefinitions"][0]["essential"],
        true
    );
}

#[test]
fn a_circuit_breaker_fails_the_stack_in_the_service_s_words() {
    let mut cloud = deployed(BREAKER);
    cloud.fault("deployment:shop/Service=fail:after=60:times=1");
    begin(&mut cloud, "UpdateStack", "shop", &template("2", BREAKER));
    cloud.pass(63);
    assert_eq!(
        deployments(&mut cloud),
        ["PRIMARY api:1 IN_PROGRESS 4/4", "ACTIVE api:2 FAILED 0/0"]
    );
    let failed = last(&mut cloud);
    assert_eq!(failed["status"], "ROLLBACK_IN_PROGRESS");
    assert_eq!(
        failed["deploymentCircuitBreaker"],
        json!({ "status": "TRIGGERED", "failureCount": 3, "threshold": 3 })
    );
    cloud.settle();
    assert_eq!(cloud.status("shop"), "UPDATE_ROLLBACK_COMPLETE");
    let story = cloud.story("shop");
    assert!(
        story.contains("Service UPDATE_FAILED [api]: Resource handler returned message: \"Error occurred during operation 'ECS Deployment Circuit Breaker was triggered'.\" (RequestToken:"),
        "{story}"
    );
    assert_eq!(deployments(&mut cloud), ["PRIMARY api:1 COMPLETED 4/4"]);
    assert_eq!(last(&mut cloud)["status"], "ROLLBACK_SUCCESSFUL");
}

#[test]
fn a_first_deployment_has_nothing_to_go_back_to() {
    let mut cloud = Cloud::new();
    cloud.fault("deployment:api=fail");
    begin(&mut cloud, "CreateStack", "shop", &template("1", BREAKER));
    cloud.pass(90);
    assert_eq!(deployments(&mut cloud), ["PRIMARY api:1 FAILED 0/0"]);
    cloud.settle();
    assert_eq!(cloud.status("shop"), "ROLLBACK_COMPLETE");
    let asked = json!({ "cluster": "shop", "services": ["api"] });
    assert_eq!(
        refused(&mut cloud, "ecs", "DescribeServices", asked),
        "ClusterNotFoundException"
    );
}

#[test]
fn what_nobody_watches_stalls_until_the_handler_gives_up() {
    let mut cloud = deployed("");
    cloud.fault("deployment:api=fail:times=1");
    let start = cloud.now.millis();
    cloud.update("shop", &template("2", ""));
    assert_eq!(cloud.status("shop"), "UPDATE_ROLLBACK_COMPLETE");
    assert!(cloud.story("shop").contains("Exceeded attempts to wait"));
    assert!(cloud.now.millis() - start > 3 * 3_600_000);
    assert_eq!(deployments(&mut cloud), ["PRIMARY api:1 COMPLETED 4/4"]);
}

#[test]
fn an_alarm_during_a_deployment_takes_it_back() {
    let mut cloud = deployed(ALARMS);
    cloud.fault("alarm:errors:at=50");
    cloud.update("shop", &template("2", ALARMS));
    assert_eq!(cloud.status("shop"), "UPDATE_ROLLBACK_COMPLETE");
    assert!(
        cloud
            .story("shop")
            .contains("ECS Deployment Alarm was triggered")
    );
    let failed = last(&mut cloud);
    assert_eq!(failed["status"], "ROLLBACK_SUCCESSFUL");
    assert_eq!(failed["alarms"]["triggeredAlarmNames"], json!(["errors"]));
    assert_eq!(deployments(&mut cloud), ["PRIMARY api:1 COMPLETED 4/4"]);
}

#[test]
fn blue_becomes_green_stage_by_stage() {
    let configuration = "Strategy: BLUE_GREEN, BakeTimeInMinutes: 10";
    let mut cloud = deployed(configuration);
    begin(
        &mut cloud,
        "UpdateStack",
        "shop",
        &template("2", configuration),
    );
    let groups = ask(
        &mut cloud,
        "elasticloadbalancing",
        "DescribeTargetGroups",
        json!({}),
    );
    let arn = |name: &str| {
        let mut all = groups["TargetGroups"].as_array().unwrap().iter();
        let group = all.find(|group| group["TargetGroupName"] == name).unwrap();
        group["TargetGroupArn"].clone()
    };
    let healthy = |cloud: &mut Cloud, name: &str| {
        let asked = json!({ "TargetGroupArn": arn(name) });
        let health = ask(cloud, "elasticloadbalancing", "DescribeTargetHealth", asked);
        let all = health["TargetHealthDescriptions"]
            .as_array()
            .unwrap()
            .iter();
        all.filter(|target| target["TargetHealth"]["State"] == "healthy")
            .count()
    };
    let mut stages: Vec<String> = Vec::new();
    for _ in 0..700 {
        cloud.pass(1);
        let deployment = last(&mut cloud);
        if let Some(stage) = deployment["lifecycleStage"].as_str()
            && stages.last().is_none_or(|last| last != stage)
        {
            stages.push(stage.to_owned());
        }
        if stages.last().is_some_and(|stage| stage == "BAKE_TIME") {
            break;
        }
    }
    assert_eq!(
        stages,
        [
            "RECONCILE_SERVICE",
            "PRE_SCALE_UP",
            "SCALE_UP",
            "POST_SCALE_UP",
            "TEST_TRAFFIC_SHIFT",
            "POST_TEST_TRAFFIC_SHIFT",
            "PRODUCTION_TRAFFIC_SHIFT",
            "POST_PRODUCTION_TRAFFIC_SHIFT",
            "BAKE_TIME"
        ]
    );
    assert_eq!(
        (healthy(&mut cloud, "blue"), healthy(&mut cloud, "green")),
        (4, 4)
    );
    let baking = last(&mut cloud);
    assert_eq!(
        baking["targetServiceRevision"]["requestedProductionTrafficWeight"],
        100
    );
    cloud.settle();
    assert_eq!(cloud.status("shop"), "UPDATE_COMPLETE");
    assert_eq!(
        (healthy(&mut cloud, "blue"), healthy(&mut cloud, "green")),
        (0, 4)
    );
    assert_eq!(last(&mut cloud)["status"], "SUCCESSFUL");
}

#[test]
fn a_service_that_somebody_updates_has_drifted() {
    let mut cloud = deployed(BREAKER);
    let asked = json!({ "cluster": "shop", "service": "api", "desiredCount": 6, "enableExecuteCommand": true });
    let answer = ask(&mut cloud, "ecs", "UpdateService", asked);
    assert_eq!(answer["service"]["desiredCount"], 6);
    // That needs no deployment.
    assert_eq!(deployments(&mut cloud), ["PRIMARY api:1 COMPLETED 6/6"]);
    let asked = json!({ "StackName": "shop", "LogicalResourceId": "Service" });
    let drift = cloud.done("DetectStackResourceDrift", asked.clone());
    let drift = &drift["StackResourceDrift"];
    assert_eq!(drift["StackResourceDriftStatus"], "MODIFIED");
    assert_eq!(
        drift["PropertyDifferences"][0]["PropertyPath"],
        "/DesiredCount"
    );
    let force = json!({ "cluster": "shop", "service": SERVICE, "forceNewDeployment": true });
    ask(&mut cloud, "ecs", "UpdateService", force);
    assert_eq!(last(&mut cloud)["status"], "IN_PROGRESS");
    let stop = json!({ "serviceDeploymentArn": last(&mut cloud)["serviceDeploymentArn"] });
    cloud.pass(30);
    ask(&mut cloud, "ecs", "StopServiceDeployment", stop.clone());
    assert_eq!(last(&mut cloud)["status"], "ROLLBACK_IN_PROGRESS");
    cloud.pass(30);
    assert_eq!(last(&mut cloud)["status"], "ROLLBACK_SUCCESSFUL");
    assert_eq!(
        refused(&mut cloud, "ecs", "StopServiceDeployment", stop),
        "ConflictException"
    );
}

#[test]
fn a_revision_that_somebody_registers_is_the_next_and_can_be_run() {
    let mut cloud = deployed(BREAKER);
    let described = ask(
        &mut cloud,
        "ecs",
        "DescribeTaskDefinition",
        json!({ "taskDefinition": "api:1" }),
    );
    let containers = described["taskDefinition"]["containerDefinitions"].clone();
    let asked = json!({ "family": "api", "containerDefinitions": containers });
    let registered = ask(&mut cloud, "ecs", "RegisterTaskDefinition", asked);
    let registered = &registered["taskDefinition"];
    assert_eq!(
        (&registered["revision"], &registered["status"]),
        (&json!(2), &json!("ACTIVE"))
    );
    assert_eq!(registered["containerDefinitions"], containers);
    let run = json!({ "cluster": "shop", "service": "api", "taskDefinition": "api:2" });
    ask(&mut cloud, "ecs", "UpdateService", run);
    assert!(deployments(&mut cloud)[0].starts_with("PRIMARY api:2"));
}

#[test]
fn tasks_are_as_many_as_run_and_stay_the_same() {
    let mut cloud = deployed(BREAKER);
    let asked = json!({ "cluster": "shop", "serviceName": "api" });
    let tasks = ask(&mut cloud, "ecs", "ListTasks", asked.clone());
    assert_eq!(tasks["taskArns"].as_array().unwrap().len(), 4);
    assert_eq!(ask(&mut cloud, "ecs", "ListTasks", asked), tasks);
    let asked = json!({ "cluster": "shop", "tasks": [tasks["taskArns"][0], "none"] });
    let described = ask(&mut cloud, "ecs", "DescribeTasks", asked);
    assert_eq!(described["tasks"][0]["lastStatus"], "RUNNING");
    assert_eq!(described["failures"][0]["reason"], "MISSING");
    let clusters = ask(
        &mut cloud,
        "ecs",
        "DescribeClusters",
        json!({ "clusters": ["shop", "none"] }),
    );
    assert_eq!(clusters["clusters"][0]["runningTasksCount"], 4);
    assert_eq!(clusters["failures"][0]["reason"], "MISSING");
    let asked = json!({ "cluster": "shop", "services": ["none"] });
    let services = ask(&mut cloud, "ecs", "DescribeServices", asked);
    assert_eq!(services["failures"][0]["reason"], "MISSING");
    let listed = ask(
        &mut cloud,
        "ecs",
        "ListServices",
        json!({ "cluster": "shop" }),
    );
    assert_eq!(listed["serviceArns"], json!([SERVICE]));
}

#[test]
fn images_are_there_once_something_runs_them() {
    let mut cloud = deployed(BREAKER);
    let repository = "
Resources:
  Repository:
    Type: AWS::ECR::Repository
    Properties: {RepositoryName: shop/api, ImageTagMutability: IMMUTABLE}
";
    cloud.create("registry", repository);
    let asked =
        |tag: &str| json!({ "repositoryName": "shop/api", "imageIds": [{ "imageTag": tag }] });
    let found = ask(&mut cloud, "ecr", "DescribeImages", asked("1"));
    assert_eq!(found["imageDetails"][0]["imageTags"], json!(["1"]));
    assert_eq!(
        refused(&mut cloud, "ecr", "DescribeImages", asked("2")),
        "ImageNotFoundException"
    );
    let put = |manifest: &str| json!({ "repositoryName": "shop/api", "imageTag": "2", "imageManifest": manifest });
    let image = ask(&mut cloud, "ecr", "PutImage", put("{}"));
    let found = ask(&mut cloud, "ecr", "DescribeImages", asked("2"));
    assert_eq!(
        found["imageDetails"][0]["imageDigest"],
        image["image"]["imageId"]["imageDigest"]
    );
    assert_eq!(
        refused(&mut cloud, "ecr", "PutImage", put("{}")),
        "ImageAlreadyExistsException"
    );
    assert_eq!(
        refused(&mut cloud, "ecr", "PutImage", put("{1}")),
        "ImageTagAlreadyExistsException"
    );
    let missing = json!({ "repositoryName": "none" });
    assert_eq!(
        refused(&mut cloud, "ecr", "DescribeImages", missing),
        "RepositoryNotFoundException"
    );
}
