//! What stands beside a resource's properties in a template, said where the resource is defined.

use std::panic::Location;

use crate::resource::handle::Handles;
use crate::resource::{DeletionPolicy, ReplacePolicy, Resource};
use crate::value::draft::{Draft, Target};
use crate::value::function::Condition;
use crate::value::property::Json;

/// A resource and what stands beside its properties: what [`Define`] makes.
#[derive(Debug)]
pub struct Definition<R> {
    pub(crate) resource: R,
    /// None where nothing was said: most resources are nothing but their properties.
    pub(crate) settings: Option<Box<ResourceSettings>>,
}

/// What stands beside a resource's properties.
#[derive(Debug, Default)]
pub(crate) struct ResourceSettings {
    pub(crate) condition: Option<Target>,
    pub(crate) depends_on: Vec<Dependency>,
    pub(crate) deletion_policy: Option<DeletionPolicy>,
    pub(crate) update_replace_policy: Option<ReplacePolicy>,
    pub(crate) creation_policy: Option<Draft>,
    pub(crate) update_policy: Option<Draft>,
    pub(crate) metadata: Option<Draft>,
}

/// A resource that another one waits for, and where that is written.
#[derive(Debug)]
pub(crate) struct Dependency {
    pub(crate) on: Target,
    pub(crate) location: &'static Location<'static>,
}

/// What a stack takes as a resource: properties, and with these methods what stands beside them.
///
/// ```
/// use stratiform_stack::{App, Define, DeletionPolicy, References, Settings, Untyped, json};
/// # let app = App::new(Settings {
/// #     app: "shop".to_owned(),
/// #     environment: "prod".to_owned(),
/// #     region: "eu-central-1".parse().unwrap(),
/// #     references: References::Strong,
/// #     termination_protection: true,
/// #     tags: Default::default(),
/// # });
/// let stack = app.stack("orders", "What customers ordered");
/// // `props!(dynamodb::Table { … })` stands where `Untyped` does.
/// let table = stack.add(
///     "Table",
///     Untyped::new("AWS::DynamoDB::Table", json!({})).on_removal(DeletionPolicy::Retain),
/// );
/// let queue = Untyped::new("AWS::SQS::Queue", json!({})).depends_on(table);
/// stack.add("Queue", queue);
/// # assert!(app.synthesize().is_ok());
/// ```
pub trait Define: Sized {
    /// What is defined.
    type Resource: Resource;

    /// The resource with what was said of it so far.
    fn define(self) -> Definition<Self::Resource>;

    /// Sets what happens when the resource is removed or its stack deleted.
    fn deletion_policy(
        self,
        policy: impl Into<Option<DeletionPolicy>>,
    ) -> Definition<Self::Resource> {
        with(self, |settings| settings.deletion_policy = policy.into())
    }

    /// Sets what happens to the old resource when a change replaces it.
    fn update_replace_policy(
        self,
        policy: impl Into<Option<ReplacePolicy>>,
    ) -> Definition<Self::Resource> {
        with(self, |settings| {
            settings.update_replace_policy = policy.into();
        })
    }

    /// Sets what happens to the resource, and to its data, whenever it goes: deleted, removed or replaced.
    fn on_removal(self, policy: impl Into<Option<DeletionPolicy>>) -> Definition<Self::Resource> {
        let policy = policy.into();
        self.deletion_policy(policy)
            .update_replace_policy(policy.map(DeletionPolicy::on_replacement))
    }

    /// Creates this resource after others, where no reference says so already: a handle, or several.
    ///
    /// A resource of another stack is a mistake, reported with the place of this call.
    #[track_caller]
    fn depends_on(self, others: impl Handles) -> Definition<Self::Resource> {
        let location = Location::caller();
        let dependencies = others.targets().into_iter();
        let dependencies = dependencies.map(|on| Dependency { on, location });
        with(self, |settings| settings.depends_on.extend(dependencies))
    }

    /// Makes the resource exist only where a condition holds.
    fn condition(self, condition: &Condition) -> Definition<Self::Resource> {
        with(self, |settings| settings.condition = Some(condition.target))
    }

    /// Sets `CreationPolicy`.
    fn creation_policy(self, policy: impl Into<Json>) -> Definition<Self::Resource> {
        let policy = policy.into().0;
        with(self, |settings| settings.creation_policy = Some(policy))
    }

    /// Sets `UpdatePolicy`.
    fn update_policy(self, policy: impl Into<Json>) -> Definition<Self::Resource> {
        let policy = policy.into().0;
        with(self, |settings| settings.update_policy = Some(policy))
    }

    /// Sets `Metadata`.
    fn metadata(self, metadata: impl Into<Json>) -> Definition<Self::Resource> {
        let metadata = metadata.into().0;
        with(self, |settings| settings.metadata = Some(metadata))
    }
}

impl<R: Resource> Define for R {
    type Resource = R;

    fn define(self) -> Definition<R> {
        Definition {
            resource: self,
            settings: None,
        }
    }
}

impl<R: Resource> Define for Definition<R> {
    type Resource = R;

    fn define(self) -> Definition<R> {
        self
    }
}

fn with<D: Define>(defined: D, set: impl FnOnce(&mut ResourceSettings)) -> Definition<D::Resource> {
    let mut definition = defined.define();
    set(definition.settings.get_or_insert_default());
    definition
}
