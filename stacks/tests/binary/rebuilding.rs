//! The reference app's prod comes back in another region, while its own refuses every call.
//!
//! A test of the package `stratiform`, since it runs that package's binary, and here since it is about this app.

#![expect(clippy::unwrap_used, reason = "a test")]

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

/// A project with the app's environments, and nothing deployed.
struct Project(tempfile::TempDir);

/// How a command ended.
struct Ran {
    code: Option<i32>,
    stdout: String,
    stderr: String,
}

impl Project {
    fn new() -> Project {
        let folder = tempfile::tempdir().unwrap();
        let environments = folder.path().join("environments");
        fs::create_dir(&environments).unwrap();
        let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("environments");
        for file in fs::read_dir(here).unwrap() {
            let file = file.unwrap();
            fs::copy(file.path(), environments.join(file.file_name())).unwrap();
        }
        let project = Project(folder);
        let git = Command::new("git")
            .args(["init", "--quiet"])
            .current_dir(project.0.path())
            .status();
        assert!(git.unwrap().success());
        project
    }

    fn edit(&self, from: &str, to: &str) {
        let file = self.0.path().join("environments/prod.yaml");
        let text = fs::read_to_string(&file).unwrap();
        assert!(text.contains(from), "{text}");
        fs::write(file, text.replacen(from, to, 1)).unwrap();
    }

    fn command(&self, words: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_stratiform"));
        command
            .args(words.split(' '))
            .arg("--local")
            .current_dir(self.0.path())
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command
    }

    /// Runs a command until it says some words, and kills it then.
    #[track_caller]
    fn killed_at(&self, words: &str, at: &str) {
        let mut command = self.command(words);
        command.stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let mut lines = lines.map(Result::unwrap);
        let is_said = lines.any(|line| line.contains(at));
        child.kill().unwrap();
        let status = child.wait().unwrap();
        assert!(is_said && status.code().is_none(), "`{at}`: {status}");
    }

    fn run(&self, words: &str) -> Ran {
        let output = self.command(words).output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Ran {
            code: output.status.code(),
            stdout: text(output.stdout),
            stderr: text(output.stderr),
        }
    }
}

impl Ran {
    #[track_caller]
    fn expect(self, code: i32, words: &[&str]) -> Ran {
        let all = format!("{}{}", self.stderr, self.stdout);
        assert_eq!(self.code, Some(code), "{all}");
        for words in words {
            assert!(all.contains(words), "no `{words}` in:\n{all}");
        }
        self
    }
}

const REBUILD: &str = "rebuild --env prod --region eu-west-1 --yes";

#[test]
fn prod_comes_back_with_its_data_and_stays_itself() {
    let project = Project::new();
    project.run(REBUILD).expect(
        0,
        &[
            "eu-central-1 is lost: from here on it refuses every call",
            "skipped  region      which zones eu-west-1 has is not known",
            "passes   names       no name is one that the lost region's stacks still have",
            "passes   backup      database/Instance begins with storefront-prod-database-rehearsal",
            "deployed in",
            "RTO: 45 min, of 2 h that are promised",
            "database/Instance has the data of ",
        ],
    );
    // Started again, it goes on with what is there.
    project.run(REBUILD).expect(
        0,
        &[
            "database/Instance is there, from the snapshot storefront-prod-database-rehearsal",
            "nothing to deploy in 7 stacks",
        ],
    );
    // The environment that was lost was not touched.
    project.run("status --env prod").expect(
        0,
        &[
            "prod in eu-central-1",
            "database  storefront-prod-database  well",
        ],
    );
    // From now on it is deployed there: the database is the one that was restored.
    project.edit(
        "  disaster_recovery_region: eu-west-1\n",
        "  region: eu-west-1\n  disaster_recovery_region: eu-central-1\n",
    );
    project
        .run("deploy --env prod --yes")
        .expect(0, &["database  unchanged"]);
}

