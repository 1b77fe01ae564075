//! Whole deployments to ministack.

use stratiform_deploy::call::{NewChangeSet, OnDrift, TemplateSource};
use stratiform_deploy::{Call, Ending, Outcome, Refused, Reply};
use stratiform_service::Refusal;
use stratiform_service::change_set::{ChangeSetType, DeploymentConfigMode};
use stratiform_test_support::Ministack;

use crate::deploying::deploy;
use crate::{deployed, deploying_to, plans, stack};

#[tokio::test]
#[ignore = "needs ministack: cargo xtask ci ministack"]
async fn first_again_and_an_update_with_exports() {
    let ministack = Ministack::start();
    let url = ministack.url();
    let went = deployed(url, plans::two(0)).await;
    assert_eq!(went.endings(), [Ending::Deployed, Ending::Deployed]);
    assert_eq!(went.outcome(), Outcome::Done, "{:?}", went.watcher.told);
    let said = ["Topic CREATE_COMPLETE", "Subscription CREATE_COMPLETE"];
    for said in said {
        let story = went.story(1);
        assert!(story.iter().any(|line| line == said), "{story:?}");
    }

    let went = deployed(url, plans::two(0)).await;
    assert_eq!(went.endings(), [Ending::Unchanged, Ending::Unchanged]);
    assert_eq!((went.outcome(), went.watcher.questions), (Outcome::Done, 0));

    let went = deployed(url, plans::two(1)).await;
    assert_eq!(went.endings(), [Ending::Deployed, Ending::Unchanged]);
    assert_eq!(went.outcome(), Outcome::Done, "{:?}", went.watcher.told);
    let (found, template) = stack(url, "shop-dev-queue").await.unwrap();
    assert_eq!(found.status.as_str(), "UPDATE_COMPLETE");
    assert_eq!(template, plans::two(1).stacks[0].template);
}

#[tokio::test]
#[ignore = "needs ministack: cargo xtask ci ministack"]
async fn an_update_that_fails_is_rolled_back_and_says_why() {
    let ministack = Ministack::start();
    let url = ministack.url();
    deployed(url, plans::two(0)).await;
    let mut plan = plans::two(0);
    plan.stacks[0].template = plan.stacks[0].template.replace("30", "soon");
    let went = deployed(url, plan).await;
    assert_eq!(went.outcome(), Outcome::RolledBack, "{:?}", went.endings());
    let Ending::RolledBack(Some(cause)) = &went.endings()[0] else {
        panic!("{:?}", went.endings());
    };
    assert_eq!(cause.logical_id.as_ref().unwrap().as_str(), "Queue");
    assert!(cause.reason.contains("VisibilityTimeout"), "{cause:?}");
    let (found, template) = stack(url, "shop-dev-queue").await.unwrap();
    assert_eq!(found.status.as_str(), "UPDATE_ROLLBACK_COMPLETE");
    assert_eq!(template, plans::two(0).stacks[0].template);
    let went = deployed(url, plans::two(1)).await;
    assert_eq!(went.outcome(), Outcome::Done, "{:?}", went.endings());
}

#[tokio::test]
#[ignore = "needs ministack: cargo xtask ci ministack"]
async fn a_type_that_it_does_not_know_is_refused_and_nothing_is_left() {
    let ministack = Ministack::start();
    let url = ministack.url();
    let mut plan = plans::two(0);
    let unknown = plan.stacks[1]
        .template
        .replace("SNS::Topic}", "SNS::Theme}");
    plan.stacks[1].template = unknown;
    let went = deployed(url, plan).await;
    assert_eq!(went.outcome(), Outcome::Failed, "{:?}", went.endings());
    let [Ending::Deployed, Ending::Refused(refused)] = &went.endings()[..] else {
        panic!("{:?}", went.endings());
    };
    let Refused::Call(failure) = refused.as_ref() else {
        panic!("{refused:?}");
    };
    let format = matches!(&failure.refusal, Some(Refusal::TemplateFormat { .. }));
    assert!(
        format && failure.why.contains("AWS::SNS::Theme"),
        "{failure:?}"
    );
    assert_eq!(stack(url, "shop-dev-topic").await, None);
}

#[tokio::test]
#[ignore = "needs ministack: cargo xtask ci ministack"]
async fn who_says_no_leaves_nothing_and_a_name_that_is_taken_is_found_again() {
    let ministack = Ministack::start();
    let aws = deploying_to(ministack.url()).await;
    let went = deploy(&aws, plans::two(0), false).await;
    assert_eq!(went.endings(), [Ending::NotApproved, Ending::NotApproved]);
    assert_eq!(stack(ministack.url(), "shop-dev-queue").await, None);

    // The same call once more, as after an answer that was lost.
    let planned = plans::two(0).stacks.remove(0);
    let call = Call::CreateChangeSet(Box::new(NewChangeSet {
        stack: planned.name.to_string(),
        name: "release-7".to_owned(),
        description: String::new(),
        change_set_type: ChangeSetType::Create,
        template: TemplateSource::Body(planned.template),
        parameters: Default::default(),
        tags: Default::default(),
        capabilities: Vec::new(),
        role: None,
        notification_arns: Vec::new(),
        rollback: None,
        mode: DeploymentConfigMode::Standard,
        import_existing: false,
        drift: OnDrift::default(),
    }));
    let made = aws.call(&call).await;
    assert!(matches!(made, Ok(Reply::ChangeSetMade { .. })), "{made:?}");
    assert_eq!(aws.call(&call).await, made);
}
