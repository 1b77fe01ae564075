//! What a service may do: the role that starts its tasks, and the one that they run with.

use stratiform_stack::{Arn, Handle, Id, Opt, PolicyDocument, Prop, Statement, arn, props};

use crate::resources::logs;
use crate::{Role, statements};

/// What ECS may do to start a task: pull its image, write its log, and what the service says.
pub(super) fn execution_role(
    id: &str,
    logs: &Handle<logs::LogGroup>,
    repository: Opt<Id<Arn>>,
    further: Vec<Statement>,
) -> Role {
    let pull = repository.into_prop().into_iter().flat_map(pull);
    let write = Statement::allow(["logs:CreateLogStream", "logs:PutLogEvents"])
        .sid("WriteLogs")
        .on(logs);
    props!(Role {
        trust: trust_in_tasks(),
        description: format!("Starts the tasks of {id}"),
        policy_name: "start-tasks",
        statements: pull.chain([write]).chain(further).collect::<Vec<_>>(),
    })
}

/// What the service's own code may do.
pub(super) fn task_role(id: &str, statements: Vec<Statement>) -> Role {
    props!(Role {
        trust: trust_in_tasks(),
        description: format!("What {id} itself may do"),
        policy_name: "run",
        statements,
    })
}

fn trust_in_tasks() -> PolicyDocument {
    statements::trust("ecs-tasks.amazonaws.com", arn("ecs", "*"))
}

fn pull(repository: Prop<Id<Arn>>) -> [Statement; 2] {
    [
        Statement::allow(["ecr:GetAuthorizationToken"])
            .sid("Login")
            .on_any(),
        Statement::allow([
            "ecr:BatchCheckLayerAvailability",
            "ecr:BatchGetImage",
            "ecr:GetDownloadUrlForLayer",
        ])
        .sid("Pull")
        .on(repository),
    ]
}
