//! Answers as the protocol has them.
//!
//! Source: Language Server Protocol specification, 3.17. The tests read them with types that are made from its model.

use std::path::Path;

use serde_json::{Value, json};
use stratiform_finding::{At, Finding, Fix, Level, Place};
use stratiform_language::{Completion, Encoding, Hover, Kind, Symbol, Text, difference};
use stratiform_template::fixed;

use super::document::{Document, range, uri_of};
use crate::view::validated::message;

/// What `textDocument/completion` proposes at most: nobody reads on, and the next letter leaves fewer.
const PROPOSED: usize = 300;

/// What this server can do.
pub(super) fn capabilities(encoding: Encoding) -> Value {
    json!({
        "capabilities": {
            "positionEncoding": match encoding {
                Encoding::Utf8 => "utf-8",
                Encoding::Utf16 => "utf-16",
            },
            "textDocumentSync": { "openClose": true, "change": 2 },
            "hoverProvider": true,
            "completionProvider": { "triggerCharacters": [".", "!", "{", "\"", ":", " "] },
            "definitionProvider": true,
            "referencesProvider": true,
            "documentSymbolProvider": true,
            "codeActionProvider": { "codeActionKinds": ["quickfix"] },
        },
        "serverInfo": { "name": "stratiform", "version": env!("CARGO_PKG_VERSION") },
    })
}

/// A finding in a document, whose main place is there.
pub(super) fn diagnostic(
    document: &Document,
    finding: &Finding,
    root: &Path,
    encoding: Encoding,
) -> Value {
    let main = finding
        .places
        .first()
        .and_then(Place::span)
        .unwrap_or_default();
    let mut said = message(finding);
    if !finding.help.is_empty() {
        said += &format!("\n{}", finding.help);
    }
    let others = finding.places.iter().skip(1);
    let related: Vec<Value> = others
        .filter_map(|place| related(document, place, root, encoding))
        .collect();
    let mut diagnostic = json!({
        "range": document.range(main.range(), encoding),
        "severity": match finding.level {
            Level::Error => 1,
            Level::Warning => 2,
            Level::Note => 4,
        },
        "code": finding.code.as_str(),
        "codeDescription": {
            "href": format!("{}/blob/main/docs/findings.md#{}", env!("CARGO_PKG_REPOSITORY"), finding.code),
        },
        "source": "stratiform",
        "message": said,
    });
    if !related.is_empty() {
        diagnostic["relatedInformation"] = related.into();
    }
    diagnostic
}

/// Another place that has to do with a finding.
fn related(document: &Document, place: &Place, root: &Path, encoding: Encoding) -> Option<Value> {
    let message = match place.label.as_str() {
        "" => "it has to do with this",
        label => label,
    };
    let located = |uri: String, range: Value| json!({ "location": { "uri": uri, "range": range }, "message": message });
    match &place.at {
        At::Text(source, span) if *source.text == *document.text.as_str() => Some(located(
            document.uri.clone(),
            document.range(span.range(), encoding),
        )),
        At::Text(source, span) => {
            let text = Text::new(source.text.to_string());
            let uri = uri_of(&root.join(&*source.name));
            Some(located(uri, range(&text, span.range(), encoding)))
        }
        At::Given(_) | At::Rust(_) => None,
    }
}

/// What corrects findings in a part of a document.
pub(super) fn actions(
    document: &Document,
    touched: &std::ops::Range<usize>,
    encoding: Encoding,
) -> Vec<Value> {
    let is_touched = |finding: &&Finding| {
        let span = finding.span().unwrap_or_default();
        span.start <= touched.end && touched.start <= span.end
    };
    let fixes = |finding: &Finding| finding.fix.clone().map(|fix| (finding.path.clone(), fix));
    let mut actions = Vec::new();
    for finding in document.findings.iter().filter(is_touched) {
        let Some((path, fix)) = fixes(finding) else {
            continue;
        };
        if let Some(edit) = edit(document, &[(path, fix.clone())], encoding) {
            let diagnostic = diagnostic(document, finding, Path::new(""), encoding);
            actions.push(json!({
                "title": title(&fix),
                "kind": "quickfix",
                "diagnostics": [diagnostic],
                "isPreferred": true,
                "edit": edit,
            }));
        }
    }
    let all: Vec<(Vec<String>, Fix)> = document.findings.iter().filter_map(fixes).collect();
    if !actions.is_empty()
        && all.len() > 1
        && let Some(edit) = edit(document, &all, encoding)
    {
        let title = format!(
            "Correct all {} findings that have one right answer",
            all.len()
        );
        actions.push(json!({ "title": title, "kind": "quickfix", "edit": edit }));
    }
    actions
}

