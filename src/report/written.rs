//! The line of Rust that gives a property: looked for in the text, from where its resource is added.
//!
//! A definition keeps no record of its lines. What a helper gives, or what stands there twice, is not found, and then
//! the place is where the resource is added.

use std::ops::Range;

/// From a call in a Rust file to the property in its arguments that a path leads to, as far as it is written there once:
/// the rest of its line.
pub(super) fn property(text: &str, call: usize, path: &[String]) -> Option<Range<usize>> {
    let [section, _, properties, below @ ..] = path else {
        return None;
    };
    if section != "Resources" || properties != "Properties" {
        return None;
    }
    let code = code(text);
    let open = call + code.get(call..)?.iter().position(|byte| *byte == b'(')?;
    let mut region = open + 1..end(&code, open + 1);
    let mut found = None;
    // Positions in lists, and functions, are no names of fields.
    let names = below.iter().filter(|step| {
        let is_position = step.bytes().all(|byte| byte.is_ascii_digit());
        !is_position && !step.contains(':')
    });
    for name in names {
        let Some(field) = only_field(&code, region.clone(), name) else {
            break;
        };
        region = field.end..end(&code, field.end);
        found = Some(field.start);
    }
    let start = found?;
    let line = text.get(start..)?.lines().next()?;
    Some(start..start + line.trim_end().len())
}

/// The one field of this name, with its colon.
fn only_field(code: &[u8], region: Range<usize>, name: &str) -> Option<Range<usize>> {
    let wanted = plain(name.bytes());
    let mut found = None;
    let mut at = region.start;
    while at < region.end {
        let rest = code.get(at..region.end)?;
        let length = rest.iter().position(|byte| !is_word(*byte));
        let length = length.unwrap_or(rest.len());
        let (word, after) = rest.split_at_checked(length)?;
        let colon = matches!(after, [b':', next, ..] if *next != b':');
        if colon && plain(word.iter().copied()) == wanted {
            if found.is_some() {
                return None;
            }
            found = Some(at..at + length + 1);
        }
        at += length.max(1);
    }
    found
}

/// `MultiAZ` and `multi_az` are the same.
fn plain(name: impl Iterator<Item = u8>) -> Vec<u8> {
    let letters = name.filter(u8::is_ascii_alphanumeric);
    letters.map(|byte| byte.to_ascii_lowercase()).collect()
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// Where what begins here ends: at a comma, or at what closes around it.
fn end(code: &[u8], start: usize) -> usize {
    let is_arguments = start > 0 && code.get(start - 1) == Some(&b'(');
    let mut depth = 0_usize;
    for (at, byte) in code.iter().enumerate().skip(start) {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' if depth == 0 => return at,
            b')' | b']' | b'}' => depth -= 1,
            b',' if depth == 0 && !is_arguments => return at,
            _ => {}
        }
    }
    code.len()
}

/// The text with blanks for what is in comments and in quotes.
fn code(text: &str) -> Vec<u8> {
    let mut code = text.as_bytes().to_vec();
    let mut at = 0;
    while at < text.len() {
        let rest = text.get(at..).unwrap_or_default();
        let length = quoted(rest);
        if length > 0 {
            let until = code.len().min(at + length);
            code.get_mut(at..until).unwrap_or_default().fill(b' ');
        }
        at += length.max(rest.chars().next().map_or(1, char::len_utf8));
    }
    code
}

/// How long the comment or literal is that a text begins with; 0 of anything else.
fn quoted(text: &str) -> usize {
    let until = |start: usize, close: &str| {
        let rest = text.get(start..).unwrap_or_default();
        rest.find(close)
            .map_or(text.len(), |found| start + found + close.len())
    };
    if text.starts_with("//") {
        return text.find('\n').unwrap_or(text.len());
    }
    if text.starts_with("/*") {
        return until(2, "*/");
    }
    if text.starts_with("r\"") || text.starts_with("r#\"") {
        let hashes = usize::from(text.starts_with("r#"));
        return until(2 + hashes, if hashes == 0 { "\"" } else { "\"#" });
    }
    let mut letters = text.char_indices();
    match letters.next() {
        Some((_, '"')) => {
            let mut is_escaped = false;
            let close = letters.find(|(_, letter)| {
                let is_close = *letter == '"' && !is_escaped;
                is_escaped = *letter == '\\' && !is_escaped;
                is_close
            });
            close.map_or(text.len(), |(at, _)| at + 1)
        }
        // A character; what has no second quote at once is a lifetime.
        Some((_, '\'')) => match text.get(1..) {
            Some(rest) if rest.starts_with('\\') => until(3, "'"),
            Some(rest) => {
                let length = rest.chars().next().map_or(0, char::len_utf8);
                let is_closed = rest.get(length..).is_some_and(|it| it.starts_with('\''));
                if is_closed { length + 2 } else { 0 }
            }
            None => 0,
        },
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#"
fn stack<'a>(stack: &'a Stack) {
    let queue = stack.add("Queue", props!(sqs::Queue { delay_seconds: 5 })); // delay_seconds: 6
    stack.add(
        "Function",
        props!(lambda::Function {
            // memory_size: 1 is too small
            memory_size: 64,
            description: "timeout: 3",
            separator: ',',
            timeout: limit(3, 4),
            vpc_config: lambda::function::VpcConfig {
                subnet_ids: ["a", "b"],
                ipv6_allowed_for_dual_stack: true,
            },
            layers: [Layer { name: 1 }, Layer { name: 2 }],
        }),
    );
}
"#;

    fn found(call: &str, path: &str) -> Option<&'static str> {
        let start = TEXT.find(call).unwrap();
        let path = format!("Resources/It/Properties/{path}");
        let path: Vec<String> = path.split('/').map(str::to_owned).collect();
        property(TEXT, start, &path).map(|range| &TEXT[range])
    }

    #[test]
    fn a_property_is_found_where_it_is_written_once() {
        const FUNCTION: &str = "add(\n";
        let cases = [
            ("MemorySize", Some("memory_size: 64,")),
            ("Timeout", Some("timeout: limit(3, 4),")),
            ("VpcConfig/SubnetIds/0", Some("subnet_ids: [\"a\", \"b\"],")),
            (
                "VpcConfig/Ipv6AllowedForDualStack",
                Some("ipv6_allowed_for_dual_stack: true,"),
            ),
            // Two of them: the list they are in.
            (
                "Layers/1/Name",
                Some("layers: [Layer { name: 1 }, Layer { name: 2 }],"),
            ),
            ("DelaySeconds", None),
            ("Runtime", None),
        ];
        for (path, expected) in cases {
            assert_eq!(found(FUNCTION, path), expected, "{path}");
        }
        let queue = found("add(\"Queue\"", "DelaySeconds").unwrap();
        assert!(queue.starts_with("delay_seconds: 5 }"), "{queue}");
        assert_eq!(found("add(\"Queue\"", "MemorySize"), None);
    }

    #[test]
    fn no_text_is_too_strange() {
        for text in [
            "",
            "add(",
            "add(a: \"",
            "add(a: 'x",
            "ädd(ä: /*",
            "add(a:",
            "add)a: (",
        ] {
            for call in 0..=text.len() {
                let path = ["Resources", "It", "Properties", "A"].map(str::to_owned);
                let _ = property(text, call, &path);
            }
        }
    }
}
