//! Kubernetes clusters whose API is open to all addresses.

use stratiform_finding::{Code, Level};
use stratiform_template::Path;

use super::{Part, Policy};
use crate::schema::{Entries, Look, Looked};

pub(super) static POLICY: Policy = Policy {
    code: Code::ClusterEndpointPublic,
    level: Some(Level::Warning),
    rule: "The API of a Kubernetes cluster is open to some addresses only",
    reason: "everybody can try credentials and known holes on it",
    remedy: "Turn `EndpointPublicAccess` off, or name the addresses in `PublicAccessCidrs`.",
    sources: &["EKS.1", "AwsSolutions-EKS1"],
    checks: &[("AWS::EKS::Cluster", check)],
};

const CONFIG: &str = "ResourcesVpcConfig";
const CIDRS: [&str; 2] = [CONFIG, "PublicAccessCidrs"];

fn check<'t>(look: &mut Look<'_, 't>, cluster: &'t Entries, path: &Path<'_>) -> Looked<'t> {
    match look.flag(cluster, &[CONFIG, "EndpointPublicAccess"], true)? {
        Some(true) => {}
        Some(false) => return Ok(()),
        None => {
            look.doubt();
            return Ok(());
        }
    }
    let blocks = match look.part(cluster, &CIDRS)? {
        Part::Given(value) => look.items(value)?,
        Part::Absent => {
            told(look, cluster, path);
            return Ok(());
        }
        Part::Unknown => None,
    };
    let Some(blocks) = blocks else {
        look.doubt();
        return Ok(());
    };
    for (_, block) in blocks {
        match look.word(block)? {
            Some(block) if super::network::is_everywhere(&block) => {
                told(look, cluster, path);
                return Ok(());
            }
            Some(_) => {}
            None => look.doubt(),
        }
    }
    Ok(())
}

fn told(look: &mut Look<'_, '_>, cluster: &Entries, path: &Path<'_>) {
    let what = "the cluster's API is open to all addresses";
    let help = format!(
        "write `{}` with the addresses that need it",
        CIDRS.join(".")
    );
    look.broken_at(&POLICY, cluster, &CIDRS, path, what, help);
}
