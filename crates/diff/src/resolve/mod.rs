//! From expressions to values: one side of a comparison, with its parameters, mappings and conditions.
//!
//! What lives here: evaluating intrinsic functions as far as they can be known without AWS. What does not: deciding
//! what a difference means.

mod arithmetic;
mod condition;
mod function;

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use indexmap::IndexMap;
use stratiform_catalog::catalog;
use stratiform_template::{Function, Member, Parameter, Resource, Template, Value};

use crate::input::{Place, Side};
use crate::resolved::{Resolved, Secret, Segment, Style, Time, Use};
use crate::sensitive::{concealed, is_pair_of_secret, is_sensitive, is_value_of_pair};

/// How many attributes of attributes are followed when looking for a current value.
const MAX_HOPS: usize = 16;

/// One side: a template whose parameters and conditions have values.
pub(crate) struct Scope<'t> {
    pub template: &'t Template,
    pub parameters: HashMap<&'t str, ParameterValue<'t>>,
    pub tags: &'t IndexMap<String, String>,
    pub place: &'t Place,
    conditions: HashMap<&'t str, Option<bool>>,
    hops: Cell<usize>,
    /// Current values that have been looked up, by resource and property.
    current: RefCell<HashMap<(String, String), Option<String>>>,
}

/// The value of a parameter.
#[derive(Clone)]
pub(crate) struct ParameterValue<'t> {
    pub declaration: &'t Parameter,
    /// The text; `None` where neither a value nor a default is given.
    pub text: Option<Cow<'t, str>>,
    /// Whether the value is given, and no default.
    pub is_given: bool,
}

impl ParameterValue<'_> {
    /// Whether the value is read from the Systems Manager parameter that the text names.
    pub(crate) fn is_looked_up(&self) -> bool {
        let name = self.declaration.parameter_type.as_str();
        name.starts_with("AWS::SSM::Parameter::Value<")
    }

    fn is_list(&self) -> bool {
        let name = self.declaration.parameter_type.as_str();
        name == "CommaDelimitedList" || name.starts_with("List<")
    }

    fn is_secret(&self) -> bool {
        self.declaration.no_echo == Some(true)
    }
}

/// The resources that do not exist yet, or will be others after the change.
pub(crate) type Times<'t> = HashMap<&'t str, Time>;

impl<'t> Scope<'t> {
    pub(crate) fn new(side: &'t Side<'_>, place: &'t Place) -> Self {
        let parameters = side.template.parameters.iter().map(|(name, declaration)| {
            let given = side
                .parameters
                .get(name)
                .map(|text| Cow::Borrowed(text.as_str()));
            let is_given = given.is_some();
            let text = given.or_else(|| scalar(declaration.default.as_ref()?));
            (
                name.as_str(),
                ParameterValue {
                    declaration,
                    text,
                    is_given,
                },
            )
        });
        let mut scope = Scope {
            template: side.template,
            parameters: parameters.collect(),
            tags: &side.tags,
            place,
            conditions: HashMap::new(),
            hops: Cell::new(0),
            current: RefCell::default(),
        };
        scope.evaluate_conditions();
        scope
    }

    /// The resources that exist on this side. One whose condition is not known counts as existing.
    pub(crate) fn resources(&self) -> impl Iterator<Item = (&'t str, &'t Resource)> {
        self.template
            .resources
            .iter()
            .filter_map(|(id, member)| match member {
                Member::One(resource) if self.exists(resource.condition.as_deref()) => {
                    Some((id.as_str(), resource))
                }
                Member::One(_) | Member::ForEach(_) => None,
            })
    }

    /// A resource that exists on this side.
    pub(crate) fn resource(&self, logical_id: &str) -> Option<&'t Resource> {
        match self.template.resources.get(logical_id)? {
            Member::One(resource) if self.exists(resource.condition.as_deref()) => Some(resource),
            Member::One(_) | Member::ForEach(_) => None,
        }
    }

    /// Whether what has this condition exists.
    pub(crate) fn exists(&self, condition: Option<&str>) -> bool {
        condition.is_none_or(|name| self.condition(name) != Some(false))
    }

    /// The conditions whose values are others than on another side, or could be: what is not known here could be
    /// anything, unless it is written the same.
    pub(crate) fn changed_conditions(&self, other: &Scope<'_>) -> impl Iterator<Item = &'t str> {
        let written = |scope: &Scope<'_>, name: &str| scope.template.conditions.get(name).cloned();
        let changed = self
            .conditions
            .iter()
            .filter(move |(name, value)| match value {
                Some(value) => other.condition(name) != Some(*value),
                None => written(self, name) != written(other, name),
            });
        changed
            .map(|(name, _)| *name)
            .collect::<Vec<_>>()
            .into_iter()
    }

    /// The value of a condition, where it can be known.
    pub(crate) fn condition(&self, name: &str) -> Option<bool> {
        self.conditions.get(name).copied().flatten()
    }
}

