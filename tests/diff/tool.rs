//! Templates that change because the tool did.

use serde_json::json;

use crate::repository::{Repository, hermetic};
use crate::support::run;

/// The version that runs: all of the workspace's packages have the same.
const NOW: &str = env!("CARGO_PKG_VERSION");

fn manifest(tool: &str) -> String {
    format!("[package]\nname = \"infra\"\n[dependencies]\nstratiform = \"{tool}\"\n")
}

fn lock(tool: &str) -> String {
    let needs = r#"dependencies = ["stratiform"]"#;
    format!(
        "version = 4\n[[package]]\nname = \"infra\"\nversion = \"1.0.0\"\n{needs}\n\
         [[package]]\nname = \"stratiform\"\nversion = \"{tool}\"\nsource = \"git\"\n"
    )
}

/// The guestbook as version 0.0.9 of the tool synthesized it: its buckets kept things for a day longer.
fn older() -> Repository {
    let repository = Repository::of_guestbook();
    let write = |file, text: &str| repository.project.write(file, text);
    write("Cargo.toml", &manifest("0.0.9"));
    write("Cargo.lock", &lock("0.0.9"));
    for (environment, days) in [("dev", 7), ("prod", 365)] {
        let file = format!("snapshots/{environment}/assembly.json");
        let own = format!("\"tool\": \"{NOW}\"");
        repository.edit(&file, &own, "\"tool\": \"0.0.9\"");
        let file = format!("snapshots/{environment}/storage.yaml");
        let more = format!("ExpirationInDays: {}", days + 1);
        repository.edit(&file, &format!("ExpirationInDays: {days}"), &more);
    }
    repository.commit();
    write("Cargo.toml", &manifest(NOW));
    write("Cargo.lock", &lock(NOW));
    repository
}

fn said() -> String {
    format!("the tool changed (0.0.9 → {NOW}), not your code")
}

fn says(repository: &Repository) -> bool {
    let output = repository.diff("--base HEAD");
    assert!(output.contains("ExpirationInDays"), "{output}");
    output.contains(&said())
}

#[test]
fn the_tool_changed_and_not_the_code() {
    let repository = older();
    assert!(says(&repository));
    // What the tool writes is no code either.
    repository.synth();
    assert!(says(&repository));
    let markdown = repository.diff("--base HEAD --format markdown");
    assert!(markdown.contains(&format!("\n{}\n", said())), "{markdown}");
    let html = repository.diff("--base HEAD --format html");
    assert!(html.contains(&said()), "{html}");
    let json = repository.json("--base HEAD");
    let tools = json["stacks"].as_array().unwrap().iter();
    let tools = tools.map(|stack| (stack["change"].as_str().unwrap(), stack["tool"].clone()));
    let tools: Vec<_> = tools.collect();
    let tool = json!({"before": "0.0.9", "after": NOW});
    assert!(tools.contains(&("updated", tool)), "{tools:?}");
    assert!(tools.contains(&("unchanged", json!(null))), "{tools:?}");

    let mut changed = repository.project.command(["changed", "--base", "HEAD"]);
    hermetic(&mut changed);
    let changed = run(changed);
    assert!(changed.contains(&said()), "{changed}");
}

#[test]
fn where_it_is_not_known_it_is_not_said() {
    type Change<'c> = &'c dyn Fn(&Repository);
    let now = &format!("\"{NOW}\"");
    let cases: [(&str, Change<'_>); 7] = [
        ("the code changed too", &|repository| {
            repository.project.write("main.rs", "fn main() {}\n");
        }),
        ("an environment changed too", &|repository| {
            repository.edit("environments/dev.yaml", "7", "8");
        }),
        ("another dependency changed too", &|repository| {
            repository.edit("Cargo.lock", "1.0.0", "1.0.1");
        }),
        (
            "another version was built than the lock file says",
            &|repository| {
                repository.edit("Cargo.lock", now, "\"99.0.0\"");
            },
        ),
        ("it is the same tool", &|repository| {
            repository.git("checkout --quiet .");
            repository.edit("Cargo.lock", "0.0.9", NOW);
            repository.commit();
        }),
        ("snapshots that do not say", &|repository| {
            repository.git("checkout --quiet .");
            for environment in ["dev", "prod"] {
                let file = format!("snapshots/{environment}/assembly.json");
                repository.edit(&file, "  \"tool\": \"0.0.9\",\n", "");
            }
            repository.commit();
            repository.project.write("Cargo.toml", &manifest(NOW));
            repository.project.write("Cargo.lock", &lock(NOW));
        }),
        ("no lock file", &|repository| {
            std::fs::remove_file(repository.project.path("Cargo.lock")).unwrap();
        }),
    ];
    for (case, change) in cases {
        let repository = older();
        change(&repository);
        assert!(!says(&repository), "{case}");
    }
}
