//! The run without a failure, where it could fail, and the run with one.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use stratiform_aws::Aws;
use stratiform_deploy::{Call, Ending, Mending, Outcome, Plan, Reply, alarm_name, stack_of};
use stratiform_endpoint::State;
use stratiform_rehearsal::{
    Clean, End, Ended, Failure, StackStands, Stands, Way, of_call, of_changes,
};
use stratiform_service::{AccountId, Region};

use super::course::Course;
use super::stage::{Scene, Stage, aws};
use crate::view::deployment::findings::sentences;

/// All that a rehearsal is of.
#[derive(Debug)]
pub(super) struct Play {
    pub(super) region: Region,
    pub(super) account: AccountId,
    /// How everything is before.
    pub(super) before: Scene,
    /// From there to what is to be.
    pub(super) plan: Plan,
    /// From anywhere to what was before; none where nothing was.
    pub(super) back: Option<Plan>,
    /// The stacks of before and after: their keys and names.
    pub(super) stacks: BTreeMap<String, String>,
}

/// A moment at which something can fail.
#[derive(Clone, Debug)]
struct Moment {
    course: Course,
    scene: Scene,
}

/// Something that fails, and when.
#[derive(Clone, Debug)]
pub(super) struct Cell {
    failure: Failure,
    moment: Arc<Moment>,
}

/// What is known once it was played without a failure.
#[derive(Debug)]
pub(super) struct Played {
    pub(super) clean: Clean,
    pub(super) cells: Vec<Cell>,
    before: Stands,
    after: Stands,
    /// What was looked at: a stack to which nothing happened since stands as it did.
    seen: Vec<Seen>,
    /// What gets out of a situation: many failures come to the same.
    ways: Mutex<HashMap<String, Arc<OnceLock<WayOut>>>>,
}

/// How the stacks stood in a state.
#[derive(Debug)]
pub(super) struct Seen {
    state: State,
    stands: Stands,
}

#[derive(Clone, Debug)]
struct WayOut {
    way: Way,
    lost: Vec<String>,
    millis: i64,
}

/// What was noted of a call of the run without a failure.
#[derive(Debug, Default)]
struct Noted {
    /// The operations that it is the first to call.
    new: Vec<String>,
    /// The change set's stack, where it executes one; as a place in the plan.
    executes: Option<usize>,
    /// The operation that changed something, and the stack's key.
    changed: Option<(String, Option<String>)>,
    /// Whether it is the first after the last stack.
    is_verifying: bool,
}

impl Played {
    /// How many resources with data are there before.
    pub(super) fn data(&self) -> usize {
        self.before.data()
    }
}

impl Play {
    fn aws(&self, stage: &Arc<Stage>) -> Aws {
        aws(stage, &self.region, &self.account)
    }

    /// Plays it without a failure, and finds out what can fail.
    pub(super) async fn play(&self) -> Played {
        let stage = Stage::new(&self.before);
        let aws = self.aws(&stage);
        let before = self.look(&stage, &aws, &[]).await;
        stage.set(&self.before);

        let mut course = Course::begin(&self.plan, &stage);
        let noted = self.note(&mut course, &stage, &aws).await;
        let outcome = course.run.outcome().unwrap_or(Outcome::NeedsPerson);
        let millis = stage.now().millis() - self.before.at.millis();
        let endings = course.run.endings();
        let stacks = endings.iter().flatten();
        let stacks = stacks.filter(|ending| **ending == Ending::Deployed).count();
        let clean = Clean::new(outcome, millis, stacks, why(&course));
        let after = self.look(&stage, &aws, &[]).await;
        let mut seen = vec![Seen {
            state: self.before.state.clone(),
            stands: before.clone(),
        }];
        let cells = match outcome {
            Outcome::Done => {
                let cells = self.cells(&noted, &course, &stage, &aws).await;
                seen.push(self.seen(&stage, &aws).await);
                cells
            }
            _ => Vec::new(),
        };
        Played {
            clean,
            cells,
            before,
            after,
            seen,
            ways: Mutex::default(),
        }
    }

