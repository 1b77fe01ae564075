//! A CloudFormation whose stacks are deleted with luck, good or bad.

use proptest::prelude::*;
use stratiform_deploy::call::{Database, Resource, Snapshot, Stack};
use stratiform_deploy::destruction::{Conduct, Plan, PlannedStack};
use stratiform_deploy::{Allowance, Call, Failure, FailureKind, Loss, Pace, Reply};
use stratiform_service::{Refusal, StackEvent, StackId, Timestamp, Word};

use crate::luck::{CallLuck, Luck};

/// A stack, and those before it that it needs.
#[derive(Clone, Debug)]
pub(crate) struct Given {
    standing: &'static str,
    has: Has,
    needs: u8,
    imports: u8,
}

/// What does a stack have that matters?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Has {
    Nothing,
    NamedData,
    Data,
    Kept,
    Snapshot,
    TerminationProtection,
    ProtectedDatabase,
    /// By hand: its template says otherwise.
    DatabaseThatRdsProtects,
    ImporterOutside,
}

impl Has {
    /// Why none of the environment may be deleted.
    fn objection(self) -> Option<&'static str> {
        match self {
            Has::Nothing | Has::NamedData | Has::Kept | Has::Snapshot => None,
            Has::Data => Some("it has data that nobody named"),
            Has::TerminationProtection
            | Has::ProtectedDatabase
            | Has::DatabaseThatRdsProtects
            | Has::ImporterOutside => Some("it is protected"),
        }
    }

    fn resource(self) -> (&'static str, &'static str) {
        match self {
            Has::Nothing | Has::TerminationProtection | Has::ImporterOutside => {
                ("AWS::SNS::Topic", "{}")
            }
            Has::NamedData | Has::Data => ("AWS::SQS::Queue", "{}"),
            Has::Kept => ("AWS::SQS::Queue", r#"{"DeletionPolicy": "Retain"}"#),
            Has::Snapshot => ("AWS::RDS::DBInstance", "{}"),
            Has::ProtectedDatabase => (
                "AWS::RDS::DBInstance",
                r#"{"Properties": {"DeletionProtection": true}}"#,
            ),
            Has::DatabaseThatRdsProtects => (
                "AWS::RDS::DBInstance",
                r#"{"Properties": {"DeletionProtection": false}}"#,
            ),
        }
    }
}

const RESUMED: &str = "DELETE_IN_PROGRESS of ours";

impl Given {
    /// Whether an earlier run is deleting it.
    pub(crate) fn is_resumed(&self) -> bool {
        self.standing == RESUMED
    }
}

pub(crate) fn given() -> impl Strategy<Value = Given> {
    let standing = prop_oneof![
        10 => Just("CREATE_COMPLETE"),
        4 => Just("UPDATE_COMPLETE"),
        2 => Just(""),
        2 => Just("DELETE_FAILED"),
        2 => Just("ROLLBACK_COMPLETE"),
        1 => Just("UPDATE_ROLLBACK_FAILED"),
        1 => Just("REVIEW_IN_PROGRESS"),
        1 => Just(RESUMED),
        1 => Just("DELETE_IN_PROGRESS"),
        1 => Just("UPDATE_IN_PROGRESS"),
    ];
    let has = prop_oneof![
        8 => Just(Has::Nothing),
        4 => Just(Has::NamedData),
        4 => Just(Has::Kept),
        4 => Just(Has::Snapshot),
        1 => Just(Has::Data),
        1 => Just(Has::TerminationProtection),
        1 => Just(Has::ProtectedDatabase),
        1 => Just(Has::DatabaseThatRdsProtects),
        1 => Just(Has::ImporterOutside),
    ];
    (standing, has, any::<u8>(), any::<u8>()).prop_map(|(standing, has, needs, imports)| Given {
        standing,
        has,
        needs,
        imports,
    })
}

fn name(index: usize) -> String {
    format!("shop-dev-s{index}")
}

pub(crate) fn plan(stacks: &[Given], concurrency: usize) -> Plan {
    let planned = stacks
        .iter()
        .enumerate()
        .map(|(index, given)| PlannedStack {
            name: name(index).parse().unwrap(),
            key: format!("s{index}"),
            depends_on: before(index, given.needs).collect(),
        });
    let named = stacks.iter().enumerate();
    let named = named.filter(|(_, given)| given.has == Has::NamedData);
    Plan {
        stacks: planned.collect(),
        conduct: Conduct {
            run: "r1".to_owned(),
            concurrency,
            allowed: named
                .map(|(index, _)| Allowance {
                    loss: Loss::Delete,
                    stack: format!("s{index}"),
                    logical_id: "Thing".parse().unwrap(),
                })
                .collect(),
            pace: Pace {
                least: 1000,
                most: 15_000,
            },
        },
    }
}

/// The stacks before one that a mask names.
fn before(index: usize, mask: u8) -> impl Iterator<Item = usize> {
    (0..index).filter(move |before| mask & (1 << before) != 0)
}

