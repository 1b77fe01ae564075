//! How near templates are to what CloudFormation takes, and the account to what it has room for.
//!
//! Source: CloudFormation user guide, "Understand CloudFormation quotas"; Service Quotas, of which each has a code.

use std::collections::BTreeMap;

use serde_json::Value;

use super::tally::Tally;
use super::{Asked, Check, Facts, Id, StackFound};

/// What one template may have.
const MOST: [(&str, usize); 4] = [
    ("Resources", 500),
    ("Parameters", 200),
    ("Outputs", 200),
    ("Mappings", 200),
];

/// Bytes of a template that is read from S3.
const MOST_BYTES: usize = 1_048_576;

/// From how many per cent on it is said.
const NEAR: usize = 80;

/// A quota of an account that people meet: of what there may be few.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccountQuota {
    /// The resource type that it counts.
    pub resource_type: &'static str,
    /// The service's code.
    pub service: &'static str,
    /// The quota's code.
    pub code: &'static str,
    /// What is counted.
    pub noun: &'static str,
}

/// The quotas that are asked for, where a change adds something that they count. A region has 5 VPCs, elastic addresses
/// and internet gateways unless somebody asked for more.
const ACCOUNT: [AccountQuota; 5] = [
    quota("AWS::EC2::VPC", "vpc", "L-F678F1CE", "VPCs"),
    quota("AWS::EC2::EIP", "ec2", "L-0263D0A3", "elastic IP addresses"),
    quota(
        "AWS::EC2::InternetGateway",
        "vpc",
        "L-A4707A72",
        "internet gateways",
    ),
    quota("AWS::RDS::DBInstance", "rds", "L-7B6409FD", "databases"),
    quota(
        "AWS::ElasticLoadBalancingV2::LoadBalancer",
        "elasticloadbalancing",
        "L-53DA6B97",
        "load balancers",
    ),
];

const fn quota(
    resource_type: &'static str,
    service: &'static str,
    code: &'static str,
    noun: &'static str,
) -> AccountQuota {
    AccountQuota {
        resource_type,
        service,
        code,
        noun,
    }
}

/// How much room an account has for something.
#[derive(Clone, Debug)]
pub struct Room {
    /// Of what.
    pub quota: AccountQuota,
    /// How many more the change makes.
    pub added: usize,
    /// How many there are, and how many there may be.
    pub asked: Asked<(usize, usize)>,
}

/// The types of which somebody counts how many there are.
pub fn counted_types() -> impl Iterator<Item = &'static str> {
    ACCOUNT.iter().map(|quota| quota.resource_type)
}

/// The quotas that a change comes nearer to, each with how many more it makes.
pub fn nearer(stacks: &[StackFound]) -> Vec<(AccountQuota, usize)> {
    let mut added: BTreeMap<String, usize> = BTreeMap::new();
    for found in stacks {
        let template: Value = serde_json::from_str(&found.planned).unwrap_or_default();
        let planned = template.get("Resources").and_then(Value::as_object);
        let mut more: BTreeMap<&str, usize> = BTreeMap::new();
        for resource in planned.into_iter().flat_map(|planned| planned.values()) {
            let resource_type = resource.get("Type").and_then(Value::as_str);
            *more.entry(resource_type.unwrap_or_default()).or_default() += 1;
        }
        for resource in found
            .resources
            .iter()
            .flatten()
            .filter(|it| it.physical_id.is_some())
        {
            if let Some(more) = more.get_mut(resource.resource_type.as_str()) {
                *more = more.saturating_sub(1);
            }
        }
        for (resource_type, more) in more {
            *added.entry(resource_type.to_owned()).or_default() += more;
        }
    }
    let added = |quota: AccountQuota| Some((quota, *added.get(quota.resource_type)?));
    let nearer = ACCOUNT.into_iter().filter_map(added);
    nearer.filter(|(_, added)| *added > 0).collect()
}

