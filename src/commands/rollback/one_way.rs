//! What cannot go back: said before anything is done.

use std::cmp::Ordering;

use stratiform_assembly::Assembly;
use stratiform_catalog::behaviour;
use stratiform_deploy::guard::StackFound;
use stratiform_finding::words::few_are;
use stratiform_finding::{Code, Finding};
use stratiform_template::{Member, Resource, Template, Value};

use crate::args::Rollback;
use crate::assemblies::deployed::parse_deployed;
use crate::exit::Exit;
use crate::report::Failure;

/// What has to be known of a way back, in sentences: what comes back is empty.
///
/// # Errors
/// What AWS never takes back: an engine's version, and storage.
pub(super) fn look(
    target: &Assembly,
    found: &[StackFound],
    args: &Rollback,
) -> Result<Vec<String>, Failure> {
    let mut said = Vec::new();
    let mut refused = Vec::new();
    for stack in &target.stacks {
        let key = target.key(&stack.name);
        let is_chosen = |wanted: &String| wanted == key || *wanted == stack.name;
        if !args.stack.is_empty() && !args.stack.iter().any(is_chosen) {
            continue;
        }
        let Some(found) = found.iter().find(|found| found.key == key) else {
            continue;
        };
        let Some(Ok(text)) = &found.template else {
            continue;
        };
        let deployed = parse_deployed(&stack.name, text)?;
        let (comes_back, one_way) = compare(key, &deployed.template, &stack.template);
        said.extend(comes_back);
        refused.extend(one_way);
    }
    let others = found.iter().filter(|found| {
        let stack = found.there().filter(|stack| stack.status.exists());
        stack.is_some_and(|stack| target.stack(&stack.name).is_none())
    });
    let others: Vec<String> = others.map(|found| found.key.clone()).collect();
    if args.stack.is_empty() && !others.is_empty() {
        let verb = if others.len() == 1 {
            "it stays"
        } else {
            "they stay"
        };
        said.push(format!(
            "{} not in the release: {verb} as deployed",
            few_are(&others)
        ));
    }
    if refused.is_empty() {
        return Ok(said);
    }
    let mut failure = Failure::of(refused);
    failure.exit = Exit::No;
    Err(failure)
}

/// What comes back empty, in sentences; and what cannot go back.
pub(crate) fn compare(
    key: &str,
    deployed: &Template,
    target: &Template,
) -> (Vec<String>, Vec<Finding>) {
    let mut said = Vec::new();
    let mut refused = Vec::new();
    for (id, resource) in &target.resources {
        let Member::One(resource) = resource else {
            continue;
        };
        match deployed.resources.get(id) {
            Some(Member::One(now)) if now.resource_type == resource.resource_type => {
                refused.extend(one_way(key, id, now, resource));
            }
            Some(_) => {}
            None if behaviour::holds_data(&resource.resource_type) => said.push(format!(
                "`{key}/{id}` ({}) comes back empty: what it held went with it",
                resource.resource_type
            )),
            None => {}
        }
    }
    (said, refused)
}

