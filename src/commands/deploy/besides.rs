//! What a deployment does besides its stacks, by the environment's file: which tasks and commands run, and who is told.

use indexmap::IndexMap;
use stratiform_assembly::Assembly;
use stratiform_aws::Aws;
use stratiform_deploy::call::{ParameterValue, Stack};
use stratiform_deploy::guard::{Heading, StackFound, TaskFound};
use stratiform_deploy::{
    Besides, LeftOut, Notify, PlannedCommand, PlannedStack, PlannedTask, Record, Turn, stack_of,
};
use stratiform_environment::{
    Command, Deployment, Notify as WrittenNotify, Runs, Task, Text as _, Topic, When,
};
use stratiform_finding::words::{few_are, joined, listed, meant};
use stratiform_finding::{Code, Finding};
use stratiform_service::LogicalId;
use stratiform_service::status::Phase;

use super::asking::Consent;
use super::planning::choose;
use super::sealing::Sealed;
use crate::args::{Deploy, crossed};
use crate::programs::Absent;
use crate::report::Failure;
use crate::repository::project::Project;
use crate::services::{declared, service_of};

/// A task of the environment's file, and where it would run.
#[derive(Clone, Debug)]
pub(crate) struct Declaration<'a> {
    /// As it is written.
    written: &'a Task,
    /// The place of its service's stack in the environment.
    pub stack: usize,
    /// The parameter with the image.
    pub parameter: String,
    /// As it runs, with the images that run.
    planned: PlannedTask,
}

/// The tasks of the environment's file.
///
/// # Errors
/// A container that does not run the service's image.
pub(crate) fn declarations<'a>(
    assembly: &Assembly,
    written: &'a Deployment,
) -> Result<Vec<Declaration<'a>>, Failure> {
    let mut all = Vec::new();
    let mut findings = Vec::new();
    for task in &written.tasks {
        match declaration(assembly, task) {
            Ok(declared) => all.push(declared),
            Err(finding) => findings.push(*finding),
        }
    }
    if findings.is_empty() {
        Ok(all)
    } else {
        Err(Failure::of(findings))
    }
}

fn declaration<'a>(assembly: &Assembly, task: &'a Task) -> Result<Declaration<'a>, Box<Finding>> {
    let refused =
        |what: String, help: String| Box::new(Finding::new(Code::ReleaseTask, what, help));
    let stacks = assembly.stacks.iter().enumerate();
    let mut parameters = stacks.flat_map(|(place, stack)| {
        let names = stack.template.parameters.keys();
        names.map(move |name| (place, stack, name))
    });
    let found = parameters.find(|(.., name)| service_of(name).as_ref() == Some(&task.service));
    let found = found.and_then(|(place, stack, parameter)| {
        Some((place, stack, parameter, declared(stack, parameter)?))
    });
    let Some((stack, at, parameter, runs)) = found else {
        let what = format!(
            "the task `{}` is of `{}`, which is no ECS service with an image of its own",
            task.name, task.service
        );
        let help = "name a service whose task definition takes its image from a parameter";
        return Err(refused(what, help.to_owned()));
    };
    let first = runs.containers.first().cloned().unwrap_or_default();
    let container = task.container.clone().unwrap_or(first);
    if !runs.containers.contains(&container) {
        let names = runs.containers.iter().map(String::as_str);
        let help = meant(&container, names)
            .unwrap_or_else(|| format!("those that do are {}", listed(&runs.containers)));
        let what = format!(
            "the container `{container}` of the task `{}` does not run the image of `{}`",
            task.name, task.service
        );
        return Err(refused(what, help));
    }
    let service_id = LogicalId::new(runs.service)
        .map_err(|malformed| refused(malformed.to_string(), String::new()))?;
    Ok(Declaration {
        written: task,
        stack,
        parameter: parameter.clone(),
        planned: PlannedTask {
            name: task.name.as_str().to_owned(),
            service: task.service.clone(),
            stack: assembly.key(&at.name).to_owned(),
            service_id,
            container,
            images: IndexMap::new(),
            command: task.command.clone(),
            runs: match task.runs {
                Runs::Before => Turn::Before,
                Runs::After => Turn::After,
            },
            reversible: task.reversible,
            patience_minutes: task.timeout_minutes,
        },
    })
}

