//! `docs/tutorial.md`, block by block, as a reader goes through it: what `init` writes builds, and does what the page says.
//!
//! Blocks of `sh` run and succeed. In blocks of `console`, what is printed has the lines below the command, in that order;
//! `…` stands for anything. A command whose lines show an error fails, any other succeeds.

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test")]

#[expect(dead_code, reason = "other tests need more of it")]
mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::root;

#[test]
fn every_block_of_the_tutorial_does_what_it_says() {
    let page = fs::read_to_string(root().join("docs/tutorial.md")).unwrap();
    let mut reader = Reader::new();
    let blocks = blocks(&page);
    assert!(blocks.len() > 10, "{blocks:?}");
    for (language, text) in blocks {
        match language {
            "sh" => drop(reader.run(text, Ends::Well)),
            "console" => commands(text).for_each(|(command, lines)| reader.sees(command, &lines)),
            other => panic!("nobody runs a block of `{other}`"),
        }
    }
}

/// The fenced blocks of a page: language and text.
fn blocks(page: &str) -> Vec<(&str, &str)> {
    let fenced = page.split("\n```").skip(1).step_by(2);
    fenced.map(|text| text.split_once('\n').unwrap()).collect()
}

/// The commands of a block, each with the lines below it.
fn commands(block: &str) -> impl Iterator<Item = (&str, Vec<&str>)> {
    let commands = block.trim_start_matches("$ ").split("\n$ ");
    commands.map(|text| {
        let mut lines = text.lines();
        (lines.next().unwrap_or_default(), lines.collect())
    })
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ends {
    Well,
    Badly,
}

/// Somebody who goes through the page.
struct Reader {
    /// Where they are.
    folder: PathBuf,
    /// Where they have the program.
    programs: PathBuf,
    /// Where cargo builds, so that what this repository depends on is built once.
    target: PathBuf,
}

impl Reader {
    /// The same folder each time: what was built there is not built again.
    fn new() -> Reader {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("tutorial");
        let _ = fs::remove_dir_all(&folder);
        let programs = folder.join("bin");
        fs::create_dir_all(&programs).unwrap();
        let program = Path::new(env!("CARGO_BIN_EXE_shop"));
        std::os::unix::fs::symlink(program, programs.join("stratiform")).unwrap();
        Reader {
            target: program.ancestors().nth(2).unwrap().to_owned(),
            folder,
            programs,
        }
    }

    /// Runs a command, and compares what it prints.
    fn sees(&mut self, command: &str, lines: &[&str]) {
        if let Some(folder) = command.strip_prefix("cd ") {
            self.folder.push(folder);
            return;
        }
        let ends = match lines.iter().any(|line| line.starts_with("error[")) {
            true => Ends::Badly,
            false => Ends::Well,
        };
        // Nothing is published that could be taken from here: the one thing that is different.
        let printed = match command.strip_prefix("stratiform init ") {
            Some(_) => {
                let printed = self.run(&format!("{command} --path {:?}", root()), ends);
                self.pins_dependencies(command);
                printed
            }
            None => self.run(command, ends),
        };
        let mut rest = printed.lines();
        for line in lines.iter().filter(|line| !line.trim().is_empty()) {
            let found = rest.any(|printed| is_like(printed, line));
            assert!(
                found,
                "`{command}` does not print `{line}`, or not there:\n{printed}"
            );
        }
    }

    /// Cargo takes the versions that are here, and looks for no others: there is no network.
    fn pins_dependencies(&self, command: &str) {
        let folder = command.rsplit(' ').next().unwrap();
        let lock = self.folder.join(folder).join("Cargo.lock");
        fs::copy(root().join("Cargo.lock"), lock).unwrap();
    }

    /// Runs a script of the shell: what it prints.
    fn run(&self, script: &str, ends: Ends) -> String {
        let path = std::env::var_os("PATH").unwrap();
        let path = std::env::split_paths(&path);
        let path = std::env::join_paths([self.programs.clone()].into_iter().chain(path)).unwrap();
        let mut command = Command::new("/bin/sh");
        // What cargo told this test about its own package. Build scripts that watch these variables, as ring's does, would
        // run again, and all that stands on it would be built again, here and then in the next build outside.
        for (name, _) in std::env::vars_os() {
            let text = name.to_string_lossy();
            let own = ["CARGO_PKG_", "CARGO_MANIFEST_", "OUT_DIR"];
            if own.iter().any(|own| text.starts_with(own)) {
                command.env_remove(&name);
            }
        }
        let output = command
            .args(["-e", "-c", &format!("exec 2>&1\n{script}")])
            .current_dir(&self.folder)
            .env("PATH", path)
            .env("CARGO_TARGET_DIR", &self.target)
            .env("CARGO_NET_OFFLINE", "true")
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_AUTHOR_NAME", "test")
            .env("GIT_AUTHOR_EMAIL", "test@example.com")
            .env("GIT_COMMITTER_NAME", "test")
            .env("GIT_COMMITTER_EMAIL", "test@example.com")
            .output()
            .unwrap();
        let printed = String::from_utf8(output.stdout).unwrap();
        let ended = match output.status.success() {
            true => Ends::Well,
            false => Ends::Badly,
        };
        assert_eq!(ended, ends, "{script}\n{printed}");
        printed
    }
}

/// Whether a printed line is one of the page's, where `…` stands for anything.
fn is_like(printed: &str, line: &str) -> bool {
    let mut parts = line.trim().split('…');
    let printed = printed.trim();
    let Some(mut rest) = parts.next().and_then(|first| printed.strip_prefix(first)) else {
        return false;
    };
    let mut last = None;
    for part in parts {
        let Some(at) = rest.find(part) else {
            return false;
        };
        rest = &rest[at + part.len()..];
        last = Some(part);
    }
    match last {
        // Up to the end, unless anything may follow.
        Some(part) => part.is_empty() || rest.is_empty(),
        None => rest.is_empty(),
    }
}

#[test]
fn lines_are_alike_where_the_page_leaves_something_out() {
    assert!(is_like("  3 stacks in 61 ms", "3 stacks in …"));
    assert!(is_like(
        "      0.3 s  inbox  deployed",
        "…  inbox  deployed"
    ));
    assert!(is_like("a b c", "a … c"));
    for (printed, line) in [
        ("a b c", "a b"),
        ("a b", "b"),
        ("a b c", "a … d"),
        ("b a", "a … b"),
    ] {
        assert!(!is_like(printed, line), "{printed} {line}");
    }
}
