//! What a name in a template stands for: where it is defined, and who uses it.

use std::ops::Range;

use stratiform_template::{Function, Node, NodeKind, sub_variables};

use crate::sketch::{Role, Sketch, Spot, read, unquoted};

/// A section whose members are named elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Section {
    Resources,
    Parameters,
    Conditions,
    Mappings,
}

impl Section {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Section::Resources => "Resources",
            Section::Parameters => "Parameters",
            Section::Conditions => "Conditions",
            Section::Mappings => "Mappings",
        }
    }
}

/// A name that stands for a member of a section; `Ref` and `Fn::Sub` do not say of which.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Named {
    pub(crate) sections: &'static [Section],
    pub(crate) name: String,
    /// The attribute of a resource that is meant, where one is.
    pub(crate) attribute: Option<String>,
    pub(crate) range: Range<usize>,
}

const REFERABLE: &[Section] = &[Section::Parameters, Section::Resources];
const RESOURCES: &[Section] = &[Section::Resources];
const PARAMETERS: &[Section] = &[Section::Parameters];
const CONDITIONS: &[Section] = &[Section::Conditions];
const MAPPINGS: &[Section] = &[Section::Mappings];

/// The name that the cursor is on.
pub(crate) fn named(text: &str, spot: &Spot, cursor: usize) -> Option<Named> {
    let token = text.get(spot.token.clone())?;
    let inner = unquoted(token);
    let start = spot.token.start + usize::from(token.starts_with(['"', '\'']));
    let whole = |sections: &'static [Section]| Named {
        sections,
        name: inner.to_owned(),
        attribute: None,
        range: start..start + inner.len(),
    };
    if inner.is_empty() {
        return None;
    }
    let steps = spot.steps();
    if spot.role == Role::Key {
        return match steps.as_slice() {
            ["Resources"] => Some(whole(RESOURCES)),
            ["Parameters"] => Some(whole(PARAMETERS)),
            ["Conditions"] => Some(whole(CONDITIONS)),
            ["Mappings"] => Some(whole(MAPPINGS)),
            _ => None,
        };
    }
    match steps.as_slice() {
        [.., "Ref"] => Some(whole(REFERABLE)),
        [.., "Fn::GetAtt"] => Some(dotted(inner, start)),
        [.., "Fn::GetAtt", "0"] => Some(whole(RESOURCES)),
        [.., "Fn::GetAtt", "1"] => Some(Named {
            name: spot.before.first()?.clone(),
            attribute: Some(inner.to_owned()),
            ..whole(RESOURCES)
        }),
        [.., "Fn::Sub"] | [.., "Fn::Sub", "0"] => variable(inner, start, cursor),
        [.., "Fn::If", "0"] => Some(whole(CONDITIONS)),
        [.., "Fn::FindInMap", "0"] => Some(whole(MAPPINGS)),
        ["Conditions" | "Rules", .., "Condition"] => Some(whole(CONDITIONS)),
        ["Resources" | "Outputs", _, "Condition"] => Some(whole(CONDITIONS)),
        [.., "Fn::And" | "Fn::Or" | "Fn::Not", _, "Condition"] => Some(whole(CONDITIONS)),
        ["Resources", _, "DependsOn"] | ["Resources", _, "DependsOn", _] => Some(whole(RESOURCES)),
        _ => None,
    }
}

/// `Name.Attribute`, or a name alone.
fn dotted(text: &str, start: usize) -> Named {
    let (name, attribute) = match text.split_once('.') {
        Some((name, attribute)) => (name, Some(attribute.to_owned())),
        None => (text, None),
    };
    Named {
        sections: RESOURCES,
        name: name.to_owned(),
        attribute,
        range: start..start + text.len(),
    }
}

/// The variable of `Fn::Sub` that the cursor is in.
fn variable(text: &str, start: usize, cursor: usize) -> Option<Named> {
    let at = cursor.checked_sub(start)?;
    sub_variables(text)
        .map(|variable| {
            // It is a part of the text that it is found in.
            let from = variable.as_ptr() as usize - text.as_ptr() as usize;
            (from, variable)
        })
        .find(|(from, variable)| from - 2 <= at && at <= from + variable.len() + 1)
        .map(|(from, variable)| of_variable(variable, start + from))
}

fn of_variable(variable: &str, start: usize) -> Named {
    let name = variable.trim();
    let start = start + variable.len() - variable.trim_start().len();
    match name.contains('.') {
        true => dotted(name, start),
        false => Named {
            sections: REFERABLE,
            name: name.to_owned(),
            attribute: None,
            range: start..start + name.len(),
        },
    }
}

/// Where what the cursor is on is defined: the key.
pub fn definition(text: &str, cursor: usize) -> Option<Range<usize>> {
    let (sketch, spot) = read(text, Some(cursor));
    let named = named(text, &spot?, cursor)?;
    defined(&sketch, &named).map(|(_, range)| range)
}

