//! What a name says of its value, and whether a value is one that nobody would choose for anything else.

use super::{Kind, Proof, format};

/// How names of secrets end, as letters and digits only; with what they are.
const ENDINGS: [(&str, Kind); 19] = [
    ("secretaccesskey", named("a secret key")),
    ("password", PASSWORD),
    ("passwd", PASSWORD),
    ("passphrase", PASSWORD),
    ("dbpwd", PASSWORD),
    ("userpwd", PASSWORD),
    ("mysqlpwd", PASSWORD),
    ("secretstring", named("a secret")),
    ("secret", named("a secret")),
    ("token", named("a token")),
    ("apikey", named("an API key")),
    ("appkey", named("a key")),
    ("secretkey", named("a secret key")),
    ("privatekey", named("a private key")),
    ("encryptionkey", named("a key")),
    ("signingkey", named("a key")),
    ("authkey", named("a key")),
    ("credential", named("a secret")),
    ("credentials", named("a secret")),
];

/// Names that end like that, and whose values are there to be seen: what tells a call or a page from others.
const HARMLESS: [&str; 11] = [
    "nexttoken",
    "clienttoken",
    "requesttoken",
    "creationtoken",
    "continuationtoken",
    "idempotencytoken",
    "changetoken",
    "publictoken",
    "amzcredential",
    "cancelationtoken",
    "cancellationtoken",
];

/// What may follow, and says nothing: `DB_PASSWORD_VALUE`.
const TAILS: [&str; 4] = ["value", "default", "plaintext", "base"];

/// The last two letters of all of these.
const LAST: [&[u8; 2]; 12] = [
    b"rd", b"wd", b"se", b"ng", b"et", b"en", b"ey", b"al", b"ls", b"ue", b"lt", b"xt",
];

const PASSWORD: Kind = named("a password");

/// The secret access key of an AWS account, which its form alone does not tell.
const ACCESS_KEY: Kind = Kind {
    noun: "a secret access key of AWS",
    proof: Proof::Form,
};

const fn named(noun: &'static str) -> Kind {
    Kind {
        noun,
        proof: Proof::Name,
    }
}

/// No name is longer, as far as its end says what it is.
const LONGEST_NAME: usize = 64;

/// No secret that somebody would write out is shorter or longer.
const SHORTEST: usize = 8;
pub(super) const LONGEST: usize = 512;

/// What a whole value is by its name: `DB_PASSWORD`, `apiKey`, `/prod/db/password`.
///
/// What its form tells by itself is not asked again here ([`super::in_text`]).
pub fn under_name(name: &str, value: &str) -> Option<Kind> {
    if !(SHORTEST..=LONGEST).contains(&value.len()) {
        return None;
    }
    let kind = says(name)?;
    judged(kind, name, value)
}

/// What a value is under a name that says what it is.
pub(super) fn judged(kind: Kind, name: &str, value: &str) -> Option<Kind> {
    if is_of_access_key(name) && format::is_secret_access_key(value) && !is_made_up(value) {
        return Some(ACCESS_KEY);
    }
    let is_secret = match kind == PASSWORD {
        true => is_password(value),
        false => is_random(value),
    };
    is_secret.then_some(kind)
}

/// What a name says that its value is.
pub(super) fn says(name: &str) -> Option<Kind> {
    // Most names are told by their last two letters, and not read.
    let bytes = name.as_bytes();
    let mut last = bytes.iter().rev().filter(|byte| byte.is_ascii_alphabetic());
    let (last, before) = (last.next()?, last.next()?);
    let two = [before.to_ascii_lowercase(), last.to_ascii_lowercase()];
    if !LAST.contains(&&two) {
        return None;
    }
    let mut letters = [0; LONGEST_NAME];
    let length = plain(bytes, &mut letters);
    let mut plain = letters.get(LONGEST_NAME - length..)?;
    while let Some((b'0'..=b'9', before)) = plain.split_last().map(|(last, before)| (*last, before))
    {
        plain = before;
    }
    for tail in TAILS {
        plain = plain.strip_suffix(tail.as_bytes()).unwrap_or(plain);
    }
    let ends = |end: &str| plain.ends_with(end.as_bytes());
    let kind = ENDINGS.iter().find(|(end, _)| ends(end))?.1;
    let is_harmless = HARMLESS.into_iter().any(ends);
    (!is_harmless).then_some(kind)
}

