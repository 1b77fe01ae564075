//! What fails, and what is left then.

use stratiform_deploy::{Call, Ending, Mending, News, OnFailure, Outcome, Reply, Told};

use stratiform_test_support::{pass_on, serve};

use crate::{Engine, plans};

#[tokio::test]
async fn an_update_that_fails_is_rolled_back_and_says_why() {
    let engine = Engine::start().await;
    engine.deploy(plans::two(0)).await;
    engine.fault("update:shop-dev-queue/Queue:times=1");
    let went = engine.deploy(plans::two(1)).await;
    assert_eq!(went.outcome(), Outcome::RolledBack);
    let endings = went.endings();
    let [Ending::RolledBack(Some(cause)), Ending::Unchanged] = &endings[..] else {
        panic!("{endings:?}");
    };
    assert_eq!(cause.logical_id.as_ref().unwrap().as_str(), "Queue");
    assert!(
        cause.reason.contains("The update was made to fail"),
        "{}",
        cause.reason
    );
    let went = engine.deploy(plans::two(1)).await;
    assert_eq!(
        went.endings(),
        [Ending::Deployed, Ending::Unchanged],
        "{:?}",
        went.story(0)
    );
}

#[tokio::test]
async fn what_needs_a_stack_that_failed_is_not_reached() {
    let engine = Engine::start().await;
    engine.fault("create:shop-dev-queue/Queue:times=1");
    let went = engine.deploy(plans::two(0)).await;
    assert_eq!(went.outcome(), Outcome::RolledBack);
    assert!(
        matches!(
            went.endings()[..],
            [Ending::RolledBack(_), Ending::NotReached(_)]
        ),
        "{:?}",
        went.endings()
    );
    // What is left of a creation that never succeeded is in nobody's way.
    let went = engine.deploy(plans::two(0)).await;
    assert_eq!(went.outcome(), Outcome::Done, "{:?}", went.endings());
    assert_eq!(went.story(0)[..2], ["found ROLLBACK_COMPLETE", "Clearing"]);
}

#[tokio::test]
async fn a_rollback_that_is_stuck_needs_a_person_and_is_continued_when_that_is_allowed() {
    let engine = Engine::start().await;
    engine.deploy(plans::two(0)).await;
    engine.fault("update:shop-dev-queue/Queue:times=2");
    let went = engine.deploy(plans::two(1)).await;
    assert_eq!(went.outcome(), Outcome::NeedsPerson);
    let Ending::Stuck(stuck) = &went.endings()[0] else {
        panic!("{:?}", went.endings());
    };
    assert_eq!(
        stuck.status.as_ref().unwrap().as_str(),
        "UPDATE_ROLLBACK_FAILED"
    );
    let went = engine.deploy(plans::two(1)).await;
    assert_eq!(went.outcome(), Outcome::NeedsPerson, "{:?}", went.story(0));

    let mut plan = plans::two(1);
    plan.conduct.mending = Mending::Rollbacks;
    let went = engine.deploy(plan).await;
    assert_eq!(
        went.endings(),
        [Ending::Deployed, Ending::Unchanged],
        "{:?}",
        went.story(0)
    );
}

#[tokio::test]
async fn a_release_is_all_of_its_stacks_or_none() {
    let engine = Engine::start().await;
    let both = |version: u32, timeout: u32| {
        let mut plan = plans::two(version);
        let more = format!(
            "  More: {{Type: AWS::SQS::Queue, Properties: {{VisibilityTimeout: {timeout}}}}}\n"
        );
        plan.stacks[1].template += &more;
        plan.conduct.on_failure = OnFailure::RollBackAll;
        plan
    };
    engine.deploy(both(0, 30)).await;
    engine.fault("update:shop-dev-topic/More:times=1");
    let went = engine.deploy(both(1, 31)).await;
    assert_eq!(went.outcome(), Outcome::RolledBack);
    assert!(
        matches!(
            went.endings()[..],
            [Ending::WentBack, Ending::RolledBack(_)]
        ),
        "{:?}",
        went.endings()
    );
    assert!(went.watcher.told.contains(&Told::GoingBack));
    let went = engine.deploy(both(0, 30)).await;
    assert_eq!(
        went.endings(),
        [Ending::Unchanged, Ending::Unchanged],
        "{:?}",
        went.story(0)
    );
}

