//! A template as rules see it: resolved as far as it is known, in one scenario.
//!
//! What lives here: from values to Guard's own values, each with its path; which of them nobody knows, and where they
//! come from. What does not: what functions come to (`stratiform-resolve`).

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use cloudformation_guard_lang::path_value::{Location, MapValue, Path, PathAwareValue};
use indexmap::IndexMap;
use stratiform_catalog::{JsonType, Schema, catalog};
use stratiform_resolve::{Outcome, Resolved, Resolver, Scope, Segment, Whereabouts};
use stratiform_service::{AccountId, Region};
use stratiform_template::{
    Function, Map, Member, Output, Parameter, Reference, Resource, Template, Value,
};
use stratiform_validate::Scenario;

/// What is known of where a template is deployed.
#[derive(Clone, Copy, Debug, Default)]
pub struct Setting<'a> {
    /// The regions; any, where there are none.
    pub regions: &'a [&'a str],
    /// The stack's name.
    pub stack: Option<&'a str>,
    /// The account.
    pub account: Option<&'a AccountId>,
    /// Values that are given for parameters; the others have their defaults.
    pub parameters: Option<&'a IndexMap<String, String>>,
}

/// A template in one scenario.
pub(crate) struct Document {
    /// All of it.
    pub(crate) root: Rc<PathAwareValue>,
    /// The paths of what nobody knows: a function stands there.
    unknown: HashSet<String>,
    /// Where parts come from whose path in the template is another one.
    origins: HashMap<String, Vec<String>>,
}

/// What a value is to those that ask for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Known {
    /// It is what stands there.
    Value,
    /// Nobody knows it, and a function stands for it.
    Unknown,
    /// It is a part of the function that stands for something unknown: who asks for it asks for the form.
    Form,
}

impl Document {
    pub(crate) fn new(template: &Template, setting: &Setting<'_>, scenario: &Scenario) -> Document {
        Document::with(template, setting, scenario, None)
    }

    /// The same with a text in the place of whatever nobody knows.
    pub(crate) fn with(
        template: &Template,
        setting: &Setting<'_>,
        scenario: &Scenario,
        stand_in: Option<&str>,
    ) -> Document {
        let told = scenario.parameters.iter();
        let told = told.filter_map(|(name, text)| Some((name.clone(), text.clone()?)));
        let mut given: IndexMap<String, String> = setting.parameters.cloned().unwrap_or_default();
        let fixed: HashSet<String> = given.keys().cloned().collect();
        given.extend(told.filter(|(name, _)| !fixed.contains(name)));
        let text_of = |name: &str| scenario.parameters.get(name)?.as_deref();
        let region = match (setting.regions, text_of("AWS::Region")) {
            (_, Some(region)) => Region::new(region).ok(),
            ([only], None) => Region::new(*only).ok(),
            (_, None) => None,
        };
        let stack = setting.stack.or_else(|| text_of("AWS::StackName"));
        let mut hidden: Vec<&'static str> = Vec::new();
        if region.is_none() {
            hidden.extend(["AWS::Region", "AWS::Partition", "AWS::URLSuffix"]);
        }
        if stack.is_none() {
            hidden.push("AWS::StackName");
        }
        let Some(region) = region.or_else(|| Region::new("us-east-1").ok()) else {
            return Document::empty();
        };
        let place = Whereabouts {
            stack: stack.unwrap_or_default().to_owned(),
            region,
            account: setting.account.cloned(),
        };
        let mut scope = Scope::new(template, &given, &place);
        // A text that the template does not name is no default.
        let others = scenario
            .parameters
            .iter()
            .filter(|(_, text)| text.is_none());
        for (name, _) in others.filter(|(name, _)| !fixed.contains(*name)) {
            if let Some(parameter) = scope.parameters.get_mut(name.as_str()) {
                parameter.text = None;
            }
        }
        let assumed = scenario.conditions.iter();
        let assumed: Vec<(&str, bool)> = assumed
            .map(|(name, holds)| (name.as_str(), *holds))
            .collect();
        let scope = scope.assuming(&assumed, &place);
        let mut writer = Writer {
            scope: &scope,
            resolver: Resolver::new(&scope, &place),
            hidden: &hidden,
            stand_in,
            unknown: HashSet::new(),
            origins: HashMap::new(),
        };
        let root = writer.template(template);
        Document {
            root: Rc::new(root),
            unknown: writer.unknown,
            origins: writer.origins,
        }
    }

