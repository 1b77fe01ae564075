//! What is planned, without anybody being asked.

use stratiform_service::{StackStatus, Word};
use stratiform_template::Template;

use super::*;

/// A network, two stacks on it, and one on those.
pub(crate) fn assembly() -> Assembly {
    let stack = |name: &str, needs: &[&str], template: &str| StackAt {
        depends_on: needs
            .iter()
            .map(|need| format!("shop-dev-{need}"))
            .collect(),
        ..StackAt::of(
            format!("shop-dev-{name}"),
            Template::parse(template).unwrap(),
        )
    };
    Assembly {
        app: Some("shop".to_owned()),
        environment: Some("dev".to_owned()),
        region: "eu-west-1".parse().unwrap(),
        account: None,
        tasks: Vec::new(),
        stacks: vec![
            stack("network", &[], "Resources:\n  Vpc: {Type: AWS::EC2::VPC}\n"),
            stack(
                "registry",
                &["network"],
                "Resources:\n  WebApiRepository: {Type: AWS::ECR::Repository, Properties: {RepositoryName: \
                 shop/dev/web-api}}\n",
            ),
            stack(
                "services",
                &["registry"],
                "Parameters:\n  WebApiImage: {Type: String}\n  MailerImage: {Type: String}\n  Size: {Type: Number, \
                 Default: 3}\n  Key: {Type: String, NoEcho: true}\nResources:\n  Tasks: {Type: AWS::SNS::Topic}\n",
            ),
        ],
    }
}

pub(crate) fn deployed(status: StackStatus) -> Stack {
    let parameters = [("WebApiImage", "web:1"), ("Size", "9"), ("Key", "****")];
    let parameters = parameters.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let id = "arn:aws:cloudformation:eu-west-1:111122223333:stack/shop-dev-services/1";
    Stack {
        parameters: parameters.into(),
        ..Stack::bare(id.parse().unwrap(), Word::Known(status))
    }
}

fn given(names: &[&str]) -> IndexMap<String, String> {
    let names = names.iter();
    names
        .map(|name| ((*name).to_owned(), "given:2".to_owned()))
        .collect()
}

#[test]
fn stacks_are_chosen_by_either_name() {
    let assembly = assembly();
    let choose = |wanted: &[&str]| {
        let wanted: Vec<String> = wanted.iter().map(|name| (*name).to_owned()).collect();
        super::choose(&assembly, &wanted)
    };
    assert_eq!(choose(&[]).unwrap(), [0, 1, 2]);
    assert_eq!(choose(&["services", "shop-dev-network"]).unwrap(), [0, 2]);
    let refused = choose(&["servces"]).unwrap_err();
    assert_eq!(refused.exit, Exit::Usage);
    assert_eq!(refused.findings[0].help, "did you mean `services`?");
}

#[test]
fn order_holds_through_stacks_that_are_not_chosen() {
    let assembly = assembly();
    assert_eq!(
        dependencies(&assembly, &[0, 1, 2]),
        [vec![], vec![0], vec![1]]
    );
    assert_eq!(dependencies(&assembly, &[0, 2]), [vec![], vec![0]]);
    assert_eq!(dependencies(&assembly, &[2]), [Vec::<usize>::new()]);
}

#[test]
fn a_parameter_has_the_image_or_the_previous_value_or_its_default() {
    let assembly = assembly();
    let stack = &assembly.stacks[2];
    let value = |text: &str| ParameterValue::Value(text.to_owned());
    let found = |images: &[&str], deployed| {
        parameters(stack, "services", &given(images), deployed, false)
            .unwrap()
            .into_iter()
            .collect::<Vec<_>>()
    };
    let named =
        |names: [(&str, ParameterValue); 4]| names.map(|(name, value)| (name.to_owned(), value));
    let running = deployed(StackStatus::UpdateComplete);
    assert_eq!(
        found(&["MailerImage"], Some(&running)),
        named([
            ("WebApiImage", ParameterValue::Previous),
            ("MailerImage", value("given:2")),
            ("Size", value("3")),
            ("Key", ParameterValue::Previous),
        ])
    );
    let both = found(&["WebApiImage", "MailerImage"], Some(&running));
    assert_eq!(both[0].1, value("given:2"));
}

