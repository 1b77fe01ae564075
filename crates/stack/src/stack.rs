//! A stack that is being built.

pub(crate) mod capabilities;
pub(crate) mod parameter;
mod policy;
pub(crate) mod protection;

use std::cell::RefCell;
use std::panic::Location;
use std::rc::Rc;

use indexmap::IndexMap;
use stratiform_finding::{Code, Finding, Place};
use stratiform_template::{Map, Text, Value};

use crate::resource::definition::{Define, Definition};
use crate::resource::handle::Handle;
use crate::resource::{Resource, ResourceDraft, properties as properties_of};
use crate::stack::parameter::Parameter;
use crate::stack::protection::StackPolicyDraft;
use crate::value::draft::{ByLogicalId, Declared, Draft, Exposure, Reference, StackId, Target};
use crate::value::function::Condition;
use crate::value::property::{Expr, Json, Prop};

/// One stack of an environment. Cheap to clone; all clones build the same stack.
#[derive(Clone, Debug)]
pub struct Stack {
    pub(crate) draft: Rc<RefCell<StackDraft>>,
}

/// What a [`Stack`] has collected.
#[derive(Debug)]
pub(crate) struct StackDraft {
    pub(crate) id: StackId,
    pub(crate) key: Rc<str>,
    pub(crate) description: String,
    pub(crate) location: &'static Location<'static>,
    pub(crate) termination_protection: bool,
    pub(crate) stack_policy: StackPolicyDraft,
    pub(crate) parameters: IndexMap<String, Parameter>,
    pub(crate) mappings: Map,
    pub(crate) conditions: IndexMap<String, Draft>,
    pub(crate) resources: Vec<ResourceDraft>,
    /// Resources, parameters and conditions by logical ID, of which they share one space; targets count them.
    pub(crate) declared: ByLogicalId,
    pub(crate) outputs: IndexMap<String, OutputDraft>,
    pub(crate) metadata: IndexMap<String, Json>,
    pub(crate) depends_on: Vec<StackDependency>,
    pub(crate) problems: Vec<Finding>,
}

/// A stack that another one waits for: which, its key, where it was declared, and where the waiting is written.
#[derive(Debug)]
pub(crate) struct StackDependency {
    pub(crate) on: StackId,
    pub(crate) key: Rc<str>,
    pub(crate) declared: &'static Location<'static>,
    pub(crate) location: &'static Location<'static>,
}

#[derive(Debug)]
pub(crate) struct OutputDraft {
    pub(crate) value: Draft,
    pub(crate) description: String,
    pub(crate) export: Option<String>,
    pub(crate) location: &'static Location<'static>,
}

impl Stack {
    pub(crate) fn new(key: &str, description: &str, location: &'static Location<'static>) -> Self {
        Stack {
            draft: Rc::new(RefCell::new(StackDraft {
                id: StackId::next(),
                key: key.into(),
                description: description.to_owned(),
                location,
                termination_protection: false,
                stack_policy: StackPolicyDraft::default(),
                parameters: IndexMap::new(),
                mappings: Map::new(),
                conditions: IndexMap::new(),
                resources: Vec::new(),
                declared: ByLogicalId::default(),
                outputs: IndexMap::new(),
                metadata: IndexMap::new(),
                depends_on: Vec::new(),
                problems: Vec::new(),
            })),
        }
    }

    /// Adds a resource under a logical ID: letters and digits, at most 255.
    ///
    /// The logical ID is the resource's name for CloudFormation: changing it deletes the resource and creates
    /// another. A mistake in it is reported when the app is synthesized, with this place; a helper that adds
    /// resources says `#[track_caller]`, so that the place is where the helper was called.
    ///
    /// ```
    /// # use stratiform_stack::{App, Define, DeletionPolicy, References, Settings, Untyped, json};
    /// # let app = App::new(Settings {
    /// #     app: "shop".to_owned(),
    /// #     environment: "prod".to_owned(),
    /// #     region: "eu-central-1".parse().unwrap(),
    /// #     references: References::Strong,
    /// #     termination_protection: true,
    /// #     tags: Default::default(),
    /// # });
    /// let stack = app.stack("orders", "What customers ordered");
    /// // A generated type stands where `Untyped` does; what AWS knows of it is then checked by the compiler.
    /// let key = stack.add("Key", Untyped::new("AWS::KMS::Key", json!({"EnableKeyRotation": true})));
    /// let queue = Untyped::new("AWS::SQS::Queue", json!({"KmsMasterKeyId": key.reference()}));
    /// stack.add("Queue", queue.on_removal(DeletionPolicy::Retain));
    /// # assert!(app.synthesize().is_ok());
    /// ```
    #[track_caller]
    pub fn add<D: Define>(
        &self,
        logical_id: impl Into<String>,
        definition: D,
    ) -> Handle<D::Resource> {
        let location = Location::caller();
        let logical_id = logical_id.into();
        let Definition { resource, settings } = definition.define();
        // Asked while nothing is borrowed: how a resource makes its properties is somebody else's code.
        let resource_type = Text::from(resource.resource_type());
        let properties = resource.into_properties();

        let mut draft = self.draft.borrow_mut();
        let properties = properties_of(format_args!("`{logical_id}`"), properties, location);
        let properties = properties.unwrap_or_else(|problem| {
            draft.problems.push(*problem);
            Vec::new()
        });
        let target = draft.declare(&logical_id, Exposure::Open, location);
        draft.resources.push(ResourceDraft {
            target,
            resource_type,
            properties,
            settings,
        });
        Handle::new(target)
    }

