//! What the handlers of resource types did: a record for whoever asks which permissions that takes.

use std::collections::BTreeMap;

use serde_json::Value;
use stratiform_catalog::Handler;

use crate::estate::Living;
use crate::operation::Around;

/// A handler was called, and is done. Each reads the resource, too.
#[derive(Clone, Debug, PartialEq)]
pub struct Handled {
    /// The stack's name.
    pub stack: String,
    /// The resource's logical ID.
    pub logical_id: String,
    /// The resource's type.
    pub resource_type: String,
    /// The operation: create, update or delete.
    pub handler: Handler,
    /// The resource's physical ID.
    pub physical_id: String,
    /// What `Fn::GetAtt` gives of what cannot be set: ARNs among it.
    pub attributes: BTreeMap<String, Value>,
}

impl Handled {
    /// A resource that is there from now on, or is another.
    pub(crate) fn put(stack: &str, resource_type: &str, living: &Living, around: &mut Around<'_>) {
        let physical_id = &living.identity.physical_id;
        let handler = match around.estate.living(resource_type, physical_id) {
            None => Handler::Create,
            Some(_) => Handler::Update,
        };
        Handled::record(stack, resource_type, handler, living, around);
    }

    /// A resource that is gone.
    pub(crate) fn removed(
        stack: &str,
        resource_type: &str,
        physical_id: &str,
        around: &mut Around<'_>,
    ) {
        let living = around.estate.living(resource_type, physical_id).cloned();
        if let Some(living) = living {
            Handled::record(stack, resource_type, Handler::Delete, &living, around);
        }
    }

    fn record(
        stack: &str,
        resource_type: &str,
        handler: Handler,
        living: &Living,
        around: &mut Around<'_>,
    ) {
        around.handled.push(Handled {
            stack: stack.to_owned(),
            logical_id: living.logical_id.clone(),
            resource_type: resource_type.to_owned(),
            handler,
            physical_id: living.identity.physical_id.clone(),
            attributes: BTreeMap::clone(&living.identity.attributes),
        });
    }
}
