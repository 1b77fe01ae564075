//! What synthesis refuses or gets right although it looks harmless: each case went wrong once.

#![expect(clippy::unwrap_used, reason = "a test")]

mod support;

use stratiform_stack::{
    App, DeletionPolicy, Json, List, Parameter, PolicyDocument, References, Statement, Untyped,
    either, equals, json, sub,
};
use stratiform_template::{Member, Template, Value};
use support::{app, found, problems};
use typed_tests::{ecs, iam, sns, sqs};

fn template(app: App, key: &str) -> Template {
    let stacks = app.synthesize().unwrap().stacks;
    stacks
        .into_iter()
        .find(|stack| stack.key == key)
        .unwrap()
        .template
}

fn text(template: &Template, logical_id: &str, property: &str) -> String {
    let Some(Member::One(resource)) = template.resources.get(logical_id) else {
        return String::new();
    };
    resource
        .properties
        .get(property)
        .map(Value::to_yaml)
        .unwrap_or_default()
        .trim_end()
        .to_owned()
}

#[test]
fn a_dollar_and_a_brace_in_text_stand_for_themselves() {
    let app = app(References::Strong);
    let stack = app.stack("one", "One");
    let queue = stack.add("Queue", sqs::Queue::default());
    let cases = [
        (
            "Closed",
            sub!("${HOME}/{}", queue.arn()),
            "!Sub ${!HOME}/${Queue.Arn}",
        ),
        (
            "Open",
            sub!("FOO=${BAR:-{}}", queue.arn()),
            "!Sub\n- FOO=${Dollar}{BAR:-${Queue.Arn}}\n- Dollar: $",
        ),
        (
            "Made",
            sub!("${}-{}", "{name}", queue.arn()),
            "!Sub ${!name}-${Queue.Arn}",
        ),
        (
            "Nested",
            sub!("${a${b}}{}", queue.arn()),
            "!Sub\n- ${Dollar}{a${!b}}${Queue.Arn}\n- Dollar: $",
        ),
        ("Plain", sub!("${HOME}/{}", "bin"), "${HOME}/bin"),
    ];
    for (name, expression, _) in &cases {
        stack.add(
            *name,
            sns::Topic {
                topic_name: expression.into(),
                ..Default::default()
            },
        );
    }
    let template = template(app, "one");
    for (name, _, expected) in cases {
        assert_eq!(text(&template, name, "TopicName"), expected, "{name}");
    }
}

#[test]
fn an_export_keeps_its_name_whatever_the_resource_is_called() {
    let app = app(References::Strong);
    let bucket = app
        .stack("one", "One")
        .add("ExportExport", sqs::Queue::default());
    app.stack("two", "Two").output("Arn", "", bucket.arn());
    let template = template(app, "one");
    let Some(Member::One(output)) = template.outputs.get("ExportExportExportArn") else {
        panic!("no output")
    };
    assert_eq!(
        output.export,
        Some(Value::from("shop-test-one:ExportExport-Arn"))
    );
}

#[test]
fn what_may_not_exist_is_not_exported() {
    let app = app(References::Strong);
    let one = app.stack("one", "One");
    let large = one.condition("Large", equals("a", "b"));
    let queue = one.add("Queue", sqs::Queue::default());
    queue.condition(&large);
    app.stack("two", "Two").output("Arn", "", queue.arn());
    insta::assert_snapshot!(problems(app));
}

#[test]
fn a_condition_stays_in_its_stack() {
    let app = app(References::Strong);
    let one = app.stack("one", "One");
    let two = app.stack("two", "Two");
    let of_one = one.condition("C", equals("a", "b"));
    two.condition("C", equals("a", "a"));
    two.add(
        "Queue",
        sqs::Queue {
            delay_seconds: either(&of_one, 1, 2).into(),
            ..Default::default()
        },
    );
    two.add("Topic", sns::Topic::default()).condition(&of_one);
    insta::assert_snapshot!(problems(app));
}

#[test]
fn a_hidden_parameter_stays_in_its_stack() {
    let app = app(References::Strong);
    let secret = app
        .stack("one", "One")
        .parameter("Secret", Parameter::string("a key").no_echo());
    app.stack("two", "Two").output("Secret", "", secret);
    insta::assert_snapshot!(problems(app));
}

#[test]
fn a_list_crosses_as_a_list_however_it_was_made() {
    let app = app(References::Strong);
    let one = app.stack("one", "One");
    let names = one.parameter("Names", Parameter::of_type("CommaDelimitedList", "names"));
    let thing = one.add("Thing", Untyped::new("Vendor::A::B", json!({})));
    let two = app.stack("two", "Two");
    let names = names.cast::<List<String>>();
    let hosts = thing.attribute("Hosts").cast::<List<String>>();
    two.add(
        "Users",
        Untyped::new("Vendor::A::B", json!({"Names": names, "Hosts": hosts})),
    );
    let template = template(app, "two");
    assert_eq!(
        text(&template, "Users", "Names"),
        "!Split\n- '||'\n- !ImportValue shop-test-one:Names"
    );
    assert_eq!(
        text(&template, "Users", "Hosts"),
        "!Split\n- '||'\n- !ImportValue shop-test-one:Thing-Hosts"
    );
}

