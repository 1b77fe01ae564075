//! The parts that stacks share.

use storefront_stacks::parts;
use stratiform_stack::{App, PolicyDocument, References, Settings, props};

#[test]
fn a_mistake_in_a_part_is_shown_where_the_part_is_used() {
    let app = App::new(Settings {
        app: "shop".to_owned(),
        environment: "test".to_owned(),
        region: "eu-central-1".parse().expect("a region"),
        references: References::Strong,
        termination_protection: false,
        tags: Default::default(),
    });
    let stack = app.stack("one", "One");
    let role = props!(parts::Role {
        description: "What it is for",
        trust: PolicyDocument::assumed_by("lambda.amazonaws.com"),
    });
    role.clone().add_to(&stack, "Role");
    role.add_to(&stack, "Role");
    let problems = app.synthesize().unwrap_err();
    assert_eq!(problems[0].code.as_str(), "duplicate-logical-id");
    let places = &problems[0].places;
    assert!(places.iter().all(|place| place.at.position().0 == file!()));
}
