//! YAML → [`Node`]: events of the parser in, a flat list of parts, then the tree.
//!
//! The list in between is what makes aliases cheap to refuse: nothing is copied before it is known how much
//! there will be to copy. Most templates are of a form that `block.rs` makes the same list of, sooner.

use std::borrow::Cow;
use std::collections::HashMap;

use granit_parser::{Event, Marker, Parser, ScalarStyle, ScanError, StructureStyle};
use stratiform_finding::words::shortened;
use stratiform_finding::{At, Code, Finding, Span};

use super::block;
use super::build::build;
use super::error::unreadable;
use super::options::options;
use super::place;
use super::quoted::{self, Indented};
use super::repeats::{Document, Repeats};
use super::tag::Tag;
use super::{MAX_DEPTH, MAX_NODES, refuse_too_large, too_deep, too_many_nodes};
use crate::node::Node;

/// One event of the text.
#[derive(Debug, PartialEq)]
pub(super) struct Part<'text> {
    pub(super) kind: PartKind<'text>,
    pub(super) tag: Tag,
    /// From the tag, if there is one, to the end of the content.
    pub(super) span: Span,
}

impl Part<'_> {
    /// Where the bracket of a flow collection is, behind its tag.
    fn bracket(&self, text: &str) -> Span {
        let mut span = self.span;
        if self.tag != Tag::None
            && let Some(rest) = text.get(span.start..)
            && let Some(at) = rest.find(['[', '{'])
        {
            let mut cursor = place::Cursor {
                at: span.start,
                line: span.line,
                column: span.column,
            };
            cursor.go_to(text, span.start + at);
            span = cursor.span(1);
        }
        span
    }
}

/// What a [`Part`] is. Children stand behind their collection, up to `end`.
#[derive(Debug, PartialEq)]
pub(super) enum PartKind<'text> {
    Scalar {
        text: Cow<'text, str>,
        plain: bool,
    },
    /// The position of the part it stands for.
    Alias(usize),
    List {
        end: usize,
    },
    Map {
        end: usize,
    },
}

/// Reads one YAML document, CloudFormation's short tags included.
///
/// An empty text is a `null`. What plain scalars mean is said in the table of `parse/scalar.rs`.
///
/// # Errors
/// Text that is not YAML, tags that CloudFormation does not know, keys that stand twice or are no scalars,
/// aliases of nothing or of themselves, a second document; and the limits [`MAX_DEPTH`], [`MAX_NODES`] and
/// [`super::MAX_BYTES`].
pub fn parse_yaml(text: &str) -> Result<Node, Box<Finding>> {
    document(text, Repeats::Refused).map(|read| read.node)
}

pub(super) fn document(text: &str, repeats: Repeats) -> Result<Document, Box<Finding>> {
    refuse_too_large(text)?;
    if let Some(parts) = block::read(text) {
        return build(&parts, repeats);
    }
    match read(text) {
        Ok(parts) => build(&parts, repeats),
        Err(Stop::Other(error)) => Err(error),
        Err(Stop::QuoteGoesOn(error)) => match Indented::of(text) {
            Some(indented) => read_again(&indented, repeats),
            None => Err(error),
        },
    }
}

/// Reads a text whose quoted texts were indented; all places are those of the text as it was.
fn read_again(indented: &Indented, repeats: Repeats) -> Result<Document, Box<Finding>> {
    match read(&indented.text) {
        Ok(mut parts) => {
            for part in &mut parts {
                part.span = indented.original(part.span);
            }
            build(&parts, repeats)
        }
        Err(Stop::Other(mut finding) | Stop::QuoteGoesOn(mut finding)) => {
            let here = finding.span().unwrap_or_default();
            let closes = indented.opening_before(here.start);
            if let Some(opening) = closes.filter(|_| finding.code == Code::InvalidYaml) {
                return Err(unclosed_quote(opening));
            }
            for place in &mut finding.places {
                if let At::Given(span) = &mut place.at {
                    *span = indented.original(*span);
                }
            }
            Err(finding)
        }
    }
}

/// Why reading stops.
#[derive(Debug)]
pub(super) enum Stop {
    /// A line of a quoted text is further to the left than the parser takes it.
    QuoteGoesOn(Box<Finding>),
    /// Anything else.
    Other(Box<Finding>),
}

impl From<Box<Finding>> for Stop {
    fn from(finding: Box<Finding>) -> Stop {
        Stop::Other(finding)
    }
}

