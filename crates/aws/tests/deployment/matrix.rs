//! The failure matrix: everything that can go wrong, one at a time. In every cell no stack is left in a state that was
//! not reported, nothing that holds data is lost, and the outcome is the right one.
//!
//! `docs/reliability.md` has the counts; the test holds the page against what was found.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use futures_util::{StreamExt, stream};
use stratiform_deploy::call::Stack;
use stratiform_deploy::{
    Allowance, Call, Ending, Loss, Mending, OnFailure, Outcome, Plan, PlannedStack, Reply,
};
use stratiform_service::status::{Ending as StackEnding, Phase};

use crate::spoiled::{Spoiled, spoiling};
use crate::{Engine, Went, plans};

/// What an outcome is to whoever called the command.
fn exit(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Done => "0 done",
        Outcome::Failed => "1 failed",
        Outcome::No => "3 no",
        Outcome::RolledBack => "4 rolled back",
        Outcome::NeedsPerson => "5 needs a person",
    }
}

/// Asks how a stack really is, and holds it against what was said of it.
async fn hold(engine: &Engine, plan: &Plan, went: &Went, cell: &str) {
    for (stack, ending) in plan.stacks.iter().zip(went.endings()) {
        let call = Call::DescribeStack {
            stack: stack.name.to_string(),
        };
        let Ok(Reply::Stack(found)) = engine.aws().call(&call).await else {
            panic!("{cell}: the stack cannot be asked");
        };
        let Some(found) = found else {
            let is_right = !matches!(
                ending,
                Ending::Deployed | Ending::Unchanged | Ending::WentBack | Ending::Stays(_)
            );
            assert!(is_right, "{cell}: {ending:?}, and there is no stack");
            continue;
        };
        let template = match engine
            .aws()
            .call(&Call::GetTemplate {
                stack: found.id.clone(),
            })
            .await
        {
            Ok(Reply::Template(template)) => template,
            _ => String::new(),
        };
        let is_planned = template == stack.template;
        let phase = found.status.phase();
        let is_well = matches!(
            phase,
            Phase::Settled(StackEnding::Applied | StackEnding::RolledBack)
        );
        let is_right = match &ending {
            Ending::Deployed | Ending::Unchanged | Ending::Stays(_) => is_well && is_planned,
            Ending::WentBack => is_well && !is_planned,
            Ending::RolledBack(_) => {
                is_well && !is_planned || phase == Phase::Settled(StackEnding::NeverCreated)
            }
            Ending::Stuck(_) => true,
            Ending::Prepared
            | Ending::Refused(_)
            | Ending::NotApproved
            | Ending::NotReached(_)
            | Ending::Held(_) => {
                !is_planned || is_well || phase == Phase::Settled(StackEnding::Reviewed)
            }
        };
        assert!(
            is_right,
            "{cell}: {ending:?}, and the stack is {}",
            found.status.as_str()
        );
        if matches!(ending, Ending::Deployed | Ending::Unchanged) {
            hold_guards(engine, stack, &found, cell).await;
        }
        if !is_well
            && phase != Phase::Settled(StackEnding::NeverCreated)
            && phase != Phase::Settled(StackEnding::Reviewed)
        {
            let said = matches!(went.outcome(), Outcome::NeedsPerson | Outcome::No);
            assert!(
                said,
                "{cell}: {:?}, and the stack is {}",
                went.outcome(),
                found.status.as_str()
            );
        }
    }
}

/// A stack that is as planned has its policy and its protection too.
async fn hold_guards(engine: &Engine, planned: &PlannedStack, found: &Stack, cell: &str) {
    if let Some(protected) = planned.termination_protection {
        assert_eq!(found.termination_protection, protected, "{cell}");
    }
    if planned.policy.is_some() {
        let stack = found.id.clone();
        let policy = engine.aws().call(&Call::GetStackPolicy { stack }).await;
        assert_eq!(policy, Ok(Reply::Policy(planned.policy.clone())), "{cell}");
    }
}

/// How many cells are tried at the same time: they mostly wait.
const AT_ONCE: usize = 12;

/// Outcomes, counted.
type Counts = BTreeMap<&'static str, usize>;

/// How stacks stand when a run begins.
const FIRST: &str = "no stack";
const UPDATE: &str = "as it was deployed";

