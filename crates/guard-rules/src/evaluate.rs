//! Rules on a document: what they say of it, as findings.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::sync::Once;

use cloudformation_guard_lang::eval::eval_rule;
use cloudformation_guard_lang::eval_context::{EventRecord, RootScope, root_scope};
use cloudformation_guard_lang::exprs::Rule;
use stratiform_finding::{Code, Finding, Level};
use stratiform_resolve::is_sensitive;
use stratiform_validate::{NotChecked, Reason};

use crate::Checked;
use crate::document::Document;
use crate::file::Rules;
use crate::judge::{Breach, Judge};
use crate::message;

/// Holds a document against the rules of a file. `with` makes the same with a text in the place of what nobody knows.
pub(crate) fn evaluate(
    rules: &Rules<'_>,
    document: &Document,
    with: impl Fn(&str) -> Document,
) -> Checked {
    let mut checked = Checked::default();
    let mut judge = Judge::new(document, rules.clauses());
    let mut scope = root_scope(&rules.file, Rc::clone(&document.root));
    let mut others: Option<Vec<Document>> = None;
    for rule in &rules.file.guard_rules {
        let name = rule.rule_name.as_str();
        let record = match record(rule, &mut scope) {
            Ok(record) => record,
            Err(why) => {
                checked.findings.push(failed(rules, name, why));
                checked.not_checked.push(not_checked(Vec::new()));
                // What it has remembered may be half of something.
                scope = root_scope(&rules.file, Rc::clone(&document.root));
                continue;
            }
        };
        let Some(record) = record else { continue };
        let (mut breaches, mut unknown) = judge.rule(&record);
        if !breaches.is_empty() && document.has_unknown() {
            let others =
                others.get_or_insert_with(|| rules.subject().denied().map(&with).collect());
            for other in others.iter() {
                let broken = broken_in(rules, rule, other);
                let (kept, gone) = breaches
                    .into_iter()
                    .partition(|breach| broken.iter().any(|other| other.is_like(breach)));
                breaches = kept;
                let gone: Vec<Breach> = gone;
                unknown.extend(gone.into_iter().filter_map(|breach| breach.path));
            }
        }
        for breach in breaches {
            let finding = broken(rules, name, document, &breach);
            // What is missing has no other flaws.
            let is_told = |told: &Finding| {
                let is_missing = breach.missing.is_some();
                let is_same = told.path == finding.path && told.what == finding.what;
                is_same && (is_missing || *told == finding)
            };
            if !checked.findings.iter().any(is_told) {
                checked.findings.push(finding);
            }
        }
        for path in unknown {
            let skipped = not_checked(document.origin(&path));
            if !checked.not_checked.contains(&skipped) {
                checked.not_checked.push(skipped);
            }
        }
    }
    checked
}

/// What breaks a rule in another document.
fn broken_in<'r>(rules: &'r Rules<'_>, rule: &'r Rule<'_>, document: &Document) -> Vec<Breach> {
    let mut scope = root_scope(&rules.file, Rc::clone(&document.root));
    let record = record(rule, &mut scope).ok().flatten();
    let mut judge = Judge::new(document, rules.clauses());
    record
        .map(|record| judge.rule(&record).0)
        .unwrap_or_default()
}

/// What Guard records of a rule's evaluation; why it could not be evaluated.
fn record<'r, 's: 'r>(
    rule: &'r Rule<'s>,
    scope: &mut RootScope<'r, 's>,
) -> Result<Option<EventRecord<'r>>, String> {
    let evaluated = quietly(|| catch_unwind(AssertUnwindSafe(|| eval_rule(rule, scope))));
    match evaluated {
        Ok(Ok(_)) => Ok(scope.reset_recorder().final_event),
        Ok(Err(error)) => Err(reason(&error.to_string())),
        Err(_) => Err("Guard's own code stopped over it".to_owned()),
    }
}

fn not_checked(path: Vec<String>) -> NotChecked {
    NotChecked {
        reason: Reason::Rule,
        path,
    }
}

fn broken(rules: &Rules<'_>, rule: &str, document: &Document, breach: &Breach) -> Finding {
    let path = breach
        .path
        .as_deref()
        .map(|path| document.origin(path))
        .unwrap_or_default();
    let judged = breach.path.as_deref().unwrap_or_default();
    let name = name(judged);
    let name = name.as_str();
    let shown = breach.shown.as_ref().filter(|_| !is_sensitive(name));
    let what = match (name, &breach.missing, shown) {
        ("", _, _) => format!("rule `{rule}` is broken"),
        (name, Some(missing), _) => {
            format!("rule `{rule}` is broken: `{name}` has no `{missing}`")
        }
        (name, None, Some(shown)) => format!("rule `{rule}` is broken: `{name}` is {shown}"),
        (name, None, None) => format!("rule `{rule}` is broken by `{name}`"),
    };
    let (why, help) = message::parts(breach.message.as_deref().unwrap_or_default());
    let help = match help.is_empty() {
        true => "change it, or the rule".to_owned(),
        false => help,
    };
    Finding {
        path,
        ..Finding::new(Code::GuardRule, what, help)
    }
    .because(why)
    .at(rules.place(rule, breach.clause))
}

/// What is judged, by its last key; a resource and an item of a list by what says more.
fn name(path: &str) -> String {
    let mut above = path.rsplit('/');
    let last = above.next().unwrap_or_default();
    match (last, above.next()) {
        ("Properties", Some(resource)) => resource.to_owned(),
        (position, Some(list)) if position.bytes().all(|byte| byte.is_ascii_digit()) => {
            format!("{list}[{position}]")
        }
        _ => last.to_owned(),
    }
}

fn failed(rules: &Rules<'_>, rule: &str, why: String) -> Finding {
    let what = format!("rule `{rule}` could not be evaluated");
    let help =
        "ask for the type of a value before it is compared; the rule is counted as not checked";
    Finding {
        level: Level::Warning,
        ..Finding::new(Code::GuardFailed, what, help)
    }
    .because(why)
    .at(rules.place(rule, None))
}

/// Guard's own words without values of the template, which nobody may see.
fn reason(error: &str) -> String {
    let words = error.split(['`', '{', '[', '(']).next().unwrap_or_default();
    let words = words.trim().trim_end_matches(['.', ':', '=']).trim_end();
    format!("Guard says: {words}")
}

thread_local! {
    static IS_QUIET: Cell<bool> = const { Cell::new(false) };
}

/// Does something that may panic, which is then told as a finding and not on standard error.
pub(crate) fn quietly<T>(work: impl FnOnce() -> T) -> T {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            if !IS_QUIET.get() {
                before(info);
            }
        }));
    });
    let was = IS_QUIET.replace(true);
    let done = work();
    IS_QUIET.set(was);
    done
}
