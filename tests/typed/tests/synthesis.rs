//! From typed stacks to templates: references, exports, order, and the mistakes that are found on the way.

#![expect(clippy::unwrap_used, reason = "a test")]

mod support;

use stratiform_stack::{
    Assembly, DeletionPolicy, Expr, Json, Parameter, PolicyDocument, Principal, References,
    Statement, Untyped, arn, either, equals, join, json, pseudo, sub,
};
use support::{app, problems};
use typed_tests::{ec2, iam, kms, lambda, route53resolver, sns, sqs};

/// Every template of an assembly, one after the other.
fn templates(assembly: &Assembly) -> String {
    let texts = assembly.stacks.iter().map(|stack| {
        format!(
            "# {} after {:?}, {:?}\n{}\n",
            stack.name,
            stack.depends_on,
            stack.capabilities,
            stack.template.to_yaml()
        )
    });
    texts.collect()
}

/// A stack with a key, and one that uses its ARN, its ID and a list of another resource.
fn producer_and_consumer(references: References) -> Assembly {
    let app = app(references);
    let base = app.stack("base", "What others use");
    let key = base.add("Key", kms::Key::default());
    key.on_removal(DeletionPolicy::Retain);
    let group = base.add("Group", ec2::SecurityGroup::new("Resolver"));
    let resolver = base.add(
        "Resolver",
        route53resolver::ResolverEndpoint::new(
            route53resolver::resolver_endpoint::Direction::Inbound,
            [route53resolver::resolver_endpoint::IpAddressRequest::new(
                "subnet-1",
            )],
            [group.group_id()],
        ),
    );
    let queues = app.stack("queues", "Queues");
    queues.add(
        "Queue",
        sqs::Queue {
            kms_master_key_id: key.key_id().into(),
            queue_name: sub!("q-{}", key.arn()).into(),
            ..Default::default()
        },
    );
    queues.output(
        "Resolver",
        "Where the resolver is",
        resolver.resolver_endpoint_id(),
    );
    queues.add(
        "Other",
        Untyped::new(
            "Vendor::Thing::New",
            json!({"Key": key.arn(), "Hosts": group.group_id()}),
        ),
    );
    app.synthesize().unwrap()
}

#[test]
fn references_between_stacks_become_exports_and_imports() {
    insta::assert_snapshot!(templates(&producer_and_consumer(References::Strong)));
}

#[test]
fn weak_references_read_the_output_instead() {
    insta::assert_snapshot!(templates(&producer_and_consumer(References::Weak)));
}

#[test]
fn a_list_crosses_stacks_as_joined_text() {
    let app = app(References::Strong);
    let network = app.stack("network", "Network");
    let vpc = network.add("Vpc", ec2::Vpc::default());
    let users = app.stack("users", "Users");
    users.output(
        "Blocks",
        "All address blocks",
        join(",", vpc.cidr_block_associations()),
    );
    insta::assert_snapshot!(templates(&app.synthesize().unwrap()));
}