/// What AWS never makes smaller.
///
/// Sources: Amazon RDS User Guide, "Upgrading a DB instance engine version" (no downgrade) and "Increasing DB instance
/// storage capacity" (no decrease); the same for Aurora, DocumentDB, Neptune, ElastiCache and EBS volumes.
fn one_way(key: &str, id: &str, now: &Resource, then: &Resource) -> Vec<Finding> {
    const ONE_WAY: [(&str, &[&str]); 8] = [
        (
            "AWS::RDS::DBInstance",
            &["EngineVersion", "AllocatedStorage"],
        ),
        (
            "AWS::RDS::DBCluster",
            &["EngineVersion", "AllocatedStorage"],
        ),
        ("AWS::DocDB::DBCluster", &["EngineVersion"]),
        ("AWS::Neptune::DBCluster", &["EngineVersion"]),
        ("AWS::ElastiCache::ReplicationGroup", &["EngineVersion"]),
        ("AWS::ElastiCache::CacheCluster", &["EngineVersion"]),
        ("AWS::OpenSearchService::Domain", &["EngineVersion"]),
        ("AWS::EC2::Volume", &["Size"]),
    ];
    let properties = ONE_WAY
        .iter()
        .find(|(resource_type, _)| *resource_type == now.resource_type);
    let properties = properties
        .map(|(_, properties)| *properties)
        .unwrap_or_default();
    let found = properties.iter().filter_map(|property| {
        let (now, then) = (text(now, property)?, text(then, property)?);
        (compared(&then, &now) == Ordering::Less).then(|| {
            Finding::new(
                Code::OneWay,
                format!("`{key}/{id}` cannot go back: its {property} is {now}, and was {then} then"),
                "leave its stack out, and bring the others back: --stack; or restore a snapshot from before into a new database",
            )
            .because("AWS never takes that back")
        })
    });
    found.collect()
}

fn text(resource: &Resource, property: &str) -> Option<String> {
    match resource.properties.get(property)? {
        Value::String(text) => Some(text.to_string()),
        Value::Number(number) => Some(number.as_str().to_owned()),
        _ => None,
    }
}

/// Compares versions: numbers as numbers. Where one only says less than the other (`17` and `17.6`), neither is older.
fn compared(one: &str, other: &str) -> Ordering {
    let parts = |text: &str| -> Vec<String> {
        text.split(|c: char| !c.is_ascii_alphanumeric())
            .map(str::to_owned)
            .collect()
    };
    let pairs = parts(one).into_iter().zip(parts(other));
    let orders = pairs.map(
        |(one, other)| match (one.parse::<u64>(), other.parse::<u64>()) {
            (Ok(one), Ok(other)) => one.cmp(&other),
            _ => Ordering::Equal,
        },
    );
    orders
        .into_iter()
        .find(|order| *order != Ordering::Equal)
        .unwrap_or(Ordering::Equal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions() {
        assert_eq!(compared("16.4", "17.2"), Ordering::Less);
        assert_eq!(compared("9.6", "10.1"), Ordering::Less);
        assert_eq!(compared("17.6", "17.6"), Ordering::Equal);
        assert_eq!(compared("17", "17.6"), Ordering::Equal);
        assert_eq!(compared("100", "20"), Ordering::Greater);
        assert_eq!(
            compared("8.0.mysql_aurora.3.04.0", "8.0.mysql_aurora.3.05.2"),
            Ordering::Less
        );
    }

    #[test]
    fn what_comes_back_empty_and_what_never_comes_back() {
        let template = |text: &str| Template::parse(text).unwrap();
        let now = template(
            "Resources:\n  Instance: {Type: AWS::RDS::DBInstance, Properties: {EngineVersion: '17.6', AllocatedStorage: 40}}\n",
        );
        let then = template(
            "Resources:\n  Instance: {Type: AWS::RDS::DBInstance, Properties: {EngineVersion: '16.4', AllocatedStorage: '20'}}\n  \
             Jobs: {Type: AWS::SQS::Queue}\n  Alarm: {Type: AWS::CloudWatch::Alarm}\n",
        );
        let (said, refused) = compare("database", &now, &then);
        assert_eq!(
            said,
            ["`database/Jobs` (AWS::SQS::Queue) comes back empty: what it held went with it"]
        );
        let refused: Vec<&str> = refused
            .iter()
            .map(|finding| finding.what.as_str())
            .collect();
        assert_eq!(
            refused,
            [
                "`database/Instance` cannot go back: its EngineVersion is 17.6, and was 16.4 then",
                "`database/Instance` cannot go back: its AllocatedStorage is 40, and was 20 then",
            ]
        );
        assert_eq!(compare("database", &then, &now).1, []);
    }
}
