//! Functions: what they come to, where that can be known, and what kind of thing they give.

use std::borrow::Cow;

use stratiform_catalog::{JsonType, Schema, TypeSet};
use stratiform_finding::Code;
use stratiform_template::{Function, Parameter, Path, Value, sub_variables};

use super::decoded::decoded;
use super::{Look, Looked, named, said};
use crate::block::Block;
use crate::cases::Open;
use crate::kind;
use crate::parameter;
use crate::report::Reason;

/// What a value comes to.
pub(crate) enum Known<'v> {
    Value(Cow<'v, Value>),
    /// `AWS::NoValue`.
    Absent,
    /// Nobody knows; what it can be.
    Unknown(TypeSet),
}

/// Text and what CloudFormation takes for it.
const SCALAR: [JsonType; 4] = [
    JsonType::String,
    JsonType::Number,
    JsonType::Integer,
    JsonType::Boolean,
];

fn types(all: &[JsonType]) -> TypeSet {
    all.iter().fold(TypeSet::EMPTY, |set, one| set.with(*one))
}

fn text<'v>() -> Known<'v> {
    Known::Unknown(types(&SCALAR))
}

/// Whether what a function gives is a list of texts, whatever they are.
fn gives_texts(value: &Value) -> bool {
    let texts = [Function::Cidr, Function::GetAZs, Function::Split];
    matches!(value, Value::Function(function, _) if texts.contains(function))
}

/// Whether the items of a list have to be something else than text.
fn takes_no_text(schema: Schema) -> bool {
    let items = schema
        .resolve()
        .items()
        .map(|items| items.resolve().types());
    items.is_some_and(|types| types == self::types(&[JsonType::Object]))
}

fn list<'v>() -> Known<'v> {
    Known::Unknown(types(&[JsonType::Array]))
}

fn anything<'v>() -> Known<'v> {
    Known::Unknown(TypeSet::EMPTY)
}

