use crate::{clean, each, said};

const MACHINE: &str = "AWS::StepFunctions::StateMachine";

#[test]
fn state_machines() {
    let states = |start: &str, states: &str| {
        format!("{{Definition: {{StartAt: {start}, States: {states}}}}}")
    };
    let cases = [
        states("B", "{A: {Type: Pass, End: true}}"),
        states("A", "{A: {Type: Pass, Next: B}, C: {Type: Succeed}}"),
        states("A", "{A: {Type: Pass}}"),
        states("A", "{A: {Type: Pass, Next: A, End: true}}"),
        states("A", "{A: {Type: Tusk, End: true}}"),
        states("A", "{A: {Type: Task, End: true}}"),
        states("A", "{A: {Type: Task, Resource: lambda, InputPath: a, TimeoutSeconds: 0, End: true}}"),
        states("A", "{A: {Type: Pass, Catch: [], End: true}}"),
        states("A", "{A: {Type: Pass, Output: x, End: true}}"),
        states("A", "{A: {Type: Wait, End: true}, B: {Type: Fail}}"),
        states("A", "{A: {Type: Choice, Choices: [{Variable: $.a, StringEquals: x, Next: B}, {StringEqual: x, Next: A}, {And: [{StringEquals: x}], Next: A}, {Variable: $.a, IsNull: true}, {Variable: $.a, Next: A}]}}"),
        states("A", "{A: {Type: Task, Resource: 'arn:aws:states:::x', End: true, Retry: [{MaxAttempts: 2}], Catch: [{ErrorEquals: [x]}]}}"),
        states("A", "{A: {Type: Map, End: true, ItemProcessor: {StartAt: X, States: {B: {Type: Succeed}}}}}"),
        states("A", "{A: {Type: Parallel, End: true, Branches: [{StartAt: B}]}}"),
        states("A", "{A: {Type: Pass, Next: !If [Prod, B, C]}, B: {Type: Succeed}}"),
        "{Definition: {QueryLanguage: JSONata, StartAt: A, States: {A: {Type: Choice, Choices: [{Next: B}]}, B: {Type: Pass, Parameters: {}, End: true}}}}".to_owned(),
        "{Definition: {QueryLanguage: JSONata, StartAt: A, States: {A: {Type: Succeed, QueryLanguage: JSONPath}}}}".to_owned(),
        "{Definition: {Coment: x, StartAt: A, States: {A: {Type: Pass, Next: [B], Catch: {}}, B: x}}}".to_owned(),
        states("A", "{A: {Type: Choice, Choices: [[x], {Variable: $.a, IsNull: true, Next: [A]}]}}"),
        states("A", "{A: {Type: Parallel, End: true, Branches: [x], Retry: [x, {ErrorEquals: [[a]], MaxAttempts: [1]}]}}"),
        states("A", "{A: {Type: Choice, Choices: [{Variable: [$.a], IsNull: true, Next: A}]}}"),
        states("A", "{A: {Type: Wait, Seconds: soon, Next: B}, B: {Type: Choice, Choices: [{Variable: '7', IsNull: true, Next: A}]}}"),
        "{Definition: {States: {}}}".to_owned(),
    ];
    let cases: Vec<&str> = cases.iter().map(String::as_str).collect();
    insta::assert_snapshot!(each(MACHINE, &cases));
}

#[test]
fn state_machines_that_are_right() {
    clean(
        MACHINE,
        &[
            "{Definition: {Comment: x, StartAt: A, States: {A: {Type: Task, Resource: !GetAtt Function.Arn, Next: B}, B: {Type: Succeed, InputPath: $.a}}}}",
            "{Definition: {StartAt: A, States: {A: {Type: Task, Resource: '${Function}', Next: '${Next}'}, B: {Type: Succeed}}}, DefinitionSubstitutions: {Function: x, Next: B}}",
            "{Definition: {StartAt: A, States: {A: {Type: Pass, QueryLanguage: JSONata, Output: '{% 1 %}', End: true}}}}",
            "{Definition: {StartAt: A, States: {A: {Type: Pass, Next: !Ref Any}, B: {Type: Succeed}}}}",
            "{Definition: {StartAt: !If [Prod, A, B], States: {A: {Type: Pass, Next: B}, B: {Type: Pass, Next: C}, C: {Type: Choice, Choices: [{Variable: $.a, IsNull: true, Next: A}, {Variable: $.b, IsNull: true, Next: B}]}}}}",
            "{DefinitionS3Location: {Bucket: a, Key: b}}",
            "{Definition: {Fn::Transform: {Name: AWS::Include, Parameters: {Location: x}}}}",
            "{DefinitionString: !Ref Any}",
        ],
    );
}