struct Deployed {
    given: Given,
    id: StackId,
    /// Empty where it is not there.
    status: String,
    events: Vec<StackEvent>,
    was_touched: bool,
    /// What its deletion ends with, after how many looks, and the deletion's token.
    ends: Option<(u8, String, String)>,
}

impl Deployed {
    fn is_gone(&self) -> bool {
        matches!(self.status.as_str(), "" | "DELETE_COMPLETE")
    }

    /// Whether somebody else is at work in it.
    fn is_busy(&self) -> bool {
        self.given.standing.ends_with("_IN_PROGRESS") && self.given.standing != "REVIEW_IN_PROGRESS"
    }

    /// Whether it holds what it would have, had it been made.
    fn is_made(&self) -> bool {
        !matches!(self.given.standing, "" | "REVIEW_IN_PROGRESS")
    }
}

pub(crate) struct World {
    stacks: Vec<Deployed>,
    luck: Vec<Luck>,
    drawn: usize,
    events: u64,
}

/// How a stack was left.
#[derive(Debug)]
pub(crate) struct Left {
    pub is_gone: bool,
    pub is_well: bool,
    pub was_touched: bool,
}

fn failure(kind: FailureKind, refusal: Option<Refusal>) -> Failure {
    Failure {
        kind,
        what: "a call failed".to_owned(),
        why: "bad luck".to_owned(),
        help: String::new(),
        refusal,
    }
}

impl World {
    pub(crate) fn new(stacks: &[Given], luck: Vec<Luck>) -> World {
        let now: Timestamp = "2026-11-01T03:00:00.000Z".parse().unwrap();
        let deployed = stacks.iter().enumerate().map(|(index, given)| {
            let name = name(index);
            let id = format!("arn:aws:cloudformation:eu-west-1:111122223333:stack/{name}/0000");
            let resumed = given.is_resumed();
            let status = given.standing.split(' ').next().unwrap();
            let mut deployed = Deployed {
                given: given.clone(),
                id: StackId::new(id).unwrap(),
                status: status.to_owned(),
                events: Vec::new(),
                was_touched: false,
                ends: None,
            };
            if status == "DELETE_IN_PROGRESS" {
                let token = if resumed {
                    "stratiform-r1-destroy-0"
                } else {
                    "theirs"
                };
                let event = event(&deployed, &format!("before{index}"), status, token, now);
                deployed.events.push(event);
                if resumed {
                    deployed.ends = Some((2, "DELETE_COMPLETE".to_owned(), token.to_owned()));
                }
            }
            deployed
        });
        World {
            stacks: deployed.collect(),
            luck,
            drawn: 0,
            events: 0,
        }
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

    pub(crate) fn left(&self, index: usize) -> Left {
        let stack = &self.stacks[index];
        Left {
            is_gone: stack.is_gone(),
            is_well: stack.is_gone() || stack.status.ends_with("_COMPLETE"),
            was_touched: stack.was_touched,
        }
    }

    /// Why a stack may not be deleted now.
    pub(crate) fn objection(&self, id: &StackId) -> Option<String> {
        let index = self.stacks.iter().position(|stack| stack.id == *id)?;
        let standing = self
            .stacks
            .iter()
            .filter(|stack| stack.is_made() && !stack.given.is_resumed());
        let mut objections = standing
            .clone()
            .filter_map(|stack| stack.given.has.objection());
        if let Some(objection) = objections.next() {
            return Some(format!("{id}: {objection}"));
        }
        if self.stacks.iter().any(Deployed::is_busy) {
            return Some(format!("{id}: somebody is at work in the environment"));
        }
        let mut users = self.users(index);
        let user = users.find(|&user| !self.stacks[user].is_gone())?;
        Some(format!("{id}: {} needs it", self.stacks[user].id))
    }

    /// The stacks that need one.
    fn users(&self, index: usize) -> impl Iterator<Item = usize> {
        let stacks = self.stacks.iter().enumerate();
        let planned = stacks.filter(move |(place, stack)| {
            before(*place, stack.given.needs).any(|needed| needed == index)
        });
        planned.map(|(place, _)| place).chain(self.importers(index))
    }

    /// The stacks that import from one; both have to be made for that.
    fn importers(&self, index: usize) -> impl Iterator<Item = usize> {
        let stacks = self.stacks.iter().enumerate();
        let importers = stacks.filter(move |(place, stack)| {
            self.stacks[index].is_made()
                && stack.is_made()
                && !stack.is_gone()
                && before(*place, stack.given.imports).any(|needed| needed == index)
        });
        importers.map(|(place, _)| place)
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
            CallLuck::Nonsense => Ok(Reply::Targets(Vec::new())),
        }
    }