#[test]
fn every_kind_of_text_and_function() {
    let app = app(References::Strong);
    let stack = app.stack("functions", "Functions");
    let image = stack.parameter(
        "Image",
        Parameter::string("What runs")
            .pattern("^[a-z:]+$", "must be an image")
            .default_value("shop:1"),
    );
    let large = stack.condition("Large", equals(pseudo::region(), "eu-central-1"));
    let topic = stack.add(
        "Topic",
        sns::Topic {
            topic_name: sub!("plain ${{text}} {}", "value").into(),
            ..Default::default()
        },
    );
    let queue = stack.add(
        "Queue",
        sqs::Queue {
            queue_name: sub!("{}-{}-{}", image, topic.topic_arn(), 5.to_string()).into(),
            visibility_timeout: either(&large, 30, 60).into(),
            redrive_policy:
                json!({"maxReceiveCount": 5, "none": null, "list": [1, true, {"a": []}]}).into(),
            ..Default::default()
        },
    );
    queue
        .condition(&large)
        .depends_on(&topic)
        .metadata(json!({"Why": "only in large regions"}));
    let read = Statement::allow(["sqs:ReceiveMessage"])
        .sid("Read")
        .on([queue.arn()]);
    let write = Statement::deny(["sqs:SendMessage", "sqs:PurgeQueue"])
        .on([arn("sqs", "a"), arn("sqs", "b")])
        .when("StringEquals", "aws:SourceAccount", pseudo::account_id())
        .when("StringEquals", "aws:RequestedRegion", "eu-central-1")
        .when("Bool", "aws:SecureTransport", "false");
    stack.add(
        "Role",
        iam::Role {
            policies: [iam::role::Policy::new(
                PolicyDocument::new([read, write]),
                "queue",
            )]
            .into(),
            ..iam::Role::new(PolicyDocument::new([Statement::allow(["sts:AssumeRole"])
                .to(Principal::service("ecs-tasks.amazonaws.com"))
                .to(Principal::account())]))
        },
    );
    let dashboard = json!({"widgets": [{"quote": "say \"hi\"\n", "region": pseudo::region(), "n": 1.5, "empty": {}}]});
    stack.add(
        "Text",
        sns::Topic {
            display_name: dashboard.into_text().into(),
            ..Default::default()
        },
    );
    insta::assert_snapshot!(templates(&app.synthesize().unwrap()));
}

#[test]
fn stacks_come_in_deployment_order_and_otherwise_as_declared() {
    let app = app(References::Strong);
    let last = app.stack("a-last", "Uses both");
    let first = app.stack("z-first", "Used by both");
    let middle = app.stack("m-middle", "Uses the first");
    let independent = app.stack("independent", "Alone");
    independent.add("Topic", sns::Topic::default());
    let topic = first.add("Topic", sns::Topic::default());
    let queue = middle.add(
        "Queue",
        sqs::Queue {
            queue_name: topic.topic_arn().into(),
            ..Default::default()
        },
    );
    last.add(
        "Queue",
        sqs::Queue {
            queue_name: queue.arn().into(),
            ..Default::default()
        },
    );
    last.depends_on(&first);
    let assembly = app.synthesize().unwrap();
    let names: Vec<&str> = assembly
        .stacks
        .iter()
        .map(|stack| stack.key.as_str())
        .collect();
    assert_eq!(names, ["z-first", "m-middle", "a-last", "independent"]);
    assert_eq!(
        assembly.stacks[2].depends_on,
        ["shop-test-m-middle", "shop-test-z-first"]
    );
}

#[test]
fn ten_thousand_stacks_in_one_line_are_ordered() {
    let app = app(References::Strong);
    let mut previous: Option<Expr<String>> = None;
    for number in 0..10_000 {
        let stack = app.stack(&format!("s{number}"), "One of many");
        let queue_name = previous.map_or_else(Default::default, Into::into);
        previous = Some(
            stack
                .add(
                    "Queue",
                    sqs::Queue {
                        queue_name,
                        ..Default::default()
                    },
                )
                .arn()
                .cast(),
        );
    }
    assert_eq!(app.synthesize().unwrap().stacks.len(), 10_000);
}

#[test]
fn a_cycle_names_every_use() {
    let app = app(References::Strong);
    let one = app.stack("one", "One");
    let two = app.stack("two", "Two");
    let three = app.stack("three", "Three");
    let topic = one.add("Topic", sns::Topic::default());
    let queue = two.add(
        "Queue",
        sqs::Queue {
            queue_name: topic.topic_arn().into(),
            ..Default::default()
        },
    );
    let last = three.add(
        "Queue",
        sqs::Queue {
            queue_name: queue.arn().into(),
            ..Default::default()
        },
    );
    one.add(
        "Back",
        sqs::Queue {
            queue_name: last.arn().into(),
            ..Default::default()
        },
    );
    insta::assert_snapshot!(problems(app));
}

