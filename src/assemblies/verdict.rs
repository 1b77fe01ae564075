//! What is said of an environment's templates: what validation, policies and the user's rules find, where it is
//! declared, and what somebody accepts.

use indexmap::IndexMap;
use stratiform_finding::{Code, Finding, Group, Level, Place};
use stratiform_stack::{Assembly, StackAt};
use stratiform_template::{Value, check};
use stratiform_validate::{
    Accepted, Deployed, NotChecked, hide_secrets, validate, validate_together,
};

use super::policies;
use crate::cores::on_all_cores;
use crate::own_rules::{self, Rules};
use crate::provenance::value_at;
use crate::validation::{Acceptance, Found, Terms, Unchecked, Verdict, Written};

/// What is asked of templates?
#[derive(Clone, Copy, Debug)]
pub(crate) enum Questions<'a> {
    /// Nothing: `synth --no-validate`.
    Nothing,
    /// What is wrong with them, in the environment's region.
    Errors,
    /// All that there is to say. Policies are asked, too.
    Everything {
        /// In these regions; in the environment's, where there are none.
        regions: &'a [String],
        /// By these rules of the user's, too.
        rules: &'a [Rules<'a>],
    },
    /// What is wrong with them, and what their policies and the user's rules say.
    #[cfg_attr(not(feature = "aws"), expect(dead_code, reason = "deployments ask"))]
    Deployment {
        /// Where parameters have these values.
        values: &'a IndexMap<String, String>,
        /// By these rules of the user's, too.
        rules: &'a [Rules<'a>],
    },
    /// Only what their policies say, where parameters have these values.
    Policies(&'a IndexMap<String, String>),
}

impl<'a> Questions<'a> {
    /// Whether templates are held against AWS's facts.
    pub(super) fn is_of_facts(self) -> bool {
        !matches!(self, Questions::Nothing | Questions::Policies(_))
    }

    /// The regions that it is about, where it says so.
    fn regions(self) -> &'a [String] {
        match self {
            Questions::Everything { regions, .. } => regions,
            _ => &[],
        }
    }

    /// The user's rules.
    fn rules(self) -> &'a [Rules<'a>] {
        match self {
            Questions::Everything { rules, .. } | Questions::Deployment { rules, .. } => rules,
            _ => &[],
        }
    }

    /// The least level of which anybody waits for where it comes from: notes are rarely shown.
    fn least(self) -> Level {
        match self {
            Questions::Everything { .. } => Level::Warning,
            _ => Level::Error,
        }
    }
}

/// What is said of the templates, each thing with where it is declared and with more places for it.
pub(crate) fn verdict_of(
    assembly: &Assembly,
    terms: &Terms,
    asked: Questions<'_>,
    origins: impl Fn(&StackAt, &[String]) -> Vec<Place>,
) -> Verdict {
    if let Questions::Nothing = asked {
        return Verdict::default();
    }
    let here = [assembly.region.to_string()];
    let regions = match asked.regions() {
        [] => here.as_slice(),
        regions => regions,
    };
    let no_values = IndexMap::new();
    let judge = Judge {
        assembly,
        terms,
        asked,
        regions: regions.iter().map(String::as_str).collect(),
        values: match asked {
            Questions::Nothing | Questions::Errors => None,
            Questions::Everything { .. } => Some(&no_values),
            Questions::Deployment { values, .. } | Questions::Policies(values) => Some(values),
        },
    };
    let mut verdict = Verdict {
        written: terms.decisions().collect(),
        ..Verdict::default()
    };
    if judge.values.is_some()
        && let Some(name) = &assembly.environment
    {
        verdict.held.insert(name.clone(), terms.levels.off());
    }
    let mut between = match asked.is_of_facts() {
        true => between(assembly),
        false => Vec::new(),
    };
    let stacks = assembly.stacks.iter().enumerate();
    let stacks: Vec<(&StackAt, Vec<Finding>)> = stacks
        .map(|(position, stack)| {
            let about = between.extract_if(.., |(at, _)| *at == position);
            (stack, about.map(|(_, finding)| finding).collect())
        })
        .collect();
    let judged = on_all_cores(&stacks, |(stack, about)| judge.stack(stack, about));
    // Where it comes from is asked on this thread: that is found out once for all stacks, and on all cores itself.
    for ((stack, _), (mut of_stack, told)) in stacks.iter().zip(judged) {
        let placed = told
            .into_iter()
            .map(|told| judge.placed(told, stack, &origins));
        of_stack.found = placed.collect();
        verdict.add(of_stack);
    }
    verdict
}

