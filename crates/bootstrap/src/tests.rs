//! What is made, as people read it, and what of it has to hold whatever it looks like.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use stratiform_assembly::{Assembly, StackAt};
use stratiform_environment::Settings;
use stratiform_finding::Code;
use stratiform_permissions::{Grant, Needed, lacking};
use stratiform_service::AccountId;

use crate::fixture::{assembly, settings, shop};
use crate::{
    Derivations, Names, PROVIDER, Role, Whereabouts, assemblies, assemblies_by, assemblies_from,
    needs, report, roles, supposed,
};

mod deploy_role;

/// The only stack of an assembly with this key.
fn stack<'a>(all: &'a [Assembly], environment: &str, key: &str) -> &'a StackAt {
    let found = all
        .iter()
        .find(|it| it.environment.as_deref() == Some(environment))
        .unwrap();
    let name = format!("shop-prod-{key}");
    found.stack(&name).unwrap()
}

fn place() -> Whereabouts {
    let account = AccountId::new("111122223333").unwrap();
    Whereabouts::new(&account, &"eu-central-1".parse().unwrap())
}

fn role<'r>(roles: &'r [Role], name: &str) -> &'r Role {
    roles.iter().find(|role| role.name == name).unwrap()
}

/// A role's statements that allow an action.
fn allowing<'r>(role: &'r Role, action: &str) -> Vec<&'r Value> {
    let documents = role.policies.iter().map(|policy| &policy.document);
    let statements = documents.flat_map(|document| document["Statement"].as_array().unwrap());
    let has = |statement: &&Value| match &statement["Action"] {
        Value::String(one) => one == action,
        Value::Array(all) => all.iter().any(|one| one == action),
        _ => false,
    };
    statements.filter(has).collect()
}

#[test]
fn an_environment_that_asks_for_nothing_gets_nothing() {
    let without = settings("prod", json!({ "bootstrap": null }));
    assert!(assemblies(&shop(), &without).unwrap().is_empty());
}

#[test]
fn stacks_of_an_environment() {
    let all = assemblies(&shop(), &settings("prod", json!({}))).unwrap();
    let [own] = all.as_slice() else {
        panic!("{all:?}");
    };
    assert_eq!(own.environment.as_deref(), Some("prod.bootstrap"));
    let keys: Vec<&str> = own
        .stacks
        .iter()
        .map(|stack| own.key(&stack.name))
        .collect();
    assert_eq!(keys, ["bootstrap-artifacts", "bootstrap"]);
    let texts = own.stacks.iter().map(|stack| stack.template.to_yaml());
    insta::assert_snapshot!(texts.collect::<Vec<_>>().join("\n---\n"));
    for stack in &own.stacks {
        assert_eq!(stack.tags["app"], "shop");
        assert!(
            stack.locations.is_empty(),
            "they are declared in no project"
        );
    }
    assert_eq!(own.stacks[1].capabilities, ["CAPABILITY_NAMED_IAM"]);
}

#[test]
fn what_the_roles_may_do_in_words() {
    let settings = bounded("arn:aws:iam::111122223333:policy/boundary");
    let all = assemblies(&shop(), &settings).unwrap();
    let needs = needs(&shop(), &settings);
    insta::assert_snapshot!(report(&shop(), &settings, &all[0], &needs));
}

