//! A deployment for programs: an object a line. `docs/deploying.md` documents it.

use serde_json::{Value, json};
use stratiform_deploy::call::ValidationFailure;
use stratiform_deploy::{Ending, Health, News, Plan, Proposal, Refused, Told, Verified, impact};

use super::super::guard::{self, Guarded};
use super::super::objects::{Objects, failure, finding, stack_event};
use super::words::{ending, outcome, subject};
use super::{Ended, Follow, Proposals, Sources, besides, findings, review};

/// Of the form of the lines. It changes when a field goes or changes its meaning, not when one is added.
const VERSION: u32 = 1;

/// Objects for standard output.
pub(crate) struct Json(pub Objects);

impl Json {
    /// The first line: what is to be deployed.
    pub(crate) fn begin(&mut self, environment: &str, plan: &Plan) {
        let record = &plan.conduct.record;
        let stacks = plan.stacks.iter().map(|stack| {
            json!({"stack": stack.key, "name": stack.name.as_str(), "needs": needs(plan, &stack.depends_on)})
        });
        let value = json!({
            "version": VERSION,
            "environment": environment,
            "run": plan.conduct.run,
            "release": record.release,
            "commit": record.commit,
            "deployedBy": record.deployed_by,
            "stacks": stacks.collect::<Vec<_>>(),
            "besides": besides::json(&plan.conduct.besides),
        });
        self.0.put("begun", value);
    }
}

fn needs(plan: &Plan, stacks: &[usize]) -> Vec<String> {
    let stacks = stacks.iter().filter_map(|stack| plan.stacks.get(*stack));
    stacks.map(|stack| stack.key.clone()).collect()
}

fn key(plan: &Plan, stack: usize) -> &str {
    plan.stacks
        .get(stack)
        .map_or("", |stack| stack.key.as_str())
}

fn of_news(plan: &Plan, stack: usize, news: &News) -> (&'static str, Value) {
    let stack = key(plan, stack);
    match news {
        News::Found(status) => {
            let status = status.as_ref().map(|status| status.as_str());
            ("found", json!({"stack": stack, "status": status}))
        }
        News::Resumed => ("resumed", json!({"stack": stack})),
        News::Clearing => ("clearing", json!({"stack": stack})),
        News::Unprotecting(ids) => ("unprotecting", json!({"stack": stack, "logicalIds": ids})),
        News::Mending => ("mending", json!({"stack": stack})),
        News::Unchanged => ("unchanged", json!({"stack": stack})),
        News::Waits(others) => (
            "waits",
            json!({"stack": stack, "after": needs(plan, others)}),
        ),
        News::Proposed(proposal) => ("proposed", of_proposal(stack, proposal)),
        News::Executing(count) => ("executing", json!({"stack": stack, "resources": count})),
        News::Event(event) => ("stack-event", stack_event(stack, event)),
        News::Finished(how) => ("finished", of_ending(plan, stack, how)),
    }
}

fn of_proposal(stack: &str, proposal: &Proposal) -> Value {
    let changes = proposal.change_set.changes.iter().map(|change| {
        let change = &change.resource_change;
        json!({
            "logicalId": change.logical_resource_id,
            "resourceType": change.resource_type,
            "impact": impact(change),
            "action": change.action,
            "replacement": change.replacement,
        })
    });
    let blocked = proposal.blocked.iter().map(|blocked| {
        json!({
            "logicalId": blocked.logical_id,
            "resourceType": blocked.resource_type,
            "loss": blocked.loss,
            "certain": blocked.is_certain,
            "allow": blocked.allowance(stack),
        })
    });
    json!({
        "stack": stack,
        "changeSet": proposal.change_set.change_set_id,
        "changes": changes.collect::<Vec<_>>(),
        "blocked": blocked.collect::<Vec<_>>(),
        "worse": proposal.worse,
    })
}

fn of_ending(plan: &Plan, stack: &str, how: &Ending) -> Value {
    let mut value = json!({"stack": stack, "ending": ending(Some(how)).replace(' ', "-")});
    let mut more = |name: &str, what: Value| value[name] = what;
    match how {
        Ending::Unchanged
        | Ending::Prepared
        | Ending::Deployed
        | Ending::WentBack
        | Ending::Stays(_)
        | Ending::NotApproved => {}
        Ending::RolledBack(cause) => more("cause", json!(cause)),
        Ending::Stuck(stuck) => {
            more("status", json!(stuck.status));
            more("cause", json!(stuck.cause));
            more(
                "failure",
                stuck.failure.as_ref().map_or(Value::Null, failure),
            );
        }
        Ending::Held(task) => {
            let task = plan.conduct.besides.tasks.get(*task);
            more("task", json!(task.map(|task| &task.name)));
        }
        Ending::NotReached(stacks) => more("after", json!(needs(plan, stacks))),
        Ending::Refused(refused) => more("refused", of_refused(refused)),
    }
    value
}

