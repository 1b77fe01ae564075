//! Values as people see them: on one line, short, and without what must not be seen.

use similar::{ChangeTag, TextDiff};
use stratiform_finding::words::{counted, visible};
use stratiform_resolve::{Resolved, Segment, Style, Time};

/// The longest value that is shown whole, in characters.
const LONGEST: usize = 60;

/// A value as it is shown.
#[derive(Debug)]
pub(super) struct Shown {
    /// The value on one line, shortened; empty where a remark says all.
    pub value: String,
    /// What is to be said about it: `(known after the change)`.
    pub remark: String,
}

impl Shown {
    /// The value, marked as one, and what is to be said about it.
    pub(super) fn written(&self, mark: impl Fn(&str) -> String) -> String {
        match (self.value.as_str(), self.remark.as_str()) {
            (value, "") => mark(value),
            ("", remark) => remark.to_owned(),
            (value, remark) => format!("{} {remark}", mark(value)),
        }
    }
}

/// Two values as they are shown: shortened so that what differs stays visible.
pub(super) fn shown(
    before: Option<&Resolved<'_>>,
    after: Option<&Resolved<'_>>,
) -> (Option<Shown>, Option<Shown>) {
    let text = |value: &Resolved<'_>| value.shown(Style::Expression);
    let (old, new) = (before.map(text), after.map(text));
    if [&old, &new]
        .into_iter()
        .flatten()
        .any(|text| text.contains('\n'))
    {
        return lines(old.as_deref(), new.as_deref());
    }
    let differs = match (&old, &new) {
        (Some(old), Some(new)) => {
            let pairs = old.chars().zip(new.chars());
            pairs.take_while(|(old, new)| old == new).count()
        }
        _ => 0,
    };
    let show = |value: &Resolved<'_>| {
        let (text, remark) = (text(value), remark(value));
        Shown {
            value: match text.as_str() {
                "" => "\"\"".to_owned(),
                text => visible(&shortened(text, LONGEST, differs)).into_owned(),
            },
            remark: remark.to_owned(),
        }
    };
    let (before, mut after) = (before.map(show), after.map(show));
    if let Some(after) = after
        .as_mut()
        .filter(|after| after.remark == LATER && old == new)
    {
        after.value = String::new();
    }
    (before, after)
}

/// Two texts of which one has several lines: how many, and how many come and go.
fn lines(before: Option<&str>, after: Option<&str>) -> (Option<Shown>, Option<Shown>) {
    let changes = before.zip(after).map(|(before, after)| {
        let diff = TextDiff::from_lines(before, after);
        let count = |tag| diff.iter_all_changes().filter(|it| it.tag() == tag).count();
        format!(
            ": +{} -{}",
            count(ChangeTag::Insert),
            count(ChangeTag::Delete)
        )
    });
    let show = |text: &str, changes: Option<String>| Shown {
        value: String::new(),
        remark: format!(
            "({}{})",
            counted(text.lines().count(), "line"),
            changes.unwrap_or_default()
        ),
    };
    (
        before.map(|text| show(text, None)),
        after.map(|text| show(text, changes)),
    )
}

/// What is to be said of a value that exists only after the change.
const LATER: &str = "(known after the change)";

fn remark(value: &Resolved<'_>) -> &'static str {
    let (mut later, mut secret) = (false, false);
    value.for_each_text(&mut |text| {
        later |= text.time() == Time::AfterApply;
        secret |= text
            .segments
            .iter()
            .any(|segment| matches!(segment, Segment::Secret(_)));
    });
    match (secret, later) {
        (true, _) => "(hidden)",
        (false, true) => LATER,
        (false, false) => "",
    }
}

/// Text shortened to a number of characters: its beginning, and then its end or what is around a place in it.
pub(super) fn shortened(text: &str, longest: usize, place: usize) -> String {
    let length = text.chars().count();
    if length <= longest {
        return text.to_owned();
    }
    let part = |start: usize, count: usize| text.chars().skip(start).take(count);
    let (head, tail) = (longest * 2 / 3, longest - longest * 2 / 3 - 1);
    if place < head {
        return part(0, head)
            .chain(['…'])
            .chain(part(length - tail, tail))
            .collect();
    }
    let head = longest / 4;
    let window = longest - head - 2;
    let start = (place - window / 4).min(length - window);
    let end = (start + window < length).then_some('…');
    part(0, head)
        .chain(['…'])
        .chain(part(start, window))
        .chain(end)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_stays_visible() {
        let long = |middle: &str| format!("{}{middle}{}", "head".repeat(20), "tail".repeat(20));
        let of = |before: &str, after: &str| {
            let (before, after) = (Resolved::literal(before), Resolved::literal(after));
            let (before, after) = shown(Some(&before), Some(&after));
            [before, after].map(|it| it.expect("a value").written(str::to_owned))
        };
        assert_eq!(of("", "short"), ["\"\"", "short"]);
        assert_eq!(
            of(&long("ONE"), &long("TWO")),
            [
                "headheadheadhea…adheadheadONEtailtailtailtailtailtailtailta…",
                "headheadheadhea…adheadheadTWOtailtailtailtailtailtailtailta…"
            ]
        );
        assert_eq!(
            of(&long(""), "other"),
            [
                "headheadheadheadheadheadheadheadheadhead…ailtailtailtailtail",
                "other"
            ]
        );
        assert_eq!(of("a\nb\n", "a\nc\nd\n"), ["(2 lines)", "(3 lines: +2 -1)"]);
    }

    #[test]
    fn text_is_never_longer_than_asked_for() {
        for length in 0..200 {
            let text = "ü".repeat(length);
            for place in 0..=length {
                let shortened = shortened(&text, LONGEST, place).chars().count();
                assert!(shortened <= LONGEST && (shortened == length || length > LONGEST));
            }
        }
    }
}
