//! Calls without an SDK.

use std::fmt::Write as _;
use std::io::{Error, Read, Write};
use std::net::TcpStream;

/// Who calls, and where.
#[derive(Clone, Copy, Debug)]
pub struct Caller<'c> {
    /// The endpoint: `http://127.0.0.1:4566`.
    pub url: &'c str,
    /// The access key. Nobody checks the secret one.
    pub access_key: &'c str,
    /// The region.
    pub region: &'c str,
}

impl Caller<'_> {
    /// Calls an operation of CloudFormation, with parameters as the Query protocol has them: `Tags.member.1.Key`. The
    /// answer is XML.
    ///
    /// # Panics
    /// The call is refused, or does not reach anybody.
    #[track_caller]
    pub fn cloudformation(&self, operation: &str, parameters: &[(&str, &str)]) -> String {
        let mut form = format!("Action={operation}&Version=2010-05-15");
        for (key, value) in parameters {
            form += &format!("&{key}={}", encoded(value));
        }
        let Caller {
            url,
            access_key,
            region,
        } = self;
        let authorization = format!(
            "Authorization: AWS4-HMAC-SHA256 Credential={access_key}/20260101/{region}/cloudformation/aws4_request, \
             SignedHeaders=host, Signature=0"
        );
        let content = "Content-Type: application/x-www-form-urlencoded; charset=utf-8";
        post(&format!("{url}/"), &[&authorization, content], &form)
    }
}

impl Caller<'_> {
    /// Puts a body under a path of a service that has paths: `backup`. The answer is JSON.
    ///
    /// # Panics
    /// The call is refused, or does not reach anybody.
    #[track_caller]
    pub fn put(&self, service: &str, path: &str, body: &str) -> String {
        let Caller {
            url,
            access_key,
            region,
        } = self;
        let authorization = format!(
            "Authorization: AWS4-HMAC-SHA256 Credential={access_key}/20260101/{region}/{service}/aws4_request, \
             SignedHeaders=host, Signature=0"
        );
        let url = format!("{url}{path}");
        answered(&url, exchange("PUT", &url, &[&authorization], body))
    }
}

/// Posts a body to a URL of this machine; what it is answered with.
///
/// # Panics
/// The status is not 200, or nobody answers.
#[track_caller]
pub fn post(url: &str, headers: &[&str], body: &str) -> String {
    answered(url, exchange("POST", url, headers, body))
}

/// What a URL of this machine has.
///
/// # Panics
/// The status is not 200, or nobody answers.
#[track_caller]
pub fn get(url: &str) -> String {
    answered(url, exchange("GET", url, &[], ""))
}

#[track_caller]
fn answered(url: &str, answer: Result<String, Error>) -> String {
    let answer = answer.unwrap_or_else(|error| panic!("{url}: {error}"));
    let (head, content) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    assert!(head.starts_with("HTTP/1.1 200"), "{url}: {answer}");
    content.to_owned()
}

fn exchange(method: &str, url: &str, headers: &[&str], body: &str) -> Result<String, Error> {
    let address = url.strip_prefix("http://").unwrap_or(url);
    let (host, path) = address.split_once('/').unwrap_or((address, ""));
    let headers: String = headers
        .iter()
        .map(|header| format!("{header}\r\n"))
        .collect();
    let mut stream = TcpStream::connect(host)?;
    write!(
        stream,
        "{method} /{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{headers}Content-Length: {}\r\n\r\n{body}",
        body.len()
    )?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}

fn encoded(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() {
            encoded.push(char::from(byte));
        } else {
            // Writing to a text cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}
