//! Names: those that users give, and those that are made where they give none.

use serde_json::{Map, Value};

use super::Place;
use super::form::{Condition, property, text};
use crate::ids::Ids;

/// How many characters of a made name are random.
/// Source: recorded names (`EdXB90Au1l86`), emulators.md 8-4.
const RANDOM: usize = 12;

/// How many letters of the stack and of the logical ID are left in a short name.
/// Source: names in public logs: `EC2Co-EcsEl-1WLGN5YV2XYB`, `infra-aclen-4YIM1ZP45OYX`.
const SHORT: usize = 5;

/// The longest name where nothing else is said.
const LONGEST: usize = 255;

/// How resources of a type are named.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Naming {
    /// The property with the name that the user can give.
    pub(super) property: Option<String>,
    pub(super) longest: usize,
    pub(super) style: Style,
    /// What it ends with, and when.
    pub(super) end: Option<(String, Condition)>,
}

/// What does a made name look like?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    /// `<stack>-<logical ID>-<12>`.
    Mixed,
    /// The same in small letters.
    Lower,
    /// `CFN-<logical ID>-<12>`.
    Parameter,
    /// `<stack 5>-<logical ID 5>-<12>`.
    Short,
}

impl Naming {
    /// Names by a property, if there is one.
    pub(super) fn by(property: Option<String>) -> Naming {
        Naming {
            property,
            longest: LONGEST,
            style: Style::Mixed,
            end: None,
        }
    }

    /// Reads the column `name`; its first word may be `-` for the property that the catalog tells.
    pub(super) fn read(column: &str, by_rule: Option<&str>) -> Option<Naming> {
        let mut words = column.split(' ');
        let property = match words.next()? {
            "none" => None,
            "-" => by_rule.map(str::to_owned),
            property => Some(property.to_owned()),
        };
        let mut naming = Naming::by(property);
        for word in words {
            match word {
                "lower" => naming.style = Style::Lower,
                "parameter" => naming.style = Style::Parameter,
                "short" => naming.style = Style::Short,
                _ => match word.strip_prefix("end=") {
                    Some(end) => {
                        let (end, property) = end.split_once(':')?;
                        let condition = Condition::read(&format!("{property}=true"));
                        naming.end = Some((end.to_owned(), condition));
                    }
                    None => naming.longest = word.parse().ok()?,
                },
            }
        }
        Some(naming)
    }

    /// The name that the user gave.
    pub(super) fn given(&self, properties: &Map<String, Value>) -> Option<String> {
        let value = property(properties, self.property.as_ref()?)?;
        Some(text(value)).filter(|name| !name.is_empty())
    }

    /// The name that the user gave, or one that is made.
    pub(super) fn name(
        &self,
        properties: &Map<String, Value>,
        place: &Place<'_>,
        ids: &mut Ids,
    ) -> String {
        if let Some(given) = self.given(properties) {
            return given;
        }
        let ends = |(_, condition): &&(String, Condition)| condition.holds(properties);
        let end = self.end.as_ref().filter(ends);
        let end = end.map_or("", |(end, _)| end.as_str());
        let room = self.longest.saturating_sub(RANDOM + 2 + end.len());
        let random = ids.alphanumeric(RANDOM);
        let (stack, logical_id) = match self.style {
            Style::Mixed | Style::Lower => halves(place.stack, place.logical_id, room),
            Style::Parameter => (
                "CFN",
                start(place.logical_id, room.saturating_sub("CFN".len())),
            ),
            Style::Short => (start(place.stack, SHORT), start(place.logical_id, SHORT)),
        };
        let name = format!("{stack}-{logical_id}-{random}{end}");
        match self.style {
            Style::Lower => name.to_lowercase(),
            Style::Mixed | Style::Parameter | Style::Short => name,
        }
    }
}

/// As much of both as there is room for: half of it each, and what one does not need, the other has.
fn halves<'a>(first: &'a str, second: &'a str, room: usize) -> (&'a str, &'a str) {
    let half = room / 2;
    let first_room = room.saturating_sub(second.len()).max(half);
    let first = start(first, first_room);
    (first, start(second, room.saturating_sub(first.len())))
}

/// The first characters; names are ASCII.
fn start(text: &str, length: usize) -> &str {
    text.get(..length).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn name(column: &str, properties: Value, stack: &str, logical_id: &str) -> String {
        let naming = Naming::read(column, None).unwrap();
        let place = Place {
            partition: "aws",
            region: "eu-west-1",
            account: "111111111111",
            stack,
            logical_id,
        };
        let properties = properties.as_object().unwrap();
        let name = naming.name(properties, &place, &mut Ids::new(7));
        assert!(name.len() <= naming.longest, "{name}");
        match name.rsplit_once('-') {
            Some((start, end)) => format!("{start}-{}", end.len()),
            None => name,
        }
    }

    #[test]
    fn a_made_name_has_stack_and_logical_id() {
        let check = |column, stack, logical_id, expected: &str| {
            assert_eq!(
                name(column, json!({}), stack, logical_id),
                expected,
                "{column}"
            );
        };
        check("QueueName 80", "shop", "Orders", "shop-Orders-12");
        check("BucketName 63 lower", "Shop", "Logs", "shop-logs-12");
        check("Name parameter", "shop", "A", "CFN-A-12");
        check(
            "Name 32 short",
            "storefront",
            "LoadBalancer",
            "store-LoadB-12",
        );
        check("none 24 short", "infra", "aclentry", "infra-aclen-12");
        let (long, longer) = ("s".repeat(60), "L".repeat(90));
        check(
            "RoleName 64",
            &long,
            &longer,
            &format!("{}-{}-12", "s".repeat(25), "L".repeat(25)),
        );
        check(
            "RoleName 64",
            &long,
            "Role",
            &format!("{}-Role-12", "s".repeat(46)),
        );
        check(
            "RoleName 64",
            "st",
            &longer,
            &format!("st-{}-12", "L".repeat(48)),
        );
    }

    #[test]
    fn a_given_name_stays_and_fifo_ends_so() {
        assert_eq!(
            name("QueueName 80", json!({"QueueName": "orders"}), "s", "Q"),
            "orders"
        );
        let made = name(
            "QueueName 80 end=.fifo:FifoQueue",
            json!({"FifoQueue": "true"}),
            "s",
            "Q",
        );
        assert_eq!(made, "s-Q-17");
        assert_eq!(
            name(
                "Budget.BudgetName",
                json!({"Budget": {"BudgetName": "all"}}),
                "s",
                "B"
            ),
            "all"
        );
    }
}
