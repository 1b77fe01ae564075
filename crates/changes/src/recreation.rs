//! Which change of which property makes a new resource, and which fact of the catalog says so.

use std::fmt;

use stratiform_catalog::behaviour::{
    self, Class, PolicyEffect, Transition, UpdatePolicy, When, documented, refused_updates,
    update_policies,
};
use stratiform_catalog::{Catalog, PropertyPath, ResourceType};
use stratiform_resolve::Resolved;

use stratiform_service::change::{Replacement, RequiresRecreation};

/// Whether a change makes a new resource, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recreation {
    /// CloudFormation's answer.
    pub requires: RequiresRecreation,
    /// What says so.
    pub fact: RecreationFact,
}

/// What says whether a change makes a new resource?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecreationFact {
    /// The type's schema lists the property in `createOnlyProperties`.
    CreateOnly(PropertyPath),
    /// The type's schema lists the property in `conditionalCreateOnlyProperties`.
    ConditionalCreateOnly(PropertyPath),
    /// The type's schema lists the property in `conditionalCreateOnlyProperties`, and AWS documents the update as one
    /// in place.
    InPlace(PropertyPath, &'static str),
    /// AWS documents that such a change always makes a new resource, whatever the schema says.
    Documented(PropertyPath, &'static str),
    /// The type exists only through this transform, which decides what becomes of it.
    Transformed(&'static str),
    /// It is made from what is not written out here.
    Unexpanded,
    /// `UpdatePolicy` of the template after decides.
    ByUpdatePolicy(PolicyDecision),
    /// The property is part of what identifies such resources, and the type's schema does not say that it can be
    /// changed.
    Identifies(PropertyPath),
    /// AWS documents that it refuses the update: nothing is replaced.
    Refused(&'static str),
    /// The type's schema lists the property in neither.
    Updatable,
    /// A custom resource: its provider decides, by answering with another physical ID.
    CustomResource,
    /// The catalog does not know the type in this region.
    UnknownType,
    /// The attribute is no property: CloudFormation acts on it without touching the resource.
    NotAProperty,
}

/// What an update policy decides about an update.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PolicyDecision {
    policy: UpdatePolicy,
    /// Whether it is `true`; `None` where that is not known.
    is_true: Option<bool>,
}

impl PolicyDecision {
    /// What the update policies of a resource decide about the change of a property; `None` where they have no say.
    pub(crate) fn of(
        resource_type: &str,
        property: &[String],
        written: Option<&Resolved<'_>>,
    ) -> Option<PolicyDecision> {
        update_policies(resource_type, property).find_map(|policy| {
            let decision = PolicyDecision {
                policy,
                is_true: is_true(written, policy.path),
            };
            let decides = match policy.effect {
                PolicyEffect::InPlace => true,
                PolicyEffect::Replaces => decision.is_true != Some(false),
                PolicyEffect::Rolls(_) => false,
            };
            decides.then_some(decision)
        })
    }

    /// Whether the resource is replaced.
    pub fn replacement(&self) -> Replacement {
        let in_place = self.policy.effect == PolicyEffect::InPlace;
        match self.is_true {
            Some(is_true) if is_true == in_place => Replacement::WillNot,
            Some(_) => Replacement::Will,
            None => Replacement::May,
        }
    }

    /// The update policy that has to be `true` for an update in place, where that is what is missing.
    pub fn missing(&self) -> Option<PropertyPath> {
        let missing = self.policy.effect == PolicyEffect::InPlace && self.is_true != Some(true);
        missing.then_some(self.policy.path)
    }
}

/// Whether a switch of `UpdatePolicy` is on. What is not written is off.
fn is_true(written: Option<&Resolved<'_>>, path: PropertyPath) -> Option<bool> {
    let mut value = written;
    for key in path.segments() {
        match value {
            Some(value) if value.is_opaque() => return None,
            _ => value = value.and_then(|value| value.get(key)),
        }
    }
    match value {
        Some(value) => Some(value.known()?.eq_ignore_ascii_case("true")),
        None => Some(false),
    }
}

impl fmt::Display for PolicyDecision {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.policy.path.as_str().replace('/', ".");
        match self.is_true {
            Some(true) => write!(formatter, "`{path}` of its `UpdatePolicy` is `true`"),
            Some(false) => write!(formatter, "`{path}` of its `UpdatePolicy` is not `true`"),
            None => write!(
                formatter,
                "whether `{path}` of its `UpdatePolicy` is `true` is not known here"
            ),
        }
    }
}

impl fmt::Display for RecreationFact {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RecreationFact::CreateOnly(path) => {
                write!(formatter, "`{path}` is a createOnly property of the type")
            }
            RecreationFact::ConditionalCreateOnly(path) => write!(
                formatter,
                "`{path}` is a conditionalCreateOnly property of the type: AWS decides by the value"
            ),
            RecreationFact::InPlace(path, page) => write!(
                formatter,
                "`{path}` is a conditionalCreateOnly property of the type, and `{page}` documents the update in place"
            ),
            RecreationFact::Documented(path, page) => write!(
                formatter,
                "`{page}` documents that such a change of `{path}` makes a new resource"
            ),
            RecreationFact::Transformed(transform) => write!(
                formatter,
                "`{transform}` decides which resources it stands for"
            ),
            RecreationFact::Unexpanded => {
                formatter.write_str("what it stands for is not known here")
            }
            RecreationFact::ByUpdatePolicy(decision) => decision.fmt(formatter),
            RecreationFact::Identifies(path) => write!(
                formatter,
                "`{path}` is part of the primaryIdentifier of the type: another value may mean another resource"
            ),
            RecreationFact::Refused(page) => {
                write!(formatter, "AWS refuses the update, as `{page}` documents")
            }
            RecreationFact::Updatable => {
                formatter.write_str("the type's schema allows updating it")
            }
            RecreationFact::CustomResource => {
                formatter.write_str("the provider of a custom resource decides whether it replaces")
            }
            RecreationFact::UnknownType => {
                formatter.write_str("the catalog does not know this type")
            }
            RecreationFact::NotAProperty => {
                formatter.write_str("it is no property of the resource")
            }
        }
    }
}

