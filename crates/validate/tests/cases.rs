//! Templates that validators were reported to be wrong about. What each should be said of is in the name; the numbers
//! are those of the reports' collection.

#![expect(clippy::unwrap_used, reason = "a test")]

use stratiform_finding::Level;
use stratiform_template::parse;
use stratiform_validate::{Reason, inspect};

/// The errors and warnings of a template, and what was not checked.
fn told(text: &str) -> (Vec<String>, Vec<(Reason, String)>) {
    let report = inspect(&parse(text).unwrap(), &[]);
    let worse = report
        .findings
        .iter()
        .filter(|finding| finding.level > Level::Note);
    let findings = worse.map(|finding| {
        format!(
            "{:?} {} {}",
            finding.level,
            finding.code,
            finding.path.join("/")
        )
    });
    let skipped = report.not_checked.into_iter();
    let skipped = skipped.map(|skipped| (skipped.reason, skipped.path.join("/")));
    (findings.collect(), skipped.collect())
}

#[track_caller]
fn clean(text: &str) {
    assert_eq!(told(text), (Vec::new(), Vec::new()), "{text}");
}

const EXTENDED: &str = "Transform: AWS::LanguageExtensions\n";

#[test]
fn case_01_a_condition_in_a_condition_gives_a_list() {
    clean(
        "
Parameters: {Kind: {Type: String, AllowedValues: [a, b]}, Mode: {Type: String, AllowedValues: [c, d]}}
Conditions: {IsA: !Equals [!Ref Kind, a], IsC: !Equals [!Ref Mode, c]}
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Group:
    Type: AWS::ElasticLoadBalancingV2::TargetGroup
    Properties:
      VpcId: !Ref Vpc
      Port: 80
      Protocol: HTTP
      TargetGroupAttributes: !If [IsA, !If [IsC, [{Key: stickiness.enabled, Value: 'true'}], []], !Ref AWS::NoValue]
",
    );
}

#[test]
fn case_12_an_empty_section_is_told_once() {
    let (found, _) = told("Conditions:\nResources: {T: {Type: AWS::SNS::Topic}}");
    assert_eq!(found, ["Error null-value Conditions"]);
}

#[test]
fn case_13_functions_that_do_not_exist_are_told_and_nothing_else() {
    let (found, _) = told(
        "
Parameters: {A: {Type: String, Default: x}}
Conditions: {C: {Fn::Of: [!Equals [!Ref A, x], !Equals [!Ref A, y]]}}
Resources: {T: {Type: AWS::SNS::Topic, Condition: C}}
Outputs: {O: {Value: {Fn::Of: [a, b]}}}
",
    );
    assert_eq!(
        found,
        [
            "Error unknown-function Conditions/C/Fn::Of",
            "Error unknown-function Outputs/O/Value/Fn::Of",
        ]
    );
}

#[test]
fn case_15_what_rules_exclude_is_no_case() {
    let template = |rules: &str| {
        format!(
            "
Parameters: {{Gateway: {{Type: String, AllowedValues: ['yes', 'no']}}, Attach: {{Type: String, AllowedValues: ['yes', 'no']}}}}
{rules}
Conditions: {{HasGateway: !Equals [!Ref Gateway, 'yes'], HasAttach: !Equals [!Ref Attach, 'yes']}}
Resources:
  Vpc: {{Type: AWS::EC2::VPC, Properties: {{CidrBlock: 10.0.0.0/16}}}}
  Igw: {{Type: AWS::EC2::InternetGateway, Condition: HasGateway}}
  It: {{Type: AWS::EC2::VPCGatewayAttachment, Condition: HasAttach, Properties: {{VpcId: !Ref Vpc, InternetGatewayId: !Ref Igw}}}}
"
        )
    };
    clean(&template(
        "Rules: {R: {RuleCondition: !Equals [!Ref Attach, 'yes'], Assertions: [{Assert: !Equals [!Ref Gateway, 'yes']}]}}",
    ));
    let (found, _) = told(&template(""));
    assert_eq!(
        found,
        ["Warning conditional-reference Resources/It/Properties/InternetGatewayId/Ref"]
    );
}

