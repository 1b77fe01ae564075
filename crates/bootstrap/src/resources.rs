//! The resource types that the stacks use, generated from the catalog by `build.rs`.

include!(concat!(env!("OUT_DIR"), "/resources.rs"));
