//! From an environment's values to its stacks, checked.

use std::cell::OnceCell;

use indexmap::IndexMap;
#[cfg(feature = "aws")]
use stratiform_bootstrap::assemblies_from;
use stratiform_bootstrap::{Needs, assemblies, bootstrap};
use stratiform_environment::{
    AnyEnvironment, GitRef, Loaded, References as WrittenReferences, Settings as WrittenSettings,
    Text as _, Violation,
};
use stratiform_finding::{Code, Finding, Level};
use stratiform_service::{AccountId, Malformed, Region};
use stratiform_stack::{App, Assembly, References, Settings};

use super::boundary;
use super::verdict::{Questions, verdict_of};
use crate::definition::Definition;
use crate::provenance::{Provenance, Synthesis};
use crate::validation::{Found, Terms, Verdict};
use crate::{secrets, services, tasks, topics};

/// So many lines of YAML are said of what is wrong with a template.
const PLACES: usize = 2;

/// One environment's stacks, and those of its bootstrap, each synthesized and checked.
pub(crate) fn assemble_all(
    define: &dyn Definition,
    loaded: &Loaded,
) -> Result<Vec<Assembly>, Vec<Finding>> {
    let validated = validated(define, loaded, Questions::Errors)?;
    without(validated.assemblies, validated.verdict.errors())
}

/// The stacks of an environment, and those of its bootstrap, with all that is said of them.
pub(crate) struct Validated {
    pub(crate) assemblies: Vec<Assembly>,
    pub(crate) verdict: Verdict,
    /// What the roles of its bootstrap need.
    pub(crate) needs: Option<Needs>,
}

/// The same with all that is said of them. Those of a bootstrap follow from the stacks, and so from stacks without errors.
///
/// # Errors
/// What keeps stacks from being synthesized.
pub(crate) fn validated(
    define: &dyn Definition,
    loaded: &Loaded,
    asked: Questions<'_>,
) -> Result<Validated, Vec<Finding>> {
    let terms = Terms::written(loaded);
    let (assembly, mut verdict) = own(define, loaded, &terms, asked)?;
    let bootstrapped = match verdict.count(Level::Error) {
        0 => bootstrap(&assembly, loaded.environment.settings())?,
        _ => None,
    };
    let mut assemblies = vec![assembly];
    let needs = bootstrapped.map(|bootstrapped| {
        for bootstrap in bootstrapped.assemblies {
            verdict.add(verdict_of(&bootstrap, &terms, asked, |_, _| Vec::new()));
            assemblies.push(bootstrap);
        }
        bootstrapped.needs
    });
    Ok(Validated {
        assemblies,
        verdict,
        needs,
    })
}

/// The stacks of an environment's bootstrap, checked; none where its file asks for none.
pub(crate) fn bootstraps(
    assembly: &Assembly,
    settings: &WrittenSettings,
) -> Result<Vec<Assembly>, Vec<Finding>> {
    checked(assemblies(assembly, settings)?, settings)
}

/// The same, whose roles may also do what is needed on the way from the stacks that are deployed.
#[cfg(feature = "aws")]
pub(crate) fn bootstraps_from(
    deployed: &Assembly,
    assembly: &Assembly,
    settings: &WrittenSettings,
) -> Result<Vec<Assembly>, Vec<Finding>> {
    checked(assemblies_from(deployed, assembly, settings)?, settings)
}

fn checked(
    bootstraps: Vec<Assembly>,
    settings: &WrittenSettings,
) -> Result<Vec<Assembly>, Vec<Finding>> {
    let terms = Terms::of(settings);
    let checked = bootstraps.into_iter().map(|bootstrap| {
        let verdict = verdict_of(&bootstrap, &terms, Questions::Errors, |_, _| Vec::new());
        without(bootstrap, verdict.errors())
    });
    checked.collect()
}

/// One environment's stacks, synthesized and checked.
pub(crate) fn assemble(define: &dyn Definition, loaded: &Loaded) -> Result<Assembly, Vec<Finding>> {
    let terms = Terms::written(loaded);
    let (assembly, verdict) = own(define, loaded, &terms, Questions::Errors)?;
    without(assembly, verdict.errors())
}

