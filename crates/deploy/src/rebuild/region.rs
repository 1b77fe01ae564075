//! What the release needs of a region: its types and properties, names, values.

use std::collections::BTreeMap;

use stratiform_catalog::catalog;
use stratiform_catalog::naming::{NameScope, name_scope, naming};
use stratiform_catalog::offered::not_offered;
use stratiform_resolve::{Outcome, Resolver, Scope, Whereabouts};
use stratiform_template::{Map, Resource, Template};

use super::{Point, PointId};
use crate::guard::Verdict;

/// Whether the region has what the stacks are made of. Templates are by the stacks' keys.
pub fn parts(templates: &[(&str, &Template)], region: &str) -> Point {
    let mut missing = Vec::new();
    let mut unknown = Vec::new();
    for (key, template) in templates {
        for (logical_id, resource) in template.each_resource() {
            let resource_type = resource.resource_type.as_str();
            let Some(known) = catalog().resource_type(resource_type) else {
                unknown.push(format!("{key}/{logical_id} ({resource_type})"));
                continue;
            };
            let Some(there) = catalog().resource_type_in(resource_type, region) else {
                missing.push(format!(
                    "{key}/{logical_id}: {region} has no {resource_type}"
                ));
                continue;
            };
            for name in resource.properties.keys() {
                let is_gone = known.schema().property(name).is_some()
                    && there.schema().property(name).is_none();
                if is_gone {
                    missing.push(format!(
                        "{key}/{logical_id}: {resource_type} has no `{name}` in {region}"
                    ));
                }
            }
            let value = |path: &[&str]| value_at(resource, path);
            let refused = not_offered(resource_type, region, &value);
            missing.extend(refused.into_iter().map(|one| {
                format!(
                    "{key}/{logical_id}: {region} does not offer `{}` ({resource_type})",
                    one.value
                )
            }));
        }
    }
    let id = PointId::Region;
    match (missing.as_slice(), unknown.as_slice()) {
        ([], []) => Point::passes(
            id,
            format!("{region} has all types and properties of the stacks"),
        ),
        ([], unknown) => Point {
            id,
            verdict: Verdict::Skipped,
            reason: format!("the catalog does not know {}", unknown.join(", ")),
            remedy: "see for yourself that the region has them".to_owned(),
        },
        (missing, _) => Point {
            id,
            verdict: Verdict::Block,
            reason: missing.join("; "),
            remedy: "choose a region that has them, or a release that does without".to_owned(),
        },
    }
}

/// The text of a property by its path in small letters; none where it is no plain text.
fn value_at(resource: &Resource, path: &[&str]) -> Option<String> {
    let (first, rest) = path.split_first()?;
    let named = |map: &Map, step: &str| {
        let found = map.iter().find(|(name, _)| name.eq_ignore_ascii_case(step));
        found.map(|(_, value)| value.clone())
    };
    let mut value = named(&resource.properties, first)?;
    for step in rest {
        value = named(value.as_map()?, step)?;
    }
    value.as_str().map(str::to_owned)
}

/// Whether the stacks give names that the account can have once, and that the other region's stacks still have.
pub fn names(templates: &[(&str, &Template, &Whereabouts)], there: &str) -> Point {
    let mut same = Vec::new();
    for (key, template, home) in templates {
        let Ok(region) = there.parse() else { continue };
        let elsewhere = Whereabouts {
            region,
            ..(*home).clone()
        };
        for (logical_id, resource) in template.each_resource() {
            let scope = name_scope(&resource.resource_type);
            let property = naming(&resource.resource_type).property;
            let value = property.and_then(|name| resource.properties.get(&name));
            let Some(value) = value.filter(|_| scope != NameScope::Region) else {
                continue;
            };
            let [one, two] = [*home, &elsewhere].map(|place| {
                let values = Default::default();
                let scope = Scope::new(template, &values, place);
                match Resolver::new(&scope, place).resolve(value) {
                    Outcome::Value(found) => found.known().map(|text| text.into_owned()),
                    _ => None,
                }
            });
            if let Some(name) = one.filter(|one| two.as_ref() == Some(one)) {
                let what = match scope {
                    NameScope::Partition => "in all of AWS",
                    NameScope::Account | NameScope::Region => "in the account",
                };
                same.push(format!(
                    "{key}/{logical_id} is `{name}`, which there can be once {what}"
                ));
            }
        }
    }
    if same.is_empty() {
        return Point::passes(
            PointId::Names,
            "no name is one that the other region's stacks still have",
        );
    }
    Point {
        id: PointId::Names,
        verdict: Verdict::Block,
        reason: same.join("; "),
        remedy: "put the region into the name (`${AWS::Region}`), and make a release of that"
            .to_owned(),
    }
}