#[tokio::test]
async fn what_does_not_work_afterwards_goes_back() {
    let engine = Engine::start().await;
    let alarmed = |version: u32| {
        let mut plan = plans::two(version);
        plan.stacks[1].template += "  Alarm:
    Type: AWS::CloudWatch::Alarm
    Properties:
      AlarmName: shop-errors
      ComparisonOperator: GreaterThanThreshold
      EvaluationPeriods: 1
      MetricName: Errors
      Namespace: Shop
      Period: 60
      Statistic: Sum
      Threshold: 1
";
        let contract = plan.conduct.verify.as_mut().unwrap();
        contract.patience_minutes = 0;
        plan
    };
    engine.deploy(alarmed(0)).await;
    engine.fault("alarm:shop-errors:at=0");
    let went = engine.deploy(alarmed(1)).await;
    // It is still in ALARM afterwards: somebody has to look.
    assert_eq!(
        went.outcome(),
        Outcome::NeedsPerson,
        "{:?}",
        went.watcher.told.last()
    );
    assert_eq!(went.endings()[0], Ending::WentBack);
    let events = went
        .story(0)
        .into_iter()
        .filter(|line| line == "Queue UPDATE_COMPLETE")
        .count();
    assert_eq!(events, 2);
    let verified = went
        .watcher
        .told
        .iter()
        .any(|told| matches!(told, Told::Verified { .. }));
    assert!(
        verified
            && !went.watcher.told.iter().any(|told| matches!(
                told,
                Told::Stack {
                    news: News::Resumed,
                    ..
                }
            ))
    );
}

#[tokio::test]
async fn calls_that_fail_for_a_while_stop_nothing() {
    for fault in ["throttle", "500", "cut", "lost"] {
        for operation in [
            "DescribeStacks",
            "GetTemplate",
            "CreateChangeSet",
            "DescribeChangeSet",
            "ExecuteChangeSet",
            "DescribeStackEvents",
        ] {
            let engine = Engine::facing(fault).await;
            engine.deploy(plans::two(0)).await;
            engine.fault(&format!("api:{operation}={fault}:times=1"));
            let went = engine.deploy(plans::two(1)).await;
            assert_eq!(
                went.endings(),
                [Ending::Deployed, Ending::Unchanged],
                "{operation} {fault}: {:?}",
                went.story(0)
            );
        }
    }
}

/// A database, and a queue beside it that changes.
fn with_database(version: u32) -> stratiform_deploy::Plan {
    let mut plan = plans::two(version);
    plan.stacks[0].template = plan.stacks[0].template.replace(
        "Outputs:",
        "  Database:
    Type: AWS::RDS::DBInstance
    Properties:
      DBInstanceIdentifier: shop-db
      DBInstanceClass: db.t3.micro
      Engine: postgres
      AllocatedStorage: '20'
      MasterUsername: shop
      ManageMasterUserPassword: true
Outputs:",
    );
    plan.conduct.backup = true;
    plan
}

#[tokio::test]
async fn databases_are_saved_before_anything_is_changed() {
    let engine = Engine::start().await;
    // The first time there is nothing to save.
    let went = engine.deploy(with_database(0)).await;
    assert_eq!(went.outcome(), Outcome::Done, "{:?}", went.endings());
    let went = engine.deploy(with_database(1)).await;
    assert_eq!(went.outcome(), Outcome::Done, "{:?}", went.endings());
    let place = |wanted: &dyn Fn(&Told) -> bool| went.watcher.told.iter().position(wanted);
    let saved = place(
        &|told| matches!(told, Told::BackedUp { database, snapshot } if database == "shop-db" && snapshot == "stratiform-r1-shop-db"),
    );
    let executed = place(&|told| {
        matches!(
            told,
            Told::Stack {
                news: News::Executing(_),
                ..
            }
        )
    });
    assert!(saved.unwrap() < executed.unwrap());
}

