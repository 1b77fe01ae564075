//! Names of Systems Manager's parameters that are AWS's own.
//!
//! Source: Systems Manager API reference, `PutParameter`: no name begins with `aws` or `ssm`, with a `/` before it or
//! without, in whatever case. cfn-lint: W3701.

use stratiform_finding::Code;
use stratiform_finding::words::shortened;
use stratiform_template::Path;

use crate::schema::{Entries, Look};

/// Looks at the name of a parameter.
pub(super) fn check<'t>(look: &mut Look<'_, 't>, properties: &'t Entries, path: &Path<'_>) {
    let _ = look.along(properties, &["Name"], path, &mut |look, value, path| {
        look.at_each(path, |look| {
            let Some(name) = look.word(value)? else {
                return Ok(());
            };
            let bare = name.strip_prefix('/').unwrap_or(&name).to_ascii_lowercase();
            if bare.starts_with("aws") || bare.starts_with("ssm") {
                let what = format!("the parameter is called `{}`", shortened(&name));
                let why = "names that begin with `aws` or `ssm` are AWS's own: few may take one";
                look.warn(
                    path,
                    Code::ReservedName,
                    what,
                    why,
                    "begin it with another word",
                );
            }
            Ok(())
        })
    });
}
