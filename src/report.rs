//! Errors as people see them: one place where problems of every crate are drawn.
//!
//! Libraries hold what, where, why and what to do as data; here it becomes text.

use std::io::IsTerminal;
use std::ops::Range;
use std::path::Path;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Level, Origin, Renderer, Snippet};
use indexmap::IndexSet;
use stratiform_environment as environment;
use stratiform_stack as stack;
use stratiform_template as template;

use crate::exit::Exit;

/// Something to tell a person: what, where, why, what to do.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Report {
    /// The kind of problem, kebab-case.
    pub(crate) code: String,
    /// What is wrong.
    pub(crate) what: String,
    /// Where, with the text around it; the first place is the main one.
    pub(crate) places: Vec<Place>,
    /// What to do.
    pub(crate) help: String,
}

/// A place in a file.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Place {
    /// The file, as shown.
    pub(crate) file: String,
    /// The whole text of the file; empty where it cannot be read.
    pub(crate) text: String,
    /// The bytes in the text.
    pub(crate) span: Range<usize>,
    /// Line, from 1.
    pub(crate) line: usize,
    /// Column, from 1.
    pub(crate) column: usize,
    /// What is there.
    pub(crate) label: String,
}

/// Why a command stops.
#[derive(Debug)]
pub(crate) struct Failure {
    /// The exit code.
    pub(crate) exit: Exit,
    /// What to tell.
    pub(crate) reports: Vec<Report>,
}

impl Failure {
    /// Everything that is wrong with the input. What is the same in several environments is told once.
    pub(crate) fn of(reports: impl IntoIterator<Item = Report>) -> Self {
        let reports: IndexSet<Report> = reports.into_iter().collect();
        Failure {
            exit: Exit::Failed,
            reports: reports.into_iter().collect(),
        }
    }

