//! An engine beside the command, which is told to fail.

use std::collections::BTreeMap;

use stratiform_endpoint::{Endpoint, Options, Running};
use stratiform_test_support::{Caller, get, post};

use crate::running::{Ran, deploy, of_dev, ran};
use crate::support::Project;

/// The account of the engine's stacks here.
const ACCOUNT: &str = "123456789012";

/// It ends with the test.
pub(crate) struct Engine(Running);

impl Engine {
    pub(crate) fn start() -> Engine {
        Engine::of(Options::default())
    }

    /// One of its own kind.
    pub(crate) fn of(options: Options) -> Engine {
        Engine(Endpoint::start(options).unwrap())
    }

    /// How often each operation of each service was called.
    pub(crate) fn calls(&self) -> BTreeMap<String, BTreeMap<String, u64>> {
        let calls = get(&format!("{}/_stratiform/calls", self.0.url()));
        serde_json::from_str(&calls).unwrap()
    }

    /// One whose time began at a moment, and stands still there but for what is done.
    pub(crate) fn since(start: &str) -> Engine {
        Engine::of(Options {
            start: start.parse().ok(),
            ..Options::default()
        })
    }

    /// Has something fail: the text of a `--fault`.
    pub(crate) fn fault(&self, text: &str) {
        post(&format!("{}/_stratiform/fault", self.0.url()), &[], text);
    }

    /// Nothing fails any more.
    pub(crate) fn calm(&self) {
        post(&format!("{}/_stratiform/calm", self.0.url()), &[], "");
    }

    /// `deploy --env dev` and these words, as with AWS. Images have whole names: no ECR is asked.
    pub(crate) fn deploy(&self, project: &Project, words: &str) -> Ran {
        ran(self.command(project, words))
    }

    /// Where it answers.
    pub(crate) fn url(&self) -> String {
        self.0.url()
    }

    pub(crate) fn command(&self, project: &Project, words: &str) -> std::process::Command {
        self.beside(deploy(project, words))
    }

    /// Another command with `--env dev` and these words.
    pub(crate) fn run(&self, project: &Project, name: &str, words: &str) -> Ran {
        ran(self.beside(of_dev(project, name, words)))
    }

    /// A command that asks it.
    pub(crate) fn beside(&self, mut command: std::process::Command) -> std::process::Command {
        command
            .env("AWS_ENDPOINT_URL", self.url())
            .env("AWS_ACCESS_KEY_ID", ACCOUNT)
            .env("AWS_SECRET_ACCESS_KEY", "test")
            .env("AWS_EC2_METADATA_DISABLED", "true");
        command
    }

    /// Calls CloudFormation, as somebody else would.
    #[track_caller]
    pub(crate) fn call(&self, operation: &str, parameters: &[(&str, &str)]) -> String {
        let url = self.0.url();
        caller(&url, "eu-central-1").cloudformation(operation, parameters)
    }

    /// The same in another region.
    #[track_caller]
    pub(crate) fn call_in(
        &self,
        region: &str,
        operation: &str,
        parameters: &[(&str, &str)],
    ) -> String {
        let url = self.0.url();
        caller(&url, region).cloudformation(operation, parameters)
    }

    /// Puts a body under a path of AWS Backup.
    #[track_caller]
    pub(crate) fn put_backup(&self, path: &str, body: &str) -> String {
        let url = self.0.url();
        caller(&url, "eu-central-1").put("backup", path, body)
    }

    /// A stack as CloudFormation describes it.
    pub(crate) fn describe(&self, stack: &str) -> String {
        self.call("DescribeStacks", &[("StackName", stack)])
    }
}

fn caller<'c>(url: &'c str, region: &'c str) -> Caller<'c> {
    Caller {
        url,
        access_key: ACCOUNT,
        region,
    }
}
