//! The checks that need nothing but the template itself.
//!
//! What lives here: names that lead nowhere, cycles, quotas, the form of names and of functions' arguments.
//! What does not: anything about resource types, values or regions (`stratiform-validate`).
//!
//! Where a macro or a loop may add names, nothing is said about names that are missing. Every check is linear in
//! the size of the template.

mod cycles;
mod form;
mod free;
mod functions;
mod mappings;
mod nested;
mod references;
mod rules;
mod substitution;
mod walk;

use std::collections::HashMap;

pub use substitution::sub_variables;

use stratiform_finding::words::meant;
use stratiform_finding::{Code, Finding};

use crate::read::Step;
use crate::template::{Member, Template};
use crate::value::Value;

/// Checks a template's structure for what CloudFormation would refuse; empty if there is nothing to say.
///
/// A finding has the path of what is wrong, for [`Node::span_at`](crate::Node::span_at), and no place. They stand in the order of the sections. Source: CloudFormation user guide, "Template sections" and
/// "Understand CloudFormation quotas", and recorded replies.
pub fn check(template: &Template) -> Vec<Finding> {
    let mut checker = Checker::new(template);
    checker.transforms();
    checker.form();
    checker.mappings();
    checker.rules();
    checker.walk();
    checker.cycles();
    checker.findings
}

/// The pseudo parameters.
pub(crate) const PSEUDO_PARAMETERS: [&str; 8] = [
    "AWS::AccountId",
    "AWS::NotificationARNs",
    "AWS::NoValue",
    "AWS::Partition",
    "AWS::Region",
    "AWS::StackId",
    "AWS::StackName",
    "AWS::URLSuffix",
];

/// The transform that adds loops and more functions.
const LANGUAGE_EXTENSIONS: &str = "AWS::LanguageExtensions";

/// The transform of AWS SAM.
const SERVERLESS: &str = "AWS::Serverless-2016-10-31";

/// Transforms that add nothing to which a template could refer.
const SILENT: [&str; 2] = ["AWS::CodeDeployBlueGreen", "AWS::SecretsManager-2020-07-23"];

struct Checker<'t> {
    template: &'t Template,
    path: Vec<Step<'t>>,
    findings: Vec<Finding>,
    /// `AWS::LanguageExtensions` is there.
    extended: bool,
    /// AWS SAM is there, which makes several resources of one, each with a name that starts like that one's.
    serverless: bool,
    /// Some other transform is there, which may add anything.
    transformed: bool,
    /// Logical IDs of resources, with their position in `edges`.
    resources: HashMap<&'t str, usize>,
    conditions: HashMap<&'t str, usize>,
    /// Loops or macros may add resources, or conditions, that we do not see.
    hidden_resources: bool,
    hidden_conditions: bool,
    /// How many loops we are inside of.
    loops: usize,
    /// Which resources each resource waits for.
    edges: Vec<Vec<usize>>,
    condition_edges: Vec<Vec<usize>>,
    /// Near names still to be looked for: a hostile template gets no free dictionary search.
    suggestions: usize,
}

impl<'t> Checker<'t> {
    fn new(template: &'t Template) -> Self {
        let is_ours = |name: &str| {
            name == LANGUAGE_EXTENSIONS || name == SERVERLESS || SILENT.contains(&name)
        };
        let extended = template.has_transform(LANGUAGE_EXTENSIONS);
        let mut names = template.transform_names();
        let transformed = names.any(|name| !name.is_some_and(is_ours))
            || template.unknown.contains_key("Fn::Transform");
        let resources = positions(template.resources.iter().map(one));
        let conditions = positions(template.conditions.iter().map(one));
        Checker {
            template,
            path: Vec::new(),
            findings: Vec::new(),
            extended,
            serverless: template.has_transform(SERVERLESS),
            transformed,
            hidden_resources: transformed || resources.len() < template.resources.len(),
            hidden_conditions: transformed || conditions.len() < template.conditions.len(),
            edges: vec![Vec::new(); resources.len()],
            condition_edges: vec![Vec::new(); conditions.len()],
            resources,
            conditions,
            loops: 0,
            suggestions: 100,
        }
    }

    fn below<T>(&mut self, step: Step<'t>, check: impl FnOnce(&mut Self) -> T) -> T {
        self.path.push(step);
        let answer = check(self);
        self.path.pop();
        answer
    }

    fn find(
        &mut self,
        code: Code,
        message: impl Into<String>,
        recorded: Option<String>,
        help: impl Into<String>,
    ) {
        self.findings.push(Finding {
            path: self.path.iter().map(Step::to_string).collect(),
            recorded,
            ..Finding::new(code, message, help)
        });
    }

    /// "did you mean …", or what else to do.
    fn suggest<'a>(
        &mut self,
        word: &str,
        candidates: impl IntoIterator<Item = &'a str>,
        otherwise: &str,
    ) -> String {
        /// More names than a template may have.
        const CANDIDATES: usize = 1000;
        if self.suggestions == 0 {
            return otherwise.to_owned();
        }
        self.suggestions -= 1;
        meant(word, candidates.into_iter().take(CANDIDATES)).unwrap_or_else(|| otherwise.to_owned())
    }
}

fn one<'t, T>((name, member): (&'t String, &'t Member<T>)) -> Option<&'t str> {
    match member {
        Member::One(_) => Some(name),
        Member::Unexpanded(_) => None,
    }
}

fn positions<'t>(names: impl Iterator<Item = Option<&'t str>>) -> HashMap<&'t str, usize> {
    names
        .flatten()
        .enumerate()
        .map(|(position, name)| (name, position))
        .collect()
}

/// Whether a value is a literal scalar other than null.
fn is_scalar(value: &Value) -> bool {
    matches!(value, Value::String(_) | Value::Number(_) | Value::Bool(_))
}