#[test]
fn case_16_a_default_makes_nothing_constant() {
    clean(
        "
Parameters: {Stage: {Type: String, AllowedValues: [local, prod], Default: local}, Name: {Type: String, Default: test, MaxLength: 22}}
Rules: {R: {RuleCondition: !Equals [!Ref Stage, local], Assertions: [{Assert: !Not [!Equals [!Ref Name, '']]}]}}
Conditions: {IsProd: !Equals [!Ref Stage, prod]}
Resources: {T: {Type: AWS::SNS::Topic, Properties: {DisplayName: !If [IsProd, p, !Ref Name]}}}
",
    );
}

#[test]
fn cases_18_and_19_names_collide_where_both_are_there() {
    let (found, _) = told(
        "
Resources:
  A: {Type: AWS::SQS::Queue, Properties: {QueueName: orders}}
  B: {Type: AWS::SQS::Queue, Properties: {QueueName: orders}}
  C: {Type: AWS::SSM::Parameter, Properties: {Name: /app/x, Type: String, Value: a}}
  D: {Type: AWS::SSM::Parameter, Properties: {Name: /app/x, Type: String, Value: b}}
",
    );
    assert_eq!(
        found,
        [
            "Error name-collision Resources/B/Properties/QueueName",
            "Error name-collision Resources/D/Properties/Name",
        ]
    );
    clean(
        "
Parameters: {Kind: {Type: String, AllowedValues: [a, b]}}
Conditions: {IsA: !Equals [!Ref Kind, a], IsB: !Equals [!Ref Kind, b]}
Resources:
  A: {Type: AWS::SQS::Queue, Condition: IsA, Properties: {QueueName: orders}}
  B: {Type: AWS::SQS::Queue, Condition: IsB, Properties: {QueueName: orders, VisibilityTimeout: 60}}
",
    );
}

#[test]
fn case_20_what_aws_accepts_is_right() {
    clean(
        "
Resources:
  A:
    Type: AWS::SSO::Assignment
    Properties:
      InstanceArn: arn:aws:sso:::instance/ssoins-0123456789abcdef
      PermissionSetArn: arn:aws:sso:::permissionSet/ssoins-0123456789abcdef/ps-0123456789abcdef
      PrincipalType: USER
      PrincipalId: 0123456789abcdef0123456789abcdef
      TargetType: AWS_ACCOUNT
      TargetId: '123456789012'
",
    );
}

#[test]
fn case_22_somebody_elses_types_are_not_checked() {
    let (found, skipped) = told(
        "
Resources:
  Mine: {Type: My::Resource::Example, Properties: {Anything: 1}}
  Custom: {Type: Custom::Thing, Properties: {ServiceToken: 'arn:aws:lambda:eu-west-1:123456789012:function:f'}}
Outputs: {O: {Value: !GetAtt Mine.SomeAttribute}}
",
    );
    assert_eq!(
        (found.as_slice(), skipped.as_slice()),
        (&[][..], &[(Reason::Type, "Resources/Mine".to_owned())][..])
    );
}

#[test]
fn case_26_secrets_in_both_branches_are_secrets() {
    clean(
        "
Conditions: {IsHome: !Equals [!Ref AWS::Region, eu-west-1]}
Resources:
  Secret: {Type: AWS::SecretsManager::Secret, Properties: {GenerateSecretString: {PasswordLength: 24}}}
  Db:
    Type: AWS::RDS::DBInstance
    DeletionPolicy: Snapshot
    UpdateReplacePolicy: Snapshot
    Properties:
      Engine: postgres
      DBInstanceClass: db.t4g.micro
      AllocatedStorage: '20'
      BackupRetentionPeriod: 7
      MasterUsername: app
      MasterUserPassword: !If [IsHome, !Sub '{{resolve:secretsmanager:${Secret}}}', !Sub '{{resolve:secretsmanager:/${AWS::AccountId}/db}}']
",
    );
}

#[test]
fn case_31_a_block_by_reference() {
    clean(
        "
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Group:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: endpoint
      VpcId: !Ref Vpc
      SecurityGroupIngress: [{IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIp: !GetAtt Vpc.CidrBlock}]
",
    );
}

