//! The way through a text, once: what begins as a secret does, and what is assigned to a name that says so.

use super::format::{self, Role};
use super::name::{LONGEST, is_made_up, is_unnamed, judged, says};
use super::{Kind, Proof, Secret};

/// Nothing shorter has a form.
const SHORTEST: usize = 12;

const WEB_TOKEN: Kind = likely("a JSON Web Token");
const IN_ADDRESS: Kind = likely("a password in an address");
const PRIVATE_KEY: Kind = sure("a private key");
const CLIENT_SECRET: Kind = sure("a client secret of Microsoft Entra");
const BOT: Kind = sure("a token of a Telegram bot");

const fn likely(noun: &'static str) -> Kind {
    Kind {
        noun,
        proof: Proof::Likely,
    }
}

const fn sure(noun: &'static str) -> Kind {
    Kind {
        noun,
        proof: Proof::Form,
    }
}

/// The secrets in a text, in order: by their forms, and by the names that they are assigned to (`DB_PASSWORD=…`,
/// `"apiKey": "…"`).
pub fn in_text(text: &str) -> Vec<Secret> {
    scanned(text, Names::Read)
}

/// Are names read, and what is assigned to them?
#[derive(Clone, Copy)]
enum Names {
    Read,
    /// Forms alone count.
    Passed,
}

fn scanned(text: &str, names: Names) -> Vec<Secret> {
    let mut found: Vec<Secret> = Vec::new();
    if text.len() < SHORTEST {
        return found;
    }
    let bytes = text.as_bytes();
    let (mut at, mut is_inside) = (0, false);
    while let Some(&byte) = bytes.get(at) {
        let role = format::role(byte);
        let secret = match role {
            Role::Word if is_inside => None,
            Role::Word => by_form(text, at),
            Role::Sign => at_sign(text, at, (byte, names)),
            Role::Other => None,
        };
        is_inside = role == Role::Word;
        let Some(secret) = secret else {
            at += 1;
            continue;
        };
        // What is assigned to a name stands behind it; the end of what was found is the end of a word.
        at = secret.range.end.max(at + 1);
        is_inside = false;
        if found
            .last()
            .is_none_or(|last| last.range.end <= secret.range.start)
        {
            found.push(secret);
        }
    }
    found
}

/// What a sign may say of what stands around it.
fn at_sign(text: &str, at: usize, (sign, names): (u8, Names)) -> Option<Secret> {
    let by_form = match sign {
        b':' => address(text, at).or_else(|| bot(text, at)),
        b'-' => private_key(text, at),
        b'~' => client_secret(text, at),
        _ => None,
    };
    by_form.or_else(|| match (sign, names) {
        (b':' | b'=', Names::Read) => assigned(text, at),
        _ => None,
    })
}

/// A secret that begins here, where a word does.
fn by_form(text: &str, at: usize) -> Option<Secret> {
    let bytes = text.as_bytes().get(at..)?;
    if bytes.starts_with(b"eyJ") {
        return web_token(text, at);
    }
    let (kind, from, length) = format::at_start(bytes)?;
    let rest = text.get(at + from..at + length)?;
    (!is_made_up(rest)).then_some(Secret {
        kind,
        range: at..at + length,
    })
}

fn web_token(text: &str, at: usize) -> Option<Secret> {
    let rest = text.as_bytes().get(at..)?;
    if !rest.starts_with(b"eyJ") {
        return None;
    }
    let range = at..at + format::web_token(rest)?;
    let token = text.get(range.clone())?;
    (!is_made_up(token)).then_some(Secret {
        kind: WEB_TOKEN,
        range,
    })
}

/// A private key of which there is more than its first and last line.
fn private_key(text: &str, at: usize) -> Option<Secret> {
    /// The shortest one, of an elliptic curve, has more characters in base64.
    const LEAST: usize = 60;
    let rest = text.get(at..)?;
    let (length, from, to) = format::private_key(rest)?;
    let body = rest.get(from..to)?;
    // In JSON, lines end with `\n`; in code, each is a literal.
    let mut written = String::new();
    for line in body.split(['\n', '\r']) {
        let is_about = line.contains(": ");
        let line = if is_about { "" } else { line };
        let line = line.replace("\\n", "").replace("\\r", "");
        written.extend(line.chars().filter(|letter| {
            letter.is_ascii_alphanumeric()
                || matches!(letter, '+' | '/' | '=' | '.' | '<' | '$' | '*')
        }));
    }
    let is_stand_in = written.contains(['<', '$', '*']) || written.contains("...");
    let is_key = written.len() >= LEAST && !is_stand_in && !is_made_up(&written);
    is_key.then_some(Secret {
        kind: PRIVATE_KEY,
        range: at..at + length,
    })
}

/// `scheme://user:password@host`, at the colon of its scheme.
fn address(text: &str, at: usize) -> Option<Secret> {
    /// Passwords that are no secret: of what runs on the developer's machine, and of documentation.
    const KNOWN: [&str; 12] = [
        "password", "passwd", "pass", "pwd", "secret", "postgres", "root", "admin", "guest",
        "test", "user", "token",
    ];
    const HERE: [&str; 5] = [
        "localhost",
        "127.0.0.1",
        "0.0.0.0",
        "host.docker.internal",
        "[::1]",
    ];
    let after = text.get(at..)?.strip_prefix("://")?;
    let is_end = |c: char| {
        c.is_whitespace()
            || matches!(
                c,
                '/' | '?' | '"' | '\'' | '`' | '<' | '>' | '\\' | '(' | ','
            )
    };
    let near = after.get(..after.floor_char_boundary(LONGEST))?;
    let authority = near.get(..near.find(is_end).unwrap_or(near.len()))?;
    let (user, host) = authority.rsplit_once('@')?;
    let (user, password) = user.split_once(':')?;
    let lower = password.to_ascii_lowercase();
    let is_stand_in = password.contains(['$', '{', '}', '%', '[', '*'])
        || password.len() < 4
        || password == user
        || KNOWN.contains(&lower.as_str())
        || is_made_up(password);
    let is_here = HERE.into_iter().any(|here| host.starts_with(here)) || host.contains("example");
    let start = at + "://".len() + user.len() + ":".len();
    (!is_stand_in && !is_here && !host.is_empty()).then_some(Secret {
        kind: IN_ADDRESS,
        range: start..start + password.len(),
    })
}

