//! One editor: what it has open, and what it asks.

use std::path::{Path, PathBuf};

use indexmap::IndexMap;
use lsp_server::{ErrorCode, Message, Notification, Request};
use serde_json::{Value, json};
use stratiform_finding::{Code, Finding, Group, Source};
use stratiform_language::{
    Encoding, Sketch, complete, complete_environment, definition, hover, hover_environment, key_at,
    path_at, references, symbols,
};
use stratiform_template::parse_with_repeats;

use super::answers;
use super::document::{Document, path_of, position, range, uri_of};
use super::environments::{Environments, Layer};
use crate::args::Global;
use crate::commands::validate::files::{Asked, as_one_types};
use crate::definition::Definition;

/// How did it end?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ended {
    /// The editor said so before.
    Well,
    /// It did not.
    WithoutShutdown,
}

/// How far is it?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    New,
    Running,
    ShutDown,
}

/// One editor.
pub(super) struct Session<'a> {
    define: &'a dyn Definition,
    global: &'a Global,
    /// What is asked of templates.
    asked: &'a Asked<'a>,
    stage: Stage,
    encoding: Encoding,
    /// Whether the editor shows the outline as a tree.
    has_tree: bool,
    environments: Option<Environments>,
    open: IndexMap<String, Document>,
}

/// So many findings of a document are told: nobody reads on, and the first ones go first.
const TOLD: usize = 1_000;

/// An error of the protocol.
type Refusal = (ErrorCode, String);

impl<'a> Session<'a> {
    pub(super) fn new(
        define: &'a dyn Definition,
        global: &'a Global,
        asked: &'a Asked<'a>,
    ) -> Self {
        Session {
            define,
            global,
            asked,
            stage: Stage::New,
            encoding: Encoding::Utf16,
            has_tree: false,
            environments: None,
            open: IndexMap::new(),
        }
    }

    /// How it ends where the editor goes.
    pub(super) fn ended(&self) -> Ended {
        match self.stage {
            Stage::ShutDown => Ended::Well,
            Stage::New | Stage::Running => Ended::WithoutShutdown,
        }
    }

    /// Takes a message, and tells what there is to tell; says how it ends, if it does.
    pub(super) fn take(
        &mut self,
        message: Message,
        is_cancelled: bool,
        mut tell: impl FnMut(&Value) -> Result<(), String>,
    ) -> Result<Option<Ended>, String> {
        match message {
            Message::Request(request) => {
                let id = serde_json::to_value(&request.id).unwrap_or_default();
                let answer = match is_cancelled {
                    true => Err((ErrorCode::RequestCanceled, "it was taken back".to_owned())),
                    false => self.asked(&request),
                };
                let told = match answer {
                    Ok(result) => json!({ "jsonrpc": "2.0", "id": id, "result": result }),
                    Err((code, what)) => {
                        let error = json!({ "code": code as i32, "message": what });
                        json!({ "jsonrpc": "2.0", "id": id, "error": error })
                    }
                };
                tell(&told)?;
            }
            Message::Notification(told) if told.method == "exit" => return Ok(Some(self.ended())),
            Message::Notification(told) => {
                if let Some(answer) = self.told(&told) {
                    tell(&answer)?;
                }
            }
            // Nothing was asked of the editor.
            Message::Response(_) => {}
        }
        Ok(None)
    }

    fn asked(&mut self, request: &Request) -> Result<Value, Refusal> {
        let (method, params) = (request.method.as_str(), &request.params);
        match (self.stage, method) {
            (Stage::New, "initialize") => return Ok(self.initialize(params)),
            (Stage::New, _) => {
                let what = "`initialize` has to come first".to_owned();
                return Err((ErrorCode::ServerNotInitialized, what));
            }
            (Stage::Running, "initialize") => {
                return Err((
                    ErrorCode::InvalidRequest,
                    "it was initialized before".to_owned(),
                ));
            }
            (Stage::Running, "shutdown") => {
                self.stage = Stage::ShutDown;
                return Ok(Value::Null);
            }
            (Stage::Running, _) => {}
            (Stage::ShutDown, _) => {
                return Err((ErrorCode::InvalidRequest, "it was shut down".to_owned()));
            }
        }
        let answer: fn(&mut Self, &Document, &Value) -> Value = match method {
            "textDocument/completion" => Self::completion,
            "textDocument/hover" => Self::hover,
            "textDocument/definition" => Self::definition,
            "textDocument/references" => Self::references,
            "textDocument/documentSymbol" => Self::symbols,
            "textDocument/codeAction" => Self::actions,
            _ => {
                let what = format!(
                    "there is no `{}` here",
                    method.chars().take(80).collect::<String>()
                );
                return Err((ErrorCode::MethodNotFound, what));
            }
        };
        let uri = params.pointer("/textDocument/uri").and_then(Value::as_str);
        let uri = uri.ok_or_else(|| {
            let what = format!("`{method}` needs a `textDocument` with a `uri`");
            (ErrorCode::InvalidParams, what)
        })?;
        // It is put back when it has been asked about.
        let Some((index, uri, mut document)) = self.open.shift_remove_full(uri) else {
            return Ok(Value::Null);
        };
        if method == "textDocument/codeAction" && document.is_new {
            // What is corrected is what is there now.
            document.findings = self.findings(&document);
        }
        let answered = answer(self, &document, params);
        self.open.shift_insert(index, uri, document);
        Ok(answered)
    }

