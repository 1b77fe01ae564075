//! What a deployment asks of CloudFormation: a stack made, changed and deleted by change sets.

use stratiform_aws::Aws;
use stratiform_deploy::call::{NewChangeSet, OnDrift, ParameterValue, Stack, TemplateSource};
use stratiform_deploy::{Call, Failure, FailureKind, Reply};
use stratiform_service::change::{Action, Replacement};
use stratiform_service::change_set::{ChangeSetType, DeploymentConfigMode};
use stratiform_service::event::Subject;
use stratiform_service::{
    ChangeSet, ChangeSetId, ExecutionStatus, Refusal, ResourceStatus, StackEvent, StackId,
    StackStatus,
};

use crate::{ACCOUNT, Engine};

/// A topic whose name replaces it, with a value that nobody may see.
const TEMPLATE: &str = "
Parameters:
  Name: {Type: String}
  Shown: {Type: String, Default: first}
  Password: {Type: String, NoEcho: true, Default: hunter2}
Resources:
  Topic: {Type: AWS::SNS::Topic, Properties: {TopicName: !Ref Name, DisplayName: !Ref Shown}}
  Queue: {Type: AWS::SQS::Queue, DependsOn: Topic}
Outputs:
  Topic: {Value: !Ref Topic, Export: {Name: shop-Topic}}
";

/// Something that is deployed. Every test has its own stacks.
pub(crate) fn new(stack: &str, name: &str, change_set_type: ChangeSetType) -> NewChangeSet {
    NewChangeSet {
        stack: stack.to_owned(),
        name: name.to_owned(),
        description: format!("{name} of {stack}"),
        change_set_type,
        template: TemplateSource::Body(TEMPLATE.to_owned()),
        parameters: [("Name", "one"), ("Password", "correct horse")]
            .map(|(name, value)| (name.to_owned(), ParameterValue::Value(value.to_owned())))
            .into_iter()
            .collect(),
        tags: [("team".to_owned(), "shop & <co>".to_owned())].into(),
        capabilities: vec!["CAPABILITY_IAM".to_owned()],
        role: None,
        notification_arns: Vec::new(),
        rollback: None,
        mode: DeploymentConfigMode::Standard,
        import_existing: false,
        drift: OnDrift::default(),
    }
}

pub(crate) async fn make(aws: &Aws, new: &NewChangeSet) -> (ChangeSetId, StackId) {
    match aws
        .call(&Call::CreateChangeSet(Box::new(new.clone())))
        .await
    {
        Ok(Reply::ChangeSetMade { change_set, stack }) => (change_set, stack),
        other => panic!("{other:?}"),
    }
}

pub(crate) async fn described(aws: &Aws, change_set: &ChangeSetId) -> ChangeSet {
    let change_set = change_set.clone();
    match aws.call(&Call::DescribeChangeSet { change_set }).await {
        Ok(Reply::ChangeSet(found)) => *found,
        other => panic!("{other:?}"),
    }
}

pub(crate) async fn execute(
    aws: &Aws,
    change_set: &ChangeSetId,
    token: &str,
) -> Result<Reply, Failure> {
    let (change_set, token) = (change_set.clone(), token.to_owned());
    aws.call(&Call::ExecuteChangeSet { change_set, token })
        .await
}

pub(crate) async fn stack(aws: &Aws, name: &str) -> Option<Box<Stack>> {
    let stack = name.to_owned();
    match aws.call(&Call::DescribeStack { stack }).await {
        Ok(Reply::Stack(found)) => found,
        other => panic!("{other:?}"),
    }
}

pub(crate) async fn events(aws: &Aws, stack: &StackId, after: Option<&str>) -> Vec<StackEvent> {
    let (stack, after) = (stack.clone(), after.map(str::to_owned));
    match aws.call(&Call::StackEvents { stack, after }).await {
        Ok(Reply::Events(events)) => events,
        other => panic!("{other:?}"),
    }
}

/// Makes a stack and answers its ARN.
pub(crate) async fn deploy(aws: &Aws, name: &str) -> StackId {
    let (change_set, stack) = make(aws, &new(name, "release-1", ChangeSetType::Create)).await;
    execute(aws, &change_set, "token-1").await.unwrap();
    stack
}

