//! Documents of Systems Manager: the version of their schema fits what they are.
//!
//! Source: Systems Manager user guide, "SSM document schema features and examples". cfn-lint: E3051, which asks for a
//! version of every document, also of those that have none (CloudFormation templates, configurations, calendars).

use stratiform_finding::Code;
use stratiform_finding::words::{listed, shortened};
use stratiform_template::Path;

use crate::schema::{Entries, Look, Looked};

/// The versions of each type of document.
const VERSIONS: [(&str, &[&str]); 4] = [
    ("Automation", &["0.3"]),
    ("Command", &["1.0", "1.2", "2.0", "2.2"]),
    ("Policy", &["2.0"]),
    ("Session", &["1.0"]),
];

/// Looks at a document.
pub(super) fn check<'t>(look: &mut Look<'_, 't>, properties: &'t Entries, path: &Path<'_>) {
    let _ = look.along(properties, &["Content"], path, &mut |look, value, path| {
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

fn version<'t>(
    look: &mut Look<'_, 't>,
    properties: &Entries,
    document: &Entries,
    path: &Path<'_>,
) -> Looked<'t> {
    let kind = match look.given(properties, "DocumentType")? {
        Some(given) => look.word(given)?,
        None => Some("Command".into()),
    };
    let known = VERSIONS
        .iter()
        .find(|(known, _)| Some(*known) == kind.as_deref());
    let Some((kind, versions)) = known.filter(|_| !look.may_grow(document)) else {
        return Ok(());
    };
    let why = format!("a document of type `{kind}` has {}", listed(*versions));
    if look.given(document, "schemaVersion")?.is_none() {
        let what = "the document has no `schemaVersion`";
        let help = format!("add `schemaVersion: \"{}\"`", versions[versions.len() - 1]);
        look.tell(path, Code::SsmDocument, what, why, help);
        return Ok(());
    }
    if let Some(version) = look.word_of(document, "schemaVersion")?
        && !versions.contains(&version.as_ref())
    {
        let what = format!("`schemaVersion` is `{}`", shortened(&version));
        let help = "write that version, or another `DocumentType`";
        look.tell(
            &path.key("schemaVersion"),
            Code::SsmDocument,
            what,
            why,
            help,
        );
    }
    Ok(())
}
