//! What a release does besides its stacks: tasks, commands, and who is told.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;

use serde_json::Value;

use crate::engine::Engine;
use crate::running::{Ran, edit, git, of_dev, ran, release, shop};
use crate::support::Project;

const IMAGES: &str = "--yes --image api=shop/api:1 --image worker=shop/worker:1";

/// A migration that cannot be undone, a smoke test, and a load test that ends as the file `load` says.
const BESIDES: &str = r#"
  deployment:
    tasks:
      - name: migrate
        service: api
        runs: before
        when: image_changes
        command: [bin/migrate, up]
        reversible: false
      - name: smoke
        service: api
        runs: after
        command: [bin/smoke]
        reversible: true
        timeout_minutes: 5
    commands:
      - name: load
        command: [sh, -c, 'echo "load on $STRATIFORM_ENV of $STRATIFORM_APP"; exit "$(cat load)"']
"#;

/// The shop with all that; in git, and `v1` is checked out.
fn shop_besides() -> Project {
    let project = shop();
    let tags = "  tags: { team: shop }\n";
    edit(
        &project,
        "environments/defaults.yaml",
        tags,
        &format!("{tags}{}", &BESIDES[1..]),
    );
    project.write("load", "0");
    project.write(".gitignore", ".stratiform\n");
    git(&project, "init --quiet --initial-branch main");
    release(&project, "v1");
    project
}

/// It said this, in this order.
#[track_caller]
fn in_order(ran: &Ran, words: &[&str]) {
    let mut rest = ran.stderr.as_str();
    for word in words {
        match rest.find(word) {
            Some(at) => rest = &rest[at + word.len()..],
            None => panic!("no `{word}` after the others in:\n{}", ran.stderr),
        }
    }
}

#[test]
fn tasks_and_commands_run_at_their_place() {
    let (project, engine) = (shop_besides(), Engine::start());
    let first = engine.deploy(&project, IMAGES);
    first.expect(0, &[": 5 stacks, 0 unchanged\n"]);
    in_order(
        &first,
        &[
            "before the services\n    the task migrate of api: bin/migrate up (at most 30 min), and cannot be undone",
            "afterwards\n    the task smoke of api: bin/smoke (at most 5 min)\n    the command load: sh -c",
            "nothing runs yet: migrate runs after the stack services is there",
            "services  deployed",
            "the task migrate: done",
            "all that runs is well",
            "the task smoke: begins",
            "the task smoke: done",
            "the command load: done",
            "all that runs is well",
        ],
    );
    let second = engine.deploy(&project, "--yes --image api=shop/api:2");
    second.expect(0, &[": 1 stack, 4 unchanged\n"]);
    in_order(
        &second,
        &[
            "way-back",
            "the task `migrate` of `api` runs, and cannot be undone",
            "the task migrate: done",
            "services  executes",
            "services  deployed",
            "the task smoke: done",
        ],
    );
    engine
        .deploy(&project, "--yes")
        .expect(0, &["nothing to deploy"]);
    // For programs.
    edit(
        &project,
        "environments/defaults.yaml",
        "retention_days: 14",
        "retention_days: 30",
    );
    let json = engine.deploy(&project, "--yes --format json");
    let events = json
        .stdout
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap());
    let events: Vec<Value> = events.collect();
    assert_eq!(events[0]["besides"]["tasks"][0]["name"], "smoke");
    let left_out = &events[0]["besides"]["leftOut"][0];
    assert_eq!(
        (&left_out["name"], &left_out["why"]),
        (&"migrate".into(), &"api keeps its image".into())
    );
    let command = events
        .iter()
        .find(|event| event["event"] == "command" && event["state"] == "done");
    assert_eq!(command.unwrap()["printed"][0], "load on dev of shop");
    assert!(
        events
            .iter()
            .any(|event| event["event"] == "task" && event["state"] == "done")
    );
}

