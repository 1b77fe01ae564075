//! What holds of any template and any change: nothing panics, what is the same does not differ, and nothing grows
//! faster than its input.
//!
//! The laws of one crate alone stand in that crate.

use std::sync::atomic::{AtomicUsize, Ordering};

use indexmap::IndexMap;
use proptest::collection::vec;
use proptest::prelude::*;
use stratiform_assembly::StackAt;
use stratiform_catalog::catalog;
use stratiform_changes::{ChangeSetView, describe};
use stratiform_changes::{Side, Sides, changes};
use stratiform_diff::{Pair, StackChange, StackDiff, diff_environment, verdict};
use stratiform_resolve::{Resolved, Resolver, Scope, Style, Whereabouts, World, expand, hidden};
use stratiform_service::Region;
use stratiform_template::{Template, check};
use stratiform_test_support::{Entropy, change, large, template, wide};
use stratiform_validate::validate;

fn place() -> Whereabouts {
    Whereabouts {
        stack: "shop".to_owned(),
        region: Region::us_east_1(),
        account: None,
    }
}

fn bytes() -> impl Strategy<Value = Vec<u8>> {
    vec(any::<u8>(), 0..600)
}

/// Both sides as they come: written and read again, since that is what any of our commands is given.
fn read(template: &Template) -> Template {
    Template::parse(&template.to_yaml()).unwrap_or_else(|_| template.clone())
}

/// Everything that can be asked of a scope.
fn resolve_all(template: &Template) -> usize {
    let (given, place) = (IndexMap::new(), place());
    let scope = Scope::new(template, &given, &place);
    let resolver = Resolver::new(&scope, &place);
    let mut asked = 0;
    for (_, resource) in scope.resources() {
        let entries = resolver.entries(&resource.properties);
        asked += entries.len();
        for value in resource.values() {
            for branch in resolver.branches(value) {
                let part = branch.outcome.part();
                asked += part.map_or(0, |part| part.shown(Style::Expression).len().min(1));
            }
        }
    }
    let _ = expand(&resolver);
    let _ = hidden(template);
    asked
}

fn changes_between(before: &Template, after: &Template) -> usize {
    let (given, tags, place) = (IndexMap::new(), IndexMap::new(), place());
    let side = |template| Side::new(template, &given, &tags, &place);
    let sides = Sides::new(side(before), side(after), catalog());
    let (found, _) = changes(&sides);
    let views = [ChangeSetView::WithValues, ChangeSetView::WithoutValues];
    let described = views.map(|view| describe(&found, view).len());
    assert!(described.iter().all(|count| *count <= found.len()));
    found.len()
}

fn diffs(before: &Template, after: &Template) -> Vec<StackDiff> {
    let [before, after] = [before, after].map(|one| StackAt::of("shop", one.clone()));
    let pair = Pair {
        place: place(),
        before: Some(&before),
        after: Some(&after),
    };
    diff_environment(&[pair])
}

/// How much is said about a change.
fn said(before: &Template, after: &Template) -> usize {
    let found = diffs(before, after);
    let consequences = found.iter().flat_map(|stack| &stack.consequences);
    let texts = consequences.map(|found| {
        let details: usize = found.details.iter().map(String::len).sum();
        found.what.len() + found.why.len() + details
    });
    texts.sum()
}

fn diff_between(before: &Template, after: &Template) -> StackChange {
    let found = diffs(before, after);
    assert!(!verdict(&found).is_empty());
    found[0].change
}

