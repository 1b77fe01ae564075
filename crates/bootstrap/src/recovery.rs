//! What a rebuild in the region for disasters leans on, made before it is needed: the vaults that backups are copied to, and
//! what copied images are kept like.

use std::collections::{BTreeMap, BTreeSet};

use stratiform_assembly::Assembly;
use stratiform_environment::Settings;
use stratiform_stack::{
    App, Define, DeletionPolicy, Opt, PolicyDocument, Principal, Prop, Stack, Statement, props,
};
use stratiform_template::{Resource, Value};

use crate::names::Names;
use crate::pattern::{get, items, pattern};
use crate::resources::ecr::repository_creation_template::AppliedForItem;
use crate::resources::{backup, ecr, kms};

/// Adds the stack; false where nothing is copied to the region.
pub(crate) fn stack(app: &App, assembly: &Assembly, settings: &Settings, region: &str) -> bool {
    let vaults = vaults(assembly, region);
    let copies = copies(assembly, region);
    if vaults.is_empty() && copies.is_empty() {
        return false;
    }
    let names = Names::of(settings);
    let description = format!("{}: what a rebuild in {region} leans on", names.prefix());
    let stack = app.stack(crate::names::KEY, &description);
    for (number, name) in vaults.iter().enumerate() {
        vault(&stack, settings, &numbered("Vault", number), name);
    }
    for (number, (prefix, like)) in copies.iter().enumerate() {
        copied(&stack, &numbered("Copies", number), prefix, *like);
    }
    true
}

/// `Vault`, `Vault2` …
fn numbered(id: &str, number: usize) -> String {
    match number {
        0 => id.to_owned(),
        _ => format!("{id}{}", number + 1),
    }
}

/// The vaults of this account in that region to which the stacks' backups are copied.
fn vaults(assembly: &Assembly, region: &str) -> BTreeSet<String> {
    let plans = of_type(assembly, "AWS::Backup::BackupPlan");
    let rules = plans.flat_map(|plan| list(plan, &["BackupPlan", "BackupPlanRule"]));
    let copies = rules.flat_map(|rule| items(get(rule, "CopyActions")));
    let arns = copies.filter_map(|copy| pattern(get(copy, "DestinationBackupVaultArn")?));
    let own = assembly.account.as_ref().map(ToString::to_string);
    let accounts = ["${AWS::AccountId}".to_owned()].into_iter().chain(own);
    let accounts: Vec<String> = accounts.collect();
    let vaults = arns.filter_map(|arn| {
        let here = accounts.iter().find_map(|account| {
            let (_, name) = arn.split_once(&format!(":backup:{region}:{account}:backup-vault:"))?;
            Some(name.to_owned())
        });
        here.filter(|name| !name.contains('*'))
    });
    vaults.collect()
}

/// The prefixes of the repositories whose images are copied to that region, each with a repository of the stacks that has
/// it.
fn copies<'a>(assembly: &'a Assembly, region: &str) -> BTreeMap<String, Option<&'a Resource>> {
    let configurations = of_type(assembly, "AWS::ECR::ReplicationConfiguration");
    let rules =
        configurations.flat_map(|found| list(found, &["ReplicationConfiguration", "Rules"]));
    let rules = rules.filter(|rule| {
        let mut destinations = items(get(rule, "Destinations"));
        destinations
            .any(|destination| get(destination, "Region").and_then(Value::as_str) == Some(region))
    });
    let filters = rules.flat_map(|rule| items(get(rule, "RepositoryFilters")));
    let prefixes = filters.filter_map(|filter| get(filter, "Filter")?.as_str());
    let repositories: Vec<&Resource> = of_type(assembly, "AWS::ECR::Repository").collect();
    prefixes
        .map(|prefix| {
            let has_it = |repository: &&&Resource| {
                let name = repository.properties.get("RepositoryName");
                name.and_then(pattern)
                    .is_some_and(|name| name.starts_with(prefix))
            };
            let like = repositories.iter().find(has_it).copied();
            (prefix.to_owned(), like)
        })
        .collect()
}

fn of_type<'a>(assembly: &'a Assembly, kind: &'a str) -> impl Iterator<Item = &'a Resource> {
    let stacks = assembly.stacks.iter();
    let resources = stacks.flat_map(|stack| stack.template.each_resource());
    resources
        .filter(move |(_, resource)| resource.resource_type == kind)
        .map(|(_, resource)| resource)
}

/// The items of a list in a resource's properties.
fn list<'a>(resource: &'a Resource, path: &[&str]) -> impl Iterator<Item = &'a Value> {
    let (first, rest) = match path {
        [first, rest @ ..] => (resource.properties.get(first), rest),
        [] => (None, path),
    };
    items(rest.iter().fold(first, |value, key| get(value?, key)))
}

/// A vault and its key. What is in it, nobody deletes or shortens; it goes when its time has come.
fn vault(stack: &Stack, settings: &Settings, id: &str, name: &str) {
    let administration = Statement::allow(["kms:*"])
        .sid("AccountAdministersKey")
        .to(Principal::account())
        .on_any();
    let key = stack.add(
        format!("{id}Key"),
        props!(kms::Key {
            description: format!("Backup vault {name}"),
            enable_key_rotation: true,
            pending_window_in_days: if settings.termination_protection {
                30
            } else {
                7
            },
            key_policy: PolicyDocument::new([administration]),
        })
        .on_removal(DeletionPolicy::RetainExceptOnCreate),
    );
    stack.add(
        format!("{id}KeyAlias"),
        props!(kms::Alias {
            alias_name: format!("alias/{name}"),
            target_key_id: &key,
        }),
    );
    let keep = Statement::deny([
        "backup:DeleteRecoveryPoint",
        "backup:UpdateRecoveryPointLifecycle",
    ])
    .sid("NobodyDeletesBackups")
    .to(Principal::Everyone)
    .on_any();
    stack.add(
        id,
        props!(backup::BackupVault {
            backup_vault_name: name,
            encryption_key_arn: &key,
            access_policy: PolicyDocument::new([keep]),
        })
        .on_removal(DeletionPolicy::RetainExceptOnCreate),
    );
}

/// What the repositories are like that ECR makes for copied images: as those that they are copied from. ECR's own key
/// encrypts them; another one would need a role that ECR takes on.
fn copied(stack: &Stack, id: &str, prefix: &str, like: Option<&Resource>) {
    let property = |name: &str| like.and_then(|like| like.properties.get(name));
    let mutability = property("ImageTagMutability").and_then(Value::as_str);
    let lifecycle =
        property("LifecyclePolicy").and_then(|policy| get(policy, "LifecyclePolicyText"));
    stack.add(
        id,
        props!(ecr::RepositoryCreationTemplate {
            applied_for: [AppliedForItem::Replication],
            prefix,
            description: Opt::from("Images that are copied from the environment's region"),
            image_tag_mutability: mutability.map(Prop::untyped),
            lifecycle_policy: lifecycle.cloned().map(Prop::untyped),
        }),
    );
}
