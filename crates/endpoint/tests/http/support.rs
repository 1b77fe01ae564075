//! An endpoint on loopback, and bytes sent to it as they are.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use stratiform_endpoint::{Endpoint, Options, Running};
use stratiform_service::Timestamp;

/// An endpoint in memory, whose time stands still.
pub(crate) fn start() -> Running {
    Endpoint::start(still(Options::default())).unwrap()
}

/// Options with a time that stands still.
pub(crate) fn still(options: Options) -> Options {
    let start: Timestamp = "2026-11-28T09:00:00.000Z".parse().unwrap();
    Options {
        start: Some(start),
        ..options
    }
}

/// The header that says who calls which service.
pub(crate) fn signed(service: &str) -> String {
    format!(
        "Authorization: AWS4-HMAC-SHA256 Credential=123456789012/20261128/eu-west-1/{service}/aws4_request, \
         SignedHeaders=host, Signature=0"
    )
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// A header's value; empty where there is none.
    pub(crate) fn header(&self, name: &str) -> &str {
        let mut lines = self.head.lines().filter_map(|line| line.split_once(": "));
        let value = lines.find(|(key, _)| key.eq_ignore_ascii_case(name));
        value.map_or("", |(_, value)| value)
    }
}

/// A request of a method and a path, with headers and a body.
pub(crate) fn send(to: SocketAddr, line: &str, headers: &[&str], body: &[u8]) -> Answer {
    let mut request = format!("{line} HTTP/1.1\r\nHost: {to}\r\nConnection: close\r\n");
    for header in headers {
        request += &format!("{header}\r\n");
    }
    if !body.is_empty() || line.starts_with('P') {
        request += &format!("Content-Length: {}\r\n", body.len());
    }
    let mut bytes = (request + "\r\n").into_bytes();
    bytes.extend_from_slice(body);
    raw(to, &bytes)
}

/// Bytes as they are, and what comes back until the connection ends.
pub(crate) fn raw(to: SocketAddr, bytes: &[u8]) -> Answer {
    let mut stream = TcpStream::connect(to).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    // Whoever is refused early may find the connection gone while it still sends.
    let _ = stream.write_all(bytes);
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n");
    let (head, body) = match end {
        Some(end) => (&answer[..end], &answer[end + 4..]),
        None => (&answer[..], &[][..]),
    };
    let head = String::from_utf8_lossy(head).into_owned();
    let status = head
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok());
    Answer {
        status: status.unwrap_or(0),
        head,
        body: body.to_vec(),
    }
}

/// A form of the Query protocol.
pub(crate) fn query(to: SocketAddr, service: &str, form: &str) -> Answer {
    let content = "Content-Type: application/x-www-form-urlencoded; charset=utf-8";
    send(to, "POST /", &[&signed(service), content], form.as_bytes())
}

/// A call in JSON.
pub(crate) fn json(to: SocketAddr, service: &str, target: &str, body: &str) -> Answer {
    let target = format!("X-Amz-Target: {target}");
    let content = "Content-Type: application/x-amz-json-1.1";
    send(
        to,
        "POST /",
        &[&signed(service), &target, content],
        body.as_bytes(),
    )
}
