//! What a stack has, and what becomes of it when the stack is deleted.

use serde::Serialize;
use stratiform_catalog::behaviour::{self, LOAD_BALANCER_PROTECTION, Protection as Guard, While};
use stratiform_resolve::{Resolved, Resolver, Scope, Whereabouts, expand};
use stratiform_service::event::Subject;
use stratiform_service::{
    AccountId, LogicalId, PhysicalId, Region, ResourceStatus, StackEvent, StackId, StackStatus,
    Word,
};
use stratiform_template::{Member, Resource, Template, parse_with_repeats};

use super::Protection;
use crate::call::{self, Call, DatabaseKind, Stack};
use crate::gate::Blocked;
use crate::plan::{Allowance, Loss};

/// What a stack has, as it is looked at before anything is deleted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inventory {
    /// The stack.
    pub stack: StackId,
    /// Its status.
    pub status: Word<StackStatus>,
    /// Its resources that exist, in the order in which CloudFormation lists them.
    pub items: Vec<Item>,
    /// What protects it by itself, whoever imports from it.
    pub protections: Vec<Protection>,
    /// Its exports that are imported, each with the names of the stacks that do.
    pub importers: Vec<(String, Vec<String>)>,
}

/// A resource that exists.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Item {
    /// Its logical ID.
    pub logical_id: LogicalId,
    /// Its physical ID.
    pub physical_id: PhysicalId,
    /// Its type.
    pub resource_type: String,
    /// What becomes of it.
    pub fate: Fate,
    /// Whether data is lost with it.
    pub holds_data: bool,
}

/// What becomes of a resource when its stack is deleted?
///
/// Source: CloudFormation template reference, "DeletionPolicy attribute".
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fate {
    /// It stays as it is, outside of any stack.
    Stays,
    /// A snapshot of it is taken, and it is deleted.
    Snapshot,
    /// It is deleted where nothing is in it; otherwise AWS refuses, and its stack needs a person.
    DeletedIfEmpty,
    /// It is deleted.
    Deleted,
}

impl Inventory {
    /// Of a stack in which nothing was made so far.
    pub(super) fn empty(stack: &Stack) -> Inventory {
        let termination = stack
            .termination_protection
            .then_some(Protection::Termination);
        Inventory {
            stack: stack.id.clone(),
            status: stack.status.clone(),
            items: Vec::new(),
            protections: termination.into_iter().collect(),
            importers: Vec::new(),
        }
    }

    /// From a stack, its template's text, and what CloudFormation lists. Of what the template does not say, or cannot be
    /// read, the worst is taken: it is deleted.
    pub fn of(stack: &Stack, template: &str, resources: &[call::Resource]) -> Inventory {
        let mut inventory = Inventory::empty(stack);
        let parsed = parse_with_repeats(template).ok();
        let template = parsed.and_then(|parsed| Template::from_node(&parsed.node).ok());
        let template = template.unwrap_or_default();
        match whereabouts(&stack.id) {
            Some(world) => {
                let scope = Scope::new(&template, &stack.parameters, &world);
                let resolver = Resolver::new(&scope, &world);
                let expanded = expand(&resolver);
                let template = expanded.as_ref().unwrap_or(&template);
                let scope = Scope::new(template, &stack.parameters, &world);
                inventory.read(&Resolver::new(&scope, &world), resources);
            }
            None => inventory.read_without(resources),
        }
        inventory
    }

    fn read(&mut self, resolver: &Resolver<'_, '_>, resources: &[call::Resource]) {
        for resource in resources.iter().filter(|resource| exists(resource)) {
            let declared = resolver
                .scope
                .template
                .resources
                .get(resource.logical_id.as_str());
            let declared = match declared {
                Some(Member::One(declared)) => Declared::of(resolver, declared),
                Some(Member::Unexpanded(_)) | None => Declared::default(),
            };
            self.add(resource, &declared);
        }
    }

    fn read_without(&mut self, resources: &[call::Resource]) {
        for resource in resources.iter().filter(|resource| exists(resource)) {
            self.add(resource, &Declared::default());
        }
    }

    fn add(&mut self, resource: &call::Resource, declared: &Declared<'_>) {
        let Some(physical_id) = resource.physical_id.clone() else {
            return;
        };
        let resource_type = resource.resource_type.as_str();
        let fate = declared.fate(resource_type);
        // What stays is not deleted, and so not refused.
        if fate != Fate::Stays {
            let protections = declared.protections(resource_type);
            self.protections
                .extend(protections.map(|(property, what)| Protection::Resource {
                    logical_id: resource.logical_id.clone(),
                    resource_type: resource_type.to_owned(),
                    what,
                    property,
                }));
        }
        self.items.push(Item {
            logical_id: resource.logical_id.clone(),
            physical_id,
            resource_type: resource_type.to_owned(),
            fate,
            holds_data: declared.holds_data(resource_type),
        });
    }

