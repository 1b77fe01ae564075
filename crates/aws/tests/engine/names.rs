//! What belongs to an account and a region as a whole.

use stratiform_aws::{Aws, Error, configuration};

use crate::{ACCOUNT, Engine, TOPIC};

/// More than the 100 of a page.
const MANY: usize = 130;

#[tokio::test]
async fn imports_of_all_pages_or_none() {
    let engine = Engine::start().await;
    let exports = "
Resources: {Topic: {Type: AWS::SNS::Topic}}
Outputs:
  Used: {Value: used, Export: {Name: used}}
  Unused: {Value: unused, Export: {Name: unused}}
";
    engine.create("base", exports).await;
    let importer =
        "Resources: {Topic: {Type: AWS::SNS::Topic, Properties: {DisplayName: !ImportValue used}}}";
    let mut names: Vec<String> = (0..MANY).map(|number| format!("app-{number}")).collect();
    for name in &names {
        engine.create(name, importer).await;
    }
    let mut found = engine.aws().imports("used").await.unwrap();
    names.sort();
    found.sort();
    assert_eq!(found, names);
    assert!(engine.aws().imports("unused").await.unwrap().is_empty());
    // Nobody can import what is not there.
    assert!(engine.aws().imports("missing").await.unwrap().is_empty());
}

#[tokio::test]
async fn names_of_all_pages_without_what_is_gone() {
    let engine = Engine::start().await;
    for number in 0..MANY {
        engine.create(&format!("shop-{number:03}"), TOPIC).await;
    }
    engine.create("other", TOPIC).await;
    engine.delete("shop-000").await;
    let names: Vec<String> = (1..MANY)
        .map(|number| format!("shop-{number:03}"))
        .collect();
    assert_eq!(engine.aws().stack_names("shop-").await.unwrap(), names);
    assert_eq!(
        engine.aws().stack_names("").await.unwrap().len(),
        names.len() + 1
    );
}

#[tokio::test]
async fn regions_are_apart() {
    let engine = Engine::start().await;
    engine.create("shop", TOPIC).await;
    let credentials = engine.config.credentials_provider().unwrap();
    let elsewhere = configuration("eu-west-2").credentials_provider(credentials);
    let elsewhere = elsewhere.endpoint_url(engine.running.url()).load().await;
    let elsewhere = Aws::new(&elsewhere);
    assert!(elsewhere.stack_names("").await.unwrap().is_empty());
    let stacks = elsewhere.deployed(&["shop".to_owned()]).await.unwrap();
    assert_eq!(stacks, [None]);
}

#[tokio::test]
async fn the_account_is_told() {
    let engine = Engine::start().await;
    let identity = engine.aws().identity().await.unwrap();
    let same = ACCOUNT.parse().unwrap();
    assert!(identity.expect_account(Some(&same)).is_ok());
    let other = "444455556666".parse().unwrap();
    let error = identity.expect_account(Some(&other)).unwrap_err();
    assert!(matches!(error, Error::OtherAccount { .. }));
}
