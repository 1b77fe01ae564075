//! Several templates: exports and imports, names across stacks, stacks in stacks.

#![expect(clippy::unwrap_used, reason = "a test")]

use stratiform_template::Template;
use stratiform_validate::{Deployed, validate_nested, validate_together};

/// What is said of stacks `a`, `b` and so on.
fn said(texts: &[&str]) -> Vec<String> {
    let templates: Vec<Template> = texts
        .iter()
        .map(|text| Template::parse(text).unwrap())
        .collect();
    let names = ["a", "b", "c"];
    let deployed = names
        .iter()
        .zip(&templates)
        .map(|(name, template)| Deployed {
            stack: Some(name),
            region: Some("eu-west-1"),
            template,
        });
    let deployed: Vec<Deployed<'_>> = deployed.collect();
    let found = validate_together(&deployed).into_iter();
    found
        .map(|(at, finding)| {
            let path = finding.path.join("/");
            format!(
                "{:?} {} {} {path}: {}",
                finding.level, finding.code, names[at], finding.what
            )
        })
        .collect()
}

const TOPIC: &str = "Resources: {T: {Type: AWS::SNS::Topic}}\n";

fn exporting(name: &str) -> String {
    format!("{TOPIC}Outputs: {{O: {{Value: !Ref T, Export: {{Name: {name}}}}}}}")
}

fn importing(name: &str) -> String {
    format!(
        "Parameters: {{P: {{Type: String}}}}\nResources: {{T: {{Type: AWS::SNS::Topic, Properties: {{DisplayName: {{'Fn::ImportValue': {name}}}}}}}}}"
    )
}

#[test]
fn what_is_imported_is_exported() {
    let quiet = Vec::<String>::new();
    assert_eq!(
        said(&[&exporting("shop-topic"), &importing("shop-topic")]),
        quiet
    );
    let own = exporting("!Sub '${AWS::StackName}-topic'");
    assert_eq!(said(&[&own, &importing("a-topic")]), quiet);
    assert_eq!(said(&[&own, &importing("!Join ['-', [a, topic]]")]), quiet);
    assert_eq!(
        said(&[&own, &importing("a-topc")]),
        [
            "Warning import-without-export b Resources/T/Properties/DisplayName/Fn::ImportValue: no stack exports `a-topc`",
            "Note unused-export a Outputs/O/Export/Name: no stack imports `a-topic`",
        ]
    );
    // What is not known may be any.
    assert_eq!(said(&[&own, &importing("!Sub '${P}-topic'")]), quiet);
    let open = "Parameters: {P: {Type: String}}\n".to_owned() + &exporting("!Ref P");
    assert_eq!(said(&[&open, &importing("x")]), quiet);
}

#[test]
fn one_name_is_exported_once() {
    let one = exporting("x");
    let found = said(&[&one, &one, &importing("x")]);
    assert_eq!(
        found,
        ["Error duplicate-export b Outputs/O/Export/Name: another stack exports `x`, too"]
    );
}

#[test]
fn names_collide_across_stacks() {
    let queue = |name: &str, more: &str| {
        format!(
            "Parameters: {{P: {{Type: String}}}}\nConditions: {{C: !Equals [!Ref P, x]}}\nResources: {{Q: {{Type: AWS::SQS::Queue, {more} Properties: {{QueueName: {name}}}}}}}"
        )
    };
    let quiet = Vec::<String>::new();
    assert_eq!(
        said(&[&queue("orders", ""), &queue("!Sub 'orders'", "")]),
        ["Error name-collision b Resources/Q/Properties/QueueName: `Q` of `a` has this already"]
    );
    // The case may be one that nobody chooses.
    assert_eq!(
        said(&[&queue("orders", ""), &queue("orders", "Condition: C,")]),
        ["Warning name-collision b Resources/Q/Properties/QueueName: `Q` of `a` has this already"]
    );
    let own = queue("!Sub '${AWS::StackName}-orders'", "");
    assert_eq!(said(&[&own, &own]), quiet);
    assert_eq!(said(&[&queue("!Ref P", ""), &queue("!Ref P", "")]), quiet);
}

