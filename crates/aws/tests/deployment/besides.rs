//! What a release does besides its stacks: tasks, commands, and who is told.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;

use serde_json::Value;
use stratiform_aws::{Audience, Interruption, carry_out};
use stratiform_deploy::call::{Service, Task};
use stratiform_deploy::{
    Call, CommandNews, Ending, Notify, OnFailure, Outcome, Plan, PlannedCommand, PlannedTask,
    Proposal, Reply, TaskEnd, TaskNews, Told, Turn,
};
use stratiform_test_support::post;
use tokio::sync::mpsc::UnboundedSender;

use crate::deploying::{Went, deploy};
use crate::interrupted::killed_after;
use crate::{Engine, plans};

const SERVICES: &str = "Parameters:
  ApiImage: {Type: String}
Resources:
  Cluster: {Type: AWS::ECS::Cluster, Properties: {ClusterName: shop}}
  Logs: {Type: AWS::Logs::LogGroup, Properties: {LogGroupName: /shop/api}}
  Definition:
    Type: AWS::ECS::TaskDefinition
    Properties:
      Family: api
      NetworkMode: awsvpc
      ContainerDefinitions:
        - Name: api
          Essential: true
          Image: !Ref ApiImage
          LogConfiguration:
            LogDriver: awslogs
            Options: {awslogs-group: !Ref Logs, awslogs-region: eu-central-1, awslogs-stream-prefix: api}
  Service:
    Type: AWS::ECS::Service
    Properties:
      ServiceName: api
      Cluster: !Ref Cluster
      DesiredCount: 1
      LaunchType: FARGATE
      TaskDefinition: !Ref Definition
      NetworkConfiguration: {AwsvpcConfiguration: {Subnets: [subnet-1]}}
";

fn image(version: u32) -> String {
    format!("shop/api:{version}")
}

/// A service, behind two other stacks of which the first changes with it.
fn services(version: u32, tasks: &[PlannedTask]) -> Plan {
    let mut plan = plans::two(version);
    let mut stack = plans::stack("services", SERVICES, vec![0]);
    let value = stratiform_deploy::call::ParameterValue::Value(image(version));
    stack.parameters.insert("ApiImage".to_owned(), value);
    plan.stacks.push(stack);
    plan.conduct.run = format!("r{version}");
    plan.conduct.besides.tasks = tasks.to_vec();
    for task in &mut plan.conduct.besides.tasks {
        task.images = [("api".to_owned(), image(version))].into();
    }
    plan
}

fn task(name: &str, runs: Turn) -> PlannedTask {
    PlannedTask {
        name: name.to_owned(),
        service: "api".to_owned(),
        stack: "services".to_owned(),
        service_id: "Service".parse().unwrap(),
        container: "api".to_owned(),
        images: Default::default(),
        command: vec!["bin/run".to_owned(), name.to_owned()],
        runs,
        reversible: true,
        patience_minutes: 1,
    }
}

fn migrate() -> PlannedTask {
    task("migrate", Turn::Before)
}

fn smoke() -> PlannedTask {
    task("smoke", Turn::After)
}

fn command(name: &str, script: &str) -> PlannedCommand {
    PlannedCommand {
        name: name.to_owned(),
        argv: ["/bin/sh", "-c", script].map(str::to_owned).to_vec(),
        folder: String::new(),
        patience_minutes: 1,
    }
}

