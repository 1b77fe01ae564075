//! The lints of `stacks/clippy.toml` bite: each thing that a stack may not do is refused.

#![expect(clippy::unwrap_used, reason = "a test")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Calls that stacks may not make. The types they may not use are tried as `clippy.toml` has them.
const FORBIDDEN: [&str; 51] = [
    r#"let _ = std::env::var("HOME");"#,
    r#"let _ = std::env::var_os("HOME");"#,
    "let _ = std::env::vars();",
    "let _ = std::env::vars_os();",
    "let _ = std::env::args();",
    "let _ = std::env::args_os();",
    "let _ = std::env::current_dir();",
    "let _ = std::env::current_exe();",
    "let _ = std::env::temp_dir();",
    "let _ = std::process::id();",
    "let _ = std::process::exit(0);",
    "let _ = std::process::abort();",
    "let _ = std::thread::current();",
    "let _ = std::thread::spawn(|| ());",
    "let _ = std::thread::sleep(std::time::Duration::ZERO);",
    "let _ = std::time::SystemTime::now();",
    "let _ = std::time::Instant::now();",
    r#"let _ = std::fs::read("secret");"#,
    r#"let _ = std::fs::read_to_string("secret");"#,
    r#"let _ = std::fs::read_dir("secret");"#,
    r#"let _ = std::fs::read_link("secret");"#,
    r#"let _ = std::fs::metadata("secret");"#,
    r#"let _ = std::fs::symlink_metadata("secret");"#,
    r#"let _ = std::fs::exists("secret");"#,
    r#"let _ = std::fs::canonicalize("secret");"#,
    r#"let _ = std::fs::write("state", "");"#,
    r#"let _ = std::fs::copy("secret", "state");"#,
    r#"let _ = std::fs::rename("secret", "state");"#,
    r#"let _ = std::fs::hard_link("secret", "state");"#,
    r#"let _ = std::fs::remove_file("state");"#,
    r#"let _ = std::fs::remove_dir("state");"#,
    r#"let _ = std::fs::remove_dir_all("state");"#,
    r#"let _ = std::fs::create_dir("state");"#,
    r#"let _ = std::fs::create_dir_all("state");"#,
    r#"let _ = std::path::Path::new("secret").exists();"#,
    r#"let _ = std::path::Path::new("secret").try_exists();"#,
    r#"let _ = std::path::Path::new("secret").is_file();"#,
    r#"let _ = std::path::Path::new("secret").is_dir();"#,
    r#"let _ = std::path::Path::new("secret").metadata();"#,
    r#"let _ = std::path::Path::new("secret").symlink_metadata();"#,
    r#"let _ = std::path::Path::new("secret").canonicalize();"#,
    r#"let _ = std::path::Path::new("secret").read_link();"#,
    r#"let _ = std::path::Path::new("secret").read_dir();"#,
    "let _ = std::io::stdin();",
    r#"let _ = std::net::ToSocketAddrs::to_socket_addrs("localhost:1");"#,
    r#"let _ = |all| std::fs::set_permissions("state", all);"#,
    r#"let _ = env!("CARGO_PKG_NAME");"#,
    r#"let _ = option_env!("HOME");"#,
    r#"let _ = include_str!("lib.rs");"#,
    r#"let _ = include_bytes!("lib.rs");"#,
    "thread_local! { static STATE: u8 = 0 }",
];

/// The stacks' own lints.
fn lints() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../stacks/clippy.toml")
}

/// The paths that one list of the lints refuses.
fn listed(list: &str) -> BTreeSet<String> {
    let text = fs::read_to_string(lints()).unwrap();
    let lines = text.lines().skip_while(|line| !line.starts_with(list));
    let entries = lines.skip(1).take_while(|line| *line != "]");
    // `    { path = "std::fs::File", reason = "…" },`
    entries
        .map(|line| line.split('"').nth(1).unwrap().to_owned())
        .collect()
}

/// A crate with the stacks' own lints and some items.
fn crate_of(folder: &Path, items: &[String]) {
    fs::create_dir_all(folder.join("src")).unwrap();
    fs::copy(lints(), folder.join("clippy.toml")).unwrap();
    let manifest = "[package]\nname = \"lint-check\"\nedition = \"2024\"\n\n[workspace]\n";
    fs::write(folder.join("Cargo.toml"), manifest).unwrap();
    fs::write(folder.join("src/lib.rs"), items.join("\n")).unwrap();
}

/// One function a line.
fn functions(lines: &[&str]) -> Vec<String> {
    let lines = lines.iter().enumerate();
    lines
        .map(|(index, line)| format!("pub fn f{index}() {{ {line} }}"))
        .collect()
}

/// The paths that clippy complains about because they are disallowed.
fn refused(items: &[String], name: &str) -> BTreeSet<String> {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    crate_of(&folder, items);
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
    assert!(
        !messages.contains("error"),
        "clippy itself failed:\n{messages}"
    );
    // `src/lib.rs:1:1: warning: use of a disallowed type `std::fs::File``
    messages
        .lines()
        .filter(|message| message.contains("use of a disallowed"))
        .map(|message| message.split('`').nth(1).unwrap().to_owned())
        .collect()
}

#[test]
fn every_entry_is_refused() {
    let types = listed("disallowed-types");
    let uses = types.iter().enumerate();
    let mut items: Vec<String> = uses
        .map(|(index, path)| format!("pub use {path} as T{index};"))
        .collect();
    items.extend(functions(&FORBIDDEN));
    let found = refused(&items, "hermetic-forbidden");
    let calls = [listed("disallowed-methods"), listed("disallowed-macros")];
    let entries: BTreeSet<String> = types
        .into_iter()
        .chain(calls.into_iter().flatten())
        .collect();
    assert!(entries.len() > 60, "{entries:?}");
    let missed: Vec<&String> = entries.difference(&found).collect();
    assert_eq!(missed, Vec::<&String>::new(), "not refused, or not tried");
}

#[test]
fn ordinary_code_is_not() {
    let ordinary = [
        "let _ = std::collections::BTreeMap::<u8, u8>::new();",
        "let _ = \"a-b\".split('-').collect::<Vec<_>>();",
        "let _ = format!(\"{}\", 5);",
    ];
    let found = refused(&functions(&ordinary), "hermetic-ordinary");
    assert_eq!(found, BTreeSet::new());
}