/// What an assembly's stacks are held against.
struct Judge<'a> {
    assembly: &'a Assembly,
    terms: &'a Terms,
    asked: Questions<'a>,
    regions: Vec<&'a str>,
    /// What parameters are, where policies are asked.
    values: Option<&'a IndexMap<String, String>>,
}

/// A finding, and why it may be so.
type Told = (Finding, Option<Acceptance>);

impl Judge<'_> {
    /// What is said of a stack, and what is found in it. `between` is what others say of it.
    fn stack(&self, stack: &StackAt, between: &[Finding]) -> (Verdict, Vec<Told>) {
        let (decisions, refused) = policies::decided(&stack.template, |path| place(path, stack));
        let mut verdict = Verdict {
            templates: 1,
            ..Verdict::default()
        };
        let mut told = Vec::new();
        let mut not_checked = Vec::new();
        if self.asked.is_of_facts() {
            let mut form = check(&stack.template);
            hide_secrets(&stack.template, &mut form);
            told.extend(
                form.into_iter()
                    .chain(refused)
                    .map(|finding| (finding, None)),
            );
            let report = validate(&stack.template, &self.regions);
            verdict.resources += report.checked;
            not_checked.extend(report.not_checked);
            let (own, not_judged) = self.own_rules(stack);
            let between = between.iter().cloned();
            let held = report.findings.into_iter().chain(between).chain(own);
            told.extend(held.map(|finding| {
                let finding = in_own_stacks(finding);
                let accepted = self.accepted(&finding, stack, &decisions);
                (finding, accepted)
            }));
            not_checked.extend(not_judged);
        }
        let (broken, unknown) = self.policies(stack, &decisions, &mut verdict);
        told.extend(broken);
        not_checked.extend(unknown);
        verdict.not_checked = not_checked
            .into_iter()
            .map(|it| Unchecked {
                reason: it.reason,
                place: place(&it.path, stack),
                path: it.path,
            })
            .collect();
        verdict.written = decisions.into_iter().map(|(_, written)| written).collect();
        (verdict, told)
    }

    /// What breaks the user's rules, and what nobody could judge.
    fn own_rules(&self, stack: &StackAt) -> (Vec<Finding>, Vec<NotChecked>) {
        // Rules are asked where policies are.
        let Some(values) = self.values else {
            return Default::default();
        };
        let account = self.assembly.account.as_ref();
        own_rules::held(stack, &self.regions, account, values, self.asked.rules())
    }

    /// What breaks policies, and what could not be looked at; the verdict gets the questions.
    fn policies(
        &self,
        stack: &StackAt,
        decisions: &[(Accepted, Written)],
        verdict: &mut Verdict,
    ) -> (Vec<Told>, Vec<NotChecked>) {
        let Some(values) = self.values else {
            return Default::default();
        };
        let key = self.assembly.key(&stack.name);
        let environment = self.assembly.environment.as_deref();
        let held = policies::held(stack, (environment, key), &self.regions, self.terms, values);
        let broken = held.findings.into_iter().map(|finding| {
            // What is untyped is meant so where the catalog is wrong, and not where a policy is broken.
            let accepted = policies::risk(&finding, key, self.terms, decisions);
            (finding, accepted)
        });
        let broken: Vec<Told> = broken.collect();
        let about = broken
            .iter()
            .map(|(finding, accepted)| (finding, accepted.as_ref()));
        verdict
            .asked
            .extend(policies::answered(held.questions, about));
        (broken, held.not_checked)
    }

    /// A finding with where it is declared and where it comes from.
    fn placed(
        &self,
        (mut finding, accepted): Told,
        stack: &StackAt,
        origins: impl Fn(&StackAt, &[String]) -> Vec<Place>,
    ) -> Found {
        let key = self.assembly.key(&stack.name);
        let is_asked = accepted.is_none() && finding.level >= self.asked.least();
        let places = match is_asked && !self.lacks(&finding, key) {
            true => origins(stack, &finding.path),
            false => Vec::new(),
        };
        // The place of a rule comes after those of what breaks it.
        let rule = std::mem::take(&mut finding.places);
        let finding = declared(finding, key, stack);
        Found {
            accepted,
            stack: Some(key.to_owned()),
            ..Found::new(places.into_iter().chain(rule).fold(finding, Finding::at))
        }
    }

    /// Whether something breaks a rule of the user's for what it lacks: then it has no value that could be another.
    fn lacks(&self, finding: &Finding, key: &str) -> bool {
        let keys = || [&[key.to_owned()], finding.path.as_slice()].concat();
        Group::Rules.codes().contains(&finding.code)
            && matches!(
                value_at(self.assembly, &keys()),
                Some(Value::Map(_) | Value::List(_))
            )
    }

    /// Why what is found in a stack may be so: its code says it, its template, or the environment's file.
    fn accepted(
        &self,
        finding: &Finding,
        stack: &StackAt,
        decisions: &[(Accepted, Written)],
    ) -> Option<Acceptance> {
        // Whoever knows better than the catalog does not know better than the team.
        let is_own = Group::Rules.codes().contains(&finding.code);
        let mut untyped = stack.untyped.iter().filter(|_| !is_own);
        if untyped.any(|path| is_about(finding, path)) {
            return Some(Acceptance::Untyped);
        }
        let key = self.assembly.key(&stack.name);
        policies::risk(finding, key, self.terms, decisions)
    }
}

