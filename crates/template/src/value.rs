//! Values: what may stand in a property, an output, a condition.

use std::borrow::Cow;
use std::fmt;

/// Text as a value or a key has it: short and static texts are held in place, others are shared by their copies.
pub use smol_str::SmolStr as Text;

use crate::map::Map;

/// A tree of scalars, lists, maps and intrinsic functions. Order is kept.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// `null`: allowed inside `Metadata` and JSON documents; CloudFormation refuses it elsewhere.
    Null,
    /// A boolean.
    Bool(bool),
    /// A number.
    Number(Number),
    /// Text.
    String(Text),
    /// A list.
    List(Vec<Value>),
    /// A map that is no intrinsic function.
    Map(Map),
    /// An intrinsic function and its argument in the long form.
    Function(Function, Box<Value>),
}

/// The intrinsic functions, those of `AWS::LanguageExtensions` and of `Rules` included.
///
/// Source: CloudFormation template reference, "Intrinsic functions", and "Rule-specific intrinsic functions".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[expect(missing_docs, reason = "each variant is CloudFormation's own word")]
pub enum Function {
    Ref,
    Condition,
    GetAtt,
    Sub,
    Join,
    Split,
    Select,
    FindInMap,
    If,
    Equals,
    And,
    Or,
    Not,
    Base64,
    Cidr,
    GetAZs,
    ImportValue,
    GetStackOutput,
    Transform,
    Length,
    ToJsonString,
    Contains,
    EachMemberEquals,
    EachMemberIn,
    RefAll,
    ValueOf,
    ValueOfAll,
}

impl Function {
    /// Every function.
    pub const ALL: [Function; 27] = [
        Function::Ref,
        Function::Condition,
        Function::GetAtt,
        Function::Sub,
        Function::Join,
        Function::Split,
        Function::Select,
        Function::FindInMap,
        Function::If,
        Function::Equals,
        Function::And,
        Function::Or,
        Function::Not,
        Function::Base64,
        Function::Cidr,
        Function::GetAZs,
        Function::ImportValue,
        Function::GetStackOutput,
        Function::Transform,
        Function::Length,
        Function::ToJsonString,
        Function::Contains,
        Function::EachMemberEquals,
        Function::EachMemberIn,
        Function::RefAll,
        Function::ValueOf,
        Function::ValueOfAll,
    ];

    /// The long form: `Fn::GetAtt`, `Ref`, `Condition`.
    pub fn name(self) -> &'static str {
        match self {
            Function::Ref => "Ref",
            Function::Condition => "Condition",
            Function::GetAtt => "Fn::GetAtt",
            Function::Sub => "Fn::Sub",
            Function::Join => "Fn::Join",
            Function::Split => "Fn::Split",
            Function::Select => "Fn::Select",
            Function::FindInMap => "Fn::FindInMap",
            Function::If => "Fn::If",
            Function::Equals => "Fn::Equals",
            Function::And => "Fn::And",
            Function::Or => "Fn::Or",
            Function::Not => "Fn::Not",
            Function::Base64 => "Fn::Base64",
            Function::Cidr => "Fn::Cidr",
            Function::GetAZs => "Fn::GetAZs",
            Function::ImportValue => "Fn::ImportValue",
            Function::GetStackOutput => "Fn::GetStackOutput",
            Function::Transform => "Fn::Transform",
            Function::Length => "Fn::Length",
            Function::ToJsonString => "Fn::ToJsonString",
            Function::Contains => "Fn::Contains",
            Function::EachMemberEquals => "Fn::EachMemberEquals",
            Function::EachMemberIn => "Fn::EachMemberIn",
            Function::RefAll => "Fn::RefAll",
            Function::ValueOf => "Fn::ValueOf",
            Function::ValueOfAll => "Fn::ValueOfAll",
        }
    }

    /// The function a long form names.
    pub fn from_name(name: &str) -> Option<Function> {
        Function::ALL
            .into_iter()
            .find(|function| function.name() == name)
    }

    /// Whether it only says where a value is: its argument is no part of the value.
    pub fn is_reference(self) -> bool {
        matches!(
            self,
            Function::Ref
                | Function::Condition
                | Function::GetAtt
                | Function::GetAZs
                | Function::ImportValue
                | Function::GetStackOutput
                | Function::FindInMap
                | Function::RefAll
                | Function::ValueOf
                | Function::ValueOfAll
        )
    }

    /// The short tag without its `!`, for the functions that have one.
    pub fn tag(self) -> Option<&'static str> {
        match self {
            // Long form only: the functions of language extensions and of rules.
            Function::Length
            | Function::ToJsonString
            | Function::Contains
            | Function::EachMemberEquals
            | Function::EachMemberIn
            | Function::RefAll
            | Function::ValueOf
            | Function::ValueOfAll => None,
            Function::Ref | Function::Condition => Some(self.name()),
            _ => self.name().strip_prefix("Fn::"),
        }
    }

    /// The function a short tag names.
    pub fn from_tag(tag: &str) -> Option<Function> {
        Function::ALL
            .into_iter()
            .find(|function| function.tag() == Some(tag))
    }
}

