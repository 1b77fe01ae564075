//! What findings do not show of an environment's files: whoever knows the whole address of a webhook may write to it, and
//! somebody may have written it anywhere.

use std::collections::HashMap;
use std::sync::Arc;

use stratiform_finding::{At, Finding, Source};

/// Hides what of addresses may be secret: in the texts of findings, and in the files that they show.
pub(super) fn hide(findings: &mut [Finding]) {
    let mut files: HashMap<Source, Arc<str>> = HashMap::new();
    for finding in findings {
        for text in [&mut finding.what, &mut finding.why, &mut finding.help] {
            *text = hidden(text);
        }
        for place in &mut finding.places {
            place.label = hidden(&place.label);
            if let At::Text(source, _) = &mut place.at {
                let file = files.entry(source.clone());
                let text = file.or_insert_with(|| hidden(&source.text).into());
                source.text = Arc::clone(text);
            }
        }
    }
}

/// A text in which of each address only scheme and host can be read; every other byte of it is `*`, so that spans stay as
/// they are.
fn hidden(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("://") {
        let is_end = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '`');
        let end = after.find(is_end).unwrap_or(after.len());
        let (address, others) = after.split_at(end);
        let host_ends = address.find(['/', '?', '#']).unwrap_or(address.len());
        let (authority, path) = address.split_at(host_ends);
        let user = authority.rfind('@').unwrap_or_default();
        let (user, host) = authority.split_at(user);
        let (slash, path) = path.split_at(path.len().min(1));
        shown.extend([before, "://", &"*".repeat(user.len()), host, slash]);
        shown.push_str(&"*".repeat(path.len()));
        rest = others;
    }
    shown + rest
}

#[cfg(test)]
mod tests {
    use super::hidden;

    #[test]
    fn of_an_address_scheme_and_host_are_shown() {
        for (text, shown) in [
            ("no address: // or http:", "no address: // or http:"),
            (
                "a: https://h.example/T0/s3 # b",
                "a: https://h.example/***** # b",
            ),
            (
                "'http://u:p@h.example:8?k=é'!",
                "'http://***@h.example:8?****'!",
            ),
            ("https://h https://h/", "https://h https://h/"),
        ] {
            assert_eq!(hidden(text), shown);
            assert_eq!(text.len(), shown.len(), "spans are of bytes");
        }
    }
}
