//! What `rebuild --rehearsal` asks about the environment that it rehearses, in the region that it is rehearsed in: its images,
//! its backups, and the keys that these are encrypted with. All of it is only read.

use stratiform_assembly::Assembly;
use stratiform_catalog::{Handler, catalog};
use stratiform_environment::Settings;

use super::{Need, PULL, on, on_any};

/// The tag that a rehearsal's stacks have; its value is the environment that is rehearsed.
pub const REHEARSAL_OF: &str = "rehearsal-of";

/// What it needs; nothing where the stacks are no rehearsal.
pub(super) fn needs(assembly: &Assembly, settings: &Settings) -> Vec<Need> {
    let mut stacks = assembly.stacks.iter();
    let Some(of) = stacks.find_map(|stack| stack.tags.get(REHEARSAL_OF)) else {
        return Vec::new();
    };
    let (app, region) = (&settings.app, &assembly.region);
    let arn = |service: &str, resource: &str| {
        format!("arn:${{AWS::Partition}}:{service}:{region}:${{AWS::AccountId}}:{resource}")
    };
    let repositories = [format!("{app}-{of}*"), format!("{app}/{of}/*")];
    let repositories = repositories.map(|name| arn("ecr", &format!("repository/{name}")));
    let snapshots = ["cluster:*", "cluster-snapshot:*", "db:*", "snapshot:*"];
    let keys = catalog().resource_type("AWS::KMS::Key");
    let keys: Vec<&str> = keys
        .into_iter()
        .flat_map(|key| key.permissions(Handler::Read))
        .collect();
    vec![
        on(&["ecr:DescribeImages"], &repositories),
        on(&PULL, &repositories),
        on(
            &["rds:DescribeDBClusterSnapshots", "rds:DescribeDBSnapshots"],
            &snapshots.map(|resource| arn("rds", resource)),
        ),
        on(&keys, &[arn("kms", "key/*")]),
        on_any(
            "rds:DescribeOrderableDBInstanceOptions",
            "what a region offers is no resource",
        ),
        on_any(
            "ec2:DescribeAvailabilityZones",
            "what a region offers is no resource",
        ),
        on_any(
            "cloudformation:GetResource",
            "Cloud Control asks for it on all resources or none",
        ),
    ]
}
