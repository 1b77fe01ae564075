//! Tasks that are run by themselves: before a service's stack changes, and after all stacks are deployed.
//!
//! Each is on a step of its own, and making its call a second time is safe: a running task of the same run is found
//! again, and the token of `RunTask` is that of the task definition, of which every try has another one.

use stratiform_service::Timestamp;

use super::{Effect, Pending, Run, TRIES, later};
use crate::besides::{PlannedTask, Turn};
use crate::call::{Call, Container, Failure, FailureKind, NewTask, Reply, Task};
use crate::plan::stack_of;
use crate::stack::text_digest;
use crate::told::{Ending, TaskEnd, TaskNews, Told};
use crate::verification::service_place;

const MINUTE: i64 = 60_000;

/// How long ECS may not know a task that it runs, in milliseconds.
const UNKNOWN: i64 = MINUTE;

/// How long a task may take to stop, in milliseconds: ECS kills it after two minutes at most.
const STOPPING: i64 = 5 * MINUTE;

/// A task on its way.
#[derive(Clone, Debug)]
pub(super) struct TaskRun {
    step: Step,
    pending: Pending,
    since: Timestamp,
    failures: u32,
    /// Whether it comes after its stack although it was to come before.
    is_late: bool,
    /// Whether it may have done something.
    has_begun: bool,
    /// Why it was told to stop.
    stopping: Option<String>,
    /// The last status that was told.
    told: Option<String>,
}

/// Where a task runs.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Site {
    cluster: String,
    service: String,
}

/// A task that runs.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Running {
    cluster: String,
    task: String,
    definition: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    /// It is not its turn.
    Waits,
    /// It comes after its stack, which is not there yet.
    Late,
    /// Which service it is.
    Locate,
    /// What the service runs.
    Look(Site),
    /// Whether it runs already; the task definition is the service's.
    Find(Site, String),
    /// A copy of the task definition, for it alone.
    Copy(Site, String),
    /// It is run with this task definition.
    Run(Site, String),
    /// Its end.
    Follow(Running),
    /// It is told to stop.
    Stop(Running),
    /// What it printed; then it has failed for this reason.
    Read(Running, String),
    /// It is over.
    Ended(TaskEnd),
}

impl TaskRun {
    pub(super) fn new(now: Timestamp) -> TaskRun {
        TaskRun {
            step: Step::Waits,
            pending: Pending::Due,
            since: now,
            failures: 0,
            is_late: false,
            has_begun: false,
            stopping: None,
            told: None,
        }
    }

    fn is_under_way(&self) -> bool {
        !matches!(self.step, Step::Waits | Step::Late | Step::Ended(_))
    }

    fn is_well(&self) -> bool {
        matches!(self.step, Step::Ended(TaskEnd::Done | TaskEnd::DoneBefore))
    }

    pub(super) fn has_failed(&self) -> bool {
        matches!(self.step, Step::Ended(TaskEnd::Failed { .. }))
    }

    pub(super) fn next(&self) -> Option<Timestamp> {
        match self.pending {
            Pending::At(at) if self.is_under_way() => Some(at),
            _ => None,
        }
    }

    pub(super) fn wake(&mut self, now: Timestamp) {
        if matches!(self.pending, Pending::At(at) if at <= now) {
            self.pending = Pending::Due;
        }
    }
}

/// How far the tasks are that somebody waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Progress {
    /// All of them are done.
    Done,
    /// One of them goes on.
    GoesOn,
    /// One of them failed: its place.
    Failed(usize),
}

impl Run {
    /// How far the tasks are that come before a stack changes; begins the next.
    pub(super) fn tasks_before(&mut self, stack: usize) -> Progress {
        let is_there = self.stacks[stack].found.is_some();
        let key = stack_of(&self.plan.stacks[stack].key).to_owned();
        for place in 0..self.tasks.len() {
            let task = &self.plan.conduct.besides.tasks[place];
            if task.runs != Turn::Before || task.stack != key {
                continue;
            }
            if self.tasks[place].step == Step::Waits && !self.stopped {
                if is_there {
                    self.task_to(place, Step::Locate);
                } else {
                    self.later(place);
                }
            }
            match &self.tasks[place] {
                task if task.has_failed() => return Progress::Failed(place),
                task if task.is_under_way() => return Progress::GoesOn,
                _ => {}
            }
        }
        Progress::Done
    }

