//! What values mean, and may be, beyond what the schemas say.

use std::ops::RangeInclusive;

use super::{ANY, Question, Row, paths};
use crate::resource_type::PropertyPath;

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

/// Returns the numbers that AWS takes for a property, where the schema does not say.
///
/// Source: the pages that the table names.
pub fn range(resource_type: &str, path: &str) -> Option<RangeInclusive<i64>> {
    let mut rows = Question::Range.of(resource_type).iter();
    rows.find(|row| row.path == path).and_then(numbers)
}

/// Tells whether [`range`] has an answer for a property of a type.
pub fn has_ranges(resource_type: &str) -> bool {
    Question::Range.is_answered(resource_type)
}

/// The numbers that a line has: `1..900`.
pub(super) fn numbers(row: &Row) -> Option<RangeInclusive<i64>> {
    let (least, most) = row.value.split_once("..")?;
    Some(least.parse().ok()?..=most.parse().ok()?)
}

/// Returns the properties that take a number as text: digits, and nothing else.
///
/// Source: CloudFormation template reference, the pages of the types.
pub fn digits(resource_type: &str) -> impl Iterator<Item = PropertyPath> {
    paths(Question::Digits.of(resource_type))
}

/// Returns the properties that take one of a few texts, and which, where the schema does not say.
///
/// Source: CloudFormation template reference, the pages of the types.
pub fn choices(resource_type: &str) -> impl Iterator<Item = (PropertyPath, Vec<&'static str>)> {
    let rows = Question::Choices.of(resource_type).iter();
    rows.filter_map(|row| Some((row.path()?, row.value.split(' ').collect())))
}

/// Returns the properties that take one of the texts that a region offers, and the extension of the catalog that lists them
/// by region: [`offered::anywhere`](crate::offered::anywhere) has all of them.
///
/// Source: the pages that the table names.
pub fn offered(resource_type: &str) -> impl Iterator<Item = (PropertyPath, &'static str)> {
    let rows = Question::Offered.of(resource_type).iter();
    rows.filter_map(|row| Some((row.path()?, row.value)))
}

/// Returns what properties and attributes identify, where the schema does not say: kinds such as `AWS::EC2::VPC.Id`, the
/// one first that a resource of the type is usually named by; or `Arn`, any ARN. Without a path: what `Ref` gives.
///
/// Source: CloudFormation template reference, the pages of the types.
pub fn names(
    resource_type: &str,
) -> impl Iterator<Item = (Option<PropertyPath>, Vec<&'static str>)> {
    let rows = Question::Names.of(resource_type).iter();
    rows.map(|row| (row.path(), row.value.split(' ').collect()))
}