    /// Goes through to the end, and notes what each call was.
    async fn note(&self, course: &mut Course, stage: &Stage, aws: &Aws) -> Vec<Noted> {
        let (mut all, mut known) = (Vec::new(), BTreeSet::new());
        let mut is_verifying = false;
        loop {
            let call = course.next_call().cloned();
            let is_over = course.run.endings().iter().all(Option::is_some);
            if !course.step(stage, aws).await {
                return all;
            }
            let Some(call) = call else { continue };
            let (called, changed) = stage.called();
            let first = is_over && !std::mem::replace(&mut is_verifying, is_over);
            let executes = match &call {
                Call::ExecuteChangeSet { change_set, .. } => {
                    let mut proposals = course.run.proposals().into_iter();
                    proposals.position(|proposal| {
                        proposal.is_some_and(|found| found.change_set.change_set_id == *change_set)
                    })
                }
                _ => None,
            };
            let changed = changed.then(|| {
                let operation = called.last().cloned().unwrap_or_default();
                (operation, self.stack(&call, executes))
            });
            let new = called.into_iter().filter(|one| known.insert(one.clone()));
            all.push(Noted {
                new: new.collect(),
                executes,
                changed,
                is_verifying: first,
            });
        }
    }

    /// The key of the stack that a call that changes something is about.
    fn stack(&self, call: &Call, executes: Option<usize>) -> Option<String> {
        let name = match call {
            Call::CreateChangeSet(new) => new.stack.as_str(),
            Call::SetStackPolicy { stack, .. }
            | Call::UpdateTerminationProtection { stack, .. }
            | Call::DeleteStack { stack, .. } => stack.as_str().split('/').nth(1)?,
            _ => self.plan.stacks.get(executes?)?.name.as_str(),
        };
        let mut stacks = self.stacks.iter();
        stacks.find_map(|(key, known)| (known == name).then(|| key.clone()))
    }

    /// What can fail, each with the moment just before: the same run once more, which is kept wherever something can.
    async fn cells(
        &self,
        noted: &[Noted],
        finished: &Course,
        stage: &Arc<Stage>,
        aws: &Aws,
    ) -> Vec<Cell> {
        let alarms = self.alarms(aws).await;
        let triggers = self.triggers();
        let mut is_first = true;
        let mut cells = Vec::new();
        stage.set(&self.before);
        let mut course = Course::begin(&self.plan, stage);
        for noted in noted {
            while course.next_call().is_none() && course.step(stage, aws).await {}
            let mut failures: Vec<Failure> =
                noted.new.iter().flat_map(|name| of_call(name)).collect();
            let key = noted.executes.and_then(|place| {
                let planned = self.plan.stacks.get(place)?;
                Some((place, stack_of(&planned.key).to_owned()))
            });
            if let Some((place, key)) = &key
                && let Some(Some(proposal)) = finished.run.proposals().get(*place)
            {
                failures.extend(of_changes(key, &proposal.change_set));
            }
            let mut late = Vec::new();
            if key.is_some() || noted.is_verifying {
                let scene = stage.scene();
                let mut there = there(aws, &alarms).await;
                stage.set(&scene);
                // What nobody watches meanwhile is the same whenever it goes off, until all is looked at.
                let is_watched = failures
                    .iter()
                    .any(|one| matches!(one, Failure::Service { .. }));
                if !noted.is_verifying && !is_watched && !is_first {
                    there.retain(|alarm| triggers.contains(alarm));
                }
                is_first &= there.is_empty();
                let of_alarm = there.into_iter().map(|alarm| Failure::Alarm {
                    alarm,
                    stack: key.as_ref().map(|(_, key)| key.clone()),
                });
                // An alarm that goes off before the change set is executed would stop it there.
                late.extend(of_alarm);
            }
            keep(&mut cells, failures, &course, stage);
            course.step(stage, aws).await;
            if let Some((after, stack)) = &noted.changed {
                late.push(Failure::Killed {
                    after: after.clone(),
                    stack: stack.clone(),
                });
            }
            keep(&mut cells, late, &course, stage);
        }
        course.end(stage, aws).await;
        cells
    }

