//! Every code of a problem: what causes it, and that nothing else is reported for it.

use std::collections::HashSet;

use stratiform_finding::{Code, Group};
use stratiform_stack::condition::string_equals;
use stratiform_stack::generated::{Draft, NoAttributes};
use stratiform_stack::{
    App, Define, Json, Parameter, PolicyDocument, Prop, References, Resource, Settings, Statement,
    Untyped, Update, equals, json,
};

use crate::support::{a_queue, app, found, queue};

type Cause = fn(&App);

/// What causes each code, alone.
const CAUSES: [(Code, Cause); 20] = [
    (Code::DuplicateStack, |app| {
        app.stack("one", "");
        app.stack("one", "");
    }),
    (Code::StackName, |app| {
        app.stack("under_score", "");
    }),
    (Code::DuplicateLogicalId, |app| {
        let stack = app.stack("one", "");
        queue(&stack, "Queue");
        stack.parameter("Queue", Parameter::string(""));
    }),
    (Code::LogicalId, |app| {
        queue(&app.stack("one", ""), "with-hyphen");
    }),
    (Code::CyclicStacks, |app| {
        let (one, two) = (app.stack("one", ""), app.stack("two", ""));
        one.depends_on(&two);
        two.depends_on(&one);
    }),
    (Code::DependsOnAcrossStacks, |app| {
        let other = queue(&app.stack("one", ""), "Queue");
        app.stack("two", "")
            .add("Queue", a_queue().depends_on(other));
    }),
    (Code::DuplicateName, |app| {
        let stack = app.stack("one", "");
        stack.output("Name", "", "a");
        stack.output("Name", "", "b");
    }),
    (Code::ExportCollision, |app| {
        app.stack("one", "").export("A", "", "shared", "1");
        app.stack("two", "").export("B", "", "shared", "2");
    }),
    (Code::ConditionalExport, |app| {
        let stack = app.stack("one", "");
        let large = stack.condition("Large", equals("a", "b"));
        let queue = stack.add("Queue", a_queue().condition(&large));
        app.stack("two", "").output("Queue", "", queue.reference());
    }),
    (Code::ConditionAcrossStacks, |app| {
        let large = app.stack("one", "").condition("Large", equals("a", "b"));
        app.stack("two", "")
            .add("Queue", a_queue().condition(&large));
    }),
    (Code::SecretAcrossStacks, |app| {
        let secret = Parameter::string("").no_echo();
        let secret = app.stack("one", "").parameter("Secret", secret);
        app.stack("two", "").output("Secret", "", secret);
    }),
    (Code::ForeignHandle, |app| {
        let other = self::app().stack("one", "");
        app.stack("one", "").depends_on(&other);
    }),
    (Code::StackPolicy, |app| {
        app.stack("one", "")
            .stack_policy(json!({"Statement": null}));
    }),
    (Code::StackPolicyResource, |app| {
        let statement = json!({"Resource": "LogicalResourceId/Gone"});
        app.stack("one", "")
            .stack_policy(json!({"Statement": [statement]}));
    }),
    (Code::ProtectAcrossStacks, |app| {
        let other = queue(&app.stack("one", ""), "Queue");
        app.stack("two", "").protect([&other], [Update::Delete]);
    }),
    (Code::Part, |app| {
        app.stack("one", "")
            .refuse("a block cannot be cut", "give a larger one");
    }),
    (Code::UntypedProperties, |app| {
        let properties = Untyped::new("Vendor::A::B", json!("text"));
        app.stack("one", "").add("Thing", properties);
    }),
    (Code::UnknownAction, |app| {
        policy(app, Statement::allow(["sqs:RecieveMessage"]));
    }),
    (Code::UnknownOperator, |app| {
        let condition = json!({"StringEqual": {"aws:SourceAccount": "1"}});
        let statement = json!({"Effect": "Allow", "Action": "sqs:Get*", "Condition": condition});
        let document = json!({"Statement": [statement]});
        app.stack("one", "").add("Role", Typed(document));
    }),
    (Code::UnknownConditionKey, |app| {
        let misspelt = string_equals("aws:SourceAcount", "1");
        policy(app, Statement::allow(["sqs:SendMessage"]).when(misspelt));
    }),
];

/// A resource with properties as generated code has them.
struct Typed(Json);

impl Resource for Typed {
    type Reference = String;
    type Attributes = NoAttributes;

    fn resource_type(&self) -> &str {
        "Vendor::A::Role"
    }

