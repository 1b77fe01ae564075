//! What a resource type is called in Rust.

use std::collections::HashMap;

use stratiform_catalog::ResourceType;

use super::beyond::all;
use crate::name::{TakenNames, camel, snake};

/// Where the struct of a resource type is.
#[derive(Clone, Debug)]
pub(super) struct Named {
    /// The module of its service: `rds`.
    pub(super) service: String,
    /// `DbInstance`.
    pub(super) name: String,
    /// `db_instance`: where its property types are.
    pub(super) module: String,
}

/// The names of all types of the services that were asked for. Which types a crate lists changes none of them.
#[derive(Debug, Default)]
pub(super) struct Names(HashMap<String, HashMap<&'static str, Named>>);

impl Names {
    pub(super) fn of(&mut self, resource_type: ResourceType) -> Named {
        let (service, name) = parts(resource_type.name());
        let names = self
            .0
            .entry(service.clone())
            .or_insert_with(|| every(&service));
        let unlisted = || Named {
            module: snake(name),
            name: camel(name),
            service,
        };
        names
            .get(resource_type.name())
            .cloned()
            .unwrap_or_else(unlisted)
    }
}

fn every(service: &str) -> HashMap<&'static str, Named> {
    let mut scope = TakenNames::default();
    let mut names = HashMap::new();
    for resource_type in all().iter().map(|each| each.name()) {
        let (own, name) = parts(resource_type);
        if own == service {
            let named = Named {
                module: scope.take([snake(name), snake(name) + "_properties"]),
                name: scope.take([camel(name)]),
                service: own,
            };
            names.insert(resource_type, named);
        }
    }
    names
}

/// `AWS::RDS::DBInstance` → `rds`, `DBInstance`; vendors other than AWS keep their name in the module.
fn parts(resource_type: &'static str) -> (String, &'static str) {
    let mut parts = resource_type.split("::");
    let vendor = parts.next().unwrap_or_default();
    let service = parts.next().unwrap_or_default();
    let name = resource_type.rsplit("::").next().unwrap_or_default();
    let service = if vendor == "AWS" {
        service.to_lowercase()
    } else {
        format!("{vendor}_{service}").to_lowercase()
    };
    (service, name)
}
