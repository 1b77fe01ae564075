//! The state's file: a state of before in its first line, and an input in every other.
//!
//! ```text
//! {"format":"stratiform-engine","version":1,"program":"0.1.0","state":{…}}
//! {"at":"2026-11-28T09:00:00.000Z","input":{"input":"call","operation":"CreateStack",…}}
//! ```
//!
//! A line is on the disk before the call is answered. The first line is written to a file of its own that then takes the
//! name of the old one, so that it is never there in part. A last line without its end is of a write that never came to
//! its end, was not answered, and is left out; anything else that cannot be read stops the start and is left as it is.
//! Secrets of templates are in there: the file is its owner's alone.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use stratiform_engine::State;
use tempfile::NamedTempFile;

use super::lock::Lock;
use super::log::Entry;
use super::{Step, guarded};
use crate::error::Error;
use crate::options::{Listener, Notice};

const FORMAT: &str = "stratiform-engine";
const VERSION: u64 = 1;
/// A log is made short when its inputs take more than this, and more than twice its state.
const LONG: u64 = 16 << 20;

/// An open file, which nobody else writes to.
#[derive(Debug)]
pub(crate) struct Journal {
    path: PathBuf,
    file: File,
    /// Up to where everything is whole.
    length: u64,
    /// The length of the first line.
    state: u64,
    /// Whether something stands after `length`.
    ragged: bool,
    _lock: Lock,
}

/// The first line.
#[derive(Serialize)]
struct Head<'s> {
    format: &'static str,
    version: u64,
    program: &'static str,
    state: &'s State,
}

/// What of the first line must be known before its state is read.
#[derive(Deserialize)]
struct Kind {
    format: String,
    version: u64,
}

#[derive(Deserialize)]
struct Kept {
    state: State,
}

/// What a file holds.
struct Content {
    state: State,
    /// The line that is there in part.
    torn: Option<usize>,
}

impl Journal {
    /// Opens or makes a file.
    ///
    /// # Errors
    /// It is in use, something else's, newer or damaged; it cannot be read or written.
    pub(crate) fn open(
        path: &Path,
        new: impl FnOnce() -> State,
        step: Step,
        listener: &Listener,
    ) -> Result<(Journal, State), Error> {
        // Through a link, so that the file takes the place of what the link leads to.
        let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let lock = Lock::take(&path)?;
        let state = match read(&path, step)? {
            None => new(),
            Some(Content { state, torn }) => {
                if let Some(line) = torn {
                    listener.tell(Notice::TornLine {
                        file: path.clone(),
                        line,
                    });
                }
                state
            }
        };
        let (file, length) = write(&path, &state)?;
        let journal = Journal {
            path,
            file,
            length,
            state: length,
            ragged: false,
            _lock: lock,
        };
        Ok((journal, state))
    }

    /// Adds lines. When this returns, they are on the disk.
    pub(crate) fn append(&mut self, entries: &[Entry]) -> Result<(), Error> {
        let mut lines = Vec::new();
        let written = self.mend().and_then(|()| {
            for entry in entries {
                serde_json::to_writer(&mut lines, entry)?;
                lines.push(b'\n');
            }
            self.ragged = true;
            self.file.write_all(&lines)?;
            self.file.sync_data()
        });
        match written {
            Ok(()) => {
                self.ragged = false;
                self.length += lines.len() as u64;
                Ok(())
            }
            Err(source) => {
                // What stands there in part must not come before what is written next.
                let _ = self.mend();
                Err(failed("write to", &self.path)(source))
            }
        }
    }

    fn mend(&mut self) -> io::Result<()> {
        if self.ragged {
            self.file.set_len(self.length)?;
            self.file.sync_data()?;
            self.ragged = false;
        }
        Ok(())
    }

    /// Writes the file anew, where its inputs have become many.
    pub(crate) fn shorten(&mut self, state: &State) -> Result<(), Error> {
        let inputs = self.length.saturating_sub(self.state);
        if inputs > LONG.max(self.state.saturating_mul(2)) {
            (self.file, self.length) = write(&self.path, state)?;
            self.state = self.length;
        }
        Ok(())
    }