/// One environment's stacks with all that is said of them.
fn own(
    define: &dyn Definition,
    loaded: &Loaded,
    terms: &Terms,
    asked: Questions<'_>,
) -> Result<(Assembly, Verdict), Vec<Finding>> {
    let written = loaded.environment.settings();
    let (mut assembly, flaws) = with_flaws(define, &loaded.environment)?;
    let mut verdict = traced(define, loaded, (&assembly, terms), asked);
    if asked.is_of_facts() {
        verdict.found.extend(in_files(loaded, &verdict));
    }
    verdict.tell(flaws);
    if let Questions::Everything { .. } = asked {
        verdict.tell(terms.misspelt());
    }
    match tasks::entries(&assembly, loaded) {
        Ok(tasks) => assembly.tasks = tasks,
        Err(found) => verdict.tell(found),
    }
    verdict.tell(services::unknown(loaded, &assembly));
    verdict.tell(topics::unknown(loaded, &assembly));
    verdict.tell(boundary::others(&assembly, written));
    verdict.tell(no_release(loaded));
    Ok((assembly, verdict))
}

/// The secrets in an environment's files that are not told already, as what a template has of them.
fn in_files(loaded: &Loaded, verdict: &Verdict) -> Vec<Found> {
    let told = verdict.found.iter().map(|found| &found.finding);
    let told = told.filter(|finding| secrets::is_secret(finding));
    let lines = |finding: &Finding| -> Vec<(String, usize)> {
        let positions = finding.places.iter().map(|place| place.at.position());
        positions
            .map(|(file, line, _)| (file.to_owned(), line))
            .collect()
    };
    let told: Vec<(String, usize)> = told.flat_map(lines).collect();
    let mut found = secrets::in_environment(loaded);
    found.retain(|found| !lines(&found.finding).iter().any(|line| told.contains(line)));
    found
}

/// An environment's stacks as its values make them. Nothing is checked but what synthesis itself refuses.
pub(crate) fn synthesized(
    define: &dyn Definition,
    environment: &AnyEnvironment,
) -> Result<Assembly, Vec<Finding>> {
    let (assembly, flaws) = with_flaws(define, environment)?;
    without(assembly, flaws)
}

/// The same, and what is wrong with documents in the templates.
pub(crate) fn with_flaws(
    define: &dyn Definition,
    environment: &AnyEnvironment,
) -> Result<(Assembly, Vec<Finding>), Vec<Finding>> {
    let written = environment.settings();
    let settings = settings(environment).map_err(|malformed| vec![refused(&malformed)])?;
    let app = App::new(settings);
    define.add(environment, &app);
    boundary::limit(&app, written);
    let (mut assembly, flaws) = app.synthesize_with_flaws()?;
    let account = written.account.as_ref();
    assembly.account = account
        .map(AccountId::new)
        .transpose()
        .map_err(|malformed| vec![refused(&malformed)])?;
    Ok((assembly, flaws))
}

/// An environment that takes only releases, and whose role trusts no tag: nothing can ever be deployed to it from GitHub.
fn no_release(loaded: &Loaded) -> Option<Finding> {
    let settings = loaded.environment.settings();
    let refs = &settings.bootstrap.as_ref()?.refs;
    let is_tag = |name: &GitRef| name.as_str().starts_with("refs/tags/");
    if !settings.deployment.release_only || refs.iter().any(is_tag) {
        return None;
    }
    let violation = Violation::new(
        "settings.bootstrap.refs",
        "the environment takes only releases, and jobs of no tag may deploy it",
        "`settings.deployment.release_only` takes tags, and `settings.bootstrap.refs` has none",
        "add the releases' tags: `refs/tags/v*`",
    );
    Some(loaded.refused(violation))
}

/// What is said of the templates, each thing with the lines of YAML that make it so.
fn traced(
    define: &dyn Definition,
    loaded: &Loaded,
    (assembly, terms): (&Assembly, &Terms),
    asked: Questions<'_>,
) -> Verdict {
    let provenance = OnceCell::new();
    verdict_of(assembly, terms, asked, |stack, path| {
        // Of a whole section, a resource or all of its properties, everything would be said.
        if path.len() <= 2 || path.len() == 3 && path[2] == "Properties" {
            return Vec::new();
        }
        let provenance =
            provenance.get_or_init(|| Provenance::of(Synthesis::own(define), loaded, assembly));
        let keys = [&[assembly.key(&stack.name).to_owned()], path].concat();
        let origins = provenance.origins(&keys).into_iter().take(PLACES);
        let places = origins.filter_map(|variable| {
            let path = &variable.path;
            loaded.place(path, format!("`{path}` makes it so"))
        });
        places.collect()
    })
}

