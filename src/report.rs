//! Findings as people see them: one function draws those of every crate.
//!
//! Libraries hold what, where, why and what to do as data; here it becomes text.

mod written;

use std::borrow::Cow;
use std::io::IsTerminal;
use std::ops::Range;
use std::path::{Path, PathBuf};

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{Annotation, AnnotationKind, Level as Title, Origin, Renderer, Snippet};
use indexmap::IndexSet;
use stratiform_finding::words::grouped;
use stratiform_finding::{At, Code, Finding, Level, Span};
use stratiform_validate::secret::masked;

use crate::exit::Exit;
use crate::secrets::{hide, is_secret};
use crate::view::width::{self, wrapped};

/// Why a command stops.
#[derive(Debug)]
pub(crate) struct Failure {
    /// The exit code.
    pub(crate) exit: Exit,
    /// What to tell.
    pub(crate) findings: Vec<Finding>,
    /// The folder that Rust files are looked for in.
    root: PathBuf,
}

impl Failure {
    /// Everything that is wrong with the input. What is the same in several environments is told once.
    pub(crate) fn of(findings: impl IntoIterator<Item = Finding>) -> Self {
        let findings: IndexSet<Finding> = findings.into_iter().collect();
        Failure {
            exit: Exit::Failed,
            findings: findings.into_iter().collect(),
            root: PathBuf::new(),
        }
    }

    /// Everything that is wrong with stacks, whose Rust files are below a folder.
    pub(crate) fn below(root: &Path, findings: impl IntoIterator<Item = Finding>) -> Self {
        Failure {
            root: root.to_owned(),
            ..Failure::of(findings)
        }
    }

    /// The first things that are wrong, and how many more there are: nobody reads on after these.
    pub(crate) fn some_of(mut findings: Vec<Finding>) -> Self {
        /// As many as fit on two or three screens.
        const SHOWN: usize = 20;
        let more = findings.len().saturating_sub(SHOWN);
        findings.truncate(SHOWN);
        let counted = (more > 0).then(|| {
            Finding::new(
                Code::More,
                format!("and {} more", grouped(more)),
                "correct these first: the others are shown then",
            )
        });
        Failure::of(findings.into_iter().chain(counted))
    }

    /// A failure without a place in a file.
    pub(crate) fn new(
        exit: Exit,
        code: Code,
        what: impl Into<String>,
        help: impl Into<String>,
    ) -> Self {
        Failure {
            exit,
            ..Failure::of([Finding::new(code, what, help)])
        }
    }

    /// A file or folder that could not be used.
    pub(crate) fn io(doing: &str, path: &Path, error: &std::io::Error) -> Self {
        Failure::new(
            Exit::Failed,
            Code::File,
            format!("cannot {doing} `{}`: {error}", path.display()),
            "check that the path exists and that you may use it",
        )
    }

    /// Draws the findings, the way compilers do.
    pub(crate) fn draw(&self, colour: Colour) -> String {
        let findings = self.findings.iter();
        drawn(findings, &self.root, colour, width::of_stderr())
    }
}

/// Findings as compilers draw them, with an empty line after each; for a stream of a width.
pub(crate) fn drawn<'f>(
    findings: impl Iterator<Item = &'f Finding>,
    root: &Path,
    colour: Colour,
    width: Option<usize>,
) -> String {
    let renderer = match colour {
        Colour::Always => Renderer::styled(),
        Colour::Never => Renderer::plain(),
    };
    let renderer = renderer.decor_style(decor()).term_width(100);
    let drawn = findings.map(|finding| draw(&renderer, finding, root, width) + "\n\n");
    drawn.collect()
}

/// Colour, or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Colour {
    /// Escape codes and box drawing.
    Always,
    /// Plain text.
    Never,
}

