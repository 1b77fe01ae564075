//! Text as a YAML scalar: plain where every reader agrees that it is text, else in quotes.

use stratiform_finding::words::is_invisible;

/// Keys longer than this, in bytes as written, need the explicit form: YAML limits the short one to 1,024
/// characters.
const LONGEST_KEY: usize = 1000;

/// Writes a text as a value; lines of a literal block get `indent` columns.
pub(super) fn push_text(out: &mut String, text: &str, indent: usize) {
    match style(text) {
        Style::Plain => out.push_str(text),
        Style::Single => push_single(out, text),
        Style::Double => push_double(out, text),
        Style::Literal => push_literal(out, text, indent),
    }
}

/// Writes a key with its colon; in a map that stands at `indent`.
pub(super) fn push_key(out: &mut String, key: &str, indent: usize) {
    let start = out.len();
    match style(key) {
        Style::Plain => out.push_str(key),
        Style::Single => push_single(out, key),
        Style::Double | Style::Literal => push_double(out, key),
    }
    if out.len() - start > LONGEST_KEY {
        out.insert_str(start, "? ");
        out.push('\n');
        push_blanks(out, indent);
    }
    out.push(':');
}

/// Writes blanks.
pub(super) fn push_blanks(out: &mut String, count: usize) {
    const BLANKS: &str = "                                ";
    let mut rest = count;
    while rest > 0 {
        let piece = rest.min(BLANKS.len());
        out.push_str(&BLANKS[..piece]);
        rest -= piece;
    }
}

enum Style {
    Plain,
    Single,
    Double,
    Literal,
}

fn style(text: &str) -> Style {
    // Most texts of a template are ASCII words: one pass over the bytes settles them.
    let mut special = false;
    for &byte in text.as_bytes() {
        special |= !(b' '..=b'~').contains(&byte);
    }
    if !special {
        return if is_plain(text) {
            Style::Plain
        } else {
            Style::Single
        };
    }
    let mut lines = false;
    let mut tabs = false;
    for character in text.chars() {
        match character {
            '\n' => lines = true,
            '\t' => tabs = true,
            ' ' => {}
            _ if is_shown(character) => {}
            _ => return Style::Double,
        }
    }
    if lines && fits_literal(text) {
        Style::Literal
    } else if lines || tabs {
        Style::Double
    } else if is_plain(text) {
        Style::Plain
    } else {
        Style::Single
    }
}

/// Whether a character may stand in the text as it is: printable in YAML, and seen by whoever reviews.
fn is_shown(character: char) -> bool {
    !(character.is_control()
        || character.is_whitespace()
        || is_invisible(character)
        || matches!(character, '\u{FFFE}' | '\u{FFFF}'))
}

/// Whether a text of several lines survives as a literal block in every reader.
fn fits_literal(text: &str) -> bool {
    let content = text.strip_suffix('\n').unwrap_or(text);
    !content.is_empty()
        && !content.starts_with([' ', '\t', '\n'])
        && !content.ends_with([' ', '\t', '\n'])
}

fn push_literal(out: &mut String, text: &str, indent: usize) {
    let (header, content) = match text.strip_suffix('\n') {
        Some(content) => ("|", content),
        None => ("|-", text),
    };
    out.push_str(header);
    for line in content.split('\n') {
        out.push('\n');
        if !line.is_empty() {
            // A document's top level may not hold a block without indentation.
            push_blanks(out, indent.max(2));
            out.push_str(line);
        }
    }
}

fn push_single(out: &mut String, text: &str) {
    out.push('\'');
    for (index, piece) in text.split('\'').enumerate() {
        if index > 0 {
            out.push_str("''");
        }
        out.push_str(piece);
    }
    out.push('\'');
}

fn push_double(out: &mut String, text: &str) {
    use std::fmt::Write as _;

    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            ' ' => out.push(' '),
            _ if is_shown(character) => out.push(character),
            _ => {
                let number = u32::from(character);
                // Writing to a `String` cannot fail.
                let _ = match number {
                    0..=0xFF => write!(out, "\\x{number:02X}"),
                    0x100..=0xFFFF => write!(out, "\\u{number:04X}"),
                    _ => write!(out, "\\U{number:08X}"),
                };
            }
        }
    }
    out.push('"');
}

