//! What an S3 request asks for: the operation is in the method, the path and the query string.

use std::net::IpAddr;

use axum::body::Bytes;
use axum::http::Method;
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use serde_json::{Map, Value};

use super::chunks;
use crate::base64;
use crate::form;
use crate::protocol::{Asked, is_signature, malformed, text};
use crate::trouble::Trouble;

/// What a key in the query string makes of a request to a bucket or an object: the end of an operation's name.
const SUBRESOURCES: &[(&str, &str)] = &[
    ("accelerate", "AccelerateConfiguration"),
    ("acl", "Acl"),
    ("attributes", "Attributes"),
    ("cors", "Cors"),
    ("encryption", "Encryption"),
    ("lifecycle", "LifecycleConfiguration"),
    ("location", "Location"),
    ("logging", "Logging"),
    ("notification", "NotificationConfiguration"),
    ("object-lock", "LockConfiguration"),
    ("ownershipControls", "OwnershipControls"),
    ("policy", "Policy"),
    ("policyStatus", "PolicyStatus"),
    ("publicAccessBlock", "PublicAccessBlock"),
    ("replication", "Replication"),
    ("tagging", "Tagging"),
    ("versioning", "Versioning"),
    ("website", "Website"),
];

/// The keys in a query string that are parameters, and their members.
const PARAMETERS: &[(&str, &str)] = &[
    ("continuation-token", "ContinuationToken"),
    ("delimiter", "Delimiter"),
    ("max-keys", "MaxKeys"),
    ("prefix", "Prefix"),
    ("start-after", "StartAfter"),
    ("versionId", "VersionId"),
];

/// Reads operation and parameters.
///
/// # Errors
/// The path cannot be decoded, or the body is not in the chunks that it is said to be in.
pub(crate) fn read(
    head: &Parts,
    asked: Vec<(String, String)>,
    body: Bytes,
) -> Result<Asked, Trouble> {
    let (bucket, key) = place(head)?;
    let asks = |wanted: &str| asked.iter().any(|(key, _)| key == wanted);
    let operation = operation(head, asks, &bucket, &key);
    let mut parameters = Map::new();
    let mut put = |name: &str, text: &str| {
        if !text.is_empty() {
            parameters.insert(name.to_owned(), Value::from(text));
        }
    };
    put("Bucket", &bucket);
    put("Key", &key);
    for (key, value) in asked.iter().filter(|(key, _)| !is_signature(key)) {
        let member = PARAMETERS.iter().find(|(known, _)| known == key);
        if let Some((_, member)) = member {
            put(member, value);
        }
    }
    put("ContentType", text(&head.headers, CONTENT_TYPE.as_str()));
    put("CopySource", text(&head.headers, "x-amz-copy-source"));
    if head.method == Method::PUT || head.method == Method::POST {
        match String::from_utf8(content(head, body)?) {
            Ok(text) => parameters.insert("Body".to_owned(), Value::String(text)),
            Err(error) => {
                parameters.insert("Encoding".to_owned(), Value::from("base64"));
                let body = base64::encode(error.as_bytes());
                parameters.insert("Body".to_owned(), Value::String(body))
            }
        };
    }
    Ok(Asked {
        operation,
        parameters: Value::Object(parameters),
    })
}

/// Bucket and key: from the host where it begins with the bucket's name, and from the path.
fn place(head: &Parts) -> Result<(String, String), Trouble> {
    let path = head.uri.path().trim_start_matches('/');
    let (bucket, key) = match virtual_host(text(&head.headers, "host")) {
        Some(bucket) => (bucket, path),
        None => path.split_once('/').unwrap_or((path, "")),
    };
    let decoded = |part: &str| form::segment(part).map_err(malformed);
    Ok((decoded(bucket)?, decoded(key)?))
}

/// The bucket in a host: `bucket.localhost:4566`, `bucket.s3.eu-west-1.amazonaws.com`. A host that is an address, or of
/// a name that nobody told of, has none.
fn virtual_host(host: &str) -> Option<&str> {
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    if name.parse::<IpAddr>().is_ok() || name.starts_with('[') {
        return None;
    }
    let bucket = [".localhost", ".s3.", ".s3-"]
        .iter()
        .find_map(|mark| name.split_once(mark))
        .map(|(bucket, _)| bucket);
    bucket.filter(|bucket| !bucket.is_empty())
}

