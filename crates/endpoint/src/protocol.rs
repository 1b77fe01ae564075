//! AWS's protocols: from a request over HTTP to a call, and from what the engine says to an answer over HTTP.
//!
//! What lives here: which protocol a request is in, and what the protocols have in common. One file per protocol reads
//! and renders it; `services` holds what services differ in. What does not: connections and limits (`server`), and what
//! operations do (the engine).

pub(crate) mod backup;
pub(crate) mod cbor;
pub(crate) mod json;
pub(crate) mod query;
pub(crate) mod s3;
pub(crate) mod services;
pub(crate) mod time;
pub(crate) mod xml;

use axum::body::Bytes;
use axum::http::header::{CONTENT_TYPE, HeaderMap};
use axum::http::request::Parts;
use axum::http::{Method, StatusCode};
use serde_json::Value;
use stratiform_engine::Refused;

use crate::caller::Caller;
use crate::form::{self, BadForm};
use crate::reply::Reply;
use crate::trouble::Trouble;

/// More than any operation takes: a change set has at most 200 parameters and 50 tags.
const PARAMETERS: usize = 10_000;

/// Which protocol is a request in?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Protocol {
    /// A form, answered in XML.
    Query,
    /// JSON, with the operation in a header.
    Json(JsonVersion),
    /// Smithy's RPC v2 with CBOR.
    Cbor,
    /// AWS Backup's: JSON, with the operation in method and path.
    Backup,
    /// S3's: objects, and XML around them.
    S3,
}

/// Which content type does a service's JSON have?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum JsonVersion {
    /// `application/x-amz-json-1.0`.
    One,
    /// `application/x-amz-json-1.1`.
    OneOne,
}

/// What a protocol reads out of a request.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Asked {
    /// The operation.
    pub(crate) operation: String,
    /// Its parameters, as the service's model has them.
    pub(crate) parameters: Value,
}

impl Protocol {
    /// What the head of a request says: its headers first, its path last, its host never alone.
    pub(crate) fn of(head: &Parts, caller: Option<&Caller>) -> Protocol {
        let content = text(&head.headers, CONTENT_TYPE.as_str());
        if head.headers.contains_key("x-amz-target") {
            return Protocol::Json(if content.contains("json-1.0") {
                JsonVersion::One
            } else {
                JsonVersion::OneOne
            });
        }
        if head.headers.contains_key("smithy-protocol") {
            return Protocol::Cbor;
        }
        let form =
            head.method == Method::POST && content.starts_with("application/x-www-form-urlencoded");
        let asked = head.uri.query().unwrap_or_default().split('&');
        if form || asked.clone().any(|pair| pair.starts_with("Action=")) {
            return Protocol::Query;
        }
        let path = head.uri.path();
        match caller.map(|caller| caller.service.as_str()) {
            Some("s3" | "s3express") => Protocol::S3,
            Some("backup") => Protocol::Backup,
            Some(_) => Protocol::Query,
            None if backup::is_path(path) => Protocol::Backup,
            None if path == "/" => Protocol::Query,
            None => Protocol::S3,
        }
    }

    /// Reads a call.
    ///
    /// # Errors
    /// It is not in the form of the protocol.
    pub(crate) fn read(self, service: &str, head: &Parts, body: Bytes) -> Result<Asked, Trouble> {
        let asked = head.uri.query().unwrap_or_default();
        match self {
            Protocol::Query => query::read(service, pairs(asked.as_bytes())?, pairs(&body)?),
            Protocol::Json(_) => Ok(Asked {
                operation: json::operation(text(&head.headers, "x-amz-target"))?,
                parameters: json::parse(&body)?,
            }),
            Protocol::Cbor => Ok(Asked {
                operation: cbor::operation(head.uri.path())?,
                parameters: cbor::parse(&body)?,
            }),
            Protocol::Backup => backup::read(head, pairs(asked.as_bytes())?, &body),
            Protocol::S3 => s3::request::read(head, pairs(asked.as_bytes())?, body),
        }
    }

    /// The answer to a call that succeeds.
    pub(crate) fn answer(self, service: &str, operation: &str, result: Value, id: &str) -> Reply {
        match self {
            Protocol::Query => xml::answer(service, operation, &result, id),
            Protocol::Json(version) => json::answer(version, result),
            Protocol::Cbor => cbor::answer(result),
            Protocol::Backup => json::rest_answer(result),
            Protocol::S3 => s3::answer::render(operation, &result),
        }
    }

    /// The answer to one that does not.
    pub(crate) fn refusal(self, service: &str, refused: &Refused, id: &str) -> Reply {
        let status = StatusCode::from_u16(refused.http_status)
            .ok()
            .filter(|status| status.is_client_error() || status.is_server_error())
            .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        match self {
            Protocol::Query => xml::refusal(service, status, refused, id),
            Protocol::Json(version) => json::refusal(version, status, refused),
            Protocol::Cbor => cbor::refusal(status, refused),
            Protocol::Backup => json::rest_refusal(status, refused),
            Protocol::S3 => s3::answer::refusal(status, refused, id),
        }
    }
}

fn pairs(text: &[u8]) -> Result<Vec<(String, String)>, Trouble> {
    form::pairs(text, PARAMETERS).map_err(malformed)
}

fn malformed(bad: BadForm) -> Trouble {
    Trouble::Malformed(bad.to_string())
}

/// A header as text; empty where there is none, or none that is text.
pub(crate) fn text<'h>(headers: &'h HeaderMap, name: &str) -> &'h str {
    let value = headers.get(name).and_then(|value| value.to_str().ok());
    value.unwrap_or_default()
}

/// Is a text the name of an operation? It becomes the name of an element.
pub(crate) fn is_operation(name: &str) -> bool {
    name.len() <= 128
        && name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// Is a pair of a query string a part of a signature?
pub(crate) fn is_signature(key: &str) -> bool {
    key.get(..6)
        .is_some_and(|start| start.eq_ignore_ascii_case("x-amz-"))
}
