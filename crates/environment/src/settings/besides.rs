//! What a release does besides its stacks: tasks, commands, and who is told.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::text;
use crate::values::text::{RefusedText, Text, check_kebab};

text! {
    /// Name of a task or a command: `migrate`. Lower-case letters, digits and hyphens, at most 30 characters.
    pub struct BesidesName("besides-name", "a name", r"^[a-z][a-z0-9-]{0,29}$", check_name);
}

fn check_name(text: &str) -> Result<(), RefusedText> {
    check_kebab(text, 30)
}

text! {
    /// Name of a variable of the process's environment: `DEPLOY_WEBHOOK`.
    pub struct VariableName("variable-of-the-process", "a variable's name", r"^[A-Z_][A-Z0-9_]{0,127}$", check_variable);
}

fn check_variable(text: &str) -> Result<(), RefusedText> {
    let allowed = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
    let begins = text.starts_with(|c: char| c.is_ascii_uppercase() || c == '_');
    if begins && text.bytes().all(allowed) && text.len() <= 128 {
        return Ok(());
    }
    if text.contains("://") {
        return Err(RefusedText::new(
            "an address is a secret where whoever knows it may write to it",
            "put the address into a variable, and write the variable's name: `DEPLOY_WEBHOOK`",
        ));
    }
    Err(RefusedText::new(
        "a variable's name is capital letters, digits and `_`",
        "write one such as `DEPLOY_WEBHOOK`",
    ))
}

text! {
    /// A topic: its ARN, or a topic of the environment's stacks (`alarms/Topic`).
    pub struct Topic("topic", "a topic", r"^(arn:[a-z-]+:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_.-]{1,256}|[a-z][a-z0-9-]*/[A-Za-z0-9]+)$", check_topic);
}

impl Topic {
    /// Stack and logical ID, where it is one of the environment's.
    pub fn place(&self) -> Option<(&str, &str)> {
        self.as_str().split_once('/')
    }
}

fn check_topic(text: &str) -> Result<(), RefusedText> {
    let is_arn = || {
        let parts: Vec<&str> = text.split(':').collect();
        matches!(parts.as_slice(), ["arn", _, "sns", region, account, name]
            if !region.is_empty() && !name.is_empty()
                && account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit()))
    };
    let is_place = || {
        text.split_once('/').is_some_and(|(stack, id)| {
            let is_id = !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_alphanumeric());
            is_id && check_kebab(stack, 40).is_ok()
        })
    };
    if is_arn() || is_place() {
        return Ok(());
    }
    Err(RefusedText::new(
        "a topic is its ARN, or a stack, `/`, and the topic's logical ID",
        "write one such as `alarms/Topic`",
    ))
}

text! {
    /// A folder of the project: `tests/load`.
    pub struct FolderName("folder-name", "a folder", r"^[^./][^/]*(/[^./][^/]*)*$", check_folder);
}

fn check_folder(text: &str) -> Result<(), RefusedText> {
    let mut parts = text.split('/');
    if text.len() <= 500 && parts.all(|part| !part.is_empty() && !part.starts_with('.')) {
        return Ok(());
    }
    Err(RefusedText::new(
        "a folder is below the project's, and none of its parts begins with `.`",
        "write one such as `tests/load`",
    ))
}

/// A task: a command in a service's own image, run once where the service runs, as part of a deployment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Task {
    /// Its name: `migrate`.
    pub name: BesidesName,

    /// The service whose image, network and role it has: one that has an image of its own (`api`).
    #[schemars(length(min = 1, max = 100))]
    pub service: String,

    /// Whether it runs before the service's stack changes, with the new image, or after all stacks are deployed.
    pub runs: Runs,

    /// Whether it runs with each deployment, or only with those that give the service another image. With each when left
    /// out.
    #[serde(default)]
    pub when: When,

    /// Program and arguments. There is no shell.
    #[schemars(length(min = 1, max = 100))]
    pub command: Vec<String>,

    /// The container that gets the command, where several run the service's image.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 255))]
    pub container: Option<String>,

    /// Whether what it does can be undone, or is nothing. Over one that cannot, nothing goes back by itself, and `rollback`
    /// only where it is named.
    pub reversible: bool,

    /// Minutes that it may take: 1 to 1,440. Then it is stopped, and has failed. 30 when left out.
    #[serde(default = "half_an_hour")]
    #[schemars(range(min = 1, max = 1440))]
    pub timeout_minutes: u32,
}