impl fmt::Display for Function {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

/// A number as it is written: CloudFormation passes most numbers on as text, so `1.0` stays `1.0`.
///
/// Always a valid JSON number.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Number(Text);

impl Number {
    /// Reads a JSON number; anything else is refused.
    pub fn parse(text: &str) -> Option<Number> {
        let digits =
            |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let unsigned = text.strip_prefix('-').unwrap_or(text);
        let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, Some(exponent)),
            None => (unsigned, None),
        };
        let (whole, fraction) = match mantissa.split_once('.') {
            Some((whole, fraction)) => (whole, Some(fraction)),
            None => (mantissa, None),
        };
        let valid = digits(whole)
            && (whole == "0" || !whole.starts_with('0'))
            && fraction.is_none_or(digits)
            && exponent.is_none_or(|text| digits(text.strip_prefix(['+', '-']).unwrap_or(text)));
        valid.then(|| Number(text.into()))
    }

    /// The number as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The number where it is whole and fits.
    pub fn as_i64(&self) -> Option<i64> {
        self.0.parse().ok()
    }

    /// The nearest floating-point number.
    pub fn as_f64(&self) -> Option<f64> {
        self.0.parse().ok()
    }
}

impl From<i64> for Number {
    fn from(number: i64) -> Self {
        Number(itoa::Buffer::new().format(number).into())
    }
}

impl fmt::Display for Number {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl Value {
    /// A function applied to an argument.
    ///
    /// `Fn::GetAtt` in its dotted form becomes the list form, so that both compare equal.
    pub fn function(function: Function, argument: impl Into<Value>) -> Value {
        let argument = match (function, argument.into()) {
            (Function::GetAtt, Value::String(text)) => match text.split_once('.') {
                Some((logical_id, attribute)) => {
                    Value::List(vec![logical_id.into(), attribute.into()])
                }
                None => Value::String(text),
            },
            (_, argument) => argument,
        };
        Value::Function(function, Box::new(argument))
    }

    /// The text of a string.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Value::String(text) => Some(text),
            _ => None,
        }
    }

    /// The text of a scalar, as CloudFormation passes it on.
    pub fn scalar(&self) -> Option<Cow<'_, str>> {
        match self {
            Value::String(text) => Some(Cow::Borrowed(text)),
            Value::Number(number) => Some(Cow::Borrowed(number.as_str())),
            Value::Bool(boolean) => Some(Cow::Borrowed(if *boolean { "true" } else { "false" })),
            Value::Null | Value::List(_) | Value::Map(_) | Value::Function(..) => None,
        }
    }

    /// The members of a list.
    pub fn as_list(&self) -> Option<&[Value]> {
        match self {
            Value::List(items) => Some(items),
            _ => None,
        }
    }

    /// The entries of a map.
    pub fn as_map(&self) -> Option<&Map> {
        match self {
            Value::Map(entries) => Some(entries),
            _ => None,
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Value::String(text.into())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Value::String(text.into())
    }
}

impl From<Text> for Value {
    fn from(text: Text) -> Self {
        Value::String(text)
    }
}

impl From<bool> for Value {
    fn from(boolean: bool) -> Self {
        Value::Bool(boolean)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Value::Number(number.into())
    }
}

impl From<Number> for Value {
    fn from(number: Number) -> Self {
        Value::Number(number)
    }
}

impl From<Vec<Value>> for Value {
    fn from(items: Vec<Value>) -> Self {
        Value::List(items)
    }
}

impl From<Map> for Value {
    fn from(entries: Map) -> Self {
        Value::Map(entries)
    }
}

impl<const N: usize> From<[(&str, Value); N]> for Value {
    fn from(entries: [(&str, Value); N]) -> Self {
        Value::Map(entries.into())
    }
}