    fn initialize(&mut self, params: &Value) -> Value {
        self.stage = Stage::Running;
        let offered = params.pointer("/capabilities/general/positionEncodings");
        let offered = offered.and_then(Value::as_array).into_iter().flatten();
        let has_utf8 = offered.into_iter().any(|encoding| encoding == "utf-8");
        self.encoding = if has_utf8 {
            Encoding::Utf8
        } else {
            Encoding::Utf16
        };
        let tree = "/capabilities/textDocument/documentSymbol/hierarchicalDocumentSymbolSupport";
        self.has_tree = params.pointer(tree) == Some(&Value::Bool(true));
        let folder = params
            .pointer("/workspaceFolders/0/uri")
            .or_else(|| params.get("rootUri"))
            .and_then(Value::as_str);
        let folder = folder.map_or_else(std::env::current_dir, |uri| Ok(path_of(uri)));
        let folder = folder.unwrap_or_else(|_| PathBuf::from("."));
        self.environments =
            Environments::find(self.define, self.global.environments.as_deref(), &folder);
        answers::capabilities(self.encoding)
    }

    /// Takes what needs no answer; what was told of a document that is closed is taken back.
    fn told(&mut self, told: &Notification) -> Option<Value> {
        if self.stage != Stage::Running {
            return None;
        }
        let document = told.params.get("textDocument")?;
        let uri = document.get("uri")?.as_str()?;
        let version = document.get("version").and_then(Value::as_i64);
        match told.method.as_str() {
            "textDocument/didOpen" => {
                let text = document.get("text")?.as_str()?;
                let document = Document::new(uri, text, version.unwrap_or_default());
                self.look_again(&document.path);
                self.open.insert(uri.to_owned(), document);
                None
            }
            "textDocument/didChange" => {
                let encoding = self.encoding;
                let document = self.open.get_mut(uri)?;
                for change in told.params.get("contentChanges")?.as_array()? {
                    document.change(change, encoding);
                }
                document.version = version.unwrap_or(document.version + 1);
                let path = document.path.clone();
                self.look_again(&path);
                None
            }
            "textDocument/didClose" => {
                let closed = self.open.shift_remove(uri)?;
                self.look_again(&closed.path);
                closed.is_marked.then(|| published(uri, None, &[]))
            }
            _ => None,
        }
    }

    /// Files of environments hang on each other.
    fn look_again(&mut self, changed: &Path) {
        let Some(environments) = &self.environments else {
            return;
        };
        if environments.layer(changed).is_some() {
            for document in self.open.values_mut() {
                document.is_new |= environments.layer(&document.path).is_some();
            }
        }
    }

    /// Looks at one of the texts that changed, and says what is wrong with it; nothing where there is none.
    pub(super) fn look(&mut self) -> Option<Value> {
        loop {
            let mut open = self.open.iter();
            let (uri, _) = open.find(|(_, document)| document.is_new)?;
            let uri = uri.clone();
            let findings = self.findings(self.open.get(&uri)?);
            let (encoding, root) = (self.encoding, self.root());
            let document = self.open.get_mut(&uri)?;
            document.is_new = false;
            document.findings = findings;
            let is_broken =
                matches!(document.findings.as_slice(), [only] if is_unreadable(only.code));
            if !is_broken {
                document.readable = Some(document.text.as_str().to_owned());
            }
            let all = document.findings.iter().take(TOLD);
            let all: Vec<Value> = all
                .map(|finding| answers::diagnostic(document, finding, &root, encoding))
                .collect();
            // Of what was right and is right nothing is said.
            let was_marked = std::mem::replace(&mut document.is_marked, !all.is_empty());
            if was_marked || !all.is_empty() {
                return Some(published(&uri, Some(document.version), &all));
            }
        }
    }

    fn root(&self) -> PathBuf {
        let environments = self.environments.as_ref();
        environments.map_or_else(PathBuf::new, |it| it.root().to_owned())
    }

