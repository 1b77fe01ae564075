//! What a stack gives to others: outputs and exports; and what makes an operation impossible from the start.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;
use stratiform_resolve::{Resolver, Scope};
use stratiform_service::{Reason, StackId};
use stratiform_template::{Function, Member, Output, Value as Expression};

use crate::operation::policy::UpdateAction;
use crate::operation::resource::texts;
use crate::operation::{Around, Operation, Purpose};
use crate::provider;
use crate::stack::{OutputValue, Stack};
use crate::state::Export;
use crate::world::{Surroundings, Unresolved, value};

impl Stack {
    /// The outputs of the deployment that is being made; why there are none.
    pub(crate) fn computed_outputs(&self, around: &Around<'_>) -> Result<Vec<OutputValue>, String> {
        let Some(operation) = &self.operation else {
            return Ok(Vec::new());
        };
        let template = Arc::clone(&operation.target.template);
        let given = texts(&operation.target.parameters);
        let world = around.surroundings(self, &operation.target);
        let scope = Scope::new(&template, &given, &world);
        let resolver = Resolver::new(&scope, &world).revealing();
        let mut outputs = Vec::new();
        for (key, member) in &template.outputs {
            let Member::One(output) = member else {
                continue;
            };
            if !scope.exists(output.condition.as_deref()) {
                continue;
            }
            let text = |expression: &Expression| -> Result<Option<String>, String> {
                match value(&resolver, expression) {
                    Ok(Some(Value::String(text))) => Ok(Some(text)),
                    Ok(Some(value)) => Ok(Some(value.to_string())),
                    Ok(None) => Ok(None),
                    Err(Unresolved::Export(name)) => Err(missing(name)),
                    Err(Unresolved::Other(reason)) => Err(reason),
                }
            };
            let Some(found) = text(&output.value)? else {
                continue;
            };
            let export = match &output.export {
                Some(name) => text(name)?,
                None => None,
            };
            outputs.push(OutputValue {
                key: key.clone(),
                value: found,
                description: output.description.clone(),
                export,
            });
        }
        Ok(outputs)
    }

    /// Why the exports among these outputs are not allowed: others use what would change, or have such a name.
    pub(crate) fn forbidden_exports(
        &self,
        outputs: &[OutputValue],
        around: &Around<'_>,
    ) -> Option<String> {
        let exported = |name: &str| {
            let mut outputs = outputs.iter();
            outputs.find(|output| output.export.as_deref() == Some(name))
        };
        for old in &self.outputs {
            let Some(name) = &old.export else { continue };
            let stays = exported(name).is_some_and(|new| new.value == old.value);
            let users = around.users(name);
            if !stays && !users.is_empty() {
                let reason = Reason::ExportInUseByUpdate {
                    export: name.clone(),
                    by: users.join(" and "),
                };
                return Some(reason.to_string());
            }
        }
        outputs.iter().find_map(|output| {
            let name = output.export.as_ref()?;
            let export = around.exports.get(&around.key(name))?;
            (export.stack != self.id).then(|| {
                let owner = stack_name(&export.stack);
                format!("Export with name {name} is already exported by stack {owner}")
            })
        })
    }

    /// Why the stack cannot be deleted: others use what it exports.
    pub(crate) fn exports_in_use(&self, around: &Around<'_>) -> Option<String> {
        self.outputs.iter().find_map(|output| {
            let name = output.export.as_ref()?;
            let users = around.users(name);
            (!users.is_empty()).then(|| {
                let reason = Reason::ExportInUse {
                    export: name.clone(),
                    by: users.join(" and "),
                };
                reason.to_string()
            })
        })
    }

