//! What the bytes alone cost: the least that any program takes which reads these files, or reads and writes them.

use std::fs;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use super::error::BenchError;
use super::process::Step;
use super::subject::Subject;
use super::workbench::{Workbench, remove};

/// The hidden task that does nothing else.
pub(super) const TASK: &str = "bytes";

/// The hidden task that reads a file, and copies it in memory again and again.
pub(super) const COPIES: &str = "copies";

/// A row with the limit: all files, and those in folders, read whole.
pub(super) fn read<'s>(bench: &Workbench, files: &[PathBuf]) -> Result<Subject<'s>, BenchError> {
    let steps = vec![step(bench, files, None)?];
    Ok(Subject::new("the bytes alone: read", steps).per_round(5))
}

/// A row with the limit: the same, and written below a folder that is not there before.
pub(super) fn written<'s>(
    bench: &Workbench,
    files: &[PathBuf],
    to: &'s Path,
) -> Result<Subject<'s>, BenchError> {
    let steps = vec![step(bench, files, Some(to))?];
    let subject = Subject::new("the bytes alone: read and written", steps);
    Ok(subject.before(|_| remove(to)).per_round(5))
}

/// Reads the files, and writes them to a folder where there is one.
pub(super) fn step(
    bench: &Workbench,
    files: &[PathBuf],
    to: Option<&Path>,
) -> Result<Step, BenchError> {
    let step = Step::new(bench.build("xtask")?, &bench.root).args(["bench", TASK]);
    Ok(step.arg(to.unwrap_or(Path::new(""))).args(files))
}

/// A file read once, and copied in memory so many times: each copy is let go before the next one.
pub(super) fn copies(bench: &Workbench, file: &Path, times: u32) -> Result<Step, BenchError> {
    let step = Step::new(bench.build("xtask")?, &bench.root).args(["bench", COPIES]);
    Ok(step.arg(times.to_string()).arg(file))
}

/// `bench copies <times> <file>`
pub(super) fn run_copies(arguments: &[String]) -> ExitCode {
    let [times, file] = arguments else {
        return ExitCode::from(2);
    };
    let Ok(times) = times.parse::<u32>() else {
        return ExitCode::from(2);
    };
    let text = match fs::read(file).map_err(BenchError::file("read", file)) {
        Ok(text) => text,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::FAILURE;
        }
    };
    let copied: usize = (0..times).map(|_| black_box(text.clone()).len()).sum();
    println!("{copied} bytes");
    ExitCode::SUCCESS
}

/// `bench bytes <folder to write to, or nothing> <file or folder>…`
pub(super) fn run(arguments: &[String]) -> ExitCode {
    let [to, files @ ..] = arguments else {
        return ExitCode::from(2);
    };
    let to = (!to.is_empty()).then(|| Path::new(to));
    let done: Result<u64, BenchError> = files.iter().map(|file| copied(Path::new(file), to)).sum();
    match done {
        Ok(bytes) => {
            println!("{bytes} bytes");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// Reads a file, or a folder with all below it, and writes it to a folder where there is one. Gives how many bytes there
/// are.
pub(super) fn copied(from: &Path, to: Option<&Path>) -> Result<u64, BenchError> {
    if from.is_dir() {
        let to = to.map(|to| to.join(from.file_name().unwrap_or_default()));
        let entries = fs::read_dir(from).map_err(BenchError::file("read", from))?;
        let paths = entries.map(|entry| Ok(entry.map_err(BenchError::file("read", from))?.path()));
        return paths.map(|path| copied(&path?, to.as_deref())).sum();
    }
    let bytes = fs::read(from).map_err(BenchError::file("read", from))?;
    if let Some(to) = to {
        let file = to.join(from.file_name().unwrap_or_default());
        if let Err(error) = fs::write(&file, &bytes) {
            // Only the first file of a folder finds none.
            fs::create_dir_all(to).map_err(|_| BenchError::file("write", &file)(error))?;
            fs::write(&file, &bytes).map_err(BenchError::file("write", &file))?;
        }
    }
    Ok(bytes.len() as u64)
}

#[cfg(test)]
mod tests {
    use super::{copied, fs};

    #[test]
    fn every_file_of_a_folder_is_read_and_written() {
        let folder = tempfile::tempdir().unwrap();
        let from = folder.path().join("from");
        fs::create_dir_all(from.join("below")).unwrap();
        fs::write(from.join("a"), "four").unwrap();
        fs::write(from.join("below/b"), "three").unwrap();
        let to = folder.path().join("to");

        assert_eq!(copied(&from, Some(&to)).unwrap(), 9);

        assert_eq!(fs::read_to_string(to.join("from/a")).unwrap(), "four");
        assert_eq!(
            fs::read_to_string(to.join("from/below/b")).unwrap(),
            "three"
        );
        assert_eq!(copied(&from, None).unwrap(), 9);
    }
}