/// Whether a task runs with a deployment of these stacks: with the image that its service gets, where that is another
/// one; or why it does not. `guard`, the plan and what is sealed all ask this.
pub(crate) fn turn(
    declared: &Declaration<'_>,
    stacks: &[PlannedStack],
    topics: &[String],
    heading: Heading,
) -> Result<Option<String>, LeftOut> {
    let Declaration {
        written,
        parameter,
        planned,
        ..
    } = declared;
    let out = |why: String| {
        let name = planned.name.clone();
        Err(LeftOut { name, why })
    };
    // The last time of a stack that is deployed twice is what it comes to; the first one was looked at.
    let own = || {
        stacks
            .iter()
            .filter(|stack| stack_of(&stack.key) == planned.stack)
    };
    let (Some(first), Some(last)) = (own().next(), own().next_back()) else {
        return out(format!("the stack {} is not deployed along", planned.stack));
    };
    let there = first.seen.as_ref().and_then(|seen| seen.stack.as_deref());
    let image = new_image(last.parameters.get(parameter), there, parameter);
    // What an interrupted run has begun goes on, whatever its stack says by now.
    let is_new = image.is_some()
        || there.is_none_or(|stack| matches!(stack.status.phase(), Phase::Moving(_)));
    match heading {
        // Nobody migrates backwards; what looks at it does.
        Heading::Back if written.runs == Runs::Before || !written.reversible => {
            out("this is a way back".to_owned())
        }
        _ if written.when == When::ImageChanges && !is_new => {
            out(format!("{} keeps its image", planned.service))
        }
        _ if own().all(|stack| stack.stays(topics)) => match planned.stays_out() {
            Some(left_out) => Err(left_out),
            None => Ok(image),
        },
        _ => Ok(image),
    }
}

/// The image that a service gets; none where it keeps the one that it has.
fn new_image(
    value: Option<&ParameterValue>,
    there: Option<&Stack>,
    parameter: &str,
) -> Option<String> {
    let ParameterValue::Value(value) = value? else {
        return None;
    };
    let has = there.map(Stack::values).unwrap_or_default();
    (has.get(parameter) != Some(value)).then(|| value.clone())
}

/// What the guard has to know of a task.
pub(crate) fn found(declared: &Declaration<'_>, runs: bool) -> TaskFound {
    TaskFound {
        name: declared.planned.name.clone(),
        service: declared.planned.service.clone(),
        runs,
        reversible: declared.planned.reversible,
    }
}

/// All that decides.
pub(super) struct Asking<'a> {
    pub project: &'a Project,
    pub assembly: &'a Assembly,
    pub written: &'a Deployment,
    pub args: &'a Deploy,
    pub heading: Heading,
    /// The stacks that are deployed, and how they stand.
    pub stacks: &'a [PlannedStack],
    pub found: &'a [StackFound],
    pub record: &'a Record,
    pub run: &'a str,
    pub sealed: Option<&'a Sealed>,
    pub consent: Consent,
}

/// What is done besides, what the guard has to know of it, and what has to be said.
pub(super) struct Planned {
    pub besides: Besides,
    pub tasks: Vec<TaskFound>,
    pub said: Vec<String>,
    /// The way to AWS, which knows the webhook.
    pub aws: Aws,
}

/// Finds out what is done besides.
///
/// # Errors
/// A task that cannot be, or is not declared; what was sealed is not what is declared now.
pub(super) fn plan(aws: Aws, asking: &Asking<'_>) -> Result<Planned, Failure> {
    let Asking {
        project,
        written,
        args,
        ..
    } = asking;
    let mut said = Vec::new();
    let declared = declarations(asking.assembly, written)?;
    let (mut tasks, mut left_out) = tasks(asking, &declared);
    let keys = asking.stacks.iter().map(|stack| stack_of(&stack.key));
    let keys: Vec<&str> = keys.collect();
    let (commands, without) = commands(written, asking.assembly, &keys, args.local);
    left_out.extend(without);
    // What is only prepared runs them elsewhere.
    let runs = |command: &&Command| {
        let mut names = commands.iter().map(|planned| planned.name.as_str());
        args.prepare.is_none() && names.any(|name| name == command.name.as_str())
    };
    let needed = written.commands.iter().filter(runs);
    let aws = aws.hiding(secrets(needed, |name| std::env::var(name).ok())?);
    let mut crossed: Vec<String> = crossed(&args.allow).map(str::to_owned).collect();
    if asking.heading == Heading::Forward {
        known(&crossed, written)?;
    }
    if let Some(sealed) = asking.sealed {
        let declared = declared.iter().map(|declared| declared.planned.clone());
        let sealed = sealed.besides(&declared.collect::<Vec<_>>(), &commands)?;
        tasks.clone_from(&sealed.tasks);
        left_out.clone_from(&sealed.left_out);
        crossed.clone_from(&sealed.crossed);
    }
    let facts = declared.iter().map(|declared| {
        let runs = tasks.iter().any(|task| task.name == declared.planned.name);
        found(declared, runs)
    });
    let facts = facts.collect();
    let (notify, aws) = notify(aws, asking, &mut said);
    let besides = Besides {
        tasks,
        commands,
        left_out,
        crossed,
        notify,
        variables: variables(asking),
        root: project.root.clone(),
    };
    Ok(Planned {
        besides,
        tasks: facts,
        said,
        aws,
    })
}

