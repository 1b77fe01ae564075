//! First, again, changed: with `--local`.

use crate::running::{deploy, edit, local, ran, shop, synth};
use crate::support::Project;

#[test]
fn first_unchanged_and_an_update() {
    let project = shop();
    let first = local(&project, "--yes");
    first.expect(
        0,
        &[
            "the embedded CloudFormation, not AWS: its state is in `.stratiform/engine.json`\n",
            "no image was given for",
            "\ndeployed in ",
            ": 5 stacks, 0 unchanged\n",
        ],
    );
    let (line, _) = first.stderr.split_once('\n').unwrap();
    assert!(line.starts_with("the embedded CloudFormation"), "{line}");
    assert_eq!(first.stdout, "");
    assert_eq!(project.read(".stratiform/.gitignore"), "*\n");

    let again = local(&project, "--yes");
    again
        .expect(0, &["nothing to deploy in 5 stacks, in "])
        .lacks(&["executes", "no image was given"]);

    edit(
        &project,
        "environments/defaults.yaml",
        "retention_days: 14",
        "retention_days: 30",
    );
    let update = local(&project, "--yes");
    update
        .expect(
            0,
            &[
                "network  1 updated, 3 with other tags only",
                "updated           FlowLogs  AWS::Logs::LogGroup: RetentionInDays\n",
                ": 1 stack, 4 unchanged\n",
            ],
        )
        .lacks(&["worse than predicted"]);
}

#[test]
fn nobody_is_there_who_could_say_yes() {
    let project = shop();
    let asked = local(&project, "");
    asked.expect(
        3,
        &[
            "nobody is there to approve this",
            "--yes",
            "not deployed: the answer is no",
        ],
    );
    let none = local(&project, "--yes --stack network");
    none.expect(0, &[": 1 stack, 0 unchanged\n"]);
}

#[test]
fn one_stack_and_what_it_needs_as_it_is() {
    let project = shop();
    let alone = local(&project, "--yes --stack network --stack registry");
    alone.expect(0, &[": 2 stacks, 0 unchanged\n"]);
    let other = local(&project, "--yes --stack database");
    other
        .expect(0, &[": 1 stack, 0 unchanged\n"])
        .lacks(&["network  unchanged"]);
}

#[test]
fn an_image_is_given_once_and_stays() {
    let project = shop();
    let image = |tag: &str| format!("--yes --image api=shop/api:{tag}");
    local(&project, &image("1")).expect(0, &[]);
    local(&project, "--yes").expect(0, &["nothing to deploy"]);
    local(&project, &image("2")).expect(
        0,
        &[
            "services  ",
            "ApiTaskDefinition",
            ": 1 stack, 4 unchanged\n",
        ],
    );
    local(&project, &image("2")).expect(0, &["nothing to deploy"]);
}

#[test]
fn wrong_words_are_refused_before_anything_is_changed() {
    let project = shop();
    let cases = [
        ("--image nobody=1", 1, "no service is called `nobody`"),
        ("--stack netwrk", 2, "did you mean `network`?"),
        ("--allow delete:network/Vpx", 2, "did you mean `Vpc`?"),
        ("--allow everything", 2, "replace:STACK/LOGICAL_ID"),
        (
            "--release v9",
            3,
            "whether `v9` is what is deployed is not known",
        ),
        ("--concurrency 0", 2, "--concurrency"),
    ];
    for (words, code, said) in cases {
        let ran = local(&project, &format!("--yes {words}"));
        ran.expect(code, &[said]).lacks(&["executes"]);
    }
    let unknown = ran({
        let mut command = project.command(["deploy", "--env", "def", "--local"]);
        command.env("PATH", "");
        command
    });
    unknown.expect(2, &["did you mean `dev`?"]);
}

#[test]
fn stale_snapshots_are_not_deployed_and_locally_only_said() {
    let project = shop();
    project.write("snapshots/dev/queues.yaml", "{}\n");
    let stale = ran(deploy(&project, "--yes"));
    stale.expect(
        3,
        &[
            "error[stale-snapshots]",
            "dev/queues.yaml is stale",
            "run `synth`",
        ],
    );
    local(&project, "--yes --stack queues").expect(
        0,
        &["warns    snapshots  what would be deployed was not reviewed: `dev/queues.yaml`"],
    );
    synth(&project);
    local(&project, "--yes --stack queues")
        .expect(0, &["nothing to deploy"])
        .lacks(&["not reviewed"]);
}

#[test]
fn without_snapshots_nothing_was_reviewed() {
    let project = Project::of_shop();
    ran(deploy(&project, "--yes")).expect(3, &["error[stale-snapshots]"]);
}
