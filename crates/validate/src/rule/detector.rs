//! Detectors of GuardDuty: what they watch is said in one of two ways.
//!
//! Source: GuardDuty API reference, `CreateDetector`: `dataSources` and `features` exclude each other. cfn-lint: E3063.

use stratiform_finding::Code;
use stratiform_template::Path;

use crate::schema::{Entries, Look};

/// Looks at a detector.
pub(super) fn check<'t>(look: &mut Look<'_, 't>, properties: &'t Entries, path: &Path<'_>) {
    let _ = look.at_each(path, |look| {
        let is_old = look.given(properties, "DataSources")?.is_some();
        if is_old && look.given(properties, "Features")?.is_some() {
            let what = "`DataSources` and `Features` exclude each other";
            let why = "both say what is watched";
            let help = "keep `Features`, which is the newer one";
            look.tell(
                &path.key("DataSources"),
                Code::ExclusiveProperties,
                what,
                why,
                help,
            );
        }
        Ok(())
    });
}