fn operation(head: &Parts, asks: impl Fn(&str) -> bool, bucket: &str, key: &str) -> String {
    let method = &head.method;
    let verb = match *method {
        Method::PUT => "Put",
        Method::DELETE => "Delete",
        Method::POST => "Post",
        Method::HEAD => "Head",
        _ => "Get",
    };
    if bucket.is_empty() {
        return "ListBuckets".to_owned();
    }
    let noun = if key.is_empty() { "Bucket" } else { "Object" };
    let part = SUBRESOURCES.iter().find(|(part, _)| asks(part));
    if let Some((part, name)) = part {
        return match *part {
            "publicAccessBlock" => format!("{verb}{name}"),
            _ => format!("{verb}{noun}{name}"),
        };
    }
    let simple = match (verb, noun) {
        ("Put", "Bucket") => "CreateBucket",
        ("Get", "Bucket") if asks("versions") => "ListObjectVersions",
        ("Get", "Bucket") if asks("uploads") => "ListMultipartUploads",
        ("Get", "Bucket") if asks("list-type") => "ListObjectsV2",
        ("Get", "Bucket") => "ListObjects",
        ("Post", "Bucket") if asks("delete") => "DeleteObjects",
        ("Post", _) if asks("uploads") => "CreateMultipartUpload",
        ("Post", _) if asks("uploadId") => "CompleteMultipartUpload",
        ("Put", _) if asks("uploadId") => "UploadPart",
        ("Put", _) if head.headers.contains_key("x-amz-copy-source") => "CopyObject",
        _ => return format!("{verb}{noun}"),
    };
    simple.to_owned()
}

fn content(head: &Parts, body: Bytes) -> Result<Vec<u8>, Trouble> {
    let encoding = text(&head.headers, "content-encoding");
    let digest = text(&head.headers, "x-amz-content-sha256");
    if encoding.contains("aws-chunked") || digest.starts_with("STREAMING-") {
        let wrong = || Trouble::Malformed("the body is not in chunks".to_owned());
        chunks::unwrap(&body).ok_or_else(wrong)
    } else {
        Ok(body.into())
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Bytes;
    use axum::http::Request;
    use serde_json::{Value, json};

    use super::read;
    use crate::form;

    fn asked(method: &str, host: &str, uri: &str, body: &[u8]) -> (String, Value) {
        let request = Request::builder()
            .method(method)
            .uri(uri)
            .header("host", host);
        let (head, ()) = request.body(()).unwrap().into_parts();
        let pairs = form::pairs(head.uri.query().unwrap_or_default().as_bytes(), 9).unwrap();
        let asked = read(&head, pairs, Bytes::copy_from_slice(body)).unwrap();
        (asked.operation, asked.parameters)
    }

    #[test]
    fn buckets_and_objects_by_path_and_by_host() {
        let object = json!({"Bucket": "b", "Key": "k/l m"});
        for (host, uri) in [
            ("127.0.0.1:4566", "/b/k/l%20m"),
            ("localhost:4566", "/b/k/l%20m"),
            ("[::1]:4566", "/b/k/l%20m"),
            ("b.localhost:4566", "/k/l%20m"),
            ("b.s3.eu-west-1.amazonaws.com", "/k/l%20m"),
        ] {
            assert_eq!(
                asked("GET", host, uri, b""),
                ("GetObject".to_owned(), object.clone()),
                "{host}"
            );
        }
        for (method, uri, operation) in [
            ("GET", "/", "ListBuckets"),
            ("PUT", "/b", "CreateBucket"),
            ("HEAD", "/b/", "HeadBucket"),
            ("GET", "/b?location", "GetBucketLocation"),
            ("GET", "/b?list-type=2&max-keys=1&prefix=p", "ListObjectsV2"),
            ("GET", "/b?publicAccessBlock", "GetPublicAccessBlock"),
            ("GET", "/b/k?tagging", "GetObjectTagging"),
            ("DELETE", "/b/k", "DeleteObject"),
            ("POST", "/b?delete", "DeleteObjects"),
        ] {
            assert_eq!(asked(method, "127.0.0.1", uri, b"").0, operation, "{uri}");
        }
    }

    #[test]
    fn bodies_are_text_where_they_are() {
        let (_, parameters) = asked("PUT", "127.0.0.1", "/b/k", "Resources: é".as_bytes());
        assert_eq!(parameters["Body"], "Resources: é");
        let (_, parameters) = asked("PUT", "127.0.0.1", "/b/k", &[0xff, 0xfe]);
        assert_eq!(parameters["Body"], "//4=");
        assert_eq!(parameters["Encoding"], "base64");
    }
}
