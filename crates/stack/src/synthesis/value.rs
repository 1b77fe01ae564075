//! Values: drafts with their references resolved, and text with values in it.

use std::mem::replace;

use stratiform_finding::{Code, Finding, Place};
use stratiform_template::{Function, Text, Value};

use super::substitution::Substitution;
use super::{Lowering, Owner};
use crate::policy::check;
use crate::value::draft::{Draft, Listed, Part, StatementDraft, Target};

impl Lowering<'_> {
    /// A draft as it stands in the template of a stack.
    pub(super) fn value(&mut self, draft: Draft, owner: Owner<'_>) -> Value {
        match draft {
            Draft::Value(value) => value,
            Draft::List(items) => {
                let items = items.into_iter().map(|item| self.value(item, owner));
                Value::List(items.collect())
            }
            Draft::Map(entries) => self.map(entries, owner, self.listed),
            Draft::Untyped(inner) => {
                let outside = replace(&mut self.listed, Listed::Elsewhere);
                let value = self.value(*inner, owner);
                self.listed = outside;
                value
            }
            Draft::Statement(statement) => self.statement(statement, owner),
            Draft::Function(function, argument) => {
                Value::function(function, self.value(*argument, owner))
            }
            Draft::Reference(reference) => self.reference(&reference, owner),
            Draft::Text(parts) => self.text(parts, owner),
            Draft::Condition(condition) => self.condition(condition, owner).into(),
        }
    }

    /// A map; or the function that it is, where a document was written as CloudFormation writes it.
    fn map(&mut self, entries: Vec<(Text, Draft)>, owner: Owner<'_>, listed: Listed) -> Value {
        let function = match entries.as_slice() {
            // `Condition` is also a word of IAM policies; whoever means the function has `Condition::holds`.
            [(key, _)] if key != Function::Condition.name() => Function::from_name(key),
            _ => None,
        };
        let mut entries = entries
            .into_iter()
            .map(|(key, value)| (key, self.value(value, owner)));
        match function {
            Some(function) => {
                let argument = entries.next().map_or(Value::Null, |(_, argument)| argument);
                Value::function(function, argument)
            }
            None => {
                let map = entries.collect();
                if listed == Listed::Here && check::is_statement(&map) {
                    let place = Place::rust(owner.location, "written here");
                    let flaws = check::flaws(&map).into_iter();
                    self.flaws.extend(flaws.map(|flaw| flaw.at(place.clone())));
                }
                Value::Map(map)
            }
        }
    }

    /// A statement of a policy; what it refers to is used where it was written.
    fn statement(&mut self, statement: StatementDraft, owner: Owner<'_>) -> Value {
        let owner = Owner {
            location: statement.location,
            ..owner
        };
        match *statement.content {
            Draft::Map(entries) => self.map(entries, owner, statement.listed),
            other => self.value(other, owner),
        }
    }

    /// The name of a condition, which only its own stack has.
    pub(super) fn condition(&mut self, condition: Target, owner: Owner<'_>) -> String {
        let help = "declare the condition in this stack too: conditions cannot be imported";
        let Some(named) = self.known.get(condition) else {
            self.foreign(owner.stack, condition, (owner.location, "used here"), help);
            return String::new();
        };
        if condition.stack != owner.id {
            self.problems.push(
                Finding::new(
                    Code::ConditionAcrossStacks,
                    format!(
                        "stack `{}` uses condition `{}` of stack `{}`",
                        owner.stack, named.logical_id, named.stack
                    ),
                    help,
                )
                .at(Place::rust(owner.location, "used here")),
            );
        }
        named.logical_id.to_owned()
    }

    /// Text with values in it: plain where all is known, otherwise `Fn::Sub`, with variables only for what
    /// `${…}` cannot say.
    fn text(&mut self, mut parts: Vec<Part>, owner: Owner<'_>) -> Value {
        if let [Part::Value(draft)] = parts.as_mut_slice() {
            return self.value(draft.take(), owner);
        }
        let mut substitution = Substitution::default();
        self.substitute(parts, owner, &mut substitution);
        substitution.into_value()
    }

    /// Adds the parts of a text; a text in a text becomes part of it, so that one `Fn::Sub` says it all.
    fn substitute(&mut self, parts: Vec<Part>, owner: Owner<'_>, substitution: &mut Substitution) {
        for part in parts {
            match part {
                Part::Literal(text) => substitution.literal(text),
                Part::Value(Draft::Text(inner)) => self.substitute(inner, owner, substitution),
                Part::Value(draft) => {
                    let value = self.value(draft, owner);
                    substitution.value(value);
                }
            }
        }
    }
}
