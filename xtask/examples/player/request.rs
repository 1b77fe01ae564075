//! Parts of plans as the SDK's types.

use aws_sdk_cloudformation::types::{Capability, ChangeSetType, Parameter, Tag};

use crate::plan::{Capabilities, Kind, Options, StackInput};

pub(crate) fn parameters(stack: &StackInput) -> Option<Vec<Parameter>> {
    let parameters = stack.parameters.iter().map(|parameter| {
        let builder = Parameter::builder().parameter_key(&parameter.key);
        match &parameter.value {
            Some(value) => builder.parameter_value(value),
            None => builder.use_previous_value(true),
        }
        .build()
    });
    Some(parameters.collect())
}

pub(crate) fn capabilities(capabilities: Capabilities) -> Option<Vec<Capability>> {
    Some(match capabilities {
        Capabilities::All => vec![
            Capability::CapabilityIam,
            Capability::CapabilityNamedIam,
            Capability::CapabilityAutoExpand,
        ],
        Capabilities::None => Vec::new(),
    })
}

pub(crate) fn tags(options: &Options) -> Option<Vec<Tag>> {
    let tags = options.tags.as_ref()?.iter();
    Some(
        tags.map(|tag| Tag::builder().key(&tag.key).value(&tag.value).build())
            .collect(),
    )
}

pub(crate) fn kind(kind: Kind) -> ChangeSetType {
    match kind {
        Kind::Create => ChangeSetType::Create,
        Kind::Update => ChangeSetType::Update,
    }
}
