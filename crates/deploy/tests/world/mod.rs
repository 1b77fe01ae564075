//! A CloudFormation that has luck, good or bad, with every call.

pub(crate) mod ecs;

use std::collections::BTreeMap;

use proptest::prelude::*;
use stratiform_deploy::call::{
    Alarm, Database, ParameterValue, Resource, Service, Snapshot, Stack,
};
use stratiform_deploy::{
    Approval, Besides, Call, Conduct, Contract, Failure, FailureKind, Mending, OnFailure, Pace,
    Plan, PlannedStack, Record, Reply, Seen, Until,
};
use stratiform_service::change_set::DeploymentConfigMode;
use stratiform_service::{ChangeSet, ChangeSetId, Refusal, StackEvent, StackId, Timestamp, Word};

/// How stacks stand at first: the last ones are nobody's to change.
pub(crate) const STANDING: [&str; 12] = [
    "",
    "CREATE_COMPLETE",
    "UPDATE_COMPLETE",
    "UPDATE_ROLLBACK_COMPLETE",
    "ROLLBACK_COMPLETE",
    "UPDATE_ROLLBACK_FAILED",
    "UPDATE_FAILED",
    "CREATE_FAILED",
    "REVIEW_IN_PROGRESS",
    "ROLLBACK_FAILED",
    "DELETE_FAILED",
    "UPDATE_IN_PROGRESS",
];

/// What happens to a call, and to what it begins.
#[derive(Clone, Copy)]
pub(crate) struct Luck {
    pub call: CallLuck,
    /// How an operation ends: well, back, or stuck.
    pub end: u8,
    pub order: u8,
}

impl std::fmt::Debug for Luck {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?} {} {}", self.call, self.end % 8, self.order)
    }
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum CallLuck {
    Good,
    Throttled,
    /// Nothing was done, and nobody knows.
    Lost,
    /// It was done, and nobody knows.
    DoneAndLost,
    Refused,
    Nonsense,
}

pub(crate) fn luck() -> impl Strategy<Value = Luck> {
    let call = prop_oneof![
        20 => Just(CallLuck::Good),
        1 => Just(CallLuck::Throttled),
        1 => Just(CallLuck::Lost),
        1 => Just(CallLuck::DoneAndLost),
        1 => Just(CallLuck::Refused),
        1 => Just(CallLuck::Nonsense),
    ];
    (call, any::<u8>(), any::<u8>()).prop_map(|(call, end, order)| Luck { call, end, order })
}

#[derive(Clone, Debug)]
struct Deployed {
    id: StackId,
    status: String,
    template: String,
    /// What it was before what runs now.
    earlier: String,
    updated: Timestamp,
    events: Vec<StackEvent>,
    touched: bool,
    /// What the operation that runs ends with, and after how many looks.
    ends: Option<(u8, String, String)>,
}

pub(crate) struct World {
    stacks: BTreeMap<String, Deployed>,
    change_sets: BTreeMap<String, (String, String, String, Timestamp)>,
    luck: Vec<Luck>,
    drawn: usize,
    events: u64,
    made: u32,
    snapshot: Option<String>,
    pub tasks: ecs::Tasks,
}

/// How a stack was left.
#[derive(Debug)]
pub(crate) struct Left {
    pub is_planned: bool,
    pub is_well: bool,
    pub was_touched: bool,
}

const SERVICE: &str = "arn:aws:ecs:eu-west-1:111122223333:service/shop/api";

const PLANNED: &str = "{\"planned\":true}";
const OLD: &str = "{\"planned\":false}";

fn name(index: usize) -> String {
    format!("shop-dev-s{index}")
}

fn stack_id(name: &str, made: u32) -> StackId {
    StackId::new(format!(
        "arn:aws:cloudformation:eu-west-1:111122223333:stack/{name}/0000-{made}"
    ))
    .unwrap()
}

