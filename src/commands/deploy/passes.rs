//! Exports that are in use and go or change: asks who imports them, and deploys in as many passes as it takes
//! (`stratiform_diff::passes`).

use std::collections::BTreeSet;

use stratiform_assembly::StackAt;
use stratiform_aws::Aws;
use stratiform_deploy::call::ParameterValue;
use stratiform_deploy::guard::StackFound;
use stratiform_deploy::{Call, FIRST, HOLDS, Imported, PlannedStack, Reply};
use stratiform_diff::passes::{
    ExportInUse, Fate, InTheWay, Pass, PassKind, Station, passes, touched,
};
use stratiform_diff::{StackDiff, diff};
use stratiform_finding::words::{counted, few, few_are};
use stratiform_finding::{Code, Finding};
use stratiform_resolve::Whereabouts;
use stratiform_stack::capabilities;

use super::prediction::prediction;
use super::preparing::failed;
use crate::exit::Exit;
use crate::report::Failure;

/// A stack of a plan, as it is there and as it is to be.
pub(super) struct Side<'a> {
    /// Where it is.
    pub place: Whereabouts,
    /// As it is there, with what it exports.
    pub found: &'a StackFound,
    /// The same in the form that it is compared in; none where nothing is there.
    pub before: Option<&'a StackAt>,
    /// As it is to be, with the values that are known.
    pub after: StackAt,
    /// What changes.
    pub diff: StackDiff,
}

/// A plan in passes.
pub(super) struct InPasses {
    /// Each pass as a stack of the plan.
    pub stacks: Vec<PlannedStack>,
    /// Which of the stacks each of them is.
    pub origins: Vec<usize>,
    /// What is done twice, and why.
    pub said: Vec<String>,
}

