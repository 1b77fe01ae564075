//! Answers that do not arrive: they keep nobody else waiting.

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use crate::support::{query, send, signed, still};
use stratiform_endpoint::{Endpoint, Options, Running};

fn start(fault: &str) -> Running {
    let faults = vec![fault.parse().unwrap()];
    Endpoint::start(still(Options {
        faults,
        ..Options::default()
    }))
    .unwrap()
}

fn asked(to: SocketAddr) -> TcpStream {
    let body = "Action=GetCallerIdentity&Version=2011-06-15";
    let request = format!(
        "POST / HTTP/1.1\r\nHost: a\r\n{}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n\
         {body}",
        signed("sts"),
        body.len()
    );
    let mut stream = TcpStream::connect(to).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    stream
}

/// Another operation is answered meanwhile.
fn others_are_answered(to: SocketAddr) {
    let answer = query(to, "cloudformation", "Action=DescribeStacks&StackName=a");
    assert_eq!(answer.status, 400, "{}", answer.text());
}

#[test]
fn a_cut_answer_says_more_than_comes() {
    let endpoint = start("api:GetCallerIdentity=cut");
    let body = b"Action=GetCallerIdentity&Version=2011-06-15";
    let headers = [
        &signed("sts"),
        "Content-Type: application/x-www-form-urlencoded",
    ];
    let answer = send(endpoint.address(), "POST /", &headers, body);
    let length: usize = answer.header("content-length").parse().unwrap();
    assert_eq!(answer.status, 200);
    assert_eq!(answer.body.len(), length / 2);
    others_are_answered(endpoint.address());
}

#[test]
fn an_answer_that_never_or_too_late_comes_keeps_nobody_waiting() {
    for fault in [
        "api:GetCallerIdentity=timeout",
        "api:GetCallerIdentity=lost",
    ] {
        let endpoint = start(fault);
        let mut stream = asked(endpoint.address());
        stream
            .set_read_timeout(Some(Duration::from_millis(300)))
            .unwrap();
        let error = stream.read(&mut [0]).unwrap_err();
        assert!(
            matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut),
            "{error}"
        );
        others_are_answered(endpoint.address());
    }
}

#[test]
fn clients_that_are_gone_leave_their_places() {
    let endpoint = start("api:GetCallerIdentity=timeout");
    // More than there are places, one batch after the other.
    for _ in 0..6 {
        let waiting: Vec<TcpStream> = (0..200).map(|_| asked(endpoint.address())).collect();
        drop(waiting);
    }
    others_are_answered(endpoint.address());
}