fn without<T>(assembled: T, findings: Vec<Finding>) -> Result<T, Vec<Finding>> {
    if findings.is_empty() {
        Ok(assembled)
    } else {
        Err(findings)
    }
}

fn settings(environment: &AnyEnvironment) -> Result<Settings, Malformed> {
    let written = environment.settings();
    Ok(Settings {
        app: written.app.to_string(),
        environment: written.name.to_string(),
        region: Region::new(&written.region)?,
        references: match written.references {
            WrittenReferences::Strong => References::Strong,
            WrittenReferences::Weak => References::Weak,
        },
        termination_protection: written.termination_protection,
        tags: tags(written),
    })
}

/// What cannot be: an environment checks its region and its account as they are read.
fn refused(malformed: &Malformed) -> Finding {
    Finding::new(Code::Malformed, malformed.to_string(), "correct `settings`")
}

/// The tags of every stack: those of the environment, and what tells it from others in its account.
fn tags(written: &WrittenSettings) -> IndexMap<String, String> {
    let given = written
        .tags
        .iter()
        .map(|(key, value)| (key.to_string(), value.to_string()));
    let given: IndexMap<String, String> = given.collect();
    let own = [
        ("app", written.app.to_string()),
        ("environment", written.name.to_string()),
    ];
    // The team's own win. IAM refuses keys that differ in case only.
    let own = own.into_iter().filter(|(key, _)| {
        let mut keys = given.keys();
        !keys.any(|given| given.eq_ignore_ascii_case(key))
    });
    let own: Vec<_> = own.map(|(key, value)| (key.to_owned(), value)).collect();
    own.into_iter().chain(given).collect()
}

#[cfg(test)]
mod tests {
    use schemars::JsonSchema;
    use serde::{Deserialize, Serialize};
    use stratiform_environment::Environment;
    use stratiform_finding::Source;
    use stratiform_parts::resources::sqs;
    use stratiform_stack::{Opt, Parameter, StackAt, Untyped, json, props};
    use stratiform_template::Template;

    use super::*;
    use crate::Define;

    #[derive(Serialize, Deserialize, JsonSchema)]
    #[serde(deny_unknown_fields)]
    struct Values {
        settings: WrittenSettings,
    }

    impl Environment for Values {
        fn settings(&self) -> &WrittenSettings {
            &self.settings
        }
    }

    /// What somebody's function makes of settings.
    fn assembled(define: Define<Values>, more: &str) -> Result<Assembly, Vec<Finding>> {
        assemble(&define, &loaded(define, more)?)
    }

    fn loaded(define: Define<Values>, more: &str) -> Result<Loaded, Vec<Finding>> {
        let text = format!("settings:\n  app: shop\n  region: eu-west-1\n{more}");
        let layers = [Source::new("dev.yaml", text)];
        define
            .environment_type()
            .load(&"dev".parse().unwrap(), &layers)
    }

    fn users(_: &Values, app: &App) {
        let stack = app.stack("access", "Who may do what");
        let user = |properties| Untyped::new("AWS::IAM::User", properties);
        stack.add("Robot", user(json!({})));
        stack.add("Topic", Untyped::new("AWS::SNS::Topic", json!({})));
    }

    const BOUNDARY: &str = "  bootstrap:
    repository: octo-org/shop
    permissions_boundary: arn:aws:iam::111122223333:policy/limit
";