/// Telegram's `1234567890:AA…`, at the colon. Source: Telegram's Bot API, "Authorizing your bot".
fn bot(text: &str, at: usize) -> Option<Secret> {
    let rest = text.get(at..)?.strip_prefix(":AA")?;
    let is_of_token = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    let length = rest.bytes().take(34).take_while(is_of_token).count();
    let before = text.as_bytes().get(..at)?;
    let digits = before
        .iter()
        .rev()
        .take(11)
        .take_while(|byte| byte.is_ascii_digit());
    let digits = digits.count();
    let is_token = length == 33 && (8..=10).contains(&digits) && !is_made_up(rest.get(..length)?);
    is_token.then_some(Secret {
        kind: BOT,
        range: at - digits..at + ":AA".len() + length,
    })
}

/// `abc8Q~…`, at the tilde. Source: Microsoft's definition "Client secret of Microsoft Entra".
fn client_secret(text: &str, at: usize) -> Option<Secret> {
    let bytes = text.as_bytes();
    let is_of_secret =
        |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'~');
    let start = at.checked_sub(5)?;
    let [first, second, third, digit, letter] = bytes.get(start..at)? else {
        return None;
    };
    let begins = [first, second, third].into_iter().all(is_of_secret);
    let is_begun = begins && digit.is_ascii_digit() && *letter == b'Q';
    let rest = bytes.get(at + 1..)?;
    let length = rest
        .iter()
        .take(35)
        .take_while(|byte| is_of_secret(byte))
        .count();
    let range = start..at + 1 + length;
    let is_secret =
        is_begun && (31..=34).contains(&length) && !is_made_up(text.get(range.clone())?);
    is_secret.then_some(Secret {
        kind: CLIENT_SECRET,
        range,
    })
}

/// What is assigned to a name, at `:` or `=`.
fn assigned(text: &str, at: usize) -> Option<Secret> {
    let name = name_before(text, at)?;
    let kind = says(name)?;
    let mut start = at + 1;
    let bytes = text.as_bytes();
    // `:=`, `=>`, `==` are others than `=`: the first two assign.
    match bytes.get(at..at + 2)? {
        b":=" | b"=>" => start += 1,
        b"==" | b"::" => return None,
        _ => {}
    }
    // What follows a colon at once is part of an ARN, or of an address.
    let is_apart = |byte: &u8| matches!(byte, b' ' | b'\t' | b'"' | b'\'' | b'\\');
    if bytes.get(at) == Some(&b':') && !bytes.get(start).is_some_and(is_apart) {
        return None;
    }
    while matches!(bytes.get(start), Some(b' ' | b'\t')) {
        start += 1;
    }
    // In JSON that stands in JSON, quotes are escaped.
    while bytes.get(start) == Some(&b'\\') {
        start += 1;
    }
    let quote = bytes
        .get(start)
        .filter(|byte| matches!(byte, b'"' | b'\'' | b'`'));
    let rest = match quote {
        Some(_) => {
            start += 1;
            text.get(start..)?
        }
        None => text.get(start..)?,
    };
    let is_end = |c: char| match quote {
        Some(quote) => c == char::from(*quote) || c == '\n' || c == '\\',
        None => {
            c.is_whitespace()
                || matches!(
                    c,
                    '"' | '\'' | '`' | ',' | ';' | ')' | '}' | ']' | '&' | '|' | '\\'
                )
        }
    };
    // What is longer is none, however long it is.
    let near = rest.get(..rest.floor_char_boundary(LONGEST + 1))?;
    let value = near.get(..near.find(is_end).unwrap_or(near.len()))?;
    if value.len() > LONGEST {
        return None;
    }
    let range = start..start + value.len();
    let kind = judged(kind, name, value)?;
    // What stands without quotes may be the name of something.
    let is_secret = kind.proof == Proof::Form || quote.is_some() || is_unnamed(value);
    // What its form tells is told by that, on the way on.
    let has_form = || !scanned(value, Names::Passed).is_empty();
    (is_secret && !has_form()).then_some(Secret { kind, range })
}

/// The name that ends before a sign, with blanks and quotes between.
fn name_before(text: &str, at: usize) -> Option<&str> {
    /// No name is longer, as far as its end says what it is.
    const LONGEST_NAME: usize = 64;
    let before = text.as_bytes().get(..at)?;
    let is_between = |byte: &u8| matches!(byte, b' ' | b'\t' | b'"' | b'\'' | b'`' | b'\\' | b']');
    let end = at
        - before
            .iter()
            .rev()
            .take(6)
            .take_while(|byte| is_between(byte))
            .count();
    let is_of_name = |byte: &u8| format::is_of_word(*byte) || matches!(byte, b'-' | b'.');
    let named = before.get(..end)?.iter().rev().take(LONGEST_NAME);
    let length = named.take_while(|byte| is_of_name(byte)).count();
    text.get(end - length..end).filter(|name| !name.is_empty())
}
