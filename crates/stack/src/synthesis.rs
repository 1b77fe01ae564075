//! From drafts to templates: references find their form, exports and imports appear, stacks get their order.
//!
//! What lives here: the way through all stacks. One file per noun does the work: the template of a stack, its
//! values, references, exports, its policy, the order. What does not: anything that is still to be built.

mod export;
mod order;
mod reference;
mod settle;
mod stack_policy;
mod substitution;
mod template;
mod value;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::mem::take;
use std::panic::Location;
use std::rc::Rc;

use stratiform_assembly::{Assembly, StackAt};
use stratiform_finding::Finding;
use stratiform_template::{Template, Text};

use self::export::{ExportNames, Exports};
use self::order::{Use, deployment_order};
use crate::app::Defaults;
use crate::settings::Settings;
use crate::stack::capabilities::capabilities;
use crate::stack::{Stack, StackDraft};
use crate::value::draft::{ByLogicalId, Declared, Exposure, Listed, StackId, Target};

/// Turns stacks into templates, in deployment order. The second is what is wrong with documents in them.
pub(crate) fn synthesize(
    settings: &Settings,
    stacks: &[Stack],
    defaults: &Defaults,
) -> Result<(Assembly, Vec<Finding>), Vec<Finding>> {
    let mut declared: Vec<Option<StackAt>> = Vec::with_capacity(stacks.len());
    let each = |stack| declared.push(Some(stack));
    let (order, flaws) = synthesize_each(settings, stacks, defaults, each)?;
    let ordered = order.into_iter();
    let ordered = ordered.filter_map(|position| declared.get_mut(position)?.take());
    let assembly = Assembly {
        app: Some(settings.app.clone()),
        environment: Some(settings.environment.clone()),
        region: settings.region.clone(),
        account: None,
        stacks: ordered.collect(),
        tasks: Vec::new(),
    };
    Ok((assembly, flaws))
}

/// Turns stacks into templates, one after the other as they were declared, and hands each on. Gives their deployment
/// order, and what is wrong with documents in them.
///
/// What stacks need of each other is settled first, so that a template is whole when it is handed on. Once something
/// is wrong, no more are.
pub(crate) fn synthesize_each(
    settings: &Settings,
    stacks: &[Stack],
    defaults: &Defaults,
    mut each: impl FnMut(StackAt),
) -> Result<(Vec<usize>, Vec<Finding>), Vec<Finding>> {
    let known = Known::of(stacks);
    let mut settling = Lowering::new(settings, defaults, &known);
    for stack in stacks {
        settling.settle(&stack.draft.borrow());
    }
    // What is wrong with references is told where templates are made.
    let Lowering {
        uses, mut exports, ..
    } = settling;
    let order = deployment_order(stacks, &uses);
    let mut producers: HashMap<&str, BTreeSet<&str>> = HashMap::new();
    for used in &uses {
        let producers = producers.entry(&used.consumer).or_default();
        producers.insert(&used.producer);
    }

    let mut lowering = Lowering::new(settings, defaults, &known);
    let mut names = ExportNames::default();
    let mut with_exports: Vec<Finding> = Vec::new();
    let mut with_names: Vec<Finding> = Vec::new();
    for stack in stacks {
        let mut draft = stack.draft.borrow_mut();
        let untyped = paths_of_untyped(&known, &draft);
        let mut template = lowering.template(&mut draft);
        let policy = lowering.stack_policy(&mut draft);
        let needed = exports.remove(&draft.id).unwrap_or_default();
        with_exports.extend(lowering.add_exports(&draft, needed, &mut template));
        with_names.extend(names.add(&draft, &template));
        // They were noted when the references were settled.
        lowering.uses.clear();
        draft.resources = Vec::new();
        let problems = [&lowering.problems, &with_exports, &with_names];
        if problems.into_iter().all(Vec::is_empty) && order.is_ok() {
            let key = draft.key.clone();
            let needs = producers.get(&*key).into_iter().flatten().copied();
            each(StackAt {
                policy: policy.into(),
                untyped,
                ..synthesized(settings, &known, &draft, template, needs)
            });
        }
    }
    let Lowering {
        mut problems,
        flaws,
        ..
    } = lowering;
    problems.append(&mut with_exports);
    problems.append(&mut with_names);
    match order {
        Ok(order) if problems.is_empty() => Ok((order, flaws)),
        order => {
            problems.extend(order.err().map(|problem| *problem));
            problems.extend(flaws);
            Err(problems)
        }
    }
}