fn scalar(value: &Value) -> Option<Cow<'_, str>> {
    match value {
        Value::String(text) => Some(Cow::Borrowed(text)),
        Value::Number(number) => Some(Cow::Borrowed(number.as_str())),
        Value::Bool(boolean) => Some(Cow::Borrowed(if *boolean { "true" } else { "false" })),
        Value::Null | Value::List(_) | Value::Map(_) | Value::Function(..) => None,
    }
}

/// Resolves the values of one side.
#[derive(Clone, Copy)]
pub(crate) struct Resolver<'s, 't> {
    /// The side.
    pub scope: &'s Scope<'t>,
    /// The side that exists now: the source of current values.
    pub before: Option<&'s Scope<'t>>,
    /// Which resources only exist after the change.
    pub times: Option<&'s Times<'t>>,
    /// Whether what is being resolved must not be seen.
    pub secret: bool,
}

impl<'s, 't> Resolver<'s, 't> {
    /// The side before: every resource is the one that exists.
    pub(crate) fn before(scope: &'s Scope<'t>) -> Self {
        Resolver {
            scope,
            before: Some(scope),
            times: None,
            secret: false,
        }
    }

    /// A value without functions; `None` for `AWS::NoValue`.
    pub(crate) fn resolve(&self, value: &'t Value) -> Option<Resolved<'t>> {
        match value {
            Value::Null => Some(Resolved::Null),
            Value::Bool(_) | Value::Number(_) | Value::String(_) => {
                let literal = scalar(value).map(Resolved::Literal);
                if self.secret {
                    literal.map(concealed)
                } else {
                    literal
                }
            }
            Value::List(items) => Some(Resolved::List(
                items.iter().filter_map(|item| self.resolve(item)).collect(),
            )),
            Value::Map(entries) => Some(Resolved::Map(self.entries(entries))),
            Value::Function(function, argument) => {
                let result = self.function(*function, argument);
                if self.secret {
                    result.map(concealed)
                } else {
                    result
                }
            }
        }
    }

    /// The entries of a map, without those that are `AWS::NoValue`; secrets are hidden.
    pub(crate) fn entries(
        &self,
        entries: &'t IndexMap<String, Value>,
    ) -> IndexMap<Cow<'t, str>, Resolved<'t>> {
        let telling = is_pair_of_secret(entries);
        let resolved = entries.iter().filter_map(|(key, value)| {
            Some((
                Cow::Borrowed(key.as_str()),
                self.entry(key, value, telling)?,
            ))
        });
        resolved.collect()
    }

    /// One entry of a map, by its key.
    fn entry(&self, key: &str, value: &'t Value, telling: bool) -> Option<Resolved<'t>> {
        let secret = is_sensitive(key) || telling && is_value_of_pair(key);
        Resolver { secret, ..*self }.resolve(value)
    }

    /// `Ref`: a parameter, a pseudo parameter or a resource.
    fn reference(&self, name: &str) -> Option<Resolved<'t>> {
        if let Some(parameter) = self.scope.parameters.get(name) {
            return Some(parameter_value(name, parameter));
        }
        if let Some(pseudo) = name.strip_prefix("AWS::") {
            return self.pseudo(pseudo);
        }
        Some(self.of_resource(name, None))
    }

    fn pseudo(&self, name: &str) -> Option<Resolved<'t>> {
        let place = self.scope.place;
        let text = match name {
            "NoValue" => return None,
            "Region" => place.region.as_str(),
            "StackName" => place.stack.as_str(),
            "Partition" => place.partition(),
            "URLSuffix" => place.url_suffix(),
            // Not a literal: whoever reads it can tell the own account from one that the template names.
            "AccountId" if place.account.is_some() => {
                let account = place.account.clone().unwrap_or_default();
                return Some(Resolved::text(vec![Segment::Known(account)], Vec::new()));
            }
            _ => {
                return Some(Resolved::unknown(
                    format!("AWS::{name}"),
                    Time::Now,
                    Vec::new(),
                ));
            }
        };
        Some(Resolved::literal(text.to_owned()))
    }

