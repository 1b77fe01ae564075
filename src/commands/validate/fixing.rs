//! `validate --fix`: what has one right answer is corrected in the files, after it was shown.

use std::fs;
use std::io::{self, BufRead as _, IsTerminal as _, Write as _};
use std::path::Path;

use indexmap::IndexMap;
use stratiform_finding::words::counted;
use stratiform_finding::{At, Code, Finding, Fix, Source};
use stratiform_template::fixed;

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
    let corrections = corrections(verdict);
    if corrections.is_empty() {
        if verdict.open().next().is_some() {
            stderr("nothing that was found has one right answer\n");
        }
        return Ok(Outcome::Left);
    }
    for correction in &corrections {
        let Source { name, text } = &correction.source;
        let diff = yaml::unified(name, Some(text), Some(&correction.text));
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

/// The files that would be others. What somebody accepts is as it should be.
fn corrections(verdict: &Verdict) -> Vec<Correction> {
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
    let corrected = files.into_iter().map(|(source, fixes)| {
        let fixed = fixed(&source.text, &fixes);
        Correction {
            source: source.clone(),
            text: fixed.text,
            count: fixed.done.into_iter().filter(|done| *done).count(),
        }
    });
    corrected.filter(|corrected| corrected.count > 0).collect()
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
        let what = format!("`{}` is another by now, and was left", path.display());
        return Err(Failure::new(Exit::Failed, Code::File, what, "start again"));
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
