//! The form of functions' arguments, and where functions may stand.

use stratiform_finding::Code;
use stratiform_finding::words::shortened;

use super::rules::is_truth;
use super::substitution::sub_variables;
use super::walk::Block;
use super::{Checker, PSEUDO_PARAMETERS, is_scalar};
use crate::read::Step;
use crate::value::{Function, Value};

impl<'t> Checker<'t> {
    /// Checks one function; the path ends with its name.
    pub(super) fn function(&mut self, function: Function, argument: &'t Value, block: Block) {
        if !allowed(function, block) {
            let place = match block {
                Block::Resource(_) | Block::Metadata(_) => "a resource",
                Block::Output => "an output",
                Block::Condition(_) => "a condition",
                Block::Rule => "a rule",
            };
            self.find(
                Code::FunctionNotAllowed,
                format!("`{function}` is not evaluated in {place}"),
                None,
                "use another function, or a literal",
            );
            return;
        }
        // That it is null is told once, by whoever looks at it as a value.
        if matches!(argument, Value::Null) {
            return;
        }
        self.nested(function, argument);
        match function {
            Function::Ref => match argument {
                Value::String(name) => self.reference(name, block),
                _ => self.extended_argument(
                    function,
                    argument,
                    "write the logical ID of a parameter or resource",
                ),
            },
            Function::Condition => match argument.as_str() {
                Some(name) => self.condition_name(name, Some((function, block))),
                None => self.wrong(function, None, "write the name of a condition"),
            },
            Function::GetAtt => self.get_att(argument, block),
            Function::Sub => self.sub(argument, block),
            Function::If => match argument {
                Value::List(items) if items.len() == 3 => match &items[0] {
                    Value::String(name) => self.below(Step::Index(0), |checker| {
                        checker.condition_name(name, Some((function, block)));
                    }),
                    _ if matches!(block, Block::Rule | Block::Condition(_)) => {}
                    _ => self.below(Step::Index(0), |checker| {
                        checker.wrong(
                            function,
                            None,
                            "the first of the three is the name of a condition, written out",
                        );
                    }),
                },
                _ => self.wrong(
                    function,
                    None,
                    "write `[condition, value if true, value if false]`",
                ),
            },
            Function::FindInMap => match argument {
                Value::List(items) if items.len() == 3 || items.len() == 4 => {
                    if let Some(default) = items.get(3) {
                        self.needs_extensions("a default value in `Fn::FindInMap`");
                        self.default_value(default);
                    }
                    self.mapping_reference(items);
                }
                _ => self.wrong(function, None, "write `[mapping, first key, second key]`"),
            },
            Function::Length | Function::ToJsonString => {
                self.needs_extensions(&format!("`{function}`"));
                // Any map can be JSON, and none has a length.
                let is_map = function == Function::Length && argument.as_map().is_some();
                if is_map || is_scalar(argument) || is_pseudo_text(argument) {
                    self.wrong(
                        function,
                        None,
                        "give it a list, or a function that gives one",
                    );
                }
            }
            Function::ImportValue => {
                self.shape(function, argument);
                self.import(argument);
            }
            _ => self.shape(function, argument),
        }
    }

    /// What `Fn::FindInMap` gives where the mapping has nothing.
    fn default_value(&mut self, default: &Value) {
        let fits = match default {
            Value::Map(entries) => entries.keys().all(|key| key == "DefaultValue"),
            _ => false,
        };
        if !fits && !self.transformed {
            self.below(Step::Index(3), |checker| {
                checker.wrong(Function::FindInMap, None, "write a map with `DefaultValue`");
            });
        }
    }

