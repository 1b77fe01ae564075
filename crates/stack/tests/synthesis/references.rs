//! References inside a stack and across stacks: strong, weak, lists, in text.

use stratiform_stack::{
    Assembly, List, Parameter, References, Untyped, arn, join, json, pseudo, sub,
};
use stratiform_template::{Member, Value};

use crate::support::{app, app_with, named_queue, problems, property, queue, template, templates};

/// A stack with a key and a group, and one that uses them in every way.
fn producer_and_consumer(references: References) -> Assembly {
    let app = app_with(references);
    let base = app.stack("base", "What others use");
    let key = base.add("Key", Untyped::new("AWS::KMS::Key", json!({})));
    let hosts = key.attribute("Hosts").cast::<List<String>>();
    named_queue(&base, "Own", key.attribute("Arn"));
    let users = app.stack("users", "Who uses it");
    named_queue(&users, "Ref", key.reference());
    named_queue(&users, "Attribute", key.attribute("Endpoint.Address"));
    named_queue(
        &users,
        "Text",
        sub!("q-{}-{}", key.attribute("Arn"), key.reference()),
    );
    named_queue(&users, "List", &hosts);
    named_queue(&users, "Joined", join(",", hosts));
    app.synthesize().unwrap()
}

#[test]
fn strong_references_become_exports_and_imports() {
    insta::assert_snapshot!(templates(&producer_and_consumer(References::Strong)));
}

#[test]
fn weak_references_read_the_output_instead() {
    insta::assert_snapshot!(templates(&producer_and_consumer(References::Weak)));
}

#[test]
fn a_text_in_a_text_is_part_of_it() {
    let app = app();
    let key = queue(&app.stack("base", "What others use"), "Key");
    let path = sub!("of-{}/{}", key.reference(), pseudo::region());
    let users = app.stack("users", "Who uses it");
    users.output("Arn", "One function, not two", arn("sns", path));
    insta::assert_snapshot!(templates(&app.synthesize().unwrap()));
}

#[test]
fn a_parameter_crosses_stacks_like_anything_else() {
    let app = app();
    let one = app.stack("one", "One");
    queue(&one, "Queue");
    let size = one.parameter("Size", Parameter::string("How large"));
    named_queue(&app.stack("two", "Two"), "Queue", sub!("q-{}", size));
    insta::assert_snapshot!(templates(&app.synthesize().unwrap()));
}

#[test]
fn a_list_crosses_as_a_list_however_it_was_made() {
    let app = app();
    let one = app.stack("one", "One");
    let names = one.parameter("Names", Parameter::of_type("CommaDelimitedList", "names"));
    let subnets = one.parameter(
        "Subnets",
        Parameter::of_type("List<AWS::EC2::Subnet::Id>", "subnets"),
    );
    let two = app.stack("two", "Two");
    named_queue(&two, "Names", names);
    named_queue(&two, "Subnets", subnets.cast::<List<String>>());
    let template = template(app, "two");
    for name in ["Names", "Subnets"] {
        let expected = format!("!Split\n- '||'\n- !ImportValue shop-test-one:{name}");
        assert_eq!(property(&template, name, "QueueName"), expected);
    }
}

#[test]
fn a_dollar_and_a_brace_in_text_stand_for_themselves() {
    let app = app();
    let stack = app.stack("one", "One");
    let handle = queue(&stack, "Queue");
    let arn = || handle.attribute("Arn");
    let cases = [
        (
            "Closed",
            sub!("${HOME}/{}", arn()),
            "!Sub ${!HOME}/${Queue.Arn}",
        ),
        (
            "Open",
            sub!("FOO=${BAR:-{}}", arn()),
            "!Sub\n- FOO=${Dollar}{BAR:-${Queue.Arn}}\n- Dollar: $",
        ),
        (
            "Made",
            sub!("${}-{}", "{name}", arn()),
            "!Sub ${!name}-${Queue.Arn}",
        ),
        (
            "Nested",
            sub!("${a${b}}{}", arn()),
            "!Sub\n- ${Dollar}{a${!b}}${Queue.Arn}\n- Dollar: $",
        ),
        ("Plain", sub!("${HOME}/{}", "bin"), "${HOME}/bin"),
        ("Alone", sub!("{}", arn()), "!GetAtt Queue.Arn"),
    ];
    for (logical_id, expression, _) in &cases {
        named_queue(&stack, logical_id, expression);
    }
    let template = template(app, "one");
    for (logical_id, _, expected) in cases {
        let written = property(&template, logical_id, "QueueName");
        assert_eq!(written, expected, "{logical_id}");
    }
}

#[test]
fn an_export_keeps_its_name_whatever_the_resource_is_called() {
    let app = app();
    let handle = queue(&app.stack("one", "One"), "ExportExport");
    let two = app.stack("two", "Two");
    two.output("Arn", "", handle.attribute("Arn"));
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
fn exports_of_the_same_name_are_refused() {
    let app = app();
    let one = app.stack("one", "One");
    let handle = queue(&one, "Queue");
    let other = queue(&one, "QueueArn");
    let two = app.stack("two", "Two");
    two.output("One", "", handle.attribute("Arn"));
    two.output("Other", "", other.reference());
    // An output of one's own may be in the way as well.
    let three = queue(&app.stack("three", "Three"), "Queue");
    let stack = app.stack("four", "Four");
    stack.output("ExportQueue", "", "taken");
    stack.output("Three", "", three.reference());
    let five = app.stack("five", "Five");
    five.output("Four", "", queue(&stack, "Queue").reference());
    insta::assert_snapshot!(problems(app));
}

#[test]
fn one_export_name_belongs_to_one_stack() {
    let app = app();
    app.stack("one", "One").export("A", "", "shared", "1");
    app.stack("two", "Two").export("B", "", "shared", "2");
    insta::assert_snapshot!(problems(app));
}
