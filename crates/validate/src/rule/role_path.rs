//! Roles that are found by their name: CodeBuild does not find one with a path.
//!
//! Source: CodeBuild API reference, `CreateProject`: `serviceRole` is an ARN; what `Ref` of a role gives is its name.
//! cfn-lint: E3050.

use stratiform_finding::Code;
use stratiform_finding::words::shortened;
use stratiform_template::{Function, Path, Value};

use crate::schema::{Entries, Look};

/// Looks at the role of a project.
pub(super) fn check<'t>(look: &mut Look<'_, 't>, properties: &'t Entries, path: &Path<'_>) {
    let _ = look.along(
        properties,
        &["ServiceRole"],
        path,
        &mut |look, value, path| {
            look.at_each(path, |look| {
                let Value::Function(Function::Ref, _) = value else {
                    return Ok(());
                };
                let Some((name, role)) = look.target(value)? else {
                    return Ok(());
                };
                if let Some(given) = look.word_of(&role.properties, "Path")?
                    && given != "/"
                {
                    let what = format!("CodeBuild does not find the role `{name}` by its name");
                    let why = format!("the role has the path `{}`", shortened(&given));
                    let help = format!("write `!GetAtt {name}.Arn`");
                    look.tell(path, Code::RolePath, what, why, help);
                }
                Ok(())
            })
        },
    );
}
