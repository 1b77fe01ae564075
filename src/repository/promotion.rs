//! Which environment has a release before another one: that it is there, and that no way leads back.

use stratiform_environment::{Loaded, Path, Text, Violation};
use stratiform_finding::words::meant;
use stratiform_finding::{Code, Finding};

const KEY: &str = "settings.deployment.promotes_from";

/// What is wrong with `promotes_from` of environments that could be read; `names` has all that there are.
pub(crate) fn problems(all: &[Loaded], names: &[String]) -> Vec<Finding> {
    let found = all.iter().filter_map(|loaded| {
        let (code, violation) = problem(loaded, all, names)?;
        Some(Finding {
            code,
            ..loaded.refused(violation)
        })
    });
    found.collect()
}

fn problem(loaded: &Loaded, all: &[Loaded], names: &[String]) -> Option<(Code, Violation)> {
    let before = from(loaded)?;
    if !names.iter().any(|name| name == before) {
        let others = names.iter().map(String::as_str);
        let others = others.filter(|name| *name != loaded.name.as_str());
        let violation = Violation::new(
            Path::from(KEY),
            format!("no environment is called `{before}`"),
            "a release has to be deployed there before",
            meant(before, others).unwrap_or_else(|| "name an environment, or remove it".to_owned()),
        );
        return Some((Code::UnknownEnvironment, violation));
    }
    let mut way = vec![loaded.name.as_str()];
    let mut next = Some(before);
    while let Some(name) = next.filter(|name| !way.contains(name)) {
        way.push(name);
        next = all
            .iter()
            .find(|one| one.name.as_str() == name)
            .and_then(from);
    }
    (next == Some(loaded.name.as_str())).then(|| {
        let way = way.join(" ← ");
        let violation = Violation::new(
            Path::from(KEY),
            format!("no release could ever come to `{}`", loaded.name),
            format!("each waits for another one: {way} ← {}", loaded.name),
            "remove `promotes_from` where releases begin",
        );
        (Code::Conflict, violation)
    })
}

fn from(loaded: &Loaded) -> Option<&str> {
    let before = &loaded.environment.settings().deployment.promotes_from;
    before.as_ref().map(|name| name.as_str())
}