    /// The resources that are protected and go, and with which nothing is lost, by all events of the stack: each with the
    /// call that lifts its protection. They hold no data; or a snapshot of them is taken, and they never were complete.
    pub fn liftable(&self, events: &[StackEvent]) -> Vec<(&Item, Call)> {
        let is_protected = |item: &&Item| {
            self.protections.iter().any(|protection| {
                matches!(protection, Protection::Resource { logical_id, .. } if *logical_id == item.logical_id)
            })
        };
        let is_safe = |item: &&Item| {
            !item.holds_data
                || (item.fate == Fate::Snapshot && never_was_made(&item.logical_id, events))
        };
        let items = self.items.iter().filter(is_protected).filter(is_safe);
        items
            .filter_map(|item| Some((item, item.unprotecting()?)))
            .collect()
    }

    /// The resources whose data would go, but for those that are named; `key` is the stack's.
    pub fn unnamed(&self, key: &str, allowed: &[Allowance]) -> Vec<Blocked> {
        let is_named = |item: &Item| {
            allowed.iter().any(|allowance| {
                allowance.loss == Loss::Delete
                    && allowance.stack == key
                    && allowance.logical_id == item.logical_id
            })
        };
        let items = self.items.iter();
        items
            .filter(|item| item.loses_data() && !is_named(item))
            .map(|item| Blocked {
                logical_id: item.logical_id.clone(),
                resource_type: item.resource_type.clone(),
                loss: Loss::Delete,
                is_certain: item.fate == Fate::Deleted,
            })
            .collect()
    }
}

impl Item {
    /// The call that lifts its protection, where there is one here.
    fn unprotecting(&self) -> Option<Call> {
        let id = self.physical_id.to_string();
        if self.resource_type == "AWS::ElasticLoadBalancingV2::LoadBalancer" {
            return Some(Call::UnprotectLoadBalancer { load_balancer: id });
        }
        let kind = DatabaseKind::of(&self.resource_type)?;
        Some(Call::UnprotectDatabase {
            kind,
            identifier: id,
        })
    }

    /// Whether its data goes with it, and no snapshot of it is taken.
    pub fn loses_data(&self) -> bool {
        let is_kept = match self.fate {
            Fate::Stays | Fate::Snapshot => true,
            Fate::DeletedIfEmpty | Fate::Deleted => false,
        };
        self.holds_data && !is_kept
    }
}

/// What a template says of a resource.
#[derive(Debug, Default)]
struct Declared<'t> {
    /// Its properties; nothing where it is not in the template.
    properties: Vec<(&'t str, Resolved<'t>)>,
    deletion_policy: DeletionPolicy,
}

/// What does a template say of a resource's deletion policy?
#[derive(Debug, Default)]
enum DeletionPolicy {
    /// Nothing: the type's default.
    Default,
    /// A word.
    Is(String),
    /// Something that is not known here.
    #[default]
    Unknown,
}

impl<'t> Declared<'t> {
    fn of(resolver: &Resolver<'_, 't>, declared: &'t Resource) -> Declared<'t> {
        let policy = declared.deletion_policy.as_ref();
        let policy = policy.map(|policy| resolver.resolve(policy).part());
        let properties = declared.properties.iter();
        let properties = properties
            .filter_map(|(name, value)| Some((name.as_str(), resolver.resolve(value).part()?)));
        Declared {
            properties: properties.collect(),
            deletion_policy: match policy {
                None | Some(None) => DeletionPolicy::Default,
                Some(Some(value)) => value.known().map_or(DeletionPolicy::Unknown, |word| {
                    DeletionPolicy::Is(word.into_owned())
                }),
            },
        }
    }

    /// A property by its path: names joined by `/`.
    fn property(&self, path: &str) -> Option<&Resolved<'t>> {
        let (head, rest) = match path.split_once('/') {
            Some((head, rest)) => (head, Some(rest)),
            None => (path, None),
        };
        let (_, value) = self.properties.iter().find(|(name, _)| *name == head)?;
        let steps = rest.into_iter().flat_map(|rest| rest.split('/'));
        steps
            .into_iter()
            .try_fold(value, |value, step| value.get(step))
    }

    /// Whether its data is that of another resource, as it is for an instance of a database cluster.
    fn is_elsewhere(&self, resource_type: &str) -> bool {
        let path = behaviour::data_elsewhere(resource_type);
        path.is_some_and(|path| self.property(path.as_str()).is_some())
    }

