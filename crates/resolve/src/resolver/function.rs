//! The intrinsic functions, one by one.

mod arithmetic;
mod joined;
mod opaque;

use arithmetic::{base64, cidr};
use joined::Joined;
pub(super) use opaque::digest;
use stratiform_finding::{Code, Finding};
use stratiform_template::{Function, Step, Value};

use crate::outcome::Outcome;
use crate::resolved::Resolved;
use crate::resolver::Resolver;
use crate::sensitive::is_sensitive;
use crate::text::{Segment, Style, Use};
use crate::world::StackOutput;

/// Host bits of the blocks of `Fn::Cidr` where none are given.
const CIDR_BITS: u32 = 8;

impl<'t> Resolver<'_, 't> {
    /// What a function comes to: in one evaluation, or, where that leaves it unknown, in all branches alike.
    pub(crate) fn function(
        &self,
        value: &'t Value,
        function: Function,
        argument: &'t Value,
    ) -> Outcome<'t> {
        match self.inside().evaluate(function, argument) {
            None => Outcome::Absent,
            Some(Outcome::Unknown(text)) if self.may_branch() => {
                self.agreed(value).unwrap_or(Outcome::Unknown(text))
            }
            Some(outcome) => outcome,
        }
    }

    /// `None` where the function, or what it needs, is `AWS::NoValue`.
    pub(crate) fn evaluate(&self, function: Function, argument: &'t Value) -> Option<Outcome<'t>> {
        let arguments = argument.as_list().unwrap_or(std::slice::from_ref(argument));
        Some(match function {
            Function::Ref => match argument.as_str() {
                Some(name) => self.reference(name),
                None => {
                    let name = self.resolve(argument).part()?;
                    match name.known() {
                        Some(name) => self.reference(&name),
                        None => self.opaque(function, &[&name]),
                    }
                }
            },
            Function::GetAtt => self.get_att(arguments),
            Function::Sub => self.sub(arguments),
            Function::Join => return self.join(arguments),
            Function::Split => return self.split(arguments),
            Function::Select => return self.select(arguments),
            Function::FindInMap => return self.find_in_map(arguments),
            Function::If => return self.either(arguments),
            Function::Base64 => self.base64(&self.resolve(argument).part()?),
            Function::Cidr => return self.cidr(arguments),
            Function::GetAZs => self.zones(&self.resolve(argument).part()?),
            Function::Length => match self.resolve(argument).part()? {
                Resolved::List(items) => {
                    let uses = uses(items.iter());
                    Resolved::text(vec![Segment::Known(items.len().to_string())], uses).into()
                }
                other => self.opaque(function, &[&other]),
            },
            Function::ToJsonString => self.json_string(argument, &self.resolve(argument).part()?),
            Function::Condition
            | Function::Equals
            | Function::And
            | Function::Or
            | Function::Not => match self.test_function(function, argument) {
                Some(true) => Resolved::literal("true").into(),
                Some(false) => Resolved::literal("false").into(),
                None => self.opaque(function, &[&self.resolve(argument).part()?]),
            },
            Function::ImportValue => self.import(&self.naming().resolve(argument).part()?),
            Function::GetStackOutput => self.output(&self.naming().resolve(argument).part()?),
            Function::Transform
            | Function::Contains
            | Function::EachMemberEquals
            | Function::EachMemberIn
            | Function::RefAll
            | Function::ValueOf
            | Function::ValueOfAll => self.opaque(function, &[&self.resolve(argument).part()?]),
        })
    }

    /// An argument of a function, by its position.
    fn argument(&self, arguments: &'t [Value], index: usize) -> Option<Resolved<'t>> {
        self.item(Step::Index(index), arguments.get(index)?)
    }

    fn get_att(&self, arguments: &'t [Value]) -> Outcome<'t> {
        if let [Value::String(logical_id), Value::String(attribute)] = arguments {
            return self.world.resource(logical_id, Some(attribute)).into();
        }
        let open = self.naming();
        let parts: Vec<Resolved<'t>> = (0..arguments.len())
            .filter_map(|index| open.argument(arguments, index))
            .collect();
        let names: Option<Vec<_>> = parts.iter().map(Resolved::known).collect();
        match names.as_deref() {
            Some([logical_id, attribute @ ..]) if !attribute.is_empty() => {
                let attribute = attribute.join(".");
                self.world.resource(logical_id, Some(&attribute)).into()
            }
            Some(_) => self.malformed(Function::GetAtt, arguments, "write `LogicalId.Attribute`"),
            None => self.opaque(Function::GetAtt, &parts.iter().collect::<Vec<_>>()),
        }
    }

    fn sub(&self, arguments: &'t [Value]) -> Outcome<'t> {
        let Some(text) = arguments.first().and_then(Value::scalar) else {
            return self.malformed(
                Function::Sub,
                arguments,
                "write a text, or `[text, {Name: value}]`",
            );
        };
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
                    let own = variables.and_then(|variables| variables.get(name));
                    let value = match (own, name.split_once('.')) {
                        (Some(value), _) => self.item(Step::Index(1), value),
                        (None, Some((logical_id, attribute))) => {
                            Some(self.world.resource(logical_id, Some(attribute)))
                        }
                        (None, None) => self.reference(name).part(),
                    };
                    if let Some(value) = value {
                        joined.value(&value, ",");
                    }
                }
            }
            rest = &after[end + 1..];
        }
        joined.known(rest);
        joined.finish().into()
    }

    fn join(&self, arguments: &'t [Value]) -> Option<Outcome<'t>> {
        if arguments.len() != 2 {
            let help = "write `[delimiter, [text, text]]`";
            return Some(self.malformed(Function::Join, arguments, help));
        }
        let (delimiter, list) = (self.argument(arguments, 0)?, self.argument(arguments, 1)?);
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
        Some(joined.finish().into())
    }

    fn split(&self, arguments: &'t [Value]) -> Option<Outcome<'t>> {
        if arguments.len() != 2 {
            let help = "write `[delimiter, text]`";
            return Some(self.malformed(Function::Split, arguments, help));
        }
        let (delimiter, text) = (self.argument(arguments, 0)?, self.argument(arguments, 1)?);
        let uses = uses([&delimiter, &text]);
        Some(match (delimiter.known(), text.known()) {
            (Some(delimiter), Some(text)) if !delimiter.is_empty() => {
                let parts = text.split(delimiter.as_ref()).map(|part| {
                    Resolved::text(vec![Segment::Known(part.to_owned())], uses.clone())
                });
                Resolved::List(parts.collect()).into()
            }
            _ => self.opaque(Function::Split, &[&delimiter, &text]),
        })
    }

    fn select(&self, arguments: &'t [Value]) -> Option<Outcome<'t>> {
        if arguments.len() != 2 {
            let help = "write `[index, list]`";
            return Some(self.malformed(Function::Select, arguments, help));
        }
        let (index, list) = (self.argument(arguments, 0)?, self.argument(arguments, 1)?);
        let position = index
            .known()
            .and_then(|text| text.trim().parse::<usize>().ok());
        Some(match (position, list) {
            (Some(position), Resolved::List(mut items)) if position < items.len() => {
                with_uses(items.swap_remove(position), uses([&index])).into()
            }
            (_, list) => self.opaque(Function::Select, &[&index, &list]),
        })
    }

    fn find_in_map(&self, arguments: &'t [Value]) -> Option<Outcome<'t>> {
        if !(3..=4).contains(&arguments.len()) {
            let help = "write `[mapping, first key, second key]`";
            return Some(self.malformed(Function::FindInMap, arguments, help));
        }
        let keys = (0..3).map(|index| self.naming().argument(arguments, index));
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
        let has_none = names.is_some() || self.names_another(arguments);
        let Some(value) = found.or_else(|| default().filter(|_| has_none)) else {
            let name = keys.first().and_then(Resolved::known);
            let content = name.and_then(|name| mapping(&name)).map(digest);
            let default = default().and_then(|value| self.item(Step::Index(3), value));
            let keys: Vec<_> = keys.iter().chain(&default).collect();
            return Some(self.opaque_on(Function::FindInMap, &keys, content.unwrap_or_default()));
        };
        let secret = names.is_some_and(|names| names.iter().any(|name| is_sensitive(name)));
        let value = self.concealing_also(secret).resolve(value).part()?;
        Some(with_uses(value, uses(&keys)).into())
    }

    /// Whether a key is one that the mapping does not have, whatever it is.
    fn names_another(&self, arguments: &[Value]) -> bool {
        arguments.iter().skip(1).take(2).any(|key| match key {
            Value::Function(Function::Ref, name) => name
                .as_str()
                .is_some_and(|name| self.scope.others.contains(name)),
            _ => false,
        })
    }

    fn either(&self, arguments: &'t [Value]) -> Option<Outcome<'t>> {
        let [condition, then, otherwise] = arguments else {
            let help = "write `[condition, value if true, value if false]`";
            return Some(self.malformed(Function::If, arguments, help));
        };
        let branch = |index, value| self.item(Step::Index(index), value);
        match self.chosen(condition) {
            Some(true) => branch(1, then).map(Outcome::Value),
            Some(false) => branch(2, otherwise).map(Outcome::Value),
            None => {
                let branches = [branch(0, condition), branch(1, then), branch(2, otherwise)];
                let branches =
                    branches.map(|branch| branch.unwrap_or(Resolved::literal("AWS::NoValue")));
                let name = condition.as_str().unwrap_or_default();
                let expression = self.scope.bases.get(name).copied();
                let branches: Vec<_> = branches.iter().collect();
                Some(self.opaque_on(Function::If, &branches, expression.unwrap_or_default()))
            }
        }
    }

    fn base64(&self, value: &Resolved<'t>) -> Outcome<'t> {
        match value.known() {
            Some(text) => {
                let encoded = base64(&text);
                Resolved::text(vec![Segment::Known(encoded)], uses([value])).into()
            }
            None => self.opaque(Function::Base64, &[value]),
        }
    }

    fn cidr(&self, arguments: &'t [Value]) -> Option<Outcome<'t>> {
        if !(2..=3).contains(&arguments.len()) {
            let help = "write `[block, count, host bits]`";
            return Some(self.malformed(Function::Cidr, arguments, help));
        }
        let resolved = (0..arguments.len()).map(|index| self.argument(arguments, index));
        let resolved: Vec<Resolved<'t>> = resolved.collect::<Option<_>>()?;
        let number = |index: usize| resolved.get(index)?.known()?.parse::<u32>().ok();
        let bits = if resolved.len() > 2 {
            number(2)
        } else {
            Some(CIDR_BITS)
        };
        let block = resolved.first().and_then(Resolved::known);
        let blocks = block.zip(number(1)).zip(bits);
        let blocks = blocks.and_then(|((block, count), bits)| cidr(&block, count, bits));
        let uses = uses(&resolved);
        Some(match blocks {
            Some(blocks) => known_list(blocks, &uses).into(),
            None => self.opaque(Function::Cidr, &resolved.iter().collect::<Vec<_>>()),
        })
    }

    fn zones(&self, region: &Resolved<'t>) -> Outcome<'t> {
        let here = Resolved::literal(self.world.place().region.to_string());
        let known = region.known();
        let region = match known.as_deref() {
            Some("") => &here,
            _ => region,
        };
        let zones = region.known().and_then(|region| self.world.zones(&region));
        match zones {
            Some(zones) => known_list(zones, &uses([region])).into(),
            None => self.opaque(Function::GetAZs, &[region]),
        }
    }

    fn import(&self, name: &Resolved<'t>) -> Outcome<'t> {
        let value = name.known().and_then(|name| self.world.export(&name));
        match value {
            Some(value) => with_uses(value, uses([name])).into(),
            None => self.opaque(Function::ImportValue, &[name]),
        }
    }

    fn output(&self, named: &Resolved<'t>) -> Outcome<'t> {
        let part = |key: &str| named.get(key).and_then(Resolved::known);
        let value = match (part("StackName"), part("OutputName")) {
            (Some(stack), Some(output)) => self.world.output(&StackOutput {
                stack: &stack,
                output: &output,
                region: part("Region").as_deref(),
                role: part("RoleArn").as_deref(),
            }),
            _ => None,
        };
        match value {
            Some(value) => with_uses(value, uses([named])).into(),
            None => self.opaque(Function::GetStackOutput, &[named]),
        }
    }

    fn json_string(&self, argument: &'t Value, value: &Resolved<'t>) -> Outcome<'t> {
        let mut known = true;
        value.for_each_text(&mut |text| {
            let mut segments = text.segments.iter();
            known &= segments.all(|segment| matches!(segment, Segment::Known(_)));
        });
        if known {
            let json = json_of(argument, value).to_string();
            Resolved::text(vec![Segment::Known(json)], uses([value])).into()
        } else {
            self.opaque(Function::ToJsonString, &[value])
        }
    }

    /// A function whose arguments have the wrong form. What they are made from still says whether it differs.
    fn malformed(&self, function: Function, arguments: &'t [Value], help: &str) -> Outcome<'t> {
        let parts = (0..arguments.len()).filter_map(|index| self.argument(arguments, index));
        let parts: Vec<Resolved<'t>> = parts.collect();
        let text = self.opaque_text(
            function,
            &parts.iter().collect::<Vec<_>>(),
            opaque::digest_all(arguments),
        );
        Outcome::Malformed {
            text,
            finding: Box::new(Finding {
                path: self.steps(),
                ..Finding::new(
                    Code::InvalidFunctionArgument,
                    format!("the argument of `{function}` has the wrong form"),
                    help,
                )
            }),
        }
    }
}

/// A value as JSON, with numbers and booleans as the template has them: everywhere else they are text.
fn json_of(written: &Value, value: &Resolved<'_>) -> serde_json::Value {
    match (written, value) {
        (Value::Bool(written), _) => (*written).into(),
        (Value::Number(number), _) => serde_json::from_str(number.as_str())
            .unwrap_or_else(|_| value.to_json(Style::Expression)),
        // Where an item is left out, nobody knows which is which.
        (Value::List(written), Resolved::List(items)) if written.len() == items.len() => {
            let items = written.iter().zip(items);
            items
                .map(|(written, item)| json_of(written, item))
                .collect()
        }
        (Value::Map(written), Resolved::Map(entries)) => {
            let entries = entries.iter().map(|(key, value)| {
                let json = match written.get(key.as_ref()) {
                    Some(written) => json_of(written, value),
                    None => value.to_json(Style::Expression),
                };
                (key.to_string(), json)
            });
            entries.collect()
        }
        _ => value.to_json(Style::Expression),
    }
}

fn known_list<'t>(texts: Vec<String>, uses: &[Use]) -> Resolved<'t> {
    let texts = texts
        .into_iter()
        .map(|text| Resolved::text(vec![Segment::Known(text)], uses.to_vec()));
    Resolved::List(texts.collect())
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