    fn into_properties(self) -> Draft {
        let document = Prop::<Json>::from(self.0);
        Draft::object(vec![("Document", Some(document.into_draft()))])
    }
}

#[track_caller]
fn policy(app: &App, statement: Statement) {
    let document = PolicyDocument::new([statement]);
    let role = Untyped::new("Vendor::A::Role", json!({"Document": document}));
    app.stack("one", "").add("Role", role);
}

/// A statement knows its actions wherever it is; a document that nobody typed is as it is.
#[test]
fn of_documents_in_what_is_untyped_nothing_is_said() {
    let app = app();
    let statement = json!({"Effect": "Allow", "Action": "sqs:Teleport"});
    let document = json!({"Document": {"Statement": statement}});
    let role = Untyped::new("Vendor::A::Role", document);
    app.stack("one", "").add("Role", role);
    assert!(app.synthesize().is_ok());
}

/// What is said of a statement with this action.
fn said_of(statement: Statement) -> String {
    let app = app();
    policy(&app, statement);
    match app.synthesize() {
        Ok(_) => "-".to_owned(),
        Err(problems) => problems
            .iter()
            .map(|problem| format!("{}; {}; {}", problem.what, problem.why, problem.help))
            .collect::<Vec<_>>()
            .join("\n"),
    }
}

#[test]
fn actions_are_held_against_the_catalog() {
    let actions = [
        "sqs:SendMessage",
        "SQS:sendmessage",
        "sqs:Get*",
        "sqs:*",
        "*",
        "sqs:RecieveMessage",
        "sqs:Recieve*",
        "SendMessage",
        "s3:Frobnicate",
        // Nothing is known of these.
        "nobody:Knows",
        "s*:Get*",
        "sqs:SendMessag?",
    ];
    let said: Vec<String> = actions
        .iter()
        .map(|action| format!("{action}: {}", said_of(Statement::allow([*action]))))
        .collect();
    insta::assert_snapshot!(said.join("\n"));
}

#[test]
fn keys_of_services_are_held_against_the_catalog() {
    let keys = [
        "kms:ViaService",
        "KMS:viaservice",
        "kms:EncryptionContext:SecretARN",
        "ec2:ResourceTag/team",
        "s3:ExistingObjectTag/level",
        "kms:ViaServise",
        "ec2:ResourceTags/team",
        "sqs:QueueName",
        // Nothing is known of these.
        "nobody:Knows",
        "token.actions.githubusercontent.com:sub",
    ];
    let said = keys.map(|key| {
        let statement = Statement::allow(["sqs:SendMessage"]);
        format!(
            "{key}: {}",
            said_of(statement.when(string_equals(key, "x")))
        )
    });
    insta::assert_snapshot!(said.join("\n"));
}

#[test]
fn what_is_newer_than_the_catalog_can_be_said() {
    let app = app();
    let newer = Statement::allow(["sqs:Teleport"]).when(string_equals("aws:Planet", "Mars"));
    policy(&app, newer.unlisted());
    assert!(app.synthesize().is_ok());
}

#[test]
fn every_code_has_a_cause_and_every_cause_its_code() {
    let caused: HashSet<Code> = CAUSES.iter().map(|(code, _)| *code).collect();
    assert_eq!(caused, Group::Stacks.codes().iter().copied().collect());
    for (code, cause) in CAUSES {
        let app = app();
        cause(&app);
        let problems = found(app);
        let codes: Vec<Code> = problems.iter().map(|problem| problem.code).collect();
        assert_eq!(codes, [code], "{problems:?}");
        let problem = &problems[0];
        assert!(!problem.places.is_empty() && !problem.help.is_empty());
        let place = problem.places[0].at.to_string();
        assert!(place.starts_with("crates/stack/tests/"), "{place}");
    }
}

#[test]
fn what_is_found_in_the_stacks_is_reported_before_what_is_between_them() {
    let app = App::new(Settings {
        app: "1shop".to_owned(),
        environment: "test".to_owned(),
        region: "eu-central-1".parse().unwrap(),
        references: References::Strong,
        termination_protection: false,
        tags: Default::default(),
    });
    let stack = app.stack("one", "");
    stack.depends_on(&stack);
    queue(&stack, "with-hyphen");
    let codes: Vec<Code> = found(app).iter().map(|problem| problem.code).collect();
    assert_eq!(codes, [Code::StackName, Code::LogicalId]);
}
