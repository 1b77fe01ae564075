//! An environment as its rebuild is rehearsed: beside the real ones, in another region, and deleted again.
//!
//! It has another name, so that nothing of it is called as something that is needed; it is protected by nothing; and each of
//! its stacks says what it is, so that nothing else is ever deleted.

use serde::de::Error as _;
use serde_json::Value as Json;
use stratiform_assembly::{Assembly, StackAt, StackPolicy};
use stratiform_bootstrap::REHEARSAL_OF;
use stratiform_catalog::behaviour::{LOAD_BALANCER_PROTECTION, While, refusals};
use stratiform_environment::{AnyEnvironment, Rehearsal, Settings};
use stratiform_finding::Code;
use stratiform_service::Region;
use stratiform_template::{Function, Member, Resource, Template, Value};

use super::environment::{Synthesized, with_values};
use crate::definition::Definition;
use crate::exit::Exit;
use crate::report::Failure;
use crate::repository::project::Project;
use crate::services::service_of;

/// How long the name of an environment may be.
const LONGEST: usize = 12;

/// An environment's rehearsal in a region, as it would be called: `prod-try`. It runs the environment's own images.
///
/// # Errors
/// As for any environment; it cannot have another name.
pub(crate) fn synthesized(
    define: &dyn Definition,
    project: &Project,
    of: &Assembly,
    region: &Region,
) -> Result<Synthesized, Failure> {
    let environment = of.environment.as_deref().unwrap_or_default();
    let mut own = None;
    let synthesized = with_values(define, project, environment, |values| {
        own = Some(settings(values.settings())?);
        renamed(define, &values, environment).map_err(|why| unnamed(environment, &why.to_string()))
    })?;
    let assembly = Assembly {
        region: region.clone(),
        ..synthesized.assembly
    };
    Ok(Synthesized {
        assembly: disposable(assembly, of),
        settings: own.unwrap_or(synthesized.settings),
        ..synthesized
    })
}

/// How it is deployed: at once, by jobs of an environment of GitHub's that has its name.
///
/// # Errors
/// It cannot have another name.
pub(crate) fn settings(of: &Settings) -> Result<Settings, Failure> {
    let mut settings = of.clone();
    let name = name(of.name.as_ref()).parse();
    settings.name = name.map_err(|why| unnamed(of.name.as_ref(), &format!("{why}")))?;
    settings.termination_protection = false;
    settings.disaster_recovery_region = None;
    settings.deployment.release_only = false;
    settings.deployment.promotes_from = None;
    settings.deployment.rehearsal = Rehearsal::Optional;
    if let Some(bootstrap) = &mut settings.bootstrap {
        bootstrap.github_environment = None;
    }
    Ok(settings)
}

fn unnamed(environment: &str, why: &str) -> Failure {
    let what = format!("`{environment}` cannot be given another name: {why}");
    Failure::new(Exit::Failed, Code::Malformed, what, "")
}

fn renamed(
    define: &dyn Definition,
    values: &AnyEnvironment,
    environment: &str,
) -> Result<AnyEnvironment, serde_json::Error> {
    let mut values = values.to_json()?;
    let settings = values.get_mut("settings").and_then(Json::as_object_mut);
    let settings = settings.ok_or_else(|| serde_json::Error::custom("there are no settings"))?;
    settings.insert("name".to_owned(), name(environment).into());
    settings.insert("termination_protection".to_owned(), false.into());
    define.environment_type().read(values)
}

/// What it is called.
fn name(environment: &str) -> String {
    const END: &str = "-try";
    let most = LONGEST - END.len();
    let begin: String = environment.chars().take(most).collect();
    format!("{}{END}", begin.trim_end_matches('-'))
}

/// The same stacks, protected by nothing: what is deleted with them is gone.
fn disposable(assembly: Assembly, of: &Assembly) -> Assembly {
    let environment = of.environment.as_deref().unwrap_or_default();
    let repositories = repositories(of);
    let stacks = assembly.stacks.into_iter();
    let stacks = stacks.map(|stack| {
        let mut template = Template::clone(&stack.template);
        for (name, parameter) in &mut template.parameters {
            // An image is one of the environment's own repositories, where a template asks for that.
            if service_of(name).is_some() {
                parameter.constraints.shift_remove("AllowedPattern");
            }
        }
        for resource in template.resources.values_mut() {
            if let Member::One(resource) = resource {
                unprotected(resource);
                let properties = resource.properties.values_mut();
                properties.for_each(|value| pulling(value, &repositories));
            }
        }
        let mut tags = stack.tags.clone();
        tags.insert(REHEARSAL_OF.to_owned(), environment.to_owned());
        StackAt {
            template: template.into(),
            tags,
            policy: StackPolicy::Absent,
            termination_protection: Some(false),
            ..stack
        }
    });
    Assembly {
        stacks: stacks.collect(),
        ..assembly
    }
}

