//! `--against`: where an environment differs from another beyond what their files declare.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use tempfile::TempDir;

use crate::repository::{Repository, copy};
use crate::support::Project;

#[test]
fn all_that_differs_is_declared() {
    let repository = Repository::without_git(Project::of_guestbook());
    insta::assert_snapshot!(repository.diff("--env dev --against prod"));
    // In the other direction too, and with all that the storefront has.
    assert_eq!(repository.exit_code("--env prod --against dev"), 0);
    let repository = Repository::without_git(Project::of_storefront());
    for (one, other) in [("staging", "prod"), ("staging", "dev")] {
        let output = repository.diff(&format!("--env {one} --against {other}"));
        assert!(output.starts_with("exit code 0\n"), "{output}");
        assert!(output.contains("\nNothing else differs: "), "{output}");
    }
    let output = repository.diff("--env staging --against prod");
    for place in [
        "(environments/staging.yaml:18)",
        "(environments/prod.yaml:27)",
    ] {
        assert!(output.contains(place), "{output}");
    }
    for format in ["markdown", "html", "json"] {
        let arguments = format!("--env staging --against prod --format {format}");
        assert_eq!(repository.exit_code(&arguments), 0, "{format}");
    }
}

// `dev` is a word in `/dev/null`, and `prod` in the name of AWS's bucket of image layers.
#[test]
fn the_storefronts_environments_differ_by_their_values() {
    let repository = Repository::without_git(Project::of_storefront());
    for (one, other) in [("dev", "prod"), ("prod", "staging"), ("dev", "staging")] {
        let output = repository.diff(&format!("--env {one} --against {other}"));
        assert!(output.starts_with("exit code 0\n"), "{output}");
    }
}

// Once wrong: a text that has the word as a name and as another word, and an app of the same name.
#[test]
fn names_that_are_words_elsewhere() {
    for (one, other) in [("eu", "us"), ("storefront", "us"), ("us", "storefront")] {
        let repository = Repository::without_git(Project::of_storefront());
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

/// The guestbook with code that treats `prod` as something special, each way chosen by a tag.
const BRANCHES: [(&str, &str); 3] = [
    (
        "env.keep_days.min(14)",
        "if special(\"property\") { 1 } else { env.keep_days.min(14) }",
    ),
    (
        "    inbox.output(",
        "    if special(\"output\") {\n        inbox.output(\"More\", \"More\", entries.reference());\n    }\n    \
         if special(\"stack\") {\n        app.stack(\"more\", \"More\").add(\"Queue\", sqs::Queue::default());\n    }\n    \
         inbox.output(",
    ),
    (
        "fn stacks(env: &Environment, app: &App) {",
        "fn stacks(env: &Environment, app: &App) {\n    let special = |way: &str| {\n        \
         let tag = env.settings.tags.get(\"way\").map(ToString::to_string);\n        \
         env.settings.name.to_string() == \"prod\" && tag.as_deref() == Some(way)\n    };",
    ),
];

/// The binary of that app, built once, in a workspace of its own and the same target folder.
fn branching() -> PathBuf {
    static BUILT: OnceLock<(TempDir, PathBuf)> = OnceLock::new();
    let build = || {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let ours = Path::new(env!("CARGO_BIN_EXE_stratiform"))
            .parent()
            .unwrap();
        let folder = TempDir::new().unwrap();
        let app = folder.path();
        copy(&root.join("examples/guestbook/src"), &app.join("src"));
        for file in [
            "examples/guestbook/build.rs",
            "examples/guestbook/resources.txt",
            "Cargo.lock",
        ] {
            let name = Path::new(file).file_name().unwrap();
            fs::copy(root.join(file), app.join(name)).unwrap();
        }
        let mut main = fs::read_to_string(app.join("src/main.rs")).unwrap();
        for (from, to) in BRANCHES {
            assert!(main.contains(from), "the guestbook has no `{from}`");
            main = main.replacen(from, to, 1);
        }
        fs::write(app.join("src/main.rs"), main).unwrap();
        let workspace = fs::read_to_string(root.join("Cargo.toml")).unwrap();
        let profiles = workspace.split_once("[profile.dev]").unwrap().1;
        let root = root.display();
        let manifest = format!(
            "[package]\nname = \"branching\"\nedition = \"2024\"\n[workspace]\n[dependencies]\n\
             schemars = \"1.2\"\nserde = {{ version = \"1\", features = [\"derive\"] }}\n\
             stratiform = {{ path = '{root}', default-features = false }}\n\
             stratiform-environment = {{ path = '{root}/crates/environment' }}\n\
             stratiform-stack = {{ path = '{root}/crates/stack' }}\n\
             [build-dependencies]\nstratiform-codegen = {{ path = '{root}/crates/codegen' }}\n\
             [profile.dev]{profiles}"
        );
        fs::write(app.join("Cargo.toml"), manifest).unwrap();
        let profile = ours.file_name().unwrap();
        let profile = if profile == "debug" {
            "dev".as_ref()
        } else {
            profile
        };
        let status = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
            .args(["build", "--quiet", "--offline", "--profile"])
            .arg(profile)
            .arg("--target-dir")
            .arg(ours.parent().unwrap())
            .current_dir(app)
            .status()
            .unwrap();
        assert!(status.success(), "the branching app does not build");
        // Cargo's own file may be replaced by another run of the tests meanwhile.
        let built = ours.join(format!("branching{}", std::env::consts::EXE_SUFFIX));
        let binary = app.join(built.file_name().unwrap());
        fs::copy(built, &binary).unwrap();
        (folder, binary)
    };
    BUILT.get_or_init(build).1.clone()
}

#[test]
fn code_that_branches_on_the_name_is_found() {
    for (way, found) in [
        ("none", None),
        ("property", Some("MessageRetentionPeriod  1209600 → 86400")),
        ("output", Some("output More")),
        ("stack", Some("guestbook-prod-more   new, 1 resource")),
    ] {
        let repository = Repository::without_git(Project::of_guestbook());
        let tags = format!("  tags: {{ way: {way} }}\nkeep_days");
        repository.edit("environments/defaults.yaml", "keep_days", &tags);
        for format in ["text", "markdown", "json"] {
            let mut command = Command::new(branching());
            command
                .args([
                    "diff",
                    "--env",
                    "dev",
                    "--against",
                    "prod",
                    "--format",
                    format,
                ])
                .current_dir(repository.project.path(""))
                .env_clear();
            let output = command.output().unwrap();
            let text = String::from_utf8(output.stdout).unwrap();
            let code = if found.is_some() { 3 } else { 0 };
            assert_eq!(output.status.code(), Some(code), "{way}, {format}: {text}");
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
