//! A fixed list of resource types, for tests of what typed resources promise.

include!(concat!(env!("OUT_DIR"), "/resources.rs"));
