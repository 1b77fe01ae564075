//! Programs of others that answer as AWS does.

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// moto's server with nothing in it. It ends with the value.
#[derive(Debug)]
pub struct Moto(Server);

impl Moto {
    /// Starts the server that `STRATIFORM_MOTO_SERVER` names, and waits until it listens.
    ///
    /// # Panics
    /// There is none, or it does not start within a minute.
    pub fn start() -> Moto {
        Moto(Server::start(
            "STRATIFORM_MOTO_SERVER",
            |command, address| {
                let port = address.port().to_string();
                command.args(["-H", "127.0.0.1", "-p", &port]);
            },
        ))
    }

    /// What clients are told: `AWS_ENDPOINT_URL`.
    pub fn url(&self) -> &str {
        &self.0.url
    }
}

/// ministack with nothing in it. It ends with the value.
#[derive(Debug)]
pub struct Ministack(Server);

impl Ministack {
    /// Starts the server that `STRATIFORM_MINISTACK` names, and waits until it listens.
    ///
    /// # Panics
    /// There is none, or it does not start within a minute.
    pub fn start() -> Ministack {
        Ministack(Server::start("STRATIFORM_MINISTACK", |command, address| {
            let port = address.port().to_string();
            command.envs([("BIND_HOST", "127.0.0.1"), ("GATEWAY_PORT", &port)]);
        }))
    }

    /// What clients are told: `AWS_ENDPOINT_URL`.
    pub fn url(&self) -> &str {
        &self.0.url
    }
}

#[derive(Debug)]
struct Server {
    process: Child,
    url: String,
}

impl Server {
    /// Starts the program that a variable names, and waits until it listens.
    fn start(variable: &str, listen_at: impl Fn(&mut Command, SocketAddr)) -> Server {
        let program = std::env::var_os(variable)
            .unwrap_or_else(|| panic!("{variable} is set by `cargo xtask ci`"));
        let free = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
        let address = free.expect("a port is free");
        let mut command = Command::new(program);
        command.stdout(Stdio::null()).stderr(Stdio::null());
        listen_at(&mut command, address);
        let mut server = Server {
            process: command.spawn().expect("it starts"),
            url: format!("http://{address}"),
        };
        let started = Instant::now();
        while TcpStream::connect(address).is_err() {
            let ended = server.process.try_wait().expect("it can be waited for");
            assert_eq!(ended, None, "it ended");
            assert!(
                started.elapsed() < Duration::from_secs(60),
                "it does not start"
            );
            sleep(Duration::from_millis(20));
        }
        server
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