/// What is announced is what runs: by `guard`, before it is approved, and in what is sealed.
#[test]
fn a_task_before_a_stack_that_stays_is_not_announced() {
    let (project, engine) = (shop_besides(), Engine::start());
    let file = "environments/defaults.yaml";
    edit(&project, file, "when: image_changes", "when: always");
    release(&project, "v2");
    engine.deploy(&project, IMAGES).expect(0, &[]);
    edit(&project, file, "retention_days: 14", "retention_days: 30");
    release(&project, "v3");
    let guard = engine.run(&project, "guard", "");
    assert!(!guard.stdout.contains("migrate"), "{}", guard.stdout);
    engine
        .deploy(&project, "--prepare sealed.json")
        .expect(0, &[])
        .lacks(&["cannot be undone"]);
    let sealed = ran(project.command(["diff", "sealed.json"])).stdout;
    assert!(sealed.contains("the task smoke of api"), "{sealed}");
    let why = "not this time\n    migrate: the stack services does not change\n";
    assert!(sealed.contains(why), "{sealed}");
    assert!(!sealed.contains("cannot be undone"), "{sealed}");
    engine
        .deploy(&project, "--execute sealed.json")
        .expect(0, &["the task smoke: done"])
        .lacks(&["the task migrate"]);
    // With its stack it is all of that.
    let image = "--image api=shop/api:2";
    engine
        .deploy(&project, &format!("--prepare sealed.json {image}"))
        .expect(0, &["way-back", "the task `migrate` of `api` runs"]);
    let sealed = ran(project.command(["diff", "sealed.json"])).stdout;
    assert!(
        sealed.contains("the task migrate of api: bin/migrate up"),
        "{sealed}"
    );
    engine
        .deploy(&project, "--execute sealed.json")
        .expect(0, &["the task migrate: done"]);
}

/// A command says that the environment works, and runs where all of it is asked for, or what it is about.
#[test]
fn a_command_runs_with_the_stacks_that_it_is_about() {
    let (project, engine) = (shop_besides(), Engine::start());
    engine.deploy(&project, IMAGES).expect(0, &[]);
    let file = "environments/defaults.yaml";
    edit(&project, file, "retention_days: 14", "retention_days: 30");
    release(&project, "v2");
    engine
        .deploy(&project, "--yes --stack network --stack database")
        .expect(
            0,
            &[
                "not this time\n",
                "    load: registry, queues, services are not asked for\n",
            ],
        )
        .lacks(&["the command load: begins"]);
    edit(
        &project,
        file,
        "  - name: load",
        "  - name: load\n        stacks: [database]",
    );
    edit(&project, file, "retention_days: 30", "retention_days: 7");
    release(&project, "v3");
    engine
        .deploy(&project, "--yes --stack network --stack database")
        .expect(0, &["the command load: done"]);
    let text = project
        .read(file)
        .replacen("stacks: [database]", "stacks: [databse]", 1);
    project.write(file, &text);
    ran(project.command(["synth"])).expect(
        1,
        &[
            "error[release-task]: the command `load` is about the stack `databse`",
            "environments/defaults.yaml:",
            "did you mean `database`?",
        ],
    );
}

/// What is not there is found before anybody is asked for anything.
#[test]
fn a_command_that_cannot_run_is_found_beforehand() {
    let project = shop_besides();
    let engine = Engine::start();
    let file = "environments/defaults.yaml";
    edit(&project, file, "command: [sh, -c", "command: [shh, -c");
    release(&project, "v2");
    let missing = [
        "error[release-task]: the program `shh` of the command `load` is not there",
        "environments/defaults.yaml:",
        "it is in no folder of PATH",
    ];
    engine
        .deploy(&project, IMAGES)
        .expect(1, &missing)
        .lacks(&["network"]);
    engine.run(&project, "guard", "").expect(1, &missing);
    // Whoever executes it may have it.
    engine
        .deploy(
            &project,
            "--prepare sealed.json --image api=shop/api:1 --image worker=shop/worker:1",
        )
        .expect(
            0,
            &["the program `shh` of the command `load` is not there: whoever executes"],
        );
    engine
        .deploy(&project, "--execute sealed.json")
        .expect(1, &missing)
        .lacks(&["executes"]);
    edit(&project, file, "command: [shh, -c", "command: [./run, -c");
    release(&project, "v3");
    let here = [
        "the program `./run` of the command `load` is not there",
        "chmod +x",
    ];
    project.write("run", "");
    engine.run(&project, "guard", "").expect(1, &here);
    edit(
        &project,
        file,
        "command: [./run",
        "folder: tests/load\n        command: [./run",
    );
    engine.run(&project, "guard", "").expect(
        1,
        &["the command `load` runs in `tests/load`, which is no folder"],
    );
}

#[test]
fn a_migration_that_fails_leaves_the_services_alone() {
    let (project, engine) = (shop_besides(), Engine::start());
    engine.deploy(&project, IMAGES).expect(0, &[]);
    engine.fault("task:default/shop-api-migrate=fail:exit=3:times=1");
    engine
        .deploy(&project, "--yes --image api=shop/api:2")
        .expect(
            5,
            &[
                "the task migrate: failed: it ended with exit code 3\n",
                "error[task-failed]: the task `migrate` failed, cannot be undone, and may be half done",
                "services  not changed  migrate failed before it\n",
                "somebody has to decide how it goes on",
            ],
        );
    // It never began.
    engine.fault("task:default/shop-api-migrate=pull:times=1");
    engine
        .deploy(&project, "--yes --image api=shop/api:2")
        .expect(1, &["the task migrate: failed: CannotPullContainerError"]);
    let described = engine.describe("shop-dev-services");
    assert!(described.contains("shop/api:1") && !described.contains("shop/api:2"));
    engine
        .deploy(&project, "--yes --image api=shop/api:2")
        .expect(0, &["the task migrate: done", ": 1 stack"]);
}

