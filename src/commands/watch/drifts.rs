//! What differs in the stacks that drifted, as CloudFormation found it at its last look.

use stratiform_aws::Aws;
use stratiform_deploy::status::Status;
use stratiform_deploy::watch::{Drifts, Worse};
use stratiform_finding::words::visible;

use crate::commands::drift::looking::differences;
use crate::commands::status::finding::Place;
use crate::view::{Event, View};

/// Reads what CloudFormation found since it was read last, and gives the first thing that is new.
pub(super) async fn look(
    drifts: &mut Drifts,
    (aws, place): (&Aws, &Place),
    status: &Status,
    view: &mut dyn View,
) -> Option<Worse> {
    let mut worse = None;
    for stack in &status.stacks {
        let mut planned = place.assembly.stacks.iter();
        let planned = planned.find(|planned| place.assembly.key(&planned.name) == stack.key);
        let (Some(planned), Some(checked)) = (planned, drifts.due(stack)) else {
            continue;
        };
        match differences(aws, &planned.name).await {
            Ok(found) => worse = worse.or(drifts.look(&stack.key, checked, &found)),
            Err(unasked) => {
                drifts.unread(&stack.key, checked);
                let why = visible(&unasked.why);
                let text = format!(
                    "whether `{}` drifted further is not known: {why}",
                    stack.key
                );
                view.event(&Event::Notice { text });
            }
        }
    }
    worse
}