    /// The state once more.
    pub(crate) fn restore(&mut self, step: Step) -> Result<State, Error> {
        let restored = self.mend().map_err(failed("write to", &self.path));
        restored?;
        let gone = || failed("read", &self.path)(io::ErrorKind::NotFound.into());
        let content = read(&self.path, step)?.ok_or_else(gone)?;
        Ok(content.state)
    }
}

fn failed(doing: &'static str, file: &Path) -> impl Fn(io::Error) -> Error {
    let file = file.to_owned();
    move |source| Error::File {
        doing,
        file: file.clone(),
        source,
    }
}

/// None where there is no file, or an empty one.
fn read(path: &Path, step: Step) -> Result<Option<Content>, Error> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed("read", path)(error)),
    };
    let mut lines = BufReader::new(file);
    let mut line = Vec::new();
    let mut next = move || -> Result<Option<Vec<u8>>, Error> {
        line.clear();
        let length = lines.read_until(b'\n', &mut line);
        let length = length.map_err(failed("read", path))?;
        Ok((length > 0).then(|| line.clone()))
    };
    let Some(first) = next()? else {
        return Ok(None);
    };
    let mut state = head(path, &first)?;
    let mut number = 1;
    while let Some(line) = next()? {
        number += 1;
        let Some(line) = line.strip_suffix(b"\n") else {
            let torn = Some(number);
            return Ok(Some(Content { state, torn }));
        };
        let damaged = |why: String| Error::Damaged {
            file: path.to_owned(),
            line: number,
            why,
        };
        let entry = serde_json::from_slice(line);
        let Entry { at, input } = entry.map_err(|error| damaged(unread(&error)))?;
        let stepped = guarded(step, state, &input, at);
        let stepped = stepped.ok_or_else(|| damaged("the engine fails at this input".to_owned()));
        (state, _) = stepped?;
    }
    Ok(Some(Content { state, torn: None }))
}

fn head(path: &Path, line: &[u8]) -> Result<State, Error> {
    let foreign = |why: &str| Error::Foreign {
        file: path.to_owned(),
        why: why.to_owned(),
    };
    let kind = serde_json::from_slice::<Kind>(line);
    let Kind { format, version } =
        kind.map_err(|_| foreign("its first line has no `format` and `version`"))?;
    if format != FORMAT || version == 0 {
        return Err(foreign("its `format` is another"));
    }
    if version > VERSION {
        return Err(Error::Newer {
            file: path.to_owned(),
            version,
            known: VERSION,
        });
    }
    let kept = serde_json::from_slice::<Kept>(line);
    let kept = kept.map_err(|error| Error::Damaged {
        file: path.to_owned(),
        line: 1,
        why: unread(&error),
    })?;
    Ok(kept.state)
}

/// Where a line is wrong. Not what stands there: it may be a secret.
fn unread(error: &serde_json::Error) -> String {
    let what = match error.classify() {
        serde_json::error::Category::Data => "not as this program writes it",
        _ => "no JSON",
    };
    format!("it is {what}, from column {} on", error.column())
}

/// Writes a file that has only a state, in the place of what is there, and opens it to add to it.
fn write(path: &Path, state: &State) -> Result<(File, u64), Error> {
    let folder = path
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    let head = Head {
        format: FORMAT,
        version: VERSION,
        program: env!("CARGO_PKG_VERSION"),
        state,
    };
    let write = || -> io::Result<(File, u64)> {
        // It is readable by its owner alone, and stays so under its new name.
        let temporary = NamedTempFile::new_in(folder)?;
        let mut writer = BufWriter::new(temporary);
        serde_json::to_writer(&mut writer, &head)?;
        writer.write_all(b"\n")?;
        let temporary = writer
            .into_inner()
            .map_err(io::IntoInnerError::into_error)?;
        temporary.as_file().sync_all()?;
        temporary.persist(path).map_err(|error| error.error)?;
        // The name, too, has to be on the disk.
        #[cfg(unix)]
        File::open(folder)?.sync_all()?;
        let file = OpenOptions::new().append(true).open(path)?;
        let length = file.metadata()?.len();
        Ok((file, length))
    };
    write().map_err(failed("write", path))
}