#[test]
fn a_stack_policy_is_a_plain_document() {
    let policy = |resource: Json| json!({"Statement": [{"Effect": "Deny", "Resource": resource}]});
    let plain = app(References::Strong);
    let stack = plain.stack("one", "One");
    let queue = stack.add("Queue", sqs::Queue::default());
    stack.stack_policy(policy(
        sub!("LogicalResourceId/{}", queue.logical_id()).into(),
    ));
    let assembly = plain.synthesize().unwrap();
    let written = assembly.stacks[0].stack_policy.as_ref().unwrap().to_json();
    assert_eq!(
        written,
        r#"{"Statement":[{"Effect":"Deny","Resource":"LogicalResourceId/Queue"}]}"#
    );

    let evaluated = app(References::Strong);
    let stack = evaluated.stack("one", "One");
    let queue = stack.add("Queue", sqs::Queue::default());
    stack.stack_policy(policy(queue.arn().into()));
    insta::assert_snapshot!(problems(evaluated));
}

#[test]
fn what_stays_on_deletion_stays_on_replacement() {
    let app = app(References::Strong);
    let queue = app.stack("one", "One").add("Queue", sqs::Queue::default());
    queue.on_removal(DeletionPolicy::RetainExceptOnCreate);
    let template = template(app, "one");
    let Some(Member::One(queue)) = template.resources.get("Queue") else {
        panic!("no queue")
    };
    assert_eq!(queue.deletion_policy, Some("RetainExceptOnCreate".into()));
    assert_eq!(queue.update_replace_policy, Some("Retain".into()));
}

#[test]
fn names_are_not_taken_twice_in_silence() {
    let app = app(References::Strong);
    let stack = app.stack("one", "One");
    stack.add("Thing", Untyped::new("Vendor::A::B", json!([1, 2])));
    stack.output("Name", "", "a");
    stack.output("Name", "", "b");
    stack.mapping("Map", [("a", Value::from([("b", "c".into())]))]);
    stack.mapping("Map", [("a", Value::from([("b", "d".into())]))]);
    stack.metadata("Key", 1);
    stack.metadata("Key", 2);
    insta::assert_snapshot!(problems(app));
}

#[test]
fn one_export_name_belongs_to_one_stack() {
    let app = app(References::Strong);
    app.stack("one", "One").export("A", "", "shared", "1");
    app.stack("two", "Two").export("B", "", "shared", "2");
    insta::assert_snapshot!(problems(app));
}

#[test]
fn documents_may_be_written_as_cloudformation_writes_them() {
    let app = app(References::Strong);
    let stack = app.stack("one", "One");
    let document = json!({"A": {"Ref": "AWS::Region"}, "B": {"Fn::GetAtt": "Thing.Arn"}, "C": {"Condition": {}}});
    stack.add("Thing", Untyped::new("Vendor::A::B", document));
    let template = template(app, "one");
    assert_eq!(template, Template::parse(&template.to_yaml()).unwrap());
    assert_eq!(text(&template, "Thing", "B"), "!GetAtt Thing.Arn");
}

#[test]
fn conditions_of_a_statement_add_up() {
    let app = app(References::Strong);
    let statement = Statement::allow(["sts:AssumeRole"])
        .when("StringEquals", "aws:SourceAccount", "1")
        .when("StringEquals", "aws:SourceAccount", "2")
        .when("StringEquals", "aws:RequestedRegion", "3");
    app.stack("one", "One")
        .add("Role", iam::Role::new(PolicyDocument::new([statement])));
    let document = text(&template(app, "one"), "Role", "AssumeRolePolicyDocument");
    let words: Vec<&str> = document.split_whitespace().collect();
    let conditions = "StringEquals: aws:SourceAccount: - '1' - '2' aws:RequestedRegion: '3'";
    assert!(words.join(" ").ends_with(conditions), "{document}");
}

#[test]
fn a_choice_between_values_of_an_enum() {
    let app = app(References::Strong);
    let stack = app.stack("one", "One");
    let large = stack.condition("Large", equals("a", "b"));
    let launch_type = either(
        &large,
        ecs::service::LaunchType::Fargate,
        ecs::service::LaunchType::Ec2,
    );
    stack.add(
        "Service",
        ecs::Service {
            launch_type: launch_type.into(),
            ..Default::default()
        },
    );
    assert_eq!(
        text(&template(app, "one"), "Service", "LaunchType"),
        "!If\n- Large\n- FARGATE\n- EC2"
    );
}

#[test]
fn a_handle_of_another_app_is_refused() {
    let mine = app(References::Strong);
    let theirs = app(References::Strong);
    mine.stack("one", "One");
    let queue = theirs
        .stack("one", "One")
        .add("Queue", sqs::Queue::default());
    mine.stack("two", "Two").output("Arn", "", queue.arn());
    assert_eq!(found(mine)[0].code.as_str(), "foreign-handle");
}

#[test]
fn an_aspect_may_add_resources_and_change_properties() {
    let app: App = app(References::Strong);
    let stack = app.stack("one", "One");
    stack.add(
        "Queue",
        sqs::Queue {
            delay_seconds: 1.into(),
            ..Default::default()
        },
    );
    app.aspect(|resource| {
        stack.add(
            format!("{}Topic", resource.logical_id()),
            sns::Topic::default(),
        );
        resource.set("DelaySeconds", 2);
    });
    let template = template(app, "one");
    assert_eq!(template.resources.len(), 2);
    assert_eq!(text(&template, "Queue", "DelaySeconds"), "2");
}