#[test]
fn names_are_unique_in_a_region_or_an_account() {
    let both = |text: &str| {
        let template = Template::parse(text).unwrap();
        let of = |region| Deployed {
            stack: Some("a"),
            region: Some(region),
            template: &template,
        };
        validate_together(&[of("eu-west-1"), of("us-east-1")]).len()
    };
    assert_eq!(
        both("Resources: {Q: {Type: AWS::SQS::Queue, Properties: {QueueName: x}}}"),
        0
    );
    assert_eq!(
        both("Resources: {R: {Type: AWS::IAM::Role, Properties: {RoleName: x}}}"),
        1
    );
    assert_eq!(
        both(
            "Resources: {R: {Type: AWS::IAM::Role, Properties: {RoleName: !Sub 'x-${AWS::Region}'}}}"
        ),
        0
    );
}

#[test]
fn dimensions_hold_what_is_measured_in_another_stack_too() {
    let exporting = |value: &str| {
        format!(
            "Parameters: {{P: {{Type: String}}}}\nConditions: {{C: !Equals [!Ref P, x]}}\nResources: {{Q: {{Type: AWS::SQS::Queue}}, Api: {{Type: AWS::ApiGateway::RestApi}}}}\nOutputs: {{O: {{Value: {value}, Export: {{Name: !Sub '${{AWS::StackName}}-it'}}}}}}"
        )
    };
    let measuring = |namespace: &str, metric: &str, dimension: &str, value: &str| {
        format!(
            "Parameters: {{P: {{Type: String}}}}\nResources: {{A: {{Type: AWS::CloudWatch::Alarm, Properties: {{Namespace: {namespace}, MetricName: {metric}, Dimensions: [{{Name: {dimension}, Value: {value}}}]}}}}}}"
        )
    };
    let of_queue = measuring(
        "AWS/SQS",
        "SentMessageSize",
        "QueueName",
        "!ImportValue a-it",
    );
    let quiet = Vec::<String>::new();
    assert_eq!(said(&[&exporting("!GetAtt Q.QueueName"), &of_queue]), quiet);
    let at = "Warning metric-dimension b Resources/A/Properties/Dimensions/0/Value";
    assert_eq!(
        said(&[&exporting("!Ref Q"), &of_queue]),
        [format!(
            "{at}: `Ref` of `Q` in `a` is not what `QueueName` holds"
        )]
    );
    assert_eq!(
        said(&[&exporting("!GetAtt Q.Arn"), &of_queue]),
        [format!(
            "{at}: `Arn` of `Q` in `a` is not what `QueueName` holds"
        )]
    );
    let of_api = measuring(
        "AWS/ApiGateway",
        "5XXError",
        "ApiName",
        "!ImportValue {'Fn::Join': ['-', [a, it]]}",
    );
    assert_eq!(
        said(&[&exporting("!Ref Api"), &of_api]),
        [format!(
            "{at}: `Ref` of `Api` in `a` is not what `ApiName` holds"
        )]
    );
    let inside = "Resources: {A: {Type: AWS::CloudWatch::Alarm, Properties: {Metrics: [{Id: a, MetricStat: {Metric: {Namespace: AWS/SQS, MetricName: SentMessageSize, Dimensions: [{Name: QueueName, Value: !ImportValue a-it}]}}}]}}}";
    assert_eq!(said(&[&exporting("!Ref Q"), inside]).len(), 1);
    // What nobody knows may be right: the value, the name, the namespace, the dimension.
    for value in ["!Ref P", "!If [C, !Ref Q, !Ref P]", "!Sub 'x-${Q}'"] {
        assert_eq!(said(&[&exporting(value), &of_queue]), quiet, "{value}");
    }
    let unknown = [
        (
            "AWS/SQS",
            "QueueName",
            "!ImportValue {'Fn::Sub': '${P}-it'}",
        ),
        ("Shop", "QueueName", "!ImportValue a-it"),
        ("!Ref P", "QueueName", "!ImportValue a-it"),
        ("AWS/SQS", "!Ref P", "!ImportValue a-it"),
    ];
    for (namespace, dimension, value) in unknown {
        let alarm = measuring(namespace, "SentMessageSize", dimension, value);
        let found = said(&[&exporting("!Ref Q"), &alarm]);
        assert_eq!(found, quiet, "{namespace} {dimension} {value}");
    }
    // Which of the two is meant, nobody can say.
    let found = said(&[
        &exporting("!Ref Q"),
        &of_queue,
        &exporting("!Ref Q").replace("'${AWS::StackName}-it'", "a-it"),
    ]);
    assert_eq!(
        found,
        ["Error duplicate-export c Outputs/O/Export/Name: another stack exports `a-it`, too"]
    );
}

