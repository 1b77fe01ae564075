//! `--exit-code` and `--fail-on`: 3 where it applies, and 0 where not.

use crate::repository::Repository;

const CLASSES: [&str; 5] = [
    "replacement",
    "data-loss",
    "interruption",
    "widening",
    "any",
];

/// An edit of the shop's environments, and the classes of what it does.
const CASES: [(&str, &str, &str, &[&str]); 6] = [
    (
        "environments/dev.yaml",
        "instance_class: db.t3.micro",
        "instance_class: db.t3.small",
        &["interruption", "any"],
    ),
    (
        "environments/dev.yaml",
        "LOG_LEVEL: debug",
        "LOG_LEVEL: trace",
        // A new revision of a task definition is what a deployment is.
        &[],
    ),
    (
        "environments/defaults.yaml",
        "allowed_cidr: 192.0.2.0/24",
        "allowed_cidr: 0.0.0.0/0",
        &["interruption", "widening", "any"],
    ),
    (
        "environments/dev.yaml",
        "vpc_cidr: 10.0.0.0/16",
        "vpc_cidr: 10.9.0.0/16",
        &["replacement", "any"],
    ),
    (
        "environments/defaults.yaml",
        "retention_days: 14",
        "retention_days: 30",
        &[],
    ),
    (
        "environments/dev.yaml",
        "tasks: { minimum: 1, maximum: 2 }",
        "tasks: { minimum: 1, maximum: 3 }",
        &[],
    ),
];

#[test]
fn each_class_of_an_edit() {
    let repository = Repository::of_shop();
    for (file, from, to, expected) in CASES {
        repository.edit(file, from, to);
        assert_eq!(repository.exit_code("--env dev"), 0, "{to}");
        assert_eq!(repository.exit_code("--env dev --exit-code"), 3, "{to}");
        for class in CLASSES {
            let arguments = format!("--env dev --fail-on {class}");
            let code = if expected.contains(&class) { 3 } else { 0 };
            assert_eq!(repository.exit_code(&arguments), code, "{to}: {class}");
        }
        repository.edit(file, to, from);
    }
}

#[test]
fn data_loss() {
    let repository = Repository::of_shop();
    std::fs::remove_file(repository.project.path("environments/staging.yaml")).unwrap();
    for (arguments, code) in [
        ("--fail-on data-loss", 3),
        ("--fail-on any", 3),
        ("--env staging --fail-on data-loss", 3),
        ("--env dev --fail-on data-loss", 0),
        ("--stack queues --fail-on data-loss", 3),
        ("--stack backup --fail-on data-loss", 0),
    ] {
        assert_eq!(repository.exit_code(arguments), code, "{arguments}");
    }
}

#[test]
fn one_of_several_is_enough_and_unchanged_is_never_a_no() {
    let repository = Repository::of_shop();
    let all = "--exit-code --fail-on replacement --fail-on data-loss --fail-on interruption \
               --fail-on widening --fail-on any";
    assert_eq!(repository.exit_code(all), 0);
    repository.edit("environments/dev.yaml", "db.t3.micro", "db.t3.small");
    for (arguments, code) in [
        ("--fail-on data-loss --fail-on interruption", 3),
        ("--fail-on interruption --fail-on data-loss", 3),
        ("--fail-on data-loss --fail-on replacement", 0),
        // What is not shown does not count.
        ("--env prod --exit-code --fail-on any", 0),
        ("--stack network --exit-code --fail-on any", 0),
        ("--stack database --fail-on any", 3),
        ("--stack shop-dev-database --fail-on any", 3),
        ("--env dev --env prod --exit-code", 3),
    ] {
        assert_eq!(repository.exit_code(arguments), code, "{arguments}");
    }
    for format in ["text", "markdown", "html", "json"] {
        let arguments = format!("--exit-code --format {format}");
        let output = repository.output(&arguments);
        assert_eq!(output.status.code(), Some(3), "{format}");
        let why = String::from_utf8(output.stderr).unwrap();
        assert_eq!(
            why, "the answer is no: something changes (--exit-code)\n",
            "{format}"
        );
        assert!(!output.stdout.is_empty(), "{format}");
    }
}
