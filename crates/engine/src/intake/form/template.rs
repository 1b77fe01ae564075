//! Where a call has its template from.

use stratiform_service::Refusal;

use super::{constraint, text, too_long};
use crate::input::Refused;

/// The longest template in a call itself, in bytes.
const MAX_BODY: usize = 51_200;

/// The template of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Given<'c> {
    /// Its text.
    Body(&'c str),
    /// Where it is.
    Url(&'c str),
    /// The one that the stack has.
    Previous,
}

/// An object in S3.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Location {
    /// Its bucket.
    pub bucket: String,
    /// Its key.
    pub key: String,
}

/// The one template that a call gives.
///
/// # Errors
/// None, or more than one; a text that is empty or too long.
pub(crate) fn source<'c>(
    body: Option<&'c str>,
    url: Option<&'c str>,
    use_previous: bool,
) -> Result<Given<'c>, Refused> {
    match (body, url, use_previous) {
        (None, None, true) => Ok(Given::Previous),
        (Some(_), _, true) | (_, Some(_), true) => Err(Refusal::TwoTemplates {}.into()),
        (Some(body), None, false) => template_body(body).map(|()| Given::Body(body)),
        (None, Some(url), false) => {
            text("templateURL", url, 1, 5120)?;
            Ok(Given::Url(url))
        }
        (None, None, false) | (Some(_), Some(_), false) => Err(Refusal::NoTemplate {}.into()),
    }
}

/// Checks the length of a template in a call itself.
fn template_body(body: &str) -> Result<(), Refused> {
    if body.is_empty() {
        let text = "Member must have length greater than or equal to 1";
        return Err(constraint("templateBody", body, text));
    }
    match body.len() > MAX_BODY {
        true => Err(too_long("templateBody", body, MAX_BODY)),
        false => Ok(()),
    }
}

/// The object that a URL names: at S3, or at this machine, where the embedded engine answers for S3.
///
/// # Errors
/// What is no URL of S3's.
pub(crate) fn template_url(url: &str) -> Result<Location, Refused> {
    let unsupported = || Refused::from(Refusal::TemplateUrlUnsupported {});
    let (scheme, rest) = url.split_once("://").ok_or_else(unsupported)?;
    let rest = rest.split(['?', '#']).next().unwrap_or_default();
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    // Recorded for `s3://bucket/key`.
    if !matches!(scheme, "http" | "https") {
        let bucket = host.to_owned();
        return Err(Refusal::TemplateOutsideS3 { bucket }.into());
    }
    let location = match bucket_of(host) {
        Some("") => path.split_once('/'),
        Some(bucket) => Some((bucket, path)),
        None => None,
    };
    match location {
        Some((bucket, key)) if !bucket.is_empty() && !key.is_empty() => Ok(Location {
            bucket: bucket.to_owned(),
            key: decoded(key),
        }),
        Some(_) | None => Err(unsupported()),
    }
}

/// The bucket that a host of S3's names; empty where the path does. None where it is another host.
fn bucket_of(host: &str) -> Option<&str> {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    if matches!(name, "localhost" | "[::1]") || name.starts_with("127.") {
        return Some("");
    }
    if let Some(bucket) = name.strip_suffix(".localhost") {
        return Some(bucket.strip_suffix(".s3").unwrap_or(bucket));
    }
    let name = name
        .strip_suffix(".amazonaws.com")
        .or_else(|| name.strip_suffix(".amazonaws.com.cn"))?;
    // `s3`, `s3.REGION`, `s3-REGION`, `s3.dualstack.REGION`, each with or without a bucket before it.
    if is_service(name) {
        return Some("");
    }
    let dots = name.match_indices('.').map(|(at, _)| at);
    let ends = dots.filter_map(|at| Some((name.get(..at)?, name.get(at + 1..)?)));
    ends.filter(|(_, service)| is_service(service))
        .map(|(bucket, _)| bucket)
        .next()
}

fn is_service(name: &str) -> bool {
    let region = match name.strip_prefix("s3") {
        Some("") => return true,
        Some(rest) => rest.strip_prefix(['.', '-']),
        None => None,
    };
    let region = region.map(|region| region.strip_prefix("dualstack.").unwrap_or(region));
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    region.is_some_and(|region| !region.is_empty() && region.bytes().all(fits))
}

/// A key without percent signs; what they do not encode stays.
fn decoded(key: &str) -> String {
    let mut bytes = Vec::with_capacity(key.len());
    let mut rest = key.as_bytes();
    while let [first, after @ ..] = rest {
        let pair = match (first, after) {
            (b'%', [high, low, after @ ..]) => hex(*high).zip(hex(*low)).map(|pair| (pair, after)),
            _ => None,
        };
        match pair {
            Some(((high, low), after)) => {
                bytes.push(high << 4 | low);
                rest = after;
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit)
        .to_digit(16)
        .and_then(|digit| u8::try_from(digit).ok())
}