/// The secrets that commands need.
///
/// # Errors
/// One is not set: what is deployed would go back for it.
fn secrets<'a>(
    commands: impl Iterator<Item = &'a Command>,
    variable: impl Fn(&str) -> Option<String>,
) -> Result<Vec<String>, Failure> {
    let mut values = Vec::new();
    let mut missing = Vec::new();
    for command in commands {
        for name in &command.secrets {
            match variable(name.as_str()).filter(|value| !value.is_empty()) {
                Some(value) => values.push(value),
                None => missing.push(Finding::new(
                    Code::UnsetSecret,
                    format!("the command `{}` needs {name}, which is not set", command.name),
                    format!("set the variable; for the workflows it is a secret of the environment at GitHub: {name}"),
                )),
            }
        }
    }
    if missing.is_empty() {
        Ok(values)
    } else {
        Err(Failure::of(missing))
    }
}

/// The tasks that run, and those that do not.
fn tasks(asking: &Asking<'_>, declared: &[Declaration<'_>]) -> (Vec<PlannedTask>, Vec<LeftOut>) {
    let topics = &asking.written.notification_arns;
    let mut tasks = Vec::new();
    let mut left_out = Vec::new();
    for declared in declared {
        match turn(declared, asking.stacks, topics, asking.heading) {
            Err(out) => left_out.push(out),
            Ok(image) => {
                let containers = declared_containers(asking, declared).into_iter();
                let images = containers.filter_map(|container| Some((container, image.clone()?)));
                tasks.push(PlannedTask {
                    images: images.collect(),
                    ..declared.planned.clone()
                });
            }
        }
    }
    (tasks, left_out)
}

/// The commands that run where these stacks are named; where none is, all of them.
///
/// # Errors
/// A stack that is not there.
pub(crate) fn asked(
    written: &Deployment,
    assembly: &Assembly,
    named: &[String],
    is_local: bool,
) -> Result<Vec<PlannedCommand>, Failure> {
    let chosen = choose(assembly, named)?.into_iter();
    let keys = chosen.map(|place| assembly.key(&assembly.stacks[place].name));
    let keys: Vec<&str> = keys.collect();
    Ok(commands(written, assembly, &keys, is_local).0)
}

/// The commands that run where these stacks are asked for, and those that do not.
pub(crate) fn commands(
    written: &Deployment,
    assembly: &Assembly,
    asked: &[&str],
    is_local: bool,
) -> (Vec<PlannedCommand>, Vec<LeftOut>) {
    let stacks = assembly.stacks.iter();
    let all: Vec<&str> = stacks.map(|stack| assembly.key(&stack.name)).collect();
    let mut runs = Vec::new();
    let mut left_out = Vec::new();
    for command in &written.commands {
        let name = command.name.as_str().to_owned();
        let own: Vec<&str> = command.stacks.iter().map(String::as_str).collect();
        let needed = if own.is_empty() { &all } else { &own };
        let missing = needed.iter().filter(|stack| !asked.contains(stack));
        let missing: Vec<String> = missing.map(|stack| (*stack).to_owned()).collect();
        let why = match missing.as_slice() {
            _ if is_local => "nothing runs behind the engine (--local)".to_owned(),
            [] => {
                runs.push(planned_command(command));
                continue;
            }
            missing => format!("{} not asked for", few_are(missing)),
        };
        left_out.push(LeftOut { name, why });
    }
    (runs, left_out)
}

