//! Fixes carried out on the text of a template: bytes at the places of its parts, and nothing around them.
//!
//! What lives here: [`fixed`]. What does not: which answer is right, which the finding says. Whatever an edit does is
//! held against the tree that it should give: an edit that would change anything else is not made.

mod extent;

use stratiform_finding::{Fix, Span};

use self::extent::{removal, repeat};
use crate::node::{Entry, Node, NodeKind, Scalar};
use crate::parse::{Document, parse_with_repeats};

/// A text with fixes carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fixed {
    /// The text.
    pub text: String,
    /// Which of the fixes are in it.
    pub done: Vec<bool>,
}

/// Carries out fixes, each at its path; what cannot be done without changing something else is left.
pub fn fixed(text: &str, fixes: &[(&[String], &Fix)]) -> Fixed {
    let mut fixed = Fixed {
        text: text.to_owned(),
        done: vec![false; fixes.len()],
    };
    let Ok(document) = parse_with_repeats(text) else {
        return fixed;
    };
    // From the end to the start: what is done changes no path before it.
    let mut order: Vec<usize> = (0..fixes.len()).collect();
    let start = |index: &usize| {
        let path = fixes.get(*index).map_or(&[][..], |(path, _)| path);
        let span = document.node.key_span_at(path.iter().map(String::as_str));
        std::cmp::Reverse(span.start)
    };
    order.sort_by_key(start);
    for index in order {
        if let (Some((path, fix)), Some(done)) = (fixes.get(index), fixed.done.get_mut(index))
            && let Some(text) = one(&fixed.text, path, fix)
        {
            fixed.text = text;
            *done = true;
        }
    }
    fixed
}

/// A text with one fix; none where it cannot be.
fn one(text: &str, path: &[String], fix: &Fix) -> Option<String> {
    let document = parse_with_repeats(text).ok()?;
    let wanted = expected(&document.node, path, fix)?;
    edits(text, &document, path, fix)
        .into_iter()
        .find_map(|(span, new)| {
            let (before, after) = (text.get(..span.start)?, text.get(span.end..)?);
            let edited = format!("{before}{new}{after}");
            let now = parse_with_repeats(&edited).ok()?;
            let repeats = written(&document);
            let is_right =
                same(&now.node, &wanted) && (*fix != Fix::Once || written(&now) < repeats);
            is_right.then_some(edited)
        })
}

/// How often keys are written that stand more than once.
fn written(document: &Document) -> usize {
    let repeated = document.repeated.iter();
    repeated.map(|repeated| repeated.places.len()).sum()
}

/// The edits that may do it, the plainest first.
fn edits(text: &str, document: &Document, path: &[String], fix: &Fix) -> Vec<(Span, String)> {
    let found = || find(&document.node, path);
    let edits = match fix {
        Fix::Rename(name) => found().and_then(|it| {
            let span = it.entry?.key_span;
            let quote = quote_of(text.get(span.range())?);
            Some(vec![(span, format!("{quote}{name}{quote}"))])
        }),
        Fix::Replace(new) => found().and_then(|it| {
            let span = without_tag(text, it.value.span)?;
            let quote = quote_of(text.get(span.range())?);
            let quoted = |quote: &str| (span, format!("{quote}{new}{quote}"));
            Some(vec![quoted(quote), quoted("\"")])
        }),
        Fix::QuoteKey => found().and_then(|it| {
            let span = it.entry?.key_span;
            Some(vec![(span, format!("\"{}\"", text.get(span.range())?))])
        }),
        Fix::Quote => found().and_then(|it| {
            let span = it.value.span;
            Some(vec![(span, format!("\"{}\"", text.get(span.range())?))])
        }),
        Fix::Remove => {
            let path = gone(&document.node, path);
            let span = path.and_then(|path| removal(text, &document.node, path));
            span.map(|span| vec![(span, String::new())])
        }
        Fix::Once => path.split_last().and_then(|(key, above)| {
            let mut repeated = document.repeated.iter();
            let repeated = repeated.find(|it| it.key == *key && it.path == above)?;
            repeat(text, repeated).map(|span| vec![(span, String::new())])
        }),
    };
    edits.unwrap_or_default()
}

/// The place of a scalar behind the short tag that it may have: `Name` of `!Ref Name`.
fn without_tag(text: &str, span: Span) -> Option<Span> {
    let raw = text.get(span.range())?;
    let tag = match raw.starts_with('!') {
        true => raw.find(' ')?,
        false => 0,
    };
    let rest = raw.get(tag..)?.trim_start();
    Some(Span {
        start: span.end - rest.len(),
        ..span
    })
}