    /// The functions that name nothing in the template: only their form.
    fn shape(&mut self, function: Function, argument: &Value) {
        let items = argument.as_list().unwrap_or_default();
        let given = |value: &Value| matches!(value, Value::Function(..));
        let truth =
            |value: &Value| is_truth(value) || self.loops > 0 && given(value) || self.transformed;
        let text = |value: &Value| is_scalar(value) || given(value);
        let list = |value: &Value| matches!(value, Value::List(_)) || given(value);
        let (fits, recorded, help) = match function {
            Function::Join => (
                matches!(items, [Value::String(_), values] if list(values)),
                Some(
                    "Template error: every Fn::Join object requires two parameters, (1) a string delimiter and (2) a \
                     list of strings to be joined or a function that returns a list of strings (such as Fn::GetAZs) \
                     to be joined.",
                ),
                "write `[delimiter, [text, text]]`",
            ),
            Function::Split => (
                matches!(items, [Value::String(_), source] if text(source)),
                Some(
                    "Template error: every Fn::Split object requires two parameters, (1) a string delimiter and (2) a \
                     string to be split or a function that returns a string to be split.",
                ),
                "write `[delimiter, text]`",
            ),
            Function::Select => (
                matches!(items, [index, values] if is_index(index) && list(values) && !out_of_range(index, values)),
                Some(
                    "Template error: Fn::Select requires a list argument with two elements: an integer index and a list",
                ),
                "write `[index, list]`, with an index from 0 to the length of the list less one",
            ),
            Function::Equals => (
                matches!(items, [one, other] if !is_collection(one) && !is_collection(other)),
                Some(
                    "Template error: every Fn::Equals object requires a list of 2 string parameters.",
                ),
                "write `[value, value]`",
            ),
            Function::And | Function::Or => (
                (2..=10).contains(&items.len()) && items.iter().all(truth),
                None,
                "write a list of 2 to 10 conditions",
            ),
            Function::Not => (
                matches!(items, [one] if truth(one)),
                None,
                "write a list of one condition",
            ),
            Function::Base64 | Function::ImportValue | Function::GetAZs => (
                text(argument),
                None,
                "write a text, or a function that gives one",
            ),
            Function::Cidr => (
                (2..=3).contains(&items.len()),
                None,
                "write `[block, count, host bits]`",
            ),
            Function::GetStackOutput => (
                argument.as_map().is_some_and(|map| {
                    map.contains_key("StackName") && map.contains_key("OutputName")
                }),
                None,
                "write a map with `StackName` and `OutputName`",
            ),
            Function::Transform => (
                // AWS's own examples have them in lists, too.
                argument
                    .as_list()
                    .unwrap_or(std::slice::from_ref(argument))
                    .iter()
                    .all(is_macro),
                Some("Key Name of transform definition must be a string."),
                "write a map with a literal `Name`",
            ),
            Function::Contains
            | Function::EachMemberEquals
            | Function::EachMemberIn
            | Function::ValueOf
            | Function::ValueOfAll => (items.len() == 2, None, "write a list of two"),
            Function::RefAll => (text(argument), None, "write a parameter type"),
            // Checked by whoever knows the names in them.
            Function::Ref
            | Function::Condition
            | Function::GetAtt
            | Function::Sub
            | Function::FindInMap
            | Function::If
            | Function::Length
            | Function::ToJsonString => return,
        };
        if !fits {
            self.wrong(function, recorded, help);
        }
    }

    fn get_att(&mut self, argument: &'t Value, block: Block) {
        const RECORDED: &str = "Template error: every Fn::GetAtt object requires two non-empty parameters, the resource \
                                name and the resource attribute";
        let help = "write `LogicalId.Attribute`";
        match argument.as_list() {
            Some([Value::String(name), attribute]) => {
                let fits = match attribute {
                    Value::String(text) => !text.is_empty(),
                    other => matches!(other, Value::Function(..)),
                };
                if name.is_empty() || !fits {
                    return self.wrong(Function::GetAtt, Some(RECORDED), help);
                }
                self.resource_reference(name, block);
                self.named_attribute(attribute);
            }
            Some([name, _]) if is_pseudo_text(name) => {
                self.wrong(Function::GetAtt, Some(RECORDED), help)
            }
            Some([name @ Value::Function(..), _]) => {
                self.extended_argument(Function::GetAtt, name, help)
            }
            _ => self.wrong(Function::GetAtt, Some(RECORDED), help),
        }
    }