/// Refuses commands that cannot run here, before anybody is asked and anything is changed. Of one that another machine may
/// have, which executes what is prepared here, that is said.
///
/// # Errors
/// A folder or a program that is not there.
pub(crate) fn there(
    absent: &[Absent],
    commands: &[PlannedCommand],
    is_prepared: bool,
) -> Result<Vec<String>, Failure> {
    let runs = |absent: &&Absent| commands.iter().any(|command| command.name == absent.name);
    let (elsewhere, here): (Vec<&Absent>, Vec<&Absent>) = absent
        .iter()
        .filter(runs)
        .partition(|absent| is_prepared && absent.may_be_elsewhere);
    if !here.is_empty() {
        let findings = here.into_iter().map(|absent| absent.finding.clone());
        return Err(Failure::of(findings));
    }
    let said = elsewhere.into_iter();
    let said =
        said.map(|absent| format!("{}: whoever executes this needs it", absent.finding.what));
    Ok(said.collect())
}

fn planned_command(command: &Command) -> PlannedCommand {
    let folder = command.folder.as_ref();
    PlannedCommand {
        name: command.name.as_str().to_owned(),
        argv: command.command.clone(),
        folder: folder.map_or("", |folder| folder.as_str()).to_owned(),
        patience_minutes: command.timeout_minutes,
    }
}

/// All containers that run the image of a task's service.
fn declared_containers(asking: &Asking<'_>, task: &Declaration<'_>) -> Vec<String> {
    let stack = asking.assembly.stacks.get(task.stack);
    let found = stack.and_then(|stack| declared(stack, &task.parameter));
    found.map(|found| found.containers).unwrap_or_default()
}

/// Refuses to cross what is not there.
fn known(crossed: &[String], written: &Deployment) -> Result<(), Failure> {
    let names: Vec<&str> = written
        .tasks
        .iter()
        .map(|task| task.name.as_str())
        .collect();
    let unknown = crossed.iter().find(|name| !names.contains(&name.as_str()));
    match unknown {
        None => Ok(()),
        Some(unknown) => {
            let help =
                meant(unknown, names.iter().copied()).unwrap_or_else(|| match names.as_slice() {
                    [] => "take the flag away: there is no task".to_owned(),
                    names => format!("the tasks are {}", joined(names)),
                });
            let what = format!("`--allow cross:{unknown}`: no task is called `{unknown}`");
            Err(Failure::of([Finding::new(Code::ReleaseTask, what, help)]))
        }
    }
}

/// What tasks and commands are told of the deployment.
fn variables(asking: &Asking<'_>) -> IndexMap<String, String> {
    let Asking {
        assembly, record, ..
    } = asking;
    let all = [
        ("APP", assembly.app.clone()),
        ("ENV", assembly.environment.clone()),
        ("REGION", Some(assembly.region.to_string())),
        (
            "ACCOUNT",
            assembly.account.as_ref().map(ToString::to_string),
        ),
        ("RELEASE", record.release.clone()),
        ("COMMIT", record.commit.clone()),
        ("RUN", Some(asking.run.to_owned())),
    ];
    let all = all.into_iter();
    all.filter_map(|(name, value)| Some((format!("STRATIFORM_{name}"), value?)))
        .collect()
}

/// Who is told; and the way to AWS, with the webhook.
fn notify(aws: Aws, asking: &Asking<'_>, said: &mut Vec<String>) -> (Option<Notify>, Aws) {
    let WrittenNotify {
        topics,
        webhook_from,
    } = &asking.written.notify;
    let topics = topics
        .iter()
        .filter_map(|topic| topic_arn(asking, topic, said));
    let topics: Vec<String> = topics.collect();
    let variable = webhook_from.as_ref().map(|variable| variable.as_str());
    let variable = variable.filter(|_| {
        if asking.args.local {
            said.push("not with --local: the webhook (`notify.webhook_from`)".to_owned());
        }
        !asking.args.local
    });
    let webhook = variable.and_then(|variable| {
        let url = std::env::var(variable).ok().filter(|url| !url.is_empty());
        if url.is_none() {
            said.push(format!("{variable} is not set: no webhook is told"));
        }
        Some((variable.to_owned(), url?))
    });
    if topics.is_empty() && webhook.is_none() {
        return (None, aws);
    }
    let Assembly {
        app, environment, ..
    } = asking.assembly;
    let subject = app.iter().chain(environment).map(String::as_str);
    let notify = Notify {
        topics,
        webhook: webhook.as_ref().map(|(variable, _)| variable.clone()),
        subject: subject.collect::<Vec<_>>().join(" "),
        link: link(|name| std::env::var(name).ok()),
        waits: asking.consent == Consent::Asked,
    };
    let aws = match webhook {
        Some((variable, url)) => aws.telling(variable, url),
        None => aws,
    };
    (Some(notify), aws)
}

