//! Ports that are open to everybody, and not for the web.

use stratiform_finding::{Code, Level};
use stratiform_template::Path;

use super::Policy;
use super::network::{self, Opened};
use crate::schema::{Entries, Look, Looked};

pub(super) static POLICY: Policy = Policy {
    code: Code::PortOpen,
    level: Some(Level::Warning),
    rule: "Everybody reaches ports 80 and 443, and no others",
    reason: "what listens there was probably not made for the public",
    remedy: "Name a security group, a prefix list or addresses. Where the public is meant, accept it.",
    sources: &[
        "EC2.18",
        "AwsSolutions-EC23",
        "cdk-nag EC2RestrictedCommonPorts",
    ],
    checks: &[
        ("AWS::EC2::SecurityGroup", |look, group, path| {
            network::each_of_group(look, group, path, &mut closed)
        }),
        ("AWS::EC2::SecurityGroupIngress", |look, rule, path| {
            closed(look, rule, path)
        }),
    ],
};

const WEB: [u16; 2] = [80, 443];

fn closed<'t>(look: &mut Look<'_, 't>, rule: &Entries, path: &Path<'_>) -> Looked<'t> {
    match network::opened(look, rule)? {
        Opened::Nothing => {}
        Opened::Unknown => look.doubt(),
        Opened::Ports(ports) => {
            let is_web = ports.start() == ports.end() && WEB.contains(ports.start());
            // Of machines and databases `port-inner-open` tells.
            if !is_web && network::inner(&ports).is_empty() {
                let what = format!("everybody reaches {}", network::named(&ports));
                let help = "name the addresses or the security group that need it";
                look.broken(&POLICY, path, what, help);
            }
        }
    }
    Ok(())
}
