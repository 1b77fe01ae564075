//! Which findings were there before a change.
//!
//! A finding is the same one where its code and its place are: the stack, and the path in its template. Lines move, and
//! so do the items of lists: what is left over is the same where it says the same of another item. What is wrong in
//! another way at the same place is not new.

use std::collections::{HashMap, HashSet};

use stratiform_finding::{Code, Finding};

use super::{Found, Verdict};

/// A finding and the key of the stack that it is in.
pub(crate) type About<'f> = (Option<&'f str>, &'f Finding);

/// What is compared first.
type Place<'f> = (Option<&'f str>, Code, &'f [String], &'f str);

/// What is compared of items that moved.
type Moved<'f> = (Option<&'f str>, Code, Vec<&'f str>, &'f str);

/// Whether each of these findings was there before.
pub(crate) fn are_known(before: &[About<'_>], now: &[About<'_>]) -> Vec<bool> {
    let there: HashSet<Place<'_>> = before.iter().map(place).collect();
    let here: HashSet<Place<'_>> = now.iter().map(place).collect();
    let mut left: HashMap<Moved<'_>, usize> = HashMap::new();
    for about in before.iter().filter(|about| !here.contains(&place(about))) {
        *left.entry(moved(about)).or_default() += 1;
    }
    let is_known = now.iter().map(|about| {
        there.contains(&place(about))
            || left.get_mut(&moved(about)).is_some_and(|left| {
                let is_left = *left > 0;
                *left = left.saturating_sub(1);
                is_left
            })
    });
    is_known.collect()
}

fn place<'f>((stack, finding): &About<'f>) -> Place<'f> {
    // What is about no place in a template is what it says.
    let what = match finding.path.as_slice() {
        [] => finding.what.as_str(),
        _ => "",
    };
    (*stack, finding.code, &finding.path, what)
}

fn moved<'f>((stack, finding): &About<'f>) -> Moved<'f> {
    let is_position = |step: &&str| step.bytes().all(|byte| byte.is_ascii_digit());
    let path = finding.path.iter().map(String::as_str);
    let path = path.filter(|step| !is_position(step)).collect();
    // In a stack, the path is said there, too.
    let what = finding.what.split(" (stack `").next();
    (*stack, finding.code, path, what.unwrap_or_default())
}

impl Verdict {
    /// Says which findings were there before. What was accepted then was not: where its time is over, or nobody accepts
    /// it any more, it is new.
    pub(crate) fn know(&mut self, before: &Verdict) {
        let open = before.found.iter().filter(|found| found.is_open());
        let open: Vec<About<'_>> = open.map(about).collect();
        let now: Vec<About<'_>> = self.found.iter().map(about).collect();
        let are_known = are_known(&open, &now);
        for (found, is_known) in self.found.iter_mut().zip(are_known) {
            found.is_known |= is_known && found.accepted.is_none();
        }
    }
}

fn about(found: &Found) -> About<'_> {
    (found.stack.as_deref(), &found.finding)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::validation::Acceptance;

    fn finding(path: &str, what: &str) -> Finding {
        Finding {
            path: path.split('/').map(str::to_owned).collect(),
            ..Finding::new(Code::ValueLength, what, "")
        }
    }

    fn known(before: &[(&str, &str)], now: &[(&str, &str)]) -> Vec<bool> {
        let [before, now] = [before, now].map(|side| {
            let findings = side.iter().map(|(path, what)| finding(path, what));
            findings.collect::<Vec<Finding>>()
        });
        let [before, now] = [&before, &now].map(|side| {
            let side = side.iter().map(|finding| (None, finding));
            side.collect::<Vec<About<'_>>>()
        });
        are_known(&before, &now)
    }

    #[test]
    fn what_is_at_the_same_place_is_known_whatever_it_says() {
        assert_eq!(
            known(&[("A/B", "x")], &[("A/B", "y"), ("A/C", "x")]),
            [true, false]
        );
        assert_eq!(known(&[], &[("A/B", "x")]), [false]);
    }

    #[test]
    fn items_that_moved_are_known_and_one_more_of_them_is_not() {
        let one = [("A/0/B", "x")];
        assert_eq!(known(&one, &[("A/1/B", "x")]), [true]);
        assert_eq!(known(&one, &[("A/1/B", "y")]), [false]);
        // The first one is the one that was there.
        assert_eq!(
            known(&one, &[("A/0/B", "x"), ("A/1/B", "x")]),
            [true, false]
        );
        let several = [("A/0/B", "x"), ("A/1/B", "x")];
        let more = [("A/1/B", "x"), ("A/2/B", "x"), ("A/3/B", "x")];
        assert_eq!(known(&several, &more), [true, true, false]);
    }

    #[test]
    fn another_stack_is_another_place_and_what_was_accepted_is_new() {
        let found = |stack: &str, accepted: Option<Acceptance>| Found {
            stack: Some(stack.to_owned()),
            accepted,
            ..Found::new(finding("A/B", "x"))
        };
        let verdict = |found: Found| Verdict {
            found: vec![found],
            ..Verdict::default()
        };
        let known = |before: Found, now: Found| {
            let mut now = verdict(now);
            now.know(&verdict(before));
            (now.open().count(), now.known().count(), now.accepted())
        };
        let allowed = || Some(Acceptance::Allowed);
        assert_eq!(known(found("a", None), found("a", None)), (0, 1, 0));
        assert_eq!(known(found("b", None), found("a", None)), (1, 0, 0));
        assert_eq!(known(found("a", allowed()), found("a", None)), (1, 0, 0));
        // What is accepted is accepted, whether it is new or not.
        assert_eq!(known(found("a", None), found("a", allowed())), (0, 0, 1));
    }
}