proptest! {
    #[test]
    fn resolve_answers_for_any_template(bytes in bytes()) {
        resolve_all(&read(&template(&mut Entropy::new(&bytes))));
    }

    #[test]
    fn changes_answer_for_any_change(bytes in bytes()) {
        let mut entropy = Entropy::new(&bytes);
        let before = template(&mut entropy);
        let after = change(&mut entropy, &before);
        changes_between(&before, &after);
    }

    #[test]
    fn diff_answers_for_any_change(bytes in bytes()) {
        let mut entropy = Entropy::new(&bytes);
        let before = template(&mut entropy);
        let after = change(&mut entropy, &before);
        let (before, after) = (read(&before), read(&after));
        diff_between(&before, &after);
        diff_between(&after, &before);
    }

    #[test]
    fn what_is_the_same_does_not_differ(bytes in bytes()) {
        let one = read(&template(&mut Entropy::new(&bytes)));
        prop_assert_eq!(diff_between(&one, &one), StackChange::Unchanged);
        // A nested stack is updated with its parent, and nothing else is.
        prop_assert_eq!(changes_between(&one, &one), 0);
    }

    #[test]
    fn the_checks_answer_for_any_template(bytes in bytes()) {
        check(&template(&mut Entropy::new(&bytes)));
    }

    #[test]
    fn validation_answers_for_any_template_and_always_the_same(bytes in bytes()) {
        let template = template(&mut Entropy::new(&bytes));
        for regions in [&[][..], &["us-east-1"], &["eu-west-1", "cn-north-1"]] {
            let report = validate(&template, regions);
            let again = validate(&template, regions);
            prop_assert_eq!(&report.findings, &again.findings);
            prop_assert_eq!(&report.not_checked, &again.not_checked);
            prop_assert_eq!(report.checked, again.checked);
        }
    }
}

/// Four times what CloudFormation takes: what grows with the cube of it does not come to an end here, and what grows
/// with the square is felt by everybody who runs the tests.
const LARGE: usize = 2_000;

#[test]
fn large_changes_come_to_an_end() {
    let before = large(LARGE);
    let mut after = large(LARGE);
    if let Some(parameter) = after.parameters.get_mut("Free") {
        parameter.default = Some("y".into());
    }
    assert_eq!(changes_between(&before, &after), LARGE);
    assert_eq!(diff_between(&before, &after), StackChange::Updated);
}

#[test]
fn changes_of_many_types_come_to_an_end() {
    let (before, after) = (wide(LARGE, 0), wide(LARGE, 1));
    assert!(changes_between(&before, &after) >= LARGE / 4);
    assert_eq!(diff_between(&before, &after), StackChange::Updated);
}

#[test]
fn validation_of_large_templates_comes_to_an_end() {
    for template in [large(LARGE), wide(LARGE, 0)] {
        let report = validate(&template, &["us-east-1"]);
        assert!(report.checked > LARGE / 2, "{}", report.checked);
    }
}

#[test]
fn what_is_found_grows_with_what_is_there() {
    let found = |count| validate(&wide(count, 0), &[]).findings.len();
    let (one, two) = (found(LARGE / 4), found(LARGE / 2));
    assert!(one > LARGE / 4);
    assert!(two <= one * 2 + one / 5, "{one}, then {two}");
}

#[test]
fn what_is_said_grows_with_what_changes() {
    let [one, two] = [LARGE / 4, LARGE / 2].map(|count| said(&wide(count, 0), &wide(count, 1)));
    assert!(one > LARGE / 4);
    assert!(two <= one * 2 + one / 5, "{one}, then {two}");
}

/// A world that counts how often it is asked.
#[derive(Debug)]
struct Counting(Whereabouts, AtomicUsize);

impl World for Counting {
    fn place(&self) -> &Whereabouts {
        self.1.fetch_add(1, Ordering::Relaxed);
        &self.0
    }

    fn resource(&self, logical_id: &str, attribute: Option<&str>) -> Resolved<'static> {
        self.1.fetch_add(1, Ordering::Relaxed);
        self.0.resource(logical_id, attribute)
    }

    fn looked_up(&self, _: &str) -> Option<String> {
        self.1.fetch_add(1, Ordering::Relaxed);
        None
    }
}

/// How often the world is asked when all of a template is resolved.
fn asked(template: &Template) -> usize {
    let world = Counting(place(), AtomicUsize::new(0));
    let given = IndexMap::new();
    let scope = Scope::new(template, &given, &world);
    let resolver = Resolver::new(&scope, &world);
    for (_, resource) in scope.resources() {
        resolver.entries(&resource.properties);
    }
    world.1.load(Ordering::Relaxed)
}

#[test]
fn resolving_asks_twice_as_much_of_twice_as_much() {
    let (one, two) = (asked(&large(LARGE)), asked(&large(2 * LARGE)));
    assert!(one >= LARGE);
    assert!(two <= one * 2 + one / 10, "{one}, then {two}");
}
