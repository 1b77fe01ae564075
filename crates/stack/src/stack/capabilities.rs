//! What CloudFormation must be told to acknowledge.

use stratiform_catalog::behaviour::{self, Capability};
use stratiform_template::Template;

/// The capabilities that a template needs.
pub fn capabilities(template: &Template) -> Vec<String> {
    let needed = template.each_resource().filter_map(|(_, resource)| {
        behaviour::needs_capability(&resource.resource_type, |property| {
            resource.properties.contains_key(property)
        })
    });
    let acknowledged = needed.max().map(Capability::as_str);
    let expand = (!template.transform.is_empty()).then_some("CAPABILITY_AUTO_EXPAND");
    let all = acknowledged.into_iter().chain(expand);
    all.map(str::to_owned).collect()
}
