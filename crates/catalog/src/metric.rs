//! Metrics of CloudWatch that services measure: their names, their dimensions, and what of a resource a dimension holds.
//!
//! Here live the facts of `data/metrics.tsv`, which has AWS's page of each namespace. Namespaces that are not in it are
//! somebody's own, or nothing is known of them.

use std::collections::BTreeMap;
use std::sync::LazyLock;

static TABLE: &str = include_str!("../data/metrics.tsv");

static NAMESPACES: LazyLock<BTreeMap<&str, Namespace>> = LazyLock::new(|| {
    let mut namespaces = BTreeMap::<_, Namespace>::new();
    for mut columns in rows() {
        let (Some(word), Some(name)) = (columns.next(), columns.next()) else {
            continue;
        };
        let mut next = || columns.next().unwrap_or_default();
        match word {
            "metrics" => {
                let namespace = namespaces.entry(name).or_default();
                (namespace.is_whole, namespace.metrics) = (next() == "all", next());
            }
            "dimensions" => {
                let namespace = namespaces.entry(name).or_default();
                (namespace.dimensions, namespace.needed) = (next(), next());
            }
            _ => {}
        }
    }
    namespaces
});

/// What of a resource dimensions hold, by dimension and type.
static HELD: LazyLock<BTreeMap<(&str, &str), &str>> = LazyLock::new(|| {
    let held = rows().filter_map(|mut columns| match columns.next()? {
        "from" => Some(((columns.next()?, columns.next()?), columns.next()?)),
        _ => None,
    });
    held.collect()
});

/// What is known of a namespace.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Namespace {
    /// Whether all its metrics are known.
    pub is_whole: bool,
    metrics: &'static str,
    dimensions: &'static str,
    needed: &'static str,
}

impl Namespace {
    /// The names of its metrics.
    pub fn metrics(self) -> impl Iterator<Item = &'static str> {
        self.metrics.split(' ')
    }

    /// The dimensions that its metrics may have; none where that is not known.
    pub fn dimensions(self) -> impl Iterator<Item = &'static str> {
        self.dimensions.split(' ').filter(|name| !name.is_empty())
    }

    /// Dimensions of which each metric has at least one; none where a metric may have no dimension.
    pub fn needed(self) -> impl Iterator<Item = &'static str> {
        let needed = self.needed.split(' ');
        needed.filter(|name| !matches!(*name, "" | "-"))
    }
}

/// Returns what is known of a namespace: `AWS/SQS`.
///
/// ```
/// use stratiform_catalog::metric;
///
/// let queues = metric::namespace("AWS/SQS").unwrap();
/// assert!(queues.metrics().any(|name| name == "SentMessageSize"));
/// assert_eq!(queues.needed().collect::<Vec<_>>(), ["QueueName"]);
/// assert!(metric::namespace("Shop").is_none());
/// ```
pub fn namespace(name: &str) -> Option<Namespace> {
    NAMESPACES.get(name).copied()
}

/// Returns the namespaces that have a metric.
pub fn namespaces_of(metric: &str) -> impl Iterator<Item = &'static str> {
    let all = NAMESPACES.iter();
    let having = all.filter(move |(_, known)| known.metrics().any(|name| name == metric));
    having.map(|(name, _)| *name)
}

/// Returns what of a resource of a type a dimension holds: `Ref`, or names of attributes that are the same; none where
/// neither is it. Nothing where the dimension is not about such resources.
///
/// ```
/// use stratiform_catalog::metric;
///
/// let balancer = "AWS::ElasticLoadBalancingV2::LoadBalancer";
/// let held = metric::held("LoadBalancer", balancer).unwrap();
/// assert_eq!(held.collect::<Vec<_>>(), ["LoadBalancerFullName"]);
/// // A REST API is measured under its name, and `Ref` gives its ID.
/// assert_eq!(metric::held("ApiName", "AWS::ApiGateway::RestApi").unwrap().next(), None);
/// ```
pub fn held(dimension: &str, resource_type: &str) -> Option<impl Iterator<Item = &'static str>> {
    let what = HELD.get(&(dimension, resource_type))?;
    Some(what.split(' ').filter(|what| *what != "-"))
}

fn rows() -> impl Iterator<Item = std::str::Split<'static, char>> {
    let lines = TABLE.lines().filter(|line| !line.starts_with('#'));
    lines.map(|line| line.split('\t'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog;

    #[test]
    fn every_line_says_what_its_word_means() {
        for columns in rows() {
            let columns: Vec<_> = columns.collect();
            match columns.as_slice() {
                ["metrics", _, "all" | "some", names, page] => {
                    let names: Vec<_> = names.split(' ').collect();
                    assert!(names.is_sorted() && !names.contains(&""), "{names:?}");
                    assert!(
                        page.contains("/latest/") || page.contains("/userguide/"),
                        "{page}"
                    );
                }
                ["dimensions", name, all, needed] => {
                    let all: Vec<_> = all.split(' ').collect();
                    let needed = needed.split(' ').filter(|name| *name != "-");
                    for needed in needed {
                        assert!(all.contains(&needed), "{name}: {needed}");
                    }
                    assert!(namespace(name).is_some_and(|known| !known.metrics.is_empty()));
                }
                ["from", _, resource_type, what] => {
                    let known = catalog().resource_type(resource_type).unwrap();
                    for what in what.split(' ').filter(|what| *what != "-") {
                        let mut attributes = known.attributes();
                        let is_known =
                            what == "Ref" || attributes.any(|attribute| attribute.name == what);
                        assert!(is_known, "{resource_type} {what}");
                    }
                }
                other => panic!("{other:?}"),
            }
        }
    }

    #[test]
    fn a_metric_names_its_namespaces() {
        let found: Vec<_> = namespaces_of("VolumeReadOps").collect();
        assert_eq!(found, ["AWS/EBS"]);
        let found: Vec<_> = namespaces_of("HealthyHostCount").collect();
        assert_eq!(found, ["AWS/ApplicationELB", "AWS/ELB", "AWS/NetworkELB"]);
    }
}
