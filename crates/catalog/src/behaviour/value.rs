//! What values of some names mean, whatever type they are of.

use super::{ANY, Question};

/// Tells whether an attribute is another one after every update, as `LatestVersionNumber` of a launch template is.
///
/// Source: recorded change sets and the events of their execution.
pub fn counts_up(attribute: &str) -> bool {
    let mut ends = Question::CountsUp.of(ANY).iter();
    ends.any(|row| {
        let end = row.path.strip_prefix(ANY);
        end.is_some_and(|end| attribute.ends_with(end))
    })
}

/// Tells whether the order of a list of unique items means something, although its schema does not say so: the layer
/// that comes later wins, the server that comes first is asked first.
///
/// Source: CloudFormation template reference, the pages of the types.
pub fn order_matters(property: &str) -> bool {
    let mut lists = Question::OrderMatters.of(ANY).iter();
    lists.any(|row| row.path == property)
}