/// When is it a task's turn?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Runs {
    /// Before the service's stack changes, with the new image. Where nothing of the service runs yet, right after its stack
    /// is there.
    Before,
    /// After all stacks are deployed and what runs is well.
    After,
}

/// With which deployments does a task run?
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum When {
    /// With each that changes something.
    #[default]
    Always,
    /// With those that give the service another image.
    ImageChanges,
}

/// A command of the pipeline that has to succeed once all is deployed and well. It says that the environment works, and so
/// runs where all of its stacks are asked for, or those that it names.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Command {
    /// Its name: `load-test`.
    pub name: BesidesName,

    /// Program and arguments. There is no shell: write `[sh, -c, "…"]` for one.
    #[schemars(length(min = 1, max = 100))]
    pub command: Vec<String>,

    /// The folder that it runs in, below the project's. The project's own when left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub folder: Option<FolderName>,

    /// The stacks that it is about: it runs where all of them are asked for. All of the environment's when left out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 100))]
    pub stacks: Vec<String>,

    /// Secrets that it needs, by the names of the variables that hold them. Nothing is deployed where one is not set; the
    /// workflows take them from GitHub's secrets of the same names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 20))]
    pub secrets: Vec<VariableName>,

    /// Minutes that it may take: 1 to 1,440. Then it is ended, and has failed. 15 when left out.
    #[serde(default = "quarter_of_an_hour")]
    #[schemars(range(min = 1, max = 1440))]
    pub timeout_minutes: u32,
}

/// Who is told that a deployment starts, waits for somebody, and how it ends.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Notify {
    /// Topics of SNS in the environment's account and region: at most 5.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 5))]
    pub topics: Vec<Topic>,

    /// The name of the variable that has the address of a webhook, such as Slack's. The address itself is a secret, and
    /// stands nowhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub webhook_from: Option<VariableName>,
}

impl Notify {
    /// Whether nobody is told.
    pub fn is_nobody(&self) -> bool {
        self.topics.is_empty() && self.webhook_from.is_none()
    }
}

fn half_an_hour() -> u32 {
    30
}

fn quarter_of_an_hour() -> u32 {
    15
}

#[cfg(test)]
mod tests {
    use super::{FolderName, Topic, VariableName};
    use crate::values::text::Text as _;

    #[test]
    fn an_address_is_no_variable() {
        assert!(VariableName::new("DEPLOY_WEBHOOK_2").is_ok());
        for wrong in ["", "deploy", "2X", "$X", "https://hooks.example.com/s3cret"] {
            assert!(VariableName::new(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn no_command_runs_outside_of_the_project() {
        assert!(FolderName::new("tests/load").is_ok());
        for wrong in ["", "/tmp", "../other", "tests/../..", "tests//load", ".git"] {
            assert!(FolderName::new(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn topics_are_named_in_full_or_by_their_stack() {
        let arn = Topic::new("arn:aws:sns:eu-west-1:111122223333:shop-dev.fifo").unwrap();
        assert_eq!(arn.place(), None);
        let topic = Topic::new("alarms/Topic").unwrap();
        assert_eq!(topic.place(), Some(("alarms", "Topic")));
        for wrong in [
            "",
            "Topic",
            "alarms/",
            "/Topic",
            "arn:aws:sqs:eu-west-1:111122223333:x",
        ] {
            assert!(Topic::new(wrong).is_err(), "{wrong}");
        }
    }
}
