//! The commands of an environment, as its file has them, looked for on this machine.

use std::ffi::OsStr;
use std::path::Path;

use stratiform_environment::{Command, Loaded, Path as Written, Text as _, Violation};
use stratiform_finding::{Code, Finding};

/// A command that cannot run here.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Absent {
    /// Its name.
    pub name: String,
    /// Whether another machine may have its program.
    pub may_be_elsewhere: bool,
    /// What is missing, and where that stands.
    pub finding: Finding,
}

/// The commands of an environment that cannot run here; programs without a folder are looked for in these.
pub(crate) fn absent(root: &Path, loaded: &Loaded, folders: Option<&OsStr>) -> Vec<Absent> {
    let commands = loaded.environment.settings().deployment.commands.iter();
    let absent = commands.enumerate().filter_map(|(index, command)| {
        let (may_be_elsewhere, violation) = missing(root, index, command, folders)?;
        Some(Absent {
            name: command.name.as_str().to_owned(),
            may_be_elsewhere,
            finding: Finding {
                code: Code::ReleaseTask,
                ..loaded.refused(violation)
            },
        })
    });
    absent.collect()
}

fn missing(
    root: &Path,
    index: usize,
    command: &Command,
    folders: Option<&OsStr>,
) -> Option<(bool, Violation)> {
    let written = Written::from("settings.deployment.commands").position(index);
    let name = &command.name;
    let folder = command.folder.as_ref().map_or("", |folder| folder.as_str());
    let below = root.join(folder);
    if !below.is_dir() {
        let violation = Violation::new(
            written.key("folder"),
            format!("the command `{name}` runs in `{folder}`, which is no folder"),
            "it would be found out once all is deployed",
            "write a folder below the project's, or leave it out",
        );
        return Some((false, violation));
    }
    let program = command.command.first()?;
    // As the system does it: a name without a folder is looked for, all else is taken from where the command runs.
    let is_name = !program.contains('/');
    let is_there = match is_name {
        true => folders.is_some_and(|folders| {
            let mut folders = std::env::split_paths(folders);
            folders.any(|folder| is_program(&below.join(folder).join(program)))
        }),
        false => is_program(&below.join(program)),
    };
    if is_there {
        return None;
    }
    let (why, help) = match is_name {
        true => (
            "it is in no folder of PATH".to_owned(),
            "install it where the deployment runs, or correct its name",
        ),
        false => (
            format!(
                "`{}` is no program",
                Path::new(folder).join(program).display()
            ),
            "correct it, or make it executable: `chmod +x`",
        ),
    };
    let what = format!("the program `{program}` of the command `{name}` is not there");
    let place = written.key("command").position(0);
    Some((is_name, Violation::new(place, what, why, help)))
}

#[cfg(unix)]
fn is_program(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::metadata(path)
        .is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0)
}

/// Elsewhere a program may be found under another name: it has an ending.
#[cfg(not(unix))]
fn is_program(path: &Path) -> bool {
    path.parent().is_some_and(Path::is_dir)
}