impl<'t> Look<'_, 't> {
    /// Holds what a function comes to against a schema.
    pub(super) fn function(
        &mut self,
        value: &Value,
        schema: Schema,
        path: &Path<'_>,
    ) -> Looked<'t> {
        if let Value::Function(Function::Transform, _) = value {
            self.scene.skip(Reason::Macro, path.steps());
        }
        match self.known(value)? {
            Known::Absent => Ok(()),
            Known::Value(known) => match known.as_ref() {
                Value::Function(..) | Value::Null => {
                    self.is_unknown = true;
                    Ok(())
                }
                known => self.literal(known, schema, path),
            },
            Known::Unknown(given) => {
                self.is_unknown = true;
                let decoded = decoded(schema);
                let wanted = decoded.map_or(TypeSet::EMPTY, |decoded| decoded.types);
                let wanted = if wanted.is_empty() {
                    schema.resolve().types()
                } else {
                    wanted
                };
                let fits = given.is_empty()
                    || wanted.is_empty()
                    || given.iter().any(|one| wanted.contains(one));
                if !fits {
                    self.wrong_kind(value, given, wanted, path);
                } else if gives_texts(value) && takes_no_text(schema) {
                    let what = format!("{} gets a list of texts", named(path));
                    let why = self.why("its items are no texts");
                    let help = "write its items, each with what it has";
                    self.tell(path, Code::ValueType, what, why, help);
                } else {
                    self.other_kind(value, schema, path);
                }
                Ok(())
            }
        }
    }

    /// A reference to something of another kind than the property takes: a name for an ARN.
    fn other_kind(&mut self, value: &Value, schema: Schema, path: &Path<'_>) {
        let given = kind::given(self.scene, value);
        if given.is_empty() || self.is_wrong_limit(path) {
            return;
        }
        let wanted = kind::kinds(schema);
        let takes = match wanted.is_empty() {
            true if kind::takes_arn(schema) && given.iter().all(|kind| kind::is_name(kind)) => {
                "an ARN".to_owned()
            }
            true => return,
            false => kind_words(&wanted),
        };
        if given.iter().any(|kind| wanted.contains(kind)) {
            return;
        }
        let what = format!("{} gets {}", named(path), kind_words(&given));
        let why = self.why(&format!("it takes {takes}"));
        let help = "refer to the right resource, or to the right attribute of it";
        self.tell(path, Code::ReferenceKind, what, why, help);
    }

    fn wrong_kind(&mut self, value: &Value, given: TypeSet, wanted: TypeSet, path: &Path<'_>) {
        let function = match value {
            Value::Function(function, _) => function.name(),
            _ => "a function",
        };
        let is_text = given.contains(JsonType::String);
        let gives = if is_text {
            "text"
        } else {
            given.iter().next().map_or("something else", said)
        };
        let what = format!("{} gets {gives} from `{function}`", named(path));
        let wanted_words: Vec<&str> = wanted.iter().map(said).collect();
        let why = self.why(&format!("it must be {}", wanted_words.join(" or ")));
        let help = match (is_text, wanted.single()) {
            (true, Some(JsonType::Array)) => "put it into a list",
            (false, _) if given.contains(JsonType::Array) => {
                "take one of them with `Fn::Select`, or join them with `Fn::Join`"
            }
            _ => "use something that gives it",
        };
        self.tell(path, Code::ValueType, what, why, help);
    }

    /// What a value comes to in the case that is looked at.
    pub(crate) fn known<'v>(&self, value: &'v Value) -> Looked<'t, Known<'v>> {
        let Value::Function(function, argument) = value else {
            return Ok(Known::Value(Cow::Borrowed(value)));
        };
        let arguments = argument.as_list().unwrap_or(std::slice::from_ref(argument));
        Ok(match (function, arguments) {
            (Function::If, _) => match self.settled(value)? {
                None => Known::Absent,
                Some(Value::Function(Function::If, _)) => anything(),
                Some(settled) => return self.known(settled),
            },
            (Function::Ref, [Value::String(name)]) => return self.reference(name),
            (Function::GetAtt, [Value::String(name), Value::String(attribute)]) => {
                if let Some(same) = self.same_property(name, attribute) {
                    return Ok(match self.known(same)? {
                        Known::Value(known) => Known::Value(Cow::Owned(known.into_owned())),
                        Known::Absent | Known::Unknown(_) => text(),
                    });
                }
                self.attribute(name, attribute)
            }
            (Function::FindInMap, [mapping, first, second, others @ ..]) => {
                let otherwise = others.first().and_then(Value::as_map);
                let otherwise = otherwise.and_then(|others| others.get("DefaultValue"));
                return self.looked_up([mapping, first, second], otherwise);
            }
            (Function::Sub, [Value::String(template), others @ ..]) => {
                return self.substituted(template, others.first());
            }
            (Function::Join, [Value::String(delimiter), Value::List(items)]) => {
                return self.joined(delimiter, items);
            }
            (Function::Select, [index, Value::List(items)]) => {
                let index = index.scalar().and_then(|index| index.parse::<usize>().ok());
                match index.and_then(|index| items.get(index)) {
                    Some(item) if items.iter().all(|item| !is_macro(item)) => {
                        return self.known(item);
                    }
                    _ => anything(),
                }
            }
            (Function::Select, [index, Value::Function(Function::Cidr, argument)]) => {
                let index = self.text_known(index)?;
                let index = index.and_then(|index| index.parse::<usize>().ok());
                let blocks = self.split_block(argument)?;
                match index.and_then(|index| blocks?.get(index).copied()) {
                    Some(block) => Known::Value(Cow::Owned(Value::from(block.to_string()))),
                    None => text(),
                }
            }
            (Function::Split, [Value::String(delimiter), source]) if !delimiter.is_empty() => {
                match self.text_known(source)? {
                    Some(source) => {
                        let parts = source.split(delimiter.as_str()).map(Value::from);
                        Known::Value(Cow::Owned(Value::List(parts.collect())))
                    }
                    None => list(),
                }
            }
            (Function::Split | Function::Cidr | Function::GetAZs, _) => list(),
            (
                Function::Sub
                | Function::Join
                | Function::Base64
                | Function::ToJsonString
                | Function::ImportValue,
                _,
            ) => text(),
            (Function::Length, _) => text(),
            _ => anything(),
        })
    }

    /// The text that a value comes to, where that is known.
    pub(crate) fn text_known<'v>(&self, value: &'v Value) -> Looked<'t, Option<Cow<'v, str>>> {
        Ok(match self.known(value)? {
            Known::Value(Cow::Borrowed(value)) => value.scalar(),
            Known::Value(Cow::Owned(value)) => {
                value.scalar().map(|text| Cow::Owned(text.into_owned()))
            }
            Known::Absent | Known::Unknown(_) => None,
        })
    }

    fn reference<'v>(&self, name: &str) -> Looked<'t, Known<'v>> {
        let owned = |text: &str| Known::Value(Cow::Owned(Value::from(text)));
        let template = self.scene.template;
        if let Some((name, declared)) = template.parameters.get_key_value(name) {
            return self.parameter(name, declared);
        }
        Ok(match name {
            "AWS::NoValue" => Known::Absent,
            "AWS::NotificationARNs" => list(),
            "AWS::Region" => match (self.case.parameter(name), self.scene.regions) {
                (Some(Some(region)), _) => owned(region),
                (None, [region]) => owned(region),
                _ => text(),
            },
            _ if name.starts_with("AWS::") || template.resource(name).is_some() => text(),
            _ => anything(),
        })
    }

    fn parameter<'v>(&self, name: &'t str, declared: &'t Parameter) -> Looked<'t, Known<'v>> {
        if declared.is_list() {
            return Ok(list());
        }
        // Nobody may see what a hidden one has as its default.
        if declared.no_echo == Some(true) || declared.is_looked_up() {
            return Ok(text());
        }
        match self.case.parameter(name) {
            Some(Some(given)) => Ok(Known::Value(Cow::Owned(Value::from(given)))),
            Some(None) => Ok(text()),
            None if parameter::choices(declared).is_some()
                || parameter::default(declared).is_some() =>
            {
                Err(Open::Parameter(name))
            }
            None => Ok(text()),
        }
    }

    /// The property that an attribute is the same as: EC2 gives a VPC the block that it asks for.
    fn same_property(&self, name: &str, attribute: &str) -> Option<&'t Value> {
        let resource = self.scene.template.resource(name)?;
        let is_same = resource.resource_type == "AWS::EC2::VPC" && attribute == "CidrBlock";
        resource.properties.get(attribute).filter(|_| is_same)
    }

    /// The blocks of `Fn::Cidr`, where all that it is given is known.
    fn split_block(&self, argument: &Value) -> Looked<'t, Option<Vec<Block>>> {
        let Some([block, count, free]) = argument.as_list() else {
            return Ok(None);
        };
        let Some(block) = self.text_known(block)?.and_then(|text| Block::parse(&text)) else {
            return Ok(None);
        };
        let mut numbers = Vec::new();
        for number in [count, free] {
            let number = self.text_known(number)?;
            numbers.extend(number.and_then(|number| number.trim().parse::<u32>().ok()));
        }
        Ok(match numbers[..] {
            [count, free] => block.split(count, free),
            _ => None,
        })
    }

    fn attribute<'v>(&self, name: &str, attribute: &str) -> Known<'v> {
        let Some(resource) = self.scene.template.resource(name) else {
            return anything();
        };
        let known = self.scene.resource_type(&resource.resource_type);
        let attribute = known
            .and_then(|known| known.attribute(attribute))
            .filter(|known| !known.is_open());
        let Some(schema) = attribute.and_then(|attribute| attribute.schema) else {
            return anything();
        };
        let given = schema.resolve().types();
        if given.is_empty() || given.contains(JsonType::Object) {
            return anything();
        }
        match given.contains(JsonType::Array) {
            true => Known::Unknown(given),
            false => text(),
        }
    }

    fn looked_up<'v>(
        &self,
        way: [&'v Value; 3],
        otherwise: Option<&'v Value>,
    ) -> Looked<'t, Known<'v>> {
        let mut keys = Vec::new();
        for key in way {
            match self.text_known(key)? {
                Some(key) => keys.push(key),
                None => return Ok(anything()),
            }
        }
        let [mapping, first, second] = keys.as_slice() else {
            return Ok(anything());
        };
        let row = |value: &'t Value, key: &str| value.as_map().and_then(|row| row.get(key));
        let found = self.scene.template.mappings.get(mapping.as_ref());
        let found = found.and_then(|rows| row(row(rows, first)?, second));
        Ok(match found {
            Some(found) => Known::Value(Cow::Owned(found.clone())),
            None => match otherwise {
                Some(otherwise) => return self.known(otherwise),
                None => anything(),
            },
        })
    }

    fn substituted<'v>(&self, template: &'v str, own: Option<&'v Value>) -> Looked<'t, Known<'v>> {
        let mut written = String::with_capacity(template.len());
        let mut rest = template;
        for variable in sub_variables(template) {
            let name = variable.trim();
            let given = own.and_then(|own| own.as_map()?.get(name));
            let known = match given {
                Some(given) => self.text_known(given)?.map(Cow::into_owned),
                None if name.contains('.') => None,
                None => match self.reference(name)? {
                    Known::Value(value) => value.scalar().map(Cow::into_owned),
                    Known::Absent | Known::Unknown(_) => None,
                },
            };
            let Some(known) = known else {
                return Ok(text());
            };
            let marker = format!("${{{variable}}}");
            let Some(at) = rest.find(&marker) else {
                return Ok(text());
            };
            written += &rest[..at];
            written += &known;
            rest = &rest[at + marker.len()..];
        }
        written += rest;
        Ok(Known::Value(Cow::Owned(Value::from(
            written.replace("${!", "${"),
        ))))
    }

    fn joined<'v>(&self, delimiter: &str, items: &'v [Value]) -> Looked<'t, Known<'v>> {
        let mut parts = Vec::new();
        for item in items {
            match self.known(item)? {
                Known::Absent => {}
                Known::Value(value) => match value.scalar() {
                    Some(part) => parts.push(part.into_owned()),
                    None => return Ok(text()),
                },
                Known::Unknown(_) => return Ok(text()),
            }
        }
        Ok(Known::Value(Cow::Owned(Value::from(parts.join(delimiter)))))
    }
}

/// Kinds in a sentence.
fn kind_words(kinds: &[&str]) -> String {
    let words: Vec<String> = kinds.iter().map(|kind| format!("`{kind}`")).collect();
    words.join(" or ")
}

/// Whether a macro gives the value.
fn is_macro(value: &Value) -> bool {
    matches!(value, Value::Function(Function::Transform, _))
}
