//! What mostly helps, for the reasons that everybody meets.

use stratiform_service::Reason;

/// What to do about a resource that failed; none where the reason is not well known.
pub(super) fn remedy(reason: &str) -> Option<String> {
    let has = |words: &[&str]| {
        let reason = reason.to_lowercase();
        words.iter().any(|word| reason.contains(word))
    };
    Some(match Reason::read(reason) {
        Reason::ExportInUse { by, .. } | Reason::ExportInUseByUpdate { by, .. } => format!(
            "`{by}` imports it: keep the export until `{by}` is deployed without the import, and remove it then"
        ),
        Reason::ExportMissing { export } | Reason::ExportMissingOfNew { export } => {
            format!("deploy the stack that exports `{export}` first")
        }
        Reason::DeniedByStackPolicy { .. } => {
            "the stack policy that is deployed forbids it: deploy a policy that allows it first".to_owned()
        }
        Reason::ReplacementWithoutRollback {} => {
            "deploy this change with rollback switched on".to_owned()
        }
        Reason::PropertyValidation { .. } => "correct the property where it is declared".to_owned(),
        _ if has(&["rollback trigger"]) => {
            "an alarm went off while it was deployed: look at the alarm's metric, and at what the new version does"
                .to_owned()
        }
        _ if has(&["circuit breaker", "deployment alarm", "tasks failed to start"]) => {
            "the new tasks did not stay well: look at the service's events and the tasks' logs; mostly it is the image, \
             the health check's path, a secret that is missing, or too little memory"
                .to_owned()
        }
        _ if has(&["cannotpullcontainer", "manifest unknown", "image not found", "imagenotfound"]) => {
            "push the image first, or name one that is there: --image SERVICE=TAG".to_owned()
        }
        _ if has(&["alreadyexists", "already exists", "already in use", "already been taken"]) => {
            "something of that name is there already, and not this stack's: give the resource another name, or delete \
             or import what is there"
                .to_owned()
        }
        _ if has(&["servicelimitexceeded", "limitexceeded", "limit exceeded", "quota", "maximum number"]) => {
            "a quota of the account is reached: raise it (Service Quotas), or delete what nobody needs".to_owned()
        }
        _ if has(&["accessdenied", "access denied", "not authorized", "unauthorized", "forbidden"]) => {
            "allow the action that the reason names in the policies of the role that deploys".to_owned()
        }
        _ if has(&["notstabilized", "did not stabilize", "timed out", "exceeded attempts"]) => {
            "it was made, and did not become ready in time: look at it in its own service".to_owned()
        }
        _ if has(&["throttl", "rate exceeded", "internalfailure", "serviceinternalerror"]) => {
            "the service was busy or out of order: deploy again".to_owned()
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::remedy;

    #[test]
    fn well_known_reasons() {
        let cases = [
            (
                "Resource handler returned message: \"shop-dev-jobs already exists\" (RequestToken: 1, HandlerErrorCode: AlreadyExists)",
                "another name",
            ),
            (
                "Resource handler returned message: \"The maximum number of VPCs has been reached.\" (RequestToken: 1, HandlerErrorCode: ServiceLimitExceeded)",
                "Service Quotas",
            ),
            (
                "User: arn:aws:sts::1:assumed-role/a/b is not authorized to perform: sqs:CreateQueue",
                "policies",
            ),
            (
                "ECS Deployment Circuit Breaker was triggered",
                "tasks' logs",
            ),
            (
                "Update canceled. Cannot update export network-Vpc as it is in use by services.",
                "`services` imports it",
            ),
            ("No export named network-Vpc found", "exports `network-Vpc`"),
            (
                "CannotPullContainerError: manifest unknown",
                "push the image",
            ),
            (
                "Rollback trigger arn:aws:cloudwatch:eu-west-1:1:alarm:errors is in state ALARM",
                "an alarm went off",
            ),
            (
                "Property validation failure: [The property {/Type} is required]",
                "correct the property",
            ),
            (
                "Action denied by stack policy: Statement [#1] does not allow [Update:Replace] for resource [X];",
                "stack policy",
            ),
        ];
        for (reason, expected) in cases {
            let remedy = remedy(reason).unwrap_or_default();
            assert!(remedy.contains(expected), "{reason}: {remedy}");
        }
        assert_eq!(remedy("Something new"), None);
    }
}
