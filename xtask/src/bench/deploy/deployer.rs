//! Who deploys: the processes of a deployment by us, by the CDK, and by the AWS CLI.

use std::path::PathBuf;

use super::super::error::BenchError;
use super::super::peer::Cdk;
use super::super::process::Step;
use super::super::server::Server;
use super::super::workbench::Workbench;
use super::version::{ENVIRONMENT, Version};
use crate::clients;
use crate::deployment::Stack;

/// Who deploys?
#[derive(Clone, Copy)]
pub(super) enum Deployer {
    Ours,
    Cdk,
    AwsCli,
}

impl Deployer {
    pub(super) const ALL: [Deployer; 3] = [Deployer::Ours, Deployer::Cdk, Deployer::AwsCli];

    pub(super) fn name(self) -> &'static str {
        match self {
            Deployer::Ours => "stratiform deploy",
            Deployer::Cdk => "cdk deploy --all --concurrency 5",
            Deployer::AwsCli => "aws cloudformation deploy, one stack after the other",
        }
    }
}

/// Are parameters given, or is what the stacks have kept?
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Parameters {
    Given,
    Kept,
}

/// The programs that deploy.
pub(super) struct Programs {
    pub ours: PathBuf,
    pub cdk: Cdk,
    aws: PathBuf,
}

impl Programs {
    pub(super) fn install(bench: &Workbench) -> Result<Programs, BenchError> {
        Ok(Programs {
            ours: bench.program()?,
            cdk: Cdk::install(bench)?,
            aws: clients::aws().map_err(BenchError::Answer)?,
        })
    }

    pub(super) fn versions(&self) -> Vec<String> {
        let aws = Step::new(&self.aws, ".").arg("--version").says();
        let aws = aws.and_then(|text| Some(text.split(' ').next()?.to_owned()));
        vec![self.cdk.versions.clone(), aws.unwrap_or_default()]
    }

    /// The processes of a deployment, one after the other.
    pub(super) fn steps(
        &self,
        deployer: Deployer,
        version: &Version,
        parameters: Parameters,
        server: &Server,
    ) -> Vec<Step> {
        let stacks = &version.environment.stacks;
        let given = |stack: &Stack| match parameters {
            Parameters::Given => stack.parameters.clone(),
            Parameters::Kept => Vec::new(),
        };
        let steps = match deployer {
            Deployer::Ours => {
                // No release was in dev before, and nobody pushed an image. The guard asks all the same, and goes on.
                let mut step = Step::new(&self.ours, &version.project)
                    .args(["deploy", "--env", ENVIRONMENT, "--yes"])
                    .args(["--emergency", "a benchmark"]);
                for (name, value) in stacks.iter().flat_map(given) {
                    step = match name.strip_suffix("Image") {
                        Some(service) => {
                            let image = format!("{}={value}", service.to_lowercase());
                            step.arg("--image").arg(image)
                        }
                        None => step.arg("--parameter").arg(format!("{name}={value}")),
                    };
                }
                vec![step]
            }
            Deployer::Cdk => {
                let mut step = self.cdk.deploy(&version.cdk_assembly);
                for stack in stacks {
                    for (name, value) in given(stack) {
                        let parameter = format!("{}:{name}={value}", stack.name);
                        step = step.arg("--parameters").arg(parameter);
                    }
                }
                vec![step]
            }
            Deployer::AwsCli => {
                let steps = stacks
                    .iter()
                    .map(|stack| self.aws_deploy(stack, given(stack)));
                steps.collect()
            }
        };
        let region = &version.environment.region;
        let steps = steps.into_iter();
        steps.map(|step| client(step, server, region)).collect()
    }

    fn aws_deploy(&self, stack: &Stack, parameters: Vec<(String, String)>) -> Step {
        let pairs = |pairs: &[(String, String)]| {
            let pairs = pairs.iter().map(|(name, value)| format!("{name}={value}"));
            pairs.collect::<Vec<_>>()
        };
        let lists = [
            ("--parameter-overrides", pairs(&parameters)),
            ("--tags", pairs(&stack.tags)),
            ("--capabilities", stack.capabilities.clone()),
        ];
        let mut step = Step::new(&self.aws, ".")
            .args(["cloudformation", "deploy", "--no-fail-on-empty-changeset"])
            .args(["--stack-name", &stack.name])
            .arg("--template-file")
            .arg(&stack.template);
        for (option, values) in lists {
            if !values.is_empty() {
                step = step.arg(option).args(values);
            }
        }
        step
    }
}

/// A step that knows our endpoint, and nothing of this machine's configuration.
fn client(mut step: Step, server: &Server, region: &str) -> Step {
    for (name, _) in std::env::vars_os() {
        if clients::is_configuration(&name) {
            step = step.env_remove(name);
        }
    }
    for (name, value) in clients::configuration(&server.url(), region) {
        step = step.env(name, value);
    }
    step
}
