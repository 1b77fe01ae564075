//! Small requests to a server on this machine: what no client of AWS asks for, and what is measured without one.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// A server that takes longer hangs.
const PATIENCE: Duration = Duration::from_secs(60);

/// Posts a body, and gives the answer's status and body.
///
/// # Errors
/// As [`send`].
pub(crate) fn post(
    address: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> io::Result<(u16, String)> {
    send("POST", address, path, headers, body)
}

/// Makes a request of any method, and gives the answer's status and body.
///
/// # Errors
/// The server cannot be reached, does not answer in time, or answers something else than HTTP.
pub(crate) fn send(
    method: &str,
    address: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> io::Result<(u16, String)> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    let mut request =
        format!("{method} {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n");
    for (name, value) in headers {
        request += &format!("{name}: {value}\r\n");
    }
    request += &format!("Content-Length: {}\r\n\r\n{body}", body.len());
    stream.write_all(request.as_bytes())?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let strange = || io::Error::new(io::ErrorKind::InvalidData, "the answer is no HTTP");
    let (head, body) = answer.split_once("\r\n\r\n").ok_or_else(strange)?;
    let status = head
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok());
    Ok((status.ok_or_else(strange)?, body.to_owned()))
}

/// The header that says who calls which service: a signature in form, without a value.
pub(crate) fn signature(account: &str, region: &str, service: &str) -> String {
    format!(
        "AWS4-HMAC-SHA256 Credential={account}/20260101/{region}/{service}/aws4_request, \
         SignedHeaders=host, Signature=none"
    )
}