/// The edit that carries out fixes; none where nothing can be done.
fn edit(document: &Document, fixes: &[(Vec<String>, Fix)], encoding: Encoding) -> Option<Value> {
    let text = document.text.as_str();
    let fixes: Vec<(&[String], &Fix)> = fixes
        .iter()
        .map(|(path, fix)| (path.as_slice(), fix))
        .collect();
    let corrected = fixed(text, &fixes).text;
    let (changed, new) = difference(text, &corrected);
    let edit = json!({ "range": document.range(changed.clone(), encoding), "newText": new });
    let uri = document.uri.as_str();
    (!changed.is_empty() || !new.is_empty()).then(|| json!({ "changes": { uri: [edit] } }))
}

fn title(fix: &Fix) -> String {
    match fix {
        Fix::Rename(name) => format!("Rename it to `{name}`"),
        Fix::Replace(text) => format!("Replace it with `{text}`"),
        Fix::QuoteKey | Fix::Quote => "Put it in quotes".to_owned(),
        Fix::Remove => "Remove it".to_owned(),
        Fix::Once => "Remove the repetition".to_owned(),
    }
}

/// What may be written. Where there is too much to show, only what has the letters in it that are there already.
pub(super) fn completion(
    document: &Document,
    mut found: Vec<Completion>,
    cursor: usize,
    encoding: Encoding,
) -> Value {
    let is_too_much = found.len() > PROPOSED;
    if is_too_much {
        let text = document.text.as_str();
        found.retain(|it| {
            let typed = text.get(it.replace.start..cursor).unwrap_or_default();
            has_letters(&it.filter, typed)
        });
    }
    let items = found.iter().take(PROPOSED).enumerate();
    let items = items.map(|(index, found)| {
        let mut item = json!({
            "label": found.label,
            "kind": match found.kind {
                // Module, Field, Class, Property, EnumMember, Function, Reference, Constant.
                Kind::Section => 9,
                Kind::Attribute => 5,
                Kind::ResourceType => 7,
                Kind::Property => 10,
                Kind::Value => 20,
                Kind::Function => 3,
                Kind::Reference => 18,
                Kind::Name => 21,
            },
            "sortText": format!("{index:04}"),
            "filterText": found.filter,
            "textEdit": {
                "range": document.range(found.replace.clone(), encoding),
                "newText": found.insert,
            },
        });
        if !found.detail.is_empty() {
            item["detail"] = found.detail.as_str().into();
        }
        if found.is_deprecated {
            item["tags"] = json!([1]);
        }
        item
    });
    json!({ "isIncomplete": is_too_much, "items": items.collect::<Vec<_>>() })
}

/// Whether a text has letters in it, in their order, as editors ask.
fn has_letters(text: &str, letters: &str) -> bool {
    let mut text = text.chars();
    let mut letters = letters.chars();
    letters.all(|wanted| text.any(|letter| letter.eq_ignore_ascii_case(&wanted)))
}

pub(super) fn hover(document: &Document, hover: &Hover, encoding: Encoding) -> Value {
    json!({
        "contents": { "kind": "markdown", "value": hover.markdown },
        "range": document.range(hover.range.clone(), encoding),
    })
}

/// The outline, as a tree or as a list.
pub(super) fn symbols(
    document: &Document,
    symbols: &[Symbol],
    is_tree: bool,
    encoding: Encoding,
) -> Vec<Value> {
    let mut all = Vec::new();
    for symbol in symbols {
        let kind = if symbol.inside.is_empty() && !symbol.detail.is_empty() {
            19
        } else {
            3
        };
        if is_tree {
            all.push(json!({
                "name": symbol.name,
                "detail": symbol.detail,
                "kind": kind,
                "range": document.range(symbol.range.clone(), encoding),
                "selectionRange": document.range(symbol.key.clone(), encoding),
                "children": self::symbols(document, &symbol.inside, true, encoding),
            }));
        } else {
            all.push(json!({
                "name": symbol.name,
                "kind": kind,
                "location": { "uri": document.uri, "range": document.range(symbol.range.clone(), encoding) },
            }));
            all.extend(self::symbols(document, &symbol.inside, false, encoding));
        }
    }
    all
}
