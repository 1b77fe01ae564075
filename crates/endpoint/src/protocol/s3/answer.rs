//! What S3 answers: headers and bytes for objects, XML for everything else.

use axum::body::Bytes;
use axum::http::StatusCode;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE, ETAG, HeaderName, LAST_MODIFIED, LOCATION};
use serde_json::{Map, Value};
use stratiform_engine::Refused;

use crate::base64;
use crate::protocol::time;
use crate::protocol::xml::{self, Lists};
use crate::reply::Reply;

const XML: &str = "application/xml";
const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
const NAMESPACE: &str = "http://s3.amazonaws.com/doc/2006-03-01/";

/// The operations whose answers are an element with a name of its own.
const ROOTS: &[(&str, &str)] = &[
    ("CopyObject", "CopyObjectResult"),
    ("GetBucketEncryption", "ServerSideEncryptionConfiguration"),
    ("GetBucketLocation", "LocationConstraint"),
    ("GetBucketTagging", "Tagging"),
    ("GetBucketVersioning", "VersioningConfiguration"),
    ("GetObjectTagging", "Tagging"),
    ("GetPublicAccessBlock", "PublicAccessBlockConfiguration"),
    ("ListBuckets", "ListAllMyBucketsResult"),
    ("ListObjectVersions", "ListVersionsResult"),
    ("ListObjects", "ListBucketResult"),
    ("ListObjectsV2", "ListBucketResult"),
];

/// The answer to a call.
pub(crate) fn render(operation: &str, result: &Value) -> Reply {
    let empty = Map::new();
    let members = result.as_object().unwrap_or(&empty);
    match ROOTS.iter().find(|(known, _)| *known == operation) {
        Some((_, root)) => document(operation, root, members),
        None => object(operation, members),
    }
}

/// The answer to a call that is refused. Clients find no wrapper around it.
pub(crate) fn refusal(status: StatusCode, refused: &Refused, id: &str) -> Reply {
    let mut out = format!("{HEAD}<Error>");
    xml::leaf(&mut out, "Code", &refused.code);
    xml::leaf(&mut out, "Message", &refused.message);
    xml::leaf(&mut out, "RequestId", id);
    out += "</Error>";
    Reply::new(status, XML, out)
}

fn document(operation: &str, root: &str, members: &Map<String, Value>) -> Reply {
    let mut content = String::new();
    match operation {
        // The text of the root itself; nothing stands for us-east-1.
        "GetBucketLocation" => {
            let place = members.get("LocationConstraint").and_then(Value::as_str);
            stratiform_service::xml::escape(&mut content, place.unwrap_or_default());
        }
        "ListBuckets" => {
            content += "<Buckets>";
            for bucket in members
                .get("Buckets")
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
            {
                xml::element(&mut content, "Bucket", bucket, &Lists::Flat);
            }
            content += "</Buckets>";
        }
        _ => {
            for (name, value) in members {
                xml::element(&mut content, name, value, &Lists::Flat);
            }
        }
    }
    let body = format!("{HEAD}<{root} xmlns=\"{NAMESPACE}\">{content}</{root}>");
    Reply::new(StatusCode::OK, XML, body)
}

fn object(operation: &str, members: &Map<String, Value>) -> Reply {
    let text = |name: &str| match members.get(name) {
        Some(Value::String(text)) => Some(text.clone()),
        Some(Value::Number(number)) => Some(number.to_string()),
        _ => None,
    };
    let status = match operation {
        name if name.starts_with("Delete") => StatusCode::NO_CONTENT,
        _ => StatusCode::OK,
    };
    let mut reply = Reply::empty(status);
    let modified = text("LastModified").map(|text| match text.parse() {
        Ok(moment) => time::http(moment),
        Err(_) => text,
    });
    for (name, value) in [
        (ETAG, text("ETag")),
        (LAST_MODIFIED, modified),
        (LOCATION, text("Location")),
        (CONTENT_TYPE, text("ContentType")),
        (
            HeaderName::from_static("x-amz-version-id"),
            text("VersionId"),
        ),
        (
            HeaderName::from_static("x-amz-bucket-region"),
            text("BucketRegion"),
        ),
        (
            HeaderName::from_static("x-amz-server-side-encryption"),
            text("ServerSideEncryption"),
        ),
    ] {
        if let Some(value) = value {
            reply = reply.with(name, &value);
        }
    }
    let body = text("Body").unwrap_or_default();
    let bytes = match text("Encoding").as_deref() {
        Some("base64") => base64::decode(&body).unwrap_or_default(),
        _ => body.into_bytes(),
    };
    if operation == "HeadObject" {
        // The body that there would be is not sent, but its length is.
        return reply.with(CONTENT_LENGTH, &bytes.len().to_string());
    }
    reply.body(Bytes::from(bytes))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::render;

    #[test]
    fn objects_are_bytes_and_lists_are_xml() {
        let reply = render(
            "GetObject",
            &json!({"Body": "text", "ETag": "\"e\"", "ContentType": "a/b"}),
        );
        assert_eq!(reply.bytes(), b"text");
        let reply = render("GetObject", &json!({"Body": "//4=", "Encoding": "base64"}));
        assert_eq!(reply.bytes(), [0xff, 0xfe]);
        let reply = render("ListBuckets", &json!({"Buckets": [{"Name": "a&b"}]}));
        let text = String::from_utf8_lossy(reply.bytes());
        assert!(text.ends_with(
            "<Buckets><Bucket><Name>a&amp;b</Name></Bucket></Buckets></ListAllMyBucketsResult>"
        ));
        let reply = render("GetBucketLocation", &json!({}));
        let text = String::from_utf8_lossy(reply.bytes());
        assert!(text.contains("></LocationConstraint>"), "{text}");
    }
}