/// Lines of boxes where the locale has them: the first of these that is set says which it is.
fn decor() -> DecorStyle {
    let named = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter();
    let mut set = named.filter_map(std::env::var_os);
    match set.find(|value| !value.is_empty()) {
        Some(locale) if locale == "C" || locale == "POSIX" => DecorStyle::Ascii,
        Some(_) | None => DecorStyle::Unicode,
    }
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
                    && std::env::var_os("TERM").is_none_or(|value| value != "dumb")
            }
        };
        if wanted {
            Colour::Always
        } else {
            Colour::Never
        }
    }
}

/// Where a place is, and what stands there.
struct Shown<'f> {
    file: &'f str,
    /// The whole text of the file; empty where it cannot be read.
    text: Cow<'f, str>,
    span: Span,
    label: &'f str,
}

fn draw(renderer: &Renderer, finding: &Finding, root: &Path, width: Option<usize>) -> String {
    let mut finding = finding.clone();
    hide(&mut finding);
    let finding = &finding;
    let shown = shown(finding, root);
    let (what, why) = match (shown.first(), finding.why.as_str()) {
        (_, "") => (finding.what.clone(), None),
        (None, why) => (format!("{}: {why}", finding.what), None),
        (Some(main), why) => (finding.what.clone(), (main.label != why).then_some(why)),
    };
    // Of the first line its beginning is taken: `error[code]: `, ` ╰ help: `.
    let fitting = |text: &str, taken: usize| match width {
        Some(width) => wrapped(text, width.saturating_sub(taken), 0).join("\n"),
        None => text.to_owned(),
    };
    let what = fitting(&what, finding.code.as_str().len() + 9);
    let (why, help) = (why.map(|why| fitting(why, 9)), fitting(&finding.help, 9));
    let level = match finding.level {
        Level::Error => Title::ERROR,
        Level::Warning => Title::WARNING,
        Level::Note => Title::NOTE,
    };
    let mut group = level
        .primary_title(&what)
        .id(finding.code.as_str())
        .elements(Vec::<Snippet<'_, Annotation<'_>>>::new());
    let files: IndexSet<&str> = shown.iter().map(|place| place.file).collect();
    for file in files {
        let here = shown.iter().filter(|place| place.file == file);
        let texts = here.clone().map(|place| &*place.text);
        let Some(text) = texts
            .max_by_key(|text| text.len())
            .filter(|text| !text.is_empty())
        else {
            group = here.fold(group, |group, place| {
                let origin = Origin::path(file)
                    .line(place.span.line)
                    .char_column(place.span.column);
                let group = group.element(origin);
                if place.label.is_empty() {
                    group
                } else {
                    group.element(Title::NOTE.message(place.label))
                }
            });
            continue;
        };
        let shown = around(text, here.clone().map(|place| place.span));
        let text = masked(text.get(shown.range()).unwrap_or_default());
        let annotations = here.enumerate().map(|(index, place)| {
            let kind = if index == 0 {
                AnnotationKind::Primary
            } else {
                AnnotationKind::Context
            };
            let label = (!place.label.is_empty()).then_some(place.label);
            let span = place.span.range();
            let span = span.start.saturating_sub(shown.start)..span.end.saturating_sub(shown.start);
            kind.span(within(&text, span)).label(label)
        });
        let annotations: Vec<_> = annotations.collect();
        let snippet = Snippet::source(text).path(file).line_start(shown.line);
        group = group.element(snippet.annotations(annotations));
    }
    if !finding.when.is_empty() {
        let when = fitting(&format!("when {}", finding.when), 9);
        group = group.element(Title::NOTE.message(when));
    }
    if let Some(why) = why {
        group = group.element(Title::NOTE.message(why));
    }
    if !finding.help.is_empty() {
        group = group.element(Title::HELP.message(help));
    }
    renderer.render(&[group])
}