#[test]
fn state_machines_in_text() {
    let machine = |text: &str| {
        format!(
            "  It:\n    Type: AWS::StepFunctions::StateMachine\n    Properties:\n      DefinitionString: {text}\n"
        )
    };
    let wrong = r#"!Sub '{"StartAt": "A", "States": {"A": {"Type": "Task", "Resource": "${Any}", "TimeoutSeconds": ${Any}, "Next": "B"}}}'"#;
    let right = r#"'{"StartAt": "A", "States": {"A": {"Type": "Task", "Resource": "${F}", "TimeoutSeconds": ${T}, "End": true}}}'"#;
    let joined = r#"!Join ['', ['{"StartAt": "A", "States": {"A": {"Type": "Task", "Resource": "', !Ref Any, '", "Next": "A"}, "B": {"Type": "Succeed"}}}']]"#;
    assert_eq!(said(&machine(right)), "");
    insta::assert_snapshot!(format!(
        "{}\n\n{}",
        said(&machine(wrong)),
        said(&machine(joined))
    ));
}

#[test]
fn pipelines() {
    let pipeline = |stages: &str| format!("{{Stages: {stages}}}");
    let source = "{Actions: [{Name: S, Namespace: Own, ActionTypeId: {Category: Source, Owner: AWS, Provider: S3, Version: '1'}, OutputArtifacts: [{Name: code}]}]}";
    let build = |more: &str| {
        format!(
            "{{Actions: [{{Name: B, ActionTypeId: {{Category: Build, Owner: AWS, Provider: CodeBuild, Version: '1'}}, {more}}}]}}"
        )
    };
    let cases = [
        pipeline(&format!(
            "[{}, {source}]",
            build("InputArtifacts: [{Name: code}]")
        )),
        pipeline(&format!(
            "[{source}, {}]",
            build("InputArtifacts: [{Name: cod}]")
        )),
        pipeline(&format!(
            "[{source}, {}]",
            build("InputArtifacts: [{Name: code}], OutputArtifacts: [{Name: code}]")
        )),
        pipeline(&format!("[{source}, {}]", build("InputArtifacts: []"))),
        pipeline(&format!(
            "[{source}, {}]",
            build(
                "InputArtifacts: [{Name: code}], Configuration: {A: '#{Gone.X}', B: '#{Own.X} #{codepipeline.Id} #{variables.Y}'}"
            )
        )),
        pipeline(&format!(
            "[{source}, {}]",
            build("InputArtifacts: [{Name: code}], Configuration: {TemplatePath: 'cod::t.yaml'}")
        )),
        pipeline(&format!(
            "[{source}, {}]",
            build("InputArtifacts: [{Name: !If [Prod, code, gone]}]")
        )),
    ];
    let cases: Vec<&str> = cases.iter().map(String::as_str).collect();
    let pipeline_type = "AWS::CodePipeline::Pipeline";
    insta::assert_snapshot!(each(pipeline_type, &cases));
    let right = [
        pipeline(&format!(
            "[{source}, {}]",
            build("InputArtifacts: [{Name: code}], Configuration: {TemplatePath: 'code::t.yaml'}")
        )),
        pipeline(&format!(
            "[!If [Prod, {source}, {source}], {}]",
            build("InputArtifacts: [{Name: !Ref Any}]")
        )),
        pipeline(&format!(
            "[{source}, {}]",
            build(
                "InputArtifacts: [{Name: code}], Namespace: !Ref Any, Configuration: {A: '#{Gone.X}'}"
            )
        )),
        pipeline("!Ref Any"),
    ];
    let right: Vec<&str> = right.iter().map(String::as_str).collect();
    clean(pipeline_type, &right);
}

#[test]
fn schedules() {
    insta::assert_snapshot!(each(
        "AWS::Events::Rule",
        &[
            "{ScheduleExpression: rate(1 minutes)}",
            "{ScheduleExpression: every day}",
            "{ScheduleExpression: 'cron(0 12 * * *)'}",
            "{ScheduleExpression: 'cron(0 12 * * 1-5 *)'}",
            "{ScheduleExpression: 'cron(0 25 * * ? *)'}",
            "{ScheduleExpression: !If [Prod, rate(0 days), rate(1 day)]}",
        ],
    ));
    clean(
        "AWS::Events::Rule",
        &[
            "{ScheduleExpression: rate(1 minute)}",
            "{ScheduleExpression: !Ref Any}",
            "{ScheduleExpression: !Sub 'rate(${Any} minutes)'}",
        ],
    );
    clean(
        "AWS::Scheduler::Schedule",
        &[
            "{ScheduleExpression: rate(1 minutes)}",
            "{ScheduleExpression: 'at(2026-11-30T12:00:00)'}",
        ],
    );
}

