//! What our own diff says of a stack, in the words that a change set is held against.

use stratiform_changes::{ChangedResource, Edit, Replacement, predicted};
use stratiform_deploy::{Impact, Predicted, Prediction};
use stratiform_diff::StackDiff;
use stratiform_service::LogicalId;
use stratiform_service::change::Attribute;

/// What happens to the resources of a stack.
pub(super) fn prediction(diff: &StackDiff) -> Prediction {
    let changes = diff.resources.iter();
    let changes = changes.filter_map(|resource| {
        Some(Predicted {
            logical_id: LogicalId::new(&resource.logical_id).ok()?,
            impact: impact(resource)?,
        })
    });
    Prediction {
        changes: changes.collect(),
    }
}

/// As bad as it is said to be, by us or by CloudFormation: that the latter is more careful is no surprise.
fn impact(resource: &ChangedResource) -> Option<Impact> {
    match resource.action {
        Edit::Add => return Some(Impact::Made),
        Edit::Remove => return Some(Impact::Removed),
        Edit::Modify => {}
    }
    let said = predicted(&resource.values);
    Some(match resource.replacement().max(said) {
        Replacement::Will => Impact::Replaced,
        Replacement::May => Impact::MayBeReplaced,
        Replacement::WillNot if !resource.is_expected() => return None,
        Replacement::WillNot => {
            let mut expected = resource.expected();
            if expected.all(|detail| detail.attribute == Attribute::Tags) {
                Impact::Tagged
            } else {
                Impact::Updated
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use stratiform_assembly::StackAt;
    use stratiform_diff::diff;
    use stratiform_resolve::Whereabouts;
    use stratiform_template::Template;

    use super::*;

    fn stack(template: &str) -> StackAt {
        StackAt::of("shop-dev-queues", Template::parse(template).unwrap())
    }

    fn predict(before: Option<&str>, after: &str) -> Vec<(String, Impact)> {
        let (before, after) = (before.map(stack), stack(after));
        let place = Whereabouts {
            stack: "shop-dev-queues".to_owned(),
            region: "eu-west-1".parse().unwrap(),
            account: None,
        };
        let found = prediction(&diff(before.as_ref(), Some(&after), &place));
        let changes = found.changes.into_iter();
        changes
            .map(|change| (change.logical_id.to_string(), change.impact))
            .collect()
    }

    #[test]
    fn what_happens_to_resources() {
        let before = "Resources:\n  Jobs: {Type: AWS::SQS::Queue, Properties: {QueueName: a}}\n  \
                      Mails: {Type: AWS::SQS::Queue, Properties: {DelaySeconds: 1}}\n  Gone: {Type: AWS::SNS::Topic}\n";
        let after = "Resources:\n  Jobs: {Type: AWS::SQS::Queue, Properties: {QueueName: b}}\n  \
                     Mails: {Type: AWS::SQS::Queue, Properties: {DelaySeconds: 2}}\n  New: {Type: AWS::SNS::Topic}\n";
        let mut found = predict(Some(before), after);
        found.sort();
        let expected = [
            ("Gone", Impact::Removed),
            ("Jobs", Impact::Replaced),
            ("Mails", Impact::Updated),
            ("New", Impact::Made),
        ];
        assert_eq!(found, expected.map(|(id, impact)| (id.to_owned(), impact)));
        assert_eq!(predict(Some(before), before), []);
        assert_eq!(predict(None, before).len(), 3);
    }
}
