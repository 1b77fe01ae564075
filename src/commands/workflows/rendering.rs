//! The workflows as text: layout is in `templates/workflows`, decisions are made.
//!
//! The templates read as workflows do: GitHub's own `${{ … }}` stands there as it is, and is not ours to fill in.

use handlebars::{Handlebars, no_escape};
use serde::Serialize;

use super::File;
use super::package::Package;
use super::stage::Stage;
use crate::report::Failure;
use crate::view::review::not_rendered;

macro_rules! templates {
    ($($name:literal),+ $(,)?) => {
        [$(($name, include_str!(concat!("../../../templates/workflows/", $name, ".hbs")))),+]
    };
}

const TEMPLATES: [(&str, &str); 22] = templates![
    "arguments",
    "build",
    "changed",
    "credentials",
    "deploy-sealed.yml",
    "deploy.yml",
    "folder",
    "head",
    "identity",
    "image",
    "inputs",
    "promote",
    "pull-request.yml",
    "push",
    "pushes",
    "report",
    "repositories",
    "rollback.yml",
    "run",
    "secrets",
    "tool",
    "toolchain",
];

/// Turns .github/allowed.toml into what a scanner takes.
const ALLOWED: &str = include_str!("../../../.github/scripts/allowed.py");

/// The actions that are used, each by a commit.
#[derive(Serialize)]
struct Actions {
    checkout: &'static str,
    cache: &'static str,
    restore: &'static str,
    upload: &'static str,
    download: &'static str,
}

const ACTIONS: Actions = Actions {
    checkout: "actions/checkout@08c6903cd8c0fde910a37f88322edcfb5dd907a8 # v5.0.0",
    cache: "actions/cache@0400d5f644dc74513175e3cd8d07132dd4860809 # v4.2.4",
    restore: "actions/cache/restore@0400d5f644dc74513175e3cd8d07132dd4860809 # v4.2.4",
    upload: "actions/upload-artifact@ea165f8d65b6e75b540449e92b4886f43607fa02 # v4.6.2",
    download: "actions/download-artifact@634f93cb2916e3fdff6788551b99b062d0335ce0 # v5.0.0",
};

/// What looks for known holes in images: a release, and the SHA-256 of its archive for each kind of machine.
#[derive(Serialize)]
struct Scanner {
    version: &'static str,
    amd64: &'static str,
    arm64: &'static str,
}

const GRYPE: Scanner = Scanner {
    version: "0.116.1",
    amd64: "0122df7b655981abe547ad3d2190d65551dac6a2bfc80b4dc2a989b5d0587458",
    arm64: "a8d7504a149629324eb5f4ce3dc25dfd211bbfe047e64ee2bf7844b466c3d84d",
};

/// What a workflow is made of.
#[derive(Serialize)]
struct Content<'a> {
    /// The workflow's name.
    title: String,
    package: &'a Package,
    stage: Option<&'a Stage>,
    /// All environments, each with what its job is made of.
    stages: Vec<Content<'a>>,
    /// Their names, as a list of YAML.
    names: String,
    actions: Actions,
    scanner: Scanner,
    /// The script, as deep as it stands in a step.
    allowed: String,
}

impl<'a> Content<'a> {
    fn new(title: String, package: &'a Package, stage: Option<&'a Stage>) -> Self {
        let lines = ALLOWED.lines().map(|line| match line {
            "" => "\n".to_owned(),
            line => format!("          {line}\n"),
        });
        Content {
            title,
            package,
            stage,
            stages: Vec::new(),
            names: String::new(),
            actions: ACTIONS,
            scanner: GRYPE,
            allowed: lines.collect::<String>().trim_end().to_owned(),
        }
    }
}

/// All workflows.
pub(super) fn files(package: &Package, stages: &[Stage]) -> Result<Vec<File>, Failure> {
    let mut handlebars = Handlebars::new();
    handlebars.register_escape_fn(no_escape);
    handlebars.set_strict_mode(true);
    for (name, text) in TEMPLATES {
        let text = text.replace("${{", "$\\{{");
        handlebars
            .register_template_string(name, text)
            .map_err(|error| not_rendered(&error.to_string()))?;
    }
    let render = |template: &str, name: String, content: &Content<'_>| {
        let text = handlebars.render(template, content);
        let text = text.map_err(|error| not_rendered(&error.to_string()))?;
        Ok(File { name, text })
    };
    let mut files = Vec::new();
    for stage in stages {
        let template = if stage.sealed {
            "deploy-sealed.yml"
        } else {
            "deploy.yml"
        };
        let content = Content::new(format!("deploy {}", stage.name), package, Some(stage));
        files.push(render(
            template,
            format!("deploy-{}.yml", stage.name),
            &content,
        )?);
    }
    let plain = |title: &str| Content::new(title.to_owned(), package, None);
    files.push(render(
        "pull-request.yml",
        "pull-request.yml".to_owned(),
        &plain("pull request"),
    )?);
    let names: Vec<&str> = stages.iter().map(|stage| stage.name.as_str()).collect();
    let rollback = Content {
        stages: stages
            .iter()
            .map(|stage| Content::new(String::new(), package, Some(stage)))
            .collect(),
        names: format!("[{}]", names.join(", ")),
        ..plain("rollback")
    };
    files.push(render(
        "rollback.yml",
        "rollback.yml".to_owned(),
        &rollback,
    )?);
    Ok(files)
}
