//! Secrets Manager: secrets of stacks, those that RDS manages, and others.
//!
//! What a stack has generated follows from the secret's ARN and what its template asks for. See `docs/engine.md`.

use serde_json::{Map, Value, json};

use super::derived::derived;
use super::page::page;
use crate::call::{Call, Result, unsupported};
use crate::estate::{Estate, Living};
use crate::input::Refused;
use crate::state::{Realm, State};

const SECRET: &str = "AWS::SecretsManager::Secret";
const OWNERS: [&str; 2] = ["AWS::RDS::DBInstance", "AWS::RDS::DBCluster"];
const MANAGED: &str = "MasterUserSecret.SecretArn";
const VERSIONS: &str = "secret-versions";
const DAY: u64 = 86_400_000;

pub(super) fn answer(state: &mut State, call: &mut Call<'_>) -> Result {
    match call.request.operation.as_str() {
        "CreateSecret" => create(state, call),
        "PutSecretValue" | "UpdateSecret" => put(state, call),
        "GetSecretValue" => value(state, call),
        "DescribeSecret" => {
            let realm = state.realm_of(call)?;
            let found = needed(realm, call)?;
            Ok(found.described(realm))
        }
        "ListSecrets" => {
            let realm = state.realm_of(call)?;
            let own = realm.estate.all(SECRET).map(|(arn, _)| arn);
            let found = own.filter_map(|arn| find(realm, arn));
            let found = found.map(|found| found.described(realm));
            let (list, next) = page(found, call.arguments.text("NextToken"), 100);
            Ok(json!({ "SecretList": list, "NextToken": next }))
        }
        "DeleteSecret" => {
            let days = call.arguments.number("RecoveryWindowInDays")?.unwrap_or(30);
            let days = match call.arguments.is("ForceDeleteWithoutRecovery")? {
                true => 0,
                false => u64::from(days),
            };
            let found = needed(state.realm_of(call)?, call)?;
            if found.managed {
                return Err(Refused::new(
                    "InvalidRequestException",
                    "You can't perform this operation on the secret because it is managed by another service.",
                ));
            }
            let (arn, name) = (found.arn, found.name);
            state.delete_outside(call, SECRET, &arn)?;
            if let Some(kept) = state.realm_mut(call)?.estate.kept.get_mut(VERSIONS) {
                kept.remove(&arn);
            }
            let date = crate::operation::after(state.now(), days * DAY);
            Ok(json!({ "ARN": arn, "Name": name, "DeletionDate": date }))
        }
        operation => {
            let message = format!("Secrets Manager's {operation} is not in the embedded engine");
            Err(unsupported(call, "UnknownOperationException", message))
        }
    }
}

/// A secret that is there.
struct Found<'r> {
    arn: String,
    name: String,
    living: &'r Living,
    /// Whether it belongs to a database, and not to itself.
    managed: bool,
}

/// A secret by name, ARN, or ARN without its last six letters.
fn find<'r>(realm: &'r Realm, asked: &str) -> Option<Found<'r>> {
    let own = realm.estate.all(SECRET).find_map(|(arn, living)| {
        let name = name_of(arn);
        let is_it = arn == asked || name == asked || arn.strip_suffix(suffix(arn)) == Some(asked);
        is_it.then(|| Found {
            arn: arn.to_owned(),
            name,
            living,
            managed: false,
        })
    });
    own.or_else(|| {
        let owned = OWNERS.iter().flat_map(|owner| realm.estate.all(owner));
        owned.into_iter().find_map(|(_, living)| {
            let arn = living.attribute(MANAGED)?;
            let name = name_of(arn);
            (arn == asked || name == asked).then(|| Found {
                arn: arn.to_owned(),
                name,
                living,
                managed: true,
            })
        })
    })
}

fn needed<'r>(realm: &'r Realm, call: &Call<'_>) -> std::result::Result<Found<'r>, Refused> {
    let asked = call.arguments.needed("SecretId")?;
    find(realm, asked).ok_or_else(|| {
        Refused::new(
            "ResourceNotFoundException",
            "Secrets Manager can't find the specified secret.",
        )
    })
}

/// `-AbCdEf`.
fn suffix(arn: &str) -> &str {
    arn.rfind('-')
        .and_then(|at| arn.get(at..))
        .unwrap_or_default()
}

/// The name in the ARN of a secret.
fn name_of(arn: &str) -> String {
    let name = arn.split_once(":secret:").map_or(arn, |(_, name)| name);
    name.strip_suffix(suffix(name)).unwrap_or(name).to_owned()
}