    #[test]
    fn what_a_value_of_the_environment_makes_wrong_is_found_where_both_are_written() {
        fn define(values: &Values, app: &App) {
            // Whoever is sure of the files may say so; that they say something else is tried all the same.
            let (_, team) = values.settings.tags.iter().next().unwrap();
            let team = team.to_string();
            let stack = app.stack("access", "Who may do what");
            let named = json!({ "UserName": { "Ref": team }, "Path": { "Ref": "Nobody" } });
            stack.add("Robot", Untyped::new("AWS::IAM::User", named));
        }
        let found = assembled(define, "  tags: {team: Unknown}\n").unwrap_err();
        let places = |finding: &Finding| -> Vec<(String, usize)> {
            let places = finding.places.iter();
            let places = places.map(|place| place.at.position());
            places
                .map(|(file, line, _)| (file.to_owned(), line))
                .collect()
        };
        assert_eq!(found.len(), 2, "{found:?}");
        for finding in &found {
            let places = places(finding);
            assert!(places[0].0.ends_with(".rs"), "{places:?}");
            // The other one stands in Rust alone.
            let yaml = (finding.what.contains("UserName")).then(|| ("dev.yaml".to_owned(), 4));
            assert_eq!(places.get(1), yaml.as_ref(), "{finding:?}");
        }
    }

    #[test]
    fn a_boundary_is_on_all_that_it_limits_where_the_environment_asks_for_one() {
        let text = |more| assembled(users, more).unwrap().stacks[0].template.to_yaml();
        let limit = "PermissionsBoundary: arn:aws:iam::111122223333:policy/limit";
        assert_eq!(text(BOUNDARY).matches(limit).count(), 1);
        assert!(!text("").contains("PermissionsBoundary"));
    }

