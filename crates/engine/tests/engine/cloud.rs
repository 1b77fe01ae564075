//! A state machine with a clock that is turned by hand.

use serde_json::{Value, json};
use stratiform_engine::{Effect, Fault, Input, Request, State, step};
use stratiform_service::Timestamp;

/// An engine, its moment, and all that it was told.
pub(crate) struct Cloud {
    state: Option<State>,
    pub(crate) now: Timestamp,
    /// Inputs with their moments.
    pub(crate) log: Vec<(Timestamp, Input)>,
    pub(crate) account: &'static str,
    pub(crate) region: &'static str,
}

impl Cloud {
    pub(crate) fn new() -> Cloud {
        Cloud::of(State::new(7, "2026-11-28T03:00:00.000Z".parse().unwrap()))
    }

    /// With what is there already.
    pub(crate) fn of(state: State) -> Cloud {
        Cloud {
            now: state.now(),
            state: Some(state),
            log: Vec::new(),
            account: "111122223333",
            region: "eu-central-1",
        }
    }

    pub(crate) fn state(&self) -> &State {
        self.state.as_ref().unwrap()
    }

    pub(crate) fn input(&mut self, input: Input) -> Vec<Effect> {
        let (state, effects) = step(self.state.take().unwrap(), &input, self.now);
        self.state = Some(state);
        self.log.push((self.now, input));
        effects
    }

    /// Calls an operation of CloudFormation.
    pub(crate) fn call(&mut self, operation: &str, parameters: Value) -> Result<Value, String> {
        self.ask("cloudformation", operation, parameters)
    }

    /// Calls an operation of any service.
    pub(crate) fn ask(
        &mut self,
        service: &str,
        operation: &str,
        parameters: Value,
    ) -> Result<Value, String> {
        let request = Request {
            account: self.account.parse().unwrap(),
            region: self.region.parse().unwrap(),
            service: service.to_owned(),
            operation: operation.to_owned(),
            parameters,
        };
        let effects = self.input(Input::Call(request));
        let answer = effects.into_iter().find_map(|effect| match effect {
            Effect::Answer(answer) => Some(answer.result),
            _ => None,
        });
        answer.unwrap().map_err(|refused| refused.to_string())
    }

    /// Calls an operation that has to succeed.
    pub(crate) fn done(&mut self, operation: &str, parameters: Value) -> Value {
        let shown = parameters.to_string();
        let answer = self.call(operation, parameters);
        answer.unwrap_or_else(|refused| panic!("{operation} {shown}: {refused}"))
    }

    pub(crate) fn fault(&mut self, text: &str) {
        self.input(Input::Fault(text.parse::<Fault>().unwrap()));
    }

    /// Nothing fails any more.
    pub(crate) fn calm(&mut self) {
        let _ = self.input(Input::Calm);
    }

    /// Lets seconds pass.
    pub(crate) fn pass(&mut self, seconds: i64) {
        self.now = Timestamp::from_millis(self.now.millis() + seconds * 1000).unwrap();
        let _ = self.input(Input::Tick);
    }

    /// Lets time pass until nothing happens by itself any more.
    pub(crate) fn settle(&mut self) {
        while let Some(due) = self.state().next_due() {
            self.now = self.now.max(due);
            let _ = self.input(Input::Tick);
        }
    }

    pub(crate) fn create(&mut self, stack: &str, template: &str) {
        self.done(
            "CreateStack",
            json!({ "StackName": stack, "TemplateBody": template }),
        );
        self.settle();
    }

    pub(crate) fn update(&mut self, stack: &str, template: &str) {
        self.done(
            "UpdateStack",
            json!({ "StackName": stack, "TemplateBody": template }),
        );
        self.settle();
    }

    pub(crate) fn stack(&mut self, stack: &str) -> Value {
        let answer = self.done("DescribeStacks", json!({ "StackName": stack }));
        answer["Stacks"][0].clone()
    }

    pub(crate) fn status(&mut self, stack: &str) -> String {
        let stack = self.stack(stack);
        stack["StackStatus"].as_str().unwrap().to_owned()
    }

    /// The events of a stack from the oldest on, a line each, without those that were told before.
    pub(crate) fn story(&mut self, stack: &str) -> String {
        let mut lines = Vec::new();
        let mut token = Value::Null;
        loop {
            let page = self.done(
                "DescribeStackEvents",
                json!({ "StackName": stack, "NextToken": token }),
            );
            for event in page["StackEvents"].as_array().unwrap() {
                lines.push(told(event));
            }
            token = page["NextToken"].clone();
            if token.is_null() {
                break;
            }
        }
        lines.reverse();
        lines.join("\n")
    }
}

fn told(event: &Value) -> String {
    let text = |key: &str| event[key].as_str().unwrap_or_default().to_owned();
    let detail = event["DetailedStatus"]
        .as_str()
        .map_or(String::new(), |detail| format!(" {detail}"));
    let reason = event["ResourceStatusReason"]
        .as_str()
        .map_or(String::new(), |reason| format!(": {}", without_ids(reason)));
    let id = text("PhysicalResourceId");
    let id = id.rsplit(['/', ':']).next().unwrap_or_default();
    let id = if text("ResourceType") == "AWS::CloudFormation::Stack" {
        ""
    } else {
        id
    };
    let time = text("Timestamp");
    let line = format!(
        "{} {} {}{detail} [{id}]{reason}",
        time.get(11..19).unwrap_or_default(),
        text("LogicalResourceId"),
        text("ResourceStatus"),
    );
    line.replace(" []", "")
}

/// A text without the identifiers of requests and stacks in it.
fn without_ids(text: &str) -> String {
    let mut words: Vec<String> = Vec::new();
    for word in text.split(' ') {
        let bare: String = word
            .chars()
            .filter(|letter| letter.is_ascii_hexdigit() || *letter == '-')
            .collect();
        let is_id = bare.len() >= 36 && bare.matches('-').count() >= 4;
        words.push(if is_id {
            "<id>".to_owned()
        } else {
            word.to_owned()
        });
    }
    words.join(" ")
}
