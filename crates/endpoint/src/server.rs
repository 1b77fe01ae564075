//! Connections: accepted, bounded in number and time, and ended in order.
//!
//! What lives here: sockets. What does not: what is said on them (`handler`).
//!
//! `axum::serve` sets no time limits and no number of connections, so that this is done here, on `hyper`.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::{sleep, timeout};

use crate::handler::Peer;

/// More wait to be accepted until one ends.
const CONNECTIONS: u32 = 1024;
/// For the head of a request, and between two requests. Longer than clients wait between two polls.
const HEAD: Duration = Duration::from_secs(75);
/// For calls that are under way when the server ends.
const END: Duration = Duration::from_secs(1);

/// Listens, with as many waiting as there are places: the standard library has a tenth of that wait.
pub(crate) fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = match address {
        SocketAddr::V4(_) => TcpSocket::new_v4()?,
        SocketAddr::V6(_) => TcpSocket::new_v6()?,
    };
    // A port of a server that has just ended is free; elsewhere than on Unix it would be free while one runs.
    #[cfg(unix)]
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(CONNECTIONS)
}

/// Serves until told to stop.
pub(crate) async fn serve(listener: TcpListener, router: Router, mut stop: watch::Receiver<bool>) {
    let places = Arc::new(Semaphore::new(CONNECTIONS as usize));
    loop {
        let next = async {
            let place = Arc::clone(&places).acquire_owned().await;
            (place, listener.accept().await)
        };
        let next = tokio::select! {
            next = next => next,
            () = told(&mut stop) => break,
        };
        match next {
            (Err(_), _) => break,
            (Ok(place), Ok((stream, address))) => {
                let router = router.clone().layer(axum::Extension(Peer(address)));
                tokio::spawn(connection(stream, router, stop.clone(), place));
            }
            // Out of handles, mostly: some will be free again.
            (Ok(_), Err(_)) => sleep(Duration::from_millis(50)).await,
        }
    }
    let _ = timeout(END, places.acquire_many(CONNECTIONS)).await;
}

async fn connection(
    stream: TcpStream,
    router: Router,
    mut stop: watch::Receiver<bool>,
    place: OwnedSemaphorePermit,
) {
    let _ = stream.set_nodelay(true);
    let service = TowerToHyperService::new(router);
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD)
        .serve_connection(TokioIo::new(stream), service);
    let mut connection = std::pin::pin!(connection);
    // What a connection ends with is its client's business.
    tokio::select! {
        _ = connection.as_mut() => {}
        () = told(&mut stop) => {
            connection.as_mut().graceful_shutdown();
            let _ = connection.await;
        }
    }
    drop(place);
}

/// Waits until the server is to end, or there is nobody left to say so.
async fn told(stop: &mut watch::Receiver<bool>) {
    let _ = stop.wait_for(|stop| *stop).await;
}
