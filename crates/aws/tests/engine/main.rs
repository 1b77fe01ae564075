//! Stacks made in the embedded engine, and read over HTTP with the real SDK.
#![expect(clippy::unwrap_used, reason = "a test")]

mod backups;
mod calls;
mod change_sets;
mod environment;
mod going_on;
mod interrupted;
mod names;
mod stacks;
#[path = "../support/mod.rs"]
mod support;
mod trouble;

use aws_config::SdkConfig;
use aws_sdk_cloudformation::Client;
use aws_sdk_cloudformation::operation::create_stack::builders::CreateStackFluentBuilder;
use stratiform_aws::{Aws, DeployedStack};
use stratiform_endpoint::{Endpoint, Options, Running, Speed};
use stratiform_test_support::post;

/// One resource that is there in no time.
const TOPIC: &str = "Resources: {Topic: {Type: AWS::SNS::Topic}}";

/// The account of all credentials that name none.
const ACCOUNT: &str = stratiform_endpoint::DEFAULT_ACCOUNT;

/// An engine of its own for every test; it ends with the test.
struct Engine {
    running: Running,
    config: SdkConfig,
    deployment: SdkConfig,
}

impl Engine {
    /// An engine in which everything that was begun has ended when the next call comes.
    async fn start() -> Engine {
        Engine::at(Speed::Max).await
    }

    /// An engine in which time only passes when it is [`Engine::advance`]d.
    async fn waiting() -> Engine {
        Engine::at(Speed::Times(1e-6)).await
    }

    async fn at(speed: Speed) -> Engine {
        let options = Options {
            speed,
            ..Options::default()
        };
        // The endpoint has a runtime of its own, which none may be around.
        let running = std::thread::spawn(|| Endpoint::start(options)).join();
        let running = running.unwrap().unwrap();
        let config = support::config(&running.url()).await;
        let deployment = support::deployment_config(&running.url()).await;
        Engine {
            running,
            config,
            deployment,
        }
    }

    fn aws(&self) -> Aws {
        Aws::new(&self.config)
    }

    /// What deploys.
    fn deploying(&self) -> Aws {
        Aws::new(&self.deployment)
    }

    fn client(&self) -> Client {
        Client::new(&self.config)
    }

    fn creation(&self, name: &str, template: &str) -> CreateStackFluentBuilder {
        let request = self.client().create_stack();
        request.stack_name(name).template_body(template)
    }

    async fn create(&self, name: &str, template: &str) {
        self.creation(name, template).send().await.unwrap();
    }

    async fn update(&self, name: &str, template: &str) {
        let request = self.client().update_stack();
        let request = request.stack_name(name).template_body(template);
        request.send().await.unwrap();
    }

    async fn delete(&self, name: &str) {
        let request = self.client().delete_stack();
        request.stack_name(name).send().await.unwrap();
    }

    async fn deployed(&self, names: &[&str]) -> Vec<Option<DeployedStack>> {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        self.aws().deployed(&names).await.unwrap()
    }

    /// A stack that is there.
    async fn stack(&self, name: &str) -> DeployedStack {
        self.deployed(&[name]).await.remove(0).unwrap()
    }

    /// Has something fail: the text of a `--fault`.
    fn fault(&self, text: &str) {
        self.control("fault", text);
    }

    fn advance(&self, seconds: u32) {
        self.control("advance", &seconds.to_string());
    }

    fn control(&self, what: &str, body: &str) {
        post(
            &format!("{}/_stratiform/{what}", self.running.url()),
            &[],
            body,
        );
    }
}
