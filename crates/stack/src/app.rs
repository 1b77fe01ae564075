//! An app: the stacks of one environment.

use std::cell::RefCell;
use std::panic::Location;

use indexmap::IndexMap;
use stratiform_assembly::Assembly;
use stratiform_finding::{Code, Finding, Place};

use crate::resource::aspect::ResourceView;
use crate::settings::Settings;
use crate::stack::Stack;
use crate::synthesis;

/// The stacks of one environment, while they are being built.
///
/// ```
/// use stratiform_stack::{App, References, Settings, Untyped, json, sub};
///
/// let app = App::new(Settings {
///     app: "shop".to_owned(),
///     environment: "prod".to_owned(),
///     region: "eu-central-1".parse().unwrap(),
///     references: References::Strong,
///     termination_protection: true,
///     tags: [("team".to_owned(), "platform".to_owned())].into(),
/// });
/// assert_eq!(app.stack_name("orders"), "shop-prod-orders");
///
/// let orders = app.stack("orders", "What customers ordered");
/// let queue = orders.add("Queue", Untyped::new("AWS::SQS::Queue", json!({})));
/// // Using it in another stack connects the two.
/// let alarms = app.stack("alarms", "Who is told");
/// let text = sub!("messages wait in {}", queue.attribute("QueueName"));
/// alarms.output("Advice", "What to look at", text);
/// # assert!(app.synthesize().is_ok());
/// ```
#[derive(Debug)]
pub struct App {
    settings: Settings,
    stacks: RefCell<IndexMap<String, Stack>>,
    problems: RefCell<Vec<Finding>>,
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
        if self.settings.prefix().name(name).is_err() {
            self.problems.borrow_mut().push(
                Finding::new(
                    Code::StackName,
                    format!("`{full_name}` cannot be a stack's name"),
                    "use letters, digits and hyphens, a letter first, at most 128 in all",
                )
                .at(Place::rust(location, "declared here")),
            );
        }
        let stack = Stack::new(name, description, location);
        let mut stacks = self.stacks.borrow_mut();
        if let Some(first) = stacks.get(name) {
            let first = first.draft.borrow().location;
            self.problems.borrow_mut().push(
                Finding::new(
                    Code::DuplicateStack,
                    format!("stack `{name}` is declared twice"),
                    "give one of the two another name, or keep using the first",
                )
                .at(Place::rust(location, "declared again here"))
                .at(Place::rust(first, "first declared here")),
            );
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
    ///
    /// The function may use handles (those of the resource that it looks at too), add stacks and resources, which
    /// it then does not see, and apply other aspects.
    ///
    /// ```
    /// # use stratiform_stack::{App, References, Settings, Untyped, json};
    /// # let app = App::new(Settings {
    /// #     app: "shop".to_owned(),
    /// #     environment: "prod".to_owned(),
    /// #     region: "eu-central-1".parse().unwrap(),
    /// #     references: References::Strong,
    /// #     termination_protection: true,
    /// #     tags: Default::default(),
    /// # });
    /// # let stack = app.stack("orders", "");
    /// stack.add("Queue", Untyped::new("AWS::SQS::Queue", json!({})));
    /// app.aspect(|resource| {
    ///     if resource.resource_type() == "AWS::SQS::Queue" {
    ///         resource.set_default("SqsManagedSseEnabled", true);
    ///     }
    /// });
    /// # let assembly = app.synthesize().unwrap_or_else(|problems| panic!("{problems:?}"));
    /// # assert!(assembly.stacks[0].template.to_yaml().contains("SqsManagedSseEnabled: true"));
    /// ```
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
    ///
    /// ```
    /// # use stratiform_finding::Code;
    /// # use stratiform_stack::{App, References, Settings, Untyped, json};
    /// # let app = App::new(Settings {
    /// #     app: "shop".to_owned(),
    /// #     environment: "prod".to_owned(),
    /// #     region: "eu-central-1".parse().unwrap(),
    /// #     references: References::Strong,
    /// #     termination_protection: true,
    /// #     tags: Default::default(),
    /// # });
    /// let base = app.stack("base", "What others use");
    /// let users = app.stack("users", "Who uses it");
    /// let key = base.add("Key", Untyped::new("AWS::KMS::Key", json!({})));
    /// users.output("Key", "The key", key.attribute("Arn"));
    ///
    /// match app.synthesize() {
    ///     Ok(assembly) => {
    ///         assert_eq!(assembly.key(&assembly.stacks[0].name), "base");
    ///         let users = assembly.stacks[1].template.to_yaml();
    ///         assert!(users.contains("!ImportValue shop-prod-base:Key-Arn"));
    ///     }
    ///     Err(problems) => panic!("{problems:?}"),
    /// }
    /// ```
    pub fn synthesize(self) -> Result<Assembly, Vec<Finding>> {
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