/// The ARN of a topic; none of one that is not there yet.
fn topic_arn(asking: &Asking<'_>, topic: &Topic, said: &mut Vec<String>) -> Option<String> {
    let Some((stack, id)) = topic.place() else {
        return Some(topic.as_str().to_owned());
    };
    let mut stacks = asking.found.iter().filter(|found| found.key == stack);
    let arn = stacks.find_map(|found| {
        let mut resources = found.resources.iter().flatten();
        let resource = resources.find(|resource| resource.logical_id.as_str() == id)?;
        let id = resource.physical_id.as_ref()?.as_str();
        id.starts_with("arn:").then(|| id.to_owned())
    });
    if arn.is_none() {
        said.push(format!("the topic {topic} is not there: it is not told"));
    }
    arn
}

/// Where a deployment in GitHub Actions can be watched.
///
/// Source: GitHub docs, "Variables reference": default environment variables.
fn link(variable: impl Fn(&str) -> Option<String>) -> Option<String> {
    let server = variable("GITHUB_SERVER_URL")?;
    let repository = variable("GITHUB_REPOSITORY")?;
    let run = variable("GITHUB_RUN_ID")?;
    Some(format!("{server}/{repository}/actions/runs/{run}"))
}

#[cfg(test)]
mod tests {
    use stratiform_deploy::Seen;
    use stratiform_service::StackStatus;

    use super::super::planning::tests;
    use super::*;

    #[test]
    fn a_link_needs_all_of_its_parts() {
        let all = |name: &str| Some(name.to_lowercase());
        assert_eq!(
            link(all).as_deref(),
            Some("github_server_url/github_repository/actions/runs/github_run_id")
        );
        assert_eq!(
            link(|name| all(name).filter(|_| name != "GITHUB_RUN_ID")),
            None
        );
    }

    #[test]
    fn nobody_migrates_backwards_nor_before_what_stays() {
        let there = tests::deployed(StackStatus::UpdateComplete);
        let template = "{}".to_owned();
        let stack = |image: &str| {
            let value = |value: &str| ParameterValue::Value(value.to_owned());
            let values = [("WebApiImage", image), ("Size", "9"), ("Key", "****")];
            let values = values.map(|(name, text)| (name.to_owned(), value(text)));
            PlannedStack {
                template: template.clone(),
                parameters: values.into(),
                seen: Some(Seen {
                    stack: Some(Box::new(there.clone())),
                    template: Some(template.clone()),
                }),
                ..PlannedStack::bare("shop-dev-services".parse().unwrap(), "services".to_owned())
            }
        };
        let task = |runs, when, reversible| Task {
            name: "t".parse().unwrap(),
            service: "web-api".to_owned(),
            runs,
            when,
            command: vec!["x".to_owned()],
            container: None,
            reversible,
            timeout_minutes: 1,
        };
        let tasks = [
            task(Runs::Before, When::ImageChanges, false),
            task(Runs::Before, When::Always, true),
            task(Runs::After, When::Always, true),
            task(Runs::After, When::Always, false),
        ];
        let which = |image: &str, heading| {
            let why = |written| {
                let declared = Declaration {
                    written,
                    stack: 0,
                    parameter: "WebApiImage".to_owned(),
                    planned: PlannedTask {
                        name: "t".to_owned(),
                        service: written.service.clone(),
                        stack: "services".to_owned(),
                        service_id: "WebApi".parse().unwrap(),
                        container: "web-api".to_owned(),
                        images: IndexMap::new(),
                        command: written.command.clone(),
                        runs: match written.runs {
                            Runs::Before => Turn::Before,
                            Runs::After => Turn::After,
                        },
                        reversible: written.reversible,
                        patience_minutes: 1,
                    },
                };
                turn(&declared, &[stack(image)], &[], heading).map_err(|out| out.why)
            };
            tasks.each_ref().map(why)
        };
        let new = || Ok(Some("web:2".to_owned()));
        let out = |why: &str| Err(why.to_owned());
        let stays = || out("the stack services does not change");
        let back = || out("this is a way back");
        assert_eq!(
            which("web:2", Heading::Forward),
            [new(), new(), new(), new()]
        );
        assert_eq!(
            which("web:1", Heading::Forward),
            [out("web-api keeps its image"), stays(), Ok(None), Ok(None)]
        );
        assert_eq!(
            which("web:2", Heading::Back),
            [back(), back(), new(), back()]
        );
    }
}
