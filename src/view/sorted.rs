//! JSON whose bytes do not hang on what else is built.

use serde_json::Value;

/// The value with the keys of each object sorted. `serde_json` keeps them as they were put where anybody in the build
/// asks for that: what reads rules does.
pub(crate) fn sorted(mut value: Value) -> Value {
    value.sort_all_objects();
    value
}
