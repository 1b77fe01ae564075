//! What whoever deploys may do, and what not.

use super::*;

#[test]
fn whoever_looks_for_drift_reads_what_the_stacks_have() {
    let all = assemblies(&shop(), &settings("prod", json!({}))).unwrap();
    let template = &stack(&all, "prod.bootstrap", "bootstrap").template;
    let roles = roles(template, &place());
    let deploy = role(&roles, "shop-prod-deploy");
    let on = |action: &str| -> BTreeSet<String> {
        let statements = allowing(deploy, action).into_iter();
        let resources = statements.flat_map(|statement| match &statement["Resource"] {
            Value::Array(all) => all.clone(),
            one => vec![one.clone()],
        });
        resources
            .map(|resource| resource.as_str().unwrap().to_owned())
            .collect()
    };
    let only = |resource: &str| BTreeSet::from([resource.to_owned()]);
    assert_eq!(
        on("sqs:GetQueueAttributes"),
        only("arn:aws:sqs:eu-central-1:111122223333:shop-prod-jobs")
    );
    assert_eq!(
        on("iam:GetRole"),
        only("arn:aws:iam::111122223333:role/shop-prod-services-*")
    );
    // CloudFormation asks who looks for these by themselves.
    assert_eq!(
        on("cloudformation:BatchDescribeTypeConfigurations"),
        only("*")
    );
    // What would hand out secrets or data, and what changes anything, is not granted for it.
    for action in [
        "secretsmanager:GetSecretValue",
        "sqs:SetQueueAttributes",
        "iam:CreateRole",
    ] {
        assert_eq!(on(action), BTreeSet::new(), "{action}");
    }
    // The database's handler names it, and the stacks have no key.
    assert_eq!(on("kms:DescribeKey"), BTreeSet::new());
}

#[test]
fn what_a_small_app_has_not_its_roles_may_not() {
    let queue = "Resources: {Queue: {Type: AWS::SQS::Queue, Properties: {QueueName: jobs}}}";
    let (queue, settings) = (assembly(&[("jobs", queue)]), settings("prod", json!({})));
    let all = assemblies(&queue, &settings).unwrap();
    let own = all.first().unwrap();
    let roles = roles(
        &stack(&all, "prod.bootstrap", "bootstrap").template,
        &place(),
    );
    let deploy = role(&roles, "shop-prod-deploy");
    // What an account has room for is asked where something of it is added.
    for action in [
        "cloudformation:ListResources",
        "ec2:DescribeVpcs",
        "rds:DescribeDBInstances",
        "servicequotas:GetServiceQuota",
    ] {
        assert!(allowing(deploy, action).is_empty(), "{action}");
    }
    let report = report(&queue, &settings, own, &needs(&queue, &settings));
    assert!(
        report.contains("\nEach action only on what the stacks name.\n"),
        "{report}"
    );
}

#[test]
fn what_a_release_does_besides_is_allowed_where_it_does_it_and_only_then() {
    let roles_of = |deployment: Value| {
        let all = assemblies(
            &shop(),
            &settings("prod", json!({ "deployment": deployment })),
        );
        roles(
            &stack(&all.unwrap(), "prod.bootstrap", "bootstrap").template,
            &place(),
        )
    };
    let quiet = roles_of(json!({}));
    let quiet = role(&quiet, "shop-prod-deploy");
    for action in [
        "ecs:RunTask",
        "ecs:StopTask",
        "ecs:ListTasks",
        "logs:GetLogEvents",
        "sns:Publish",
        "kms:Decrypt",
    ] {
        assert!(allowing(quiet, action).is_empty(), "{action}");
    }
    let migrate = json!({
        "name": "migrate", "service": "api", "runs": "before", "command": ["migrate"], "reversible": false,
    });
    let notify = json!({ "topics": ["services/Alarms"] });
    let busy = roles_of(json!({ "tasks": [migrate], "notify": notify }));
    let busy = role(&busy, "shop-prod-deploy");
    let of = |service: &str, resource: &str| {
        format!("arn:aws:{service}:eu-central-1:111122223333:{resource}")
    };
    let on = |action: &str| allowing(busy, action)[0]["Resource"].clone();
    assert_eq!(
        on("ecs:RunTask"),
        of("ecs", "task-definition/shop-api-migrate:*")
    );
    assert_eq!(on("ecs:StopTask"), of("ecs", "task/shop-prod/*"));
    assert_eq!(
        on("ecs:RegisterTaskDefinition"),
        json!([
            of("ecs", "task-definition/shop-api-migrate:*"),
            of("ecs", "task-definition/shop-api:*")
        ])
    );
    assert_eq!(
        on("logs:GetLogEvents"),
        of("logs", "log-group:/shop/prod/api:log-stream:*")
    );
    assert_eq!(on("sns:Publish"), of("sns", "shop-prod-alarms"));
    assert_eq!(on("kms:GenerateDataKey"), of("kms", "key/*"));
    let cluster =
        |action: &str| allowing(busy, action)[0]["Condition"]["StringLike"]["ecs:cluster"].clone();
    assert_eq!(cluster("ecs:RunTask"), of("ecs", "cluster/shop-prod"));
    assert_eq!(cluster("ecs:ListTasks"), of("ecs", "cluster/shop-prod"));
}

#[test]
fn the_deploy_role_keeps_what_a_stack_that_goes_needs() {
    let shop = shop();
    let without = Assembly {
        stacks: Vec::new(),
        ..shop.clone()
    };
    let deletes = |deployed: &Assembly| {
        let all = assemblies_from(deployed, &without, &settings("prod", json!({}))).unwrap();
        let bootstrap = stack(&all, "prod.bootstrap", "bootstrap");
        let roles = roles(&bootstrap.template, &place());
        let deletes = allowing(
            role(&roles, "shop-prod-deploy"),
            "cloudformation:DeleteStack",
        );
        let resources = deletes.iter().map(|one| one["Resource"].to_string());
        resources.collect::<String>()
    };
    assert!(deletes(&shop).contains("stack/shop-prod-services/*"));
    assert!(!deletes(&without).contains("services"));
}
