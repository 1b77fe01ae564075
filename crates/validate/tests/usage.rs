//! Templates as a whole: what is used and what leads where, each rule with what is wrong, what is right, what is so
//! under a condition, and what nobody knows.

#![expect(clippy::unwrap_used, reason = "a test")]

use std::collections::BTreeSet;

use stratiform_finding::{Code, Finding};
use stratiform_template::parse;
use stratiform_validate::inspect;

/// Everything that is said of a template.
fn found(text: &str) -> Vec<Finding> {
    inspect(&parse(text).unwrap(), &[]).findings
}

/// What is said of it under some codes.
fn said(text: &str, codes: &[Code]) -> String {
    let found = found(text).into_iter();
    let lines = found
        .filter(|finding| codes.contains(&finding.code))
        .map(|finding| {
            let when = match finding.when.as_str() {
                "" => String::new(),
                when => format!("\n  when {when}"),
            };
            let (level, code, path) = (finding.level, finding.code, finding.path.join("/"));
            format!(
                "{level:?} {code}: {path}{when}\n  {}\n  {}\n  {}",
                finding.what, finding.why, finding.help
            )
        });
    lines.collect::<Vec<_>>().join("\n")
}

const CONDITIONS: &str = "
Parameters:
  Stage: {Type: String, AllowedValues: [dev, prod]}
  Open: {Type: String}
Conditions:
  Prod: !Equals [!Ref Stage, prod]
  Dev: !Equals [!Ref Stage, dev]
  Any: !Equals [!Ref Open, a]
";

fn under_conditions(resources: &str, codes: &[Code]) -> String {
    said(&format!("{CONDITIONS}Resources:\n{resources}"), codes)
}

#[test]
fn attributes_exist() {
    insta::assert_snapshot!(under_conditions(
        "  T: {Type: AWS::SNS::Topic}
  Wrong: {Type: AWS::SNS::Topic, Properties: {DisplayName: !GetAtt T.Arn, TopicName: !Sub '${T.TopicNam}'}}
  InABranch: {Type: AWS::SNS::Topic, Properties: {DisplayName: !If [Prod, !GetAtt T.TopicName, !GetAtt T.Nope]}}
  Right: {Type: AWS::SNS::Topic, Properties: {DisplayName: !Sub '${T.TopicName}'}}
  Child: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: x}}
  Mine: {Type: My::Own::Type}
  Custom: {Type: Custom::Thing, Properties: {ServiceToken: x}}
  Unknown: {Type: AWS::SNS::Topic, Properties: {DisplayName: !Sub '${Child.Outputs.A}${Mine.B}${Custom.C}'}}
",
        &[Code::UnknownAttribute],
    ));
}

#[test]
fn what_is_referred_to_is_there() {
    insta::assert_snapshot!(under_conditions(
        "  OfProd: {Type: AWS::SNS::Topic, Condition: Prod}
  OfAny: {Type: AWS::SNS::Topic, Condition: Any}
  Always: {Type: AWS::SNS::Topic, Properties: {DisplayName: !GetAtt OfProd.TopicName}}
  Never: {Type: AWS::SNS::Topic, Condition: Dev, Properties: {DisplayName: !Ref OfProd}}
  Chosen: {Type: AWS::SNS::Topic, Properties: {DisplayName: !If [Prod, !Ref OfProd, x]}}
  Same: {Type: AWS::SNS::Topic, Condition: Prod, Properties: {DisplayName: !Ref OfProd}}
  Open: {Type: AWS::SNS::Topic, Properties: {DisplayName: !Sub '${OfAny}'}}
",
        &[Code::ConditionalReference],
    ));
}

#[test]
fn conditions_decide_something() {
    insta::assert_snapshot!(said(
        "
Parameters: {Stage: {Type: String, AllowedValues: [dev, prod]}, Open: {Type: String, Default: a}}
Conditions:
  Prod: !Equals [!Ref Stage, prod]
  Dev: !Equals [!Ref Stage, dev]
  Same: !Equals [a, a]
  Test: !Equals [!Ref Stage, test]
  Open: !Equals [!Ref Open, b]
Resources:
  A: {Type: AWS::SNS::Topic, Condition: Prod, Properties: {DisplayName: !If [Prod, a, b], TopicName: !If [Dev, a, b]}}
  B: {Type: AWS::SNS::Topic, Properties: {DisplayName: !If [Prod, !If [Dev, a, b], !If [Open, a, b]], TopicName: !If [Same, !If [Test, a, b], b]}}
",
        &[Code::UnreachableBranch, Code::ConstantCondition],
    ));
}

