//! From where to where an entry or an item reaches in the text, with what goes when it goes: its line, or its comma.

use stratiform_finding::Span;

use crate::node::{Node, NodeKind};
use crate::parse::RepeatedKey;

/// What goes with the part that a path ends in.
pub(super) fn removal(text: &str, node: &Node, path: &[String]) -> Option<Span> {
    let (last, above) = path.split_last()?;
    let parent = node.at(above.iter().map(String::as_str))?;
    let (parts, position): (Vec<(usize, usize)>, usize) = match &parent.kind {
        NodeKind::Map(entries) => {
            let parts = entries.iter().map(|entry| {
                let (key, value) = (entry.key_span, entry.value.span);
                (key.start, value.end.max(key.end))
            });
            let position = entries.iter().position(|entry| entry.key == *last)?;
            (parts.collect(), position)
        }
        NodeKind::List(items) => {
            let parts = items.iter().map(|item| (item.span.start, item.span.end));
            (parts.collect(), last.parse::<usize>().ok()?)
        }
        NodeKind::Scalar(_) => return None,
    };
    let (start, end) = *parts.get(position)?;
    let is_flow = matches!(text.as_bytes().get(parent.span.start), Some(b'{' | b'['));
    if !is_flow {
        return lines(text, start, end);
    }
    let before = position.checked_sub(1).and_then(|before| parts.get(before));
    // One of the commas around it goes, too.
    Some(match (parts.get(position + 1), before) {
        (Some((next, _)), _) => between(start, *next),
        (None, Some((_, previous))) => between(*previous, end),
        (None, None) => between(start, end),
    })
}

fn between(start: usize, end: usize) -> Span {
    Span {
        start,
        end,
        ..Span::default()
    }
}

/// Where the line of a position starts.
fn line_start(text: &str, at: usize) -> Option<usize> {
    Some(text.get(..at)?.rfind('\n').map_or(0, |end| end + 1))
}

/// The lines that something has to itself; none where something else stands in them.
fn lines(text: &str, start: usize, end: usize) -> Option<Span> {
    let from = line_start(text, start)?;
    let before = text.get(from..start)?;
    if !before.bytes().all(|byte| matches!(byte, b' ' | b'-')) {
        return None;
    }
    if end > start && text.get(..end)?.ends_with('\n') {
        return Some(between(from, end));
    }
    let rest = text.get(end..)?;
    let length = rest.find('\n').map_or(rest.len(), |at| at + 1);
    let after = rest.get(..length)?.trim();
    let is_alone = after.is_empty() || after.starts_with('#');
    is_alone.then(|| between(from, end + length))
}

/// The last of the entries of a key that stands more than once, where it says the same as the one before.
pub(super) fn repeat(text: &str, repeated: &RepeatedKey) -> Option<Span> {
    let [.., before, last] = repeated.places.as_slice() else {
        return None;
    };
    let (before, last) = (block(text, *before)?, block(text, *last)?);
    let said = |span: Span| text.get(span.range()).map(str::trim_end);
    (said(before)? == said(last)?).then_some(last)
}

/// The lines of an entry of a block, by their indentation; none of what stands behind something else in its line.
fn block(text: &str, key: Span) -> Option<Span> {
    let from = line_start(text, key.start)?;
    let indentation = text.get(from..key.start)?;
    if !indentation.bytes().all(|byte| byte == b' ') {
        return None;
    }
    let (mut at, mut to) = (from, from);
    for line in text.get(from..)?.split_inclusive('\n') {
        let inside = line.trim_start_matches(' ');
        let depth = line.len() - inside.len();
        let is_item = depth == indentation.len() && inside.starts_with("- ");
        let is_blank = inside.trim().is_empty() || inside.starts_with('#');
        let is_first = at == from;
        if !is_first && !is_blank && !is_item && depth <= indentation.len() {
            break;
        }
        at += line.len();
        if !is_blank {
            to = at;
        }
    }
    Some(between(from, to))
}
