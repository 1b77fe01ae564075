//! The topics that are told of releases, checked against the stacks.

use stratiform_assembly::Assembly;
use stratiform_environment::{Loaded, Path, Text as _, Violation};
use stratiform_finding::words::{listed, meant};
use stratiform_finding::{Code, Finding};

/// The topics of `settings.deployment.notify` that no stack has.
pub(crate) fn unknown(loaded: &Loaded, assembly: &Assembly) -> Vec<Finding> {
    let known: Vec<String> = assembly
        .stacks
        .iter()
        .flat_map(|stack| {
            let resources = stack.template.each_resource();
            let topics = resources.filter(|(_, it)| it.resource_type == "AWS::SNS::Topic");
            topics.map(|(id, _)| format!("{}/{id}", assembly.key(&stack.name)))
        })
        .collect();
    let notify = &loaded.environment.settings().deployment.notify;
    let named = notify.topics.iter().enumerate();
    let unknown = named.filter(|(_, topic)| {
        topic.place().is_some() && !known.iter().any(|known| known == topic.as_str())
    });
    let findings = unknown.map(|(position, topic)| {
        let names = known.iter().map(String::as_str);
        let help = meant(topic.as_str(), names).unwrap_or_else(|| match known.as_slice() {
            [] => "no stack has an `AWS::SNS::Topic`: write a topic's ARN".to_owned(),
            known => format!("the topics are: {}", listed(known)),
        });
        let violation = Violation::new(
            Path::from("settings.deployment.notify.topics").position(position),
            format!("no stack has the topic `{topic}`"),
            "a topic is its ARN, or a stack, `/`, and the logical ID of an `AWS::SNS::Topic`",
            help,
        );
        Finding {
            code: Code::UnknownTopic,
            ..loaded.refused(violation)
        }
    });
    findings.collect()
}
