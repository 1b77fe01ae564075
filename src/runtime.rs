//! Waiting for AWS: one runtime for a whole command, which Ctrl-C ends.

use std::future::Future;

use stratiform_finding::Code;

use crate::exit::Exit;
use crate::report::Failure;

/// Waits for an answer, or for Ctrl-C: [`all_of`] a command that has nothing to do after that.
///
/// # Errors
/// What the future says; that waiting cannot be started; that it was interrupted.
pub(crate) fn block_on<T>(future: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    all_of(or_interrupted(future))
}

/// Waits for an answer. Ctrl-C is the future's own business, where it listens for it.
///
/// # Errors
/// What the future says; that waiting cannot be started.
pub(crate) fn all_of<T>(future: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let runtime = runtime.map_err(|error| {
        let what = format!("cannot start waiting for AWS: {error}");
        Failure::new(
            Exit::Failed,
            Code::Runtime,
            what,
            "check the limits of this process",
        )
    })?;
    runtime.block_on(future)
}

/// An answer, or that Ctrl-C came. The signal is listened for only while something is waited for: the work between two
/// waits ends by it as any program does.
///
/// # Errors
/// What the future says; that it was interrupted.
pub(crate) async fn or_interrupted<T>(
    future: impl Future<Output = Result<T, Failure>>,
) -> Result<T, Failure> {
    tokio::select! {
        // Listened for before anything is asked: the first poll is what begins it.
        biased;
        signal = tokio::signal::ctrl_c() => Err(interrupted(signal)),
        answer = future => answer,
    }
}

fn interrupted(signal: std::io::Result<()>) -> Failure {
    match signal {
        Ok(()) => Failure::new(
            Exit::Failed,
            Code::Interrupted,
            "interrupted while waiting for AWS",
            "nothing was changed; run the command again",
        ),
        Err(error) => Failure::new(
            Exit::Failed,
            Code::Runtime,
            format!("cannot listen for Ctrl-C: {error}"),
            "check the limits of this process",
        ),
    }
}
