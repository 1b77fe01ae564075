//! Findings as SARIF 2.1.0, for GitHub's code scanning and whoever else reads it.
//!
//! Source: the OASIS standard, and GitHub docs, "SARIF support for code scanning": what it reads, and how much of it.

use std::collections::HashMap;
use std::fmt::Write as _;

use indexmap::IndexSet;
use serde::Serialize;
use sha2::{Digest, Sha256};
use stratiform_finding::{At, Code, Finding, Place};

use super::{level, message};
use crate::commands::explain::code::meaning;
use crate::validation::{Found, Verdict};

/// GitHub refuses a run with more results.
const RESULTS: usize = 25_000;

/// GitHub takes no longer descriptions, in characters.
const DESCRIBED: usize = 1024;

/// GitHub takes no result without a place: what has none is in what all environments share.
const NOWHERE: &str = "environments/defaults.yaml";

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Log {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run {
    tool: Tool,
    /// Columns are of characters, and not of the units of UTF-16.
    column_kind: &'static str,
    results: Vec<Outcome>,
}

#[derive(Serialize)]
struct Tool {
    driver: Driver,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Driver {
    name: &'static str,
    semantic_version: &'static str,
    information_uri: &'static str,
    rules: Vec<Rule>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Rule {
    id: &'static str,
    short_description: Text,
    full_description: Text,
    help: Text,
}

#[derive(Serialize)]
struct Text {
    text: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Outcome {
    rule_id: &'static str,
    rule_index: usize,
    level: &'static str,
    message: Text,
    locations: Vec<Location>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<Location>,
    partial_fingerprints: Fingerprints,
    #[serde(skip_serializing_if = "Option::is_none")]
    baseline_state: Option<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    suppressions: Vec<Suppression>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Location {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<usize>,
    physical_location: PhysicalLocation,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    logical_locations: Vec<LogicalLocation>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Text>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PhysicalLocation {
    artifact_location: ArtifactLocation,
    region: Region,
}

#[derive(Serialize)]
struct ArtifactLocation {
    uri: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: usize,
    start_column: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_line: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_column: Option<usize>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct LogicalLocation {
    fully_qualified_name: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Fingerprints {
    primary_location_line_hash: String,
}

#[derive(Serialize)]
struct Suppression {
    kind: &'static str,
    justification: String,
}

/// All findings, the accepted ones as suppressed.
pub(crate) fn sarif(verdict: &Verdict) -> String {
    let codes = verdict.found.iter().map(|found| found.finding.code);
    let codes: IndexSet<Code> = codes.collect();
    let mut known = HashMap::new();
    let results = verdict.found.iter().take(RESULTS);
    let results = results.map(|found| Outcome {
        baseline_state: verdict.since.as_ref().map(|_| match found.is_known {
            true => "unchanged",
            false => "new",
        }),
        ..outcome(found, &codes, &mut known)
    });
    let run = Run {
        column_kind: "unicodeCodePoints",
        results: results.collect(),
        tool: Tool {
            driver: Driver {
                name: "stratiform",
                semantic_version: env!("CARGO_PKG_VERSION"),
                information_uri: env!("CARGO_PKG_REPOSITORY"),
                rules: codes.iter().copied().map(rule).collect(),
            },
        },
    };
    let log = Log {
        schema: "https://json.schemastore.org/sarif-2.1.0.json",
        version: "2.1.0",
        runs: [run],
    };
    // Nothing in it can be refused: texts and numbers.
    serde_json::to_string_pretty(&log).unwrap_or_default() + "\n"
}

/// A rule is a code with its section of `docs/findings.md`.
fn rule(code: Code) -> Rule {
    let meaning = meaning(code);
    let first = meaning.split_inclusive(". ").next().unwrap_or(meaning);
    let text = |text: &str| Text {
        text: text.trim().to_owned(),
    };
    let cut = meaning.floor_char_boundary(DESCRIBED);
    Rule {
        id: code.as_str(),
        short_description: text(first.lines().next().unwrap_or(first)),
        full_description: text(meaning.get(..cut).unwrap_or(meaning)),
        help: text(meaning),
    }
}

fn outcome(found: &Found, codes: &IndexSet<Code>, known: &mut HashMap<String, usize>) -> Outcome {
    let finding = &found.finding;
    let code = finding.code;
    let text = match finding.help.as_str() {
        "" => message(finding),
        help => format!("{}\n{help}", message(finding)),
    };
    let mut places = finding.places.iter();
    let main = location(places.next(), finding);
    let related = places.enumerate().map(|(id, place)| Location {
        id: Some(id),
        message: Some(Text {
            text: place.label.clone(),
        }),
        logical_locations: Vec::new(),
        ..location(Some(place), finding)
    });
    let accepted = found.accepted.as_ref().map(|accepted| Suppression {
        kind: "external",
        justification: accepted.reason(),
    });
    Outcome {
        rule_id: code.as_str(),
        rule_index: codes.get_index_of(&code).unwrap_or_default(),
        level: level(finding.level),
        message: Text { text },
        related_locations: related.collect(),
        partial_fingerprints: Fingerprints {
            primary_location_line_hash: fingerprint(finding, &main, known),
        },
        baseline_state: None,
        locations: vec![main],
        suppressions: accepted.into_iter().collect(),
    }
}

fn location(place: Option<&Place>, finding: &Finding) -> Location {
    let (file, line, column) = match place {
        Some(place) => place.at.position(),
        None => (NOWHERE, 1, 1),
    };
    let end = place.and_then(end);
    let logical = LogicalLocation {
        fully_qualified_name: finding.path.join("/"),
    };
    Location {
        id: None,
        message: None,
        physical_location: PhysicalLocation {
            artifact_location: ArtifactLocation { uri: uri(file) },
            region: Region {
                start_line: line.max(1),
                start_column: column.max(1),
                end_line: end.map(|(line, _)| line),
                end_column: end.map(|(_, column)| column),
            },
        },
        logical_locations: match finding.path.is_empty() {
            true => Vec::new(),
            false => vec![logical],
        },
    }
}

/// The line and column after what stands at a place.
fn end(place: &Place) -> Option<(usize, usize)> {
    let At::Text(source, span) = &place.at else {
        return None;
    };
    let text = source
        .text
        .get(span.range())
        .filter(|text| !text.is_empty())?;
    let lines = text.matches('\n').count();
    let last = text.rsplit('\n').next().unwrap_or(text).chars().count();
    Some(match lines {
        0 => (span.line, span.column + last),
        lines => (span.line + lines, last + 1),
    })
}

/// A file's name as a relative address. What a shell writes before a name is none of it.
fn uri(file: &str) -> String {
    let here = std::env::current_dir().unwrap_or_default();
    let here = here.to_string_lossy().replace('\\', "/");
    let below = file
        .strip_prefix(&*here)
        .and_then(|file| file.strip_prefix('/'));
    let file = below.unwrap_or(file);
    let file = file.strip_prefix("./").unwrap_or(file);
    let mut uri = String::new();
    if file.starts_with('/') {
        uri += "file://";
    }
    for byte in file.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'-' | b'_' | b'~' => {
                uri.push(char::from(byte));
            }
            // Writing to a text does not fail.
            _ => drop(write!(uri, "%{byte:02X}")),
        }
    }
    uri
}

/// What tells a finding from others wherever its line moves to: its code and the path in the template, or else what it
/// says. The number is for those that have all that in common.
fn fingerprint(finding: &Finding, main: &Location, known: &mut HashMap<String, usize>) -> String {
    let path = match finding.path.as_slice() {
        [] => &finding.what,
        path => &path.join("/"),
    };
    let file = &main.physical_location.artifact_location.uri;
    let text = format!("{file}\n{}\n{path}", finding.code);
    let digest = Sha256::digest(text.as_bytes());
    let hash = digest
        .iter()
        .take(8)
        .fold(String::new(), |hash, byte| hash + &format!("{byte:02x}"));
    let count = known.entry(hash.clone()).or_default();
    *count += 1;
    format!("{hash}:{count}")
}

#[cfg(test)]
mod tests {
    use stratiform_finding::{Source, Span};

    use super::*;
    use crate::validation::Acceptance;
    use crate::view::sorted::sorted;

    fn verdict() -> Verdict {
        let text = "Resources:\n  Größe: {}\n";
        let span = Span {
            start: 13,
            end: 20,
            line: 2,
            column: 3,
        };
        let source = Source::new("./in here/ä.yaml", text);
        let finding = Finding::new(Code::ValuePattern, "what", "help")
            .because("why")
            .at(Place::text(&source, span, ""))
            .at(Place::text(&source, span, "and here"));
        let finding = Finding {
            path: vec!["Resources".to_owned(), "Größe".to_owned()],
            ..finding
        };
        let other = Finding::new(Code::NoTemplate, "nowhere", "");
        let mut verdict = Verdict::default();
        verdict.tell([finding.clone(), finding, other]);
        verdict.found[1].accepted = Some(Acceptance::Allowed);
        verdict
    }

    #[test]
    fn places_are_addresses_and_characters() {
        let log: serde_json::Value = serde_json::from_str(&sarif(&verdict())).unwrap();
        let run = &log["runs"][0];
        assert_eq!(run["tool"]["driver"]["rules"].as_array().unwrap().len(), 2);
        let results = serde_json::to_string_pretty(&sorted(run["results"].clone())).unwrap();
        insta::assert_snapshot!(results);
    }
}
