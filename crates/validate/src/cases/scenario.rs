//! A template under each combination of some of its conditions, for those that cannot ask as they go.

use std::collections::{BTreeMap, BTreeSet};

use stratiform_finding::Finding;
use stratiform_template::Template;

use super::{Case, Cases, Decision, Open};
use crate::parameter;

/// One way in which conditions come out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Scenario {
    /// Whether conditions hold.
    pub conditions: BTreeMap<String, bool>,
    /// The values of parameters, pseudo parameters too, that make it so; none for one that the template does not name. A
    /// parameter that is not here may have any value.
    pub parameters: BTreeMap<String, Option<String>>,
}

/// Asks a question of each scenario that there can be: of each combination of conditions, and of values of those
/// parameters that have a list of them and no default. Gives what is wrong, each thing once, with what makes it so.
///
/// Where there are too many, each condition is looked at both ways at least; the second answer is `false` then.
pub fn in_each_scenario(
    template: &Template,
    regions: &[&str],
    names: &BTreeSet<&str>,
    mut ask: impl FnMut(&Scenario) -> Vec<Finding>,
) -> (Vec<Finding>, bool) {
    let cases = Cases::new(template, regions);
    let conditions = template.conditions.keys().map(String::as_str);
    let conditions = conditions.filter(|name| names.contains(name));
    let chosen = template.parameters.iter().filter(|(name, declared)| {
        let is_free = parameter::default(declared).is_none() && declared.no_echo != Some(true);
        names.contains(name.as_str()) && is_free && parameter::choices(declared).is_some()
    });
    let opens = conditions.map(Open::Condition);
    let opens: Vec<Open<'_>> = opens
        .chain(chosen.map(|(name, _)| Open::Parameter(name)))
        .collect();
    let start = Case::default();
    let next = |case: &Case<'_>| opens.iter().find(|open| !case.decides(**open)).copied();
    let nothing = |case: &Case<'_>| next(case).map_or(Ok(Vec::new()), Err);
    // What is asked takes its time: nobody asks before it is known that there are not too many cases.
    let asked = cases.each(&start, nothing).and_then(|_| {
        cases.each(&start, |case| match next(case) {
            Some(open) => Err(open),
            None => Ok(ask(&cases.scenario(case))),
        })
    });
    let are_all = asked.is_some() && !cases.gave_up();
    let found = asked.unwrap_or_else(|| {
        let mut found: Vec<(Case<'_>, Finding)> = Vec::new();
        for case in cases.covering(&opens) {
            let here = ask(&cases.scenario(&case)).into_iter();
            let here = here.filter(|one| found.iter().all(|(_, known)| known != one));
            let here: Vec<Finding> = here.collect();
            found.extend(here.into_iter().map(|one| (case.clone(), one)));
        }
        found
    });
    let told = found.into_iter().map(|(case, mut finding)| {
        finding.when = cases.witness(&case) + &finding.when;
        finding
    });
    (told.collect(), are_all)
}

impl<'t> Case<'t> {
    /// Whether something is supposed of what a question hangs on.
    fn decides(&self, open: Open<'t>) -> bool {
        self.decisions
            .iter()
            .any(|decision| match (decision, open) {
                (Decision::Condition(name, _), Open::Condition(wanted))
                | (Decision::Parameter(name, _), Open::Parameter(wanted)) => *name == wanted,
                (Decision::Condition(..), Open::Parameter(_))
                | (Decision::Parameter(..), Open::Condition(_)) => false,
            })
    }
}

impl<'t> Cases<'t> {
    fn scenario(&self, case: &Case<'t>) -> Scenario {
        let mut scenario = Scenario::default();
        let values = self.values_in(case).into_iter();
        scenario.parameters = values.map(|(name, text)| (name.to_owned(), text)).collect();
        for decision in &case.decisions {
            match decision {
                Decision::Condition(name, holds) => {
                    scenario.conditions.insert((*name).to_owned(), *holds);
                }
                Decision::Parameter(name, text) => {
                    let text = text.map(str::to_owned);
                    scenario.parameters.insert((*name).to_owned(), text);
                }
            }
        }
        scenario
    }

    /// Cases in which each condition holds once and does not hold once, where both can be.
    fn covering(&self, opens: &[Open<'t>]) -> Vec<Case<'t>> {
        let completed = |case: Case<'t>| {
            opens.iter().fold(case, |case, open| match open {
                Open::Condition(name) if !case.decides(*open) => {
                    let mut either = [true, false]
                        .into_iter()
                        .filter_map(|holds| self.with(&case, Decision::Condition(name, holds)));
                    either.next().unwrap_or(case)
                }
                Open::Condition(_) | Open::Parameter(_) => case,
            })
        };
        let mut covering: Vec<Case<'t>> = Vec::new();
        for open in opens {
            let Open::Condition(name) = *open else {
                continue;
            };
            for holds in [true, false] {
                let case = self.with(&Case::default(), Decision::Condition(name, holds));
                let case = case.map(completed);
                covering.extend(case.filter(|case| !covering.contains(case)));
            }
        }
        covering
    }
}

#[cfg(test)]
mod tests {
    use stratiform_finding::{Code, Finding};

    use super::*;

    /// What each scenario is, and what is told of one finding per way in which `IsProd` comes out.
    fn told(text: &str, names: &[&str]) -> (Vec<Scenario>, Vec<String>, bool) {
        let template = Template::parse(text).unwrap_or_else(|found| panic!("{text}: {found:?}"));
        let mut scenarios = Vec::new();
        let names = names.iter().copied().collect();
        let (found, are_all) = in_each_scenario(&template, &[], &names, |scenario| {
            scenarios.push(scenario.clone());
            let what = format!("{:?}", scenario.conditions.get("IsProd"));
            vec![Finding::new(Code::GuardRule, what, "")]
        });
        let whens = found.into_iter().map(|finding| finding.when).collect();
        (scenarios, whens, are_all)
    }

    const STAGE: &str = "Parameters: {Stage: {Type: String, Default: dev}}
Conditions:
  IsProd: !Equals [!Ref Stage, prod]
  IsTest: !Equals [!Ref Stage, test]
  Unused: !Equals [!Ref AWS::Region, eu-west-1]
Resources: {}
";

    #[test]
    fn conditions_that_exclude_each_other_never_come_together() {
        let (scenarios, whens, are_all) = told(STAGE, &["IsProd", "IsTest"]);
        let pairs = scenarios.iter().map(|scenario| {
            let stage = scenario.parameters["Stage"].as_deref();
            (
                scenario.conditions["IsProd"],
                scenario.conditions["IsTest"],
                stage,
            )
        });
        let pairs: Vec<_> = pairs.collect();
        assert_eq!(
            pairs,
            [
                (true, false, Some("prod")),
                (false, true, Some("test")),
                (false, false, Some("dev"))
            ]
        );
        assert_eq!(whens, ["`Stage` is `prod`", "`Stage` is `dev`"]);
        assert!(are_all);
    }

    #[test]
    fn what_nobody_asks_about_is_not_varied() {
        let (scenarios, whens, are_all) = told(STAGE, &[]);
        assert_eq!(scenarios, [Scenario::default()]);
        assert_eq!((whens, are_all), (vec![String::new()], true));
    }

    #[test]
    fn each_choice_of_a_parameter_without_a_default_is_looked_at() {
        let text = "Parameters:
  Size: {Type: String, AllowedValues: [small, large]}
  Kind: {Type: String, AllowedValues: [a, b], Default: b}
Resources: {}
";
        let (scenarios, _, are_all) = told(text, &["Size", "Kind"]);
        let sizes = scenarios
            .iter()
            .map(|scenario| scenario.parameters["Size"].as_deref());
        assert_eq!(sizes.collect::<Vec<_>>(), [Some("small"), Some("large")]);
        assert!(
            scenarios
                .iter()
                .all(|it| !it.parameters.contains_key("Kind"))
        );
        assert!(are_all);
    }

    #[test]
    fn of_too_many_combinations_each_condition_is_looked_at_both_ways() {
        let names: Vec<String> = (0..12).map(|number| format!("C{number}")).collect();
        let mut text = "Conditions:\n  IsProd: !Equals [!Ref AWS::StackName, prod]\n".to_owned();
        for name in &names {
            text += &format!("  {name}: !Equals [!ImportValue {name}, x]\n");
        }
        text += "Resources: {}\n";
        let mut wanted: Vec<&str> = names.iter().map(String::as_str).collect();
        wanted.push("IsProd");
        let (scenarios, whens, are_all) = told(&text, &wanted);
        assert!(!are_all);
        assert!(scenarios.len() <= 26, "{}", scenarios.len());
        for name in wanted {
            for holds in [true, false] {
                let mut there = scenarios.iter();
                assert!(there.any(|it| it.conditions[name] == holds), "{name}");
            }
        }
        assert_eq!(whens.len(), 2, "{whens:?}");
    }
}
