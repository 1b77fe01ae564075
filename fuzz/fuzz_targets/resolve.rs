//! Any bytes → a template of real resource types → every value of it, resolved.

#![no_main]

use indexmap::IndexMap;
use libfuzzer_sys::fuzz_target;
use stratiform_resolve::{Resolver, Scope, Whereabouts, expand, hidden};
use stratiform_test_support::{Entropy, template};

fuzz_target!(|bytes: &[u8]| {
    let template = template(&mut Entropy::new(bytes));
    let given = IndexMap::new();
    let place = Whereabouts {
        stack: "shop".to_owned(),
        region: "eu-west-1".parse().unwrap(),
        account: None,
    };
    let scope = Scope::new(&template, &given, &place);
    let resolver = Resolver::new(&scope, &place);
    for (_, resource) in scope.resources() {
        resolver.entries(&resource.properties);
        for value in resource.values() {
            resolver.branches(value);
        }
    }
    expand(&resolver);
    hidden(&template);
});
