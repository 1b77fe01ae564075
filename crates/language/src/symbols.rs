//! The outline of a text.

use std::ops::Range;

use crate::sketch::{Sign, Sketch};

/// A part of a text that has a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Symbol {
    /// Its name.
    pub name: String,
    /// What it is: a resource's type, a parameter's.
    pub detail: String,
    /// All of it.
    pub range: Range<usize>,
    /// Its key.
    pub key: Range<usize>,
    /// What it has.
    pub inside: Vec<Symbol>,
}

/// Sections with their members.
pub fn symbols(text: &str, sketch: &Sketch) -> Vec<Symbol> {
    let signs = sketch.signs();
    let mut sections: Vec<Symbol> = Vec::new();
    for (index, sign) in signs.iter().enumerate() {
        if sign.depth > 2 {
            continue;
        }
        let rest = signs.get(index + 1..).unwrap_or_default();
        let symbol = symbol(text, sign, rest);
        match (sign.depth, sections.last_mut()) {
            (2, Some(section)) => section.inside.push(symbol),
            _ => sections.push(symbol),
        }
    }
    sections
}

fn symbol(text: &str, sign: &Sign, rest: &[Sign]) -> Symbol {
    let end = rest.iter().find(|other| other.depth <= sign.depth);
    let end = end.map_or(text.len(), |other| other.span.start);
    let all = text.get(sign.span.start..end).unwrap_or_default();
    let end = sign.span.start + all.trim_end().trim_end_matches(['}', ',']).trim_end().len();
    let own = rest.iter().take_while(|other| other.depth > sign.depth);
    let mut attributes = own.filter(|other| other.depth == sign.depth + 1);
    let kind = attributes.find(|other| other.key == "Type" && sign.depth == 2);
    let kind = kind.and_then(|kind| kind.value.clone());
    Symbol {
        // An editor shows no symbol without a name.
        name: match sign.key.trim() {
            "" => "?".to_owned(),
            key => key.to_owned(),
        },
        detail: kind.or_else(|| sign.value.clone()).unwrap_or_default(),
        range: sign.span.start..end.max(sign.span.end),
        key: sign.span.clone(),
        inside: Vec::new(),
    }
}

#[cfg(test)]
mod tests;
