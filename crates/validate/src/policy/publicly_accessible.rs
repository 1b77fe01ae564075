//! Databases and brokers with an address that everybody reaches.

use stratiform_finding::{Code, Level};
use stratiform_template::Path;

use super::asking::Text;
use super::{Check, Policy};
use crate::schema::{Entries, Look, Looked};

pub(super) static POLICY: Policy = Policy {
    code: Code::PubliclyAccessible,
    level: Some(Level::Error),
    rule: "A database or broker has no public address",
    reason: "everybody can try passwords and known holes on it",
    remedy: "Write `PubliclyAccessible: false`, and reach it from inside of the VPC.",
    sources: &[
        "DMS.1",
        "MSK.4",
        "RDS.2",
        "Redshift.1",
        "CKV_AWS_17",
        "CKV_AWS_69",
        "CKV_AWS_87",
        "CKV_AWS_89",
        "CKV_AWS_291",
        "AwsSolutions-RS8",
        "cdk-nag RDSInstancePublicAccess",
    ],
    checks: &[
        ("AWS::AmazonMQ::Broker", LEFT_OUT_CLOSED),
        ("AWS::DMS::ReplicationInstance", |look, instance, path| {
            // Left out it is public.
            look.has_to_be_closed(instance, path, Left::Open)
        }),
        ("AWS::MSK::Cluster", brokers),
        ("AWS::RDS::DBInstance", |look, instance, path| {
            // Left out, it hangs on the subnets, which nobody sees here.
            look.has_to_be_closed(instance, path, Left::Unknown)
        }),
        ("AWS::Redshift::Cluster", LEFT_OUT_CLOSED),
    ],
};

const LEFT_OUT_CLOSED: Check =
    |look, database, path| look.has_to_be_closed(database, path, Left::Closed);

const NAME: &str = "PubliclyAccessible";
const WHAT: &str = "it has a public address";

/// What it is where nobody says.
#[derive(Clone, Copy)]
enum Left {
    Open,
    Closed,
    Unknown,
}

impl<'t> Look<'_, 't> {
    fn has_to_be_closed(&mut self, database: &Entries, path: &Path<'_>, left: Left) -> Looked<'t> {
        match (self.is_given(database, &[NAME])?, left) {
            (Some(false), Left::Closed) => {}
            (Some(false), Left::Unknown) => self.doubt(),
            (Some(false), Left::Open) => {
                let help = format!("write `{NAME}: false`");
                self.broken_at(&POLICY, database, &[NAME], path, WHAT, help);
            }
            (Some(true) | None, _) => {
                self.must_not_be_true(&POLICY, database, &[NAME], path, WHAT)?;
            }
        }
        Ok(())
    }
}

fn brokers<'t>(look: &mut Look<'_, 't>, cluster: &'t Entries, path: &Path<'_>) -> Looked<'t> {
    const WAY: [&str; 4] = [
        "BrokerNodeGroupInfo",
        "ConnectivityInfo",
        "PublicAccess",
        "Type",
    ];
    match look.text_of(cluster, &WAY)? {
        Text::Known(kind) if kind != "DISABLED" => {
            let what = "its brokers have public addresses";
            look.broken_at(&POLICY, cluster, &WAY, path, what, "write `DISABLED`");
        }
        Text::Known(_) | Text::Absent => {}
        Text::Unknown => look.doubt(),
    }
    Ok(())
}
