//! An example of a service, as small as one can be that a load balancer finds healthy: it answers `GET /healthz`, and
//! says at `GET /` which environment it is in.
//!
//! What lives here: enough to show how an image is built, scanned, pushed and deployed by its digest. What does not: a
//! web server. Whoever writes a real one takes a library.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::process::ExitCode;
use std::thread;
use std::time::Duration;

/// How long a client may take for its request, and for reading the answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// The most that is read of a request.
const LIMIT: u64 = 8 * 1024;

/// What the container is told in its variables.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Configuration {
    port: u16,
    environment: String,
    log: Log,
}

/// What is written to the log?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Log {
    /// What was started.
    Info,
    /// Every request, too.
    Debug,
}

impl Configuration {
    /// Reads the variables `PORT`, `ENVIRONMENT` and `LOG_LEVEL`; each has a default.
    fn read(variable: impl Fn(&str) -> Option<String>) -> Result<Self, String> {
        let port = variable("PORT").unwrap_or_else(|| "8080".to_owned());
        let log = variable("LOG_LEVEL").unwrap_or_else(|| "info".to_owned());
        Ok(Configuration {
            port: port
                .parse()
                .map_err(|_| format!("PORT is `{port}`, and no port: write one such as 8080"))?,
            environment: variable("ENVIRONMENT").unwrap_or_else(|| "local".to_owned()),
            log: match log.as_str() {
                "info" => Log::Info,
                "debug" => Log::Debug,
                _ => return Err(format!("LOG_LEVEL is `{log}`: write `info` or `debug`")),
            },
        })
    }
}

fn main() -> ExitCode {
    let configuration = Configuration::read(|name| std::env::var(name).ok());
    match configuration.and_then(listen) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}

/// Answers requests until the process ends, each on a thread of its own.
fn listen(configuration: Configuration) -> Result<(), String> {
    let port = configuration.port;
    let listener = TcpListener::bind((Ipv4Addr::UNSPECIFIED, port))
        .map_err(|error| format!("cannot listen on port {port}: {error}"))?;
    println!("{} answers on port {port}", configuration.environment);
    for stream in listener.incoming() {
        let configuration = configuration.clone();
        match stream {
            Ok(stream) => {
                thread::spawn(move || {
                    // Whoever hangs up gets no answer.
                    let _ = serve(stream, &configuration);
                });
            }
            Err(error) => eprintln!("a connection failed: {error}"),
        }
    }
    Ok(())
}

/// Answers one request.
fn serve(mut stream: TcpStream, configuration: &Configuration) -> io::Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let mut lines = BufReader::new((&stream).take(LIMIT)).lines();
    let request = lines.next().transpose()?.unwrap_or_default();
    // The head is read to its end: a client whose words are not read may not read ours.
    for line in lines {
        if line?.is_empty() {
            break;
        }
    }
    let answer = answer(&request, configuration);
    if configuration.log == Log::Debug {
        println!("{request:?}: {}", answer.status);
    }
    stream.write_all(answer.text().as_bytes())
}

/// An answer.
#[derive(Debug, PartialEq, Eq)]
struct Answer {
    status: &'static str,
    body: String,
}

impl Answer {
    fn text(&self) -> String {
        let Answer { status, body } = self;
        let length = body.len();
        format!(
            "HTTP/1.1 {status}\r\nContent-Type: text/plain\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
        )
    }
}

/// What is answered to a request's first line.
fn answer(request: &str, configuration: &Configuration) -> Answer {
    let mut words = request.split(' ');
    let (method, path, version) = (words.next(), words.next(), words.next());
    let path = path.map(|path| path.split('?').next().unwrap_or_default());
    let (status, body) = match (method, path, version) {
        (Some("GET"), Some("/healthz"), Some(_)) => ("200 OK", "ok\n".to_owned()),
        (Some("GET"), Some("/"), Some(_)) => (
            "200 OK",
            format!("storefront in {}\n", configuration.environment),
        ),
        (Some("GET"), Some(_), Some(_)) => ("404 Not Found", "not found\n".to_owned()),
        (Some(_), Some(_), Some(_)) => ("405 Method Not Allowed", "only GET\n".to_owned()),
        _ => ("400 Bad Request", "no request\n".to_owned()),
    };
    Answer { status, body }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn configuration(variables: &[(&str, &str)]) -> Result<Configuration, String> {
        Configuration::read(|name| {
            let mut variables = variables.iter();
            let found = variables.find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn variables_have_defaults_and_mistakes_are_told() {
        let default = configuration(&[]).unwrap();
        assert_eq!((default.port, default.log), (8080, Log::Info));
        let given = configuration(&[
            ("PORT", "9000"),
            ("LOG_LEVEL", "debug"),
            ("ENVIRONMENT", "dev"),
        ]);
        let expected = Configuration {
            port: 9000,
            environment: "dev".to_owned(),
            log: Log::Debug,
        };
        assert_eq!(given, Ok(expected));
        for (name, value) in [("PORT", "http"), ("PORT", "70000"), ("LOG_LEVEL", "loud")] {
            let why = configuration(&[(name, value)]).unwrap_err();
            assert!(why.contains(name) && why.contains(value), "{why}");
        }
    }

    #[test]
    fn requests_and_answers() {
        let configuration = configuration(&[("ENVIRONMENT", "dev")]).unwrap();
        let cases = [
            ("GET /healthz HTTP/1.1", "200 OK", "ok\n"),
            ("GET /healthz?x=1 HTTP/1.1", "200 OK", "ok\n"),
            ("GET / HTTP/1.1", "200 OK", "storefront in dev\n"),
            ("GET /healthz/ HTTP/1.1", "404 Not Found", "not found\n"),
            (
                "POST /healthz HTTP/1.1",
                "405 Method Not Allowed",
                "only GET\n",
            ),
            ("GET /healthz", "400 Bad Request", "no request\n"),
            ("", "400 Bad Request", "no request\n"),
        ];
        for (request, status, body) in cases {
            let expected = Answer {
                status,
                body: body.to_owned(),
            };
            assert_eq!(answer(request, &configuration), expected, "{request}");
        }
    }

    #[test]
    fn over_a_connection() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let served = thread::spawn(move || {
            let (stream, _) = listener.accept().unwrap();
            serve(stream, &configuration(&[]).unwrap()).unwrap();
        });
        let mut client = TcpStream::connect(address).unwrap();
        client
            .write_all(b"GET /healthz HTTP/1.1\r\nHost: api\r\n\r\n")
            .unwrap();
        let mut text = String::new();
        client.read_to_string(&mut text).unwrap();
        served.join().unwrap();
        assert!(text.starts_with("HTTP/1.1 200 OK\r\n"), "{text}");
        assert!(text.ends_with("\r\n\r\nok\n"), "{text}");
    }
}