    /// The alarms that CloudFormation watches while it deploys any stack.
    fn triggers(&self) -> Vec<String> {
        let watched = self.plan.conduct.rollback.iter();
        let arns = watched.flat_map(|rollback| &rollback.rollback_triggers);
        arns.map(|trigger| alarm_name(&trigger.arn).to_owned())
            .collect()
    }

    /// The alarms that there are once all is deployed.
    async fn alarms(&self, aws: &Aws) -> Vec<String> {
        let mut alarms = Vec::new();
        for name in self.stacks.values() {
            let Some(stack) = described(aws, name).await else {
                continue;
            };
            let call = Call::ListStackResources { stack: stack.id };
            if let Ok(Reply::Resources(resources)) = aws.call(&call).await {
                let mine = resources.into_iter().filter(|resource| {
                    matches!(
                        resource.resource_type.as_str(),
                        "AWS::CloudWatch::Alarm" | "AWS::CloudWatch::CompositeAlarm"
                    )
                });
                let ids = mine.filter_map(|resource| resource.physical_id);
                alarms.extend(ids.map(|id| alarm_name(id.as_str()).to_owned()));
            }
        }
        alarms
    }

    /// How the stacks stand in the state that is there.
    async fn seen(&self, stage: &Stage, aws: &Aws) -> Seen {
        let state = stage.scene().state;
        let stands = self.look(stage, aws, &[]).await;
        Seen { state, stands }
    }

    /// How the stacks stand. What is known of a stack to which nothing happened since is not asked again.
    pub(super) async fn look(&self, stage: &Stage, aws: &Aws, seen: &[Seen]) -> Stands {
        let mut stands = Stands::default();
        for (key, name) in &self.stacks {
            let mut same = seen.iter();
            let same = same.find(|seen| stage.has_same_stack(&seen.state, name));
            if let Some(stack) = same.and_then(|seen| seen.stands.of(key)) {
                stands.insert(key, stack.clone());
                continue;
            }
            let Some(stack) = described(aws, name).await else {
                continue;
            };
            let call = Call::GetTemplate {
                stack: stack.id.clone(),
            };
            let template = match aws.call(&call).await {
                Ok(Reply::Template(template)) => template,
                _ => String::new(),
            };
            let call = Call::ListStackResources {
                stack: stack.id.clone(),
            };
            let resources = match aws.call(&call).await {
                Ok(Reply::Resources(resources)) => resources,
                _ => Vec::new(),
            };
            stands.insert(key, StackStands::new(&stack, template, &resources));
        }
        stands
    }

    /// Plays it with a failure; none where it did not happen.
    pub(super) async fn fail(&self, played: &Played, cell: &Cell) -> Option<End> {
        let stage = Stage::new(&cell.moment.scene);
        let aws = self.aws(&stage);
        let began = cell.moment.scene.at;
        let fault = cell.failure.fault(|key| self.stacks.get(key).cloned());
        let mut course = match (&cell.failure, &fault) {
            (Failure::Killed { .. }, _) => Course::begin(&unseen(&self.plan), &stage),
            (_, Some(fault)) => {
                stage.fault(fault.clone());
                cell.moment.course.clone()
            }
            (_, None) => return None,
        };
        let outcome = course.end(&stage, &aws).await;
        if fault.as_ref().is_some_and(|fault| {
            !matches!(fault, stratiform_endpoint::Fault::Alarm { .. }) && stage.is_unmet(fault)
        }) {
            return None;
        }
        stage.calm();
        let millis = stage.now().millis() - began.millis();
        stage.settle();
        let stands = self.look(&stage, &aws, &played.seen).await;
        let is_through = outcome == Outcome::Done && stands.is_like(&played.after);
        let is_back = stands.is_as(&played.before);
        let stuck = stands.stuck().into_iter();
        let stuck = stuck.map(|(key, status)| (key.to_owned(), status.clone()));
        let stuck: Vec<_> = stuck.collect();
        let is_new = stuck.iter().all(|(key, _)| !played.before.has(key));
        let mut lost = stands.lost(&played.before, &played.after);
        let (way, way_millis) = if is_through || is_back {
            (Way::Nothing, 0)
        } else {
            let way = self.way(played, &stands, &stage, &aws).await;
            lost.extend(way.lost);
            lost.sort_unstable();
            lost.dedup();
            (way.way, way.millis)
        };
        Some(End::new(
            cell.failure.clone(),
            Ended {
                outcome,
                is_through,
                is_back,
                stuck,
                is_new,
                way,
                lost,
                millis,
                way_millis,
            },
        ))
    }

