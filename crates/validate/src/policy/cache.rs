//! Caches, as policies ask about them.

use stratiform_template::Path;

use super::Policy;
use super::asking::Text;
use crate::schema::{Entries, Look, Looked};

/// A property of a cache that has to be `true`. Left out, Valkey takes it for `true`, and Redis does not.
/// Source: ElastiCache API reference, `CreateReplicationGroup`.
pub(super) fn has_to_be_true<'t>(
    look: &mut Look<'_, 't>,
    policy: &Policy,
    group: &Entries,
    name: &str,
    (path, what): (&Path<'_>, &str),
) -> Looked<'t> {
    if look.is_given(group, &[name])? == Some(false) {
        match look.text_of(group, &["Engine"])? {
            Text::Known(engine) if engine.eq_ignore_ascii_case("valkey") => return Ok(()),
            Text::Known(_) | Text::Absent => {}
            Text::Unknown => {
                look.doubt();
                return Ok(());
            }
        }
    }
    look.has_to_be_true(policy, group, &[name], path, what)
}
