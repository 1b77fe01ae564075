//! Intrinsic functions, conditions, parameters and mappings, as templates say them.

use stratiform_stack::{
    Define, Expr, Parameter, and, arn, availability_zones, base64, cidr, either, equals,
    find_in_map, import_value, join, json, not, or, pseudo, select, split, sub,
};
use stratiform_template::Value;

use crate::support::{
    a_named_queue, a_queue, app, named_queue, problems, property, template, templates,
};

/// How a function stands in the template of a stack with a mapping.
fn check(function: impl Into<stratiform_stack::Json>, expected: &str) {
    let app = app();
    let stack = app.stack("one", "One");
    let sizes = Value::from([("disk", "20".into())]);
    stack.mapping("Sizes", [("dev", sizes)]);
    named_queue(&stack, "Queue", function);
    let template = template(app, "one");
    assert_eq!(property(&template, "Queue", "QueueName"), expected);
    assert_eq!(template.mappings.len(), 1);
}

#[test]
fn find_in_map_names_mapping_and_keys() {
    check(
        find_in_map("Sizes", "dev", "disk"),
        "!FindInMap\n- Sizes\n- dev\n- disk",
    );
    check(
        find_in_map("Sizes", pseudo::region(), "disk"),
        "!FindInMap\n- Sizes\n- !Ref AWS::Region\n- disk",
    );
}

#[test]
fn import_value_names_an_export_of_elsewhere() {
    check(import_value("team:Vpc"), "!ImportValue team:Vpc");
    check(
        import_value(sub!("{}:Vpc", pseudo::region())),
        "Fn::ImportValue: !Sub ${AWS::Region}:Vpc",
    );
}

#[test]
fn cidr_counts_blocks_and_bits() {
    check(cidr("10.0.0.0/16", 4, 8), "!Cidr\n- 10.0.0.0/16\n- 4\n- 8");
    check(
        select(1, cidr("10.0.0.0/16", 4, 8)),
        "!Select\n- 1\n- !Cidr\n  - 10.0.0.0/16\n  - 4\n  - 8",
    );
}

#[test]
fn base64_takes_text() {
    check(base64("echo hello"), "!Base64 echo hello");
}

#[test]
fn lists_are_split_selected_and_joined() {
    check(join("-", ["a", "b"]), "!Join\n- '-'\n- - a\n  - b");
    check(split(",", "a,b"), "!Split\n- ','\n- a,b");
    check(
        select(0, availability_zones()),
        "!Select\n- 0\n- !GetAZs ''",
    );
}

#[test]
fn pseudo_parameters_are_references() {
    let texts: [(Expr<String>, &str); 7] = [
        (pseudo::account_id(), "AWS::AccountId"),
        (pseudo::region(), "AWS::Region"),
        (pseudo::partition(), "AWS::Partition"),
        (pseudo::url_suffix(), "AWS::URLSuffix"),
        (pseudo::stack_name(), "AWS::StackName"),
        (pseudo::stack_id(), "AWS::StackId"),
        (pseudo::no_value(), "AWS::NoValue"),
    ];
    for (expression, name) in texts {
        check(expression, &format!("!Ref {name}"));
    }
    check(pseudo::notification_arns(), "!Ref AWS::NotificationARNs");
    check(
        arn("logs", "log-group:/app:*"),
        "!Sub arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:/app:*",
    );
}

#[test]
fn conditions_choose_values_and_resources() {
    let app = app();
    let stack = app.stack("one", "One");
    let large = stack.condition("Large", equals(pseudo::region(), "eu-central-1"));
    let both = stack.condition("Both", and([large.holds(), not(equals("a", "b"))]));
    stack.condition("Any", or([large.holds(), both.holds()]));
    let name = either::<String>(&both, "large", pseudo::no_value::<String>());
    stack.add("Queue", a_named_queue(name).condition(&large));
    insta::assert_snapshot!(templates(&app.synthesize().unwrap()));
}

#[test]
fn parameters_say_all_that_they_are_given() {
    let app = app();
    let stack = app.stack("one", "One");
    let image = stack.parameter(
        "Image",
        Parameter::string("What runs")
            .pattern("^[a-z:]+$", "must be an image")
            .default_value("shop:1"),
    );
    stack.parameter(
        "Size",
        Parameter::of_type("Number", "").allowed_values([1, 2]),
    );
    let token = stack.parameter("Token", Parameter::string("a key").no_echo());
    named_queue(&stack, "Queue", image);
    // In its own stack a hidden parameter may be used.
    named_queue(&stack, "Secret", token);
    let assembly = app.synthesize().unwrap();
    let default = |name: &str| assembly.stacks[0].template.parameters[name].default.clone();
    assert_eq!(default("Image"), Some(Value::from("shop:1")));
    assert_eq!(default("Token"), None);
    insta::assert_snapshot!(templates(&assembly));
}

#[test]
fn a_condition_stays_in_its_stack() {
    let app = app();
    let one = app.stack("one", "One");
    let two = app.stack("two", "Two");
    let of_one = one.condition("C", equals("a", "b"));
    two.condition("C", equals("a", "a"));
    named_queue(&two, "Queue", either::<String>(&of_one, "1", "2"));
    two.add("Topic", a_queue().condition(&of_one));
    insta::assert_snapshot!(problems(app));
}

#[test]
fn a_hidden_parameter_stays_in_its_stack() {
    let app = app();
    let one = app.stack("one", "One");
    let secret = one.parameter("Secret", Parameter::string("a key").no_echo());
    app.stack("two", "Two").output("Secret", "", secret);
    insta::assert_snapshot!(problems(app));
}

#[test]
fn what_may_not_exist_is_not_exported() {
    let app = app();
    let one = app.stack("one", "One");
    let large = one.condition("Large", equals("a", "b"));
    let handle = one.add("Queue", a_queue().condition(&large));
    let two = app.stack("two", "Two");
    two.output("Arn", "", handle.attribute("Arn"));
    insta::assert_snapshot!(problems(app));
}

#[test]
fn documents_may_be_written_as_cloudformation_writes_them() {
    check(json!({"Ref": "AWS::Region"}), "!Ref AWS::Region");
    check(json!({"Fn::GetAtt": "Thing.Arn"}), "!GetAtt Thing.Arn");
    // A word of IAM policies too.
    check(json!({"Condition": {}}), "Condition: {}");
}
