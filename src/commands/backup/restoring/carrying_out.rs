//! The stack of a test: made, measured, deleted, whatever happens in between.

use std::path::Path;
use std::time::{Duration, Instant};

use indexmap::IndexMap;
use stratiform_aws::{Aws, Interruption, Watch, carry_out, destroy};
use stratiform_deploy::call::Stack;
use stratiform_deploy::destruction::{self, Destruction, Survey};
use stratiform_deploy::{
    Allowance, Approval, Besides, Call, Conduct, Loss, Mending, OnFailure, Outcome, Plan,
    PlannedStack, Record, Reply, Until, text_digest,
};
use stratiform_finding::{Code, Finding};
use stratiform_service::change_set::DeploymentConfigMode;
use stratiform_service::status::Phase;
use stratiform_service::{LogicalId, StackName};
use tokio::sync::mpsc::UnboundedReceiver;

use super::place::RESTORED;
use super::{KEY, is_empty, leftover};
use crate::args::Global;
use crate::commands::deploy::asking::Consent;
use crate::commands::deploy::audience::Watching;
use crate::commands::deploy::conduct::pace;
use crate::commands::deploy::interrupts;
use crate::commands::guard::looking::ask;
use crate::report::{Colour, Failure};
use crate::view::backup_test::{Made, Restored};
use crate::view::deployment::lines::Lines;
use crate::view::deployment::{Clock, Sources};
use crate::view::destruction::Show as _;
use crate::view::destruction::text::Text;
use crate::view::stderr;

/// What a test is made of.
pub(super) struct Stage<'a> {
    pub aws: &'a Aws,
    pub global: &'a Global,
    /// The stack's name.
    pub name: &'a str,
    pub template: String,
    pub tags: IndexMap<String, String>,
    pub local: bool,
    pub root: &'a Path,
}

