//! Prints how fast templates are read, checked and written: `cargo run --release --example throughput`.

use std::hint::black_box;
use std::time::{Duration, Instant};

use stratiform_template::{
    Function, Member, Resource, Template, Value, check, parse_json, parse_yaml,
};

fn main() {
    let large = queues(500);
    let (yaml, json) = (large.to_yaml(), large.to_json());
    println!(
        "500 queues: {} bytes of YAML, {} of JSON",
        yaml.len(),
        json.len()
    );
    let node = parse_yaml(&yaml);
    report("parse_yaml", yaml.len(), || {
        drop(black_box(parse_yaml(&yaml)))
    });
    report("parse_json", json.len(), || {
        drop(black_box(parse_json(&json)))
    });
    if let Ok(node) = &node {
        report("Template::from_node", yaml.len(), || {
            drop(black_box(Template::from_node(node)))
        });
    }
    report("check", yaml.len(), || drop(black_box(check(&large))));
    report("to_yaml", yaml.len(), || drop(black_box(large.to_yaml())));
    report("to_json", json.len(), || drop(black_box(large.to_json())));

    let small: Vec<Template> = (0..1000).map(|_| queues(20)).collect();
    let all = |one: fn(&Template) -> usize| small.iter().map(one).sum::<usize>();
    println!("1,000 templates of 20 queues:");
    report("to_yaml", all(|template| template.to_yaml().len()), || {
        black_box(all(|template| template.to_yaml().len()));
    });
    report("to_json", all(|template| template.to_json().len()), || {
        black_box(all(|template| template.to_json().len()));
    });
    report("check", all(|template| template.to_yaml().len()), || {
        black_box(all(|template| check(template).len()));
    });
}

/// The best of several runs.
fn report(what: &str, bytes: usize, mut run: impl FnMut()) {
    let mut best = Duration::MAX;
    for _ in 0..20 {
        let start = Instant::now();
        run();
        best = best.min(start.elapsed());
    }
    let speed = bytes as f64 / best.as_secs_f64() / 1e6;
    println!("  {what:<20} {best:>12.2?} {speed:>8.1} MB/s");
}

fn queues(count: usize) -> Template {
    let mut template = Template {
        format_version: Some("2010-09-09".to_owned()),
        ..Template::default()
    };
    for index in 0..count {
        let dead = format!("DeadLetters{index}");
        let redrive = Value::from([
            (
                "deadLetterTargetArn",
                Value::function(Function::GetAtt, format!("{dead}.Arn")),
            ),
            ("maxReceiveCount", 5.into()),
        ]);
        let properties = [
            (
                "QueueName",
                Value::function(Function::Sub, format!("${{AWS::StackName}}-queue-{index}")),
            ),
            ("KmsMasterKeyId", "alias/aws/sqs".into()),
            ("VisibilityTimeout", 30.into()),
            ("RedrivePolicy", redrive),
        ];
        let resource = |properties: Vec<(&str, Value)>| {
            Member::One(Resource {
                resource_type: "AWS::SQS::Queue".to_owned(),
                properties: properties
                    .into_iter()
                    .map(|(name, value)| (name.to_owned(), value))
                    .collect(),
                ..Resource::default()
            })
        };
        if index % 2 == 0 {
            template.resources.insert(
                format!("DeadLetters{index}"),
                resource(vec![("MessageRetentionPeriod", 1_209_600.into())]),
            );
        } else {
            template
                .resources
                .insert(format!("DeadLetters{index}"), resource(properties.to_vec()));
        }
    }
    template
}
