//! From expressions to values.

mod assumed;
pub(crate) mod branch;
mod condition;
mod function;

use std::borrow::Cow;

use stratiform_template::{Map, Path, Step, Value};

use crate::outcome::Outcome;
use crate::resolved::{Entries, Resolved};
use crate::resolver::assumed::Assumed;
use crate::scope::{ParameterValue, Scope};
use crate::sensitive::{concealed, is_pair_of_secret, is_sensitive, is_value_of_pair};
use crate::text::{Segment, Time};
use crate::world::World;

/// Resolves the values of a scope in a world.
#[derive(Clone, Copy)]
pub struct Resolver<'s, 't> {
    /// The template with its parameters and conditions.
    pub scope: &'s Scope<'t>,
    /// What is around it.
    pub world: &'s dyn World,
    /// Whether what is being resolved must not be seen.
    exposure: Exposure,
    /// The way from where the resolver began.
    path: Option<&'s Path<'s>>,
    /// The branch that is being looked at.
    assumed: Option<&'s Assumed<'t>>,
    /// Whether an unknown function is still to be tried branch by branch.
    branching: Branching,
}

/// May a value be seen?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Exposure {
    Open,
    Secret,
    /// Whatever it is: whoever asks passes it on, and shows it to nobody.
    Revealed,
}

/// Is an unknown function tried branch by branch? The outermost one is; what is in it comes with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Branching {
    Outermost,
    Done,
}

impl<'s, 't> Resolver<'s, 't> {
    /// A resolver that begins at the top of a value.
    pub fn new(scope: &'s Scope<'t>, world: &'s dyn World) -> Self {
        Resolver {
            scope,
            world,
            exposure: Exposure::Open,
            path: None,
            assumed: None,
            branching: Branching::Outermost,
        }
    }

    /// A resolver that begins at a place in the template, which findings then name.
    pub fn at(self, path: &'s Path<'s>) -> Self {
        Resolver {
            path: Some(path),
            ..self
        }
    }

    /// The same resolver for whoever acts on values and shows them to nobody: secrets are what they are.
    pub fn revealing(self) -> Self {
        Resolver {
            exposure: Exposure::Revealed,
            ..self
        }
    }

