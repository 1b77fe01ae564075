//! From drafts to templates: references find their form, exports and imports appear, stacks get their order.

mod order;
mod substitution;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::mem::take;
use std::panic::Location;
use std::rc::Rc;

use indexmap::IndexMap;
use stratiform_template::{Function, Member, Output, Resource, Template, Value};

use crate::app::{References, Settings};
use crate::assembly::{Assembly, SynthesizedStack, capabilities};
use crate::draft::{Draft, Exposure, Identity, Part, Reference, Shape};
use crate::problem::{Code, Problem};
use crate::resource::ResourceDraft;
use crate::stack::{Parameter, Stack, StackDraft};
use order::{Use, deployment_order};
use substitution::Substitution;

/// The text between the members of a list that crosses stacks.
const LIST_DELIMITER: &str = "||";

/// Turns stacks into templates, in deployment order.
pub(crate) fn synthesize(settings: &Settings, stacks: &[Stack]) -> Result<Assembly, Vec<Problem>> {
    let known = stacks.iter().map(|stack| stack.draft.borrow().key.clone());
    let mut lowering = Lowering {
        settings,
        stacks: known.map(|key| (key.clone(), key)).collect(),
        uses: Vec::new(),
        exports: BTreeMap::new(),
        problems: Vec::new(),
    };
    let mut templates: Vec<Template> = Vec::with_capacity(stacks.len());
    let mut policies: Vec<Option<Value>> = Vec::with_capacity(stacks.len());
    for stack in stacks {
        let mut draft = stack.draft.borrow_mut();
        templates.push(lowering.template(&mut draft));
        policies.push(lowering.stack_policy(&mut draft));
    }
    for (stack, template) in stacks.iter().zip(&mut templates) {
        lowering.add_exports(&stack.draft.borrow(), template);
    }
    lowering.equal_exports(stacks, &templates);
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
        let stack_policy = policies[position].take();
        Some(SynthesizedStack {
            stack_policy,
            ..synthesized(settings, &draft, template, needs)
        })
    });
    Ok(Assembly {
        app: settings.app.clone(),
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
        stack_policy: None,
        locations: locations.collect(),
        template,
    }
}

/// An attribute that some stack imports.
struct Export {
    logical_id: String,
    attribute: Option<String>,
    /// The export's name.
    name: String,
    shape: Shape,
    location: &'static Location<'static>,
}