/// Killed while the day before is made, before anything is made there, and in the midst of stacks: it goes on each time, and
/// ends as if nobody had killed it.
#[test]
fn killed_again_and_again_it_goes_on() {
    let project = Project::new();
    project
        .run("deploy --env prod --stack network --yes")
        .expect(0, &[]);
    for at in [
        "`prod.bootstrap.eu-west-1` is not in the engine's eu-west-1 yet",
        "eu-central-1 is lost",
        "network   executes: 58 resources",
        "database  Instance  CREATE_IN_PROGRESS",
        "services  executes: 42 resources",
        "alarms    executes: 26 resources",
    ] {
        project.killed_at(REBUILD, at);
    }
    project.run(REBUILD).expect(
        0,
        &[
            "database/Instance is there, from the snapshot storefront-prod-database-rehearsal",
            "deployed in",
            "prod is in eu-west-1, rebuilt from eu-central-1",
        ],
    );
    project
        .run(REBUILD)
        .expect(0, &["nothing to deploy in 7 stacks"]);
}

#[test]
fn what_is_missing_is_said_and_nothing_is_made() {
    let project = Project::new();
    project.edit("      CertificateArn: ", "      # ");
    project.edit("    parameters:\n", "");
    project.run("deploy --env prod --yes --parameter CertificateArn=arn:aws:acm:eu-central-1:111122223333:certificate/1a").expect(0, &[]);
    let rebuilt = project.run(REBUILD);
    rebuilt.expect(
        3,
        &[
            "blocks   parameters  without a value there: `CertificateArn` of services",
            "→ write it under `settings.recovery.parameters`, or give it: --parameter NAME=VALUE",
            "nothing is made: parameters missing",
        ],
    );
    let named = format!(
        "{REBUILD} --database gone --parameter CertificateArn=arn:aws:acm:eu-west-1:111122223333:certificate/1a"
    );
    project
        .run(&named)
        .expect(3, &["the region has no snapshot gone of database/Instance"]);
    let empty = named.replace("--database gone", "--database empty --dry-run");
    project
        .run(&empty)
        .expect(0, &["database/Instance begins empty: --database empty"]);
}

#[test]
fn it_is_another_region_and_one_that_there_is() {
    let project = Project::new();
    let refused = |region: &str, words: &str| {
        project
            .run(&format!("rebuild --env prod --region {region}"))
            .expect(2, &[words]);
    };
    refused("eu-central-1", "a rebuild is somewhere else");
    refused("eu-west-11", "AWS has no region `eu-west-11`");
}

#[test]
fn a_rehearsal_deletes_what_it_made_and_nothing_else() {
    let project = Project::new();
    let rehearsal = format!("{REBUILD} --rehearsal");
    project.run(&rehearsal).expect(
        0,
        &[
            "prod-try in eu-west-1",
            "database/Instance begins with storefront-prod-database-rehearsal",
            "RTO: 45 min, of 2 h that are promised",
            "deleted in",
            "7 stacks, nothing stays",
        ],
    );
    project
        .run("status --env prod")
        .expect(0, &["database  storefront-prod-database  well"]);
    // With roles of its own it acts with these, and they may do all that it needs.
    let made = "`prod-try` is bootstrapped in eu-west-1";
    project
        .run("bootstrap --env prod --rehearsal --yes")
        .expect(0, &[made, "role `storefront-prod-try-deploy`"]);
    let rehearsed = project
        .run(&rehearsal)
        .expect(0, &["7 stacks, nothing stays"]);
    let checks = rehearsed.stderr.lines();
    let mut checks = checks.filter(|line| line.starts_with("prod-try: nothing blocks"));
    let line = checks.next().unwrap();
    assert!(!line.contains("permissions"), "{line}");
    project
        .run("bootstrap --env dev --rehearsal --yes")
        .expect(2, &["the file of `dev` does not say where it is rebuilt"]);
    // A stack of that name that is something else stays.
    project.edit("settings:\n", "settings:\n  region: eu-west-1\n");
    project.edit(
        "disaster_recovery_region: eu-west-1",
        "disaster_recovery_region: eu-west-3",
    );
    let environments = project.0.path().join("environments");
    fs::rename(
        environments.join("prod.yaml"),
        environments.join("prod-try.yaml"),
    )
    .unwrap();
    let other = project.run("deploy --env prod-try --stack queues --yes");
    other.expect(0, &[]);
    fs::rename(
        environments.join("prod-try.yaml"),
        environments.join("prod.yaml"),
    )
    .unwrap();
    project.edit("  region: eu-west-1\n", "");
    project.edit(
        "disaster_recovery_region: eu-west-3",
        "disaster_recovery_region: eu-west-1",
    );
    project.run(&rehearsal).expect(
        3,
        &["the stack `storefront-prod-try-queues` is there, and is no rehearsal of `prod`"],
    );
}
