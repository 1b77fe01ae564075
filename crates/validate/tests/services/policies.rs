use crate::{clean, each, one, said};

const POLICY: &str = "AWS::IAM::ManagedPolicy";

fn statement(statement: &str) -> String {
    one(
        POLICY,
        &format!("{{PolicyDocument: {{Version: '2012-10-17', Statement: {statement}}}}}"),
    )
}

#[test]
fn elements_of_policies() {
    let cases = [
        "text",
        "[]",
        "!If [Prod, {Effect: Allow, Action: '*', Resource: '*'}, []]",
        "[text]",
        "{Effect: Allow, Action: '*'}",
        "{Effect: Allow, Action: '*', NotAction: '*', Resource: '*'}",
        "{Action: '*', Resource: '*'}",
        "{Effect: allow, Action: '*', Resource: '*'}",
        "{Efect: Allow, Effect: Allow, Action: '*', Resource: '*'}",
        "{Effect: Allow, Action: '*', Resource: '*', Principal: '*'}",
        "{Sid: a b, Effect: Allow, Action: '*', Resource: '*'}",
        "[{Sid: a, Effect: Allow, Action: '*', Resource: '*'}, {Sid: a, Effect: Deny, Action: '*', Resource: '*'}]",
        "{Effect: Allow, Action: '*', Resource: [bucket, 'arn:aws:s3:::a']}",
        "{Effect: Allow, Action: '*', Resource: !If [Prod, bucket, '*']}",
        "{Effect: Allow, Action: '*', Resource: '*', Condition: {StringEqual: {a: b}}}",
        "{Effect: Allow, Action: '*', Resource: '*', Condition: {StringEquals: b}}",
        "{Effect: !If [Prod, !Ref AWS::NoValue, Deny], Action: '*', Resource: '*'}",
        "{Effect: Allow, Action: '*', Resource: '*', Condition: {StringEquals: {'kms:ViaServise': x}}}",
        "{Effect: Allow, Action: [[a]], Resource: '*', Condition: {StringEquals: {a: {}}}}",
        "{Effect: [Allow], Sid: {a: b}, Action: [], Resource: '*x', Condition: []}",
        "[{Effect: Allow, Action: '*', Resource: [{Effect: Allow}]}]",
    ];
    let said = cases.map(|case| format!("{case}\n{}", statement(case)));
    insta::assert_snapshot!(said.join("\n\n"));
}

#[test]
fn actions_of_policies() {
    let cases = ["s3:GetObjekt", "s3:Fly*", "sqss:SendMessage", "SendMessage"];
    let said = cases.map(|case| {
        format!(
            "{case}\n{}",
            statement(&format!("{{Effect: Allow, Action: {case}, Resource: '*'}}"))
        )
    });
    insta::assert_snapshot!(said.join("\n\n"));
}

#[test]
fn policies_that_are_right() {
    for case in [
        "{Effect: Allow, Action: [s3:Get*, 'S3:getobject', 's3:*', '*'], Resource: '*'}",
        "[!If [Prod, !Ref AWS::NoValue, {Effect: Deny, NotAction: '*', NotResource: '*'}]]",
        "{Effect: !Ref Any, Action: !Ref Any, Resource: !Ref Any}",
        "{Effect: Allow, Action: !Sub '${Any}:x', Resource: [!Sub 'arn:${AWS::Partition}:s3:::a', !GetAtt Bucket.Arn]}",
        "[{Sid: '', Effect: Allow, Action: '*', Resource: '*'}, {Sid: '', Effect: Deny, Action: '*', Resource: '*'}]",
        "[!If [Prod, {Sid: a, Effect: Allow, Action: '*', Resource: '*'}, {Sid: a, Effect: Deny, Action: '*', Resource: '*'}]]",
        "{Effect: Allow, Action: '*', Resource: '*', Condition: {'ForAnyValue:StringLikeIfExists': {a: b}, Bool: {c: 'true'}}}",
        "{Effect: Allow, Action: '*', Resource: '{{resolve:ssm:name}}'}",
        "{Effect: Allow, Action: '*', Resource: '*', Condition: {StringEquals: {'kms:viaservice': x, 'ec2:ResourceTag/a': x, 'own.example.com:aud': x, 'aws:Any': x}}}",
        "{Fn::Transform: {Name: Own}}",
    ] {
        assert_eq!(statement(case), "", "{case}");
    }
}

