//! Where a new repository takes stratiform from, as its `Cargo.toml` says it.

use std::path::{Component, Path, PathBuf};

use serde::Serialize;
use stratiform_finding::Code;

use super::absolute;
use crate::args::{At, Taken};
use crate::exit::Exit;
use crate::report::Failure;

/// The parts of stratiform that a repository names: what is between the braces of each.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Dependencies {
    pub stratiform: String,
    pub environment: String,
    pub parts: String,
    pub stack: String,
    pub codegen: String,
    /// Where they are from, for people.
    #[serde(skip)]
    pub from: String,
}

impl Dependencies {
    /// Those of a repository in a folder.
    ///
    /// # Errors
    /// A folder that is no clone of stratiform's repository, or whose name is not text.
    pub(super) fn of(taken: &Taken, folder: &Path) -> Result<Dependencies, Failure> {
        let clone = match taken {
            Taken::Path(path) => clone_at(path, folder)?,
            Taken::Git { .. } | Taken::Registry => String::new(),
        };
        let is_at = |part: &str| at(taken, &clone, part);
        Ok(Dependencies {
            stratiform: is_at(""),
            environment: is_at("crates/environment"),
            parts: is_at("crates/parts"),
            stack: is_at("crates/stack"),
            codegen: is_at("crates/codegen"),
            from: from(taken),
        })
    }
}

/// The version of the program that is running.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Where a part is, as a manifest says it.
fn at(taken: &Taken, clone: &str, part: &str) -> String {
    match taken {
        Taken::Path(_) => format!("path = {}", text(&below(clone, part))),
        Taken::Git { url, at } => {
            let commit = match at {
                At::Main => String::new(),
                At::Tag(tag) => format!(", tag = {}", text(tag)),
                At::Rev(rev) => format!(", rev = {}", text(rev)),
            };
            format!("git = {}{commit}", text(url))
        }
        Taken::Registry => format!("version = {}", text(VERSION)),
    }
}

/// Where all of them are, for people.
fn from(taken: &Taken) -> String {
    match taken {
        Taken::Path(path) => format!("`{}`", path.display()),
        Taken::Git { url, at } => match at {
            At::Main => url.clone(),
            At::Tag(commit) | At::Rev(commit) => format!("{url} at {commit}"),
        },
        Taken::Registry => format!("crates.io, {VERSION}"),
    }
}

/// A clone's folder with `/`, as the repository's manifest names it: from the repository's folder, unless it was given
/// from the root.
fn clone_at(path: &Path, folder: &Path) -> Result<String, Failure> {
    let refused = |why: &str| {
        Failure::new(
            Exit::Usage,
            Code::NoClone,
            format!(
                "`{}` is no clone of stratiform's repository: {why}",
                path.display()
            ),
            "name the folder that has its `Cargo.toml` and `crates/`, or take it from git: leave --path out",
        )
    };
    if !path.join("crates/stack/Cargo.toml").is_file() {
        return Err(refused("it has no `crates/stack/Cargo.toml`"));
    }
    let clone = absolute(path)?;
    let named = if path.is_absolute() {
        clone
    } else {
        relative(folder, &clone)
    };
    let named = named
        .to_str()
        .ok_or_else(|| refused("its name is not text"))?;
    Ok(named.replace(std::path::MAIN_SEPARATOR, "/"))
}

/// The way from one folder to another.
fn relative(from: &Path, to: &Path) -> PathBuf {
    let same = |(one, other): &(Component<'_>, Component<'_>)| one == other;
    let common = from
        .components()
        .zip(to.components())
        .take_while(same)
        .count();
    let up = from.components().skip(common).map(|_| Component::ParentDir);
    up.chain(to.components().skip(common)).collect()
}

fn below(folder: &str, part: &str) -> String {
    match (folder, part) {
        ("", "") => ".".to_owned(),
        (folder, "") => folder.to_owned(),
        ("", part) => part.to_owned(),
        (folder, part) => format!("{folder}/{part}"),
    }
}

/// A text in TOML: JSON's are among those.
fn text(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_from_one_folder_to_another() {
        let way = |from: &str, to: &str| {
            let way = relative(Path::new(from), Path::new(to));
            way.to_str().unwrap().to_owned()
        };
        assert_eq!(
            way("/home/ann/shop", "/home/ann/stratiform"),
            "../stratiform"
        );
        assert_eq!(way("/home/ann/shop", "/home/ann/shop/vendored"), "vendored");
        assert_eq!(
            way("/home/ann/stratiform/shop", "/home/ann/stratiform"),
            ".."
        );
        assert_eq!(way("/a/b", "/c"), "../../c");
    }

    #[test]
    fn what_a_manifest_says() {
        let of = |taken: Taken| Dependencies::of(&taken, Path::new("/home/ann/shop")).unwrap();
        let git = |at| {
            of(Taken::Git {
                url: "https://example.com/a\"b".to_owned(),
                at,
            })
        };
        assert_eq!(git(At::Main).stack, r#"git = "https://example.com/a\"b""#);
        let tag = git(At::Tag("v1".to_owned()));
        assert_eq!(tag.stack, r#"git = "https://example.com/a\"b", tag = "v1""#);
        let rev = git(At::Rev("abc".to_owned()));
        assert_eq!(
            rev.codegen,
            r#"git = "https://example.com/a\"b", rev = "abc""#
        );
        let version = concat!("version = \"", env!("CARGO_PKG_VERSION"), '"');
        assert_eq!(of(Taken::Registry).stratiform, version);

        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let path = of(Taken::Path(here.to_owned()));
        let quoted =
            |below: &str| format!("path = {}", text(&format!("{}{below}", here.display())));
        assert_eq!(path.stratiform, quoted(""));
        assert_eq!(path.environment, quoted("/crates/environment"));
        let refused = Dependencies::of(&Taken::Path(here.join("src")), here).unwrap_err();
        assert_eq!(refused.findings[0].code, Code::NoClone);
    }
}
