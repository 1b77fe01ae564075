//! Text that is put together from parts.

use crate::resolved::Resolved;
use crate::text::{Segment, Style, Text, Time};

/// The longest text that is put together, in bytes: twice the longest template. What is beyond is left out.
const MAX_TEXT: usize = 2_000_000;

/// What a part that is not known counts for.
const PLACEHOLDER: usize = 16;

/// Text that is put together.
#[derive(Default)]
pub(super) struct Joined(Text, usize);

impl Joined {
    pub(super) fn known(&mut self, text: &str) {
        self.1 += text.len();
        if self.1 > MAX_TEXT {
            return;
        }
        match self.0.segments.last_mut() {
            _ if text.is_empty() => {}
            Some(Segment::Known(before)) => before.push_str(text),
            _ => self.0.segments.push(Segment::Known(text.to_owned())),
        }
    }

    /// Adds a value; a list, as parameters can be, with delimiters.
    pub(super) fn value(&mut self, value: &Resolved<'_>, delimiter: &str) {
        match value {
            Resolved::Literal(text) => self.known(text),
            Resolved::Text(text) => {
                for segment in &text.segments {
                    match segment {
                        Segment::Known(text) => self.known(text),
                        segment => {
                            self.1 += PLACEHOLDER;
                            if self.1 <= MAX_TEXT {
                                self.0.segments.push(segment.clone());
                            }
                        }
                    }
                }
                self.0.uses.extend(text.uses.iter().cloned());
            }
            Resolved::List(items) => {
                for (index, item) in items.iter().enumerate() {
                    if index > 0 {
                        self.known(delimiter);
                    }
                    self.value(item, delimiter);
                }
            }
            Resolved::Null | Resolved::Map(_) => {
                let what = value.shown(Style::Expression);
                self.0.segments.push(Segment::Unknown {
                    what,
                    time: Time::Now,
                    basis: 0,
                    fault: None,
                });
            }
        }
    }

    pub(super) fn finish(mut self) -> Resolved<'static> {
        if self.0.segments.is_empty() {
            self.0.segments.push(Segment::Known(String::new()));
        }
        self.0.uses.sort();
        self.0.uses.dedup();
        Resolved::text(self.0.segments, self.0.uses)
    }
}
