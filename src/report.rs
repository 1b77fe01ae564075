//! Errors as people see them: one place where problems of every crate are drawn.
//!
//! Libraries hold what, where, why and what to do as data; here it becomes text.

use std::path::Path;

use miette::{
    GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteDiagnostic, NamedSource,
    Report as Drawn,
};
use stratiform_environment as environment;
use stratiform_stack as stack;
use stratiform_template as template;

use crate::exit::Exit;

/// Something to tell a person: what, where, why, what to do.
#[derive(Clone, Debug, Default)]
pub(crate) struct Report {
    /// The kind of problem, kebab-case.
    pub code: String,
    /// What is wrong.
    pub what: String,
    /// Where, with the text around it; the first place is the main one.
    pub places: Vec<Place>,
    /// What to do.
    pub help: String,
}

/// A place in a file.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    /// The file, as shown.
    pub file: String,
    /// The whole text of the file, where it can be read.
    pub text: String,
    /// First byte and length.
    pub span: (usize, usize),
    /// What is there.
    pub label: String,
}

/// Why a command stops.
#[derive(Debug)]
pub(crate) struct Failure {
    /// The exit code.
    pub exit: Exit,
    /// What to tell.
    pub reports: Vec<Report>,
}

impl Failure {
    /// A failure without a place in a file.
    pub(crate) fn new(
        exit: Exit,
        code: &str,
        what: impl Into<String>,
        help: impl Into<String>,
    ) -> Self {
        let report = Report {
            code: code.to_owned(),
            what: what.into(),
            places: Vec::new(),
            help: help.into(),
        };
        Failure {
            exit,
            reports: vec![report],
        }
    }

    /// A file or folder that could not be used.
    pub(crate) fn io(doing: &str, path: &Path, error: &std::io::Error) -> Self {
        Failure::new(
            Exit::Failed,
            "file",
            format!("cannot {doing} `{}`: {error}", path.display()),
            "check that the path exists and that you may use it",
        )
    }
}

/// Colour, or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Colour {
    /// Escape codes and box drawing.
    Always,
    /// Plain text.
    Never,
}

/// Draws reports, the way compilers do.
pub(crate) fn draw(reports: &[Report], colour: Colour) -> String {
    let theme = match colour {
        Colour::Always => GraphicalTheme::unicode(),
        Colour::Never => GraphicalTheme::unicode_nocolor(),
    };
    let handler = GraphicalReportHandler::new_themed(theme)
        .with_links(false)
        .with_width(100);
    let mut text = String::new();
    for report in reports {
        draw_one(&handler, report, &mut text);
        text.push('\n');
    }
    text
}

fn draw_one(handler: &GraphicalReportHandler, report: &Report, text: &mut String) {
    let mut main = MietteDiagnostic::new(&report.what).with_code(&report.code);
    if !report.help.is_empty() {
        main = main.with_help(&report.help);
    }
    let Some(first) = report.places.first() else {
        render(handler, &Drawn::new(main), text);
        return;
    };
    // One drawing shows one file: places in other files follow as notes of their own.
    let (here, elsewhere): (Vec<&Place>, Vec<&Place>) = report
        .places
        .iter()
        .partition(|place| place.file == first.file);
    let labels = here.iter().enumerate().map(|(index, place)| {
        let label = (!place.label.is_empty()).then(|| place.label.clone());
        if index == 0 {
            LabeledSpan::new_primary_with_span(label, place.span)
        } else {
            LabeledSpan::new_with_span(label, place.span)
        }
    });
    let main = main.with_labels(labels);
    render(
        handler,
        &Drawn::new(main).with_source_code(NamedSource::new(&first.file, first.text.clone())),
        text,
    );
    for place in elsewhere {
        let note = MietteDiagnostic::new(&place.label)
            .with_severity(miette::Severity::Advice)
            .with_label(LabeledSpan::new_primary_with_span(None, place.span));
        render(
            handler,
            &Drawn::new(note).with_source_code(NamedSource::new(&place.file, place.text.clone())),
            text,
        );
    }
}

fn render(handler: &GraphicalReportHandler, drawn: &Drawn, text: &mut String) {
    // A String cannot fail to be written to; miette fails where a span lies outside its text, and then the
    // sentence alone still helps.
    if handler.render_report(text, drawn.as_ref()).is_err() {
        text.push_str(&drawn.to_string());
        text.push('\n');
    }
}

/// An environment's problem, with the texts of its files.
pub(crate) fn of_environment(
    problem: environment::Problem,
    sources: &[environment::Source],
) -> Report {
    let place = |file: String, span: template::Span, label: String| Place {
        text: sources
            .iter()
            .find(|source| source.name == file)
            .map(|source| source.text.clone())
            .unwrap_or_default(),
        file,
        span: (span.start, span.end - span.start),
        label,
    };
    let mut places = vec![place(problem.file, problem.span, problem.why)];
    places.extend(
        problem
            .also
            .into_iter()
            .map(|also| place(also.file, also.span, also.note)),
    );
    Report {
        code: problem.code.as_str().to_owned(),
        what: problem.what,
        places,
        help: problem.help,
    }
}

/// A problem in the definition of stacks: its places are lines of Rust.
pub(crate) fn of_stack(problem: stack::Problem, root: &Path) -> Report {
    let places = problem.places.into_iter().map(|(location, label)| {
        rust_place(
            root,
            location.file(),
            location.line(),
            location.column(),
            label,
        )
    });
    Report {
        code: problem.code.as_str().to_owned(),
        what: problem.what,
        places: places.collect(),
        help: problem.help,
    }
}

/// A finding in a synthesized template: shown where the resource is declared in Rust.
pub(crate) fn of_finding(
    finding: template::Finding,
    synthesized: &stack::SynthesizedStack,
    root: &Path,
) -> Report {
    let path = finding.path.join("/");
    let location = finding
        .path
        .get(1)
        .and_then(|logical_id| synthesized.locations.get(logical_id));
    let places = location.map(|location| {
        rust_place(
            root,
            location.file(),
            location.line(),
            location.column(),
            format!("gives {path}"),
        )
    });
    Report {
        code: finding.code.as_str().to_owned(),
        what: format!(
            "{} (stack `{}`, at {path})",
            finding.message, synthesized.name
        ),
        places: places.into_iter().collect(),
        help: finding.help,
    }
}

/// A place in a Rust file, as the compiler knows it. The file may be elsewhere than the program thinks, and then
/// only its name is shown.
fn rust_place(root: &Path, file: &str, line: u32, column: u32, label: String) -> Place {
    let text = std::fs::read_to_string(root.join(file))
        .or_else(|_| std::fs::read_to_string(file))
        .unwrap_or_default();
    let line_start: usize = text
        .split_inclusive('\n')
        .take(line.saturating_sub(1) as usize)
        .map(str::len)
        .sum();
    let start = (line_start + column.saturating_sub(1) as usize).min(text.len());
    if text.is_empty() {
        // Miette shows a name with a line only where there is text: make the place part of the name.
        return Place {
            file: format!("{file}:{line}:{column}"),
            text: " ".to_owned(),
            span: (0, 1),
            label,
        };
    }
    let rest = text[start..].lines().next().unwrap_or_default().trim_end();
    Place {
        file: file.to_owned(),
        span: (start, rest.len()),
        text,
        label,
    }
}
