//! What is needed, for all stacks together.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;
use std::rc::Rc;

use stratiform_assembly::Assembly;
use stratiform_catalog::action::{Action, action, actions, kinds};
use stratiform_catalog::{Handler, ResourceType, catalog};

use crate::around::{self, Around};
use crate::glob::covers_action;
use crate::grant::{Grant, Permissions};
use crate::inventory::{Inventory, Things};
use crate::role::{self, Roles};
use crate::thing::{ANY, Says, Thing};

/// The operations that CloudFormation calls.
const HANDLERS: [Handler; 4] = [
    Handler::Create,
    Handler::Read,
    Handler::Update,
    Handler::Delete,
];

/// What CloudFormation must be allowed to do for stacks.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Needed {
    /// What is granted, sorted by service.
    pub grants: Vec<Grant>,
    /// What is granted on more than what the stacks name, sorted by action.
    pub unscoped: Vec<Unscoped>,
    /// What handlers name and is not granted, sorted by action.
    pub left: Vec<Left>,
    /// The types of which nobody says what they need, and custom resources; sorted.
    pub unknown: Vec<Unknown>,
}

/// An action that is granted on more than what the stacks name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unscoped {
    /// Why.
    pub reason: Reason,
    /// The action.
    pub action: String,
}

/// Why is an action granted on more than what the stacks name?
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// It is granted on everything.
    NoResources,
    /// It is granted on names that another stack's resource could have, too.
    ShortName,
    /// It is granted on all of a kind, in this account and region.
    NotKnownBefore,
}

impl fmt::Display for Reason {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Reason::NoResources => "the service does not support permissions for single resources",
            Reason::ShortName => {
                "CloudFormation cuts the names that it makes for such resources: they do not say of which stack they are"
            }
            Reason::NotKnownBefore => {
                "AWS chooses the ID when it makes the resource: any of the kind in this account and region"
            }
        })
    }
}

/// An action that a type's handler names and that is not granted.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Left {
    /// The action.
    pub action: String,
    /// The types whose handlers name it, sorted.
    pub types: Vec<String>,
    /// Why it is not granted.
    pub because: Because,
}

/// Why is an action not granted that a handler names?
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Because {
    /// IAM has no such action.
    NoSuchAction,
    /// It acts on these kinds only, and the stacks neither have nor name any of them.
    NothingToActOn(Vec<String>),
}

impl fmt::Display for Because {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Because::NoSuchAction => formatter.write_str("IAM has no such action"),
            Because::NothingToActOn(kinds) => write!(
                formatter,
                "the stacks neither have nor name what it acts on ({})",
                kinds.join(", ")
            ),
        }
    }
}

/// A type whose handlers nobody knows.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unknown {
    /// The type.
    pub resource_type: String,
    /// What is granted for it instead.
    pub instead: String,
}

impl fmt::Display for Unknown {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.resource_type, self.instead)
    }
}

/// What CloudFormation must be allowed to do for the stacks of an environment.
pub fn of_stacks(assembly: &Assembly) -> Needed {
    Inventory::of(&[assembly]).needed()
}

impl Inventory {
    /// What CloudFormation must be allowed to do for these stacks. Whoever goes from some to others needs what both do:
    /// what is in the first only is deleted.
    pub fn needed(&self) -> Needed {
        Deriving::new(self, doing).derive(&self.around)
    }

    /// What reading the resources needs, and nothing else of the stacks.
    pub fn needed_to_read(&self) -> Needed {
        let reading = |found: ResourceType| found.permissions(Handler::Read).collect();
        Deriving::new(self, reading).derive(&Around::default())
    }
}

/// The actions that all of a type's handlers name, and its tagging.
fn doing(found: ResourceType) -> BTreeSet<&'static str> {
    let named = HANDLERS
        .into_iter()
        .flat_map(|handler| found.permissions(handler));
    named.chain(found.tagging_permissions()).collect()
}

