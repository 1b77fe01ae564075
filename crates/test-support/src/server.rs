//! A server that says what it is told to.

use std::io::{BufRead, BufReader, Error, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;

/// A status and a body.
pub type Reply = (u16, String);

/// Answers every request with what a function of its text gives, until the process ends. Returns the endpoint.
///
/// # Panics
/// No port of this machine is free.
pub fn serve(answer: impl Fn(&str) -> Reply + Send + Sync + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let address = listener.local_addr().expect("it is bound");
    let answer = Arc::new(answer);
    std::thread::spawn(move || {
        for connection in listener.incoming().flatten() {
            let answer = answer.clone();
            // The SDK may open a connection and keep it for later: nobody waits for it.
            std::thread::spawn(move || exchange(connection, answer.as_ref()));
        }
    });
    format!("http://{address}")
}

/// What another server of this machine answers to the text of a request; status 502 where it does not.
pub fn pass_on(url: &str, request: &str) -> Reply {
    passed_on(url, request).unwrap_or_else(|error| (502, error.to_string()))
}

fn passed_on(url: &str, request: &str) -> Result<Reply, Error> {
    let mut stream = TcpStream::connect(url.trim_start_matches("http://"))?;
    let request = request.replacen("\r\n", "\r\nconnection: close\r\n", 1);
    stream.write_all(request.as_bytes())?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    let status = head
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok());
    Ok((status.unwrap_or(502), body.to_owned()))
}

fn exchange(mut connection: TcpStream, answer: &dyn Fn(&str) -> Reply) -> Result<(), Error> {
    let mut reader = BufReader::new(connection.try_clone()?);
    let mut request = String::new();
    let mut length = 0;
    while !request.ends_with("\r\n\r\n") {
        let start = request.len();
        if reader.read_line(&mut request)? == 0 {
            return Ok(());
        }
        let line = request[start..].to_ascii_lowercase();
        if let Some(value) = line.strip_prefix("content-length:") {
            length = value.trim().parse().map_err(Error::other)?;
        }
    }
    reader.take(length).read_to_string(&mut request)?;
    let (status, text) = answer(&request);
    write!(
        connection,
        "HTTP/1.1 {status} -\r\nContent-Type: text/xml\r\nConnection: close\r\nContent-Length: {}\r\n\
         x-amzn-RequestId: 4711\r\n\r\n{text}",
        text.len()
    )
}
