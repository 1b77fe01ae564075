//! Commands of the pipeline, one after the other, once all stacks are deployed.

use super::tasks::Progress;
use super::{Effect, Run};
use crate::call::{Call, Failure, NewCommand, Reply};
use crate::told::{CommandNews, Told};

/// Milliseconds in a minute.
const MINUTE: u64 = 60_000;

/// How far a command is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CommandRun {
    /// It is not its turn.
    Waits,
    /// It runs, and its answer has this ticket.
    Runs(u64),
    /// It is over: whether it went well.
    Ended(bool),
}

impl Run {
    /// How far the commands are; begins the next.
    pub(super) fn commands(&mut self) -> Progress {
        for place in 0..self.commands.len() {
            match self.commands[place] {
                CommandRun::Ended(true) => continue,
                CommandRun::Ended(false) => return Progress::Failed(place),
                CommandRun::Runs(_) => return Progress::GoesOn,
                CommandRun::Waits => {}
            }
            let besides = &self.plan.conduct.besides;
            let planned = &besides.commands[place];
            let call = Call::RunCommand(Box::new(NewCommand {
                argv: planned.argv.clone(),
                folder: besides.root.join(&planned.folder),
                variables: besides.variables.clone(),
                patience: u64::from(planned.patience_minutes) * MINUTE,
            }));
            let ticket = self.next_ticket;
            self.next_ticket += 1;
            self.tell_of_command(place, CommandNews::Begins);
            self.commands[place] = CommandRun::Runs(ticket);
            let call = Box::new(call);
            self.outbox.push(Effect::Call { ticket, call });
            return Progress::GoesOn;
        }
        Progress::Done
    }

    /// Whose answer a ticket is.
    pub(super) fn command_of(&self, ticket: u64) -> Option<usize> {
        let mut commands = self.commands.iter();
        commands.position(|command| *command == CommandRun::Runs(ticket))
    }

    /// Whether a command is under way.
    pub(super) fn is_running_command(&self) -> bool {
        let mut commands = self.commands.iter();
        commands.any(|command| matches!(command, CommandRun::Runs(_)))
    }

    pub(super) fn command_ended(&mut self, place: usize, reply: Result<Reply, Failure>) {
        let minutes = self.plan.conduct.besides.commands[place].patience_minutes;
        let (failed, printed) = match reply {
            Ok(Reply::Command {
                exit: Some(0),
                printed,
                ..
            }) => (None, printed),
            Ok(Reply::Command {
                is_late: true,
                printed,
                ..
            }) => (Some(format!("it took more than {minutes} min")), printed),
            Ok(Reply::Command {
                exit: Some(code),
                printed,
                ..
            }) => (Some(format!("it ended with exit code {code}")), printed),
            Ok(Reply::Command { printed, .. }) => {
                (Some("it was ended by a signal".to_owned()), printed)
            }
            Ok(_) => (
                Some("the answer does not fit the question".to_owned()),
                Vec::new(),
            ),
            Err(failure) => (
                Some(format!("{}: {}", failure.what, failure.why)),
                Vec::new(),
            ),
        };
        self.commands[place] = CommandRun::Ended(failed.is_none());
        self.tell_of_command(place, CommandNews::Ended { failed, printed });
    }

    /// Ends what runs: nobody waits for its answer.
    pub(super) fn abandon_commands(&mut self) {
        for place in 0..self.commands.len() {
            if let CommandRun::Runs(ticket) = self.commands[place] {
                self.outbox.push(Effect::Abandon(ticket));
                self.commands[place] = CommandRun::Ended(false);
                let failed = Some("the deployment was interrupted".to_owned());
                let printed = Vec::new();
                self.tell_of_command(place, CommandNews::Ended { failed, printed });
            }
        }
    }

    fn tell_of_command(&mut self, command: usize, news: CommandNews) {
        let told = Told::Command { command, news };
        self.outbox.push(Effect::Tell(Box::new(told)));
    }
}