/// The parts of a text, as the parser tells them.
pub(super) fn read(text: &str) -> Result<Vec<Part<'_>>, Stop> {
    let mut parts: Vec<Part<'_>> = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    let mut anchors: HashMap<usize, usize> = HashMap::new();
    let mut documents = 0_usize;
    // The end of the last thing that is there: what is left out has a place, too, but further down.
    let mut written = 0;
    for event in Parser::new_from_str_with_options(text, options()) {
        let (event, place) = match event {
            Ok(event) => event,
            Err(error) => {
                let bracket = open.iter().rev().find_map(|position| {
                    let part = parts.get(*position)?;
                    (part.span.end == usize::MAX).then_some(part.bracket(text))
                });
                return Err(stopped(&error, text, bracket));
            }
        };
        let span = span(place.tag_start().unwrap_or(place.start), place.end);
        if parts.len() >= MAX_NODES {
            return Err(too_many_nodes(span).into());
        }
        if span.start < span.end {
            written = span.end;
        }
        match event {
            Event::DocumentStart(..) => {
                documents += 1;
                if documents > 1 {
                    return Err(second_document(span).into());
                }
            }
            Event::Alias(anchor) => {
                let target = anchors.get(&anchor).copied().unwrap_or(usize::MAX);
                parts.push(Part {
                    kind: PartKind::Alias(known_alias(&parts, target, span)?),
                    tag: Tag::None,
                    span,
                });
            }
            Event::Scalar(content, style, anchor, tag) => {
                anchors.insert(anchor, parts.len());
                parts.push(Part {
                    kind: PartKind::Scalar {
                        text: content,
                        plain: style == ScalarStyle::Plain,
                    },
                    tag: Tag::read(tag.as_deref(), span)?,
                    span,
                });
            }
            Event::SequenceStart(_, anchor, ref tag) | Event::MappingStart(_, anchor, ref tag) => {
                if open.len() >= MAX_DEPTH {
                    return Err(too_deep(span).into());
                }
                anchors.insert(anchor, parts.len());
                open.push(parts.len());
                let flow = matches!(
                    event,
                    Event::SequenceStart(StructureStyle::Flow, ..)
                        | Event::MappingStart(StructureStyle::Flow, ..)
                );
                // Block collections end where their last child ends; flow ones at their bracket.
                let end = if flow { usize::MAX } else { span.end };
                let kind = if matches!(event, Event::MappingStart(..)) {
                    PartKind::Map { end: OPEN }
                } else {
                    PartKind::List { end: OPEN }
                };
                parts.push(Part {
                    kind,
                    tag: Tag::read(tag.as_deref(), span)?,
                    span: Span { end, ..span },
                });
            }
            Event::SequenceEnd | Event::MappingEnd => {
                let count = parts.len();
                // The parser closes only what it opened.
                if let Some(part) = open.pop().and_then(|position| parts.get_mut(position)) {
                    let flow = part.span.end == usize::MAX;
                    part.span.end = if flow {
                        span.end
                    } else {
                        written.max(part.span.start)
                    };
                    if let PartKind::List { end } | PartKind::Map { end } = &mut part.kind {
                        *end = count;
                    }
                }
            }
            // Streams and documents end without saying anything; the remaining events are switched off.
            _ => {}
        }
    }
    Ok(parts)
}

/// The end of a collection that has none yet.
pub(super) const OPEN: usize = 0;

