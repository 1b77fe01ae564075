//! `runbook`: every command that it prints is run here, in the situation that it is for.
//!
//! A section of the page is a situation: [`Site`] makes it, and [`expected`] says how each of its commands ends there.

use crate::engine::Engine;
use crate::running::{Ran, edit, of_dev, ran, release, shop};
use crate::support::Project;

const IMAGES: &str = "--yes --image api=shop/api:1 --image worker=shop/worker:1";

/// The shop with all that a runbook can say, as the release `v1`.
fn project() -> Project {
    let project = shop();
    edit(
        &project,
        "environments/dev.yaml",
        "settings:\n",
        "backup_days: 7\nsettings:\n  disaster_recovery_region: eu-west-1\n  \
         recovery: { rpo_minutes: 1440, rto_minutes: 120 }\n  \
         contacts:\n    - { name: on call, reach: \"#shop-alarms | +49 30 1234\" }\n",
    );
    edit(
        &project,
        "environments/defaults.yaml",
        "  backup_retention_days: 7\n",
        "  backup_retention_days: 7\n  restorable: true\n",
    );
    crate::running::git(&project, "init --quiet --initial-branch main .");
    project.write(".gitignore", "/.stratiform\n");
    release(&project, "v1");
    project
}

fn runbook(project: &Project, words: &str) -> Ran {
    ran(of_dev(project, "runbook", words))
}

/// The sections with a command, each with its commands in order.
fn sections(page: &str) -> Vec<(String, Vec<String>)> {
    let mut found: Vec<(String, Vec<String>)> = Vec::new();
    let mut title = String::new();
    for line in page.lines() {
        if let Some(next) = line.strip_prefix("## ") {
            title = next.to_owned();
        }
        let Some(command) = line.strip_prefix("$ stratiform ") else {
            assert!(
                !line.starts_with('$'),
                "a command of another program: {line}"
            );
            continue;
        };
        match found.last_mut().filter(|(known, _)| *known == title) {
            Some((_, commands)) => commands.push(command.to_owned()),
            None => found.push((title.clone(), vec![command.to_owned()])),
        }
    }
    found
}

/// A project, and the engine that its commands reach.
struct Site {
    project: Project,
    /// None where it is the one of `--local`, for which a release has its images.
    engine: Option<Engine>,
}

impl Site {
    /// The environment in the situation of a section.
    fn of(section: &str) -> Site {
        let is_local = section == "A release is bad";
        let site = Site {
            project: project(),
            engine: (!is_local).then(Engine::start),
        };
        match &site.engine {
            Some(engine) => engine.deploy(&site.project, IMAGES).expect(0, &[]),
            None => site.run("deploy --env dev --yes").expect(0, &[]),
        };
        site.prepare(section);
        site
    }

    fn prepare(&self, section: &str) {
        let change = || {
            edit(
                &self.project,
                "environments/defaults.yaml",
                "retention_days: 14",
                "retention_days: 30",
            );
            release(&self.project, "v2");
            self.run("deploy --env dev --yes")
        };
        match (section, &self.engine) {
            ("A deployment failed", Some(engine)) => {
                engine.fault("update:shop-dev-network/FlowLogs:times=1");
                change().expect(4, &[]);
            }
            ("A stack is stuck", Some(engine)) => {
                engine.fault("update:shop-dev-network/FlowLogs:times=2");
                change().expect(5, &[]);
            }
            ("A release is bad", None) => {
                change().expect(0, &[]);
            }
            ("A database must be restored" | "The region is lost", Some(engine)) => {
                crate::backups::make_vault(engine);
                crate::backups::back_up(engine);
            }
            ("A port was opened by hand", Some(engine)) => crate::drift::open_port(engine, 22),
            (section, _) => panic!("no situation for `{section}`"),
        }
    }

    /// Runs a command as the page prints it.
    fn run(&self, command: &str) -> Ran {
        let mut process = with_git(self.project.command([]));
        process.args(command.split(' '));
        ran(match &self.engine {
            Some(engine) => engine.beside(process),
            None => {
                process.arg("--local");
                process
            }
        })
    }
}

