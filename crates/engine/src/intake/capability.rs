//! What a caller has to acknowledge.

use indexmap::IndexSet;
use stratiform_catalog::behaviour::{Capability, needs_capability};
use stratiform_service::Refusal;

use super::read::Intake;
use crate::input::Refused;

/// The acknowledgement of macros.
const AUTO_EXPAND: &str = "CAPABILITY_AUTO_EXPAND";

/// How is a template brought to a stack?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Call {
    /// By `CreateStack` or `UpdateStack`.
    Direct,
    /// By a change set, whose review stands for the acknowledgement of macros.
    ChangeSet,
}

/// What has to be acknowledged for a template.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Needed {
    /// That access is granted.
    pub access: Option<Capability>,
    /// The types that grant it, in order.
    pub resource_types: Vec<String>,
    /// Whether there are transforms.
    pub transforms: bool,
}

impl Needed {
    /// The `Capabilities` of an answer.
    pub(crate) fn capabilities(&self) -> Vec<&'static str> {
        self.access.iter().map(|access| access.as_str()).collect()
    }

    /// The `CapabilitiesReason` of an answer.
    pub(crate) fn reason(&self) -> Option<String> {
        let types = self.resource_types.join(", ");
        self.access
            .map(|_| format!("The following resource(s) require capabilities: [{types}]"))
    }
}

/// What has to be acknowledged for a template.
pub(crate) fn capabilities(intake: &Intake) -> Needed {
    let mut access = None;
    let mut resource_types = IndexSet::new();
    for (_, resource) in intake.template.each_resource() {
        let is_set = |name: &str| resource.properties.contains_key(name);
        if let Some(needed) = needs_capability(&resource.resource_type, is_set) {
            access = access.max(Some(needed));
            resource_types.insert(resource.resource_type.clone());
        }
    }
    Needed {
        access,
        resource_types: resource_types.into_iter().collect(),
        transforms: !intake.transforms.is_empty(),
    }
}

/// Checks that what has to be acknowledged is.
///
/// # Errors
/// `InsufficientCapabilitiesException`, with what is missing.
pub(crate) fn acknowledged(needed: &Needed, given: &[String], call: Call) -> Result<(), Refused> {
    let is_given = |name: &str| given.iter().any(|given| given == name);
    let missing = match (needed.transforms, call, needed.access) {
        (true, Call::Direct, _) if !is_given(AUTO_EXPAND) => Some(AUTO_EXPAND),
        (_, _, None) => None,
        (_, _, Some(access)) => {
            let enough = match access {
                Capability::Iam => {
                    is_given(Capability::Iam.as_str()) || is_given(Capability::NamedIam.as_str())
                }
                Capability::NamedIam => is_given(Capability::NamedIam.as_str()),
            };
            (!enough).then(|| access.as_str())
        }
    };
    match missing {
        None => Ok(()),
        Some(missing) => {
            let capabilities = vec![missing.to_owned()];
            Err(Refusal::CapabilitiesMissing { capabilities }.into())
        }
    }
}
