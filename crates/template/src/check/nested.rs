//! What may stand inside of functions: which functions, and text or a list.
//!
//! Source: CloudFormation template reference, "Supported functions" of each intrinsic function, and of
//! "AWS::LanguageExtensions transform".

use stratiform_finding::Code;
use stratiform_finding::words::shortened;

use super::Checker;
use super::substitution::sub_variables;
use crate::map::Map;
use crate::read::Step;
use crate::value::{Function, Value};

use Function::{
    Base64, Cidr, FindInMap, GetAZs, GetAtt, GetStackOutput, If, ImportValue, Join, Length, Ref,
    Select, Split, Sub, ToJsonString,
};

/// Is it one text, or several?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    Text,
    List,
}

/// A place inside of a function.
struct Slot {
    shape: Shape,
    /// The functions that are evaluated there; any where there are none.
    allowed: &'static [Function],
}

const fn text(allowed: &'static [Function]) -> Option<Slot> {
    Some(Slot {
        shape: Shape::Text,
        allowed,
    })
}

const fn list(allowed: &'static [Function]) -> Option<Slot> {
    Some(Slot {
        shape: Shape::List,
        allowed,
    })
}

/// The argument of a position; of what is no list, that of 0.
fn slot(function: Function, position: usize, extended: bool) -> Option<Slot> {
    match (function, position) {
        (Join, 1) => list(&[Cidr, FindInMap, GetAtt, GetAZs, If, Split, Ref, Select]),
        (Select, 0) if extended => text(&[Ref, FindInMap, Length, Select]),
        (Select, 0) => text(&[Ref, FindInMap, Select]),
        (Select, 1) => list(&[Cidr, FindInMap, GetAtt, GetAZs, If, Split, Ref, Select]),
        (Split, 1) => text(&[
            Base64,
            FindInMap,
            GetAtt,
            GetStackOutput,
            If,
            ImportValue,
            Join,
            Select,
            Sub,
            ToJsonString,
            Ref,
        ]),
        (FindInMap, 0..=2) if extended => text(&[
            FindInMap,
            Join,
            Sub,
            If,
            Select,
            Length,
            ToJsonString,
            Ref,
            Split,
        ]),
        (FindInMap, 0..=2) => text(&[FindInMap, Ref]),
        (GetAtt, 1) if !extended => text(&[Ref]),
        (GetAZs, 0) => text(&[FindInMap, If, Join, Select, Sub, Ref, GetAtt, ImportValue]),
        (ImportValue, 0) => text(&[Base64, FindInMap, If, Join, Select, Split, Sub, Ref]),
        (Base64, 0) => text(&[]),
        (Cidr, 0..=2) => text(&[]),
        _ => None,
    }
}

impl<'t> Checker<'t> {
    /// Looks into the argument of a function; the path ends with its name.
    pub(super) fn nested(&mut self, function: Function, argument: &'t Value) {
        if self.transformed {
            return;
        }
        match argument {
            Value::List(items) => {
                for (position, item) in items.iter().enumerate() {
                    if let Some(slot) = slot(function, position, self.extended) {
                        self.below(Step::Index(position), |checker| {
                            checker.argument(function, item, &slot);
                        });
                    }
                }
            }
            Value::Function(..) => {
                if let Some(slot) = slot(function, 0, self.extended) {
                    self.argument(function, argument, &slot);
                }
            }
            _ => {}
        }
        self.members(function, argument);
    }

    /// The texts that are joined, and the variables of `Fn::Sub`.
    fn members(&mut self, function: Function, argument: &'t Value) {
        const TEXT: Slot = Slot {
            shape: Shape::Text,
            allowed: &[],
        };
        match (function, argument.as_list()) {
            (Join, Some([_, Value::List(items)])) => self.below(Step::Index(1), |checker| {
                for (position, item) in items.iter().enumerate() {
                    checker.below(Step::Index(position), |checker| {
                        checker.argument(function, item, &TEXT);
                    });
                }
            }),
            (Sub, None) => self.variables(argument.as_str(), None),
            (Sub, Some([text, Value::Map(own)])) => {
                self.variables(text.as_str(), Some(own));
                self.below(Step::Index(1), |checker| {
                    for (name, value) in own {
                        checker.below(Step::Key(name), |checker| {
                            checker.argument(function, value, &TEXT);
                        });
                    }
                });
            }
            _ => {}
        }
    }