/// How a command of a section ends there, and what it is given where a person would type or choose.
fn expected(section: &str, command: &str) -> Option<(&'static [i32], String)> {
    let verb = command.split(' ').next().unwrap_or_default();
    let command = command
        .replace("TAG", "v1")
        .replace("STACK/ID", "network/FlowLogs");
    Some(match (section, verb) {
        // They say how it is: well or not, and never that they could not look.
        (_, "status") => (&[0, 3, 5], command),
        (_, "guard") => (&[0, 3], command),
        (_, "history") => (&[0], command),
        (_, "drift") if command.contains("--revert") => (&[0], format!("{command} --yes")),
        (_, "drift") => (&[0, 3], command),
        // Somebody says yes.
        (_, "deploy" | "rollback") => (&[0], format!("{command} --yes")),
        (_, "backup") => (&[0], command),
        // Nobody has copied the images there.
        ("The region is lost", "rebuild") => (&[0], format!("{command} {IMAGES}")),
        // With `--local` there is a snapshot whose name is known, in an engine of its own.
        (_, "rebuild") => {
            let command = command.replace("SNAPSHOT", "shop-dev-rehearsal");
            (&[0], format!("{command} --local --yes"))
        }
        _ => return None,
    })
}

/// Runs all commands of a section that are there.
fn tried(section: &str) {
    let page = runbook(&project(), "").expect(0, &[]).stdout.clone();
    let all = sections(&page);
    let (_, commands) = all.iter().find(|(title, _)| title == section).unwrap();
    let mut site = Site::of(section);
    let mut is_solved = false;
    for command in commands {
        // Another way out of the same situation.
        if command.starts_with("rollback") && std::mem::replace(&mut is_solved, true) {
            site = Site::of(section);
        }
        let (codes, command) = expected(section, command)
            .unwrap_or_else(|| panic!("nobody says how `{command}` ends"));
        let found = site.run(&command);
        assert!(
            codes.contains(&found.code),
            "`{command}` ended with {}:\n{}{}",
            found.code,
            found.stdout,
            found.stderr
        );
    }
}

#[test]
fn a_deployment_failed() {
    tried("A deployment failed");
}

#[test]
fn a_stack_is_stuck() {
    tried("A stack is stuck");
}

#[test]
fn a_release_is_bad() {
    tried("A release is bad");
}

#[test]
fn the_region_is_lost() {
    tried("The region is lost");
}

#[test]
fn a_database_must_be_restored() {
    tried("A database must be restored");
}

#[test]
fn a_port_was_opened_by_hand() {
    tried("A port was opened by hand");
}

#[test]
fn every_section_is_tried() {
    let page = runbook(&project(), "").expect(0, &[]).stdout.clone();
    let sections = sections(&page);
    let titles: Vec<&str> = sections.iter().map(|(title, _)| title.as_str()).collect();
    assert_eq!(
        titles,
        [
            "A deployment failed",
            "A stack is stuck",
            "A release is bad",
            "The region is lost",
            "A database must be restored",
            "A port was opened by hand",
        ],
        "each has a test of its own above"
    );
}

/// As [`of_dev`], of a command that has its words.
fn with_git(mut command: std::process::Command) -> std::process::Command {
    command
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("HOME", "/nowhere")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1");
    command
}

#[test]
fn the_page_is_of_the_real_environment() {
    let project = project();
    let page = runbook(&project, "").expect(0, &[]).stdout.clone();
    for words in [
        "# Runbook: shop dev\n",
        "| on call | #shop-alarms \\| +49 30 1234 |\n",
        "| `shop-dev-database` | 8 min | 5 min |\n",
        "At most 1440 minutes of data may be lost. It may take 120 minutes.",
        "$ stratiform rollback --env dev --service worker\n",
        "$ stratiform rebuild --env dev --region eu-west-1\n",
        "The databases: `database/Instance`.",
    ] {
        assert!(page.contains(words), "no `{words}` in:\n{page}");
    }
    runbook(&project, "--out books").expect(0, &["written: `books/runbook-dev.md`"]);
    assert_eq!(project.read("books/runbook-dev.md"), page);
    // What is not there is said, and no command leads to it.
    let staging = ran(with_git(project.command(["runbook", "--env", "staging"])));
    assert!(
        staging.stdout.contains("Nobody is written down"),
        "{}",
        staging.stdout
    );
    assert!(
        staging.stdout.contains("Nothing is prepared"),
        "{}",
        staging.stdout
    );
    assert!(!staging.stdout.contains("rebuild"), "{}", staging.stdout);
}
