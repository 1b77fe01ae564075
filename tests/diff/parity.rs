//! `--against`: where an environment differs from another beyond what their files declare.

use crate::repository::Repository;
use crate::support::Project;

#[test]
fn all_that_differs_is_declared() {
    let repository = Repository::without_git(Project::of_guestbook());
    insta::assert_snapshot!(repository.diff("--env dev --against prod"));
    // In the other direction too, and with all that the shop has.
    assert_eq!(repository.exit_code("--env prod --against dev"), 0);
    let repository = Repository::without_git(Project::of_shop());
    for (one, other) in [("staging", "prod"), ("staging", "dev")] {
        let output = repository.diff(&format!("--env {one} --against {other}"));
        assert!(output.starts_with("exit code 0\n"), "{output}");
        assert!(output.contains("\nNothing else differs: "), "{output}");
    }
    let output = repository.diff("--env staging --against prod");
    for place in [
        "(environments/staging.yaml:5)",
        "(environments/prod.yaml:8)",
    ] {
        assert!(output.contains(place), "{output}");
    }
    for format in ["markdown", "html", "json"] {
        let arguments = format!("--env staging --against prod --format {format}");
        assert_eq!(repository.exit_code(&arguments), 0, "{format}");
    }
}

// Once wrong: a text that has the word as a name and as another word, and an app of the same name.
#[test]
fn names_that_are_words_elsewhere() {
    for (one, other) in [("eu", "us"), ("shop", "us"), ("us", "shop")] {
        let repository = Repository::without_git(Project::of_shop());
        let prod = repository.project.read("environments/prod.yaml");
        for (name, cidr) in [(one, "10.7.0.0/16"), (other, "10.8.0.0/16")] {
            let text = prod.replace("10.2.0.0/16", cidr);
            repository
                .project
                .write(&format!("environments/{name}.yaml"), &text);
        }
        let output = repository.diff(&format!("--env {one} --against {other}"));
        assert!(
            output.starts_with("exit code 0\n"),
            "{one}, {other}: {output}"
        );
    }
}

#[test]
fn code_that_branches_on_the_name_is_found() {
    for (special, found) in [
        ("nothing", None),
        ("property", Some("MessageRetentionPeriod  345600 → 86400")),
        ("output", Some("output More")),
        ("stack", Some("shop-prod-more   new, 1 resource")),
    ] {
        let repository = Repository::without_git(Project::of_shop());
        let text = format!("retention_days: 14\nprod_is_special: {special}\n");
        repository.edit("environments/defaults.yaml", "retention_days: 14\n", &text);
        for format in ["text", "markdown", "json"] {
            let arguments = format!("--env dev --against prod --format {format}");
            let output = repository.output(&arguments);
            let text = String::from_utf8(output.stdout).unwrap();
            let code = if found.is_some() { 3 } else { 0 };
            assert_eq!(
                output.status.code(),
                Some(code),
                "{special}, {format}: {text}"
            );
            if let (Some(found), "text") = (found, format) {
                assert!(
                    text.contains("Beyond that, no file says why these differ:"),
                    "{text}"
                );
                assert!(text.contains(found), "{text}");
            }
        }
    }
}
