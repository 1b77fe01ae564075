//! S3: objects, so that templates and assets can be put there and fetched. A bucket is there once somebody asks for it.

use serde_json::{Value, json};

use super::derived::derived;
use super::page::page;
use crate::call::{Call, Result, unsupported};
use crate::input::Refused;
use crate::state::State;

/// The most keys in a page.
const MOST: u32 = 1000;

/// Bodies are text: the endpoint hands others over in Base64, and says so in `Encoding`.
pub(super) fn answer(state: &mut State, call: &mut Call<'_>) -> Result {
    match call.request.operation.as_str() {
        "PutObject" => put(state, call),
        "GetObject" | "HeadObject" => {
            let name = name(call)?;
            let object = state.realm_of(call)?.estate.kept("objects", &name);
            object.cloned().ok_or_else(no_such_key)
        }
        "DeleteObject" => {
            let name = name(call)?;
            let kept = &mut state.realm_mut(call)?.estate.kept;
            if let Some(objects) = kept.get_mut("objects") {
                objects.remove(&name);
            }
            Ok(json!({}))
        }
        "ListObjectsV2" => list(state, call),
        "HeadBucket" => Ok(json!({ "BucketRegion": state.realm_of(call)?.region })),
        "GetBucketLocation" => {
            let region = state.realm_of(call)?.region.to_string();
            let is_first = region == "us-east-1";
            Ok(json!({ "LocationConstraint": (!is_first).then_some(region) }))
        }
        "CreateBucket" => create(state, call),
        "GetBucketVersioning" => {
            let is_versioned = |value: &Value| value.get("Status").cloned();
            let bucket = call.arguments.needed("Bucket")?;
            let living = state
                .realm_of(call)?
                .estate
                .living("AWS::S3::Bucket", bucket);
            let configuration =
                living.and_then(|living| living.properties.get("VersioningConfiguration"));
            Ok(json!({ "Status": configuration.and_then(is_versioned) }))
        }
        "ListBuckets" => {
            let buckets = state.realm_of(call)?.estate.all("AWS::S3::Bucket");
            let buckets =
                buckets.map(|(name, living)| json!({ "Name": name, "CreationDate": living.since }));
            Ok(json!({ "Buckets": buckets.collect::<Vec<_>>() }))
        }
        operation => {
            let message = format!("S3's {operation} is not in the embedded engine");
            Err(unsupported(call, "NotImplemented", message))
        }
    }
}

fn no_such_key() -> Refused {
    Refused {
        code: "NoSuchKey".to_owned(),
        message: "The specified key does not exist.".to_owned(),
        http_status: 404,
    }
}

fn name(call: &Call<'_>) -> std::result::Result<String, Refused> {
    let bucket = call.arguments.needed("Bucket")?;
    let key = call.arguments.needed("Key")?;
    Ok(format!("{bucket}/{key}"))
}

fn put(state: &mut State, call: &mut Call<'_>) -> Result {
    let name = name(call)?;
    let arguments = call.arguments;
    let body = arguments
        .get("Body")
        .and_then(Value::as_str)
        .unwrap_or_default();
    // The service's is MD5; what clients do with it is compare it.
    let etag = format!("\"{}\"", derived(body).hex(32));
    let object = json!({
        "Body": body,
        "Encoding": arguments.text("Encoding"),
        "ContentType": arguments.text("ContentType"),
        "LastModified": state.now(),
        "ETag": etag,
    });
    state.realm_mut(call)?.estate.keep("objects", &name, object);
    Ok(json!({ "ETag": etag }))
}

fn list(state: &State, call: &mut Call<'_>) -> Result {
    let arguments = call.arguments;
    let bucket = arguments.needed("Bucket")?;
    let prefix = arguments.text("Prefix").unwrap_or_default();
    let most = arguments.number("MaxKeys")?.unwrap_or(MOST).min(MOST);
    let start = format!("{bucket}/{prefix}");
    let objects = state.realm_of(call)?.estate.kept.get("objects");
    let found = objects.into_iter().flatten();
    let found = found.filter_map(|(name, object)| {
        let key = name
            .starts_with(&start)
            .then(|| name.split_once('/'))
            .flatten()?
            .1;
        let body = object
            .get("Body")
            .and_then(Value::as_str)
            .unwrap_or_default();
        Some(json!({
            "Key": key,
            "LastModified": object.get("LastModified"),
            "ETag": object.get("ETag"),
            "Size": body.len(),
            "StorageClass": "STANDARD",
        }))
    });
    let token = arguments.text("ContinuationToken");
    let (contents, next) = page(found, token, usize::try_from(most).unwrap_or(1));
    Ok(json!({
        "Name": bucket,
        "Prefix": prefix,
        "MaxKeys": most,
        "KeyCount": contents.len(),
        "IsTruncated": next.is_some(),
        "NextContinuationToken": next,
        "Contents": contents,
    }))
}

fn create(state: &mut State, call: &Call<'_>) -> Result {
    let bucket = call.arguments.needed("Bucket")?.to_owned();
    let properties = [("BucketName".to_owned(), Value::from(bucket.clone()))];
    let made = state.make_outside(call, "AWS::S3::Bucket", properties.into_iter().collect())?;
    if made.is_some() {
        return Ok(json!({ "Location": format!("/{bucket}") }));
    }
    let realm = state.realm_of(call)?;
    let is_own = realm.estate.living("AWS::S3::Bucket", &bucket).is_some();
    let (code, message) = match is_own {
        true => (
            "BucketAlreadyOwnedByYou",
            "Your previous request to create the named bucket succeeded and you already own it.",
        ),
        false => (
            "BucketAlreadyExists",
            "The requested bucket name is not available. The bucket namespace is shared by all users of the system. Please select a different name and try again.",
        ),
    };
    Err(Refused {
        code: code.to_owned(),
        message: message.to_owned(),
        http_status: 409,
    })
}

impl State {
    /// The text of an object.
    pub(crate) fn object(&self, realm: usize, bucket: &str, key: &str) -> Option<String> {
        let estate = &self.realms.get(realm)?.estate;
        let object = estate.kept("objects", &format!("{bucket}/{key}"))?;
        object.get("Body")?.as_str().map(str::to_owned)
    }
}
