use super::{
    AccountId, ChangeSetId, ChangeSetName, LogicalId, PhysicalId, Region, StackId, StackName,
    StackPrefix,
};

/// Which texts are names of a kind, and which are not.
fn check<N: for<'t> TryFrom<&'t str>>(good: &[&str], bad: &[&str]) {
    for text in good {
        assert!(N::try_from(text).is_ok(), "{text:?} is refused");
    }
    for text in bad {
        assert!(N::try_from(text).is_err(), "{text:?} is accepted");
    }
}

#[test]
fn what_names_look_like() {
    let (most, too_much) = ("a".repeat(128), "a".repeat(129));
    check::<StackName>(
        &["a", "shop-prod-network", "Shop1", &most],
        &["", "1shop", "-shop", "shop_prod", "größe", &too_much],
    );
    check::<ChangeSetName>(&["release-7"], &["", "7", "release.7", &too_much]);
    let (most, too_much) = ("a".repeat(255), "a".repeat(256));
    check::<LogicalId>(
        &["Vpc", "1st", &most],
        &["", "My-Vpc", "Vpc.Id", "Größe", &too_much],
    );
    check::<PhysicalId>(&["vpc-1", "a b", "https://sqs/queue"], &[""]);
    check::<AccountId>(
        &["012345678901"],
        &["", "12345678901", "0123-4567-8901", "０12345678901"],
    );
    check::<Region>(
        &[
            "eu-central-1",
            "us-gov-west-1",
            "us-isob-east-1",
            "eusc-de-east-1",
            "ap-southeast-12",
        ],
        &[
            "",
            "eu",
            "eu-1",
            "e-central-1",
            "europe-central-1",
            "eu--1",
            "eu-central-",
            "eu-central",
            "EU-central-1",
            "eu-central-1a",
            "eu-cen7ral-1",
            "-1",
            "eu-central-1-",
        ],
    );
    check::<StackId>(
        &["arn:aws:cloudformation:eu-central-1:111122223333:stack/one/1"],
        &[
            "one",
            "arn:aws:cloudformation:eu-central-1:111122223333:stack/one",
            "arn:aws:cloudformation:eu-central-1:111122223333:stack//1",
            "arn:aws:cloudformation:eu-central-1:111122223333:stack/one/1/2",
            "arn:aws:cloudformation:eu-central-1:111122223333:changeSet/one/1",
            "arn:aws:cloudformation:eu-central-1:1:stack/one/1",
            "arn:aws:sns:eu-central-1:111122223333:stack/one/1",
        ],
    );
}

#[test]
fn names_know_their_parts() {
    let stack = StackId::new("arn:aws-cn:cloudformation:cn-north-1:111122223333:stack/one/1");
    let stack = stack.unwrap();
    assert_eq!(
        (stack.stack_name(), stack.region(), stack.account()),
        ("one", "cn-north-1", "111122223333")
    );
    let id = "arn:aws:cloudformation:eu-central-1:111122223333:changeSet/release-7/1";
    assert_eq!(ChangeSetId::new(id).unwrap().change_set_name(), "release-7");
}

#[test]
fn serde_checks_as_the_constructor_does() {
    let name: StackName = serde_json::from_str("\"shop\"").unwrap();
    assert_eq!(serde_json::to_string(&name).unwrap(), "\"shop\"");
    let error = serde_json::from_str::<StackName>("\"1\"").unwrap_err();
    assert_eq!(
        error.to_string(),
        "`1` cannot be a stack's name: that is 1 to 128 letters, digits and hyphens, a letter first"
    );
}

/// Review of 2026-11-28, section 0, f: the first `-dev-` in the name is not where the environment is.
#[test]
fn an_app_with_the_environments_name_in_its_own() {
    let tools = StackPrefix::of("shop-dev-tools", "dev");
    let network = StackName::of("shop-dev-tools", "dev", "network").unwrap();
    assert_eq!(tools.as_str(), "shop-dev-tools-dev-");
    assert_eq!(tools.key(&network), Some("network"));
    let shop = StackName::of("shop", "dev", "network").unwrap();
    assert_eq!(tools.key(&shop), None);
    let prod = StackPrefix::of("shop-dev-tools", "prod");
    assert_eq!(
        tools.renamed(&network, &prod).unwrap().unwrap(),
        "shop-dev-tools-prod-network"
    );
    assert_eq!(tools.renamed(&shop, &prod).unwrap(), None);
}

#[test]
fn putting_together_and_taking_apart_are_inverse() {
    for app in ["shop", "shop-dev", "dev"] {
        for environment in ["dev", "dev-dev", "p"] {
            let prefix = StackPrefix::of(app, environment);
            for key in ["network", "dev", "dev-dev-network"] {
                let name = prefix.name(key).unwrap();
                assert_eq!(prefix.key(&name), Some(key), "{name}");
            }
            assert!(prefix.name("").is_err());
            assert_eq!(prefix.key(prefix.as_str()), None);
            assert!(prefix.name(&"x".repeat(128)).is_err());
        }
    }
}

#[test]
fn partitions() {
    for (region, partition, suffix) in [
        ("eu-central-1", "aws", "amazonaws.com"),
        ("cn-north-1", "aws-cn", "amazonaws.com.cn"),
        ("us-gov-west-1", "aws-us-gov", "amazonaws.com"),
        ("eusc-de-east-1", "aws-eusc", "amazonaws.eu"),
        ("us-iso-east-1", "aws-iso", "c2s.ic.gov"),
        ("us-isob-east-1", "aws-iso-b", "sc2s.sgov.gov"),
    ] {
        let region = Region::new(region).unwrap();
        assert_eq!(
            (region.partition(), region.url_suffix()),
            (partition, suffix)
        );
    }
}