/// Whether all parameters have a value there. `given` are those that somebody named; images are looked for by themselves.
pub fn values(
    templates: &[(&str, &Template)],
    given: &BTreeMap<String, String>,
    has_other_value: impl Fn(&str, &str) -> bool,
) -> Point {
    let mut missing = Vec::new();
    for (key, template) in templates {
        for (name, parameter) in &template.parameters {
            let has = parameter.default.is_some()
                || given.contains_key(name)
                || has_other_value(key, name);
            if !has {
                missing.push(format!("`{name}` of {key}"));
            }
        }
    }
    let declared = |name: &&String| {
        templates
            .iter()
            .any(|(_, template)| template.parameters.contains_key(*name))
    };
    let unknown: Vec<&str> = given
        .keys()
        .filter(|name| !declared(name))
        .map(String::as_str)
        .collect();
    let id = PointId::Parameters;
    if let [first, ..] = unknown.as_slice() {
        return Point {
            id,
            verdict: Verdict::Block,
            reason: format!("no stack has a parameter `{first}`"),
            remedy: "correct `settings.recovery.parameters`, or --parameter".to_owned(),
        };
    }
    if missing.is_empty() {
        return Point::passes(id, "every parameter has a value there");
    }
    Point {
        id,
        verdict: Verdict::Block,
        reason: format!("without a value there: {}", missing.join(", ")),
        remedy: "write it under `settings.recovery.parameters`, or give it: --parameter NAME=VALUE"
            .to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn template(text: &str) -> Template {
        Template::parse(text).unwrap()
    }

    fn home() -> Whereabouts {
        Whereabouts {
            stack: "shop-prod-data".to_owned(),
            region: "eu-central-1".parse().unwrap(),
            account: None,
        }
    }

    #[test]
    fn a_region_without_a_type_is_told() {
        let template = template(
            "Resources: {Wall: {Type: AWS::Timestream::Database}, T: {Type: AWS::SNS::Topic}}",
        );
        let found = parts(&[("data", &template)], "eu-north-1");
        assert_eq!(found.verdict, Verdict::Block);
        assert_eq!(
            found.reason,
            "data/Wall: eu-north-1 has no AWS::Timestream::Database"
        );
        assert_eq!(
            parts(&[("data", &template)], "eu-central-1").verdict,
            Verdict::Pass
        );
    }

    #[test]
    fn a_class_that_is_not_offered_is_told() {
        let text = "Resources: {D: {Type: AWS::RDS::DBInstance, Properties: {Engine: postgres, DBInstanceClass: db.x9.huge}}}";
        let found = parts(&[("data", &template(text))], "eu-west-1");
        assert_eq!(
            found.reason,
            "data/D: eu-west-1 does not offer `db.x9.huge` (AWS::RDS::DBInstance)"
        );
    }

    #[test]
    fn a_name_that_the_account_has_once_collides() {
        let text = "
Resources:
  Role: {Type: AWS::IAM::Role, Properties: {RoleName: shop, AssumeRolePolicyDocument: {}}}
  Other: {Type: AWS::IAM::Role, Properties: {RoleName: !Sub 'shop-${AWS::Region}', AssumeRolePolicyDocument: {}}}
  Queue: {Type: AWS::SQS::Queue, Properties: {QueueName: shop}}
  Bucket: {Type: AWS::S3::Bucket, Properties: {BucketName: shop-files}}
";
        let template = template(text);
        let found = names(&[("data", &template, &home())], "eu-west-1");
        assert_eq!(
            found.reason,
            "data/Role is `shop`, which there can be once in the account; data/Bucket is `shop-files`, which there can \
             be once in all of AWS"
        );
    }

    #[test]
    fn a_parameter_without_a_value_is_told() {
        let template = template(
            "Parameters: {Certificate: {Type: String}, Size: {Type: String, Default: a}, WebImage: {Type: String}}\nResources: {}",
        );
        let templates = [("web", &template)];
        let is_image = |_: &str, name: &str| name == "WebImage";
        let found = values(&templates, &BTreeMap::new(), is_image);
        assert_eq!(found.reason, "without a value there: `Certificate` of web");
        let given = |name: &str| BTreeMap::from([(name.to_owned(), "x".to_owned())]);
        assert_eq!(
            values(&templates, &given("Certificate"), is_image).verdict,
            Verdict::Pass
        );
        let found = values(&templates, &given("Certificat"), is_image);
        assert_eq!(found.reason, "no stack has a parameter `Certificat`");
    }
}
