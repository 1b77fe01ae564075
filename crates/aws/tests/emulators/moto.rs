//! Whole deployments to moto.

use stratiform_deploy::{
    Allowance, Call, Ending, FailureKind, Health, Loss, Outcome, Plan, Refused, Reply, Subject,
    Told,
};
use stratiform_service::ChangeSetId;
use stratiform_test_support::Moto;

use crate::deploying::deploy;
use crate::{deployed, deploying_to, plans, stack};

/// A queue, and two stacks after it that take nothing from it.
fn three(version: u32) -> Plan {
    let mut plan = plans::two(version);
    let topic = "Resources: {Topic: {Type: AWS::SNS::Topic}}\n";
    let table = "Resources:
  Table:
    Type: AWS::DynamoDB::Table
    Properties:
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions: [{AttributeName: Id, AttributeType: S}]
      KeySchema: [{AttributeName: Id, KeyType: HASH}]
";
    plan.stacks[1] = plans::stack("topic", topic, vec![0]);
    plan.stacks.push(plans::stack("table", table, vec![0, 1]));
    plan
}

#[tokio::test]
#[ignore = "needs moto: cargo xtask ci moto"]
async fn events_without_tokens_and_changes_that_do_not_say_whether_they_replace() {
    let moto = Moto::start();
    let url = moto.url();
    let went = deployed(url, three(0)).await;
    assert_eq!(went.outcome(), Outcome::Done, "{:?}", went.watcher.told);
    assert_eq!(went.endings(), [const { Ending::Deployed }; 3]);
    // None of the events is known as ours: the stacks were asked instead.
    let story = ["found nothing", "proposed 1", "Executing", "Finished"];
    assert_eq!(went.story(0), story);

    let went = deployed(url, three(0)).await;
    assert_eq!(went.endings(), [const { Ending::Unchanged }; 3]);
    assert_eq!((went.outcome(), went.watcher.questions), (Outcome::Done, 0));

    // For all that is said, the queue may be replaced.
    let went = deployed(url, three(1)).await;
    assert_eq!(went.outcome(), Outcome::No, "{:?}", went.endings());
    let (found, template) = stack(url, "shop-dev-queue").await.unwrap();
    assert_eq!(found.status.as_str(), "CREATE_COMPLETE");
    assert_eq!(template, three(0).stacks[0].template);

    let mut plan = three(1);
    plan.conduct.allowed.push(Allowance {
        loss: Loss::Replace,
        stack: "queue".to_owned(),
        logical_id: "Queue".parse().unwrap(),
    });
    let went = deployed(url, plan.clone()).await;
    let changed = [Ending::Deployed, Ending::Unchanged, Ending::Unchanged];
    assert_eq!(went.endings(), changed);
    assert_eq!(went.outcome(), Outcome::Done);
    let (found, template) = stack(url, "shop-dev-queue").await.unwrap();
    assert_eq!(found.status.as_str(), "UPDATE_COMPLETE");
    assert_eq!(template, three(1).stacks[0].template);
    let went = deployed(url, plan).await;
    assert_eq!(went.endings(), [const { Ending::Unchanged }; 3]);
}

#[tokio::test]
#[ignore = "needs moto: cargo xtask ci moto"]
async fn a_template_that_is_answered_with_a_page_of_an_error() {
    let moto = Moto::start();
    let url = moto.url();
    deployed(url, three(0)).await;
    let mut plan = three(1);
    plan.stacks[0].template = "Resources: [".to_owned();
    let went = deployed(url, plan).await;
    assert_eq!(went.outcome(), Outcome::Failed);
    let Ending::Refused(refused) = &went.endings()[0] else {
        panic!("{:?}", went.endings());
    };
    let Refused::Call(failure) = refused.as_ref() else {
        panic!("{refused:?}");
    };
    assert_eq!(failure.kind, FailureKind::Unknown);
    assert!(failure.what.contains("CreateChangeSet"), "{failure:?}");
    assert!(failure.why.contains("status 500"), "{failure:?}");
    let (found, template) = stack(url, "shop-dev-queue").await.unwrap();
    assert_eq!(found.status.as_str(), "CREATE_COMPLETE");
    assert_eq!(template, three(0).stacks[0].template);
}

