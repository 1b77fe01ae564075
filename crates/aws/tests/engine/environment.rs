//! A whole environment of the reference app, deployed, and what runs in it asked of every service.

use std::path::Path;

use stratiform_aws::Aws;
use stratiform_deploy::call::{
    Alarm, Database, Image, NewChangeSet, ParameterValue, Resource, Service, ServiceDeployment,
    Snapshot, Target, TemplateSource,
};
use stratiform_deploy::{Call, Reply};
use stratiform_service::StackStatus;
use stratiform_service::change_set::ChangeSetType;

use crate::calls::{execute, make, new, stack};
use crate::{ACCOUNT, Engine};

/// In an order in which each has what it imports.
const STACKS: [&str; 6] = [
    "network", "registry", "database", "queues", "services", "alarms",
];

fn image(service: &str, tag: &str) -> String {
    format!("{ACCOUNT}.dkr.ecr.eu-central-1.amazonaws.com/storefront/dev/{service}:{tag}")
}

fn creation(key: &str) -> NewChangeSet {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../snapshots/dev");
    let template = std::fs::read_to_string(Path::new(folder).join(format!("{key}.yaml"))).unwrap();
    let name = format!("storefront-dev-{key}");
    let mut creation = new(&name, "release-1", ChangeSetType::Create);
    creation.template = TemplateSource::Body(template);
    let images = ["Api", "Worker"].map(|service| {
        let value = image(&service.to_lowercase(), "1.0");
        (format!("{service}Image"), ParameterValue::Value(value))
    });
    creation.parameters = images.into_iter().filter(|_| key == "services").collect();
    creation
}

/// An environment whose largest template came by way of S3.
async fn environment() -> (Engine, Aws) {
    let engine = Engine::start().await;
    let aws = engine.deploying();
    for key in STACKS {
        let mut creation = creation(key);
        if let (TemplateSource::Body(body), "services") = (&creation.template, key) {
            let put = Call::PutTemplate {
                bucket: "storefront-templates".to_owned(),
                key: "dev/services & more.yaml".to_owned(),
                body: body.clone(),
            };
            creation.template = match aws.call(&put).await {
                Ok(Reply::Uploaded { url }) => TemplateSource::Url(url),
                other => panic!("{other:?}"),
            };
        }
        let (change_set, _) = make(&aws, &creation).await;
        execute(&aws, &change_set, "token-1").await.unwrap();
        let made = stack(&aws, &creation.stack).await.unwrap();
        assert_eq!(
            made.status,
            StackStatus::CreateComplete,
            "{:?}",
            made.reason
        );
    }
    (engine, aws)
}

async fn resources(aws: &Aws, key: &str, resource_type: &str) -> Vec<Resource> {
    let made = stack(aws, &format!("storefront-dev-{key}")).await.unwrap();
    let list = Call::ListStackResources { stack: made.id };
    match aws.call(&list).await {
        Ok(Reply::Resources(resources)) => {
            let resources = resources.into_iter();
            resources
                .filter(|resource| resource.resource_type == resource_type)
                .collect()
        }
        other => panic!("{other:?}"),
    }
}

fn physical(resource: &Resource) -> String {
    resource.physical_id.as_ref().unwrap().to_string()
}

async fn services(aws: &Aws, names: &[&str]) -> Vec<Service> {
    let call = Call::DescribeServices {
        cluster: "storefront-dev".to_owned(),
        services: names.iter().map(|name| (*name).to_owned()).collect(),
    };
    match aws.call(&call).await {
        Ok(Reply::Services(services)) => services,
        other => panic!("{other:?}"),
    }
}

async fn deployment(aws: &Aws, cluster: &str, service: &str) -> Option<ServiceDeployment> {
    let (cluster, service) = (cluster.to_owned(), service.to_owned());
    match aws
        .call(&Call::LatestServiceDeployment { cluster, service })
        .await
    {
        Ok(Reply::ServiceDeployment(deployment)) => deployment,
        other => panic!("{other:?}"),
    }
}

async fn images(aws: &Aws, task_definition: &str) -> Vec<String> {
    let task_definition = task_definition.to_owned();
    match aws
        .call(&Call::DescribeTaskDefinition { task_definition })
        .await
    {
        Ok(Reply::TaskDefinition { images, .. }) => images.into_values().collect(),
        other => panic!("{other:?}"),
    }
}

