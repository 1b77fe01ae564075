//! Resource operations inside the state machine, without HTTP and without a clock: for `cargo xtask bench engine`.
//!
//! A stack is created, updated in every resource, and deleted, again and again, in one state. Prints JSON: how many
//! operations there were, how long the first and the last time took, and how many operations a second the bytes alone
//! would be: what is told of them, copied.

use std::hint::black_box;
use std::time::{Duration, Instant};

use serde_json::{Map, Value, json};
use stratiform_engine::{Effect, Input, Request, State, step};
use stratiform_service::{AccountId, Region, Timestamp};

/// The resources of the stack.
const RESOURCES: usize = 500;

/// For so long, operations are repeated.
const LONG: Duration = Duration::from_secs(3);

/// Simulated time that is more than any of the operations takes.
const HOUR: i64 = 3_600_000;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut machine = Machine {
        state: State::new(0, Timestamp::EPOCH),
        account: "111122223333".parse()?,
        millis: 0,
    };
    let (one, two) = (template("one"), template("two"));
    let mut times = Vec::new();
    let start = Instant::now();
    while start.elapsed() < LONG {
        let round = Instant::now();
        machine.deploy(&one, &two)?;
        machine.call("DeleteStack", &json!({"StackName": "stack"}), "")?;
        times.push(round.elapsed().as_secs_f64());
    }
    let bytes = machine.bytes(&one, &two)?;
    let seen = json!({
        "operations": 3 * RESOURCES * times.len(),
        "seconds": times.iter().sum::<f64>(),
        "first": times.first(),
        "last": times.last(),
        "bytes": bytes,
    });
    println!("{seen}");
    Ok(())
}

struct Machine {
    state: State,
    account: AccountId,
    millis: i64,
}

impl Machine {
    /// How many operations a second there would be if all there was to do were to copy what their events say.
    fn bytes(&mut self, one: &str, two: &str) -> Result<f64, String> {
        const COPIES: usize = 100;
        self.deploy(one, two)?;
        let mut events = Vec::new();
        let mut asked = json!({"StackName": "stack"});
        loop {
            let page = self.ask("DescribeStackEvents", &asked)?;
            events.push(page["StackEvents"].to_string());
            match &page["NextToken"] {
                Value::Null => break,
                next => asked["NextToken"] = next.clone(),
            }
        }
        self.call("DeleteStack", &json!({"StackName": "stack"}), "")?;
        let start = Instant::now();
        for _ in 0..COPIES {
            black_box(events.clone());
        }
        Ok((2 * RESOURCES * COPIES) as f64 / start.elapsed().as_secs_f64())
    }

    /// Creates the stack from one template, and updates it to the other.
    fn deploy(&mut self, one: &str, two: &str) -> Result<(), String> {
        self.call(
            "CreateStack",
            &json!({"StackName": "stack", "TemplateBody": one}),
            "CREATE_COMPLETE",
        )?;
        self.call(
            "UpdateStack",
            &json!({"StackName": "stack", "TemplateBody": two}),
            "UPDATE_COMPLETE",
        )
    }

    /// Calls an operation, lets it end, and makes sure how.
    fn call(&mut self, operation: &str, parameters: &Value, status: &str) -> Result<(), String> {
        self.ask(operation, parameters)?;
        self.millis += HOUR;
        let described = self.ask("DescribeStacks", &json!({"StackName": "stack"}));
        let ended = described
            .as_ref()
            .map(|answer| &answer["Stacks"][0]["StackStatus"]);
        match (ended, status) {
            (Err(_), "") => Ok(()),
            (Ok(ended), _) if ended == status => Ok(()),
            (ended, _) => Err(format!("{operation} ended with {ended:?}")),
        }
    }

    fn ask(&mut self, operation: &str, parameters: &Value) -> Result<Value, String> {
        let input = Input::Call(Request {
            account: self.account.clone(),
            region: Region::us_east_1(),
            service: "cloudformation".to_owned(),
            operation: operation.to_owned(),
            parameters: parameters.clone(),
        });
        let now = Timestamp::from_millis(self.millis).ok_or("time has come to its end")?;
        let state = std::mem::replace(&mut self.state, State::new(0, Timestamp::EPOCH));
        let (state, effects) = step(state, &input, now);
        self.state = state;
        let answer = effects.into_iter().find_map(|effect| match effect {
            Effect::Answer(answer) => Some(answer.result),
            Effect::Notify { .. } | Effect::Handled(_) | Effect::Unsupported { .. } => None,
        });
        let answer = answer.ok_or_else(|| format!("{operation} has no answer"))?;
        answer.map_err(|refused| format!("{operation}: {refused}"))
    }
}

/// Topics, queues and parameters; every parameter refers to a topic. Each has something that is updated in place.
fn template(word: &str) -> String {
    let seconds = word.len() * 10 + usize::from(word == "two");
    let resources = (0..RESOURCES).map(|number| {
        let resource = match number % 3 {
            0 => json!({"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": word}}),
            1 => json!({"Type": "AWS::SQS::Queue", "Properties": {"VisibilityTimeout": seconds}}),
            _ => {
                let value = json!({"Fn::Sub": format!("{word} ${{R{}}}", number - 2)});
                json!({"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": value}})
            }
        };
        (format!("R{number}"), resource)
    });
    json!({"Resources": Map::from_iter(resources)}).to_string()
}
