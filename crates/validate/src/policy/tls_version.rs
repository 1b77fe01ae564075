//! TLS as it was before 1.2.

use stratiform_finding::{Code, Level};
use stratiform_template::Path;

use super::Policy;
use super::asking::Text;
use crate::schema::{Entries, Look, Looked};

pub(super) static POLICY: Policy = Policy {
    code: Code::TlsVersion,
    level: Some(Level::Warning),
    rule: "What speaks TLS speaks 1.2 or later",
    reason: "1.0 and 1.1 are broken, and a client can be made to use them",
    remedy: "Name a policy of TLS 1.2 or 1.3.",
    sources: &[
        "ELB.17",
        "CloudFront.15",
        "CKV_AWS_103",
        "CKV_AWS_174",
        "CKV_AWS_206",
        "AwsSolutions-CFR4",
    ],
    checks: &[
        ("AWS::ApiGateway::DomainName", |look, domain, path| {
            newer(look, domain, (&["SecurityPolicy"], LeftOut::Unknown), path)
        }),
        ("AWS::CloudFront::Distribution", distribution),
        ("AWS::ElasticLoadBalancingV2::Listener", listener),
        ("AWS::OpenSearchService::Domain", |look, domain, path| {
            let way = ["DomainEndpointOptions", "TLSSecurityPolicy"];
            newer(look, domain, (&way, LeftOut::Old), path)
        }),
    ],
};

/// What it is where nobody says.
#[derive(Clone, Copy)]
enum LeftOut {
    Old,
    /// AWS's pages do not say.
    Unknown,
}

/// Whether a name of AWS's for what is spoken takes TLS 1.0 or 1.1. Each service has names of its own.
/// Sources: Elastic Load Balancing, "Security policies"; CloudFront, "Supported protocols and ciphers"; API Gateway,
/// "Security policies"; OpenSearch Service API reference, `DomainEndpointOptions`.
fn is_old(policy: &str) -> bool {
    /// Those of load balancers that begin with 1.2.
    const NEW: [&str; 3] = [
        "ELBSecurityPolicy-TLS-1-2-",
        "ELBSecurityPolicy-TLS13-1-2",
        "ELBSecurityPolicy-TLS13-1-3",
    ];
    match policy {
        "SSLv3" | "TLSv1" | "TLSv1_2016" | "TLSv1.1_2016" | "TLS_1_0" => true,
        "Policy-Min-TLS-1-0-2019-07" => true,
        "ELBSecurityPolicy-FS-1-2-2019-08"
        | "ELBSecurityPolicy-FS-1-2-Res-2019-08"
        | "ELBSecurityPolicy-FS-1-2-Res-2020-10" => false,
        _ if policy.starts_with("ELBSecurityPolicy-") => {
            !NEW.iter().any(|new| policy.starts_with(new))
        }
        _ => false,
    }
}

fn newer<'t>(
    look: &mut Look<'_, 't>,
    entries: &Entries,
    (way, left_out): (&[&str], LeftOut),
    path: &Path<'_>,
) -> Looked<'t> {
    let name = way.last().copied().unwrap_or_default();
    let what = match (look.text_of(entries, way)?, left_out) {
        (Text::Known(policy), _) if is_old(&policy) => {
            format!("`{policy}` takes TLS 1.0 or 1.1")
        }
        (Text::Absent, LeftOut::Old) => {
            format!("without `{name}`, TLS 1.0 and 1.1 are taken")
        }
        (Text::Known(_), _) => return Ok(()),
        (Text::Absent, LeftOut::Unknown) | (Text::Unknown, _) => {
            look.doubt();
            return Ok(());
        }
    };
    look.broken_at(
        &POLICY,
        entries,
        way,
        path,
        what,
        "name a policy of TLS 1.2 or 1.3",
    );
    Ok(())
}

fn listener<'t>(look: &mut Look<'_, 't>, listener: &'t Entries, path: &Path<'_>) -> Looked<'t> {
    match look.text_of(listener, &["Protocol"])? {
        Text::Known(protocol) if ["HTTPS", "TLS"].contains(&protocol.as_ref()) => {
            newer(look, listener, (&["SslPolicy"], LeftOut::Old), path)?;
        }
        Text::Known(_) | Text::Absent => look.pass(),
        Text::Unknown => look.doubt(),
    }
    Ok(())
}

fn distribution<'t>(
    look: &mut Look<'_, 't>,
    distribution: &'t Entries,
    path: &Path<'_>,
) -> Looked<'t> {
    const CERTIFICATE: [&str; 2] = ["DistributionConfig", "ViewerCertificate"];
    let of = |name| [&CERTIFICATE[..], &[name]].concat();
    // With CloudFront's own certificate nobody can choose.
    let is_own = look.is_given(distribution, &CERTIFICATE)?;
    let is_default = look.flag(distribution, &of("CloudFrontDefaultCertificate"), false)?;
    if is_own == Some(false) || is_default == Some(true) {
        look.pass();
        return Ok(());
    }
    let way = of("MinimumProtocolVersion");
    newer(look, distribution, (&way, LeftOut::Old), path)
}

#[cfg(test)]
mod tests {
    use super::is_old;

    #[test]
    fn a_policy_is_old_where_it_takes_what_is_before_1_2() {
        for old in [
            "TLSv1",
            "TLSv1.1_2016",
            "TLS_1_0",
            "ELBSecurityPolicy-2016-08",
            "ELBSecurityPolicy-TLS-1-1-2017-01",
            "ELBSecurityPolicy-FS-2018-06",
            "ELBSecurityPolicy-FS-1-1-2019-08",
            "ELBSecurityPolicy-TLS13-1-0-2021-06",
            "ELBSecurityPolicy-TLS13-1-1-2021-06",
            "Policy-Min-TLS-1-0-2019-07",
        ] {
            assert!(is_old(old), "{old}");
        }
        for new in [
            "TLSv1.2_2021",
            "TLSv1.3_2025",
            "TLS_1_2",
            "SecurityPolicy_TLS13_1_3_2025_09",
            "ELBSecurityPolicy-TLS-1-2-2017-01",
            "ELBSecurityPolicy-TLS-1-2-Ext-2018-06",
            "ELBSecurityPolicy-FS-1-2-Res-2020-10",
            "ELBSecurityPolicy-TLS13-1-2-2021-06",
            "ELBSecurityPolicy-TLS13-1-3-2021-06",
            "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09",
            "Policy-Min-TLS-1-2-2019-07",
            "Policy-Min-TLS-1-2-PFS-2023-10",
        ] {
            assert!(!is_old(new), "{new}");
        }
    }
}