    /// `Ref` (no attribute) or `Fn::GetAtt` of a resource.
    fn of_resource(&self, logical_id: &str, attribute: Option<&str>) -> Resolved<'t> {
        let time = self
            .times
            .and_then(|times| times.get(logical_id).copied())
            .unwrap_or(Time::Now);
        let now = match time {
            Time::Now => self.current(logical_id, attribute),
            Time::AfterApply => None,
        };
        let used = match attribute {
            None => Use::Reference(logical_id.to_owned()),
            Some(attribute) => Use::Attribute(logical_id.to_owned(), attribute.to_owned()),
        };
        let segment = Segment::Resource {
            logical_id: logical_id.to_owned(),
            attribute: attribute.map(str::to_owned),
            time,
            now,
        };
        Resolved::text(vec![segment], vec![used])
    }

    /// What `Ref` or an attribute is now, where a property of the resource that exists says it.
    fn current(&self, logical_id: &str, attribute: Option<&str>) -> Option<String> {
        let before = self.before?;
        let resource = before.resource(logical_id)?;
        let resource_type = catalog().resource_type(&resource.resource_type)?;
        let property = match attribute {
            Some(attribute) => attribute,
            // `Ref` is the primary identifier. Where that has several parts, or AWS chooses it, nothing is known.
            None => {
                let mut identifier = resource_type.primary_identifier();
                let first = identifier.next()?;
                if identifier.next().is_some() {
                    return None;
                }
                first.as_str()
            }
        };
        if resource_type
            .read_only()
            .any(|path| path.as_str() == property)
        {
            return None;
        }
        let key = (logical_id.to_owned(), property.to_owned());
        if let Some(known) = before.current.borrow().get(&key) {
            return known.clone();
        }
        let value = resource.properties.get(property)?;
        let hops = before.hops.get();
        if hops >= MAX_HOPS {
            return None;
        }
        before.hops.set(hops + 1);
        let telling = is_pair_of_secret(&resource.properties);
        let resolved = Resolver::before(before).entry(property, value, telling);
        before.hops.set(hops);
        let current = resolved.as_ref().and_then(settled);
        before.current.borrow_mut().insert(key, current.clone());
        current
    }

    /// A function that cannot be evaluated here: known by its name and arguments.
    fn opaque(&self, function: Function, arguments: &[&Resolved<'t>]) -> Resolved<'t> {
        self.opaque_on(function, arguments, 0)
    }

    /// The same, where more than the arguments decides: the content of a mapping, the expression of a condition.
    fn opaque_on(
        &self,
        function: Function,
        arguments: &[&Resolved<'t>],
        basis: u64,
    ) -> Resolved<'t> {
        let shown: Vec<String> = arguments
            .iter()
            .map(|argument| argument.shown(Style::Expression))
            .collect();
        let what = format!("{function} {}", shown.join(" "));
        let mut uses = Vec::new();
        let mut time = Time::Now;
        let mut secrets = String::new();
        for argument in arguments {
            argument.for_each_text(&mut |text| {
                uses.extend(text.uses.iter().cloned());
                time = time.max(text.time());
                for segment in &text.segments {
                    if let Segment::Secret(secret) = segment {
                        secrets += secret.reveal();
                    }
                }
            });
        }
        uses.sort();
        uses.dedup();
        let mut segments = Vec::new();
        if secrets.is_empty() {
            segments.push(Segment::Unknown { what, time, basis });
        } else {
            segments.push(Segment::Secret(Secret::new(format!(
                "{what}{secrets}{basis}"
            ))));
            if time == Time::AfterApply {
                let what = function.to_string();
                segments.push(Segment::Unknown { what, time, basis });
            }
        }
        Resolved::text(segments, uses)
    }
}

/// A digest for comparing within one run.
fn digest(value: &impl std::fmt::Debug) -> u64 {
    let mut hasher = DefaultHasher::new();
    format!("{value:?}").hash(&mut hasher);
    hasher.finish()
}

/// A value that is known before the change.
fn settled(resolved: &Resolved<'_>) -> Option<String> {
    match resolved {
        Resolved::Text(text) => match text.segments.as_slice() {
            [Segment::Resource { now, .. }] => now.clone(),
            _ => resolved.known().map(Cow::into_owned),
        },
        resolved => resolved.known().map(Cow::into_owned),
    }
}

/// The value of a parameter as `Ref` gives it.
pub(crate) fn parameter_value<'t>(name: &str, parameter: &ParameterValue<'t>) -> Resolved<'t> {
    let uses = vec![Use::Parameter(name.to_owned())];
    let Some(text) = &parameter.text else {
        return Resolved::unknown(name, Time::Now, uses);
    };
    if parameter.is_secret() || is_sensitive(name) {
        return Resolved::text(vec![Segment::Secret(Secret::new(text.as_ref()))], uses);
    }
    if parameter.is_looked_up() {
        let what = format!("{name}: value of the Systems Manager parameter {text}");
        return Resolved::unknown(what, Time::Now, uses);
    }
    if parameter.is_list() {
        let items = text
            .split(',')
            .map(|item| Resolved::text(vec![Segment::Known(item.trim().to_owned())], uses.clone()));
        return Resolved::List(items.collect());
    }
    Resolved::text(vec![Segment::Known(text.to_string())], uses)
}