#[test]
fn a_stack_that_was_never_made_has_no_previous_values() {
    let assembly = assembly();
    let failed = deployed(StackStatus::RollbackComplete);
    let refused = parameters(
        &assembly.stacks[2],
        "services",
        &given(&["MailerImage"]),
        Some(&failed),
        false,
    );
    let refused: Vec<String> = refused
        .unwrap_err()
        .into_iter()
        .map(|finding| finding.what)
        .collect();
    // The image that it was to have is known, and the hidden value is not.
    assert_eq!(
        refused,
        ["the parameter `Key` of the stack `services` has no value"]
    );
}

#[test]
fn what_has_no_value_is_said_with_what_gives_one() {
    let assembly = assembly();
    let refused =
        parameters(&assembly.stacks[2], "services", &given(&[]), None, false).unwrap_err();
    let help: Vec<String> = refused.into_iter().map(|finding| finding.help).collect();
    assert_eq!(
        help,
        [
            "say which image `web-api` runs: --image web-api=TAG",
            "say which image `mailer` runs: --image mailer=TAG",
            "give it one: --parameter Key=VALUE; it stays from then on",
        ]
    );
}

#[test]
fn a_value_that_is_not_taken_is_told_before_anything_is_deployed() {
    let template = "Parameters:\n  ApiImage: {Type: String, AllowedPattern: '.+@sha256:[0-9a-f]+'}\n  \
                    Size: {Type: Number, MaxValue: 3}\n  \
                    Key: {Type: String, NoEcho: true}\nResources:\n  Topic: {Type: AWS::SNS::Topic}\n";
    let stack = StackAt::of("shop-dev-more", Template::parse(template).unwrap());
    let values = |image: &str, size: &str| {
        IndexMap::from([
            ("ApiImage".to_owned(), image.to_owned()),
            ("Size".to_owned(), size.to_owned()),
        ])
    };
    let refused = |values: &IndexMap<String, String>, is_sealed| {
        let found = parameters(&stack, "more", values, None, is_sealed);
        let found = found.err().into_iter().flatten();
        found.map(|finding| finding.code).collect::<Vec<Code>>()
    };
    let wrong = values("api:1", "4");
    assert_eq!(
        refused(&wrong, false),
        [
            Code::ParameterValue,
            Code::ParameterValue,
            Code::ParameterWithoutValue
        ]
    );
    // A change set that was approved has the secret already.
    assert_eq!(refused(&values("api@sha256:ab", "3"), true), []);
}

#[test]
fn a_value_is_given_to_what_has_none_in_git() {
    let assembly = assembly();
    let given = |texts: &[&str]| {
        let values: Vec<GivenValue> = texts.iter().map(|text| text.parse().unwrap()).collect();
        super::given(&assembly, &values).map_err(|findings| findings[0].what.clone())
    };
    let found = given(&["Key=a=b"]).unwrap();
    assert_eq!(found.get("Key").map(String::as_str), Some("a=b"));
    assert_eq!(
        given(&["Size=4"]).unwrap_err(),
        "the parameter `Size` has its value in git"
    );
    assert_eq!(
        given(&["MailerImage=4"]).unwrap_err(),
        "`MailerImage` is the image of `mailer`"
    );
    assert_eq!(
        given(&["Kay=4"]).unwrap_err(),
        "no stack has a parameter `Kay`"
    );
    assert_eq!(
        given(&["Key=1", "Key=2"]).unwrap_err(),
        "the parameter `Key` is given twice"
    );
}

#[test]
fn an_allowance_names_a_resource_that_is_or_was() {
    let assembly = assembly();
    let allow = |text: &str| {
        let before = StackAt::of(
            "shop-dev-network",
            Template::parse("Resources:\n  Old: {Type: AWS::EC2::VPC}\n").unwrap(),
        );
        let before = IndexMap::from([(before.name.clone(), before)]);
        allowances(&assembly, &before, &[text.parse().unwrap()])
    };
    let found = allow("delete:shop-dev-network/Old").unwrap();
    assert_eq!(found[0].stack, "network");
    assert_eq!(found[0].loss, Loss::Delete);
    assert_eq!(allow("replace:network/Vpc").unwrap().len(), 1);
    let refused = allow("replace:network/Vpcs").unwrap_err();
    assert_eq!(refused.findings[0].help, "did you mean `Vpc`?");
    assert!(allow("replace:networks/Vpc").is_err());
}
