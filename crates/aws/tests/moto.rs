//! Stacks made in moto, a program of others that answers as AWS does, and read with what we have.
//!
//! Not here, because moto 5.2 does not have it: imports of an export, processed templates, values of Systems Manager, and statuses while something is going on. Those are in `wire.rs`.
#![expect(clippy::unwrap_used, reason = "a test")]

mod support;

use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use aws_config::SdkConfig;
use aws_sdk_cloudformation::Client;
use aws_sdk_cloudformation::types::{Parameter, Tag};
use stratiform_aws::{Aws, DeployedParameter, DeployedStack, Error};

const NETWORK: &str = r#"
Parameters:
  Size: {Type: Number}
  Secret: {Type: String, NoEcho: true}
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Topic: {Type: AWS::SNS::Topic}
Outputs:
  VpcId: {Value: !Ref Vpc, Export: {Name: network-VpcId}}
  TopicName: {Value: !GetAtt Topic.TopicName}
"#;

const SUBNET: &str = r#"
Resources:
  Subnet:
    Type: AWS::EC2::Subnet
    Properties: {CidrBlock: 10.0.1.0/24, VpcId: !ImportValue network-VpcId}
"#;

/// A moto of its own for every test; it ends with the test.
struct Moto {
    server: Child,
    config: SdkConfig,
}

impl Moto {
    async fn start() -> Moto {
        let program =
            std::env::var_os("STRATIFORM_MOTO_SERVER").expect("set by `cargo xtask ci moto`");
        let port = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let mut server = Command::new(program)
            .args(["-H", "127.0.0.1", "-p", &port.to_string()])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let started = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert_eq!(server.try_wait().unwrap(), None, "moto ended");
            assert!(
                started.elapsed() < Duration::from_secs(60),
                "moto does not start"
            );
            sleep(Duration::from_millis(20));
        }
        let config = support::config(&format!("http://127.0.0.1:{port}")).await;
        Moto { server, config }
    }

    fn aws(&self) -> Aws {
        Aws::new(&self.config)
    }

    async fn create(&self, name: &str, template: &str, parameters: &[(&str, &str)]) {
        let parameters = parameters.iter().map(|(key, value)| {
            let parameter = Parameter::builder().parameter_key(*key);
            parameter.parameter_value(*value).build()
        });
        let request = Client::new(&self.config).create_stack().stack_name(name);
        request
            .template_body(template)
            .set_parameters(Some(parameters.collect()))
            .tags(Tag::builder().key("team").value("shop").build())
            .enable_termination_protection(true)
            .send()
            .await
            .unwrap();
    }

    async fn deployed(&self, names: &[&str]) -> Vec<Option<DeployedStack>> {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        self.aws().deployed(&names).await.unwrap()
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

#[tokio::test]
#[ignore = "needs moto: cargo xtask ci moto"]
async fn stacks_are_read_as_they_were_made() {
    let moto = Moto::start().await;
    // moto hides a value only where it is the name of a parameter that it must not echo.
    let parameters = [("Size", "2"), ("Secret", "Secret")];
    moto.create("network", NETWORK, &parameters).await;
    moto.create("subnet", SUBNET, &[]).await;
    let stacks = moto.deployed(&["network", "missing", "subnet"]).await;
    let [Some(network), None, Some(subnet)] = stacks.as_slice() else {
        panic!("`network` and `subnet` are there, and nothing else");
    };
    assert_eq!(network.name, "network");
    assert_eq!(network.status.as_str(), "CREATE_COMPLETE");
    assert_eq!(network.template, NETWORK);
    assert_eq!(
        network.parameters["Size"],
        DeployedParameter::Known("2".to_owned())
    );
    assert_eq!(network.parameters["Secret"], DeployedParameter::Hidden);
    assert_eq!(network.tags["team"], "shop");
    assert!(network.termination_protection);
    let vpc = &network.outputs["VpcId"].value;
    assert!(vpc.starts_with("vpc-"), "{vpc}");
    assert_eq!(
        network.outputs["VpcId"].export.as_deref(),
        Some("network-VpcId")
    );
    assert_eq!(network.outputs["TopicName"].export, None);
    assert_eq!(subnet.template, SUBNET);
}

#[tokio::test]
#[ignore = "needs moto: cargo xtask ci moto"]
async fn a_deleted_stack_is_none_and_the_account_is_told() {
    let moto = Moto::start().await;
    moto.create("topic", "Resources: {Topic: {Type: AWS::SNS::Topic}}", &[])
        .await;
    let stack_id = moto.deployed(&["topic"]).await.remove(0).unwrap().stack_id;
    // moto deletes it in spite of its termination protection.
    let deletion = Client::new(&moto.config).delete_stack();
    deletion.stack_name("topic").send().await.unwrap();
    assert_eq!(moto.deployed(&["topic", &stack_id]).await, [None, None]);

    let identity = moto.aws().identity().await.unwrap();
    assert!(
        identity
            .expect_account(Some(&"123456789012".parse().unwrap()))
            .is_ok()
    );
    let error = identity
        .expect_account(Some(&"111122223333".parse().unwrap()))
        .unwrap_err();
    assert!(matches!(error, Error::OtherAccount { .. }));
}
