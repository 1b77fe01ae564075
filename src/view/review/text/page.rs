//! Lines that are no longer than a terminal is wide.

use crate::view::width::wrapped;
use stratiform_finding::words::visible;

use super::{Detail, Layout};
use crate::report::Colour;
use crate::view::style::paint;

/// Below a longer label there is no room for text.
const LONG_LABEL: usize = 16;

/// Text as it grows.
#[derive(Debug)]
pub(super) struct Page {
    pub text: String,
    pub layout: Layout,
    pub detail: Detail,
}

/// A word in front of a text: a sign, a severity.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Label<'l> {
    /// The word.
    pub word: &'l str,
    /// The columns that it takes at least; text begins after them.
    pub width: usize,
    /// The code of its colour.
    pub code: Option<&'l str>,
}

impl<'l> Label<'l> {
    pub(super) fn new(word: &'l str, width: usize, code: Option<&'l str>) -> Self {
        Label { word, width, code }
    }
}

impl Page {
    /// A page without anything on it.
    pub(super) fn new(layout: Layout, detail: Detail) -> Self {
        Page {
            text: String::new(),
            layout,
            detail,
        }
    }

    /// A text without a label.
    pub(super) fn say(&mut self, indent: usize, text: &str) {
        self.put(indent, Label::default(), text);
    }

    /// An empty line.
    pub(super) fn gap(&mut self) {
        self.text += "\n";
    }

    /// A text behind a label, broken between words. Its further lines stand below its first, or a little further in
    /// than a label that is long.
    pub(super) fn put(&mut self, indent: usize, label: Label<'_>, text: &str) {
        let (word, text) = (visible(label.word), visible(text));
        let length = word.chars().count();
        let label_width = label.width.max(length);
        let lead = if label_width == 0 { 0 } else { label_width + 1 };
        let hang = if lead > LONG_LABEL { 4 } else { lead };
        let word = match (self.layout.colour, label.code) {
            (Colour::Always, Some(code)) if length > 0 => paint(&word, code),
            _ => word.into_owned(),
        };
        let mut line = format!("{:indent$}{word}{:2$}", "", "", lead - length);
        for words in wrapped(
            &text,
            self.layout.width.saturating_sub(indent + hang),
            lead - hang,
        ) {
            line += &words;
            self.text += line.trim_end();
            self.gap();
            line = " ".repeat(indent + hang);
        }
    }

    /// Whether a text stays on one line at an indent.
    pub(super) fn fits(&self, indent: usize, text: &str) -> bool {
        indent + text.chars().count() <= self.layout.width
    }
}
