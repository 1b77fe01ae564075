//! What read-only commands do where one call is not allowed: they show the rest, and name it.

use std::fmt::Write as _;

use crate::engine::Engine;
use crate::running::{git, release, shop};

const IMAGES: &str = "--yes --image api=shop/api:1 --image worker=shop/worker:1";

/// A command, and its words.
const COMMANDS: [&[&str]; 6] = [
    &["status", "--env", "dev"],
    &["history", "--env", "dev"],
    &["watch", "--env", "dev", "--for", "1s", "--every", "1s"],
    &["drift", "--env", "dev"],
    &["backup", "check", "--env", "dev"],
    &["checklist", "--env", "dev", "--release", "v1"],
];

#[test]
fn each_call_that_is_not_allowed_is_named() {
    let (project, engine) = (shop(), Engine::start());
    project.write(".gitignore", ".stratiform\n");
    git(&project, "init --quiet --initial-branch main");
    release(&project, "v1");
    engine.deploy(&project, IMAGES).expect(0, &[]);
    let mut all = String::new();
    for words in COMMANDS {
        let run = || {
            let (name, others) = words.split_first().unwrap();
            let mut command = project.command([*name]);
            command.args(others);
            let output = engine.beside(command).output().unwrap();
            let text = [output.stdout, output.stderr].concat();
            let text = String::from_utf8(text).unwrap();
            (output.status.code().unwrap(), text)
        };
        let before = engine.calls();
        let (code, text) = run();
        assert!(text.contains("account 123456789012"), "{words:?}: {text}");
        let _ = writeln!(all, "{}: {code}", words[0]);
        for (service, operations) in engine.calls() {
            for (operation, count) in operations {
                let known = before.get(&service).and_then(|known| known.get(&operation));
                if known == Some(&count) {
                    continue;
                }
                let reads = ["Describe", "List", "Get", "Detect"];
                let is_read = reads.iter().any(|verb| operation.starts_with(verb));
                assert!(is_read, "{words:?} calls {operation}");
                engine.fault(&format!("api:{operation}=denied"));
                let (code, text) = run();
                engine.calm();
                let is_named = match text.contains(&operation) {
                    true => "named",
                    false => "-",
                };
                let lines = text.lines().count();
                assert!(lines > 1, "{words:?} without {operation}: {text}");
                let _ = writeln!(all, "  {service}:{operation}: {code}, {is_named}");
            }
        }
    }
    // What is not named is not needed for what is told.
    insta::assert_snapshot!(all);
}
