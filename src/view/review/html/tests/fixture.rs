//! Reviews to draw.

use stratiform_diff::{Certainty, Consequence, Kind, Note, Severity};

use crate::view::review::fixture::{self, SECRET};
use crate::view::reviewed::{Review, ReviewedStack};

const BEFORE: &str = include_str!("before.yaml");
pub(super) const AFTER: &str = include_str!("after.yaml");

/// A stack with parameters' defaults.
pub(super) fn stack(name: &str, before: Option<&str>, after: Option<&str>) -> ReviewedStack {
    fixture::stack(
        name,
        before.map(|it| (it, [].as_slice())),
        after.map(|it| (it, [].as_slice())),
    )
}

fn consequence(severity: Severity, kind: Kind, id: &str, what: &str, why: &str) -> Consequence {
    Consequence {
        kind,
        logical_id: Some(id.to_owned()),
        resource_type: None,
        why: why.to_owned(),
        help: None,
        ..fixture::consequence(severity, what)
    }
}

/// A stack of a shop with a change of every kind.
pub(super) fn shop() -> ReviewedStack {
    let mut stack = fixture::stack(
        "storefront-prod-orders",
        Some((BEFORE, &[("Password", SECRET)])),
        Some((AFTER, &[("Password", &format!("{SECRET}-2"))])),
    );
    stack.diff.consequences = vec![
        Consequence {
            resource_type: Some("AWS::Logs::LogGroup".to_owned()),
            details: vec!["the metric filter `Errors` is replaced with it".to_owned()],
            help: Some(
                "set `UpdateReplacePolicy: Retain`, or export the messages first".to_owned(),
            ),
            ..consequence(
                Severity::Danger,
                Kind::DataLoss,
                "Logs",
                "replaces the log group `Logs`, and deletes its messages with the old one",
                "`LogGroupName` is a createOnly property of the type; `UpdateReplacePolicy` is `Delete` by default",
            )
        },
        Consequence {
            certainty: Certainty::May,
            resource_type: Some("AWS::DynamoDB::Table".to_owned()),
            ..consequence(
                Severity::Danger,
                Kind::DataLoss,
                "Orders",
                "may replace the table `Orders`, and delete its items with the old one",
                "`KeySchema` is a conditionalCreateOnly property of the type",
            )
        },
        Consequence {
            details: vec!["allow `dynamodb:*` on `${Orders.Arn}`".to_owned()],
            ..consequence(
                Severity::Warning,
                Kind::AccessWidened,
                "OrdersReader",
                "lets the role `OrdersReader` do more with the table `Orders`",
                "the statement `ReadOrders` allowed `dynamodb:GetItem` and `dynamodb:Query`",
            )
        },
        Consequence {
            certainty: Certainty::May,
            ..consequence(
                Severity::Note,
                Kind::NetworkNarrowed,
                "LegacyTopic",
                "nobody can subscribe to the topic `LegacyTopic` any more",
                "the topic goes",
            )
        },
    ];
    stack.diff.notes = vec![Note {
        what: "the value of the parameter `ImageTag` is not known".to_owned(),
        help: Some("pass it with `--parameter ImageTag=…`".to_owned()),
    }];
    stack
}

/// A review with everything in it.
pub(super) fn everything() -> Review {
    let mut review = fixture::review(vec![
        stack("storefront-prod-network", Some(AFTER), Some(AFTER)),
        shop(),
        stack("storefront-prod-reports", None, Some(AFTER)),
    ]);
    let queue = "Resources:\n  Jobs:\n    Type: AWS::SQS::Queue\n";
    let removed = stack("storefront-staging-jobs", Some(queue), None);
    let mut staging = fixture::review(vec![removed]).environments;
    staging[0].name = Some("staging".to_owned());
    review.environments.append(&mut staging);
    review
}
