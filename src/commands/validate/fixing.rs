//! `validate --fix`: what has one right answer is corrected in the files, after it was shown.

use std::fs;
use std::io::{self, BufRead as _, IsTerminal as _, Write as _};
use std::path::Path;

use indexmap::IndexMap;
use stratiform_finding::words::counted;
use stratiform_finding::{At, Code, Finding, Fix, Source};
use stratiform_template::fixed;
use stratiform_validate::secret::masked;

use crate::args::Validate;
use crate::exit::Exit;
use crate::report::{Colour, Failure};
use crate::repository::input::Input;
use crate::validation::Verdict;
use crate::view::review::yaml;
use crate::view::stderr;

/// A file as it is, and as it would be.
struct Correction {
    source: Source,
    text: String,
    count: usize,
    /// What is in it that nobody may see.
    secrets: Vec<String>,
}

/// What was done about what can be corrected.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// Files were written: what was found before is old.
    Written,
    /// Nothing was.
    Left,
}

/// Shows the edits, asks, and writes them.
///
/// # Errors
/// A folder or standard input is named; a file cannot be written, or is another by now.
pub(super) fn fix(verdict: &Verdict, args: &Validate, colour: Colour) -> Result<Outcome, Failure> {
    let corrections = corrections(verdict)?;
    if corrections.is_empty() {
        if verdict.open().next().is_some() {
            stderr("nothing that was found has one right answer\n");
        }
        return Ok(Outcome::Left);
    }
    for correction in &corrections {
        let Source { name, text } = &correction.source;
        let diff = yaml::unified(name, Some(text), Some(&correction.text));
        let diff = without(&diff, &correction.secrets);
        stderr(&yaml::coloured(&diff, colour));
    }
    let count = corrections.iter().map(|correction| correction.count).sum();
    let edits = counted(count, "correction");
    let files = counted(corrections.len(), "file");
    if !args.yes && !is_wanted(&format!("write {edits} to {files}? [y/N] ")) {
        stderr(&format!("{edits} left (--yes writes without asking)\n"));
        return Ok(Outcome::Left);
    }
    for correction in &corrections {
        write(correction)?;
    }
    stderr(&format!("{edits} written to {files}\n"));
    Ok(Outcome::Written)
}

/// Refuses what cannot be corrected in place.
///
/// # Errors
/// A folder, or standard input.
pub(super) fn files_only(args: &Validate) -> Result<(), Failure> {
    let mut files = args.files.iter();
    let other = files.find(|file| file.is_dir() || file.as_path() == Path::new("-"));
    other.map_or(Ok(()), |other| {
        let what = format!("`{}` is no file that could be corrected", other.display());
        let help = "with --fix, name the files";
        Err(Failure::new(Exit::Usage, Code::Files, what, help))
    })
}

/// The files that would be others. What somebody accepts is as it should be. The texts are read again: those that
/// findings show are without secrets.
///
/// # Errors
/// A file that cannot be read any more.
fn corrections(verdict: &Verdict) -> Result<Vec<Correction>, Failure> {
    let mut files: IndexMap<&Source, Vec<(&[String], &Fix)>> = IndexMap::new();
    for finding in verdict.open() {
        if let (Some(source), Some(fix)) = (source(finding), &finding.fix) {
            let fixes = files.entry(source).or_default();
            // Several things may be wrong for one reason.
            let same = |(path, known): &(&[String], &Fix)| *path == finding.path && *known == fix;
            if !fixes.iter().any(same) {
                fixes.push((&finding.path, fix));
            }
        }
    }
    let mut corrections = Vec::new();
    for (source, fixes) in files {
        let text = Input::Template.text(Path::new(&*source.name))?;
        if !is_the_same(&text, &source.text) {
            return Err(changed(&source.name));
        }
        let fixed = fixed(&text, &fixes);
        let count = fixed.done.into_iter().filter(|done| *done).count();
        if count > 0 {
            corrections.push(Correction {
                secrets: hidden(&text, &source.text),
                source: Source::new(source.name.clone(), text),
                text: fixed.text,
                count,
            });
        }
    }
    Ok(corrections)
}

/// Whether a text is the one that is shown, but for what is hidden there.
fn is_the_same(text: &str, shown: &str) -> bool {
    let mut pairs = text.bytes().zip(shown.bytes());
    text.len() == shown.len() && pairs.all(|(own, shown)| own == shown || shown == b'*')
}

/// The parts of a text's lines that are hidden where it is shown, the longest first: one may be in another.
fn hidden(text: &str, shown: &str) -> Vec<String> {
    /// What is shorter is a quote, or the sign that a text follows.
    const LEAST: usize = 4;
    let lines = text.split('\n').zip(shown.split('\n'));
    let parts = lines.flat_map(|(own, shown)| {
        let mut at = 0;
        // Stars of the text itself are in front of what is hidden, or behind it, or all that there is.
        shown
            .split_inclusive(|letter| letter != '*')
            .filter_map(move |part| {
                let start = at;
                at += part.len();
                let length = part.trim_end_matches(|letter| letter != '*').len();
                own.get(start..start + length)
            })
    });
    let parts = parts.map(str::trim);
    let parts = parts.filter(|part| part.len() >= LEAST && part.bytes().any(|byte| byte != b'*'));
    let mut parts: Vec<String> = parts.map(str::to_owned).collect();
    parts.sort_by_key(|part| std::cmp::Reverse(part.len()));
    parts
}

/// A diff that shows no secret.
fn without(diff: &str, secrets: &[String]) -> String {
    let diff = secrets.iter().fold(diff.to_owned(), |diff, secret| {
        diff.replace(secret, &"*".repeat(secret.len()))
    });
    masked(&diff).into_owned()
}

fn changed(file: &str) -> Failure {
    let what = format!("`{file}` is another by now, and was left");
    Failure::new(Exit::Failed, Code::File, what, "start again")
}

fn source(finding: &Finding) -> Option<&Source> {
    match &finding.places.first()?.at {
        At::Text(source, _) => Some(source),
        At::Given(_) | At::Rust(_) => None,
    }
}

/// Asks where somebody can answer; anything but a yes is a no.
fn is_wanted(question: &str) -> bool {
    if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
        return false;
    }
    stderr(question);
    let mut answer = String::new();
    let read = io::stdin().lock().read_line(&mut answer);
    read.is_ok() && matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes")
}

/// Writes a file: it is the old one or the new one at any moment, with the permissions that it had.
fn write(correction: &Correction) -> Result<(), Failure> {
    let path = Path::new(&*correction.source.name);
    if Input::Template.text(path)? != *correction.source.text {
        return Err(changed(&correction.source.name));
    }
    let written = || {
        // Through a link to what it leads to.
        let path = path.canonicalize()?;
        let folder = path.parent().unwrap_or(Path::new("."));
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        file.write_all(correction.text.as_bytes())?;
        fs::set_permissions(file.path(), fs::metadata(&path)?.permissions())?;
        file.as_file().sync_all()?;
        file.persist(&path)?;
        Ok(())
    };
    written().map_err(|error: io::Error| Failure::io("write", path, &error))
}
