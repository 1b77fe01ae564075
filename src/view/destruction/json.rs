//! A destruction for programs: an object a line. `docs/destroying.md` documents it.

use serde_json::{Value, json};
use stratiform_deploy::destruction::{Ending, Inventory, News, Plan, Survey, Told};

use super::findings::findings;
use super::{Ended, Show, ending};
use crate::view::deployment::Sources;
use crate::view::deployment::words::outcome;
use crate::view::objects::{Objects, failure, finding, stack_event};

/// Of the form of the lines. It changes when a field goes or changes its meaning, not when one is added.
const VERSION: u32 = 1;

/// Objects for standard output.
pub(crate) struct Json(pub Objects);

impl Json {
    /// The first line: what is to be taken down.
    pub(crate) fn begin(&mut self, environment: &str, plan: &Plan) {
        let stacks = plan.stacks.iter().map(|stack| {
            json!({"stack": stack.key, "name": stack.name.as_str(), "needs": keys(plan, &stack.depends_on)})
        });
        let value = json!({
            "version": VERSION,
            "environment": environment,
            "run": plan.conduct.run,
            "stacks": stacks.collect::<Vec<_>>(),
        });
        self.0.put("begun", value);
    }
}

fn keys<'p>(plan: &'p Plan, stacks: &[usize]) -> Vec<&'p str> {
    let stacks = stacks.iter().filter_map(|stack| plan.stacks.get(*stack));
    stacks.map(|stack| stack.key.as_str()).collect()
}

fn key(plan: &Plan, stack: usize) -> &str {
    plan.stacks
        .get(stack)
        .map_or("", |stack| stack.key.as_str())
}

fn of_news(plan: &Plan, stack: usize, news: &News) -> (&'static str, Value) {
    let stack = key(plan, stack);
    match news {
        News::Found(status) => ("found", json!({"stack": stack, "status": status})),
        News::Resumed => ("resumed", json!({"stack": stack})),
        News::Deleting(count) => ("deleting", json!({"stack": stack, "resources": count})),
        News::Event(event) => ("stack-event", stack_event(stack, event)),
        News::Finished(how) => ("finished", of_ending(plan, stack, Some(how))),
    }
}

fn of_inventory(stack: &str, inventory: &Inventory) -> Value {
    json!({
        "stack": stack,
        "stackId": inventory.stack.as_str(),
        "status": inventory.status,
        "resources": inventory.items,
    })
}

fn of_ending(plan: &Plan, stack: &str, how: Option<&Ending>) -> Value {
    let word = how.map(|how| ending(Some(how)).replace(' ', "-"));
    let mut value = json!({"stack": stack, "ending": word});
    let mut more = |name: &str, what: Value| value[name] = what;
    match how {
        None | Some(Ending::Absent | Ending::NotApproved) => {}
        Some(Ending::Deleted(remains)) => more("stays", json!(remains)),
        Some(Ending::Protected(protections)) => more("protections", json!(protections)),
        Some(Ending::DataAtRisk(at_risk)) => {
            let at_risk = at_risk.iter().map(|blocked| {
                json!({
                    "logicalId": blocked.logical_id,
                    "resourceType": blocked.resource_type,
                    "certain": blocked.is_certain,
                    "allow": blocked.allowance(stack),
                })
            });
            more("dataAtRisk", at_risk.collect());
        }
        Some(Ending::NotReached(stacks)) => more("after", json!(keys(plan, stacks))),
        Some(Ending::Refused(why)) => more("failure", failure(why)),
        Some(Ending::CameBack { status, reason }) => {
            more("status", json!(status));
            more("reason", json!(reason));
        }
        Some(Ending::Stuck(stuck)) => {
            more("status", json!(stuck.status));
            more("cause", json!(stuck.cause));
            more(
                "failure",
                stuck.failure.as_ref().map_or(Value::Null, failure),
            );
        }
    }
    value
}

impl Show for Json {
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
        }
    }

    fn review(&mut self, plan: &Plan, survey: &Survey) {
        let stacks = plan.stacks.iter().zip(&survey.stacks);
        let stacks = stacks
            .filter_map(|(stack, inventory)| Some(of_inventory(&stack.key, inventory.as_ref()?)));
        let value = json!({"stacks": stacks.collect::<Vec<_>>()});
        self.0.put("review", value);
    }

    fn say(&mut self, sentence: &str) {
        self.0.put("said", json!({"text": sentence}));
    }

    fn finish(&mut self, plan: &Plan, sources: &Sources, ended: &Ended<'_>) {
        let stacks = plan.stacks.iter().zip(&ended.endings);
        let stacks = stacks.map(|(stack, how)| of_ending(plan, &stack.key, *how));
        let found = findings(plan, sources, ended);
        let value = json!({
            "outcome": outcome(ended.outcome),
            "stacks": stacks.collect::<Vec<_>>(),
            "allow": ended.allowances(plan),
            "findings": found.iter().map(finding).collect::<Vec<_>>(),
        });
        self.0.put("ended", value);
    }
}
