//! The same review as text, Markdown, HTML and JSON.

use crate::repository::Repository;

/// The shop with changes of every kind.
fn changed() -> Repository {
    let repository = Repository::of_shop();
    for (file, from, to) in [
        ("environments/dev.yaml", "db.t3.micro", "db.t3.small"),
        (
            "environments/dev.yaml",
            "LOG_LEVEL: debug",
            "LOG_LEVEL: trace",
        ),
        ("environments/dev.yaml", "maximum: 2", "maximum: 3"),
        ("environments/prod.yaml", "maximum: 12", "maximum: 13"),
    ] {
        repository.edit(file, from, to);
    }
    std::fs::remove_file(repository.project.path("environments/staging.yaml")).unwrap();
    repository
}

fn text_of(repository: &Repository, arguments: &str) -> String {
    let output = repository.output(arguments);
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments}: {error}");
    assert_eq!(error, "", "{arguments}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn text() {
    let repository = Repository::of_shop();
    repository.edit("environments/dev.yaml", "db.t3.micro", "db.t3.small");
    repository.edit(
        "environments/dev.yaml",
        "LOG_LEVEL: debug",
        "LOG_LEVEL: trace",
    );
    insta::assert_snapshot!("text", repository.diff("--env dev"));
    insta::assert_snapshot!("full", repository.diff("--env dev --stack database --full"));
}

#[test]
fn text_is_80_columns_wide_and_without_colour() {
    let repository = changed();
    for arguments in ["", "--env dev", "--env staging"] {
        let text = text_of(&repository, arguments);
        assert!(!text.contains('\u{1b}'));
        for line in text.lines() {
            // A word that is longer than a line stands alone.
            let words = line.split_whitespace().count();
            assert!(line.chars().count() <= 80 || words == 1, "{line}");
        }
    }
    assert!(text_of(&repository, "--color always").contains('\u{1b}'));
    // The terminal's width plays no part where there is none.
    let mut command = repository.command("");
    let wide = command.env("COLUMNS", "200").output().unwrap();
    assert_eq!(text_of(&repository, "").as_bytes(), wide.stdout);
}

#[test]
fn markdown() {
    let repository = changed();
    let text = text_of(&repository, "--format markdown");
    assert!(text.starts_with("<!-- stratiform diff -->\n"), "{text}");
    // GitHub takes no longer comment.
    assert!(text.chars().count() < 65_536, "{}", text.len());
    for word in ["shop-dev-database", "shop-prod-services", "staging"] {
        assert!(text.contains(word), "{word}");
    }
    repository.git("checkout --quiet .");
    let unchanged = text_of(&repository, "--format markdown");
    assert!(unchanged.starts_with("<!-- stratiform diff -->\n"));
    assert!(unchanged.contains("nothing changes"));
}

#[test]
fn markdown_stays_below_what_a_comment_holds() {
    let repository = Repository::of_shop();
    // Everything is replaced, everywhere.
    repository.edit("environments/defaults.yaml", "app: shop", "app: store");
    let text = text_of(&repository, "--format markdown");
    assert!(text.chars().count() < 65_536, "{}", text.len());
    assert!(text_of(&repository, "--format html").len() > text.len());
}

#[test]
fn html_needs_nothing_else() {
    let repository = changed();
    let text = text_of(&repository, "--format html");
    assert!(text.trim_start().starts_with("<!doctype html>"));
    let small = text.to_lowercase();
    for forbidden in [
        "<script",
        "<link",
        "<iframe",
        "<object",
        "<img",
        "src=",
        "@import",
        "url(",
        // An address in a value that changes is text.
        "=\"http",
        "='http",
        " onclick",
        " onload",
        "javascript:",
    ] {
        assert!(!small.contains(forbidden), "{forbidden}");
    }
    assert!(text.contains("shop-dev-database") && text.contains("<svg"));
}

