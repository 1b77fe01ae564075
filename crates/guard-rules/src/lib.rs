//! A team's own rules, in the language of AWS CloudFormation Guard.
//!
//! What lives here: [`Rules::read`], a file of rules that can be evaluated without harm; [`check`], which holds a
//! template against rules, resolved, once per scenario that there can be. What does not: reading files, and the language
//! itself, which is AWS's own crate. Nothing else of ours knows that.
//!
//! What is not known here (a resource's attribute, a parameter without a value) stays a function, as authors of rules
//! expect it. A clause that fails since nobody knows the value breaks nothing: it is counted ([`Checked::not_checked`]).

mod circle;
mod clauses;
mod document;
mod evaluate;
mod file;
mod judge;
mod message;
mod subject;
mod walk;

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use document::Document;
pub use document::Setting;
pub use file::Rules;
use stratiform_finding::Finding;
use stratiform_resolve::{with_globals, written_out};
use stratiform_template::Template;
use stratiform_validate::{NotChecked, Reason, Scenario, in_each_scenario};

/// What rules say of a template.
#[derive(Clone, Debug, Default)]
pub struct Checked {
    /// What breaks them: each with the path of what is judged, and the rule's place.
    pub findings: Vec<Finding>,
    /// What hangs on something that is not known, and what could not be evaluated.
    pub not_checked: Vec<NotChecked>,
}

/// Holds a template against rules, once per scenario that there can be.
///
/// Rules may go as deep as templates: whoever calls gives them a stack of some megabytes.
pub fn check(template: &Template, setting: &Setting<'_>, rules: &[Rules<'_>]) -> Checked {
    let merged = with_globals(template);
    let whole = merged.as_ref().unwrap_or(template);
    let Some(written) = written_out(whole) else {
        return each(whole, setting, rules);
    };
    let mut checked = each(&written.template, setting, rules);
    for finding in &mut checked.findings {
        finding.path = written.origin(std::mem::take(&mut finding.path));
    }
    for skipped in &mut checked.not_checked {
        skipped.path = written.origin(std::mem::take(&mut skipped.path));
    }
    // What a loop makes is told once.
    let mut seen = HashSet::new();
    let told = &mut checked.findings;
    told.retain(|finding| seen.insert(finding.clone()));
    let mut seen = HashSet::new();
    let skipped = &mut checked.not_checked;
    skipped.retain(|one| seen.insert((one.reason, one.path.clone())));
    checked
}

fn each(template: &Template, setting: &Setting<'_>, rules: &[Rules<'_>]) -> Checked {
    let mut checked = Checked::default();
    let documents: RefCell<HashMap<Scenario, Rc<Document>>> = RefCell::default();
    for rules in rules {
        let names = rules.subject().names(template);
        let mut not_checked: Vec<NotChecked> = Vec::new();
        let (found, are_all) = in_each_scenario(template, setting.regions, &names, |scenario| {
            let mut documents = documents.borrow_mut();
            let document = documents
                .entry(scenario.clone())
                .or_insert_with(|| Rc::new(Document::new(template, setting, scenario)));
            let with = |text: &str| Document::with(template, setting, scenario, Some(text));
            let of_it = evaluate::evaluate(rules, document, with);
            not_checked.extend(of_it.not_checked);
            of_it.findings
        });
        checked.findings.extend(found);
        if !are_all {
            not_checked.push(NotChecked {
                reason: Reason::Cases,
                path: vec!["Conditions".to_owned()],
            });
        }
        for one in not_checked {
            if !checked.not_checked.contains(&one) {
                checked.not_checked.push(one);
            }
        }
    }
    checked
}