/// What a run calls of CloudFormation, and the starts from which it does.
const OPERATIONS: [(&str, &[&str]); 14] = [
    ("ContinueUpdateRollback", &["UPDATE_ROLLBACK_FAILED"]),
    ("CreateChangeSet", &[FIRST, UPDATE]),
    ("DeleteChangeSet", &[FIRST, UPDATE]),
    ("DeleteStack", &["ROLLBACK_COMPLETE"]),
    ("DescribeChangeSet", &[FIRST, UPDATE]),
    ("DescribeStackEvents", &[FIRST, UPDATE]),
    ("DescribeStacks", &[FIRST, UPDATE]),
    ("ExecuteChangeSet", &[FIRST, UPDATE]),
    ("GetStackPolicy", &[FIRST, UPDATE]),
    ("GetTemplate", &[FIRST, UPDATE]),
    ("ListStackResources", &["ROLLBACK_COMPLETE"]),
    ("RollbackStack", &["UPDATE_FAILED"]),
    ("SetStackPolicy", &[FIRST, UPDATE]),
    ("UpdateTerminationProtection", &[FIRST, UPDATE]),
];

async fn start(engine: &Engine, start: &str) {
    match start {
        UPDATE => drop(engine.deploy(guarded(0)).await),
        status => standing(engine, status).await,
    }
}

/// Two stacks, the first of them with a policy, and protected from the second version on.
fn guarded(version: u32) -> Plan {
    let policy = "{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"Update:*\",\"Principal\":\"*\",\"Resource\":\"*\"}]}";
    let mut plan = plans::two(version);
    plan.stacks[0].policy = Some(policy.to_owned());
    plan.stacks[0].termination_protection = Some(version == 1);
    plan.conduct.mending = Mending::Rollbacks;
    plan
}

async fn calls() -> BTreeMap<String, Counts> {
    let mut cells = Vec::new();
    for (operation, starts) in OPERATIONS {
        for (fault, times) in [
            ("throttle", 1),
            ("throttle", 2),
            ("throttle", 40),
            ("500", 1),
            ("500", 2),
            ("500", 40),
            ("timeout", 1),
            ("timeout", 2),
            ("cut", 1),
            ("cut", 2),
            ("lost", 1),
            ("lost", 2),
        ] {
            cells.extend(starts.iter().map(|start| (operation, fault, times, *start)));
        }
    }
    let outcomes = stream::iter(cells).map(|(operation, fault, times, from)| async move {
        let engine = Engine::facing(fault).await;
        start(&engine, from).await;
        engine.fault(&format!("api:{operation}={fault}:times={times}"));
        let cell = format!("{operation} {fault} {times} times, {from}");
        let went = engine.deploy(guarded(1)).await;
        engine.calm();
        hold(&engine, &guarded(1), &went, &cell).await;
        let again = engine.deploy(guarded(1)).await;
        assert_eq!(
            again.outcome(),
            Outcome::Done,
            "{cell}, and once more: {:?}",
            again.endings()
        );
        (operation.to_owned(), exit(went.outcome()))
    });
    counted(outcomes.buffer_unordered(AT_ONCE).collect().await)
}

/// Answers with status 200 that are none. Whether the call was carried out all the same is not said.
async fn answers() -> BTreeMap<String, Counts> {
    let mut cells = Vec::new();
    for (operation, starts) in OPERATIONS {
        for spoiled in Spoiled::all(operation) {
            for times in [1, 2, 40] {
                cells.extend(
                    starts
                        .iter()
                        .map(|start| (operation, spoiled, times, *start)),
                );
            }
        }
    }
    let outcomes = stream::iter(cells).map(|(operation, spoiled, times, from)| async move {
        let engine = Engine::start().await;
        start(&engine, from).await;
        let proxy = spoiling(&engine.running.url(), operation, spoiled, times);
        let cell = format!("{operation} {spoiled:?} {times} times, {from}");
        let went = engine.deploy_through(&proxy, guarded(1)).await;
        hold(&engine, &guarded(1), &went, &cell).await;
        let again = engine.deploy(guarded(1)).await;
        assert_eq!(
            again.outcome(),
            Outcome::Done,
            "{cell}, and once more: {:?}",
            again.endings()
        );
        (operation.to_owned(), exit(went.outcome()))
    });
    counted(outcomes.buffer_unordered(AT_ONCE).collect().await)
}

