//! Ways to machines and data that are open to everybody.

use stratiform_finding::words::joined;
use stratiform_finding::{Code, Level};
use stratiform_template::Path;

use super::Policy;
use super::network::{self, Opened};
use crate::schema::{Entries, Look, Looked};

pub(super) static POLICY: Policy = Policy {
    code: Code::PortInnerOpen,
    level: Some(Level::Error),
    rule: "Only known addresses reach the ports of machines and databases",
    reason: "everybody can try passwords and known holes, and somebody does within the hour",
    remedy: "Name a security group or the addresses that need it; for shells use Session Manager, which needs no port.",
    sources: &[
        "EC2.13",
        "EC2.14",
        "EC2.19",
        "CKV_AWS_24",
        "CKV_AWS_25",
        "CKV_AWS_100",
        "AwsSolutions-EC23",
        "AwsSolutions-RDS8",
    ],
    checks: &[
        ("AWS::EC2::SecurityGroup", |look, group, path| {
            network::each_of_group(look, group, path, &mut closed)
        }),
        ("AWS::EC2::SecurityGroupIngress", |look, rule, path| {
            closed(look, rule, path)
        }),
        ("AWS::EKS::Nodegroup", nodes),
    ],
};

const HELP: &str = "name the addresses or the security group that need it";

fn closed<'t>(look: &mut Look<'_, 't>, rule: &Entries, path: &Path<'_>) -> Looked<'t> {
    match network::opened(look, rule)? {
        Opened::Nothing => {}
        Opened::Unknown => look.doubt(),
        Opened::Ports(ports) => {
            let behind = network::inner(&ports);
            if behind.is_empty() {
                return Ok(());
            }
            let ports = network::named(&ports);
            let what = format!("everybody reaches {ports}: {}", joined(few(&behind)));
            look.broken(&POLICY, path, what, HELP);
        }
    }
    Ok(())
}

/// The first of a list that nobody reads to its end.
fn few(names: &[&'static str]) -> Vec<&'static str> {
    match names.split_at_checked(3) {
        Some((shown, [_, ..])) => [shown, &["more"]].concat(),
        _ => names.to_vec(),
    }
}

/// Nodes with a key for SSH are open to all addresses where no group is named.
fn nodes<'t>(look: &mut Look<'_, 't>, group: &'t Entries, path: &Path<'_>) -> Looked<'t> {
    const ACCESS: &str = "RemoteAccess";
    match look.is_given(group, &[ACCESS])? {
        Some(true) => {
            let said = (
                "everybody reaches port 22 of the nodes: SSH",
                "name `SourceSecurityGroups`",
            );
            look.has_to_be_there(
                &POLICY,
                group,
                &[ACCESS, "SourceSecurityGroups"],
                path,
                said,
            )?;
        }
        Some(false) => look.pass(),
        None => look.doubt(),
    }
    Ok(())
}
