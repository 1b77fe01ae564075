//! Security Token Service: who calls. Nobody is refused, and nothing is kept: credentials follow from what they are for.

use serde_json::json;

use super::derived::derived;
use crate::call::{Call, Result, unsupported};
use crate::input::Refused;
use crate::state::State;

/// Seconds that credentials are good for, where nobody says how long.
const HOUR: u32 = 3_600;

pub(super) fn answer(state: &State, call: &mut Call<'_>) -> Result {
    let realm = state.realm_of(call)?;
    let (account, partition) = (realm.account.clone(), realm.region.partition());
    match call.request.operation.as_str() {
        "GetCallerIdentity" => Ok(json!({
            "Account": account,
            "Arn": format!("arn:{partition}:iam::{account}:user/engine"),
            "UserId": "AIDAENGINE0000000000",
        })),
        operation @ ("AssumeRole" | "AssumeRoleWithWebIdentity") => {
            if operation == "AssumeRoleWithWebIdentity" {
                jwt(call.arguments.needed("WebIdentityToken")?)?;
            }
            let role = call.arguments.needed("RoleArn")?;
            let session = call.arguments.needed("RoleSessionName")?;
            let seconds = call.arguments.number("DurationSeconds")?.unwrap_or(HOUR);
            let name = role.rsplit('/').next().unwrap_or(role);
            let of_role = role.split(':').nth(4).unwrap_or(account.as_str());
            let id = format!("AROA{}", derived(role).upper(17));
            let mut secrets = derived(&format!("{role} {session} {}", state.now()));
            let expires = crate::operation::after(state.now(), u64::from(seconds) * 1000);
            Ok(json!({
                "AssumedRoleUser": {
                    "Arn": format!("arn:{partition}:sts::{of_role}:assumed-role/{name}/{session}"),
                    "AssumedRoleId": format!("{id}:{session}"),
                },
                "Credentials": {
                    // An account as key is that account for whoever calls with it.
                    "AccessKeyId": of_role,
                    "Expiration": expires,
                    "SecretAccessKey": secrets.alphanumeric(40),
                    "SessionToken": secrets.alphanumeric(64),
                },
            }))
        }
        operation => {
            let message = format!("Could not find operation {operation} for version 2011-06-15");
            Err(unsupported(call, "InvalidAction", message))
        }
    }
}

/// Refuses what has not the form of a JSON web token; who signed it for whom is not looked at.
fn jwt(token: &str) -> std::result::Result<(), Refused> {
    let is_part = |part: &str| {
        !part.is_empty()
            && part
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    };
    let parts: Vec<&str> = token.split('.').collect();
    if parts.len() == 3 && parts.into_iter().all(is_part) {
        return Ok(());
    }
    Err(Refused::new(
        "InvalidIdentityToken",
        "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)",
    ))
}
