//! What `cfn-init` does on an instance: `AWS::CloudFormation::Init` in the metadata of a resource.
//!
//! CloudFormation takes any of it; `cfn-init` fails on the instance, or leaves out what it does not know.
//!
//! Source: CloudFormation user guide, "AWS::CloudFormation::Init". cfn-lint: E3009, which refuses commands that are
//! lists, and numbers for texts.

use stratiform_finding::Code;
use stratiform_finding::words::{listed, meant};
use stratiform_template::{Path, Value};

use crate::schema::{Entries, Form, Look, Looked};

const INIT: &str = "AWS::CloudFormation::Init";

/// What a part of a configuration is.
enum Part {
    /// Maps of anything, by any name.
    Named,
    /// By any name, maps with these.
    Each(&'static [&'static str]),
    /// By one of these names, more of the same.
    Managers(&'static [&'static str], &'static Part),
    /// Whatever it is.
    Any,
}

const SERVICE: Part = Part::Each(&[
    "commands",
    "enabled",
    "ensureRunning",
    "files",
    "packages",
    "sources",
]);

/// The parts of a configuration.
const PARTS: [(&str, Part); 7] = [
    (
        "commands",
        Part::Each(&[
            "command",
            "cwd",
            "env",
            "ignoreErrors",
            "test",
            "waitAfterCompletion",
        ]),
    ),
    (
        "files",
        Part::Each(&[
            "authentication",
            "content",
            "context",
            "encoding",
            "group",
            "mode",
            "owner",
            "source",
        ]),
    ),
    ("groups", Part::Each(&["gid"])),
    (
        "packages",
        Part::Managers(
            &[
                "apt", "dnf", "msi", "python", "rpm", "rubygems", "yum", "zypper",
            ],
            &Part::Any,
        ),
    ),
    (
        "services",
        Part::Managers(&["systemd", "sysvinit", "windows"], &SERVICE),
    ),
    ("sources", Part::Named),
    ("users", Part::Each(&["groups", "homeDir", "uid"])),
];

/// Looks at what `cfn-init` is given.
pub(super) fn check<'t>(look: &mut Look<'_, 't>, _: &'t Entries, path: &Path<'_>) {
    let Some(Value::Map(metadata)) = &look.subject.resource.metadata else {
        return;
    };
    let (Some(resource), Some(_)) = (path.up, metadata.get(INIT)) else {
        return;
    };
    let path = resource.key("Metadata");
    let _ = look.along(metadata, &[INIT], &path, &mut |look, value, path| {
        let Some(configurations) = map(look, value, path) else {
            return Ok(());
        };
        for (name, value) in configurations {
            if name.starts_with("Fn::") {
                continue;
            }
            if name == "configSets" {
                look.inside(value, &path.key(name), &mut |look, value, path| {
                    map(look, value, path);
                    Ok(())
                })?;
                continue;
            }
            look.inside(value, &path.key(name), &mut configuration)?;
        }
        Ok(())
    });
}

/// The map that a value must be; told, where it is something else.
fn map<'v>(look: &mut Look<'_, '_>, value: &'v Value, path: &Path<'_>) -> Option<&'v Entries> {
    if let Value::Map(entries) = value {
        return Some(entries);
    }
    let _ = look.at_each(path, |look| {
        if look.misformed(value, Form::Map)?.is_some() {
            let what = format!("{} is no map", crate::schema::named(path));
            let why = "`cfn-init` fails on it";
            look.tell(path, Code::CfnInit, what, why, "write it as a map of names");
        }
        Ok(())
    });
    None
}

fn configuration<'t>(look: &mut Look<'_, 't>, value: &Value, path: &Path<'_>) -> Looked<'t> {
    let Some(parts) = map(look, value, path) else {
        return Ok(());
    };
    for (name, value) in parts {
        let path = path.key(name);
        match PARTS.iter().find(|(known, _)| known == name) {
            Some((_, form)) => {
                look.inside(value, &path, &mut |look, value, path| {
                    part(look, form, value, path)
                })?;
            }
            None if !name.starts_with("Fn::") => {
                unknown(look, name, &PARTS.map(|(known, _)| known), &path);
            }
            None => {}
        }
    }
    Ok(())
}

fn part<'t>(look: &mut Look<'_, 't>, form: &Part, value: &Value, path: &Path<'_>) -> Looked<'t> {
    if let Part::Any = form {
        return Ok(());
    }
    let Some(entries) = map(look, value, path) else {
        return Ok(());
    };
    for (name, value) in entries {
        let path = path.key(name);
        match form {
            Part::Named | Part::Any => {}
            Part::Each(names) => {
                look.inside(value, &path, &mut |look, value, path| {
                    for (name, value) in map(look, value, path).into_iter().flatten() {
                        let path = path.key(name);
                        if names.contains(&name.as_str()) {
                            look.at_each(&path, |look| formed(look, name, value, &path))?;
                        } else if !name.starts_with("Fn::") {
                            unknown(look, name, names, &path);
                        }
                    }
                    Ok(())
                })?;
            }
            Part::Managers(names, inner) if names.contains(&name.as_str()) => {
                look.inside(value, &path, &mut |look, value, path| {
                    part(look, inner, value, path)
                })?;
            }
            Part::Managers(names, _) if !name.starts_with("Fn::") => {
                unknown(look, name, names, &path)
            }
            Part::Managers(..) => {}
        }
    }
    Ok(())
}

/// The form of what stands under a name; none where it may have several.
fn form(name: &str) -> Option<Form> {
    match name {
        "authentication" | "command" | "content" | "context" => None,
        "env" | "packages" => Some(Form::Map),
        "commands" | "files" | "groups" | "sources" => Some(Form::List),
        _ => Some(Form::Scalar),
    }
}

/// Tells what has another form.
fn formed<'t>(look: &mut Look<'_, 't>, name: &str, value: &Value, path: &Path<'_>) -> Looked<'t> {
    // A command is text, or a list of it.
    let wanted = match (name, look.misformed(value, Form::List)?) {
        ("command", Some(Form::Map)) => Form::Scalar,
        _ => match form(name) {
            Some(wanted) => wanted,
            None => return Ok(()),
        },
    };
    if let Some(form) = look.misformed(value, wanted)? {
        let what = format!("`{name}` is {}", form.noun());
        let why = format!("`cfn-init` wants {}", wanted.noun());
        look.tell(path, Code::CfnInit, what, why, "write it in that form");
    }
    Ok(())
}

/// `cfn-init` leaves out what it does not know.
fn unknown(look: &mut Look<'_, '_>, name: &str, known: &[&str], path: &Path<'_>) {
    let what = format!("`cfn-init` does not know `{name}`");
    let why = format!("here it knows {}", listed(known));
    let help = meant(name, known.iter().copied()).unwrap_or_else(|| "take it away".to_owned());
    look.warn(path, Code::CfnInit, what, why, help);
}
