//! The intrinsic functions, one by one.

use stratiform_template::{Function, Value};

use super::arithmetic::{base64, cidr};
use super::{Resolver, digest, scalar};
use crate::resolved::{Resolved, Segment, Style, Text, Time, Use};
use crate::sensitive::is_sensitive;

/// Host bits of the blocks of `Fn::Cidr` where none are given.
const CIDR_BITS: u32 = 8;

impl<'t> Resolver<'_, 't> {
    pub(super) fn function(&self, function: Function, argument: &'t Value) -> Option<Resolved<'t>> {
        let arguments = argument.as_list().unwrap_or(std::slice::from_ref(argument));
        Some(match function {
            Function::Ref => match argument.as_str() {
                Some(name) => return self.reference(name),
                None => match self.resolve(argument)?.known() {
                    Some(name) => return self.reference(&name),
                    None => self.opaque(function, &[&self.resolve(argument)?]),
                },
            },
            Function::GetAtt => self.get_att(arguments),
            Function::Sub => self.sub(arguments)?,
            Function::Join => self.join(arguments)?,
            Function::Split => self.split(arguments)?,
            Function::Select => return self.select(arguments),
            Function::FindInMap => return self.find_in_map(arguments),
            Function::If => return self.either(arguments),
            Function::Base64 => self.base64(self.resolve(argument)?),
            Function::Cidr => self.cidr(arguments)?,
            Function::GetAZs => {
                let region = self.resolve(argument)?;
                match region.known().as_deref() {
                    Some("") => {
                        let region = Resolved::literal(self.scope.place.region.clone());
                        self.opaque(function, &[&region])
                    }
                    _ => self.opaque(function, &[&region]),
                }
            }
            Function::Length => match self.resolve(argument)? {
                Resolved::List(items) => {
                    let uses = uses(items.iter());
                    Resolved::text(vec![Segment::Known(items.len().to_string())], uses)
                }
                other => self.opaque(function, &[&other]),
            },
            Function::ToJsonString => self.json_string(self.resolve(argument)?),
            Function::Condition
            | Function::Equals
            | Function::And
            | Function::Or
            | Function::Not => {
                let whole = match function {
                    Function::Condition => self.scope.condition(argument.as_str()?),
                    _ => self.holds(function, argument),
                };
                match whole {
                    Some(true) => Resolved::literal("true"),
                    Some(false) => Resolved::literal("false"),
                    None => self.opaque(function, &[&self.resolve(argument)?]),
                }
            }
            Function::ImportValue
            | Function::GetStackOutput
            | Function::Transform
            | Function::Contains
            | Function::EachMemberEquals
            | Function::EachMemberIn
            | Function::RefAll
            | Function::ValueOf
            | Function::ValueOfAll => self.opaque(function, &[&self.resolve(argument)?]),
        })
    }

    fn get_att(&self, arguments: &'t [Value]) -> Resolved<'t> {
        let parts = arguments.iter().map(|part| {
            let resolved = self.resolve(part)?;
            resolved.known().map(|text| text.into_owned())
        });
        let parts: Option<Vec<String>> = parts.collect();
        match parts.as_deref() {
            Some([logical_id, attribute @ ..]) if !attribute.is_empty() => {
                self.of_resource(logical_id, Some(&attribute.join(".")))
            }
            _ => {
                let parts: Vec<_> = arguments
                    .iter()
                    .filter_map(|part| self.resolve(part))
                    .collect();
                self.opaque(Function::GetAtt, &parts.iter().collect::<Vec<_>>())
            }
        }
    }

    fn sub(&self, arguments: &'t [Value]) -> Option<Resolved<'t>> {
        let text = scalar(arguments.first()?)?;
        let variables = arguments.get(1).and_then(Value::as_map);
        let mut joined = Joined::default();
        let mut rest = text.as_ref();
        while let Some(start) = rest.find("${") {
            let (before, after) = (&rest[..start], &rest[start + 2..]);
            let Some(end) = after.find('}') else { break };
            joined.known(before);
            let name = &after[..end];
            match name.strip_prefix('!') {
                Some(literal) => joined.known(&format!("${{{literal}}}")),
                None => {
                    let name = name.trim();
                    let value = match variables.and_then(|variables| variables.get(name)) {
                        Some(value) => self.resolve(value),
                        None => match name.split_once('.') {
                            Some((logical_id, attribute)) => {
                                Some(self.of_resource(logical_id, Some(attribute)))
                            }
                            None => self.reference(name),
                        },
                    };
                    if let Some(value) = value {
                        joined.value(&value, ",");
                    }
                }
            }
            rest = &after[end + 1..];
        }
        joined.known(rest);
        Some(joined.finish())
    }

    fn join(&self, arguments: &'t [Value]) -> Option<Resolved<'t>> {
        let [delimiter, list] = arguments else {
            return None;
        };
        let (delimiter, list) = (self.resolve(delimiter)?, self.resolve(list)?);
        let (Some(text), Resolved::List(items)) = (delimiter.known(), &list) else {
            return Some(self.opaque(Function::Join, &[&delimiter, &list]));
        };
        let mut joined = Joined::default();
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                joined.known(&text);
            }
            joined.value(item, &text);
        }
        Some(joined.finish())
    }

    fn split(&self, arguments: &'t [Value]) -> Option<Resolved<'t>> {
        let [delimiter, text] = arguments else {
            return None;
        };
        let (delimiter, text) = (self.resolve(delimiter)?, self.resolve(text)?);
        let uses = uses([&delimiter, &text]);
        Some(match (delimiter.known(), text.known()) {
            (Some(delimiter), Some(text)) if !delimiter.is_empty() => {
                let parts = text.split(delimiter.as_ref()).map(|part| {
                    Resolved::text(vec![Segment::Known(part.to_owned())], uses.clone())
                });
                Resolved::List(parts.collect())
            }
            _ => self.opaque(Function::Split, &[&delimiter, &text]),
        })
    }

    fn select(&self, arguments: &'t [Value]) -> Option<Resolved<'t>> {
        let [index, list] = arguments else {
            return None;
        };
        let (index, list) = (self.resolve(index)?, self.resolve(list)?);
        let position = index
            .known()
            .and_then(|text| text.trim().parse::<usize>().ok());
        match (position, list) {
            (Some(position), Resolved::List(mut items)) if position < items.len() => {
                Some(with_uses(items.swap_remove(position), uses([&index])))
            }
            (_, list) => Some(self.opaque(Function::Select, &[&index, &list])),
        }
    }

    fn find_in_map(&self, arguments: &'t [Value]) -> Option<Resolved<'t>> {
        let keys = arguments.iter().take(3).map(|key| self.resolve(key));
        let keys: Vec<Resolved<'t>> = keys.collect::<Option<_>>()?;
        let names: Option<Vec<_>> = keys.iter().map(Resolved::known).collect();
        let mapping = |name: &str| self.scope.template.mappings.get(name);
        let found = names.as_deref().and_then(|names| match names {
            [map, first, second] => {
                let first = mapping(map)?.as_map()?.get(first.as_ref())?;
                first.as_map()?.get(second.as_ref())
            }
            _ => None,
        });
        let default = || arguments.get(3)?.as_map()?.get("DefaultValue");
        let Some(value) = found.or_else(|| names.as_ref().and_then(|_| default())) else {
            let content = keys
                .first()
                .and_then(Resolved::known)
                .map(|name| digest(&mapping(&name)));
            let keys: Vec<_> = keys.iter().collect();
            return Some(self.opaque_on(Function::FindInMap, &keys, content.unwrap_or_default()));
        };
        let secret = names.is_some_and(|names| names.iter().any(|name| is_sensitive(name)));
        let value = Resolver {
            secret: self.secret || secret,
            ..*self
        }
        .resolve(value)?;
        Some(with_uses(value, uses(&keys)))
    }

    fn either(&self, arguments: &'t [Value]) -> Option<Resolved<'t>> {
        let [condition, then, otherwise] = arguments else {
            return None;
        };
        let holds = match condition.as_str() {
            Some(name) => self.scope.condition(name),
            None => self.test(condition),
        };
        match holds {
            Some(true) => self.resolve(then),
            Some(false) => self.resolve(otherwise),
            None => {
                let branches = [
                    self.resolve(condition),
                    self.resolve(then),
                    self.resolve(otherwise),
                ];
                let branches =
                    branches.map(|branch| branch.unwrap_or(Resolved::literal("AWS::NoValue")));
                let name = condition.as_str().unwrap_or_default();
                let expression = digest(&self.scope.template.conditions.get(name));
                let branches: Vec<_> = branches.iter().collect();
                Some(self.opaque_on(Function::If, &branches, expression))
            }
        }
    }

    fn base64(&self, value: Resolved<'t>) -> Resolved<'t> {
        match value.known() {
            Some(text) => {
                let encoded = base64(&text);
                Resolved::text(vec![Segment::Known(encoded)], uses([&value]))
            }
            None => self.opaque(Function::Base64, &[&value]),
        }
    }

    fn cidr(&self, arguments: &'t [Value]) -> Option<Resolved<'t>> {
        let resolved: Vec<Resolved<'t>> = arguments
            .iter()
            .map(|argument| self.resolve(argument))
            .collect::<Option<_>>()?;
        let number = |index: usize| resolved.get(index)?.known()?.parse::<u32>().ok();
        let bits = if resolved.len() > 2 {
            number(2)
        } else {
            Some(CIDR_BITS)
        };
        let blocks = resolved
            .first()
            .and_then(Resolved::known)
            .zip(number(1))
            .zip(bits);
        let blocks = blocks.and_then(|((block, count), bits)| cidr(&block, count, bits));
        let uses = uses(&resolved);
        Some(match blocks {
            Some(blocks) => Resolved::List(
                blocks
                    .into_iter()
                    .map(|block| Resolved::text(vec![Segment::Known(block)], uses.clone()))
                    .collect(),
            ),
            None => self.opaque(Function::Cidr, &resolved.iter().collect::<Vec<_>>()),
        })
    }

    fn json_string(&self, value: Resolved<'t>) -> Resolved<'t> {
        let mut known = true;
        value.for_each_text(&mut |text| {
            let segments = text.segments.iter();
            known &= segments
                .clone()
                .all(|segment| matches!(segment, Segment::Known(_)));
        });
        if known {
            let json = value.to_json(Style::Expression).to_string();
            Resolved::text(vec![Segment::Known(json)], uses([&value]))
        } else {
            self.opaque(Function::ToJsonString, &[&value])
        }
    }
}

/// The longest text that is put together, in bytes: twice the longest template. What is beyond is left out.
const MAX_TEXT: usize = 2_000_000;

/// What a part that is not known counts for.
const PLACEHOLDER: usize = 16;

/// Text that is put together.
#[derive(Default)]
struct Joined(Text, usize);

impl Joined {
    fn known(&mut self, text: &str) {
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
    fn value(&mut self, value: &Resolved<'_>, delimiter: &str) {
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
                });
            }
        }
    }

    fn finish(mut self) -> Resolved<'static> {
        if self.0.segments.is_empty() {
            self.0.segments.push(Segment::Known(String::new()));
        }
        self.0.uses.sort();
        self.0.uses.dedup();
        Resolved::text(self.0.segments, self.0.uses)
    }
}

/// All that some values were made from.
fn uses<'r, 't: 'r>(values: impl IntoIterator<Item = &'r Resolved<'t>>) -> Vec<Use> {
    let mut uses = Vec::new();
    for value in values {
        value.for_each_text(&mut |text| uses.extend(text.uses.iter().cloned()));
    }
    uses
}

/// A value that was also made from something else.
fn with_uses<'t>(value: Resolved<'t>, more: Vec<Use>) -> Resolved<'t> {
    if more.is_empty() {
        return value;
    }
    match value {
        Resolved::Literal(text) => Resolved::text(vec![Segment::Known(text.into_owned())], more),
        Resolved::Text(mut text) => {
            text.uses.extend(more);
            Resolved::Text(text)
        }
        Resolved::List(items) => Resolved::List(
            items
                .into_iter()
                .map(|item| with_uses(item, more.clone()))
                .collect(),
        ),
        Resolved::Null | Resolved::Map(_) => value,
    }
}
