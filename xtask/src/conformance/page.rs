//! `docs/conformance.md`: its tables are replaced, its words stay.

use std::fs;

use crate::command::root;

const PAGE: &str = "docs/conformance.md";

/// Replaces what stands between the marks of a comparison.
///
/// # Errors
/// The page is not there, or has no such marks.
pub(super) fn write(comparison: &str, tables: &str) -> Result<(), String> {
    let path = root().join(PAGE);
    let failed = |error: std::io::Error| format!("cannot write `{PAGE}`: {error}");
    let page = fs::read_to_string(&path).map_err(failed)?;
    let start = format!("<!-- conformance {comparison} -->\n");
    let end = format!("<!-- end {comparison} -->");
    let place = page
        .split_once(&start)
        .and_then(|(before, rest)| Some((before, rest.split_once(&end)?.1)));
    let Some((before, after)) = place else {
        return Err(format!(
            "`{PAGE}` has no `{}` before `{end}`",
            start.trim_end()
        ));
    };
    fs::write(&path, format!("{before}{start}\n{tables}\n{end}{after}")).map_err(failed)
}
