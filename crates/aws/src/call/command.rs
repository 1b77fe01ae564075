//! Commands of the pipeline, run on this machine.

use std::io;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use stratiform_deploy::Reply;
use stratiform_deploy::call::NewCommand;
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::{Child, Command};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::timeout;

use crate::error::{Call as Operation, Error, FailedCall};

/// What is kept of what a command prints: its end.
const KEPT: usize = 256 << 10;

/// How long the rest of its output is waited for once it is over, and whoever it started has its outputs still.
const REST: Duration = Duration::from_secs(2);

/// Runs a command to its end, or for as long as it may take; then it and all that it started are killed. So they are where
/// nobody waits for the answer any more.
///
/// # Errors
/// It cannot be started.
pub(super) async fn run(new: &NewCommand, hidden: Option<&str>) -> Result<Reply, Error> {
    let mut argv = new.argv.iter();
    let program = argv.next().map_or("", String::as_str);
    let failed = |error: io::Error| {
        Error::Unanswered(FailedCall {
            call: Operation::new("running", program),
            code: None,
            message: error.to_string(),
            request_id: None,
        })
    };
    let mut command = Command::new(program);
    command
        .args(argv)
        .envs(&new.variables)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    if !new.folder.as_os_str().is_empty() {
        command.current_dir(&new.folder);
    }
    if let Some(variable) = hidden {
        command.env_remove(variable);
    }
    // With all that it starts it is a group of its own, which can be ended whole.
    #[cfg(unix)]
    command.process_group(0);
    let mut child = command.spawn().map_err(failed)?;
    let _group = Group::of(&child);
    let (sender, mut printed) = unbounded_channel();
    if let Some(output) = child.stdout.take() {
        tokio::spawn(read(output, sender.clone()));
    }
    if let Some(output) = child.stderr.take() {
        tokio::spawn(read(output, sender));
    }
    let mut kept = Vec::new();
    let patience = Duration::from_millis(new.patience);
    let ended = timeout(patience, ended(&mut child, &mut printed, &mut kept)).await;
    let (status, is_late) = match ended {
        Ok(status) => (Some(status.map_err(failed)?), false),
        Err(_) => (None, true),
    };
    let rest = async {
        while let Some(part) = printed.recv().await {
            keep(&mut kept, &part);
        }
    };
    let _ = timeout(REST, rest).await;
    Ok(Reply::Command {
        exit: status.and_then(|status| status.code()),
        is_late,
        printed: lines(&kept),
    })
}

/// Waits for the end, and takes in what is printed until then.
async fn ended(
    child: &mut Child,
    printed: &mut UnboundedReceiver<Vec<u8>>,
    kept: &mut Vec<u8>,
) -> io::Result<ExitStatus> {
    loop {
        tokio::select! {
            status = child.wait() => return status,
            Some(part) = printed.recv() => keep(kept, &part),
        }
    }
}

/// Hands on what is printed, as long as somebody takes it.
async fn read(mut output: impl AsyncRead + Unpin, sender: UnboundedSender<Vec<u8>>) {
    let mut part = vec![0; 8 << 10];
    while let Ok(count) = output.read(&mut part).await {
        let part = part.get(..count).unwrap_or_default();
        if part.is_empty() || sender.send(part.to_vec()).is_err() {
            return;
        }
    }
}

fn keep(kept: &mut Vec<u8>, part: &[u8]) {
    kept.extend_from_slice(part);
    if kept.len() > 2 * KEPT {
        kept.drain(..kept.len() - KEPT);
    }
}

fn lines(kept: &[u8]) -> Vec<String> {
    let from = kept.len().saturating_sub(KEPT);
    let text = String::from_utf8_lossy(kept.get(from..).unwrap_or_default());
    text.lines()
        .map(|line| line.trim_end().to_owned())
        .collect()
}

/// A command and all that it started. What is left of it ends with it.
struct Group(#[cfg(unix)] Option<rustix::process::Pid>);

impl Group {
    #[cfg(unix)]
    fn of(child: &Child) -> Group {
        let id = child.id().and_then(|id| i32::try_from(id).ok());
        Group(id.and_then(rustix::process::Pid::from_raw))
    }

    #[cfg(not(unix))]
    fn of(_: &Child) -> Group {
        Group()
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        #[cfg(unix)]
        if let Some(group) = self.0 {
            // Where nothing is left of it, there is nothing to end.
            let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::time::{Duration, Instant};

    use stratiform_deploy::Reply;
    use stratiform_deploy::call::NewCommand;

    use super::run;

    fn shell(script: &str, patience: u64) -> NewCommand {
        NewCommand {
            argv: ["/bin/sh", "-c", script].map(str::to_owned).to_vec(),
            folder: std::env::temp_dir(),
            variables: [("STRATIFORM_ENV".to_owned(), "dev".to_owned())].into(),
            patience,
        }
    }

    #[tokio::test]
    async fn a_command_says_how_it_ended_and_what_it_printed() {
        let script = "echo one $STRATIFORM_ENV; echo two >&2; exit 3";
        let Ok(Reply::Command {
            exit,
            is_late,
            mut printed,
        }) = run(&shell(script, 60_000), None).await
        else {
            panic!("it was not run");
        };
        printed.sort();
        assert_eq!((exit, is_late), (Some(3), false));
        assert_eq!(printed, ["one dev", "two"]);
        let nobody = NewCommand {
            argv: vec!["nobody-has-this".to_owned()],
            ..shell("", 1)
        };
        let error = run(&nobody, None).await.unwrap_err();
        assert!(error.to_string().contains("nobody-has-this"), "{error}");
    }

    /// Whoever has a pipe open is alive: its reader comes to the end where all that was started is gone.
    #[tokio::test]
    async fn what_takes_too_long_ends_with_all_that_it_started() {
        let name = format!("stratiform-{}-pipe", std::process::id());
        let pipe = std::env::temp_dir().join(name);
        let made = std::process::Command::new("mkfifo").arg(&pipe).status();
        assert!(made.unwrap().success());
        let path = pipe.display();
        let script = format!("exec 3> '{path}'; (sleep 60; echo late >&3) & echo begun; sleep 120");
        let said = std::thread::spawn(move || {
            let said = std::fs::read_to_string(&pipe).unwrap();
            std::fs::remove_file(pipe).unwrap();
            said
        });
        let Ok(Reply::Command {
            exit,
            is_late,
            printed,
        }) = run(&shell(&script, 3_000), None).await
        else {
            panic!("it was not run");
        };
        assert_eq!(
            (exit, is_late, printed),
            (None, true, vec!["begun".to_owned()])
        );
        assert_eq!(said.join().unwrap(), "", "its child went on");
    }

    #[tokio::test]
    async fn a_child_that_keeps_the_output_open_is_not_waited_for() {
        let began = Instant::now();
        let answer = run(&shell("sleep 600 & echo done", 600_000), None).await;
        let is_done = matches!(answer, Ok(Reply::Command { exit: Some(0), .. }));
        assert!(is_done && began.elapsed() < Duration::from_secs(300));
    }

    #[tokio::test]
    async fn a_command_does_not_see_the_address_that_is_secret() {
        let all = shell("env", 60_000);
        let shown = |answer: Result<Reply, _>| match answer {
            Ok(Reply::Command { printed, .. }) => printed.join("\n"),
            other => panic!("{other:?}"),
        };
        let name = "CARGO_MANIFEST_DIR";
        assert!(shown(run(&all, None).await).contains(name));
        assert!(!shown(run(&all, Some(name)).await).contains(name));
    }
}