#[tokio::test]
async fn nothing_is_changed_without_its_backup() {
    let engine = Engine::start().await;
    engine.deploy(with_database(0)).await;
    engine.fault("api:CreateDBSnapshot=500:times=40");
    let went = engine.deploy(with_database(1)).await;
    assert_eq!(went.outcome(), Outcome::Failed, "{:?}", went.endings());
    assert_eq!(went.endings(), [Ending::NotApproved, Ending::Unchanged]);
    let told = went.watcher.told.iter();
    assert!(
        told.filter(|told| matches!(told, Told::NotBackedUp { .. }))
            .count()
            == 1
    );
}

// Once the cause was "Embedded stack … was not successfully created", and the reader had to go on by herself.
#[tokio::test]
async fn a_cause_is_found_in_the_nested_stack_that_has_it() {
    let engine = Engine::start().await;
    let url = async |key: &str, body: String| {
        let call = Call::PutTemplate {
            bucket: "templates".to_owned(),
            key: key.to_owned(),
            body,
        };
        match engine.aws().call(&call).await.unwrap() {
            Reply::Uploaded { url } => url,
            other => panic!("{other:?}"),
        }
    };
    let nested = |id: &str, url: &str| {
        format!(
            "Resources:\n  {id}: {{Type: AWS::CloudFormation::Stack, Properties: {{TemplateURL: '{url}'}}}}\n"
        )
    };
    let inner = "Resources:\n  Queue: {Type: AWS::SQS::Queue}\n".to_owned();
    let inner = url("inner.yaml", inner).await;
    let middle = url("middle.yaml", nested("Inner", &inner)).await;
    engine.fault("create:AWS::SQS::Queue:times=1");
    let mut plan = plans::two(0);
    plan.stacks = vec![plans::stack(
        "outer",
        &nested("Middle", &middle),
        Vec::new(),
    )];
    let went = engine.deploy(plan).await;
    let Ending::RolledBack(Some(cause)) = &went.endings()[0] else {
        panic!("{:?}", went.endings());
    };
    assert!(
        cause.reason.contains("was made to fail"),
        "{}",
        cause.reason
    );
    assert_eq!(
        cause.subject("outer"),
        "`Queue` of the nested stack `Inner` of the nested stack `Middle` of the stack `outer`"
    );
}

/// Runs to its end, although nobody can read a stack's events: how it ends, its stack says.
#[tokio::test]
async fn events_that_cannot_be_read_keep_nobody_waiting() {
    for how in ["throttle", "500"] {
        let engine = Engine::start().await;
        engine.fault(&format!("api:DescribeStackEvents={how}"));
        let went = engine.deploy(plans::two(0)).await;
        assert_eq!(went.endings(), [Ending::Deployed, Ending::Deployed]);
        engine.fault("update:shop-dev-queue/Queue:times=1");
        let went = engine.deploy(plans::two(1)).await;
        assert_eq!(
            went.endings(),
            [Ending::RolledBack(None), Ending::Unchanged]
        );
    }
}

#[tokio::test]
async fn nor_do_those_that_nobody_may_read() {
    let engine = Engine::start().await;
    let url = denying(engine.running.url(), "DescribeStackEvents");
    let went = engine.deploy_through(&url, plans::two(0)).await;
    assert_eq!(went.endings(), [Ending::Deployed, Ending::Deployed]);
    let denied = went.watcher.told.iter().any(
        |told| matches!(told, Told::Again { failure, .. } if failure.why.contains("not authorized")),
    );
    assert!(denied, "{:?}", went.watcher.told);
}

/// Somebody who may do everything but this.
fn denying(engine: String, operation: &str) -> String {
    let action = format!("Action={operation}&");
    let denied = format!(
        "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>User: somebody is not authorized to \
         perform: cloudformation:{operation}</Message></Error></ErrorResponse>"
    );
    serve(move |request| match request.contains(&action) {
        true => (403, denied.clone()),
        false => pass_on(&engine, request),
    })
}
