//! What these tests share.

use stratiform_assembly::StackAt;
use stratiform_diff::{StackDiff, diff};
use stratiform_resolve::Whereabouts;
use stratiform_template::Template;

/// What changes between two templates of one stack.
pub(crate) fn compared(before: &str, after: &str) -> StackDiff {
    let place = Whereabouts {
        stack: "shop".to_owned(),
        region: "eu-central-1".parse().unwrap(),
        account: None,
    };
    let [before, after] =
        [before, after].map(|text| StackAt::of("shop", Template::parse(text).unwrap()));
    diff(Some(&before), Some(&after), &place)
}
