//! What is wrong with templates in files, one finding a line: `cargo run -p stratiform-validate --example files -- F…`.

use stratiform_template::{Template, check, parse_with_repeats};
use stratiform_validate::validate;

fn main() {
    for name in std::env::args().skip(1) {
        let text = match std::fs::read_to_string(&name) {
            Ok(text) => text,
            Err(error) => {
                println!("{name}: {error}");
                continue;
            }
        };
        let read = parse_with_repeats(&text).map_err(|finding| vec![*finding]);
        let template = read.and_then(|document| Template::from_node(&document.node));
        let (findings, report) = match template {
            Ok(template) => {
                let report = validate(&template, &[]);
                let mut findings = check(&template);
                findings.extend(report.findings.iter().cloned());
                (findings, report)
            }
            Err(findings) => (findings, Default::default()),
        };
        for finding in findings {
            let when = match finding.when.as_str() {
                "" => String::new(),
                when => format!(" when {when}"),
            };
            let (level, code, path) = (finding.level, finding.code, finding.path.join("/"));
            println!(
                "{name}: {level:?} {code} {path}: {}{when}; {}; {}",
                finding.what, finding.why, finding.help
            );
        }
        for skipped in report.not_checked {
            println!(
                "{name}: not checked: {:?} {}",
                skipped.reason,
                skipped.path.join("/")
            );
        }
    }
}
