//! What is replaced, and who refers to it.

use crate::{check, check_changed, environment};

#[test]
fn a_chain_is_told_where_it_starts() {
    check_changed(
        "Type: AWS::EC2::VPC, Properties: {CidrBlock: $}}
B: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref A, CidrBlock: 10.0.0.0/24}}
C: {Type: AWS::EC2::NatGateway, Properties: {SubnetId: !GetAtt B.SubnetId, Tags: [{Key: a, Value: b}]}}
D: {Type: AWS::SNS::Topic, Properties: {DisplayName: !Ref C}",
        ["10.0.0.0/16", "10.0.0.0/17"],
        &[
            "attention replacement will: replaces the VPC `A`",
            "- `B` is replaced: `VpcId` refers to `A`",
            "- `C` is replaced: `SubnetId` refers to `B`",
            "- `D` changes: `DisplayName` refers to `C`",
            "attention replacement will: replaces the subnet `B`",
            "attention replacement will: replaces the nat gateway `C`",
        ],
    );
}

#[test]
fn a_long_chain_is_cut() {
    let chain = |name: &str| {
        let users = (0..25).map(|index| {
            format!("U{index}: {{Type: AWS::SNS::Topic, Properties: {{DisplayName: !Ref A}}}}\n")
        });
        let topic = format!("A: {{Type: AWS::SNS::Topic, Properties: {{TopicName: {name}}}}}\n");
        topic + &users.collect::<String>()
    };
    let found = environment(&[("shop", &chain("one"), &chain("two"))]);
    let details = &found[0].consequences[0].details;
    assert_eq!(details.len(), 21);
    assert_eq!(details.last().unwrap(), "… and 5 more");
}

#[test]
fn a_revision_is_worth_a_note() {
    check_changed(
        "Type: AWS::ECS::TaskDefinition, Properties: {Family: web, ContainerDefinitions: [{Name: web, Image: $}]}}
B: {Type: AWS::ECS::Service, Properties: {ServiceName: web, TaskDefinition: !Ref A}",
        ["one", "two"],
        &[
            "note replacement will: makes a new revision of the task definition `A`",
            "- `B` changes: `TaskDefinition` refers to `A`",
            "note interruption will: starts a deployment of the service `B`: new tasks take the place of the old ones",
        ],
    );
}

#[test]
fn those_who_decide_for_themselves_may_replace() {
    for (resource_type, noun) in [
        ("Custom::Thing", "thing"),
        ("AWS::CloudFormation::CustomResource", "custom resource"),
        ("Acme::Shop::Basket", "basket"),
    ] {
        check_changed(
            &format!("Type: {resource_type}, Properties: {{ServiceToken: t, X: $}}"),
            ["one", "two"],
            &[
                &format!("attention replacement may: may replace the {noun} `A`"),
                "note interruption unknown: changes 1 property of which it is unknown whether that interrupts",
                &format!("- `A` ({resource_type}): `X`"),
            ],
        );
    }
}

#[test]
fn an_attribute_that_changes_in_place_may_replace_who_refers_to_it() {
    check_changed(
        "Type: AWS::SNS::Topic, Properties: {DisplayName: $}}
B: {Type: AWS::DynamoDB::Table, Properties: {TableName: !GetAtt A.DisplayName}}
C: {Type: AWS::SNS::Topic, Properties: {DisplayName: !GetAtt A.TopicArn}",
        ["one", "one"],
        &[],
    );
    let before = "A: {Type: AWS::SNS::Topic, Properties: {DisplayName: one}}
B: {Type: AWS::EC2::Subnet, Properties: {VpcId: v, AvailabilityZone: !GetAtt A.DisplayName}}
C: {Type: AWS::EC2::Subnet, Properties: {VpcId: v, AvailabilityZone: !GetAtt A.TopicArn}}";
    check(
        before,
        &before.replace(": one", ": two"),
        &[
            "attention replacement may: may replace the subnet `B`",
            "note interruption unknown: changes 1 property of which it is unknown whether that interrupts",
            "- `B` (AWS::EC2::Subnet): `AvailabilityZone`",
        ],
    );
}
