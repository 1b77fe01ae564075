//! Why the package cannot be imported.

use std::io;
use std::path::PathBuf;

use serde_json::Value;

/// Why the package cannot be imported.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ImportError {
    #[error("cannot read `{path}` of the package: {source}\nIts layout may have changed.")]
    Read { path: PathBuf, source: io::Error },
    #[error("`{path}` of the package is not JSON: {source}")]
    Json {
        path: PathBuf,
        source: serde_json::Error,
    },
    #[error(
        "unknown keyword `{keyword}` at {place}: nobody has decided whether it is a fact.\n\
         Add it to the kept keywords or to DROPPED, in crates/catalog/src/keyword.rs."
    )]
    UnknownKeyword { keyword: String, place: String },
    #[error(
        "{place} is not {expected}, but {found}.\n\
         The package's format has changed; adapt the importer in xtask/src/catalog to it."
    )]
    Unexpected {
        place: String,
        expected: &'static str,
        found: String,
    },
}

pub(super) fn unexpected(place: &str, expected: &'static str, found: &Value) -> ImportError {
    let mut found = found.to_string();
    if let Some((end, _)) = found.char_indices().nth(80) {
        found.replace_range(end.., "…");
    }
    ImportError::Unexpected {
        place: place.to_owned(),
        expected,
        found,
    }
}
