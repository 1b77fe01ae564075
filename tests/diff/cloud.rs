//! A CloudFormation with stacks in it, for `diff --deployed`: the engine's, and moto's.

use std::process::Command;

use serde_json::Value;
use stratiform_endpoint::{Endpoint, Options, Running, Speed};
use stratiform_test_support::{Caller, Moto, post};

use crate::repository::Repository;
use crate::support::{Project, run};

/// The account of the engine's stacks here. moto has this one too, and no other.
pub(crate) const ACCOUNT: &str = "123456789012";

/// A CloudFormation of its own for every test; it ends with the test.
pub(crate) struct Cloud<Server> {
    url: String,
    _server: Server,
}

impl Cloud<Moto> {
    pub(crate) fn of_moto() -> Self {
        let moto = Moto::start();
        Cloud {
            url: moto.url().to_owned(),
            _server: moto,
        }
    }
}

impl Cloud<Running> {
    /// An engine in which everything that was begun has ended when the next call comes.
    pub(crate) fn of_engine() -> Self {
        Cloud::at(Speed::Max)
    }

    /// An engine in which time only passes when it is told to.
    pub(crate) fn waiting() -> Self {
        Cloud::at(Speed::Times(1e-6))
    }

    fn at(speed: Speed) -> Self {
        let options = Options {
            speed,
            ..Options::default()
        };
        let running = Endpoint::start(options).unwrap();
        Cloud {
            url: running.url(),
            _server: running,
        }
    }

    /// Has something fail: the text of a `--fault`.
    pub(crate) fn fault(&self, text: &str) {
        post(&format!("{}/_stratiform/fault", self.url), &[], text);
    }

    /// Lets an hour pass.
    pub(crate) fn wait(&self) {
        post(&format!("{}/_stratiform/advance", self.url), &[], "3600");
    }
}

impl<Server> Cloud<Server> {
    /// The shop's `dev`, with some of its stacks deployed; git is not needed.
    pub(crate) fn with(self, stacks: &[&str]) -> (Repository, Self) {
        let repository = Repository::without_git(Project::of_shop());
        repository.synth();
        for stack in stacks {
            self.deploy(&repository.project, stack, "CreateStack");
            self.expect(stack, "CREATE_COMPLETE");
        }
        (repository, self)
    }

    /// Makes or updates a stack from the snapshots of `dev`, with what `assembly.json` says about it.
    #[track_caller]
    pub(crate) fn deploy(&self, project: &Project, name: &str, operation: &str) {
        let assembly = project.read("snapshots/dev/assembly.json");
        let assembly: Value = serde_json::from_str(&assembly).unwrap();
        let stacks = assembly["stacks"].as_array().unwrap();
        let stack = stacks.iter().find(|stack| stack["name"] == name).unwrap();
        let file = stack["template"].as_str().unwrap();
        let template = project.read(&format!("snapshots/dev/{file}"));
        let mut form = vec![
            ("StackName".to_owned(), name.to_owned()),
            ("TemplateBody".to_owned(), template),
            (
                "Capabilities.member.1".to_owned(),
                "CAPABILITY_NAMED_IAM".to_owned(),
            ),
        ];
        for (index, key) in (1..).zip(stack["parameters"].as_object().unwrap().keys()) {
            let member = format!("Parameters.member.{index}");
            form.push((format!("{member}.ParameterKey"), key.clone()));
            form.push((format!("{member}.ParameterValue"), "web:1".to_owned()));
        }
        for (index, (key, value)) in (1..).zip(stack["tags"].as_object().unwrap()) {
            let value = value.as_str().unwrap().to_owned();
            form.push((format!("Tags.member.{index}.Key"), key.clone()));
            form.push((format!("Tags.member.{index}.Value"), value));
        }
        let form: Vec<_> = form
            .iter()
            .map(|(key, value)| (key.as_str(), value.as_str()))
            .collect();
        self.call(operation, &form);
    }

    /// A stack has a status, and this shows why it has not.
    #[track_caller]
    pub(crate) fn expect(&self, name: &str, status: &str) {
        let described = self.call("DescribeStacks", &[("StackName", name)]);
        if !described.contains(&format!("<StackStatus>{status}</StackStatus>")) {
            let events = self.call("DescribeStackEvents", &[("StackName", name)]);
            panic!("{name} is not {status}: {described}\n{events}");
        }
    }

    /// Calls an operation of CloudFormation.
    #[track_caller]
    pub(crate) fn call(&self, operation: &str, parameters: &[(&str, &str)]) -> String {
        let caller = Caller {
            url: &self.url,
            access_key: ACCOUNT,
            region: "eu-central-1",
        };
        caller.cloudformation(operation, parameters)
    }

    pub(crate) fn command(&self, repository: &Repository, arguments: &str) -> Command {
        asking(&self.url, repository, &format!("--env dev {arguments}"))
    }

    pub(crate) fn diff(&self, repository: &Repository, arguments: &str) -> String {
        run(self.command(repository, arguments))
    }
}

/// `diff --deployed` of whoever answers there.
pub(crate) fn asking(url: &str, repository: &Repository, arguments: &str) -> Command {
    let mut command = repository.command(&format!("--deployed {arguments}"));
    command
        .env("AWS_ENDPOINT_URL", url)
        .env("AWS_ACCESS_KEY_ID", ACCOUNT)
        .env("AWS_SECRET_ACCESS_KEY", "test")
        .env("AWS_EC2_METADATA_DISABLED", "true");
    command
}
