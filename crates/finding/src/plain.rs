//! A finding as plain text, for logs and tests. The command line has its own, with colours.

use std::fmt;

use crate::{At, Finding, Place};

/// A [`Finding`] with the lines it is about, as far as their text is known; `Display` writes it.
pub struct Plain<'f>(pub &'f Finding);

impl fmt::Display for Plain<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Finding {
            code,
            what,
            why,
            help,
            places,
            ..
        } = self.0;
        writeln!(formatter, "error[{code}]: {what}")?;
        for (index, place) in places.iter().enumerate() {
            let arrow = if index == 0 { "-->" } else { ":::" };
            let (file, line, column) = place.at.position();
            writeln!(formatter, "   {arrow} {file}:{line}:{column}")?;
            snippet(formatter, place)?;
        }
        if !why.is_empty() {
            writeln!(formatter, "   = why: {why}")?;
        }
        writeln!(formatter, "   = help: {help}")
    }
}

fn snippet(formatter: &mut fmt::Formatter<'_>, place: &Place) -> fmt::Result {
    let note = &place.label;
    let At::Text(source, span) = &place.at else {
        return writeln!(formatter, "   | {note}");
    };
    let line = span.line.checked_sub(1);
    let Some(line) = line.and_then(|line| source.text.lines().nth(line)) else {
        return writeln!(formatter, "   | {note}");
    };
    let before = span.column.saturating_sub(1);
    let marked = source.text.get(span.range());
    let marked = marked
        .and_then(|text| text.lines().next())
        .map_or(0, |text| text.trim_end().chars().count());
    let mark = format!("{}{} {note}", " ".repeat(before), "^".repeat(marked.max(1)));
    writeln!(formatter, "{:>3} | {line}", span.line)?;
    writeln!(formatter, "    | {}", mark.trim_end())
}
