//! From typed stacks to templates: what generated types add. The rest is in `crates/stack/tests`.

#![expect(clippy::unwrap_used, reason = "a test")]

use indexmap::IndexMap;
use stratiform_stack::condition::{boolean, key, string_equals};
use stratiform_stack::{
    App, Assembly, Define, DeletionPolicy, Parameter, PolicyDocument, Principal, References,
    Settings, Statement, Untyped, Update, arn, either, equals, join, json, partial, props, pseudo,
    sub,
};
use stratiform_template::{Member, Value};
use typed_tests::{ec2, ecs, iam, kms, lambda, route53resolver, sns, sqs};

fn app(references: References) -> App {
    App::new(Settings {
        app: "shop".to_owned(),
        environment: "test".to_owned(),
        region: "eu-central-1".parse().unwrap(),
        references,
        termination_protection: false,
        tags: IndexMap::from([("team".to_owned(), "platform".to_owned())]),
    })
}

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
    let key = props!(kms::Key {}).on_removal(DeletionPolicy::Retain);
    let key = base.add("Key", key);
    let group = base.add(
        "Group",
        props!(ec2::SecurityGroup {
            group_description: "Resolver",
        }),
    );
    let resolver = base.add(
        "Resolver",
        props!(route53resolver::ResolverEndpoint {
            direction: route53resolver::resolver_endpoint::Direction::Inbound,
            ip_addresses: [route53resolver::resolver_endpoint::IpAddressRequest {
                subnet_id: "subnet-1",
            }],
            security_group_ids: [group.group_id()],
        }),
    );
    let queues = app.stack("queues", "Queues");
    queues.add(
        "Queue",
        props!(sqs::Queue {
            kms_master_key_id: key.key_id(),
            queue_name: sub!("q-{}", key.arn()),
        }),
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
    let vpc = network.add("Vpc", props!(ec2::Vpc {}));
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
        props!(sns::Topic {
            topic_name: sub!("plain ${{text}} {}", "value"),
        }),
    );
    let queue = stack.add(
        "Queue",
        props!(sqs::Queue {
            queue_name: sub!("{}-{}-{}", image, topic.topic_arn(), 5.to_string()),
            visibility_timeout: either(&large, 30, 60),
            redrive_policy: json!({"maxReceiveCount": 5, "none": null, "list": [1, true, {"a": []}]}),
})
        .condition(&large)
        .depends_on(topic)
        .metadata(json!({"Why": "only in large regions"})),
    );
    let read = Statement::allow(["sqs:ReceiveMessage"])
        .sid("Read")
        .on(queue.arn());
    let write = Statement::deny(["sqs:SendMessage", "sqs:PurgeQueue"])
        .on(arn("sqs", "a"))
        .on(arn("sqs", "b"))
        .when(string_equals(key::SOURCE_ACCOUNT, pseudo::account_id()))
        .when(string_equals(key::REQUESTED_REGION, "eu-central-1"))
        .when(boolean(key::SECURE_TRANSPORT, false));
    stack.add(
        "Role",
        props!(iam::Role {
            assume_role_policy_document: PolicyDocument::new([Statement::allow([
                "sts:AssumeRole"
            ])
            .to(Principal::service("ecs-tasks.amazonaws.com"))
            .to(Principal::account())]),
            policies: [iam::role::Policy {
                policy_document: PolicyDocument::new([read, write]),
                policy_name: "queue",
            }],
        }),
    );
    let dashboard = json!({"widgets": [{"quote": "say \"hi\"\n", "region": pseudo::region(), "n": 1.5, "empty": {}}]});
    stack.add(
        "Text",
        props!(sns::Topic {
            display_name: dashboard.into_text(),
        }),
    );
    insta::assert_snapshot!(templates(&app.synthesize().unwrap()));
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
    stack.add("Service", props!(ecs::Service { launch_type }));
    let template = app.synthesize().unwrap().stacks.remove(0).template;
    let Some(Member::One(service)) = template.resources.get("Service") else {
        panic!("no service")
    };
    let written = service.properties.get("LaunchType").map(Value::to_yaml);
    let expected = "!If\n- Large\n- FARGATE\n- EC2\n".to_owned();
    assert_eq!(written, Some(expected));
}

#[test]
fn a_handle_stands_for_what_is_expected() {
    let app = app(References::Strong);
    let stack = app.stack("one", "One");
    let role = stack.add(
        "Role",
        props!(iam::Role {
            assume_role_policy_document: json!({})
        }),
    );
    let key = stack.add("Key", props!(kms::Key {}));
    let vpc = stack.add("Vpc", props!(ec2::Vpc {}));
    let subnets = [1, 2].map(|zone| {
        let id = format!("Subnet{zone}");
        stack.add(id, props!(ec2::Subnet { vpc_id: &vpc }))
    });
    let group = props!(ec2::SecurityGroup {
        group_description: "x",
        vpc_id: vpc,
    });
    let group = stack.add("Group", group);
    stack.add(
        "Function",
        props!(lambda::Function {
            code: lambda::function::Code {},
            role: &role,
            kms_key_arn: &key,
            vpc_config: lambda::function::VpcConfig {
                security_group_ids: [&group, "sg-1"],
                subnet_ids: subnets.as_slice(),
            },
        }),
    );
    let statement = Statement::allow(["kms:Decrypt"])
        .on(key)
        .on_each([&role])
        .on(sub!("{}/*", key.arn()));
    stack.add(
        "OtherRole",
        props!(iam::Role {
            assume_role_policy_document: PolicyDocument::new([statement]),
            managed_policy_arns: ["arn:aws:iam::aws:policy/ReadOnlyAccess"],
        }),
    );
    insta::assert_snapshot!(templates(&app.synthesize().unwrap()));
}

#[test]
fn handles_of_several_types_are_protected_together() {
    let app = app(References::Strong);
    let stack = app.stack("one", "One");
    let topic = stack.add("Topic", props!(sns::Topic {}));
    let queue = stack.add("Queue", props!(sqs::Queue {}));
    stack.protect([&topic, &queue], [Update::Replace]);
    let policy = app.synthesize().unwrap().stacks.remove(0).policy;
    let named = r#"["LogicalResourceId/Topic","LogicalResourceId/Queue"]"#;
    assert!(policy.document().unwrap().to_json().contains(named));
}

#[test]
fn defaults_are_typed() {
    let app = app(References::Strong);
    let stack = app.stack("one", "One");
    let topic = stack.add("Topic", props!(sns::Topic {}));
    stack.add("Queue", props!(sqs::Queue {}));
    app.defaults(partial!(sqs::Queue {
        queue_name: sub!("of-{}", topic.topic_name()),
        delay_seconds: 5,
    }));
    // What is required of a group is not said, and stays as it is.
    app.defaults(partial!(ec2::SecurityGroup {
        group_name: "named",
    }));
    stack.add(
        "Group",
        props!(ec2::SecurityGroup {
            group_description: "one",
        }),
    );
    insta::assert_snapshot!(templates(&app.synthesize().unwrap()));
}