/// The quotes that a scalar is in.
fn quote_of(raw: &str) -> &'static str {
    match raw.as_bytes() {
        [b'"', .., b'"'] => "\"",
        [b'\'', .., b'\''] => "'",
        _ => "",
    }
}

/// What a path leads to.
struct Target<'n> {
    entry: Option<&'n Entry>,
    value: &'n Node,
}

fn find<'n>(node: &'n Node, path: &[String]) -> Option<Target<'n>> {
    let (last, above) = path.split_last()?;
    let parent = node.at(above.iter().map(String::as_str))?;
    let mut entries = parent.entries().iter();
    let entry = entries.find(|entry| entry.key == *last);
    let value = entry.map(|entry| &entry.value);
    let value = value.or_else(|| parent.items().get(last.parse::<usize>().ok()?))?;
    Some(Target { entry, value })
}

/// What has to go so that the end of a path does: a list goes with its only item.
fn gone<'p>(node: &Node, path: &'p [String]) -> Option<&'p [String]> {
    let (_, above) = path.split_last()?;
    let parent = node.at(above.iter().map(String::as_str))?;
    match parent.items() {
        [_] => gone(node, above),
        _ => Some(path),
    }
}

/// The tree that a fix should give.
fn expected(node: &Node, path: &[String], fix: &Fix) -> Option<Node> {
    let mut wanted = node.clone();
    let path = match fix {
        Fix::Once => return Some(wanted),
        Fix::Remove => gone(node, path)?,
        _ => path,
    };
    let (last, above) = path.split_last()?;
    let mut parent = &mut wanted;
    for step in above {
        parent = inside(parent, step)?;
    }
    match fix {
        Fix::Rename(name) => {
            let NodeKind::Map(entries) = &mut parent.kind else {
                return None;
            };
            let is_taken = entries.iter().any(|entry| entry.key == *name);
            let entry = entries.iter_mut().find(|entry| entry.key == *last)?;
            if is_taken {
                return None;
            }
            entry.key.clone_from(name);
        }
        Fix::Replace(new) => {
            let scalar = inside(parent, last)?;
            matches!(scalar.kind, NodeKind::Scalar(_)).then_some(())?;
            *scalar = string(new.clone());
        }
        Fix::Quote => {
            let scalar = inside(parent, last)?;
            let NodeKind::Scalar(kind) = &scalar.kind else {
                return None;
            };
            *scalar = string(match kind {
                Scalar::String(text) => text.clone(),
                Scalar::Number(number) => number.to_string(),
                Scalar::Bool(_) | Scalar::Null => return None,
            });
        }
        Fix::Remove => match &mut parent.kind {
            NodeKind::Map(entries) => entries.retain(|entry| entry.key != *last),
            NodeKind::List(items) => {
                let index = last.parse::<usize>().ok()?;
                (index < items.len()).then(|| items.remove(index))?;
            }
            NodeKind::Scalar(_) => return None,
        },
        Fix::QuoteKey | Fix::Once => {}
    }
    Some(wanted)
}

fn string(text: String) -> Node {
    Node {
        kind: NodeKind::Scalar(Scalar::String(text)),
        span: Span::default(),
    }
}

fn inside<'n>(node: &'n mut Node, step: &str) -> Option<&'n mut Node> {
    match &mut node.kind {
        NodeKind::Map(entries) => {
            let mut entries = entries.iter_mut();
            entries
                .find(|entry| entry.key == step)
                .map(|entry| &mut entry.value)
        }
        NodeKind::List(items) => items.get_mut(step.parse::<usize>().ok()?),
        NodeKind::Scalar(_) => None,
    }
}

