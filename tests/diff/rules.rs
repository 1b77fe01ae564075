//! What a change newly breaks of a project's own rules.

use crate::repository::Repository;

/// Logs have to be kept for at least so many days.
fn kept(repository: &Repository, days: u32) {
    let rule = format!(
        "Resources.*[ Type == 'AWS::Logs::LogGroup' ].Properties.RetentionInDays >= {days} <<Logs are kept>>"
    );
    repository
        .project
        .write("policies/logs.guard", &format!("rule kept {{ {rule} }}\n"));
}

#[test]
fn a_rule_that_a_change_breaks_is_told_in_every_format_unless_it_is_accepted() {
    let repository = Repository::of_shop();
    kept(&repository, 90);
    repository.edit(
        "environments/prod.yaml",
        "retention_days: 365",
        "retention_days: 60",
    );
    let told = "validation finds newly, at `Resources/FlowLogs/Properties/RetentionInDays`: \
                rule `kept` is broken: `RetentionInDays` is 60: Logs are kept (guard-rule)";
    let markdown = repository.diff("--env prod --format markdown");
    assert!(markdown.contains(told), "{markdown}");
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let text = repository.diff("--env prod");
    assert!(words(&text).contains(&words(told)), "{text}");
    let json = repository.json("--env prod").to_string();
    assert!(json.contains(told), "{json}");
    // What was broken before is not new.
    kept(&repository, 400);
    let known = repository.diff("--env prod --format markdown");
    assert!(!known.contains("guard-rule"), "{known}");
    kept(&repository, 90);
    let risk = "settings:\n  accepted_risks: {guard-rule: [{resource: network/FlowLogs, reason: Space is scarce.}]}\n";
    repository.edit("environments/prod.yaml", "settings:\n", risk);
    let accepted = repository.diff("--env prod --format markdown");
    assert!(!accepted.contains("guard-rule"), "{accepted}");
    // Two files have nothing to do with a project.
    let folders = repository.diff("snapshots/dev snapshots/prod --format markdown");
    assert!(!folders.contains("guard-rule"), "{folders}");
}

#[test]
fn rules_that_nobody_can_use_are_not_passed_over() {
    let repository = Repository::of_shop();
    repository
        .project
        .write("policies/logs.guard", "rule kept { Resources exists\n");
    repository.edit(
        "environments/prod.yaml",
        "retention_days: 365",
        "retention_days: 60",
    );
    let markdown = repository.diff("--env prod --format markdown");
    assert!(
        markdown.contains("not held against rules of yours: "),
        "{markdown}"
    );
    assert!(markdown.contains("policies/logs.guard"), "{markdown}");
}
