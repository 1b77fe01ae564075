//! A text as far as it can be made out, whatever stands in it: names by their depth, and what is at the cursor.
//!
//! What lives here: [`Sketch`] and [`Spot`], read in one go from a text that somebody is in the middle of writing. What
//! does not: what is wrong with it, which only the parsers of `stratiform-template` say. Anchors and merge keys are not
//! followed.

mod block;
mod flow;

use std::collections::HashMap;
use std::ops::Range;

use stratiform_template::Function;

/// How deep names are kept: a section, a name in it, an attribute of that, and what that has.
const KEPT: usize = 4;

/// A key of the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sign {
    /// 1 for sections, 2 for what they have.
    pub depth: usize,
    /// The key.
    pub key: String,
    /// Where it stands, quotes included.
    pub span: Range<usize>,
    /// The scalar that it stands for.
    pub value: Option<String>,
    /// The position of the first key behind all that it has.
    next: usize,
}

/// The names of a text, in its order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sketch {
    signs: Vec<Sign>,
    /// Where the members of each section are.
    members: HashMap<String, HashMap<String, usize>>,
}

impl Sketch {
    /// Reads what can be made out.
    pub fn read(text: &str) -> Sketch {
        read(text, None).0
    }

    fn of(mut signs: Vec<Sign>) -> Sketch {
        let mut members: HashMap<String, HashMap<String, usize>> = HashMap::new();
        let mut open: Vec<usize> = Vec::new();
        let mut section = String::new();
        for index in 0..=signs.len() {
            let depth = signs.get(index).map_or(0, |sign| sign.depth);
            while let Some(last) =
                open.pop_if(|last| signs.get(*last).is_some_and(|sign| sign.depth >= depth))
            {
                if let Some(sign) = signs.get_mut(last) {
                    sign.next = index;
                }
            }
            open.push(index);
            match signs.get(index) {
                Some(sign) if depth == 1 => section.clone_from(&sign.key),
                Some(sign) if depth == 2 => {
                    let names = match members.get_mut(&section) {
                        Some(names) => names,
                        None => members.entry(section.clone()).or_default(),
                    };
                    names.entry(sign.key.clone()).or_insert(index);
                }
                _ => {}
            }
        }
        Sketch { signs, members }
    }

    /// All keys that are kept.
    pub fn signs(&self) -> &[Sign] {
        &self.signs
    }

    /// What is directly below a path: `["Resources"]` has the resources.
    pub fn below<'s>(&'s self, path: &[&str]) -> impl Iterator<Item = &'s Sign> + use<'s> {
        let range = match path {
            [] => Some(0..self.signs.len()),
            path => self.position(path).map(|position| self.inside(position)),
        };
        let mut range = range.unwrap_or(0..0);
        std::iter::from_fn(move || {
            let sign = self
                .signs
                .get(range.start)
                .filter(|_| range.start < range.end)?;
            range.start = sign.next.max(range.start + 1);
            Some(sign)
        })
    }

    /// The key that a path ends in.
    pub fn at(&self, path: &[&str]) -> Option<&Sign> {
        self.signs.get(self.position(path)?)
    }

    /// The scalar that a path leads to.
    pub fn value(&self, path: &[&str]) -> Option<&str> {
        self.at(path)?.value.as_deref()
    }

    fn inside(&self, position: usize) -> Range<usize> {
        position + 1..self.signs.get(position).map_or(0, |sign| sign.next)
    }

    fn position(&self, path: &[&str]) -> Option<usize> {
        let (mut found, rest) = match path {
            [section, name, rest @ ..] => (*self.members.get(*section)?.get(*name)?, rest),
            [section] => (self.find(0..self.signs.len(), section)?, &[][..]),
            [] => return None,
        };
        for step in rest {
            found = self.find(self.inside(found), step)?;
        }
        Some(found)
    }

    fn find(&self, mut range: Range<usize>, key: &str) -> Option<usize> {
        while range.start < range.end {
            let sign = self.signs.get(range.start)?;
            if sign.key == key {
                return Some(range.start);
            }
            range.start = sign.next.max(range.start + 1);
        }
        None
    }
}

