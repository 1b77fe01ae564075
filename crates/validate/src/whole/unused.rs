//! Parameters, mappings and conditions that nothing refers to. `W2001`, `W7001`, `W8001`.

use std::collections::HashSet;

use stratiform_finding::words::shortened;
use stratiform_finding::{Code, Finding, Level};
use stratiform_template::{Function, Map, Member, Reference, Section, Template, Text, Value};

use super::{section, told};
use crate::scene::is_transformed;

/// Asks of a template as it is written: what is written out has lost the collections of its loops.
pub(crate) fn check(template: &Template, findings: &mut Vec<Finding>) {
    if is_transformed(template) {
        return;
    }
    let mut used = Used::default();
    used.template(template);
    if used.is_hidden {
        return;
    }
    let mut tell = |of, name: &str, code, what: &str, help| {
        let what = format!("{what} `{}` is not used", shortened(name));
        let path = section(of);
        findings.push(told(
            &path.key(name),
            (code, Level::Warning),
            what,
            "",
            help,
        ));
    };
    let unused = |name: &&String| !used.names.contains(name.as_str());
    for name in template.parameters.keys().filter(unused) {
        let help = "refer to it, or remove it";
        tell("Parameters", name, Code::UnusedParameter, "parameter", help);
    }
    let is_map = |name: &&str| !name.starts_with("Fn::");
    let mappings = template.mappings.keys().map(Text::as_str).filter(is_map);
    for name in mappings.filter(|name| !used.any_mapping && !used.mappings.contains(name)) {
        let help = "look into it with `Fn::FindInMap`, or remove it";
        tell("Mappings", name, Code::UnusedMapping, "mapping", help);
    }
    let conditions = template
        .conditions
        .keys()
        .map(String::as_str)
        .filter(is_map);
    for name in conditions.filter(|name| !used.any_condition && !used.conditions.contains(name)) {
        let help = "give something this condition, or remove it";
        tell("Conditions", name, Code::UnusedCondition, "condition", help);
    }
}

#[derive(Default)]
struct Used<'t> {
    names: HashSet<&'t str>,
    mappings: HashSet<&'t str>,
    conditions: HashSet<&'t str>,
    any_mapping: bool,
    any_condition: bool,
    /// A macro may use what is not seen here.
    is_hidden: bool,
}

impl<'t> Used<'t> {
    fn template(&mut self, template: &'t Template) {
        self.section(&template.resources, |used, resource| {
            used.conditions(resource.condition.as_deref());
            resource.values().for_each(|value| used.value(value));
            resource
                .unknown
                .values()
                .for_each(|value| used.value(value));
            used.keys(&resource.properties);
        });
        self.section(&template.outputs, |used, output| {
            used.conditions(output.condition.as_deref());
            used.value(&output.value);
            output.export.iter().for_each(|value| used.value(value));
        });
        self.section(&template.conditions, Self::value);
        let whole = [
            &template.rules,
            &template.mappings,
            &template.hooks,
            &template.unknown,
            &template.metadata,
        ];
        for entries in whole {
            self.keys(entries);
            entries.values().for_each(|value| self.value(value));
        }
        template
            .transform
            .iter()
            .for_each(|value| self.value(value));
    }

    fn section<T>(&mut self, section: &'t Section<T>, one: impl Fn(&mut Self, &'t T)) {
        for (name, member) in section {
            match member {
                Member::One(member) => one(self, member),
                Member::Unexpanded(value) => {
                    self.is_hidden |= name.starts_with("Fn::Transform");
                    self.value(value);
                }
            }
        }
    }

    fn keys(&mut self, entries: &Map) {
        let is_macro = |key: &Text| key.starts_with("Fn::Transform");
        self.is_hidden |= entries.keys().any(is_macro);
    }

    fn conditions(&mut self, name: Option<&'t str>) {
        self.conditions.extend(name);
    }

    fn value(&mut self, value: &'t Value) {
        value.walk(&mut |value| match value {
            Value::Map(entries) => {
                self.keys(entries);
                // A resource in a loop has its condition like any other.
                self.conditions(entries.get("Condition").and_then(Value::as_str));
            }
            // Nobody evaluates a function there: that is told, and which condition was meant is not known.
            Value::Function(Function::If, branches)
                if matches!(branches.as_list(), Some([Value::Function(..), ..])) =>
            {
                self.any_condition = true;
            }
            Value::Function(Function::Transform, _) => self.is_hidden = true,
            // What these name are parameters.
            Value::Function(Function::ValueOf | Function::ValueOfAll, argument) => {
                let name = argument.as_list().and_then(|items| items.first()?.as_str());
                self.names.extend(name);
            }
            Value::Function(Function::RefAll, _) => self.is_hidden = true,
            // What could not be read may have used it.
            Value::Null => self.is_hidden = true,
            _ => {}
        });
        value.for_each_reference(&mut |reference| match reference {
            Reference::Name(name) => drop(self.names.insert(name)),
            Reference::Mapping(name) => {
                self.any_mapping |= is_open(name);
                self.mappings.insert(name);
            }
            Reference::Condition(name) => {
                self.any_condition |= is_open(name);
                self.conditions.insert(name);
            }
            Reference::Anything => {
                self.any_mapping = true;
                self.any_condition = true;
            }
            Reference::Attribute { .. } | Reference::Export(_) | Reference::Output(_) => {}
        });
    }
}

/// Whether a loop writes a part of a name.
fn is_open(name: &str) -> bool {
    name.contains("${") || name.contains("&{")
}
