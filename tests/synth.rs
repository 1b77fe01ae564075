//! The built binary, end to end: `synth` and its neighbours, as a user meets them.

#![expect(clippy::unwrap_used, reason = "a test")]

mod support;

use std::fs;

use support::{Project, run};

/// The version that runs: all of the workspace's packages have the same.
const TOOL: &str = env!("CARGO_PKG_VERSION");

/// How `assembly.json` says which version of the tool wrote it.
fn tool(version: &str) -> String {
    format!("\"tool\": \"{version}\"")
}

#[test]
fn another_version_of_the_tool_alone_makes_nothing_stale() {
    let project = Project::of_guestbook();
    run(project.command(["synth"]));
    let file = "snapshots/prod/assembly.json";
    let today = project.read(file);
    let older = today.replace(&tool(TOOL), &tool("0.0.1"));
    let oldest = today.replace(&format!("  {},\n", tool(TOOL)), "");
    for before in [older, oldest] {
        assert_ne!(before, today);
        project.write(file, &before);
        let checked = run(project.command(["synth", "--check"]));
        assert!(
            checked.starts_with("exit code 0\n── stdout\n── stderr\n"),
            "{checked}"
        );
        // What another version wrote is kept, and so it still says which one that was.
        run(project.command(["synth", "--stack", "storage"]));
        assert_eq!(project.read(file), before);
        run(project.command(["synth"]));
        assert_eq!(project.read(file), today);
    }
    project.write("environments/prod.yaml", "keep_days: 400\n");
    project.write(file, &today.replace(&tool(TOOL), &tool("0.0.1")));
    let checked = run(project.command(["synth", "--check"]));
    assert!(checked.starts_with("exit code 3\n"), "{checked}");
}

#[test]
fn a_first_run_writes_everything_and_a_second_nothing() {
    let project = Project::of_guestbook();
    insta::assert_snapshot!("first_run", run(project.command(["synth"])));
    insta::assert_snapshot!("second_run", run(project.command(["synth"])));
    let assembly = project.read("snapshots/prod/assembly.json");
    insta::assert_snapshot!("assembly", assembly.replace(&tool(TOOL), &tool("[TOOL]")));
    insta::assert_snapshot!("template", project.read("snapshots/prod/storage.yaml"));
}

#[test]
fn codes_are_explained() {
    let project = Project::of_guestbook();
    insta::assert_snapshot!(
        "explain",
        run(project.command(["--explain", "duplicate-key"]))
    );
    insta::assert_snapshot!(
        "explain_unknown",
        run(project.command(["--explain", "duplicate-kee"]))
    );
    insta::assert_snapshot!(
        "explain_and_more",
        run(project.command(["--explain", "file", "synth"]))
    );
    insta::assert_snapshot!(
        "no_command_but_options",
        run(project.command(["--verbose"]))
    );
}

#[test]
fn only_what_changed_is_written() {
    let project = Project::of_guestbook();
    run(project.command(["synth"]));
    let untouched = project.path("snapshots/dev/storage.yaml");
    let before = fs::metadata(&untouched).unwrap().modified().unwrap();
    project.write("environments/prod.yaml", "keep_days: 3\n");
    insta::assert_snapshot!(run(project.command(["synth"])));
    assert_eq!(
        fs::metadata(&untouched).unwrap().modified().unwrap(),
        before
    );
}

#[test]
fn check_shows_what_is_stale_and_writes_nothing() {
    let project = Project::of_guestbook();
    run(project.command(["synth"]));
    insta::assert_snapshot!("fresh", run(project.command(["synth", "--check"])));
    project.write("environments/prod.yaml", "keep_days: 400\n");
    let before = project.read("snapshots/prod/storage.yaml");
    insta::assert_snapshot!("stale", run(project.command(["synth", "--check"])));
    assert_eq!(project.read("snapshots/prod/storage.yaml"), before);
}

#[test]
fn what_changes_alike_in_several_environments_is_shown_once() {
    let project = Project::of_guestbook();
    run(project.command(["synth"]));
    let defaults = project.read("environments/defaults.yaml");
    let tagged = defaults.replace("settings:\n", "settings:\n  tags: { team: books }\n");
    project.write("environments/defaults.yaml", &tagged);
    project.write("environments/dev.yaml", "keep_days: 8\n");
    insta::assert_snapshot!("alike", run(project.command(["synth", "--check"])));
}

