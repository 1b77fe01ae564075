//! The reference app, whole: what is said to make a value does, and nothing else does.

use std::path::Path;

use storefront_stacks::environment::Environment as Storefront;

use super::moved::{RESOURCE, moved};
use super::*;
use crate::Define;
use crate::assemblies::synthesis::synthesized;
use crate::repository::project::Project;

const STOREFRONT: Define<Storefront> = storefront_stacks::app;

fn prod() -> Loaded {
    let files = Path::new(env!("CARGO_MANIFEST_DIR")).join("environments");
    let project = Project::find(Some(&files)).unwrap();
    project.load_one(&STOREFRONT, "prod").unwrap()
}

fn named(variables: &[&Variable]) -> Vec<String> {
    let paths = variables.iter().map(|variable| variable.path.to_string());
    paths.collect()
}

#[test]
fn what_is_said_to_make_a_value_does_and_nothing_else() {
    let loaded = prod();
    let now = synthesized(&STOREFRONT, &loaded.environment).unwrap();
    let provenance = Provenance::of(Synthesis::own(&STOREFRONT), &loaded, &now);
    whatever_moves_is_named(&loaded, &now, &provenance);
    origins_are_those_that_people_expect(&now, &provenance);
}

fn whatever_moves_is_named(loaded: &Loaded, now: &Assembly, provenance: &Provenance) {
    // More values than the search tries.
    let variables = loaded.variables();
    let mut tried = 0;
    for variable in &variables {
        for variation in &variable.variations {
            let Some(other) = loaded.varied(&[variation]) else {
                continue;
            };
            let Ok(other) = synthesized(&STOREFRONT, &other) else {
                continue;
            };
            tried += 1;
            for (keys, _) in moved(now, &other) {
                let names = match keys.len() {
                    0..=RESOURCE => provenance.existence(&keys),
                    _ => provenance.origins(&keys),
                };
                let is_named = names
                    .iter()
                    .any(|name| name.path.steps().starts_with(variable.path.steps()));
                let (path, keys) = (&variable.path, keys.join("/"));
                assert!(is_named, "{path} makes {keys}: {:?}", named(&names));
            }
        }
    }
    assert!(tried > 500, "{tried}");
}

fn origins_are_those_that_people_expect(now: &Assembly, provenance: &Provenance) {
    let keys = |path: &str| -> Keys { path.split('/').map(str::to_owned).collect() };
    let cases: [(&str, &[&str]); 6] = [
        (
            "database/Resources/Instance/Properties/MultiAZ",
            &["database.multi_az"],
        ),
        ("database/Resources/Instance/Properties/Engine", &[]),
        (
            "database/Resources/Instance/Properties/DBInstanceIdentifier",
            &["settings.app"],
        ),
        // It goes with the memory, and cannot be another by itself.
        (
            "services/Resources/WorkerTaskDefinition/Properties/Cpu",
            &["services.worker.cpu"],
        ),
        (
            "queues/Resources/WorkerQueue/Properties/VisibilityTimeout",
            &["services.worker.queue.visibility_timeout_seconds"],
        ),
        (
            "network/Resources/PrivateSubnet3/Properties/CidrBlock",
            &["network.vpc_cidr"],
        ),
    ];
    for (path, expected) in cases {
        assert_eq!(named(&provenance.origins(&keys(path))), expected, "{path}");
        assert!(value_at(now, &keys(path)).is_some(), "{path}");
    }
    let there = |path: &str| named(&provenance.existence(&keys(path)));
    assert_eq!(there("network/Resources/PrivateSubnet3"), ["network.zones"]);
    assert_eq!(there("queues/Resources/WorkerQueue"), ["services.worker"]);
    assert_eq!(there("database/Resources/Instance"), [""; 0]);
    // No other one passes the checks.
    let strategy = "services/Resources/WorkerService/Properties/DeploymentConfiguration/Strategy";
    let strategy = named(&provenance.origins(&keys(strategy)));
    assert_eq!(strategy, ["services.worker.deployment.strategy"]);
    assert_eq!(provenance.untried().count(), 0);
}
