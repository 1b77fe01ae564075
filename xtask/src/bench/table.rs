//! Tables: how measurements are shown, in the terminal and in the documentation.

use std::fmt::Write as _;
use std::time::Duration;

/// A table with a heading, and sentences that follow it.
#[derive(Clone, Debug, Default)]
pub(super) struct Table {
    pub heading: String,
    pub columns: Vec<&'static str>,
    pub rows: Vec<Vec<String>>,
    pub notes: Vec<String>,
}

impl Table {
    pub(super) fn new(heading: impl Into<String>, columns: &[&'static str]) -> Table {
        Table {
            heading: heading.into(),
            columns: columns.to_vec(),
            ..Table::default()
        }
    }

    /// For a terminal: columns in line, the first to the left and the others to the right.
    pub(super) fn to_text(&self) -> String {
        let widths: Vec<usize> = (0..self.columns.len())
            .map(|column| {
                let cells = self.rows.iter().filter_map(|row| row.get(column));
                let widest = cells.map(|cell| cell.chars().count()).max();
                widest
                    .unwrap_or_default()
                    .max(self.columns[column].chars().count())
            })
            .collect();
        let line = |cells: Vec<&str>| {
            let cells = cells.iter().zip(&widths).enumerate();
            let cells = cells.map(|(column, (cell, &width))| match column {
                0 => format!("{cell:<width$}"),
                _ => format!("{cell:>width$}"),
            });
            cells.collect::<Vec<_>>().join("   ").trim_end().to_owned()
        };
        let mut text = format!("{}\n\n  {}\n", self.heading, line(self.columns.clone()));
        for row in &self.rows {
            let row = line(row.iter().map(String::as_str).collect());
            // Writing to a `String` cannot fail.
            let _ = writeln!(text, "  {row}");
        }
        for note in &self.notes {
            let _ = write!(text, "\n  {}", note.replace('\n', "\n  "));
        }
        text + "\n"
    }

    /// For the documentation.
    pub(super) fn to_markdown(&self) -> String {
        let line = |cells: &[&str]| format!("| {} |\n", cells.join(" | "));
        let mut text = format!("**{}**\n\n{}", self.heading, line(&self.columns));
        let rule: Vec<&str> = (0..self.columns.len())
            .map(|column| if column == 0 { "---" } else { "--:" })
            .collect();
        text += &line(&rule);
        for row in &self.rows {
            let cells: Vec<String> = row.iter().map(|cell| cell.replace('|', "\\|")).collect();
            text += &line(&cells.iter().map(String::as_str).collect::<Vec<_>>());
        }
        for note in &self.notes {
            let _ = write!(text, "\n{}\n", note.replace('\n', "  \n"));
        }
        text
    }
}

/// `4.1 ms`, `3.42 s`, `2 min 27 s`.
pub(super) fn time(duration: Duration) -> String {
    let seconds = duration.as_secs_f64();
    if seconds < 0.1 {
        format!("{:.1} ms", seconds * 1e3)
    } else if seconds < 1.0 {
        format!("{:.0} ms", seconds * 1e3)
    } else if seconds < 60.0 {
        format!("{seconds:.2} s")
    } else {
        let whole = seconds.round() as u64;
        format!("{} min {:02} s", whole / 60, whole % 60)
    }
}

/// `7.1 MB`, `450 MB`: a million bytes is one.
pub(super) fn memory(bytes: u64) -> String {
    let megabytes = bytes as f64 / 1e6;
    if megabytes < 10.0 {
        format!("{megabytes:.1} MB")
    } else {
        format!("{megabytes:.0} MB")
    }
}

/// How often one goes into the other: `1`, `27`, `3.4`, `0.87`.
pub(super) fn ratio(part: f64, whole: f64) -> String {
    let ratio = part / whole;
    if !ratio.is_finite() {
        "–".to_owned()
    } else if ratio >= 9.95 {
        format!("{ratio:.0}")
    } else if ratio >= 0.995 {
        format!("{ratio:.1}").trim_end_matches(".0").to_owned()
    } else {
        format!("{ratio:.2}")
    }
}