async fn targets(aws: &Aws, target_group: &str) -> Vec<Target> {
    let target_group = target_group.to_owned();
    match aws.call(&Call::DescribeTargetHealth { target_group }).await {
        Ok(Reply::Targets(targets)) => targets,
        other => panic!("{other:?}"),
    }
}

async fn alarms(aws: &Aws, names: Vec<String>) -> Vec<Alarm> {
    match aws.call(&Call::DescribeAlarms { names }).await {
        Ok(Reply::Alarms(alarms)) => alarms,
        other => panic!("{other:?}"),
    }
}

async fn database(aws: &Aws, identifier: &str) -> Option<Database> {
    let identifier = identifier.to_owned();
    match aws.call(&Call::DescribeDbInstance { identifier }).await {
        Ok(Reply::Database(database)) => database,
        other => panic!("{other:?}"),
    }
}

async fn snapshots(aws: &Aws, instance: &str) -> Vec<Snapshot> {
    let instance = instance.to_owned();
    match aws.call(&Call::DescribeDbSnapshots { instance }).await {
        Ok(Reply::Snapshots(snapshots)) => snapshots,
        other => panic!("{other:?}"),
    }
}

async fn found(aws: &Aws, repository: &str, reference: &str) -> Option<Image> {
    let (repository, reference) = (repository.to_owned(), reference.to_owned());
    let call = Call::DescribeImage {
        repository,
        reference,
    };
    match aws.call(&call).await {
        Ok(Reply::Image(image)) => image,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn what_runs_is_asked_of_every_service() {
    let (engine, aws) = environment().await;

    let service = &resources(&aws, "services", "AWS::ECS::Service").await[0];
    let arn = physical(service);
    let found_services = services(&aws, &[&arn, "nobody"]).await;
    assert_eq!(found_services.len(), 1, "{found_services:?}");
    let api = &found_services[0];
    assert_eq!((&api.arn, api.status.as_str()), (&arn, "ACTIVE"));
    assert!(api.desired > 0 && api.running == api.desired, "{api:?}");
    assert_eq!(api.deployments.len(), 1);
    let primary = &api.deployments[0];
    assert_eq!(primary.status, "PRIMARY");
    assert_eq!(primary.rollout.as_deref(), Some("COMPLETED"));
    assert_eq!(primary.task_definition, api.task_definition);
    assert_eq!((primary.running, primary.failed), (api.running, 0));
    assert_eq!(
        images(&aws, &api.task_definition).await,
        [image("api", "1.0")]
    );

    let newest = deployment(&aws, "storefront-dev", &api.name).await.unwrap();
    assert_eq!(newest.status, "SUCCESSFUL");
    assert!(newest.created.is_some());

    let group = &api.target_groups[0];
    let all = targets(&aws, group).await;
    assert_eq!(all.len(), api.running as usize);
    assert!(
        all.iter().all(|target| target.state == "healthy"),
        "{all:?}"
    );

    let mut names: Vec<String> = Vec::new();
    for kind in ["AWS::CloudWatch::CompositeAlarm", "AWS::CloudWatch::Alarm"] {
        let alarms = resources(&aws, "alarms", kind).await;
        names.extend(alarms.iter().map(physical));
    }
    let composite = names[0].clone();
    names.push("nobody".to_owned());
    let quiet = alarms(&aws, names.clone()).await;
    names.pop();
    let told: Vec<&String> = quiet.iter().map(|alarm| &alarm.name).collect();
    assert_eq!(told, names.iter().collect::<Vec<_>>());
    assert!(quiet.iter().all(|alarm| alarm.state == "OK"), "{quiet:?}");
    assert!(quiet.iter().all(|alarm| alarm.since.is_some()));
    assert!(quiet[0].arn.ends_with(&format!(":alarm:{composite}")));
    engine.fault(&format!("alarm:{}:at=0", names[1]));
    let loud = alarms(&aws, vec![names[1].clone()]).await;
    assert_eq!(loud[0].state, "ALARM");
    assert!(loud[0].reason.is_some());
    assert!(alarms(&aws, Vec::new()).await.is_empty());

    let instance = physical(&resources(&aws, "database", "AWS::RDS::DBInstance").await[0]);
    let read = database(&aws, &instance).await.unwrap();
    assert_eq!(
        (&read.identifier, read.status.as_str()),
        (&instance, "available")
    );
    assert!(read.backup_days > 0, "{read:?}");
    assert!(read.restorable_until.is_some());
    assert!(snapshots(&aws, &instance).await.is_empty());

    assert_eq!(found(&aws, "storefront/dev/api", "none").await, None);
    let by_tag = found(&aws, "storefront/dev/api", "1.0").await.unwrap();
    assert_eq!(by_tag.tags, ["1.0"]);
    assert!(by_tag.pushed.is_some());
    let by_digest = found(&aws, "storefront/dev/api", &by_tag.digest).await;
    assert_eq!(by_digest, Some(by_tag));
}

#[tokio::test]
async fn what_runs_is_changed() {
    let (_engine, aws) = environment().await;
    let definitions = resources(&aws, "services", "AWS::ECS::TaskDefinition").await;
    let named = |name: &str| {
        let mut definitions = definitions.iter();
        physical(
            definitions
                .find(|found| found.logical_id.as_str().contains(name))
                .unwrap(),
        )
    };
    let (cluster, service) = ("storefront-dev".to_owned(), "worker".to_owned());
    let worker = services(&aws, &[&service]).await.remove(0);
    assert_eq!(worker.task_definition, named("Worker"));
    let update = Call::UpdateService {
        cluster,
        service,
        task_definition: named("Api"),
    };
    assert_eq!(aws.call(&update).await, Ok(Reply::Done));
    let moved = services(&aws, &["worker"]).await.remove(0);
    assert_eq!(moved.task_definition, named("Api"));

    let instance = physical(&resources(&aws, "database", "AWS::RDS::DBInstance").await[0]);
    let take = |name: &str| Call::CreateDbSnapshot {
        instance: instance.clone(),
        snapshot: name.to_owned(),
    };
    let Ok(Reply::Snapshot(first)) = aws.call(&take("run-1")).await else {
        panic!("no snapshot");
    };
    assert_eq!(
        (first.identifier.as_str(), first.status.as_str()),
        ("run-1", "creating")
    );
    // The same again, as after an answer that was lost.
    let Ok(Reply::Snapshot(again)) = aws.call(&take("run-1")).await else {
        panic!("no snapshot");
    };
    assert_eq!(again.identifier, "run-1");
    let all = snapshots(&aws, &instance).await;
    assert_eq!(all.len(), 1);
    assert_eq!(all[0].identifier, "run-1");
}

#[tokio::test]
async fn what_is_not_there() {
    let engine = Engine::start().await;
    let aws = engine.deploying();
    assert!(services(&aws, &["api"]).await.is_empty());
    assert_eq!(deployment(&aws, "default", "api").await, None);
    assert_eq!(deployment(&aws, "nowhere", "api").await, None);
    assert!(alarms(&aws, vec!["none".to_owned()]).await.is_empty());
    assert_eq!(database(&aws, "none").await, None);
    assert!(snapshots(&aws, "none").await.is_empty());
    assert_eq!(found(&aws, "none", "1.0").await, None);
    let group = format!("arn:aws:elasticloadbalancing:eu-central-1:{ACCOUNT}:targetgroup/a/1");
    let health = Call::DescribeTargetHealth {
        target_group: group.clone(),
    };
    let failure = aws.call(&health).await.unwrap_err();
    assert_eq!(
        failure.what,
        format!("DescribeTargetHealth of `{group}` was refused")
    );
    assert!(
        failure.why.starts_with("TargetGroupNotFound: "),
        "{}",
        failure.why
    );
    assert_eq!(failure.refusal, None);
    let take = Call::CreateDbSnapshot {
        instance: "none".to_owned(),
        snapshot: "run-1".to_owned(),
    };
    let failure = aws.call(&take).await.unwrap_err();
    assert!(
        failure.why.starts_with("DBInstanceNotFound: "),
        "{}",
        failure.why
    );
}
