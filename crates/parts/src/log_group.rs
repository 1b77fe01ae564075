//! Log groups.

use stratiform_stack::generated::Overlay;
use stratiform_stack::{Define, DeletionPolicy, Handle, Opt, Prop, Stack, props};

use crate::LogKeyHandles;
use crate::part::part;
use crate::resources::logs;

part! {
    /// How logs are kept, of whatever writes them: other parts take it as `logs: &logs`.
    pub struct Logs {
        required {}
        optional {
            /// Days until a line is deleted.
            retention_days: Prop<i64> = 365,
            /// What encrypts them. Without one, CloudWatch Logs uses a key of its own.
            key: Option<LogKeyHandles>,
            /// What becomes of them when they leave their stack.
            removal: DeletionPolicy = DeletionPolicy::RetainExceptOnCreate,
        }
    }
}

impl From<&Logs> for Logs {
    fn from(logs: &Logs) -> Self {
        logs.clone()
    }
}

impl From<&LogKeyHandles> for Option<LogKeyHandles> {
    fn from(key: &LogKeyHandles) -> Self {
        Some(key.clone())
    }
}

part! {
    /// A log group that forgets what is old.
    pub struct LogGroup {
        required {}
        optional {
            /// Its name. A [`LogKey`](crate::LogKey) must admit it.
            name: Opt<String>,
            /// How long it keeps what, and under which key.
            logs: Logs,
            /// Properties of the log group itself: what is named here counts, the rest is the part's.
            log_group: logs::LogGroup,
        }
    }
}

impl LogGroup {
    /// Adds it under the logical ID `id`.
    #[track_caller]
    pub fn add_to(self, stack: &Stack, id: &str) -> Handle<logs::LogGroup> {
        let Logs {
            retention_days,
            key,
            removal,
        } = self.logs;
        let name = self.name.as_text();
        if let Some(key) = &key
            && !name.is_some_and(|name| key.admits(name))
        {
            stack.refuse(
                format!(
                    "the key `{}` is not for the log group `{id}`, {}",
                    key.id(),
                    match name {
                        Some(name) => format!("which is called `{name}`"),
                        None => "of which no name is known here".to_owned(),
                    }
                ),
                format!(
                    "give the log group a name that the key admits ({}), or add its name to `groups` of the key",
                    key.admitted()
                ),
            );
        }
        let defaults = props!(logs::LogGroup {
            log_group_name: self.name.into_prop().map(Prop::into_expr),
            retention_in_days: retention_days,
            kms_key_id: key.map(|key| key.key.arn()),
        });
        stack.add(id, self.log_group.over(defaults).on_removal(removal))
    }
}
