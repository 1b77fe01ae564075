//! What a change interrupts, by our own diff of what is deployed with what is to be.

use stratiform_assembly::{Assembly, StackAt};
use stratiform_deploy::call::Stack;
use stratiform_deploy::guard::{Asked, Risk, StackFound};
use stratiform_diff::{Kind, Severity, StackDiff, diff};
use stratiform_resolve::Whereabouts;

use crate::assemblies::deployed::parse_deployed;
use crate::repository::standing::unasked;

/// The resources of a stack that somebody will notice the change of.
pub(crate) fn of<'d>(key: &'d str, diff: &'d StackDiff) -> impl Iterator<Item = Risk> + 'd {
    let serious = diff.consequences.iter().filter(|found| {
        found.concerns(&[Kind::Interruption]) && found.severity >= Severity::Warning
    });
    serious.filter_map(move |consequence| {
        Some(Risk {
            stack: key.to_owned(),
            logical_id: consequence.logical_id.clone()?,
            what: consequence.what.clone(),
        })
    })
}

/// The same of all stacks, where nobody compares them anyway.
pub(super) fn risks(assembly: &Assembly, found: &[StackFound]) -> Asked<Vec<Risk>> {
    let mut risks = Vec::new();
    for (planned, found) in assembly.stacks.iter().zip(found) {
        let Some(template) = &found.template else {
            continue;
        };
        let text = template.as_ref().map_err(Clone::clone)?;
        let parsed = parse_deployed(&planned.name, text);
        let parsed = parsed.map_err(|failure| unasked(&failure))?;
        let parameters = found.there().map(Stack::values).unwrap_or_default();
        let before = StackAt {
            parameters: parameters.clone(),
            ..StackAt::of(planned.name.as_str(), parsed.template)
        };
        let declared = planned.template.parameters.iter();
        let kept = declared.filter(|(_, parameter)| parameter.default.is_none());
        let kept = kept.filter_map(|(name, _)| Some((name.clone(), parameters.get(name)?.clone())));
        let after = StackAt {
            parameters: kept.collect(),
            ..planned.clone()
        };
        let place = Whereabouts {
            stack: planned.name.clone(),
            region: assembly.region.clone(),
            account: assembly.account.clone(),
        };
        risks.extend(of(&found.key, &diff(Some(&before), Some(&after), &place)));
    }
    Ok(risks)
}
