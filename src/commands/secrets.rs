//! `secrets`: what is written out in the files that git would commit.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use stratiform_environment::Source;
use stratiform_finding::words::counted;
use stratiform_finding::{Finding, Level, Place, Span};
use stratiform_template::parse_with_repeats;
use stratiform_validate::secret::{finding, in_document, in_text};

use crate::args::{Deny, Global, Secrets, ValidateFormat};
use crate::cores::on_all_cores;
use crate::exit::Exit;
use crate::report::{Colour, Failure};
use crate::repository::changes::Change;
use crate::repository::git::Folder;
use crate::secrets::settled;
use crate::validation::{Found, Verdict};
use crate::view::Answer;
use crate::view::validated::{github, json, sarif, text};

/// The largest file that is looked at, in bytes. What is larger is no text that somebody wrote.
const MOST: u64 = 8 * 1024 * 1024;

/// The largest that is read as YAML or JSON; of what is larger, each line is looked at all the same.
const MOST_TREE: usize = 1024 * 1024;

/// What to do in any file: what is committed once is in every clone.
const HELP: &str = "make a new one, and let the file name where it is kept; where it is none, write \
                    `stratiform: no secret` in its line or above it";

/// A file that is looked at.
struct File {
    /// As people know it.
    name: String,
    path: PathBuf,
    /// What it was, where only what is new is asked for.
    change: Option<Change>,
}

/// Where is the text of files?
enum Side<'a> {
    /// On the disk; what it was is not asked, or is in git at a revision.
    Disk(Option<(&'a Folder, &'a str)>),
    /// In git's index; what it was is in the last commit.
    Index(&'a Folder),
}

/// What came of a file.
enum Looked {
    /// What was found in it.
    At(Vec<Found>),
    /// It is no text, or no file.
    NoText,
    TooLarge,
}

/// Looks at all files, and says what was found.
///
/// # Errors
/// No git, no repository, no such revision; a file that cannot be read.
pub(crate) fn run(global: &Global, args: &Secrets) -> Result<Answer, Failure> {
    if !args.paths.is_empty() {
        return told(&named(&args.paths)?, &Side::Disk(None), global, args);
    }
    let here = Folder::new(Path::new("."));
    if args.staged {
        let top = here.top()?;
        let folder = Folder::new(&top);
        let files = changed(&top, folder.staged()?);
        return told(&files, &Side::Index(&folder), global, args);
    }
    let tree = here.working_tree()?;
    let Some(base) = &args.base else {
        let files = tree.files()?.into_iter().map(|name| File {
            path: tree.top.join(&name),
            name,
            change: None,
        });
        let files: Vec<File> = files.collect();
        return told(&files, &Side::Disk(None), global, args);
    };
    let folder = Folder::new(&tree.top);
    let revision = folder.revision(base)?;
    let files = changed(&tree.top, tree.files_since(&revision)?);
    let then = Some((&folder, revision.commit.as_str()));
    told(&files, &Side::Disk(then), global, args)
}

fn told(
    files: &[File],
    side: &Side<'_>,
    global: &Global,
    args: &Secrets,
) -> Result<Answer, Failure> {
    let looked = on_all_cores(files, |file| looked_at(file, side));
    let mut verdict = Verdict::default();
    let (mut no_text, mut too_large) = (0, 0);
    for looked in looked {
        match looked? {
            Looked::At(found) => verdict.found.extend(found),
            Looked::NoText => no_text += 1,
            Looked::TooLarge => too_large += 1,
        }
    }
    verdict.judge(&[], args.deny.map(Deny::least));
    verdict.sort();
    let passed_over = [
        (no_text, "no text", "no texts"),
        (too_large, "too large", "too large"),
    ];
    let passed_over = passed_over.into_iter().filter(|(count, _, _)| *count > 0);
    let passed_over: String = passed_over
        .map(|(count, one, several)| match count {
            1 => format!("; 1 file is {one}"),
            count => format!("; {count} files are {several}"),
        })
        .collect();
    let looked_at = counted(files.len() - no_text - too_large, "file");
    let sentence = format!(
        "{looked_at} looked at: {}{passed_over}\n",
        verdict.found_of_it(true)
    );
    let (stdout, stderr) = match args.format {
        ValidateFormat::Text => {
            let colour = Colour::on(global.color, &std::io::stdout());
            let page = text(&verdict, Level::Warning, Path::new(""), colour);
            (page + &sentence, String::new())
        }
        ValidateFormat::Json => (json(&verdict, &HashMap::new()), sentence),
        ValidateFormat::Sarif => (sarif(&verdict), sentence),
        ValidateFormat::Github => (github(&verdict, false), sentence),
    };
    let exit = match verdict.count(Level::Error) {
        0 => Exit::Done,
        _ => Exit::No,
    };
    Ok(Answer {
        stdout,
        stderr,
        exit,
    })
}