#[tokio::test]
#[ignore = "needs moto: cargo xtask ci moto"]
async fn exports_that_a_stack_made_by_a_change_set_has_not() {
    let moto = Moto::start();
    let url = moto.url();
    let mut plan = plans::two(0);
    let user = "Resources:
  Parameter:
    Type: AWS::SSM::Parameter
    Properties: {Name: queue, Type: String, Value: !ImportValue shop-queue}
";
    plan.stacks[1] = plans::stack("user", user, vec![0]);
    let after = plans::stack("after", user, vec![1]);
    plan.stacks.push(after);
    let went = deployed(url, plan).await;
    assert_eq!(went.outcome(), Outcome::Failed);
    let [
        Ending::Deployed,
        Ending::Refused(refused),
        Ending::NotReached(needed),
    ] = &went.endings()[..]
    else {
        panic!("{:?}", went.endings());
    };
    let Refused::Call(failure) = refused.as_ref() else {
        panic!("{refused:?}");
    };
    let no_export = "No export named shop-queue found";
    assert!(failure.why.contains(no_export), "{failure:?}");
    assert_eq!(*needed, [1]);
    // Not even the stack is left that its change set made.
    assert_eq!(stack(url, "shop-dev-user").await, None);
}

#[tokio::test]
#[ignore = "needs moto: cargo xtask ci moto"]
async fn resources_that_are_listed_without_a_name() {
    let moto = Moto::start();
    let went = deployed(moto.url(), plans::two(0)).await;
    // The subscription is nothing but a status: what the stack has is not known, and so not well.
    assert_eq!(went.endings(), [Ending::Deployed, Ending::Deployed]);
    assert_eq!(went.outcome(), Outcome::Failed);
    let Some(Told::Verified { report, .. }) = went.watcher.told.last() else {
        panic!("{:?}", went.watcher.told.last());
    };
    let [(Subject::Stack(id), Health::Not(why))] = &report[..] else {
        panic!("{report:?}");
    };
    assert_eq!(id.stack_name(), "shop-dev-topic");
    assert_eq!(why, "what it has could not be listed");
}

#[tokio::test]
#[ignore = "needs moto: cargo xtask ci moto"]
async fn who_says_no_leaves_nothing() {
    let moto = Moto::start();
    let aws = deploying_to(moto.url()).await;
    let went = deploy(&aws, three(0), false).await;
    assert_eq!(went.endings(), [const { Ending::NotApproved }; 3]);
    assert_eq!(went.outcome(), Outcome::No);
    for planned in three(0).stacks {
        assert_eq!(stack(moto.url(), planned.name.as_str()).await, None);
    }
}

#[tokio::test]
#[ignore = "needs moto: cargo xtask ci moto"]
async fn what_is_not_there_and_operations_that_are_not() {
    let moto = Moto::start();
    let aws = deploying_to(moto.url()).await;
    let arn = |kind: &str, name: &str| {
        format!("arn:aws:cloudformation:eu-central-1:123456789012:{kind}/{name}/1")
    };
    let id = arn("stack", "nothing").parse().unwrap();
    let token = "run-1".to_owned();
    let answer = aws.call(&Call::DeleteStack { stack: id, token }).await;
    assert_eq!(answer, Ok(Reply::Done));
    let change_set: ChangeSetId = arn("changeSet", "nothing").parse().unwrap();
    for call in [
        Call::DeleteChangeSet {
            change_set: change_set.clone(),
        },
        Call::ValidationEvents { change_set },
    ] {
        let failure = aws.call(&call).await.unwrap_err();
        assert_eq!(failure.kind, FailureKind::Unknown, "{failure:?}");
        assert!(failure.why.contains("status 500"), "{failure:?}");
    }
}