    #[test]
    fn another_boundary_than_the_environments_is_found_where_it_is_given() {
        fn define(_: &Values, app: &App) {
            let other = json!({ "PermissionsBoundary": "arn:aws:iam::aws:policy/ReadOnlyAccess" });
            let stack = app.stack("access", "Who may do what");
            stack.add("Robot", Untyped::new("AWS::IAM::Role", other));
        }
        assert!(assembled(define, "").is_ok());
        let found = assembled(define, BOUNDARY).unwrap_err();
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].code, Code::PermissionsBoundary);
        assert_eq!(found[0].places.len(), 1);
    }

    #[test]
    fn an_environment_of_releases_that_trusts_no_tag_is_found_where_it_says_so() {
        let refused = |refs: &str, release_only: bool| {
            let more = format!(
                "  deployment: {{release_only: {release_only}}}\n  bootstrap: {{repository: octo-org/shop{refs}}}\n"
            );
            let found = assembled(users, &more).err().unwrap_or_default();
            for finding in &found {
                assert_eq!(finding.code, Code::Conflict);
                let place = format!("{:?}", finding.places[0]);
                assert!(place.contains("dev.yaml"), "{place}");
            }
            found.len()
        };
        let main = ", refs: [refs/heads/main]";
        assert_eq!(refused(main, true), 1);
        // Left out, it is main.
        assert_eq!(refused("", true), 1);
        assert_eq!(refused(main, false), 0);
        assert_eq!(refused(", refs: [refs/heads/main, refs/tags/v*]", true), 0);
    }

    #[test]
    fn a_task_in_a_container_that_does_not_run_its_image_is_found_where_it_is_written() {
        fn define(_: &Values, app: &App) {
            let stack = app.stack("services", "What runs");
            stack.parameter("ApiImage", Parameter::string("The image of `api`"));
            let containers = json!([
                { "Name": "api", "Image": { "Ref": "ApiImage" } },
                { "Name": "proxy", "Image": "proxy:1" },
            ]);
            let task = json!({ "ContainerDefinitions": containers });
            stack.add("Task", Untyped::new("AWS::ECS::TaskDefinition", task));
            let service = json!({ "TaskDefinition": { "Ref": "Task" } });
            stack.add("Service", Untyped::new("AWS::ECS::Service", service));
        }
        let check = |container: &str, help: Option<&str>| {
            let task = format!(
                "  deployment:\n    tasks:\n      - {{name: migrate, service: api, runs: before, command: [up], reversible: true, container: {container}}}\n"
            );
            let found = assembled(define, &task).err().unwrap_or_default();
            let helps: Vec<_> = found.iter().map(|finding| finding.help.as_str()).collect();
            assert_eq!(helps, Vec::from_iter(help), "{container}: {found:?}");
            for finding in found {
                assert_eq!(finding.code, Code::ReleaseTask);
                let place = format!("{:?}", finding.places[0]);
                assert!(place.contains("dev.yaml"), "{place}");
            }
        };
        check("api", None);
        check("apy", Some("did you mean `api`?"));
        check("proxy", Some("those that do are `api`"));
    }

    #[test]
    fn a_topic_that_no_stack_has_is_found_where_it_is_written() {
        let check = |topic: &str, help: Option<&str>| {
            let notify = format!("  deployment:\n    notify:\n      topics: [{topic}]\n");
            let found = assembled(users, &notify).err().unwrap_or_default();
            let helps: Vec<_> = found.iter().map(|finding| finding.help.as_str()).collect();
            assert_eq!(helps, Vec::from_iter(help), "{topic}");
            for finding in found {
                assert_eq!(finding.code, Code::UnknownTopic);
                assert_eq!(finding.places.len(), 1);
                let place = format!("{:?}", finding.places[0]);
                assert!(place.contains("dev.yaml"), "{place}");
            }
        };
        check("access/Topic", None);
        check("'arn:aws:sns:eu-west-1:111122223333:ops'", None);
        check("access/Topik", Some("did you mean `access/Topic`?"));
        check("alarms/Nope", Some("the topics are: `access/Topic`"));
        // A user is no topic.
        check("access/Robot", Some("did you mean `access/Topic`?"));
    }

    #[test]
    fn values_that_break_a_limit_are_found_where_they_are_declared_unless_they_are_untyped() {
        let text = "Resources: {Queue: {Type: AWS::SQS::Queue, Properties: {DelaySeconds: 1000}}}";
        let mut assembly = assembled(users, "").unwrap();
        let mut stack = StackAt {
            locations: [("Queue".to_owned(), std::panic::Location::caller())].into(),
            ..StackAt::of("shop-dev-queues", Template::parse(text).unwrap())
        };
        assembly.stacks = vec![stack.clone()];
        let loaded = loaded(users, "").unwrap();
        let terms = Terms::written(&loaded);
        let verdict = |assembly: &Assembly| {
            verdict_of(assembly, &terms, Questions::Errors, |_, _| Vec::new())
        };
        let found = verdict(&assembly).errors();
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].code, Code::ValueOutOfRange);
        assert_eq!(found[0].places.len(), 1);
        stack.untyped = vec![found[0].path.clone()];
        assembly.stacks = vec![stack];
        let verdict = verdict(&assembly);
        assert_eq!((verdict.errors(), verdict.accepted()), (vec![], 1));
    }

    #[test]
    fn an_environment_whose_stacks_break_a_limit_is_refused() {
        fn delayed(app: &App, seconds: impl Into<Opt<i64>>) {
            let stack = app.stack("queues", "What is to be done");
            stack.add(
                "Late",
                props!(sqs::Queue {
                    delay_seconds: seconds.into(),
                }),
            );
        }
        let limited = assembled(|_, app| delayed(app, 1000), "").unwrap_err();
        let codes: Vec<Code> = limited.iter().map(|finding| finding.code).collect();
        assert_eq!(codes, [Code::ValueOutOfRange], "{limited:?}");
        // Another environment's is the same, and is told once.
        assert!(limited[0].what.contains("(stack `queues`, "), "{limited:?}");
        assert!(assembled(|_, app| delayed(app, Opt::untyped(1000)), "").is_ok());
        // What the environment's file accepts of one resource is no error of it.
        let accepted = |resource: &str| {
            let risk = format!("{{resource: {resource}, reason: it has to be so}}");
            let more = format!("  accepted_risks: {{value-out-of-range: [{risk}]}}\n");
            assembled(|_, app| delayed(app, 1000), &more).is_ok()
        };
        assert!(accepted("queues/Late"));
        assert!(!accepted("queues/Early"));
    }

    #[test]
    fn a_finding_about_a_whole_template_is_placed_at_its_stack() {
        fn define(_: &Values, app: &App) {
            app.stack("empty", "Nothing");
        }
        let found = assembled(define, "").unwrap_err();
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].code, Code::NoResources);
        let place = format!("{:?}", found[0].places);
        assert!(place.contains("the stack is declared here"), "{place}");
    }
}
