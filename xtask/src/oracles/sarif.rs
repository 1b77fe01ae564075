//! What `validate --format sarif` prints, held against the schema of SARIF 2.1.0.
//!
//! The schema is the one of npm's `@microsoft/jest-sarif` 1.0.0-beta.0, of Microsoft, under the MIT licence.

use std::path::Path;
use std::process::Command;

use crate::command::{cargo, output, root};

/// A template that has something of everything: findings with one and two places, in a case, and accepted.
const TEMPLATE: &str = "xtask/src/oracles/sarif/template.yaml";

const CHECK: &str = "
import json, sys
from jsonschema import Draft4Validator, FormatChecker
schema = json.load(open('xtask/src/oracles/sarif/sarif-2.1.0-rtm.5.json'))
found = list(Draft4Validator(schema, format_checker=FormatChecker()).iter_errors(json.loads(sys.argv[1])))
for error in found:
    print(error.json_path, error.message)
sys.exit(bool(found))
";

/// Prints and checks.
pub(super) fn run(python: &Path) -> Result<String, String> {
    let mut validate = cargo(["run", "--quiet", "--", "validate", "--format", "sarif"]);
    validate.args(["--allow", "value-pattern", TEMPLATE, "no-such-file.yaml"]);
    let printed = output(validate.current_dir(root()))?;
    let log = String::from_utf8_lossy(&printed.stdout);
    let count = log.matches("\"ruleId\"").count();
    if count < 4 || !log.contains("\"suppressions\"") || !log.contains("\"relatedLocations\"") {
        return Err(format!(
            "SARIF: {count} results, and not all that was meant: {log}"
        ));
    }
    let mut check = Command::new(python);
    let checked = output(check.args(["-c", CHECK, &log]).current_dir(root()))?;
    if !checked.status.success() {
        let wrong = String::from_utf8_lossy(&checked.stdout);
        let error = String::from_utf8_lossy(&checked.stderr);
        return Err(format!("SARIF is not as its schema says: {wrong}{error}"));
    }
    Ok(format!("{count} results of SARIF as its schema says"))
}