#[test]
fn everything_is_used() {
    let codes = [
        Code::UnusedParameter,
        Code::UnusedMapping,
        Code::UnusedCondition,
    ];
    let text = "
Parameters: {Used: {Type: String}, Unused: {Type: String}, OfRule: {Type: 'AWS::EC2::VPC::Id'}}
Mappings: {Used: {a: {b: c}}, Unused: {a: {b: c}}}
Rules: {R: {Assertions: [{Assert: {Fn::Equals: [{Fn::ValueOf: [OfRule, Tags]}, x]}}]}}
Conditions:
  Used: !Equals [!Ref Used, a]
  Unused: !Not [!Condition Used]
Resources:
  A: {Type: AWS::SNS::Topic, Properties: {DisplayName: !FindInMap [Used, a, b]}}
";
    insta::assert_snapshot!(said(text, &codes));
    // A macro may use them.
    assert_eq!(said(&format!("Transform: Mine\n{text}"), &codes), "");
    let included = format!(
        "{text}  B: {{Type: AWS::SNS::Topic, Properties: {{Fn::Transform: {{Name: AWS::Include}}}}}}\n"
    );
    assert_eq!(said(&included, &codes), "");
    // A loop may write their names.
    let looped = format!(
        "{text}  Fn::ForEach::L: [I, [a], {{'T${{I}}': {{Type: AWS::SNS::Topic, Condition: 'Unus${{I}}', Properties: {{DisplayName: !If ['Unus${{I}}', a, b]}}}}}}]\n"
    );
    assert!(!said(&looped, &codes).contains("Conditions/Unused"));
}

#[test]
fn parameters_say_what_can_be() {
    let codes = [
        Code::ParameterType,
        Code::ParameterConstraint,
        Code::ParameterDefault,
    ];
    insta::assert_snapshot!(said(
        "
Parameters:
  A: {Type: Strng}
  B: {Type: AWS::EC2::Nope::Id}
  C: {Type: 'AWS::SSM::Parameter::Value<Nope>', Default: /x}
  D: {Type: String, AllowedValues: a, MinLength: x, MinValue: 3}
  E: {Type: Number, AllowedPattern: a, MinValue: 5, MaxValue: 2}
  F: {Type: String, AllowedPattern: '[a-z', Default: b}
  G: {Type: String, AllowedValues: [a, b], Default: c}
  H: {Type: Number, Default: x}
  I: {Type: String, AllowedPattern: '[a-z]+', Default: AB, NoEcho: true}
  J: {Type: CommaDelimitedList, AllowedValues: [a, b], Default: 'a,c'}
  K: {Type: String, AllowedPattern: '(?=.*[A-Z]).{2,}[]a]\\[', Default: 'AB]['}
  L: {Type: 'List<AWS::EC2::Subnet::Id>'}
  M: {Type: 'AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>', Default: /x}
  N: {Type: 'AWS::SSM::Parameter::Value<List<String>>', Default: /x}
  O: {Type: 'AWS::SSM::Parameter::Name', Default: /x}
Resources: {T: {Type: AWS::SNS::Topic}}
",
        &codes,
    ));
}

#[test]
fn the_console_asks_for_parameters_that_there_are() {
    insta::assert_snapshot!(said(
        "
Metadata:
  AWS::CloudFormation::Interface:
    ParameterGroups: [{Label: {default: x}, Parameters: [Stage, Stge]}, {Label: x, Parameters: Stage}, y]
    ParameterLabels: {Stage: {default: y, other: z}, Nope: {default: y}}
    Others: {}
Parameters: {Stage: {Type: String}}
Resources: {T: {Type: AWS::SNS::Topic, Properties: {DisplayName: !Ref Stage}}}
",
        &[Code::InterfaceEntry],
    ));
}

