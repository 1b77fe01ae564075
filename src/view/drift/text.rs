//! For people: what drifted, worst first; then how much was looked at.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use serde_json::Value;
use stratiform_deploy::drift::{Coverage, Covered, Verdict};
use stratiform_diff::Severity;
use stratiform_finding::words::{beginning, counted, visible};
use stratiform_service::drift::DifferenceType;

use super::{Difference, Judged, Shown, sentence};
use crate::report::Colour;
use crate::view::deployment::words::one_line;
use crate::view::style::{CYAN, GREEN, RED, YELLOW, paint};

/// The longest value that is shown whole.
const LONGEST: usize = 120;

/// The longest word of [`Severity`].
const WIDTH: usize = "attention".len();

/// What drifted, the ledger, and the whole in a sentence.
pub(crate) fn text(shown: &Shown<'_>, colour: Colour) -> String {
    let account = shown.account.unwrap_or("not known");
    let mut text = format!(
        "{} in {}, account {account}\n\n",
        shown.environment, shown.region
    );
    for judged in shown.stacks {
        text += &of_stack(judged, colour);
    }
    for judged in shown.stacks.iter().filter(|judged| !judged.is_in_code) {
        let (key, name) = (&judged.stack.key, &judged.stack.name);
        text += &format!(
            "the code has no stack `{key}`, and `{name}` is deployed: compared with the template that it was deployed with\n{}\n",
            without_code(name, shown.region)
        );
    }
    text += &ledger(shown, colour);
    let code = match shown.verdict {
        Verdict::Drifted => RED,
        Verdict::NotAllChecked => YELLOW,
        Verdict::InSync => GREEN,
        Verdict::InSyncAsFarAsSupported | Verdict::NothingDeployed => CYAN,
    };
    text += &format!("{}\n", painted(&sentence(shown), code, colour));
    if shown.verdict == Verdict::Drifted {
        let environment = shown.environment;
        text += &format!(
            "  → set it back: `drift --env {environment} --revert`; or see what to write so that the code says it: `drift --env \
             {environment} --adopt`\n"
        );
    }
    text
}

/// What to do about a stack that the code does not have. Nothing here deletes it: nobody but people know what it was for.
pub(crate) fn without_code(name: &str, region: &str) -> String {
    format!(
        "  → if nobody needs it: `aws cloudformation delete-stack --stack-name {name} --region {region}`; otherwise write it again \
         in `stacks/`, then `drift --revert` sets it back\n"
    )
}

fn of_stack(judged: &Judged, colour: Colour) -> String {
    let mut drifted: Vec<&Covered> = judged.stack.drifted().map(|(covered, _)| covered).collect();
    if drifted.is_empty() {
        return String::new();
    }
    drifted.sort_by_key(|covered| Reverse(judged.severity(covered.logical_id.as_str())));
    let mut text = format!(
        "{}  {} of {} drifted\n",
        judged.stack.key,
        drifted.len(),
        counted(judged.stack.resources.len(), "resource")
    );
    for covered in drifted {
        text += &of_resource(judged, covered, colour);
    }
    text + "\n"
}

fn of_resource(judged: &Judged, covered: &Covered, colour: Colour) -> String {
    let id = covered.logical_id.as_str();
    let severity = judged.severity(id);
    let code = match severity {
        Severity::Danger => RED,
        Severity::Warning | Severity::Attention => YELLOW,
        Severity::Note | Severity::Safe => CYAN,
    };
    let word = painted(&format!("{:WIDTH$}", severity.as_str()), code, colour);
    let gone = match covered.coverage {
        Coverage::Deleted => ": it is gone",
        _ => "",
    };
    let mut text = format!("  {word}  {id}  {}{gone}\n", covered.resource_type);
    let indent = " ".repeat(2 + WIDTH + 2);
    let mut line = |line: String| text += &format!("{indent}{line}\n");
    for difference in judged.of(id) {
        line(of_difference(difference));
        if let Some(who) = &difference.who {
            line(format!("  it may have been {who}"));
        }
        if let Some(stays) = difference.stays {
            line(format!("  no deployment sets it back: {stays}"));
        }
        for key in &difference.keys {
            line(format!("  from {}", origin(key)));
        }
    }
    for consequence in judged.consequences(id) {
        line(format!(
            "{}: {}",
            consequence.severity,
            one_line(&consequence.what)
        ));
    }
    if let Some(location) = judged.declared.get(id) {
        line(format!(
            "declared at {}:{}",
            location.file(),
            location.line()
        ));
    }
    text
}

