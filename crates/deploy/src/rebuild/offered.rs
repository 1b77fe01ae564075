//! What the region offers of databases and zones, as it answered itself: the catalog does not know either by region.

use std::collections::BTreeSet;

use stratiform_resolve::{Outcome, Resolver, Scope, Whereabouts};
use stratiform_template::{Function, Template, Value};

use super::{Point, PointId};
use crate::guard::{Asked, Unasked, Verdict};

/// A database that a template makes, as far as it says what it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ordered {
    /// The resource: `database/Instance`.
    pub place: String,
    /// The engine: `postgres`.
    pub engine: String,
    /// The version, or how it begins; none where RDS chooses it.
    pub version: Option<String>,
    /// The instance class.
    pub class: String,
}

/// The instances that a stack makes; those whose engine or class is not known before are left out.
pub fn ordered(key: &str, template: &Template, place: &Whereabouts) -> Vec<Ordered> {
    let values = Default::default();
    let scope = Scope::new(template, &values, place);
    let resolver = Resolver::new(&scope, place);
    let resources = template.each_resource();
    let instances = resources.filter(|(_, one)| one.resource_type == "AWS::RDS::DBInstance");
    let ordered = instances.filter_map(|(logical_id, instance)| {
        let text = |name: &str| match resolver.resolve(instance.properties.get(name)?) {
            Outcome::Value(value) => value.known().map(|text| text.into_owned()),
            _ => None,
        };
        Some(Ordered {
            place: format!("{key}/{logical_id}"),
            engine: text("Engine")?,
            version: text("EngineVersion"),
            class: text("DBInstanceClass")?,
        })
    });
    ordered.collect()
}

/// Whether the region offers a database, by the versions of its engine that it has on that class.
pub fn orderable(ordered: &Ordered, region: &str, versions: &Asked<Vec<String>>) -> Point {
    let Ordered {
        place,
        engine,
        version,
        class,
    } = ordered;
    let named = match version {
        Some(version) => format!("{engine} {version} on {class} ({place})"),
        None => format!("{engine} on {class} ({place})"),
    };
    let versions = match versions {
        Ok(versions) => versions,
        Err(unasked) => return not_known(&format!("whether {region} offers {named}"), unasked),
    };
    let is_it = |offered: &String| {
        let Some(version) = version else { return true };
        // `17` is the newest of 17.
        let rest = offered.strip_prefix(version.as_str());
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    };
    if versions.iter().any(is_it) {
        return Point::passes(PointId::Region, format!("{region} offers {named}"));
    }
    let instead = match versions.as_slice() {
        [] => format!("no {engine} at all on that class"),
        versions => format!("of {engine} only {}", versions.join(", ")),
    };
    missing(
        format!("{region} does not offer {named}: {instead}"),
        "choose a region that has it, or a release with another version or class",
    )
}

/// What templates say of zones.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Zones {
    /// How many of the region's they choose from.
    most: usize,
    /// The resource that chooses the last one.
    chooses: String,
    /// Those that they name, each with the resource.
    named: BTreeSet<(String, String)>,
}

impl Zones {
    /// Those of some stacks, by their keys.
    pub fn of(templates: &[(&str, &Template)]) -> Zones {
        let mut zones = Zones::default();
        for (key, template) in templates {
            for (logical_id, resource) in template.each_resource() {
                let place = format!("{key}/{logical_id}");
                for (name, value) in &resource.properties {
                    value.walk(&mut |value| zones.selected(&place, value));
                    if name.starts_with("AvailabilityZone") {
                        value.walk(&mut |value| zones.written(&place, value));
                    }
                }
            }
        }
        zones
    }

    /// Whether they say nothing of any.
    pub fn is_empty(&self) -> bool {
        *self == Zones::default()
    }

    /// `Fn::Select` of `Fn::GetAZs`.
    fn selected(&mut self, place: &str, value: &Value) {
        let Value::Function(Function::Select, arguments) = value else {
            return;
        };
        let Value::List(arguments) = &**arguments else {
            return;
        };
        let [index, Value::Function(Function::GetAZs, _)] = arguments.as_slice() else {
            return;
        };
        let index = match index {
            Value::Number(number) => number.as_str().parse().ok(),
            other => other.as_str().and_then(|text| text.parse().ok()),
        };
        let wanted = index.map_or(0, |index: usize| index.saturating_add(1));
        if wanted > self.most {
            self.most = wanted;
            place.clone_into(&mut self.chooses);
        }
    }

    /// `eu-central-1a`.
    fn written(&mut self, place: &str, value: &Value) {
        if let Value::String(zone) = value
            && zone.ends_with(|last: char| last.is_ascii_lowercase())
            && zone.contains('-')
        {
            self.named.insert((zone.to_string(), place.to_owned()));
        }
    }
}

