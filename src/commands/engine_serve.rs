//! `engine serve`: an embedded CloudFormation that AWS's clients can call.

use std::net::SocketAddr;

use stratiform_endpoint::{Endpoint, Error, Listener, Options};
use stratiform_finding::Code;
use tokio::sync::mpsc::unbounded_channel;

use crate::args::Serve;
use crate::exit::Exit;
use crate::report::Failure;
use crate::view::{Answer, Event, View};

/// Serves until Ctrl-C, or until the process is told to end.
pub(crate) fn run(serve: &Serve, view: &mut dyn View) -> Result<Answer, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let runtime = runtime.map_err(|error| failure(&Error::Runtime(error)))?;
    // First of all, so that no signal ends the process before the state is whole.
    let end = runtime.block_on(async { signals() });
    let end = end.map_err(|error| failure(&Error::Runtime(error)))?;
    let (notices, mut noticed) = unbounded_channel();
    let options = Options {
        address: SocketAddr::new(serve.host, serve.port),
        state: serve.state.clone(),
        speed: serve.speed,
        start: None,
        faults: serve.fault.clone(),
        seed: serve.seed,
        listener: Listener::new(move |notice| {
            // Nobody listens any more when the command ends.
            let _ = notices.send(notice);
        }),
    };
    let running = Endpoint::start(options).map_err(|error| failure(&error))?;
    view.event(&Event::Serving { url: running.url() });
    if !serve.host.is_loopback() {
        let text = format!(
            "listening on {}: whoever reaches it can do everything in this engine, and read all that is in it; a \
             signature has to be there, but nobody checks its value",
            running.address()
        );
        view.event(&Event::Notice { text });
    }
    let mut end = std::pin::pin!(end);
    runtime.block_on(async {
        loop {
            tokio::select! {
                () = &mut end => break,
                notice = noticed.recv() => if let Some(notice) = notice {
                    view.event(&Event::Notice { text: notice.to_string() });
                },
            }
        }
    });
    drop(running);
    Ok(Answer::of(String::new()))
}

/// Waits for Ctrl-C or what `kill` sends.
#[cfg(unix)]
fn signals() -> std::io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// Waits for Ctrl-C.
#[cfg(not(unix))]
fn signals() -> std::io::Result<impl Future<Output = ()>> {
    Ok(async {
        let _ = tokio::signal::ctrl_c().await;
    })
}

fn failure(error: &Error) -> Failure {
    let code = match error {
        Error::Address { .. } | Error::Runtime(_) => Code::Runtime,
        Error::Locked { .. }
        | Error::Foreign { .. }
        | Error::Newer { .. }
        | Error::Damaged { .. }
        | Error::File { .. } => Code::File,
    };
    Failure::new(Exit::Failed, code, error.to_string(), error.help())
}