/// The state of a derivation.
struct Deriving<'a> {
    things: &'a Things,
    roles: &'a Roles,
    /// The actions of a type.
    named: fn(ResourceType) -> BTreeSet<&'static str>,
    permissions: Permissions,
    unscoped: BTreeSet<Unscoped>,
    left: BTreeMap<(String, Because), BTreeSet<String>>,
    granted: BTreeSet<String>,
    /// The things of each kind, by service: each is gone through once.
    of_services: HashMap<&'static str, OfKinds<'a>>,
}

/// The things of each kind of a service; of no type where templates only name them.
type OfKinds<'a> = HashMap<&'static str, Vec<Known<'a>>>;

/// A thing by its ARN.
#[derive(Clone)]
struct Known<'a> {
    /// The type whose resource it is.
    of: Option<&'a str>,
    is_default: bool,
    says: Says,
    arn: Rc<str>,
}

impl<'a> Deriving<'a> {
    fn new(inventory: &'a Inventory, named: fn(ResourceType) -> BTreeSet<&'static str>) -> Self {
        Deriving {
            things: &inventory.things,
            roles: &inventory.roles,
            named,
            permissions: Permissions::default(),
            unscoped: BTreeSet::new(),
            left: BTreeMap::new(),
            granted: BTreeSet::new(),
            of_services: HashMap::new(),
        }
    }

    fn derive(mut self, around: &Around) -> Needed {
        let mut unknown = around.unknown.clone();
        for name in self.things.of_types.keys() {
            let found = catalog().resource_type(name);
            match found.filter(|found| found.handlers().next().is_some()) {
                Some(found) => {
                    unknown.extend(around::nested(name));
                    self.handlers(found);
                }
                None => unknown.extend(around::without_handlers(name)),
            }
        }
        for (action, resource) in &around.permissions {
            if resource == ANY {
                self.everywhere(action);
            } else {
                self.permissions
                    .allow(action, [resource.as_str()], Vec::new());
            }
        }
        // What one type's handler has nothing for, another's may have.
        let granted = self.granted;
        let left = self.left.into_iter();
        let left = left.filter(|((action, _), _)| !granted.contains(&action.to_ascii_lowercase()));
        let left = left.map(|((action, because), types)| Left {
            action,
            types: types.into_iter().collect(),
            because,
        });
        let mut unknown: Vec<_> = unknown.into_iter().collect();
        unknown.sort();
        Needed {
            grants: self.permissions.grants(),
            unscoped: self.unscoped.into_iter().collect(),
            left: left.collect(),
            unknown,
        }
    }

    fn handlers(&mut self, found: ResourceType) {
        for name in (self.named)(found) {
            match (name.strip_suffix('*'), action(name)) {
                (Some(_), _) => self.pattern(found, name),
                (None, Some(action)) => self.action(found, name, action),
                (None, None) => self.leave(found, name, Because::NoSuchAction),
            }
        }
    }

    /// A handler names all actions of a beginning.
    fn pattern(&mut self, found: ResourceType, pattern: &str) {
        let service = pattern
            .split(':')
            .next()
            .unwrap_or_default()
            .to_ascii_lowercase();
        for action in actions(&service) {
            let name = format!("{}:{}", action.service, action.name);
            if covers_action(pattern, &name) {
                self.action(found, &name, action);
            }
        }
    }