pub(crate) fn plan(stacks: usize, needs: &[u8], change: impl FnOnce(&mut Conduct)) -> Plan {
    let stacks = (0..stacks).map(|index| PlannedStack {
        name: name(index).parse().unwrap(),
        key: format!("s{index}"),
        depends_on: (0..index)
            .filter(|before| needs[index] & (1 << before) != 0)
            .collect(),
        template: PLANNED.to_owned(),
        parameters: [("Size".to_owned(), ParameterValue::Value("1".to_owned()))].into(),
        tags: Default::default(),
        capabilities: Vec::new(),
        policy: None,
        termination_protection: None,
        record: None,
        predicted: None,
        sealed: None,
        seen: None,
        drift: Default::default(),
        imports: Vec::new(),
    });
    let mut conduct = Conduct {
        run: "r1".to_owned(),
        record: Record::default(),
        concurrency: 2,
        on_failure: OnFailure::Keep,
        until: Until::Deployed,
        approval: Approval::Asked,
        allowed: Vec::new(),
        mending: Mending::Harmless,
        skip: Vec::new(),
        role: None,
        notification_arns: Vec::new(),
        rollback: None,
        mode: DeploymentConfigMode::Standard,
        import_existing: false,
        bucket: None,
        backup: false,
        besides: Besides::default(),
        verify: Some(Contract {
            services: true,
            targets: true,
            alarms: true,
            database: true,
            http: Vec::new(),
            bake_minutes: 1,
            patience_minutes: 10,
        }),
        pace: Pace {
            least: 1000,
            most: 15_000,
        },
    };
    change(&mut conduct);
    Plan {
        stacks: stacks.collect(),
        conduct,
    }
}

pub(crate) fn failure(kind: FailureKind, refusal: Option<Refusal>) -> Failure {
    Failure {
        kind,
        what: "a call failed".to_owned(),
        why: "bad luck".to_owned(),
        help: String::new(),
        refusal,
    }
}

fn refused(refusal: Refusal) -> Failure {
    failure(FailureKind::Refused, Some(refusal))
}

impl World {
    pub(crate) fn new(standing: &[usize], luck: Vec<Luck>) -> World {
        let mut world = World {
            stacks: BTreeMap::new(),
            change_sets: BTreeMap::new(),
            luck,
            drawn: 0,
            events: 0,
            made: 0,
            snapshot: None,
            tasks: ecs::Tasks::default(),
        };
        for (index, &status) in standing.iter().enumerate() {
            let status = STANDING[status];
            if !status.is_empty() {
                let name = name(index);
                world.made += 1;
                let stack = Deployed {
                    id: stack_id(&name, world.made),
                    status: status.to_owned(),
                    template: OLD.to_owned(),
                    earlier: OLD.to_owned(),
                    updated: "2026-11-01T03:00:00.000Z".parse().unwrap(),
                    events: Vec::new(),
                    touched: false,
                    ends: None,
                };
                world.stacks.insert(name, stack);
            }
        }
        world
    }

    fn draw(&mut self) -> Luck {
        // Bad luck ends: networks come back.
        let luck = self.luck.get(self.drawn).copied();
        self.drawn += 1;
        luck.unwrap_or(Luck {
            call: CallLuck::Good,
            end: 0,
            order: 0,
        })
    }

    pub(crate) fn pick(&mut self, among: usize) -> usize {
        usize::from(self.draw().order) % among
    }

    pub(crate) fn holds_nothing(&self, id: &StackId) -> bool {
        self.stacks
            .values()
            .filter(|stack| stack.id == *id)
            .all(|stack| {
                matches!(
                    stack.status.as_str(),
                    "ROLLBACK_COMPLETE"
                        | "REVIEW_IN_PROGRESS"
                        | "DELETE_COMPLETE"
                        | "DELETE_IN_PROGRESS"
                )
            })
    }