/// What can stand where the cursor is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// A key of the map that the path leads to.
    Key,
    /// What the path leads to.
    Value,
    /// What the path leads to, which may be a map that begins with this key.
    Either,
}

/// How the text around the cursor is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    /// A line for each key.
    Block,
    /// YAML in brackets.
    Flow,
    /// JSON.
    Json,
}

/// Where the cursor is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Spot {
    /// Keys and list positions from the top, functions in the long form.
    pub(crate) path: Vec<String>,
    /// What can stand there.
    pub(crate) role: Role,
    /// What stands there, quotes included; empty where nothing does.
    pub(crate) token: Range<usize>,
    /// How the text around it is written.
    pub(crate) style: Style,
    /// Whether a colon follows the key.
    pub(crate) has_colon: bool,
    /// The other keys of the map.
    pub(crate) siblings: Vec<String>,
    /// The items before it in its list, as far as they are scalars.
    pub(crate) before: Vec<String>,
}

impl Spot {
    /// The path as texts.
    pub(crate) fn steps(&self) -> Vec<&str> {
        self.path.iter().map(String::as_str).collect()
    }
}

/// Reads what can be made out, and where the cursor is; nowhere, where nothing can be said of it, as in a comment.
pub(crate) fn read(text: &str, cursor: Option<usize>) -> (Sketch, Option<Spot>) {
    let mut scan = Scan {
        text,
        cursor,
        frames: Vec::new(),
        signs: Vec::new(),
        spot: None,
        watch: None,
    };
    match json_start(text) {
        Some(start) => {
            scan.flow(start, Style::Json);
        }
        None => scan.lines(),
    }
    (Sketch::of(scan.signs), scan.spot)
}

/// Where a text starts that is JSON: `{`, and then a key or nothing yet.
fn json_start(text: &str) -> Option<usize> {
    let trimmed = text.trim_start_matches(['\u{FEFF}', ' ', '\t', '\r', '\n']);
    let rest = trimmed.strip_prefix('{')?.trim_start();
    let is_json = rest.is_empty() || rest.starts_with(['"', '}']);
    is_json.then_some(text.len() - trimmed.len())
}

/// A text without the quotes that it is in.
pub(crate) fn unquoted(text: &str) -> &str {
    let Some(quote) = text.chars().next().filter(|it| matches!(it, '"' | '\'')) else {
        return text;
    };
    let inner = text.strip_prefix(quote).unwrap_or(text);
    inner.strip_suffix(quote).unwrap_or(inner)
}

/// A map or a list that is open.
struct Frame {
    /// The column of its keys or dashes; of one in brackets it means nothing.
    indent: usize,
    kind: Kind,
    /// The functions that the value is in, outermost first.
    functions: Vec<Function>,
}

enum Kind {
    Map {
        keys: Vec<Range<usize>>,
        /// Whether the last of the keys is what is written about.
        has_key: bool,
        next: Next,
    },
    List {
        index: usize,
        items: Vec<Range<usize>>,
        next: Next,
    },
}

/// What comes next inside of brackets.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Next {
    Key,
    Colon,
    Value,
    Comma,
}

/// The map whose keys are those beside the cursor.
struct Watch {
    frame: usize,
    indent: usize,
}

struct Scan<'t> {
    text: &'t str,
    cursor: Option<usize>,
    frames: Vec<Frame>,
    signs: Vec<Sign>,
    spot: Option<Spot>,
    watch: Option<Watch>,
}

impl<'t> Scan<'t> {
    fn byte(&self, at: usize) -> Option<u8> {
        self.text.as_bytes().get(at).copied()
    }

