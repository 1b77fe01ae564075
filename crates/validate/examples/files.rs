//! What is wrong with templates in files, one finding a line: `cargo run -p stratiform-validate --example files -- F…`.

use stratiform_template::parse_with_repeats;
use stratiform_validate::{Report, inspect};

fn main() {
    for name in std::env::args().skip(1) {
        let text = match std::fs::read_to_string(&name) {
            Ok(text) => text,
            Err(error) => {
                println!("{name}: {error}");
                continue;
            }
        };
        let report = match parse_with_repeats(&text) {
            Ok(document) => inspect(&document.node, &[]),
            Err(finding) => Report {
                findings: vec![*finding],
                ..Report::default()
            },
        };
        for finding in report.findings {
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