/// What was told of tasks, commands and stacks, in short and in order.
fn story(went: &Went) -> Vec<String> {
    let plan = went.plan();
    let besides = &plan.conduct.besides;
    let told = went.watcher.told.iter();
    let lines = told.filter_map(|told| match told {
        Told::Task { task, news } => {
            let name = &besides.tasks[*task].name;
            Some(match news {
                TaskNews::Later => format!("{name} comes later"),
                TaskNews::Resumed => format!("{name} runs already"),
                TaskNews::Begins { .. } => format!("{name} begins"),
                TaskNews::Stopping(why) => format!("{name} is stopped: {why}"),
                TaskNews::Ended(TaskEnd::Done) => format!("{name} is done"),
                TaskNews::Ended(TaskEnd::DoneBefore) => format!("{name} was done"),
                TaskNews::Ended(TaskEnd::Failed { why, .. }) => format!("{name} failed: {why}"),
                TaskNews::Status(_) => return None,
            })
        }
        Told::Command { command, news } => {
            let name = &besides.commands[*command].name;
            Some(match news {
                CommandNews::Begins => format!("{name} begins"),
                CommandNews::Ended { failed, .. } => format!("{name}: {failed:?}"),
            })
        }
        Told::Stack {
            stack,
            news: stratiform_deploy::News::Executing(_),
        } => Some(format!("{} changes", plan.stacks[*stack].key)),
        Told::Verifying => Some("looked at".to_owned()),
        Told::GoingBack => Some("goes back".to_owned()),
        Told::Stays { tasks } => Some(format!("stays for {}", tasks.join(", "))),
        _ => None,
    });
    lines.collect()
}

async fn service(engine: &Engine) -> Service {
    let call = Call::DescribeServices {
        cluster: "shop".to_owned(),
        services: vec!["api".to_owned()],
    };
    match engine.aws().call(&call).await {
        Ok(Reply::Services(services)) => services.into_iter().next().unwrap(),
        other => panic!("{other:?}"),
    }
}

/// The image that the service runs.
async fn runs(engine: &Engine) -> String {
    let call = Call::DescribeTaskDefinition {
        task_definition: service(engine).await.task_definition,
    };
    match engine.aws().call(&call).await {
        Ok(Reply::TaskDefinition { images, .. }) => images["api"].clone(),
        other => panic!("{other:?}"),
    }
}

