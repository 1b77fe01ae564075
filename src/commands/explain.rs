//! `explain`: where a value of a template comes from, who refers to it, and what changing it would do.
//!
//! What lives here: from a target to facts. What does not: the search for origins ([`crate::provenance`]), what a change
//! means (`stratiform-diff`), and how it is shown.

mod change;
pub(crate) mod code;
mod imported;
mod referring;
mod target;

use stratiform_assembly::{Assembly, StackAt};
use stratiform_bootstrap::assemblies;
use stratiform_catalog::catalog;
use stratiform_environment::Loaded;
use stratiform_finding::Code;
use stratiform_template::{Resource, Value};
use stratiform_validate::secret;

use self::change::{Place, change, effect};
use self::imported::imported;
use self::referring::referring;
use self::target::{Found, Target};
use crate::args::{Explain, Global, ShowFormat};
use crate::assemblies::synthesis::synthesized;
use crate::definition::Definition;
use crate::provenance::{Keys, Provenance, Synthesis, attributes, scalar, step, tried, value_at};
use crate::report::Failure;
use crate::repository::project::Project;
use crate::view::Answer;
use crate::view::explained::{
    Attribute, Explained, Listed, OfResource, OfValue, Source, Subject, as_text, json, text,
};

/// Explains, in each environment that has it.
pub(crate) fn run(
    define: &dyn Definition,
    global: &Global,
    args: &Explain,
) -> Result<Answer, Failure> {
    let explained = match explained(define, global, args) {
        Err(_) if args.what.parse::<Code>().is_ok() => {
            return code::explained(&args.what).map(Answer::of);
        }
        explained => explained?,
    };
    let said = match args.format {
        ShowFormat::Text => text(&explained),
        ShowFormat::Json => json(&explained),
    };
    // What is said of a change may have what is in no value: the words of a consequence.
    Ok(Answer::of(secret::masked(&said).into_owned()))
}

fn explained(
    define: &dyn Definition,
    global: &Global,
    args: &Explain,
) -> Result<Vec<Explained>, Failure> {
    let project = Project::find(global.environments.as_deref())?;
    let target = Target::parse(&args.what);
    let (mut explained, mut missing) = (Vec::new(), None);
    for loaded in &project.load(define, &args.env)?.environments {
        let assembly = synthesized(define, &loaded.environment)
            .map_err(|found| Failure::below(&project.root, found))?;
        let own = Synthesis::own(define);
        let failure = match target.find(&assembly) {
            Ok(found) => {
                explained.push(Explaining::of(own, loaded, &assembly).explain(found));
                continue;
            }
            Err(failure) => failure,
        };
        let bootstraps = assemblies(&assembly, loaded.environment.settings()).unwrap_or_default();
        let before = explained.len();
        for (place, bootstrap) in bootstraps.iter().enumerate() {
            if let Ok(found) = target.find(bootstrap) {
                let explaining = Explaining::of(own.bootstrap(place), loaded, bootstrap);
                explained.push(explaining.explain(found));
            }
        }
        if explained.len() == before {
            missing = missing.or(Some(failure));
        }
    }
    match missing {
        // Who names environments wants to hear of each.
        Some(failure) if explained.is_empty() || !args.env.is_empty() => Err(failure),
        _ => Ok(explained),
    }
}

/// An environment of which something is explained.
struct Explaining<'a> {
    synthesis: Synthesis<'a>,
    loaded: &'a Loaded,
    assembly: &'a Assembly,
    provenance: Provenance,
}

impl<'a> Explaining<'a> {
    fn of(synthesis: Synthesis<'a>, loaded: &'a Loaded, assembly: &'a Assembly) -> Self {
        Explaining {
            synthesis,
            loaded,
            assembly,
            provenance: Provenance::of(synthesis, loaded, assembly),
        }
    }

    fn explain(&self, found: Found<'_>) -> Explained {
        let stack = found.stack;
        Explained {
            environment: self.environment(),
            stack: self.assembly.key(&stack.name).to_owned(),
            name: stack.name.clone(),
            subject: match found.resource {
                None => Subject::Stack(self.listed(stack)),
                Some(resource) if found.below.is_empty() => {
                    Subject::Resource(self.resource(stack, resource))
                }
                Some(resource) => Subject::Value(self.value(stack, resource, found.below)),
            },
            not_known: self.provenance.untried().map(Source::of).collect(),
        }
    }

    /// What the assembly is called: `prod`, `prod.bootstrap`.
    fn environment(&self) -> String {
        let name = self.assembly.environment.clone();
        name.unwrap_or_else(|| self.loaded.name.to_string())
    }

    fn listed(&self, stack: &StackAt) -> Vec<Listed> {
        let resources = stack.template.each_resource();
        let listed = resources.map(|resource| self.line(stack, resource));
        listed.collect()
    }