/// `environments/dev.yaml:12  database.backup_days`.
pub(super) fn origin(key: &super::Key) -> String {
    match &key.at {
        Some((file, line)) => format!("{file}:{line}  {}", key.path),
        None => format!("{}, which is built in", key.path),
    }
}

fn of_difference(difference: &Difference) -> String {
    let path = property(&difference.path);
    if let (None, None) = (&difference.expected, &difference.actual) {
        return format!("~ {path}");
    }
    let (expected, actual) = (
        value(difference.expected.as_ref()),
        value(difference.actual.as_ref()),
    );
    match difference.kind.known() {
        Some(DifferenceType::Add) => format!("+ {path}  {actual}"),
        Some(DifferenceType::Remove) => format!("- {path}  {expected}"),
        Some(DifferenceType::NotEqual) | None => format!("~ {path}  {expected} → {actual}"),
    }
}

/// `/Tags/0/Value` → `Tags.0.Value`.
pub(super) fn property(path: &str) -> String {
    let path = path.trim_start_matches('/').replace('/', ".");
    visible(&path).into_owned()
}

/// A value on one line.
pub(super) fn value(value: Option<&Value>) -> String {
    match value {
        None => "nothing".to_owned(),
        Some(Value::String(text)) if text.is_empty() => "\"\"".to_owned(),
        Some(Value::String(text)) => visible(&beginning(text, LONGEST)).into_owned(),
        Some(value) => visible(&beginning(&value.to_string(), LONGEST)).into_owned(),
    }
}

/// How much was looked at, and what not, with reasons.
fn ledger(shown: &Shown<'_>, colour: Colour) -> String {
    let ledger = shown.ledger;
    let mut text = format!(
        "checked          {:>4}  {} in sync, {} drifted\n",
        ledger.checked(),
        ledger.in_sync,
        ledger.drifted
    );
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    for covered in all(shown).filter(|covered| covered.coverage == Coverage::NotSupported) {
        *kinds.entry(&covered.resource_type).or_default() += 1;
    }
    let kinds = kinds.iter().map(|(kind, count)| match count {
        1 => (*kind).to_owned(),
        count => format!("{kind} ({count})"),
    });
    let kinds: Vec<String> = kinds.collect();
    if ledger.not_supported > 0 {
        text += &format!(
            "not supported    {:>4}  CloudFormation does not look at {}\n",
            ledger.not_supported,
            kinds.join(", ")
        );
    }
    if ledger.not_followed > 0 {
        text += &format!(
            "not followed     {:>4}  stacks in stacks: look at each by itself\n",
            ledger.not_followed
        );
    }
    let is_asked = shown
        .stacks
        .iter()
        .all(|judged| judged.stack.unasked.is_empty());
    if ledger.not_checked > 0 || !is_asked || shown.unlisted.is_some() {
        let word = painted("not checked yet", YELLOW, colour);
        text += &format!("{word}  {:>4}\n", ledger.not_checked);
        text += &not_checked(shown);
    }
    text += "Only what a template writes is compared; what it leaves to AWS is not.\n\n";
    text
}

