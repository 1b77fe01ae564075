//! A recorded case, as its README describes it: what it says, by name.

use serde_json::{Map, Value};

use super::super::case::{self, scalar};
use super::sent::{Sent, Text};

/// A case.
pub(super) struct Recording {
    value: Value,
    sent: Sent,
}

/// The side of a case.
#[derive(Clone, Copy)]
pub(super) enum Side {
    Before,
    After,
}

/// What a recorded error says.
pub(super) struct Said<'r> {
    /// The call; none where the recording does not know.
    pub(super) api: Option<&'r str>,
    pub(super) code: Option<String>,
    pub(super) message: Option<String>,
    pub(super) content: &'r Value,
}

impl Side {
    fn name(self) -> &'static str {
        match self {
            Side::Before => "before",
            Side::After => "after",
        }
    }
}

impl Recording {
    /// Reads a file's text.
    ///
    /// # Errors
    /// It is no JSON.
    pub(super) fn read(text: &str) -> serde_json::Result<Recording> {
        Ok(Recording {
            value: serde_json::from_str(text)?,
            sent: serde_json::from_str(text)?,
        })
    }

    /// A part of the case itself.
    pub(super) fn part(&self, name: &str) -> &Value {
        &self.value[name]
    }

    /// The day on which it was recorded, as text that sorts by time.
    pub(super) fn date(&self) -> String {
        case::date(&self.value)
    }

    pub(super) fn id(&self) -> &str {
        self.text("id")
    }

    pub(super) fn kind(&self) -> &str {
        self.text("kind")
    }

    pub(super) fn api(&self) -> &str {
        self.text("api")
    }

    pub(super) fn test(&self) -> &str {
        self.text("test_name")
    }

    /// What the extractor noted about the test.
    pub(super) fn note(&self) -> &str {
        self.value["options"]["note"].as_str().unwrap_or_default()
    }

    /// Whether the test records a creation, an update and a deletion.
    pub(super) fn is_process(&self) -> bool {
        self.value["options"]["process"].is_string()
    }

    pub(super) fn template(&self, side: Side) -> &Value {
        &self.value[format!("{}_template", side.name())]
    }

    /// A template as it was sent; none where nobody knows.
    pub(super) fn sent(&self, side: Side) -> Option<&str> {
        let text = self.value[format!("{}_template_text", side.name())].as_str();
        let sent = match side {
            Side::Before => &self.sent.before_template,
            Side::After => &self.sent.after_template,
        };
        text.or_else(|| sent.as_ref().map(|Text(text)| text.as_str()))
    }

    /// The templates of the other stacks, as they were sent.
    pub(super) fn sent_others(&self) -> impl Iterator<Item = &str> {
        self.sent
            .other_stacks
            .iter()
            .map(|other| other.template.0.as_str())
    }

    pub(super) fn parameters(&self, side: Side) -> impl Iterator<Item = (&String, &Value)> {
        let parameters = &self.value[format!("{}_params", side.name())];
        parameters.as_object().into_iter().flatten()
    }

    pub(super) fn needs(&self) -> impl Iterator<Item = &str> {
        self.list("needs").filter_map(Value::as_str)
    }

    /// A list of the case itself.
    pub(super) fn list(&self, name: &str) -> impl Iterator<Item = &Value> {
        self.value[name].as_array().into_iter().flatten()
    }

    /// A part of what was recorded; null where it was not.
    pub(super) fn recorded(&self, name: &str) -> &Value {
        &self.value["recorded"][name]
    }

    /// An entry of `status`; empty where there is none.
    pub(super) fn status(&self, name: &str) -> Option<&str> {
        self.recorded("status")[name].as_str()
    }