    fn action(&mut self, found: ResourceType, name: &str, action: &'static Action) {
        match name.to_ascii_lowercase().as_str() {
            "iam:passrole" => return self.pass_roles(found, name),
            "iam:createservicelinkedrole" => return self.link_roles(found, name),
            _ if action.kinds.is_empty() => return self.everywhere(name),
            _ => {}
        }
        let mut on = Vec::new();
        // Tags are set on the resource, whatever else an action could tag.
        let is_tagging = found.tagging_permissions().any(|tagging| tagging == name);
        for kind in &action.kinds {
            let of_kind = self.of_kind(action.service, kind.name);
            let own = of_kind
                .iter()
                .filter(|known| known.of == Some(found.name()));
            let (defaults, some): (Vec<&Known<'_>>, Vec<_>) =
                own.partition(|known| known.is_default);
            if !some.is_empty() {
                on.extend(some.into_iter().cloned());
            } else if !is_tagging {
                let all = of_kind.iter().filter(|known| !known.is_default);
                on.extend(all.chain(defaults).cloned());
            }
        }
        if on.is_empty() {
            let kinds = action.kinds.iter().map(|kind| kind.name.to_owned());
            let because = Because::NothingToActOn(kinds.collect());
            return self.leave(found, name, because);
        }
        self.on(name, on.into_iter().map(|known| (known.says, known.arn)));
    }

    /// The things of a kind.
    fn of_kind(&mut self, service: &'static str, kind: &str) -> &[Known<'a>] {
        let things = self.things;
        let of_service = self.of_services.entry(service).or_insert_with(|| {
            let mut of_kinds = OfKinds::new();
            let kinds = kinds(service);
            let formats = kinds.iter().flat_map(|kind| &kind.formats);
            let services: BTreeSet<&str> = formats.filter_map(|it| it.split(':').next()).collect();
            for (of, thing) in things.all() {
                if services.contains(thing.service()) {
                    let known = Known {
                        of,
                        is_default: thing.is_default,
                        says: thing.says,
                        arn: thing.arn().into(),
                    };
                    for kind in thing.kinds_in(service, kinds) {
                        of_kinds.entry(kind).or_default().push(known.clone());
                    }
                }
            }
            of_kinds
        });
        of_service.get(kind).map_or(&[], Vec::as_slice)
    }

    /// Grants an action on things: of each its ARN, and what that says of whose it is.
    fn on(&mut self, name: &str, things: impl Iterator<Item = (Says, Rc<str>)>) {
        let (says, arns): (Vec<Says>, Vec<Rc<str>>) = things.unzip();
        let reasons = says.into_iter().filter_map(|says| match says {
            Says::Name => None,
            Says::ShortName => Some(Reason::ShortName),
            Says::Kind => Some(Reason::NotKnownBefore),
        });
        let reasons: BTreeSet<Reason> = reasons.collect();
        self.unscoped
            .extend(reasons.into_iter().map(|reason| Unscoped {
                reason,
                action: name.to_owned(),
            }));
        self.granted.insert(name.to_ascii_lowercase());
        self.permissions.allow(name, arns, Vec::new());
    }

    fn everywhere(&mut self, name: &str) {
        self.unscoped.insert(Unscoped {
            reason: Reason::NoResources,
            action: name.to_owned(),
        });
        self.granted.insert(name.to_ascii_lowercase());
        self.permissions.allow(name, [ANY], Vec::new());
    }

    fn leave(&mut self, found: ResourceType, name: &str, because: Because) {
        let types = self.left.entry((name.to_owned(), because)).or_default();
        types.insert(found.name().to_owned());
    }

    /// `iam:PassRole`: the roles of the stacks, each to those that it trusts; and those that templates name.
    fn pass_roles(&mut self, found: ResourceType, name: &str) {
        let outside = self
            .things
            .outside
            .iter()
            .filter(|thing| role::is_role(thing));
        let outside = outside.map(|thing| (thing.arn(), Vec::new()));
        let passed: Vec<_> = self.roles.passed().chain(outside).collect();
        if passed.is_empty() {
            let because = Because::NothingToActOn(vec!["role".to_owned()]);
            return self.leave(found, name, because);
        }
        self.granted.insert(name.to_ascii_lowercase());
        for (arn, conditions) in passed {
            self.permissions.allow(name, [arn], conditions);
        }
    }

    /// `iam:CreateServiceLinkedRole`: the role of the service that the type belongs to.
    fn link_roles(&mut self, found: ResourceType, name: &str) {
        let own = self.things.of_type(found.name()).iter();
        let said = |thing: &Thing| (thing.says, thing.arn().into());
        let linked = own.filter(|thing| thing.is_service_linked()).map(said);
        let mut linked: Vec<(Says, Rc<str>)> = linked.collect();
        if linked.is_empty() {
            linked.push(said(&Thing::any_service_linked()));
        }
        self.on(name, linked.into_iter());
    }
}
