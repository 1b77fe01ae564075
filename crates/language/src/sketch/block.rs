//! YAML in lines: what belongs to what is said by how far it stands to the right.

use std::ops::Range;

use stratiform_template::Function;

use super::{Frame, Kind, Next, Role, Scan, Style, Watch, spot};

impl Scan<'_> {
    pub(super) fn lines(&mut self) {
        let mut at = match self.text.starts_with('\u{FEFF}') {
            true => 3,
            false => 0,
        };
        while at < self.text.len() {
            let line = self.line_at(at);
            let next = self.next_line(line.end);
            at = self.line(line).unwrap_or(next).max(at + 1);
        }
        let is_fresh = self.text.is_empty() || self.text.ends_with('\n');
        if is_fresh && self.cursor == Some(self.text.len()) && self.spot.is_none() {
            self.blank(self.text.len());
        }
    }

    /// The line from a position, without what ends it.
    fn line_at(&self, start: usize) -> Range<usize> {
        let rest = self.text.as_bytes().get(start..).unwrap_or_default();
        let length = rest.iter().position(|byte| matches!(byte, b'\n' | b'\r'));
        start..start + length.unwrap_or(rest.len())
    }

    /// Where the next line starts.
    fn next_line(&self, end: usize) -> usize {
        let rest = self.text.get(end..).unwrap_or_default();
        match rest.as_bytes() {
            [b'\r', b'\n', ..] => end + 2,
            [_, ..] => end + 1,
            [] => end,
        }
    }

    fn spaces(&self, from: usize, end: usize) -> usize {
        let part = self.text.as_bytes().get(from..end).unwrap_or_default();
        part.iter().take_while(|byte| **byte == b' ').count()
    }

    /// Reads a line, and says where to go on if that is not the next one.
    fn line(&mut self, line: Range<usize>) -> Option<usize> {
        let (start, end) = (line.start, line.end);
        let indent = self.spaces(start, end);
        let content = self.slice(&(start + indent..end)).trim();
        if content.is_empty() {
            if self.is_here(&line) {
                let cursor = self.cursor.unwrap_or(start);
                self.blank(cursor);
            }
            return None;
        }
        if content.starts_with('#') {
            return None;
        }
        if indent == 0 && matches!(content, "---" | "...") {
            self.frames.clear();
            return None;
        }
        if self
            .watch
            .as_ref()
            .is_some_and(|watch| indent < watch.indent)
        {
            self.watch = None;
        }
        let (mut column, mut at) = (indent, start + indent);
        while self.byte(at) == Some(b'-') && (at + 1 == end || self.byte(at + 1) == Some(b' ')) {
            self.next_item(column);
            let gap = 1 + self.spaces(at + 1, end);
            if at + gap >= end {
                if self.is_here(&(at + 1..end)) {
                    let cursor = self.cursor.unwrap_or(end);
                    let path = self.path(self.frames.len());
                    let watch = Watch {
                        frame: self.frames.len(),
                        indent: column + gap.max(2),
                    };
                    let found = spot(path, Role::Either, cursor..cursor, Style::Block);
                    self.found(found, Some(watch));
                }
                return None;
            }
            column += gap;
            at += gap;
        }
        match self.key_at(at, end) {
            Some((key, colon)) => {
                self.leave_to(column);
                if self.frames.last().is_none_or(|frame| {
                    frame.indent != column || matches!(frame.kind, Kind::List { .. })
                }) {
                    self.frames.push(map(column));
                }
                if self.is_here(&key) {
                    let mut found = spot(self.outer_path(), Role::Key, key.clone(), Style::Block);
                    found.has_colon = true;
                    let watch = Watch {
                        frame: self.frames.len() - 1,
                        indent: column,
                    };
                    self.found(found, Some(watch));
                    // It is not beside itself.
                    let watch = self.watch.take();
                    self.key(key);
                    self.watch = watch;
                } else {
                    self.key(key);
                }
                self.value(colon + 1, end, None)
            }
            None => {
                self.leave_to(column);
                self.value(at, end, Some(column))
            }
        }
    }

    /// A line with nothing in it: what comes there belongs to what its column says.
    fn blank(&mut self, cursor: usize) {
        let before = self.text.get(..cursor).unwrap_or_default();
        let start = before.rfind(['\n', '\r']).map_or(0, |at| at + 1);
        let column = cursor - start;
        let is_open = |frame: &Frame| match frame.kind {
            Kind::Map { .. } => frame.indent <= column,
            Kind::List { .. } => frame.indent < column,
        };
        let mut open = self.frames.len();
        while open > 0
            && self
                .frames
                .get(open - 1)
                .is_some_and(|frame| !is_open(frame))
        {
            open -= 1;
        }
        let is_beside = open > 0
            && self.frames.get(open - 1).is_some_and(|frame| {
                frame.indent == column && matches!(frame.kind, Kind::Map { .. })
            });
        let (frame, path) = match is_beside {
            true => (open - 1, self.path(open - 1)),
            false => (open, self.path(open)),
        };
        let watch = Watch {
            frame,
            indent: column,
        };
        let found = spot(path, Role::Either, cursor..cursor, Style::Block);
        self.found(found, Some(watch));
    }

    /// Leaves what stands further to the right than a key at a column.
    fn leave_to(&mut self, column: usize) {
        while let Some(frame) = self.frames.last() {
            let is_left = frame.indent > column
                || frame.indent == column && matches!(frame.kind, Kind::List { .. });
            if !is_left {
                break;
            }
            self.frames.pop();
        }
    }

    /// Goes to the next item of the list whose dashes are at a column.
    fn next_item(&mut self, column: usize) {
        while self.frames.last().is_some_and(|it| it.indent > column) {
            self.frames.pop();
        }
        if let Some(frame) = self.frames.last_mut()
            && frame.indent == column
            && let Kind::List { index, .. } = &mut frame.kind
        {
            *index += 1;
            frame.functions.clear();
            return;
        }
        self.frames.push(Frame {
            indent: column,
            kind: Kind::List {
                index: 0,
                items: Vec::new(),
                next: Next::Value,
            },
            functions: Vec::new(),
        });
    }

    /// A key with the colon behind it.
    fn key_at(&self, at: usize, end: usize) -> Option<(Range<usize>, usize)> {
        let first = self.byte(at)?;
        let ends = |colon: usize| {
            self.byte(colon) == Some(b':')
                && (colon + 1 >= end || matches!(self.byte(colon + 1), Some(b' ' | b'\t')))
        };
        match first {
            b'"' | b'\'' => {
                let close = self.close(at, end)?;
                let colon = close + self.spaces(close, end);
                ends(colon).then_some((at..close, colon))
            }
            b'[' | b'{' | b'!' | b'&' | b'*' | b'|' | b'>' | b'%' | b'@' | b'`' | b'#' => None,
            _ => {
                let line = self.text.get(at..end)?;
                let line = line.split(" #").next().unwrap_or(line);
                let mut colons = line.match_indices(':').map(|(found, _)| at + found);
                let colon = colons.find(|colon| ends(*colon))?;
                let key = self.text.get(at..colon)?.trim_end();
                Some((at..at + key.len(), colon))
            }
        }
    }

    /// Where a text in quotes ends, behind the quote, if it does so before an end.
    pub(super) fn close(&self, open: usize, end: usize) -> Option<usize> {
        self.close_from(open + 1, self.byte(open)?, end)
    }

    /// The same from somewhere inside of it.
    fn close_from(&self, from: usize, quote: u8, end: usize) -> Option<usize> {
        let mut at = from;
        while at < end {
            match self.byte(at)? {
                b'\\' if quote == b'"' => at += 2,
                byte if byte == quote && quote == b'\'' && self.byte(at + 1) == Some(b'\'') => {
                    at += 2;
                }
                byte if byte == quote => return Some(at + 1),
                _ => at += 1,
            }
        }
        None
    }

    /// The same in its line, and where that ends if it does not.
    pub(super) fn close_in_line(&self, open: usize) -> Result<usize, usize> {
        let quote = self.byte(open).unwrap_or(b'"');
        let mut at = open + 1;
        loop {
            match self.byte(at) {
                None | Some(b'\n' | b'\r') => return Err(at.min(self.text.len())),
                Some(b'\\') if quote == b'"' && self.byte(at + 1) != Some(b'\n') => at += 2,
                Some(byte) if byte == quote => match self.byte(at + 1) {
                    Some(b'\'') if quote == b'\'' => at += 2,
                    _ => return Ok(at + 1),
                },
                Some(_) => at += 1,
            }
        }
    }

    /// Reads what a key or an item stands for, from a position to the end of the line; `alone` is the column of what
    /// stands without a key, and may become one.
    fn value(&mut self, from: usize, end: usize, alone: Option<usize>) -> Option<usize> {
        let mut alone = alone;
        let mut role = match alone {
            Some(_) => Role::Either,
            None => Role::Value,
        };
        let mut at = from + self.blanks(from, end);
        while let Some(byte @ (b'!' | b'&')) = self.byte(at).filter(|_| at < end) {
            let word = self.slice(&(at..end));
            let word = word.split([' ', '\t', ',']).next().unwrap_or(word);
            let range = at..at + word.len();
            if self.is_here(&range) && byte == b'!' {
                let path = self.path(self.frames.len());
                self.found(spot(path, role, range.clone(), Style::Block), None);
            }
            if let Some(function) = word.strip_prefix('!').and_then(Function::from_tag)
                && let Some(frame) = self.frames.last_mut()
            {
                frame.functions.push(function);
            }
            at = range.end + self.blanks(range.end, end);
            (role, alone) = (Role::Value, None);
        }
        let content = self.slice(&(at..end));
        if content.trim().is_empty() || content.starts_with('#') {
            let until = match content.starts_with('#') {
                true => at.saturating_sub(1),
                false => end,
            };
            if self.is_here(&(from..until)) {
                let cursor = self.cursor.unwrap_or(at);
                let path = self.path(self.frames.len());
                self.found(spot(path, role, cursor..cursor, Style::Block), None);
            }
            return None;
        }
        if from < at && self.is_here(&(from..at - 1)) {
            let cursor = self.cursor.unwrap_or(at);
            let path = self.path(self.frames.len());
            self.found(spot(path, role, cursor..cursor, Style::Block), None);
        }
        match self.byte(at) {
            Some(b'|' | b'>') => Some(self.block_scalar(end)),
            Some(b'[' | b'{') => {
                let behind = self.flow(at, Style::Flow);
                let line = self.line_at(behind);
                Some(self.next_line(line.end))
            }
            Some(b'"' | b'\'') => {
                let (token, next) = self.quoted(at, end);
                self.token(token, role, alone);
                next
            }
            _ => {
                let plain = content.split(" #").next().unwrap_or(content).trim_end();
                self.token(at..at + plain.len(), role, alone);
                None
            }
        }
    }

    fn blanks(&self, from: usize, end: usize) -> usize {
        let part = self.text.as_bytes().get(from..end).unwrap_or_default();
        let blank = |byte: &&u8| matches!(byte, b' ' | b'\t');
        part.iter().take_while(blank).count()
    }

    fn token(&mut self, token: Range<usize>, role: Role, alone: Option<usize>) {
        self.scalar(&token);
        if !self.is_here(&token) {
            return;
        }
        // What stands alone may be a key of the map beside it, or of one that begins here.
        let beside = alone.filter(|column| {
            let last = self.frames.last();
            last.is_some_and(|frame| {
                frame.indent == *column && matches!(frame.kind, Kind::Map { .. })
            })
        });
        let (frame, path) = match beside {
            Some(_) => (self.frames.len() - 1, self.outer_path()),
            None => (self.frames.len(), self.path(self.frames.len())),
        };
        let watch = alone.map(|indent| Watch { frame, indent });
        self.found(spot(path, role, token, Style::Block), watch);
    }

    /// A text in quotes, as far as it goes, and where to go on behind the lines that it takes. One that never ends is
    /// taken for one that ends with its line.
    fn quoted(&self, at: usize, end: usize) -> (Range<usize>, Option<usize>) {
        if let Some(close) = self.close(at, end) {
            return (at..close, None);
        }
        let quote = self.byte(at).unwrap_or(b'"');
        let inside = self.frames.last().map_or(0, |frame| frame.indent + 1);
        let mut last = end;
        loop {
            let start = self.next_line(last);
            if start >= self.text.len() {
                return (at..end, None);
            }
            let line = self.line_at(start);
            let is_blank = self.slice(&line).trim().is_empty();
            if !is_blank && self.spaces(line.start, line.end) < inside {
                return (at..end, None);
            }
            if let Some(close) = self.close_from(line.start, quote, line.end) {
                return (at..close, Some(self.next_line(line.end)));
            }
            // What would be another key was not meant to be text.
            let first = line.start + self.spaces(line.start, line.end);
            if self.key_at(first, line.end).is_some() {
                return (at..end, None);
            }
            last = line.end;
        }
    }

    /// The lines of a text behind `|` or `>`; where they end.
    fn block_scalar(&mut self, end: usize) -> usize {
        let inside = self.frames.last().map_or(0, |frame| frame.indent + 1);
        let first = self.next_line(end);
        let mut at = first;
        let mut written = first;
        while at < self.text.len() {
            let line = self.line_at(at);
            let is_blank = self.slice(&line).trim().is_empty();
            if !is_blank && self.spaces(line.start, line.end) < inside {
                break;
            }
            at = self.next_line(line.end).max(at + 1);
            if !is_blank {
                written = line.end;
            }
        }
        if first <= written && self.is_here(&(first..written)) {
            let path = self.path(self.frames.len());
            self.found(spot(path, Role::Value, first..written, Style::Block), None);
        }
        at
    }
}

fn map(indent: usize) -> Frame {
    Frame {
        indent,
        kind: Kind::Map {
            keys: Vec::new(),
            has_key: false,
            next: Next::Key,
        },
        functions: Vec::new(),
    }
}
