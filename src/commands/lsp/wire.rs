//! Messages as they come and go: a header with a length, and JSON.
//!
//! `lsp-server` has what messages are. What its own reading does not have is a limit: it makes room for whatever length
//! a header announces.

use std::collections::VecDeque;
use std::io::{BufRead, ErrorKind, Read as _, Write};

use lsp_server::{ErrorCode, Message};
use serde_json::{Value, json};

/// The longest message that is read: a text of the largest size that is looked at, with each byte escaped.
const LONGEST: usize = 6 * stratiform_template::MAX_BYTES;

/// The longest line of a header.
const HEADER: u64 = 4 * 1024;

/// What an editor sent.
pub(super) enum Incoming {
    Message(Box<Message>),
    /// What is no message, though it came like one: it is answered with this, and what follows may be one.
    NoMessage(Value),
    /// What is not written as messages are; nothing is known of what follows.
    Broken(String),
    /// The editor has gone.
    End,
}

/// Reads a message.
pub(super) fn read(input: &mut impl BufRead) -> Incoming {
    match content(input) {
        Ok(Some(content)) => message(&content),
        Ok(None) => Incoming::End,
        Err(what) => Incoming::Broken(what),
    }
}

fn message(content: &[u8]) -> Incoming {
    let refusal = |code: ErrorCode, what: String| {
        let error = json!({ "code": code as i32, "message": what });
        Incoming::NoMessage(json!({ "jsonrpc": "2.0", "id": null, "error": error }))
    };
    let value: Value = match serde_json::from_slice(content) {
        Ok(value) => value,
        Err(error) => return refusal(ErrorCode::ParseError, error.to_string()),
    };
    match serde_json::from_value(value) {
        Ok(message) => Incoming::Message(Box::new(message)),
        Err(_) => refusal(
            ErrorCode::InvalidRequest,
            "no request, response or notification".to_owned(),
        ),
    }
}

/// The bytes of a message; none at the end.
fn content(input: &mut impl BufRead) -> Result<Option<Vec<u8>>, String> {
    let mut length = None;
    let mut is_first = true;
    loop {
        let mut line = Vec::new();
        let read = (&mut *input).take(HEADER).read_until(b'\n', &mut line);
        read.map_err(|error| format!("cannot read a message: {error}"))?;
        if line.is_empty() && is_first {
            return Ok(None);
        }
        is_first = false;
        let line = String::from_utf8_lossy(&line).into_owned();
        let Some(line) = line.strip_suffix('\n') else {
            return Err("a message ends in its header".to_owned());
        };
        let line = line.strip_suffix('\r').unwrap_or(line);
        if line.is_empty() {
            break;
        }
        let Some((name, value)) = line.split_once(':') else {
            let start: String = line.chars().take(40).collect();
            return Err(format!("`{start}` is no header of a message"));
        };
        if name.eq_ignore_ascii_case("Content-Length") {
            let value = value.trim();
            let parsed = value.parse::<usize>().ok().filter(|it| *it <= LONGEST);
            length = Some(parsed.ok_or_else(|| {
                let start: String = value.chars().take(40).collect();
                format!("a message cannot have `{start}` bytes: at most {LONGEST} are read")
            })?);
        }
    }
    let length = length.ok_or("a message has no `Content-Length`")?;
    let mut content = Vec::new();
    let read = input.take(length as u64).read_to_end(&mut content);
    read.map_err(|error| format!("cannot read a message: {error}"))?;
    match content.len() == length {
        true => Ok(Some(content)),
        false => Err(format!(
            "a message of {length} bytes ends after {}",
            content.len()
        )),
    }
}

/// Writes a message.
///
/// # Errors
/// Nobody reads it; an editor that has gone is none, since it is noticed when it sends no more.
pub(super) fn write(output: &mut impl Write, message: &Value) -> Result<(), String> {
    let content = message.to_string();
    let written = write!(output, "Content-Length: {}\r\n\r\n{content}", content.len())
        .and_then(|()| output.flush());
    match written {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(format!("cannot write a message: {error}"))
        }
        Ok(()) | Err(_) => Ok(()),
    }
}

/// Whether a request is taken back by one of the messages that wait behind it.
pub(super) fn is_cancelled(message: &Message, waiting: &VecDeque<Incoming>) -> bool {
    let Message::Request(request) = message else {
        return false;
    };
    let id = serde_json::to_value(&request.id).unwrap_or_default();
    waiting.iter().any(|incoming| match incoming {
        Incoming::Message(message) => match &**message {
            Message::Notification(told) => {
                told.method == "$/cancelRequest" && told.params.get("id") == Some(&id)
            }
            Message::Request(_) | Message::Response(_) => false,
        },
        Incoming::NoMessage(_) | Incoming::Broken(_) | Incoming::End => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(mut bytes: &[u8]) -> Vec<String> {
        let mut said = Vec::new();
        loop {
            said.push(match read(&mut bytes) {
                Incoming::Message(message) => {
                    format!("{:?}", serde_json::to_string(&message).unwrap_or_default())
                }
                Incoming::NoMessage(refusal) => refusal["error"]["code"].to_string(),
                Incoming::Broken(what) => what,
                Incoming::End => "end".to_owned(),
            });
            if !matches!(said.last().map(String::as_str), Some(last) if last.starts_with(['"', '-']))
            {
                return said;
            }
        }
    }

    #[test]
    fn messages_are_read_one_after_the_other() {
        let exit = "{\"jsonrpc\":\"2.0\",\"method\":\"exit\"}";
        let framed = format!("Content-Length: {}\r\nX-Other: y\r\n\r\n{exit}", exit.len());
        let said = all(framed.repeat(2).as_bytes());
        assert_eq!(said.len(), 3, "{said:?}");
        assert!(said[1].contains("exit"));
        let next = format!("Content-Length: 1\r\n\r\n[{framed}Content-Length: 2\r\n\r\n[]{framed}");
        let said = all(next.as_bytes());
        assert_eq!((said[0].as_str(), said[2].as_str()), ("-32700", "-32600"));
        assert_eq!(said.len(), 5);
    }

    #[test]
    fn what_is_no_message_is_said() {
        let check = |bytes: &str, expected: &str| assert_eq!(all(bytes.as_bytes()), [expected]);
        check("", "end");
        check("hello\n", "`hello` is no header of a message");
        check("Content-Length: 5", "a message ends in its header");
        check("X: y\r\n\r\n", "a message has no `Content-Length`");
        check(
            "Content-Length: 5\r\n\r\n{}",
            "a message of 5 bytes ends after 2",
        );
        let most = format!("at most {LONGEST} are read");
        for length in ["-1", "x", "18446744073709551615", "99999999999999999999999"] {
            let said = all(format!("Content-Length: {length}\r\n\r\n").as_bytes());
            assert!(said[0].ends_with(&most), "{said:?}");
        }
        let line = "x".repeat(10_000);
        check(&line, "a message ends in its header");
    }
}
