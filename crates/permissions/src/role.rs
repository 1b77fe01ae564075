//! Roles that stacks pass on to services.

use std::collections::{BTreeMap, BTreeSet};

use stratiform_resolve::{Resolved, Resolver};
use stratiform_template::Resource;

use crate::grant::Condition;
use crate::thing::{ANY, Names, Thing, pattern};

/// The type of roles.
const ROLE: &str = "AWS::IAM::Role";

/// The roles of stacks, and the services that may assume each.
#[derive(Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Roles {
    services: BTreeMap<String, BTreeSet<String>>,
}

impl Roles {
    pub(crate) fn collect<'t>(
        &mut self,
        names: &Names<'_, 't>,
        resource: &'t Resource,
        own: &[Thing],
    ) {
        if resource.resource_type != ROLE {
            return;
        }
        let trust = resource.properties.get("AssumeRolePolicyDocument");
        let resolver = Resolver::new(names.scope, names);
        let trust = trust.and_then(|trust| resolver.resolve(trust).part());
        let mut services = BTreeSet::new();
        for statement in trust
            .iter()
            .flat_map(|trust| trust.get("Statement"))
            .flat_map(Resolved::items)
        {
            let trusted = statement
                .get("Principal")
                .and_then(|principal| principal.get("Service"));
            services.extend(trusted.into_iter().flat_map(Resolved::items).map(pattern));
        }
        for role in own {
            self.services
                .entry(role.arn())
                .or_default()
                .extend(services.iter().cloned());
        }
    }

    /// The roles that services may be given, each with the condition that it is one of those that the role trusts.
    /// A role that no service assumes is passed to nobody.
    pub(crate) fn passed(&self) -> impl Iterator<Item = (String, Vec<Condition>)> {
        let roles = self
            .services
            .iter()
            .filter(|(_, services)| !services.is_empty());
        roles.map(|(arn, services)| {
            let is_known = services.iter().all(|service| !service.contains(ANY));
            let condition = Condition {
                operator: "StringEquals".to_owned(),
                key: "iam:PassedToService".to_owned(),
                values: services
                    .iter()
                    .flat_map(|service| taking(service))
                    .collect::<BTreeSet<_>>()
                    .into_iter()
                    .collect(),
            };
            (
                arn.clone(),
                is_known.then_some(condition).into_iter().collect(),
            )
        })
    }
}

/// The services that may take a role for one that assumes it: itself, and the one that it belongs to. The role of
/// `monitoring.rds.amazonaws.com` is given to RDS.
fn taking(service: &str) -> BTreeSet<String> {
    let mut services = BTreeSet::from([service.to_owned()]);
    if let Some((_, parent)) = service
        .split_once('.')
        .filter(|(_, parent)| parent.matches('.').count() == 2)
    {
        services.insert(parent.to_owned());
    }
    services
}

/// Whether a thing is a role.
pub(crate) fn is_role(thing: &Thing) -> bool {
    thing.rest.starts_with("iam:") && thing.rest.contains(":role/")
}
