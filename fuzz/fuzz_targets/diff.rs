//! Any bytes → a template and a change of it → what the change means; what is the same does not differ.

#![no_main]

use libfuzzer_sys::fuzz_target;
use stratiform_assembly::StackAt;
use stratiform_diff::{Pair, StackChange, diff_environment, verdict};
use stratiform_resolve::Whereabouts;
use stratiform_template::Template;
use stratiform_test_support::{Entropy, change, template};

fuzz_target!(|bytes: &[u8]| {
    let mut entropy = Entropy::new(bytes);
    // Written and read again: that is what a command is given.
    let read = |template: Template| Template::parse(&template.to_yaml()).unwrap_or(template);
    let before = template(&mut entropy);
    let after = read(change(&mut entropy, &before));
    let before = read(before);
    compared(&before, &after);
    compared(&after, &before);
    let same = compared(&before, &before);
    assert_eq!(same, StackChange::Unchanged, "{}", before.to_yaml());
});

fn compared(before: &Template, after: &Template) -> StackChange {
    let [before, after] = [before, after].map(|one| StackAt::of("shop", one.clone()));
    let pair = Pair {
        place: Whereabouts {
            stack: "shop".to_owned(),
            region: "eu-west-1".parse().unwrap(),
            account: None,
        },
        before: Some(&before),
        after: Some(&after),
    };
    let found = diff_environment(&[pair]);
    assert!(!verdict(&found).is_empty());
    found[0].change
}
