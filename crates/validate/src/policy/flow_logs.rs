//! Networks of whose traffic nobody keeps a record.

use stratiform_finding::{Code, Level};
use stratiform_template::Path;

use super::Policy;
use crate::schema::{Entries, Look, Looked};

pub(super) static POLICY: Policy = Policy {
    code: Code::FlowLogs,
    // Another stack may log it.
    level: Some(Level::Note),
    rule: "A VPC has a flow log in its template",
    reason: "nobody can say afterwards who talked to whom",
    remedy: "Add an `AWS::EC2::FlowLog` of the VPC.",
    sources: &["EC2.6", "AwsSolutions-VPC7"],
    checks: &[("AWS::EC2::VPC", check)],
};

fn check<'t>(look: &mut Look<'_, 't>, _: &'t Entries, path: &Path<'_>) -> Looked<'t> {
    let mut is_unknown = false;
    for log in look.others("AWS::EC2::FlowLog")? {
        match look.given(&log.properties, "ResourceId")? {
            Some(of) if look.is_own(of, path)? => return Ok(()),
            Some(of) => is_unknown |= look.word(of)?.is_none() && look.target(of)?.is_none(),
            None => {}
        }
    }
    if is_unknown {
        look.doubt();
        return Ok(());
    }
    let what = "nobody keeps a record of the traffic";
    let help = "add an `AWS::EC2::FlowLog` whose `ResourceId` is the VPC";
    look.broken(&POLICY, path.up.unwrap_or(path), what, help);
    Ok(())
}