#[test]
fn what_stands_beside_properties() {
    insta::assert_snapshot!(under_conditions(
        "  A: {Type: AWS::SNS::Topic, DeletionPolicy: Snapshot, UpdateReplacePolicy: RetainExceptOnCreate}
  B: {Type: AWS::SNS::Topic, DeletionPolicy: !If [Prod, Retain, Delet], UpdateReplacePolicy: [Retain]}
  C: {Type: AWS::RDS::DBInstance, DeletionPolicy: Snapshot}
  D: {Type: AWS::RDS::DBInstance, UpdateReplacePolicy: !Ref Open, DeletionPolicy: !Ref Open}
  E: {Type: AWS::SNS::Topic, UpdatePolicy: {AutoScalingRollingUpdate: {}}, CreationPolicy: {ResourceSignal: {}}}
  F: {Type: AWS::AutoScaling::AutoScalingGroup, UpdatePolicy: {AutoScalingRollingUpdate: {MinInstancesInService: x, Max: 1, SuspendProcesses: [Lunch]}, AutoScalingReplacingUpdate: {WillReplace: maybe}}}
  G: {Type: AWS::AutoScaling::AutoScalingGroup, UpdatePolicy: {AutoScalingRollingUpdate: !If [Prod, {MaxBatchSize: '2'}, {MaxBatchSize: !Ref Open, PauseTime: PT5M}]}, CreationPolicy: {ResourceSignal: {Count: '1'}, AutoScalingCreationPolicy: {MinSuccessfulInstancesPercent: 120}}}
  H: {Type: AWS::ElastiCache::ReplicationGroup, UpdatePolicy: {UseOnlineResharding: 'true'}}
  I: {Type: My::Own::Type, UpdatePolicy: {Any: x}, DeletionPolicy: Snapshot, UpdateReplacePolicy: Snapshot}
",
        &[Code::ResourceAttribute, Code::UnevenPolicies],
    ));
}

#[test]
fn outputs_are_text() {
    insta::assert_snapshot!(said(
        "
Parameters: {Many: {Type: CommaDelimitedList}, Secret: {Type: String, NoEcho: true}, Name: {Type: String}}
Conditions: {C: !Equals [!Ref Name, a]}
Resources:
  T: {Type: AWS::SNS::Topic, Metadata: {A: !Ref Secret}, Properties: {DisplayName: !Ref Secret}}
  Zone: {Type: AWS::Route53::HostedZone}
  Mine: {Type: My::Own::Type}
Outputs:
  A: {Value: [a]}
  B: {Value: !If [C, {a: b}, !GetAZs '']}
  C: {Value: !Ref Many}
  D: {Value: !GetAtt Zone.NameServers}
  E: {Value: !ImportValue x}
  F: {Value: !Sub '${Secret}'}
  G: {Value: !Join [',', !GetAtt Zone.NameServers]}
  H: {Value: !GetAtt Mine.Any}
",
        &[Code::OutputValue, Code::HiddenShown],
    ));
}

#[test]
fn resources_wait_once() {
    insta::assert_snapshot!(under_conditions(
        "  T: {Type: AWS::SNS::Topic}
  A: {Type: AWS::SNS::Topic, DependsOn: T, Properties: {DisplayName: !GetAtt T.TopicName}}
  B: {Type: AWS::SNS::Topic, DependsOn: [T], Properties: {DisplayName: !If [Prod, !GetAtt T.TopicName, x]}}
  C: {Type: AWS::SNS::Topic, DependsOn: T}
",
        &[Code::RedundantDependsOn],
    ));
}