/// Whether the region has the zones.
pub fn zones(wanted: &Zones, region: &str, there: &Asked<Vec<String>>) -> Point {
    let there = match there {
        Ok(there) => there,
        Err(unasked) => return not_known(&format!("which zones {region} has"), unasked),
    };
    let mut lacking: Vec<String> = wanted
        .named
        .iter()
        .filter(|(zone, _)| !there.contains(zone))
        .map(|(zone, place)| format!("{place} is in {zone}"))
        .collect();
    if wanted.most > there.len() {
        lacking.push(format!(
            "{} takes zone {} of the region's",
            wanted.chooses, wanted.most
        ));
    }
    let has = format!("{region} has {}", there.join(", "));
    match lacking.as_slice() {
        [] => Point::passes(PointId::Region, has),
        lacking => missing(
            format!("{}, and {has}", lacking.join("; ")),
            "take as many zones as there are, by `Fn::GetAZs`, in a release of that",
        ),
    }
}

fn missing(reason: String, remedy: &str) -> Point {
    Point {
        id: PointId::Region,
        verdict: Verdict::Block,
        reason,
        remedy: remedy.to_owned(),
    }
}

fn not_known(what: &str, unasked: &Unasked) -> Point {
    Point {
        id: PointId::Region,
        verdict: Verdict::Skipped,
        reason: format!("{what} is not known: {}", unasked.why),
        remedy: unasked.help.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place() -> Whereabouts {
        Whereabouts {
            stack: "shop-prod-data".to_owned(),
            region: "eu-west-1".parse().unwrap(),
            account: None,
        }
    }

    fn told(point: &Point) -> String {
        format!("{:?}: {}", point.verdict, point.reason)
    }

    #[test]
    fn a_database_is_offered_in_its_version_on_its_class() {
        let check = |version: Option<&str>, offered: &[&str], expected: &str| {
            let ordered = Ordered {
                place: "data/Main".to_owned(),
                engine: "postgres".to_owned(),
                version: version.map(str::to_owned),
                class: "db.t3.micro".to_owned(),
            };
            let offered = offered.iter().map(|version| (*version).to_owned());
            let point = orderable(&ordered, "eu-west-1", &Ok(offered.collect()));
            assert_eq!(told(&point), expected);
        };
        let passes = "Pass: eu-west-1 offers postgres 17.6 on db.t3.micro (data/Main)";
        check(Some("17.6"), &["16.2", "17.6"], passes);
        let begins = passes.replace("17.6", "17");
        check(Some("17"), &["17.6"], &begins);
        check(None, &["17.6"], &passes.replace(" 17.6", ""));
        let blocks = "Block: eu-west-1 does not offer postgres 17.6 on db.t3.micro (data/Main): ";
        check(
            Some("17.6"),
            &["17.60", "17"],
            &format!("{blocks}of postgres only 17.60, 17"),
        );
        check(
            Some("17.6"),
            &[],
            &format!("{blocks}no postgres at all on that class"),
        );
    }

    #[test]
    fn what_could_not_be_asked_is_not_known() {
        let unasked = Unasked::because("it is denied", "allow it");
        let point = zones(&Zones::default(), "eu-west-1", &Err(unasked));
        assert_eq!(
            told(&point),
            "Skipped: which zones eu-west-1 has is not known: it is denied"
        );
        assert_eq!(point.remedy, "allow it");
    }

    #[test]
    fn what_templates_say_of_databases() {
        let text = "
Parameters: {Class: {Type: String, Default: db.t3.micro}, Engine: {Type: String}}
Resources:
  Main: {Type: AWS::RDS::DBInstance, Properties: {Engine: postgres, EngineVersion: '17.6', DBInstanceClass: !Ref Class}}
  Other: {Type: AWS::RDS::DBInstance, Properties: {Engine: !Ref Engine, DBInstanceClass: !Ref Class}}
  Queue: {Type: AWS::SQS::Queue}
";
        let template = Template::parse(text).unwrap();
        let found = ordered("data", &template, &place());
        let expected = Ordered {
            place: "data/Main".to_owned(),
            engine: "postgres".to_owned(),
            version: Some("17.6".to_owned()),
            class: "db.t3.micro".to_owned(),
        };
        assert_eq!(found, [expected]);
    }

    #[test]
    fn zones_are_those_that_are_chosen_and_those_that_are_named() {
        let check = |properties: &str, expected: &str| {
            let text = format!(
                "Resources: {{Subnet: {{Type: AWS::EC2::Subnet, Properties: {properties}}}}}"
            );
            let template = Template::parse(&text).unwrap();
            let wanted = Zones::of(&[("network", &template)]);
            let there = ["eu-west-1a", "eu-west-1b"].map(str::to_owned);
            let found = match wanted.is_empty() {
                true => "nothing".to_owned(),
                false => told(&zones(&wanted, "eu-west-1", &Ok(there.to_vec()))),
            };
            assert_eq!(found, expected);
        };
        let has = "eu-west-1 has eu-west-1a, eu-west-1b";
        check("{CidrBlock: 10.0.0.0/24}", "nothing");
        check(
            "{AvailabilityZone: !Select [1, !GetAZs '']}",
            &format!("Pass: {has}"),
        );
        check(
            "{AvailabilityZone: !Select ['2', !GetAZs '']}",
            &format!("Block: network/Subnet takes zone 3 of the region's, and {has}"),
        );
        check("{AvailabilityZone: eu-west-1b}", &format!("Pass: {has}"));
        check(
            "{AvailabilityZone: eu-central-1a}",
            &format!("Block: network/Subnet is in eu-central-1a, and {has}"),
        );
    }
}
