//! What is wrong, in one shape for every crate and command.
//!
//! What lives here: [`Finding`] with its [`Code`], [`Level`], [`Place`]s and [`Fix`], and the [`words`] that messages
//! share. What does not: drawing findings (`src/report.rs`), what a code means to people (`docs/findings.md`), and
//! any rule by which something is wrong.

mod code;
mod fix;
mod place;
mod plain;
pub mod words;

use std::fmt;

pub use code::{Code, Group, UnknownCode};
pub use fix::Fix;
pub use place::{At, Place, Source, Span};
pub use plain::Plain;

/// How much a finding matters; the worst is the greatest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Level {
    /// Good to know.
    Note,
    /// Probably not what was meant.
    Warning,
    /// It cannot go on like this.
    #[default]
    Error,
}

/// Something that is wrong: what, where, why, and what to do.
///
/// Sentences have no full stops. `Display` is *what* and *where* on one line.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Finding {
    /// Which kind of finding.
    pub code: Code,
    /// How much it matters.
    pub level: Level,
    /// What is wrong, with the name of what it is about.
    pub what: String,
    /// The rule or limit that was broken; empty where `what` says it all.
    pub why: String,
    /// What makes it so: `` `Stage` is `prod` ``; empty where it always is.
    pub when: String,
    /// The next edit, or a command.
    pub help: String,
    /// Where; the first place is the main one. `why` is what is told there, unless it has a label of its own.
    pub places: Vec<Place>,
    /// Keys and list positions from the top of a template, in the long form; empty where there is no template.
    pub path: Vec<String>,
    /// AWS's own words for it, where a reply has been recorded.
    pub recorded: Option<String>,
    /// The one right answer, where there is one.
    pub fix: Option<Fix>,
}

impl Finding {
    /// An error without a place.
    pub fn new(code: Code, what: impl Into<String>, help: impl Into<String>) -> Finding {
        Finding {
            code,
            level: Level::Error,
            what: what.into(),
            why: String::new(),
            when: String::new(),
            help: help.into(),
            places: Vec::new(),
            path: Vec::new(),
            recorded: None,
            fix: None,
        }
    }

    /// With the one right answer.
    #[must_use]
    pub fn fixed_by(mut self, fix: Fix) -> Finding {
        self.fix = Some(fix);
        self
    }

    /// With the rule that was broken.
    #[must_use]
    pub fn because(mut self, why: impl Into<String>) -> Finding {
        self.why = why.into();
        self
    }

    /// With one more place; the first is the main one.
    #[must_use]
    pub fn at(mut self, place: Place) -> Finding {
        self.places.push(place);
        self
    }

    /// With AWS's own words.
    #[must_use]
    pub fn recorded(mut self, words: impl Into<String>) -> Finding {
        self.recorded = Some(words.into());
        self
    }

    /// With the places of "the text that was given" in a text that has a name.
    #[must_use]
    pub fn in_source(mut self, source: &Source) -> Finding {
        for place in &mut self.places {
            if let At::Given(span) = place.at {
                place.at = At::Text(source.clone(), span);
            }
        }
        self
    }

    /// The main place's span, if it is in a text.
    pub fn span(&self) -> Option<Span> {
        self.places.first().and_then(Place::span)
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Finding {
            what, why, path, ..
        } = self;
        match self.places.first() {
            Some(place) => write!(formatter, "{what} ({})", place.at),
            None if !path.is_empty() => write!(formatter, "{}: {what}", path.join("/")),
            None if !why.is_empty() => write!(formatter, "{what}: {why}"),
            None => formatter.write_str(what),
        }
    }
}

impl std::error::Error for Finding {}

/// Several findings in one line, for logs and tests.
pub fn one_line(findings: &[Finding]) -> String {
    let lines: Vec<String> = findings.iter().map(Finding::to_string).collect();
    lines.join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(line: usize) -> Span {
        Span {
            line,
            column: 3,
            ..Span::default()
        }
    }

    #[test]
    fn the_worst_level_is_the_greatest() {
        assert_eq!(
            [Level::Warning, Level::Error, Level::Note].iter().max(),
            Some(&Level::Error)
        );
    }

    #[test]
    fn a_given_text_gets_its_name_and_other_places_stay() {
        let (one, two) = (Source::new("one.yaml", "a"), Source::new("two.yaml", "b"));
        let finding = Finding::new(Code::DuplicateKey, "twice", "remove one")
            .at(Place::given(span(2), "here"))
            .at(Place::text(&one, span(1), "and here"))
            .at(Place::rust(std::panic::Location::caller(), "read here"))
            .in_source(&two);
        let at: Vec<String> = finding
            .places
            .iter()
            .map(|place| place.at.to_string())
            .collect();
        assert_eq!(
            at[..2],
            ["two.yaml, line 2, column 3", "one.yaml, line 1, column 3"]
        );
        assert!(at[2].contains("lib.rs, line "), "{}", at[2]);
    }

    #[test]
    fn one_line_says_what_and_where_or_why() {
        let finding = Finding::new(Code::DuplicateKey, "twice", "").because("once is enough");
        assert_eq!(finding.to_string(), "twice: once is enough");
        let mut inside = finding.clone();
        inside.path = vec!["Resources".to_owned(), "A".to_owned()];
        assert_eq!(inside.to_string(), "Resources/A: twice");
        let placed = finding.at(Place::given(span(4), ""));
        assert_eq!(placed.to_string(), "twice (line 4, column 3)");
    }
}