    fn line(&self, stack: &StackAt, (id, resource): (&str, &Resource)) -> Listed {
        let there = self.provenance.existence(&self.keys(stack, id, &[]));
        Listed {
            logical_id: id.to_owned(),
            resource_type: resource.resource_type.clone(),
            declared: stack.locations.get(id).copied(),
            there: there.into_iter().map(Source::of).collect(),
        }
    }

    fn resource(&self, stack: &StackAt, (id, resource): (&str, &Resource)) -> OfResource {
        let shown = attributes(shown(stack, id).as_ref().unwrap_or(resource));
        let shown = shown.as_map().into_iter().flatten();
        let mut settings = Vec::new();
        let mut properties = Vec::new();
        for (name, value) in shown {
            match (name.as_str(), value) {
                ("Type", _) => {}
                ("Properties", Value::Map(map)) => {
                    properties.extend(map.iter().map(|(name, value)| {
                        let name = name.to_string();
                        let keys = ["Properties".to_owned(), name.clone()];
                        let place = Place {
                            stack,
                            logical_id: id,
                            resource,
                            keys: std::slice::from_ref(&name),
                        };
                        let keys = self.keys(stack, id, &keys);
                        let other = self.other(&keys);
                        let effect = Some(effect(self.assembly, place, other));
                        Attribute {
                            name,
                            value: value.clone(),
                            from: self.sources(&keys),
                            effect,
                        }
                    }));
                }
                _ => settings.push(Attribute {
                    name: name.to_string(),
                    value: value.clone(),
                    from: self.sources(&self.keys(stack, id, &[name.to_string()])),
                    effect: None,
                }),
            }
        }
        OfResource {
            of: self.line(stack, (id, resource)),
            settings,
            properties,
            also_replaced_by: unwritten(resource),
            imported: imported(self.assembly, &attributes(resource)),
            referring: referring(self.assembly, stack, id),
        }
    }

    fn value(&self, stack: &StackAt, (id, resource): (&str, &Resource), below: Keys) -> OfValue {
        let keys = self.keys(stack, id, &below);
        let is_property = below.first().is_some_and(|first| first == "Properties");
        let change = below.get(1..).filter(|_| is_property).map(|keys_below| {
            let place = Place {
                stack,
                logical_id: id,
                resource,
                keys: keys_below,
            };
            change(self.assembly, place, self.other(&keys))
        });
        let path = match is_property {
            true => below.get(1..).unwrap_or_default().join("."),
            false => below.join("."),
        };
        let mut value = value_at(self.assembly, &keys);
        if let (Some(_), Some(shown)) = (&value, shown(stack, id)) {
            let whole = attributes(&shown);
            let there = below.iter().try_fold(&whole, |value, key| step(value, key));
            value = Some(there.cloned().unwrap_or_else(|| "(hidden)".into()));
        }
        let imported = value.as_ref().map(|value| imported(self.assembly, value));
        OfValue {
            of: self.line(stack, (id, resource)),
            path,
            imported: imported.unwrap_or_default(),
            value,
            from: self.sources(&keys),
            change,
            referring: referring(self.assembly, stack, id),
        }
    }

    /// The keys of something in a resource.
    fn keys(&self, stack: &StackAt, id: &str, below: &[String]) -> Keys {
        let resource = [self.assembly.key(&stack.name), "Resources", id];
        let resource = resource.into_iter().map(str::to_owned);
        resource.chain(below.iter().cloned()).collect()
    }

    /// The environment's values that make a value, first the one that is written as the template has it.
    fn sources(&self, keys: &[String]) -> Vec<Source> {
        let text = value_at(self.assembly, keys).as_ref().and_then(scalar);
        let mut origins = self.provenance.origins(keys);
        origins.sort_by_key(|variable| {
            text.is_none() || variable.value.as_ref().and_then(as_text) != text
        });
        origins.into_iter().map(Source::of).collect()
    }

    /// What would stand there with another value of the environment: better than one that nobody would write.
    fn other(&self, keys: &[String]) -> Option<Value> {
        let now = value_at(self.assembly, keys)?;
        let origins = self.provenance.origins(keys).into_iter();
        let mut variations = origins.flat_map(|variable| &variable.variations).take(4);
        variations.find_map(|variation| {
            let other = tried(self.synthesis, self.loaded, variation)?;
            let other = value_at(&other, keys)?;
            (other != now).then_some(other)
        })
    }
}

/// The resource as it may be shown: without secrets.
fn shown(stack: &StackAt, id: &str) -> Option<Resource> {
    let hidden = secret::shown(&stack.template);
    let mut resources = hidden.each_resource();
    resources
        .find(|(known, _)| *known == id)
        .map(|(_, it)| it.clone())
}

/// The properties that are not written, and that would make a new resource if they were.
fn unwritten(resource: &Resource) -> Vec<String> {
    let known = catalog().resource_type(&resource.resource_type);
    let create_only = known.into_iter().flat_map(|known| known.create_only());
    let mut names: Vec<String> = create_only
        .filter(|path| path.is_top_level() && !resource.properties.contains_key(path.first()))
        .map(|path| path.first().to_owned())
        .collect();
    names.sort();
    names
}
