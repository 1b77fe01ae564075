//! Any bytes → a template and a change of it → its change set, in both views; what is the same does not change.

#![no_main]

use indexmap::IndexMap;
use libfuzzer_sys::fuzz_target;
use stratiform_catalog::catalog;
use stratiform_changes::{ChangeSetView, Side, Sides, changes, describe};
use stratiform_resolve::Whereabouts;
use stratiform_template::Template;
use stratiform_test_support::{Entropy, change, template};

fuzz_target!(|bytes: &[u8]| {
    let mut entropy = Entropy::new(bytes);
    let before = template(&mut entropy);
    let after = change(&mut entropy, &before);
    changed(&before, &after);
    changed(&after, &before);
    assert_eq!(changed(&before, &before), 0, "{}", before.to_yaml());
});

fn changed(before: &Template, after: &Template) -> usize {
    let (given, tags) = (IndexMap::new(), IndexMap::new());
    let place = Whereabouts {
        stack: "shop".to_owned(),
        region: "eu-west-1".parse().unwrap(),
        account: None,
    };
    let side = |template| Side::new(template, &given, &tags, &place);
    let (found, _) = changes(&Sides::new(side(before), side(after), catalog()));
    for view in [ChangeSetView::WithValues, ChangeSetView::WithoutValues] {
        assert!(describe(&found, view).len() <= found.len());
    }
    found.len()
}
