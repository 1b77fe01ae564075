//! `assembly.json`: how an environment's templates are deployed. `docs/assembly.md` says the same to users.

use std::sync::Arc;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use stratiform_finding::{Code, Finding};
use stratiform_service::Region;
use stratiform_template::{Parameter, Template, Value};

use crate::ordered::Ordered;
use crate::stack::{StackAt, StackPolicy};
use crate::task::TaskEntry;

/// The file's name, in the folder of each environment.
pub const FILE: &str = "assembly.json";

/// The version that is written, and the only one that is read.
const VERSION: u32 = 1;

/// This tool's version: what its crates share.
pub const TOOL: &str = env!("CARGO_PKG_VERSION");

/// An environment's stacks, in deployment order.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AssemblyFile {
    version: u32,
    /// The version of the tool that wrote the templates; not known of files from before it was written down.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tool: Option<String>,
    /// The app.
    pub app: String,
    /// The environment.
    pub environment: String,
    /// The region that the stacks are for.
    pub region: Region,
    /// The stacks, each after all that it needs.
    pub stacks: Vec<StackEntry>,
    /// The tasks that a deployment runs besides.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tasks: Vec<TaskEntry>,
}

/// All about a stack but its template.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StackEntry {
    /// CloudFormation's name.
    pub name: String,
    /// The file of the template, beside this one.
    pub template: String,
    /// Names of the stacks that must be deployed before this one.
    pub depends_on: Vec<String>,
    /// Capabilities that CloudFormation must be told.
    pub capabilities: Vec<String>,
    /// The template's parameters with their defaults; none where the deployment has to give a value.
    pub parameters: IndexMap<String, Option<String>>,
    /// Tags of the stack.
    pub tags: IndexMap<String, String>,
    /// Whether deletion of the stack is refused.
    pub termination_protection: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    stack_policy: Option<Ordered>,
    /// The digest of the template's text.
    pub sha256: String,
    /// The length of the template's text.
    pub bytes: usize,
    /// How many resources the template has.
    pub resources: usize,
}

impl AssemblyFile {
    /// What is written for an environment.
    pub fn new(
        app: &str,
        environment: &str,
        region: Region,
        stacks: Vec<StackEntry>,
        tasks: Vec<TaskEntry>,
    ) -> AssemblyFile {
        AssemblyFile {
            version: VERSION,
            tool: Some(TOOL.to_owned()),
            app: app.to_owned(),
            environment: environment.to_owned(),
            region,
            stacks,
            tasks,
        }
    }

    /// Reads the file's text.
    ///
    /// # Errors
    /// What is wrong with it, in words: no JSON, a field that is missing, another version.
    pub fn parse(text: &str) -> Result<AssemblyFile, String> {
        #[derive(Deserialize)]
        struct Versioned {
            version: u32,
        }
        let said: Versioned = serde_json::from_str(text).map_err(|error| error.to_string())?;
        if said.version != VERSION {
            let found = said.version;
            return Err(format!(
                "it has version {found}, and this program reads version {VERSION}"
            ));
        }
        serde_json::from_str(text).map_err(|error| error.to_string())
    }

    /// The file's text.
    pub fn render(&self) -> String {
        // Maps with text keys, text, numbers: nothing that JSON cannot hold.
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }
}

impl StackEntry {
    /// The entry of a stack whose template is written to a file.
    ///
    /// # Errors
    /// The stack policy is more than JSON: it has a `null`, a function or a number in it that JSON cannot hold.
    pub fn of(stack: &StackAt, file: &str, text: &str) -> Result<StackEntry, Box<Finding>> {
        let stack_policy = stack.policy.document().cloned().map(Ordered);
        // Tried here, where the stack is known: of all that an assembly has, only this can fail to be JSON.
        serde_json::to_string(&stack_policy).map_err(|error| {
            let name = &stack.name;
            Box::new(Finding::new(
                Code::StackPolicy,
                format!("the policy of stack `{name}` is more than JSON: {error}"),
                "write the policy without references and functions",
            ))
        })?;
        let parameters = stack.template.parameters.iter();
        let digest = Sha256::digest(text);
        Ok(StackEntry {
            name: stack.name.clone(),
            template: file.to_owned(),
            depends_on: stack.depends_on.clone(),
            capabilities: stack.capabilities.clone(),
            parameters: parameters
                .map(|(name, parameter)| (name.clone(), default_of(parameter)))
                .collect(),
            tags: stack.tags.clone(),
            termination_protection: stack.termination_protection.unwrap_or_default(),
            stack_policy,
            sha256: digest.iter().map(|byte| format!("{byte:02x}")).collect(),
            bytes: text.len(),
            resources: stack.template.resources.len(),
        })
    }

