//! What asks whether instances of a group are well: what EC2 says is always asked, and stands alone.
//!
//! Source: EC2 Auto Scaling user guide, "Health checks for instances in an Auto Scaling group". cfn-lint: E3056.

use stratiform_finding::Code;
use stratiform_template::{Path, Value};

use crate::schema::{Entries, Look, Looked};

/// Looks at what asks whether the instances of a group are well.
pub(super) fn check<'t>(look: &mut Look<'_, 't>, properties: &'t Entries, path: &Path<'_>) {
    let _ = look.along(
        properties,
        &["HealthCheckType"],
        path,
        &mut |look, value, path| look.at_each(path, |look| alone(look, value, path)),
    );
}

fn alone<'t>(look: &mut Look<'_, 't>, value: &Value, path: &Path<'_>) -> Looked<'t> {
    let Some(text) = look.word(value)? else {
        return Ok(());
    };
    let checks: Vec<&str> = text.split(',').map(str::trim).collect();
    if checks.len() > 1 && checks.contains(&"EC2") {
        let what = format!("`HealthCheckType` is `{text}`");
        let why = "`EC2` is always asked, and stands alone";
        let others: Vec<&str> = checks.into_iter().filter(|check| *check != "EC2").collect();
        let help = format!("write `{}`", others.join(","));
        look.tell(path, Code::ValueNotAllowed, what, why, help);
    }
    Ok(())
}