fn not_checked(shown: &Shown<'_>) -> String {
    let mut text = String::new();
    if let Some(why) = shown.unlisted {
        text += &format!(
            "  which stacks there are that the code does not have: {}\n",
            one_line(&why.why)
        );
    }
    for judged in shown.stacks {
        let key = &judged.stack.key;
        for why in &judged.stack.unasked {
            text += &format!("  {key}: {}\n", one_line(&why.why));
            if !why.help.is_empty() {
                text += &format!("    → {}\n", why.help);
            }
        }
        // What a stack could not be asked, its resources need not repeat.
        for covered in &judged.stack.resources {
            if let Coverage::NotChecked { why, last } = &covered.coverage
                && (why.is_some() || judged.stack.unasked.is_empty())
            {
                let why = why.as_deref().unwrap_or("CloudFormation does not say why");
                let last = last.map(|last| format!("; last looked at {last}"));
                text += &format!(
                    "  {key}/{}: {}{}\n",
                    covered.logical_id,
                    one_line(why),
                    last.unwrap_or_default()
                );
            }
        }
    }
    text
}

fn all<'a>(shown: &Shown<'a>) -> impl Iterator<Item = &'a Covered> {
    let stacks = shown.stacks.iter();
    stacks.flat_map(|judged| &judged.stack.resources)
}

fn painted(text: &str, code: &str, colour: Colour) -> String {
    match colour {
        Colour::Always => paint(text, code),
        Colour::Never => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use stratiform_deploy::drift::{Ledger, StackDrift};
    use stratiform_deploy::guard::Unasked;

    use super::*;

    fn covered(logical_id: &str, coverage: Coverage) -> Covered {
        Covered {
            logical_id: logical_id.parse().unwrap(),
            resource_type: "AWS::SQS::Queue".to_owned(),
            coverage,
            drift: None,
        }
    }

    fn judged(key: &str, resources: Vec<Covered>, unasked: Vec<Unasked>) -> Judged {
        Judged {
            is_in_code: key != "news",
            stack: StackDrift {
                key: key.to_owned(),
                name: format!("shop-dev-{key}"),
                resources,
                unasked,
            },
            diff: None,
            differences: Vec::new(),
            declared: Default::default(),
        }
    }

    #[test]
    fn the_ledger_says_what_was_not_looked_at_and_why() {
        let not_checked = |why: Option<&str>| Coverage::NotChecked {
            why: why.map(str::to_owned),
            last: None,
        };
        let denied = Unasked {
            why: "DetectStackDrift of `shop-dev-news` is not allowed with these credentials"
                .to_owned(),
            help: "use credentials that may call DetectStackDrift".to_owned(),
            kind: None,
        };
        let stacks = [
            judged(
                "queues",
                vec![
                    covered("Jobs", Coverage::InSync),
                    covered("Mail", not_checked(Some("Rate exceeded"))),
                    covered("Policy", Coverage::NotSupported),
                    covered("Child", Coverage::NotFollowed),
                ],
                Vec::new(),
            ),
            judged(
                "news",
                vec![covered("Topic", not_checked(None))],
                vec![denied],
            ),
        ];
        let unlisted = Unasked::because("ListStacks is not allowed", "");
        let all: Vec<StackDrift> = stacks.iter().map(|judged| judged.stack.clone()).collect();
        let shown = Shown {
            environment: "dev",
            region: "eu-central-1",
            account: Some("111122223333"),
            verdict: Verdict::of(&all),
            ledger: Ledger::of(&all),
            stacks: &stacks,
            unlisted: Some(&unlisted),
        };
        insta::assert_snapshot!(text(&shown, Colour::Never));
    }

    #[test]
    fn values_that_nobody_may_see_or_could_read_are_no_values() {
        let difference = Difference {
            logical_id: "Jobs".to_owned(),
            path: "/Tags/0/Value".to_owned(),
            kind: DifferenceType::NotEqual.into(),
            expected: None,
            actual: None,
            who: None,
            stays: None,
            keys: Vec::new(),
        };
        assert_eq!(of_difference(&difference), "~ Tags.0.Value");
        let added = Difference {
            kind: DifferenceType::Add.into(),
            actual: Some("a\u{1b}b".into()),
            ..difference
        };
        let told = of_difference(&added);
        assert!(
            told.starts_with("+ Tags.0.Value  a") && !told.contains('\u{1b}'),
            "{told}"
        );
    }
}
