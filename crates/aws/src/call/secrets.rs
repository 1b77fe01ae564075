//! Values that nobody is told, in the words of others: whoever makes a resource may say with which value that failed.

use stratiform_deploy::{Failure, Reply};

/// Shorter ones are parts of any text.
const SHORTEST: usize = 4;

/// What stands in place of a value, as in CloudFormation's own answers.
const HIDDEN: &str = "****";

/// Values that are in no answer.
#[derive(Clone, Default)]
pub(crate) struct Secrets(Vec<String>);

impl Secrets {
    /// Hides these too, where they are not too short.
    pub(crate) fn and(self, values: impl IntoIterator<Item = String>) -> Secrets {
        let values = self.0.into_iter().chain(values);
        let mut values: Vec<String> = values.filter(|value| value.len() >= SHORTEST).collect();
        // One may be a part of another one.
        values.sort_by_key(|value| std::cmp::Reverse(value.len()));
        Secrets(values)
    }

    /// A reply without them: in reasons, which people read. What it is about stays as it is, or it would be about
    /// something else.
    pub(super) fn hidden(&self, mut reply: Reply) -> Reply {
        match &mut reply {
            Reply::Stack(Some(stack)) => self.hide_some(&mut stack.reason),
            Reply::ChangeSet(change_set) => self.hide_some(&mut change_set.status_reason),
            Reply::Validation(failures) => {
                for failure in failures {
                    self.hide(&mut failure.reason);
                }
            }
            Reply::Events(events) => {
                for event in events {
                    self.hide_some(&mut event.resource_status_reason);
                    self.hide_some(&mut event.resource_properties);
                    self.hide_some(&mut event.hook_status_reason);
                }
            }
            Reply::Printed(Some(lines)) | Reply::Command { printed: lines, .. } => {
                for line in lines {
                    self.hide(line);
                }
            }
            Reply::Task(Some(task)) => {
                self.hide_some(&mut task.reason);
                for container in &mut task.containers {
                    self.hide_some(&mut container.reason);
                }
            }
            _ => {}
        }
        reply
    }

    /// A failure without them.
    pub(super) fn hidden_in(&self, mut failure: Failure) -> Failure {
        self.hide(&mut failure.what);
        self.hide(&mut failure.why);
        failure
    }

    fn hide_some(&self, text: &mut Option<String>) {
        if let Some(text) = text {
            self.hide(text);
        }
    }

    fn hide(&self, text: &mut String) {
        for value in &self.0 {
            if text.contains(value) {
                *text = text.replace(value, HIDDEN);
            }
        }
    }
}