#[test]
fn names_do_not_collide() {
    insta::assert_snapshot!(under_conditions(
        "  Stage: {Type: AWS::SNS::Topic}
  A: {Type: AWS::SQS::Queue, Properties: {QueueName: orders}}
  B: {Type: AWS::SQS::Queue, Properties: {QueueName: !If [Prod, orders, others]}}
  C: {Type: AWS::SQS::Queue, Condition: Dev, Properties: {QueueName: !If [Prod, orders, !Ref AWS::NoValue]}}
  D: {Type: AWS::SQS::Queue, Properties: {QueueName: !Ref Open}}
  E: {Type: AWS::SQS::Queue, Properties: {QueueName: !Ref Open}}
  F: {Type: AWS::SSM::Parameter, Condition: Prod, Properties: {Name: /x, Type: String, Value: a}}
  G: {Type: AWS::SSM::Parameter, Condition: Dev, Properties: {Name: /x, Type: String, Value: b}}
  H: {Type: AWS::Lambda::Alias, Properties: {FunctionName: f, Name: live, FunctionVersion: '1'}}
  I: {Type: AWS::Lambda::Alias, Properties: {FunctionName: g, Name: live, FunctionVersion: '1'}}
  J: {Type: AWS::Route53::RecordSet, Properties: {HostedZoneId: z, Name: a.example.org, Type: A}}
  K: {Type: AWS::Route53::RecordSet, Properties: {HostedZoneId: z, Name: a.example.org, Type: AAAA}}
",
        &[Code::NameCollision, Code::AmbiguousName],
    ));
}

#[test]
fn dynamic_references_are_resolved() {
    insta::assert_snapshot!(said(
        "
Conditions: {C: !Equals ['{{resolve:secretsmanager:a}}', b]}
Resources:
  Form:
    Type: My::Own::Type
    Metadata: {A: '{{resolve:ssm:x}}', B: '{{resolve:secretsmanager:x}}'}
    Properties:
      A: ['{{resolve:ssm}}', '{{resolve:smm:x}}', '{{resolve:ssm:x:y}}', '{{resolve:secretsmanager:a:Secret}}', '{{resolve:secretsmanager:a:SecretString:b:c:d}}', '{{ resolve:ssm:x}}']
      B: ['{{resolve:ssm:x}}', '{{resolve:ssm:x:1}}', '{{resolve:secretsmanager:a}}', '{{resolve:secretsmanager:a:SecretString:b}}', '{{resolve:secretsmanager:a::b::d}}', '{{resolve:secretsmanager:arn:aws:secretsmanager:eu-west-1:123456789012:secret:a:SecretString:b}}', '{{other}}']
      C: !Sub '{{resolve:secretsmanager:${A}}}'
  A: {Type: AWS::RDS::DBInstance, Properties: {MasterUserPassword: '{{resolve:ssm-secure:x}}', MasterUsername: '{{resolve:ssm-secure:x}}'}}
  B: {Type: AWS::RDS::DBProxy, Properties: {Auth: [{SecretArn: '{{resolve:secretsmanager:a}}'}]}}
Outputs:
  A: {Value: '{{resolve:ssm:x}}'}
  B: {Value: '{{resolve:secretsmanager:x}}'}
",
        &[Code::DynamicReference],
    ));
}

#[test]
fn variables_are_replaced() {
    insta::assert_snapshot!(under_conditions(
        "  T: {Type: AWS::SNS::Topic}
  A: {Type: AWS::SNS::Topic, Properties: {DisplayName: '${Open}', TopicName: AWS::Region}}
  B: {Type: AWS::SNS::Topic, Properties: {DisplayName: !Sub ['${X}', {X: a, Y: b}], TopicName: !Sub plain}}
  C: {Type: AWS::SNS::Topic, Properties: {DisplayName: !If [Prod, 'x-${T.TopicName}', '${Nothing}'], TopicName: !Sub '${!Literal}'}}
  D: {Type: AWS::EC2::Instance, Properties: {UserData: {'Fn::Base64': 'echo ${Open}'}}}
  E: {Type: AWS::SNS::Topic, Properties: {DisplayName: !Ref AWS::Region, TopicName: !Sub ['${X}', {X: '${Open}'}]}}
",
        &[Code::VariableWithoutSub, Code::UnusedVariable, Code::NeedlessSub],
    ));
}

