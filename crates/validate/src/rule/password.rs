//! Passwords that are written out.
//!
//! Source: CloudFormation user guide, "Security best practices for CloudFormation: Do not embed credentials in your
//! templates". cfn-lint: W2501.

use stratiform_finding::Code;
use stratiform_template::{Function, Path, Step, Value};

use crate::schema::{Entries, Look, Looked};

/// Properties that are passwords, of any type.
pub(crate) const NAMES: [&str; 9] = [
    "ADDomainJoinPassword",
    "AccountPassword",
    "AdminPassword",
    "CrossRealmTrustPrincipalPassword",
    "DbPassword",
    "KdcAdminPassword",
    "MasterUserPassword",
    "Password",
    "PasswordParam",
];

/// Looks at the passwords of a resource.
pub(super) fn check<'t>(look: &mut Look<'_, 't>, properties: &'t Entries, path: &Path<'_>) {
    let _ = within(look, properties, path);
}

fn within<'t>(look: &mut Look<'_, 't>, entries: &Entries, path: &Path<'_>) -> Looked<'t> {
    for (name, value) in entries {
        let path = path.key(name);
        if NAMES.contains(&name.as_str()) {
            look.inside(value, &path, &mut |look, value, path| {
                password(look, value, path);
                Ok(())
            })?;
        }
        // Most properties are no maps: there is nothing inside of them.
        if matches!(
            value,
            Value::Map(_) | Value::List(_) | Value::Function(Function::If, _)
        ) {
            look.inside(value, &path, &mut deeper)?;
        }
    }
    Ok(())
}

fn deeper<'t>(look: &mut Look<'_, 't>, value: &Value, path: &Path<'_>) -> Looked<'t> {
    match value {
        Value::Map(entries) => within(look, entries, path),
        Value::List(items) => {
            for (position, item) in items.iter().enumerate() {
                look.inside(item, &path.below(Step::Index(position)), &mut deeper)?;
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

fn password(look: &mut Look<'_, '_>, value: &Value, path: &Path<'_>) {
    let secret = "whoever may read the template, or the stack, reads the password";
    let help = "write `{{resolve:secretsmanager:…}}`, or let AWS manage the password";
    match value {
        Value::String(text) if text.contains("{{resolve:ssm:") => {
            let what = "a password is read from a parameter that is no secret";
            look.warn(path, Code::PlainPassword, what, secret, help);
        }
        Value::String(text) if !text.contains("{{resolve:") && !text.is_empty() => {
            look.warn(
                path,
                Code::PlainPassword,
                "a password is written out",
                secret,
                help,
            );
        }
        Value::Function(Function::Ref, name) => {
            let template = look.scene.template;
            let declared = name
                .as_str()
                .and_then(|name| template.parameters.get_key_value(name));
            let Some((name, declared)) = declared else {
                return;
            };
            if declared.no_echo != Some(true) {
                let what = format!("the parameter `{name}` is a password, and is shown");
                let help = format!("add `NoEcho: true` to `{name}`");
                let section = Path {
                    up: None,
                    step: Step::Key("Parameters"),
                };
                look.warn(&section.key(name), Code::PlainPassword, what, secret, help);
            }
        }
        _ => {}
    }
}
