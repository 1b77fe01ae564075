//! The built binary, end to end: `lsp`, as an editor speaks with it.
//!
//! Answers are read with types that are made from the protocol's own model: what an editor would not understand is no
//! answer here, either.

#![expect(clippy::unwrap_used, reason = "a test")]

#[path = "lsp/judged.rs"]
mod judged;
#[expect(dead_code, reason = "other tests use the rest")]
mod support;

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use gen_lsp_types as lsp;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use support::Project;

const TEMPLATE: &str = "Parameters:
  Stage: {Type: String, AllowedValues: [dev, prod]}
Conditions:
  Prod: !Equals [!Ref Stage, prod]
Resources:
  Queue:
    Type: AWS::SQS::Queue
    Properties:
      DelaySecond: 5  # é
      VisibilityTimeout: !If [Prod, 999999, 30]
";

/// An editor that speaks with a server.
struct Editor<'p> {
    project: &'p Project,
    server: Child,
    input: Option<ChildStdin>,
    messages: Receiver<Value>,
    /// What was told while an answer was waited for.
    told: VecDeque<Value>,
    asked: i32,
}

impl<'p> Editor<'p> {
    fn start(project: &'p Project) -> Editor<'p> {
        Editor::asking(project, &[])
    }

    /// One that is set up to ask more.
    fn asking(project: &'p Project, arguments: &[&str]) -> Editor<'p> {
        let mut command = project.command(["lsp", "--stdio"]);
        command
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut server = command.spawn().unwrap();
        let mut output = BufReader::new(server.stdout.take().unwrap());
        let (sender, messages) = channel();
        std::thread::spawn(move || {
            while let Some(message) = read(&mut output) {
                if sender.send(message).is_err() {
                    break;
                }
            }
        });
        Editor {
            project,
            input: server.stdin.take(),
            server,
            messages,
            told: VecDeque::new(),
            asked: 0,
        }
    }

    /// The same, ready to be asked.
    fn ready(project: &'p Project, encodings: &[&str]) -> (Editor<'p>, lsp::InitializeResult) {
        Editor::start(project).initialized(encodings)
    }

    fn initialized(self, encodings: &[&str]) -> (Editor<'p>, lsp::InitializeResult) {
        let mut editor = self;
        let folder = editor.uri("");
        let document = json!({ "documentSymbol": { "hierarchicalDocumentSymbolSupport": true } });
        let general = json!({ "positionEncodings": encodings });
        let result = editor.ask(
            "initialize",
            json!({
                "processId": null,
                "rootUri": folder.trim_end_matches('/'),
                "capabilities": { "general": general, "textDocument": document },
            }),
        );
        editor.tell("initialized", json!({}));
        (editor, result)
    }

    fn uri(&self, name: &str) -> String {
        format!("file://{}", self.project.path(name).display())
    }

    fn send(&mut self, text: &str) {
        let input = self.input.as_mut().unwrap();
        // A server that has ended reads no more.
        let _ = write!(input, "Content-Length: {}\r\n\r\n{text}", text.len());
        let _ = input.flush();
    }

    fn tell(&mut self, method: &str, params: Value) {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": params }).to_string());
    }

    fn request(&mut self, method: &str, params: Value) -> i32 {
        self.asked += 1;
        let id = self.asked;
        self.send(
            &json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }).to_string(),
        );
        id
    }

    fn next(&self) -> Value {
        self.messages.recv_timeout(Duration::from_secs(60)).unwrap()
    }

    /// What is answered; what is told before is kept.
    fn answer(&mut self, method: &str, params: Value) -> Value {
        let id = self.request(method, params);
        loop {
            let message = self.next();
            if message["id"] == id {
                return message;
            }
            self.told.push_back(message);
        }
    }

    fn ask<T: DeserializeOwned>(&mut self, method: &str, params: Value) -> T {
        let answer = self.answer(method, params);
        serde_json::from_value(answer["result"].clone())
            .unwrap_or_else(|error| panic!("{error}: {answer:#}"))
    }

    fn error(&mut self, method: &str, params: Value) -> i64 {
        self.answer(method, params)["error"]["code"]
            .as_i64()
            .unwrap()
    }