/// The places of a finding. At the main one stands why, unless it has a label of its own.
fn shown<'f>(finding: &'f Finding, root: &Path) -> Vec<Shown<'f>> {
    let places = finding.places.iter().enumerate();
    let places = places.map(|(index, place)| {
        let label = match place.label.as_str() {
            "" if index == 0 => &finding.why,
            _ => &place.label,
        };
        let (file, text, span) = match &place.at {
            At::Given(span) => ("the text", Cow::default(), *span),
            At::Text(source, span) => (&*source.name, Cow::from(&*source.text), *span),
            At::Rust(location) => {
                let (line, column) = (location.line() as usize, location.column() as usize);
                let (mut text, mut span) = rust(root, location.file(), line, column);
                // What stands there may be the secret itself.
                if is_secret(finding) {
                    text.clear();
                }
                if index == 0
                    && let Some(found) = written::property(&text, span.start, &finding.path)
                {
                    (span.start, span.end) = (found.start, found.end);
                }
                (location.file(), text.into(), span)
            }
        };
        Shown {
            file,
            text,
            span,
            label,
        }
    });
    places.collect()
}

/// The lines of a text that some places are in: whoever draws it goes through all that it is given.
fn around(text: &str, spans: impl Iterator<Item = Span> + Clone) -> Span {
    let first = spans.clone().min_by_key(|span| span.start);
    let Some(first) = first else {
        return Span::default();
    };
    let end = spans.map(|span| span.end.max(span.start)).max();
    let whole = within(text, first.start..end.unwrap_or(first.start));
    let before = text.get(..whole.start).unwrap_or_default();
    let after = text.get(whole.end..).unwrap_or_default();
    Span {
        start: before.rfind('\n').map_or(0, |at| at + 1),
        end: after.find('\n').map_or(text.len(), |at| whole.end + at + 1),
        line: first.line,
        column: 1,
    }
}

/// A span moved to where the text is, and to whole characters.
fn within(text: &str, span: Range<usize>) -> Range<usize> {
    let start = text.floor_char_boundary(span.start);
    start..text.ceil_char_boundary(span.end.max(start))
}

/// The text of a Rust file, and from a place to the end of its line. The file may be elsewhere than the program
/// thinks, and then only its name is shown.
fn rust(root: &Path, file: &str, line: usize, column: usize) -> (String, Span) {
    let text = std::fs::read_to_string(root.join(file))
        .or_else(|_| std::fs::read_to_string(file))
        .unwrap_or_default();
    let line_start: usize = text
        .split_inclusive('\n')
        .take(line.saturating_sub(1))
        .map(str::len)
        .sum();
    let start = (line_start + column.saturating_sub(1)).min(text.len());
    let rest = text.get(start..).unwrap_or_default();
    let rest = rest.lines().next().unwrap_or_default();
    let end = start + rest.trim_end().len();
    let span = Span {
        start,
        end,
        line,
        column,
    };
    (text, span)
}

#[cfg(test)]
mod tests {
    use stratiform_finding::{Place, Source};
    use stratiform_template::Template;

    use super::*;

    /// A text that is gone had a line 7.
    fn place(file: &str, text: &str, range: Range<usize>, label: &str) -> Place {
        let before = text.get(..range.start).unwrap_or_default();
        let span = Span {
            start: range.start,
            end: range.end,
            line: if text.is_empty() {
                7
            } else {
                before.matches('\n').count() + 1
            },
            column: 3,
        };
        Place::text(&Source::new(file, text), span, label)
    }

    fn finding() -> Finding {
        Finding::new(Code::Conflict, "what is wrong", "what to do")
    }

    fn drawn(finding: Finding) -> String {
        Failure::of([finding]).draw(Colour::Never)
    }

