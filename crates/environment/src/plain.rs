//! A problem as plain text, for logs and tests. The command line has its own, with colours.

use std::fmt;

use stratiform_template::Span;

use crate::load::Source;
use crate::problem::Problem;

/// A [`Problem`] with the lines it is about; `Display` writes it.
pub struct Plain<'a> {
    problem: &'a Problem,
    sources: &'a [Source],
}

impl Problem {
    /// The problem with the lines it is about, from the layers that were loaded.
    pub fn plain<'a>(&'a self, sources: &'a [Source]) -> Plain<'a> {
        Plain {
            problem: self,
            sources,
        }
    }
}

impl Plain<'_> {
    fn snippet(
        &self,
        formatter: &mut fmt::Formatter<'_>,
        file: &str,
        span: Span,
        note: &str,
    ) -> fmt::Result {
        let source = self.sources.iter().find(|source| source.name == file);
        let line = source.and_then(|source| source.text.lines().nth(span.line.checked_sub(1)?));
        let Some(line) = line else {
            return writeln!(formatter, "   | {note}");
        };
        let before = span.column.saturating_sub(1);
        let marked = source
            .and_then(|source| source.text.get(span.range()))
            .and_then(|text| text.lines().next())
            .map_or(0, |text| text.trim_end().chars().count());
        let mark = format!("{}{} {note}", " ".repeat(before), "^".repeat(marked.max(1)));
        writeln!(formatter, "{:>3} | {line}", span.line)?;
        writeln!(formatter, "    | {}", mark.trim_end())
    }
}

impl fmt::Display for Plain<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Problem {
            code,
            what,
            file,
            span,
            why,
            help,
            also,
        } = self.problem;
        writeln!(formatter, "error[{code}]: {what}")?;
        writeln!(formatter, "   --> {file}:{}:{}", span.line, span.column)?;
        self.snippet(formatter, file, *span, "")?;
        for also in also {
            writeln!(
                formatter,
                "   ::: {}:{}:{}",
                also.file, also.span.line, also.span.column
            )?;
            self.snippet(formatter, &also.file, also.span, &also.note)?;
        }
        if !why.is_empty() {
            writeln!(formatter, "   = why: {why}")?;
        }
        writeln!(formatter, "   = help: {help}")
    }
}
