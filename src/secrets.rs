//! Secrets that are written out, wherever something is told of them.
//!
//! What lives here: which findings are of secrets, what is taken out of the texts that findings show and of whatever else
//! is shown of values, and which lines say that something is none. What does not: what is a secret
//! (`stratiform_validate::secret`).

pub(crate) mod review;

use std::borrow::Cow;

use serde_json::Value as Json;
use stratiform_environment::{Loaded, Path, Source, Step};
use stratiform_finding::{At, Code, Finding, Span};
use stratiform_template::parse_yaml;
use stratiform_validate::secret::{PAIRS, in_document, masked, starred, under_name};

use crate::validation::{Acceptance, Found};

/// What a line says, or the one above it, where something in it is no secret.
const MARK: &str = "stratiform: no secret";

/// Whether a finding is about what may not be shown: its place has a secret.
pub(crate) fn is_secret(finding: &Finding) -> bool {
    match finding.code {
        Code::PlainSecret => true,
        // Of a parameter that is shown, its declaration is not.
        Code::PlainPassword => finding
            .path
            .first()
            .is_none_or(|first| first != "Parameters"),
        _ => false,
    }
}

/// Findings in a text, of which none shows a secret; what a line says is none is accepted.
pub(crate) fn settled(findings: Vec<Finding>, source: &Source) -> Vec<Found> {
    let secrets = findings.iter().filter(|finding| is_secret(finding));
    let spans: Vec<Span> = secrets.filter_map(Finding::span).collect();
    if spans.is_empty() {
        return findings.into_iter().map(Found::new).collect();
    }
    let ranges = spans.iter().map(|span| span.range());
    let shown = Source::new(source.name.clone(), starred(&source.text, ranges));
    let settled = findings.into_iter().map(|mut finding| {
        let span = finding.span().filter(|_| is_secret(&finding));
        let is_none = span.is_some_and(|span| is_marked(&source.text, span.start));
        for place in &mut finding.places {
            if let At::Text(of, _) = &mut place.at
                && of.name == source.name
            {
                *of = shown.clone();
            }
        }
        Found {
            accepted: is_none.then_some(Acceptance::Marked),
            ..Found::new(finding)
        }
    });
    settled.collect()
}

/// Whether the line of a byte, or the one above it, says that there is no secret.
fn is_marked(text: &str, at: usize) -> bool {
    let (before, after) = text.split_at(text.floor_char_boundary(at));
    let end = after.find('\n').unwrap_or(after.len());
    let mut lines = before.rsplit('\n');
    let (own, above) = (lines.next(), lines.next());
    let rest = after.get(..end);
    [own, rest, above]
        .into_iter()
        .flatten()
        .any(|line| line.contains(MARK))
}

/// The secrets in the files that an environment's values are from.
pub(crate) fn in_environment(loaded: &Loaded) -> Vec<Found> {
    loaded.sources().iter().flat_map(in_layer).collect()
}

/// The secrets in one of them.
pub(crate) fn in_layer(source: &Source) -> Vec<Found> {
    let Ok(node) = parse_yaml(&source.text) else {
        return Vec::new();
    };
    let found = in_document(&node).into_iter();
    settled(
        found.map(|finding| finding.in_source(source)).collect(),
        source,
    )
}

/// A value of an environment's files as it may be shown: with stars in the place of what is a secret by its form, or by its
/// name there.
pub(crate) fn shown_at(path: &Path, value: &Json) -> Json {
    let mut steps = path.steps().iter().rev();
    let name = steps.find_map(|step| match step {
        Step::Key(name) => Some(name.as_str()),
        Step::Position(_) => None,
    });
    shown_under(name.unwrap_or_default(), value)
}

fn shown_under(name: &str, value: &Json) -> Json {
    match value {
        Json::String(text) => match masked(text) {
            Cow::Owned(hidden) => hidden.into(),
            Cow::Borrowed(_) if under_name(name, text).is_some() => {
                starred(text, std::iter::once(0..text.len())).into()
            }
            Cow::Borrowed(_) => value.clone(),
        },
        Json::Array(items) => items.iter().map(|item| shown_under(name, item)).collect(),
        Json::Object(entries) => {
            let pairs = PAIRS
                .into_iter()
                .filter(|(_, of)| entries.contains_key(*of));
            let mut pairs = pairs.filter_map(|(name, of)| Some((of, entries.get(name)?.as_str()?)));
            let pair = pairs.next();
            let entries = entries.iter().map(|(key, value)| {
                let name = match pair {
                    Some((of, name)) if of == key => name,
                    Some(_) | None => key,
                };
                (key.clone(), shown_under(name, value))
            });
            Json::Object(entries.collect())
        }
        Json::Null | Json::Bool(_) | Json::Number(_) => value.clone(),
    }
}

/// Takes out of the words of a finding what is a secret by its form: somebody may have written one where a message shows
/// what was written.
pub(crate) fn hide(finding: &mut Finding) {
    let Finding {
        what,
        why,
        when,
        help,
        ..
    } = finding;
    let labels = finding.places.iter_mut().map(|place| &mut place.label);
    for text in [what, why, when, help].into_iter().chain(labels) {
        if let std::borrow::Cow::Owned(hidden) = masked(text) {
            *text = hidden;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_line_says_is_none_is_accepted_and_hidden_all_the_same() {
        let text = "# stratiform: no secret\nDB_PASSWORD: kT7!wQ2zX+\nOTHER:\n  API_PASSWORD: pQ8!vW3yZ- # x\n  C_PASSWORD: rS9!uE4xY= # stratiform: no secret, but a test\n";
        let source = Source::new("dev.yaml", text);
        let found = in_layer(&source);
        let accepted: Vec<bool> = found.iter().map(|found| found.accepted.is_some()).collect();
        assert_eq!(accepted, [true, false, true]);
        for found in &found {
            let At::Text(shown, _) = &found.finding.places[0].at else {
                panic!("{found:?}");
            };
            assert_eq!(shown.text.len(), text.len());
            for secret in ["kT7!", "pQ8!", "rS9!"] {
                assert!(!shown.text.contains(secret), "{}", shown.text);
            }
        }
        let path = found[1].finding.path.join("/");
        assert_eq!(path, "OTHER/API_PASSWORD");
    }
}
