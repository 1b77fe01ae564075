use stratiform_assembly::StackAt;
use stratiform_diff::{StackDiff, diff};
use stratiform_resolve::Whereabouts;
use stratiform_template::Template;

use super::{Graph, Impact, Link, NODE_HEIGHT, NODE_WIDTH};

fn compared(before: &str, after: &str) -> StackDiff {
    let [before, after] = [before, after].map(|text| Template::parse(text).expect("a template"));
    let place = Whereabouts {
        stack: "test".to_owned(),
        region: "eu-west-1".parse().unwrap(),
        account: None,
    };
    diff(
        Some(&StackAt::of("shop", before)),
        Some(&StackAt::of("shop", after)),
        &place,
    )
}

/// A log group, what refers to it, and a topic whose key becomes another.
fn template(name: &str, key: &str, old: &str) -> String {
    format!(
        "Resources:
  Logs: {{Type: AWS::Logs::LogGroup, Properties: {{LogGroupName: {name}}}}}
  Filter: {{Type: AWS::Logs::MetricFilter, Properties: {{LogGroupName: !Ref Logs, FilterPattern: ERROR}}}}
  Policy: {{Type: AWS::SNS::TopicPolicy, Properties: {{Topics: [!Ref Topic], PolicyDocument: !GetAtt Logs.Arn}}}}
  Topic: {{Type: AWS::SNS::Topic, Properties: {{KmsMasterKeyId: !Ref {key}}}}}
  One: {{Type: AWS::KMS::Key}}
  Two: {{Type: AWS::KMS::Key}}
{old}"
    )
}

fn told(graph: &Graph<'_>) -> Vec<String> {
    let id = |index: usize| graph.nodes[index].logical_id;
    let edges = graph.edges.iter();
    edges
        .map(|edge| format!("{} {:?} {}", id(edge.from), edge.link, id(edge.to)))
        .collect()
}

#[test]
fn references_say_what_they_do() {
    let old = "  Old: {Type: AWS::SNS::Subscription, Properties: {TopicArn: !Ref Topic, Protocol: sqs}}\n";
    let diff = compared(&template("one", "One", old), &template("two", "Two", ""));
    let graph = Graph::of(&diff, 60).expect("a graph");
    assert_eq!(
        told(&graph),
        [
            "Logs Replaces Filter",
            "Logs Changes Policy",
            "One Dropped Topic",
            "Topic Refers Old",
            "Topic Refers Policy",
            "Two Refers Topic",
        ]
    );
    let fate = |id: &str| {
        graph
            .nodes
            .iter()
            .find(|node| node.logical_id == id)
            .map(|node| node.fate)
    };
    assert_eq!(fate("Logs"), Some(Impact::WillReplace));
    assert_eq!(fate("Old"), Some(Impact::Removed));
    assert_eq!(fate("Two"), Some(Impact::Unchanged));
    assert!(Link::Replaces > Link::Refers);
}

#[test]
fn what_is_referred_to_stands_left_and_nothing_overlaps() {
    let diff = compared(&template("one", "One", ""), &template("two", "Two", ""));
    let graph = Graph::of(&diff, 60).expect("a graph");
    for edge in &graph.edges {
        assert!(graph.nodes[edge.from].left + NODE_WIDTH < graph.nodes[edge.to].left);
    }
    for (index, one) in graph.nodes.iter().enumerate() {
        assert!(one.left >= 0 && one.left + NODE_WIDTH <= graph.width);
        assert!(one.top >= 0 && one.top + NODE_HEIGHT <= graph.height);
        for two in &graph.nodes[index + 1..] {
            let apart = one.left != two.left || (one.top - two.top).abs() > NODE_HEIGHT;
            assert!(apart, "{} and {}", one.logical_id, two.logical_id);
        }
    }
}

#[test]
fn a_reference_that_turns_round_makes_no_endless_graph() {
    let queue = |name: &str, to: &str| {
        format!("  {name}: {{Type: AWS::SQS::Queue, Properties: {{RedriveAllowPolicy: {to}}}}}\n")
    };
    let resources =
        |one: &str, two: &str| format!("Resources:\n{}{}", queue("One", one), queue("Two", two));
    let diff = compared(&resources("!Ref Two", "x"), &resources("x", "!Ref One"));
    let graph = Graph::of(&diff, 60).expect("a graph");
    assert_eq!(told(&graph), ["One Refers Two", "Two Dropped One"]);
}

#[test]
fn those_with_the_largest_impact_are_drawn_with_what_they_are_connected_with() {
    let diff = compared(&template("one", "One", ""), &template("two", "Two", ""));
    let graph = Graph::of(&diff, 3).expect("a graph");
    let ids: Vec<&str> = graph.nodes.iter().map(|node| node.logical_id).collect();
    assert_eq!(ids, ["Logs", "Filter", "Policy"]);
    assert_eq!(graph.left_out, 3);
    let alone = "Resources: {Queue: {Type: AWS::SQS::Queue}}";
    assert!(Graph::of(&compared("Resources: {}", alone), 60).is_none());
}
