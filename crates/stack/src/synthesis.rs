//! From drafts to templates: references find their form, exports and imports appear, stacks get their order.

mod order;
mod substitution;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::panic::Location;
use std::rc::Rc;

use indexmap::IndexMap;
use stratiform_template::{Function, Member, Output, Resource, Template, Value};

use crate::app::{References, Settings};
use crate::assembly::{Assembly, SynthesizedStack, capabilities};
use crate::draft::{Draft, Part, Reference, Shape};
use crate::problem::{Code, Problem};
use crate::resource::ResourceDraft;
use crate::stack::{Parameter, Stack, StackDraft};
use order::{Use, deployment_order};
use substitution::Substitution;

/// The text between the members of a list that crosses stacks.
const LIST_DELIMITER: &str = "||";

/// Turns stacks into templates, in deployment order.
pub(crate) fn synthesize(settings: &Settings, stacks: &[Stack]) -> Result<Assembly, Vec<Problem>> {
    let mut lowering = Lowering {
        settings,
        uses: Vec::new(),
        exports: BTreeMap::new(),
        problems: Vec::new(),
    };
    let mut templates: Vec<Template> = stacks
        .iter()
        .map(|stack| lowering.template(&stack.draft.borrow()))
        .collect();
    for (stack, template) in stacks.iter().zip(&mut templates) {
        lowering.add_exports(&stack.draft.borrow(), template);
    }
    let Lowering {
        uses, mut problems, ..
    } = lowering;
    let order = match deployment_order(stacks, &uses) {
        Ok(order) => order,
        Err(problem) => {
            problems.push(problem);
            Vec::new()
        }
    };
    if !problems.is_empty() {
        return Err(problems);
    }
    let mut producers: HashMap<&str, BTreeSet<&str>> = HashMap::new();
    for used in &uses {
        producers
            .entry(&used.consumer)
            .or_default()
            .insert(&used.producer);
    }
    let mut templates: Vec<Option<Template>> = templates.into_iter().map(Some).collect();
    let synthesized = order.into_iter().filter_map(|position| {
        let template = templates[position].take()?;
        let draft = stacks[position].draft.borrow();
        let needs = producers.get(&*draft.key).into_iter().flatten().copied();
        Some(synthesized(settings, &draft, template, needs))
    });
    Ok(Assembly {
        environment: settings.environment.clone(),
        region: settings.region.clone(),
        stacks: synthesized.collect(),
    })
}

fn synthesized<'a>(
    settings: &Settings,
    draft: &StackDraft,
    template: Template,
    needs: impl Iterator<Item = &'a str>,
) -> SynthesizedStack {
    let full_name = |key: &str| format!("{}-{}-{key}", settings.app, settings.environment);
    let locations = draft.resources.iter().map(|resource| {
        let resource = resource.borrow();
        (resource.identity.logical_id.clone(), resource.location)
    });
    SynthesizedStack {
        key: draft.key.to_string(),
        name: full_name(&draft.key),
        depends_on: needs.map(full_name).collect(),
        capabilities: capabilities(&template),
        parameters: draft
            .parameters
            .iter()
            .map(|(name, parameter)| (name.clone(), parameter.default.clone()))
            .collect(),
        tags: settings.tags.clone(),
        termination_protection: draft.termination_protection || settings.termination_protection,
        stack_policy: draft
            .stack_policy
            .as_ref()
            .map(|policy| final_value(&policy.0)),
        locations: locations.collect(),
        template,
    }
}

/// The value of a draft that has no references, such as a stack policy; one that has loses them to `null`,
/// which every consumer refuses.
fn final_value(draft: &Draft) -> Value {
    match draft {
        Draft::Value(value) => value.clone(),
        Draft::List(items) => Value::List(items.iter().map(final_value).collect()),
        Draft::Map(entries) => Value::Map(
            entries
                .iter()
                .map(|(key, value)| (key.to_string(), final_value(value)))
                .collect(),
        ),
        Draft::Function(..) | Draft::Text(_) | Draft::Reference(_) => Value::Null,
    }
}

/// An attribute that some stack imports.
struct Export {
    logical_id: String,
    attribute: Option<String>,
    shape: Shape,
    location: &'static Location<'static>,
}

struct Lowering<'a> {
    settings: &'a Settings,
    uses: Vec<Use>,
    /// Producer → output's logical ID → what it exports.
    exports: BTreeMap<Rc<str>, BTreeMap<String, Export>>,
    problems: Vec<Problem>,
}

/// Who a draft belongs to while it is lowered.
#[derive(Clone, Copy)]
struct Owner<'a> {
    stack: &'a Rc<str>,
    location: &'static Location<'static>,
}