    pub(crate) fn left(&self, index: usize) -> Left {
        match self.stacks.get(&name(index)) {
            None => Left {
                is_planned: false,
                is_well: true,
                was_touched: false,
            },
            Some(stack) => Left {
                is_planned: stack.template == PLANNED
                    && stack.status.ends_with("_COMPLETE")
                    && !stack.status.starts_with("DELETE"),
                is_well: stack.status.ends_with("_COMPLETE"),
                was_touched: stack.touched,
            },
        }
    }

    /// The stack that a change set updates; none where it makes one.
    pub(crate) fn updates(&self, change_set: &ChangeSetId) -> Option<String> {
        let (stack, ..) = self.change_sets.get(change_set.as_str())?;
        let is_there = self.stacks.get(stack)?.status != "REVIEW_IN_PROGRESS";
        is_there.then(|| stack.clone())
    }

    /// A stack as it is now.
    pub(crate) fn seen(&self, name: &str) -> Seen {
        let deployed = self.stacks.get(name);
        let deployed = deployed.filter(|deployed| deployed.status != "DELETE_COMPLETE");
        Seen {
            stack: deployed.map(|deployed| Box::new(described(deployed))),
            template: deployed.map(|deployed| deployed.template.clone()),
        }
    }

    pub(crate) fn answer(&mut self, call: &Call, now: Timestamp) -> Result<Reply, Failure> {
        let luck = self.draw();
        match luck.call {
            CallLuck::Good => self.really(call, luck, now),
            CallLuck::Throttled => Err(failure(FailureKind::Throttled, None)),
            CallLuck::Lost => Err(failure(FailureKind::Unknown, None)),
            CallLuck::DoneAndLost => {
                let _ = self.really(call, luck, now);
                Err(failure(FailureKind::Unknown, None))
            }
            CallLuck::Refused => Err(failure(FailureKind::Denied, None)),
            CallLuck::Nonsense => Ok(Reply::Importers(Vec::new())),
        }
    }