#[test]
fn html_of_a_change_that_is_not_in_the_template() {
    let repository = Repository::of_guestbook();
    let files = "old.yaml old.yaml --parameters two.json --old-parameters one.json";
    repository.project.write(
        "old.yaml",
        "Parameters: {Size: {Type: String}}\nResources: {Queue: {Type: AWS::SQS::Queue, Properties: {QueueName: !Ref Size}}}\n",
    );
    repository.project.write("one.json", r#"{"Size": "one"}"#);
    repository.project.write("two.json", r#"{"Size": "two"}"#);
    repository.edit(
        "environments/defaults.yaml",
        "keep_days",
        "  tags: { team: a }\nkeep_days",
    );
    for arguments in [files, "", "--env dev"] {
        let text = text_of(&repository, &format!("{arguments} --format html"));
        assert!(text.contains("<!doctype html>"), "{arguments}: {text}");
    }
}

#[test]
fn json() {
    let repository = changed();
    let review = repository.json("");
    assert_eq!(review["version"], 1);
    let names = |environment: &str| -> Vec<String> {
        let stacks = review["stacks"].as_array().unwrap().iter();
        let names = stacks.filter(|stack| stack["environment"] == environment);
        names
            .map(|stack| stack["name"].as_str().unwrap().to_owned())
            .collect()
    };
    let parts = ["network", "registry", "database", "queues", "services"];
    assert_eq!(names("dev"), parts.map(|part| format!("shop-dev-{part}")));
    assert_eq!(names("prod").len(), 6);
    // What goes, goes in the other order or in this one; all of it is there.
    let mut gone = names("staging");
    gone.sort();
    let mut expected = parts.map(|part| format!("shop-staging-{part}"));
    expected.sort();
    assert_eq!(gone, expected);
}

#[test]
fn json_has_the_fields_of_describe_change_set() {
    let repository = changed();
    let review = repository.json("--env dev --stack database");
    let stack = &review["stacks"][0];
    assert_eq!(stack["name"], "shop-dev-database");
    assert_eq!(stack["change"], "updated");
    let changes = stack["ResourceChanges"].as_array().unwrap();
    let instance = changes
        .iter()
        .find(|change| change["LogicalResourceId"] == "Instance");
    let instance = instance.unwrap();
    for (field, expected) in [
        ("/Action", "Modify"),
        ("/ResourceType", "AWS::RDS::DBInstance"),
        ("/Replacement", "False"),
        ("/Scope/0", "Properties"),
    ] {
        assert_eq!(instance.pointer(field).unwrap(), expected, "{field}");
    }
    let details = instance["Details"].as_array().unwrap();
    let class = details
        .iter()
        .find(|detail| detail["Target"]["Name"] == "DBInstanceClass");
    let class = class.unwrap();
    for (field, expected) in [
        ("/ChangeSource", "DirectModification"),
        ("/Evaluation", "Static"),
        ("/Target/Attribute", "Properties"),
        ("/Target/AttributeChangeType", "Modify"),
        ("/Target/Path", "/Properties/DBInstanceClass"),
        ("/Target/BeforeValue", "db.t3.micro"),
        ("/Target/AfterValue", "db.t3.small"),
        ("/Target/RequiresRecreation", "Never"),
    ] {
        assert_eq!(class.pointer(field).unwrap(), expected, "{field}");
    }
    for field in ["BeforeContext", "AfterContext"] {
        let context = instance[field].as_str().unwrap();
        let context: serde_json::Value = serde_json::from_str(context).unwrap();
        assert!(
            context["Properties"]["DBInstanceClass"].is_string(),
            "{field}"
        );
    }
    let without = stack["ResourceChangesWithoutValues"].as_array().unwrap();
    // Without values, CloudFormation also lists what it cannot rule out.
    assert!(without.len() >= changes.len());
    assert!(
        without
            .iter()
            .all(|change| change.get("BeforeContext").is_none())
    );
}

#[cfg(target_os = "linux")]
#[test]
fn output_that_does_not_arrive_is_an_error() {
    use crate::repository::hermetic;
    let repository = changed();
    for format in ["text", "markdown", "html", "json"] {
        let full = format!("\"$0\" diff --format {format} > /dev/full");
        let mut command = repository.project.shell(&full);
        let output = hermetic(&mut command).output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{format}");
        let error = String::from_utf8(output.stderr).unwrap();
        assert!(error.contains("cannot write to standard output"), "{error}");
        let enough = format!("\"$0\" diff --format {format} | head -c 1 > /dev/null");
        let mut command = repository.project.shell(&enough);
        let output = hermetic(&mut command).output().unwrap();
        assert!(
            output.status.success() && output.stderr.is_empty(),
            "{format}"
        );
    }
}

#[test]
fn what_changes_because_of_yaml_has_its_line_and_what_rust_alone_makes_has_none() {
    let repository = Repository::of_shop();
    let days = "  backup_retention_days: 9\n";
    for (file, class) in [("dev", "db.t3.micro\n"), ("staging", "db.t3.small\n")] {
        let file = format!("environments/{file}.yaml");
        repository.edit(&file, class, &format!("{class}{days}"));
    }
    // A service that is new, and with it all that belongs to it.
    let new = "  mailer: { tasks: { minimum: 1, maximum: 2 }, queue: true, variables: {} }\n";
    repository.edit(
        "environments/dev.yaml",
        "services:\n",
        &format!("services:\n{new}"),
    );
    let [value, service] = [
        "environments/dev.yaml:9 → tests/shop/src/stacks.rs:",
        "environments/dev.yaml:12 → tests/shop/src/stacks.rs:",
    ];
    for format in ["text", "markdown", "html"] {
        let told = text_of(&repository, &format!("--format {format}"));
        assert_eq!(told.matches(value).count(), 1, "{format}: {told}");
        // Where it is written is another line there, and that is no other change.
        let again = "environments/staging.yaml:6";
        let alike = format != "html";
        assert_eq!(!told.contains(again), alike, "{format}: {told}");
    }
    let told = text_of(&repository, "--env dev --stack registry --stack queues");
    assert!(told.contains(service), "{told}");
    let review = repository.json("--env dev --stack database");
    let origins = review["stacks"][0]["origins"].as_array().unwrap();
    assert_eq!(origins.len(), 1, "{origins:?}");
    let expected = serde_json::json!({
        "path": "database.backup_retention_days",
        "value": 9,
        "file": "environments/dev.yaml",
        "line": 9,
    });
    assert_eq!(origins[0]["from"][0], expected);
    assert_eq!(origins[0]["logicalId"], "Instance");
    let path = serde_json::json!(["Properties", "BackupRetentionPeriod"]);
    assert_eq!(origins[0]["path"], path);

    // The snapshots of before, made by other code: no file of the environment changed.
    repository.git("checkout --quiet .");
    repository.edit("snapshots/dev/queues.yaml", "345600", "345601");
    repository.git("add .");
    repository.git("commit --quiet --message other");
    let told = text_of(&repository, "--env dev --base HEAD");
    assert!(told.contains("345600"), "{told}");
    assert!(!told.contains(".rs:"), "{told}");
}
