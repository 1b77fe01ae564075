//! What CloudFormation must be told to acknowledge.

use foldhash::HashMap;

use stratiform_catalog::behaviour::{self, Capability};
use stratiform_template::Template;

/// The capabilities that a template needs.
pub fn capabilities(template: &Template) -> Vec<String> {
    // A stack has many resources of few types, and hardly any type needs one whatever is set.
    let mut asked: HashMap<&str, bool> = HashMap::default();
    let mut may_need = |resource_type| {
        let ask = || behaviour::needs_capability(resource_type, |_| true).is_some();
        *asked.entry(resource_type).or_insert_with(ask)
    };
    let resources = template.each_resource().map(|(_, resource)| resource);
    let resources = resources.filter(|resource| may_need(&resource.resource_type));
    let needed = resources.filter_map(|resource| {
        behaviour::needs_capability(&resource.resource_type, |property| {
            resource.properties.contains_key(property)
        })
    });
    let acknowledged = needed.max().map(Capability::as_str);
    let expand = (!template.transform.is_empty()).then_some("CAPABILITY_AUTO_EXPAND");
    let all = acknowledged.into_iter().chain(expand);
    all.map(str::to_owned).collect()
}