async fn tasks(engine: &Engine, name: &str) -> Vec<Task> {
    let call = Call::FindTasks {
        cluster: "shop".to_owned(),
        family: format!("api-{name}"),
    };
    match engine.aws().call(&call).await {
        Ok(Reply::Tasks(tasks)) => tasks,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn tasks_and_commands_run_at_their_place() {
    let engine = Engine::start().await;
    let plan = |version| {
        let mut plan = services(version, &[migrate(), smoke()]);
        plan.conduct.besides.commands = vec![command("load", "exit 0")];
        plan
    };
    let went = engine.deploy(plan(1)).await;
    assert_eq!(went.outcome(), Outcome::Done, "{:?}", story(&went));
    // Nothing ran of which a migration could have come before.
    let mut first = story(&went);
    // It comes before or after what it has nothing to do with.
    first.retain(|line| line != "topic changes");
    assert_eq!(
        first,
        [
            "queue changes",
            "migrate comes later",
            "services changes",
            "migrate begins",
            "migrate is done",
            "looked at",
            "smoke begins",
            "smoke is done",
            "load begins",
            "load: None",
            "looked at",
        ]
    );
    let went = engine.deploy(plan(2)).await;
    assert_eq!(went.outcome(), Outcome::Done, "{:?}", story(&went));
    assert_eq!(
        story(&went)[..4],
        [
            "queue changes",
            "migrate begins",
            "migrate is done",
            "services changes",
        ]
    );
    assert_eq!(runs(&engine).await, image(2));
    // Before the service had it, the task ran the new image.
    let ran = tasks(&engine, "migrate").await;
    let last = Call::DescribeTaskDefinition {
        task_definition: ran.last().unwrap().task_definition.clone(),
    };
    let Ok(Reply::TaskDefinition { images, arn, .. }) = engine.aws().call(&last).await else {
        panic!("it is not there");
    };
    assert_eq!(images["api"], image(2));
    assert!(arn.contains("task-definition/api-migrate:"), "{arn}");
    // And nothing at all where nothing changes.
    let went = engine.deploy(plan(2)).await;
    assert_eq!(story(&went), [""; 0]);
}

#[tokio::test]
async fn a_task_that_fails_before_leaves_the_service_alone() {
    for (on_failure, outcome) in [
        (OnFailure::Keep, Outcome::Failed),
        (OnFailure::RollBackAll, Outcome::RolledBack),
    ] {
        let engine = Engine::start().await;
        engine.deploy(services(1, &[migrate()])).await;
        engine.fault("task:shop/api-migrate=fail:exit=3:times=1");
        let mut plan = services(2, &[migrate()]);
        plan.conduct.on_failure = on_failure;
        let went = engine.deploy(plan).await;
        assert_eq!(went.outcome(), outcome, "{:?}", story(&went));
        assert_eq!(went.endings()[2], Ending::Held(0));
        assert_eq!(runs(&engine).await, image(1));
        let told = went.watcher.told.iter().find_map(|told| match told {
            Told::Task {
                news: TaskNews::Ended(TaskEnd::Failed { why, printed }),
                ..
            } => Some((why.clone(), printed.clone())),
            _ => None,
        });
        let (why, printed) = told.unwrap();
        assert_eq!(why, "it ended with exit code 3");
        assert_eq!(
            printed.unwrap(),
            ["the engine runs nothing: bin/run migrate", "exit code 3"]
        );
        let went = engine.deploy(services(2, &[migrate()])).await;
        assert_eq!(went.outcome(), Outcome::Done, "{:?}", story(&went));
        assert_eq!(runs(&engine).await, image(2));
    }
}

#[tokio::test]
async fn a_task_that_fails_afterwards_rolls_back() {
    let engine = Engine::start().await;
    engine.deploy(services(1, &[smoke()])).await;
    engine.fault("task:shop-dev-services/api-smoke=fail");
    let went = engine.deploy(services(2, &[smoke()])).await;
    assert_eq!(went.outcome(), Outcome::RolledBack, "{:?}", story(&went));
    assert_eq!(went.endings()[2], Ending::WentBack);
    assert_eq!(runs(&engine).await, image(1));
}

#[tokio::test]
async fn a_command_that_fails_rolls_back_and_says_what_it_printed() {
    let engine = Engine::start().await;
    engine.deploy(services(1, &[])).await;
    let mut plan = services(2, &[]);
    plan.conduct.besides.commands = vec![
        command("first", "echo $STRATIFORM_ENV; exit 2"),
        command("second", "exit 0"),
    ];
    let variable = ("STRATIFORM_ENV".to_owned(), "dev".to_owned());
    plan.conduct.besides.variables = [variable].into();
    plan.conduct.besides.root = std::env::temp_dir();
    let went = engine.deploy(plan).await;
    assert_eq!(went.outcome(), Outcome::RolledBack, "{:?}", story(&went));
    assert_eq!(runs(&engine).await, image(1));
    let ended = went.watcher.told.iter().filter_map(|told| match told {
        Told::Command {
            news: CommandNews::Ended { failed, printed },
            ..
        } => Some((failed.clone(), printed.clone())),
        _ => None,
    });
    let expected = (
        Some("it ended with exit code 2".to_owned()),
        vec!["dev".to_owned()],
    );
    assert_eq!(ended.collect::<Vec<_>>(), [expected]);
}

#[tokio::test]
async fn a_task_that_never_ends_is_stopped() {
    let engine = Engine::start().await;
    engine.deploy(services(1, &[migrate()])).await;
    engine.fault("task:shop/api-migrate=stall:times=1");
    let stuck = PlannedTask {
        patience_minutes: 0,
        ..migrate()
    };
    let went = engine.deploy(services(2, &[stuck])).await;
    assert_eq!(went.outcome(), Outcome::Failed, "{:?}", story(&went));
    let story = story(&went);
    assert!(
        story.contains(&"migrate failed: it took more than 0 min".to_owned()),
        "{story:?}"
    );
    let ran = tasks(&engine, "migrate").await;
    assert!(ran.iter().all(|task| task.status == "STOPPED"), "{ran:?}");
}

#[tokio::test]
async fn nothing_goes_back_over_what_cannot_be_undone() {
    let forever = PlannedTask {
        reversible: false,
        ..migrate()
    };
    for crossed in [false, true] {
        let engine = Engine::start().await;
        engine
            .deploy(services(1, std::slice::from_ref(&forever)))
            .await;
        engine.fault("task:shop/api-smoke=fail");
        let mut plan = services(2, &[forever.clone(), smoke()]);
        if crossed {
            plan.conduct.besides.crossed = vec!["migrate".to_owned()];
        }
        let went = engine.deploy(plan).await;
        if crossed {
            assert_eq!(went.outcome(), Outcome::RolledBack, "{:?}", story(&went));
            assert_eq!(runs(&engine).await, image(1));
        } else {
            assert_eq!(went.outcome(), Outcome::NeedsPerson, "{:?}", story(&went));
            assert_eq!(story(&went).last().unwrap(), "stays for migrate");
            assert_eq!(went.endings()[2], Ending::Deployed);
            assert_eq!(runs(&engine).await, image(2));
        }
    }
}

#[tokio::test]
async fn what_cloudformation_rolls_back_over_it_is_said() {
    let forever = PlannedTask {
        reversible: false,
        ..migrate()
    };
    for (crossed, outcome) in [
        (Vec::new(), Outcome::NeedsPerson),
        (vec!["migrate".to_owned()], Outcome::RolledBack),
    ] {
        let engine = Engine::start().await;
        engine
            .deploy(services(1, std::slice::from_ref(&forever)))
            .await;
        engine.fault("update:shop-dev-services/Service:times=1");
        let mut plan = services(2, std::slice::from_ref(&forever));
        plan.conduct.besides.crossed = crossed;
        let went = engine.deploy(plan).await;
        assert_eq!(went.outcome(), outcome, "{:?}", story(&went));
        assert!(matches!(went.endings()[2], Ending::RolledBack(_)));
        assert_eq!(runs(&engine).await, image(1));
        let said = story(&went).contains(&"stays for migrate".to_owned());
        assert_eq!(said, outcome == Outcome::NeedsPerson);
    }
}

#[tokio::test]
async fn what_never_began_is_in_nobodys_way() {
    let engine = Engine::start().await;
    let forever = PlannedTask {
        reversible: false,
        ..migrate()
    };
    engine
        .deploy(services(1, std::slice::from_ref(&forever)))
        .await;
    engine.fault("task:shop/api-migrate=pull:times=1");
    let mut plan = services(2, &[forever]);
    plan.conduct.on_failure = OnFailure::RollBackAll;
    let went = engine.deploy(plan).await;
    assert_eq!(went.outcome(), Outcome::RolledBack, "{:?}", story(&went));
    let story = story(&went).join("\n");
    assert!(
        story.contains("migrate failed: CannotPullContainerError"),
        "{story}"
    );
}

#[tokio::test]
async fn calls_that_fail_for_a_while_run_no_task_twice() {
    for fault in ["throttle", "500", "cut", "lost"] {
        for operation in [
            "RegisterTaskDefinition",
            "RunTask",
            "DescribeTasks",
            "ListTasks",
        ] {
            let engine = Engine::facing(fault).await;
            engine.deploy(services(1, &[])).await;
            engine.fault(&format!("api:{operation}={fault}:times=1"));
            let went = engine.deploy(services(2, &[migrate()])).await;
            assert_eq!(
                went.outcome(),
                Outcome::Done,
                "{operation} {fault}: {:?}",
                story(&went)
            );
            assert_eq!(
                tasks(&engine, "migrate").await.len(),
                1,
                "{operation} {fault}"
            );
        }
    }
}

#[tokio::test]
async fn a_run_that_was_killed_anywhere_has_run_its_task_once() {
    let engine = Engine::start().await;
    for calls in 0.. {
        let before = u32::try_from(calls).unwrap() + 1;
        engine.deploy(services(before, &[])).await;
        let plan = services(before + 1, &[migrate()]);
        let ended = killed_after(&engine.aws(), plan.clone(), calls).await;
        let went = engine.deploy(plan).await;
        assert_eq!(
            went.outcome(),
            Outcome::Done,
            "after {calls}: {:?}",
            story(&went)
        );
        let by = format!("stratiform-r{}-migrate", before + 1);
        let ran = tasks(&engine, "migrate").await.into_iter();
        let ran = ran
            .filter(|task| task.started_by.as_ref() == Some(&by))
            .count();
        assert_eq!(ran, 1, "after {calls}: {:?}", story(&went));
        if ended.is_some() {
            assert!(calls > 12, "it has to be killed somewhere");
            break;
        }
    }
}

/// Somebody who wants it to end, twice, as soon as the task runs.
struct Impatient(UnboundedSender<()>, Vec<Interruption>);

impl Audience for Impatient {
    fn told(&mut self, _: &Plan, told: &Told) {
        if let Told::Task {
            news: TaskNews::Begins { .. },
            ..
        } = told
        {
            self.0.send(()).unwrap();
            self.0.send(()).unwrap();
        }
    }

    fn approve(&mut self, _: &Plan, _: &[(usize, Option<&Proposal>)]) -> bool {
        true
    }

    fn interrupted(&mut self, interruption: Interruption) {
        self.1.push(interruption);
    }
}

#[tokio::test]
async fn who_wants_it_to_end_twice_stops_the_task() {
    let engine = Engine::start().await;
    engine.deploy(services(1, &[])).await;
    engine.fault("task:shop/api-migrate=stall:times=1");
    let (interrupt, mut interrupts) = tokio::sync::mpsc::unbounded_channel();
    let mut somebody = Impatient(interrupt, Vec::new());
    let plan = services(2, &[migrate()]);
    let run = carry_out(&engine.aws(), plan, &mut somebody, &mut interrupts).await;
    assert_eq!(somebody.1, [Interruption::GoesOn, Interruption::Cancels]);
    assert_eq!(run.outcome(), Some(Outcome::Failed));
    assert_eq!(run.endings()[2], Some(Ending::Held(0)));
    assert_eq!(runs(&engine).await, image(1));
    let ran = tasks(&engine, "migrate").await;
    assert_eq!(
        ran[0].reason.as_deref(),
        Some("the deployment was interrupted")
    );
}

fn told(plan: &mut Plan, webhook: Option<&str>) {
    plan.conduct.besides.notify = Some(Notify {
        topics: vec!["arn:aws:sns:eu-central-1:111122223333:shop-dev-told".to_owned()],
        webhook: webhook.map(str::to_owned),
        subject: "shop dev".to_owned(),
        link: Some("https://github.com/a/b/actions/runs/1".to_owned()),
        waits: true,
    });
}

const TOPIC: &str = "  Told: {Type: AWS::SNS::Topic, Properties: {TopicName: shop-dev-told}}\n";

fn messages(engine: &Engine) -> Vec<String> {
    let address = engine.running.url();
    let text = stratiform_test_support::get(&format!("{address}/_stratiform/messages"));
    let all: Value = serde_json::from_str(&text).unwrap();
    let all = all.as_array().unwrap().iter();
    all.map(|message| message["message"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn topics_are_told_and_one_that_is_not_there_stops_nothing() {
    let engine = Engine::start().await;
    let plan = |version, is_there: bool| {
        let mut plan = services(version, &[smoke()]);
        if is_there {
            plan.stacks[1].template += TOPIC;
        }
        told(&mut plan, None);
        plan
    };
    // There is no topic: each of three receivers is missed, and that is all.
    let went = engine.deploy(plan(1, false)).await;
    assert_eq!(went.outcome(), Outcome::Done, "{:?}", story(&went));
    let missed = went.watcher.told.iter();
    let missed = missed.filter(|told| matches!(told, Told::NotNotified { .. }));
    assert_eq!(missed.count(), 3);
    engine.deploy(plan(2, true)).await;
    let known = messages(&engine).len();
    engine.fault("task:shop/api-smoke=fail");
    let went = engine.deploy(plan(3, true)).await;
    assert_eq!(went.outcome(), Outcome::RolledBack, "{:?}", story(&went));
    let messages = messages(&engine).split_off(known);
    let first: Vec<&str> = messages
        .iter()
        .map(|message| message.lines().next().unwrap())
        .collect();
    assert_eq!(
        first,
        [
            "shop dev: v1.0.0 waits for approval",
            "shop dev: v1.0.0 is being deployed",
            "shop dev: v1.0.0 failed, and was rolled back",
        ]
    );
    let last = messages.last().unwrap();
    for line in [
        "verdict: the task smoke failed, queue went back, services went back",
        "link: https://github.com/a/b/actions/runs/1",
        "by: somebody",
    ] {
        assert!(last.lines().any(|known| known == line), "{last}");
    }
}

/// A server that takes so many requests; gives their bodies.
fn webhook(
    requests: usize,
    status: &'static str,
) -> (String, std::thread::JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/hook/s3cret", listener.local_addr().unwrap());
    let served = std::thread::spawn(move || {
        let taken = listener.incoming().take(requests).map(|stream| {
            let mut stream = stream.unwrap();
            let mut text = String::new();
            let mut part = [0; 4096];
            let length = |text: &str| -> Option<usize> {
                let (head, body) = text.split_once("\r\n\r\n")?;
                let mut lines = head.lines().map(str::to_ascii_lowercase);
                let length = lines
                    .find_map(|line| line.strip_prefix("content-length: ")?.parse::<usize>().ok());
                length.map(|length| length.saturating_sub(body.len()))
            };
            while length(&text) != Some(0) {
                let count = stream.read(&mut part).unwrap();
                assert!(count > 0, "it was cut off: {text}");
                text += &String::from_utf8_lossy(&part[..count]);
            }
            let answer =
                format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
            stream.write_all(answer.as_bytes()).unwrap();
            text.split_once("\r\n\r\n").unwrap().1.to_owned()
        });
        taken.collect()
    });
    (url, served)
}

#[tokio::test]
async fn a_webhook_is_told_and_its_address_is_not() {
    let engine = Engine::start().await;
    let (url, served) = webhook(3, "200 OK");
    let plan = |version| {
        let mut plan = plans::two(version);
        told(&mut plan, Some("HOOK"));
        plan.conduct.besides.notify.as_mut().unwrap().topics.clear();
        plan
    };
    let aws = engine.aws().telling("HOOK".to_owned(), url);
    let went = deploy(&aws, plan(1), true).await;
    assert_eq!(went.outcome(), Outcome::Done);
    let bodies = served.join().unwrap();
    let last: Value = serde_json::from_str(bodies.last().unwrap()).unwrap();
    assert_eq!(last["text"], "shop dev: v1.0.0 is deployed");
    assert_eq!(last["attachments"][0]["fields"][0]["value"], "done");

    for status in ["404 Not Found", ""] {
        let (url, _served) = match status {
            "" => ("http://127.0.0.1:1/hook/s3cret".to_owned(), None),
            status => {
                let (url, served) = webhook(3, status);
                (url, Some(served))
            }
        };
        let aws = engine.aws().telling("HOOK".to_owned(), url);
        let version = if status.is_empty() { 2 } else { 3 };
        let went = deploy(&aws, plan(version), true).await;
        assert_eq!(went.outcome(), Outcome::Done);
        let missed = went.watcher.told.iter().filter_map(|told| match told {
            Told::NotNotified { receiver, why } => Some(format!("{receiver}: {why}")),
            _ => None,
        });
        let missed: Vec<String> = missed.collect();
        assert_eq!(missed.len(), 3);
        assert!(
            missed[0].starts_with("the webhook of $HOOK: "),
            "{missed:?}"
        );
        assert!(
            !format!("{:?}", went.watcher.told).contains("s3cret"),
            "{missed:?}"
        );
    }
}

#[tokio::test]
async fn who_prepares_says_that_somebody_is_waited_for() {
    let engine = Engine::start().await;
    let mut plan = services(1, &[]);
    plan.stacks[1].template += TOPIC;
    engine.deploy(plan).await;
    let mut plan = services(2, &[migrate()]);
    plan.stacks[1].template += TOPIC;
    told(&mut plan, None);
    plan.conduct.until = stratiform_deploy::Until::Prepared;
    let went = engine.deploy(plan).await;
    assert_eq!(went.outcome(), Outcome::Done);
    assert_eq!(story(&went), [""; 0]);
    let messages = messages(&engine);
    assert_eq!(messages.len(), 1, "{messages:?}");
    assert!(messages[0].starts_with("shop dev: v1.0.0 waits for approval"));
    post(
        &format!("{}/_stratiform/calm", engine.running.url()),
        &[],
        "",
    );
}
