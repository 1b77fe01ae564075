//! Changes that do not arrive, and changes that nobody asked for.

use crate::{check, environment};

/// The notes about a change.
fn notes(before: &str, after: &str) -> Vec<String> {
    let found = environment(&[("shop", before, after)]);
    found[0]
        .notes
        .iter()
        .map(|note| note.what.clone())
        .collect()
}

const API: &str = "Api: {Type: AWS::ApiGateway::RestApi, Properties: {Name: a}}
Get: {Type: AWS::ApiGateway::Method, Properties: {RestApiId: !Ref Api, ResourceId: !GetAtt Api.RootResourceId, HttpMethod: GET, OperationName: $}}
@: {Type: AWS::ApiGateway::Deployment, DependsOn: Get, Properties: {RestApiId: !Ref Api}}
Prod: {Type: AWS::ApiGateway::Stage, Properties: {RestApiId: !Ref Api, DeploymentId: !Ref @, StageName: prod}}";

#[test]
fn a_method_goes_live_with_a_deployment() {
    let api = |name: &str, deployment: &str| API.replace('$', name).replace('@', deployment);
    assert_eq!(
        notes(&api("one", "Ship"), &api("two", "Ship")),
        [
            "`Get` changes, but `Ship` stays as it is, and `Prod` with it: the change arrives only with a new one"
        ]
    );
    assert_eq!(
        notes(&api("one", "Ship1"), &api("two", "Ship2")),
        [] as [String; 0]
    );
    assert_eq!(
        notes(&api("one", "Ship"), &api("one", "Ship")),
        [] as [String; 0]
    );
}

#[test]
fn a_stage_may_deploy_by_itself() {
    let api = |target: &str, stage: &str| {
        format!(
            "Api: {{Type: AWS::ApiGatewayV2::Api, Properties: {{Name: a, ProtocolType: HTTP}}}}
Get: {{Type: AWS::ApiGatewayV2::Route, Properties: {{ApiId: !Ref Api, RouteKey: GET /, Target: {target}}}}}
Ship: {{Type: AWS::ApiGatewayV2::Deployment, Properties: {{ApiId: !Ref Api}}}}
Prod: {{Type: AWS::ApiGatewayV2::Stage, Properties: {{ApiId: !Ref Api, StageName: prod, {stage}}}}}"
        )
    };
    let by_hand = "DeploymentId: !Ref Ship";
    assert_eq!(
        notes(&api("one", by_hand), &api("two", by_hand)),
        [
            "`Get` changes, but `Ship` stays as it is, and `Prod` with it: the change arrives only with a new one"
        ]
    );
    let by_itself = "AutoDeploy: true";
    assert_eq!(
        notes(&api("one", by_itself), &api("two", by_itself)),
        [] as [String; 0]
    );
}

#[test]
fn a_version_of_a_function_stays_what_was_published() {
    let function = |key: &str, version: &str| {
        format!(
            "Cook: {{Type: AWS::Lambda::Function, Properties: {{Role: r, {key}}}}}
{version}: {{Type: AWS::Lambda::Version, Properties: {{FunctionName: !Ref Cook}}}}
Live: {{Type: AWS::Lambda::Alias, Properties: {{FunctionName: !Ref Cook, Name: live, FunctionVersion: !GetAtt {version}.Version}}}}"
        )
    };
    let code = |key| format!("Code: {{S3Bucket: b, S3Key: {key}}}");
    assert_eq!(
        notes(&function(&code("a"), "V"), &function(&code("b"), "V")),
        [
            "`Cook` changes, but `V` stays as it is, and `Live` with it: the change arrives only with a new one"
        ]
    );
    assert_eq!(
        notes(&function(&code("a"), "V1"), &function(&code("b"), "V2")),
        [] as [String; 0]
    );
    let tags = |value| format!("Tags: [{{Key: a, Value: {value}}}]");
    assert_eq!(
        notes(&function(&tags("a"), "V"), &function(&tags("b"), "V")),
        [] as [String; 0]
    );
}

#[test]
fn instances_that_run_stay_as_they_are() {
    let group = |version| {
        format!(
            "A: {{Type: AWS::AutoScaling::AutoScalingGroup, Properties: {{MinSize: 1, MaxSize: 2, LaunchTemplate: {{LaunchTemplateId: l, Version: {version}}}}}}}"
        )
    };
    assert_eq!(
        notes(&group(1), &group(2)),
        [
            "`LaunchTemplate.Version` of `A` changes for what is made later: instances that run stay as they are"
        ]
    );
}

#[test]
fn an_update_sets_a_scaled_number_back() {
    let service = |count: &str, tag: &str, scaled: &str| {
        format!(
            "A: {{Type: AWS::ECS::Service, Properties: {{{count} Tags: [{{Key: a, Value: {tag}}}]}}}}
{scaled}"
        )
    };
    let target = "T: {Type: AWS::ApplicationAutoScaling::ScalableTarget, Properties: {MinCapacity: 1, MaxCapacity: 9, ResourceId: !Join ['/', [service, c, !GetAtt A.Name]]}}";
    let set_back = "attention interruption may: may scale the service `A` down: the update sets `DesiredCount` back to 2";
    let count = "DesiredCount: 2,";
    check(
        &service(count, "a", target),
        &service(count, "b", target),
        &[set_back],
    );
    // Nobody scales it, or the count is not written, or is what changes.
    let topic = "T: {Type: AWS::SNS::Topic}";
    check(
        &service(count, "a", topic),
        &service(count, "b", topic),
        &[],
    );
    check(&service("", "a", target), &service("", "b", target), &[]);
    check(
        &service(count, "a", target),
        &service("DesiredCount: 3,", "a", target),
        &[],
    );
    let group = |policy: &str, cooldown: &str| {
        format!(
            "A: {{Type: AWS::AutoScaling::AutoScalingGroup, {policy} Properties: {{MinSize: 1, MaxSize: 9, DesiredCapacity: 2, Cooldown: {cooldown}}}}}
T: {{Type: AWS::AutoScaling::ScheduledAction, Properties: {{AutoScalingGroupName: !Ref A}}}}"
        )
    };
    check(
        &group("", "1"),
        &group("", "2"),
        &[
            "attention interruption may: may scale the auto scaling group `A` down: the update sets `DesiredCapacity` back to 2",
        ],
    );
    let ignoring =
        "UpdatePolicy: {AutoScalingScheduledAction: {IgnoreUnmodifiedGroupSizeProperties: true}},";
    check(&group(ignoring, "1"), &group(ignoring, "2"), &[]);
}
