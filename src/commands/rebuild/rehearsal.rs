//! A rebuild that is only tried: an environment of its own beside the real ones, which is deleted again.
//!
//! It has another name, so that nothing of it is called as something that is needed; it is protected by nothing; and each of
//! its stacks says what it is, so that nothing else is ever deleted.

use serde::de::Error as _;
use serde_json::Value as Json;
use stratiform_assembly::{Assembly, StackAt, StackPolicy};
use stratiform_catalog::behaviour::{While, refusals};
use stratiform_deploy::guard::StackFound;
use stratiform_environment::Environment;
use stratiform_finding::Code;
use stratiform_template::{Member, Resource, Template, Value};

use super::Target;
use crate::Define;
use crate::args::{Allow, Going, ServiceImage};
use crate::assemblies::environment::{Synthesized, with_values};
use crate::exit::Exit;
use crate::report::Failure;
use crate::repository::project::Project;
use crate::services::{repository, services};

/// The tag that its stacks have; its value is the environment that is rehearsed.
const TAG: &str = "rehearsal-of";

/// How long the name of an environment may be.
const LONGEST: usize = 12;

/// The environment as it would be called: `prod-try`.
///
/// # Errors
/// As for any environment; there is one of that name.
pub(super) fn synthesized<E: Environment>(
    define: Define<E>,
    project: &Project,
    environment: &str,
) -> Result<Synthesized, Failure> {
    with_values(define, project, environment, |values| {
        renamed(&values, environment).map_err(|why| {
            let what = format!("`{environment}` cannot be given another name: {why}");
            Failure::new(Exit::Failed, Code::Malformed, what, "")
        })
    })
}

fn renamed<E: Environment>(values: &E, environment: &str) -> Result<E, serde_json::Error> {
    let mut values = serde_json::to_value(values)?;
    let settings = values.get_mut("settings").and_then(Json::as_object_mut);
    let settings = settings.ok_or_else(|| serde_json::Error::custom("there are no settings"))?;
    settings.insert("name".to_owned(), name(environment).into());
    settings.insert("termination_protection".to_owned(), false.into());
    serde_json::from_value(values)
}

/// What it is called.
pub(super) fn name(environment: &str) -> String {
    const END: &str = "-try";
    let most = LONGEST - END.len();
    let begin: String = environment.chars().take(most).collect();
    format!("{}{END}", begin.trim_end_matches('-'))
}

/// The same stacks, protected by nothing: what is deleted with them is gone.
pub(super) fn disposable(assembly: Assembly, of: &str) -> Assembly {
    let stacks = assembly.stacks.into_iter();
    let stacks = stacks.map(|stack| {
        let mut template = Template::clone(&stack.template);
        for resource in template.resources.values_mut() {
            if let Member::One(resource) = resource {
                unprotected(resource);
            }
        }
        let mut tags = stack.tags.clone();
        tags.insert(TAG.to_owned(), of.to_owned());
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
                attribute.get("Key").and_then(Value::as_str) == Some("deletion_protection.enabled");
            if let (true, Some(value)) = (is_it, attribute.get_mut("Value")) {
                *value = "false".into();
            }
        }
    }
}

/// The images of the release, from the repositories of the environment that is rehearsed: its own are empty.
pub(super) fn images(target: &Target, account: &str) -> Vec<ServiceImage> {
    let Some((release, _)) = &target.release else {
        return Vec::new();
    };
    let region = &target.assembly.region;
    let registry = format!("{account}.dkr.ecr.{region}.{}", region.url_suffix());
    let services = services(&target.assembly).into_keys();
    let images = services.filter_map(|service| {
        let repository = repository(&target.assembly, service)?;
        Some(ServiceImage {
            service: service.to_owned(),
            image: format!("{registry}/{repository}:{release}"),
        })
    });
    images.collect()
}

/// Refuses where a stack of that name is something else, or may be.
///
/// # Errors
/// One is there, and does not say that it is a rehearsal of this environment; or one could not be asked for.
pub(super) fn refuse_foreign(found: &[StackFound], of: &str) -> Result<(), Failure> {
    if let Some((key, unasked)) = found
        .iter()
        .find_map(|found| Some((&found.key, found.stack.as_ref().err()?)))
    {
        let what = format!(
            "whether the rehearsal's stack `{key}` is there already could not be asked: {}",
            unasked.why
        );
        return Err(Failure::new(
            Exit::Failed,
            Code::AwsRefused,
            what,
            unasked.help.clone(),
        ));
    }
    let there = found.iter().filter_map(StackFound::there);
    let mut foreign = there.filter(|stack| stack.tags.get(TAG).map(String::as_str) != Some(of));
    match foreign.next() {
        None => Ok(()),
        Some(stack) => Err(Failure::new(
            Exit::No,
            Code::StackProtected,
            format!(
                "the stack `{}` is there, and is no rehearsal of `{of}`",
                stack.name
            ),
            "a rehearsal deletes only what it made: see what the stack is for, and rename or delete it yourself",
        )),
    }
}

/// That all of it may be deleted.
pub(super) fn everything(assembly: &Assembly) -> Vec<Allow> {
    let stacks = assembly.stacks.iter();
    let all = stacks.flat_map(|stack| {
        let ids = stack.template.each_resource();
        ids.map(|(id, _)| Allow::Resource {
            going: Going::Deleted,
            stack: assembly.key(&stack.name).to_owned(),
            logical_id: id.to_owned(),
        })
    });
    all.collect()
}

#[cfg(test)]
mod tests {
    use stratiform_deploy::guard::Unasked;

    use super::*;

    #[test]
    fn names_are_short_enough() {
        assert_eq!(name("prod"), "prod-try");
        assert_eq!(name("production-1"), "producti-try");
        assert_eq!(name("eu-prod-two"), "eu-prod-try");
    }

    #[test]
    fn what_could_not_be_asked_for_may_be_there() {
        let of = |stack| StackFound {
            key: "data".to_owned(),
            planned: String::new(),
            stack,
            template: None,
            resources: Ok(Vec::new()),
            token: None,
        };
        assert!(refuse_foreign(&[of(Ok(None))], "prod").is_ok());
        let denied = Err(Unasked::because(
            "DescribeStacks is not allowed",
            "allow it",
        ));
        let refused = refuse_foreign(&[of(Ok(None)), of(denied)], "prod").unwrap_err();
        assert!(
            refused.exit == Exit::Failed,
            "nothing was made: it can be tried again"
        );
    }

    #[test]
    fn what_is_tried_is_protected_by_nothing() {
        let text = "
Resources:
  Instance:
    Type: AWS::RDS::DBInstance
    DeletionPolicy: Snapshot
    Properties: {DeletionProtection: true, DBInstanceClass: db.t3.micro}
  Front:
    Type: AWS::ElasticLoadBalancingV2::LoadBalancer
    Properties:
      LoadBalancerAttributes: [{Key: deletion_protection.enabled, Value: 'true'}, {Key: idle, Value: 'true'}]
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
        let found = disposable(assembly, "prod").stacks.remove(0);
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
    }
}
