//! Availability zones that are written out.
//!
//! Source: CloudFormation template reference, "Fn::GetAZs": names of zones are those of one region, and of one account.
//! cfn-lint: W3010, which leaves out what the CDK wrote, as we do: it knows the region.

use stratiform_finding::words::shortened;
use stratiform_finding::{Code, Level};
use stratiform_template::Path;

use crate::schema::{Entries, Look};

/// Where zones stand: the type, and the way.
const PLACES: &[(&str, &[&str])] = &[
    (
        "AWS::AutoScaling::AutoScalingGroup",
        &["AvailabilityZones", "*"],
    ),
    ("AWS::DAX::Cluster", &["AvailabilityZones", "*"]),
    ("AWS::DMS::ReplicationInstance", &["AvailabilityZone"]),
    ("AWS::EC2::Host", &["AvailabilityZone"]),
    ("AWS::EC2::Instance", &["AvailabilityZone"]),
    (
        "AWS::EC2::LaunchTemplate",
        &["LaunchTemplateData", "Placement", "AvailabilityZone"],
    ),
    ("AWS::EC2::Subnet", &["AvailabilityZone"]),
    ("AWS::EC2::Volume", &["AvailabilityZone"]),
    (
        "AWS::EMR::Cluster",
        &["Instances", "Placement", "AvailabilityZone"],
    ),
    (
        "AWS::ElasticLoadBalancing::LoadBalancer",
        &["AvailabilityZones", "*"],
    ),
    (
        "AWS::ElasticLoadBalancingV2::TargetGroup",
        &["Targets", "*", "AvailabilityZone"],
    ),
    (
        "AWS::Glue::Connection",
        &[
            "ConnectionInput",
            "PhysicalConnectionRequirements",
            "AvailabilityZone",
        ],
    ),
    ("AWS::OpsWorks::Instance", &["AvailabilityZone"]),
    ("AWS::RDS::DBCluster", &["AvailabilityZones", "*"]),
    ("AWS::RDS::DBInstance", &["AvailabilityZone"]),
];

/// Looks at the zones of a resource.
pub(super) fn check<'t>(look: &mut Look<'_, 't>, properties: &'t Entries, path: &Path<'_>) {
    let name = look.subject.resource_type.name();
    for (_, way) in PLACES.iter().filter(|(about, _)| *about == name) {
        let _ = look.along(properties, way, path, &mut |look, value, path| {
            let written = value
                .as_str()
                .filter(|zone| *zone != "all" && !zone.contains("{{resolve:"));
            if let Some(zone) = written.filter(|_| !is_generated(look)) {
                let what = format!("the zone `{}` is written out", shortened(zone));
                let why = "the template can only be deployed to that region";
                let help = "write `!Select [0, !GetAZs \"\"]`";
                look.tell_as(Level::Note, path, Code::HardCodedZone, what, why, help);
            }
            Ok(())
        });
    }
}

/// Whether the CDK wrote the template.
fn is_generated(look: &Look<'_, '_>) -> bool {
    let template = look.scene.template;
    template.each_resource().any(|(_, resource)| {
        let has_path = |metadata: &stratiform_template::Value| {
            metadata
                .as_map()
                .is_some_and(|entries| entries.contains_key("aws:cdk:path"))
        };
        resource.resource_type == "AWS::CDK::Metadata"
            || resource.metadata.as_ref().is_some_and(has_path)
    })
}
