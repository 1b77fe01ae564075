//! The stacks of an environment at one moment, wherever they come from.
use std::collections::HashMap;
use std::sync::Arc;

use indexmap::IndexMap;
use stratiform_finding::{Code, Source as Text};
use stratiform_stack::Assembly;
use stratiform_template::Template;

use crate::assembly::{AssemblyFile, FILE as ASSEMBLY};
use crate::exit::Exit;
use crate::git::{Objects, Revision};
use crate::old::of_template;
use crate::report::Failure;

/// An environment's stacks.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    /// The app; `None` where files are compared that do not say.
    pub app: Option<String>,
    /// The environment; `None` where files are compared.
    pub environment: Option<String>,
    /// The region.
    pub region: String,
    /// The account, where it is known.
    pub account: Option<String>,
    /// The stacks, in deployment order.
    pub stacks: Vec<SourceStack>,
}

/// A stack at one moment.
#[derive(Clone, Debug)]
pub(crate) struct SourceStack {
    /// The stack's name.
    pub name: String,
    /// The template.
    pub template: Arc<Template>,
    /// Values of parameters that are not the template's defaults.
    pub parameters: IndexMap<String, String>,
    /// Tags of the stack.
    pub tags: IndexMap<String, String>,
    /// Whether CloudFormation refuses to delete the stack, where that is known.
    pub termination_protection: Option<bool>,
}

impl Source {
    /// What was synthesized.
    pub(crate) fn synthesized(assembly: Assembly, account: Option<String>) -> Source {
        let stacks = assembly.stacks.into_iter().map(|stack| SourceStack {
            name: stack.name,
            template: Arc::new(stack.template),
            parameters: IndexMap::new(),
            tags: stack.tags,
            termination_protection: Some(stack.termination_protection),
        });
        Source {
            app: Some(assembly.app),
            environment: Some(assembly.environment),
            region: assembly.region,
            account,
            stacks: stacks.collect(),
        }
    }

    /// An environment's snapshots at a revision; `None` where there are none. Templates whose text is the one that
    /// is synthesized today are not read again.
    ///
    /// # Errors
    /// A file that is missing, or cannot be understood.
    pub(crate) fn at_revision(
        objects: &mut Objects,
        revision: &Revision,
        environment: &str,
        today: Option<&Source>,
    ) -> Result<Option<Source>, Failure> {
        let folder = format!("snapshots/{environment}");
        let file = format!("{folder}/{ASSEMBLY}");
        let shown = |file: &str| format!("{file} at {}", revision.shown);
        let Some(text) = objects.file(&file)? else {
            // A folder that is no environment today, and says nothing of having been one, is none.
            if today.is_none() || objects.folders(&folder)?.is_none() {
                return Ok(None);
            }
            return Err(Failure::new(
                Exit::Failed,
                Code::MissingSnapshot,
                format!(
                    "there are templates in `{folder}`, and no `{}`",
                    shown(&file)
                ),
                "compare with a revision whose snapshots are complete: --base REV",
            ));
        };
        let assembly = AssemblyFile::parse(&String::from_utf8_lossy(&text)).map_err(|why| {
            Failure::new(
                Exit::Failed,
                Code::AssemblyFile,
                format!("`{}` cannot be read: {why}", shown(&file)),
                "compare with a later revision, whose snapshots this program wrote: --base REV",
            )
        })?;
        let known: HashMap<&str, &SourceStack> = today
            .into_iter()
            .flat_map(|today| &today.stacks)
            .map(|stack| (stack.name.as_str(), stack))
            .collect();
        let mut stacks = Vec::new();
        for entry in assembly.stacks {
            let file = format!("{folder}/{}", entry.template);
            let Some(text) = objects.file(&file)? else {
                return Err(Failure::new(
                    Exit::Failed,
                    Code::MissingSnapshot,
                    format!("`{}` is listed and not there", shown(&file)),
                    "compare with a revision whose snapshots are complete: --base REV",
                ));
            };
            let text = String::from_utf8_lossy(&text);
            let today = known.get(entry.name.as_str()).map(|stack| &stack.template);
            let template = match today.filter(|today| today.to_yaml() == text) {
                Some(today) => Arc::clone(today),
                None => Arc::new(parse(&shown(&file), &text)?),
            };
            stacks.push(SourceStack {
                name: entry.name,
                template,
                parameters: IndexMap::new(),
                tags: entry.tags,
                termination_protection: Some(entry.termination_protection),
            });
        }
        Ok(Some(Source {
            app: Some(assembly.app),
            environment: Some(environment.to_owned()),
            region: assembly.region,
            account: today.and_then(|today| today.account.clone()),
            stacks,
        }))
    }

    /// How the names of the environment's stacks start: `storefront-prod-`.
    pub(crate) fn prefix(&self) -> Option<String> {
        let middle = format!("-{}-", self.environment.as_ref()?);
        let first = self.stacks.first()?;
        let end = first.name.find(&middle)? + middle.len();
        Some(first.name[..end].to_owned())
    }

    /// The stack of a name.
    pub(crate) fn stack(&self, name: &str) -> Option<&SourceStack> {
        self.stacks.iter().find(|stack| stack.name == name)
    }
}

/// Reads a template.
///
/// # Errors
/// All that is wrong with it, with places.
pub(crate) fn parse(file: &str, text: &str) -> Result<Template, Failure> {
    let template = Template::parse(text).map_err(|error| {
        let source = Text::new(file, text);
        Failure::of(
            of_template(error)
                .into_iter()
                .map(|finding| finding.in_source(&source)),
        )
    })?;
    if template.resources.is_empty() {
        return Err(Failure::new(
            Exit::Failed,
            Code::NoTemplate,
            format!("`{file}` is no template: it has no `Resources`"),
            "name a CloudFormation template, or a folder of templates",
        ));
    }
    Ok(template)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Colour;

    #[test]
    fn both_places_of_a_key_that_stands_twice_are_shown() {
        let text = "Resources:\n  A:\n    Type: T\n    Type: U\n";
        let failure = parse("old.yaml", text).unwrap_err();
        insta::assert_snapshot!(failure.draw(Colour::Never), @r"
        error[duplicate-key]: key `Type` stands twice in one map
          ╭▸ old.yaml:4:5
          │
        3 │     Type: T
          │     ──── it is here first
        4 │     Type: U
          │     ━━━━ it was first written at line 3, column 5
          │
          ╰ help: remove one of the two, or rename it
        ");
    }
}
