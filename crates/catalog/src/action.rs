//! IAM actions: whether one exists, what it acts on, and what the ARNs of that look like.
//!
//! Here live the actions that handlers of resource types name, read from `data/actions.tsv`, which `cargo xtask catalog`
//! writes. Which ARNs resources have says `naming`; what follows from both, `permissions`.
//!
//! Nothing is read before somebody asks, and then only the lines of the service.

use std::collections::BTreeMap;
use std::sync::{LazyLock, OnceLock};

static TABLE: &str = include_str!("../data/actions.tsv");

/// The lines of each service, and what they say once somebody has asked.
static SERVICES: LazyLock<BTreeMap<&str, (&str, OnceLock<Service>)>> = LazyLock::new(|| {
    let blocks = TABLE.split("\nservice\t").skip(1);
    let blocks = blocks.filter_map(|block| block.split_once('\n'));
    blocks
        .map(|(service, lines)| (service, (lines, OnceLock::new())))
        .collect()
});

/// What is known of a service.
#[derive(Debug, Default)]
struct Service {
    kinds: Vec<Kind>,
    /// By name in small letters.
    actions: BTreeMap<String, Action>,
}

/// An action, as IAM knows it.
#[derive(Clone, Debug)]
pub struct Action {
    /// The service: `sqs`.
    pub service: &'static str,
    /// The name: `CreateQueue`; in small letters where no handler spells it.
    pub name: &'static str,
    /// The kinds that it acts on. None: it knows no resources, and is allowed on all or not at all.
    pub kinds: Vec<Kind>,
}

/// A kind of thing that actions act on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kind {
    /// The name in small letters: `queue`.
    pub name: &'static str,
    /// What its ARNs look like after `arn:PARTITION:`, with `{region}`, `{account}` and `*` for anything:
    /// `sqs:{region}:{account}:*`.
    pub formats: Vec<&'static str>,
}

/// Finds an action: `sqs:CreateQueue`, in letters of any size. None where IAM has none of that name, and where no
/// handler names it.
pub fn action(name: &str) -> Option<&'static Action> {
    let (service, name) = name.split_once(':')?;
    let service = service_of(&service.to_ascii_lowercase())?;
    service.actions.get(&name.to_ascii_lowercase())
}

/// All actions of a service.
pub fn actions(service: &str) -> impl Iterator<Item = &'static Action> {
    let service = service_of(service);
    service
        .into_iter()
        .flat_map(|service| service.actions.values())
}

/// All kinds of things that a service's actions act on.
pub fn kinds(service: &str) -> &'static [Kind] {
    service_of(service).map_or(&[], |service| &service.kinds)
}

fn service_of(name: &str) -> Option<&'static Service> {
    let (name, (lines, service)) = SERVICES.get_key_value(name)?;
    Some(service.get_or_init(|| Service::read(name, lines)))
}

impl Service {
    fn read(name: &'static str, lines: &'static str) -> Service {
        let mut service = Service::default();
        for line in lines.lines() {
            let mut words = line.split('\t');
            match (words.next(), words.next()) {
                (Some("kind"), Some(name)) => service.kinds.push(Kind {
                    name,
                    formats: words.collect(),
                }),
                (Some("on"), Some(kinds)) => {
                    let on: Vec<_> = kinds
                        .split(';')
                        .filter_map(|kind| service.kind(kind))
                        .collect();
                    let names = words.next().unwrap_or_default().split(' ');
                    let actions = names.map(|action| {
                        let known = Action {
                            service: name,
                            name: action,
                            kinds: on.clone(),
                        };
                        (action.to_ascii_lowercase(), known)
                    });
                    service.actions.extend(actions);
                }
                _ => {}
            }
        }
        service
    }

    fn kind(&self, name: &str) -> Option<Kind> {
        self.kinds.iter().find(|kind| kind.name == name).cloned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(name: &str) -> Option<(String, &'static [Kind])> {
        let found = action(name)?;
        Some((format!("{}:{}", found.service, found.name), &found.kinds))
    }

    #[test]
    fn an_action_is_found_in_letters_of_any_size_with_what_it_acts_on() {
        let queue = Kind {
            name: "queue",
            formats: vec!["sqs:{region}:{account}:*"],
        };
        let queue = [queue];
        for name in ["sqs:CreateQueue", "SQS:createqueue"] {
            let (told, kinds) = told(name).unwrap();
            assert_eq!(
                (told.as_str(), kinds),
                ("sqs:CreateQueue", queue.as_slice())
            );
        }
        assert!(told("kms:CreateKey").unwrap().1.is_empty());
        let kinds = told("ec2:CreateSubnet").unwrap().1;
        let names: Vec<_> = kinds.iter().map(|kind| kind.name).collect();
        assert_eq!(names, ["ipam-pool", "subnet", "vpc"]);
        for other in ["s3:REST.PUT.OBJECT", "nobody:Knows", "sqs", "sqs:"] {
            assert_eq!(told(other), None, "{other}");
        }
    }

    #[test]
    fn every_line_is_read() {
        let lines = TABLE.lines().filter(|line| !line.starts_with('#'));
        for line in lines {
            let first = line.split('\t').next();
            assert!(matches!(first, Some("service" | "kind" | "on")), "{line}");
        }
        let services = TABLE.lines().filter(|line| line.starts_with("service\t"));
        assert_eq!(services.count(), SERVICES.len());
        for (service, (lines, _)) in SERVICES.iter() {
            let on = lines.lines().filter_map(|line| line.strip_prefix("on\t"));
            for kind in on
                .filter_map(|line| line.split('\t').next())
                .flat_map(|on| on.split(';'))
            {
                let known = kinds(service).iter().any(|known| known.name == kind);
                assert!(known || kind == "-", "{service}: {kind}");
            }
            for action in actions(service) {
                assert!(!action.name.is_empty() && !action.name.contains(['\t', ':']));
                let known = action.kinds.iter().all(|kind| !kind.formats.is_empty());
                assert!(known, "{service}:{}", action.name);
            }
        }
    }
}
