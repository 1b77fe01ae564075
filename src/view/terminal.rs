//! What a command says while it works and when it is done, on a terminal or into a pipe.

use std::io::{ErrorKind, Write};

use stratiform_finding::Code;

use crate::args::Global;
use crate::exit::Exit;
use crate::report::Failure;

/// Something that happens while a command works.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(
    all(not(feature = "aws"), not(test)),
    expect(dead_code, reason = "only AWS takes its time so far")
)]
pub(crate) enum Event {
    /// CloudFormation is asked for the stacks of an environment.
    Asking {
        /// The environment.
        environment: String,
        /// The region.
        region: String,
    },
    /// It answered.
    Answered {
        /// The environment.
        environment: String,
        /// The account that the credentials are of.
        account: String,
        /// How many stacks exist.
        stacks: usize,
    },
    /// The engine answers under this address.
    #[cfg(feature = "engine")]
    Serving {
        /// The address.
        url: String,
    },
    /// Something that has to be known while the command works, with or without `--verbose`.
    #[cfg(any(feature = "aws", feature = "engine"))]
    Notice {
        /// A sentence.
        text: String,
    },
}

/// All that a command has to say once everything is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    /// For standard output: what was asked for.
    pub stdout: String,
    /// For standard error: what has to be known about it.
    pub stderr: String,
    /// How the command ends.
    pub exit: Exit,
}

/// Who is told. Commands compute and say; what is done with it is decided here.
pub(crate) trait View {
    /// Something happens.
    fn event(&mut self, event: &Event);

    /// The command is done.
    ///
    /// # Errors
    /// What keeps the answer from arriving: a full disk.
    fn finish(&mut self, answer: &Answer) -> Result<(), Failure>;
}

/// People in front of a terminal, and programs at the end of a pipe.
#[derive(Debug)]
pub(crate) struct Terminal {
    verbose: bool,
}

impl Terminal {
    pub(crate) fn new(global: &Global) -> Self {
        Terminal {
            verbose: global.verbose,
        }
    }
}

impl View for Terminal {
    fn event(&mut self, event: &Event) {
        let line = line(event) + "\n";
        match event {
            Event::Asking { .. } | Event::Answered { .. } if !self.verbose => {}
            // What the command is there for, and whoever started it waits for that line. It serves all the same where
            // nobody reads it.
            #[cfg(feature = "engine")]
            Event::Serving { .. } => drop(stdout(&line)),
            #[cfg(any(feature = "aws", feature = "engine"))]
            Event::Notice { .. } => stderr(&line),
            Event::Asking { .. } | Event::Answered { .. } => stderr(&line),
        }
    }

    fn finish(&mut self, answer: &Answer) -> Result<(), Failure> {
        stdout(&answer.stdout)?;
        stderr(&answer.stderr);
        Ok(())
    }
}

fn line(event: &Event) -> String {
    match event {
        Event::Asking {
            environment,
            region,
        } => format!("asking CloudFormation in {region} for the stacks of {environment}"),
        Event::Answered {
            environment,
            account,
            stacks,
        } => format!("account {account} has {stacks} stacks of {environment}"),
        #[cfg(feature = "engine")]
        Event::Serving { url } => format!("{url} answers: export AWS_ENDPOINT_URL={url}"),
        #[cfg(any(feature = "aws", feature = "engine"))]
        Event::Notice { text } => text.clone(),
    }
}

impl Answer {
    /// What was asked for, and nothing else.
    pub(crate) fn of(stdout: String) -> Self {
        Answer {
            stdout,
            stderr: String::new(),
            exit: Exit::Done,
        }
    }
}

/// Writes to standard output. A reader who has seen enough (`| head`) is no error.
fn stdout(text: &str) -> Result<(), Failure> {
    let mut stdout = std::io::stdout().lock();
    let written = stdout
        .write_all(text.as_bytes())
        .and_then(|()| stdout.flush());
    match written {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(Failure::new(
            Exit::Failed,
            Code::File,
            format!("cannot write to standard output: {error}"),
            "check where the output goes",
        )),
        Ok(()) | Err(_) => Ok(()),
    }
}

/// Writes to standard output while a command works. Who has seen enough, or whose disk is full, stops no deployment.
#[cfg(feature = "aws")]
pub(crate) fn stdout_now(text: &str) {
    drop(stdout(text));
}

/// Writes to standard error, which nobody may be reading.
pub(crate) fn stderr(text: &str) {
    let _ = std::io::stderr().write_all(text.as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_lines() {
        let asking = Event::Asking {
            environment: "prod".to_owned(),
            region: "eu-west-1".to_owned(),
        };
        assert_eq!(
            line(&asking),
            "asking CloudFormation in eu-west-1 for the stacks of prod"
        );
        let answered = Event::Answered {
            environment: "prod".to_owned(),
            account: "123456789012".to_owned(),
            stacks: 3,
        };
        assert_eq!(line(&answered), "account 123456789012 has 3 stacks of prod");
    }
}