#[test]
fn what_a_bootstraps_roles_may_do_is_beside_its_templates() {
    let project = Project::of_guestbook();
    let prod = project.read("environments/prod.yaml");
    let bootstrap = "settings:\n  bootstrap: { repository: octo-org/guestbook }\n";
    project.write(
        "environments/prod.yaml",
        &prod.replace("settings:\n", bootstrap),
    );
    let file = "snapshots/prod.bootstrap/permissions.md";
    let check = |code: i32| {
        let checked = run(project.command(["synth", "--check"]));
        let expected = format!("exit code {code}\n");
        assert!(checked.starts_with(&expected), "{checked}");
    };
    run(project.command(["synth"]));
    let text = project.read(file);
    assert!(text.contains("## `guestbook-prod-execution`"), "{text}");
    check(0);
    project.write(file, "nothing");
    check(3);
    // A run of other stacks leaves it alone.
    run(project.command(["synth", "--stack", "storage"]));
    assert_eq!(project.read(file), "nothing");
    run(project.command(["synth"]));
    assert_eq!(project.read(file), text);
    // It goes with the templates.
    project.write("environments/prod.yaml", &prod);
    run(project.command(["synth"]));
    assert!(!project.path("snapshots/prod.bootstrap").exists());
}

#[test]
fn files_of_stacks_and_environments_that_are_no_more_are_removed() {
    let project = Project::of_guestbook();
    run(project.command(["synth"]));
    // As a stack of an earlier day would have left it, and one file that is not ours.
    let assembly = project.read("snapshots/dev/assembly.json");
    project.write(
        "snapshots/dev/assembly.json",
        &assembly.replace("storage.yaml", "old.yaml"),
    );
    project.write("snapshots/dev/old.yaml", "Resources: {}\n");
    project.write("snapshots/dev/notes.txt", "mine\n");
    fs::remove_file(project.path("environments/prod.yaml")).unwrap();
    insta::assert_snapshot!(run(project.command(["synth"])));
    assert!(!project.path("snapshots/dev/old.yaml").exists());
    assert!(!project.path("snapshots/prod").exists());
    assert_eq!(project.read("snapshots/dev/notes.txt"), "mine\n");
}

#[test]
fn an_assembly_cannot_make_it_remove_files_elsewhere() {
    let project = Project::of_guestbook();
    run(project.command(["synth"]));
    let assembly = project.read("snapshots/dev/assembly.json");
    project.write(
        "snapshots/dev/assembly.json",
        &assembly.replace("storage.yaml", "../../precious.yaml"),
    );
    project.write("precious.yaml", "mine\n");
    run(project.command(["synth"]));
    assert_eq!(project.read("precious.yaml"), "mine\n");
}

#[cfg(unix)]
#[test]
fn a_run_that_is_killed_leaves_nothing_that_anybody_sees() {
    let project = Project::of_shop();
    run(project.command(["synth"]));
    let whole = project.tree("snapshots");
    let hidden = project.path("snapshots/.stratiform");
    let mut left = 0;
    for _ in 0..10 {
        fs::remove_dir_all(project.path("snapshots")).unwrap();
        let mut child = project.command(["synth"]).spawn().unwrap();
        while !hidden.exists() && child.try_wait().unwrap().is_none() {
            std::thread::yield_now();
        }
        // Killed as nobody can prepare for; or over already.
        let _ = child.kill();
        child.wait().unwrap();
        left += usize::from(hidden.exists());
        for (file, text) in project.tree("snapshots") {
            assert!(
                file.starts_with(".stratiform") || whole.get(&file) == Some(&text),
                "{} is half written",
                file.display()
            );
        }
        run(project.command(["synth"]));
        assert_eq!(project.tree("snapshots"), whole);
        assert!(!hidden.exists());
    }
    println!("{left} runs were killed while they wrote");
}

#[test]
fn another_apps_snapshots_stay() {
    let project = Project::of_guestbook();
    run(project.command(["synth"]));
    let assembly = project.read("snapshots/dev/assembly.json");
    for (folder, text) in [
        ("other", assembly.replace("\"guestbook\"", "\"shop\"")),
        (
            "newer",
            assembly.replace("\"version\": 1", "\"version\": 2"),
        ),
        ("ours", assembly.clone()),
    ] {
        fs::create_dir(project.path(&format!("snapshots/{folder}"))).unwrap();
        project.write(&format!("snapshots/{folder}/assembly.json"), &text);
        project.write(&format!("snapshots/{folder}/inbox.yaml"), "Resources: {}\n");
    }
    run(project.command(["synth"]));
    assert!(project.path("snapshots/other/inbox.yaml").exists());
    assert!(project.path("snapshots/newer/inbox.yaml").exists());
    assert!(!project.path("snapshots/ours").exists());
}

