//! Load balancers that hand on headers which are none.

use stratiform_finding::{Code, Level};
use stratiform_template::Path;

use super::Policy;
use super::asking::Text;
use crate::schema::{Entries, Look, Looked};

pub(super) static POLICY: Policy = Policy {
    code: Code::InvalidHeaders,
    level: Some(Level::Note),
    rule: "An application load balancer drops headers that are not valid",
    reason: "what the balancer and a service read differently smuggles requests past it",
    remedy: "Set the attribute `routing.http.drop_invalid_header_fields.enabled` to `true`.",
    sources: &[
        "ELB.4",
        "CKV_AWS_131",
        "cdk-nag ALBHttpDropInvalidHeaderEnabled",
    ],
    checks: &[("AWS::ElasticLoadBalancingV2::LoadBalancer", check)],
};

const LIST: &str = "LoadBalancerAttributes";
const KEY: &str = "routing.http.drop_invalid_header_fields.enabled";

fn check<'t>(look: &mut Look<'_, 't>, balancer: &'t Entries, path: &Path<'_>) -> Looked<'t> {
    match look.text_of(balancer, &["Type"])? {
        Text::Known(kind) if kind != "application" => {
            look.pass();
            return Ok(());
        }
        Text::Known(_) | Text::Absent => {}
        Text::Unknown => look.doubt(),
    }
    let what = "headers that are not valid are handed on";
    let help = format!("set the attribute `{KEY}` to `true`");
    look.attribute_has_to_be_true(&POLICY, balancer, (LIST, KEY), path, (what, &help))
}