/// A finding as it is told of a team's own stacks: what AWS takes in silence stops them, and what may be right all the
/// same can be written untyped.
fn in_own_stacks(mut finding: Finding) -> Finding {
    /// What to do in a definition where AWS knows better than the catalog.
    const UNTYPED: &str = "; where AWS accepts it, write `Opt::untyped(…)` or `Prop::untyped(…)`";
    if Group::Documents.codes().contains(&finding.code) {
        finding.level = Level::Error;
    }
    if is_by_the_catalog(finding.code) && !finding.help.starts_with("did you mean") {
        finding.help += UNTYPED;
    }
    finding
}

/// Whether a value may be right all the same: the catalog can be wrong, or old.
fn is_by_the_catalog(code: Code) -> bool {
    let facts = [
        Code::ValueNotAllowed,
        Code::ValuePattern,
        Code::UnknownMetric,
        Code::MetricDimension,
    ];
    facts.contains(&code)
}

/// What no template says alone, with the position of the stack that it is about.
fn between(assembly: &Assembly) -> Vec<(usize, Finding)> {
    let region = assembly.region.to_string();
    let stacks = assembly.stacks.iter();
    let deployed: Vec<Deployed<'_>> = stacks
        .map(|stack| Deployed {
            stack: Some(&stack.name),
            region: Some(&region),
            template: &stack.template,
        })
        .collect();
    validate_together(&deployed)
}

/// Whether a finding is about something untyped, which is as somebody wants it, whatever the catalog says: about what is
/// in it, or about the map that has it and what else that must have.
pub(crate) fn is_about(finding: &Finding, untyped: &[String]) -> bool {
    let around = untyped.split_last().map(|(_, around)| around);
    finding.path.starts_with(untyped) || around == Some(finding.path.as_slice())
}

/// A finding in a synthesized template, with the place where the resource is declared in Rust, or else the stack.
///
/// The stack is called by its key, so that what is wrong in several environments is told once.
pub(super) fn declared(finding: Finding, key: &str, stack: &StackAt) -> Finding {
    let path = finding.path.join("/");
    let place = place(&finding.path, stack);
    let finding = Finding {
        what: format!("{} (stack `{key}`, at {path})", finding.what),
        ..finding
    };
    match place {
        Some(place) => finding.at(place),
        None => finding,
    }
}

/// Where a part of a template is declared in Rust: its resource, or else the stack.
fn place(path: &[String], stack: &StackAt) -> Option<Place> {
    let resource = match path {
        [section, logical_id, ..] if section == "Resources" => stack.locations.get(logical_id),
        // An output or a parameter may have a resource's name, and is none.
        _ => None,
    };
    match (resource, stack.location) {
        (Some(location), _) => {
            // The path is said above.
            Some(Place::rust(location, "given here"))
        }
        (None, Some(location)) => Some(Place::rust(location, "the stack is declared here")),
        (None, None) => None,
    }
}

#[cfg(test)]
mod tests {
    use stratiform_template::Template;

    use super::*;

    #[test]
    fn a_finding_is_placed_at_the_resource_it_is_in_and_at_no_other() {
        let stack = StackAt {
            locations: [("Bucket".to_owned(), std::panic::Location::caller())].into(),
            ..StackAt::of("shop-dev-storage", Template::default())
        };
        let places = |section: &str| {
            let finding = Finding {
                path: vec![section.to_owned(), "Bucket".to_owned()],
                ..Finding::new(Code::NullValue, "", "")
            };
            declared(finding, "storage", &stack).places.len()
        };
        assert_eq!((places("Resources"), places("Outputs")), (1, 0));
    }
}
