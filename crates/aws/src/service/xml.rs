//! XML as a tree, for answers of a few kilobytes.

use std::borrow::Cow;

use xmlparser::{ElementEnd, Token, Tokenizer};

/// No answer goes half as deep.
const DEPTH: usize = 64;

/// An element without its attributes and namespaces.
#[derive(Debug, Default)]
pub(crate) struct Element {
    name: String,
    text: String,
    children: Vec<Element>,
}

/// A text that is not one element.
#[derive(Debug, thiserror::Error)]
#[error("the answer is no XML")]
pub(crate) struct NoXml;

/// A piece of a document.
enum Piece<'t> {
    Start(&'t str),
    End,
    Text(Cow<'t, str>),
}

/// The pieces of a document, one after the other, as long as each element ends where it has to. Entities of its own are
/// refused: nothing that answers has any.
///
/// # Errors
/// It is not one whole element.
fn pieces<'t>(text: &'t str, mut take: impl FnMut(Piece<'t>)) -> Result<(), NoXml> {
    let (mut open, mut is_begun) = (Vec::new(), false);
    for token in Tokenizer::from(text) {
        match token.map_err(|_| NoXml)? {
            Token::ElementStart { local, .. } if open.len() < DEPTH => {
                if open.is_empty() && std::mem::replace(&mut is_begun, true) {
                    return Err(NoXml);
                }
                open.push(local.as_str());
                take(Piece::Start(local.as_str()));
            }
            Token::ElementEnd { end, .. } => {
                let is_last = |last: &&str| match end {
                    ElementEnd::Close(_, local) => *last == local.as_str(),
                    ElementEnd::Open | ElementEnd::Empty => true,
                };
                if !matches!(end, ElementEnd::Open) {
                    open.pop().filter(is_last).ok_or(NoXml)?;
                    take(Piece::End);
                }
            }
            Token::Text { text } => take(Piece::Text(unescaped(text.as_str()).ok_or(NoXml)?)),
            Token::Cdata { text, .. } => take(Piece::Text(Cow::Borrowed(text.as_str()))),
            Token::Attribute { .. }
            | Token::Comment { .. }
            | Token::Declaration { .. }
            | Token::ProcessingInstruction { .. } => {}
            Token::ElementStart { .. }
            | Token::DtdStart { .. }
            | Token::EmptyDtd { .. }
            | Token::EntityDeclaration { .. }
            | Token::DtdEnd { .. } => return Err(NoXml),
        }
    }
    (is_begun && open.is_empty()).then_some(()).ok_or(NoXml)
}

/// The name of the element that a document is: nothing else of it is kept, and the same texts are refused as by
/// [`Element::parse`].
///
/// # Errors
/// It is not one whole element.
pub(crate) fn root(text: &str) -> Result<&str, NoXml> {
    let mut root = None;
    pieces(text, |piece| {
        if let Piece::Start(name) = piece {
            root.get_or_insert(name);
        }
    })?;
    root.ok_or(NoXml)
}

impl Element {
    /// Reads a document.
    ///
    /// # Errors
    /// It is not one whole element.
    pub(crate) fn parse(text: &str) -> Result<Element, NoXml> {
        // The last one is open, and each is within the one before; the first one is around the document.
        let mut open = vec![Element::default()];
        pieces(text, |piece| match piece {
            Piece::Start(name) => open.push(Element {
                name: name.to_owned(),
                ..Element::default()
            }),
            Piece::End => {
                let done = open.pop();
                if let Some(outer) = open.last_mut() {
                    outer.children.extend(done);
                }
            }
            Piece::Text(text) => {
                if let Some(last) = open.last_mut() {
                    last.text.push_str(&text);
                }
            }
        })?;
        let around = open.pop();
        around
            .and_then(|around| around.children.into_iter().next())
            .ok_or(NoXml)
    }

    /// Its name.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// A child.
    pub(crate) fn child(&self, name: &str) -> Option<&Element> {
        self.children.iter().find(|child| child.name == name)
    }

    /// A child, and nothing else of it.
    pub(crate) fn into_child(self, name: &str) -> Option<Element> {
        let mut children = self.children.into_iter();
        children.find(|child| child.name == name)
    }

    /// A child's text; none where it is empty.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        let text = self.child(name)?.text.trim();
        (!text.is_empty()).then_some(text)
    }

    /// Its own text: an item of a list of texts.
    pub(crate) fn own_text(&self) -> &str {
        self.text.trim()
    }

    /// The items of a list: the children of a child.
    pub(crate) fn items(&self, name: &str) -> impl Iterator<Item = &Element> {
        self.child(name).into_iter().flat_map(|list| &list.children)
    }

    /// This element, or the first one below it with a name.
    pub(crate) fn find(&self, name: &str) -> Option<&Element> {
        if self.name == name {
            return Some(self);
        }
        self.children.iter().find_map(|child| child.find(name))
    }
}

/// A text without its entities; none where one is not XML's own.
fn unescaped(text: &str) -> Option<Cow<'_, str>> {
    if !text.contains('&') {
        return Some(Cow::Borrowed(text));
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        let (entity, after) = after.split_once(';')?;
        out.push_str(before);
        out.push(match entity {
            "amp" => '&',
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            "apos" => '\'',
            _ => character(entity.strip_prefix('#')?)?,
        });
        rest = after;
    }
    out.push_str(rest);
    Some(Cow::Owned(out))
}

fn character(number: &str) -> Option<char> {
    let number = match number.strip_prefix(['x', 'X']) {
        Some(digits) => u32::from_str_radix(digits, 16),
        None => number.parse(),
    };
    char::from_u32(number.ok()?)
}

#[cfg(test)]
mod tests {
    use super::{Element, root};

    #[test]
    fn elements_lists_and_entities() {
        let text = "<?xml version=\"1.0\"?><!-- a --><n:R xmlns:n=\"u\"><L><member><A>1 &amp; &#x41;&#66;</A></member><member/></L><E/><C><![CDATA[<&]]></C></n:R>";
        let root = Element::parse(text).unwrap();
        assert_eq!((root.name(), super::root(text).ok()), ("R", Some("R")));
        let items: Vec<_> = root.items("L").map(|item| item.text("A")).collect();
        assert_eq!(items, [Some("1 & AB"), None]);
        assert_eq!(root.text("E"), None);
        assert_eq!(root.text("C"), Some("<&"));
        assert_eq!(root.find("A").unwrap().name(), "A");
        assert_eq!(root.items("None").count(), 0);
    }

    #[test]
    fn what_is_no_xml() {
        let deep = "<a>".repeat(100_000);
        for text in [
            "",
            "text",
            "<a>",
            "<a></b>",
            "<a/><b/>",
            "</a>",
            "<a>&nope;</a>",
            "<a>&amp</a>",
            "<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>",
            &deep,
        ] {
            assert!(
                Element::parse(text).is_err() && root(text).is_err(),
                "{}",
                &text[..text.len().min(40)]
            );
        }
    }
}