    /// Leaves the tasks out that come before stacks of which nobody knew that they would not change.
    pub(super) fn leave_tasks_out(&mut self) {
        let stacks = || self.plan.stacks.iter().zip(&self.stacks);
        let stays = |task: &&PlannedTask| {
            let mut own = stacks().filter(|(planned, _)| stack_of(&planned.key) == task.stack);
            own.all(|(_, stack)| stack.ending() == Some(&Ending::Unchanged))
        };
        let besides = &self.plan.conduct.besides;
        let left_out = besides.due().filter(stays);
        let left_out: Vec<_> = left_out.filter_map(PlannedTask::stays_out).collect();
        self.plan.conduct.besides.left_out.extend(left_out);
    }

    /// Nothing of its service runs yet.
    fn later(&mut self, place: usize) {
        self.tasks[place].is_late = true;
        self.task_to(place, Step::Late);
        self.tell_of_task(place, TaskNews::Later);
    }

    /// How far the tasks are that come once all stacks are deployed; begins the next. First those that could not run
    /// before: their stacks were made by this run.
    pub(super) fn tasks_after(&mut self, turn: Turn) -> Progress {
        for place in 0..self.tasks.len() {
            let task = &self.plan.conduct.besides.tasks[place];
            let is_late = self.tasks[place].is_late || self.was_made(task);
            let is_meant = task.runs == turn && (turn == Turn::After || is_late);
            if !is_meant || self.tasks[place].is_well() {
                continue;
            }
            if self.tasks[place].has_failed() {
                return Progress::Failed(place);
            }
            if matches!(self.tasks[place].step, Step::Waits | Step::Late) {
                self.tasks[place].is_late = true;
                self.task_to(place, Step::Locate);
            }
            return Progress::GoesOn;
        }
        Progress::Done
    }

    /// Whether the stack of a task was made by this run.
    fn was_made(&self, task: &PlannedTask) -> bool {
        let mut stacks = self.plan.stacks.iter().zip(&self.stacks);
        stacks.any(|(planned, stack)| {
            planned.key == task.stack
                && stack.before.is_none()
                && stack.ending() == Some(&Ending::Deployed)
        })
    }

    /// Tasks that have run, cannot be undone, and that nobody named: what was deployed does not go back over them.
    pub(super) fn in_the_way(&self) -> Vec<String> {
        let besides = &self.plan.conduct.besides;
        let tasks = besides.tasks.iter().zip(&self.tasks);
        let tasks = tasks.filter(|(planned, task)| task.has_begun && besides.is_guarded(planned));
        tasks.map(|(planned, _)| planned.name.clone()).collect()
    }

    /// Whether what runs may not fit what such a task has done: it failed halfway, or its stack is not as planned.
    pub(super) fn is_left_halfway(&self) -> bool {
        let besides = &self.plan.conduct.besides;
        let mut tasks = besides.tasks.iter().zip(&self.tasks);
        tasks.any(|(planned, task)| {
            let mut stacks = self.plan.stacks.iter().zip(&self.stacks);
            let mut is_planned = || {
                stacks.all(|(other, stack)| {
                    stack_of(&other.key) != planned.stack || stack.is_deployed()
                })
            };
            task.has_begun && besides.is_guarded(planned) && (task.has_failed() || !is_planned())
        })
    }

    /// Whether a task is under way.
    pub(super) fn is_running_task(&self) -> bool {
        self.tasks.iter().any(TaskRun::is_under_way)
    }

    /// Makes the calls that are due; whether something changed without one.
    pub(super) fn go_on_with_tasks(&mut self) -> bool {
        let mut changed = false;
        for place in 0..self.tasks.len() {
            let task = &self.tasks[place];
            if self.stopped && matches!(task.pending, Pending::Due | Pending::At(_)) {
                changed |= self.halt(place);
            }
            let task = &self.tasks[place];
            if task.pending != Pending::Due || !task.is_under_way() {
                continue;
            }
            let Some(call) = self.task_call(place) else {
                continue;
            };
            let ticket = self.next_ticket;
            self.next_ticket += 1;
            self.task_tickets.insert(ticket, place);
            self.tasks[place].pending = Pending::Called;
            let call = Box::new(call);
            self.outbox.push(Effect::Call { ticket, call });
        }
        changed
    }