    fn really(&mut self, call: &Call, luck: Luck, now: Timestamp) -> Result<Reply, Failure> {
        match call {
            Call::DescribeStack { stack } => {
                let found = self
                    .stacks
                    .values()
                    .find(|deployed| deployed.id.as_str() == stack);
                let found = found.or_else(|| {
                    self.stacks
                        .get(stack)
                        .filter(|deployed| deployed.status != "DELETE_COMPLETE")
                });
                Ok(Reply::Stack(
                    found.map(|deployed| Box::new(described(deployed))),
                ))
            }
            Call::GetTemplate { stack } => Ok(Reply::Template(self.by_id(stack)?.template.clone())),
            Call::ListStackResources { stack } => {
                let empty = self.by_id(stack)?.status == "ROLLBACK_COMPLETE";
                let database = Resource {
                    changed: None,
                    reason: None,
                    logical_id: "Database".parse().unwrap(),
                    physical_id: Some("db".parse().unwrap()),
                    resource_type: "AWS::RDS::DBInstance".to_owned(),
                    status: Word::new("CREATE_COMPLETE"),
                };
                let service = Resource {
                    logical_id: "Api".parse().unwrap(),
                    physical_id: Some(SERVICE.parse().unwrap()),
                    resource_type: "AWS::ECS::Service".to_owned(),
                    ..database.clone()
                };
                let resources = if empty {
                    Vec::new()
                } else {
                    vec![database, service]
                };
                Ok(Reply::Resources(resources))
            }
            Call::DescribeDbInstance { identifier } => Ok(Reply::Database(Some(Database {
                identifier: identifier.clone(),
                status: "available".to_owned(),
                restorable_until: None,
                backup_days: 7,
                deletion_protection: false,
            }))),
            Call::CreateDbSnapshot { snapshot, .. } => {
                self.snapshot = Some(snapshot.clone());
                Ok(Reply::Snapshot(shown(snapshot, "creating")))
            }
            Call::DescribeDbSnapshots { .. } => {
                let snapshots = self.snapshot.iter();
                let snapshots = snapshots.map(|snapshot| shown(snapshot, "available"));
                Ok(Reply::Snapshots(snapshots.collect()))
            }
            Call::DescribeServices { .. } => Ok(Reply::Services(vec![Service {
                arn: SERVICE.to_owned(),
                name: "api".to_owned(),
                status: "ACTIVE".to_owned(),
                desired: 1,
                running: 1,
                task_definition: "arn:aws:ecs:eu-west-1:111122223333:task-definition/api:7"
                    .to_owned(),
                deployments: Vec::new(),
                target_groups: Vec::new(),
            }])),
            Call::FindTasks { .. } => Ok(Reply::Tasks(self.tasks.all())),
            Call::CopyTaskDefinition { .. } => Ok(Reply::TaskDefinition {
                arn: self.tasks.definition(),
                is_active: true,
                images: Default::default(),
            }),
            Call::RunTask(new) => {
                let task = self.tasks.run(new, (luck.end, luck.order));
                Ok(Reply::Task(Some(Box::new(task))))
            }
            Call::DescribeTask { task, .. } => {
                let found = self.tasks.describe(task, now);
                Ok(Reply::Task(found.map(Box::new)))
            }
            Call::StopTask { task, .. } => {
                self.tasks.stop(task, now);
                Ok(Reply::Done)
            }
            Call::TaskLogs { .. } => Ok(Reply::Printed(None)),
            Call::RunCommand(_) => Ok(Reply::Command {
                exit: Some(i32::from(luck.end.is_multiple_of(4))),
                is_late: false,
                printed: Vec::new(),
            }),
            Call::Publish { .. } | Call::Webhook { .. } => Ok(Reply::Done),
            Call::DescribeAlarms { .. } => Ok(Reply::Alarms(Vec::<Alarm>::new())),
            Call::CreateChangeSet(new) => self.create(
                &new.stack,
                &new.name,
                new.template == stratiform_deploy::call::TemplateSource::Body(PLANNED.to_owned()),
                now,
            ),
            Call::DescribeChangeSet { change_set } => self.describe(change_set),
            Call::ValidationEvents { .. } => Ok(Reply::Validation(Vec::new())),
            Call::DeleteChangeSet { change_set } => {
                self.change_sets.remove(change_set.as_str());
                Ok(Reply::Done)
            }
            Call::ExecuteChangeSet { change_set, token } => {
                self.execute(change_set, token, luck, now)
            }
            Call::DeleteStack { stack, token } => {
                let token = token.clone();
                self.operate(stack, &token, "DELETE", luck, now, None)
            }
            Call::ContinueUpdateRollback { stack, token, .. } => {
                let token = token.clone();
                self.operate(stack, &token, "UPDATE_ROLLBACK", luck, now, None)
            }
            Call::RollbackStack { stack, token } => {
                let kind = match self.by_id(stack)?.status.starts_with("CREATE") {
                    true => "ROLLBACK",
                    false => "UPDATE_ROLLBACK",
                };
                let token = token.clone();
                self.operate(stack, &token, kind, luck, now, None)
            }
            Call::StackEvents { stack, after } => self.events(stack, after.as_deref(), now),
            Call::CancelUpdateStack { .. } => Ok(Reply::Done),
            _ => Err(failure(FailureKind::Refused, None)),
        }
    }

    fn by_id(&mut self, id: &StackId) -> Result<&mut Deployed, Failure> {
        let missing = refused(Refusal::StackMissing {
            stack: id.to_string(),
        });
        self.stacks
            .values_mut()
            .find(|stack| stack.id == *id)
            .ok_or(missing)
    }