#[test]
fn policies_of_resources() {
    let buckets = each(
        "AWS::S3::BucketPolicy",
        &[
            "{PolicyDocument: {Statement: [{Effect: Allow, Action: s3:GetObject, Principal: '*', Resource: '*'}]}}",
            "{PolicyDocument: {Version: 2008-10-17, Statement: [{Effect: Allow, Action: sqs:SendMessage, Principal: {AWS: root}, Resource: 'arn:aws:s3:::a'}]}}",
            "{PolicyDocument: {Version: '2012', Statement: [{Effect: Allow, Action: s3:GetObject, Principal: ec2.amazonaws.com, Resource: 'arn:aws:s3:::a'}]}}",
            "{PolicyDocument: {Id: x, Statment: []}}",
        ],
    );
    let keys = each(
        "AWS::KMS::Key",
        &[
            "{KeyPolicy: {Statement: [{Effect: Allow, Principal: {AWS: '123456789012'}, Action: 'kms:*'}]}}",
            "{KeyPolicy: {Statement: [{Effect: Allow, Principal: {Services: ec2.amazonaws.com}, Action: 'kms:*', Resource: '*'}]}}",
        ],
    );
    let roles = each(
        "AWS::IAM::Role",
        &[
            "{AssumeRolePolicyDocument: {Statement: {Effect: Allow, Action: sts:AssumeRole, Resource: '*', Principal: {Service: ec2.amazonaws.com}}}}",
            "{AssumeRolePolicyDocument: {Statement: {Effect: Allow, Action: sts:AssumeRole, Principal: {AWS: lambda.amazonaws.com}}}}",
        ],
    );
    insta::assert_snapshot!([buckets, keys, roles].join("\n\n"));
    clean(
        "AWS::IAM::Role",
        &[
            "{AssumeRolePolicyDocument: {Statement: {Effect: Allow, Action: sts:AssumeRole, Principal: {Service: !Sub 'ec2.${AWS::URLSuffix}'}}}}",
            "{AssumeRolePolicyDocument: {Statement: {Effect: Allow, Action: sts:AssumeRole, Principal: {AWS: [!Ref AWS::AccountId, 'arn:aws:iam::123456789012:root', AROAEXAMPLEEXAMPLE12]}}}}",
        ],
    );
    clean(
        "AWS::ECR::Repository",
        &[
            "{RepositoryPolicyText: {Statement: [{Effect: Allow, Action: ecr:BatchGetImage, Principal: '*'}]}}",
        ],
    );
}

#[test]
fn policies_in_text() {
    let document = |action: &str| {
        format!(
            r#"  It:
    Type: AWS::Logs::ResourcePolicy
    Properties:
      PolicyDocument: !Sub |
        {{"Version": "2012-10-17", "Statement": [
          {{"Effect": "Allow", "Action": "{action}", "Resource": "${{Any}}", "Principal": {{"Service": ${{Any}}}}}}
        ]}}
"#
        )
    };
    assert_eq!(said(&document("logs:PutLogEvents")), "");
    insta::assert_snapshot!(said(&document("logs:PutEvents")));
    for (text, expected) in [
        ("text", true),
        ("'{{resolve:ssm:policy}}'", false),
        ("'{\"Statement\": []'", false),
    ] {
        let said = one(
            "AWS::IAM::Role",
            &format!("{{AssumeRolePolicyDocument: {text}}}"),
        );
        assert_eq!(said.contains("is no policy"), expected, "{text}: {said}");
    }
}
