//! What is wrong with templates in files, one finding a line: `cargo run -p stratiform-validate --example files -- F…`.

use stratiform_template::{inspect, parse_with_repeats};
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
        let (findings, report) = match parse_with_repeats(&text) {
            Ok(document) => {
                let (template, mut findings) = inspect(&document.node);
                let report = validate(&template, &[]);
                findings.extend(report.findings.iter().cloned());
                (findings, report)
            }
            Err(finding) => (vec![*finding], Default::default()),
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
