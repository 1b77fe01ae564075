//! An app: the stacks of one environment.

use std::cell::RefCell;
use std::collections::HashMap;
use std::panic::Location;

use indexmap::IndexMap;
use stratiform_assembly::{Assembly, StackAt};
use stratiform_finding::{Code, Finding, Place};
use stratiform_template::{Text, Value};

use crate::resource::{Properties, Resource, properties};
use crate::settings::Settings;
use crate::stack::Stack;
use crate::synthesis;
use crate::value::draft::Draft;

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
    defaults: RefCell<Defaults>,
}

/// Type → the properties that its resources have where they do not say otherwise.
#[derive(Debug, Default)]
pub(crate) struct Defaults(HashMap<String, Properties>);

impl Defaults {
    fn add(&mut self, resource_type: String, properties: Properties) {
        // What is required and not said is there as nothing.
        let said = properties
            .into_iter()
            .filter(|(_, value)| !matches!(value, Draft::Value(Value::Null)));
        let properties = self.0.entry(resource_type).or_default();
        for (name, value) in said {
            if !has(properties, &name) {
                properties.push((name, value));
            }
        }
    }

    /// What a resource of a type has besides what it sets itself.
    pub(crate) fn missing<'d>(
        &'d self,
        resource_type: &str,
        properties: &'d Properties,
    ) -> impl Iterator<Item = &'d (Text, Draft)> {
        let defaults = self.0.get(resource_type).into_iter().flatten();
        defaults.filter(|(name, _)| !has(properties, name))
    }

    /// Sets what a resource of a type does not set itself.
    pub(crate) fn complete(&self, resource_type: &str, properties: &mut Properties) {
        let missing: Properties = self.missing(resource_type, properties).cloned().collect();
        properties.extend(missing);
    }
}

fn has(properties: &Properties, name: &str) -> bool {
    properties.iter().any(|(there, _)| there == name)
}

impl App {
    /// An app without stacks.
    pub fn new(settings: Settings) -> Self {
        App {
            settings,
            stacks: RefCell::default(),
            problems: RefCell::default(),
            defaults: RefCell::default(),
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

    /// What every resource of one type has, in all stacks, where it does not say otherwise.
    ///
    /// [`partial!`](crate::partial!) writes them, since what is required need not be there. Of several calls for one
    /// type, the first one that sets a property decides.
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
    /// // Or `partial!(sqs::Queue { sqs_managed_sse_enabled: true })`, of a generated type.
    /// app.defaults(Untyped::new("AWS::SQS::Queue", json!({"SqsManagedSseEnabled": true})));
    /// stack.add("Queue", Untyped::new("AWS::SQS::Queue", json!({})));
    /// # let assembly = app.synthesize().unwrap_or_else(|problems| panic!("{problems:?}"));
    /// # assert!(assembly.stacks[0].template.to_yaml().contains("SqsManagedSseEnabled: true"));
    /// ```
    #[track_caller]
    pub fn defaults(&self, defaults: impl Resource) {
        let resource_type = defaults.resource_type().to_owned();
        let location = Location::caller();
        let what = format_args!("the defaults of `{resource_type}`");
        match properties(what, defaults.into_properties(), location) {
            Ok(properties) => self.defaults.borrow_mut().add(resource_type, properties),
            Err(problem) => self.problems.borrow_mut().push(*problem),
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
        let (assembly, flaws) = self.synthesize_with_flaws()?;
        match flaws.is_empty() {
            true => Ok(assembly),
            false => Err(flaws),
        }
    }

    /// Does the same, and gives the templates even where statements of policies name what IAM does not have: the
    /// second is what is wrong with those. So that all that is wrong with the templates can be told at once.
    ///
    /// # Errors
    /// Everything else that is wrong with the stacks.
    pub fn synthesize_with_flaws(self) -> Result<(Assembly, Vec<Finding>), Vec<Finding>> {
        let stacks = self.declared()?;
        synthesis::synthesize(&self.settings, &stacks, &self.defaults.take())
    }

    /// Turns the stacks into templates one after the other, in the order in which they were declared, and hands each
    /// on: nothing of it is kept, so that many stacks need no more memory than their definitions. Each names what must
    /// be deployed before it (`depends_on`).
    ///
    /// # Errors
    /// As [`App::synthesize`]. What was handed on before counts for nothing then.
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
    /// let stack = app.stack("base", "What others use");
    /// stack.add("Key", Untyped::new("AWS::KMS::Key", json!({})));
    /// let mut bytes = 0;
    /// let done = app.synthesize_each(|stack| bytes += stack.template.to_json().len());
    /// assert!(done.is_ok() && bytes > 0);
    /// ```
    pub fn synthesize_each(self, each: impl FnMut(StackAt)) -> Result<(), Vec<Finding>> {
        let stacks = self.declared()?;
        let defaults = self.defaults.take();
        let (_, flaws) = synthesis::synthesize_each(&self.settings, &stacks, &defaults, each)?;
        match flaws.is_empty() {
            true => Ok(()),
            false => Err(flaws),
        }
    }

    /// The stacks, where nothing was wrong with what was declared.
    fn declared(&self) -> Result<Vec<Stack>, Vec<Finding>> {
        let stacks: Vec<Stack> = self.stacks.take().into_values().collect();
        let mut problems = self.problems.take();
        for stack in &stacks {
            problems.append(&mut stack.draft.borrow_mut().problems);
        }
        match problems.is_empty() {
            true => Ok(stacks),
            false => Err(problems),
        }
    }
}
