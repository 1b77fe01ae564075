//! The AWS CLI: our development environment deployed, updated, failing, rolled back and deleted.

use std::fs;
use std::path::{Path, PathBuf};

use super::server::Server;
use super::{Run, client};
use crate::command::root;
use crate::deployment::{Environment, Stack};

/// The stack that is updated, and the property.
const UPDATED: &str = "storefront-dev-queues";
const RESOURCE: &str = "WorkerQueue";
const PROPERTY: &str = "VisibilityTimeout: 180";

/// A template whose second resource can be made to fail.
const PAIR: &str = r#"{"Resources": {
    "One": {"Type": "AWS::SNS::Topic"},
    "Two": {"Type": "AWS::SQS::Queue", "DependsOn": "One"}
}}"#;

/// Does everything, and says what was seen.
pub(super) fn run(aws: &Path, server: &Server) -> Result<String, String> {
    let environment = Environment::read("dev")?;
    let cli = Cli {
        aws,
        server,
        region: &environment.region,
    };
    let version = Run::shown(client(aws, server, cli.region).arg("--version"))?;
    let version = version.succeeds()?;
    let version = version
        .split(' ')
        .next()
        .unwrap_or_default()
        .replace('/', " ");
    for stack in &environment.stacks {
        cli.deploy(stack, &stack.template, &[])?
            .says("Successfully created")?;
    }
    // With exports, and with imports and parameters.
    let some = |stack: &&Stack| [UPDATED, "storefront-dev-services"].contains(&stack.name.as_str());
    cli.unchanged(environment.stacks.iter().filter(some))?;
    cli.looks(&environment.stacks)?;
    let queues = environment
        .stacks
        .iter()
        .find(|stack| stack.name == UPDATED);
    let queues = queues.ok_or_else(|| format!("dev has no stack `{UPDATED}`"))?;
    cli.updates(queues)?;
    cli.fails_and_rolls_back(queues)?;
    cli.fails_at_creation()?;
    cli.deletes(&environment.stacks)?;
    Ok(format!(
        "{version}: {} stacks of dev come and go",
        environment.stacks.len()
    ))
}

struct Cli<'c> {
    aws: &'c Path,
    server: &'c Server,
    region: &'c str,
}

