//! What we say about a template.

use std::thread;

use stratiform_template::{Template, check, parse_with_repeats};
use stratiform_validate::validate;

use super::case::Case;
use super::seen::Seen;

/// Our findings, case by case, on all cores.
pub(super) fn ask(cases: &[Case]) -> Vec<Vec<Seen>> {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let share = cases.len().div_ceil(cores).max(1);
    thread::scope(|scope| {
        let work = |part: &[Case]| part.iter().map(findings).collect::<Vec<_>>();
        let threads: Vec<_> = cases
            .chunks(share)
            .map(|part| scope.spawn(move || work(part)))
            .collect();
        let joined = threads
            .into_iter()
            .map(|thread| thread.join().unwrap_or_default());
        joined.flatten().collect()
    })
}

/// What `stratiform validate` says of a text.
fn findings(case: &Case) -> Vec<Seen> {
    let read = parse_with_repeats(&case.text).map_err(|finding| vec![*finding]);
    let repeats = read
        .as_ref()
        .map(|document| document.repeated.len())
        .unwrap_or_default();
    let template = read.and_then(|document| Template::from_node(&document.node));
    let findings = match template {
        Ok(template) => {
            let mut findings = check(&template);
            findings.extend(validate(&template, &[&case.region]).findings);
            findings
        }
        Err(findings) => findings,
    };
    let mut seen: Vec<Seen> = findings
        .into_iter()
        .map(|finding| Seen {
            rule: finding.code.to_string(),
            level: format!("{:?}", finding.level),
            message: [finding.what, finding.why, finding.when].join("; "),
            path: finding.path,
        })
        .collect();
    if repeats > 0 {
        seen.push(Seen {
            rule: "duplicate-key".to_owned(),
            level: "Error".to_owned(),
            path: Vec::new(),
            message: format!("{repeats} keys are written twice"),
        });
    }
    seen.sort();
    seen
}
