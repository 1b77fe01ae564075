//! XML as a tree, for answers of a few kilobytes.

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

/// The name of the element that a document is: nothing of it is kept, and the same texts are refused as by
/// [`Element::parse`].
///
/// # Errors
/// It is not one whole element.
pub(crate) fn root(text: &str) -> Result<&str, NoXml> {
    let (mut open, mut root) = (Vec::new(), None);
    for token in Tokenizer::from(text) {
        match token.map_err(|_| NoXml)? {
            Token::ElementStart { local, .. } if open.len() < DEPTH => {
                if open.is_empty() && root.replace(local.as_str()).is_some() {
                    return Err(NoXml);
                }
                open.push(local.as_str());
            }
            Token::ElementEnd { end, .. } => match end {
                ElementEnd::Open => {}
                ElementEnd::Empty => drop(open.pop().ok_or(NoXml)?),
                ElementEnd::Close(_, local) => {
                    open.pop()
                        .filter(|last| *last == local.as_str())
                        .ok_or(NoXml)?;
                }
            },
            Token::Text { text } if text.as_str().contains('&') => {
                unescaped(text.as_str()).ok_or(NoXml)?;
            }
            Token::Text { .. }
            | Token::Cdata { .. }
            | Token::Attribute { .. }
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
    root.filter(|_| open.is_empty()).ok_or(NoXml)
}

impl Element {
    /// Reads a document. Entities of its own are refused: nothing that answers has any.
    ///
    /// # Errors
    /// It is not one whole element.
    pub(crate) fn parse(text: &str) -> Result<Element, NoXml> {
        // The last one is open, and each is within the one before; the first one is around the document.
        let mut open = vec![Element::default()];
        for token in Tokenizer::from(text) {
            match token.map_err(|_| NoXml)? {
                Token::ElementStart { local, .. } if open.len() <= DEPTH => open.push(Element {
                    name: local.as_str().to_owned(),
                    ..Element::default()
                }),
                Token::ElementEnd { end, .. } => {
                    if let ElementEnd::Close(_, local) = end
                        && open.last().is_none_or(|last| last.name != local.as_str())
                    {
                        return Err(NoXml);
                    }
                    if !matches!(end, ElementEnd::Open) {
                        let done = open.pop().ok_or(NoXml)?;
                        open.last_mut().ok_or(NoXml)?.children.push(done);
                    }
                }
                Token::Text { text } => {
                    let text = unescaped(text.as_str()).ok_or(NoXml)?;
                    open.last_mut().ok_or(NoXml)?.text.push_str(&text);
                }
                Token::Cdata { text, .. } => {
                    let last = open.last_mut().ok_or(NoXml)?;
                    last.text.push_str(text.as_str());
                }
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
        let around = open.pop().filter(|_| open.is_empty()).ok_or(NoXml)?;
        let mut children = around.children.into_iter();
        let root = children.next().ok_or(NoXml)?;
        if children.next().is_some() {
            Err(NoXml)
        } else {
            Ok(root)
        }
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
fn unescaped(text: &str) -> Option<String> {
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
    Some(out)
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
