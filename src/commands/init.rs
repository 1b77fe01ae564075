//! `init`: another team's repository, from nothing.
//!
//! What lives here: what it is called and what is said about it. What does not: what is in it (`files` and
//! `templates/init`), where it takes stratiform from (`dependency`), and how files get to their place (`placing`).

mod dependency;
mod files;
mod placing;

use std::path::{Path, PathBuf};

use stratiform_environment::{AppName, Text};
use stratiform_finding::Code;
use stratiform_finding::words::counted;

use self::dependency::Dependencies;
use crate::args::Init;
use crate::exit::Exit;
use crate::report::Failure;
use crate::view::Answer;

/// Writes the files of a new repository.
///
/// # Errors
/// A name that no app can have, a `--path` without stratiform, files that are there already, and what the system says.
pub(crate) fn run(args: &Init) -> Result<Answer, Failure> {
    let folder = absolute(&args.folder)?;
    let name = named(args.name.as_deref(), &folder)?;
    let dependencies = Dependencies::of(&args.taken(), &folder)?;
    let files = files::all(name.as_str(), &dependencies)?;
    placing::place(&folder, &args.folder, &files)?;
    Ok(Answer {
        stderr: format!(
            "`{name}` is in `{}`: {}, and stratiform from {}\n\n{}",
            args.folder.display(),
            counted(files.len(), "file"),
            dependencies.from,
            next(&args.folder)
        ),
        ..Answer::of(String::new())
    })
}

/// What to type next.
fn next(folder: &Path) -> String {
    let enter = match folder.to_string_lossy() {
        here if here == "." => String::new(),
        folder if folder.contains(|c: char| c.is_whitespace() || c == '\'') => {
            format!("  cd {folder:?}\n")
        }
        folder => format!("  cd {folder}\n"),
    };
    format!(
        "next:\n{enter}  cargo run -- synth   writes the templates of dev, staging and prod to `snapshots/`\n  \
         cargo test           checks what has to hold in them\n"
    )
}

/// A folder from the root, with the links in what there is of it followed: its name, and what is beside it.
fn absolute(folder: &Path) -> Result<PathBuf, Failure> {
    let failed = |error| Failure::io("find", folder, &error);
    let folder = std::path::absolute(folder).map_err(failed)?;
    let known = folder.ancestors().find(|folder| folder.exists());
    let Some(known) = known else {
        return Ok(folder);
    };
    let below = folder.strip_prefix(known).unwrap_or(Path::new(""));
    let known = known.canonicalize().map_err(failed)?;
    // An empty end would be a `/` more.
    Ok(match below.file_name() {
        Some(_) => known.join(below),
        None => known,
    })
}

/// The app's name: the one that is given, or the folder's.
fn named(given: Option<&str>, folder: &Path) -> Result<AppName, Failure> {
    let of_folder = folder.file_name().unwrap_or_default().to_string_lossy();
    let name = given.unwrap_or(&of_folder);
    let refused = |why: &str| {
        let whose = match given {
            Some(_) => "an app's name",
            None => "an app's name, which is the folder's where none is given",
        };
        Failure::new(
            Exit::Usage,
            Code::AppName,
            format!("`{name}` cannot be {whose}: {why}"),
            format!("give it one: `--name {}`", proposed(name)),
        )
    };
    let checked = AppName::new(name).map_err(|refusal| refused(&refusal.why))?;
    match taken(name) {
        Some(why) => Err(refused(why)),
        None => Ok(checked),
    }
}

/// Why an app's name cannot be that of its package, if it cannot.
fn taken(name: &str) -> Option<&'static str> {
    match name {
        // Folders of cargo's own in `target/debug`, where the binary would be.
        "build" | "deps" | "examples" | "incremental" => {
            Some("cargo does not build a package of this name")
        }
        // In a lock file, two packages from folders may not have one name.
        _ if name.starts_with("stratiform") => Some("packages of stratiform's own begin so"),
        _ => None,
    }
}

/// A name like another one, that an app can have.
fn proposed(name: &str) -> String {
    let words = name.to_lowercase();
    let words = words
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty());
    let mut proposed = words.collect::<Vec<_>>().join("-");
    proposed.truncate(20);
    let proposed = proposed
        .trim_start_matches(|c: char| !c.is_ascii_lowercase())
        .trim_end_matches('-');
    match AppName::new(proposed) {
        Ok(_) if taken(proposed).is_none() => proposed.to_owned(),
        _ => "shop".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_is_proposed_is_one() {
        let cases = [
            ("My Shop", "my-shop"),
            ("web_shop", "web-shop"),
            ("42", "shop"),
            ("2nd-shop", "nd-shop"),
            ("build", "shop"),
            ("stratiform", "shop"),
            ("the-infrastructure-of-us", "the-infrastructure-o"),
            ("", "shop"),
            ("Größe", "gr-e"),
        ];
        for (name, expected) in cases {
            assert_eq!(proposed(name), expected);
            assert!(AppName::new(expected).is_ok());
        }
    }

    #[test]
    fn the_folder_has_the_name_where_none_is_given() {
        let name = |given, folder: &str| {
            let named = named(given, Path::new(folder));
            named.map_err(|failure| failure.findings[0].what.clone())
        };
        assert_eq!(name(None, "/home/ann/shop").unwrap().as_str(), "shop");
        assert_eq!(name(Some("web"), "/home/ann/shop").unwrap().as_str(), "web");
        assert!(
            name(None, "/")
                .unwrap_err()
                .starts_with("`` cannot be an app's name, which")
        );
        assert!(
            name(Some("deps"), "/")
                .unwrap_err()
                .contains("cargo does not build")
        );
    }
}
