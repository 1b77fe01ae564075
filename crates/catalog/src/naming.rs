//! What resources are called, and what their ARNs look like.
//!
//! What lives here: how CloudFormation makes a name where the user gives none ([`naming`]), and the ARNs of what a type's
//! handlers act on ([`arns`]), both from `data/names.tsv`. What does not: what is random in a name, and values of
//! properties; whoever asks has them.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::{ResourceType, Schema, behaviour, catalog};

static TABLE: &str = include_str!("../data/names.tsv");

/// How many characters of a made name are random.
/// Source: recorded names (`EdXB90Au1l86`).
pub const RANDOM: usize = 12;

/// How many letters of the stack and of the logical ID are left in a short name.
/// Source: names in public logs: `EC2Co-EcsEl-1WLGN5YV2XYB`, `infra-aclen-4YIM1ZP45OYX`.
const SHORT: usize = 5;

/// The longest name where nothing else is said.
const LONGEST: usize = 255;

/// Stands for what follows by rule.
const BY_RULE: &str = "-";

/// A line: how names are made, and ARNs.
type Row = (&'static str, &'static str);

static ROWS: LazyLock<BTreeMap<&str, Row>> = LazyLock::new(|| {
    let lines = TABLE.lines().filter(|line| !line.starts_with('#'));
    let row = |line: &'static str| {
        let mut columns = line.split('\t');
        Some((columns.next()?, (columns.next()?, columns.next()?)))
    };
    lines.filter_map(row).collect()
});

/// How resources of a type are named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Naming {
    /// The property with the name that the user can give; steps joined by dots.
    pub property: Option<String>,
    /// The longest name.
    pub longest: usize,
    style: Style,
    /// What it ends with, and the property that has to be true for that.
    end: Option<(String, String)>,
}

/// What does a made name look like?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Style {
    /// `<stack>-<logical ID>-<12>`.
    Mixed,
    /// The same in small letters.
    Lower,
    /// `CFN-<logical ID>-<12>`.
    Parameter,
    /// `<stack 5>-<logical ID 5>-<12>`.
    Short,
}

/// How resources of a type are named; one that nobody knows is named, too.
pub fn naming(resource_type: &str) -> Naming {
    let found = catalog().resource_type(resource_type);
    let by_rule = found.and_then(behaviour::unique_name);
    let by_rule = by_rule.map(|path| path.as_str().to_owned());
    let row = ROWS.get(resource_type);
    row.filter(|(name, _)| *name != BY_RULE)
        .and_then(|(name, _)| Naming::read(name, by_rule.as_deref()))
        .unwrap_or_else(|| Naming::by_rule(found, by_rule))
}

/// An ARN of what a type's handlers act on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arn {
    /// The kind that it is of, where ARNs alone do not tell; see [`crate::action::Kind`].
    pub kind: Option<&'static str>,
    /// Whether it is used where a template says nothing, besides what the stacks have of that kind.
    pub is_default: bool,
    /// The ARN after `arn:PARTITION:`, with holes in braces; what they mean is said in `data/names.tsv`.
    pub form: &'static str,
}

/// The ARNs of what a type's handlers act on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arns {
    /// Whether the resource's own ARNs are among them, or it has none: its handlers act on others. Else nobody wrote
    /// them down.
    pub are_own_known: bool,
    /// The resource, its parts, and what AWS makes for it.
    pub known: Vec<Arn>,
}

/// The kind of roles that services make for themselves; no action has it.
pub const SERVICE_LINKED: &str = "service-linked";

/// The ARNs of what a type's handlers act on.
pub fn arns(resource_type: &str) -> Arns {
    let (_, arns) = ROWS
        .get(resource_type)
        .copied()
        .unwrap_or((BY_RULE, BY_RULE));
    let known = arns
        .split("; ")
        .filter(|arn| ![BY_RULE, "none"].contains(arn));
    Arns {
        are_own_known: !arns.starts_with(BY_RULE),
        known: known.map(Arn::read).collect(),
    }
}

impl Arn {
    fn read(text: &'static str) -> Arn {
        let default = text.strip_prefix('+');
        let text = default.unwrap_or(text);
        let (kind, form) = match text.split_once('=') {
            Some((kind, form)) => (Some(kind), form),
            None => (None, text),
        };
        Arn {
            kind,
            is_default: default.is_some(),
            form,
        }
    }
}

impl Naming {
    fn by(property: Option<String>) -> Naming {
        Naming {
            property,
            longest: LONGEST,
            style: Style::Mixed,
            end: None,
        }
    }