fn unprotected(resource: &mut Resource) {
    resource.deletion_policy = Some("Delete".into());
    resource.update_replace_policy = Some("Delete".into());
    for refusal in refusals(&resource.resource_type).filter(|refusal| refusal.path.is_top_level()) {
        let off = match refusal.protects {
            While::Is("true") => Value::Bool(false),
            While::Is(_) | While::Set => continue,
        };
        if let Some(value) = resource.properties.get_mut(refusal.path.first()) {
            *value = off;
        }
    }
    // What load balancers have in a list.
    let attributes = resource.properties.get_mut("LoadBalancerAttributes");
    if let Some(Value::List(attributes)) = attributes {
        for attribute in attributes {
            let Value::Map(attribute) = attribute else {
                continue;
            };
            let is_it =
                attribute.get("Key").and_then(Value::as_str) == Some(LOAD_BALANCER_PROTECTION);
            if let (true, Some(value)) = (is_it, attribute.get_mut("Value")) {
                *value = "false".into();
            }
        }
    }
}

/// The repositories of an environment, by ARN, in the region that a template is deployed in.
fn repositories(of: &Assembly) -> Vec<Value> {
    let stacks = of.stacks.iter();
    let resources = stacks.flat_map(|stack| stack.template.each_resource());
    let repositories = resources.filter(|(_, one)| one.resource_type == "AWS::ECR::Repository");
    let names = repositories.filter_map(|(_, one)| one.properties.get("RepositoryName")?.as_str());
    let arns = names.map(|name| {
        let place = "arn:${AWS::Partition}:ecr:${AWS::Region}:${AWS::AccountId}";
        let arn = Value::from(format!("{place}:repository/{name}"));
        Value::Function(Function::Sub, Box::new(arn))
    });
    arns.collect()
}

/// Who may pull the images of its own repositories may pull those of the environment that it rehearses: its own are empty.
fn pulling(value: &mut Value, repositories: &[Value]) {
    let pulls = |action: &Value| action.as_str() == Some("ecr:BatchGetImage");
    match value {
        Value::List(items) => items
            .iter_mut()
            .for_each(|item| pulling(item, repositories)),
        Value::Map(members) => {
            let is_it = match members.get("Action") {
                Some(Value::List(actions)) => actions.iter().any(pulls),
                Some(action) => pulls(action),
                None => false,
            };
            if let (true, Some(on)) = (is_it, members.get_mut("Resource")) {
                let mut all = match &mut *on {
                    Value::List(own) => std::mem::take(own),
                    own => vec![own.clone()],
                };
                all.extend_from_slice(repositories);
                *on = Value::List(all);
                return;
            }
            members
                .values_mut()
                .for_each(|member| pulling(member, repositories));
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_short_enough() {
        assert_eq!(name("prod"), "prod-try");
        assert_eq!(name("production-1"), "producti-try");
        assert_eq!(name("eu-prod-two"), "eu-prod-try");
    }

    #[test]
    fn what_is_tried_is_protected_by_nothing() {
        let text = "
Parameters:
  ApiImage: {Type: String, AllowedPattern: .+/shop/prod-try/api.+}
  Size: {Type: String, AllowedPattern: '[0-9]+'}
Resources:
  Instance:
    Type: AWS::RDS::DBInstance
    DeletionPolicy: Snapshot
    Properties: {DeletionProtection: true, DBInstanceClass: db.t3.micro}
  Front:
    Type: AWS::ElasticLoadBalancingV2::LoadBalancer
    Properties:
      LoadBalancerAttributes: [{Key: deletion_protection.enabled, Value: 'true'}, {Key: idle, Value: 'true'}]
  Repository: {Type: AWS::ECR::Repository, Properties: {RepositoryName: shop/prod-try/api}}
  Role:
    Type: AWS::IAM::Role
    Properties:
      Policies: [{PolicyDocument: {Statement: [
        {Action: [ecr:BatchGetImage], Resource: !GetAtt Repository.Arn}, {Action: 'ecr:DescribeImages', Resource: none}]}}]
";
        let stack = StackAt {
            termination_protection: Some(true),
            ..StackAt::of("shop-prod-try-data", Template::parse(text).unwrap())
        };
        let assembly = Assembly {
            app: Some("shop".to_owned()),
            environment: Some("prod-try".to_owned()),
            region: "eu-west-1".parse().unwrap(),
            account: None,
            stacks: vec![stack],
            tasks: Vec::new(),
        };
        let repository = "Resources: {Api: {Type: AWS::ECR::Repository, Properties: {RepositoryName: shop/prod/api}}}";
        let of = Assembly {
            environment: Some("prod".to_owned()),
            stacks: vec![StackAt::of(
                "shop-prod-registry",
                Template::parse(repository).unwrap(),
            )],
            ..assembly.clone()
        };
        let found = disposable(assembly, &of).stacks.remove(0);
        assert_eq!(found.termination_protection, Some(false));
        assert_eq!(found.tags["rehearsal-of"], "prod");
        let text = found.template.to_yaml();
        assert!(
            text.contains("DeletionPolicy: Delete") && !text.contains("Snapshot"),
            "{text}"
        );
        assert!(text.contains("DeletionProtection: false"), "{text}");
        assert!(
            text.contains("Key: deletion_protection.enabled\n          Value: 'false'"),
            "{text}"
        );
        assert!(
            text.contains("Key: idle\n          Value: 'true'"),
            "{text}"
        );
        // Of the environment that it rehearses, and of no other.
        assert_eq!(text.matches("AllowedPattern").count(), 1, "{text}");
        assert_eq!(
            text.matches(":repository/shop/prod/api").count(),
            1,
            "{text}"
        );
        assert!(
            text.contains("- !GetAtt Repository.Arn") && text.contains("Resource: 'none'"),
            "{text}"
        );
    }
}
