//! What a finding means, from `docs/findings.md`: `--explain CODE`, and `explain CODE`.
//!
//! The page is part of the program, so that it fits the codes which this program gives. It is embedded here and not
//! beside the codes: a better sentence builds one crate again, and not all of them.

use stratiform_finding::words::shortened;
use stratiform_finding::{Code, UnknownCode};

use crate::exit::Exit;
use crate::report::Failure;

/// What all codes mean: a heading each.
const PAGE: &str = include_str!("../../../docs/findings.md");

/// A code, and what it means.
///
/// # Errors
/// The text is no code.
pub(crate) fn explained(text: &str) -> Result<String, Failure> {
    let code = known(text)?;
    Ok(format!("{code}\n\n{}\n", meaning(code)))
}

/// A code that somebody wrote.
///
/// # Errors
/// The text is no code.
pub(crate) fn known(text: &str) -> Result<Code, Failure> {
    text.parse().map_err(|unknown: UnknownCode| {
        Failure::new(
            Exit::Usage,
            Code::UnknownCode,
            format!("no finding has the code `{}`", shortened(text)),
            match unknown.nearest {
                Some(near) => format!("did you mean `{near}`?"),
                None => "write one as it stands in brackets: `error[duplicate-key]`".to_owned(),
            },
        )
    })
}

/// What a code means, and what to do: Markdown.
pub(crate) fn meaning(code: Code) -> &'static str {
    let section = sections().find(|(heading, _)| *heading == code.as_str());
    section.map_or("", |(_, body)| body).trim()
}

/// The headings of codes, each with the text below it.
fn sections() -> impl Iterator<Item = (&'static str, &'static str)> {
    let parts = PAGE.split("\n## ").skip(1);
    parts.map(|part| part.split_once('\n').unwrap_or((part, "")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_a_heading_and_every_heading_is_a_code() {
        let headings: Vec<&str> = sections().map(|(heading, _)| heading).collect();
        let codes: Vec<&str> = Code::ALL.iter().map(|code| code.as_str()).collect();
        assert_eq!(headings, codes);
    }

    #[test]
    fn every_section_says_what_it_means_and_what_to_do() {
        for (heading, body) in sections() {
            let lines = body.lines().filter(|line| !line.is_empty()).count();
            assert!((2..=14).contains(&lines), "{heading} has {lines} lines");
        }
    }

    #[test]
    fn a_code_is_explained_and_another_text_is_not() {
        let text = explained("duplicate-key").unwrap();
        assert!(text.starts_with("duplicate-key\n\n"), "{text}");
        assert!(!text.contains("key-not-scalar"), "{text}");
        let failure = explained("duplicate-kye").unwrap_err();
        assert_eq!(failure.exit, Exit::Usage);
        assert_eq!(failure.findings[0].help, "did you mean `duplicate-key`?");
    }
}
