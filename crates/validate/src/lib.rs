//! What is wrong with a template by the facts about resource types.
//!
//! What lives here: [`validate`], which holds a template against the catalog under every combination of its conditions
//! that there can be; [`policy`], what must not reach an environment; and [`in_each_scenario`], for whoever else looks at
//! a template that way. What does not: what needs nothing but the template (`stratiform_template::check`), which is asked
//! too.
//!
//! An error is one whatever comes of what is not known here. Of what CloudFormation evaluates, of what the catalog does
//! not have, and of limits that cannot be read nothing is said; what could not be looked at is counted
//! ([`Report::not_checked`]).

mod accepted;
mod block;
mod bound;
mod cases;
mod extension;
mod facts;
mod globals;
mod hidden;
mod kept;
mod kind;
mod nested;
mod parameter;
mod pattern;
pub mod policy;
mod report;
mod resource;
mod rule;
mod scene;
mod schema;
pub mod secret;
mod together;
mod whole;

use std::collections::HashSet;

pub use accepted::{Accepted, accepted};
pub use cases::{Scenario, in_each_scenario};
pub use kind::{given_by, kinds};
pub use nested::validate_nested;
pub use report::{NotChecked, Reason, Report};
use scene::Scene;
use stratiform_finding::Finding;
use stratiform_resolve::written_out;
use stratiform_template::{Node, Template};
pub use together::{Deployed, validate_together};

/// Holds a template against the facts, for the regions that it is deployed to; for any, where none is named.
pub fn validate(template: &Template, regions: &[&str]) -> Report {
    let mut report = without_secrets(template, regions);
    secret::told(&secret::written(template), &mut report.findings);
    report
}

/// Takes the secrets of a template out of what is said of it by others.
pub fn hide_secrets(template: &Template, findings: &mut [Finding]) {
    if !findings.is_empty() {
        secret::hide(&secret::written(template), findings);
    }
}

/// All but what is said of secrets.
fn without_secrets(template: &Template, regions: &[&str]) -> Report {
    let look = |template: &Template| {
        let look = |template: &Template| plain(template, regions);
        globals::looked_at(template, look, |report| &mut report.findings)
    };
    let mut report = match written_out(template) {
        Some(written) => {
            let report = look(&written.template);
            hidden::with_loops(&written, template, report)
        }
        None => look(template),
    };
    whole::serverless::globals(template, &mut report.findings);
    whole::unused::check(template, &mut report.findings);
    // Schemas say some things twice, and loops everything.
    let mut seen = HashSet::new();
    report
        .findings
        .retain(|finding| seen.insert((finding.path.clone(), finding.what.clone())));
    report
}

/// The same of one whose resources say all of it themselves.
fn plain(template: &Template, regions: &[&str]) -> Report {
    let scene = Scene::new(template, regions);
    let mut report = Report::default();
    resource::check(&scene, &mut report);
    report.findings.extend(whole::check(&scene));
    hidden::count(&scene);
    report.not_checked = scene.skipped.into_inner();
    report
}

/// The same of a text's tree, as far as it can be read as a template; with what is wrong with its form first.
pub fn inspect(node: &Node, regions: &[&str]) -> Report {
    let inspected = stratiform_template::inspect(node);
    let mut report = without_secrets(&inspected.template, regions);
    let own = std::mem::take(&mut report.findings).into_iter();
    let own = own.filter(|finding| !inspected.follows(finding));
    let size = whole::limit::size(node.span.end.saturating_sub(node.span.start));
    let form = inspected.findings().cloned();
    report.findings = size.into_iter().chain(form).chain(own).collect();
    secret::told(&secret::written(&inspected.template), &mut report.findings);
    report
}
