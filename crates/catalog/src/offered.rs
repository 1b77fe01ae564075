//! What a region offers of what a type can be: instance classes, node types.

use std::collections::BTreeSet;

use crate::fact::{Fact, MapFact};
use crate::{behaviour, catalog};

/// A value that a region does not offer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotOffered {
    /// The property, in the words of the source: small letters, steps joined by dots.
    pub property: String,
    /// The value.
    pub value: String,
}

/// Returns the values of a resource that a region does not offer. `value` tells a property by its path in small letters, where
/// it is known.
///
/// Nothing where the source says nothing of the region.
///
/// Source: the price lists of AWS, as the extensions of `cfn-lint` have them.
pub fn not_offered(
    resource_type: &str,
    region: &str,
    value: &dyn Fn(&[&str]) -> Option<String>,
) -> Vec<NotOffered> {
    let prefix = format!("{}/", resource_type.to_lowercase().replace("::", "_"));
    let own = catalog().extensions().filter_map(|(name, extension)| {
        let stem = name.strip_prefix(&prefix)?.strip_suffix("_enum")?;
        Some((stem.to_owned(), extension))
    });
    let of_others = behaviour::offered(resource_type).filter_map(|(path, name)| {
        let stem = path.as_str().to_lowercase().replace('/', "_");
        let extension = catalog().extension(name)?;
        (!name.starts_with(&prefix)).then_some((stem, extension))
    });
    let mut found: Vec<NotOffered> = Vec::new();
    for (stem, extension) in own.chain(of_others) {
        let there = extension
            .as_map()
            .and_then(|by_region| by_region.get(region)?.as_map());
        let Some(there) = there else { continue };
        let path: Vec<&str> = stem.split('_').collect();
        if let Some(offered) = there.get("enum") {
            found.extend(missing(&path, offered, value));
        }
        let cases = there.get("allOf").and_then(Fact::as_list);
        for case in cases
            .into_iter()
            .flat_map(|cases| cases.iter())
            .filter_map(Fact::as_map)
        {
            let holds = case
                .get("if")
                .is_none_or(|condition| holds(condition, value));
            let then = case.get("then").and_then(|then| properties(then.as_map()?));
            for (property, schema) in then.filter(|_| holds).into_iter().flat_map(MapFact::iter) {
                let property = property.to_lowercase();
                let offered = schema.as_map().and_then(|schema| schema.get("enum"));
                found.extend(offered.and_then(|offered| missing(&[&property], offered, value)));
            }
        }
    }
    // The source has some cases twice.
    found.dedup();
    found
}

/// Returns the texts that an extension lists by region: those that some region offers, sorted.
///
/// ```
/// use stratiform_catalog::offered::anywhere;
///
/// let nodes = anywhere("aws_elasticache_cachecluster/cachenodetype_enum");
/// assert!(nodes.contains(&"cache.t4g.micro"));
/// ```
pub fn anywhere(extension: &str) -> Vec<&'static str> {
    let by_region = catalog().extension(extension).and_then(Fact::as_map);
    let regions = by_region.into_iter().flat_map(MapFact::iter);
    let lists = regions.filter_map(|(_, there)| there.as_map()?.get("enum")?.as_list());
    let texts: BTreeSet<&str> = lists
        .flat_map(|list| list.iter())
        .filter_map(Fact::as_text)
        .collect();
    texts.into_iter().collect()
}

fn properties(schema: MapFact) -> Option<MapFact> {
    schema.get("properties")?.as_map()
}

/// The value of a property, where it is known and none of those that are offered.
fn missing(
    path: &[&str],
    offered: Fact,
    value: &dyn Fn(&[&str]) -> Option<String>,
) -> Option<NotOffered> {
    let value = value(path)?;
    let offered = offered.as_list()?;
    let is_there = offered
        .iter()
        .any(|one| one.as_text() == Some(value.as_str()));
    (!is_there).then(|| NotOffered {
        property: path.join("."),
        value,
    })
}

/// Whether a condition holds; what is not known does not.
fn holds(condition: Fact, value: &dyn Fn(&[&str]) -> Option<String>) -> bool {
    let wanted = condition.as_map().and_then(properties);
    wanted
        .into_iter()
        .flat_map(MapFact::iter)
        .all(|(property, schema)| {
            let known = value(&[&property.to_lowercase()]);
            // It must not be there.
            if schema.as_bool() == Some(false) {
                return known.is_none();
            }
            let (Some(known), Some(schema)) = (known, schema.as_map()) else {
                return false;
            };
            let is = |fact: Fact| fact.as_text() == Some(known.as_str());
            let one_of = schema.get("enum").and_then(Fact::as_list);
            schema.get("const").is_none_or(is) && one_of.is_none_or(|all| all.iter().any(is))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(resource_type: &str, region: &str, values: &[(&str, &str)]) -> Vec<String> {
        let value = |path: &[&str]| {
            let path = path.join(".");
            let found = values.iter().find(|(name, _)| *name == path);
            found.map(|(_, value)| (*value).to_owned())
        };
        let found = not_offered(resource_type, region, &value);
        found
            .into_iter()
            .map(|one| format!("{}={}", one.property, one.value))
            .collect()
    }

    #[test]
    fn an_instance_class_of_one_engine() {
        let postgres = |class: &str| {
            let values = [("engine", "postgres"), ("dbinstanceclass", class)];
            of("AWS::RDS::DBInstance", "eu-west-1", &values)
        };
        assert_eq!(postgres("db.t3.medium"), Vec::<String>::new());
        assert_eq!(
            postgres("db.t3.gigantic"),
            ["dbinstanceclass=db.t3.gigantic"]
        );
        // Nobody knows of which engine.
        let values = [("dbinstanceclass", "db.t3.gigantic")];
        assert!(of("AWS::RDS::DBInstance", "eu-west-1", &values).is_empty());
    }

    #[test]
    fn an_instance_type() {
        let offered =
            |region: &str, name: &str| of("AWS::EC2::Instance", region, &[("instancetype", name)]);
        assert!(offered("eu-west-1", "t3.micro").is_empty());
        assert_eq!(offered("eu-west-1", "t3.tiny"), ["instancetype=t3.tiny"]);
        assert!(offered("nowhere-1", "t3.tiny").is_empty());
        // By the list of cache clusters.
        let node = |name: &str| {
            let values = [("cachenodetype", name)];
            of("AWS::ElastiCache::ReplicationGroup", "eu-west-1", &values)
        };
        assert!(node("cache.t4g.micro").is_empty());
        assert_eq!(node("cache.t4g.tiny"), ["cachenodetype=cache.t4g.tiny"]);
        let nested = [("clusterconfig.instancetype", "x")];
        assert_eq!(
            of("AWS::OpenSearchService::Domain", "eu-west-1", &nested),
            ["clusterconfig.instancetype=x"]
        );
    }
}
