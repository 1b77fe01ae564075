//! `backup check` and `backup test`.

use std::collections::BTreeMap;
use std::process::Command;

use serde_json::Value;
use stratiform_test_support::{get, pass_on, serve};

use crate::engine::Engine;
use crate::running::{Ran, edit, ran, shop};
use crate::support::Project;

const IMAGES: &str = "--yes --image api=shop/api:1 --image worker=shop/worker:1";
const DATABASE: &str = "arn:aws:rds:eu-central-1:123456789012:db:shop-dev";
const TEST: &str = "shop-dev-backup-test";

/// The shop with backups that are copied to another region; a day of data may be lost.
fn project() -> Project {
    let project = shop();
    edit(
        &project,
        "environments/dev.yaml",
        "settings:\n",
        "backup_days: 7\nsettings:\n  disaster_recovery_region: eu-west-1\n  \
         recovery: { rpo_minutes: 1440, rto_minutes: 60 }\n",
    );
    project
}

fn backup(engine: &Engine, project: &Project, words: &str) -> Ran {
    let (name, words) = words.split_once(' ').unwrap_or((words, ""));
    let mut command = project.command(["backup", name, "--env", "dev"]);
    command.args(words.split(' ').filter(|word| !word.is_empty()));
    ran(engine.beside(command))
}

/// It ended so, and said all of this on standard output. How wide the columns are does not matter here.
#[track_caller]
fn expect(ran: &Ran, code: i32, words: &[&str]) {
    assert_eq!(ran.code, code, "{}{}", ran.stdout, ran.stderr);
    let lines = ran.stdout.lines().map(|line| {
        let words: Vec<&str> = line.split_whitespace().collect();
        words.join(" ") + "\n"
    });
    let lines: String = lines.collect();
    for word in words {
        assert!(lines.contains(word), "no `{word}` in:\n{lines}");
    }
}

/// Backs the database up and copies that, as a plan would by its schedule.
pub(crate) fn back_up(engine: &Engine) {
    let role = "arn:aws:iam::123456789012:role/backup";
    let job = format!(
        r#"{{"BackupVaultName":"shop-dev","ResourceArn":"{DATABASE}","IamRoleArn":"{role}"}}"#
    );
    let job: Value = serde_json::from_str(&engine.put_backup("/backup-jobs", &job)).unwrap();
    let point = job["RecoveryPointArn"].as_str().unwrap();
    let vault = "arn:aws:backup:eu-west-1:123456789012:backup-vault:shop-dev-dr";
    let copy = format!(
        r#"{{"SourceBackupVaultName":"shop-dev","DestinationBackupVaultArn":"{vault}","RecoveryPointArn":"{point}","IamRoleArn":"{role}"}}"#
    );
    engine.put_backup("/copy-jobs", &copy);
}

/// The vault of the copies, which `bootstrap` makes.
pub(crate) fn make_vault(engine: &Engine) {
    let template = "Resources: {Vault: {Type: AWS::Backup::BackupVault, Properties: {BackupVaultName: shop-dev-dr}}}";
    let parameters = [("StackName", "vault"), ("TemplateBody", template)];
    engine.call_in("eu-west-1", "CreateStack", &parameters);
}

fn calls(engine: &Engine) -> BTreeMap<String, BTreeMap<String, u64>> {
    let calls = get(&format!("{}/_stratiform/calls", engine.url()));
    serde_json::from_str(&calls).unwrap()
}