    /// What a value comes to.
    pub fn resolve(&self, value: &'t Value) -> Outcome<'t> {
        match value {
            Value::Null => Resolved::Null.into(),
            Value::Bool(_) | Value::Number(_) | Value::String(_) => match value.scalar() {
                Some(text) => self.seen(Resolved::Literal(text).into()),
                None => Outcome::Absent,
            },
            Value::List(items) => {
                let mut resolved = Vec::with_capacity(items.len());
                let items = items.iter().enumerate();
                resolved
                    .extend(items.filter_map(|(index, item)| self.item(Step::Index(index), item)));
                Resolved::List(resolved).into()
            }
            Value::Map(entries) => Resolved::Map(self.entries(entries)).into(),
            Value::Function(function, argument) => {
                let path = Path {
                    up: self.path,
                    step: Step::Key(function.name()),
                };
                let here = self.at(&path);
                here.seen(here.function(value, *function, argument))
            }
        }
    }

    /// The entries of a map, without those that are absent; secrets are hidden.
    pub fn entries(&self, entries: &'t Map) -> Entries<'t> {
        let telling = is_pair_of_secret(entries);
        let resolved = entries.iter().filter_map(|(key, value)| {
            let secret = is_sensitive(key) || telling && is_value_of_pair(key);
            let value = self.concealing(secret).item(Step::Key(key), value)?;
            Some((Cow::Borrowed(key.as_str()), value))
        });
        Entries::distinct(entries.len(), resolved)
    }

    /// One entry of a map, as [`Resolver::entries`] has it.
    pub fn entry(&self, entries: &'t Map, key: &str) -> Option<Resolved<'t>> {
        let value = entries.get(key)?;
        let telling = is_pair_of_secret(entries);
        let secret = is_sensitive(key) || telling && is_value_of_pair(key);
        self.concealing(secret).item(Step::Key(key), value)
    }

    /// A part of a value, one step further down.
    pub(crate) fn item(&self, step: Step<'_>, value: &'t Value) -> Option<Resolved<'t>> {
        let path = Path {
            up: self.path,
            step,
        };
        self.at(&path).resolve(value).part()
    }

    /// The same resolver for a value that is secret, or is not by its name.
    fn concealing(self, secret: bool) -> Self {
        let exposure = match (self.exposure, secret) {
            (Exposure::Revealed, _) => Exposure::Revealed,
            (Exposure::Open | Exposure::Secret, true) => Exposure::Secret,
            (Exposure::Open | Exposure::Secret, false) => Exposure::Open,
        };
        Resolver { exposure, ..self }
    }

    /// The same resolver for a value that is secret if what it is in is, or by its own name.
    pub(crate) fn concealing_also(self, secret: bool) -> Self {
        match secret {
            true => self.concealing(true),
            false => self,
        }
    }

    /// The same resolver for names of things, which are no secrets even where what they name is one.
    pub(crate) fn naming(self) -> Self {
        self.concealing(false)
    }

    /// The outcome as it may be seen.
    fn seen(&self, outcome: Outcome<'t>) -> Outcome<'t> {
        match (self.exposure, outcome) {
            (Exposure::Secret, Outcome::Value(value)) => Outcome::Value(concealed(value)),
            (_, outcome) => outcome,
        }
    }

    /// The same resolver for what is inside of a function: branches are its business.
    pub(crate) fn inside(self) -> Self {
        Resolver {
            branching: Branching::Done,
            ..self
        }
    }

    /// The same resolver in one branch.
    pub(crate) fn in_branch<'a>(self, assumed: &'a Assumed<'t>) -> Resolver<'a, 't>
    where
        's: 'a,
    {
        Resolver {
            assumed: Some(assumed),
            ..self.inside()
        }
    }

    /// The branch that is being looked at.
    pub(crate) fn branch(&self) -> Option<&'s Assumed<'t>> {
        self.assumed
    }

    /// Whether branches may be looked at: not inside of one, nor inside of a function.
    pub(crate) fn may_branch(&self) -> bool {
        self.assumed.is_none() && self.branching == Branching::Outermost
    }

    /// The steps from where the resolver began.
    pub(crate) fn steps(&self) -> Vec<String> {
        self.path.map(Path::steps).unwrap_or_default()
    }

    /// A condition's value, in the branch that is being looked at.
    pub(crate) fn condition(&self, name: &str) -> Option<bool> {
        let assumed = self
            .assumed
            .and_then(|assumed| assumed.conditions.get(name));
        assumed.copied().or_else(|| self.scope.condition(name))
    }

    /// `Ref`: a parameter, a pseudo parameter or a resource.
    pub(crate) fn reference(&self, name: &str) -> Outcome<'t> {
        if let Some(parameter) = self.scope.parameters.get(name) {
            let assumed = self
                .assumed
                .and_then(|assumed| assumed.parameters.get(name));
            let assumed = assumed.map(|text| ParameterValue {
                text: Some(text.clone()),
                ..parameter.clone()
            });
            let parameter = assumed.as_ref().unwrap_or(parameter);
            let value = match self.exposure {
                Exposure::Revealed => parameter.revealed(name, self.world),
                Exposure::Open | Exposure::Secret => parameter.resolved(name, self.world),
            };
            return value.into();
        }
        match name.strip_prefix("AWS::") {
            Some(pseudo) => self.pseudo(pseudo),
            None => self.world.resource(name, None).into(),
        }
    }

    fn pseudo(&self, name: &str) -> Outcome<'t> {
        let place = self.world.place();
        let text = match name {
            "NoValue" => return Outcome::Absent,
            "Region" => place.region.as_str(),
            "StackName" => place.stack.as_str(),
            "Partition" => place.region.partition(),
            "URLSuffix" => place.region.url_suffix(),
            _ => {
                if let Some(value) = self.world.pseudo(name) {
                    return value.into();
                }
                let account = place.account.as_ref().filter(|_| name == "AccountId");
                return match account {
                    // Not a literal: whoever reads it can tell the own account from one that the template names.
                    Some(account) => {
                        Resolved::text(vec![Segment::Known(account.to_string())], Vec::new())
                    }
                    None => Resolved::unknown(format!("AWS::{name}"), Time::Now, Vec::new()),
                }
                .into();
            }
        };
        Resolved::literal(text.to_owned()).into()
    }
}