/// A version that somebody put.
fn versions<'e>(estate: &'e Estate, arn: &str) -> &'e [Value] {
    let kept = estate.kept(VERSIONS, arn).and_then(Value::as_array);
    kept.map(Vec::as_slice).unwrap_or_default()
}

impl Found<'_> {
    /// The versions, newest first: those that somebody put, and the one from the secret's creation.
    fn versions(&self, realm: &Realm) -> Vec<Value> {
        let put = versions(&realm.estate, &self.arn).iter().rev().cloned();
        let first = match self.managed {
            true => Some(managed_text(&self.arn, self.living)),
            false => text(&self.arn, self.living),
        };
        let first = first.map(|text| {
            json!({
                "VersionId": derived(&format!("{} {text}", self.arn)).uuid(),
                "SecretString": text,
                "CreatedDate": self.living.since,
            })
        });
        let all = put.chain(first).enumerate().map(|(index, mut version)| {
            let stages = match index {
                0 => json!(["AWSCURRENT"]),
                1 => json!(["AWSPREVIOUS"]),
                _ => json!([]),
            };
            if let Some(version) = version.as_object_mut() {
                version.insert("VersionStages".to_owned(), stages);
            }
            version
        });
        all.collect()
    }

    fn described(&self, realm: &Realm) -> Value {
        let versions = self.versions(realm);
        let changed = versions
            .first()
            .and_then(|version| version.get("CreatedDate"));
        let stages = versions.iter().filter_map(|version| {
            let stages = version.get("VersionStages")?;
            let has_some = stages.as_array().is_some_and(|stages| !stages.is_empty());
            let id = version.get("VersionId")?.as_str()?;
            has_some.then(|| (id.to_owned(), stages.clone()))
        });
        let stages: Map<String, Value> = stages.collect();
        json!({
            "ARN": self.arn,
            "Name": self.name,
            "Description": self.living.text("Description"),
            "KmsKeyId": self.living.text("KmsKeyId"),
            "RotationEnabled": self.managed.then_some(true),
            "RotationRules": self.managed.then(|| json!({ "AutomaticallyAfterDays": 7 })),
            "LastChangedDate": changed,
            "CreatedDate": self.living.since,
            "OwningService": self.managed.then_some("rds"),
            "Tags": self.living.all_tags(),
            "VersionIdsToStages": stages,
        })
    }
}

fn create(state: &mut State, call: &Call<'_>) -> Result {
    let arguments = call.arguments;
    let name = arguments.needed("Name")?.to_owned();
    let mut properties = Map::new();
    for key in ["Name", "Description", "KmsKeyId", "SecretString"] {
        if let Some(text) = arguments.text(key) {
            properties.insert(key.to_owned(), text.into());
        }
    }
    if let Some(tags) = arguments.get("Tags") {
        properties.insert("Tags".to_owned(), tags.clone());
    }
    let exists = || {
        Refused::new(
            "ResourceExistsException",
            format!("The operation failed because the secret {name} already exists."),
        )
    };
    if find(state.realm_of(call)?, &name).is_some() {
        return Err(exists());
    }
    let made = state.make_outside(call, SECRET, properties)?;
    let arn = made.ok_or_else(exists)?.physical_id;
    let realm = state.realm_of(call)?;
    let found = find(realm, &arn);
    let version = found.and_then(|found| found.versions(realm).first()?.get("VersionId").cloned());
    Ok(json!({ "ARN": arn, "Name": name, "VersionId": version }))
}

fn put(state: &mut State, call: &Call<'_>) -> Result {
    let found = needed(state.realm_of(call)?, call)?;
    let (arn, name, managed) = (found.arn, found.name, found.managed);
    let Some(text) = call.arguments.text("SecretString").map(str::to_owned) else {
        // `UpdateSecret` of what is no value.
        let described = ["Description", "KmsKeyId"]
            .into_iter()
            .filter_map(|key| Some((key.to_owned(), Value::from(call.arguments.text(key)?))));
        let described = described.collect();
        if !managed {
            state.change_outside(call, SECRET, &arn, described)?;
        }
        return Ok(json!({ "ARN": arn, "Name": name }));
    };
    let id = match call.arguments.text("ClientRequestToken") {
        Some(token) => token.to_owned(),
        None => state.ids.uuid(),
    };
    let now = state.now();
    let estate = &mut state.realm_mut(call)?.estate;
    let mut all = versions(estate, &arn).to_vec();
    all.push(json!({ "VersionId": id, "SecretString": text, "CreatedDate": now }));
    estate.keep(VERSIONS, &arn, Value::Array(all));
    Ok(json!({ "ARN": arn, "Name": name, "VersionId": id, "VersionStages": ["AWSCURRENT"] }))
}