#[test]
fn functions_are_given_what_they_take() {
    insta::assert_snapshot!(said(
        "
Parameters: {Stage: {Type: String, AllowedValues: [dev, prod]}, Any: {Type: String}}
Mappings: {M: {dev: {a: b}, test: {a: b}}}
Resources:
  T: {Type: AWS::SNS::Topic, Properties: {DisplayName: !FindInMap [M, !Ref Stage, a], TopicName: !FindInMap [M, !Ref Any, a]}}
  Zone: {Type: AWS::Route53::HostedZone}
  A: {Type: My::Own::Type, Properties: {A: !Join [',', !GetAtt T.TopicArn], B: !Join [',', [!GetAtt Zone.NameServers]], C: !Join [',', !GetAtt Zone.NameServers]}}
  B: {Type: My::Own::Type, Properties: {A: !Cidr [x, 4, 8], B: !Cidr [10.0.0.0/16, 300, 200], C: !Cidr [!Ref Any, 4, 8], D: !Cidr ['2001:db8::/56', 4, 64]}}
  C: {Type: My::Own::Type, Properties: {A: !GetAZs eu-wst-1, B: !GetAZs eu-west-1, C: !GetAZs ''}}
  D: {Type: My::Own::Type, Properties: {A: !FindInMap [!Ref Stage, dev, a], B: !FindInMap [!Ref Any, dev, a]}}
",
        &[Code::InvalidFunctionArgument, Code::UnresolvedMapping],
    ));
}

#[test]
fn what_only_sam_knows_needs_sam() {
    let text = "
Globals: {Function: {Timeout: 3}, Functions: {}}
Resources:
  F: {Type: AWS::Serverless::Function, Properties: {Runtime: python3.13, Handler: a.b, InlineCode: c}}
";
    let codes = [Code::MissingTransform, Code::UnknownMember];
    insta::assert_snapshot!(said(text, &codes));
    let with = format!("Transform: AWS::Serverless-2016-10-31{text}");
    assert!(said(&with, &codes).starts_with("Error unknown-member: Globals/Functions"));
    assert_eq!(said(&with, &[Code::MissingTransform]), "");
}

#[test]
fn what_globals_say_is_a_property_that_all_can_have() {
    let said = |globals: &str, resource: &str| {
        let text = format!(
            "Transform: AWS::Serverless-2016-10-31\nGlobals: {globals}\nResources: {{F: {resource}}}\n"
        );
        said(&text, &[Code::UnknownMember, Code::NoSuchProperty])
    };
    let function = "{Type: AWS::Serverless::Function, Properties: {Runtime: python3.13, Handler: a.b, InlineCode: c}}";
    let ignoring = "{Type: AWS::Serverless::Function, IgnoreGlobals: '*', Properties: {Runtime: python3.13, Handler: a.b, InlineCode: c}}";
    let topic = "{Type: AWS::SNS::Topic}";
    let own = said("{Function: {Policies: [A]}}", function);
    assert!(
        own.starts_with("Error unknown-member: Globals/Function/Policies"),
        "{own}"
    );
    for resource in [function, ignoring, topic] {
        let unknown = said("{Function: {Timeuot: 3}}", resource);
        assert!(
            unknown.starts_with("Error no-such-property: Globals/Function/Timeuot"),
            "{resource}: {unknown}"
        );
        assert_eq!(unknown.matches("Error").count(), 1, "{unknown}");
        assert_eq!(said("{Function: {Timeout: 3, Tags: {A: b}}}", resource), "");
    }
}

#[test]
fn quotas_that_are_nearly_used_up_are_noted() {
    let mut text = "Resources:\n".to_owned();
    for number in 0..451 {
        text += &format!("  T{number}: {{Type: AWS::SNS::Topic}}\n");
    }
    let said = said(&text, &[Code::NearLimit]);
    assert!(
        said.starts_with("Note near-limit: Resources\n  there are 451"),
        "{said}"
    );
}

/// Every code of the group is given by something here or in the tests of several templates.
#[test]
fn no_rule_is_silent_about_a_template_of_ours() {
    let text = format!(
        "{CONDITIONS}Resources:
  A: {{Type: AWS::SNS::Topic, Condition: Prod, DeletionPolicy: Retain, UpdateReplacePolicy: Retain}}
  B: {{Type: AWS::SQS::Queue, Condition: Dev}}
  C: {{Type: AWS::SNS::Topic, Condition: Any}}
Outputs:
  A: {{Value: !Ref A, Condition: Prod, Export: {{Name: !Sub '${{AWS::StackName}}-a'}}}}
"
    );
    let codes: BTreeSet<Code> = found(&text)
        .into_iter()
        .map(|finding| finding.code)
        .collect();
    assert_eq!(codes, BTreeSet::new());
}