#[tokio::test]
async fn a_stack_is_made_changed_and_deleted() {
    let engine = Engine::start().await;
    let aws = engine.deploying();
    assert_eq!(stack(&aws, "shop").await, None);
    let id = deploy(&aws, "shop").await;
    let made = stack(&aws, "shop").await.unwrap();
    assert_eq!((&made.id, made.name.as_str()), (&id, "shop"));
    assert_eq!(made.status, StackStatus::CreateComplete);
    // Of AWS: a stack that a change set makes counts its execution as an update.
    assert!(made.updated.is_none_or(|updated| updated >= made.created));
    assert_eq!(made.parameters["Password"], "****");
    assert_eq!(made.parameters["Shown"], "first");
    assert_eq!(made.tags["team"], "shop & <co>");
    let (topic, export) = &made.outputs["Topic"];
    assert!(topic.contains(ACCOUNT), "{topic}");
    assert_eq!(export.as_deref(), Some("shop-Topic"));

    let mut second = new("shop", "release-2", ChangeSetType::Update);
    second.parameters = [
        ("Name".to_owned(), ParameterValue::Value("two".to_owned())),
        ("Shown".to_owned(), ParameterValue::Previous),
        ("Password".to_owned(), ParameterValue::Previous),
    ]
    .into();
    second.tags.clear();
    let (change_set, same) = make(&aws, &second).await;
    assert_eq!(same, id);
    let read = described(&aws, &change_set).await;
    assert_eq!(read.execution_status, ExecutionStatus::Available);
    assert_eq!(read.description.as_deref(), Some("release-2 of shop"));
    assert_eq!(read.include_nested_stacks, Some(false));
    let topic = &read.changes[0].resource_change;
    assert_eq!(topic.logical_resource_id, "Topic");
    assert_eq!(topic.action, Action::Modify);
    assert_eq!(topic.replacement.clone().unwrap(), Replacement::Will);
    let target = &topic.details[0].target;
    assert_eq!(target.before_value.as_deref(), Some("one"));
    assert_eq!(target.after_value.as_deref(), Some("two"));
    execute(&aws, &change_set, "token-2").await.unwrap();
    let changed = stack(&aws, id.as_str()).await.unwrap();
    assert_eq!(changed.status, StackStatus::UpdateComplete);
    assert!(changed.tags.is_empty(), "{:?}", changed.tags);

    let (stack_id, token) = (id.clone(), "token-3".to_owned());
    let delete = Call::DeleteStack {
        stack: stack_id,
        token,
    };
    assert_eq!(aws.call(&delete).await, Ok(Reply::Done));
    assert_eq!(stack(&aws, "shop").await, None);
    let deleted = stack(&aws, id.as_str()).await.unwrap();
    assert_eq!(deleted.status, StackStatus::DeleteComplete);
    assert_eq!(aws.call(&delete).await, Ok(Reply::Done));
}

#[tokio::test]
async fn events_are_those_of_the_last_operation_or_after_a_known_one() {
    let engine = Engine::start().await;
    let aws = engine.deploying();
    let id = deploy(&aws, "shop").await;
    let created = events(&aws, &id, None).await;
    let first = &created[0];
    assert_eq!(first.subject(), Subject::Stack);
    assert_eq!(first.resource_status, ResourceStatus::CreateInProgress);
    assert_eq!(first.client_request_token.as_deref(), Some("token-1"));
    let last = created.last().unwrap();
    assert_eq!(last.resource_status, ResourceStatus::CreateComplete);
    assert_eq!(last.subject(), Subject::Stack);
    assert!(created.is_sorted_by_key(|event| event.timestamp));
    assert!(events(&aws, &id, Some(&last.event_id)).await.is_empty());

    let mut second = new("shop", "release-2", ChangeSetType::Update);
    second.tags.clear();
    let (change_set, _) = make(&aws, &second).await;
    execute(&aws, &change_set, "token-2").await.unwrap();
    let updated = events(&aws, &id, None).await;
    assert_eq!(updated[0].resource_status, ResourceStatus::UpdateInProgress);
    // What happened since a known event may be more than the last operation.
    assert_eq!(events(&aws, &id, Some(&last.event_id)).await, updated);
    let from_first = events(&aws, &id, Some(&first.event_id)).await;
    assert_eq!(from_first.len(), created.len() - 1 + updated.len());
}

