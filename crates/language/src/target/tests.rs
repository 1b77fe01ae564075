use stratiform_template::parse;

use super::*;

const TEMPLATE: &str = "Parameters:
  Stage: {Type: String}
Mappings:
  Sizes: {a: {b: 1}}
Conditions:
  Prod: !Equals [!Ref Stage, prod]
  Other: !Not [!Condition Prod]
  Third: !Not [Condition: Prod]
Resources:
  Topic:
    Type: AWS::SNS::Topic
    Condition: Prod
    Properties:
      TopicName: !Sub \"${Stage}-é-${Queue.QueueName}\"
      DisplayName: !If [Prod, !FindInMap [Sizes, a, b], !GetAtt Queue.Arn]
  Queue:
    Type: AWS::SQS::Queue
    DependsOn: [Topic]
    Properties:
      QueueName: !Sub ['${A}-${Stage}', {A: !Ref Topic}]
      KmsMasterKeyId: {\"Fn::GetAtt\": [\"Topic\", \"TopicName\"]}
";

/// Where `needle` stands the n-th time.
fn nth(needle: &str, n: usize) -> usize {
    TEMPLATE.match_indices(needle).nth(n).unwrap().0
}

#[track_caller]
fn leads(cursor: usize, key: Option<&str>) {
    let found = definition(TEMPLATE, cursor);
    let found = found.map(|range| {
        let line = TEMPLATE[..range.start].matches('\n').count() + 1;
        format!("{line}:{}", &TEMPLATE[range])
    });
    assert_eq!(found.as_deref(), key);
}

#[test]
fn every_kind_of_reference_leads_to_its_key() {
    leads(nth("Stage, prod", 0), Some("2:Stage"));
    leads(nth("${Stage", 0) + 4, Some("2:Stage"));
    leads(nth("${Queue.QueueName", 0) + 4, Some("16:Queue"));
    leads(nth("${Queue.QueueName", 0) + 12, Some("16:Queue"));
    leads(nth("Queue.Arn", 0), Some("16:Queue"));
    leads(nth("Condition Prod", 0) + 11, Some("6:Prod"));
    leads(nth("Condition: Prod", 0) + 11, Some("6:Prod"));
    leads(nth("Condition: Prod", 1) + 11, Some("6:Prod"));
    leads(nth("If [Prod", 0) + 5, Some("6:Prod"));
    leads(nth("[Sizes", 0) + 2, Some("4:Sizes"));
    leads(nth("[Topic]", 0) + 2, Some("10:Topic"));
    leads(nth("Ref Topic", 0) + 5, Some("10:Topic"));
    leads(nth("\"Topic\"", 0) + 2, Some("10:Topic"));
    leads(nth("\"TopicName\"", 0) + 2, Some("10:Topic"));
    // What is no reference leads nowhere.
    leads(nth("AWS::SNS", 0), None);
    leads(nth("${A}", 0) + 2, None);
}

#[test]
fn all_references_are_found_in_their_places() {
    let node = parse(TEMPLATE).unwrap();
    let found = |cursor, with_definition| {
        let ranges = references(TEMPLATE, cursor, &node, with_definition);
        let lines = ranges.into_iter().map(|range| {
            let before = &TEMPLATE[..range.start];
            let line = before.matches('\n').count() + 1;
            format!("{line}:{}", &TEMPLATE[range])
        });
        lines.collect::<Vec<_>>().join(" ")
    };
    assert_eq!(
        found(nth("Stage: ", 0), true),
        "2:Stage 6:Stage 14:Stage 20:Stage"
    );
    assert_eq!(
        found(nth("Prod: ", 0), false),
        "7:Prod 8:Prod 12:Prod 15:Prod"
    );
    assert_eq!(
        found(nth("Ref Topic", 0) + 5, true),
        "10:Topic 18:Topic 20:Topic 21:Topic"
    );
    assert_eq!(
        found(nth("Queue:", 0), false),
        "14:Queue.QueueName 15:Queue.Arn"
    );
    assert_eq!(found(nth("Sizes: ", 0), false), "15:Sizes");
    assert_eq!(found(nth("AWS::SNS", 0), true), "");
}
