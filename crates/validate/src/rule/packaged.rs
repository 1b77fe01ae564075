//! Templates of nested stacks that are paths.
//!
//! Source: AWS CLI reference, `cloudformation package`, which puts an address in the place of the path. cfn-lint: W3002.

use stratiform_template::Path;

use crate::schema::{Entries, Look};

/// Looks at where the template of a nested stack is.
pub(super) fn check<'t>(look: &mut Look<'_, 't>, properties: &'t Entries, path: &Path<'_>) {
    let _ = look.along(
        properties,
        &["TemplateURL"],
        path,
        &mut |look, value, path| {
            look.at_each(path, |look| {
                if look.word(value)?.is_some_and(|text| !text.contains("://")) {
                    look.tell_packaged(path);
                }
                Ok(())
            })
        },
    );
}