#[tokio::test]
async fn more_than_a_page_is_read_to_its_end() {
    const MANY: usize = 130;
    let engine = Engine::start().await;
    let aws = engine.deploying();
    let mut many = new("shop", "release-1", ChangeSetType::Create);
    let topics: String = (0..MANY)
        .map(|number| format!("  Topic{number}: {{Type: AWS::SNS::Topic}}\n"))
        .collect();
    many.template = TemplateSource::Body(format!("Resources:\n{topics}"));
    many.parameters.clear();
    let (change_set, id) = make(&aws, &many).await;
    let read = described(&aws, &change_set).await;
    assert_eq!((read.changes.len(), read.next_token), (MANY, None));
    execute(&aws, &change_set, "token-1").await.unwrap();
    let list = Call::ListStackResources { stack: id.clone() };
    match aws.call(&list).await.unwrap() {
        Reply::Resources(resources) => assert_eq!(resources.len(), MANY),
        other => panic!("{other:?}"),
    }
    let all = events(&aws, &id, None).await;
    // Three of each, and the stack's own two.
    assert!(all.len() >= 2 * MANY + 2, "{}", all.len());
    assert_eq!(all[0].subject(), Subject::Stack);
    let known = &all[10].event_id;
    assert_eq!(events(&aws, &id, Some(known)).await, all[11..]);
}

#[tokio::test]
async fn settings_of_a_stack() {
    let engine = Engine::start().await;
    let aws = engine.deploying();
    let stack_id = deploy(&aws, "shop").await;
    let policy = r#"{"Statement": [{"Effect": "Deny", "Action": "Update:*", "Principal": "*", "Resource": "*"}]}"#;
    let read = Call::GetStackPolicy {
        stack: stack_id.clone(),
    };
    assert_eq!(aws.call(&read).await, Ok(Reply::Policy(None)));
    let set = Call::SetStackPolicy {
        stack: stack_id.clone(),
        policy: policy.to_owned(),
    };
    assert_eq!(aws.call(&set).await, Ok(Reply::Done));
    let kept = Reply::Policy(Some(policy.to_owned()));
    assert_eq!(aws.call(&read).await, Ok(kept));
    let protect = |protected| Call::UpdateTerminationProtection {
        stack: stack_id.clone(),
        protected,
    };
    assert_eq!(aws.call(&protect(true)).await, Ok(Reply::Done));
    assert!(stack(&aws, "shop").await.unwrap().termination_protection);
    let delete = Call::DeleteStack {
        stack: stack_id.clone(),
        token: "token-2".to_owned(),
    };
    let failure = aws.call(&delete).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Refused);
    assert!(matches!(failure.refusal, Some(Refusal::Protected { .. })));
    assert_eq!(failure.what, "DeleteStack of `shop` was refused");
    assert_eq!(aws.call(&protect(false)).await, Ok(Reply::Done));
    let template = Call::GetTemplate { stack: stack_id };
    let text = Reply::Template(TEMPLATE.to_owned());
    assert_eq!(aws.call(&template).await, Ok(text));
    let importers = |export: &str| Call::ListImports {
        export: export.to_owned(),
    };
    let nobody = aws.call(&importers("shop-Topic")).await;
    assert_eq!(nobody, Ok(Reply::Importers(Vec::new())));
    let identity = aws.call(&Call::Identity).await.unwrap();
    assert!(matches!(identity, Reply::Identity { account, .. } if account == ACCOUNT));
}

#[tokio::test]
async fn what_went_wrong_is_mended() {
    let engine = Engine::start().await;
    let aws = engine.deploying();
    let id = deploy(&aws, "shop").await;
    engine.fault("update:shop/Queue:times=2");
    let mut second = new("shop", "release-2", ChangeSetType::Update);
    let changed = TEMPLATE.replace(
        "DependsOn: Topic",
        "DependsOn: Topic, Properties: {DelaySeconds: 1}",
    );
    second.template = TemplateSource::Body(changed);
    let (change_set, _) = make(&aws, &second).await;
    execute(&aws, &change_set, "token-2").await.unwrap();
    let stuck = stack(&aws, "shop").await.unwrap();
    assert_eq!(stuck.status, StackStatus::UpdateRollbackFailed);
    let mend = Call::ContinueUpdateRollback {
        stack: id.clone(),
        skip: vec!["Queue".to_owned()],
        token: "token-3".to_owned(),
    };
    assert_eq!(aws.call(&mend).await, Ok(Reply::Done));
    let mended = stack(&aws, "shop").await.unwrap();
    assert_eq!(mended.status, StackStatus::UpdateRollbackComplete);
    let events = events(&aws, &id, None).await;
    assert_eq!(
        events[0].resource_status,
        ResourceStatus::UpdateRollbackInProgress
    );
    let cancel = Call::CancelUpdateStack {
        stack: id.clone(),
        token: "token-4".to_owned(),
    };
    let failure = aws.call(&cancel).await.unwrap_err();
    assert!(
        matches!(failure.refusal, Some(Refusal::WrongStatus { .. })),
        "{failure:?}"
    );
}
