//! Tasks that are run by themselves, with luck: what runs, and how it ends.

use stratiform_deploy::call::{Container, NewTask, Task};
use stratiform_service::Timestamp;

/// The container of every task.
pub(crate) const CONTAINER: &str = "app";

/// How a task ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Exit(i32),
    NeverStarted,
    Stall,
}

#[derive(Clone, Debug)]
struct Ran {
    task: Task,
    token: String,
    fate: Fate,
    looks: u8,
}

/// All tasks that were run.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tasks {
    ran: Vec<Ran>,
    definitions: u32,
}

impl Tasks {
    /// Another task definition.
    pub(crate) fn definition(&mut self) -> String {
        self.definitions += 1;
        let revision = self.definitions;
        format!("arn:aws:ecs:eu-west-1:111122223333:task-definition/copy:{revision}")
    }

    pub(crate) fn run(&mut self, new: &NewTask, luck: (u8, u8)) -> Task {
        if let Some(known) = self.ran.iter().find(|ran| ran.token == new.token) {
            return known.task.clone();
        }
        let task = Task {
            arn: format!(
                "arn:aws:ecs:eu-west-1:111122223333:task/shop/{}",
                self.ran.len()
            ),
            task_definition: new.task_definition.clone(),
            started_by: Some(new.started_by.clone()),
            status: "PENDING".to_owned(),
            started: None,
            stopped: None,
            reason: None,
            containers: vec![Container {
                name: CONTAINER.to_owned(),
                status: "PENDING".to_owned(),
                exit: None,
                reason: None,
            }],
        };
        let fate = match luck.0 % 8 {
            0..=4 => Fate::Exit(0),
            5 => Fate::Exit(1),
            6 => Fate::NeverStarted,
            _ => Fate::Stall,
        };
        self.ran.push(Ran {
            task: task.clone(),
            token: new.token.clone(),
            fate,
            looks: luck.1 % 4,
        });
        task
    }

    pub(crate) fn describe(&mut self, arn: &str, now: Timestamp) -> Option<Task> {
        let ran = self.ran.iter_mut().find(|ran| ran.task.arn == arn)?;
        match (ran.looks, ran.fate) {
            _ if ran.task.status == "STOPPED" => {}
            (0, Fate::Exit(code)) => end(&mut ran.task, Some(code), now),
            (0, Fate::NeverStarted) => end(&mut ran.task, None, now),
            (0, Fate::Stall) => ran.task.status = "RUNNING".to_owned(),
            (looks, _) => ran.looks = looks - 1,
        }
        Some(ran.task.clone())
    }

    pub(crate) fn stop(&mut self, arn: &str, now: Timestamp) {
        let found = self.ran.iter_mut().find(|ran| ran.task.arn == arn);
        if let Some(ran) = found.filter(|ran| ran.task.status != "STOPPED") {
            end(&mut ran.task, Some(143), now);
        }
    }

    /// Whether it was run before with the same token.
    pub(crate) fn knows(&self, new: &NewTask) -> bool {
        self.ran.iter().any(|ran| ran.token == new.token)
    }

    pub(crate) fn all(&self) -> Vec<Task> {
        self.ran.iter().map(|ran| ran.task.clone()).collect()
    }

    /// How many tasks run that somebody started.
    pub(crate) fn running(&self, started_by: &str) -> usize {
        let of = |ran: &&Ran| ran.task.started_by.as_deref() == Some(started_by);
        let ran = self.ran.iter().filter(of);
        ran.filter(|ran| ran.task.status != "STOPPED").count()
    }

    /// Whether a task has done its work, and whether one has begun it.
    pub(crate) fn of(&self, started_by: &str) -> (bool, bool) {
        let of = |ran: &&Ran| ran.task.started_by.as_deref() == Some(started_by);
        let exits = self
            .ran
            .iter()
            .filter(of)
            .map(|ran| ran.task.containers[0].exit);
        let exits: Vec<Option<i32>> = exits.collect();
        let began = self.ran.iter().filter(of);
        let began = began.filter(|ran| ran.fate != Fate::NeverStarted).count();
        (exits.contains(&Some(0)), began > 0)
    }
}

fn end(task: &mut Task, exit: Option<i32>, now: Timestamp) {
    task.status = "STOPPED".to_owned();
    task.stopped = Some(now);
    task.started = exit.map(|_| now);
    task.reason = Some("Essential container in task exited".to_owned());
    task.containers[0].status = "STOPPED".to_owned();
    task.containers[0].exit = exit;
}
