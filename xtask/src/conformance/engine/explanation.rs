//! Reasons for differences that are no mistakes of the engine: all of them, each a rule about the recording itself.
//!
//! What lives here: the rules for answers of an endpoint. What does not: the words, which both comparisons share
//! ([`Explanation`]); and the rules for what is known offline, which are many more.

pub(super) use super::super::difference::Explanation;

use super::column::Column;
use super::judge::Finding;
use super::recording::Recording;

/// The reason for a difference, where one of the rules gives it.
pub(super) fn explain(case: &Recording, column: Column, finding: &Finding) -> Option<Explanation> {
    let plain = matches!(column, Column::Plain | Column::Creation);
    (plain && is_of_before_2023(finding) && case.date().as_str() < "2023")
        .then_some(Explanation::Before2023)
}

/// Whether a difference is one that the service of then and the service of today have.
fn is_of_before_2023(finding: &Finding) -> bool {
    if finding.at.ends_with("/PolicyAction") {
        return finding.recorded.is_none();
    }
    let of_parameter = |detail: &serde_json::Value| detail["ChangeSource"] == "ParameterReference";
    finding.at.ends_with("/Details")
        && match (&finding.recorded, &finding.ours) {
            // The parameter's own detail.
            (None, Some(ours)) => of_parameter(ours),
            // Without that one, the property's was `Static`.
            (Some(recorded), Some(ours)) => {
                let evaluation = "Evaluation";
                let mut then = ours.clone();
                then[evaluation] = "Static".into();
                ours[evaluation] == "Dynamic" && then == *recorded
            }
            (_, None) => false,
        }
}
