//! Parameters that say which snapshot a resource is made from. Whoever deploys later leaves their values as they are:
//! another one, or none, would make another resource without the data.

use std::collections::BTreeMap;

use stratiform_catalog::behaviour::restores_from;
use stratiform_template::{Reference, Resource, Template};

/// A resource that can be made from a snapshot.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(
    not(feature = "aws"),
    expect(dead_code, reason = "deployments look at the resource")
)]
pub(crate) struct Restored<'t> {
    /// Its logical ID.
    pub logical_id: &'t str,
    /// The resource.
    pub resource: &'t Resource,
}

/// The resources that can be made from a snapshot, by the parameter that has it.
pub(crate) fn restored(template: &Template) -> BTreeMap<&str, Restored<'_>> {
    let mut found = BTreeMap::new();
    for (logical_id, resource) in template.each_resource() {
        let paths = restores_from().filter(|path| path.is_top_level());
        for value in paths.filter_map(|path| resource.properties.get(path.first())) {
            value.for_each_reference(&mut |reference| {
                if let Reference::Name(name) = reference
                    && let Some((name, _)) = template.parameters.get_key_value(name)
                {
                    found.insert(
                        name.as_str(),
                        Restored {
                            logical_id,
                            resource,
                        },
                    );
                }
            });
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_that_a_snapshot_comes_from() {
        let text = "
Parameters: {From: {Type: String, Default: ''}, Class: {Type: String}}
Conditions: {Empty: !Equals [!Ref From, '']}
Resources:
  Instance:
    Type: AWS::RDS::DBInstance
    Properties:
      DBInstanceClass: !Ref Class
      DBSnapshotIdentifier: !If [Empty, !Ref AWS::NoValue, !Ref From]
";
        let template = Template::parse(text).unwrap();
        let found = restored(&template);
        assert_eq!(found.keys().collect::<Vec<_>>(), [&"From"]);
        assert_eq!(found["From"].logical_id, "Instance");
    }
}
