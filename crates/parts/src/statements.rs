//! Statements that recur.

use stratiform_stack::condition::{arn_like, boolean, key, string_equals};
use stratiform_stack::{
    Arn, Expr, Id, PolicyDocument, Principal, Prop, Statement, arn, pseudo, sub,
};

/// Trust in a service that acts for one resource of this account only, or for those that a pattern says: another
/// account cannot have the service use the role for its own ends.
///
/// Source: IAM user guide, "The confused deputy problem".
pub fn trust(service: &str, source: impl Into<Prop<String>>) -> PolicyDocument {
    let assume = Statement::allow(["sts:AssumeRole"]).to(Principal::service(service));
    PolicyDocument::new([
        own_account(assume).when(arn_like(key::SOURCE_ARN, source.into().into_expr()))
    ])
}

/// Limits a statement to requests that a service makes for this account.
pub fn own_account(statement: Statement) -> Statement {
    statement.when(string_equals(key::SOURCE_ACCOUNT, pseudo::account_id()))
}

/// Limits a statement to requests that a service (`sqs`) makes on one's behalf: never directly.
pub fn through(statement: Statement, service: &str) -> Statement {
    let endpoint = sub!("{}.{}.amazonaws.com", service, pseudo::region());
    statement.when(string_equals("kms:ViaService", endpoint))
}

/// Refuses requests without TLS.
pub fn deny_plaintext(action: &str, resource: impl Into<Prop<Id<Arn>>>) -> Statement {
    Statement::deny([action])
        .sid("DenyPlaintext")
        .to(Principal::Everyone)
        .on(resource)
        .when(boolean(key::SECURE_TRANSPORT, false))
}

/// The ARNs of log groups by a pattern of their names.
pub fn log_groups(pattern: &str) -> Expr<String> {
    arn("logs", format!("log-group:{pattern}"))
}

/// Trust in the tasks of this account's clusters.
pub fn trust_in_tasks() -> PolicyDocument {
    trust("ecs-tasks.amazonaws.com", arn("ecs", "*"))
}

/// To log in to ECR, and pull the images of a repository.
pub fn pull(repository: impl Into<Prop<Id<Arn>>>) -> [Statement; 2] {
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
