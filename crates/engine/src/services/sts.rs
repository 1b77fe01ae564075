//! Security Token Service: who calls. Nobody is refused.

use serde_json::json;

use crate::call::{Call, Result, unsupported};
use crate::state::State;

pub(super) fn answer(state: &mut State, call: &mut Call<'_>) -> Result {
    let realm = state.realm_of(call)?;
    let (account, partition) = (realm.account.clone(), realm.region.partition());
    match call.request.operation.as_str() {
        "GetCallerIdentity" => Ok(json!({
            "Account": account,
            "Arn": format!("arn:{partition}:iam::{account}:user/engine"),
            "UserId": "AIDAENGINE0000000000",
        })),
        "AssumeRole" => {
            let role = call.arguments.needed("RoleArn")?;
            let session = call.arguments.needed("RoleSessionName")?;
            let name = role.rsplit('/').next().unwrap_or(role);
            let of_role = role.split(':').nth(4).unwrap_or(account.as_str());
            let id = format!("AROA{}", state.ids.upper(17));
            // An account as key is that account for whoever calls with it.
            let expires = crate::operation::after(state.now(), 3_600_000);
            Ok(json!({
                "AssumedRoleUser": {
                    "Arn": format!("arn:{partition}:sts::{of_role}:assumed-role/{name}/{session}"),
                    "AssumedRoleId": format!("{id}:{session}"),
                },
                "Credentials": {
                    "AccessKeyId": of_role,
                    "Expiration": expires,
                    "SecretAccessKey": state.ids.alphanumeric(40),
                    "SessionToken": state.ids.alphanumeric(64),
                },
            }))
        }
        operation => {
            let message = format!("Could not find operation {operation} for version 2011-06-15");
            Err(unsupported(call, "InvalidAction", message))
        }
    }
}