    fn create(
        &mut self,
        stack: &str,
        change_set: &str,
        is_planned: bool,
        now: Timestamp,
    ) -> Result<Reply, Failure> {
        let there = self
            .stacks
            .get(stack)
            .filter(|deployed| deployed.status != "DELETE_COMPLETE");
        let id = match there {
            Some(deployed)
                if deployed.status.ends_with("E_COMPLETE")
                    && !deployed.status.starts_with("ROLLBACK")
                    || deployed.status == "REVIEW_IN_PROGRESS"
                    || deployed.status == "UPDATE_ROLLBACK_COMPLETE" =>
            {
                deployed.id.clone()
            }
            Some(deployed) => {
                return Err(refused(Refusal::CannotBeUpdated {
                    stack_id: deployed.id.to_string(),
                    status: Word::new(&deployed.status),
                }));
            }
            None => {
                self.made += 1;
                let id = stack_id(stack, self.made);
                let deployed = Deployed {
                    id: id.clone(),
                    status: "REVIEW_IN_PROGRESS".to_owned(),
                    template: String::new(),
                    earlier: String::new(),
                    updated: now,
                    events: Vec::new(),
                    touched: false,
                    ends: None,
                };
                self.stacks.insert(stack.to_owned(), deployed);
                id
            }
        };
        self.events += 1;
        let arn = format!(
            "arn:aws:cloudformation:eu-west-1:111122223333:changeSet/{change_set}/1111-{}",
            self.events
        );
        let template = if is_planned { PLANNED } else { OLD };
        let existing = self
            .change_sets
            .iter()
            .find(|(_, (of, name, ..))| of == stack && name == change_set)
            .map(|(arn, _)| arn.clone());
        let arn = existing.unwrap_or_else(|| {
            self.change_sets.insert(
                arn.clone(),
                (
                    stack.to_owned(),
                    change_set.to_owned(),
                    template.to_owned(),
                    now,
                ),
            );
            arn
        });
        Ok(Reply::ChangeSetMade {
            change_set: ChangeSetId::new(&arn).unwrap(),
            stack: id,
        })
    }

    fn describe(&mut self, id: &ChangeSetId) -> Result<Reply, Failure> {
        let missing = refused(Refusal::ChangeSetMissing {
            change_set: id.to_string(),
        });
        let (stack, name, template, made) = self.change_sets.get(id.as_str()).ok_or(missing)?;
        let deployed = &self.stacks[stack];
        let nothing = deployed.template == *template;
        let change_set: ChangeSet = serde_json::from_value(serde_json::json!({
            "ChangeSetId": id.as_str(),
            "ChangeSetName": name,
            "CreationTime": made.to_string(),
            "ExecutionStatus": if nothing { "UNAVAILABLE" } else { "AVAILABLE" },
            "StackId": deployed.id.as_str(),
            "StackName": stack,
            "Status": if nothing { "FAILED" } else { "CREATE_COMPLETE" },
            "StatusReason": nothing.then_some("The submitted information didn't contain changes. Submit different information to create a change set."),
        }))
        .unwrap();
        Ok(Reply::ChangeSet(Box::new(change_set)))
    }

    fn execute(
        &mut self,
        id: &ChangeSetId,
        token: &str,
        luck: Luck,
        now: Timestamp,
    ) -> Result<Reply, Failure> {
        let missing = refused(Refusal::ChangeSetMissing {
            change_set: id.to_string(),
        });
        let (stack, _, template, _) = self.change_sets.get(id.as_str()).cloned().ok_or(missing)?;
        let deployed = &self.stacks[&stack];
        let kind = match deployed.status.as_str() {
            "REVIEW_IN_PROGRESS" => "CREATE",
            _ => "UPDATE",
        };
        let stack_id = deployed.id.clone();
        let reply = self.operate(&stack_id, token, kind, luck, now, Some(template))?;
        self.change_sets.retain(|_, (of, ..)| *of != stack);
        Ok(reply)
    }

