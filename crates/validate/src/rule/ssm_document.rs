//! Documents of Systems Manager: the version of their schema fits what they are.
//!
//! Source: Systems Manager user guide, "Data elements and parameters" and "SSM document schema features". cfn-lint:
//! E3051, which asks for a version of every document, also of those that have none (CloudFormation templates,
//! configurations, calendars), and does not ask what type it is.

use stratiform_finding::Code;
use stratiform_finding::words::{listed, shortened};
use stratiform_template::{Path, Value, parse};

use crate::schema::{Entries, Form, Look, Looked};

/// A type of document, and the versions that it can have.
type Versions = (&'static str, &'static [&'static str]);

const VERSIONS: [Versions; 4] = [
    ("Automation", &["0.3"]),
    ("Command", &["1.2", "2.0", "2.2"]),
    ("Policy", &["2.0", "2.2"]),
    ("Session", &["1.0"]),
];

/// Looks at a document.
pub(super) fn check<'t>(look: &mut Look<'_, 't>, properties: &'t Entries, path: &Path<'_>) {
    let _ = look.along(properties, &["Content"], path, &mut |look, value, path| {
        look.at_each(path, |look| text(look, properties, value, path))?;
        look.document(
            value,
            path,
            &mut |look, document, path| match document.as_map() {
                Some(document) => {
                    look.at_each(path, |look| version(look, properties, document, path))
                }
                None => Ok(()),
            },
        )
    });
}

/// What the document is, and the versions of that; none where it has none, or nobody knows.
fn versions<'t>(
    look: &Look<'_, 't>,
    properties: &Entries,
) -> Looked<'t, Option<&'static Versions>> {
    let kind = match look.given(properties, "DocumentType")? {
        Some(given) => look.word(given)?,
        None => Some("Command".into()),
    };
    let is_it = |known: &&Versions| Some(known.0) == kind.as_deref();
    Ok(VERSIONS.iter().find(is_it))
}

/// A document in text is one.
fn text<'t>(
    look: &mut Look<'_, 't>,
    properties: &Entries,
    value: &Value,
    path: &Path<'_>,
) -> Looked<'t> {
    let Value::String(text) = value else {
        return Ok(());
    };
    // Whether Systems Manager reads what we do not, nobody knows.
    let is_other = parse(text).is_ok_and(|node| node.entries().is_empty());
    if is_other && !text.contains("{{resolve:") && versions(look, properties)?.is_some() {
        let why = "it is a map with `schemaVersion`, in JSON or YAML";
        let help = "write the document, or read it from a file with `Fn::Transform`";
        look.tell(
            path,
            Code::SsmDocument,
            "`Content` is no document",
            why,
            help,
        );
    }
    Ok(())
}

fn version<'t>(
    look: &mut Look<'_, 't>,
    properties: &Entries,
    document: &Entries,
    path: &Path<'_>,
) -> Looked<'t> {
    let known = versions(look, properties)?;
    let Some((kind, versions)) = known.filter(|_| !look.may_grow(document)) else {
        return Ok(());
    };
    for name in ["assumeRole", "description"] {
        let Some(value) = document.get(name) else {
            continue;
        };
        if let Some(form) = look.misformed(value, Form::Scalar)? {
            let what = format!("`{name}` is {}", form.noun());
            let help = "write it as text";
            look.tell(&path.key(name), Code::SsmDocument, what, "it is text", help);
        }
    }
    let name = "schemaVersion";
    let why = format!("a document of type `{kind}` has {}", listed(*versions));
    let own = path.key(name);
    match look.given(document, name)? {
        None => {
            let what = "the document has no `schemaVersion`";
            let newest = versions.last().copied().unwrap_or_default();
            let help = format!("add `schemaVersion: \"{newest}\"`");
            look.tell(path, Code::SsmDocument, what, why, help);
        }
        // Found by cfn-lint's users (#2728).
        Some(Value::Number(number)) => {
            let what = format!("`schemaVersion` is the number {}", number.as_str());
            let help = format!("write it in quotes: `\"{}\"`", number.as_str());
            look.tell(
                &own,
                Code::SsmDocument,
                what,
                "Systems Manager wants a text",
                help,
            );
        }
        Some(value @ (Value::List(_) | Value::Map(_) | Value::Bool(_))) => {
            let form = look.misformed(value, Form::Scalar)?.unwrap_or(Form::Scalar);
            let what = format!("`schemaVersion` is {}", form.noun());
            look.tell(
                &own,
                Code::SsmDocument,
                what,
                why,
                "write the version, in quotes",
            );
        }
        Some(value) => {
            if let Some(version) = look.word(value)?
                && !versions.contains(&version.as_ref())
            {
                let what = format!("`schemaVersion` is `{}`", shortened(&version));
                let help = "write that version, or another `DocumentType`";
                look.tell(&own, Code::SsmDocument, what, why, help);
            }
        }
    }
    Ok(())
}
