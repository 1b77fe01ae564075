//! What holds for all policies.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::tests::{cook, found, policy, resource, role};
use crate::consequence::{Certainty, Consequence, Kind};

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Single(bool, &'static str, &'static str, &'static str);

impl Single {
    fn written(&self) -> String {
        let Single(allow, action, resource, condition) = self;
        let effect = if *allow { "Allow" } else { "Deny" };
        format!("{{Effect: {effect}, Action: ['{action}'], Resource: '{resource}'{condition}}}")
    }
}

fn singles() -> impl Strategy<Value = BTreeSet<Single>> {
    let one = (
        any::<bool>(),
        select(vec!["a:B", "a:*", "a:C?", "*"]),
        select(vec!["x", "x*", "y", "*"]),
        select(vec![
            "",
            ", Condition: {StringLike: {k: 'v*'}}",
            ", Condition: {StringLike: {k: [v1, w]}}",
        ]),
    );
    let single = one.prop_map(|(allow, action, resource, condition)| {
        Single(allow, action, resource, condition)
    });
    proptest::collection::btree_set(single, 0..6)
}

fn document(singles: impl IntoIterator<Item = Single>) -> String {
    let statements: Vec<String> = singles.into_iter().map(|single| single.written()).collect();
    resource(&role(&statements.join(", ")))
}

/// The same with one statement for all actions of a resource.
fn merged(singles: &BTreeSet<Single>) -> String {
    let mut statements: BTreeMap<_, Vec<&str>> = BTreeMap::new();
    for Single(allow, action, resource, condition) in singles {
        let actions = statements.entry((allow, resource, condition)).or_default();
        actions.push(action);
    }
    let merged = statements
        .into_iter()
        .map(|((allow, resource, condition), actions)| {
            let actions = actions.join("', '");
            let effect = if *allow { "Allow" } else { "Deny" };
            format!(
                "{{Effect: {effect}, Action: ['{actions}'], Resource: '{resource}'{condition}}}"
            )
        });
    resource(&role(&merged.collect::<Vec<_>>().join(", ")))
}

/// The lines of one kind, without their signs.
fn lines(found: &[Consequence], kind: Kind) -> BTreeSet<(Certainty, String)> {
    let of_kind = found.iter().filter(|one| one.kind == kind);
    let lines = of_kind.flat_map(|one| {
        one.details
            .iter()
            .map(|line| (one.certainty, line[1..].to_owned()))
    });
    lines.collect()
}

/// The same in managed policies of one role: each statement in that with its number.
fn split(singles: &BTreeSet<Single>, parts: &[usize]) -> String {
    let mut policies: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    for (single, part) in singles.iter().zip(parts) {
        policies.entry(*part).or_default().push(single.written());
    }
    let names: Vec<String> = policies
        .keys()
        .map(|part| format!("!Ref P{part}"))
        .collect();
    let role = cook(&format!(", ManagedPolicyArns: [{}]", names.join(", ")));
    let policies = policies.iter().map(|(part, statements)| {
        policy(
            &format!("P{part}"),
            "ManagedPolicy",
            "Path: /",
            &statements.join(", "),
        )
    });
    let lines = std::iter::once(role).chain(policies);
    lines.map(|line| format!("  {line}\n")).collect()
}

proptest! {
    #[test]
    fn statements_split_differently_are_the_same(
        singles in singles(),
        [one, two] in [proptest::collection::vec(0..4usize, 6), proptest::collection::vec(0..4usize, 6)],
    ) {
        prop_assert_eq!(found(&split(&singles, &one), &split(&singles, &two)), []);
    }

    #[test]
    fn order_and_repetition_mean_nothing(singles in singles(), picks in proptest::collection::vec(any::<Index>(), 0..6)) {
        let before = document(singles.iter().cloned());
        let again: Vec<Single> = singles.iter().cloned().collect();
        let picked = picks.iter().filter(|_| !again.is_empty()).map(|pick| pick.get(&again).clone());
        let after = document(picked.chain(again.iter().rev().cloned()));
        prop_assert_eq!(found(&before, &after), []);
        prop_assert_eq!(found(&before, &merged(&singles)), []);
    }

    #[test]
    fn what_one_way_widens_narrows_the_other_way(one in singles(), two in singles()) {
        let (one, two) = (document(one), document(two));
        let (there, back) = (found(&one, &two), found(&two, &one));
        prop_assert_eq!(lines(&there, Kind::AccessWidened), lines(&back, Kind::AccessNarrowed));
        prop_assert_eq!(lines(&there, Kind::AccessNarrowed), lines(&back, Kind::AccessWidened));
    }
}
