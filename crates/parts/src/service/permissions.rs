//! What a service may do: the role that starts its tasks, and the one that they run with.

use stratiform_stack::{Arn, Handle, Id, Opt, Prop, Statement, Statements, props};

use crate::Role;
use crate::resources::logs;
use crate::statements::{pull, trust_in_tasks};

/// What ECS may do to start a task: pull its image, write its log, and what the service says.
pub(super) fn execution_role(
    id: &str,
    logs: &Handle<logs::LogGroup>,
    repository: Opt<Id<Arn>>,
    further: Statements,
) -> Role {
    let pull = repository.into_prop().into_iter().flat_map(pull);
    let write = Statement::allow(["logs:CreateLogStream", "logs:PutLogEvents"])
        .sid("WriteLogs")
        .on(logs);
    let own = pull.chain([write]);
    props!(Role {
        trust: trust_in_tasks(),
        description: format!("Starts the tasks of {id}"),
        policy_name: "start-tasks",
        statements: own.map(Prop::from).chain(further).collect::<Statements>(),
    })
}

/// What the service's own code may do.
pub(super) fn task_role(id: &str, statements: Statements) -> Role {
    props!(Role {
        trust: trust_in_tasks(),
        description: format!("What {id} itself may do"),
        policy_name: "run",
        statements,
    })
}