#[test]
fn nothing_goes_back_over_what_cannot_be_undone() {
    let (project, engine) = (shop_besides(), Engine::start());
    engine.deploy(&project, IMAGES).expect(0, &[]);
    // Nothing that cannot be undone has run: all goes back.
    engine.fault("task:default/shop-api-smoke=fail:times=1");
    engine
        .deploy(&project, "--yes --image worker=shop/worker:2")
        .expect(4, &["the task smoke: failed", "services  went back"]);
    project.write("load", "7");
    let failed = engine.deploy(&project, "--yes --image api=shop/api:2");
    failed
        .expect(
            5,
            &[
                "the command load: failed: it ended with exit code 7\n                | load on dev of shop\n",
                "error[not-crossed]: nothing goes back by itself: `migrate` has begun, and cannot be undone",
                "error[command-failed]: the command `load` failed",
                "somebody has to decide how it goes on",
            ],
        )
        .lacks(&["all stacks of this run go back"]);
    engine
        .deploy(
            &project,
            "--yes --image api=shop/api:3 --allow cross:migrate",
        )
        .expect(
            4,
            &["all stacks of this run go back", "services  went back"],
        );
    engine
        .deploy(&project, "--yes --allow cross:migrat")
        .expect(
            1,
            &["no task is called `migrat`", "did you mean `migrate`?"],
        );
}

#[test]
fn a_rollback_crosses_no_task_that_was_not_named() {
    let project = shop_besides();
    let local = |name: &str, words: &str| ran(of_dev(&project, name, &format!("--local {words}")));
    local("deploy", "--yes").expect(0, &["the task migrate: done"]);
    edit(
        &project,
        "environments/defaults.yaml",
        "retention_days: 14",
        "retention_days: 30",
    );
    release(&project, "v2");
    local("deploy", "--yes").expect(0, &["the task migrate: done"]);
    // From here on it can be undone; what v2 did stays what it is.
    edit(
        &project,
        "environments/defaults.yaml",
        "reversible: false",
        "reversible: true",
    );
    release(&project, "v3");
    local("deploy", "--yes").expect(0, &["the task migrate: done"]);
    local("rollback", "--yes --to v2").expect(
        0,
        &[
            "not this time\n    migrate: this is a way back\n",
            "the task smoke: done",
            "\ndeployed in ",
        ],
    );
    local("rollback", "--yes --to v1")
        .expect(
            3,
            &["error[not-crossed]: the task `migrate` of `api` cannot be undone, and belongs to v2"],
        )
        .lacks(&["executes"]);
    local("rollback", "--yes --service api")
        .expect(3, &["error[not-crossed]: the task `migrate` of `api`"]);
    local("rollback", "--yes --to v1 --allow cross:migrate").expect(
        0,
        &[
            "goes back over the task migrate of api, of v2",
            "\ndeployed in ",
        ],
    );
}

#[test]
fn what_was_sealed_is_what_runs() {
    let (project, engine) = (shop_besides(), Engine::start());
    engine.deploy(&project, IMAGES).expect(0, &[]);
    engine
        .deploy(&project, "--image api=shop/api:2 --prepare sealed.json")
        .expect(0, &["sealed in `sealed.json`"])
        .lacks(&["the task migrate: "]);
    let shown = ran(project.command(["diff", "sealed.json"]));
    for line in [
        "before the services\n    the task migrate of api: bin/migrate up (at most 30 min), and cannot be undone",
        "    the command load: sh -c",
    ] {
        assert!(
            shown.stdout.contains(line),
            "no `{line}` in:\n{}",
            shown.stdout
        );
    }
    edit(
        &project,
        "environments/defaults.yaml",
        "bin/migrate, up",
        "bin/migrate, down",
    );
    engine
        .deploy(&project, "--execute sealed.json")
        .expect(3, &["the task `migrate` is another one"])
        .lacks(&["executes"]);
    edit(
        &project,
        "environments/defaults.yaml",
        "bin/migrate, down",
        "bin/migrate, up",
    );
    engine.deploy(&project, "--execute sealed.json").expect(
        0,
        &[
            "the task migrate: done",
            "the command load: done",
            ": 1 stack",
        ],
    );
}

