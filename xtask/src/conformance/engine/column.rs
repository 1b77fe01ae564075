//! What is compared, in columns: those of the program that the engine is measured with.

/// A column of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Column {
    /// The change set that created the stack before the update.
    Creation,
    /// Resources, types, actions; replacement of what is modified.
    Actions,
    Plain,
    Values,
    /// Status, reason, parameters, tags, description of a change set.
    ChangeSet,
    /// The stack's status when the operation is over.
    StackStatus,
    /// Statuses of each resource, repeats folded.
    Events,
    /// The same raw, with reasons.
    RawEvents,
    Code,
    /// The message of a refusal, or a failed resource's reason.
    Message,
    Outputs,
    /// Resources, templates, summaries, exports.
    Answers,
    /// References and the order of creation and deletion.
    Order,
}

impl Column {
    pub(super) const ALL: [Column; 13] = [
        Column::Creation,
        Column::Actions,
        Column::Plain,
        Column::Values,
        Column::ChangeSet,
        Column::StackStatus,
        Column::Events,
        Column::RawEvents,
        Column::Code,
        Column::Message,
        Column::Outputs,
        Column::Answers,
        Column::Order,
    ];

    pub(super) fn name(self) -> &'static str {
        match self {
            Column::Creation => "creation",
            Column::Actions => "actions",
            Column::Plain => "details",
            Column::Values => "values",
            Column::ChangeSet => "change set",
            Column::StackStatus => "status",
            Column::Events => "events",
            Column::RawEvents => "raw events",
            Column::Code => "code",
            Column::Message => "message",
            Column::Outputs => "outputs",
            Column::Answers => "answers",
            Column::Order => "order",
        }
    }
}
