//! What is taken for granted while a value is resolved.

use std::borrow::Cow;
use std::collections::HashMap;

/// What holds in a branch.
#[derive(Clone, Debug, Default)]
pub(crate) struct Assumed<'t> {
    pub(crate) conditions: HashMap<&'t str, bool>,
    pub(crate) parameters: HashMap<&'t str, Cow<'t, str>>,
}
