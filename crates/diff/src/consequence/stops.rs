//! Does something stop that was running? What is switched off, scaled to nothing, moved, or taken away.

use stratiform_changes::{ChangedResource, Edit};
use stratiform_resolve::Resolved;

use super::nouns::named;
use super::{Certainty, Consequence, Kind, Severity};

/// A property that keeps something running, and when it does not any more.
struct Switch {
    resource_type: &'static str,
    path: &'static str,
    stops: Stops,
    /// What happens, after the resource's name.
    what: &'static str,
}

/// When does it stop?
enum Stops {
    /// The value becomes this.
    At(&'static str),
    /// The value becomes another one.
    Otherwise,
}

const fn switch(
    resource_type: &'static str,
    path: &'static str,
    stops: Stops,
    what: &'static str,
) -> Switch {
    Switch {
        resource_type,
        path,
        stops,
        what,
    }
}

/// Source: AWS's pages of the types.
const SWITCHES: [Switch; 16] = [
    switch(
        "AWS::ApplicationAutoScaling::ScalableTarget",
        "MaxCapacity",
        Stops::At("0"),
        "nothing runs",
    ),
    switch(
        "AWS::AutoScaling::AutoScalingGroup",
        "DesiredCapacity",
        Stops::At("0"),
        "no instance runs",
    ),
    switch(
        "AWS::AutoScaling::AutoScalingGroup",
        "MaxSize",
        Stops::At("0"),
        "no instance runs",
    ),
    switch(
        "AWS::CloudFront::Distribution",
        "DistributionConfig/Aliases",
        Stops::Otherwise,
        "it answers under other names",
    ),
    switch(
        "AWS::CloudFront::Distribution",
        "DistributionConfig/Enabled",
        Stops::At("false"),
        "it answers nobody",
    ),
    switch(
        "AWS::ECS::Service",
        "DesiredCount",
        Stops::At("0"),
        "no task runs",
    ),
    switch(
        "AWS::EC2::Route",
        "GatewayId",
        Stops::Otherwise,
        "traffic takes another way",
    ),
    switch(
        "AWS::EC2::Route",
        "NatGatewayId",
        Stops::Otherwise,
        "traffic takes another way, from another address",
    ),
    switch(
        "AWS::ElasticLoadBalancingV2::Listener",
        "Port",
        Stops::Otherwise,
        "the old port is closed",
    ),
    switch(
        "AWS::ElasticLoadBalancingV2::Listener",
        "Protocol",
        Stops::Otherwise,
        "the old protocol is not answered",
    ),
    switch(
        "AWS::Events::Rule",
        "State",
        Stops::At("DISABLED"),
        "nothing is triggered",
    ),
    switch(
        "AWS::Lambda::EventSourceMapping",
        "Enabled",
        Stops::At("false"),
        "nothing is read",
    ),
    switch(
        "AWS::Lambda::Function",
        "ReservedConcurrentExecutions",
        Stops::At("0"),
        "nothing runs",
    ),
    switch(
        "AWS::Route53::RecordSet",
        "AliasTarget",
        Stops::Otherwise,
        "the name leads elsewhere",
    ),
    switch(
        "AWS::Route53::RecordSet",
        "ResourceRecords",
        Stops::Otherwise,
        "the name leads elsewhere",
    ),
    switch(
        "AWS::Scheduler::Schedule",
        "State",
        Stops::At("DISABLED"),
        "nothing is triggered",
    ),
];

/// Types whose resources serve somebody, and what is missing without them.
const SERVING: [(&str, &str); 22] = [
    ("AWS::ApiGateway::RestApi", "its addresses answer nobody"),
    ("AWS::ApiGateway::Stage", "its address answers nobody"),
    ("AWS::ApiGatewayV2::Api", "its addresses answer nobody"),
    ("AWS::ApiGatewayV2::Stage", "its address answers nobody"),
    ("AWS::AutoScaling::AutoScalingGroup", "its instances end"),
    ("AWS::CloudFront::Distribution", "it answers nobody"),
    (
        "AWS::EC2::EIP",
        "the address is given up, and lists that allow it are wrong",
    ),
    ("AWS::EC2::Instance", "it ends"),
    ("AWS::EC2::NatGateway", "what goes through it is cut off"),
    ("AWS::EC2::VPCEndpoint", "what goes through it is cut off"),
    ("AWS::ECS::Service", "its tasks end"),
    (
        "AWS::ElasticLoadBalancing::LoadBalancer",
        "it answers nobody",
    ),
    (
        "AWS::ElasticLoadBalancingV2::Listener",
        "its port is closed",
    ),
    (
        "AWS::ElasticLoadBalancingV2::ListenerRule",
        "what it routes goes elsewhere",
    ),
    (
        "AWS::ElasticLoadBalancingV2::LoadBalancer",
        "it answers nobody",
    ),
    ("AWS::Events::Rule", "nothing is triggered"),
    ("AWS::Lambda::EventSourceMapping", "nothing is read"),
    ("AWS::Lambda::Function", "whoever calls it fails"),
    ("AWS::Lambda::Url", "its address answers nobody"),
    ("AWS::Route53::RecordSet", "the name leads nowhere"),
    ("AWS::Scheduler::Schedule", "nothing is triggered"),
    (
        "AWS::StepFunctions::StateMachine",
        "whoever starts it fails",
    ),
];

pub(super) fn find(change: &ChangedResource, found: &mut Vec<Consequence>) {
    let name = named(&change.resource_type, &change.logical_id);
    let of = |severity, certainty, what: String, why: String| {
        Consequence::of(change, Kind::Interruption, severity, certainty, what, why)
    };
    match change.action {
        Edit::Add => {}
        Edit::Remove => {
            let serving = SERVING
                .iter()
                .find(|(known, _)| *known == change.resource_type);
            if let Some((_, missing)) = serving {
                let why = "the resource leaves the template".to_owned();
                found.push(of(
                    Severity::Warning,
                    Certainty::Will,
                    format!("removes {name}: {missing}"),
                    why,
                ));
            }
        }
        Edit::Modify => {
            let switches = SWITCHES
                .iter()
                .filter(|known| known.resource_type == change.resource_type);
            for switch in switches {
                let Some(certainty) = stops(switch, change) else {
                    continue;
                };
                let (severity, verb) = match switch.stops {
                    Stops::At(_) => (Severity::Warning, "stops"),
                    Stops::Otherwise => (Severity::Attention, "changes"),
                };
                let what = format!("{verb} {name}: {}", switch.what);
                let why = format!("`{}` changes", switch.path.replace('/', "."));
                found.push(of(severity, certainty, what, why));
            }
        }
    }
}

fn stops(switch: &Switch, change: &ChangedResource) -> Option<Certainty> {
    let path: Vec<&str> = std::iter::once("Properties")
        .chain(switch.path.split('/'))
        .collect();
    let mut changed = change.expected().filter(|detail| {
        let steps = detail.path.iter().map(String::as_str);
        steps.zip(&path).all(|(step, known)| step == *known) && detail.change_type != Edit::Add
    });
    changed.next()?;
    let after = change.after.as_ref()?;
    let now = switch
        .path
        .split('/')
        .try_fold(&after.properties, |value, key| value.get(key));
    match switch.stops {
        Stops::Otherwise => Some(Certainty::Will),
        Stops::At(value) => match now.map(Resolved::known) {
            Some(Some(now)) if now == value => Some(Certainty::Will),
            _ => None,
        },
    }
}

#[cfg(test)]
mod tests {
    use stratiform_catalog::catalog;

    use super::*;

    #[test]
    fn every_type_and_property_exists() {
        for (resource_type, _) in SERVING {
            assert!(
                catalog().resource_type(resource_type).is_some(),
                "{resource_type}"
            );
        }
        for switch in SWITCHES {
            let known = catalog().resource_type(switch.resource_type).unwrap();
            let first = switch.path.split('/').next().unwrap();
            assert!(
                known.schema().property(first).is_some(),
                "{}/{}",
                switch.resource_type,
                switch.path
            );
        }
    }
}