/// The properties of a type whose change makes a new resource.
#[derive(Clone, Debug)]
pub struct Rules {
    always: Vec<PropertyPath>,
    /// Properties of which a page says so, where there is no schema that could.
    documented: Vec<(PropertyPath, &'static str)>,
    conditionally: Vec<PropertyPath>,
    /// Properties that identify the resource and are in neither of the others.
    identifying: Vec<PropertyPath>,
    /// Properties of which AWS refuses every update, and the pages that say so.
    refusals: Vec<(PropertyPath, &'static str)>,
    otherwise: Recreation,
    /// The type, where the catalog knows it.
    pub resource_type: Option<ResourceType>,
}

impl Rules {
    /// The rules of a type, as it is in a region.
    pub fn of(catalog: Catalog, resource_type: &str, region: &str) -> Rules {
        let known = catalog
            .resource_type_in(resource_type, region)
            .or_else(|| catalog.resource_type(resource_type));
        let custom = resource_type.starts_with("Custom::")
            || resource_type == "AWS::CloudFormation::CustomResource";
        let otherwise = match known {
            _ if custom => Recreation {
                requires: RequiresRecreation::Conditionally,
                fact: RecreationFact::CustomResource,
            },
            Some(known) => match known.transform() {
                Some(transform) => Recreation {
                    requires: RequiresRecreation::Conditionally,
                    fact: RecreationFact::Transformed(transform),
                },
                None => Recreation {
                    requires: RequiresRecreation::Never,
                    fact: RecreationFact::Updatable,
                },
            },
            None => Recreation {
                requires: RequiresRecreation::Conditionally,
                fact: RecreationFact::UnknownType,
            },
        };
        let mut rules = Rules {
            always: Vec::new(),
            documented: behaviour::replaces(resource_type).collect(),
            conditionally: Vec::new(),
            identifying: Vec::new(),
            refusals: refused_updates(resource_type)
                .filter(|refusal| {
                    matches!(refusal.when, When::Changed(_)) && refusal.only_while.is_none()
                })
                .filter_map(|refusal| Some((refusal.path?, refusal.source)))
                .collect(),
            otherwise,
            resource_type: known,
        };
        if let Some(known) = known {
            rules.always.extend(known.create_only());
            rules.conditionally.extend(known.conditional_create_only());
            let elsewhere = |path: &PropertyPath| {
                rules.always.contains(path) || known.read_only().any(|read_only| read_only == *path)
            };
            let identifying = known.primary_identifier().filter(|path| !elsewhere(path));
            rules.identifying = identifying.collect();
        }
        rules
    }

    /// The rules of a resource that is written as a type of a transform before or after, and as the type which that
    /// stands for on the other side: whatever differs, the transform may mean the same.
    pub(crate) fn exchanged(catalog: Catalog, types: [&str; 2]) -> Option<Rules> {
        let mut known = types
            .into_iter()
            .filter_map(|name| catalog.resource_type(name));
        let transform = known.find_map(ResourceType::transform)?;
        let stands = behaviour::stand_for(types[0], types[1]);
        stands.then(|| Rules {
            always: Vec::new(),
            documented: Vec::new(),
            conditionally: Vec::new(),
            identifying: Vec::new(),
            refusals: Vec::new(),
            otherwise: Recreation {
                requires: RequiresRecreation::Conditionally,
                fact: RecreationFact::Transformed(transform),
            },
            resource_type: None,
        })
    }

    /// What a difference that is no difference of a property means.
    pub(crate) fn otherwise(&self) -> Recreation {
        self.otherwise
    }

    /// What a difference at a path below `Properties` means.
    pub fn at(
        &self,
        below: &[String],
        before: Option<&Resolved<'_>>,
        after: Option<&Resolved<'_>>,
    ) -> Recreation {
        let recreation = self.by_schema(below, before, after);
        let mut refusals = self.refusals.iter();
        let refused = refusals.find(|(path, _)| applies(*path, below, before, after));
        match refused {
            None => recreation,
            Some((_, page)) => Recreation {
                fact: RecreationFact::Refused(page),
                ..recreation
            },
        }
    }

    /// What the schema of the type says.
    fn by_schema(
        &self,
        below: &[String],
        before: Option<&Resolved<'_>>,
        after: Option<&Resolved<'_>>,
    ) -> Recreation {
        let find = |paths: &[PropertyPath]| {
            paths
                .iter()
                .copied()
                .find(|rule| applies(*rule, below, before, after))
        };
        if let Some(path) = find(&self.always) {
            return Recreation {
                requires: RequiresRecreation::Always,
                fact: RecreationFact::CreateOnly(path),
            };
        }
        let mut documented = self.documented.iter();
        if let Some((path, page)) = documented.find(|(path, _)| find(&[*path]).is_some()) {
            return Recreation {
                requires: RequiresRecreation::Always,
                fact: RecreationFact::Documented(*path, page),
            };
        }
        if let Some(path) = find(&self.conditionally) {
            return Recreation {
                requires: RequiresRecreation::Conditionally,
                fact: self.under_conditions(path, below, before, after),
            };
        }
        if below.first().is_some_and(|step| step.starts_with("Fn::")) {
            return Recreation {
                requires: RequiresRecreation::Conditionally,
                fact: RecreationFact::Unexpanded,
            };
        }
        if let Some(path) = find(&self.identifying) {
            return Recreation {
                requires: RequiresRecreation::Conditionally,
                fact: RecreationFact::Identifies(path),
            };
        }
        self.otherwise
    }

    /// What is documented for a `conditionalCreateOnly` property that comes, goes or becomes another.
    fn under_conditions(
        &self,
        path: PropertyPath,
        below: &[String],
        before: Option<&Resolved<'_>>,
        after: Option<&Resolved<'_>>,
    ) -> RecreationFact {
        let name = self.resource_type.map_or("", ResourceType::name);
        let transition = before.and_then(|_| behaviour::transition(name, below, after.is_none()));
        let mut policies = update_policies(name, below);
        let by_policy = policies.any(|policy| policy.effect == PolicyEffect::InPlace);
        match (transition, documented(name, below).filter(|_| !by_policy)) {
            (Some(Transition::New(page)), _) => RecreationFact::Documented(path, page),
            (Some(Transition::InPlace(entry)), _) => RecreationFact::InPlace(path, entry.source),
            (None, Some(entry)) if entry.class != Class::Replaces => {
                RecreationFact::InPlace(path, entry.source)
            }
            (None, _) => RecreationFact::ConditionalCreateOnly(path),
        }
    }
}

/// Whether a difference is one of a property: at it, below it, or above it where the property is part of what comes
/// or goes.
fn applies(
    rule: PropertyPath,
    path: &[String],
    before: Option<&Resolved<'_>>,
    after: Option<&Resolved<'_>>,
) -> bool {
    let rule: Vec<&str> = rule.segments().collect();
    let agree = rule
        .iter()
        .zip(path)
        .all(|(rule, step)| *rule == "*" || rule == step);
    if !agree {
        return false;
    }
    match rule.get(path.len()..) {
        None | Some([]) => true,
        Some(rest) => [before, after]
            .into_iter()
            .flatten()
            .any(|value| contains(value, rest)),
    }
}

fn contains(value: &Resolved<'_>, path: &[&str]) -> bool {
    match path {
        [] => true,
        _ if value.is_opaque() => true,
        ["*", rest @ ..] => value.items().iter().any(|item| contains(item, rest)),
        [key, rest @ ..] => value.get(key).is_some_and(|value| contains(value, rest)),
    }
}