fn value(state: &State, call: &Call<'_>) -> Result {
    let realm = state.realm_of(call)?;
    let found = needed(realm, call)?;
    let id = call.arguments.text("VersionId");
    let stage = call.arguments.text("VersionStage");
    let stage = stage.or(id.is_none().then_some("AWSCURRENT"));
    let versions = found.versions(realm);
    let version = versions.into_iter().find(|version| {
        let stages = version.get("VersionStages").and_then(Value::as_array);
        let has_stage = |stage: &str| {
            let mut stages = stages.into_iter().flatten();
            stages.any(|known| known.as_str() == Some(stage))
        };
        let is_version = id.is_none() || version.get("VersionId").and_then(Value::as_str) == id;
        is_version && stage.is_none_or(has_stage)
    });
    let Some(Value::Object(mut version)) = version else {
        let what = id.map_or_else(
            || format!("staging label: {}", stage.unwrap_or_default()),
            |id| format!("VersionId: {id}"),
        );
        return Err(Refused::new(
            "ResourceNotFoundException",
            format!("Secrets Manager can't find the specified secret value for {what}"),
        ));
    };
    version.insert("ARN".to_owned(), found.arn.into());
    version.insert("Name".to_owned(), found.name.into());
    Ok(Value::Object(version))
}

/// The value of a secret that its stack gave it, or had generated.
fn text(arn: &str, living: &Living) -> Option<String> {
    if let Some(text) = living.text("SecretString") {
        return Some(text.to_owned());
    }
    let wanted = living.properties.get("GenerateSecretString")?;
    Some(generated(arn, wanted))
}

/// What RDS keeps of a database's master user.
fn managed_text(arn: &str, living: &Living) -> String {
    let username = living.text("MasterUsername").unwrap_or("admin");
    json!({ "username": username, "password": derived(arn).alphanumeric(28) }).to_string()
}

/// What `GenerateSecretString` asks for.
///
/// Source: `AWS::SecretsManager::Secret` `GenerateSecretString`: 32 letters, digits and signs, unless it says otherwise.
fn generated(arn: &str, wanted: &Value) -> String {
    const SIGNS: &str = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";
    let text = |key: &str| wanted.get(key).and_then(Value::as_str);
    let excludes = |key: &str| text(key) == Some("true");
    let length = text("PasswordLength").and_then(|length| length.parse().ok());
    let length = length.unwrap_or(32_usize).min(4096);
    let excluded = text("ExcludeCharacters").unwrap_or_default();
    let mut letters = String::new();
    for (key, group) in [
        ("ExcludeLowercase", "abcdefghijklmnopqrstuvwxyz"),
        ("ExcludeUppercase", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
        ("ExcludeNumbers", "0123456789"),
        ("ExcludePunctuation", SIGNS),
    ] {
        if !excludes(key) {
            letters += group;
        }
    }
    let letters: Vec<char> = letters
        .chars()
        .filter(|letter| !excluded.contains(*letter))
        .collect();
    let digits = derived(&format!("{arn} {wanted}")).digits(2 * length);
    let numbers = digits.as_bytes().chunks(2).map(|pair| {
        let digits = pair
            .iter()
            .map(|digit| usize::from(digit.saturating_sub(b'0')));
        digits.fold(0, |number, digit| number * 10 + digit)
    });
    let password: String = numbers
        .filter_map(|number| letters.get(number % letters.len().max(1)))
        .collect();
    match text("GenerateStringKey") {
        None => password,
        Some(key) => {
            let template = text("SecretStringTemplate").unwrap_or("{}");
            let mut whole: Value = serde_json::from_str(template).unwrap_or_else(|_| json!({}));
            if let Some(whole) = whole.as_object_mut() {
                whole.insert(key.to_owned(), password.into());
            }
            whole.to_string()
        }
    }
}

/// The value that a secret has now, by name or by what follows `:secret:` in its ARN.
pub(crate) fn current_text(estate: &Estate, asked: &str) -> Option<String> {
    let fits = |arn: &str| {
        let whole = arn.split_once(":secret:").map_or(arn, |(_, name)| name);
        whole == asked || name_of(arn) == asked
    };
    let put = |arn: &str| {
        let last = versions(estate, arn).last()?;
        last.get("SecretString")?.as_str().map(str::to_owned)
    };
    let own = estate.all(SECRET).find(|(arn, _)| fits(arn));
    if let Some((arn, living)) = own {
        return put(arn).or_else(|| text(arn, living));
    }
    let owned = OWNERS.iter().flat_map(|owner| estate.all(owner));
    owned.into_iter().find_map(|(_, living)| {
        let arn = living.attribute(MANAGED).filter(|arn| fits(arn))?;
        put(arn).or_else(|| Some(managed_text(arn, living)))
    })
}