    fn empty() -> Document {
        Document {
            root: Rc::new(map("", Vec::new())),
            unknown: HashSet::new(),
            origins: HashMap::new(),
        }
    }

    /// What the value at a path is.
    pub(crate) fn known(&self, path: &str) -> Known {
        if self.unknown.contains(path) {
            return Known::Unknown;
        }
        let mut above = above(path);
        match above.any(|above| self.unknown.contains(above)) {
            true => Known::Form,
            false => Known::Value,
        }
    }

    /// Whether something that nobody knows is in the value at a path.
    pub(crate) fn has_unknown_below(&self, path: &str) -> bool {
        let is_below = |unknown: &String| {
            let rest = unknown.strip_prefix(path);
            rest.is_some_and(|rest| rest.starts_with('/'))
        };
        self.unknown.iter().any(is_below)
    }

    /// Whether nobody knows something of it.
    pub(crate) fn has_unknown(&self) -> bool {
        !self.unknown.is_empty()
    }

    /// The path of what nobody knows, which a path leads to or into.
    pub(crate) fn unknown_at<'p>(&self, path: &'p str) -> Option<&'p str> {
        let mut paths = std::iter::once(path).chain(above(path));
        paths.find(|path| self.unknown.contains(*path))
    }

    /// The path in the template of a path in the document.
    pub(crate) fn origin(&self, path: &str) -> Vec<String> {
        let mut paths = std::iter::once(path).chain(above(path));
        let from = paths.find_map(|above| Some((above.len(), self.origins.get(above)?)));
        let (length, from) = from.unwrap_or((0, const { &Vec::new() }));
        let rest = path.get(length..).unwrap_or_default();
        let rest = rest.split('/').filter(|step| !step.is_empty());
        from.iter()
            .cloned()
            .chain(rest.map(str::to_owned))
            .collect()
    }
}

/// The paths that lead to what a path is in, the nearest first.
fn above(path: &str) -> impl Iterator<Item = &str> {
    path.rmatch_indices('/')
        .map(|(position, _)| &path[..position])
}

/// A place in the document, and the same place in the template.
#[derive(Clone, Debug)]
struct Way {
    path: String,
    from: Vec<String>,
}

impl Way {
    fn key(&self, key: &str) -> Way {
        Way {
            path: format!("{}/{key}", self.path),
            from: self.from.iter().cloned().chain([key.to_owned()]).collect(),
        }
    }

    /// The same place in the document, further down in the template.
    fn from(&self, steps: &[&str]) -> Way {
        let steps = steps.iter().map(|step| (*step).to_owned());
        Way {
            path: self.path.clone(),
            from: self.from.iter().cloned().chain(steps).collect(),
        }
    }

    /// An item of a list, which may stand at another position there.
    fn item(&self, position: usize, written: usize) -> Way {
        Way {
            path: format!("{}/{position}", self.path),
            ..self.from(&[&written.to_string()])
        }
    }
}

struct Writer<'s, 't> {
    scope: &'s Scope<'t>,
    resolver: Resolver<'s, 't>,
    /// Pseudo parameters that nobody knows here.
    hidden: &'s [&'static str],
    /// What stands in the place of what nobody knows; its function, where there is nothing.
    stand_in: Option<&'s str>,
    unknown: HashSet<String>,
    origins: HashMap<String, Vec<String>>,
}

