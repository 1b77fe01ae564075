//! A stack that somebody made, as it is read.

use aws_sdk_cloudformation::Client;
use aws_sdk_cloudformation::types::{Parameter, Tag};
use stratiform_aws::{Aws, DeployedStack};
use stratiform_test_support::Moto;

use crate::support;

const NETWORK: &str = r#"
Parameters:
  Size: {Type: Number}
  Secret: {Type: String, NoEcho: true}
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
Outputs:
  VpcId: {Value: !Ref Vpc, Export: {Name: network-VpcId}}
"#;

#[tokio::test]
#[ignore = "needs moto: cargo xtask ci moto"]
async fn a_stack_is_read_as_it_was_made_until_it_is_deleted() {
    let moto = Moto::start();
    let config = support::config(moto.url()).await;
    let (aws, client) = (Aws::new(&config), Client::new(&config));
    // moto hides a value only where it is the name of a parameter that it must not echo.
    let parameters = [("Size", "2"), ("Secret", "Secret")].map(|(key, value)| {
        let parameter = Parameter::builder().parameter_key(key);
        parameter.parameter_value(value).build()
    });
    let request = client.create_stack().stack_name("network");
    let request = request.template_body(NETWORK);
    let request = request.set_parameters(Some(parameters.into()));
    let tag = Tag::builder().key("team").value("shop").build();
    let request = request.tags(tag).enable_termination_protection(true);
    request.send().await.unwrap();

    let names = ["network", "missing"].map(str::to_owned);
    let stacks = aws.deployed(&names).await.unwrap();
    let [Some(DeployedStack { stack, template }), None] = stacks.as_slice() else {
        panic!("`network` is there, and nothing else: {stacks:?}");
    };
    assert_eq!(stack.status.as_str(), "CREATE_COMPLETE");
    assert_eq!(template, NETWORK);
    assert_eq!(
        stack.values().into_iter().collect::<Vec<_>>(),
        [("Size".to_owned(), "2".to_owned())]
    );
    assert_eq!(stack.tags["team"], "shop");
    assert!(stack.termination_protection);
    let vpc = &stack.outputs["VpcId"];
    assert!(vpc.0.starts_with("vpc-"), "{}", vpc.0);
    assert_eq!(vpc.1.as_deref(), Some("network-VpcId"));
    assert_eq!(aws.stack_names("net").await.unwrap(), ["network"]);
    let account = aws.identity().await.unwrap().account;
    assert_eq!(account.as_str(), "123456789012");

    // moto deletes it in spite of its termination protection.
    let request = client.delete_stack().stack_name("network");
    request.send().await.unwrap();
    let names = ["network", stack.id.as_str()].map(str::to_owned);
    assert_eq!(aws.deployed(&names).await.unwrap(), [None, None]);
}