    fn open(&mut self, name: &str, text: &str) {
        let uri = self.uri(name);
        let document = json!({ "uri": uri, "languageId": "yaml", "version": 1, "text": text });
        self.tell("textDocument/didOpen", json!({ "textDocument": document }));
    }

    fn change(&mut self, name: &str, version: i32, changes: Value) {
        let document = json!({ "uri": self.uri(name), "version": version });
        self.tell(
            "textDocument/didChange",
            json!({ "textDocument": document, "contentChanges": changes }),
        );
    }

    /// What is told next of what is wrong.
    fn told(&mut self) -> lsp::PublishDiagnosticsParams {
        let message = self.told.pop_front();
        let message = message.unwrap_or_else(|| self.next());
        assert_eq!(
            message["method"], "textDocument/publishDiagnostics",
            "{message:#}"
        );
        serde_json::from_value(message["params"].clone()).unwrap()
    }

    fn at(&self, name: &str, line: u32, character: u32) -> Value {
        json!({ "textDocument": { "uri": self.uri(name) }, "position": { "line": line, "character": character } })
    }

    /// Lets the server end, and gives its exit code and what it said to people.
    fn end(mut self) -> (i32, String) {
        drop(self.input.take());
        let mut said = String::new();
        self.server
            .stderr
            .take()
            .unwrap()
            .read_to_string(&mut said)
            .unwrap();
        let code = self.server.wait().unwrap().code().unwrap();
        (code, stratiform_test_support::redact(&said, ""))
    }
}

fn read(output: &mut impl BufRead) -> Option<Value> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        output.read_line(&mut line).ok().filter(|read| *read > 0)?;
        match line.trim_end().split_once(": ") {
            Some(("Content-Length", value)) => length = value.parse().ok()?,
            Some(_) => {}
            None => break,
        }
    }
    let mut content = vec![0; length];
    output.read_exact(&mut content).ok()?;
    serde_json::from_slice(&content).ok()
}

/// `line:column-column severity code: message`, a line each.
fn said(params: &lsp::PublishDiagnosticsParams) -> String {
    let value = serde_json::to_value(params).unwrap();
    let diagnostics = value["diagnostics"].as_array().unwrap();
    let lines = diagnostics.iter().map(|it| {
        let (start, end) = (&it["range"]["start"], &it["range"]["end"]);
        let related = it["relatedInformation"].as_array().map_or(0, Vec::len);
        let related = if related > 0 {
            format!(" (+{related})")
        } else {
            String::new()
        };
        format!(
            "{}:{}-{} {} {}: {}{related}\n",
            start["line"],
            start["character"],
            end["character"],
            it["severity"],
            it["code"].as_str().unwrap(),
            it["message"].as_str().unwrap(),
        )
    });
    lines.collect()
}