/// Deploys what has to be deployed twice in two passes.
///
/// # Errors
/// An export goes or changes that a stack imports which is not deployed here, or goes on importing it.
pub(super) async fn in_passes(
    aws: &Aws,
    sides: &[Side<'_>],
    stacks: &[PlannedStack],
) -> Result<InPasses, Failure> {
    let mut stations = Vec::new();
    for (side, planned) in sides.iter().zip(stacks) {
        stations.push(Station {
            place: &side.place,
            before: side.before,
            after: &side.after,
            needs: planned.depends_on.clone(),
            exports: in_use(aws, side).await?,
        });
    }
    let passes = passes(&stations);
    if !passes.refused.is_empty() {
        let refused = passes.refused.iter();
        let mut failure = Failure::of(refused.map(|import| in_the_way(import, sides)));
        failure.exit = Exit::No;
        return Err(failure);
    }
    let keys = |places: &BTreeSet<usize>| -> Vec<String> {
        places
            .iter()
            .map(|place| stacks[*place].key.clone())
            .collect()
    };
    let mut said = Vec::new();
    let mut planned = Vec::new();
    let mut now: Vec<Option<&StackAt>> = sides.iter().map(|side| side.before).collect();
    for pass in &passes.all {
        let key = &stacks[pass.station].key;
        match &pass.kind {
            PassKind::Whole => {}
            PassKind::Keeps(exports, importers) => said.push(format!(
                "`{key}` is deployed twice: {} ({}) in use, and stays until {} deployed without",
                counted(exports.len(), "export"),
                few(exports),
                few_are(&keys(importers)),
            )),
            PassKind::Holds(exports, exporters) => said.push(format!(
                "`{key}` is deployed twice: it holds {} ({}) as text until {} deployed, and until then uses what may be gone",
                counted(exports.len(), "import"),
                few(exports),
                few_are(&keys(exporters)),
            )),
        }
        let side = &sides[pass.station];
        let is_first =
            now[pass.station].map(std::ptr::from_ref) == side.before.map(std::ptr::from_ref);
        let predicted = match (&pass.kind, is_first) {
            (PassKind::Whole, true) => &side.diff,
            _ => &diff(now[pass.station], Some(&pass.stack), &side.place),
        };
        planned.push(PlannedStack {
            predicted: Some(prediction(predicted)),
            // What was found of a stack is older than its first pass.
            seen: stacks[pass.station].seen.clone().filter(|_| is_first),
            ..as_planned(pass, side, &stacks[pass.station])
        });
        now[pass.station] = Some(&pass.stack);
    }
    Ok(InPasses {
        stacks: planned,
        origins: passes.all.iter().map(|pass| pass.station).collect(),
        said,
    })
}

/// A pass as a stack of the plan.
fn as_planned(pass: &Pass, side: &Side<'_>, planned: &PlannedStack) -> PlannedStack {
    let imports = pass.imports.iter().map(|import| Imported {
        name: serde_json::from_str(&import.name.to_json()).unwrap_or_default(),
        exporter: import.exporter,
        output: import.output.clone(),
    });
    let mut planned = PlannedStack {
        depends_on: pass.needs.clone(),
        imports: imports.collect(),
        ..planned.clone()
    };
    let template = &pass.stack.template;
    match pass.kind {
        PassKind::Whole => return planned,
        PassKind::Keeps(..) => planned.key += FIRST,
        PassKind::Holds(..) => {
            planned.key += HOLDS;
            planned.parameters.clear();
            planned.tags = pass.stack.tags.clone();
            (planned.policy, planned.termination_protection) = (None, None);
        }
    }
    planned.template = template.to_json();
    for name in template.parameters.keys() {
        let has = side
            .found
            .there()
            .is_some_and(|stack| stack.parameters.contains_key(name));
        if has || matches!(pass.kind, PassKind::Keeps(..)) {
            let parameters = &mut planned.parameters;
            parameters
                .entry(name.clone())
                .or_insert(ParameterValue::Previous);
        }
    }
    for capability in capabilities(template) {
        if !planned.capabilities.contains(&capability) {
            planned.capabilities.push(capability);
        }
    }
    planned
}

/// The exports of a stack that go or change, and that others import.
async fn in_use(aws: &Aws, side: &Side<'_>) -> Result<Vec<ExportInUse>, Failure> {
    let mut found = Vec::new();
    for export in touched(&side.diff) {
        let call = Call::ListImports {
            export: export.name.clone(),
        };
        let Reply::Importers(importers) = aws.call(&call).await.map_err(failed)? else {
            continue;
        };
        if !importers.is_empty() {
            let outputs = side.found.there().map(|stack| &stack.outputs);
            let value = outputs.and_then(|outputs| outputs.get(&export.output));
            found.push(ExportInUse {
                value: value.map(|(value, _)| value.clone()),
                export,
                importers,
            });
        }
    }
    Ok(found)
}

fn in_the_way(import: &InTheWay, sides: &[Side<'_>]) -> Finding {
    let key = &sides[import.station].found.key;
    let InTheWay { importer, .. } = import;
    let export = &import.export.name;
    let (what, help) = match (import.export.fate, import.is_here) {
        (Fate::Goes, true) => (
            format!("the stack `{key}` no longer exports `{export}`, which `{importer}` imports"),
            "keep it, or take its import away in the same change",
        ),
        (Fate::Goes, false) => (
            format!("the stack `{key}` no longer exports `{export}`, which `{importer}` imports"),
            "deploy that stack without its import first",
        ),
        (Fate::Changes(_), true) => (
            format!(
                "the stack `{key}` changes the value of `{export}`, which `{importer}` imports"
            ),
            "that stack cannot hold the value as text: take its import away first, and deploy that",
        ),
        (Fate::Changes(_), false) => (
            format!(
                "the stack `{key}` changes the value of `{export}`, which `{importer}` imports"
            ),
            "deploy both together, or let that stack import nothing first",
        ),
    };
    Finding::new(Code::ExportInUse, what, help).because(
        "CloudFormation neither takes away nor changes an export as long as a stack imports it",
    )
}
