//! Makes a function of each page: its blocks of Rust, one after the other. Blocks that say `ignore` stay out.

use std::path::Path;
use std::process::ExitCode;
use std::{env, fs, io};

const PAGES: [&str; 2] = ["from-cdk", "writing"];

fn main() -> ExitCode {
    match PAGES.into_iter().try_for_each(make) {
        Ok(()) => stratiform_codegen::build("resources.txt"),
        Err(error) => {
            println!("cargo::error={error}");
            ExitCode::FAILURE
        }
    }
}

fn make(page: &str) -> io::Result<()> {
    let path = format!("../../docs/{page}.md");
    println!("cargo::rerun-if-changed={path}");
    let text = fs::read_to_string(path)?;
    let fenced = text.split("\n```").skip(1).step_by(2);
    let blocks = fenced.filter_map(|block| block.strip_prefix("rust\n"));
    let body: String = blocks.map(|block| format!("{block}\n")).collect();
    let folder = env::var_os("OUT_DIR").unwrap_or_default();
    fs::write(
        Path::new(&folder).join(format!("{page}.rs")),
        format!("{{\n{body}}}\n"),
    )
}
