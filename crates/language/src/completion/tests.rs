use super::*;

/// What is proposed where the `¦` is: the first few labels with their ranks, in order.
fn labels(text: &str, most: usize) -> String {
    let found = proposals(text);
    let labels = found.iter().take(most);
    let labels = labels.map(|it| format!("{}:{}", it.rank, it.label));
    labels.collect::<Vec<_>>().join(" ")
}

fn proposals(text: &str) -> Vec<Completion> {
    let cursor = text.find('¦').unwrap();
    complete(&text.replace('¦', ""), cursor, None)
}

/// The text when a proposal is taken.
#[track_caller]
fn taken(text: &str, label: &str) -> String {
    let found = proposals(text);
    let labels = found.iter().map(|it| it.label.as_str()).collect::<Vec<_>>();
    let found = found.iter().find(|it| it.label == label);
    let found = found.unwrap_or_else(|| panic!("{label} is not in {labels:?}"));
    let whole = text.replace('¦', "");
    let typed = &whole[found.replace.start..text.find('¦').unwrap()];
    let is_kept = found.filter.to_lowercase().contains(&typed.to_lowercase());
    assert!(is_kept, "an editor would not show {label} for {typed:?}");
    format!(
        "{}{}{}",
        &whole[..found.replace.start],
        found.insert,
        &whole[found.replace.end..]
    )
}

const HEAD: &str = "Parameters:
  Stage: {Type: String}
  Vpc: {Type: 'AWS::EC2::VPC::Id'}
Mappings:
  Sizes:
    small: {cpu: 1, memory: 2}
    large: {cpu: 4, disk: 5}
Conditions:
  Prod: !Equals [!Ref Stage, prod]
Resources:
  Key: {Type: AWS::KMS::Key}
  Topic:
    Type: AWS::SNS::Topic
";

fn with(rest: &str) -> String {
    format!("{HEAD}{rest}")
}

#[test]
fn sections_and_attributes() {
    let sections = labels("¦", 3);
    assert_eq!(
        sections,
        "1:AWSTemplateFormatVersion 1:Conditions 1:Description"
    );
    assert!(!labels("Resources: {}\n¦", 99).contains("Resources"));
    assert_eq!(labels("kind: Pod\n¦", 9), "");
    assert_eq!(labels("AWSTemplateFormatVersion: ¦", 9), "1:2010-09-09");
    let resource = labels(&with("  Q:\n    ¦\n    DependsOn: Key\n"), 4);
    assert_eq!(
        resource,
        "0:Type 1:Condition 1:CreationPolicy 1:DeletionPolicy"
    );
    assert_eq!(
        labels(&with("  Q:\n    DependsOn: [Key, ¦]\n"), 9),
        "1:Topic"
    );
    assert_eq!(
        labels(&with("  Q:\n    DependsOn:\n    - Topic\n    - ¦\n"), 9),
        "1:Key"
    );
    assert_eq!(labels(&with("  Q:\n    Condition: ¦\n"), 9), "1:Prod");
    assert_eq!(taken("Res¦", "Resources"), "Resources:");
    assert_eq!(taken("{\"¦\"}", "Resources"), "{\"Resources\": }");
}

#[test]
fn types_by_what_is_typed() {
    let types = labels(&with("  Q:\n    Type: sqs¦\n"), 9);
    assert_eq!(
        types,
        "2:AWS::SQS::Queue 2:AWS::SQS::QueueInlinePolicy 2:AWS::SQS::QueuePolicy"
    );
    let queue = taken("Resources:\n  Q:\n    Type:¦", "AWS::SQS::Queue");
    assert_eq!(queue, "Resources:\n  Q:\n    Type: AWS::SQS::Queue");
}

#[test]
fn properties_that_are_not_there_the_required_first() {
    let rule = "  R:\n    Type: AWS::IAM::Role\n    Properties:\n      RoleName: x\n      ¦\n";
    let found = labels(&with(rule), 3);
    assert_eq!(
        found,
        "0:AssumeRolePolicyDocument 1:Description 1:ManagedPolicyArns"
    );
    assert!(!labels(&with(rule), 99).contains("RoleName"));
    // What is only returned is no property to write.
    assert!(!labels(&with(rule), 99).contains("RoleId"));
    let tag = "  Q:\n    Type: AWS::SQS::Queue\n    Properties:\n      Tags:\n        - Key: a\n          ¦\n";
    assert_eq!(labels(&with(tag), 9), "0:Value");
    let list = "  Q:\n    Type: AWS::SQS::Queue\n    Properties:\n      Tags:\n        ¦\n";
    assert!(taken(&with(list), "Key").ends_with("      Tags:\n        - Key: \n"));
    let branch = "  Q:\n    Type: AWS::SQS::Queue\n    Properties:\n      Tags:\n        - !If\n          - Prod\n          - Key: a\n            ¦\n";
    assert_eq!(labels(&with(branch), 9), "0:Value");
    let json = "{\"Resources\": {\"Q\": {\"Type\": \"AWS::SQS::Queue\", \"Properties\": {\"DelaySeconds\": 1, \"Vis¦\"}}}}";
    assert!(
        taken(json, "VisibilityTimeout")
            .ends_with("{\"DelaySeconds\": 1, \"VisibilityTimeout\": }}}}")
    );
}