#[test]
fn a_template_from_the_first_message_to_the_last() {
    let project = Project::of_shop();
    let (mut editor, result) = Editor::ready(&project, &["utf-8", "utf-16"]);
    let encoding = serde_json::to_value(&result).unwrap();
    assert_eq!(encoding["capabilities"]["positionEncoding"], "utf-8");

    editor.open("queue.yaml", TEMPLATE);
    let told = editor.told();
    assert_eq!(told.version, Some(1));
    insta::assert_snapshot!("findings", said(&told));

    let hover: Option<lsp::Hover> =
        editor.ask("textDocument/hover", editor.at("queue.yaml", 9, 10));
    let hover = serde_json::to_value(hover.unwrap()).unwrap();
    insta::assert_snapshot!("hover", hover["contents"]["value"].as_str().unwrap());

    let definition: Option<lsp::Definition> =
        editor.ask("textDocument/definition", editor.at("queue.yaml", 9, 31));
    let definition = serde_json::to_value(definition.unwrap()).unwrap();
    assert_eq!(
        definition["range"]["start"],
        json!({ "line": 3, "character": 2 })
    );

    let mut question = editor.at("queue.yaml", 3, 3);
    question["context"] = json!({ "includeDeclaration": true });
    let references: Option<Vec<lsp::Location>> = editor.ask("textDocument/references", question);
    assert_eq!(references.unwrap().len(), 2);

    let symbols: Option<Vec<lsp::DocumentSymbol>> = editor.ask(
        "textDocument/documentSymbol",
        json!({ "textDocument": { "uri": editor.uri("queue.yaml") } }),
    );
    let symbols = symbols.unwrap();
    let names: Vec<&str> = symbols.iter().map(|symbol| symbol.name.as_str()).collect();
    assert_eq!(names, ["Parameters", "Conditions", "Resources"]);

    // The name of the property is corrected, and nothing is left to say of it.
    let action = json!({
        "textDocument": { "uri": editor.uri("queue.yaml") },
        "range": { "start": { "line": 8, "character": 8 }, "end": { "line": 8, "character": 8 } },
        "context": { "diagnostics": [] },
    });
    let actions: Option<Vec<lsp::CodeAction>> = editor.ask("textDocument/codeAction", action);
    let actions = serde_json::to_value(actions.unwrap()).unwrap();
    assert_eq!(actions[0]["title"], "Rename it to `DelaySeconds`");
    let edit = &actions[0]["edit"]["changes"][editor.uri("queue.yaml").as_str()][0];
    assert_eq!(edit["newText"], "s");
    editor.change(
        "queue.yaml",
        2,
        json!([{ "range": edit["range"], "text": edit["newText"] }]),
    );
    let told = editor.told();
    assert_eq!(told.version, Some(2));
    insta::assert_snapshot!("findings_after_the_correction", said(&told));

    // In the middle of a line, behind a letter of two bytes.
    let end = json!({ "line": 10, "character": 0 });
    editor.change(
        "queue.yaml",
        3,
        json!([{ "range": { "start": end, "end": end }, "text": "      Fifo" }]),
    );
    let found: Option<lsp::CompletionList> =
        editor.ask("textDocument/completion", editor.at("queue.yaml", 10, 10));
    let found = serde_json::to_value(found.unwrap()).unwrap();
    let labels: Vec<&str> = found["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|it| it["label"].as_str())
        .collect();
    assert!(labels.contains(&"FifoQueue"), "{labels:?}");
    assert!(!labels.contains(&"DelaySeconds"), "{labels:?}");
    // What cannot be read is said as soon as nothing is asked.
    assert!(said(&editor.told()).contains("invalid-yaml"));

    editor.tell(
        "textDocument/didClose",
        json!({ "textDocument": { "uri": editor.uri("queue.yaml") } }),
    );
    assert_eq!(said(&editor.told()), "");
    let nothing: Value = editor.ask("shutdown", Value::Null);
    assert_eq!(nothing, Value::Null);
    assert_eq!(editor.error("textDocument/hover", json!({})), -32600);
    editor.tell("exit", Value::Null);
    assert_eq!(editor.end(), (0, String::new()));
}

#[test]
fn of_more_than_anybody_reads_the_first_are_proposed_and_the_next_letter_leaves_fewer() {
    let project = Project::of_shop();
    let (mut editor, _) = Editor::ready(&project, &[]);
    editor.open(
        "q.yaml",
        "Resources:\n  Q:\n    Type: \n  R:\n    Type: A::Q\n",
    );
    let all: lsp::CompletionList =
        editor.ask("textDocument/completion", editor.at("q.yaml", 2, 10));
    assert_eq!((all.items.len(), all.is_incomplete), (300, true));
    let end = json!({ "line": 2, "character": 10 });
    editor.change(
        "q.yaml",
        2,
        json!([{ "range": { "start": end, "end": end }, "text": "sqs" }]),
    );
    let few: lsp::CompletionList =
        editor.ask("textDocument/completion", editor.at("q.yaml", 2, 13));
    let labels: Vec<&str> = few.items.iter().map(|item| item.label.as_str()).collect();
    assert!(labels.starts_with(&["AWS::SQS::Queue"]), "{labels:?}");
    assert!(!few.is_incomplete);
    // References are filtered by the letters that are there, not cut off.
    let members: String = (0..900)
        .map(|n| format!("  Q{n}: {{Type: AWS::SQS::Queue}}\n"))
        .collect();
    let text = format!(
        "Resources:\n  A:\n    Type: AWS::SNS::Topic\n    Properties:\n      TopicName: !Ref Q89\n{members}"
    );
    editor.open("large.yaml", &text);
    let found: lsp::CompletionList =
        editor.ask("textDocument/completion", editor.at("large.yaml", 4, 26));
    let labels: Vec<&str> = found.items.iter().map(|item| item.label.as_str()).collect();
    assert!(
        labels.contains(&"Q89") && labels.contains(&"Q899"),
        "{labels:?}"
    );
    let has_letters = |label: &&str| {
        let eight = label.find('8').unwrap_or(label.len());
        label[eight..].contains('9')
    };
    assert!(labels.iter().all(has_letters), "{labels:?}");
}

#[test]
fn columns_are_units_of_utf_16_unless_the_editor_knows_bytes() {
    let text = "Resources:\n  Q: {Type: AWS::SQS::Queue, Metadata: {N: '𝄞é'}, Propertys: {}}\n";
    let column = |encodings: &[&str]| {
        let project = Project::of_shop();
        let (mut editor, _) = Editor::ready(&project, encodings);
        editor.open("q.yaml", text);
        let told = serde_json::to_value(editor.told()).unwrap();
        let start = told["diagnostics"][0]["range"]["start"]["character"].as_u64();
        start.unwrap()
    };
    let at = text.lines().nth(1).unwrap().find("Propertys").unwrap() as u64;
    assert_eq!(column(&["utf-16", "utf-8"]), at);
    // Two units for the clef that has four bytes, one for the letter that has two.
    assert_eq!(column(&["utf-16"]), at - 3);
    assert_eq!(column(&[]), at - 3);
}

#[test]
fn files_that_are_no_templates_are_left_in_peace() {
    let project = Project::of_shop();
    let (mut editor, _) = Editor::ready(&project, &[]);
    editor.open("pod.yaml", "kind: Pod\nmetadata: {name: x\n");
    editor.open("package.json", "{\"name\": ");
    editor.open("notes.txt", "Resources: of all kinds\n");
    let hover: Value = editor.ask("textDocument/hover", editor.at("pod.yaml", 0, 1));
    assert_eq!(hover, Value::Null);
    let found: lsp::CompletionList =
        editor.ask("textDocument/completion", editor.at("pod.yaml", 1, 0));
    assert!(found.items.is_empty());
    // Of what the editor never opened nothing is known.
    let hover: Value = editor.ask("textDocument/hover", editor.at("other.yaml", 0, 1));
    assert_eq!(hover, Value::Null);
    let _: Value = editor.ask("shutdown", Value::Null);
    editor.tell("exit", Value::Null);
    assert_eq!(editor.end().0, 0);
}

#[test]
fn files_of_environments_are_held_against_the_types_and_the_stacks_of_the_app() {
    let project = Project::of_shop();
    let (mut editor, _) = Editor::ready(&project, &[]);
    let file = "environments/prod.yaml";
    let prod = project.read(file);
    let line = |text: &str, needle: &str| {
        let at = text.lines().position(|line| line.contains(needle)).unwrap();
        (
            u32::try_from(at).unwrap(),
            u32::try_from(text.lines().nth(at).unwrap().find(needle).unwrap()).unwrap(),
        )
    };

    // A misspelt key.
    let wrong = prod.replace("retention_days", "retention_day");
    editor.open(file, &wrong);
    insta::assert_snapshot!("environment_misspelt", said(&editor.told()));

    // A value that breaks a limit of AWS's, which only the stacks say.
    let wrong = prod.replace("retention_days: 365", "retention_days: 366");
    editor.change(file, 2, json!([{ "text": wrong }]));
    insta::assert_snapshot!("environment_limit", said(&editor.told()));

    editor.change(file, 3, json!([{ "text": prod }]));
    assert_eq!(said(&editor.told()), "");

    // From a value of one environment to that of all.
    let (at, column) = line(&prod, "retention_days:");
    let definition: Option<lsp::Definition> =
        editor.ask("textDocument/definition", editor.at(file, at, column + 2));
    let definition = serde_json::to_value(definition.unwrap()).unwrap();
    let defaults = editor.uri("environments/defaults.yaml");
    assert_eq!(definition["uri"].as_str(), Some(defaults.as_str()));

    let typed = prod.replacen("settings:\n", "settings:\n  references: \n", 1);
    editor.change(file, 4, json!([{ "text": typed }]));
    let found: lsp::CompletionList = editor.ask("textDocument/completion", editor.at(file, 1, 14));
    let labels: Vec<&str> = found.items.iter().map(|item| item.label.as_str()).collect();
    assert_eq!(labels, ["strong", "weak"]);
    editor.change(file, 5, json!([{ "text": prod }]));

    // What all environments share is checked in all of them.
    let defaults = project.read("environments/defaults.yaml");
    editor.open(
        "environments/defaults.yaml",
        &defaults.replace("app: ", "ap: "),
    );
    let both: String = [editor.told(), editor.told()]
        .iter()
        .map(|told| {
            let uri = serde_json::to_value(told).unwrap()["uri"]
                .as_str()
                .unwrap()
                .to_owned();
            format!("{}\n{}", uri.rsplit('/').next().unwrap(), said(told))
        })
        .collect();
    insta::assert_snapshot!("environment_shared", both);
}

#[test]
fn messages_out_of_order_and_unknown_ones_are_answered_as_the_protocol_says() {
    let project = Project::of_shop();
    let mut editor = Editor::start(&project);
    assert_eq!(editor.error("textDocument/hover", json!({})), -32002);
    editor.tell("textDocument/didOpen", json!({ "textDocument": 1 }));
    let _: lsp::InitializeResult = editor.ask("initialize", json!({ "capabilities": {} }));
    assert_eq!(editor.error("initialize", json!({})), -32600);
    assert_eq!(editor.error("textDocument/rename", json!({})), -32601);
    assert_eq!(editor.error("textDocument/hover", json!({})), -32602);
    editor.tell("$/setTrace", json!({ "value": "off" }));
    for params in [
        json!(null),
        json!([1]),
        json!({ "textDocument": {} }),
        json!({ "textDocument": { "uri": 1 } }),
    ] {
        for method in [
            "textDocument/didOpen",
            "textDocument/didChange",
            "textDocument/didClose",
            "$/cancelRequest",
        ] {
            editor.tell(method, params.clone());
        }
    }
    // What is no message is refused, and what follows is read.
    editor.send("{\"jsonrpc\": ");
    assert_eq!(editor.next()["error"]["code"], -32700);
    editor.send("[1, 2]");
    assert_eq!(editor.next()["error"]["code"], -32600);
    // Without a word before it, the end is a sudden one.
    editor.tell("exit", Value::Null);
    assert_eq!(editor.end().0, 1);
}

#[test]
fn a_request_that_is_taken_back_before_it_is_looked_at_is_not_answered() {
    let project = Project::of_shop();
    let (mut editor, _) = Editor::ready(&project, &[]);
    // The text is large, so that both requests wait when it has been looked at.
    let members: String = (0..800)
        .map(|n| format!("  Q{n}:\n    Type: AWS::SQS::Queue\n    Properties: {{A: 1}}\n"))
        .collect();
    editor.open("large.yaml", &format!("Resources:\n{members}"));
    let hover = editor.at("large.yaml", 2, 12);
    let mut both = String::new();
    for message in [
        json!({ "jsonrpc": "2.0", "id": "taken", "method": "textDocument/hover", "params": hover }),
        json!({ "jsonrpc": "2.0", "method": "$/cancelRequest", "params": { "id": "taken" } }),
        json!({ "jsonrpc": "2.0", "id": "kept", "method": "textDocument/hover", "params": hover }),
    ] {
        let text = message.to_string();
        both += &format!("Content-Length: {}\r\n\r\n{text}", text.len());
    }
    let input = editor.input.as_mut().unwrap();
    input.write_all(both.as_bytes()).unwrap();
    input.flush().unwrap();
    let answers: Vec<Value> = std::iter::repeat_with(|| editor.next())
        .filter(|it| it.get("id").is_some())
        .take(2)
        .collect();
    assert_eq!(answers[1]["id"], "kept");
    assert!(answers[1]["result"]["contents"].is_object());
    // Whether it was still waiting is a matter of chance; then it has the protocol's own error.
    let code = &answers[0]["error"]["code"];
    assert!(
        *code == -32800 || answers[0]["result"].is_object(),
        "{}",
        answers[0]
    );
}

#[test]
fn what_is_not_written_as_messages_are_ends_with_a_word_about_it() {
    let project = Project::of_shop();
    for (bytes, code) in [
        (
            "Content-Length: 99999999999999999\r\n\r\n",
            "a message cannot have",
        ),
        ("GET / HTTP/1.1\r\n\r\n", "is no header of a message"),
        ("Content-Length: 100\r\n\r\n{}", "ends after 2"),
    ] {
        let mut editor = Editor::start(&project);
        editor
            .input
            .as_mut()
            .unwrap()
            .write_all(bytes.as_bytes())
            .unwrap();
        let (exit, said) = editor.end();
        assert_eq!(exit, 1, "{said}");
        assert!(
            said.contains("error[malformed-message]") && said.contains(code),
            "{said}"
        );
    }
    // An editor that goes without a word is no mistake of anybody's.
    let editor = Editor::start(&project);
    assert_eq!(editor.end(), (1, String::new()));
}

/// Numbers that look like chance, the same each time.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % end.max(1)
    }
}