    /// Stops a task that goes on: nothing more is begun.
    fn halt(&mut self, place: usize) -> bool {
        let why = "the deployment was interrupted".to_owned();
        match self.tasks[place].step.clone() {
            Step::Locate | Step::Look(_) | Step::Find(..) | Step::Copy(..) => {
                let printed = None;
                self.task_ends(place, TaskEnd::Failed { why, printed });
                true
            }
            // Nobody has asked for it yet. Where somebody has, it may run: the same token says which task it is.
            Step::Run(..) if self.tasks[place].failures == 0 => {
                let printed = None;
                self.task_ends(place, TaskEnd::Failed { why, printed });
                true
            }
            Step::Follow(running) if self.tasks[place].stopping.is_none() => {
                self.stop_task(place, running, why);
                true
            }
            _ => false,
        }
    }

    fn stop_task(&mut self, place: usize, running: Running, why: String) {
        self.tell_of_task(place, TaskNews::Stopping(why.clone()));
        self.tasks[place].stopping = Some(why);
        self.task_to(place, Step::Stop(running));
    }

    fn task_call(&self, place: usize) -> Option<Call> {
        let besides = &self.plan.conduct.besides;
        let planned = &besides.tasks[place];
        let run = &self.plan.conduct.run;
        Some(match &self.tasks[place].step {
            Step::Waits | Step::Late | Step::Ended(_) => return None,
            Step::Locate => Call::ListStackResources {
                stack: self.stack_of_task(planned)?.clone(),
            },
            Step::Look(site) => Call::DescribeServices {
                cluster: site.cluster.clone(),
                services: vec![site.service.clone()],
            },
            Step::Find(site, definition) => Call::FindTasks {
                cluster: site.cluster.clone(),
                family: planned.family(definition),
            },
            Step::Copy(_, definition) => Call::CopyTaskDefinition {
                task_definition: definition.clone(),
                family: Some(planned.family(definition)),
                // Where its stack is deployed, what runs is what was meant.
                images: match self.is_before(place) {
                    true => planned.images.clone(),
                    false => Default::default(),
                },
            },
            Step::Run(site, definition) => Call::RunTask(Box::new(NewTask {
                cluster: site.cluster.clone(),
                service: site.service.clone(),
                task_definition: definition.clone(),
                container: planned.container.clone(),
                command: planned.command.clone(),
                variables: besides.variables.clone(),
                started_by: planned.started_by(run),
                token: text_digest(&format!("{run} {definition}"))
                    .chars()
                    .take(32)
                    .collect(),
            })),
            Step::Follow(running) => Call::DescribeTask {
                cluster: running.cluster.clone(),
                task: running.task.clone(),
            },
            Step::Stop(running) => Call::StopTask {
                cluster: running.cluster.clone(),
                task: running.task.clone(),
                reason: self.tasks[place].stopping.clone().unwrap_or_default(),
            },
            Step::Read(running, _) => Call::TaskLogs {
                task_definition: running.definition.clone(),
                container: planned.container.clone(),
                task: running.task.clone(),
            },
        })
    }

    /// Whether a task runs before its stack changes.
    fn is_before(&self, place: usize) -> bool {
        let task = &self.plan.conduct.besides.tasks[place];
        task.runs == Turn::Before && !self.tasks[place].is_late
    }

    fn stack_of_task(&self, task: &PlannedTask) -> Option<&stratiform_service::StackId> {
        let mut stacks = self.plan.stacks.iter().zip(&self.stacks);
        stacks.find_map(|(planned, stack)| {
            let is_its = stack_of(&planned.key) == task.stack;
            stack.found.as_ref().filter(|_| is_its)
        })
    }

    /// When the stack of a task was changed last, before this run.
    fn stack_changed(&self, task: &PlannedTask) -> Option<Timestamp> {
        let mut stacks = self.plan.stacks.iter().zip(&self.stacks);
        stacks.find_map(|(planned, stack)| {
            let is_its = stack_of(&planned.key) == task.stack;
            let before = stack.before.as_ref().filter(|_| is_its)?;
            Some(before.changed)
        })
    }

