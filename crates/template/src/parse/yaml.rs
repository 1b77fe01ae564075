//! YAML → [`Node`]: events of the parser in, a flat list of parts, then the tree.
//!
//! The list in between is what makes aliases cheap to refuse: nothing is copied before it is known how much
//! there will be to copy.

use std::borrow::Cow;
use std::collections::HashMap;

use granit_parser::{Event, Marker, Options, Parser, ScalarStyle, ScanError, StructureStyle};

use super::build::build;
use super::error::shortened;
use super::tag::Tag;
use super::{MAX_DEPTH, MAX_NODES, ParseError, refuse_too_large, too_deep, too_many_nodes};
use crate::code::Code;
use crate::node::{Node, NodeKind, Scalar, Span};

/// One event of the text.
pub(super) struct Part<'text> {
    pub(super) kind: PartKind<'text>,
    pub(super) tag: Tag,
    /// From the tag, if there is one, to the end of the content.
    pub(super) span: Span,
}

/// What a [`Part`] is. Children stand behind their collection, up to `end`.
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
pub fn parse_yaml(text: &str) -> Result<Node, ParseError> {
    refuse_too_large(text)?;
    let parts = read(text)?;
    if parts.is_empty() {
        return Ok(Node {
            kind: NodeKind::Scalar(Scalar::Null),
            span: Span {
                start: 0,
                end: 0,
                line: 1,
                column: 1,
            },
        });
    }
    build(&parts)
}

fn options() -> Options {
    // Our own limit speaks first, with a better message; the parser's is a net below it.
    granit_parser::options! {
        emit_comments: false,
        flow_nesting_limit: MAX_DEPTH * 2,
        block_nesting_limit: MAX_DEPTH * 2,
    }
}

fn read(text: &str) -> Result<Vec<Part<'_>>, ParseError> {
    let mut parts: Vec<Part<'_>> = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    let mut anchors: HashMap<usize, usize> = HashMap::new();
    let mut documents = 0_usize;
    // The end of the last thing that is there: what is left out has a place, too, but further down.
    let mut written = 0;
    for event in Parser::new_from_str_with_options(text, options()) {
        let (event, place) = event.map_err(|error| not_yaml(&error, text))?;
        let span = span(place.tag_start().unwrap_or(place.start), place.end);
        if parts.len() >= MAX_NODES {
            return Err(too_many_nodes(span));
        }
        if span.start < span.end {
            written = span.end;
        }
        match event {
            Event::DocumentStart(..) => {
                documents += 1;
                if documents > 1 {
                    return Err(second_document(span));
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
                    return Err(too_deep(span));
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
const OPEN: usize = 0;

fn known_alias(parts: &[Part<'_>], target: usize, span: Span) -> Result<usize, ParseError> {
    match parts.get(target).map(|part| &part.kind) {
        Some(PartKind::List { end: OPEN } | PartKind::Map { end: OPEN }) => Err(ParseError::new(
            Code::InvalidAlias,
            span,
            "an alias stands inside its own anchor",
            "it would never end",
            "write the part out instead",
        )),
        Some(_) => Ok(target),
        None => Err(ParseError::new(
            Code::InvalidAlias,
            span,
            "an alias has no anchor before it",
            "`*name` needs `&name` earlier in the text",
            "add the anchor, or put the text in quotes",
        )),
    }
}

fn second_document(span: Span) -> ParseError {
    ParseError::new(
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

fn not_yaml(error: &ScanError, text: &str) -> ParseError {
    use granit_parser::ErrorKind;

    let marker = error.marker();
    let mut place = span(*marker, *marker);
    let here = text.get(place.start..).and_then(|rest| rest.chars().next());
    place.end += here.map_or(0, char::len_utf8);
    let tab = ParseError::new(
        Code::TabIndentation,
        place,
        "a tab stands where YAML wants spaces",
        "YAML does not allow tabs in indentation",
        "indent with spaces",
    );
    let other =
        |code, help: &str| ParseError::new(code, place, error.info(), "the text is not YAML", help);
    match error.kind() {
        ErrorKind::TabNotAllowed
        | ErrorKind::TabInBlockIndentation
        | ErrorKind::TabAtBlockScalarStart
        | ErrorKind::TabInIndentation
        | ErrorKind::TabInPlainScalar => tab,
        ErrorKind::RecursionLimitExceeded => too_deep(place),
        ErrorKind::UnknownAnchor => {
            let name: String = text
                .get(place.start..)
                .unwrap_or_default()
                .chars()
                .skip_while(|character| *character == '*')
                .take_while(|character| !character.is_whitespace() && !",[]{}".contains(*character))
                .collect();
            ParseError::new(
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