impl<'t> Writer<'_, 't> {
    fn template(&mut self, template: &'t Template) -> PathAwareValue {
        let top = Way {
            path: String::new(),
            from: Vec::new(),
        };
        let mut entries: Vec<(String, PathAwareValue)> = Vec::new();
        let mut put = |key: &str, value: Option<PathAwareValue>| {
            entries.extend(value.map(|value| (key.to_owned(), value)));
        };
        let line = |key: &str, line: &Option<String>| {
            let text = line.as_ref()?.clone();
            Some(string(&top.key(key).path, text))
        };
        put(
            "AWSTemplateFormatVersion",
            line("AWSTemplateFormatVersion", &template.format_version),
        );
        put("Description", line("Description", &template.description));
        let transform = match template.transform.as_slice() {
            [] => None,
            [only] => Some(raw(only, &top.key("Transform").path)),
            many => Some(list(
                &top.key("Transform").path,
                many.iter().enumerate().map(|(position, one)| {
                    raw(one, &format!("{}/{position}", top.key("Transform").path))
                }),
            )),
        };
        put("Transform", transform);
        for (key, section) in [
            ("Metadata", &template.metadata),
            ("Rules", &template.rules),
            ("Mappings", &template.mappings),
            ("Hooks", &template.hooks),
        ] {
            put(key, plain_section(section, &top.key(key).path));
        }
        let parameters = top.key("Parameters").path;
        let declared = template.parameters.iter();
        let declared = declared.map(|(name, declared)| {
            let path = format!("{parameters}/{name}");
            (name.clone(), parameter(declared, &path))
        });
        put("Parameters", filled(&parameters, declared.collect()));
        let conditions = top.key("Conditions").path;
        let written = template.conditions.iter().map(|(name, member)| {
            let path = format!("{conditions}/{name}");
            let value = match member {
                Member::One(value) | Member::Unexpanded(value) => raw(value, &path),
            };
            (name.clone(), value)
        });
        put("Conditions", filled(&conditions, written.collect()));
        let resources = top.key("Resources");
        let mut members = Vec::new();
        for (name, member) in &template.resources {
            let way = resources.key(name);
            match member {
                Member::One(resource) if self.scope.exists(resource.condition.as_deref()) => {
                    members.push((name.clone(), self.resource(resource, &way)));
                }
                Member::One(_) => {}
                Member::Unexpanded(value) => members.push((name.clone(), self.form(value, &way))),
            }
        }
        put("Resources", Some(map(&resources.path, members)));
        let outputs = top.key("Outputs");
        let mut members = Vec::new();
        for (name, member) in &template.outputs {
            let way = outputs.key(name);
            match member {
                Member::One(output) if self.scope.exists(output.condition.as_deref()) => {
                    members.push((name.clone(), self.output(output, &way)));
                }
                Member::One(_) => {}
                Member::Unexpanded(value) => members.push((name.clone(), self.form(value, &way))),
            }
        }
        put("Outputs", filled(&outputs.path, members));
        map("", entries)
    }

    fn resource(&mut self, resource: &'t Resource, way: &Way) -> PathAwareValue {
        let mut entries = Vec::new();
        let text =
            |key: &str, text: &str| (key.to_owned(), string(&way.key(key).path, text.to_owned()));
        entries.push(text("Type", &resource.resource_type));
        entries.extend(
            resource
                .condition
                .as_deref()
                .map(|name| text("Condition", name)),
        );
        if !resource.depends_on.is_empty() {
            let path = way.key("DependsOn").path;
            let names = resource.depends_on.iter().enumerate();
            let names =
                names.map(|(position, name)| string(&format!("{path}/{position}"), name.clone()));
            entries.push(("DependsOn".to_owned(), list(&path, names)));
        }
        for (key, value) in [
            ("DeletionPolicy", &resource.deletion_policy),
            ("UpdateReplacePolicy", &resource.update_replace_policy),
            ("CreationPolicy", &resource.creation_policy),
            ("UpdatePolicy", &resource.update_policy),
            ("Metadata", &resource.metadata),
        ] {
            let value = value
                .as_ref()
                .and_then(|value| self.value(value, &way.key(key), None));
            entries.extend(value.map(|value| (key.to_owned(), value)));
        }
        let schema = catalog().resource_type(&resource.resource_type);
        let schema = schema.map(|resource_type| resource_type.schema());
        let properties = way.key("Properties");
        let own = self.entries(&resource.properties, &properties, schema);
        // Where there are none, a rule that asks for one finds that the properties are missing.
        if !resource.properties.is_empty() {
            entries.push(("Properties".to_owned(), map(&properties.path, own)));
        }
        for (key, value) in &resource.unknown {
            entries.extend(
                self.value(value, &way.key(key), None)
                    .map(|value| (key.to_string(), value)),
            );
        }
        map(&way.path, entries)
    }

    fn output(&mut self, output: &'t Output, way: &Way) -> PathAwareValue {
        let mut entries = Vec::new();
        let text =
            |key: &str, text: &str| (key.to_owned(), string(&way.key(key).path, text.to_owned()));
        entries.extend(
            output
                .description
                .as_deref()
                .map(|line| text("Description", line)),
        );
        entries.extend(
            output
                .condition
                .as_deref()
                .map(|name| text("Condition", name)),
        );
        let value = self.value(&output.value, &way.key("Value"), None);
        entries.extend(value.map(|value| ("Value".to_owned(), value)));
        if let Some(name) = &output.export {
            let export = way.key("Export");
            let name = self.value(name, &export.key("Name"), None);
            let name = name.map(|name| ("Name".to_owned(), name));
            entries.push((
                "Export".to_owned(),
                map(&export.path, name.into_iter().collect()),
            ));
        }
        map(&way.path, entries)
    }

    fn entries(
        &mut self,
        entries: &'t Map,
        way: &Way,
        schema: Option<Schema>,
    ) -> Vec<(String, PathAwareValue)> {
        let mut written = Vec::new();
        for (key, value) in entries {
            let schema = schema.and_then(|schema| Some(schema.resolve().property(key)?.resolve()));
            let value = self.value(value, &way.key(key), schema);
            written.extend(value.map(|value| (key.to_string(), value)));
        }
        written
    }

    /// A value, where there is one.
    fn value(
        &mut self,
        value: &'t Value,
        way: &Way,
        schema: Option<Schema>,
    ) -> Option<PathAwareValue> {
        match value {
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
                Some(raw(value, &way.path))
            }
            Value::Map(entries) => {
                let entries = self.entries(entries, way, schema);
                Some(map(&way.path, entries))
            }
            Value::List(items) => {
                let schema = schema.and_then(|schema| Some(schema.resolve().items()?.resolve()));
                let mut written = Vec::new();
                for (position, item) in items.iter().enumerate() {
                    let place = way.item(written.len(), position);
                    if written.len() != position {
                        self.origins.insert(place.path.clone(), place.from.clone());
                    }
                    written.extend(self.value(item, &place, schema));
                }
                Some(list(&way.path, written.into_iter()))
            }
            Value::Function(function, argument) => {
                self.function(value, (*function, argument), way, schema)
            }
        }
    }

    fn function(
        &mut self,
        value: &'t Value,
        (function, argument): (Function, &'t Value),
        way: &Way,
        schema: Option<Schema>,
    ) -> Option<PathAwareValue> {
        // The branch that is taken is written as it is, and may have functions of its own.
        if let (Function::If, Some([Value::String(name), then, otherwise])) =
            (function, argument.as_list())
            && let Some(holds) = self.scope.condition(name)
        {
            let (branch, step) = if holds { (then, "1") } else { (otherwise, "2") };
            let way = way.from(&[Function::If.name(), step]);
            self.origins.insert(way.path.clone(), way.from.clone());
            return self.value(branch, &way, schema);
        }
        if self.is_hidden(value) {
            return Some(self.form(value, way));
        }
        let outcome = self.resolver.resolve(value);
        match &outcome {
            Outcome::Absent => None,
            Outcome::Value(resolved) if is_known(resolved) => {
                Some(known(resolved, &way.path, schema))
            }
            Outcome::Value(_) | Outcome::Unknown(_) | Outcome::Malformed { .. } => {
                Some(self.form(value, way))
            }
        }
    }

    /// Whether a value hangs on something that nobody says here.
    fn is_hidden(&self, value: &'t Value) -> bool {
        let mut is_hidden = false;
        value.for_each_reference(&mut |reference| {
            is_hidden |= matches!(reference, Reference::Name(name) if self.hidden.contains(&name));
        });
        is_hidden
    }

    /// What nobody knows, as it is written.
    fn form(&mut self, value: &Value, way: &Way) -> PathAwareValue {
        if let Some(text) = self.stand_in {
            return string(&way.path, text.to_owned());
        }
        self.unknown.insert(way.path.clone());
        raw(value, &way.path)
    }
}