    /// Takes the answer to a task's call in.
    pub(super) fn task_answered(&mut self, place: usize, reply: Result<Reply, Failure>) {
        let step = self.tasks[place].step.clone();
        match reply {
            Ok(reply) => {
                self.tasks[place].failures = 0;
                self.task_replied(place, step, reply);
            }
            Err(failure) => self.task_failed(place, step, failure),
        }
    }

    fn task_replied(&mut self, place: usize, step: Step, reply: Reply) {
        let planned = self.plan.conduct.besides.tasks[place].clone();
        match (step, reply) {
            (Step::Locate, Reply::Resources(resources)) => {
                let id = resources
                    .iter()
                    .find(|resource| resource.logical_id == planned.service_id)
                    .and_then(|resource| resource.physical_id.as_ref());
                match id.and_then(|id| service_place(id.as_str())) {
                    Some((cluster, service)) => {
                        let site = Site {
                            cluster: cluster.to_owned(),
                            service: service.to_owned(),
                        };
                        self.task_to(place, Step::Look(site));
                    }
                    None if self.is_before(place) => self.later(place),
                    None => self.fails(place, "its service is not in its stack".to_owned()),
                }
            }
            (Step::Look(site), Reply::Services(services)) => match services.into_iter().next() {
                Some(service) => self.task_to(place, Step::Find(site, service.task_definition)),
                None => self.fails(place, "ECS does not know its service".to_owned()),
            },
            (Step::Find(site, definition), Reply::Tasks(tasks)) => {
                self.found_tasks(place, &planned, site, definition, tasks);
            }
            (Step::Copy(site, _), Reply::TaskDefinition { arn, .. }) => {
                self.task_to(place, Step::Run(site, arn));
            }
            (Step::Run(site, definition), Reply::Task(Some(task))) => {
                self.tasks[place].has_begun = true;
                let begins = TaskNews::Begins {
                    task: task.arn.clone(),
                };
                self.tell_of_task(place, begins);
                let running = Running {
                    cluster: site.cluster,
                    task: task.arn,
                    definition,
                };
                self.task_to(place, Step::Follow(running));
                self.task_pauses(place);
            }
            (Step::Follow(running), Reply::Task(task)) => self.followed_task(place, running, task),
            (Step::Stop(running), Reply::Done) => {
                self.task_to(place, Step::Follow(running));
                self.task_pauses(place);
            }
            (Step::Read(_, why), Reply::Printed(printed)) => {
                self.task_ends(place, TaskEnd::Failed { why, printed });
            }
            // An answer to another question is none.
            (step, _) => {
                let failure = Failure {
                    kind: FailureKind::Unknown,
                    what: "an answer that does not fit its call".to_owned(),
                    why: String::new(),
                    help: String::new(),
                    refusal: None,
                };
                self.task_failed(place, step, failure);
            }
        }
    }

    /// A task of the same run is followed where it runs, and done where it was done since the stack changed last.
    fn found_tasks(
        &mut self,
        place: usize,
        planned: &PlannedTask,
        site: Site,
        definition: String,
        tasks: Vec<Task>,
    ) {
        let by = planned.started_by(&self.plan.conduct.run);
        let own = |task: &&Task| task.started_by.as_deref() == Some(&by);
        let mut running = tasks.iter().filter(own);
        if let Some(task) = running.find(|task| task.status != STOPPED) {
            self.tasks[place].has_begun = true;
            self.tell_of_task(place, TaskNews::Resumed);
            let running = Running {
                cluster: site.cluster,
                task: task.arn.clone(),
                definition: task.task_definition.clone(),
            };
            return self.task_to(place, Step::Follow(running));
        }
        let changed = self.stack_changed(planned);
        let is_before = self.is_before(place);
        let mut stopped = tasks.iter().filter(own);
        let is_done = stopped.any(|task| {
            let is_new = changed.zip(task.stopped).is_some_and(|(a, b)| b > a);
            is_new && container(task, planned).is_some_and(|own| own.exit == Some(0))
        });
        if is_before && is_done {
            self.tasks[place].has_begun = true;
            return self.task_ends(place, TaskEnd::DoneBefore);
        }
        self.task_to(place, Step::Copy(site, definition));
    }