#[test]
fn patterns_of_events() {
    insta::assert_snapshot!(each(
        "AWS::Events::Rule",
        &[
            "{EventPattern: {source: aws.ec2}}",
            "{EventPattern: {source: []}}",
            "{EventPattern: {source: [[a]]}}",
            "{EventPattern: {detail: {state: [{prefx: a}]}}}",
            "{EventPattern: {detail: {state: !If [Prod, a, [a]]}}}",
            "{EventPattern: {}}",
            "{EventPattern: text}",
            "{EventPattern: {source: [a], detail: {state: !Ref AWS::NoValue}}}",
            "{EventPattern: {detail: !If [Prod, {}, {state: [a]}]}}",
            "{EventPattern: {detail: !Ref AWS::Region, source: !Ref Any}}",
            "{EventPattern: {source: [!Split [',', 'a,b']]}}",
            "{EventPattern: {source: [{}, {prefix: a, suffix: b}]}}",
        ],
    ));
    clean(
        "AWS::Events::Rule",
        &[
            "{EventPattern: {source: [aws.ec2, !Ref Any], detail: {n: [{numeric: ['>', 1]}], $or: [{a: [1]}, {b: [{exists: false}]}]}}}",
            "{EventPattern: {source: [!Ref Any], detail: !If [Prod, {a: [b]}, !Ref AWS::NoValue]}}",
            "{EventPattern: {source: !GetAtt Any.List, detail: !Split [',', !Ref Any]}}",
            "{EventPattern: '{{resolve:ssm:pattern}}'}",
        ],
    );
    clean(
        "AWS::Lambda::EventSourceMapping",
        &["{FilterCriteria: {Filters: [{Pattern: '{\"body\": {\"a\": [1]}}'}]}}"],
    );
}

#[test]
fn documents_of_systems_manager() {
    insta::assert_snapshot!(each(
        "AWS::SSM::Document",
        &[
            "{Content: {mainSteps: []}}",
            "{Content: {schemaVersion: '0.3'}}",
            "{DocumentType: Automation, Content: {schemaVersion: '2.2'}}",
            "{DocumentType: Automation, Content: '{\"description\": \"x\"}'}",
            "{Content: {schemaVersion: 2.2}}",
            "{Content: 'arn:aws:iam::123456789012:role/x'}",
            "{DocumentType: !If [Prod, Automation, Command], Content: {schemaVersion: '2.2'}}",
        ],
    ));
    clean(
        "AWS::SSM::Document",
        &[
            "{Content: {schemaVersion: '2.2'}}",
            "{DocumentType: Automation, Content: {schemaVersion: !Ref Any}}",
            "{DocumentType: CloudFormation, Content: {Resources: {}}}",
            "{DocumentType: ChangeCalendar, Content: 'BEGIN:VCALENDAR'}",
            "{DocumentType: !Ref Any, Content: {}}",
        ],
    );
}

#[test]
fn what_an_instance_does_first() {
    let init = |init: &str| {
        format!(
            "  It:\n    Type: AWS::CDK::Metadata\n    Metadata: {{AWS::CloudFormation::Init: {init}}}\n"
        )
    };
    let cases = [
        "[a]",
        "{config: {packages: {yum: {a: []}, yam: {}}, files: [a]}}",
        "{config: {file: {}, commands: {a: {comand: x}}, services: {sysvinit: {a: {enable: true}}}}}",
        "{configSets: [a], config: {commands: {a: {command: x, cwd: [a], env: a}}, users: {a: {groups: a}}}}",
        "{config: !If [Prod, {packages: a}, {}]}",
        "{config: !Ref AWS::Region}",
        "{config: {commands: {a: {command: {b: c}}}}}",
    ];
    let said_of = cases.map(|case| format!("{case}\n{}", said(&init(case))));
    insta::assert_snapshot!(said_of.join("\n\n"));
    let right = "{configSets: {a: [b]}, b: {packages: {yum: {a: []}}, commands: {a: {command: [a, b]}}, files: {/a: {content: !Ref Any, mode: 644}}, services: {systemd: {a: {enabled: 'true'}}}, users: !Transform {Name: Users}}}";
    assert_eq!(said(&init(right)), "");
}
