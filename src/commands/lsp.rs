//! `lsp`: an editor asks about what somebody is writing.
//!
//! What lives here: the order in which messages are answered. What does not: what messages are made of (`wire`,
//! `session`), what is known of a text (`document`, `environments`, `stratiform-language`).
//!
//! One thread reads, one answers. What is asked is answered first; what is wrong with a text is found out as soon as
//! nothing is asked, so that what somebody types quickly is looked at once.

mod answers;
mod document;
mod environments;
mod session;
mod wire;

use std::collections::VecDeque;
use std::io::{self, BufReader};
use std::sync::mpsc::{Receiver, TryRecvError, channel};
use std::thread;

use stratiform_finding::Code;
use stratiform_validate::policy::Levels;

use self::session::{Ended, Session};
use self::wire::Incoming;
use crate::args::{Global, Lsp};
use crate::commands::validate::files::Asked;
use crate::cores::on_a_deep_stack;
use crate::definition::Definition;
use crate::exit::Exit;
use crate::own_rules::RuleFiles;
use crate::report::Failure;
use crate::validation::Verdict;
use crate::view::Answer;

/// Answers until the editor has enough.
///
/// # Errors
/// What comes in is no message of the protocol, or nobody reads what goes out.
pub(crate) fn run(define: &dyn Definition, global: &Global, args: &Lsp) -> Result<Answer, Failure> {
    let files = RuleFiles::named(args.rules());
    let mut unread = Verdict::default();
    let rules = files.rules(&mut unread);
    if unread.unreadable > 0 {
        return Err(Failure::some_of(unread.into_open()));
    }
    let asked = Asked {
        regions: &[],
        policies: args.policies.then(Levels::default),
        rules: &rules,
    };
    let (sender, messages) = channel();
    // It ends with the process: nothing else ends the wait for what an editor sends.
    let reader = thread::Builder::new().spawn(move || {
        let mut input = BufReader::new(io::stdin().lock());
        loop {
            let incoming = wire::read(&mut input);
            let is_last = matches!(incoming, Incoming::End | Incoming::Broken(_));
            if sender.send(incoming).is_err() || is_last {
                break;
            }
        }
    });
    reader.map_err(|error| broken(&format!("cannot read: {error}")))?;
    let messages = std::sync::Mutex::new(Some(messages));
    // Templates may be deeper than the stack of the first thread.
    let ended = on_a_deep_stack(|| {
        let messages = messages
            .lock()
            .ok()
            .and_then(|mut messages| messages.take());
        messages.map(|messages| answer(&mut Session::new(define, global, &asked), &messages))
    });
    let exit = match ended {
        Some(Ok(Ended::Well)) => Exit::Done,
        // The protocol wants it so.
        Some(Ok(Ended::WithoutShutdown)) | None => Exit::Failed,
        Some(Err(what)) => return Err(broken(&what)),
    };
    Ok(Answer {
        exit,
        ..Answer::of(String::new())
    })
}

fn broken(what: &str) -> Failure {
    let help = "an editor starts `stratiform lsp` and speaks with it; docs/editors.md says how";
    Failure::new(Exit::Failed, Code::MalformedMessage, what, help)
}

/// Answers one message after the other, and looks at texts where none waits.
fn answer(session: &mut Session<'_>, messages: &Receiver<Incoming>) -> Result<Ended, String> {
    let mut output = io::stdout().lock();
    let mut waiting: VecDeque<Incoming> = VecDeque::new();
    let mut is_open = true;
    loop {
        while is_open {
            match messages.try_recv() {
                Ok(incoming) => waiting.push_back(incoming),
                Err(TryRecvError::Empty) => break,
                Err(TryRecvError::Disconnected) => is_open = false,
            }
        }
        let Some(incoming) = waiting.pop_front() else {
            if let Some(told) = session.look() {
                wire::write(&mut output, &told)?;
                continue;
            }
            match messages.recv() {
                Ok(incoming) => waiting.push_back(incoming),
                Err(_) => return Ok(session.ended()),
            }
            continue;
        };
        let message = match incoming {
            Incoming::Message(message) => *message,
            Incoming::NoMessage(refusal) => {
                wire::write(&mut output, &refusal)?;
                continue;
            }
            Incoming::Broken(what) => return Err(what),
            Incoming::End => return Ok(session.ended()),
        };
        let is_cancelled = wire::is_cancelled(&message, &waiting);
        if let Some(ended) =
            session.take(message, is_cancelled, |told| wire::write(&mut output, told))?
        {
            return Ok(ended);
        }
    }
}