#[test]
fn mistakes_in_names_are_reported_together() {
    let app = app(References::Strong);
    let stack = app.stack("one", "One");
    stack.add("Not-alphanumeric", sns::Topic::default());
    stack.add("Twice", sns::Topic::default());
    stack.add("Twice", sqs::Queue::default());
    stack.add("x".repeat(256), sns::Topic::default());
    app.stack("one", "Again");
    app.stack("no spaces", "Bad name");
    insta::assert_snapshot!(problems(app));
}

#[test]
fn depends_on_does_not_reach_into_another_stack() {
    let app = app(References::Strong);
    let topic = app.stack("one", "One").add("Topic", sns::Topic::default());
    app.stack("two", "Two")
        .add("Queue", sqs::Queue::default())
        .depends_on(&topic);
    insta::assert_snapshot!(problems(app));
}

#[test]
fn exports_of_the_same_name_are_refused() {
    let app = app(References::Strong);
    let one = app.stack("one", "One");
    let queue = one.add("Queue", sqs::Queue::default());
    let other = one.add("QueueArn", sqs::Queue::default());
    let two = app.stack("two", "Two");
    two.output("One", "", queue.arn());
    two.output("Other", "", other.reference());
    insta::assert_snapshot!(problems(app));
}

#[test]
fn capabilities_follow_from_the_resources() {
    let app = app(References::Strong);
    let trust = || PolicyDocument::assumed_by("lambda.amazonaws.com");
    app.stack("none", "").add("Topic", sns::Topic::default());
    app.stack("unnamed", "")
        .add("Role", iam::Role::new(trust()));
    app.stack("named", "").add(
        "Role",
        iam::Role {
            role_name: "admin".into(),
            ..iam::Role::new(trust())
        },
    );
    let assembly = app.synthesize().unwrap();
    let capabilities: Vec<_> = assembly
        .stacks
        .iter()
        .map(|stack| stack.capabilities.clone())
        .collect();
    assert_eq!(
        capabilities,
        [vec![], vec!["CAPABILITY_IAM"], vec!["CAPABILITY_NAMED_IAM"]]
    );
}

#[test]
fn an_aspect_sees_every_resource() {
    let app = app(References::Strong);
    let stack = app.stack("one", "One");
    stack.add("Plain", sqs::Queue::default());
    stack.add(
        "Set",
        sqs::Queue {
            visibility_timeout: 5.into(),
            ..Default::default()
        },
    );
    stack.add(
        "Function",
        lambda::Function::new(
            lambda::function::Code::default(),
            "arn:aws:iam::123456789012:role/f",
        ),
    );
    app.aspect(|resource| {
        if resource.resource_type() == "AWS::SQS::Queue" {
            resource.set_default("VisibilityTimeout", Json::from(60));
        }
    });
    insta::assert_snapshot!(templates(&app.synthesize().unwrap()));
}

#[test]
fn a_text_in_a_text_is_part_of_it() {
    let app = app(References::Strong);
    let base = app.stack("base", "What others use");
    let key = base.add("Key", kms::Key::default());
    let users = app.stack("users", "Who uses it");
    let path = sub!("of-{}/{}", key.key_id(), pseudo::region());
    users.output("Arn", "One function, not two", arn("sns", path));
    insta::assert_snapshot!(templates(&app.synthesize().unwrap()));
}

#[test]
fn a_parameter_crosses_stacks_like_anything_else() {
    let app = app(References::Strong);
    let one = app.stack("one", "One");
    one.add("Topic", sns::Topic::default());
    let size = one.parameter("Size", Parameter::string("How large"));
    let two = app.stack("two", "Two");
    two.add(
        "Queue",
        sqs::Queue {
            queue_name: sub!("q-{}", size).into(),
            ..Default::default()
        },
    );
    insta::assert_snapshot!(templates(&app.synthesize().unwrap()));
}