fn counted(outcomes: Vec<(String, &'static str)>) -> BTreeMap<String, Counts> {
    let mut rows: BTreeMap<String, Counts> = BTreeMap::new();
    for (row, exit) in outcomes {
        *rows.entry(row).or_default().entry(exit).or_default() += 1;
    }
    rows
}

/// How a stack can stand at the start, and what makes it so.
async fn standing(engine: &Engine, status: &str) {
    let client = aws_sdk_cloudformation::Client::new(&engine.config);
    let queue = plans::two(0).stacks.remove(0);
    let old = queue.template.clone();
    let new = old.replace("30", "40");
    let name = queue.name.to_string();
    let create = |stay: bool| {
        client
            .create_stack()
            .stack_name(&name)
            .template_body(&old)
            .disable_rollback(stay)
            .send()
    };
    let update = |stay: bool| {
        client
            .update_stack()
            .stack_name(&name)
            .template_body(&new)
            .disable_rollback(stay)
            .send()
    };
    match status {
        "CREATE_COMPLETE" => drop(create(false).await.unwrap()),
        "UPDATE_COMPLETE" => {
            create(false).await.unwrap();
            update(false).await.unwrap();
        }
        "ROLLBACK_COMPLETE" => {
            engine.fault("create:AWS::SQS::Queue:times=1");
            create(false).await.unwrap();
        }
        "CREATE_FAILED" => {
            engine.fault("create:AWS::SQS::Queue:times=1");
            create(true).await.unwrap();
        }
        "UPDATE_ROLLBACK_COMPLETE" | "UPDATE_ROLLBACK_FAILED" | "UPDATE_FAILED" => {
            create(false).await.unwrap();
            let times = if status == "UPDATE_ROLLBACK_FAILED" {
                2
            } else {
                1
            };
            engine.fault(&format!("update:AWS::SQS::Queue:times={times}"));
            update(status == "UPDATE_FAILED").await.unwrap();
        }
        "ROLLBACK_FAILED" => {
            let two = old
                .replace(
                    "Resources:\n",
                    "Resources:\n  Topic: {Type: AWS::SNS::Topic}\n",
                )
                .replace("Properties: {Vis", "DependsOn: Topic, Properties: {Vis");
            engine.fault("create:AWS::SQS::Queue:times=1");
            engine.fault("delete:AWS::SNS::Topic:times=9");
            client
                .create_stack()
                .stack_name(&name)
                .template_body(two)
                .send()
                .await
                .unwrap();
        }
        "DELETE_FAILED" => {
            create(false).await.unwrap();
            engine.fault("delete:AWS::SQS::Queue:times=9");
            client
                .delete_stack()
                .stack_name(&name)
                .send()
                .await
                .unwrap();
        }
        "REVIEW_IN_PROGRESS" => {
            let request = client
                .create_change_set()
                .stack_name(&name)
                .change_set_name("somebody-elses");
            let request =
                request.change_set_type(aws_sdk_cloudformation::types::ChangeSetType::Create);
            request.template_body(&old).send().await.unwrap();
        }
        _ => {}
    }
    let call = Call::DescribeStack { stack: name };
    if let Ok(Reply::Stack(Some(stack))) = engine.aws().call(&call).await {
        assert_eq!(stack.status.as_str(), status);
    }
}

async fn statuses() -> BTreeMap<String, Counts> {
    let expected = [
        ("no stack", Outcome::Done, Outcome::Done),
        ("CREATE_COMPLETE", Outcome::Done, Outcome::Done),
        ("UPDATE_COMPLETE", Outcome::Done, Outcome::Done),
        ("UPDATE_ROLLBACK_COMPLETE", Outcome::Done, Outcome::Done),
        ("ROLLBACK_COMPLETE", Outcome::Done, Outcome::Done),
        ("REVIEW_IN_PROGRESS", Outcome::Done, Outcome::Done),
        ("CREATE_FAILED", Outcome::NeedsPerson, Outcome::Done),
        ("UPDATE_FAILED", Outcome::NeedsPerson, Outcome::Done),
        (
            "UPDATE_ROLLBACK_FAILED",
            Outcome::NeedsPerson,
            Outcome::Done,
        ),
        (
            "ROLLBACK_FAILED",
            Outcome::NeedsPerson,
            Outcome::NeedsPerson,
        ),
        ("DELETE_FAILED", Outcome::NeedsPerson, Outcome::NeedsPerson),
    ];
    let mut rows = BTreeMap::new();
    for (status, harmless, mended) in expected {
        let mut counts = Counts::new();
        for (mending, expected) in [(Mending::Harmless, harmless), (Mending::Rollbacks, mended)] {
            let engine = Engine::start().await;
            standing(&engine, status).await;
            let mut plan = plans::two(1);
            plan.conduct.mending = mending;
            let went = engine.deploy(plan.clone()).await;
            let cell = format!("{status}, {mending:?}");
            assert_eq!(went.outcome(), expected, "{cell}: {:?}", went.endings());
            hold(&engine, &plan, &went, &cell).await;
            *counts.entry(exit(went.outcome())).or_default() += 1;
        }
        rows.insert(status.to_owned(), counts);
    }
    rows
}

/// Each resource fails once, or goes on failing, at each phase.
async fn resources() -> BTreeMap<String, Counts> {
    let plan = |version: u32, on_failure: OnFailure| {
        let mut plan = plans::two(version);
        let timeout = 50 + version;
        let more = format!(
            "  More: {{Type: AWS::SQS::Queue, Properties: {{VisibilityTimeout: {timeout}}}}}\n"
        );
        plan.stacks[1].template += &more;
        if version == 1 {
            // Something goes, and something comes.
            let [queue, topic] = &mut plan.stacks[..] else {
                panic!("two stacks");
            };
            queue.template = queue
                .template
                .replace("Outputs:", "  New: {Type: AWS::SNS::Topic}\nOutputs:");
            topic.template = topic.template.replace("  More:", "  Renamed:");
        }
        plan.conduct.on_failure = on_failure;
        plan.conduct.allowed.push(Allowance {
            loss: Loss::Delete,
            stack: "topic".to_owned(),
            logical_id: "More".parse().unwrap(),
        });
        plan
    };
    let mut cells = Vec::new();
    for phase in ["create", "update", "delete"] {
        for resource in [
            "queue/Queue",
            "queue/New",
            "topic/Topic",
            "topic/Subscription",
            "topic/More",
            "topic/Renamed",
        ] {
            for times in [1, 2, 9] {
                cells.push((phase, resource, times, OnFailure::Keep));
                cells.push((phase, resource, times, OnFailure::RollBackAll));
            }
        }
    }
    let outcomes = stream::iter(cells).map(|(phase, resource, times, on_failure)| async move {
        let engine = Engine::start().await;
        let is_first =
            phase == "create" && !resource.ends_with("New") && !resource.ends_with("Renamed");
        if !is_first {
            engine.deploy(plan(0, on_failure)).await;
        }
        engine.fault(&format!("{phase}:shop-dev-{resource}:times={times}"));
        let planned = plan(if is_first { 0 } else { 1 }, on_failure);
        let went = engine.deploy(planned.clone()).await;
        engine.calm();
        hold(
            &engine,
            &planned,
            &went,
            &format!("{phase} {resource} {times} times, {on_failure:?}"),
        )
        .await;
        (format!("{phase} fails"), exit(went.outcome()))
    });
    counted(outcomes.buffer_unordered(AT_ONCE).collect().await)
}

fn table(title: &str, rows: &BTreeMap<String, Counts>) -> String {
    let exits = [
        "0 done",
        "1 failed",
        "3 no",
        "4 rolled back",
        "5 needs a person",
    ];
    let mut text = format!(
        "\n## {title}\n\n| | cells | {} |\n|---|---|---|---|---|---|---|\n",
        exits.join(" | ")
    );
    for (row, counts) in rows {
        let cells: usize = counts.values().sum();
        let each = exits.map(|exit| counts.get(exit).map_or("–".to_owned(), usize::to_string));
        let _ = writeln!(text, "| {row} | {cells} | {} |", each.join(" | "));
    }
    text
}

#[tokio::test]
async fn whatever_goes_wrong_is_reported_as_it_is() {
    let mut page = "# Reliability

What happens when something goes wrong, one thing at a time: the run is carried out with the AWS SDK over HTTP against the embedded engine, which has the fault. In every cell each stack is asked afterwards, and held against what was said of it: none is in a state that was not reported. Each column is an exit code. This page is made by the test that checks it (`crates/aws/tests/deployment/matrix.rs`); to make it again: `UPDATE_RELIABILITY=1 cargo nextest run -p stratiform-aws whatever_goes_wrong`.

Beyond these: runs that are killed after each of their calls and started again (`interrupted.rs`), and laws over the pure machine, in which AWS answers anything in any order (`crates/deploy/tests/laws.rs`).
".to_owned();
    page += &table(
        "Each API operation, throttled, with status 500, without an answer, cut off, or answered too late; once and twice, the first two also for longer than a run tries; at the first deployment and at an update, or where a stack has to be mended first",
        &calls().await,
    );
    page += &table(
        "Each API operation, answered with status 200 and half an answer, a proxy's page, nothing, or without a part that is needed; once, twice, and for longer than a run tries; from the same starts",
        &answers().await,
    );
    page += &table(
        "Each status at the start, without and with `--continue-rollback`",
        &statuses().await,
    );
    page += &table(
        "Each resource of two stacks, failing once, twice or always; where the others stay and where they go back",
        &resources().await,
    );
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reliability.md");
    if std::env::var_os("UPDATE_RELIABILITY").is_some() {
        fs::write(&file, &page).unwrap();
    }
    assert_eq!(fs::read_to_string(&file).unwrap_or_default(), page);
}
