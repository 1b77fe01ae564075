//! HTTP in front of the engine: what AWS's clients speak, and a clock and a file for a state machine that has neither.
//!
//! What lives here: AWS's protocols, connections and their limits, real time made simulated, and the state's file. One
//! port answers for all services, regions and accounts. What does not: what any operation does (`engine`), and the
//! command line.
//!
//! ```
//! use stratiform_endpoint::{Endpoint, Options};
//!
//! let running = Endpoint::start(Options::default())?;
//! assert!(running.url().starts_with("http://127.0.0.1:"));
//! # Ok::<(), stratiform_endpoint::Error>(())
//! ```
//!
//! A call must have a signature in form: its access key says the account ([`DEFAULT_ACCOUNT`] where it is no account's
//! twelve digits), its scope region and service. Its value is never checked: whoever reaches the port may do everything.
//! `control` has what is no service of AWS, for tests.

mod base64;
mod caller;
mod control;
mod direct;
mod error;
mod form;
mod handler;
mod keeper;
mod options;
mod protocol;
mod reply;
mod server;
mod torn;
mod trouble;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::thread::JoinHandle;

use tokio::sync::watch;

pub use caller::DEFAULT_ACCOUNT;
pub use direct::Direct;
pub use error::Error;
pub use options::{Listener, NoSpeed, Notice, Options, Speed};
pub use stratiform_engine::{Action, Delivery, Fault, State, expected_millis};

use handler::Shared;
use keeper::Keeper;

/// An engine that can be called over HTTP.
#[derive(Debug)]
pub struct Endpoint;

impl Endpoint {
    /// Reads the state, listens, and serves from threads of its own until the value is dropped.
    ///
    /// # Errors
    /// The address is taken; the state's file is in use, another's, newer or damaged.
    pub fn start(options: Options) -> Result<Running, Error> {
        let taken = |source| Error::Address {
            address: options.address,
            source,
        };
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(Error::Runtime)?;
        let listener = runtime.block_on(async { server::listen(options.address) });
        let listener = listener.map_err(taken)?;
        let address = listener.local_addr().map_err(taken)?;
        let (keeper, engine) = Keeper::start(&options, stratiform_engine::step)?;
        let shared = Shared::new(keeper.clone(), options.seed);
        let router = control::router().fallback(handler::call).with_state(shared);
        let (stop, stopped) = watch::channel(false);
        let server = std::thread::Builder::new().name("endpoint".to_owned());
        let server = server.spawn(move || {
            runtime.block_on(server::serve(listener, router, stopped));
        });
        Ok(Running {
            address,
            stop,
            keeper,
            threads: vec![server.map_err(Error::Runtime)?, engine],
        })
    }
}

/// An endpoint that serves. Dropping it ends it, with what it was asked before.
#[derive(Debug)]
pub struct Running {
    address: SocketAddr,
    stop: watch::Sender<bool>,
    keeper: Keeper,
    threads: Vec<JoinHandle<()>>,
}

impl Running {
    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What clients on this machine are told: `AWS_ENDPOINT_URL`.
    pub fn url(&self) -> String {
        let mut address = self.address;
        match address.ip() {
            IpAddr::V4(Ipv4Addr::UNSPECIFIED) => address.set_ip(Ipv4Addr::LOCALHOST.into()),
            IpAddr::V6(Ipv6Addr::UNSPECIFIED) => address.set_ip(Ipv6Addr::LOCALHOST.into()),
            _ => {}
        }
        format!("http://{address}")
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.stop.send(true);
        let mut threads = self.threads.drain(..);
        // Nothing comes in any more when the engine is told.
        let server = threads.next().map(JoinHandle::join);
        self.keeper.stop();
        let engine = threads.next().map(JoinHandle::join);
        drop((server, engine));
    }
}
