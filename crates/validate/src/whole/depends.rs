//! `DependsOn` of what a reference waits for already. `W3005`.
//!
//! Source: CloudFormation user guide, "DependsOn attribute".

use std::collections::HashSet;

use stratiform_finding::words::shortened;
use stratiform_finding::{Code, Finding, Fix, Level};
use stratiform_template::{Reference, Step};

use super::{section, told, walk};
use crate::scene::Scene;

/// A note, since it does no harm: generators write it.
pub(super) fn check(scene: &Scene<'_>, findings: &mut Vec<Finding>) {
    let waits =
        |(_, resource): &(&str, &stratiform_template::Resource)| !resource.depends_on.is_empty();
    if !scene.template.each_resource().any(|one| waits(&one)) {
        return;
    }
    let mut needed: HashSet<(&str, &str)> = HashSet::new();
    walk::each(scene, &mut |spot, value, _| {
        if spot.is_always && spot.part.has_references() {
            value.for_own_references(&mut |reference| {
                if let Reference::Name(name)
                | Reference::Attribute {
                    logical_id: name, ..
                } = reference
                {
                    needed.insert((spot.owner, name));
                }
            });
        }
    });
    let resources = section("Resources");
    for (logical_id, resource) in scene.template.each_resource().filter(waits) {
        let path = resources.key(logical_id);
        let path = path.key("DependsOn");
        for (position, target) in resource.depends_on.iter().enumerate() {
            let is_known = scene.template.resource(target).is_some();
            if is_known && needed.contains(&(logical_id, target.as_str())) {
                let finding = told(
                    &path.below(Step::Index(position)),
                    (Code::RedundantDependsOn, Level::Note),
                    format!("it waits for `{}` already", shortened(target)),
                    "a reference to it makes it wait",
                    "remove it from `DependsOn`",
                );
                findings.push(finding.fixed_by(Fix::Remove));
            }
        }
    }
}
