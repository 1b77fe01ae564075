//! Any bytes → a template of real resource types → what is wrong with it, and which policies it breaks, twice the same.

#![no_main]

use libfuzzer_sys::fuzz_target;
use stratiform_template::{Template, check};
use stratiform_test_support::{Entropy, template};
use stratiform_validate::policy::{Levels, ask};
use stratiform_validate::validate;

fuzz_target!(|bytes: &[u8]| {
    let template = template(&mut Entropy::new(bytes));
    holds(&template);
    // Read again, loops and macros stand where a file has them.
    if let Ok(read) = Template::parse(&template.to_yaml()) {
        holds(&read);
    }
    // And the bytes themselves, for whoever has a corpus of templates.
    if let Some(read) = std::str::from_utf8(bytes).ok().and_then(|text| Template::parse(text).ok()) {
        holds(&read);
    }
});

fn holds(template: &Template) {
    check(template);
    for regions in [&[][..], &["us-east-1"], &["eu-west-1", "cn-north-1"]] {
        let report = validate(template, regions);
        let again = validate(template, regions);
        assert_eq!(report.findings, again.findings);
        assert_eq!(report.not_checked, again.not_checked);
        let asked = ask(template, regions, &Levels::default());
        let again = ask(template, regions, &Levels::default());
        assert_eq!(asked.findings, again.findings);
        assert_eq!(asked.answers, again.answers);
    }
}