struct Lowering<'a> {
    settings: &'a Settings,
    /// The stacks of this app: a handle of another app has a stack that is none of these.
    stacks: HashMap<Rc<str>, Rc<str>>,
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
    /// Takes out of the draft what becomes part of the template: moved, not copied, and freed on the way.
    fn template(&mut self, draft: &mut StackDraft) -> Template {
        let key = draft.key.clone();
        let owner = Owner {
            stack: &key,
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
            let mut resource = resource.borrow_mut();
            (
                resource.identity.logical_id.clone(),
                Member::One(self.resource(&key, &mut resource)),
            )
        });
        let resources: IndexMap<_, _> = resources.collect();
        let outputs = take(&mut draft.outputs);
        let outputs = outputs.into_iter().map(|(name, output)| {
            let value = self.value(
                output.value,
                Owner {
                    stack: &key,
                    location: output.location,
                },
            );
            let output = Output {
                value,
                description: (!output.description.is_empty()).then_some(output.description),
                export: output.export.map(Value::from),
                condition: None,
            };
            (name, Member::One(output))
        });
        let outputs: IndexMap<_, _> = outputs.collect();
        let conditions = take(&mut draft.conditions)
            .into_iter()
            .map(|(name, condition)| (name, Member::One(self.value(condition, owner))))
            .collect();
        let metadata = take(&mut draft.metadata)
            .into_iter()
            .map(|(key, value)| (key, self.value(value.0, owner)))
            .collect();
        Template {
            format_version: Some("2010-09-09".to_owned()),
            description: Some(take(&mut draft.description)),
            metadata,
            parameters: draft
                .parameters
                .iter()
                .map(|(name, given)| (name.clone(), parameter(given)))
                .collect(),
            mappings: take(&mut draft.mappings),
            conditions,
            resources,
            outputs,
            ..Template::default()
        }
    }

    fn resource(&mut self, stack: &Rc<str>, draft: &mut ResourceDraft) -> Resource {
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
        let properties = take(&mut draft.properties)
            .into_iter()
            .map(|(key, value)| (key.into_owned(), self.value(value, owner)))
            .collect();
        Resource {
            resource_type: take(&mut draft.resource_type),
            condition: draft
                .condition
                .take()
                .map(|condition| self.condition(&condition, owner)),
            depends_on,
            deletion_policy: draft.deletion_policy.map(|policy| policy.as_str().into()),
            update_replace_policy: draft
                .update_replace_policy
                .map(|policy| policy.as_str().into()),
            creation_policy: draft
                .creation_policy
                .take()
                .map(|policy| self.value(policy, owner)),
            update_policy: draft
                .update_policy
                .take()
                .map(|policy| self.value(policy, owner)),
            metadata: draft
                .metadata
                .take()
                .map(|metadata| self.value(metadata, owner)),
            properties,
            ..Resource::default()
        }
    }

    fn value(&mut self, draft: Draft, owner: Owner<'_>) -> Value {
        match draft {
            Draft::Value(value) => value,
            Draft::List(items) => {
                let items = items.into_iter().map(|item| self.value(item, owner));
                Value::List(items.collect())
            }
            Draft::Map(entries) => self.map(entries, owner),
            Draft::Function(function, argument) => {
                Value::function(function, self.value(*argument, owner))
            }
            Draft::Reference(reference) => self.reference(&reference, owner),
            Draft::Text(parts) => self.text(parts, owner),
            Draft::Condition(condition) => self.condition(&condition, owner).into(),
        }
    }

    /// A map; or the function that it is, where a document was written as CloudFormation writes it.
    fn map(&mut self, entries: Vec<(Cow<'static, str>, Draft)>, owner: Owner<'_>) -> Value {
        let function = match entries.as_slice() {
            // `Condition` is also a word of IAM policies; whoever means the function has `Condition::holds`.
            [(key, _)] if key != Function::Condition.name() => Function::from_name(key),
            _ => None,
        };
        let mut entries = entries
            .into_iter()
            .map(|(key, value)| (key.into_owned(), self.value(value, owner)));
        match function {
            Some(function) => {
                let argument = entries.next().map_or(Value::Null, |(_, argument)| argument);
                Value::function(function, argument)
            }
            None => Value::Map(entries.collect()),
        }
    }

    /// The name of a condition, which only its own stack has.
    fn condition(&mut self, condition: &Identity, owner: Owner<'_>) -> String {
        if !Rc::ptr_eq(&condition.stack, owner.stack) {
            self.problems.push(Problem {
                code: Code::ConditionAcrossStacks,
                what: format!(
                    "stack `{}` uses condition `{}` of stack `{}`",
                    owner.stack, condition.logical_id, condition.stack
                ),
                places: vec![(owner.location, "used here".to_owned())],
                help: "declare the condition in this stack too: conditions cannot be imported"
                    .to_owned(),
            });
        }
        condition.logical_id.clone()
    }

    /// Whether a reference may leave its stack; what keeps it there becomes a problem.
    fn may_cross(&mut self, target: &Identity, owner: Owner<'_>) -> bool {
        let (code, what, help) = if !self
            .stacks
            .get(&target.stack)
            .is_some_and(|key| Rc::ptr_eq(key, &target.stack))
        {
            let what = format!(
                "`{}` belongs to stack `{}` of another app",
                target.logical_id, target.stack
            );
            (
                Code::ForeignHandle,
                what,
                "import the value by name, with `import_value`",
            )
        } else if target.exposure == Exposure::Secret {
            let what = format!(
                "stack `{}` uses the hidden parameter `{}` of stack `{}`, and an output would show it",
                owner.stack, target.logical_id, target.stack
            );
            (
                Code::SecretAcrossStacks,
                what,
                "keep the value in Secrets Manager, and pass its ARN",
            )
        } else {
            return true;
        };
        let places = vec![(owner.location, "used here".to_owned())];
        self.problems.push(Problem {
            code,
            what,
            places,
            help: help.to_owned(),
        });
        false
    }

    /// The stack policy: a plain document, since nobody evaluates functions in it.
    fn stack_policy(&mut self, draft: &mut StackDraft) -> Option<Value> {
        let policy = draft.stack_policy.take()?;
        let key = draft.key.clone();
        let value = self.value(
            policy.0,
            Owner {
                stack: &key,
                location: draft.location,
            },
        );
        if !is_plain(&value) {
            self.problems.push(Problem {
                code: Code::StackPolicy,
                what: format!("the stack policy of `{key}` has intrinsic functions in it"),
                places: vec![(draft.location, "declared here".to_owned())],
                help: "name resources as `LogicalResourceId/<logical ID>`".to_owned(),
            });
        }
        Some(value)
    }

    /// Finds exports of one name in several stacks.
    fn equal_exports(&mut self, stacks: &[Stack], templates: &[Template]) {
        let mut seen: HashMap<&str, &Stack> = HashMap::new();
        for (stack, template) in stacks.iter().zip(templates) {
            for output in template.outputs.values() {
                let Member::One(Output {
                    export: Some(Value::String(name)),
                    ..
                }) = output
                else {
                    continue;
                };
                let Some(first) = seen.insert(name, stack) else {
                    continue;
                };
                let here = (
                    stack.draft.borrow().location,
                    format!("stack `{}`", stack.draft.borrow().key),
                );
                let there = (
                    first.draft.borrow().location,
                    format!("stack `{}`", first.draft.borrow().key),
                );
                self.problems.push(Problem {
                    code: Code::ExportCollision,
                    what: format!("two outputs are exported as `{name}`"),
                    places: vec![here, there],
                    help: "export names are unique in an account and region: give one another name"
                        .to_owned(),
                });
            }
        }
    }

    fn reference(&mut self, reference: &Reference, owner: Owner<'_>) -> Value {
        let target = &reference.target;
        if Rc::ptr_eq(&target.stack, owner.stack) {
            return local(&target.logical_id, reference.attribute.as_deref());
        }
        if !self.may_cross(target, owner) {
            return Value::Null;
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
        let name = export_name(&producer, &target.logical_id, &suffix);
        let imported = match self.settings.references {
            References::Strong => Value::function(Function::ImportValue, name.as_str()),
            References::Weak => {
                let arguments = [
                    ("StackName", producer.into()),
                    ("OutputName", output.as_str().into()),
                ];
                Value::function(Function::GetStackOutput, Value::from(arguments))
            }
        };
        let export = Export {
            logical_id: target.logical_id.clone(),
            attribute: attribute.map(str::to_owned),
            name,
            shape: reference.shape,
            location: owner.location,
        };
        self.export(&target.stack, output, export);
        match reference.shape {
            Shape::Single => imported,
            Shape::List => Value::function(Function::Split, vec![LIST_DELIMITER.into(), imported]),
        }
    }

    fn export(&mut self, producer: &Rc<str>, output: String, export: Export) {
        let exports = self.exports.entry(producer.clone()).or_default();
        match exports.get(&output) {
            Some(there)
                if there.logical_id != export.logical_id || there.attribute != export.attribute =>
            {
                let places = vec![
                    (export.location, "used here".to_owned()),
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
        for (output, export) in self.exports.remove(&draft.key).unwrap_or_default() {
            if template.outputs.contains_key(&output) {
                let places = vec![(export.location, "used here".to_owned())];
                self.problems.push(collision(&draft.key, &output, places));
                continue;
            }
            if let Some(Member::One(Resource {
                condition: Some(condition),
                ..
            })) = template.resources.get(&export.logical_id)
            {
                self.problems.push(Problem {
                    code: Code::ConditionalExport,
                    what: format!(
                        "`{}` of stack `{}` is used by another stack, and exists only where `{condition}` holds",
                        export.logical_id, draft.key
                    ),
                    places: vec![(export.location, "used here".to_owned())],
                    help: "decide with a value of the environment instead, in both stacks".to_owned(),
                });
            }
            let value = local(&export.logical_id, export.attribute.as_deref());
            let value = match export.shape {
                Shape::Single => value,
                Shape::List => Value::function(Function::Join, vec![LIST_DELIMITER.into(), value]),
            };
            let export = match self.settings.references {
                References::Strong => Some(export.name.into()),
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

fn local(logical_id: &str, attribute: Option<&str>) -> Value {
    match attribute {
        None => Value::function(Function::Ref, logical_id),
        Some(attribute) => {
            Value::function(Function::GetAtt, vec![logical_id.into(), attribute.into()])
        }
    }
}

/// Whether a value needs nobody to evaluate it.
fn is_plain(value: &Value) -> bool {
    match value {
        Value::Bool(_) | Value::Number(_) | Value::String(_) => true,
        Value::List(items) => items.iter().all(is_plain),
        Value::Map(entries) => entries.values().all(is_plain),
        Value::Null | Value::Function(..) => false,
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