/// The files that are named, and those in folders that are.
fn named(paths: &[PathBuf]) -> Result<Vec<File>, Failure> {
    let mut files = Vec::new();
    let mut open: Vec<PathBuf> = paths.iter().rev().cloned().collect();
    while let Some(path) = open.pop() {
        let failed = |error| Failure::io("read", &path, &error);
        if !fs::metadata(&path).map_err(failed)?.is_dir() {
            let name = path.to_string_lossy().replace('\\', "/");
            let name = name.strip_prefix("./").unwrap_or(&name).to_owned();
            files.push(File {
                name,
                path,
                change: None,
            });
            continue;
        }
        let entries = fs::read_dir(&path).map_err(failed)?;
        let entries = entries.collect::<Result<Vec<_>, _>>().map_err(failed)?;
        let mut below: Vec<PathBuf> = entries
            .into_iter()
            // Links lead to what is elsewhere, or to where one comes from.
            .filter(|entry| entry.file_type().is_ok_and(|kind| !kind.is_symlink()))
            .filter(|entry| entry.file_name() != ".git")
            .map(|entry| entry.path())
            .collect();
        below.sort();
        open.extend(below.into_iter().rev());
    }
    Ok(files)
}

fn changed(top: &Path, changes: Vec<Change>) -> Vec<File> {
    let files = changes.into_iter().map(|change| File {
        name: change.name.clone(),
        path: top.join(&change.name),
        change: Some(change),
    });
    files.collect()
}

/// One file, read, looked at and let go.
fn looked_at(file: &File, side: &Side<'_>) -> Result<Looked, Failure> {
    let bytes = match side {
        Side::Index(folder) => folder.blob(&format!(":{}", file.name))?,
        Side::Disk(_) => {
            let failed = |error| Failure::io("read", &file.path, &error);
            let metadata = fs::symlink_metadata(&file.path).map_err(failed)?;
            if metadata.len() > MOST {
                return Ok(Looked::TooLarge);
            }
            match metadata.is_file() {
                true => Some(fs::read(&file.path).map_err(failed)?),
                // What a link leads to, and what another repository has, is not committed here.
                false => None,
            }
        }
    };
    let Some(text) = bytes.and_then(|bytes| String::from_utf8(bytes).ok()) else {
        return Ok(Looked::NoText);
    };
    let source = Source::new(file.name.as_str(), text);
    let mut found = found(&source);
    if !found.is_empty() {
        let before = before(file, side)?;
        let is_new = |finding: &Finding| {
            let span = finding.span().map(Span::range).unwrap_or_default();
            let secret = source.text.get(span).unwrap_or_default();
            before
                .as_ref()
                .is_none_or(|before| !before.contains(secret))
        };
        found.retain(is_new);
    }
    Ok(Looked::At(settled(found, &source)))
}

/// What a file was, where only what is new is asked for.
fn before(file: &File, side: &Side<'_>) -> Result<Option<String>, Failure> {
    let name = file
        .change
        .as_ref()
        .and_then(|change| change.before.as_ref());
    let (folder, revision) = match side {
        Side::Index(folder) => (*folder, "HEAD"),
        Side::Disk(Some((folder, revision))) => (*folder, *revision),
        Side::Disk(None) => return Ok(None),
    };
    let Some(name) = name else {
        return Ok(None);
    };
    let bytes = folder.blob(&format!("{revision}:{name}"))?;
    Ok(bytes.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()))
}

/// The secrets in a text, by the order of its lines; what a tree of it says besides, too.
fn found(source: &Source) -> Vec<Finding> {
    let text = &*source.text;
    let mut found = Vec::new();
    let (mut at, mut line, mut line_start) = (0, 1, 0);
    for secret in in_text(text) {
        let between = text.get(at..secret.range.start).unwrap_or_default();
        line += between.matches('\n').count();
        line_start = between.rfind('\n').map_or(line_start, |last| at + last + 1);
        at = secret.range.start;
        let characters =
            |from: usize, to: usize| text.get(from..to).map_or(0, |it| it.chars().count());
        let span = Span {
            start: secret.range.start,
            end: secret.range.end,
            line,
            column: characters(line_start, at) + 1,
        };
        let length = characters(span.start, span.end);
        found.push(finding(secret.kind, length).at(Place::text(source, span, "")));
    }
    let is_tree = ["yaml", "yml", "json", "template"]
        .iter()
        .any(|ending| source.name.ends_with(&format!(".{ending}")));
    if is_tree
        && text.len() <= MOST_TREE
        && let Ok(document) = parse_with_repeats(text)
    {
        let spans: Vec<Span> = found.iter().filter_map(Finding::span).collect();
        let more = in_document(&document.node).into_iter();
        let more = more.map(|finding| finding.in_source(source));
        found.extend(more.filter(|finding| {
            let span = finding.span().unwrap_or_default();
            let mut known = spans.iter();
            !known.any(|known| known.start < span.end && span.start < known.end)
        }));
    }
    for finding in &mut found {
        HELP.clone_into(&mut finding.help);
    }
    found
}