#[test]
fn case_35_a_name_that_is_a_boolean_is_told_once() {
    let (found, _) = told(
        "Parameters:\n  On: {Type: String, Default: x}\nResources:\n  P: {Type: AWS::SSM::Parameter, Properties: {Type: String, Value: !Sub 'v-${On}'}}\n",
    );
    assert_eq!(found, ["Error invalid-name Parameters/On"]);
}

#[test]
fn case_07_the_condition_of_a_function_is_written_out() {
    let (found, _) = told(&format!(
        "{EXTENDED}
Parameters: {{A: {{Type: String}}}}
Conditions: {{IsOne: !Equals [!Ref A, x]}}
Resources:
  Fn::ForEach::Queues: [N, [One], {{'Queue${{N}}': {{Type: AWS::SQS::Queue, Condition: IsOne, Properties: {{VisibilityTimeout: !If [!Sub 'Is${{N}}', 30, 60]}}}}}}]
"
    ));
    assert_eq!(
        found,
        [
            "Error invalid-function-argument Resources/Fn::ForEach::Queues/2/Queue${N}/Properties/VisibilityTimeout/Fn::If/0"
        ]
    );
}

/// A template with one loop of queues over a collection.
fn looped(head: &str, collection: &str) -> String {
    format!(
        "{EXTENDED}{head}
Resources:
  Fn::ForEach::Queues:
    - N
    - {collection}
    - Queue${{N}}: {{Type: AWS::SQS::Queue, Properties: {{VisibilityTimeout: 99999, QueueName: !Ref N}}}}
"
    )
}

#[test]
fn cases_04_05_and_06_loops_over_what_is_not_known_are_counted() {
    let skipped = [(Reason::Loop, "Resources/Fn::ForEach::Queues".to_owned())];
    for (head, collection) in [
        (
            "Parameters: {Stage: {Type: 'AWS::SSM::Parameter::Value<String>', Default: /x}}\nMappings: {M: {Of: {dev: ['1']}}}",
            "!FindInMap [M, Of, !Ref Stage]",
        ),
        (
            "Parameters: {Names: {Type: CommaDelimitedList}}",
            "!Ref Names",
        ),
        // A default is not all that there can be.
        (
            "Parameters: {Names: {Type: CommaDelimitedList, Default: a}}",
            "!Ref Names",
        ),
        (
            "Parameters: {Names: {Type: CommaDelimitedList}}\nConditions: {C: !Equals [!Ref AWS::Region, x]}",
            "!If [C, !Ref Names, []]",
        ),
    ] {
        let text = looped(head, collection);
        assert_eq!(told(&text), (Vec::new(), skipped.to_vec()), "{text}");
    }
}

#[test]
fn loops_over_what_is_known_are_checked_at_their_own_place() {
    let place = "Resources/Fn::ForEach::Queues/2/Queue${N}/Properties/VisibilityTimeout";
    for (head, collection) in [
        ("", "[a, b]"),
        ("Mappings: {M: {a: {b: [x, y]}}}", "!FindInMap [M, a, b]"),
    ] {
        let (found, skipped) = told(&looped(head, collection));
        assert_eq!(found, [format!("Error value-out-of-range {place}")]);
        assert_eq!(skipped, []);
    }
    // What loops make can be referred to, and what they do not make cannot.
    let text = format!(
        "{}  A: {{Type: AWS::SNS::Topic, Properties: {{DisplayName: !Sub '${{Queuea.QueueName}}${{Queuec}}'}}}}\n",
        looped("", "[a, b]").replace("99999", "9")
    );
    let (found, _) = told(&text);
    assert_eq!(
        found,
        ["Error unresolved-reference Resources/A/Properties/DisplayName/Fn::Sub"]
    );
    // A loop in a loop, and one in properties.
    let (found, _) = told(&format!(
        "{EXTENDED}Resources:
  Fn::ForEach::Outer:
    - A
    - [x]
    - Fn::ForEach::Inner:
        - B
        - [!Sub '${{A}}1']
        - 'R${{B}}':
            Type: AWS::SNS::Topic
            Properties:
              Fn::ForEach::Names: [K, [TopicName, Display], {{'${{K}}': !Ref B}}]
"
    ));
    assert_eq!(
        found,
        [
            "Error no-such-property Resources/Fn::ForEach::Outer/2/Fn::ForEach::Inner/2/R${B}/Properties/Fn::ForEach::Names/2/${K}"
        ]
    );
}