/// The last letters and digits of a name, in lower case, at the end of the room for them; and how many those are.
fn plain(name: &[u8], room: &mut [u8; LONGEST_NAME]) -> usize {
    let letters = name
        .iter()
        .rev()
        .filter(|byte| byte.is_ascii_alphanumeric());
    let mut length = 0;
    for (place, letter) in room.iter_mut().rev().zip(letters) {
        *place = letter.to_ascii_lowercase();
        length += 1;
    }
    length
}

/// Whether a name is one of AWS's secret access key: `AWS_SECRET_ACCESS_KEY`, `SecretKey`, `secretAccessKey`.
fn is_of_access_key(name: &str) -> bool {
    let mut letters = [0; LONGEST_NAME];
    let length = plain(name.as_bytes(), &mut letters);
    let plain = letters.get(LONGEST_NAME - length..).unwrap_or_default();
    let has = |word: &[u8]| plain.windows(word.len()).any(|part| part == word);
    has(b"secret") && (has(b"accesskey") || has(b"secretkey") || has(b"aws"))
}

/// Words of values that stand for others, or that everybody knows.
const MADE_UP: [&str; 21] = [
    "example",
    "placeholder",
    "changeme",
    "change_me",
    "change-me",
    "redacted",
    "xxxxx",
    "*****",
    "00000000",
    "123456789",
    "abcdefgh",
    "dummy",
    "insert",
    "replace",
    "secretsmanager",
    "notasecret",
    "not-a-secret",
    "donotuse",
    "sample",
    "fixme",
    "deadbeef",
];

/// Secrets that their issuers publish: Stripe's docs, the emulator of Azure Storage, jwt.io.
const PUBLISHED: [&str; 3] = [
    "4eC39HqLyjWDarjtT1zdp7dc",
    "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq",
    "eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lI",
];

/// Whether a value stands for another: `changeme`, `xxxx`, AWS's `…EXAMPLEKEY`.
pub(super) fn is_made_up(value: &str) -> bool {
    /// In something longer, a word of five letters may be there by chance.
    const LONG: usize = 128;
    let lower = value.to_ascii_lowercase();
    let mut words = MADE_UP.into_iter();
    let has_word = words.any(|word| (value.len() < LONG || word.len() > 6) && lower.contains(word));
    has_word
        || PUBLISHED.into_iter().any(|known| value.contains(known))
        || distinct(value) < 6.min(value.len() / 2)
}

fn distinct(value: &str) -> usize {
    let mut seen = [false; 256];
    for byte in value.bytes() {
        if let Some(seen) = seen.get_mut(usize::from(byte)) {
            *seen = true;
        }
    }
    seen.into_iter().filter(|seen| *seen).count()
}

/// Bits of a character, as often as each is there (Shannon).
fn entropy(value: &str) -> f64 {
    let mut counts = [0_u32; 256];
    for byte in value.bytes() {
        if let Some(count) = counts.get_mut(usize::from(byte)) {
            *count += 1;
        }
    }
    let length = value.len() as f64;
    let parts = counts.into_iter().filter(|count| *count > 0).map(|count| {
        let share = f64::from(count) / length;
        -share * share.log2()
    });
    parts.sum()
}

/// Whether a value is something else by its form, or stands for what is known later: a name, an address, a path, a
/// reference, code.
fn is_something_else(value: &str) -> bool {
    const BEGINS: [&str; 18] = [
        "arn:", "http", "s3:", "/", "./", "$", "%", "{", "[", "sha256", "sha512", "sha1-", "ssm:",
        "env:", "kms:",
        // What AWS KMS encrypted, and what sops did: no secret that is written out.
        "AQICAH", "AQECAH", "ENC[",
    ];
    const HAS: [&str; 7] = ["${", "{{", "<", "(", "::", "…", "..."];
    value.bytes().any(|byte| !byte.is_ascii_graphic())
        || BEGINS.into_iter().any(|begin| value.starts_with(begin))
        || HAS.into_iter().any(|part| value.contains(part))
        || is_uuid(value)
        || is_made_up(value)
}

