//! What validation and a project's own rules find in a template that they did not find before the change.

use std::cell::OnceCell;

use indexmap::IndexMap;
use stratiform_assembly::{Assembly, StackAt};
use stratiform_diff::{Note, Pair};
use stratiform_finding::{Finding, Level};
use stratiform_resolve::Whereabouts;
use stratiform_template::check;
use stratiform_validate::{hide_secrets, validate};

use crate::assemblies::policies::{decided, risk};
use crate::assemblies::verdict::is_about;
use crate::cores::on_a_deep_stack;
use crate::own_rules::{self, Rules};
use crate::validation::known::{About, are_known};
use crate::validation::{Terms, today};
use crate::view::validated::message;

/// What a project says of its templates besides.
pub(super) struct Laws<'p> {
    /// Its own rules.
    pub rules: &'p [Rules<'p>],
    /// What keeps rules from being asked.
    pub unread: Vec<Finding>,
    /// On which terms an environment is judged, by its name: asked only where something is found.
    pub terms: &'p dyn Fn(&str) -> Terms,
}

impl Laws<'_> {
    /// Those of templates that are nobody's.
    pub(super) fn none() -> Laws<'static> {
        Laws {
            rules: &[],
            unread: Vec::new(),
            terms: &|_| Terms::default(),
        }
    }
}

/// The errors and warnings that are new and that nobody accepts, for whoever reviews the change. What is wrong in another
/// way at the same place is not new.
pub(super) fn notes(
    pair: &Pair<'_>,
    (of, terms): (&Assembly, &OnceCell<Terms>),
    laws: &Laws<'_>,
) -> Vec<Note> {
    let Some(after) = pair.after else {
        return Vec::new();
    };
    let place = &pair.place;
    let unread = laws.unread.iter().map(|finding| Note {
        what: format!("not held against rules of yours: {finding}"),
        help: Some(finding.help.clone()).filter(|help| !help.is_empty()),
    });
    let mut notes: Vec<Note> = unread.collect();
    let mut found_after = found(after, place, laws.rules);
    if !found_after.is_empty() {
        let key = of.key(&after.name);
        let name = of.environment.as_deref().unwrap_or_default();
        let terms = terms.get_or_init(|| (laws.terms)(name));
        let (decisions, _) = decided(&after.template, |_| None);
        let today = today();
        found_after.retain(|finding| {
            let accepted = risk(finding, key, terms, &decisions);
            accepted.is_none_or(|accepted| accepted.is_over(&today))
        });
    }
    if found_after.is_empty() {
        return notes;
    }
    let before = pair.before.map(|before| found(before, place, laws.rules));
    let (before, after) = (before.unwrap_or_default(), found_after);
    let [known, all] = [&before, &after].map(|side| {
        let side = side.iter().map(|finding| (None, finding));
        side.collect::<Vec<About<'_>>>()
    });
    let new = are_known(&known, &all).into_iter().zip(&after);
    let new = new.filter(|(is_known, _)| !is_known);
    notes.extend(new.map(|(_, finding)| note(finding)));
    notes
}

fn found(stack: &StackAt, place: &Whereabouts, rules: &[Rules<'_>]) -> Vec<Finding> {
    let template = &stack.template;
    let regions = [place.region.as_str()];
    let report = validate(template, &regions);
    let mut form = check(template);
    hide_secrets(template, &mut form);
    let found = form.into_iter().chain(report.findings);
    let found = found.filter(|finding| {
        let mut untyped = stack.untyped.iter();
        !untyped.any(|path| is_about(finding, path))
    });
    let mut found: Vec<Finding> = found.collect();
    if !rules.is_empty() {
        let (account, known) = (place.account.as_ref(), IndexMap::new());
        let held = || own_rules::held(stack, &regions, account, &known, rules);
        // Rules may be as deep as templates.
        found.extend(on_a_deep_stack(held).0);
    }
    found.retain(|finding| finding.level >= Level::Warning);
    found
}

fn note(finding: &Finding) -> Note {
    let path = finding.path.join("/");
    let (code, message) = (finding.code, message(finding));
    Note {
        what: format!("validation finds newly, at `{path}`: {message} ({code})"),
        help: Some(finding.help.clone()).filter(|help| !help.is_empty()),
    }
}

#[cfg(test)]
mod tests {
    use stratiform_service::Region;
    use stratiform_template::Template;

    use super::*;

    fn stack(delay: u32, key: &str) -> StackAt {
        let text = format!(
            "Resources: {{Q: {{Type: AWS::SQS::Queue, Properties: {{DelaySeconds: {delay}, {key}: a}}}}}}"
        );
        StackAt::of("queues", Template::parse(&text).unwrap())
    }

    fn new(before: &StackAt, after: &StackAt) -> Vec<String> {
        let pair = Pair {
            place: Whereabouts {
                stack: "queues".to_owned(),
                region: Region::us_east_1(),
                account: None,
            },
            before: Some(before),
            after: Some(after),
        };
        let assembly = Assembly {
            app: None,
            environment: None,
            region: Region::us_east_1(),
            account: None,
            stacks: Vec::new(),
            tasks: Vec::new(),
        };
        let notes = notes(&pair, (&assembly, &OnceCell::new()), &Laws::none());
        notes.into_iter().map(|note| note.what).collect()
    }

    #[test]
    fn only_what_was_not_there_before_is_told() {
        let right = stack(1, "QueueName");
        let wrong = stack(1000, "QueueName");
        let worse = stack(2000, "Nonsense");
        assert_eq!(new(&wrong, &right), [""; 0]);
        let found = new(&right, &wrong);
        assert_eq!(found.len(), 1, "{found:?}");
        let found = new(&wrong, &worse);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(
            found[0].contains("Resources/Q/Properties/Nonsense"),
            "{found:?}"
        );
        let untyped = StackAt {
            untyped: vec![
                ["Resources", "Q", "Properties", "DelaySeconds"]
                    .map(String::from)
                    .to_vec(),
            ],
            ..wrong
        };
        assert_eq!(new(&right, &untyped), [""; 0]);
    }
}
