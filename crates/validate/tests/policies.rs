//! Policies: what breaks each, what keeps it, what is so under a condition, and what cannot be known.

#![expect(clippy::panic, reason = "a test")]

mod policies {
    mod each;
    mod everywhere;
    mod pages;
    mod storage;
}

use stratiform_template::Template;
use stratiform_validate::policy::{Answer, Levels, ask};

const HEAD: &str = "
Parameters:
  Stage: {Type: String, AllowedValues: [dev, prod]}
  Given: {Type: String, Default: 'true'}
  Any: {Type: String}
Conditions:
  Prod: !Equals [!Ref Stage, prod]
Resources:
";

/// What a policy says of these resources: each answer a line, with what breaks it below.
fn said(policy: &str, resources: &str) -> String {
    let template = match Template::parse(&format!("{HEAD}{resources}")) {
        Ok(template) => template,
        Err(findings) => panic!("{resources}: {findings:?}"),
    };
    told(policy, &template)
}

/// The same of a whole template.
fn told(policy: &str, template: &Template) -> String {
    let asked = ask(template, &[], &Levels::default());
    let mut lines = Vec::new();
    let answers = asked.answers.iter();
    for answered in answers.filter(|answered| answered.code.as_str() == policy) {
        let answer = match answered.answer {
            Answer::Holds => "holds",
            Answer::Broken => "broken",
            Answer::Unknown => "unknown",
        };
        lines.push(format!("{}: {answer}", answered.path[1..].join("/")));
        let findings = asked.findings.iter();
        for finding in findings.filter(|finding| {
            finding.code == answered.code && finding.path.starts_with(&answered.path)
        }) {
            let when = match finding.when.as_str() {
                "" => String::new(),
                when => format!(", when {when}"),
            };
            let (level, path) = (finding.level, finding.path[2..].join("/"));
            lines.push(format!("  {level:?} {path}: {}{when}", finding.what));
            lines.push(format!("    {}", finding.help));
        }
    }
    lines.join("\n")
}