    /// Nobody knows here what is in a nested stack: it counts as if it were data.
    fn holds_data(&self, resource_type: &str) -> bool {
        let may =
            behaviour::holds_data(resource_type) || resource_type == "AWS::CloudFormation::Stack";
        may && !self.is_elsewhere(resource_type)
    }

    fn fate(&self, resource_type: &str) -> Fate {
        let snapshots = behaviour::takes_snapshot(resource_type);
        let by_default =
            behaviour::snapshot_by_default(resource_type) && !self.is_elsewhere(resource_type);
        match &self.deletion_policy {
            DeletionPolicy::Is(word) if word == "Retain" || word == "RetainExceptOnCreate" => {
                Fate::Stays
            }
            DeletionPolicy::Is(word) if word == "Snapshot" && snapshots => Fate::Snapshot,
            DeletionPolicy::Default if by_default => Fate::Snapshot,
            DeletionPolicy::Is(_) | DeletionPolicy::Default | DeletionPolicy::Unknown => {
                self.deleted(resource_type)
            }
        }
    }

    fn deleted(&self, resource_type: &str) -> Fate {
        match behaviour::deleted_when_empty(resource_type) {
            None => Fate::Deleted,
            Some(behaviour::WhenEmpty::Always) => Fate::DeletedIfEmpty,
            Some(behaviour::WhenEmpty::Unless(path)) => match self.property(path.as_str()) {
                Some(value) if is(value, "true") => Fate::Deleted,
                Some(_) | None => Fate::DeletedIfEmpty,
            },
        }
    }

    /// The properties with which AWS refuses to delete it, and what they are. What is not known here does not count: AWS
    /// refuses then by itself.
    fn protections(&self, resource_type: &str) -> impl Iterator<Item = (String, String)> {
        let is_protecting = |guard: &Guard| {
            let value = self.property(guard.path.as_str());
            match guard.protects {
                While::Is(protecting) => value.is_some_and(|value| is(value, protecting)),
                While::Set => value.is_some(),
            }
        };
        // A member of a cluster goes, whatever the cluster's protection is.
        let is_member = self.is_elsewhere(resource_type);
        let properties = behaviour::refusals(resource_type)
            .filter(move |guard| !is_member && is_protecting(guard))
            .map(|guard| (guard.path.as_str().to_owned(), guard.what.to_owned()));
        let attributes = self.attribute(LOAD_BALANCER_PROTECTION).map(|()| {
            (
                format!("LoadBalancerAttributes: {LOAD_BALANCER_PROTECTION}"),
                "deletion protection".to_owned(),
            )
        });
        properties.chain(attributes)
    }

    /// Whether an attribute of a load balancer is `true`.
    fn attribute(&self, key: &str) -> Option<()> {
        let attributes = self.property("LoadBalancerAttributes")?.items().iter();
        let says = |attribute: &Resolved<'_>, name: &str, text: &str| {
            attribute.get(name).is_some_and(|value| is(value, text))
        };
        let mut protecting = attributes
            .filter(|attribute| says(attribute, "Key", key) && says(attribute, "Value", "true"));
        protecting.next().map(|_| ())
    }
}

fn is(value: &Resolved<'_>, text: &str) -> bool {
    value
        .known()
        .is_some_and(|known| known.eq_ignore_ascii_case(text))
}

/// Whether all events of a stack say that a resource was begun and never complete. Those that CloudFormation has forgotten
/// say nothing, and then it may have been.
fn never_was_made(id: &LogicalId, events: &[StackEvent]) -> bool {
    let mut own = events
        .iter()
        .filter(|event| event.subject() == Subject::Resource(id.clone()))
        .map(|event| event.resource_status.known());
    own.next() == Some(Some(ResourceStatus::CreateInProgress))
        && own.all(|status| {
            !matches!(
                status,
                None | Some(
                    ResourceStatus::CreateComplete
                        | ResourceStatus::UpdateComplete
                        | ResourceStatus::ImportComplete
                )
            )
        })
}

/// Whether something is there that can be deleted.
fn exists(resource: &call::Resource) -> bool {
    resource.physical_id.is_some()
        && resource.status.known() != Some(ResourceStatus::DeleteComplete)
}

fn whereabouts(stack: &StackId) -> Option<Whereabouts> {
    Some(Whereabouts {
        stack: stack.stack_name().to_owned(),
        region: Region::new(stack.region()).ok()?,
        account: AccountId::new(stack.account()).ok(),
    })
}
