//! What holds for every text and every template.

use proptest::collection::vec;
use proptest::prelude::*;
use stratiform_template::{Member, Template};
use stratiform_test_support::{Entropy, template};

use super::{given, place};
use crate::intake::{
    capabilities, check, parameters, process, read, summary, validate, validation,
};

/// Everything that can be asked of a text. None of it panics, whatever the answers are.
fn ask_everything(body: &str) {
    let Ok(intake) = read(body) else { return };
    let _ = (summary(&intake), validation(&intake), capabilities(&intake));
    let _ = validate(&intake.template);
    let pairs = [
        ("Given", "x"),
        ("Free", "x"),
        ("Bounded", "x"),
        ("Password", "a"),
    ];
    let look_up = |name: &str| name.len().is_multiple_of(2).then(|| name.to_owned());
    let Ok(values) = parameters(&intake.template, &given(&pairs), None, &look_up) else {
        return;
    };
    if let Ok(processed) = process(&intake, &values, &place()) {
        let _ = check(&processed, &values, &place());
    }
}

/// Whether every resource is written out. The generator has loops under the names of resources, where none may be.
fn is_written_out(template: &Template) -> bool {
    let mut members = template.resources.values();
    members.all(|member| matches!(member, Member::One(_)))
}

proptest! {
    #[test]
    fn no_text_panics(body in ".{0,200}") {
        ask_everything(&body);
    }

    #[test]
    fn no_section_panics(
        section in "(Resources|Outputs|Parameters|Conditions|Mappings|Rules|Transform)",
        name in "[A-Za-z:]{0,12}",
        value in "[-!A-Za-z0-9:{},'\\[\\]$& ]{0,80}",
    ) {
        ask_everything(&format!("{section}:\n  {name}: {value}\nResources: {{R: {{Type: AWS::SNS::Topic}}}}"));
        ask_everything(&format!("Resources: {{R: {{Type: AWS::SNS::Topic, Properties: {{P: {value}}}}}}}"));
    }

    #[test]
    fn what_is_a_template_is_read(bytes in vec(any::<u8>(), 0..600)) {
        let template = template(&mut Entropy::new(&bytes));
        prop_assume!(is_written_out(&template));
        for body in [template.to_json(), template.to_yaml()] {
            let intake = read(&body);
            prop_assert!(intake.is_ok(), "{}", intake.unwrap_err());
            ask_everything(&body);
        }
    }
}