#[test]
fn one_stack_leaves_the_assembly_whole_and_in_order() {
    let project = Project::of_guestbook();
    // Nothing is there: everything is listed all the same, and all that is listed exists.
    run(project.command(["synth", "--stack", "inbox"]));
    let partial = project.tree("snapshots");
    run(project.command(["synth"]));
    assert_eq!(partial, project.tree("snapshots"));
    // A stack that is new stands where it is deployed, not at the end.
    let whole = project.read("snapshots/dev/assembly.json");
    let mut assembly: serde_json::Value = serde_json::from_str(&whole).unwrap();
    assembly["stacks"].as_array_mut().unwrap().remove(0);
    project.write("snapshots/dev/assembly.json", &assembly.to_string());
    run(project.command(["synth", "--stack", "storage"]));
    let order = |text: &str| {
        let assembly: serde_json::Value = serde_json::from_str(text).unwrap();
        let stacks = assembly["stacks"].as_array().unwrap().clone();
        stacks
            .iter()
            .map(|stack| stack["name"].clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        order(&project.read("snapshots/dev/assembly.json")),
        order(&whole)
    );
}

#[test]
fn environments_without_the_stack_are_left_out() {
    let project = Project::of_shop();
    let output = run(project.command(["synth", "--stack", "backup"]));
    assert!(
        output.contains("\n1 environment, 1 stack, ") && !output.contains("dev"),
        "{output}"
    );
    assert!(!project.path("snapshots/dev").exists());
}

#[test]
fn listed_twice_or_a_folder_or_the_assembly_itself() {
    let project = Project::of_guestbook();
    run(project.command(["synth"]));
    for name in ["dev", "gone"] {
        fs::create_dir_all(project.path(&format!("snapshots/{name}/folder.yaml"))).unwrap();
        let assembly = project.read("snapshots/prod/assembly.json");
        let mut assembly: serde_json::Value = serde_json::from_str(&assembly).unwrap();
        let stacks = assembly["stacks"].as_array_mut().unwrap();
        for file in ["old.yaml", "old.yaml", "folder.yaml", "assembly.json"] {
            let mut stack = stacks[0].clone();
            stack["template"] = file.into();
            stacks.push(stack);
        }
        project.write(
            &format!("snapshots/{name}/assembly.json"),
            &assembly.to_string(),
        );
        project.write(&format!("snapshots/{name}/old.yaml"), "Resources: {}\n");
    }
    let output = run(project.command(["synth"]));
    assert!(output.starts_with("exit code 0\n"), "{output}");
    assert!(!project.path("snapshots/dev/old.yaml").exists());
    assert!(project.path("snapshots/dev/folder.yaml").exists());
    assert!(project.path("snapshots/dev/assembly.json").exists());
    assert!(!project.path("snapshots/gone/assembly.json").exists());
}

#[test]
fn a_template_that_nothing_lists_is_told_and_stays() {
    let project = Project::of_guestbook();
    run(project.command(["synth"]));
    project.write("snapshots/dev/merged.yaml", "Resources: {}\n");
    project.write("snapshots/dev/notes.txt", "mine\n");
    insta::assert_snapshot!(
        "unlisted_checked",
        run(project.command(["synth", "--check"]))
    );
    insta::assert_snapshot!("unlisted_written", run(project.command(["synth"])));
    assert!(project.path("snapshots/dev/merged.yaml").exists());
}

#[test]
fn a_file_that_would_not_be_read_is_refused() {
    let project = Project::of_guestbook();
    project.write("environments/qa.yml", "keep_days: 3\n");
    insta::assert_snapshot!(run(project.command(["synth"])));
}

#[test]
fn one_environment_is_checked_against_the_others() {
    let project = Project::of_shop();
    let dev = project.read("environments/dev.yaml");
    project.write(
        "environments/dev.yaml",
        &dev.replace("10.0.0.0/16", "10.2.0.0/16"),
    );
    let refused = run(project.command(["synth", "--env", "dev"]));
    assert!(
        refused.contains("the VPC of `prod` overlaps that of `dev`"),
        "{refused}"
    );
    // Its values can be looked at all the same.
    let shown = run(project.command(["env", "show", "dev"]));
    assert!(shown.starts_with("exit code 0\n"), "{shown}");
    project.write("environments/prod.yaml", "network: []\n");
    let output = run(project.command(["synth", "--env", "dev"]));
    assert!(output.starts_with("exit code 0\n"), "{output}");
    assert!(output.contains("\nnot checked against: prod "), "{output}");
}

#[test]
fn a_release_comes_from_an_environment_that_is_there_and_from_a_beginning() {
    let project = Project::of_shop();
    let defaults = project.read("environments/defaults.yaml");
    let promoted = |environment: &str, before: &str| {
        let file = format!("environments/{environment}.yaml");
        let text = project.read(&file);
        let from = format!("deployment: {{ promotes_from: {before} }}\n");
        let with = match text.contains("settings:\n") {
            true => text.replace("settings:\n", &format!("settings:\n  {from}")),
            false => format!("settings:\n  {from}{text}"),
        };
        project.write(&file, &with);
        run(project.command(["synth", "--env", "prod"]))
    };
    assert!(defaults.contains("settings:\n"));
    let before = project.read("environments/prod.yaml");
    let refused = promoted("prod", "stagin");
    assert!(
        refused.contains("no environment is called `stagin`")
            && refused.contains("did you mean `staging`?"),
        "{refused}"
    );
    project.write("environments/prod.yaml", &before);
    assert!(promoted("prod", "staging").starts_with("exit code 0\n"));
    let refused = promoted("staging", "prod");
    assert!(refused.contains("prod ← staging ← prod"), "{refused}");
}

/// Whoever knows the address of a webhook may write to it. Somebody may write it anywhere, and most mistakes show the line.
#[test]
fn an_address_with_a_secret_is_not_shown() {
    let project = Project::of_shop();
    let file = "environments/prod.yaml";
    let prod = project.read(file);
    for (written, word) in [
        (
            "notify: { webhook_from: https://a.example/s3cret }",
            "put the address into a variable",
        ),
        (
            "notify: { webhook: https://a.example/s3cret }",
            "error[unknown-key]",
        ),
        ("notify: https://a.example/s3cret", "error["),
        (
            "notify: { topics: [https://a.example/s3cret] }",
            "is not a topic",
        ),
        (
            "notify: { webhook_from: https://a.example/s3cret: x }",
            "error[invalid-yaml]",
        ),
        (
            "notify: { webhook_from: [https://u:s3cret@a.example/s3cret], }}",
            "error[invalid-yaml]",
        ),
    ] {
        let with = format!("settings:\n  deployment:\n    {written}\n");
        project.write(file, &prod.replacen("settings:\n", &with, 1));
        let refused = run(project.command(["synth"]));
        assert!(refused.contains(word), "no {word}: {refused}");
        assert!(refused.contains("a.example"), "{written}: {refused}");
        assert!(!refused.contains("s3cret"), "{written}: {refused}");
    }
}

#[test]
fn the_folder_of_environments_by_dots() {
    let project = Project::of_guestbook();
    fs::create_dir(project.path("environments/below")).unwrap();
    for (folder, given, shown) in [
        ("environments", ".", "  + ../snapshots/dev/"),
        ("environments/below", "..", "  + ../../snapshots/dev/"),
    ] {
        let mut command = project.command(["synth", "--environments", given]);
        command.current_dir(project.path(folder));
        let output = run(command);
        assert!(output.contains(shown), "{output}");
        assert!(!project.path("environments/snapshots").exists());
        fs::remove_dir_all(project.path("snapshots")).unwrap();
        project.write("environments/bad.yaml", "keep_days: many\n");
        let mut command = project.command(["synth", "--environments", given]);
        command.current_dir(project.path(folder));
        let output = run(command);
        assert!(output.contains("▸ environments/bad.yaml:1"), "{output}");
        fs::remove_file(project.path("environments/bad.yaml")).unwrap();
    }
}

#[cfg(target_os = "linux")]
#[test]
fn output_that_does_not_arrive_is_an_error() {
    let project = Project::of_guestbook();
    insta::assert_snapshot!(run(project.shell("\"$0\" schema > /dev/full")));
    let output = run(project.shell("\"$0\" completions bash | head -c 1 > /dev/null"));
    assert_eq!(output, "exit code 0\n── stdout\n── stderr\n");
}

#[cfg(target_os = "linux")]
#[test]
fn colour_is_for_the_stream_that_is_a_terminal() {
    let project = Project::of_guestbook();
    // `script` gives the command a terminal; standard output goes elsewhere.
    let command = "script --quiet --return --command \"$0 synth --check > diff.txt\" /dev/null";
    let mut command = project.shell(command);
    command
        .env("PATH", "/usr/bin:/bin")
        .stdin(std::process::Stdio::null());
    assert!(run(command).starts_with("exit code 3\n"));
    let diff = project.read("diff.txt");
    assert!(diff.contains("+Resources:") && !diff.contains('\u{1b}'));
}

#[cfg(unix)]
#[test]
fn more_files_than_may_be_open() {
    let project = Project::of_guestbook();
    for number in 0..40 {
        project.write(&format!("environments/e{number}.yaml"), "keep_days: 1\n");
    }
    let output = run(project.shell("ulimit -n 64; \"$0\" synth"));
    assert!(output.starts_with("exit code 0\n"), "{output}");
    assert_eq!(project.tree("snapshots").len(), 42 * 3);
}

#[cfg(unix)]
#[test]
fn a_full_disk_leaves_everything_as_it_was() {
    let project = Project::of_guestbook();
    run(project.command(["synth"]));
    let before = project.tree("snapshots");
    project.write("environments/prod.yaml", "keep_days: 9\n");
    // No file may grow; the signal that says so is ignored, as on a disk that is full.
    let output = run(project.shell("trap '' XFSZ; ulimit -f 0; \"$0\" synth"));
    assert!(output.starts_with("exit code 1\n"), "{output}");
    assert!(
        output.contains("cannot write `") && output.contains("snapshots/prod/"),
        "{output}"
    );
    assert_eq!(project.tree("snapshots"), before);
}

#[cfg(unix)]
#[test]
fn a_read_only_folder_is_named() {
    use std::os::unix::fs::PermissionsExt;
    let project = Project::of_guestbook();
    run(project.command(["synth"]));
    let before = project.tree("snapshots");
    let folder = project.path("snapshots/prod");
    let mode = |mode| fs::set_permissions(&folder, fs::Permissions::from_mode(mode)).unwrap();
    project.write("environments/prod.yaml", "keep_days: 9\n");
    mode(0o555);
    let output = run(project.command(["synth"]));
    // Nothing is read-only to root.
    let root = fs::write(folder.join("probe"), "").is_ok();
    mode(0o755);
    if !root {
        assert!(output.contains("Permission denied"), "{output}");
        assert_eq!(project.tree("snapshots"), before);
    }
}

#[test]
fn some_environments_and_some_stacks() {
    let project = Project::of_guestbook();
    insta::assert_snapshot!(
        "one_environment",
        run(project.command(["synth", "--env", "dev"]))
    );
    assert!(!project.path("snapshots/prod").exists());
    run(project.command(["synth"]));
    project.write("environments/prod.yaml", "keep_days: 5\n");
    insta::assert_snapshot!(
        "one_stack",
        run(project.command(["synth", "--stack", "inbox"]))
    );
    insta::assert_snapshot!("after_one_stack", run(project.command(["synth"])));
}

#[test]
fn templates_on_standard_output() {
    let project = Project::of_guestbook();
    insta::assert_snapshot!(
        "one_yaml",
        run(project.command(["synth", "--stdout", "--env", "dev", "--stack", "inbox"]))
    );
    insta::assert_snapshot!(
        "many_yaml",
        run(project.command(["synth", "--stdout", "--env", "dev"]))
    );
    let one = [
        "synth",
        "--stdout",
        "--format",
        "json",
        "--env",
        "dev",
        "--stack",
        "guestbook-dev-inbox",
    ];
    insta::assert_snapshot!("one_json", run(project.command(one)));
    // The shape follows from what is asked for, not from how much there happens to be.
    let [synth, stdout, format, json, _, _, stack, name] = one;
    insta::assert_snapshot!(
        "one_of_all_json",
        run(project.command([synth, stdout, format, json, stack, name]))
    );
    insta::assert_snapshot!(
        "many_json",
        run(project.command(["synth", "--stdout", "--format", "json"]))
    );
    assert!(!project.path("snapshots").exists());
}

#[test]
fn another_folder_and_another_format() {
    let project = Project::of_guestbook();
    insta::assert_snapshot!(run(project.command([
        "synth",
        "--format",
        "json",
        "--out",
        "elsewhere"
    ])));
    assert!(project.path("elsewhere/dev/inbox.json").is_file());
    assert!(!project.path("snapshots").exists());
    // Back to YAML: the other format's files go.
    run(project.command(["synth", "--out", "elsewhere"]));
    assert!(!project.path("elsewhere/dev/inbox.json").exists());
}

#[test]
fn the_same_bytes_whatever_the_machine() {
    the_same_bytes(&Project::of_guestbook(), 20);
    the_same_bytes(&Project::of_shop(), 6);
}

fn the_same_bytes(project: &Project, rounds: usize) {
    run(project.command(["synth"]));
    let reference = project.tree("snapshots");
    assert!(!reference.is_empty());
    let locales = ["C", "de_DE.UTF-8", "tr_TR.UTF-8", "ja_JP.UTF-8"];
    for round in 0..rounds {
        let out = format!("out-{round}");
        let mut command = project.command(["synth", "--out"]);
        command
            .arg(project.path(&out))
            .arg("--environments")
            .arg(project.path("environments"))
            .current_dir(if round % 2 == 0 {
                project.path("environments")
            } else {
                std::env::temp_dir()
            })
            .env("LC_ALL", locales[round % locales.len()])
            .env("LANG", locales[round % locales.len()])
            .env(
                "TZ",
                if round % 3 == 0 {
                    "Asia/Tokyo"
                } else {
                    "America/Lima"
                },
            )
            .env("HOME", format!("/nowhere/{round}"))
            .env("RUST_SEED", round.to_string());
        run(command);
        assert_eq!(project.tree(&out), reference, "round {round}");
    }
}

#[test]
fn from_a_folder_below_the_project() {
    let project = Project::of_guestbook();
    fs::create_dir_all(project.path("docs/deep")).unwrap();
    let mut command = project.command(["synth"]);
    command.current_dir(project.path("docs/deep"));
    run(command);
    assert!(project.path("snapshots/dev/assembly.json").is_file());
}

#[test]
fn values_and_where_they_come_from() {
    let project = Project::of_guestbook();
    insta::assert_snapshot!("show_text", run(project.command(["env", "show", "prod"])));
    insta::assert_snapshot!(
        "show_json",
        run(project.command(["env", "show", "dev", "--format", "json"]))
    );
}

#[test]
fn the_schema_is_json() {
    let project = Project::of_guestbook();
    let output = project.command(["schema"]).output().unwrap();
    let schema: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(schema["properties"]["keep_days"]["maximum"], 3650);
}

#[test]
fn completions_for_every_shell() {
    let project = Project::of_guestbook();
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let output = project.command(["completions", shell]).output().unwrap();
        assert!(output.status.success());
        assert!(
            String::from_utf8(output.stdout).unwrap().contains("synth"),
            "{shell}"
        );
    }
}

