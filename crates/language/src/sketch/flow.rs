//! What is in brackets: JSON, and YAML that is written like it.

use std::ops::Range;

use stratiform_template::Function;

use super::{Frame, Kind, Next, Role, Scan, Spot, Style, Watch, spot};

/// How far a text in quotes is looked for that goes on in the next lines, in bytes.
const FURTHER: usize = 4_096;

/// The column of what has no brackets of its own.
const PAIR: usize = usize::MAX;

impl Scan<'_> {
    /// Reads from a bracket to the one that closes it, or to the end of the text; where it ends.
    pub(super) fn flow(&mut self, start: usize, style: Style) -> usize {
        let base = self.frames.len();
        let is_json = style == Style::Json;
        // Where the last token ended.
        let mut behind = start;
        let mut at = start;
        while let Some(byte) = self.byte(at) {
            if matches!(byte, b' ' | b'\t' | b'\r' | b'\n') {
                at += 1;
                continue;
            }
            let is_comment = byte == b'#' && !is_json;
            if is_comment && matches!(self.byte(at - 1), Some(b' ' | b'\t' | b'\n')) {
                self.gap(behind..at.saturating_sub(1), style);
                let rest = self.text.get(at..).unwrap_or_default();
                at += rest.find(['\n', '\r']).unwrap_or(rest.len());
                behind = at;
                continue;
            }
            if matches!(byte, b'{' | b'}' | b'[' | b']' | b',' | b':') && self.frames.len() > base {
                self.gap(behind..at, style);
            }
            let end = match byte {
                b'{' => self.open(at, brackets()),
                b'[' => self.open(at, list()),
                b'}' | b']' => {
                    self.leave_pair();
                    if self
                        .watch
                        .as_ref()
                        .is_some_and(|watch| watch.frame + 1 == self.frames.len())
                    {
                        self.watch = None;
                    }
                    self.frames.pop();
                    if self.frames.len() <= base {
                        return at + 1;
                    }
                    self.set(Next::Comma);
                    at + 1
                }
                b',' => {
                    self.comma();
                    at + 1
                }
                b':' if self.next() == Some(Next::Colon) => {
                    self.set(Next::Value);
                    at + 1
                }
                b':' if self.enter_pair(behind) => at + 1,
                b'"' => self.in_quotes(at, style),
                b'\'' if !is_json => self.in_quotes(at, style),
                b'!' if !is_json => self.tag(at, style),
                _ => self.plain(at, style),
            };
            at = end.max(at + 1);
            behind = at;
        }
        if self.frames.len() > base {
            self.gap(behind..self.text.len(), style);
        }
        self.frames.truncate(base);
        self.text.len()
    }

    fn next(&self) -> Option<Next> {
        match self.frames.last()?.kind {
            Kind::Map { next, .. } | Kind::List { next, .. } => Some(next),
        }
    }

    fn set(&mut self, new: Next) {
        if let Some(frame) = self.frames.last_mut() {
            match &mut frame.kind {
                Kind::Map { next, .. } | Kind::List { next, .. } => *next = new,
            }
        }
    }

    fn open(&mut self, at: usize, kind: Kind) -> usize {
        self.frames.push(Frame {
            indent: 0,
            kind,
            functions: Vec::new(),
        });
        at + 1
    }

    /// Goes into a key and its value that stand in a list without brackets: `[Condition: Prod]`.
    fn enter_pair(&mut self, behind: usize) -> bool {
        let Some(Frame {
            kind: Kind::List { items, .. },
            ..
        }) = self.frames.last_mut()
        else {
            return false;
        };
        let Some(key) = items.pop_if(|item| item.end == behind) else {
            return false;
        };
        self.frames.push(Frame {
            indent: PAIR,
            kind: brackets(),
            functions: Vec::new(),
        });
        self.key(key);
        self.set(Next::Value);
        true
    }

    fn leave_pair(&mut self) {
        if self.frames.pop_if(|frame| frame.indent == PAIR).is_some() {
            self.set(Next::Comma);
        }
    }

    fn comma(&mut self) {
        self.leave_pair();
        if let Some(frame) = self.frames.last_mut() {
            frame.functions.clear();
            match &mut frame.kind {
                Kind::Map { has_key, next, .. } => {
                    *has_key = false;
                    *next = Next::Key;
                }
                Kind::List { index, next, .. } => {
                    *index += 1;
                    *next = Next::Value;
                }
            }
        }
    }

    /// The cursor stands between two tokens.
    fn gap(&mut self, gap: Range<usize>, style: Style) {
        if gap.end < gap.start || !self.is_here(&gap) {
            return;
        }
        let cursor = self.cursor.unwrap_or(gap.end);
        let is_new_line = self
            .text
            .get(gap.start..cursor)
            .is_some_and(|passed| passed.contains('\n'));
        let Some(frame) = self.frames.last() else {
            return;
        };
        let is_map = matches!(frame.kind, Kind::Map { .. });
        let found = match (is_map, self.next()) {
            (true, Some(Next::Key)) => self.key_spot(cursor..cursor, style),
            // The comma comes when what is behind it is there.
            (true, Some(Next::Comma)) if is_new_line => self.key_spot(cursor..cursor, style),
            (true, Some(Next::Value)) | (false, Some(Next::Value)) => {
                self.value_spot(cursor..cursor, style)
            }
            _ => return,
        };
        self.found_here(found);
    }

    fn found_here(&mut self, found: Spot) {
        let watch = (found.role == Role::Key).then(|| Watch {
            frame: self.frames.len().saturating_sub(1),
            indent: 0,
        });
        self.found(found, watch);
    }

    fn key_spot(&self, token: Range<usize>, style: Style) -> Spot {
        let path = self.path(self.frames.len().saturating_sub(1));
        spot(path, Role::Key, token, style)
    }

    fn value_spot(&self, token: Range<usize>, style: Style) -> Spot {
        spot(self.path(self.frames.len()), Role::Value, token, style)
    }

    fn in_quotes(&mut self, at: usize, style: Style) -> usize {
        let end = match self.close_in_line(at) {
            Ok(close) => close,
            // In YAML a text may go on in the next lines.
            Err(line) if style == Style::Flow => self.close(at, line + FURTHER).unwrap_or(line),
            Err(line) => line,
        };
        self.part(at..end, style);
        end
    }

    fn tag(&mut self, at: usize, style: Style) -> usize {
        let rest = self.text.get(at..).unwrap_or_default();
        let length = rest.find([' ', '\t', '\n', '\r', ',', ']', '}', '[', '{']);
        let range = at..at + length.unwrap_or(rest.len());
        if self.is_here(&range) {
            let found = self.value_spot(range.clone(), style);
            self.found_here(found);
        }
        let name = self.slice(&range).trim_start_matches('!');
        if let Some(function) = Function::from_tag(name)
            && let Some(frame) = self.frames.last_mut()
        {
            frame.functions.push(function);
        }
        range.end
    }

    fn plain(&mut self, at: usize, style: Style) -> usize {
        let rest = self.text.as_bytes().get(at..).unwrap_or_default();
        let is_end = |position: usize, byte: u8| match byte {
            b',' | b'[' | b']' | b'{' | b'}' | b'\n' | b'\r' => true,
            b'"' | b' ' | b'\t' | b':' if style == Style::Json => true,
            b':' => matches!(
                rest.get(position + 1),
                None | Some(b' ' | b'\n' | b'\r' | b',' | b'}' | b']')
            ),
            b'#' => position > 0 && rest.get(position - 1) == Some(&b' '),
            _ => false,
        };
        let length = rest
            .iter()
            .enumerate()
            .find(|(position, byte)| is_end(*position, **byte));
        let end = at + length.map_or(rest.len(), |(position, _)| position);
        let token = self.slice(&(at..end)).trim_end();
        let token = at..at + token.len();
        if token.is_empty() {
            return end;
        }
        self.part(token.clone(), style);
        token.end
    }

    /// A scalar: a key, or what a key or an item is.
    fn part(&mut self, token: Range<usize>, style: Style) {
        let is_key = self.frames.last().is_some_and(|frame| match frame.kind {
            Kind::Map { next, .. } => next != Next::Value,
            Kind::List { .. } => false,
        });
        if is_key {
            if self.is_here(&token) {
                let mut found = self.key_spot(token.clone(), style);
                let rest = self.text.get(token.end..).unwrap_or_default();
                found.has_colon = rest.trim_start().starts_with(':');
                self.found_here(found);
                let watch = self.watch.take();
                self.key(token);
                self.watch = watch;
            } else {
                self.key(token);
            }
            self.set(Next::Colon);
            return;
        }
        self.scalar(&token);
        if self.is_here(&token) {
            let found = self.value_spot(token, style);
            self.found_here(found);
        }
        self.set(Next::Comma);
    }
}

fn brackets() -> Kind {
    Kind::Map {
        keys: Vec::new(),
        has_key: false,
        next: Next::Key,
    }
}

fn list() -> Kind {
    Kind::List {
        index: 0,
        items: Vec::new(),
        next: Next::Value,
    }
}
