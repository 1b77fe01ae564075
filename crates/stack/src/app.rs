//! An app: the stacks of one environment.

use std::cell::RefCell;
use std::panic::Location;

use indexmap::IndexMap;

use crate::aspect::ResourceView;
use crate::assembly::Assembly;
use crate::problem::{Code, Problem};
use crate::settings::Settings;
use crate::stack::Stack;
use crate::synthesis;

/// The stacks of one environment, while they are being built.
#[derive(Debug)]
pub struct App {
    settings: Settings,
    stacks: RefCell<IndexMap<String, Stack>>,
    problems: RefCell<Vec<Problem>>,
}

impl App {
    /// An app without stacks.
    pub fn new(settings: Settings) -> Self {
        App {
            settings,
            stacks: RefCell::default(),
            problems: RefCell::default(),
        }
    }

    /// What the app was made for.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Adds a stack. CloudFormation will call it `<app>-<environment>-<name>`.
    #[track_caller]
    pub fn stack(&self, name: &str, description: &str) -> Stack {
        let location = Location::caller();
        let full_name = self.stack_name(name);
        let legal = full_name.starts_with(|first: char| first.is_ascii_alphabetic())
            && full_name.len() <= 128
            && full_name
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        if name.is_empty() || !legal {
            self.problems.borrow_mut().push(Problem {
                code: Code::StackName,
                what: format!("`{full_name}` cannot be a stack's name"),
                places: vec![(location, "declared here".to_owned())],
                help: "use letters, digits and hyphens, a letter first, at most 128 in all"
                    .to_owned(),
            });
        }
        let stack = Stack::new(name, description, location);
        let mut stacks = self.stacks.borrow_mut();
        if let Some(first) = stacks.get(name) {
            let first = first.draft.borrow().location;
            self.problems.borrow_mut().push(Problem {
                code: Code::DuplicateStack,
                what: format!("stack `{name}` is declared twice"),
                places: vec![
                    (location, "declared again here".to_owned()),
                    (first, "first declared here".to_owned()),
                ],
                help: "give one of the two another name, or keep using the first".to_owned(),
            });
        } else {
            stacks.insert(name.to_owned(), stack.clone());
        }
        stack
    }

    /// The full name of a stack: `storefront-prod-network`.
    pub fn stack_name(&self, name: &str) -> String {
        self.settings.stack_name(name)
    }

    /// Applies a function to every resource of every stack that is there by now.
    pub fn aspect(&self, mut aspect: impl FnMut(&mut ResourceView<'_>)) {
        // Nothing stays borrowed: the function may add stacks and resources itself, which it then does not
        // see, use handles of the resource that it looks at, and apply other aspects.
        let stacks: Vec<Stack> = self.stacks.borrow().values().cloned().collect();
        let resources: Vec<_> = stacks
            .iter()
            .flat_map(|stack| stack.draft.borrow().resources.clone())
            .collect();
        for resource in resources {
            aspect(&mut ResourceView::new(resource));
        }
    }

    /// Turns the stacks into templates, in deployment order.
    ///
    /// # Errors
    /// Every mistake found in the definition, with the places that cause it.
    pub fn synthesize(self) -> Result<Assembly, Vec<Problem>> {
        let stacks: Vec<Stack> = self.stacks.take().into_values().collect();
        let mut problems = self.problems.take();
        for stack in &stacks {
            problems.append(&mut stack.draft.borrow_mut().problems);
        }
        if problems.is_empty() {
            synthesis::synthesize(&self.settings, &stacks)
        } else {
            Err(problems)
        }
    }
}