/// Takes this many requests; gives all that was in them.
fn webhook(requests: usize) -> (String, std::thread::JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/hook/s3cret", listener.local_addr().unwrap());
    let served = std::thread::spawn(move || {
        let mut all = String::new();
        for stream in listener.incoming().take(requests) {
            let mut stream = stream.unwrap();
            let mut part = [0; 4096];
            let mut text = String::new();
            while !is_whole(&text) {
                let count = stream.read(&mut part).unwrap();
                assert!(count > 0, "it was cut off: {text}");
                text += &String::from_utf8_lossy(&part[..count]);
            }
            all += &text;
            all.push('\n');
            let answer = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
            stream.write_all(answer.as_bytes()).unwrap();
        }
        all
    });
    (url, served)
}

/// Whether a request has come to its end.
fn is_whole(text: &str) -> bool {
    let Some((head, body)) = text.split_once("\r\n\r\n") else {
        return false;
    };
    let mut lines = head.lines().map(str::to_ascii_lowercase);
    let length = lines.find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
    length.is_some_and(|length: usize| body.len() >= length)
}

#[test]
fn a_webhook_is_told_and_nobody_is_told_its_address() {
    let (project, engine) = (shop_besides(), Engine::start());
    let commands = "    commands:\n";
    let notify = format!("    notify: {{ webhook_from: HOOK }}\n{commands}");
    edit(&project, "environments/defaults.yaml", commands, &notify);
    engine
        .deploy(&project, IMAGES)
        .expect(0, &["HOOK is not set: no webhook is told", ": 5 stacks"]);

    // A command that prints all that it sees does not see it.
    edit(
        &project,
        "environments/defaults.yaml",
        "exit \"$(cat load)\"",
        "env; exit \"$(cat load)\"",
    );
    let (url, served) = webhook(2);
    let mut command = engine.command(&project, "--yes --verbose --image worker=shop/worker:2");
    command
        .env("HOOK", &url)
        .env("GITHUB_SERVER_URL", "https://github.com");
    command
        .env("GITHUB_REPOSITORY", "a/b")
        .env("GITHUB_RUN_ID", "7");
    let told = ran(command);
    told.expect(
        0,
        &["told\n    the webhook of $HOOK", "| STRATIFORM_ENV=dev"],
    )
    .lacks(&["s3cret", &url]);
    let requests = served.join().unwrap();
    for words in [
        "shop dev: v1 is being deployed",
        "shop dev: v1 is deployed",
        "https://github.com/a/b/actions/runs/7",
    ] {
        assert!(requests.contains(words), "no `{words}` in:\n{requests}");
    }

    let mut command = engine.command(&project, "--yes --image worker=shop/worker:3");
    command.env("HOOK", "http://127.0.0.1:1/hook/s3cret");
    ran(command)
        .expect(
            0,
            &["the webhook of $HOOK could not be told: ", ": 1 stack"],
        )
        .lacks(&["s3cret"]);
}

#[test]
fn a_task_of_no_service_is_no_task() {
    let project = shop_besides();
    let file = project.read("environments/defaults.yaml");
    project.write(
        "environments/defaults.yaml",
        &file.replacen("service: api", "service: apy", 1),
    );
    let synth = ran(project.command(["synth"]));
    synth.expect(
        1,
        &[
            "error[release-task]: the task `migrate` is of the service `apy`, which has no image",
            "did you mean `api`?",
        ],
    );
    let address = file.replacen(
        "    commands:\n",
        "    notify: { webhook_from: 'https://a/s3cret' }\n    commands:\n",
        1,
    );
    project.write("environments/defaults.yaml", &address);
    ran(project.command(["synth"])).expect(1, &["put the address into a variable"]);
}

#[test]
fn a_command_without_its_secret_is_refused_beforehand() {
    let (project, engine) = (shop_besides(), Engine::start());
    edit(
        &project,
        "environments/defaults.yaml",
        "      - name: load\n",
        "      - name: load\n        secrets: [LOAD_KEY]\n",
    );
    edit(
        &project,
        "environments/defaults.yaml",
        "exit \"$(cat load)\"",
        "echo \"key is $LOAD_KEY\"; exit \"$(cat load)\"",
    );
    engine.deploy(&project, IMAGES).expect(
        1,
        &["error[unset-secret]: the command `load` needs LOAD_KEY, which is not set"],
    );
    let mut command = engine.command(&project, &format!("--verbose {IMAGES}"));
    command.env("LOAD_KEY", "s3cret");
    ran(command)
        .expect(0, &["key is ****", ": 5 stacks"])
        .lacks(&["s3cret"]);
}
