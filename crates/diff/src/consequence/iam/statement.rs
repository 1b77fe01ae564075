//! Policy documents as statements in one form: lists are lists, and whoever is meant is named.

use std::borrow::Cow;

use stratiform_resolve::{Resolved, Style};

use super::condition::Condition;
use super::pattern::{Case, Pattern, is_secret};
use super::principal::principals;

/// Does a statement allow or forbid?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Effect {
    Allow,
    Deny,
}

/// A statement of a policy.
#[derive(Clone)]
pub(super) struct Statement {
    pub effect: Effect,
    pub principals: Vec<Pattern>,
    pub actions: Vec<Pattern>,
    pub resources: Vec<Pattern>,
    pub condition: Condition,
}

/// What stands in for a part that a statement leaves out.
#[derive(Clone)]
pub(super) struct Defaults {
    pub principals: Vec<Pattern>,
    pub resource: Pattern,
}

/// Statements, and what could not be read.
#[derive(Clone, Default)]
pub(super) struct Document {
    pub statements: Vec<Statement>,
    /// Expressions whose value is not known here.
    pub unknown: Vec<String>,
}

impl Document {
    /// Adds all that another one says.
    pub(super) fn add(&mut self, other: &Document) {
        self.statements.extend(other.statements.iter().cloned());
        self.unknown.extend(other.unknown.iter().cloned());
    }

    /// Adds what a policy document says: a map, or JSON in a text.
    pub(super) fn read(&mut self, document: &Resolved<'_>, defaults: &Defaults) {
        let parsed;
        let document = match document {
            Resolved::Literal(_) | Resolved::Text(_) => match json(document) {
                Some(value) => {
                    parsed = value;
                    &parsed
                }
                None => return self.unknown(document),
            },
            document => document,
        };
        match document.get("Statement") {
            Some(statements) => {
                for statement in statements.items() {
                    self.statement(statement, defaults);
                }
            }
            None if document.items().is_empty() => {}
            None => self.unknown(document),
        }
    }

    /// Adds one statement.
    pub(super) fn statement(&mut self, statement: &Resolved<'_>, defaults: &Defaults) {
        match Statement::new(statement, defaults) {
            Some(statement) => self.statements.push(statement),
            None => self.unknown(statement),
        }
    }

    fn unknown(&mut self, value: &Resolved<'_>) {
        self.unknown.push(value.shown(Style::Expression));
    }
}

impl Statement {
    fn new(statement: &Resolved<'_>, defaults: &Defaults) -> Option<Statement> {
        let effect = match statement.get("Effect")?.known()?.as_ref() {
            "Allow" => Effect::Allow,
            "Deny" => Effect::Deny,
            _ => return None,
        };
        let patterns = |value: &Resolved<'_>, case| {
            let items = value.items().iter();
            items
                .map(|item| Pattern::new(item, case))
                .collect::<Vec<_>>()
        };
        // `X`, or everything but `NotX`, or what stands in for both.
        let either =
            |name: &str, read: &dyn Fn(&Resolved<'_>) -> Vec<Pattern>, otherwise: Vec<Pattern>| {
                match (statement.get(name), statement.get(&format!("Not{name}"))) {
                    (Some(value), _) => read(value),
                    (None, Some(value)) => vec![Pattern::except(read(value))],
                    (None, None) => otherwise,
                }
            };
        Some(Statement {
            effect,
            principals: either("Principal", &principals, defaults.principals.clone()),
            actions: either(
                "Action",
                &|value| patterns(value, Case::Ignored),
                Vec::new(),
            ),
            resources: either(
                "Resource",
                &|value| patterns(value, Case::Matters),
                vec![defaults.resource.clone()],
            ),
            condition: Condition::new(statement.get("Condition")),
        })
    }

    /// How many grants it stands for.
    pub(super) fn size(&self) -> usize {
        let parts = [&self.principals, &self.actions, &self.resources];
        parts
            .iter()
            .fold(1, |size, part| size.saturating_mul(part.len()))
    }

    /// The statement as one grant, whose parts are compared as a whole.
    pub(super) fn whole(self) -> Statement {
        Statement {
            principals: vec![Pattern::one_of(self.principals)],
            actions: vec![Pattern::one_of(self.actions)],
            resources: vec![Pattern::one_of(self.resources)],
            ..self
        }
    }
}

/// JSON in a text. What is not known stands in it as an expression, which patterns take for one; a text with a secret
/// is not read.
fn json(text: &Resolved<'_>) -> Option<Resolved<'static>> {
    if is_secret(text) {
        return None;
    }
    let value: serde_json::Value = serde_json::from_str(&text.shown(Style::Expression)).ok()?;
    value.is_object().then(|| resolved(value))
}

fn resolved(value: serde_json::Value) -> Resolved<'static> {
    match value {
        serde_json::Value::Null => Resolved::Null,
        serde_json::Value::Bool(boolean) => Resolved::literal(boolean.to_string()),
        serde_json::Value::Number(number) => Resolved::literal(number.to_string()),
        serde_json::Value::String(text) => Resolved::literal(text),
        serde_json::Value::Array(items) => {
            Resolved::List(items.into_iter().map(resolved).collect())
        }
        serde_json::Value::Object(entries) => Resolved::Map(
            entries
                .into_iter()
                .map(|(key, value)| (Cow::Owned(key), resolved(value)))
                .collect(),
        ),
    }
}
