//! Rules on a document: what they say of it, as findings.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::sync::Once;

use cloudformation_guard_lang::eval::eval_rule;
use cloudformation_guard_lang::eval_context::root_scope;
use stratiform_finding::{Code, Finding, Level};
use stratiform_resolve::is_sensitive;
use stratiform_validate::{NotChecked, Reason};

use crate::Checked;
use crate::document::Document;
use crate::file::Rules;
use crate::judge::{Breach, Judge};
use crate::message;

/// Holds a document against the rules of a file.
pub(crate) fn evaluate(rules: &Rules<'_>, document: &Document) -> Checked {
    let mut checked = Checked::default();
    let mut judge = Judge::new(document, rules.clauses());
    let mut scope = root_scope(&rules.file, Rc::clone(&document.root));
    for rule in &rules.file.guard_rules {
        let name = rule.rule_name.as_str();
        let evaluated = quietly(|| catch_unwind(AssertUnwindSafe(|| eval_rule(rule, &mut scope))));
        let why = match evaluated {
            Ok(Ok(_)) => None,
            Ok(Err(error)) => Some(reason(&error.to_string())),
            Err(_) => Some("Guard's own code stopped over it".to_owned()),
        };
        if let Some(why) = why {
            checked.findings.push(failed(rules, name, why));
            checked.not_checked.push(not_checked(Vec::new()));
            // What it has remembered may be half of something.
            scope = root_scope(&rules.file, Rc::clone(&document.root));
            continue;
        }
        let Some(record) = scope.reset_recorder().final_event else {
            continue;
        };
        let (breaches, unknown) = judge.rule(&record);
        for breach in breaches {
            let finding = broken(rules, name, document, &breach);
            if !checked.findings.contains(&finding) {
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
    let mut above = breach.path.as_deref().unwrap_or_default().rsplit('/');
    let name = match above.next() {
        // A resource has a name that says more.
        Some("Properties") => above.next(),
        name => name,
    };
    let name = name.unwrap_or_default();
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