fn is_uuid(value: &str) -> bool {
    let parts: Vec<&str> = value.split('-').collect();
    let lengths: Vec<usize> = parts.iter().map(|part| part.len()).collect();
    let is_hex = |part: &&str| part.bytes().all(|byte| byte.is_ascii_hexdigit());
    lengths == [8, 4, 4, 4, 12] && parts.iter().all(is_hex)
}

/// Whether a value is a password: not what people call things, and of more than letters.
fn is_password(value: &str) -> bool {
    if is_something_else(value) || is_of_words(value) {
        return false;
    }
    let has = |of: fn(&u8) -> bool| value.bytes().any(|byte| of(&byte));
    let classes = [
        has(u8::is_ascii_lowercase),
        has(u8::is_ascii_uppercase),
        has(u8::is_ascii_digit),
        has(|byte| byte.is_ascii_punctuation() && !b"-_/.:,=".contains(byte)),
    ];
    let classes = classes.into_iter().filter(|there| *there).count();
    let has_letter = has(u8::is_ascii_alphabetic);
    has_letter && classes >= 2 && has(|byte| !byte.is_ascii_alphabetic()) && entropy(value) > 2.5
}

/// Whether a value is of words and numbers, as names are: `my-db-password1`, `prod/api/key`, `authToken`.
fn is_of_words(value: &str) -> bool {
    let mut parts = value.split(['-', '_', '/', '.', ':', ',', '@', '=']);
    let is_several = value.contains(['-', '_', '/', '.', ':', ',', '@']);
    parts.all(|part| {
        let letters = part.trim_end_matches(|letter: char| letter.is_ascii_digit());
        let digits = part.len() - letters.len();
        let is_number = letters.is_empty();
        let is_word = letters.bytes().all(|byte| byte.is_ascii_alphabetic()) && is_camel(letters);
        // Digits at the end of one word alone may well be there to make a password of it.
        is_number || is_word && digits <= if is_several { 4 } else { 0 }
    })
}

/// Whether letters are words put together: at most one in three is a capital, or all are.
fn is_camel(letters: &str) -> bool {
    let capitals = letters.bytes().filter(u8::is_ascii_uppercase).count();
    capitals == letters.len() || capitals * 3 <= letters.len().max(3)
}

/// Whether a value is one that was drawn: long, of digits and letters in no order.
fn is_random(value: &str) -> bool {
    /// As long as tokens are at least.
    const LONG: usize = 16;
    if value.len() < LONG || is_something_else(value) || is_of_words(value) {
        return false;
    }
    let is_hex = value.bytes().all(|byte| byte.is_ascii_hexdigit());
    let has_digit = value.bytes().any(|byte| byte.is_ascii_digit());
    let has_letter = value.bytes().any(|byte| byte.is_ascii_alphabetic());
    let is_in_order = turns(value) * 4 < value.len();
    let least = if is_hex { 3.0 } else { 3.3 };
    has_digit && has_letter && !is_in_order && entropy(value) > least
}

/// Whether a value is drawn, and no name in a program: `SDKv3Credentials`, `tokens[0`.
pub(super) fn is_unnamed(value: &str) -> bool {
    is_random(value) && turns(value) * 3 >= value.len() && !value.contains(['[', '('])
}

/// How often digits, capitals, small letters and others follow one another.
fn turns(value: &str) -> usize {
    let kind = |byte: &u8| match byte {
        b'0'..=b'9' => 0,
        b'a'..=b'z' => 1,
        b'A'..=b'Z' => 2,
        _ => 3,
    };
    let pairs = value.as_bytes().windows(2);
    pairs
        .filter(|pair| matches!(pair, [one, other] if kind(one) != kind(other)))
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_is_passed_over_for_its_last_letters() {
        let endings = ENDINGS.iter().map(|(ending, _)| *ending);
        for ending in endings.chain(TAILS) {
            let last = &ending.as_bytes()[ending.len() - 2..];
            assert!(LAST.iter().any(|known| *known == last), "{ending}");
        }
        for name in [
            "db_password",
            "DB-TOKEN-2",
            "apiKeyDefault",
            "SECRET_BASE64",
        ] {
            assert!(says(name).is_some(), "{name}");
        }
    }
}
