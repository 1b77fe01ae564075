//! What a release does besides its stacks: tasks, commands, and who is told.

use std::path::PathBuf;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use stratiform_service::LogicalId;

/// What a release does besides its stacks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Besides {
    /// The tasks that run, those of a service in this order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tasks: Vec<PlannedTask>,
    /// The commands that run once all is deployed, in this order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub commands: Vec<PlannedCommand>,
    /// Tasks and commands that do not run this time, and why.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub left_out: Vec<LeftOut>,
    /// Tasks that cannot be undone, and that what was deployed may go back over all the same.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub crossed: Vec<String>,
    /// Who is told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notify: Option<Notify>,
    /// Variables that tasks and commands are given.
    #[serde(skip)]
    pub variables: IndexMap<String, String>,
    /// The folder that those of commands are in.
    #[serde(skip)]
    pub root: PathBuf,
}

/// A task of a service's image, run by itself where the service runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PlannedTask {
    /// Its name: `migrate`.
    pub name: String,
    /// The service, as people call it.
    pub service: String,
    /// The key of the service's stack.
    pub stack: String,
    /// The service in it.
    pub service_id: LogicalId,
    /// The container that gets the command, and whose exit code counts.
    pub container: String,
    /// Images of containers that are not the ones that run.
    pub images: IndexMap<String, String>,
    /// The command: program and arguments.
    pub command: Vec<String>,
    /// When it is its turn.
    pub runs: Turn,
    /// Whether what it does can be undone.
    pub reversible: bool,
    /// How long it may take, in minutes.
    pub patience_minutes: u32,
}

/// When is it a task's turn?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Turn {
    /// Before the service's stack changes.
    Before,
    /// After all stacks are deployed.
    After,
}

/// A command of the pipeline.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PlannedCommand {
    /// Its name: `load-test`.
    pub name: String,
    /// Program and arguments.
    pub argv: Vec<String>,
    /// Its folder, below [`Besides::root`]; empty where it is that.
    #[serde(skip_serializing_if = "String::is_empty", default)]
    pub folder: String,
    /// How long it may take, in minutes.
    pub patience_minutes: u32,
}

/// A task or a command that does not run this time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LeftOut {
    /// Its name.
    pub name: String,
    /// Why.
    pub why: String,
}

/// Who is told how a deployment goes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Notify {
    /// ARNs of topics.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub topics: Vec<String>,
    /// The name of the variable that has the webhook's address; none where there is no webhook.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub webhook: Option<String>,
    /// What is deployed where: `storefront prod`.
    pub subject: String,
    /// Where it can be watched.
    #[serde(skip)]
    pub link: Option<String>,
    /// Whether somebody is waited for before anything is executed.
    #[serde(skip)]
    pub waits: bool,
}

impl PlannedTask {
    /// Why it does not run although it is its time, where its service's stack stays as it is; none where it runs.
    pub fn stays_out(&self) -> Option<LeftOut> {
        let why = match self.runs {
            Turn::Before => format!("the stack {} does not change", self.stack),
            Turn::After => return None,
        };
        let name = self.name.clone();
        Some(LeftOut { name, why })
    }

    /// What ECS is told of who started it: the same for the same run.
    pub(crate) fn started_by(&self, run: &str) -> String {
        format!("stratiform-{run}-{}", self.name)
    }

    /// The family of the copies of a task definition that it runs: one of its own, so that no service ever goes back to
    /// one of them.
    pub(crate) fn family(&self, of_service: &str) -> String {
        let name = of_service.rsplit('/').next().unwrap_or(of_service);
        let family = name.split(':').next().unwrap_or(name);
        format!("{family}-{}", self.name)
    }
}

impl Besides {
    /// The tasks that run, as far as that is known.
    pub fn due(&self) -> impl Iterator<Item = &PlannedTask> {
        let is_out = |task: &PlannedTask| self.left_out.iter().any(|out| out.name == task.name);
        self.tasks.iter().filter(move |task| !is_out(task))
    }

    /// Those that cannot be undone and may not be crossed.
    pub(crate) fn is_guarded(&self, task: &PlannedTask) -> bool {
        !task.reversible && !self.crossed.contains(&task.name)
    }
}