/// Whether nothing in a value is hidden, or known to AWS alone.
fn is_known(value: &Resolved<'_>) -> bool {
    let mut is_known = true;
    value.for_each_text(&mut |text| {
        let mut segments = text.segments.iter();
        is_known &= segments.all(|segment| matches!(segment, Segment::Known(_)));
    });
    is_known
}

/// What a function comes to. Its text becomes a number, or `true`, where the property wants that.
fn known(value: &Resolved<'_>, path: &str, schema: Option<Schema>) -> PathAwareValue {
    match value {
        Resolved::Null => PathAwareValue::Null(at(path)),
        Resolved::Literal(_) | Resolved::Text(_) => {
            typed(value.known().unwrap_or_default().into_owned(), path, schema)
        }
        Resolved::List(items) => {
            let schema = schema.and_then(|schema| Some(schema.resolve().items()?.resolve()));
            let items = items.iter().enumerate();
            list(
                path,
                items.map(|(position, item)| known(item, &format!("{path}/{position}"), schema)),
            )
        }
        Resolved::Map(entries) => {
            let entries = entries.iter().map(|(key, value)| {
                let schema =
                    schema.and_then(|schema| Some(schema.resolve().property(key)?.resolve()));
                (
                    key.to_string(),
                    known(value, &format!("{path}/{key}"), schema),
                )
            });
            map(path, entries.collect())
        }
    }
}