#[test]
fn nested_stacks_are_given_what_they_take() {
    let child = "Parameters: {Name: {Type: String}, Size: {Type: Number, Default: 1}}\nResources: {T: {Type: AWS::SNS::Topic}}\nOutputs: {Arn: {Value: !Ref T}}";
    let child = Template::parse(child).unwrap();
    let found = |parameters: &str, value: &str| {
        let text = format!(
            "Resources: {{S: {{Type: AWS::CloudFormation::Stack, Properties: {{TemplateURL: child.yaml{parameters}}}}}}}\nOutputs: {{O: {{Value: !GetAtt S.Outputs.{value}}}}}"
        );
        let parent = Template::parse(&text).unwrap();
        let found = validate_nested(&parent, &|place| {
            (place == "child.yaml").then(|| child.clone())
        });
        let found = found.iter();
        found
            .map(|finding| {
                format!(
                    "{} {}: {}",
                    finding.code,
                    finding.path.join("/"),
                    finding.what
                )
            })
            .collect::<Vec<_>>()
    };
    assert_eq!(
        found(", Parameters: {Name: a}", "Arn"),
        Vec::<String>::new()
    );
    assert_eq!(
        found(", Parameters: {Nam: a}", "Arm"),
        [
            "nested-parameter Resources/S/Properties/Parameters/Nam: the stack has no parameter `Nam`",
            "nested-parameter Resources/S/Properties: the stack is not given parameter `Name`",
            "unknown-attribute Outputs/O/Value/Fn::GetAtt: `S` has no output `Arm`",
        ]
    );
    assert_eq!(found("", "Arn").len(), 1);
    assert_eq!(
        found(", Parameters: {Fn::Transform: {Name: M}}", "Arn"),
        Vec::<String>::new()
    );
}

#[test]
fn an_account_has_so_many_stacks() {
    let template = Template::parse(TOPIC).unwrap();
    let nesting = "Resources: {S: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: 'https://a'}}}";
    let nesting = Template::parse(nesting).unwrap();
    let deployed = |stacks: usize, last: &'static str| {
        let one = |region| Deployed {
            stack: None,
            region: Some(region),
            template: &template,
        };
        let mut all = vec![one("eu-west-1"); stacks];
        all.push(Deployed {
            template: &nesting,
            ..one(last)
        });
        let found = validate_together(&all).into_iter();
        let lines = found.map(|(at, finding)| format!("{at} {finding}"));
        lines.collect::<Vec<_>>()
    };
    assert_eq!(deployed(1998, "eu-west-1"), [""; 0]);
    assert_eq!(deployed(1999, "eu-central-1"), [""; 0]);
    let expected = "1999 Resources: these are more than 2000 stacks in one region";
    assert_eq!(deployed(1999, "eu-west-1"), [expected]);
}