    /// All refused calls.
    pub(super) fn errors(&self) -> impl Iterator<Item = Said<'_>> {
        let errors = self.recorded("errors").as_array().into_iter().flatten();
        errors.map(Said::of)
    }

    /// All errors as text, for what only stands in their prose.
    pub(super) fn errors_text(&self) -> String {
        self.recorded("errors").to_string()
    }

    /// Whether an error's message holds a text.
    pub(super) fn says(&self, text: &str) -> bool {
        self.errors()
            .any(|said| said.message.is_some_and(|message| message.contains(text)))
    }

    pub(super) fn events_per_resource(&self) -> impl Iterator<Item = (&String, &Vec<Value>)> {
        let events = self.recorded("events_per_resource").as_object();
        let events = events.into_iter().flat_map(Map::iter);
        events.filter_map(|(name, events)| Some((name, events.as_array()?)))
    }

    /// Everything else that the test recorded.
    pub(super) fn other(&self) -> impl Iterator<Item = (&String, &Value)> {
        self.recorded("other").as_object().into_iter().flatten()
    }

    /// Whole lists of events, of `DescribeStackEvents` and of failed waiters.
    pub(super) fn event_lists(&self) -> Vec<&Vec<Value>> {
        let answers = self
            .other()
            .filter_map(|(_, value)| value["StackEvents"].as_array());
        answers.chain(self.failed_event_lists()).collect()
    }

    /// The lists of events that a test had when its operation failed.
    pub(super) fn failed_event_lists(&self) -> impl Iterator<Item = &Vec<Value>> {
        self.errors()
            .filter_map(|said| said.content["events"].as_array())
    }

    /// Lists of events that a test had sorted out by itself.
    pub(super) fn sorted_out_events(&self) -> Vec<&Vec<Value>> {
        let lists = self.other().filter_map(|(_, value)| value.as_array());
        lists.filter(|list| is_event_list(list)).collect()
    }

    fn text(&self, name: &str) -> &str {
        self.value[name].as_str().unwrap_or_default()
    }
}

/// Whether entries of a list are events.
pub(super) fn is_event_list(list: &[Value]) -> bool {
    list.first()
        .is_some_and(|first| first["EventId"].is_string() && first["ResourceStatus"].is_string())
}

impl<'r> Said<'r> {
    fn of(error: &'r Value) -> Said<'r> {
        let content = &error["content"];
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let (code, message) = match content {
            Value::String(content) => match client_error(content) {
                Some((code, message)) => (Some(code), Some(message)),
                None => {
                    let message = (!content.starts_with("Waiter ")).then(|| content.clone());
                    (None, message)
                }
            },
            _ => (
                text(&content["Error"]["Code"]),
                text(&content["Error"]["Message"]),
            ),
        };
        Said {
            api: error["api"].as_str(),
            code,
            message,
            content,
        }
    }

    /// Whether the call's name starts with one of these.
    pub(super) fn is_of(&self, names: &[&str]) -> bool {
        self.api
            .is_some_and(|api| names.iter().any(|name| api.starts_with(name)))
    }

    /// The status reason of a resource that failed.
    pub(super) fn failed_resource(&self) -> Option<&'r Value> {
        self.content["ResourceStatusReason"]
            .is_string()
            .then_some(self.content)
    }

    /// The resource that is said not to be there.
    pub(super) fn missing_resource(&self) -> Option<&str> {
        let rest = self.message.as_deref()?.strip_prefix("Resource ")?;
        Some(rest.split_once(" does not exist")?.0).filter(|name| !name.contains(' '))
    }
}

/// The code and message of what boto3 prints of a refused call.
fn client_error(text: &str) -> Option<(String, String)> {
    let rest = text.strip_prefix("An error occurred (")?;
    let (code, rest) = rest.split_once(") when calling the ")?;
    let (_, message) = rest.split_once(" operation: ")?;
    Some((code.to_owned(), message.to_owned()))
}

/// The types of a template's resources.
pub(super) fn types(template: &Value) -> impl Iterator<Item = &str> {
    let resources = template["Resources"].as_object().into_iter().flatten();
    resources.filter_map(|(_, resource)| resource["Type"].as_str())
}

/// Whether a key or a text is one that is meant.
pub(super) fn contains(value: &Value, meant: &dyn Fn(&str) -> bool) -> bool {
    match value {
        Value::Object(entries) => {
            let mut entries = entries.iter();
            entries.any(|(key, value)| meant(key) || contains(value, meant))
        }
        Value::Array(items) => items.iter().any(|item| contains(item, meant)),
        Value::String(text) => meant(text),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

/// A parameter's value as it is sent.
pub(super) fn sent(value: &Value) -> String {
    match value.as_array() {
        Some(items) => items.iter().map(scalar).collect::<Vec<_>>().join(","),
        None => scalar(value),
    }
}