#[test]
fn what_is_promised_and_what_is_kept() {
    let (project, engine) = (project(), Engine::start());
    expect(
        &backup(&engine, &project, "check"),
        3,
        &[
            "dev in eu-central-1 and eu-west-1, account 123456789012\n",
            "not kept database/Instance restorable it is not deployed: there is nothing to restore\n",
        ],
    );
    engine.deploy(&project, IMAGES).expect(0, &[]);
    expect(
        &backup(&engine, &project, "check"),
        3,
        &[
            "copy in eu-west-1: there is no copy of it that could be restored\n",
            "shop-dev-dr in eu-west-1 vault",
            "→ make it: `bootstrap --env dev`\n",
            "plan selected by `shop-dev` (daily)\n",
        ],
    );
    make_vault(&engine);
    back_up(&engine);
    let before = calls(&engine);
    let kept = backup(&engine, &project, "check");
    expect(
        &kept,
        0,
        &[
            "dev: the promises are kept: 7 kept\n",
            "from `awsbackup:copyjob-",
        ],
    );
    let json = backup(&engine, &project, "check --format json");
    let json: Value = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!(
        (&json["kept"], &json["rpoMinutes"]),
        (&true.into(), &1440.into())
    );
    assert_eq!(json["assurances"][0]["state"], "yes");
    // It only reads.
    for (service, operations) in calls(&engine) {
        for (operation, count) in operations {
            let was = before.get(&service).and_then(|of| of.get(&operation));
            let reads = ["Describe", "Get", "List"]
                .iter()
                .any(|verb| operation.starts_with(verb));
            assert!(reads || was == Some(&count), "{service}: {operation}");
        }
    }
}

#[test]
fn copies_that_are_too_old() {
    let (project, engine) = (project(), Engine::since("2026-01-01T00:00:00.000Z"));
    engine.deploy(&project, IMAGES).expect(0, &[]);
    make_vault(&engine);
    back_up(&engine);
    expect(
        &backup(&engine, &project, "check"),
        3,
        &[
            "not kept database/Instance restorable as of 2026-01-01 ",
            "not kept database/Instance copy in eu-west-1: as of 2026-01-01 ",
            "days old, from `awsbackup:copyjob-",
            "24 hours are promised\n",
            "dev: not all is as promised: 5 kept, 2 not kept (restorable, copy)\n",
        ],
    );
}

/// A way to the engine on which some operations are refused.
fn denying(engine: &Engine, operations: &'static [&'static str]) -> String {
    let url = engine.url();
    serve(move |request| {
        let is_in = |operation: &&str| request.contains(*operation);
        match operations.iter().any(is_in) {
            true => {
                let error = "<Error><Type>Sender</Type><Code>AccessDenied</Code><Message>no</Message></Error>";
                (403, format!("<ErrorResponse>{error}</ErrorResponse>"))
            }
            false => pass_on(&url, request),
        }
    })
}

#[test]
fn what_may_not_be_asked_is_named_and_the_rest_is_shown() {
    let (project, engine) = (project(), Engine::start());
    engine.deploy(&project, IMAGES).expect(0, &[]);
    make_vault(&engine);
    back_up(&engine);
    let url = denying(&engine, &["GET /copy-jobs/"]);
    let check = |change: fn(&mut Command, &str)| {
        let mut command = engine.beside(project.command(["backup", "check", "--env", "dev"]));
        change(&mut command, &url);
        ran(command)
    };
    let found = check(|command, url| {
        command.env("AWS_ENDPOINT_URL", url);
    });
    expect(
        &found,
        3,
        &[
            "not known database/Instance copy-jobs ListCopyJobs of",
            "→ use credentials that may call ListCopyJobs",
            "kept database/Instance copy in eu-west-1",
            "6 kept, 1 not known (copy-jobs)\n",
        ],
    );
    edit(
        &project,
        "environments/defaults.yaml",
        "region: eu-central-1\n",
        "region: eu-central-1\n  account: \"444455556666\"\n",
    );
    check(|_, _| ()).expect(1, &["the environment is in account 444455556666"]);
}

/// Is there something of that name?
fn is_there(engine: &Engine, stack: &str) -> bool {
    let stacks = engine.call("ListStacks", &[]);
    let mut stacks = stacks.split("<member>").skip(1);
    stacks.any(|one| {
        one.contains(&format!("<StackName>{stack}</StackName>")) && !one.contains("DELETE_COMPLETE")
    })
}