fn typed(text: String, path: &str, schema: Option<Schema>) -> PathAwareValue {
    let types = schema
        .map(|schema| schema.resolve().types())
        .unwrap_or_default();
    let wants = |json_type| types.contains(json_type) && !types.contains(JsonType::String);
    if wants(JsonType::Boolean)
        && let Ok(boolean) = text.parse()
    {
        return PathAwareValue::Bool((at(path), boolean));
    }
    if wants(JsonType::Integer) || wants(JsonType::Number) {
        return number(&text, path).unwrap_or_else(|| string(path, text));
    }
    string(path, text)
}

fn number(text: &str, path: &str) -> Option<PathAwareValue> {
    if let Ok(integer) = text.parse() {
        return Some(PathAwareValue::Int((at(path), integer)));
    }
    let float = text.parse().ok()?;
    Some(PathAwareValue::Float((at(path), float)))
}

/// A value as it is written; functions in their long form.
fn raw(value: &Value, path: &str) -> PathAwareValue {
    match value {
        Value::Null => PathAwareValue::Null(at(path)),
        Value::Bool(boolean) => PathAwareValue::Bool((at(path), *boolean)),
        Value::Number(written) => {
            let text = written.as_str();
            number(text, path).unwrap_or_else(|| string(path, text.to_owned()))
        }
        Value::String(text) => string(path, text.to_string()),
        Value::List(items) => {
            let items = items.iter().enumerate();
            list(
                path,
                items.map(|(position, item)| raw(item, &format!("{path}/{position}"))),
            )
        }
        Value::Map(entries) => {
            let entries = entries.iter();
            let entries =
                entries.map(|(key, value)| (key.to_string(), raw(value, &format!("{path}/{key}"))));
            map(path, entries.collect())
        }
        Value::Function(function, argument) => {
            let name = function.name();
            map(
                path,
                vec![(name.to_owned(), raw(argument, &format!("{path}/{name}")))],
            )
        }
    }
}

fn parameter(declared: &Parameter, path: &str) -> PathAwareValue {
    let below = |key: &str| format!("{path}/{key}");
    let mut entries = vec![(
        "Type".to_owned(),
        string(&below("Type"), declared.parameter_type.clone()),
    )];
    let description = declared.description.clone();
    entries.extend(description.map(|line| {
        (
            "Description".to_owned(),
            string(&below("Description"), line),
        )
    }));
    let default = declared.default.as_ref();
    entries.extend(default.map(|value| ("Default".to_owned(), raw(value, &below("Default")))));
    let no_echo = declared.no_echo;
    entries.extend(no_echo.map(|is_hidden| {
        (
            "NoEcho".to_owned(),
            PathAwareValue::Bool((at(&below("NoEcho")), is_hidden)),
        )
    }));
    let constraints = declared.constraints.iter();
    entries.extend(constraints.map(|(key, value)| (key.to_string(), raw(value, &below(key)))));
    map(path, entries)
}

fn plain_section(section: &Map, path: &str) -> Option<PathAwareValue> {
    let entries = section.iter();
    let entries =
        entries.map(|(key, value)| (key.to_string(), raw(value, &format!("{path}/{key}"))));
    filled(path, entries.collect())
}

/// A section, where it has anything.
fn filled(path: &str, entries: Vec<(String, PathAwareValue)>) -> Option<PathAwareValue> {
    (!entries.is_empty()).then(|| map(path, entries))
}

fn at(path: &str) -> Path {
    Path(path.to_owned(), Location::default())
}

fn string(path: &str, text: String) -> PathAwareValue {
    PathAwareValue::String((at(path), text))
}

fn list(path: &str, items: impl Iterator<Item = PathAwareValue>) -> PathAwareValue {
    PathAwareValue::List((at(path), items.collect()))
}

fn map(path: &str, entries: Vec<(String, PathAwareValue)>) -> PathAwareValue {
    let keys = entries
        .iter()
        .map(|(key, _)| string(&format!("{path}/{key}"), key.clone()));
    let map = MapValue {
        keys: keys.collect(),
        values: entries
            .into_iter()
            .collect::<indexmap_of_guard::IndexMap<_, _>>(),
    };
    PathAwareValue::Map((at(path), map))
}
