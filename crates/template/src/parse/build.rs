//! Parts → tree: aliases and merge keys expanded, short tags in their long form, keys made unique.

use std::collections::HashSet;

use stratiform_finding::{Code, Finding, Span};

use super::entries::Entries;
use super::error::unreadable;
use super::repeats::{Document, InMap, Noted, Repeats};
use super::tag::Tag;
use super::yaml::{Part, PartKind};
use super::{MAX_BYTES, MAX_DEPTH, MAX_NODES, duplicate_key, too_deep, too_many_nodes};
use crate::node::{Entry, Node, NodeKind, Scalar};
use crate::value::Function;

/// The tree of a text's parts. Without any, it is a `null`.
pub(super) fn build(parts: &[Part<'_>], repeats: Repeats) -> Result<Document, Box<Finding>> {
    let mut builder = Builder {
        parts,
        nodes: 0,
        copied: 0,
        aliases: 0,
        noted: Noted::new(repeats),
    };
    let node = if parts.is_empty() {
        Node {
            kind: NodeKind::Scalar(Scalar::Null),
            span: Span {
                start: 0,
                end: 0,
                line: 1,
                column: 1,
            },
        }
    } else {
        builder.node(0, 0)?.0
    };
    Ok(builder.noted.finish(node))
}

struct Builder<'parts, 'text> {
    parts: &'parts [Part<'text>],
    /// Nodes so far.
    nodes: usize,
    /// Bytes of text that aliases have copied so far.
    copied: usize,
    /// How many aliases we are inside of.
    aliases: usize,
    /// What stands twice. What an alias repeats was noted where it is written.
    noted: Noted,
}

impl Builder<'_, '_> {
    /// The node of the part at a position, and the position after it.
    fn node(&mut self, position: usize, depth: usize) -> Result<(Node, usize), Box<Finding>> {
        let part = &self.parts[position];
        let (span, tag) = (part.span, part.tag);
        self.count(1, span)?;
        if depth > MAX_DEPTH {
            return Err(too_deep(span));
        }
        if let PartKind::Alias(target) = part.kind {
            // The target stands before the alias and is closed, so this comes to an end.
            self.aliases += 1;
            let (node, _) = self.node(target, depth)?;
            self.aliases -= 1;
            return Ok((node, position + 1));
        }
        if let Tag::Function(function) = tag {
            self.count(1, span)?;
            self.noted.enter(|| function.name().to_owned());
            let (argument, next) = self.content(position, depth + 1)?;
            self.noted.leave();
            return Ok((applied(function, argument, depth)?, next));
        }
        self.content(position, depth)
    }

    /// The node of a part that is no alias, without its function.
    fn content(&mut self, position: usize, depth: usize) -> Result<(Node, usize), Box<Finding>> {
        let part = &self.parts[position];
        let span = part.span;
        let (kind, next) = match &part.kind {
            PartKind::Alias(_) => return self.node(position, depth),
            PartKind::Scalar { text, plain } => {
                self.copy(text, span)?;
                let scalar = part.tag.scalar(text, *plain, span)?;
                (NodeKind::Scalar(scalar), position + 1)
            }
            PartKind::List { end } => {
                refuse_collection(part.tag, Tag::List, span)?;
                (NodeKind::List(self.items(position + 1, *end, depth)?), *end)
            }
            PartKind::Map { end } => {
                refuse_collection(part.tag, Tag::Map, span)?;
                (
                    NodeKind::Map(self.entries(position + 1, *end, depth)?),
                    *end,
                )
            }
        };
        if depth >= MAX_DEPTH && !matches!(kind, NodeKind::Scalar(_)) {
            return Err(too_deep(span));
        }
        Ok((Node { kind, span }, next))
    }

    fn items(
        &mut self,
        mut position: usize,
        end: usize,
        depth: usize,
    ) -> Result<Vec<Node>, Box<Finding>> {
        let mut items = Vec::new();
        while position < end {
            self.noted.enter(|| items.len().to_string());
            let (item, next) = self.node(position, depth + 1)?;
            self.noted.leave();
            items.push(item);
            position = next;
        }
        Ok(items)
    }

    fn entries(
        &mut self,
        mut position: usize,
        end: usize,
        depth: usize,
    ) -> Result<Vec<Entry>, Box<Finding>> {
        let mut written = Entries::default();
        let mut merged: Vec<(usize, Vec<Entry>)> = Vec::new();
        let mut merge_span: Option<Span> = None;
        let mut in_map = InMap::new();
        while position < end {
            let (key, key_span, plain) = self.key(position)?;
            self.noted.enter(|| key.clone());
            let (value, next) = self.value(position, end, depth)?;
            self.noted.leave();
            position = next;
            if plain && key == "<<" {
                if let Some(before) = merge_span.replace(key_span) {
                    self.repeated(&mut in_map, &key, before, key_span)?;
                }
                merged.push((written.len(), entries_of(value)?));
                continue;
            }
            let before = written.find(&key);
            if let Some(before) = before {
                self.repeated(&mut in_map, &key, before, key_span)?;
            }
            if key == Function::GetAtt.name() && depth + 2 > MAX_DEPTH {
                // Its dotted form becomes a list, one level further down.
                return Err(too_deep(value.span));
            }
            let entry = Entry {
                key,
                key_span,
                value,
            };
            match before {
                Some(_) => written.replace(entry),
                None => written.push(entry),
            }
        }
        if merged.is_empty() {
            return Ok(written.into_vec());
        }
        Ok(merge(written, merged))
    }