/// Where a stack has values that are held against nothing.
fn paths_of_untyped(known: &Known, draft: &StackDraft) -> Vec<Vec<String>> {
    let (mut found, mut path) = (Vec::new(), Vec::new());
    for resource in &draft.resources {
        let Some(named) = known.get(resource.target) else {
            continue;
        };
        path.clear();
        path.extend(["Resources", named.logical_id, "Properties"].map(Cow::Borrowed));
        for (name, property) in &resource.properties {
            path.push(Cow::Borrowed(name));
            property.untyped(&mut path, &mut found);
            path.pop();
        }
    }
    found
}

fn synthesized<'a>(
    settings: &Settings,
    known: &Known,
    draft: &StackDraft,
    template: Template,
    needs: impl Iterator<Item = &'a str>,
) -> StackAt {
    StackAt {
        depends_on: needs.map(|key| settings.stack_name(key)).collect(),
        capabilities: capabilities(&template),
        tags: settings.tags.clone(),
        termination_protection: Some(
            draft.termination_protection || settings.termination_protection,
        ),
        location: Some(draft.location),
        locations: known.locations(draft.id),
        ..StackAt::of(settings.stack_name(&draft.key), template)
    }
}

/// What is known while stacks are turned into templates.
struct Lowering<'a> {
    settings: &'a Settings,
    defaults: &'a Defaults,
    known: &'a Known,
    uses: Vec<Use>,
    /// Producer → output's logical ID → what it exports.
    exports: BTreeMap<StackId, Exports>,
    problems: Vec<Finding>,
    /// What is wrong with documents; the templates are none the worse for it.
    flaws: Vec<Finding>,
    /// Whether documents that are written out are held against the catalog; those in what is untyped are not.
    listed: Listed,
}

impl<'a> Lowering<'a> {
    fn new(settings: &'a Settings, defaults: &'a Defaults, known: &'a Known) -> Self {
        Lowering {
            settings,
            defaults,
            known,
            uses: Vec::new(),
            exports: BTreeMap::new(),
            problems: Vec::new(),
            flaws: Vec::new(),
            listed: Listed::Here,
        }
    }
}

/// What the stacks of an app have declared: a handle of another app has a stack that is none of these.
struct Known(foldhash::HashMap<StackId, (Rc<str>, ByLogicalId)>);

/// What a target of this app stands for.
#[derive(Clone, Copy)]
struct Named<'a> {
    stack: &'a Rc<str>,
    logical_id: &'a str,
    exposure: Exposure,
}

impl Known {
    fn of(stacks: &[Stack]) -> Known {
        let known = stacks.iter().map(|stack| {
            let mut draft = stack.draft.borrow_mut();
            (draft.id, (draft.key.clone(), take(&mut draft.declared)))
        });
        Known(known.collect())
    }

    fn get(&self, target: Target) -> Option<Named<'_>> {
        let (stack, declared) = self.0.get(&target.stack)?;
        let (logical_id, declared) = declared.get_index(target.position)?;
        Some(Named {
            stack,
            logical_id,
            exposure: declared.exposure,
        })
    }

    /// Where all of a stack was declared.
    fn locations(&self, stack: StackId) -> HashMap<String, &'static Location<'static>> {
        let Some((_, declared)) = self.0.get(&stack) else {
            return HashMap::new();
        };
        let located = |(logical_id, declared): (&Text, &Declared)| {
            (logical_id.to_string(), declared.location)
        };
        declared.iter().map(located).collect()
    }

    fn has(&self, stack: StackId) -> bool {
        self.0.contains_key(&stack)
    }
}

/// Who a draft belongs to while it is lowered.
#[derive(Clone, Copy)]
struct Owner<'a> {
    id: StackId,
    stack: &'a Rc<str>,
    location: &'static Location<'static>,
}