fn known_alias(parts: &[Part<'_>], target: usize, span: Span) -> Result<usize, Box<Finding>> {
    match parts.get(target).map(|part| &part.kind) {
        Some(PartKind::List { end: OPEN } | PartKind::Map { end: OPEN }) => Err(unreadable(
            Code::InvalidAlias,
            span,
            "an alias stands inside its own anchor",
            "it would never end",
            "write the part out instead",
        )),
        Some(_) => Ok(target),
        None => Err(unreadable(
            Code::InvalidAlias,
            span,
            "an alias has no anchor before it",
            "`*name` needs `&name` earlier in the text",
            "add the anchor, or put the text in quotes",
        )),
    }
}

fn second_document(span: Span) -> Box<Finding> {
    unreadable(
        Code::MultipleDocuments,
        span,
        "a second document starts",
        "a template is one document",
        "remove the `---`, or move what follows into a file of its own",
    )
}

fn span(start: Marker, end: Marker) -> Span {
    let first = start.byte_offset().unwrap_or_default();
    Span {
        start: first,
        end: end.byte_offset().unwrap_or_default().max(first),
        line: start.line(),
        column: start.col() + 1,
    }
}

fn stopped(error: &ScanError, text: &str, bracket: Option<Span>) -> Stop {
    use granit_parser::ErrorKind;

    let found = not_yaml(error, text);
    let place = found.span().unwrap_or_default();
    match error.kind() {
        ErrorKind::InvalidQuotedScalarIndent | ErrorKind::TabInIndentation => {
            return Stop::QuoteGoesOn(found);
        }
        ErrorKind::InvalidTrailingSingleQuotedScalar
        | ErrorKind::InvalidTrailingDoubleQuotedScalar => {
            let opening = quoted::opening_on_another_line(text, place);
            if let Some(opening) = opening {
                return Stop::Other(unclosed_quote(opening));
            }
        }
        _ => {}
    }
    if found.code != Code::InvalidYaml {
        return Stop::Other(found);
    }
    if let Some(tab) = place::tab_before(text, place) {
        return Stop::Other(tab_indentation(tab));
    }
    let unclosed = bracket.filter(|bracket| place::is_beside_or_left(text, place, *bracket));
    Stop::Other(match unclosed {
        Some(bracket) => unclosed_bracket(text, bracket),
        None => found,
    })
}

fn tab_indentation(place: Span) -> Box<Finding> {
    unreadable(
        Code::TabIndentation,
        place,
        "a tab stands where YAML wants spaces",
        "YAML does not allow tabs in indentation",
        "indent with spaces",
    )
}

fn unclosed_bracket(text: &str, bracket: Span) -> Box<Finding> {
    let opens = text
        .get(bracket.start..)
        .and_then(|rest| rest.chars().next());
    let (opens, closes) = match opens {
        Some('[') => ('[', ']'),
        _ => ('{', '}'),
    };
    unreadable(
        Code::InvalidYaml,
        Span {
            end: bracket.start + 1,
            ..bracket
        },
        format!("unclosed bracket '{opens}'"),
        "the text is not YAML",
        format!("add the closing `{closes}`"),
    )
}

fn unclosed_quote(opening: Span) -> Box<Finding> {
    unreadable(
        Code::InvalidYaml,
        opening,
        "unclosed quote",
        "the text is not YAML",
        "add the closing quote",
    )
}

fn not_yaml(error: &ScanError, text: &str) -> Box<Finding> {
    use granit_parser::ErrorKind;

    let marker = error.marker();
    let mut place = span(*marker, *marker);
    let here = text.get(place.start..).and_then(|rest| rest.chars().next());
    place.end += here.map_or(0, char::len_utf8);
    let other =
        |code, help: &str| unreadable(code, place, error.info(), "the text is not YAML", help);
    match error.kind() {
        ErrorKind::TabNotAllowed
        | ErrorKind::TabInBlockIndentation
        | ErrorKind::TabAtBlockScalarStart
        | ErrorKind::TabInIndentation
        | ErrorKind::TabInPlainScalar => tab_indentation(place::tab(text, place)),
        ErrorKind::RecursionLimitExceeded => too_deep(place),
        ErrorKind::UnknownAnchor => {
            let name: String = text
                .get(place.start..)
                .unwrap_or_default()
                .chars()
                .skip_while(|character| *character == '*')
                .take_while(|character| !character.is_whitespace() && !",[]{}".contains(*character))
                .collect();
            unreadable(
                Code::InvalidAlias,
                place,
                format!("alias `*{}` has no anchor before it", shortened(&name)),
                "`*name` needs `&name` earlier in the text",
                "add the anchor, or put the text in quotes",
            )
        }
        ErrorKind::UndeclaredTagHandle => other(
            Code::UnknownTag,
            "use CloudFormation's short tags (`!Ref`, `!Sub` …) or the long form (`Fn::Sub:`)",
        ),
        ErrorKind::MappingValueNotAllowed
        | ErrorKind::SimpleKeyExpected
        | ErrorKind::InvalidSimpleKey => other(
            Code::InvalidYaml,
            "check the indentation of this line; put text that contains `: ` in quotes",
        ),
        ErrorKind::UnclosedFlowCollection { .. } => unclosed_bracket(text, place),
        ErrorKind::UnclosedQuotedScalar => other(Code::InvalidYaml, "add the closing quote"),
        ErrorKind::UnexpectedCharacter { .. } => other(
            Code::InvalidYaml,
            "put text that starts with this character in quotes",
        ),
        _ => other(
            Code::InvalidYaml,
            "check the indentation, brackets and quotes around this place",
        ),
    }
}