/// A place in a text, in units of UTF-16.
fn place(text: &str, offset: usize) -> Value {
    let before = &text[..offset];
    let line = before.rsplit('\n').next().unwrap();
    json!({ "line": before.matches('\n').count(), "character": line.encode_utf16().count() })
}

#[test]
fn whatever_is_typed_and_asked_every_question_is_answered_about_the_text_as_it_is() {
    const PIECES: [&str; 16] = [
        "Resources:\n",
        "  A:\n",
        "    Type: AWS::SNS::Topic\n",
        "\n",
        "      ",
        "!Ref ",
        "!Sub ${",
        "}",
        "[",
        "{",
        "\"",
        ": ",
        "- ",
        "𝄞é",
        "#",
        "'",
    ];
    const METHODS: [&str; 6] = [
        "hover",
        "completion",
        "definition",
        "references",
        "documentSymbol",
        "codeAction",
    ];
    let project = Project::of_shop();
    let (mut editor, _) = Editor::ready(&project, &[]);
    let mut text = TEMPLATE.to_owned();
    editor.open("a.yaml", &text);
    let mut chance = Chance(7);
    for step in 0..400 {
        if step % 40 == 39 {
            // What was written piece by piece is what is written at once.
            let name = format!("b{step}.yaml");
            editor.open(&name, &text);
            let mut symbols = |name: &str| {
                let question = json!({ "textDocument": { "uri": editor.uri(name) } });
                editor.ask::<Value>("textDocument/documentSymbol", question)
            };
            assert_eq!(symbols("a.yaml"), symbols(&name), "{text}");
            text = TEMPLATE.to_owned();
            editor.change("a.yaml", step, json!([{ "text": text }]));
        }
        let ends: Vec<usize> = text
            .char_indices()
            .map(|(at, _)| at)
            .chain([text.len()])
            .collect();
        let start = chance.below(ends.len());
        let end = (start + chance.below(8)).min(ends.len() - 1);
        let (start, end) = (ends[start], ends[end]);
        let new = PIECES[chance.below(PIECES.len())];
        let range = json!({ "start": place(&text, start), "end": place(&text, end) });
        editor.change("a.yaml", step, json!([{ "range": range, "text": new }]));
        text.replace_range(start..end, new);
        let mut question = json!({
            "textDocument": { "uri": editor.uri("a.yaml") },
            "position": place(&text, start + new.len()),
            "context": { "diagnostics": [] },
        });
        question["range"] =
            json!({ "start": { "line": 0, "character": 0 }, "end": question["position"] });
        let method = format!("textDocument/{}", METHODS[chance.below(METHODS.len())]);
        let answer = editor.answer(&method, question);
        assert!(answer.get("result").is_some(), "{answer:#}");
    }
    // Positions that no text has.
    for (line, character) in [(0, u32::MAX), (u32::MAX, 0), (u32::MAX, u32::MAX)] {
        let hover: Value = editor.ask("textDocument/hover", editor.at("a.yaml", line, character));
        assert!(hover.is_null() || hover.is_object());
    }
    let _: Value = editor.ask("shutdown", Value::Null);
    editor.tell("exit", Value::Null);
    assert_eq!(editor.end(), (0, String::new()));
}
