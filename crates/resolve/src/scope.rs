//! A template whose parameters and conditions have values.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};

use indexmap::IndexMap;
use stratiform_template::{Member, Parameter, Resource, Template, Value};

use crate::resolved::Resolved;
use crate::sensitive::is_sensitive;
use crate::text::{Secret, Segment, Time, Use};
use crate::world::World;

/// A template whose parameters and conditions have values, as far as they can be known.
#[derive(Clone, Debug)]
pub struct Scope<'t> {
    /// The template.
    pub template: &'t Template,
    /// The declared parameters with their values.
    pub parameters: HashMap<&'t str, ParameterValue<'t>>,
    /// The value of each condition, where it can be known.
    pub(crate) conditions: HashMap<&'t str, Option<bool>>,
    /// What each condition without a value is made from, through others too: two of the same words can differ.
    pub(crate) bases: HashMap<&'t str, u64>,
    /// Parameters, pseudo parameters too, that are supposed to have a text which the template does not name.
    pub(crate) others: BTreeSet<String>,
    /// The place of each condition in an order in which it comes after those that it names.
    pub(crate) ranks: HashMap<&'t str, usize>,
}

/// The value of a parameter.
#[derive(Clone, Debug)]
pub struct ParameterValue<'t> {
    /// What the template says of it.
    pub declaration: &'t Parameter,
    /// The text; `None` where neither a value nor a default is given.
    pub text: Option<Cow<'t, str>>,
    /// Whether the value is given, and no default.
    pub is_given: bool,
}

impl<'t> Scope<'t> {
    /// A template with the values that are given for its parameters; the others have their defaults.
    pub fn new(
        template: &'t Template,
        given: &'t IndexMap<String, String>,
        world: &dyn World,
    ) -> Self {
        let parameters = template.parameters.iter().map(|(name, declaration)| {
            let given = given.get(name).map(|text| Cow::Borrowed(text.as_str()));
            let is_given = given.is_some();
            let value = ParameterValue {
                declaration,
                text: given.or_else(|| declaration.default.as_ref()?.scalar()),
                is_given,
            };
            (name.as_str(), value)
        });
        let mut scope = Scope {
            template,
            parameters: parameters.collect(),
            conditions: HashMap::new(),
            bases: HashMap::new(),
            others: BTreeSet::new(),
            ranks: HashMap::new(),
        };
        scope.evaluate_conditions(&[], world);
        scope
    }

    /// The same, where some conditions are taken to hold or not to hold, whatever their expressions say.
    pub fn assuming(&self, assumed: &[(&str, bool)], world: &dyn World) -> Self {
        let mut scope = self.clone();
        scope.evaluate_conditions(assumed, world);
        scope
    }

    /// The resources that exist. One whose condition is not known counts as existing.
    pub fn resources(&self) -> impl Iterator<Item = (&'t str, &'t Resource)> {
        let resources = self.template.each_resource();
        resources.filter(|(_, resource)| self.exists(resource.condition.as_deref()))
    }

    /// A resource that exists.
    pub fn resource(&self, logical_id: &str) -> Option<&'t Resource> {
        match self.template.resources.get(logical_id)? {
            Member::One(resource) if self.exists(resource.condition.as_deref()) => Some(resource),
            Member::One(_) | Member::Unexpanded(_) => None,
        }
    }

    /// Whether what has this condition exists.
    pub fn exists(&self, condition: Option<&str>) -> bool {
        condition.is_none_or(|name| self.condition(name) != Some(false))
    }

    /// The value of a condition, where it can be known.
    pub fn condition(&self, name: &str) -> Option<bool> {
        self.conditions.get(name).copied().flatten()
    }

    /// The conditions whose values are others than on another side, or could be: what is not known here could be
    /// anything, unless it is written the same.
    pub fn changed_conditions(&self, other: &Scope<'_>) -> impl Iterator<Item = &'t str> {
        let changed = self.conditions.iter().filter(|(name, value)| match value {
            Some(value) => other.condition(name) != Some(*value),
            None => self.bases.get(*name) != other.bases.get(*name),
        });
        let changed: Vec<&'t str> = changed.map(|(name, _)| *name).collect();
        changed.into_iter()
    }
}

impl<'t> ParameterValue<'t> {
    /// Whether the value is read from the Systems Manager parameter that the text names.
    pub fn is_looked_up(&self) -> bool {
        self.declaration.is_looked_up()
    }

    /// Whether `Ref` gives a list.
    pub fn is_list(&self) -> bool {
        self.declaration.is_list()
    }

    /// Whether nobody may see the value.
    pub fn is_secret(&self, name: &str) -> bool {
        self.declaration.no_echo == Some(true) || is_sensitive(name)
    }

    /// The texts that are allowed, where the template lists them.
    pub(crate) fn allowed(&self) -> Option<Vec<Cow<'t, str>>> {
        let values = self.declaration.constraints.get("AllowedValues")?;
        values.as_list()?.iter().map(Value::scalar).collect()
    }

    /// The value as `Ref` gives it.
    pub fn resolved(&self, name: &str, world: &dyn World) -> Resolved<'t> {
        match &self.text {
            Some(text) if self.is_secret(name) => {
                let uses = vec![Use::Parameter(name.to_owned())];
                Resolved::text(vec![Segment::Secret(Secret::new(text.as_ref()))], uses)
            }
            _ => self.revealed(name, world),
        }
    }

    /// The value as it is, secret or not.
    pub(crate) fn revealed(&self, name: &str, world: &dyn World) -> Resolved<'t> {
        let uses = vec![Use::Parameter(name.to_owned())];
        let Some(text) = &self.text else {
            return Resolved::unknown(name, Time::Now, uses);
        };
        let text = match self.is_looked_up() {
            false => Cow::Borrowed(text.as_ref()),
            true => match world.looked_up(text) {
                Some(value) => Cow::Owned(value),
                None => {
                    let what = format!("{name}: value of the Systems Manager parameter {text}");
                    return Resolved::unknown(what, Time::Now, uses);
                }
            },
        };
        if self.is_list() {
            let items = text.split(',').map(|item| {
                Resolved::text(vec![Segment::Known(item.trim().to_owned())], uses.clone())
            });
            return Resolved::List(items.collect());
        }
        Resolved::text(vec![Segment::Known(text.into_owned())], uses)
    }
}