    fn slice(&self, range: &Range<usize>) -> &'t str {
        self.text.get(range.clone()).unwrap_or_default()
    }

    /// Whether the cursor is in a part, or touches its end; it is found once.
    fn is_here(&self, part: &Range<usize>) -> bool {
        self.spot.is_none()
            && self
                .cursor
                .is_some_and(|cursor| part.start <= cursor && cursor <= part.end)
    }

    /// The way to what is written, from the first frames.
    fn path(&self, frames: usize) -> Vec<String> {
        let mut path = Vec::new();
        for frame in self.frames.iter().take(frames) {
            match &frame.kind {
                Kind::Map { keys, has_key, .. } => {
                    let key = keys.last().filter(|_| *has_key);
                    path.extend(key.map(|key| unquoted(self.slice(key)).to_owned()));
                }
                Kind::List { index, .. } => path.push(index.to_string()),
            }
            path.extend(frame.functions.iter().map(|it| it.name().to_owned()));
        }
        path
    }

    /// The way to the map or list that the last frame is.
    fn outer_path(&self) -> Vec<String> {
        self.path(self.frames.len().saturating_sub(1))
    }

    /// How deep the last frame's key is, as far as that makes a difference.
    fn depth(&self) -> usize {
        let most = self.frames.iter().take(KEPT + 1);
        most.map(|frame| 1 + frame.functions.len()).sum()
    }

    /// A key of the map that is the last frame.
    fn key(&mut self, range: Range<usize>) {
        let position = self.frames.len().saturating_sub(1);
        let Some(frame) = self.frames.last_mut() else {
            return;
        };
        let indent = frame.indent;
        frame.functions.clear();
        if let Kind::Map { keys, has_key, .. } = &mut frame.kind {
            keys.push(range.clone());
            *has_key = true;
        }
        let is_watched = self
            .watch
            .as_ref()
            .is_some_and(|watch| watch.frame == position && watch.indent == indent);
        let key = unquoted(self.slice(&range));
        if is_watched && let Some(spot) = &mut self.spot {
            spot.siblings.push(key.to_owned());
        }
        let depth = self.depth();
        if depth <= KEPT {
            self.signs.push(Sign {
                depth,
                key: key.to_owned(),
                span: range,
                value: None,
                next: 0,
            });
        }
    }

    /// A scalar that the last frame's key or item is.
    fn scalar(&mut self, range: &Range<usize>) {
        let text = unquoted(self.slice(range));
        let Some(frame) = self.frames.last_mut() else {
            return;
        };
        let is_plain = frame.functions.is_empty();
        match &mut frame.kind {
            Kind::Map { keys, .. } => {
                let key = keys.last();
                if let Some(sign) = self.signs.last_mut()
                    && is_plain
                    && key == Some(&sign.span)
                {
                    sign.value = Some(text.to_owned());
                }
            }
            Kind::List { items, .. } => items.push(range.clone()),
        }
    }

    /// Notes where the cursor is. The map whose keys stand beside it is the frame at a position, if it is there.
    fn found(&mut self, spot: Spot, watched: Option<Watch>) {
        let mut spot = spot;
        if let Some(watch) = &watched
            && let Some(frame) = self.frames.get(watch.frame)
            && let Kind::Map { keys, .. } = &frame.kind
            && frame.indent == watch.indent
        {
            let others = keys.iter().filter(|key| **key != spot.token);
            let others = others.map(|key| unquoted(self.slice(key)).to_owned());
            spot.siblings.extend(others);
        }
        if let Some(Kind::List { items, .. }) = self.frames.last().map(|frame| &frame.kind) {
            let items = items.iter().filter(|item| **item != spot.token);
            spot.before = items
                .map(|item| unquoted(self.slice(item)).to_owned())
                .collect();
        }
        self.spot = Some(spot);
        self.watch = watched;
    }
}

/// A spot where nothing is known of what is beside it.
fn spot(path: Vec<String>, role: Role, token: Range<usize>, style: Style) -> Spot {
    Spot {
        path,
        role,
        token,
        style,
        has_colon: false,
        siblings: Vec::new(),
        before: Vec::new(),
    }
}

#[cfg(test)]
mod tests;
