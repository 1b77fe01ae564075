//! What is synthesized as text, before any file is looked at.

use std::collections::{HashMap, HashSet};

use stratiform_assembly::{Assembly, FILE as ASSEMBLY, StackAt, TaskEntry};
use stratiform_finding::{Code, Finding};
use stratiform_service::Region;

use crate::args::TemplateFormat;

/// The stacks of one environment as text.
#[derive(Clone, Debug)]
pub(crate) struct Rendered {
    /// The app's name.
    pub app: String,
    /// The environment's name, and the folder's.
    pub environment: String,
    /// The region.
    pub region: Region,
    /// The templates in deployment order.
    pub templates: Vec<RenderedTemplate>,
    /// The tasks that a deployment runs besides.
    pub tasks: Vec<TaskEntry>,
    /// What the roles of a bootstrap may do, for people.
    pub permissions: Option<String>,
}

/// One stack as text.
#[derive(Clone, Debug)]
pub(crate) struct RenderedTemplate {
    /// The stack.
    pub stack: StackAt,
    /// Its short name: `network`.
    pub key: String,
    /// The template's file: `network.yaml`.
    pub file: String,
    /// The template.
    pub text: String,
    /// Whether the run is about it.
    pub choice: Choice,
}

/// Whether a run is about a stack. One that is not is still part of its environment's order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Choice {
    /// It is.
    Chosen,
    /// It is not.
    Context,
}

impl Rendered {
    /// Renders an assembly.
    ///
    /// # Errors
    /// Stacks whose files would be the same file.
    pub(crate) fn new(assembly: Assembly, format: TemplateFormat) -> Result<Self, Vec<Finding>> {
        let keys = assembly
            .stacks
            .iter()
            .map(|stack| assembly.key(&stack.name));
        let keys: Vec<String> = keys.map(str::to_owned).collect();
        let templates = assembly.stacks.into_iter().zip(keys).map(|(stack, key)| {
            let text = match format {
                TemplateFormat::Yaml => stack.template.to_yaml(),
                TemplateFormat::Json => stack.template.to_json() + "\n",
            };
            RenderedTemplate {
                file: format!("{key}.{}", format.extension()),
                text,
                key,
                stack,
                choice: Choice::Chosen,
            }
        });
        let rendered = Rendered {
            templates: templates.collect(),
            app: assembly.app.unwrap_or_default(),
            environment: assembly.environment.unwrap_or_default(),
            region: assembly.region,
            tasks: assembly.tasks,
            permissions: None,
        };
        let collisions = rendered.collisions();
        if collisions.is_empty() {
            Ok(rendered)
        } else {
            Err(collisions)
        }
    }

    /// Files of the same name. Upper and lower case are the same to macOS and Windows.
    fn collisions(&self) -> Vec<Finding> {
        let mut files = HashMap::from([(ASSEMBLY.to_owned(), ASSEMBLY)]);
        let mut findings = Vec::new();
        for template in &self.templates {
            let file = template.file.as_str();
            let key = &template.key;
            let what = match files.insert(file.to_lowercase(), file) {
                None => continue,
                Some(ASSEMBLY) => {
                    format!("the template of stack `{key}` would be in the place of `{ASSEMBLY}`")
                }
                Some(other) => {
                    format!("`{other}` and `{file}` are the same file on macOS and Windows")
                }
            };
            findings.push(Finding::new(
                Code::FileName,
                what,
                format!("give stack `{key}` another name"),
            ));
        }
        findings
    }

    /// Short and full names of the stacks.
    pub(crate) fn stack_names(&self) -> impl Iterator<Item = &str> {
        let templates = self.templates.iter();
        templates.flat_map(|template| [template.key.as_str(), template.stack.name.as_str()])
    }

    /// Short names of the stacks.
    pub(crate) fn stack_keys(&self) -> impl Iterator<Item = &str> {
        self.templates.iter().map(|template| template.key.as_str())
    }

    /// Chooses some stacks, by short or full name.
    pub(crate) fn choose(&mut self, wanted: &HashSet<&str>) {
        for template in &mut self.templates {
            let chosen = wanted.contains(&*template.key) || wanted.contains(&*template.stack.name);
            template.choice = if chosen {
                Choice::Chosen
            } else {
                Choice::Context
            };
        }
    }

    /// The templates that the run is about.
    pub(crate) fn chosen(&self) -> impl Iterator<Item = &RenderedTemplate> {
        let templates = self.templates.iter();
        templates.filter(|template| template.choice == Choice::Chosen)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use indexmap::IndexMap;
    use stratiform_stack::{App, References, Settings};

    use super::*;

    /// An environment with empty stacks.
    pub(in crate::snapshots) fn assembly(stacks: &[&str]) -> Assembly {
        let app = App::new(Settings {
            app: "shop".to_owned(),
            environment: "dev".to_owned(),
            region: "eu-west-1".parse().unwrap(),
            references: References::Strong,
            termination_protection: false,
            tags: IndexMap::new(),
        });
        for name in stacks {
            app.stack(name, "A stack");
        }
        app.synthesize().unwrap()
    }

    fn collisions(stacks: &[&str], format: TemplateFormat) -> Vec<String> {
        let found = Rendered::new(assembly(stacks), format).err();
        let found = found.into_iter().flatten();
        found.map(|finding| finding.what).collect()
    }

    #[test]
    fn stacks_do_not_share_a_file() {
        let none: [&str; 0] = [];
        assert_eq!(collisions(&["assembly"], TemplateFormat::Yaml), none);
        assert_eq!(
            collisions(&["Assembly"], TemplateFormat::Json),
            ["the template of stack `Assembly` would be in the place of `assembly.json`"]
        );
        assert_eq!(
            collisions(&["Api", "network", "api"], TemplateFormat::Yaml),
            ["`Api.yaml` and `api.yaml` are the same file on macOS and Windows"]
        );
    }
}