    /// Begins an operation.
    fn operate(
        &mut self,
        id: &StackId,
        token: &str,
        kind: &str,
        luck: Luck,
        now: Timestamp,
        template: Option<String>,
    ) -> Result<Reply, Failure> {
        self.events += 1;
        let number = self.events;
        let deployed = self.by_id(id)?;
        if deployed.status.ends_with("_IN_PROGRESS") && deployed.status != "REVIEW_IN_PROGRESS" {
            return Err(refused(Refusal::CannotBeUpdated {
                stack_id: id.to_string(),
                status: Word::new(&deployed.status),
            }));
        }
        deployed.touched = deployed.touched || matches!(kind, "CREATE" | "UPDATE");
        deployed.updated = now;
        deployed.status = format!("{kind}_IN_PROGRESS");
        deployed.earlier = deployed.template.clone();
        deployed.template = template.unwrap_or_else(|| deployed.template.clone());
        let end = match (kind, luck.end % 8) {
            ("CREATE", 0..=4) => "CREATE_COMPLETE",
            ("CREATE", 5..=6) => "ROLLBACK_COMPLETE",
            ("CREATE", _) => "ROLLBACK_FAILED",
            ("UPDATE", 0..=4) => "UPDATE_COMPLETE",
            ("UPDATE", 5..=6) => "UPDATE_ROLLBACK_COMPLETE",
            ("UPDATE", _) => "UPDATE_ROLLBACK_FAILED",
            (_, 0..=6) => match kind {
                "DELETE" => "DELETE_COMPLETE",
                "ROLLBACK" => "ROLLBACK_COMPLETE",
                _ => "UPDATE_ROLLBACK_COMPLETE",
            },
            ("DELETE", _) => "DELETE_FAILED",
            ("ROLLBACK", _) => "ROLLBACK_FAILED",
            _ => "UPDATE_ROLLBACK_FAILED",
        };
        let status = deployed.status.clone();
        deployed.ends = Some((luck.order % 4, end.to_owned(), token.to_owned()));
        let event = event(deployed, number, &status, token, now);
        deployed.events.push(event);
        Ok(Reply::Done)
    }

    fn events(
        &mut self,
        id: &StackId,
        after: Option<&str>,
        now: Timestamp,
    ) -> Result<Reply, Failure> {
        self.events += 1;
        let number = self.events;
        let deployed = self.by_id(id)?;
        match deployed.ends.take() {
            Some((0, end, token)) => {
                if end.contains("ROLLBACK") {
                    deployed.template = deployed.earlier.clone();
                }
                deployed.status = end.clone();
                let event = event(deployed, number, &end, &token, now);
                deployed.events.push(event);
            }
            Some((looks, end, token)) => deployed.ends = Some((looks - 1, end, token)),
            None => {}
        }
        let known = after.and_then(|after| {
            deployed
                .events
                .iter()
                .position(|event| event.event_id == after)
        });
        Ok(Reply::Events(
            deployed.events[known.map_or(0, |known| known + 1)..].to_vec(),
        ))
    }
}

fn event(stack: &Deployed, number: u64, status: &str, token: &str, now: Timestamp) -> StackEvent {
    serde_json::from_value(serde_json::json!({
        "ClientRequestToken": token,
        "EventId": format!("e{number}"),
        "LogicalResourceId": stack.id.stack_name(),
        "PhysicalResourceId": stack.id.as_str(),
        "ResourceStatus": status,
        "ResourceType": "AWS::CloudFormation::Stack",
        "StackId": stack.id.as_str(),
        "StackName": stack.id.stack_name(),
        "Timestamp": now.to_string(),
    }))
    .unwrap()
}

fn described(stack: &Deployed) -> Stack {
    Stack {
        created: stack.updated,
        parameters: [("Size".to_owned(), "1".to_owned())].into(),
        ..Stack::bare(stack.id.clone(), Word::new(&stack.status))
    }
}

fn shown(snapshot: &str, status: &str) -> Snapshot {
    Snapshot {
        identifier: snapshot.to_owned(),
        status: status.to_owned(),
        percent: 0,
        created: None,
        key: None,
    }
}