    /// Declares a parameter and gives its value; another stack may use it like anything else, unless it is
    /// hidden ([`Parameter::no_echo`]).
    #[track_caller]
    pub fn parameter(&self, name: impl Into<String>, parameter: Parameter) -> Expr<String> {
        let name = name.into();
        let location = Location::caller();
        let mut draft = self.draft.borrow_mut();
        let shape = parameter.shape();
        let exposure = match parameter.no_echo {
            true => Exposure::Secret,
            false => Exposure::Open,
        };
        let target = draft.declare(&name, exposure, location);
        draft.parameters.insert(name, parameter);
        Expr::new(Draft::reference(Reference {
            shape,
            ..Reference::to(target)
        }))
    }

    /// Declares a condition.
    #[track_caller]
    pub fn condition(&self, name: impl Into<String>, condition: Expr<bool>) -> Condition {
        let name = name.into();
        let location = Location::caller();
        let mut draft = self.draft.borrow_mut();
        let target = draft.declare(&name, Exposure::Open, location);
        draft.conditions.insert(name, condition.draft);
        Condition { target }
    }

    /// Declares a mapping: first key → second key → value.
    #[track_caller]
    pub fn mapping<const N: usize>(&self, name: impl Into<String>, entries: [(&str, Value); N]) {
        let name = name.into();
        let mut draft = self.draft.borrow_mut();
        if draft.mappings.contains_key(&name) {
            draft.declared_twice("mapping", &name, Location::caller());
        }
        draft.mappings.insert(name, Value::from(entries));
    }

    /// Declares an output for people to read. References between stacks make their own.
    #[track_caller]
    pub fn output(
        &self,
        name: impl Into<String>,
        description: &str,
        value: impl Into<Prop<String>>,
    ) {
        self.add_output(name.into(), description, None, value.into());
    }

    /// Declares an output that stacks outside this app import by name.
    #[track_caller]
    pub fn export(
        &self,
        name: impl Into<String>,
        description: &str,
        export: impl Into<String>,
        value: impl Into<Prop<String>>,
    ) {
        self.add_output(name.into(), description, Some(export.into()), value.into());
    }

    #[track_caller]
    fn add_output(
        &self,
        name: String,
        description: &str,
        export: Option<String>,
        value: Prop<String>,
    ) {
        let output = OutputDraft {
            value: value.into_draft(),
            description: description.to_owned(),
            export,
            location: Location::caller(),
        };
        let mut draft = self.draft.borrow_mut();
        if draft.outputs.contains_key(&name) {
            draft.declared_twice("output", &name, Location::caller());
        }
        draft.outputs.insert(name, output);
    }

    /// Sets an entry of the template's `Metadata`.
    #[track_caller]
    pub fn metadata(&self, key: impl Into<String>, value: impl Into<Json>) {
        let key = key.into();
        let value = value.into();
        let mut draft = self.draft.borrow_mut();
        if draft.metadata.contains_key(&key) {
            draft.declared_twice("entry of the metadata", &key, Location::caller());
        }
        draft.metadata.insert(key, value);
    }

    /// Makes this stack wait for another one of its app that it does not refer to.
    ///
    /// A stack of another app is a mistake, reported with the place of this call.
    #[track_caller]
    pub fn depends_on(&self, other: &Stack) {
        // Copied out first: a stack may be told to wait for itself, which synthesis refuses.
        let dependency = {
            let other = other.draft.borrow();
            StackDependency {
                on: other.id,
                key: other.key.clone(),
                declared: other.location,
                location: Location::caller(),
            }
        };
        self.draft.borrow_mut().depends_on.push(dependency);
    }

    /// Reports a mistake in what a part of this stack was given, when the app is synthesized: what is wrong, and
    /// what to do. A function that calls this says `#[track_caller]`, so that the place is where it was called.
    #[track_caller]
    pub fn refuse(&self, what: impl Into<String>, help: impl Into<String>) {
        let finding = Finding::new(Code::Part, what, help);
        let place = Place::rust(Location::caller(), "asked for here");
        self.draft.borrow_mut().problems.push(finding.at(place));
    }

    /// Refuses deletion of the stack until someone switches this off.
    pub fn protect_from_termination(&self) {
        self.draft.borrow_mut().termination_protection = true;
    }
}

impl StackDraft {
    /// Notes that a name is there already; the last one would silently win.
    fn declared_twice(&mut self, noun: &str, name: &str, location: &'static Location<'static>) {
        self.problems.push(
            Finding::new(
                Code::DuplicateName,
                format!("stack `{}` declares the {noun} `{name}` twice", self.key),
                "give one of the two another name",
            )
            .at(Place::rust(location, "declared again here")),
        );
    }

    /// Takes a logical ID for something that others may refer to.
    fn declare(
        &mut self,
        logical_id: &str,
        exposure: Exposure,
        location: &'static Location<'static>,
    ) -> Target {
        let alphanumeric = logical_id.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if logical_id.is_empty() || logical_id.len() > 255 || !alphanumeric {
            self.problems.push(
                Finding::new(
                    Code::LogicalId,
                    format!(
                        "`{logical_id}` in stack `{}` cannot be a logical ID",
                        self.key
                    ),
                    "use 1 to 255 letters and digits",
                )
                .at(Place::rust(location, "declared here")),
            );
        }
        let declared = Declared { exposure, location };
        let (position, before) = self.declared.insert_full(logical_id.into(), declared);
        if let Some(first) = before {
            self.problems.push(
                Finding::new(
                    Code::DuplicateLogicalId,
                    format!("`{logical_id}` is declared twice in stack `{}`", self.key),
                    "give one of the two another logical ID",
                )
                .at(Place::rust(location, "declared again here"))
                .at(Place::rust(first.location, "first declared here")),
            );
        }
        Target {
            stack: self.id,
            position,
            location,
        }
    }
}