#[test]
fn a_backup_is_restored_and_removed_again() {
    let (project, engine) = (project(), Engine::start());
    let none = backup(&engine, &project, "test");
    none.expect(
        3,
        &["`database/Instance` is not deployed: it has no backup"],
    );
    engine.deploy(&project, IMAGES).expect(0, &[]);
    backup(&engine, &project, "test").expect(3, &["`shop-dev` has no snapshot"]);
    make_vault(&engine);
    back_up(&engine);
    let done = backup(&engine, &project, "test");
    expect(
        &done,
        0,
        &[
            "dev in eu-central-1, account 123456789012\n",
            "restored: `awsbackup:job-",
            " of `shop-dev`, as of ",
            " was available within 7 min ",
            " s, of 60 min for a rebuild\n",
            "nothing of the test is left\n",
        ],
    );
    assert!(!is_there(&engine, TEST));
    assert!(is_there(&engine, "shop-dev-database"));
    // The snapshot that it was made from is still there.
    expect(&backup(&engine, &project, "check"), 0, &[]);
    let json = backup(
        &engine,
        &project,
        "test --format json --database database/Instance",
    );
    let json: Value = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!(json["restored"], true);
    let seconds = json["seconds"].as_u64().unwrap();
    assert!((440..460).contains(&seconds), "{seconds}");
    assert_eq!(json["left"], Value::Null);
    backup(&engine, &project, "test --database database/Other")
        .expect(2, &["no database is called"]);
    edit(
        &project,
        "environments/dev.yaml",
        "rto_minutes: 60",
        "rto_minutes: 5",
    );
    let late = backup(&engine, &project, "test");
    expect(&late, 3, &["and a whole rebuild may take 5 min"]);
}

#[test]
fn a_restore_that_fails_leaves_nothing_and_what_is_left_is_removed_the_next_time() {
    let (project, engine) = (project(), Engine::start());
    engine.deploy(&project, IMAGES).expect(0, &[]);
    make_vault(&engine);
    back_up(&engine);
    engine.fault(&format!("create:{TEST}/Restored:after=60"));
    let failed = backup(&engine, &project, "test");
    expect(
        &failed,
        1,
        &[
            "not restored: `awsbackup:job-",
            "nothing of the test is left\n",
        ],
    );
    assert!(!is_there(&engine, TEST));

    // Not even begun: the empty stack of its change set goes, too.
    let url = denying(&engine, &["Action=ExecuteChangeSet"]);
    let mut command = engine.beside(project.command(["backup", "test", "--env", "dev"]));
    command.env("AWS_ENDPOINT_URL", &url);
    let denied = ran(command);
    expect(
        &denied,
        1,
        &[
            "CloudFormation did not begin it\n",
            "nothing of the test is left\n",
        ],
    );
    assert!(!is_there(&engine, TEST));

    engine.fault(&format!("delete:{TEST}/Nobody:times=9"));
    let stuck = backup(&engine, &project, "test");
    expect(
        &stuck,
        5,
        &["the stack `shop-dev-backup-test` is still there"],
    );
    assert!(is_there(&engine, TEST));
    stratiform_test_support::post(&format!("{}/_stratiform/calm", engine.url()), &[], "");
    let next = backup(&engine, &project, "test");
    next.expect(
        0,
        &["removing what an earlier test left: the stack `shop-dev-backup-test`"],
    );
    assert!(!is_there(&engine, TEST));
}

#[test]
fn what_no_test_made_is_not_deleted() {
    let (project, engine) = (project(), Engine::start());
    engine.deploy(&project, IMAGES).expect(0, &[]);
    make_vault(&engine);
    back_up(&engine);
    let template = "Resources: {Topic: {Type: AWS::SNS::Topic}}";
    engine.call(
        "CreateStack",
        &[("StackName", TEST), ("TemplateBody", template)],
    );
    let refused = backup(&engine, &project, "test");
    refused.expect(
        3,
        &["the stack `shop-dev-backup-test` is there, and no `backup test` made it"],
    );
    assert!(is_there(&engine, TEST));
}