/// Whether a line of text is read as that text by every YAML 1.1 and 1.2 reader, without quotes.
///
/// Says no rather too often: quotes never hurt.
fn is_plain(text: &str) -> bool {
    let bytes = text.as_bytes();
    let (Some(&first), Some(&last)) = (bytes.first(), bytes.last()) else {
        return false;
    };
    let starts = first.is_ascii_alphanumeric() || first >= 0x80 || b"_/.$(^<+;\\".contains(&first);
    // `...` ends a document.
    if !starts || last == b':' || last == b' ' || text.starts_with("...") {
        return false;
    }
    let broken = bytes.iter().enumerate().any(|(at, byte)| match byte {
        b':' => bytes.get(at + 1) == Some(&b' '),
        b'#' => at > 0 && bytes[at - 1] == b' ',
        _ => false,
    });
    !broken && !looks_like_something(text)
}

/// Whether some reader may take a text for a boolean, null, number, date, time or merge key.
fn looks_like_something(text: &str) -> bool {
    const WORDS: [&str; 16] = [
        "null", "true", "false", "yes", "no", "on", "off", "y", "n", "nan", "inf", "infinity",
        ".nan", ".inf", "<<", "none",
    ];
    let unsigned = text.strip_prefix('+').unwrap_or(text);
    if unsigned.len() <= 8 && WORDS.iter().any(|word| word.eq_ignore_ascii_case(unsigned)) {
        return true;
    }
    let first = text.as_bytes().first().copied().unwrap_or_default();
    // Decimal, octal, hexadecimal, binary, exponents, base 60, dates and times are made of these.
    let numeric = |byte: u8| byte.is_ascii_hexdigit() || b"xXoO_.:+- tTzZ,".contains(&byte);
    (first.is_ascii_digit() || first == b'+' || first == b'.') && text.bytes().all(numeric)
}

#[cfg(test)]
mod tests {
    use super::push_text;

    fn check(text: &str, expected: &str) {
        let mut out = String::new();
        push_text(&mut out, text, 2);
        assert_eq!(out, expected);
    }

    #[test]
    fn plain_where_every_reader_agrees() {
        for text in [
            "AWS::SQS::Queue",
            "arn:aws:s3:::bucket",
            "10.0.0.0/16",
            "t3.micro",
            "Größe",
            "a 'quoted' word",
            "https://example.com/#top",
            "/var/log",
            "${A}-b",
            "14 days",
            "a:b",
            "a #b"[..1].as_ref(),
            "x=y",
            "$LATEST",
            "python3.13",
            "😀",
        ] {
            check(text, text);
        }
    }

    #[test]
    fn single_quotes_where_some_reader_differs() {
        for text in [
            "",
            " ",
            "yes",
            "No",
            "ON",
            "off",
            "y",
            "N",
            "null",
            "NULL",
            "~",
            "true",
            "False",
            "0",
            "-1",
            "1.5",
            "1e5",
            "012",
            "0o17",
            "0x1F",
            "0b1",
            "1_000",
            "+1",
            ".5",
            "1.",
            ".inf",
            "+.inf",
            "-.inf",
            ".NaN",
            "nan",
            "1:30",
            "2010-09-09",
            "2001-12-14t21:59:43.10-05:00",
            "=",
            "<<",
            "- a",
            "-",
            "? a",
            ": a",
            "a: b",
            "a:",
            "a #b",
            "# a",
            "#a",
            "&a",
            "*",
            "!a",
            "|",
            ">",
            "%a",
            "@a",
            "`a",
            "{a}",
            "[a]",
            "]",
            "}",
            ",",
            "\"a\"",
            " a",
            "a ",
            "---",
            "... a b",
            "...",
            "{{resolve:ssm:a}}",
            "1.2.3.4",
        ] {
            check(text, &format!("'{text}'"));
        }
        check("'", "''''");
        check("'a' b", "'''a'' b'");
    }

    #[test]
    fn double_quotes_where_a_character_would_not_be_seen() {
        check("\t", r#""\t""#);
        check("a\u{A0}b", r#""a\xA0b""#);
        check("\u{0}\u{1F}\u{7F}\u{85}", r#""\x00\x1F\x7F\x85""#);
        check(
            "\u{2028}\u{2029}\u{FEFF}\u{202E}",
            r#""\u2028\u2029\uFEFF\u202E""#,
        );
        check("a\r\nb", r#""a\r\nb""#);
        check("\u{FFFF}\u{E0001}", r#""\uFFFF\U000E0001""#);
        check("\n", r#""\n""#);
        check(" a\nb", r#"" a\nb""#);
        check("a\n\n", r#""a\n\n""#);
        check("\"\\\u{1}", r#""\"\\\x01""#);
    }

    #[test]
    fn literal_blocks_for_lines() {
        check("a\nb\n", "|\n  a\n  b");
        check("a\n\n b", "|-\n  a\n\n   b");
        check("a:\n\t- b # c\n", "|\n  a:\n  \t- b # c");
    }
}