#[test]
fn case_32_what_macros_make_is_counted() {
    let (found, skipped) = told(
        "
Transform: [MyMacro, AWS::LanguageExtensions]
Mappings: {Fn::Transform: {Name: AWS::Include, Parameters: {Location: 's3://b/m.yaml'}}}
Resources:
  Bucket:
    Type: AWS::S3::Bucket
    Properties: {BucketName: !FindInMap [FromInclude, a, b], Fn::Transform: {Name: Mine, Parameters: {X: 1}}}
",
    );
    assert_eq!(found, Vec::<String>::new());
    let macros = [
        "Transform",
        "Resources/Bucket/Properties/Fn::Transform",
        "Mappings/Fn::Transform",
    ];
    assert_eq!(skipped, macros.map(|path| (Reason::Macro, path.to_owned())));
}

#[test]
fn cases_09_and_10_what_sam_knows_is_known() {
    clean(
        "
Transform: AWS::Serverless-2016-10-31
Resources:
  App: {Type: AWS::Serverless::Application, Properties: {Location: ./app.yaml}}
  Api:
    Type: AWS::Serverless::WebSocketApi
    Properties: {RouteSelectionExpression: $request.body.action, Routes: {$default: {FunctionArn: !GetAtt Fn.Arn}}}
  Fn: {Type: AWS::Serverless::Function, Properties: {Runtime: python3.13, Handler: i.h, InlineCode: 'def h(e, c): return {}'}}
Outputs:
  Topic: {Value: !GetAtt App.Outputs.TopicName}
  Role: {Value: !GetAtt FnRole.Arn}
",
    );
}

#[test]
fn globals_of_sam_are_checked_where_they_are_written() {
    let (found, _) = told(
        "
Transform: AWS::Serverless-2016-10-31
Globals: {Function: {Timeout: 9000, Runtime: python3.13, Handler: i.h, Layers: [x y], VpcConfig: {SecurityGroupIds: [nonsense]}}}
Resources:
  A: {Type: AWS::Serverless::Function, Properties: {InlineCode: a, Layers: ['arn:aws:lambda:eu-west-1:123456789012:layer:a:1'], VpcConfig: {SubnetIds: [nonsense]}}}
",
    );
    assert_eq!(
        found,
        [
            "Error value-out-of-range Globals/Function/Timeout",
            "Error value-pattern Globals/Function/Layers/0",
            "Error value-pattern Globals/Function/VpcConfig/SecurityGroupIds/0",
            "Error value-pattern Resources/A/Properties/VpcConfig/SubnetIds/0",
        ]
    );
}

#[test]
fn modules_make_resources_of_their_own() {
    let (found, _) = told(
        "
Resources:
  Mine: {Type: My::Own::Thing::MODULE, UpdatePolicy: {A: b}}
  T: {Type: AWS::SNS::Topic, Properties: {DisplayName: !Ref MineBucket}}
",
    );
    assert_eq!(
        found,
        ["Error resource-attribute Resources/Mine/UpdatePolicy"]
    );
}

/// Templates that were deployed, as they were found in public repositories, in small.
#[test]
fn what_runs_elsewhere_is_right() {
    clean(
        "
Conditions: {C: !Equals [!Ref AWS::Region, eu-west-1]}
Resources:
  Group:
    Type: AWS::AutoScaling::AutoScalingGroup
    CreationPolicy: {ResourceSignal: {Count: !If [C, 0, 1]}}
    Properties: {MinSize: '0', MaxSize: '1', LaunchConfigurationName: x, AvailabilityZones: !GetAZs ''}
  Version: {Type: AWS::Lambda::Version, DeletionPolicy: Retain, Properties: {FunctionName: f}}
",
    );
    let (found, _) = told(
        "
Transform: AWS::Serverless-2016-10-31
Globals: {Function: [a]}
Resources:
  F: {Type: AWS::Serverless::Function, OpenApiVersion: 3.0.1, Connectors: {}, Properties: {Runtime: python3.13, Handler: i.h, InlineCode: a}}
",
    );
    assert_eq!(
        found,
        [
            "Warning unknown-member Resources/F/OpenApiVersion",
            "Error invalid-structure Globals/Function",
        ]
    );
}