impl Cli<'_> {
    /// Runs `aws cloudformation …`.
    fn run(&self, arguments: &[&str]) -> Result<Run, String> {
        let mut command = client(self.aws, self.server, self.region);
        Run::shown(command.arg("cloudformation").args(arguments))
    }

    fn deploy(&self, stack: &Stack, template: &Path, more: &[&str]) -> Result<Run, String> {
        let mut command = client(self.aws, self.server, self.region);
        command
            .args([
                "cloudformation",
                "deploy",
                "--stack-name",
                &stack.name,
                "--template-file",
            ])
            .arg(template);
        let pairs = |pairs: &[(String, String)]| -> Vec<String> {
            pairs
                .iter()
                .map(|(key, value)| format!("{key}={value}"))
                .collect()
        };
        for (option, values) in [
            ("--capabilities", stack.capabilities.clone()),
            ("--parameter-overrides", pairs(&stack.parameters)),
            ("--tags", pairs(&stack.tags)),
        ] {
            if !values.is_empty() {
                command.arg(option).args(values);
            }
        }
        Run::shown(command.args(more))
    }

    fn status(&self, stack: &str) -> Result<Run, String> {
        let query = "Stacks[0].StackStatus";
        self.run(&[
            "describe-stacks",
            "--stack-name",
            stack,
            "--query",
            query,
            "--output",
            "text",
        ])
    }

    /// What is deployed is deployed again: there are no changes.
    fn unchanged<'s>(&self, stacks: impl Iterator<Item = &'s Stack>) -> Result<(), String> {
        for stack in stacks {
            let again = self.deploy(stack, &stack.template, &["--no-fail-on-empty-changeset"])?;
            again.says("No changes to deploy")?;
            self.status(&stack.name)?.is("CREATE_COMPLETE")?;
        }
        Ok(())
    }

    /// Everything that only looks.
    fn looks(&self, stacks: &[Stack]) -> Result<(), String> {
        let stack = UPDATED;
        self.run(&["wait", "stack-exists", "--stack-name", stack])?
            .succeeds()?;
        self.run(&["wait", "stack-create-complete", "--stack-name", stack])?
            .succeeds()?;
        for (command, expected) in [
            (
                "describe-stacks",
                "\"StackName\": \"storefront-dev-queues\"",
            ),
            (
                "describe-stack-events",
                "\"ResourceStatus\": \"CREATE_COMPLETE\"",
            ),
            (
                "describe-stack-resources",
                "\"LogicalResourceId\": \"WorkerQueue\"",
            ),
            (
                "list-stack-resources",
                "\"LogicalResourceId\": \"WorkerQueue\"",
            ),
            ("list-change-sets", "\"Summaries\""),
            ("get-template", "WorkerQueue:"),
            ("get-template-summary", "\"AWS::SQS::Queue\""),
        ] {
            self.run(&[command, "--stack-name", stack])?
                .says(expected)?;
        }
        let named = ["--stack-name", stack, "--logical-resource-id", RESOURCE];
        let resource = self.run(&[&["describe-stack-resource"], &named[..]].concat())?;
        resource.says("https://sqs.")?;
        let count = "length(StackSummaries[?StackStatus=='CREATE_COMPLETE'])";
        let listed = self.run(&["list-stacks", "--query", count])?;
        listed.is(&stacks.len().to_string())?;
        let exports = [
            "list-exports",
            "--query",
            "Exports[0].Name",
            "--output",
            "text",
        ];
        let export = self.run(&exports)?.succeeds()?;
        self.run(&["list-imports", "--export-name", export.trim()])?
            .says("storefront-dev-")?;
        let template = format!("file://{}", stacks[0].template.display());
        self.run(&["validate-template", "--template-body", &template])?
            .says("CAPABILITY_IAM")?;
        self.drift(stack)
    }

    fn drift(&self, stack: &str) -> Result<(), String> {
        let query = ["--query", "StackDriftDetectionId", "--output", "text"];
        let detect = [&["detect-stack-drift", "--stack-name", stack], &query[..]].concat();
        let id = self.run(&detect)?.succeeds()?;
        let status = "describe-stack-drift-detection-status";
        let detected = self.run(&[status, "--stack-drift-detection-id", id.trim()])?;
        detected.says("DETECTION_COMPLETE")?;
        detected.says("IN_SYNC")?;
        let drifts = self.run(&["describe-stack-resource-drifts", "--stack-name", stack])?;
        drifts.says("StackResourceDriftStatus")
    }

    fn updates(&self, stack: &Stack) -> Result<(), String> {
        self.update(stack, "VisibilityTimeout: 240")?.succeeds()?;
        self.run(&["wait", "stack-update-complete", "--stack-name", &stack.name])?
            .succeeds()?;
        self.status(&stack.name)?.is("UPDATE_COMPLETE")
    }

    /// An update fails, is rolled back, and what was there before is there again.
    fn fails_and_rolls_back(&self, stack: &Stack) -> Result<(), String> {
        self.server
            .fault(&format!("update:{}/{RESOURCE}:times=1", stack.name))?;
        self.update(stack, "VisibilityTimeout: 300")?.succeeds()?;
        let name = ["--stack-name", &stack.name];
        let wait = |what: &'static str| self.run(&["wait", what, name[0], name[1]]);
        wait("stack-update-complete")?.fails("Waiter StackUpdateComplete failed")?;
        wait("stack-rollback-complete")?.succeeds()?;
        self.status(&stack.name)?.is("UPDATE_ROLLBACK_COMPLETE")?;
        let failed = "StackEvents[?ResourceStatus=='UPDATE_FAILED'].LogicalResourceId";
        let events = ["describe-stack-events", name[0], name[1], "--query", failed];
        self.run(&[&events[..], &["--output", "text"]].concat())?
            .is(RESOURCE)?;
        self.run(&["get-template", name[0], name[1]])?
            .says("VisibilityTimeout: 240")?;
        // The same once more, and nothing is in its way.
        self.deploy(stack, &stack.template, &[])?
            .says("Successfully created")?;
        self.status(&stack.name)?.is("UPDATE_COMPLETE")
    }

    fn fails_at_creation(&self) -> Result<(), String> {
        self.server.fault("create:pair/Two:times=1")?;
        let create = [
            "create-stack",
            "--stack-name",
            "pair",
            "--template-body",
            PAIR,
        ];
        self.run(&create)?.succeeds()?;
        let created = self.run(&["wait", "stack-create-complete", "--stack-name", "pair"])?;
        created.fails("Waiter StackCreateComplete failed")?;
        self.status("pair")?.is("ROLLBACK_COMPLETE")?;
        let query = [
            "--query",
            "StackResources[].ResourceStatus",
            "--output",
            "text",
        ];
        let resources = [
            &["describe-stack-resources", "--stack-name", "pair"],
            &query[..],
        ];
        self.run(&resources.concat())?.says("DELETE_COMPLETE")?;
        let refused = self.run(&[
            "update-stack",
            "--stack-name",
            "pair",
            "--template-body",
            PAIR,
        ])?;
        refused.fails("is in ROLLBACK_COMPLETE state and can not be updated")?;
        self.deletes_one("pair")
    }

    fn deletes(&self, stacks: &[Stack]) -> Result<(), String> {
        // The others import from it.
        let first = &stacks[0].name;
        self.run(&["delete-stack", "--stack-name", first])?
            .succeeds()?;
        self.status(first)?.is("CREATE_COMPLETE")?;
        for stack in stacks.iter().rev() {
            self.run(&["delete-stack", "--stack-name", &stack.name])?
                .succeeds()?;
        }
        let left = "length(StackSummaries[?StackStatus!='DELETE_COMPLETE'])";
        self.run(&["list-stacks", "--query", left])?.is("0")
    }

    fn deletes_one(&self, stack: &str) -> Result<(), String> {
        self.run(&["delete-stack", "--stack-name", stack])?
            .succeeds()?;
        self.run(&["wait", "stack-delete-complete", "--stack-name", stack])?
            .succeeds()?;
        self.status(stack)?
            .fails(&format!("Stack with id {stack} does not exist"))
    }

    /// Updates a stack with something else in its template.
    fn update(&self, stack: &Stack, property: &str) -> Result<Run, String> {
        let template = edited(&stack.template, property)?;
        let body = format!("file://{}", template.display());
        let capabilities = "CAPABILITY_IAM";
        let update = [
            "update-stack",
            "--stack-name",
            &stack.name,
            "--template-body",
            &body,
        ];
        self.run(&[&update[..], &["--capabilities", capabilities]].concat())
    }
}

/// A copy of a template with another value of the property.
fn edited(template: &Path, property: &str) -> Result<PathBuf, String> {
    let text = fs::read_to_string(template)
        .map_err(|error| format!("cannot read `{}`: {error}", template.display()))?;
    if !text.contains(PROPERTY) {
        return Err(format!(
            "`{}` has no `{PROPERTY}` to edit",
            template.display()
        ));
    }
    let copy = root().join("target/clients/edited.yaml");
    fs::write(&copy, text.replace(PROPERTY, property))
        .map_err(|error| format!("cannot write `{}`: {error}", copy.display()))?;
    Ok(copy)
}