fn of_refused(refused: &Refused) -> Value {
    let validation = |found: &[ValidationFailure]| json!(found);
    match refused {
        Refused::Call(why) => json!({"call": failure(why)}),
        Refused::ChangeSet {
            reason,
            validation: found,
        } => json!({"reason": reason, "validation": validation(found)}),
        Refused::Busy { status, run } => json!({"status": status, "run": run}),
        Refused::Moved(why) => json!({"moved": why}),
        Refused::TooLarge { bytes } => json!({"bytes": bytes}),
    }
}

fn health(health: &Health) -> Value {
    match health {
        Health::Healthy => json!({"healthy": true}),
        Health::Not(why) => json!({"healthy": false, "why": why, "final": false}),
        Health::Broken(why) => json!({"healthy": false, "why": why, "final": true}),
    }
}

impl Follow for Json {
    fn guarded(&mut self, guarded: &Guarded<'_>) {
        self.0.put("guarded", json!(guard::Shape::of(guarded)));
    }

    fn told(&mut self, plan: &Plan, told: &Told) {
        match told {
            Told::Stack { stack, news } => {
                let (event, value) = of_news(plan, *stack, news);
                self.0.put(event, value);
            }
            Told::Again {
                stack,
                failure: why,
                at,
            } => {
                let value = json!({"stack": key(plan, *stack), "failure": failure(why), "at": at});
                self.0.put("again", value);
            }
            Told::BackedUp { database, snapshot } => self.0.put(
                "backed-up",
                json!({"database": database, "snapshot": snapshot}),
            ),
            Told::NotBackedUp { subject, why } => {
                self.0
                    .put("not-backed-up", json!({"subject": subject, "why": why}));
            }
            Told::Verifying => self.0.put("verifying", json!({})),
            Told::Health {
                subject: of,
                health: how,
            } => self.0.put(
                "health",
                json!({"subject": subject(of), "health": health(how)}),
            ),
            Told::Verified { verdict, report } => {
                let report = report.iter();
                let report =
                    report.map(|(of, how)| json!({"subject": subject(of), "health": health(how)}));
                let value = json!({
                    "well": matches!(verdict, Verified::Yes),
                    "report": report.collect::<Vec<_>>(),
                });
                self.0.put("verified", value);
            }
            Told::GoingBack => self.0.put("going-back", json!({})),
            Told::Stays { tasks } => self.0.put("stays", json!({"tasks": tasks})),
            Told::Task { task, news } => {
                self.0.put("task", besides::task_json(plan, *task, news));
            }
            Told::Command { command, news } => {
                let value = besides::command_json(plan, *command, news);
                self.0.put("command", value);
            }
            Told::NotNotified { receiver, why } => {
                let value = json!({"receiver": receiver, "why": why});
                self.0.put("not-notified", value);
            }
        }
    }

    fn review(&mut self, plan: &Plan, proposals: &Proposals<'_>) {
        let value = json!({
            "worse": review::all_worse(plan, proposals),
            "missing": review::missing(plan, proposals),
        });
        self.0.put("review", value);
    }

    fn say(&mut self, sentence: &str) {
        self.0.put("said", json!({"text": sentence}));
    }

    fn finish(&mut self, plan: &Plan, sources: &Sources, ended: &Ended) {
        let stacks = plan.stacks.iter().zip(&ended.endings);
        let stacks = stacks.map(|(stack, how)| match how {
            Some(how) => of_ending(plan, &stack.key, how),
            None => json!({"stack": stack.key, "ending": null}),
        });
        let found = findings::findings(plan, sources, ended);
        let value = json!({
            "outcome": outcome(ended.outcome),
            "stacks": stacks.collect::<Vec<_>>(),
            "findings": found.iter().map(finding).collect::<Vec<_>>(),
        });
        self.0.put("ended", value);
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture;
    use super::*;

    #[test]
    fn a_deployment_that_fails() {
        let text = fixture::followed(|sink, clock| Box::new(Json(Objects { sink, clock })));
        for line in text.lines() {
            assert!(serde_json::from_str::<Value>(line).is_ok(), "{line}");
        }
        insta::assert_snapshot!(text);
    }
}
