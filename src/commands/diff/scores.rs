//! How environments stand by their policies, before a change and after it.

use std::collections::HashMap;

use indexmap::IndexMap;
use stratiform_assembly::Assembly;

use crate::assemblies::since::Sides;
use crate::assemblies::verdict::{Questions, verdict_of};
use crate::definition::Definition;
use crate::repository::project::Project;
use crate::validation::{Terms, today};
use crate::view::reviewed::Scores;

/// The scores of environments that there are, each side on the terms of its own files: whoever accepts something more, or
/// turns a policy off, changes the score, too. Where the files of before cannot be read any more, today's terms are both
/// sides'.
pub(super) fn scores(
    define: &dyn Definition,
    project: &Project,
    sides: &[Sides],
) -> HashMap<String, Scores> {
    let sides = sides.iter().filter(|sides| sides.is_environment());
    let scores = sides.filter_map(|sides| {
        let after = sides.after.as_ref()?;
        let name = after.environment.clone()?;
        let loaded = project.load_one(define, &name).ok()?;
        let terms = Terms::of(loaded.environment.settings());
        let before = sides.before.as_ref().map(|before| {
            let then = define
                .environment_type()
                .load(&loaded.name, &sides.layers)
                .ok();
            let then = then.map(|then| Terms::of(then.environment.settings()));
            number(before, then.as_ref().unwrap_or(&terms))
        });
        let after = number(after, &terms);
        Some((name, Scores { before, after }))
    });
    scores.collect()
}

/// A score as people read it.
fn number(assembly: &Assembly, terms: &Terms) -> String {
    let values = IndexMap::new();
    let mut verdict = verdict_of(assembly, terms, Questions::Policies(&values), |_, _| {
        Vec::new()
    });
    verdict.expire(&today());
    verdict.score().number()
}