    /// Names as the schema of the property has them.
    fn by_rule(found: Option<ResourceType>, property: Option<String>) -> Naming {
        let schema = property
            .as_deref()
            .and_then(|path| found?.schema().property(path));
        let mut naming = Naming::by(property);
        let Some(schema) = schema.map(Schema::resolve) else {
            return naming;
        };
        let facts = schema.fact().as_map();
        let longest = facts.and_then(|facts| facts.get("maxLength")?.as_int());
        let longest = longest.and_then(|longest| usize::try_from(longest).ok());
        naming.longest = longest.unwrap_or(LONGEST).min(LONGEST);
        let is_small = |pattern: &str| {
            !pattern.contains("A-Z") && !pattern.contains("\\w") && pattern.contains("a-z")
        };
        if schema.pattern().is_some_and(is_small) {
            naming.style = Style::Lower;
        }
        naming
    }

    /// Reads the column `name`; its first word may be `-` for the property that the catalog tells.
    fn read(column: &str, by_rule: Option<&str>) -> Option<Naming> {
        let mut words = column.split(' ');
        let property = match words.next()? {
            "none" => None,
            BY_RULE => by_rule.map(str::to_owned),
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
                        naming.end = Some((end.to_owned(), property.to_owned()));
                    }
                    None => naming.longest = word.parse().ok()?,
                },
            }
        }
        Some(naming)
    }

    /// A name that a template gives, as the service keeps it: some know theirs in small letters. A `${…}` stays as it is.
    pub fn kept(&self, given: &str) -> String {
        if self.style != Style::Lower {
            return given.to_owned();
        }
        let mut in_variable = false;
        let small = given.chars().map(|c| {
            in_variable = match c {
                '{' => true,
                '}' => false,
                _ => in_variable,
            };
            if in_variable {
                c
            } else {
                c.to_ascii_lowercase()
            }
        });
        small.collect()
    }

    /// The name that CloudFormation makes; `random` stands where it is random. Properties tell how it ends.
    pub fn made(
        &self,
        stack: &str,
        logical_id: &str,
        random: &str,
        is_true: impl Fn(&str) -> bool,
    ) -> String {
        let end = self.end.as_ref().filter(|(_, property)| is_true(property));
        let end = end.map_or("", |(end, _)| end.as_str());
        let room = self.longest.saturating_sub(RANDOM + 2 + end.len());
        let (stack, logical_id) = match self.style {
            Style::Mixed | Style::Lower => halves(stack, logical_id, room),
            Style::Parameter => ("CFN", start(logical_id, room.saturating_sub("CFN".len()))),
            Style::Short => (start(stack, SHORT), start(logical_id, SHORT)),
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
    use super::*;

    #[test]
    fn a_given_name_is_what_the_service_keeps() {
        let kept = |resource_type: &str, given: &str| naming(resource_type).kept(given);
        assert_eq!(
            kept("AWS::RDS::DBInstance", "Shop-${AWS::Region}-A"),
            "shop-${AWS::Region}-a"
        );
        assert_eq!(kept("AWS::SQS::Queue", "Shop-Jobs"), "Shop-Jobs");
    }

    #[test]
    fn a_made_name_has_stack_and_logical_id() {
        let check = |column: &str, stack: &str, logical_id: &str, expected: &str| {
            let naming = Naming::read(column, None).unwrap();
            let made = naming.made(stack, logical_id, "EdXB90Au1l86", |_| false);
            assert!(made.len() <= naming.longest, "{made}");
            let expected = format!("{expected}EdXB90Au1l86");
            let lower = if column.contains("lower") {
                expected.to_lowercase()
            } else {
                expected
            };
            assert_eq!(made, lower, "{column}");
        };
        check("QueueName 80", "shop", "Orders", "shop-Orders-");
        check("BucketName 63 lower", "Shop", "Logs", "shop-logs-");
        check("Name parameter", "shop", "A", "CFN-A-");
        check(
            "Name 32 short",
            "storefront",
            "LoadBalancer",
            "store-LoadB-",
        );
        check("none 24 short", "infra", "aclentry", "infra-aclen-");
        let (long, longer) = ("s".repeat(60), "L".repeat(90));
        let both = format!("{}-{}-", "s".repeat(25), "L".repeat(25));
        check("RoleName 64", &long, &longer, &both);
        check(
            "RoleName 64",
            &long,
            "Role",
            &format!("{}-Role-", "s".repeat(46)),
        );
        check(
            "RoleName 64",
            "st",
            &longer,
            &format!("st-{}-", "L".repeat(48)),
        );
    }

    #[test]
    fn a_name_ends_as_properties_say() {
        let naming = naming("AWS::SQS::Queue");
        let made = |is_fifo| naming.made("s", "Q", "*", |path| path == "FifoQueue" && is_fifo);
        assert_eq!(made(true), "s-Q-*.fifo");
        assert_eq!(made(false), "s-Q-*");
    }

    #[test]
    fn lines_are_about_what_the_schemas_have() {
        let written = TABLE.lines().filter(|line| !line.starts_with('#'));
        let written: Vec<Vec<&str>> = written.map(|line| line.split('\t').collect()).collect();
        assert!(written.is_sorted_by_key(|columns| columns[0]));
        assert_eq!(written.len(), ROWS.len());
        for columns in &written {
            let &[name, named, _, source] = columns.as_slice() else {
                panic!("{columns:?}");
            };
            assert!(!source.is_empty(), "{name}");
            let found = catalog().resource_type(name);
            let found = found.unwrap_or_else(|| panic!("{name} is no type"));
            let first = |path: &str| path.split('.').next().unwrap_or_default().to_owned();
            let has = |path: &str| found.schema().property(&first(path)).is_some();
            if named != BY_RULE {
                let naming = Naming::read(named, None).unwrap_or_else(|| panic!("{name}: {named}"));
                let end = naming.end.map(|(_, property)| property);
                for path in naming.property.into_iter().chain(end) {
                    assert!(has(&path), "{name} has no property {path}");
                }
            }
            for arn in arns(name).known {
                let holes = arn
                    .form
                    .split('{')
                    .skip(1)
                    .filter_map(|part| part.split('}').next());
                for hole in holes {
                    let source = hole.split('|').next().unwrap_or_default();
                    match source.strip_prefix('.') {
                        Some(path) => assert!(has(path), "{name} has no property {path}"),
                        None => assert!(
                            ["region", "account", "stack", "id", "name"].contains(&source),
                            "{name}: {hole}"
                        ),
                    }
                }
            }
        }
    }

    #[test]
    fn arns_are_of_kinds_that_the_type_s_handlers_act_on() {
        for (name, _) in ROWS.iter() {
            let found = catalog().resource_type(name).unwrap();
            let actions = found
                .handlers()
                .flat_map(|handler| found.permissions(handler));
            let actions = actions.chain(found.tagging_permissions());
            let kinds: Vec<_> = actions
                .filter_map(crate::action::action)
                .flat_map(|action| &action.kinds)
                .collect();
            // Types without handlers have nothing that could say so.
            let arns = arns(name).known.into_iter();
            for arn in arns.filter(|arn| !kinds.is_empty() && arn.kind != Some(SERVICE_LINKED)) {
                let start = |text: &str| text.split(['*', '{']).next().unwrap_or_default().len();
                let fits = |format: &str| {
                    let known = start(&format.replace("{region}", "").replace("{account}", ""));
                    let plain = arn.form.replace("{region}", "").replace("{account}", "");
                    let format = format.replace("{region}", "").replace("{account}", "");
                    plain.get(..known.min(start(&plain))) == format.get(..known.min(start(&plain)))
                };
                let is_of = |kind: &&crate::action::Kind| {
                    arn.kind.is_none_or(|name| name == kind.name)
                        && kind.formats.iter().any(|format| fits(format))
                };
                assert!(kinds.iter().any(is_of), "{name}: {}", arn.form);
            }
        }
    }
}

/// Within what can a name be given once?
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum NameScope {
    /// The partition: no other account may have it either.
    Partition,
    /// The account, in all of its regions.
    Account,
    /// The account in the region.
    Region,
}

/// Within what names of a type can be given once.
///
/// Source: AWS whitepaper "Fault Isolation Boundaries", global services; of dashboards, CloudWatch user guide.
pub fn name_scope(resource_type: &str) -> NameScope {
    const OF_ACCOUNT: [&str; 9] = [
        "AWS::Budgets::",
        "AWS::CE::",
        "AWS::CloudFront::",
        "AWS::CloudWatch::Dashboard",
        "AWS::GlobalAccelerator::",
        "AWS::IAM::",
        "AWS::Organizations::",
        "AWS::Route53::",
        "AWS::Shield::",
    ];
    match resource_type {
        "AWS::S3::Bucket" => NameScope::Partition,
        _ if OF_ACCOUNT
            .iter()
            .any(|global| resource_type.starts_with(global)) =>
        {
            NameScope::Account
        }
        _ => NameScope::Region,
    }
}