/// Whether two trees say the same, wherever it stands.
fn same(one: &Node, other: &Node) -> bool {
    match (&one.kind, &other.kind) {
        (NodeKind::Scalar(one), NodeKind::Scalar(other)) => one == other,
        (NodeKind::List(one), NodeKind::List(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same(one, other))
        }
        (NodeKind::Map(one), NodeKind::Map(other)) => {
            let mut pairs = one.iter().zip(other);
            one.len() == other.len()
                && pairs.all(|(one, other)| one.key == other.key && same(&one.value, &other.value))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, path: &str, fix: Fix, expected: Option<&str>) {
        let path: Vec<String> = path.split('/').map(str::to_owned).collect();
        let fixed = fixed(text, &[(&path, &fix)]);
        assert_eq!(fixed.done, [expected.is_some()], "{}", fixed.text);
        assert_eq!(fixed.text, expected.unwrap_or(text));
    }

    #[test]
    fn names_and_texts_are_replaced_in_their_quotes_and_nothing_around_them() {
        let rename = |name: &str| Fix::Rename(name.to_owned());
        let replace = |text: &str| Fix::Replace(text.to_owned());
        check(
            "A:\n  'b': 1 # c\n",
            "A/b",
            rename("B"),
            Some("A:\n  'B': 1 # c\n"),
        );
        check(
            "{\"A\": {\"b\" : [1]}}",
            "A/b",
            rename("B"),
            Some("{\"A\": {\"B\" : [1]}}"),
        );
        check("A: {b: 1, B: 2}", "A/b", rename("B"), None);
        check(
            "A: [x, !Ref y]",
            "A/0",
            replace("z"),
            Some("A: [z, !Ref y]"),
        );
        check(
            "A: [x, !Ref y]",
            "A/1/Ref",
            replace("z"),
            Some("A: [x, !Ref z]"),
        );
        // What would be read as something else is put in quotes.
        check("A: trve # c", "A", replace("true"), Some("A: \"true\" # c"));
        check("A: [x]", "A/7", replace("z"), None);
        check("A: [!Ref x]", "A/0", replace("z"), None);
        // What an anchor stands for stands in two places.
        check("A: &a x\nB: *a\n", "B", replace("z"), None);
    }

    #[test]
    fn digits_get_quotes() {
        check(
            "M:\n  0123: {a: 012}\n",
            "M/0123",
            Fix::QuoteKey,
            Some("M:\n  \"0123\": {a: 012}\n"),
        );
        check("M: {A: 012}", "M/A", Fix::Quote, Some("M: {A: \"012\"}"));
        check("M: {A: 12}", "M/A", Fix::Quote, Some("M: {A: \"12\"}"));
        check("M: {A: [12]}", "M/A", Fix::Quote, None);
    }

    #[test]
    fn what_goes_takes_its_line_or_its_comma_along() {
        let text = "R:\n  # of R\n  A: T # t\n  DependsOn:\n    - X\n    # y\n    - Y\n  C: c\n";
        check(
            text,
            "R/DependsOn/1",
            Fix::Remove,
            Some("R:\n  # of R\n  A: T # t\n  DependsOn:\n    - X\n    # y\n  C: c\n"),
        );
        check(
            text,
            "R/A",
            Fix::Remove,
            Some("R:\n  # of R\n  DependsOn:\n    - X\n    # y\n    - Y\n  C: c\n"),
        );
        check(
            "R:\n  A: a\n  D:\n  - X\n",
            "R/D/0",
            Fix::Remove,
            Some("R:\n  A: a\n"),
        );
        check(
            "R: {A: a, D: [X, Y], E: e}",
            "R/D",
            Fix::Remove,
            Some("R: {A: a, E: e}"),
        );
        check(
            "R: {A: a, D: [X, Y]}",
            "R/D/1",
            Fix::Remove,
            Some("R: {A: a, D: [X]}"),
        );
        check(
            "{\n  \"A\": 1,\n  \"D\": [\n    \"X\"\n  ]\n}\n",
            "D/0",
            Fix::Remove,
            Some("{\n  \"A\": 1\n}\n"),
        );
        // Without its only entry it would not be a map any more.
        check("R:\n  A: a\n", "R/A", Fix::Remove, None);
    }

    #[test]
    fn what_is_said_twice_is_said_once() {
        check(
            "R:\n  T: [a,\n    b]\n  # c\n  U: u\n  T: [a,\n    b]\n",
            "R/T",
            Fix::Once,
            Some("R:\n  T: [a,\n    b]\n  # c\n  U: u\n"),
        );
        check(
            "R:\n  T:\n  - a\n  T:\n  - a\n",
            "R/T",
            Fix::Once,
            Some("R:\n  T:\n  - a\n"),
        );
        check("R:\n  T: a\n  T: b\n", "R/T", Fix::Once, None);
    }

    #[test]
    fn fixes_of_one_text_do_not_get_in_each_others_way() {
        let path = |path: &str| path.split('/').map(str::to_owned).collect::<Vec<String>>();
        let paths = [path("a"), path("a/b"), path("a/c/0"), path("a/c/1")];
        let fixes = [
            Fix::Rename("A".to_owned()),
            Fix::Rename("B".to_owned()),
            Fix::Remove,
            Fix::Replace("z".to_owned()),
        ];
        let fixes: Vec<(&[String], &Fix)> = paths.iter().map(Vec::as_slice).zip(&fixes).collect();
        let fixed = fixed("a:\n  b: 1\n  c:\n    - x\n    - y\n", &fixes);
        assert_eq!(fixed.done, [true; 4]);
        assert_eq!(fixed.text, "A:\n  B: 1\n  c:\n    - z\n");
    }
}
