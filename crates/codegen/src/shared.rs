//! Resource types that a crate shares with the crates that depend on it, so that each is one type in all of them.
//!
//! Cargo carries the word from build script to build script: what a crate with a `links` key prints as
//! `cargo::metadata=KEY=VALUE`, the build scripts of those that depend on it read as `DEP_<links>_<KEY>`. Source: the
//! cargo book, "The `links` Manifest Key".

use std::collections::BTreeSet;
use std::env;

use stratiform_catalog::ResourceType;

/// The key of the metadata.
const KEY: &str = "STRATIFORM_RESOURCES";

/// What a crate shares.
#[derive(Debug)]
pub(crate) struct Shared {
    /// Its module of resources: `::stratiform_parts::resources`.
    pub(crate) module: String,
    resource_types: BTreeSet<String>,
}

impl Shared {
    /// `::stratiform_parts::resources AWS::EC2::VPC AWS::EC2::Subnet`.
    pub(crate) fn parse(text: &str) -> Option<Shared> {
        let mut words = text.split_whitespace().map(str::to_owned);
        Some(Shared {
            module: words.next()?,
            resource_types: words.collect(),
        })
    }

    /// What the crates that this one depends on have said.
    pub(crate) fn of_dependencies() -> Vec<Shared> {
        let ours = |name: &str| name.starts_with("DEP_") && name.ends_with(&format!("_{KEY}"));
        // Sorted, so that the same is generated every time.
        let told: BTreeSet<String> = env::vars_os()
            .filter(|(name, _)| name.to_str().is_some_and(ours))
            .filter_map(|(_, value)| value.into_string().ok())
            .collect();
        told.iter().filter_map(|text| Shared::parse(text)).collect()
    }

    pub(crate) fn has(&self, resource_type: ResourceType) -> bool {
        self.resource_types.contains(resource_type.name())
    }
}

/// Tells the crates that depend on this one which resource types its module has.
pub(crate) fn share(module: &str, resource_types: &[ResourceType]) {
    let names: Vec<&str> = resource_types.iter().map(|each| each.name()).collect();
    println!("cargo::metadata={KEY}={module} {}", names.join(" "));
}
