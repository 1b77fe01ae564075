//! What has happened: a state of before, and the inputs since. Replaying them gives the state.

use std::path::Path;

use serde::{Deserialize, Serialize};
use stratiform_engine::{Input, State};
use stratiform_service::Timestamp;

use super::journal::Journal;
use super::{Step, guarded};
use crate::error::Error;
use crate::options::Listener;

/// An input, and when it came.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Entry {
    pub(crate) at: Timestamp,
    pub(crate) input: Input,
}

/// Where it is kept.
#[derive(Debug)]
pub(crate) enum Log {
    /// Until the process ends: only to have a state again that the engine lost.
    Memory {
        before: Box<State>,
        since: Vec<Entry>,
    },
    /// In a file.
    File(Journal),
}

/// The inputs after which the state is copied anew: many calls share a copy.
const SINCE: usize = 256;

impl Log {
    pub(crate) fn in_memory(state: State) -> (Log, State) {
        let log = Log::Memory {
            before: Box::new(state.clone()),
            since: Vec::new(),
        };
        (log, state)
    }

    pub(crate) fn in_file(
        file: &Path,
        new: impl FnOnce() -> State,
        step: Step,
        listener: &Listener,
    ) -> Result<(Log, State), Error> {
        let (journal, state) = Journal::open(file, new, step, listener)?;
        Ok((Log::File(journal), state))
    }

    /// Adds what has happened. When this returns, it is kept.
    pub(crate) fn append(&mut self, entries: Vec<Entry>) -> Result<(), Error> {
        match self {
            Log::Memory { since, .. } => {
                since.extend(entries);
                Ok(())
            }
            Log::File(journal) => journal.append(&entries),
        }
    }

    /// Starts anew from a state, where the log has become long.
    pub(crate) fn shorten(&mut self, state: &State) -> Result<(), Error> {
        match self {
            Log::Memory { before, since } => {
                if since.len() >= SINCE {
                    **before = state.clone();
                    since.clear();
                }
                Ok(())
            }
            Log::File(journal) => journal.shorten(state),
        }
    }

    /// The state once more, from what is kept.
    pub(crate) fn restore(&mut self, step: Step) -> Result<State, Error> {
        match self {
            Log::Memory { before, since } => {
                let mut state = before.as_ref().clone();
                for Entry { at, input } in since {
                    // It went well before.
                    let stepped = guarded(step, state, input, *at);
                    let stepped = stepped.ok_or_else(|| {
                        Error::Runtime(std::io::Error::other("the engine fails at its own log"))
                    });
                    (state, _) = stepped?;
                }
                Ok(state)
            }
            Log::File(journal) => journal.restore(step),
        }
    }
}
