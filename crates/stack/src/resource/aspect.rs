//! What an aspect sees of a resource, and may change.

use std::marker::PhantomData;
use std::rc::Rc;

use crate::resource::ResourceDraft;
use crate::value::property::Json;

/// The view of one resource that an aspect gets.
///
/// It borrows nothing: the resource's handle, other aspects and new resources may be used while it is there.
#[derive(Debug)]
pub struct ResourceView<'a> {
    resource: Rc<ResourceDraft>,
    /// A view is lent to the aspect: it is not kept.
    lent: PhantomData<&'a mut ()>,
}

impl ResourceView<'_> {
    pub(crate) fn new(resource: Rc<ResourceDraft>) -> Self {
        ResourceView {
            resource,
            lent: PhantomData,
        }
    }

    /// The short name of the stack: `database`.
    pub fn stack(&self) -> &str {
        &self.resource.identity.stack
    }

    /// The logical ID.
    pub fn logical_id(&self) -> &str {
        &self.resource.identity.logical_id
    }

    /// CloudFormation's name of the type.
    pub fn resource_type(&self) -> &str {
        &self.resource.resource_type
    }

    /// Whether a property is set.
    pub fn has(&self, property: &str) -> bool {
        let content = self.resource.content.borrow();
        content.properties.iter().any(|(key, _)| key == property)
    }

    /// Sets a property where it is not set yet.
    pub fn set_default(&mut self, property: &'static str, value: impl Into<Json>) {
        if !self.has(property) {
            self.set(property, value);
        }
    }

    /// Sets a property, whatever it was before.
    pub fn set(&mut self, property: &'static str, value: impl Into<Json>) {
        // Converted first: that is somebody else's code, and may use the resource.
        let value = value.into().0;
        let properties = &mut self.resource.content.borrow_mut().properties;
        match properties.iter_mut().find(|(key, _)| key == property) {
            Some((_, before)) => *before = value,
            None => properties.push((property.into(), value)),
        }
    }
}
