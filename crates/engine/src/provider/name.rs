//! Names: those that users give, and those that are made where they give none.
//!
//! How a type's names are made is a fact of the catalog ([`stratiform_catalog::naming`]); here properties and chance are
//! added.

use serde_json::{Map, Value};
use stratiform_catalog::naming::{Naming, RANDOM};

use super::Place;
use super::form::{property, text};
use crate::ids::Ids;

/// The name that the user gave.
pub(super) fn given(naming: &Naming, properties: &Map<String, Value>) -> Option<String> {
    let value = property(properties, naming.property.as_ref()?)?;
    Some(text(value)).filter(|name| !name.is_empty())
}

/// The name that the user gave, or one that is made.
pub(super) fn name(
    naming: &Naming,
    properties: &Map<String, Value>,
    place: &Place<'_>,
    ids: &mut Ids,
) -> String {
    given(naming, properties).unwrap_or_else(|| {
        let is_true =
            |path: &str| property(properties, path).is_some_and(|value| text(value) == "true");
        let random = ids.alphanumeric(RANDOM);
        naming.made(place.stack, place.logical_id, &random, is_true)
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use stratiform_catalog::naming::naming;

    use super::*;

    fn check(resource_type: &str, properties: Value, expected: &str) {
        let place = Place {
            partition: "aws",
            region: "eu-west-1",
            account: "111111111111",
            stack: "s",
            logical_id: "Q",
        };
        let properties = properties.as_object().unwrap();
        let made = name(&naming(resource_type), properties, &place, &mut Ids::new(7));
        let told = match made.rsplit_once('-') {
            Some((start, end)) => format!("{start}-{}", end.len()),
            None => made,
        };
        assert_eq!(told, expected, "{resource_type}");
    }

    #[test]
    fn a_given_name_stays_and_one_that_is_made_is_random_at_its_end() {
        check("AWS::SQS::Queue", json!({"QueueName": "orders"}), "orders");
        check("AWS::SQS::Queue", json!({"QueueName": ""}), "s-Q-12");
        check("AWS::SQS::Queue", json!({"FifoQueue": "true"}), "s-Q-17");
        check(
            "AWS::Budgets::Budget",
            json!({"Budget": {"BudgetName": "all"}}),
            "all",
        );
    }
}
