//! moto, a program of others that answers as AWS does.

use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// moto's server with nothing in it. It ends with the value.
#[derive(Debug)]
pub struct Moto {
    server: Child,
    url: String,
}

impl Moto {
    /// Starts the server that `STRATIFORM_MOTO_SERVER` names, and waits until it listens.
    ///
    /// # Panics
    /// There is none, or it does not start within a minute.
    pub fn start() -> Moto {
        let program =
            std::env::var_os("STRATIFORM_MOTO_SERVER").expect("set by `cargo xtask ci moto`");
        let free = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
        let address = free.expect("a port is free");
        let server = Command::new(program)
            .args(["-H", "127.0.0.1", "-p", &address.port().to_string()])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        let mut moto = Moto {
            server: server.expect("moto starts"),
            url: format!("http://{address}"),
        };
        let started = Instant::now();
        while TcpStream::connect(address).is_err() {
            let ended = moto.server.try_wait().expect("it can be waited for");
            assert_eq!(ended, None, "moto ended");
            assert!(
                started.elapsed() < Duration::from_secs(60),
                "moto does not start"
            );
            sleep(Duration::from_millis(20));
        }
        moto
    }

    /// What clients are told: `AWS_ENDPOINT_URL`.
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}