    /// What gets out of a situation: looked for once, whoever else is in the same.
    async fn way(&self, played: &Played, stands: &Stands, stage: &Arc<Stage>, aws: &Aws) -> WayOut {
        let ways = played.ways.lock();
        let known = ways
            .unwrap_or_else(PoisonError::into_inner)
            .entry(stands.situation())
            .or_default()
            .clone();
        if let Some(way) = known.get() {
            return way.clone();
        }
        let way = self.way_out(played, stage, aws).await;
        // Whoever came first has found the same.
        known.get_or_init(|| way).clone()
    }

    async fn way_out(&self, played: &Played, stage: &Arc<Stage>, aws: &Aws) -> WayOut {
        let scene = stage.scene();
        let mut mending = unseen(&self.plan);
        mending.conduct.mending = Mending::Rollbacks;
        let again = (Way::Deploy, Some(unseen(&self.plan)), &played.after);
        let back = self.back.as_ref().map(|back| {
            let mut back = unseen(back);
            back.conduct.mending = Mending::Rollbacks;
            back
        });
        let back = (Way::Rollback, back, &played.before);
        let both = (Way::RollbackThenDeploy, Some(mending), &played.after);
        let mut lost = Vec::new();
        for (way, plan, wanted) in [back, again, both] {
            let Some(plan) = plan else { continue };
            stage.set(&scene);
            let mut course = Course::begin(&plan, stage);
            let outcome = course.end(stage, aws).await;
            let millis = stage.now().millis() - scene.at.millis();
            stage.settle();
            let stands = self.look(stage, aws, &played.seen).await;
            lost = stands.lost(&played.before, &played.after);
            if outcome == Outcome::Done && stands.is_like(wanted) {
                return WayOut { way, lost, millis };
            }
        }
        WayOut {
            way: Way::Nobody,
            lost,
            millis: 0,
        }
    }
}

/// Keeps a moment for what can fail at it.
fn keep(cells: &mut Vec<Cell>, failures: Vec<Failure>, course: &Course, stage: &Stage) {
    if failures.is_empty() {
        return;
    }
    let moment = Arc::new(Moment {
        course: course.clone(),
        scene: stage.scene(),
    });
    cells.extend(failures.into_iter().map(|failure| Cell {
        failure,
        moment: Arc::clone(&moment),
    }));
}

/// The alarms of these that are there.
async fn there(aws: &Aws, alarms: &[String]) -> Vec<String> {
    /// What DescribeAlarms takes in a call.
    const ALARMS: usize = 100;
    let mut all = Vec::new();
    for names in alarms.chunks(ALARMS) {
        let names = names.to_vec();
        if let Ok(Reply::Alarms(found)) = aws.call(&Call::DescribeAlarms { names }).await {
            all.extend(found.into_iter().map(|alarm| alarm.name));
        }
    }
    all
}

async fn described(aws: &Aws, name: &str) -> Option<Box<stratiform_deploy::call::Stack>> {
    let call = Call::DescribeStack {
        stack: name.to_owned(),
    };
    match aws.call(&call).await {
        Ok(Reply::Stack(stack)) => stack,
        _ => None,
    }
}

/// A plan that looks for itself.
fn unseen(plan: &Plan) -> Plan {
    let mut plan = plan.clone();
    for stack in &mut plan.stacks {
        stack.seen = None;
    }
    plan
}

/// What stood in the way of a run.
pub(super) fn why(course: &Course) -> Vec<String> {
    let plan = course.run.plan();
    let endings = course.run.endings();
    let each = plan.stacks.iter().zip(endings);
    let said = each.flat_map(|(stack, ending)| match ending {
        Some(Ending::NotApproved) => vec![format!(
            "the stack `{}`: it would lose data that nobody named (--allow)",
            stack.key
        )],
        Some(ending) => sentences(&stack.key, &ending),
        None => Vec::new(),
    });
    said.collect()
}
