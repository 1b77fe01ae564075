//! The resource types that the stacks use, generated from the catalog by `build.rs`.
#![expect(
    clippy::disallowed_macros,
    reason = "cargo says where the generated code is"
)]

include!(concat!(env!("OUT_DIR"), "/resources.rs"));