    fn layer(&self, document: &Document) -> Option<(&Environments, Layer)> {
        let environments = self.environments.as_ref()?;
        Some((environments, environments.layer(&document.path)?))
    }

    /// What is wrong with a text, the first thing first.
    fn findings(&self, document: &Document) -> Vec<Finding> {
        let mut findings = match self.layer(document) {
            Some((environments, layer)) => {
                let others = self.open.values().filter(|other| other.uri != document.uri);
                let open: Vec<&Document> = std::iter::once(document).chain(others).collect();
                environments.findings(self.define, &layer, &open)
            }
            None => {
                let name = document.path.to_string_lossy();
                let source = Source::new(name, document.text.as_str());
                as_one_types(&source, &document.path, self.asked).into_open()
            }
        };
        findings.sort_by_key(|finding| finding.span().unwrap_or_default().start);
        findings
    }

    fn cursor(&self, document: &Document, params: &Value) -> usize {
        let position = position(params.get("position"));
        document.text.offset(position, self.encoding)
    }

    fn completion(&mut self, document: &Document, params: &Value) -> Value {
        let cursor = self.cursor(document, params);
        let text = document.text.as_str();
        let found = match self.layer(document) {
            Some((environments, _)) => complete_environment(environments.schema(), text, cursor),
            None => {
                // Names that cannot be made out any more are those of before.
                let earlier = document.readable.as_deref().filter(|it| *it != text);
                complete(text, cursor, earlier.map(Sketch::read).as_ref())
            }
        };
        answers::completion(document, found, cursor, self.encoding)
    }

    fn hover(&mut self, document: &Document, params: &Value) -> Value {
        let cursor = self.cursor(document, params);
        let text = document.text.as_str();
        let found = match self.layer(document) {
            Some((environments, _)) => hover_environment(environments.schema(), text, cursor),
            None => hover(text, cursor),
        };
        found.map_or(Value::Null, |found| {
            answers::hover(document, &found, self.encoding)
        })
    }

    fn definition(&mut self, document: &Document, params: &Value) -> Value {
        let cursor = self.cursor(document, params);
        let text = document.text.as_str();
        let Some((environments, _)) = self.layer(document) else {
            let found = definition(text, cursor);
            return found.map_or(Value::Null, |found| {
                json!({ "uri": document.uri, "range": document.range(found, self.encoding) })
            });
        };
        // A value of one environment leads to that of all.
        let others = self.open.values().filter(|other| other.uri != document.uri);
        let open: Vec<&Document> = std::iter::once(document).chain(others).collect();
        let shared = environments.defaults(&open);
        let shared = shared.zip(path_at(text, cursor));
        let found = shared.and_then(|((file, shared), (path, _))| {
            let found = key_at(&shared, &path)?;
            let text = stratiform_language::Text::new(shared);
            Some(json!({ "uri": uri_of(&file), "range": range(&text, found, self.encoding) }))
        });
        found.unwrap_or_default()
    }

    fn references(&mut self, document: &Document, params: &Value) -> Value {
        let cursor = self.cursor(document, params);
        let text = document.text.as_str();
        let with_definition =
            params.pointer("/context/includeDeclaration") == Some(&Value::Bool(true));
        let found = match (self.layer(document), parse_with_repeats(text)) {
            (None, Ok(read)) => references(text, cursor, &read.node, with_definition),
            _ => Vec::new(),
        };
        let found = found.into_iter().map(
            |found| json!({ "uri": document.uri, "range": document.range(found, self.encoding) }),
        );
        found.collect()
    }

    fn symbols(&mut self, document: &Document, _: &Value) -> Value {
        let text = document.text.as_str();
        let found = symbols(text, &Sketch::read(text));
        answers::symbols(document, &found, self.has_tree, self.encoding).into()
    }

    fn actions(&mut self, document: &Document, params: &Value) -> Value {
        let end = |name: &str| {
            let at = params.get("range").and_then(|range| range.get(name));
            document.text.offset(position(at), self.encoding)
        };
        answers::actions(document, &(end("start")..end("end")), self.encoding).into()
    }
}

/// Whether a text with such a finding could not be read at all.
fn is_unreadable(code: Code) -> bool {
    code != Code::DuplicateKey && Group::Texts.codes().contains(&code)
}

/// What is wrong with a document, as an editor is told.
fn published(uri: &str, version: Option<i64>, findings: &[Value]) -> Value {
    let mut params = json!({ "uri": uri, "diagnostics": findings });
    if let Some(version) = version {
        params["version"] = version.into();
    }
    json!({ "jsonrpc": "2.0", "method": "textDocument/publishDiagnostics", "params": params })
}