#[test]
fn mistakes_are_told_with_their_place() {
    let project = Project::of_guestbook();
    project.write(
        "environments/prod.yaml",
        "settings:\n  regoin: eu-west-1\nkeep_days: many\n",
    );
    insta::assert_snapshot!("mistakes_in_values", run(project.command(["synth"])));
    project.write("environments/prod.yaml", "settings: [\n");
    insta::assert_snapshot!("mistake_in_syntax", run(project.command(["synth"])));
    assert!(!project.path("snapshots").exists());
}

#[test]
fn wrong_usage() {
    let project = Project::of_guestbook();
    insta::assert_snapshot!(
        "unknown_environment",
        run(project.command(["synth", "--env", "prd"]))
    );
    insta::assert_snapshot!(
        "unknown_stack",
        run(project.command(["synth", "--stack", "inbx"]))
    );
    insta::assert_snapshot!(
        "stacks_listed_once",
        run(project.command(["synth", "--stack", "nothing-like-it"]))
    );
    insta::assert_snapshot!(
        "excluding_flags",
        run(project.command(["synth", "--check", "--stdout"]))
    );
    insta::assert_snapshot!("no_command", run(project.command([])));
    fs::remove_dir_all(project.path("environments")).unwrap();
    insta::assert_snapshot!("no_environments", run(project.command(["synth"])));
}

#[test]
fn a_folder_that_cannot_be_written_is_named_and_nothing_is_half_written() {
    let project = Project::of_guestbook();
    project.write("snapshots", "a file where the folder should be\n");
    insta::assert_snapshot!(run(project.command(["synth"])));
    assert_eq!(
        project.read("snapshots"),
        "a file where the folder should be\n"
    );
}