pub(super) fn quotas(facts: &Facts) -> Check {
    let mut tally = Tally::default();
    for found in &facts.stacks {
        template(&mut tally, found);
    }
    for room in &facts.room {
        account(&mut tally, room);
    }
    let well = match facts.room.len() {
        0 => "nothing is added that an account has little room for".to_owned(),
        _ => "there is room for what is added".to_owned(),
    };
    tally.check(Id::Quotas, well)
}

fn account(tally: &mut Tally, room: &Room) {
    let Room {
        quota,
        added,
        asked,
    } = room;
    let (has, most) = match asked {
        Ok(asked) => *asked,
        Err(unasked) => return tally.unasked(unasked),
    };
    let AccountQuota {
        service,
        code,
        noun,
        ..
    } = quota;
    let reason = format!("the region has {has} of {most} {noun}, and {added} more are to be made");
    let remedy =
        format!("ask for more (Service Quotas, {service} {code}), or delete what nobody needs");
    if has + added > most {
        tally.block(reason, remedy);
    } else if (has + added) * 100 >= most * NEAR {
        tally.warn(reason, remedy);
    }
}

fn template(tally: &mut Tally, found: &StackFound) {
    let remedy = "split the stack before it is full";
    let is_near = |has: usize, most: usize| has * 100 >= most * NEAR;
    let key = &found.key;
    let bytes = found.planned.len();
    if is_near(bytes, MOST_BYTES) {
        let reason = format!("the template of `{key}` has {bytes} of {MOST_BYTES} bytes");
        tally.warn(reason, remedy);
    }
    let template: Value = serde_json::from_str(&found.planned).unwrap_or_default();
    for (section, most) in MOST {
        let members = template.get(section).and_then(Value::as_object);
        let has = members.map_or(0, serde_json::Map::len);
        if is_near(has, most) {
            let section = section.to_lowercase();
            tally.warn(format!("`{key}` has {has} of {most} {section}"), remedy);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Verdict, fixture};
    use super::*;

    #[test]
    fn a_template_that_is_nearly_full_is_said() {
        let mut facts = fixture::facts();
        assert_eq!(quotas(&facts).verdict, Verdict::Pass);
        let resources = |count: usize| {
            let ids = (0..count).map(|id| (format!("R{id}"), Value::Null));
            serde_json::json!({ "Resources": ids.collect::<serde_json::Map<_, _>>() }).to_string()
        };
        facts.stacks[0].planned = resources(399);
        assert_eq!(quotas(&facts).verdict, Verdict::Pass);
        facts.stacks[0].planned = resources(400);
        let check = quotas(&facts);
        assert_eq!(check.verdict, Verdict::Warn);
        assert_eq!(check.reason, "`network` has 400 of 500 resources");
        facts.stacks[0].planned = " ".repeat(900_000);
        assert_eq!(quotas(&facts).verdict, Verdict::Warn);
    }

    #[test]
    fn what_is_added_is_held_against_the_room_that_there_is() {
        let mut facts = fixture::facts();
        assert!(nearer(&facts.stacks).is_empty());
        facts.stacks[0].planned =
            r#"{"Resources": {"A": {"Type": "AWS::EC2::EIP"}, "B": {"Type": "AWS::EC2::EIP"}}}"#
                .to_owned();
        let added = nearer(&facts.stacks);
        let [(quota, 2)] = added[..] else {
            panic!("{added:?}");
        };
        let verdict = |asked| {
            let mut facts = facts.clone();
            facts.room = vec![Room {
                quota,
                added: 2,
                asked,
            }];
            quotas(&facts)
        };
        assert_eq!(verdict(Ok((1, 5))).verdict, Verdict::Pass);
        assert_eq!(verdict(Ok((2, 5))).verdict, Verdict::Warn);
        let check = verdict(Ok((4, 5)));
        assert_eq!(check.verdict, Verdict::Block);
        assert_eq!(
            check.reason,
            "the region has 4 of 5 elastic IP addresses, and 2 more are to be made"
        );
        assert_eq!(verdict(Err(fixture::unasked())).verdict, Verdict::Skipped);
    }
}