    /// The stack, with the template that the entry names.
    pub fn with_template(self, template: Arc<Template>, findings: Vec<Finding>) -> StackAt {
        StackAt {
            depends_on: self.depends_on,
            capabilities: self.capabilities,
            tags: self.tags,
            termination_protection: Some(self.termination_protection),
            policy: StackPolicy::from(self.stack_policy.map(|policy| policy.0)),
            findings,
            ..StackAt::of(self.name, template)
        }
    }
}

fn default_of(parameter: &Parameter) -> Option<String> {
    match parameter.default.as_ref()? {
        Value::String(text) => Some(text.to_string()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(boolean) => Some(boolean.to_string()),
        Value::Null | Value::List(_) | Value::Map(_) | Value::Function(..) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stack() -> StackAt {
        let template = "
Parameters: {Size: {Type: Number, Default: 3}, Image: {Type: String}}
Resources: {A: {Type: AWS::SNS::Topic}}
";
        StackAt {
            depends_on: vec!["shop-dev-network".to_owned()],
            capabilities: vec!["CAPABILITY_IAM".to_owned()],
            tags: [("team".to_owned(), "a".to_owned())].into(),
            termination_protection: Some(true),
            ..StackAt::of("shop-dev-api", Template::parse(template).unwrap())
        }
    }

    #[test]
    fn what_is_written_reads_back_with_nothing_lost() {
        let policy = Value::from([("Statement", "x".into()), ("Id", "y".into())]);
        let stack = StackAt {
            policy: StackPolicy::Document(policy.clone()),
            ..stack()
        };
        let entry = StackEntry::of(&stack, "api.yaml", "text").unwrap();
        assert_eq!(
            entry.parameters,
            [("Size", Some("3")), ("Image", None)]
                .map(|(name, value)| (name.to_owned(), value.map(str::to_owned)))
                .into()
        );
        let task = TaskEntry {
            name: "migrate".to_owned(),
            service: "api".to_owned(),
            runs: "before".to_owned(),
            when: "image_changes".to_owned(),
            reversible: false,
        };
        let tasks = vec![task.clone()];
        let file = AssemblyFile::new("shop", "dev", Region::us_east_1(), vec![entry], tasks);
        let text = file.render();
        assert!(
            text.contains("\"Statement\": \"x\",\n        \"Id\": \"y\""),
            "{text}"
        );
        let mut read = AssemblyFile::parse(&text).unwrap();
        assert_eq!(read.tasks, [task]);
        let read = read.stacks.remove(0);
        let again = read.with_template(Arc::clone(&stack.template), Vec::new());
        assert_eq!(again.policy, StackPolicy::Document(policy));
        assert_eq!(
            (
                &again.name,
                &again.depends_on,
                &again.capabilities,
                &again.tags
            ),
            (
                &stack.name,
                &stack.depends_on,
                &stack.capabilities,
                &stack.tags
            )
        );
        assert_eq!(again.termination_protection, Some(true));
    }

    #[test]
    fn a_policy_that_is_no_json_is_refused() {
        let stack = StackAt {
            policy: StackPolicy::Document(Value::Null),
            ..stack()
        };
        let finding = StackEntry::of(&stack, "api.yaml", "").unwrap_err();
        assert_eq!(finding.code, Code::StackPolicy);
    }

    #[test]
    fn the_tool_is_written_down_and_older_files_do_not_say() {
        let text =
            AssemblyFile::new("shop", "dev", Region::us_east_1(), Vec::new(), Vec::new()).render();
        let read = AssemblyFile::parse(&text).unwrap();
        assert_eq!(read.tool.as_deref(), Some(TOOL));
        let line = format!("  \"tool\": \"{TOOL}\",\n");
        let older = text.replace(&line, "");
        assert_ne!(older, text);
        let read = AssemblyFile::parse(&older).unwrap();
        assert_eq!((read.tool.as_deref(), read.render()), (None, older));
    }

    #[test]
    fn another_version_is_told() {
        let why = AssemblyFile::parse("{\"version\": 9}").unwrap_err();
        assert_eq!(why, "it has version 9, and this program reads version 1");
    }
}
