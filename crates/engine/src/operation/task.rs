//! What an operation does with one resource.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use stratiform_template::order;

use crate::operation::{Fate, Operation};
use crate::properties::Properties;
use crate::provider::Identity;

/// What an operation does with one resource.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Task {
    pub(crate) logical_id: String,
    pub(crate) state: TaskState,
    /// The tasks that wait for this one.
    dependents: Vec<usize>,
    /// How many tasks this one waits for.
    missing: usize,
    /// What is being done; none while it waits, or where there is nothing to do.
    pub(crate) work: Option<Work>,
    /// Whether the type was asked already whether it takes the properties.
    pub(crate) is_validated: bool,
}

/// How far is a task?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum TaskState {
    Waiting,
    Running,
    Done,
    Failed,
    Cancelled,
}

/// What is being done with a resource.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) enum Work {
    Create(Box<Made>),
    Import(Box<Made>),
    Update(Box<Made>),
    Replace(Box<Made>),
    /// Back to what it was.
    Restore,
    Delete(Fate),
}

/// How a resource will be, unless its type refuses.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Made {
    pub(crate) identity: Identity,
    pub(crate) properties: Properties,
    pub(crate) stated: Option<Properties>,
    pub(crate) shown: Option<Properties>,
    pub(crate) metadata: Option<Value>,
    pub(crate) deletion_policy: Option<String>,
    pub(crate) update_replace_policy: Option<String>,
    pub(crate) needs: Vec<String>,
    pub(crate) tags: IndexMap<String, String>,
    /// What it will have that only one can have, by key.
    pub(crate) holds: Vec<String>,
    /// Why it does not come to that.
    pub(crate) refused: Option<String>,
}

impl Made {
    /// The properties as anybody may see them.
    pub(crate) fn shown(&self) -> &Properties {
        self.shown.as_ref().unwrap_or(&self.properties)
    }
}

impl Operation {
    /// Sets out tasks, each of which waits for those at the positions that it needs. Circles are cut: a template with
    /// one was refused.
    pub(crate) fn set_out(&mut self, tasks: Vec<(String, Vec<usize>)>) {
        let needs: Vec<Vec<usize>> = tasks.iter().map(|(_, needs)| needs.clone()).collect();
        let mut rank = vec![0; needs.len()];
        for (position, index) in order(&needs).sequence.into_iter().enumerate() {
            if let Some(rank) = rank.get_mut(index) {
                *rank = position;
            }
        }
        self.running = 0;
        self.tasks = tasks
            .into_iter()
            .map(|(logical_id, _)| Task {
                logical_id,
                state: TaskState::Waiting,
                dependents: Vec::new(),
                missing: 0,
                work: None,
                is_validated: false,
            })
            .collect();
        for (index, needs) in needs.iter().enumerate() {
            let mut needs: Vec<usize> = needs
                .iter()
                .copied()
                .filter(|need| rank.get(*need) < rank.get(index))
                .collect();
            needs.sort_unstable();
            needs.dedup();
            for need in &needs {
                if let Some(task) = self.tasks.get_mut(*need) {
                    task.dependents.push(index);
                }
            }
            if let Some(task) = self.tasks.get_mut(index) {
                task.missing = needs.len();
            }
        }
    }

    /// The tasks that wait for nothing.
    pub(crate) fn ready(&self) -> Vec<usize> {
        let tasks = self.tasks.iter().enumerate();
        tasks
            .filter(|(_, task)| task.state == TaskState::Waiting && task.missing == 0)
            .map(|(index, _)| index)
            .collect()
    }

    /// Marks a task as begun.
    pub(crate) fn begun(&mut self, index: usize, work: Work) {
        if let Some(task) = self.tasks.get_mut(index) {
            task.state = TaskState::Running;
            task.work = Some(work);
            self.running += 1;
        }
    }

    /// Marks a task as over. Those that wait for it go on waiting.
    pub(crate) fn stop(&mut self, index: usize, state: TaskState) {
        if let Some(task) = self.tasks.get_mut(index) {
            if task.state == TaskState::Running {
                self.running = self.running.saturating_sub(1);
            }
            task.state = state;
            task.work = None;
        }
    }

    /// Marks a task as over; returns those that waited for nothing else.
    pub(crate) fn over(&mut self, index: usize, state: TaskState) -> Vec<usize> {
        self.stop(index, state);
        let Some(task) = self.tasks.get_mut(index) else {
            return Vec::new();
        };
        let dependents = std::mem::take(&mut task.dependents);
        let mut ready = Vec::new();
        for dependent in &dependents {
            if let Some(waiting) = self.tasks.get_mut(*dependent) {
                waiting.missing = waiting.missing.saturating_sub(1);
                if waiting.missing == 0 && waiting.state == TaskState::Waiting {
                    ready.push(*dependent);
                }
            }
        }
        if let Some(task) = self.tasks.get_mut(index) {
            task.dependents = dependents;
        }
        ready
    }

    /// Whether a task is running.
    pub(crate) fn is_running(&self, index: usize) -> bool {
        let task = self.tasks.get(index);
        task.is_some_and(|task| task.state == TaskState::Running)
    }
}
