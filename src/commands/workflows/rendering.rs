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

const TEMPLATES: [(&str, &str); 29] = templates![
    "allowed",
    "arguments",
    "begin",
    "build",
    "changed",
    "ci.yml",
    "credentials",
    "deploy-sealed.yml",
    "deploy.yml",
    "disaster-recovery.yml",
    "drift.yml",
    "folder",
    "head",
    "identity",
    "image",
    "inputs",
    "promote",
    "pull-request.yml",
    "push",
    "pushes",
    "release.yml",
    "report",
    "repositories",
    "rollback.yml",
    "run",
    "secrets",
    "tool",
    "toolchain",
    "watch.yml",
];

/// What steps run, as deep as it stands in them: this repository runs the same.
#[derive(Serialize)]
struct Scripts {
    /// Turns .github/allowed.toml into what a scanner takes.
    allowed: String,
    /// Makes a release.
    release: String,
    /// What that calls, pinned, and how that reads commits.
    requirements: String,
    cliff: String,
}

impl Scripts {
    fn new() -> Self {
        let indented = |text: &str| {
            let lines = text.lines().map(|line| match line {
                "" => "\n".to_owned(),
                line => format!("          {line}\n"),
            });
            lines.collect::<String>().trim_end().to_owned()
        };
        Scripts {
            allowed: indented(include_str!("../../../.github/scripts/allowed.py")),
            release: indented(include_str!("../../../.github/scripts/release.py")),
            requirements: indented(include_str!("../../../.github/scripts/release.txt")),
            cliff: indented(include_str!("../../../cliff.toml")),
        }
    }
}

/// The actions that are used, each by a commit.
#[derive(Serialize)]
struct Actions {
    checkout: &'static str,
    cache: &'static str,
    restore: &'static str,
    upload: &'static str,
    download: &'static str,
    python: &'static str,
}

const ACTIONS: Actions = Actions {
    checkout: "actions/checkout@08c6903cd8c0fde910a37f88322edcfb5dd907a8 # v5.0.0",
    cache: "actions/cache@0400d5f644dc74513175e3cd8d07132dd4860809 # v4.2.4",
    restore: "actions/cache/restore@0400d5f644dc74513175e3cd8d07132dd4860809 # v4.2.4",
    upload: "actions/upload-artifact@ea165f8d65b6e75b540449e92b4886f43607fa02 # v4.6.2",
    download: "actions/download-artifact@634f93cb2916e3fdff6788551b99b062d0335ce0 # v5.0.0",
    python: "actions/setup-python@a26af69be951a213d495a4c3e4e4022e16d87065 # v5.6.0",
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

/// What scans the code and what it depends on.
#[derive(Serialize)]
struct Tools {
    cargo_deny: &'static str,
    gitleaks: &'static str,
    /// Of its archive.
    gitleaks_sha256: &'static str,
}

const TOOLS: Tools = Tools {
    cargo_deny: "0.20.2",
    gitleaks: "8.30.1",
    gitleaks_sha256: "551f6fc83ea457d62a0d98237cbad105af8d557003051f41f3e7ca7b3f2470eb",
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
    /// Those whose deployments are rehearsed.
    rehearsed: Vec<&'a str>,
    actions: Actions,
    scanner: Scanner,
    tools: Tools,
    scripts: Scripts,
}

impl<'a> Content<'a> {
    fn new(title: String, package: &'a Package, stage: Option<&'a Stage>) -> Self {
        Content {
            title,
            package,
            stage,
            stages: Vec::new(),
            names: String::new(),
            rehearsed: Vec::new(),
            actions: ACTIONS,
            scanner: GRYPE,
            tools: TOOLS,
            scripts: Scripts::new(),
        }
    }
}

/// All workflows.
pub(super) fn files<'a>(package: &'a Package, stages: &'a [Stage]) -> Result<Vec<File>, Failure> {
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
    let rehearsed = stages.iter().filter(|stage| stage.rehearsed);
    let rehearsed: Vec<&str> = rehearsed.map(|stage| stage.name.as_str()).collect();
    for name in ["ci.yml", "pull-request.yml", "release.yml"] {
        let title = name.trim_end_matches(".yml").replace('-', " ");
        let content = Content {
            rehearsed: rehearsed.clone(),
            ..plain(&title)
        };
        files.push(render(name, name.to_owned(), &content)?);
    }
    let each = |title: &str, is_one: fn(&Stage) -> bool| {
        let chosen: Vec<&Stage> = stages.iter().filter(|stage| is_one(stage)).collect();
        let names: Vec<&str> = chosen.iter().map(|stage| stage.name.as_str()).collect();
        let of = |stage: &&'a Stage| Content::new(String::new(), package, Some(*stage));
        Content {
            names: format!("[{}]", names.join(", ")),
            stages: chosen.iter().map(of).collect(),
            ..plain(title)
        }
    };
    // What takes releases is somebody's production.
    let is_released = |stage: &Stage| stage.sealed && !stage.tags.is_empty();
    for (content, always) in [
        (
            each("disaster recovery", |stage| stage.recovery.is_some()),
            false,
        ),
        (each("drift", |_| true), true),
        (each("rollback", |_| true), true),
        (each("watch", is_released), false),
    ] {
        // Without such an environment there is nothing to do.
        if always || !content.stages.is_empty() {
            let file = format!("{}.yml", content.title.replace(' ', "-"));
            files.push(render(&file, file.clone(), &content)?);
        }
    }
    Ok(files)
}
