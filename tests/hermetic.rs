//! The lints of `stacks/clippy.toml` bite: each thing that a stack may not do is refused.

#![expect(clippy::unwrap_used, reason = "a test")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Things that stacks may not do; each line must be refused.
const FORBIDDEN: [&str; 20] = [
    "let _ = std::time::SystemTime::now();",
    "let _ = std::time::Instant::now();",
    "let _ = std::env::var(\"HOME\");",
    "let _ = std::env::vars();",
    "let _ = std::env::args();",
    "let _ = std::env::current_dir();",
    "let _ = option_env!(\"HOME\");",
    "let _ = std::process::id();",
    "let _ = std::process::Command::new(\"date\");",
    "let _ = std::fs::read_to_string(\"secret\");",
    "let _ = std::fs::write(\"state\", \"\");",
    "let _ = std::fs::File::open(\"secret\");",
    "let _ = std::path::Path::new(\"secret\").exists();",
    "let _ = include_str!(\"lib.rs\");",
    "let _ = std::io::stdin();",
    "let _ = std::net::TcpStream::connect(\"127.0.0.1:1\");",
    "let _ = std::net::UdpSocket::bind(\"127.0.0.1:0\");",
    "let _ = std::collections::HashMap::<u8, u8>::new();",
    "let _ = std::collections::HashSet::<u8>::new();",
    "let _ = std::hash::RandomState::new();",
];

/// A crate with the stacks' own `clippy.toml` and some lines of code.
fn crate_of(folder: &Path, lines: &[&str]) {
    fs::create_dir_all(folder.join("src")).unwrap();
    let lints = Path::new(env!("CARGO_MANIFEST_DIR")).join("stacks/clippy.toml");
    fs::copy(lints, folder.join("clippy.toml")).unwrap();
    let manifest = "[package]\nname = \"lint-check\"\nedition = \"2024\"\n\n[workspace]\n";
    fs::write(folder.join("Cargo.toml"), manifest).unwrap();
    // One function a line, so that each has its own line number.
    let functions = lines
        .iter()
        .enumerate()
        .map(|(index, line)| format!("pub fn f{index}() {{ {line} }}\n"));
    fs::write(folder.join("src/lib.rs"), functions.collect::<String>()).unwrap();
}

/// Lines (from 0) that clippy complains about because something is disallowed.
fn refused(lines: &[&str], name: &str) -> Vec<usize> {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    crate_of(&folder, lines);
    let output = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args([
            "clippy",
            "--offline",
            "--quiet",
            "--message-format",
            "short",
            "--manifest-path",
        ])
        .arg(folder.join("Cargo.toml"))
        .env("CARGO_TARGET_DIR", folder.join("target"))
        .env_remove("RUSTFLAGS")
        .output()
        .unwrap();
    let messages = String::from_utf8_lossy(&output.stderr);
    let mut refused: Vec<usize> = messages
        .lines()
        .filter(|message| message.contains("disallowed"))
        .filter_map(|message| message.split(':').nth(1)?.parse::<usize>().ok())
        .map(|line| line - 1)
        .collect();
    refused.sort_unstable();
    refused.dedup();
    assert!(
        !messages.contains("error"),
        "clippy itself failed:\n{messages}"
    );
    refused
}

#[test]
fn everything_outside_is_refused() {
    let found = refused(&FORBIDDEN, "hermetic-forbidden");
    let missed: Vec<&str> = FORBIDDEN
        .iter()
        .enumerate()
        .filter(|(index, _)| !found.contains(index))
        .map(|(_, line)| *line)
        .collect();
    assert_eq!(missed, Vec::<&str>::new(), "not refused");
}

#[test]
fn ordinary_code_is_not() {
    let ordinary = [
        "let _ = std::collections::BTreeMap::<u8, u8>::new();",
        "let _ = \"a-b\".split('-').collect::<Vec<_>>();",
        "let _ = format!(\"{}\", 5);",
    ];
    assert_eq!(refused(&ordinary, "hermetic-ordinary"), Vec::<usize>::new());
}