    /// The first things that are wrong, drawn, and how many more there are. Nobody reads on after these; and each
    /// report has the whole text of its files.
    pub(crate) fn some_of<P, R: IntoIterator<Item = Report>>(
        mut problems: Vec<P>,
        draw: impl Fn(P) -> R,
    ) -> Self {
        /// As many as fit on two or three screens.
        const SHOWN: usize = 20;
        let more = problems.len().saturating_sub(SHOWN);
        problems.truncate(SHOWN);
        let mut failure = Failure::of(problems.into_iter().flat_map(draw));
        if more > 0 {
            failure.reports.push(Report {
                code: "more".to_owned(),
                what: format!("and {} more", grouped(more)),
                places: Vec::new(),
                help: "correct these first: the others are shown then".to_owned(),
            });
        }
        failure
    }

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

/// A number as people read it: `1,580`.
pub(crate) fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Colour, or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Colour {
    /// Escape codes and box drawing.
    Always,
    /// Plain text.
    Never,
}

impl Colour {
    /// What was asked for; where that is left open, what suits a stream.
    pub(crate) fn on(choice: clap::ColorChoice, stream: &impl IsTerminal) -> Colour {
        let wanted = match choice {
            clap::ColorChoice::Always => true,
            clap::ColorChoice::Never => false,
            // See no-color.org: set and not empty means no.
            clap::ColorChoice::Auto => {
                stream.is_terminal()
                    && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
            }
        };
        if wanted {
            Colour::Always
        } else {
            Colour::Never
        }
    }
}

/// Draws reports, the way compilers do.
pub(crate) fn draw(reports: &[Report], colour: Colour) -> String {
    let renderer = match colour {
        Colour::Always => Renderer::styled(),
        Colour::Never => Renderer::plain(),
    };
    let renderer = renderer.decor_style(DecorStyle::Unicode).term_width(100);
    reports
        .iter()
        .map(|report| draw_one(&renderer, report) + "\n\n")
        .collect()
}

fn draw_one(renderer: &Renderer, report: &Report) -> String {
    let mut group = Level::ERROR
        .primary_title(&report.what)
        .id(&report.code)
        .elements(Vec::<Snippet<'_, annotate_snippets::Annotation<'_>>>::new());
    let mut files: Vec<&str> = Vec::new();
    for place in &report.places {
        if !files.contains(&place.file.as_str()) {
            files.push(&place.file);
        }
    }
    for file in files {
        let here = report.places.iter().filter(|place| place.file == file);
        let texts = here.clone().map(|place| place.text.as_str());
        let Some(text) = texts
            .max_by_key(|text| text.len())
            .filter(|text| !text.is_empty())
        else {
            group = here.fold(group, |group, place| {
                let origin = Origin::path(file)
                    .line(place.line)
                    .char_column(place.column);
                let group = group.element(origin);
                if place.label.is_empty() {
                    group
                } else {
                    group.element(Level::NOTE.message(&place.label))
                }
            });
            continue;
        };
        let annotations = here.enumerate().map(|(index, place)| {
            let kind = if index == 0 {
                AnnotationKind::Primary
            } else {
                AnnotationKind::Context
            };
            let label = (!place.label.is_empty()).then_some(place.label.as_str());
            kind.span(within(text, place.span.clone())).label(label)
        });
        group = group.element(Snippet::source(text).path(file).annotations(annotations));
    }
    if !report.help.is_empty() {
        group = group.element(Level::HELP.message(&report.help));
    }
    renderer.render(&[group])
}

/// A span moved to where the text is, and to whole characters.
fn within(text: &str, span: Range<usize>) -> Range<usize> {
    let start = text.floor_char_boundary(span.start);
    start..text.ceil_char_boundary(span.end.max(start))
}

/// An environment's problem, with the texts of its files.
pub(crate) fn of_environment(
    problem: environment::Problem,
    sources: &[&environment::Source],
) -> Report {
    let place = |file: String, span: template::Span, label: String| Place {
        text: sources
            .iter()
            .find(|source| source.name == file)
            .map(|source| source.text.clone())
            .unwrap_or_default(),
        file,
        span: span.range(),
        line: span.line,
        column: span.column,
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
    let location = match finding.path.as_slice() {
        [section, logical_id, ..] if section == "Resources" => {
            synthesized.locations.get(logical_id)
        }
        // An output or a parameter may have a resource's name: better no place than a wrong one.
        _ => None,
    };
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

/// Why a text is no template.
pub(crate) fn of_template(error: template::TemplateError, file: &str, text: &str) -> Vec<Report> {
    let place = |span: template::Span, label: String| Place {
        file: file.to_owned(),
        text: text.to_owned(),
        span: span.range(),
        line: span.line,
        column: span.column,
        label,
    };
    match error {
        template::TemplateError::Unreadable(error) => vec![Report {
            code: error.code.as_str().to_owned(),
            what: error.what,
            places: vec![place(error.span, error.why)],
            help: error.help,
        }],
        template::TemplateError::Malformed(problems) => problems
            .into_iter()
            .map(|problem| Report {
                code: problem.code.as_str().to_owned(),
                what: problem.message,
                places: vec![place(problem.span, String::new())],
                help: problem.help,
            })
            .collect(),
    }
}

/// A place in a Rust file, as the compiler knows it. The file may be elsewhere than the program thinks, and then
/// only its name is shown.
fn rust_place(root: &Path, file: &str, line: u32, column: u32, label: String) -> Place {
    let text = std::fs::read_to_string(root.join(file))
        .or_else(|_| std::fs::read_to_string(file))
        .unwrap_or_default();
    let (line, column) = (line as usize, column as usize);
    let line_start: usize = text
        .split_inclusive('\n')
        .take(line.saturating_sub(1))
        .map(str::len)
        .sum();
    let start = (line_start + column.saturating_sub(1)).min(text.len());
    let rest = text
        .get(start..)
        .unwrap_or_default()
        .lines()
        .next()
        .unwrap_or_default();
    let span = start..start + rest.trim_end().len();
    Place {
        file: file.to_owned(),
        text,
        span,
        line,
        column,
        label,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(file: &str, text: &str, span: Range<usize>, label: &str) -> Place {
        Place {
            file: file.to_owned(),
            text: text.to_owned(),
            span,
            line: 7,
            column: 3,
            label: label.to_owned(),
        }
    }

    fn drawn(places: Vec<Place>) -> String {
        let report = Report {
            code: "code".to_owned(),
            what: "what is wrong".to_owned(),
            places,
            help: "what to do".to_owned(),
        };
        draw(&[report], Colour::Never)
    }

    #[test]
    fn places_in_one_file_in_two_and_in_a_file_that_is_not_there() {
        let yaml = "first: 1\nsecond: 2\n";
        insta::assert_snapshot!(drawn(vec![
            place("a.yaml", yaml, 9..15, "this"),
            place("a.yaml", yaml, 0..5, "and this"),
            place("b.yaml", "other: 3\n", 0..5, "against that"),
            place("gone.rs", "", 0..0, "declared here"),
        ]), @r"
        error[code]: what is wrong
          ╭▸ a.yaml:2:1
          │
        1 │ first: 1
          │ ───── and this
        2 │ second: 2
          │ ━━━━━━ this
          │
          ⸬  b.yaml:1:1
          │
        1 │ other: 3
          │ ━━━━━ against that
          ⸬  gone.rs:7:3
          ├ note: declared here
          ╰ help: what to do
        ");
    }

    #[test]
    fn a_finding_is_placed_at_the_resource_it_is_in_and_at_no_other() {
        let synthesized = stack::SynthesizedStack {
            key: "storage".to_owned(),
            name: "shop-dev-storage".to_owned(),
            template: template::Template::default(),
            depends_on: Vec::new(),
            capabilities: Vec::new(),
            parameters: indexmap::IndexMap::new(),
            tags: indexmap::IndexMap::new(),
            termination_protection: false,
            stack_policy: None,
            locations: [("Bucket".to_owned(), std::panic::Location::caller())].into(),
        };
        let places = |section: &str| {
            let finding = template::Finding {
                code: template::Code::ALL[0],
                path: vec![section.to_owned(), "Bucket".to_owned()],
                message: String::new(),
                recorded: None,
                help: String::new(),
            };
            of_finding(finding, &synthesized, Path::new("."))
                .places
                .len()
        };
        assert_eq!((places("Resources"), places("Outputs")), (1, 0));
    }

    #[test]
    fn the_first_are_shown_and_the_rest_is_counted() {
        let shown = |count: usize| {
            let failure = Failure::some_of((0..count).collect(), |number| {
                [Report {
                    what: number.to_string(),
                    ..Report::default()
                }]
            });
            let last = failure.reports.last().map(|report| report.what.clone());
            (failure.reports.len(), last.unwrap_or_default())
        };
        assert_eq!(shown(20), (20, "19".to_owned()));
        assert_eq!(shown(21), (21, "and 1 more".to_owned()));
        assert_eq!(shown(1_234_587), (21, "and 1,234,567 more".to_owned()));
    }

    #[test]
    fn an_empty_text_has_a_place_and_no_empty_note() {
        assert!(!drawn(vec![place("empty.yaml", "", 0..0, "")]).contains("note"));
    }

    #[test]
    fn the_same_report_is_kept_once() {
        let report = |what: &str| Report {
            what: what.to_owned(),
            ..Report::default()
        };
        let failure = Failure::of([report("one"), report("two"), report("one")]);
        assert_eq!(failure.reports, [report("one"), report("two")]);
    }

    #[test]
    fn no_span_is_out_of_bounds() {
        for text in ["", "ü", "a\n"] {
            for span in [0..0, 1..1, 0..9, 7..9, 1..2] {
                assert!(drawn(vec![place("file", text, span, "label")]).contains("what is wrong"));
            }
        }
    }

    #[test]
    fn a_place_in_rust_shows_its_line() {
        let here = std::panic::Location::caller();
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let place = rust_place(root, here.file(), here.line(), here.column(), String::new());
        assert_eq!(&place.text[place.span], "std::panic::Location::caller();");
        let missing = rust_place(root, "no/such.rs", 3, 4, String::new());
        assert_eq!(
            (missing.text.as_str(), missing.line, missing.column),
            ("", 3, 4)
        );
    }
}
