//! `docs/conformance.md`: its table is replaced, its words stay.

use std::fs;

use crate::command::root;

const PAGE: &str = "docs/conformance.md";
const START: &str = "<!-- conformance engine -->\n";
const END: &str = "<!-- end engine -->";

/// Replaces what stands between the marks.
///
/// # Errors
/// The page is not there, or has no such marks.
pub(super) fn write(table: &str) -> Result<(), String> {
    let path = root().join(PAGE);
    let failed = |error: std::io::Error| format!("cannot write `{PAGE}`: {error}");
    let page = fs::read_to_string(&path).map_err(failed)?;
    let place = page
        .split_once(START)
        .and_then(|(before, rest)| Some((before, rest.split_once(END)?.1)));
    let Some((before, after)) = place else {
        return Err(format!(
            "`{PAGE}` has no `{}` before `{END}`",
            START.trim_end()
        ));
    };
    fs::write(&path, format!("{before}{START}\n{table}\n{END}{after}")).map_err(failed)
}
