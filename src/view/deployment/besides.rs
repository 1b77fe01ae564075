//! What a release does besides its stacks, as it is shown before it is approved and while it goes on.

use serde_json::{Value, json};
use stratiform_deploy::{
    Besides, CommandNews, Plan, PlannedCommand, PlannedTask, TaskEnd, TaskNews, Turn,
};

use super::words::one_line;

/// How many of the last lines that something printed are shown.
const LINES: usize = 20;

/// What is done besides, for whoever approves it; empty where nothing is.
pub(crate) fn text(besides: &Besides) -> String {
    let mut text = String::new();
    for (turn, heading) in [
        (Turn::Before, "before the services"),
        (Turn::After, "afterwards"),
    ] {
        let tasks = besides.due().filter(|task| task.runs == turn);
        let mut lines: Vec<String> = tasks.map(|task| of_task(task, besides)).collect();
        if turn == Turn::After {
            lines.extend(besides.commands.iter().map(of_command));
        }
        if !lines.is_empty() {
            text += &format!("{heading}\n{}", lines.concat());
        }
    }
    if !besides.left_out.is_empty() {
        let lines = besides.left_out.iter();
        let lines = lines.map(|out| format!("    {}: {}\n", out.name, out.why));
        text += &format!("not this time\n{}", lines.collect::<String>());
    }
    if let Some(notify) = &besides.notify {
        let topics = notify.topics.iter().cloned();
        let webhook = notify.webhook.iter();
        let webhook = webhook.map(|variable| format!("the webhook of ${variable}"));
        let all: Vec<String> = topics.chain(webhook).collect();
        text += &format!("told\n    {}\n", all.join(", "));
    }
    text
}

fn of_task(task: &PlannedTask, besides: &Besides) -> String {
    let command = one_line(&task.command.join(" "));
    let undone = match (task.reversible, besides.crossed.contains(&task.name)) {
        (true, _) => "",
        (false, false) => ", and cannot be undone: nothing goes back by itself over it",
        (false, true) => ", and cannot be undone: what is deployed may go back over it",
    };
    format!(
        "    the task {} of {}: {command} (at most {} min){undone}\n",
        task.name, task.service, task.patience_minutes
    )
}

fn of_command(command: &PlannedCommand) -> String {
    format!(
        "    the command {}: {} (at most {} min)\n",
        command.name,
        one_line(&command.argv.join(" ")),
        command.patience_minutes
    )
}

/// What happens to a task, in a line.
pub(super) fn of_task_news(plan: &Plan, task: usize, news: &TaskNews) -> Option<String> {
    let task = plan.conduct.besides.tasks.get(task)?;
    let what = match news {
        TaskNews::Later => {
            let stack = &task.stack;
            let name = &task.name;
            return Some(format!(
                "nothing runs yet: {name} runs after the stack {stack} is there"
            ));
        }
        TaskNews::Resumed => "runs already: an earlier run was interrupted".to_owned(),
        TaskNews::Begins { task } => {
            let id = task.rsplit('/').next().unwrap_or(task);
            format!("begins, as {id}")
        }
        TaskNews::Status(status) => one_line(status),
        TaskNews::Stopping(why) => format!("is stopped: {}", one_line(why)),
        TaskNews::Ended(TaskEnd::Done) => "done".to_owned(),
        TaskNews::Ended(TaskEnd::DoneBefore) => "was done by this run already".to_owned(),
        TaskNews::Ended(TaskEnd::Failed { why, printed }) => format!(
            "failed: {}{}",
            one_line(why),
            printed.as_deref().map(last).unwrap_or_default()
        ),
    };
    Some(format!("the task {}: {what}", task.name))
}

/// What happens to a command, in a line.
pub(super) fn of_command_news(plan: &Plan, command: usize, news: &CommandNews) -> Option<String> {
    let command = plan.conduct.besides.commands.get(command)?;
    let what = match news {
        CommandNews::Begins => "begins".to_owned(),
        CommandNews::Ended { failed: None, .. } => "done".to_owned(),
        CommandNews::Ended {
            failed: Some(why),
            printed,
        } => format!("failed: {}{}", one_line(why), last(printed)),
    };
    Some(format!("the command {}: {what}", command.name))
}

/// The last lines that something printed, below the line that says so.
fn last(printed: &[String]) -> String {
    lines(
        printed
            .get(printed.len().saturating_sub(LINES)..)
            .unwrap_or_default(),
    )
}

/// Lines that something printed, without anything that a terminal would obey.
pub(crate) fn lines(printed: &[String]) -> String {
    let lines = printed
        .iter()
        .map(|line| format!("\n                | {}", one_line(line)));
    lines.collect()
}

/// What is done besides, for programs.
pub(super) fn json(besides: &Besides) -> Value {
    // Texts, numbers and lists: nothing that JSON cannot hold.
    serde_json::to_value(besides).unwrap_or_default()
}

/// What happens to a task, for programs.
pub(super) fn task_json(plan: &Plan, task: usize, news: &TaskNews) -> Value {
    let task = plan.conduct.besides.tasks.get(task);
    let (state, more) = match news {
        TaskNews::Later => ("later", Value::Null),
        TaskNews::Resumed => ("resumed", Value::Null),
        TaskNews::Begins { task } => ("begins", json!({ "arn": task })),
        TaskNews::Status(status) => ("status", json!({ "status": status })),
        TaskNews::Stopping(why) => ("stopping", json!({ "why": why })),
        TaskNews::Ended(TaskEnd::Done) => ("done", Value::Null),
        TaskNews::Ended(TaskEnd::DoneBefore) => ("done-before", Value::Null),
        TaskNews::Ended(TaskEnd::Failed { why, printed }) => {
            ("failed", json!({ "why": why, "printed": printed }))
        }
    };
    with(
        json!({ "task": task.map(|task| &task.name), "state": state }),
        more,
    )
}

/// What happens to a command, for programs.
pub(super) fn command_json(plan: &Plan, command: usize, news: &CommandNews) -> Value {
    let command = plan.conduct.besides.commands.get(command);
    let (state, more) = match news {
        CommandNews::Begins => ("begins", Value::Null),
        CommandNews::Ended {
            failed: None,
            printed,
        } => ("done", json!({ "printed": printed })),
        CommandNews::Ended {
            failed: Some(why),
            printed,
        } => ("failed", json!({ "why": why, "printed": printed })),
    };
    with(
        json!({ "command": command.map(|command| &command.name), "state": state }),
        more,
    )
}

fn with(mut value: Value, more: Value) -> Value {
    if let (Some(members), Value::Object(more)) = (value.as_object_mut(), more) {
        members.extend(more);
    }
    value
}
