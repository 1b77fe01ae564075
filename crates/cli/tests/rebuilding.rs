//! The reference app's prod comes back in another region, while its own refuses every call.

#![expect(clippy::unwrap_used, reason = "a test")]

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use stratiform_test_support::alone;

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
        let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../environments");
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
        alone(&mut command)
            .args(words.split(' '))
            .arg("--local")
            .current_dir(self.0.path())
            .env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command
    }

    /// Runs a command until it says some words, and kills it then. The line that has them is given.
    #[track_caller]
    fn killed_at(&self, words: &str, at: &str) -> String {
        let mut command = self.command(words);
        command.stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let mut lines = lines.map(Result::unwrap);
        let said = lines.find(|line| line.contains(at));
        child.kill().unwrap();
        let status = child.wait().unwrap();
        assert!(status.code().is_none(), "`{at}`: {status}");
        said.unwrap()
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
            "passes   names       no name is one that the other region's stacks still have",
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
            "passes   stacks      an earlier start made 7 of the stacks, network among them: this one goes on with them",
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
            "nothing is made: blocked by parameters",
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

/// What stands there has the data of an earlier time: it goes on with that only where somebody says so.
#[test]
fn stacks_of_an_earlier_time_are_named_and_stop_it() {
    let project = Project::new();
    let (home, there) = (
        "  disaster_recovery_region: eu-west-1\n",
        "  region: eu-west-1\n  disaster_recovery_region: eu-central-1\n",
    );
    project.edit(home, there);
    project
        .run("deploy --env prod --stack network --stack database --yes")
        .expect(0, &[]);
    project.edit(there, home);
    let looked = format!("{REBUILD} --dry-run");
    project.run(&looked).expect(
        3,
        &[
            "blocks   stacks      there are stacks of an earlier time, with the data of then: ",
            "storefront-prod-database (made 20",
            "nothing is made: blocked by stacks\n",
        ],
    );
    project
        .run(&format!("{looked} --despite stacks"))
        .expect(0, &["database/Instance is there, and began empty"]);
}

const BACK: &str = "rebuild --env prod --back --yes";

/// The value that prod's parameter has at home: the day before gives it.
const CERTIFICATE: &str = "--parameter CertificateArn=arn:aws:acm:eu-central-1:111122223333:certificate/5d0c1a7e-6c1b-4b7e-9d4e-3f2a1b0c9d8e";

/// As what is printed says: protections off, deployed, taken down.
fn takes_home_down(project: &Project) {
    let file = project.0.path().join("environments/prod.yaml");
    let written = fs::read_to_string(&file).unwrap();
    let mut off = written.clone();
    for protection in [
        "termination_protection",
        "release_only",
        "deletion_protection",
    ] {
        off = off.replace(
            &format!("{protection}: true"),
            &format!("{protection}: false"),
        );
    }
    fs::write(&file, off).unwrap();
    project.run("deploy --env prod --yes").expect(0, &[]);
    let refused = project.run("destroy --env prod --yes").expect(3, &[]);
    let flags = refused
        .stderr
        .lines()
        .find(|line| line.starts_with("    --allow"));
    let destroy = format!("destroy --env prod --yes {}", flags.unwrap().trim());
    project.run(&destroy).expect(0, &["deleted in"]);
    fs::write(&file, written).unwrap();
}

#[test]
fn home_again_with_the_data_of_now() {
    let project = Project::new();
    project.run(REBUILD).expect(0, &[]);
    // Everything stands at home: nothing is made, and what has to go first is said with the value that goes with it.
    let blocked = project.run(BACK).expect(
        3,
        &[
            "blocks   home        the stacks of before are in eu-central-1: storefront-prod-network, ",
            "before prod comes back to eu-central-1\n  1. see that nothing uses its stacks there",
            "nothing is made: blocked by home",
        ],
    );
    let again = format!("rebuild --env prod --back {CERTIFICATE}\n");
    assert!(blocked.stdout.contains(&again), "{}", blocked.stdout);
    takes_home_down(&project);
    // Values for the other region are none for this one.
    project.run(BACK).expect(
        3,
        &[
            "without a value there: `CertificateArn` of services",
            "`settings.recovery.parameters` is for eu-west-1",
        ],
    );
    let back = format!("{BACK} {CERTIFICATE}");
    let looked = project.run(&format!("{back} --dry-run"));
    let looked = looked.expect(
        0,
        &["passes   home        no stack of before is in eu-central-1"],
    );
    assert!(!looked.stderr.contains("is taken"), "{}", looked.stderr);
    // Killed before it made anything, it takes another snapshot: what was written in between is not lost.
    let killed = project.killed_at(&back, "is taken and copied");
    let home = project.run(&back).expect(
        0,
        &[
            "what is written after ",
            "database/Instance's snapshot",
            "prod is in eu-central-1, rebuilt from eu-west-1",
            "what was written in eu-west-1 later is not in it",
            "is part of the stacks now: backup/Vault, registry/ApiRepository, registry/WorkerRepository",
        ],
    );
    let word = |text: &str| {
        let mut words = text.split([' ', '(', ')']);
        words
            .find(|word| word.starts_with("storefront-prod-database-back-"))
            .unwrap()
            .to_owned()
    };
    let snapshot = word(&home.stdout);
    assert_ne!(snapshot, word(&killed));
    // Started again, it stays what it is, and says that it is no newer.
    project.run(&back).expect(
        0,
        &[
            &format!("database/Instance is there, from the snapshot {snapshot}"),
            "what was written in eu-west-1 since then is not in it",
            "home        eu-central-1 has 7 of the stacks from an earlier start",
            "nothing to deploy in 7 stacks",
        ],
    );
    project
        .run("deploy --env prod --yes")
        .expect(0, &["database  unchanged"]);
    // What was left stands as it did.
    project.edit(
        "  disaster_recovery_region: eu-west-1\n",
        "  region: eu-west-1\n  disaster_recovery_region: eu-central-1\n",
    );
    project
        .run("status --env prod")
        .expect(0, &["database  storefront-prod-database  well"]);
}

#[test]
fn nobody_comes_back_from_where_nothing_was_rebuilt() {
    let project = Project::new();
    project.run(BACK).expect(
        3,
        &["no stack in eu-west-1 says that it was rebuilt from eu-central-1"],
    );
    project
        .run("rebuild --env prod --back --region eu-west-1")
        .expect(2, &["cannot be used with"]);
    project
        .run("rebuild --env dev --back")
        .expect(2, &["where `dev` comes back from is not known"]);
    // The file names the region that it lives in now: it would come back to where it is.
    project.run(REBUILD).expect(0, &[]);
    project.edit(
        "  disaster_recovery_region: eu-west-1\n",
        "  region: eu-west-1\n  disaster_recovery_region: eu-central-1\n",
    );
    project
        .run("deploy --env prod --yes")
        .expect(0, &["database  unchanged"]);
    project.run(BACK).expect(
        3,
        &["no stack in eu-central-1 says that it was rebuilt from eu-west-1"],
    );
    // Deployed since, it still says where it was rebuilt from.
    project.edit(
        "  region: eu-west-1\n  disaster_recovery_region: eu-central-1\n",
        "  disaster_recovery_region: eu-west-1\n",
    );
    project
        .run(BACK)
        .expect(3, &["the stacks of before are in eu-central-1"]);
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
    // Values are written for `disaster_recovery_region`, and are none for a third one.
    project
        .run("rebuild --env prod --region eu-west-3 --dry-run")
        .expect(3, &["without a value there: `CertificateArn` of services"]);
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
