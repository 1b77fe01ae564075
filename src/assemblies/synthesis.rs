//! From an environment's values to its stacks, checked.

use indexmap::IndexMap;
use stratiform_bootstrap::assemblies;
use stratiform_environment::{
    Environment, Loaded, References as WrittenReferences, Settings as WrittenSettings,
};
use stratiform_finding::{Code, Finding, Place};
use stratiform_service::{AccountId, Malformed, Region};
use stratiform_stack::{App, Assembly, References, Settings, StackAt};
use stratiform_template::check;

use crate::{Define, services, tasks};

/// One environment's stacks, and those of its bootstrap, each synthesized and checked.
pub(crate) fn assemble_all<E: Environment>(
    define: Define<E>,
    loaded: &Loaded<E>,
) -> Result<Vec<Assembly>, Vec<Finding>> {
    let assembly = assemble(define, loaded)?;
    let bootstraps = bootstraps(&assembly, loaded.environment.settings())?;
    Ok([assembly].into_iter().chain(bootstraps).collect())
}

/// The stacks of an environment's bootstrap, checked; none where its file asks for none.
pub(crate) fn bootstraps(
    assembly: &Assembly,
    settings: &WrittenSettings,
) -> Result<Vec<Assembly>, Vec<Finding>> {
    let bootstraps = assemblies(assembly, settings)?;
    let checked = bootstraps.into_iter().map(|bootstrap| {
        let findings = findings(&bootstrap);
        without(bootstrap, findings)
    });
    checked.collect()
}

/// One environment's stacks, synthesized and checked.
pub(crate) fn assemble<E: Environment>(
    define: Define<E>,
    loaded: &Loaded<E>,
) -> Result<Assembly, Vec<Finding>> {
    let settings = settings(&loaded.environment).map_err(|malformed| vec![refused(&malformed)])?;
    let app = App::new(settings);
    define(&loaded.environment, &app);
    let mut assembly = app.synthesize()?;
    let account = loaded.environment.settings().account.as_ref();
    assembly.account = account
        .map(AccountId::new)
        .transpose()
        .map_err(|malformed| vec![refused(&malformed)])?;
    let mut findings = findings(&assembly);
    match tasks::entries(&assembly, loaded) {
        Ok(tasks) => assembly.tasks = tasks,
        Err(found) => findings.extend(found),
    }
    findings.extend(services::unknown(loaded, &assembly));
    without(assembly, findings)
}

/// What is wrong with the templates.
fn findings(assembly: &Assembly) -> Vec<Finding> {
    let findings = assembly.stacks.iter().flat_map(|stack| {
        let found = check(&stack.template).into_iter();
        found.map(|finding| declared(finding, stack))
    });
    findings.collect()
}

fn without(assembly: Assembly, findings: Vec<Finding>) -> Result<Assembly, Vec<Finding>> {
    if findings.is_empty() {
        Ok(assembly)
    } else {
        Err(findings)
    }
}

/// A finding in a synthesized template, with the place where the resource is declared in Rust.
fn declared(finding: Finding, stack: &StackAt) -> Finding {
    let path = finding.path.join("/");
    let location = match finding.path.as_slice() {
        [section, logical_id, ..] if section == "Resources" => stack.locations.get(logical_id),
        // An output or a parameter may have a resource's name: better no place than a wrong one.
        _ => None,
    };
    let finding = Finding {
        what: format!("{} (stack `{}`, at {path})", finding.what, stack.name),
        ..finding
    };
    match location {
        Some(location) => finding.at(Place::rust(location, format!("gives {path}"))),
        None => finding,
    }
}

fn settings<E: Environment>(environment: &E) -> Result<Settings, Malformed> {
    let written = environment.settings();
    Ok(Settings {
        app: written.app.to_string(),
        environment: written.name.to_string(),
        region: Region::new(&written.region)?,
        references: match written.references {
            WrittenReferences::Strong => References::Strong,
            WrittenReferences::Weak => References::Weak,
        },
        termination_protection: written.termination_protection,
        tags: tags(written),
    })
}

/// What cannot be: an environment checks its region and its account as they are read.
fn refused(malformed: &Malformed) -> Finding {
    Finding::new(Code::Malformed, malformed.to_string(), "correct `settings`")
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

#[cfg(test)]
mod tests {
    use stratiform_template::Template;

    use super::*;

    #[test]
    fn a_finding_is_placed_at_the_resource_it_is_in_and_at_no_other() {
        let stack = StackAt {
            locations: [("Bucket".to_owned(), std::panic::Location::caller())].into(),
            ..StackAt::of("shop-dev-storage", Template::default())
        };
        let places = |section: &str| {
            let finding = Finding {
                path: vec![section.to_owned(), "Bucket".to_owned()],
                ..Finding::new(Code::NullValue, "", "")
            };
            declared(finding, &stack).places.len()
        };
        assert_eq!((places("Resources"), places("Outputs")), (1, 0));
    }
}
