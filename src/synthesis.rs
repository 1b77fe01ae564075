//! From an environment's values to its stacks, checked.

use std::path::Path;

use indexmap::IndexMap;
use stratiform_environment::{
    Environment, Loaded, References as WrittenReferences, Settings as WrittenSettings,
};
use stratiform_stack::{App, Assembly, References, Settings};
use stratiform_template::check;

use crate::Define;
use crate::report::{Report, of_finding, of_stack};

/// One environment's stacks, synthesized and checked.
pub(crate) fn assemble<E: Environment>(
    define: Define<E>,
    loaded: &Loaded<E>,
    root: &Path,
) -> Result<Assembly, Vec<Report>> {
    let app = App::new(settings(&loaded.environment));
    define(&loaded.environment, &app);
    let assembly = app.synthesize().map_err(|problems| {
        problems
            .into_iter()
            .map(|problem| of_stack(problem, root))
            .collect::<Vec<_>>()
    })?;
    let mut reports = Vec::new();
    for stack in &assembly.stacks {
        reports.extend(
            check(&stack.template)
                .into_iter()
                .map(|finding| of_finding(finding, stack, root)),
        );
    }
    if reports.is_empty() {
        Ok(assembly)
    } else {
        Err(reports)
    }
}

fn settings<E: Environment>(environment: &E) -> Settings {
    let written = environment.settings();
    Settings {
        app: written.app.to_string(),
        environment: written.name.to_string(),
        region: written.region.to_string(),
        references: match written.references {
            WrittenReferences::Strong => References::Strong,
            WrittenReferences::Weak => References::Weak,
        },
        termination_protection: written.termination_protection,
        tags: tags(written),
    }
}

/// The tags of every stack: those of the environment, and what tells it from others in its account.
fn tags(written: &WrittenSettings) -> IndexMap<String, String> {
    let given = written
        .tags
        .iter()
        .map(|(key, value)| (key.to_string(), value.to_string()));
    let given: IndexMap<String, String> = given.collect();
    let own = [
        ("app", written.app.to_string()),
        ("environment", written.name.to_string()),
    ];
    // The team's own win. IAM refuses keys that differ in case only.
    let own = own.into_iter().filter(|(key, _)| {
        let mut keys = given.keys();
        !keys.any(|given| given.eq_ignore_ascii_case(key))
    });
    let own: Vec<_> = own.map(|(key, value)| (key.to_owned(), value)).collect();
    own.into_iter().chain(given).collect()
}
