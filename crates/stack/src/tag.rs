//! The property type that most resource types share.

use crate::value::draft::Draft;
use crate::value::property::{Accepts, Prop, PropertyType};

/// A tag: the property type that most resource types share.
#[derive(Clone, Debug)]
pub struct Tag {
    key: Prop<String>,
    value: Prop<String>,
}

impl Tag {
    /// A tag of a key (at most 128 characters) and a value (at most 256).
    pub fn new(key: impl Into<Prop<String>>, value: impl Into<Prop<String>>) -> Self {
        Tag {
            key: key.into(),
            value: value.into(),
        }
    }
}

impl PropertyType for Tag {
    fn into_draft(self) -> Draft {
        Draft::object(vec![
            ("Key", Some(self.key.into_draft())),
            ("Value", Some(self.value.into_draft())),
        ])
    }
}

impl Accepts<Tag> for Tag {}