impl Stage<'_> {
    /// Removes what an earlier test left, makes the stack, looks at it, and removes it.
    ///
    /// # Errors
    /// What was left cannot be removed; the name is none of a stack.
    pub(super) async fn carried_out(self, found: Option<Box<Stack>>) -> Result<Made, Failure> {
        let mut interrupts = interrupts();
        let is_new = found.is_none();
        // One that is under way is followed, where it is this very test, or refused; one that is empty is taken.
        let is_left = found.is_some_and(|stack| {
            let is_going = stack.status.as_str().starts_with("DELETE_");
            let is_settled = matches!(stack.status.phase(), Phase::Settled(_));
            is_going || (is_settled && !is_empty(&stack))
        });
        if is_left {
            let name = self.name;
            stderr(&format!(
                "removing what an earlier test left: the stack `{name}`\n"
            ));
            if let Err(why) = self.remove(&mut interrupts).await? {
                let finding = Finding::new(
                    Code::StackStuck,
                    format!("what an earlier test left is still there: the stack `{name}`"),
                    "see to what is in the way, and run `backup test` again",
                );
                return Err(Failure::of([finding.because(why)]));
            }
        }
        let restored = match self.make(&mut interrupts).await? {
            Outcome::Done => self.look().await,
            Outcome::Failed | Outcome::No => {
                // Nothing was begun: what is there beyond an empty stack of ours is somebody else's.
                let left = leftover(self.aws, self.name).await;
                let is_ours =
                    is_new && left.is_ok_and(|left| left.is_some_and(|left| is_empty(&left)));
                let removed = match is_ours {
                    true => self.remove(&mut interrupts).await?,
                    false => Ok(()),
                };
                return Ok(Made {
                    restored: Err("CloudFormation did not begin it".to_owned()),
                    removed,
                });
            }
            Outcome::RolledBack | Outcome::NeedsPerson => {
                Err("its stack could not be made".to_owned())
            }
        };
        let removed = self.remove(&mut interrupts).await?;
        Ok(Made { restored, removed })
    }

    fn stack_name(&self) -> Result<StackName, Failure> {
        StackName::new(self.name).map_err(|malformed| {
            let help = "shorten the app's or the environment's name";
            let finding = Finding::new(Code::StackName, malformed.to_string(), help);
            Failure::of([finding])
        })
    }

    /// What a run is called: the same test started again has the same, and is found again.
    fn run(&self) -> String {
        let text = format!("backup test\n{}\n{}", self.name, self.template);
        text_digest(&text).chars().take(10).collect()
    }

    async fn make(&self, interrupts: &mut UnboundedReceiver<()>) -> Result<Outcome, Failure> {
        let started = Instant::now();
        let stack = PlannedStack {
            template: self.template.clone(),
            tags: self.tags.clone(),
            ..PlannedStack::bare(self.stack_name()?, KEY.to_owned())
        };
        let conduct = Conduct {
            run: self.run(),
            record: Record::default(),
            concurrency: 1,
            on_failure: OnFailure::Keep,
            until: Until::Deployed,
            // It changes nothing of the environment.
            approval: Approval::Given,
            allowed: Vec::new(),
            mending: Mending::Harmless,
            skip: Vec::new(),
            // The role of deployments is allowed what the environment's own stacks have, and no other database.
            role: None,
            import_existing: false,
            notification_arns: Vec::new(),
            rollback: None,
            mode: DeploymentConfigMode::Standard,
            bucket: None,
            backup: false,
            verify: None,
            besides: Besides::default(),
            pace: pace(self.local),
        };
        let plan = Plan {
            stacks: vec![stack],
            conduct,
        };
        let mut watching = Watching {
            view: Box::new(Lines {
                sink: Box::new(stderr),
                clock: clock(started),
                colour: self.colour(),
            }),
            consent: Consent::Given,
            environment: String::new(),
            reviewed: false,
            times: Vec::new(),
            unwell: Vec::new(),
            failed: Vec::new(),
            in_the_way: Vec::new(),
            verbose: false,
        };
        let run = carry_out(self.aws, plan, &mut watching, interrupts).await;
        let outcome = run.outcome().unwrap_or(Outcome::NeedsPerson);
        let sources = Sources {
            root: self.root.to_owned(),
            locations: Vec::new(),
        };
        watching.finish(&run, &sources, outcome, started.elapsed());
        Ok(outcome)
    }

    /// Looks at the database that is there now.
    async fn look(&self) -> Result<Restored, String> {
        let call = Call::DescribeStack {
            stack: self.name.to_owned(),
        };
        let stack = ask(self.aws, call, |reply| match reply {
            Reply::Stack(stack) => stack,
            _ => None,
        });
        let call = Call::StackEvents {
            stack: stack.await.map_err(|unasked| unasked.why)?.id,
            after: None,
        };
        let events = ask(self.aws, call, |reply| match reply {
            Reply::Events(events) => Some(events),
            _ => None,
        });
        let events = events.await.map_err(|unasked| unasked.why)?;
        let of_it = events
            .iter()
            .filter(|event| event.logical_resource_id == RESTORED);
        let mut ids = of_it
            .clone()
            .filter_map(|event| event.physical_resource_id.as_ref());
        let identifier = ids
            .next_back()
            .ok_or("CloudFormation does not say what it made")?;
        let identifier = identifier.to_string();
        let moments = of_it.map(|event| event.timestamp.millis());
        let took = moments.clone().min().zip(moments.max());
        let database = self.aws.database(&identifier).await;
        let database = database.map_err(|error| format!("{error}: {}", error.why()))?;
        let database = database.ok_or_else(|| format!("RDS has no database `{identifier}`"))?;
        if database.status != "available" {
            let status = database.status;
            return Err(format!(
                "`{identifier}` did not become available: it is {status}"
            ));
        }
        Ok(Restored {
            identifier,
            status: database.status,
            took: took.map(|(begun, done)| Duration::from_millis((done - begun).unsigned_abs())),
        })
    }

    /// Deletes the stack; or says what of it is left.
    async fn remove(
        &self,
        interrupts: &mut UnboundedReceiver<()>,
    ) -> Result<Result<(), String>, Failure> {
        let restored = LogicalId::new(RESTORED).ok();
        let allowed = restored.map(|logical_id| Allowance {
            loss: Loss::Delete,
            stack: KEY.to_owned(),
            logical_id,
        });
        let plan = destruction::Plan {
            stacks: vec![destruction::PlannedStack {
                name: self.stack_name()?,
                key: KEY.to_owned(),
                depends_on: Vec::new(),
            }],
            conduct: destruction::Conduct {
                run: self.run(),
                concurrency: 1,
                allowed: allowed.into_iter().collect(),
                pace: pace(self.local),
            },
        };
        let mut removing = Removing(Text {
            sink: Box::new(stderr),
            clock: clock(Instant::now()),
            colour: self.colour(),
        });
        let ended = destroy(self.aws, plan, &mut removing, interrupts).await;
        Ok(match ended.outcome() {
            Some(Outcome::Done) => Ok(()),
            _ => Err(format!(
                "the stack `{}` is still there; `backup test` removes it the next time",
                self.name
            )),
        })
    }

    fn colour(&self) -> Colour {
        Colour::on(self.global.color, &std::io::stderr())
    }
}

fn clock(started: Instant) -> Clock {
    Box::new(move || started.elapsed())
}

/// Shows how the stack of a test is deleted. Nobody is asked: the test made it.
struct Removing(Text);

impl Watch<Destruction> for Removing {
    fn told(&mut self, destruction: &Destruction, told: &destruction::Told) {
        self.0.told(destruction.plan(), told);
    }

    fn approve(&mut self, _: &Destruction, _: &Survey) -> bool {
        true
    }

    fn interrupted(&mut self, _: Interruption) {
        self.0.say(
            "interrupted: what the test made is being deleted, and that is followed to its end",
        );
    }
}