    fn sub(&mut self, argument: &'t Value, block: Block) {
        let (text, own) = match argument {
            Value::String(text) => (text, None),
            Value::List(items) => match items.as_slice() {
                [Value::String(text), Value::Map(own)] => (text, Some(own)),
                _ => {
                    return self.wrong(
                        Function::Sub,
                        None,
                        "write a text, or `[text, {Name: value}]`",
                    );
                }
            },
            _ => {
                return self.wrong(
                    Function::Sub,
                    None,
                    "write a text, or `[text, {Name: value}]`",
                );
            }
        };
        if self.loops > 0 {
            return;
        }
        for name in sub_variables(text).map(str::trim) {
            if own.is_some_and(|own| own.contains_key(name)) {
                continue;
            }
            let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"_.:".contains(&byte);
            if name.is_empty() || !name.bytes().all(fits) {
                self.find(
                    Code::InvalidFunctionArgument,
                    format!("`${{{}}}` is no variable", shortened(name)),
                    None,
                    format!("names are letters, digits, `_`, `.` and `:`; write `${{!{}}}` for the text itself", shortened(name)),
                );
                continue;
            }
            match name.split_once('.') {
                Some((logical_id, _)) => self.resource_reference(logical_id, block),
                None => self.reference(name, block),
            }
        }
    }

    /// A function where only language extensions allow one; anything but a function never fits.
    fn extended_argument(&mut self, function: Function, argument: &Value, help: &str) {
        match argument {
            Value::Function(..) => {
                self.needs_extensions(&format!("a function inside `{function}`"))
            }
            _ => self.wrong(function, None, help),
        }
    }

    fn wrong(&mut self, function: Function, recorded: Option<&str>, help: &str) {
        self.find(
            Code::InvalidFunctionArgument,
            format!("the argument of `{function}` has the wrong form"),
            recorded.map(str::to_owned),
            help,
        );
    }
}

/// Whether CloudFormation evaluates a function in a part of the template. Where pages disagree: yes.
pub(super) fn allowed(function: Function, block: Block) -> bool {
    let of_rules = matches!(
        function,
        Function::Contains
            | Function::EachMemberEquals
            | Function::EachMemberIn
            | Function::RefAll
            | Function::ValueOf
            | Function::ValueOfAll
    );
    match block {
        Block::Rule => {
            of_rules
                || matches!(
                    function,
                    Function::Ref
                        | Function::Condition
                        | Function::And
                        | Function::Or
                        | Function::Not
                        | Function::Equals
                        | Function::If
                )
        }
        Block::Condition(_) => {
            !of_rules
                && !matches!(
                    function,
                    Function::GetAtt | Function::ImportValue | Function::GetStackOutput
                )
        }
        // Documents of other languages may have words like those of conditions: what they say is kept in metadata.
        Block::Metadata(_) => !of_rules,
        Block::Resource(_) | Block::Output => {
            !of_rules
                && !matches!(
                    function,
                    Function::Equals | Function::And | Function::Or | Function::Not
                )
        }
    }
}

fn is_collection(value: &Value) -> bool {
    matches!(value, Value::List(_) | Value::Map(_) | Value::Null)
}

fn is_index(value: &Value) -> bool {
    matches!(value, Value::Function(..)) || index_of(value).is_some()
}

fn index_of(value: &Value) -> Option<usize> {
    match value {
        Value::Number(number) => number.as_str().parse().ok(),
        Value::String(text) => text.parse().ok(),
        _ => None,
    }
}

/// Whether a map names a macro.
fn is_macro(value: &Value) -> bool {
    let name = value.as_map().and_then(|map| map.get("Name"));
    name.is_some_and(|name| name.as_str().is_some())
}

fn out_of_range(index: &Value, values: &Value) -> bool {
    match (index_of(index), values.as_list()) {
        (Some(index), Some(items)) => index >= items.len(),
        _ => false,
    }
}

/// Whether a value is one of those that say where the stack is: text, whatever it is.
fn is_pseudo_text(value: &Value) -> bool {
    const LISTS: [&str; 2] = ["AWS::NoValue", "AWS::NotificationARNs"];
    match value {
        Value::Function(Function::Ref, name) => name
            .as_str()
            .is_some_and(|name| PSEUDO_PARAMETERS.contains(&name) && !LISTS.contains(&name)),
        _ => false,
    }
}
