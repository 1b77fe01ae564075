//! `docs/benchmarks.md`: its tables are replaced, its words stay.

use std::fs;
use std::path::Path;

use super::error::BenchError;
use super::table::Table;

/// The page, from the workspace.
const PAGE: &str = "docs/benchmarks.md";

/// Replaces what stands between the marks of a task.
pub(super) fn write(
    root: &Path,
    task: &'static str,
    machine: &str,
    tables: &[Table],
) -> Result<(), BenchError> {
    let path = root.join(PAGE);
    let page = fs::read_to_string(&path).map_err(BenchError::file("read", &path))?;
    let start = format!("<!-- bench {task} -->\n");
    let end = format!("<!-- end {task} -->");
    let place = page
        .split_once(&start)
        .and_then(|(before, rest)| Some((before, rest.split_once(&end)?.1)));
    let Some((before, after)) = place else {
        return Err(BenchError::NoPlace(PAGE.into(), task));
    };
    let tables: Vec<String> = tables.iter().map(Table::to_markdown).collect();
    let text = format!(
        "{before}{start}\n{}\n\n{}\n{end}{after}",
        machine.replace('\n', "  \n"),
        tables.join("\n")
    );
    fs::write(&path, text).map_err(BenchError::file("write", &path))
}