    fn really(&mut self, call: &Call, luck: Luck, now: Timestamp) -> Result<Reply, Failure> {
        Ok(match call {
            Call::DescribeStack { stack: asked } => {
                let found = self
                    .stacks
                    .iter()
                    .find(|stack| match asked.starts_with("arn:") {
                        true => stack.id.as_str() == asked,
                        false => stack.id.stack_name() == asked && !stack.is_gone(),
                    });
                let found = found.filter(|stack| !stack.status.is_empty());
                Reply::Stack(found.map(|stack| Box::new(described(stack))))
            }
            Call::GetTemplate { stack } => {
                let stack = self.by_id(stack)?;
                let (resource_type, attributes) = stack.given.has.resource();
                let mut resource: serde_json::Value = serde_json::from_str(attributes).unwrap();
                resource["Type"] = resource_type.into();
                let template = serde_json::json!({"Resources": {"Thing": resource}});
                Reply::Template(template.to_string())
            }
            Call::ListStackResources { stack } => {
                let (resource_type, _) = self.by_id(stack)?.given.has.resource();
                Reply::Resources(vec![Resource {
                    changed: None,
                    reason: None,
                    logical_id: "Thing".parse().unwrap(),
                    physical_id: Some("thing-1".parse().unwrap()),
                    resource_type: resource_type.to_owned(),
                    status: Word::new("CREATE_COMPLETE"),
                }])
            }
            Call::ListImports { export } => {
                let index = self
                    .stacks
                    .iter()
                    .position(|stack| stack.id.stack_name() == export);
                let index = index.ok_or_else(|| failure(FailureKind::Refused, None))?;
                let outside = self.stacks[index].given.has == Has::ImporterOutside;
                let inside = self.importers(index);
                let inside = inside.map(|place| self.stacks[place].id.stack_name().to_owned());
                let outside = outside.then(|| "somebody-else".to_owned());
                Reply::Importers(inside.chain(outside).collect())
            }
            Call::DescribeDbInstance { identifier } => {
                let protected = self.stacks.iter().any(|stack| {
                    matches!(
                        stack.given.has,
                        Has::ProtectedDatabase | Has::DatabaseThatRdsProtects
                    )
                });
                Reply::Database(Some(Database {
                    identifier: identifier.clone(),
                    status: "available".to_owned(),
                    restorable_until: None,
                    backup_days: 7,
                    deletion_protection: protected,
                }))
            }
            Call::DescribeDbSnapshots { .. } => Reply::Snapshots(vec![Snapshot {
                identifier: "final".to_owned(),
                status: "available".to_owned(),
                percent: 100,
                created: None,
                key: None,
            }]),
            Call::DeleteStack { stack, token } => self.delete(stack, token, luck, now)?,
            Call::StackEvents { stack, after } => self.events(stack, after.as_deref(), now)?,
            _ => return Err(failure(FailureKind::Refused, None)),
        })
    }

    fn by_id(&mut self, id: &StackId) -> Result<&mut Deployed, Failure> {
        let missing = Refusal::StackMissing {
            stack: id.to_string(),
        };
        let mut stacks = self.stacks.iter_mut();
        stacks
            .find(|stack| stack.id == *id)
            .ok_or_else(|| failure(FailureKind::Refused, Some(missing)))
    }

    fn delete(
        &mut self,
        id: &StackId,
        token: &str,
        luck: Luck,
        now: Timestamp,
    ) -> Result<Reply, Failure> {
        self.events += 1;
        let number = self.events;
        let stack = self.by_id(id)?;
        if stack.given.has == Has::TerminationProtection {
            return Err(failure(FailureKind::Refused, None));
        }
        if stack.is_gone() || stack.status == "DELETE_IN_PROGRESS" {
            return Ok(Reply::Done);
        }
        let end = match luck.end % 8 {
            0..=5 => "DELETE_COMPLETE",
            6 => "DELETE_FAILED",
            // It is in use after all.
            _ if stack.status.ends_with("_COMPLETE") => &*stack.status,
            _ => "DELETE_FAILED",
        };
        stack.ends = Some((luck.order % 20, end.to_owned(), token.to_owned()));
        stack.was_touched = true;
        "DELETE_IN_PROGRESS".clone_into(&mut stack.status);
        let event = event(
            stack,
            &format!("e{number}"),
            "DELETE_IN_PROGRESS",
            token,
            now,
        );
        stack.events.push(event);
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
        let stack = self.by_id(id)?;
        match stack.ends.take() {
            Some((0, end, token)) => {
                stack.status = end.clone();
                let event = event(stack, &format!("e{number}"), &end, &token, now);
                stack.events.push(event);
            }
            Some((looks, end, token)) => stack.ends = Some((looks - 1, end, token)),
            None => {}
        }
        let mut events = stack.events.iter();
        let known = after.and_then(|after| events.position(|event| event.event_id == after));
        let new = known.map_or(0, |known| known + 1);
        Ok(Reply::Events(stack.events[new..].to_vec()))
    }
}

fn event(stack: &Deployed, id: &str, status: &str, token: &str, now: Timestamp) -> StackEvent {
    serde_json::from_value(serde_json::json!({
        "ClientRequestToken": token,
        "EventId": id,
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
    let export = ("value".to_owned(), Some(stack.id.stack_name().to_owned()));
    Stack {
        created: "2026-11-01T03:00:00.000Z".parse().unwrap(),
        outputs: [("Name".to_owned(), export)].into(),
        termination_protection: stack.given.has == Has::TerminationProtection,
        ..Stack::bare(stack.id.clone(), Word::new(&stack.status))
    }
}