impl Lowering<'_> {
    fn template(&mut self, draft: &StackDraft) -> Template {
        let owner = Owner {
            stack: &draft.key,
            location: draft.location,
        };
        self.uses
            .extend(draft.depends_on.iter().map(|(producer, location)| Use {
                consumer: draft.key.clone(),
                producer: producer.clone(),
                what: "the deployment".to_owned(),
                location,
            }));
        let resources = draft.resources.iter().map(|resource| {
            let resource = resource.borrow();
            (
                resource.identity.logical_id.clone(),
                Member::One(self.resource(&draft.key, &resource)),
            )
        });
        let resources: IndexMap<_, _> = resources.collect();
        let outputs = draft.outputs.iter().map(|(name, output)| {
            let value = self.value(
                &output.value,
                Owner {
                    stack: &draft.key,
                    location: output.location,
                },
            );
            let description = (!output.description.is_empty()).then(|| output.description.clone());
            let export = output.export.as_deref().map(Value::from);
            (
                name.clone(),
                Member::One(Output {
                    value,
                    description,
                    export,
                    condition: None,
                }),
            )
        });
        let outputs: IndexMap<_, _> = outputs.collect();
        let conditions = draft.conditions.iter();
        let conditions = conditions
            .map(|(name, condition)| (name.clone(), Member::One(self.value(condition, owner))))
            .collect();
        let metadata = draft
            .metadata
            .iter()
            .map(|(key, value)| (key.clone(), self.value(&value.0, owner)))
            .collect();
        Template {
            format_version: Some("2010-09-09".to_owned()),
            description: Some(draft.description.clone()),
            metadata,
            parameters: draft
                .parameters
                .iter()
                .map(|(name, given)| (name.clone(), parameter(given)))
                .collect(),
            mappings: draft.mappings.clone(),
            conditions,
            resources,
            outputs,
            ..Template::default()
        }
    }

    fn resource(&mut self, stack: &Rc<str>, draft: &ResourceDraft) -> Resource {
        let owner = Owner {
            stack,
            location: draft.location,
        };
        let mut depends_on = Vec::new();
        for target in &draft.depends_on {
            if target.stack == *stack {
                depends_on.push(target.logical_id.clone());
            } else {
                self.problems.push(Problem {
                    code: Code::DependsOnAcrossStacks,
                    what: format!(
                        "`{}` in stack `{stack}` depends on `{}`, which is in stack `{}`",
                        draft.identity.logical_id, target.logical_id, target.stack
                    ),
                    places: vec![(draft.location, "declared here".to_owned())],
                    help: "use `stack.depends_on(&other_stack)` between stacks".to_owned(),
                });
            }
        }
        let policy = |policy: crate::DeletionPolicy| Value::from(policy.as_str());
        let properties = match self.value(&draft.properties, owner) {
            Value::Map(properties) => properties,
            // Only an untyped resource can have other properties than a map; CloudFormation's word for that
            // place is a function, and there is none to keep.
            _ => IndexMap::new(),
        };
        Resource {
            resource_type: draft.resource_type.clone(),
            condition: draft.condition.clone(),
            depends_on,
            deletion_policy: draft.deletion_policy.map(policy),
            update_replace_policy: draft.update_replace_policy.map(policy),
            creation_policy: draft
                .creation_policy
                .as_ref()
                .map(|policy| self.value(policy, owner)),
            update_policy: draft
                .update_policy
                .as_ref()
                .map(|policy| self.value(policy, owner)),
            metadata: draft
                .metadata
                .as_ref()
                .map(|metadata| self.value(metadata, owner)),
            properties,
            ..Resource::default()
        }
    }

    fn value(&mut self, draft: &Draft, owner: Owner<'_>) -> Value {
        match draft {
            Draft::Value(value) => value.clone(),
            Draft::List(items) => {
                Value::List(items.iter().map(|item| self.value(item, owner)).collect())
            }
            Draft::Map(entries) => Value::Map(
                entries
                    .iter()
                    .map(|(key, value)| (key.to_string(), self.value(value, owner)))
                    .collect(),
            ),
            Draft::Function(function, argument) => {
                Value::function(*function, self.value(argument, owner))
            }
            Draft::Reference(reference) => self.reference(reference, owner),
            Draft::Text(parts) => self.text(parts, owner),
        }
    }

    fn reference(&mut self, reference: &Reference, owner: Owner<'_>) -> Value {
        let target = &reference.target;
        if target.stack == *owner.stack {
            return local(&target.logical_id, reference.attribute.as_deref());
        }
        let attribute = reference.attribute.as_deref();
        let suffix: String = attribute
            .unwrap_or_default()
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .collect();
        let output = format!("Export{}{suffix}", target.logical_id);
        let producer = self.stack_name(&target.stack);
        self.uses.push(Use {
            consumer: owner.stack.clone(),
            producer: target.stack.clone(),
            what: match attribute {
                Some(attribute) => format!("`{}.{attribute}`", target.logical_id),
                None => format!("`{}`", target.logical_id),
            },
            location: owner.location,
        });
        let imported = match self.settings.references {
            References::Strong => Value::function(
                Function::ImportValue,
                export_name(&producer, &target.logical_id, &suffix),
            ),
            References::Weak => {
                let arguments = [
                    ("StackName", producer.into()),
                    ("OutputName", output.as_str().into()),
                ];
                Value::function(Function::GetStackOutput, Value::from(arguments))
            }
        };
        self.export(&target.stack, output, reference, owner.location);
        match reference.shape {
            Shape::Single => imported,
            Shape::List => Value::function(Function::Split, vec![LIST_DELIMITER.into(), imported]),
        }
    }

    fn export(
        &mut self,
        producer: &Rc<str>,
        output: String,
        reference: &Reference,
        location: &'static Location<'static>,
    ) {
        let export = Export {
            logical_id: reference.target.logical_id.clone(),
            attribute: reference.attribute.as_deref().map(str::to_owned),
            shape: reference.shape,
            location,
        };
        let exports = self.exports.entry(producer.clone()).or_default();
        match exports.get(&output) {
            Some(there)
                if there.logical_id != export.logical_id || there.attribute != export.attribute =>
            {
                let places = vec![
                    (location, "used here".to_owned()),
                    (there.location, "and here".to_owned()),
                ];
                self.problems.push(collision(producer, &output, places));
            }
            Some(_) => {}
            None => {
                exports.insert(output, export);
            }
        }
    }

    /// Adds the outputs that other stacks turned out to need.
    fn add_exports(&mut self, draft: &StackDraft, template: &mut Template) {
        let name = self.stack_name(&draft.key);
        for (output, export) in self.exports.remove(&draft.key).unwrap_or_default() {
            if template.outputs.contains_key(&output) {
                let places = vec![(export.location, "used here".to_owned())];
                self.problems.push(collision(&draft.key, &output, places));
                continue;
            }
            let suffix = output
                .trim_start_matches("Export")
                .strip_prefix(export.logical_id.as_str());
            let exported = export_name(&name, &export.logical_id, suffix.unwrap_or_default());
            let value = local(&export.logical_id, export.attribute.as_deref());
            let value = match export.shape {
                Shape::Single => value,
                Shape::List => Value::function(Function::Join, vec![LIST_DELIMITER.into(), value]),
            };
            let export = match self.settings.references {
                References::Strong => Some(exported.into()),
                References::Weak => None,
            };
            let output_value = Output {
                value,
                description: None,
                export,
                condition: None,
            };
            template.outputs.insert(output, Member::One(output_value));
        }
    }

    fn stack_name(&self, key: &str) -> String {
        format!("{}-{}-{key}", self.settings.app, self.settings.environment)
    }

    /// Text with values in it: plain where all is known, otherwise `Fn::Sub`, with variables only for what
    /// `${…}` cannot say.
    fn text(&mut self, parts: &[Part], owner: Owner<'_>) -> Value {
        if let [Part::Value(draft)] = parts {
            return self.value(draft, owner);
        }
        let mut substitution = Substitution::default();
        self.substitute(parts, owner, &mut substitution);
        substitution.into_value()
    }

    /// Adds the parts of a text; a text in a text becomes part of it, so that one `Fn::Sub` says it all.
    fn substitute(&mut self, parts: &[Part], owner: Owner<'_>, substitution: &mut Substitution) {
        for part in parts {
            match part {
                Part::Literal(text) => substitution.literal(text.clone()),
                Part::Value(Draft::Text(inner)) => self.substitute(inner, owner, substitution),
                Part::Value(draft) => {
                    let value = self.value(draft, owner);
                    substitution.value(value);
                }
            }
        }
    }
}

fn local(logical_id: &str, attribute: Option<&str>) -> Value {
    match attribute {
        None => Value::function(Function::Ref, logical_id),
        Some(attribute) => {
            Value::function(Function::GetAtt, vec![logical_id.into(), attribute.into()])
        }
    }
}

fn export_name(stack_name: &str, logical_id: &str, suffix: &str) -> String {
    if suffix.is_empty() {
        format!("{stack_name}:{logical_id}")
    } else {
        format!("{stack_name}:{logical_id}-{suffix}")
    }
}

fn collision(
    stack: &str,
    output: &str,
    places: Vec<(&'static Location<'static>, String)>,
) -> Problem {
    Problem {
        code: Code::ExportCollision,
        what: format!("stack `{stack}` would need two outputs called `{output}`"),
        places,
        help: "give the resource or the output another name".to_owned(),
    }
}

fn parameter(given: &Parameter) -> stratiform_template::Parameter {
    stratiform_template::Parameter {
        parameter_type: given.parameter_type.clone(),
        default: given.default.as_deref().map(Value::from),
        description: (!given.description.is_empty()).then(|| given.description.clone()),
        no_echo: given.no_echo.then_some(true),
        constraints: given.constraints.clone(),
    }
}