#[test]
fn values_of_lists_of_choices() {
    let class = "  B:\n    Type: AWS::S3::Bucket\n    Properties:\n      VersioningConfiguration:\n        Status: ¦\n";
    assert!(labels(&with(class), 2).starts_with("1:Enabled 1:Suspended"));
    let boolean = "  Q:\n    Type: AWS::SQS::Queue\n    Properties: {FifoQueue: ¦}\n";
    assert!(labels(&with(boolean), 2).starts_with("1:false 1:true"));
    let json = "{\"Resources\": {\"Q\": {\"Type\": \"AWS::SQS::Queue\", \"Properties\": {\"FifoQueue\": ¦}}}}";
    assert!(taken(json, "true").contains("\"FifoQueue\": true}"));
}

#[test]
fn references_that_fit_come_first() {
    let key = "  B:\n    Type: AWS::EC2::Subnet\n    Properties:\n      VpcId: !Ref ¦\n";
    assert_eq!(labels(&with(key), 2), "0:Vpc 1:Stage");
    let vpc = "  V:\n    Type: AWS::EC2::VPC\n  B:\n    Type: AWS::EC2::Subnet\n    Properties:\n      VpcId: ¦\n";
    assert!(
        labels(&with(vpc), 2).starts_with("0:!Ref V 0:!Ref Vpc"),
        "{}",
        labels(&with(vpc), 3)
    );
    assert!(taken(&with(vpc), "!GetAtt V.VpcId").ends_with("VpcId: !GetAtt V.VpcId\n"));
    let dlq = "  F:\n    Type: AWS::Lambda::EventSourceMapping\n    Properties:\n      KmsKeyArn: !GetAtt Key.¦\n";
    assert!(
        labels(&with(dlq), 1).starts_with("0:Arn"),
        "{}",
        labels(&with(dlq), 3)
    );
    assert!(taken(&with(dlq), "Arn").ends_with("KmsKeyArn: !GetAtt Key.Arn\n"));
    let list = "  F:\n    Type: AWS::SNS::Topic\n    Properties:\n      TopicName:\n        Fn::GetAtt: [Key, ¦]\n";
    assert_eq!(labels(&with(list), 9), "2:Arn 2:KeyId");
    let json = "{\"Resources\": {\"K\": {\"Type\": \"AWS::KMS::Key\"}, \"Q\": {\"Type\": \"AWS::SQS::Queue\", \"Properties\": {\"KmsMasterKeyId\": {\"Ref\": \"¦\"}}}}}";
    assert!(taken(json, "K").contains("{\"Ref\": \"K\"}"));
}

#[test]
fn variables_of_text() {
    let text =
        "  T2:\n    Type: AWS::SNS::Topic\n    Properties:\n      TopicName: !Sub x-${St¦}\n";
    assert!(taken(&with(text), "Stage").ends_with("TopicName: !Sub x-${Stage}\n"));
    let open = text.replace('}', "");
    assert!(taken(&with(&open), "Stage").ends_with("TopicName: !Sub x-${Stage}\n"));
    let attribute = "  T2:\n    Type: AWS::SNS::Topic\n    Properties:\n      TopicName: !Sub \"${Key.¦\n      FifoTopic: true\n";
    assert!(taken(&with(attribute), "Arn").contains("!Sub \"${Key.Arn}\n"));
    let block = "  T2:\n    Type: AWS::SNS::Topic\n    Properties:\n      TopicName: !Sub |\n        a\n        ${¦\n";
    assert!(labels(&with(block), 1).starts_with("1:Stage"));
    assert_eq!(labels(&with(&text.replace("${St¦}", "¦")), 9), "");
}

#[test]
fn conditions_and_mappings() {
    let condition = "  T2:\n    Type: AWS::SNS::Topic\n    Properties:\n      TopicName: !If [¦]\n";
    assert_eq!(labels(&with(condition), 9), "1:Prod");
    let mapping = |rest: &str| {
        let text = format!(
            "  T2:\n    Type: AWS::SNS::Topic\n    Properties:\n      TopicName: !FindInMap [{rest}]\n"
        );
        labels(&with(&text), 9)
    };
    assert_eq!(mapping("¦"), "1:Sizes");
    assert_eq!(mapping("Sizes, ¦"), "1:large 1:small");
    assert_eq!(mapping("Sizes, !Ref Stage, ¦"), "1:cpu 1:disk 1:memory");
    let other = "Conditions:\n  A: !Equals [a, b]\n  B: !Not [!Condition ¦]\n";
    assert_eq!(labels(&format!("Resources: {{}}\n{other}"), 9), "1:A");
    let functions = "Resources: {}\nConditions:\n  A: ¦\n";
    assert!(
        labels(functions, 2).starts_with("5:!And 5:!Condition"),
        "{}",
        labels(functions, 9)
    );
}

#[test]
fn names_that_cannot_be_made_out_any_more_are_those_of_before() {
    let earlier = Sketch::read(&with(""));
    let broken =
        "Resources:\n  B:\n    Type: AWS::SNS::Topic\n    Properties:\n      TopicName: !Ref ";
    let found = complete(broken, broken.len(), Some(&earlier));
    assert!(found.iter().any(|it| it.label == "Stage"));
}