    /// Variables of `Fn::Sub` that are several texts.
    fn variables(&mut self, text: Option<&str>, own: Option<&Map>) {
        let is_own = |name: &&str| own.is_some_and(|own| own.contains_key(name));
        let names = text.into_iter().flat_map(sub_variables).map(str::trim);
        for name in names.filter(|name| !is_own(name)) {
            if self.ref_gives(name) == Some(Shape::List) {
                self.find(
                    Code::InvalidFunctionArgument,
                    format!(
                        "`${{{}}}` is a list, where `Fn::Sub` takes one text",
                        shortened(name)
                    ),
                    None,
                    "give `Fn::Sub` a variable that joins it with `Fn::Join`",
                );
            }
        }
    }

    fn argument(&mut self, function: Function, value: &'t Value, slot: &Slot) {
        let Value::Function(inner, argument) = value else {
            return self.literal_argument(function, value, slot.shape);
        };
        let is_allowed = slot.allowed.is_empty()
            || slot.allowed.contains(inner)
            || *inner == Function::Transform;
        if !is_allowed {
            let names: Vec<String> = slot.allowed.iter().map(|one| format!("`{one}`")).collect();
            return self.find(
                Code::FunctionNotAllowed,
                format!("`{inner}` is not evaluated in this place of `{function}`"),
                None,
                format!("write a literal, or one of {}", names.join(", ")),
            );
        }
        if *inner == If {
            let branches = argument.as_list().unwrap_or_default();
            return self.below(Step::Key(If.name()), |checker| {
                for (position, branch) in branches.iter().enumerate().skip(1) {
                    checker.below(Step::Index(position), |checker| {
                        checker.argument(function, branch, slot);
                    });
                }
            });
        }
        let gives = self.gives(*inner, argument);
        if let Some(gives) = gives.filter(|gives| *gives != slot.shape) {
            let (gives, wanted) = match gives {
                Shape::List => ("a list", "one text"),
                Shape::Text => ("one text", "a list"),
            };
            self.find(
                Code::InvalidFunctionArgument,
                format!("`{inner}` gives {gives}, where `{function}` takes {wanted}"),
                None,
                match slot.shape {
                    Shape::Text => {
                        "take one of them with `Fn::Select`, or join them with `Fn::Join`"
                    }
                    Shape::List => "write a list, or split the text with `Fn::Split`",
                },
            );
        }
    }

    /// What is no function, where the function's own form does not say it already.
    fn literal_argument(&mut self, function: Function, value: &Value, shape: Shape) {
        let is_told = matches!(
            (function, shape),
            (Select | Split | Base64 | ImportValue | GetAZs, _) | (Join, Shape::List)
        );
        let fits = match value {
            Value::List(_) => shape == Shape::List,
            Value::Map(_) => false,
            _ => true,
        };
        // Nothing may stand where macros write.
        if is_told || fits || self.loops > 0 {
            return;
        }
        let what = match value {
            Value::List(_) => "a list",
            _ => "a map",
        };
        self.find(
            Code::InvalidFunctionArgument,
            format!("{what} stands where `{function}` takes text"),
            None,
            "write a text, or a function that gives one",
        );
    }

    /// What a function gives, whatever it is about.
    fn gives(&self, function: Function, argument: &Value) -> Option<Shape> {
        match function {
            Split | GetAZs | Cidr => Some(Shape::List),
            Join | Sub | Base64 | ToJsonString | Length => Some(Shape::Text),
            Ref => self.ref_gives(argument.as_str()?),
            _ => None,
        }
    }

    fn ref_gives(&self, name: &str) -> Option<Shape> {
        if let Some(parameter) = self.template.parameters.get(name) {
            let known = parameter.parameter_type.as_str();
            let known = known
                .strip_prefix("AWS::SSM::Parameter::Value<")
                .unwrap_or(known);
            let is_list = known.starts_with("CommaDelimitedList") || known.starts_with("List<");
            return Some(if is_list { Shape::List } else { Shape::Text });
        }
        match name {
            "AWS::NoValue" => None,
            "AWS::NotificationARNs" => Some(Shape::List),
            _ if name.starts_with("AWS::") => Some(Shape::Text),
            _ => self.resources.contains_key(name).then_some(Shape::Text),
        }
    }
}
