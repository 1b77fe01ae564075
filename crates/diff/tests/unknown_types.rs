//! Types that the catalog does not know.
#![expect(clippy::unwrap_used, reason = "a test")]

use stratiform_assembly::StackAt;
use stratiform_diff::{Note, diff};
use stratiform_resolve::Whereabouts;
use stratiform_template::Template;

fn note(resource_type: &str) -> Note {
    let text = format!("Resources: {{A: {{Type: '{resource_type}'}}}}");
    let template = Template::parse(&text).unwrap();
    let place = Whereabouts {
        stack: "one".to_owned(),
        region: "eu-central-1".parse().unwrap(),
        account: None,
    };
    let mut notes = diff(None, Some(&StackAt::of("shop", template)), &place).notes;
    assert_eq!(notes.len(), 1);
    notes.remove(0)
}

#[test]
fn a_misspelt_type_is_told_what_was_meant() {
    let misspelt = note("AWS::S3::Bucet");
    assert!(misspelt.what.contains("`AWS::S3::Bucet`"));
    assert_eq!(
        misspelt.help.as_deref(),
        Some("did you mean `AWS::S3::Bucket`?")
    );
    assert_eq!(note("Acme::Something::Else").help, None);
}