    fn followed_task(&mut self, place: usize, running: Running, task: Option<Box<Task>>) {
        let waited = self.now.millis() - self.tasks[place].since.millis();
        let planned = self.plan.conduct.besides.tasks[place].clone();
        let Some(task) = task else {
            return match waited < UNKNOWN {
                true => self.task_pauses(place),
                false => self.fails(place, "ECS does not know it any more".to_owned()),
            };
        };
        let own = container(&task, &planned);
        let is_over = task.status == STOPPED || own.is_some_and(|own| own.status == STOPPED);
        if !is_over {
            if self.tasks[place].told.as_ref() != Some(&task.status) {
                self.tasks[place].told = Some(task.status.clone());
                self.tell_of_task(place, TaskNews::Status(task.status.clone()));
            }
            let is_late = waited >= i64::from(planned.patience_minutes) * MINUTE;
            return match self.tasks[place].stopping.clone() {
                None if is_late => {
                    let minutes = planned.patience_minutes;
                    let why = format!("it took more than {minutes} min");
                    self.stop_task(place, running, why);
                }
                Some(why) if waited > STOPPING => {
                    self.fails(place, format!("{why}, and it does not stop"));
                }
                _ => self.task_pauses(place),
            };
        }
        let exit = own.and_then(|own| own.exit);
        if exit.is_none() && task.started.is_none() {
            // Nothing of it ever ran.
            self.tasks[place].has_begun = false;
        }
        let reason = own.and_then(|own| own.reason.clone()).or(task.reason);
        let why = match (exit, self.tasks[place].stopping.clone()) {
            (Some(0), None) => return self.task_ends(place, TaskEnd::Done),
            (_, Some(why)) => why,
            (Some(code), None) => format!("it ended with exit code {code}"),
            (None, None) => reason.unwrap_or_else(|| "ECS does not say why".to_owned()),
        };
        self.task_to(place, Step::Read(running, why));
    }

    /// A call of a task failed.
    fn task_failed(&mut self, place: usize, step: Step, failure: Failure) {
        let task = &mut self.tasks[place];
        task.failures += 1;
        let passing = failure.kind.is_passing();
        // Nobody knows whether it runs.
        task.has_begun |= passing && matches!(step, Step::Run(..));
        let waited = self.now.millis() - task.since.millis();
        let patience = self.plan.conduct.besides.tasks[place].patience_minutes;
        let is_in_time = waited < i64::from(patience) * MINUTE + UNKNOWN;
        let why = format!("{}: {}", failure.what, failure.why);
        match step {
            // What runs, runs; credentials come back, and so do networks.
            Step::Follow(_)
                if is_in_time && (passing || failure.kind == FailureKind::Credentials) =>
            {
                self.task_pauses(place);
            }
            _ if passing && self.tasks[place].failures < TRIES => self.task_pauses(place),
            Step::Read(_, why) => {
                let printed = None;
                self.task_ends(place, TaskEnd::Failed { why, printed });
            }
            _ => self.fails(place, why),
        }
    }

    fn fails(&mut self, place: usize, why: String) {
        let printed = None;
        self.task_ends(place, TaskEnd::Failed { why, printed });
    }

    fn task_ends(&mut self, place: usize, end: TaskEnd) {
        self.tell_of_task(place, TaskNews::Ended(end.clone()));
        self.task_to(place, Step::Ended(end));
    }

    fn task_to(&mut self, place: usize, step: Step) {
        let now = self.now;
        let task = &mut self.tasks[place];
        // How long it takes is counted from when it began, also while it stops.
        let keeps = matches!((&task.step, &step), (Step::Stop(_), Step::Follow(_)));
        task.step = step;
        task.failures = 0;
        task.pending = Pending::Due;
        if !keeps {
            task.since = now;
        }
    }

    fn task_pauses(&mut self, place: usize) {
        let pace = self.plan.conduct.pace;
        let task = &mut self.tasks[place];
        let waited = self.now.millis() - task.since.millis();
        task.pending = Pending::At(later(self.now, pace.pause(waited)));
    }

    fn tell_of_task(&mut self, task: usize, news: TaskNews) {
        let told = Told::Task { task, news };
        self.outbox.push(Effect::Tell(Box::new(told)));
    }
}

const STOPPED: &str = "STOPPED";

/// The container of a task whose exit code counts.
fn container<'t>(task: &'t Task, planned: &PlannedTask) -> Option<&'t Container> {
    let mut containers = task.containers.iter();
    containers.find(|container| container.name == planned.container)
}