    /// A key stands here that stands before in the same map.
    fn repeated(
        &mut self,
        in_map: &mut InMap,
        key: &str,
        before: Span,
        here: Span,
    ) -> Result<(), Box<Finding>> {
        if self.noted.is_refused() {
            return Err(duplicate_key(key, here, before));
        }
        if self.aliases == 0 {
            self.noted.note(in_map, key, before, here);
        }
        Ok(())
    }

    /// The text of a key, where it stands, and whether it is plain.
    fn key(&mut self, position: usize) -> Result<(String, Span, bool), Box<Finding>> {
        let part = &self.parts[position];
        let span = part.span;
        self.count(1, span)?;
        let (target, is_alias) = match part.kind {
            PartKind::Alias(target) => (&self.parts[target], true),
            _ => (part, false),
        };
        let refused = |what: &str| {
            Err(unreadable(
                Code::KeyNotScalar,
                span,
                what,
                "the keys of a template are text",
                "write the key as text; put it in quotes if it starts with a special character",
            ))
        };
        match (&target.kind, target.tag) {
            (PartKind::Scalar { .. }, Tag::Function(_)) => refused("a function stands as a key"),
            (PartKind::Scalar { plain: true, .. }, Tag::None)
                if target.span.start == target.span.end =>
            {
                refused("a key is missing")
            }
            (PartKind::Scalar { text, plain }, tag) => {
                if is_alias {
                    self.copied += text.len();
                }
                self.copy(text, span)?;
                Ok((
                    text.clone().into_owned(),
                    span,
                    *plain && !is_alias && tag == Tag::None,
                ))
            }
            (PartKind::List { .. }, _) => refused("a list stands as a key"),
            (PartKind::Map { .. } | PartKind::Alias(_), _) => refused("a map stands as a key"),
        }
    }

    /// The value behind the key at a position; the parser makes sure that there is one.
    fn value(
        &mut self,
        key: usize,
        end: usize,
        depth: usize,
    ) -> Result<(Node, usize), Box<Finding>> {
        if key + 1 < end {
            return self.node(key + 1, depth + 1);
        }
        let kind = NodeKind::Scalar(Scalar::Null);
        let span = self.parts[key].span;
        Ok((Node { kind, span }, key + 1))
    }

    fn count(&mut self, nodes: usize, span: Span) -> Result<(), Box<Finding>> {
        self.nodes += nodes;
        if self.nodes > MAX_NODES {
            return Err(too_many_nodes(span));
        }
        Ok(())
    }

    /// Counts text that is there once more because of an alias.
    fn copy(&mut self, text: &str, span: Span) -> Result<(), Box<Finding>> {
        if self.aliases > 0 {
            self.copied += text.len();
        }
        if self.copied > MAX_BYTES {
            return Err(too_many_nodes(span));
        }
        Ok(())
    }
}

/// `!Tag argument` in the long form: a map of one entry, standing where the tag starts.
fn applied(function: Function, argument: Node, depth: usize) -> Result<Node, Box<Finding>> {
    let span = argument.span;
    let dotted = usize::from(function == Function::GetAtt);
    if depth + 1 + dotted > MAX_DEPTH {
        return Err(too_deep(span));
    }
    let entry = Entry {
        key: function.name().to_owned(),
        key_span: span,
        value: argument,
    };
    Ok(Node {
        kind: NodeKind::Map(vec![entry]),
        span,
    })
}

fn refuse_collection(tag: Tag, fitting: Tag, span: Span) -> Result<(), Box<Finding>> {
    match tag {
        Tag::None | Tag::Function(_) => Ok(()),
        tag if tag == fitting => Ok(()),
        _ => Err(unreadable(
            Code::InvalidTag,
            span,
            "a list or map stands behind a tag that wants something else",
            "the tag says what must follow it",
            "remove the tag",
        )),
    }
}

/// What a merge key brings in: a map's entries, or those of several maps, the first of them winning.
fn entries_of(value: Node) -> Result<Vec<Entry>, Box<Finding>> {
    let span = value.span;
    let refused = |span| {
        unreadable(
            Code::InvalidMerge,
            span,
            "a merge key `<<` has something other than maps",
            "it takes one map or a list of maps",
            "point it at a map (`<<: *defaults`), or put the key in quotes",
        )
    };
    match value.kind {
        NodeKind::Map(entries) => Ok(entries),
        NodeKind::List(maps) => {
            let mut all = Entries::default();
            for map in maps {
                let NodeKind::Map(entries) = map.kind else {
                    return Err(refused(map.span));
                };
                for entry in entries {
                    if all.find(&entry.key).is_none() {
                        all.push(entry);
                    }
                }
            }
            Ok(all.into_vec())
        }
        NodeKind::Scalar(_) => Err(refused(span)),
    }
}

/// Puts merged entries where their `<<` stood; what is written in the map itself wins, then what is merged last.
fn merge(written: Entries, merged: Vec<(usize, Vec<Entry>)>) -> Vec<Entry> {
    let mut later: HashSet<String> = HashSet::new();
    let is_only = merged.len() == 1;
    let merged: Vec<(usize, Vec<Entry>)> = merged
        .into_iter()
        .rev()
        .map(|(position, mut entries)| {
            entries.retain(|entry| written.find(&entry.key).is_none());
            if !is_only {
                entries.retain(|entry| later.insert(entry.key.clone()));
            }
            (position, entries)
        })
        .collect();
    let mut all = Vec::new();
    let mut own = written.into_vec().into_iter().enumerate().peekable();
    for (position, entries) in merged.into_iter().rev() {
        while let Some((_, entry)) = own.next_if(|(index, _)| *index < position) {
            all.push(entry);
        }
        all.extend(entries);
    }
    all.extend(own.map(|(_, entry)| entry));
    all
}