/// The section that a name is of, and its key there.
pub(crate) fn defined(sketch: &Sketch, named: &Named) -> Option<(Section, Range<usize>)> {
    let mut sections = named.sections.iter();
    sections.find_map(|section| {
        let sign = sketch.at(&[section.name(), &named.name])?;
        Some((*section, sign.span.clone()))
    })
}

/// Every place that names what the cursor is on, in the order of the text; with where it is defined, if wanted.
///
/// Nothing where the text cannot be read.
pub fn references(
    text: &str,
    cursor: usize,
    node: &Node,
    with_definition: bool,
) -> Vec<Range<usize>> {
    let (sketch, spot) = read(text, Some(cursor));
    let Some(named) = spot.and_then(|spot| named(text, &spot, cursor)) else {
        return Vec::new();
    };
    let Some((section, key)) = defined(&sketch, &named) else {
        return Vec::new();
    };
    let mut uses = Vec::new();
    Uses {
        text,
        found: &mut uses,
    }
    .walk(node, &mut Vec::new());
    let is_same = |found: &Named| found.sections.contains(&section) && found.name == named.name;
    let mut ranges: Vec<Range<usize>> = uses
        .into_iter()
        .filter(is_same)
        .map(|found| found.range)
        .chain(with_definition.then_some(key))
        .collect();
    ranges.sort_by_key(|range| (range.start, range.end));
    ranges.dedup();
    ranges
}

/// Collects all names that are used.
struct Uses<'t, 'f> {
    text: &'t str,
    found: &'f mut Vec<Named>,
}

impl<'t> Uses<'t, '_> {
    fn walk<'n>(&mut self, node: &'n Node, path: &mut Vec<&'n str>) {
        match &node.kind {
            NodeKind::Scalar(_) => {}
            NodeKind::List(items) => {
                for item in items {
                    path.push("0");
                    self.walk(item, path);
                    path.pop();
                }
            }
            NodeKind::Map(entries) => {
                if let [only] = entries.as_slice()
                    && let Some(function) = Function::from_name(&only.key)
                {
                    self.function(function, &only.value, path);
                }
                for entry in entries {
                    match (path.as_slice(), entry.key.as_str()) {
                        (["Resources" | "Outputs", _], "Condition") => {
                            self.name(CONDITIONS, &entry.value);
                        }
                        (["Resources", _], "DependsOn") => {
                            self.name(RESOURCES, &entry.value);
                            for item in entry.value.items() {
                                self.name(RESOURCES, item);
                            }
                        }
                        _ => {}
                    }
                    path.push(&entry.key);
                    self.walk(&entry.value, path);
                    path.pop();
                }
            }
        }
    }

    fn function(&mut self, function: Function, argument: &Node, path: &[&str]) {
        let first = argument.items().first();
        match function {
            Function::Ref => self.name(REFERABLE, argument),
            Function::GetAtt => match (argument.as_str(), first) {
                (Some(text), _) => {
                    if let Some(start) = self.start(argument, text) {
                        let found = dotted(text, start);
                        self.found.push(found);
                    }
                }
                (None, Some(first)) => self.name(RESOURCES, first),
                (None, None) => {}
            },
            Function::Sub => {
                let argument = first.unwrap_or(argument);
                let written = self.written(argument);
                if let Some((written, start)) = written {
                    for variable in sub_variables(written) {
                        let from = variable.as_ptr() as usize - written.as_ptr() as usize;
                        self.found.push(of_variable(variable, start + from));
                    }
                }
            }
            Function::If => {
                if let Some(first) = first {
                    self.name(CONDITIONS, first);
                }
            }
            Function::FindInMap => {
                if let Some(first) = first {
                    self.name(MAPPINGS, first);
                }
            }
            // Statements of policies have members of that name.
            Function::Condition
                if matches!(path.first(), Some(&("Conditions" | "Rules")))
                    || matches!(path, [.., "Fn::And" | "Fn::Or" | "Fn::Not", _]) =>
            {
                self.name(CONDITIONS, argument);
            }
            _ => {}
        }
    }

    fn name(&mut self, sections: &'static [Section], node: &Node) {
        let Some(name) = node.as_str() else {
            return;
        };
        if let Some(start) = self.start(node, name) {
            self.found.push(Named {
                sections,
                name: name.to_owned(),
                attribute: None,
                range: start..start + name.len(),
            });
        }
    }

    /// A scalar as it is written, and where it starts.
    fn written(&self, node: &Node) -> Option<(&'t str, usize)> {
        node.as_str()?;
        let written = self.text.get(node.span.range())?;
        Some((written, node.span.start))
    }

    /// Where a text starts behind the tag and the quote that it may have.
    fn start(&self, node: &Node, text: &str) -> Option<usize> {
        let (written, start) = self.written(node)?;
        written.rfind(text).map(|at| start + at)
    }
}

#[cfg(test)]
mod tests;
