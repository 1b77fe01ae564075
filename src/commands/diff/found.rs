//! What validation finds in a template that it did not find before the change.

use stratiform_assembly::StackAt;
use stratiform_diff::{Note, Pair};
use stratiform_finding::{Finding, Level};
use stratiform_service::Region;
use stratiform_template::check;
use stratiform_validate::{hide_secrets, validate};

use crate::assemblies::verdict::is_about;
use crate::validation::known::{About, are_known};
use crate::view::validated::message;

/// The errors and warnings that are new, for whoever reviews the change. What is wrong in another way at the same place
/// is not new.
pub(super) fn notes(pair: &Pair<'_>) -> Vec<Note> {
    let Some(after) = pair.after else {
        return Vec::new();
    };
    let after = found(after, &pair.place.region);
    if after.is_empty() {
        return Vec::new();
    }
    let before = pair.before.map(|before| found(before, &pair.place.region));
    let before = before.unwrap_or_default();
    let [known, all] = [&before, &after].map(|side| {
        let side = side.iter().map(|finding| (None, finding));
        side.collect::<Vec<About<'_>>>()
    });
    let new = are_known(&known, &all).into_iter().zip(&after);
    let new = new.filter(|(is_known, _)| !is_known);
    new.map(|(_, finding)| note(finding)).collect()
}

fn found(stack: &StackAt, region: &Region) -> Vec<Finding> {
    let template = &stack.template;
    let report = validate(template, &[region.as_str()]);
    let mut form = check(template);
    hide_secrets(template, &mut form);
    let found = form.into_iter().chain(report.findings);
    let found = found.filter(|finding| {
        let mut untyped = stack.untyped.iter();
        finding.level >= Level::Warning && !untyped.any(|path| is_about(finding, path))
    });
    found.collect()
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
    use stratiform_resolve::Whereabouts;
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
        notes(&pair).into_iter().map(|note| note.what).collect()
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