#[test]
fn members_of_loops_are_what_their_section_takes() {
    insta::assert_snapshot!(said(
        "
Transform: AWS::LanguageExtensions
Parameters: {Stage: {Type: String, AllowedValues: [dev, prod], Default: dev}}
Mappings: {Delays: {dev: {Value: long}}}
Conditions: {Prod: !Equals [!Ref Stage, prod]}
Resources:
  'Fn::ForEach::Queues':
    - Name
    - [Orders, Mails]
    - 'Queue${Name}':
        Type: AWS::SQS::Queue
        Properties: {DelaySeconds: !FindInMap [Delays, !Ref Stage, Value, {DefaultValue: 5}]}
  'Fn::ForEach::Topics': [Name, [A], {'Topic${Name}': {Type: !Ref Stage}}]
  Text: {Type: AWS::SSM::Parameter, DeletionPolicy: !If [Prod, Retain, Delete], Properties: {Type: String, Value: {'Fn::ToJsonString': !Ref AWS::Region}}}
Outputs:
  'Fn::ForEach::None': [Name, [Orders], {'None${Name}': {Description: nothing}}]
",
        &[Code::InvalidStructure, Code::MissingMember, Code::ValueType,],
    ));
    insta::assert_snapshot!(said(
        "
Transform: AWS::LanguageExtensions
Resources:
  'Fn::ForEach::Queues': [Name, [Orders, Mails], {'Queue${Name}': {Type: AWS::SQS::Queue}}]
Outputs:
  'Fn::ForEach::Arns': [Name, [Orders, Nobody], {'Arn${Name}': {Value: !GetAtt [!Sub 'Queue${Name}', Arn]}}]
",
        &[Code::UnresolvedReference],
    ), @r"
    Error unresolved-reference: Outputs/Fn::ForEach::Arns/2/Arn${Name}/Value/Fn::GetAtt
      `QueueNobody` does not exist in the template
      
      add it, or correct the name
    ");
}

#[test]
fn what_has_another_form_than_it_needs_is_told() {
    insta::assert_snapshot!(said(
        "
Transform: ''
Resources:
  Task: {Type: AWS::ECS::TaskDefinition, Metadata: !Ref AWS::Region}
",
        &[Code::InvalidStructure],
    ));
    insta::assert_snapshot!(said(
        "
Resources:
  Bucket: {Type: AWS::S3::Bucket}
  Task: {Type: AWS::ECS::TaskDefinition, Properties: {ExecutionRoleArn: ['arn:aws:iam::111122223333:role/x'], TaskRoleArn: short}}
  Profile: {Type: AWS::IoTWireless::DeviceProfile, Properties: {Tags: [{Value: x}, {Key: !Ref Bucket, Value: y}, {Key: !Ref Bucket, Value: z}]}}
  Policy: {Type: AWS::IAM::ManagedPolicy, Properties: {PolicyDocument: [{Statement: []}]}}
  Other: {Type: AWS::IAM::ManagedPolicy, Properties: {PolicyDocument: ''}}
  Third:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument:
        Statement: {Effect: Allow, Action: 's3:GetObject', Resource: '*', Condition: {StringEquals: !Sub plain}}
  Distribution:
    Type: AWS::CloudFront::Distribution
    Properties:
      DistributionConfig: {Enabled: true, Origins: [], DefaultCacheBehavior: {TargetOriginId: a, ViewerProtocolPolicy: https-only}}
  Child: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: ./child.yaml}}
  Zones: {Type: AWS::SQS::Queue, Properties: {Tags: !GetAZs ''}}
Outputs:
  Name: {Value: !GetAtt [Bucket, !Ref AWS::Region]}
",
        &[
            Code::InvalidPolicy,
            Code::MissingProperty,
            Code::UnknownAttribute,
            Code::UnknownOrigin,
            Code::ValueRepeated,
            Code::ValueType,
        ],
    ));
}