    #[test]
    fn places_in_one_file_in_two_and_in_a_file_that_is_not_there() {
        let yaml = "first: 1\nsecond: 2\n";
        let places = [
            place("a.yaml", yaml, 9..15, "this"),
            place("a.yaml", yaml, 0..5, "and this"),
            place("b.yaml", "other: 3\n", 0..5, "against that"),
            place("gone.rs", "", 0..0, "declared here"),
        ];
        insta::assert_snapshot!(drawn(places.into_iter().fold(finding(), Finding::at)), @r"
        error[conflict]: what is wrong
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
    fn why_stands_at_the_main_place_or_below_its_label_or_beside_what() {
        let finding = || finding().because("why it is");
        let yaml = "first: 1\n";
        insta::assert_snapshot!(drawn(finding()), @r"
        error[conflict]: what is wrong: why it is
         │
         ╰ help: what to do
        ");
        insta::assert_snapshot!(drawn(finding().at(place("a.yaml", yaml, 0..5, ""))), @r"
        error[conflict]: what is wrong
          ╭▸ a.yaml:1:1
          │
        1 │ first: 1
          │ ━━━━━ why it is
          │
          ╰ help: what to do
        ");
        insta::assert_snapshot!(drawn(finding().at(place("a.yaml", yaml, 0..5, "here"))), @r"
        error[conflict]: what is wrong
          ╭▸ a.yaml:1:1
          │
        1 │ first: 1
          │ ━━━━━ here
          │
          ├ note: why it is
          ╰ help: what to do
        ");
    }

    #[test]
    fn the_first_are_shown_and_the_rest_is_counted() {
        let shown = |count: usize| {
            let finding = |number: usize| Finding::new(Code::Conflict, number.to_string(), "");
            let failure = Failure::some_of((0..count).map(finding).collect());
            let last = failure.findings.last().map(|finding| finding.what.clone());
            (failure.findings.len(), last.unwrap_or_default())
        };
        assert_eq!(shown(20), (20, "19".to_owned()));
        assert_eq!(shown(21), (21, "and 1 more".to_owned()));
        assert_eq!(shown(12_365), (21, "and 12,345 more".to_owned()));
    }

    #[test]
    fn an_empty_text_has_a_place_and_no_empty_note() {
        let place = place("empty.yaml", "", 0..0, "");
        assert!(!drawn(finding().at(place)).contains("note"));
    }

    #[test]
    fn both_places_of_a_key_that_stands_twice_are_drawn() {
        let text = "Resources:\n  A:\n    Type: T\n    Type: U\n";
        let found = Template::parse(text).unwrap_err();
        let found: Vec<Finding> = found
            .into_iter()
            .map(|finding| finding.in_source(&Source::new("old.yaml", text)))
            .collect();
        insta::assert_snapshot!(Failure::of(found).draw(Colour::Never), @r"
        error[duplicate-key]: key `Type` stands twice in one map
          ╭▸ old.yaml:4:5
          │
        3 │     Type: T
          │     ──── it is here first
        4 │     Type: U
          │     ━━━━ it was first written at line 3, column 5
          │
          ╰ help: remove one of the two, or rename it
        ");
    }

    #[test]
    fn levels_have_words() {
        let title = |level| {
            let drawn = drawn(Finding { level, ..finding() });
            drawn.lines().next().unwrap_or_default().to_owned()
        };
        assert_eq!(title(Level::Warning), "warning[conflict]: what is wrong");
        assert_eq!(title(Level::Note), "note[conflict]: what is wrong");
    }

    #[test]
    fn the_same_finding_is_kept_once() {
        let finding = |what: &str| Finding::new(Code::Conflict, what, "");
        let failure = Failure::of([finding("one"), finding("two"), finding("one")]);
        assert_eq!(failure.findings, [finding("one"), finding("two")]);
    }

    #[test]
    fn no_span_is_out_of_bounds() {
        for text in ["", "ü", "a\n"] {
            for span in [0..0, 1..1, 0..9, 7..9, 1..2] {
                let finding = finding().at(place("file", text, span, "label"));
                assert!(drawn(finding).contains("what is wrong"));
            }
        }
    }

    #[test]
    fn a_place_in_rust_shows_its_line() {
        let here = std::panic::Location::caller();
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let (line, column) = (here.line() as usize, here.column() as usize);
        let (text, span) = rust(root, here.file(), line, column);
        assert_eq!(&text[span.range()], "std::panic::Location::caller();");
        let (missing, span) = rust(root, "no/such.rs", 3, 4);
        assert_eq!((missing.as_str(), span.line, span.column), ("", 3, 4));
    }
}