    /// Gives outputs to others, and notes whose exports are used.
    pub(crate) fn publish(&mut self, outputs: Vec<OutputValue>, around: &mut Around<'_>) {
        self.withdraw(around);
        let pairs = outputs.iter();
        let values: BTreeMap<String, String> = pairs
            .map(|output| (output.key.clone(), output.value.clone()))
            .collect();
        let key = around.key(self.name.as_str());
        around.outputs.insert(key, values);
        for output in &outputs {
            if let Some(name) = &output.export {
                let key = around.key(name);
                let export = Export {
                    stack: self.id.clone(),
                    value: output.value.clone(),
                };
                around.exports.insert(key, export);
            }
        }
        self.outputs = outputs;
        self.imports = self.imported_names(around);
        for name in &self.imports {
            let key = around.key(name);
            around
                .importers
                .entry(key)
                .or_default()
                .insert(self.name.to_string());
        }
    }

    /// Takes back all that the stack gives to others and uses of others.
    pub(crate) fn withdraw(&mut self, around: &mut Around<'_>) {
        around.outputs.remove(&around.key(self.name.as_str()));
        for name in self
            .outputs
            .iter()
            .filter_map(|output| output.export.as_ref())
        {
            let key = around.key(name);
            if around
                .exports
                .get(&key)
                .is_some_and(|export| export.stack == self.id)
            {
                around.exports.remove(&key);
            }
        }
        for name in std::mem::take(&mut self.imports) {
            let key = around.key(&name);
            if let Some(importers) = around.importers.get_mut(&key) {
                importers.remove(self.name.as_str());
            }
        }
    }

    /// The exports that the deployment uses.
    fn imported_names(&self, around: &Around<'_>) -> Vec<String> {
        let Some(operation) = &self.operation else {
            return Vec::new();
        };
        let given = texts(&operation.target.parameters);
        let world = around.surroundings(self, &operation.target);
        let scope = Scope::new(&operation.target.template, &given, &world);
        imports(&scope, &world)
    }

    /// Why the deployment cannot succeed, as far as the service finds out before it starts the first resource.
    pub(crate) fn impossible(&self, scope: &Scope<'_>, world: &Surroundings<'_>) -> Option<String> {
        let missing_export = imports(scope, world)
            .into_iter()
            .find(|name| stratiform_resolve::World::export(world, name).is_none());
        let missing_export = missing_export.map(missing);
        missing_export.or_else(|| unsupported_attribute(scope))
    }

    /// The resources that the deployment does not have any more.
    pub(crate) fn removed(&self, around: &Around<'_>) -> Vec<String> {
        let Some(operation) = &self.operation else {
            return Vec::new();
        };
        let given = texts(&operation.target.parameters);
        let world = around.surroundings(self, &operation.target);
        let scope = Scope::new(&operation.target.template, &given, &world);
        let gone = self.resources.keys();
        gone.filter(|id| scope.resource(id).is_none())
            .cloned()
            .collect()
    }

    /// Which removal the stack's policy forbids, and why.
    pub(crate) fn denied_removal(&self, around: &Around<'_>) -> Option<(String, String)> {
        let operation = self.operation.as_ref()?;
        if operation.purpose != Purpose::Update {
            return None;
        }
        self.removed(around).into_iter().find_map(|logical_id| {
            let record = self.resources.get(&logical_id)?;
            let reason = self.denied(&logical_id, &record.resource_type, UpdateAction::Delete)?;
            Some((logical_id, reason))
        })
    }

    /// An alarm that watches the operation and is off.
    pub(crate) fn alarm_off(&self, operation: &Operation, around: &Around<'_>) -> Option<String> {
        let triggers = operation.target.rollback.rollback_triggers.iter();
        let mut arns = triggers.map(|trigger| trigger.arn.as_str());
        arns.find_map(|arn| {
            let name = arn.split(":alarm:").nth(1).unwrap_or_default();
            let is_there = around.estate.has_alarm(name) || around.faults.has_alarm(name);
            match is_there {
                true => around.estate.alarm_off(arn),
                // Documented; nobody recorded the words. See `docs/engine.md`.
                false => Some(format!("Rollback trigger {arn} does not exist")),
            }
        })
    }
}

impl Around<'_> {
    /// The names of the stacks that use an export.
    pub(crate) fn users(&self, export: &str) -> Vec<String> {
        let users = self.importers.get(&self.key(export));
        users.into_iter().flatten().cloned().collect()
    }
}

