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
