use std::fmt::Write as _;

use super::*;

const TEMPLATE: &str = "Parameters:
  Stage: {Type: String, Default: dev, Description: where it runs}
  Password: {Type: String, NoEcho: true, Default: hunter2}
Mappings:
  Sizes: {small: {b: 1}}
Conditions:
  Prod: !Equals [!Ref Stage, !Ref Password]
Resources:
  Queue:
    Type: AWS::SQS::Queue
    Properties:
      QueueName: !Sub ${Stage}-${AWS::Region}
      VisibilityTimeout: 30
      DelaySeconds: !If [Prod, 1, !FindInMap [Sizes, small, b]]
      Tags:
        - Key: a
          Value: !GetAtt Database.Endpoint.Address
  Database:
    Type: AWS::RDS::DBInstance
    Properties:
      StorageType: gp3
      MasterUserPassword: x
  Own: {Type: My::Own::Thing}
Outputs:
  Out: {Value: !Ref Own}
";

fn said(needle: &str, inside: usize) -> String {
    let cursor = TEMPLATE.find(needle).unwrap() + inside;
    match hover(TEMPLATE, cursor) {
        Some(hover) => format!("`{}` is\n{}", &TEMPLATE[hover.range], hover.markdown),
        None => "nothing is said".to_owned(),
    }
}

#[test]
fn what_is_known_is_said() {
    let places = [
        ("VisibilityTimeout", 2),
        ("QueueName", 2),
        ("Key: a", 1),
        ("AWS::SQS::Queue", 6),
        ("AWS::RDS::DBInstance", 6),
        ("gp3", 1),
        ("MasterUserPassword", 1),
        ("${Stage", 4),
        ("${AWS::Region", 6),
        ("Ref Password", 6),
        ("[Prod", 2),
        ("[Sizes", 2),
        ("Database.Endpoint", 2),
        ("!If", 1),
        ("Ref Own", 5),
        ("  Own:", 3),
        ("Mappings", 1),
        ("where it runs", 1),
    ];
    let mut all = String::new();
    for (needle, inside) in places {
        writeln!(all, "── {needle}\n{}\n", said(needle, inside)).unwrap();
    }
    assert!(!all.contains("hunter2"), "nobody is shown that");
    insta::assert_snapshot!(all);
}

#[test]
fn of_other_files_nothing_is_said() {
    assert_eq!(hover("kind: Pod\nmetadata:\n  name: x\n", 2), None);
}