fn missing(export: String) -> String {
    Reason::ExportMissing { export }.to_string()
}

/// The name in a stack's ARN.
pub(crate) fn stack_name(id: &StackId) -> &str {
    id.as_str().split('/').nth(1).unwrap_or_default()
}

/// The names of all exports that a template uses with these values.
fn imports(scope: &Scope<'_>, world: &Surroundings<'_>) -> Vec<String> {
    let resolver = Resolver::new(scope, world).revealing();
    let mut names = Vec::new();
    let mut visit = |expression: &Expression| {
        if let Expression::Function(Function::ImportValue, name) = expression
            && let Ok(Some(Value::String(name))) = value(&resolver, name)
        {
            names.push(name);
        }
    };
    for (_, resource) in scope.resources() {
        resource
            .values()
            .for_each(|expression| chosen(scope, expression, &mut visit));
    }
    for output in outputs(scope) {
        chosen(scope, &output.value, &mut visit);
    }
    names.sort();
    names.dedup();
    names
}

/// The outputs that exist.
fn outputs<'t>(scope: &Scope<'t>) -> impl Iterator<Item = &'t Output> {
    let outputs = scope.template.outputs.values();
    outputs.filter_map(|member| match member {
        Member::One(output) if scope.exists(output.condition.as_deref()) => Some(output),
        Member::One(_) | Member::Unexpanded(_) => None,
    })
}

/// Visits an expression and all in it, but for the branches of `Fn::If` that are not taken.
fn chosen<'v>(
    scope: &Scope<'_>,
    expression: &'v Expression,
    visit: &mut impl FnMut(&'v Expression),
) {
    visit(expression);
    match expression {
        Expression::Function(Function::If, arguments) => {
            let Expression::List(items) = arguments.as_ref() else {
                return;
            };
            if let [Expression::String(condition), when, otherwise] = items.as_slice() {
                match scope.condition(condition) {
                    Some(true) => chosen(scope, when, visit),
                    Some(false) => chosen(scope, otherwise, visit),
                    None => [when, otherwise]
                        .into_iter()
                        .for_each(|item| chosen(scope, item, visit)),
                }
            }
        }
        Expression::Function(_, argument) => chosen(scope, argument, visit),
        Expression::List(items) => items.iter().for_each(|item| chosen(scope, item, visit)),
        Expression::Map(entries) => entries.values().for_each(|item| chosen(scope, item, visit)),
        Expression::Null | Expression::Bool(_) | Expression::Number(_) | Expression::String(_) => {}
    }
}

/// Recorded: outputs are looked at before the first resource starts.
fn unsupported_attribute(scope: &Scope<'_>) -> Option<String> {
    scope.template.outputs.iter().find_map(|(key, member)| {
        let Member::One(output) = member else {
            return None;
        };
        if !scope.exists(output.condition.as_deref()) {
            return None;
        }
        let mut found = None;
        chosen(scope, &output.value, &mut |expression| {
            if let Expression::Function(Function::GetAtt, arguments) = expression
                && found.is_none()
            {
                found = unsupported(scope, arguments).map(|(resource_type, attribute)| {
                    format!(
                        "[Error] /Outputs/{key}/Value/Fn::GetAtt: Resource type {resource_type} does not support attribute {{{attribute}}}"
                    )
                });
            }
        });
        found
    })
}

fn unsupported(scope: &Scope<'_>, arguments: &Expression) -> Option<(String, String)> {
    let texts: Vec<&str> = match arguments {
        // A name that is itself an expression could be any.
        Expression::List(items) => items
            .iter()
            .map(Expression::as_str)
            .collect::<Option<_>>()?,
        Expression::String(text) => text.split('.').collect(),
        _ => return None,
    };
    let (logical_id, attribute) = texts.split_first()?;
    let attribute = attribute.join(".");
    let resource = scope.resource(logical_id)?;
    let is_known = provider::supports_attribute(&resource.resource_type, &attribute);
    (!is_known).then(|| (resource.resource_type.clone(), attribute))
}