#[test]
fn who_prepares_a_release_executes_nothing() {
    let of = |deployment: Value| {
        let settings = settings("prod", json!({ "deployment": deployment }));
        let all = assemblies(&shop(), &settings).unwrap();
        roles(
            &stack(&all, "prod.bootstrap", "bootstrap").template,
            &place(),
        )
    };
    // Only where somebody approves what was prepared.
    let names = |roles: &[Role]| {
        roles
            .iter()
            .map(|role| role.name.clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        names(&of(json!({}))),
        ["shop-prod-execution", "shop-prod-deploy"]
    );
    let roles = of(json!({ "release_only": true }));
    let (deploys, prepares) = (
        role(&roles, "shop-prod-deploy"),
        role(&roles, "shop-prod-prepare"),
    );
    let environment = "token.actions.githubusercontent.com:environment";
    let condition = &prepares.trust["Statement"][0]["Condition"]["StringEquals"];
    assert_eq!(condition[environment], "prod-prepare");
    let (denied, allowed) = prepares.policies.split_last().unwrap();
    assert_eq!(allowed, deploys.policies);
    let statement = &denied.document["Statement"][0];
    assert_eq!(
        (&statement["Effect"], &statement["Resource"]),
        (&json!("Deny"), &json!("*"))
    );
    let denied = statement["Action"].as_array().unwrap();
    for action in [
        "cloudformation:ExecuteChangeSet",
        "cloudformation:DeleteStack",
        "ecs:UpdateService",
    ] {
        assert!(denied.contains(&json!(action)), "{action}");
    }
    assert!(!denied.contains(&json!("cloudformation:CreateChangeSet")));
}

#[test]
fn images_of_the_environment_before_can_be_copied_and_not_changed() {
    let actions = |deployment: Value| {
        let settings = settings("prod", json!({ "deployment": deployment }));
        let grants = needs(&shop(), &settings).deploy.grants.into_iter();
        let of_before = grants.filter(|grant| {
            let mut resources = grant.resources.iter();
            resources.any(|resource| resource.ends_with(":repository/shop/staging/*"))
        });
        of_before
            .flat_map(|grant| grant.actions)
            .collect::<Vec<_>>()
    };
    let copied = actions(json!({ "promotes_from": "staging" }));
    assert!(
        copied.contains(&"ecr:BatchGetImage".to_owned()),
        "{copied:?}"
    );
    assert!(!copied.contains(&"ecr:PutImage".to_owned()), "{copied:?}");
    assert!(actions(json!({})).is_empty());
}

#[test]
fn whoever_is_not_this_repository_and_environment_is_not_trusted() {
    let trust = |bootstrap: Value| {
        let settings = settings("prod", json!({ "bootstrap": bootstrap }));
        let all = assemblies(&shop(), &settings).unwrap();
        let roles = roles(
            &stack(&all, "prod.bootstrap", "bootstrap").template,
            &place(),
        );
        let trust = &role(&roles, "shop-prod-deploy").trust["Statement"][0];
        assert_eq!(
            trust["Principal"]["Federated"],
            "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"
        );
        trust["Condition"].clone()
    };
    let claim = |name: &str| format!("token.actions.githubusercontent.com:{name}");
    let condition = trust(json!({ "repository": "octo-org/shop", "refs": ["refs/tags/v*"] }));
    let equals = &condition["StringEquals"];
    assert_eq!(equals[claim("aud")], "sts.amazonaws.com");
    assert_eq!(equals[claim("repository")], "octo-org/shop");
    assert_eq!(equals[claim("environment")], "prod");
    let like = &condition["StringLike"];
    assert_eq!(like[claim("ref")], "refs/tags/v*");
    assert_eq!(
        like[claim("sub")],
        json!([
            "repo:octo-org/shop:environment:prod",
            "repo:octo-org@*/shop@*:environment:prod"
        ])
    );
    let condition = trust(json!({
        "repository": "octo-org/shop",
        "ids": { "owner": 12, "repository": 345 },
        "refs": ["refs/heads/main", "refs/tags/v*"],
        "github_environment": "live",
    }));
    assert_eq!(condition["StringEquals"][claim("repository_id")], "345");
    assert_eq!(
        condition["StringLike"][claim("sub")],
        json!([
            "repo:octo-org/shop:environment:live",
            "repo:octo-org@12/shop@345:environment:live"
        ])
    );
    assert_eq!(
        condition["StringLike"][claim("ref")],
        json!(["refs/heads/main", "refs/tags/v*"])
    );
}

/// Settings of prod with a permissions boundary.
fn bounded(boundary: &str) -> Settings {
    let bootstrap = json!({ "repository": "a/b", "permissions_boundary": boundary });
    let deployment = json!({ "release_only": true });
    settings(
        "prod",
        json!({ "bootstrap": bootstrap, "deployment": deployment }),
    )
}

#[test]
fn the_boundary_limits_the_roles_and_those_that_the_stacks_make() {
    let boundary = "arn:aws:iam::111122223333:policy/boundary";
    let all = assemblies(&shop(), &bounded(boundary)).unwrap();
    let roles = roles(
        &stack(&all, "prod.bootstrap", "bootstrap").template,
        &place(),
    );
    let limits: Vec<_> = roles.iter().map(|role| role.boundary.clone()).collect();
    assert_eq!(limits, vec![Some(boundary.into()); 3]);
    let execution = role(&roles, "shop-prod-execution");
    for action in [
        "iam:CreateRole",
        "iam:AttachRolePolicy",
        "iam:PutRolePolicy",
    ] {
        let statements = allowing(execution, action);
        assert!(!statements.is_empty(), "{action}");
        for statement in statements {
            let limit = &statement["Condition"]["StringEquals"]["iam:PermissionsBoundary"];
            assert_eq!(limit, boundary, "{action}");
        }
    }
    let refused = allowing(execution, "iam:DeleteRolePermissionsBoundary");
    assert!(refused.is_empty(), "{refused:?}");
    assert!(allowing(execution, "iam:DeleteRole")[0]["Condition"].is_null());
}

#[test]
fn nobody_may_change_what_limits_him() {
    let check = |boundary: &str, is_fine: bool| {
        let stacks = assembly(&[(
            "access",
            "
Resources:
  Policy: {Type: AWS::IAM::ManagedPolicy, Properties: {ManagedPolicyName: shop-prod-limit, PolicyDocument: {}}}
",
        )]);
        let found = assemblies(&stacks, &bounded(boundary)).err();
        let codes = found.iter().flatten().map(|finding| finding.code);
        let expected = (!is_fine).then_some(Code::PermissionsBoundary);
        assert_eq!(
            codes.collect::<Vec<_>>(),
            Vec::from_iter(expected),
            "{boundary}"
        );
    };
    check("arn:aws:iam::111122223333:policy/shop-prod-limit", false);
    check("arn:aws:iam::111122223333:policy/limit", true);
    check("arn:aws:iam::aws:policy/shop-prod-limit", true);
}

#[test]
fn the_roles_have_what_is_needed_and_of_the_rest_nothing() {
    let settings = settings("prod", json!({}));
    let all = assemblies(&shop(), &settings).unwrap();
    let template = &stack(&all, "prod.bootstrap", "bootstrap").template;
    let needs = needs(&shop(), &settings);
    let anywhere = Whereabouts::anywhere(&"eu-central-1".parse().unwrap());
    let roles = roles(template, &anywhere);
    let deploy = Needed {
        grants: needs.deploy.grants.clone(),
        ..Needed::default()
    };
    for (name, needed) in [("execution", &needs.execution), ("deploy", &deploy)] {
        let role = role(&roles, &format!("shop-prod-{name}"));
        let documents: Vec<Value> = role.policies.iter().map(|it| it.document.clone()).collect();
        assert_eq!(lacking(&documents, needed), [], "{name}");
    }
    for policy in crate::roles(template, &place())
        .iter()
        .flat_map(|role| &role.policies)
    {
        assert!(policy.characters() <= 6_144, "{}", policy.name);
    }
    // Another queue is another permission.
    let more = assembly(&[(
        "more",
        "Resources: {Topic: {Type: AWS::SNS::Topic, Properties: {TopicName: shop-prod-news}}}",
    )]);
    let role = role(&roles, "shop-prod-execution");
    let documents: Vec<Value> = role.policies.iter().map(|it| it.document.clone()).collect();
    let lacks = lacking(&documents, &crate::needs(&more, &settings).execution);
    let create = lacks.iter().find(|it| it.action == "sns:CreateTopic");
    let create = create.unwrap_or_else(|| panic!("{lacks:?}"));
    assert!(create.resource.ends_with(":shop-prod-news"), "{create:?}");
}

#[test]
fn a_deployment_changes_its_own_stacks_with_its_own_role_and_no_others() {
    let promotes = json!({ "deployment": { "promotes_from": "staging" } });
    let all = assemblies(&shop(), &settings("prod", promotes)).unwrap();
    let roles = roles(
        &stack(&all, "prod.bootstrap", "bootstrap").template,
        &place(),
    );
    let deploy = role(&roles, "shop-prod-deploy");
    let of =
        |key: &str| format!("arn:aws:cloudformation:eu-central-1:111122223333:stack/shop-{key}/*");
    let [makes] = allowing(deploy, "cloudformation:CreateChangeSet")[..] else {
        panic!("one statement");
    };
    assert_eq!(
        makes["Resource"],
        json!([of("prod-data"), of("prod-services")])
    );
    let execution = "arn:aws:iam::111122223333:role/shop-prod-execution";
    assert_eq!(
        makes["Condition"],
        json!({ "StringEquals": { "cloudformation:RoleArn": execution } })
    );
    // Its own bootstrap and the environment before it are read, and nothing else.
    let [reads] = allowing(deploy, "cloudformation:DescribeStacks")[..] else {
        panic!("one statement");
    };
    let read: BTreeSet<&str> = reads["Resource"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(Value::as_str)
        .collect();
    let expected = ["prod-bootstrap", "prod-data", "prod-services", "staging-*"].map(of);
    assert_eq!(read, expected.iter().map(String::as_str).collect());
    let passes: Vec<(&Value, &Value)> = allowing(deploy, "iam:PassRole")
        .into_iter()
        .map(|passes| {
            (
                &passes["Resource"],
                &passes["Condition"]["StringEquals"]["iam:PassedToService"],
            )
        })
        .collect();
    assert_eq!(
        passes,
        [
            (&json!(execution), &json!("cloudformation.amazonaws.com")),
            (
                &json!("arn:aws:iam::111122223333:role/shop-prod-services-TaskRole-*"),
                &json!("ecs-tasks.amazonaws.com")
            ),
        ]
    );
    // Nothing that makes or changes a resource but through CloudFormation, what is pushed, and the protection of what a
    // creation left that could not be rolled back.
    let writes = [
        "iam:CreateRole",
        "rds:DeleteDBInstance",
        "sqs:CreateQueue",
        "ecs:DeleteService",
    ];
    assert!(
        writes
            .iter()
            .all(|action| allowing(deploy, action).is_empty())
    );
    let pushed = allowing(deploy, "ecr:PutImage");
    assert_eq!(
        pushed[0]["Resource"],
        "arn:aws:ecr:eu-central-1:111122223333:repository/shop/prod/api"
    );
    let protected = allowing(deploy, "rds:ModifyDBInstance");
    assert_eq!(
        protected[0]["Resource"],
        "arn:aws:rds:eu-central-1:111122223333:db:shop-eu-central-1"
    );
    let snapshots = allowing(deploy, "rds:CreateDBSnapshot");
    assert_eq!(
        snapshots[0]["Resource"],
        json!([
            "arn:aws:rds:eu-central-1:111122223333:db:shop-eu-central-1",
            "arn:aws:rds:eu-central-1:111122223333:snapshot:stratiform-*-shop-eu-central-1"
        ])
    );
}

#[test]
fn backups_are_looked_at_in_both_regions_and_not_touched() {
    let stacks = assembly(&[(
        "data",
        "
Resources:
  Database: {Type: AWS::RDS::DBInstance, Properties: {DBInstanceIdentifier: shop-prod}}
  Cluster: {Type: AWS::RDS::DBCluster, Properties: {DBClusterIdentifier: Shop-Cluster}}
  Vault: {Type: AWS::Backup::BackupVault, Properties: {BackupVaultName: shop-prod}}
  Plan:
    Type: AWS::Backup::BackupPlan
    Properties:
      BackupPlan:
        BackupPlanRule:
          - TargetBackupVault: !Ref Vault
            CopyActions:
              - DestinationBackupVaultArn: !Sub arn:${AWS::Partition}:backup:eu-west-1:${AWS::AccountId}:backup-vault:shop-far
              - DestinationBackupVaultArn: !Sub arn:${AWS::Partition}:backup:us-east-1:${AWS::AccountId}:backup-vault:elsewhere
",
    )]);
    let recovery = json!({ "disaster_recovery_region": "eu-west-1" });
    let deploy = needs(&stacks, &settings("prod", recovery)).deploy;
    let asked = deploy.grants.iter().flat_map(|grant| {
        let actions = grant.actions.iter();
        let ours = actions.filter(|action| {
            action.starts_with("backup:")
                || action.as_str() == "rds:DescribeDBInstanceAutomatedBackups"
                || action.as_str() == "rds:DescribeDBClusters"
        });
        ours.map(|action| format!("{action} on {}", grant.resources.join(", ")))
    });
    let mut asked: Vec<String> = asked.filter(|line| !line.ends_with("on *")).collect();
    asked.sort();
    insta::assert_snapshot!(asked.join("\n"));
    let unscoped = deploy.unscoped.iter().map(|(action, _)| action.as_str());
    let jobs: Vec<&str> = unscoped.filter(|action| action.contains("Jobs")).collect();
    assert_eq!(jobs, ["backup:ListBackupJobs", "backup:ListCopyJobs"]);
    // The protection of what a creation left that could not be rolled back.
    let lifts = |grant: &&Grant| {
        let mut actions = grant.actions.iter();
        actions.any(|action| action == "rds:ModifyDBCluster")
    };
    let lifted = deploy.grants.iter().find(lifts).unwrap();
    assert_eq!(
        lifted.resources,
        ["arn:${AWS::Partition}:rds:eu-central-1:${AWS::AccountId}:cluster:shop-cluster"]
    );
    // Where no stack has a database nothing is asked.
    let none = assembly(&[("data", "Resources: {Queue: {Type: AWS::SQS::Queue}}")]);
    let none = needs(&none, &settings("prod", json!({}))).deploy;
    let is_backup = |grant: &Grant| grant.actions.iter().any(|it| it.starts_with("backup:"));
    assert!(!none.grants.iter().any(is_backup), "{:?}", none.grants);
}

#[test]
fn where_backups_and_images_are_copied_to() {
    let stacks = assembly(&[(
        "data",
        "
Resources:
  Repository:
    Type: AWS::ECR::Repository
    Properties: {RepositoryName: shop/prod/api, ImageTagMutability: IMMUTABLE, LifecyclePolicy: {LifecyclePolicyText: '{}'}}
  Copies:
    Type: AWS::ECR::ReplicationConfiguration
    Properties:
      ReplicationConfiguration:
        Rules:
          - Destinations: [{Region: eu-west-1, RegistryId: !Ref AWS::AccountId}]
            RepositoryFilters: [{Filter: shop/prod/, FilterType: PREFIX_MATCH}]
          - Destinations: [{Region: us-east-1, RegistryId: !Ref AWS::AccountId}]
            RepositoryFilters: [{Filter: elsewhere/, FilterType: PREFIX_MATCH}]
  Plan:
    Type: AWS::Backup::BackupPlan
    Properties:
      BackupPlan:
        BackupPlanRule:
          - CopyActions:
              - DestinationBackupVaultArn: !Sub arn:${AWS::Partition}:backup:eu-west-1:${AWS::AccountId}:backup-vault:shop-far
              - DestinationBackupVaultArn: !Sub arn:${AWS::Partition}:backup:eu-west-1:444455556666:backup-vault:not-ours
              - DestinationBackupVaultArn: !Sub arn:${AWS::Partition}:backup:us-east-1:${AWS::AccountId}:backup-vault:elsewhere
          - CopyActions:
              - DestinationBackupVaultArn: !Sub arn:${AWS::Partition}:backup:eu-west-1:${AWS::AccountId}:backup-vault:shop-far
",
    )]);
    let recovery = json!({ "disaster_recovery_region": "eu-west-1" });
    let all = assemblies(&stacks, &settings("prod", recovery.clone())).unwrap();
    let names: Vec<_> = all.iter().map(|it| it.environment.as_deref()).collect();
    assert_eq!(
        names,
        [Some("prod.bootstrap"), Some("prod.bootstrap.eu-west-1")]
    );
    assert_eq!(all[1].region.as_str(), "eu-west-1");
    insta::assert_snapshot!(all[1].stacks[0].template.to_yaml());
    // Nothing leans on the region: nothing is made there.
    let all = assemblies(&shop(), &settings("prod", recovery)).unwrap();
    assert_eq!(all.len(), 1);
}

#[test]
fn the_names_are_taken() {
    let settings = settings("prod", json!({}));
    for name in Names::of(&settings).stacks() {
        let mut own = shop();
        own.stacks[0].name = name.to_owned();
        let refused = assemblies(&own, &settings).unwrap_err();
        assert_eq!(refused[0].code.as_str(), "stack-name");
    }
}

#[test]
fn a_template_too_long_for_a_call_waits_for_its_bucket() {
    let waits_for = |queues: usize| {
        let queues = (0..queues).map(|number| {
            format!("  Queue{number}: {{Type: AWS::SQS::Queue, Properties: {{QueueName: {number}{}}}}}\n", "q".repeat(70))
        });
        let template = format!("Resources:\n{}", queues.collect::<String>());
        let all = assemblies(
            &assembly(&[("queues", &template)]),
            &settings("prod", json!({})),
        )
        .unwrap();
        let stack = stack(&all, "prod.bootstrap", "bootstrap").clone();
        (stack.template.to_json().len() > 51_200, stack.depends_on)
    };
    assert_eq!(waits_for(3), (false, Vec::new()));
    let artifacts = "shop-prod-bootstrap-artifacts".to_owned();
    assert_eq!(waits_for(320), (true, vec![artifacts]));
}

/// A stack of that many queues, whose names have nothing in common.
fn queues(key: &str, count: usize) -> Assembly {
    let queues = (0..count).map(|number| {
        let name = format!("{number}{key}{}", "q".repeat(64));
        format!("  Queue{number}: {{Type: AWS::SQS::Queue, Properties: {{QueueName: {name}}}}}\n")
    });
    let template = format!("Resources:\n{}", queues.collect::<String>());
    assembly(&[(key, &template)])
}

#[test]
fn more_policies_than_a_role_has_are_refused() {
    let refused = assemblies(&queues("queues", 700), &settings("prod", json!({})));
    let refused = refused.unwrap_err();
    assert_eq!(refused[0].code.as_str(), "role-policies");
    assert!(
        refused[0]
            .what
            .starts_with("the role `shop-prod-execution` needs ")
    );
}

#[test]
fn where_only_the_way_there_needs_more_policies_deploying_first_is_the_way_out() {
    let (before, after) = (queues("old", 320), queues("new", 320));
    let settings = settings("prod", json!({}));
    assert!(assemblies(&before, &settings).is_ok());
    assert!(assemblies(&after, &settings).is_ok());
    let refused = assemblies_from(&before, &after, &settings).unwrap_err();
    assert_eq!(refused[0].code.as_str(), "role-policies");
    assert!(
        refused[0]
            .what
            .ends_with(" for what is deployed and what is to be, together")
    );
    assert!(refused[0].help.starts_with("deploy first"));
}

#[test]
fn two_bootstraps_are_compared_with_a_value_for_what_their_deployment_finds_out() {
    let mut all = assemblies(&shop(), &settings("prod", json!({}))).unwrap();
    let given = |all: &[Assembly]| {
        let bootstrap = stack(all, "prod.bootstrap", "bootstrap");
        bootstrap.parameters.get(PROVIDER).cloned()
    };
    assert_eq!(given(&all), None);
    all.iter_mut().for_each(supposed);
    assert_eq!(given(&all).as_deref(), Some("made-here"));
    let artifacts = stack(&all, "prod.bootstrap", "bootstrap-artifacts");
    assert!(artifacts.parameters.is_empty());
    let there = Some("there-already".to_owned());
    for stack in all.iter_mut().flat_map(|one| &mut one.stacks) {
        let parameters = stack.parameters.values_mut();
        parameters.for_each(|value| value.clone_from(there.as_ref().unwrap()));
    }
    all.iter_mut().for_each(supposed);
    assert_eq!(given(&all), there);
}

/// What `rebuild --rehearsal` looks at of the environment that it rehearses is read, and nothing of it is changed.
#[test]
fn a_rehearsal_reads_the_images_backups_and_keys_of_what_it_rehearses() {
    let tried = |tags: &[(&str, &str)]| {
        let mut shop = shop();
        for stack in &mut shop.stacks {
            let tags = tags.iter();
            let tags = tags.map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
            stack.tags.extend(tags);
        }
        let settings = settings("prod-try", json!({}));
        let all = assemblies(&shop, &settings).unwrap();
        let own = all[0].stack("shop-prod-try-bootstrap").unwrap();
        roles(&own.template, &place())
    };
    let (own, other) = (tried(&[(crate::REHEARSAL_OF, "prod")]), tried(&[]));
    let on = |roles: &[Role], action: &str| -> BTreeSet<String> {
        let role = role(roles, "shop-prod-try-deploy");
        let resources = allowing(role, action).into_iter();
        let resources = resources.flat_map(|statement| match &statement["Resource"] {
            Value::Array(all) => all.clone(),
            one => vec![one.clone()],
        });
        let texts = resources.map(|resource| resource.as_str().unwrap().to_owned());
        texts.collect()
    };
    for (action, resource) in [
        (
            "ecr:DescribeImages",
            "ecr:eu-central-1:111122223333:repository/shop/prod/*",
        ),
        (
            "ecr:BatchGetImage",
            "ecr:eu-central-1:111122223333:repository/shop-prod*",
        ),
        (
            "rds:DescribeDBClusterSnapshots",
            "rds:eu-central-1:111122223333:cluster-snapshot:*",
        ),
        ("kms:DescribeKey", "kms:eu-central-1:111122223333:key/*"),
        ("cloudformation:GetResource", ""),
    ] {
        let arn = match resource {
            "" => "*".to_owned(),
            resource => format!("arn:aws:{resource}"),
        };
        assert!(
            on(&own, action).contains(&arn),
            "{action}: {:?}",
            on(&own, action)
        );
        assert!(!on(&other, action).contains(&arn), "{action}");
    }
    assert!(
        !on(&own, "ecr:PutImage")
            .iter()
            .any(|arn| arn.ends_with("/prod/*"))
    );
}

#[test]
fn what_stacks_need_is_derived_once_where_they_have_and_name_the_same() {
    let queue = |properties: &str| {
        let text = format!(
            "Resources: {{Queue: {{Type: AWS::SQS::Queue, Properties: {{{properties}}}}}}}"
        );
        assembly(&[("queues", text.as_str())])
    };
    let settings = settings("prod", json!({}));
    let derivations = Derivations::default();
    for (properties, derived) in [
        ("QueueName: shop-prod-jobs", 1),
        // A number is of no matter for it, a name is.
        ("QueueName: shop-prod-jobs, DelaySeconds: 5", 1),
        ("QueueName: shop-prod-mails", 2),
        ("QueueName: shop-prod-jobs", 2),
    ] {
        let queue = queue(properties);
        let made = assemblies_by(&derivations, &queue, &settings).unwrap();
        assert_eq!(derivations.count(), derived, "{properties}");
        let text = |all: &[Assembly]| -> Vec<String> {
            let stacks = all.iter().flat_map(|one| &one.stacks);
            stacks.map(|stack| stack.template.to_yaml()).collect()
        };
        assert_eq!(text(&made), text(&assemblies(&queue, &settings).unwrap()));
    }
}
