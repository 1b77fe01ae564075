//! What no client sends: every answer is in the protocol's form, and the server answers the next call.

use std::io::Write;
use std::net::{SocketAddr, TcpStream};

use crate::support::{Answer, json, query, raw, send, signed, start};

fn lives(to: SocketAddr) {
    let answer = query(to, "sts", "Action=GetCallerIdentity&Version=2011-06-15");
    assert_eq!(answer.status, 200);
}

fn refused(answer: &Answer, status: u16, code: &str) {
    let text = answer.text();
    assert_eq!(answer.status, status, "{text}");
    assert!(text.contains(code), "{code}: {text}");
    assert!(!text.contains("html"), "{text}");
}

#[test]
fn forms_that_cannot_be_read() {
    let endpoint = start();
    let to = endpoint.address();
    let deep = format!("Action=ListStacks&{}=1", vec!["a"; 100].join("."));
    let many = format!("Action=ListStacks{}", "&a=1".repeat(20_000));
    let long = format!("Action={}", "A".repeat(100_000));
    for (form, code) in [
        ("", "MissingAction"),
        ("Action=", "MissingAction"),
        ("Version=2010-05-15", "MissingAction"),
        ("Action=%zz", "MalformedInput"),
        ("Action=%ff", "MalformedInput"),
        ("Action=ListStacks&A=1&A=2", "MalformedInput"),
        ("Action=ListStacks&A=1&A.B=2", "MalformedInput"),
        ("Action=ListStacks&A..B=2", "MalformedInput"),
        (&deep, "MalformedInput"),
        (&many, "MalformedInput"),
        (&long, "InvalidAction"),
        ("Action=<script>", "InvalidAction"),
        ("Action=ListStacks&Version=1999-01-01", "InvalidAction"),
    ] {
        refused(&query(to, "cloudformation", form), 400, code);
    }
    lives(to);
}

#[test]
fn one_call_needs_a_token_and_no_signature() {
    let endpoint = start();
    let to = endpoint.address();
    let ask = |action: &str, token: &str| {
        let form = format!(
            "Version=2011-06-15&Action={action}&RoleSessionName=ci&WebIdentityToken={token}\
             &RoleArn=arn%3Aaws%3Aiam%3A%3A999988887777%3Arole%2Fdeploy"
        );
        let kind = "Content-Type: application/x-www-form-urlencoded";
        send(to, "POST /", &[kind], form.as_bytes())
    };
    let answer = ask("AssumeRoleWithWebIdentity", "e30.e30.c2ln");
    let text = answer.text();
    assert_eq!(answer.status, 200, "{text}");
    assert!(
        text.contains("<AccessKeyId>999988887777</AccessKeyId>"),
        "{text}"
    );
    for token in [
        "",
        "e30.e30",
        "e30.e30.",
        "e30.e30.c2ln.c2ln",
        "e%2030.e30.c2ln",
    ] {
        assert_eq!(
            ask("AssumeRoleWithWebIdentity", token).status,
            400,
            "{token}"
        );
    }
    let other = ask("AssumeRole", "e30.e30.c2ln");
    assert_eq!(other.status, 403, "{}", other.text());
    assert!(other.text().contains("MissingAuthenticationToken"));
}

#[test]
fn signatures_that_are_none() {
    let endpoint = start();
    let to = endpoint.address();
    let form = b"Action=ListStacks&Version=2010-05-15";
    for (signature, status, code) in [
        ("Authorization: Bearer abc", 400, "IncompleteSignature"),
        (
            "Authorization: AWS4-HMAC-SHA256",
            400,
            "IncompleteSignature",
        ),
        (
            "Authorization: AWS4-HMAC-SHA256 Credential=a/b/mars/sts/aws4_request, SignedHeaders=h, Signature=0",
            403,
            "SignatureDoesNotMatch",
        ),
        ("X-Nothing: 1", 403, "MissingAuthenticationToken"),
    ] {
        let headers = ["Content-Type: application/x-www-form-urlencoded", signature];
        refused(&send(to, "POST /", &headers, form), status, code);
    }
    lives(to);
}

#[test]
fn json_and_cbor_that_cannot_be_read() {
    let endpoint = start();
    let to = endpoint.address();
    let deep = "[".repeat(100_000);
    for body in ["{", "[]", "1", "{\"a\":}", "\u{feff}{}", &deep] {
        let answer = json(to, "ssm", "AmazonSSM.GetParameter", body);
        refused(&answer, 400, "SerializationException");
    }
    for target in ["", "GetParameter", "AmazonSSM.", "AmazonSSM.<b>"] {
        refused(
            &json(to, "ssm", target, "{}"),
            400,
            "UnknownOperationException",
        );
    }
    let headers = [&signed("monitoring"), "smithy-protocol: rpc-v2-cbor"];
    let path = "POST /service/GraniteServiceVersion20100801/operation/DescribeAlarms";
    let deep = vec![0x81; 100_000];
    let huge_map = [0xbb, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];
    let huge_text = [
        0xa1, 0x61, 0x61, 0x7b, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    ];
    for body in [
        &b"\x01"[..],
        b"\xff",
        b"\xa1",
        b"\xa1\x01\x01",
        &huge_map,
        &huge_text,
        &deep,
    ] {
        refused(
            &send(to, path, &headers, body),
            400,
            "SerializationException",
        );
    }
    let path = "POST /service/GraniteServiceVersion20100801";
    refused(
        &send(to, path, &headers, b"\xa0"),
        400,
        "UnknownOperationException",
    );
    lives(to);
}

#[test]
fn bodies_that_are_too_large_or_end_early() {
    let endpoint = start();
    let to = endpoint.address();
    let body = format!("Action=ListStacks&a={}", "a".repeat(9 << 20));
    refused(
        &query(to, "cloudformation", &body),
        413,
        "RequestEntityTooLarge",
    );
    refused(
        &json(to, "ssm", "AmazonSSM.GetParameter", &body),
        413,
        "RequestEntityTooLargeException",
    );
    let object = vec![0; (64 << 20) + 1];
    let answer = send(to, "PUT /bucket/key", &[&signed("s3")], &object);
    refused(&answer, 400, "EntityTooLarge");
    let head = "POST / HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\n";
    {
        let mut stream = TcpStream::connect(to).unwrap();
        let early = format!("{head}Content-Length: 100\r\n\r\nAction=");
        stream.write_all(early.as_bytes()).unwrap();
    }
    lives(to);
}

#[test]
fn an_xml_bomb_is_an_object_like_any_other() {
    let endpoint = start();
    let to = endpoint.address();
    let bomb = "<!DOCTYPE a [<!ENTITY b \"bb\"><!ENTITY c \"&b;&b;\">]><a>&c;</a>";
    let answer = send(
        to,
        "PUT /bucket/bomb.xml",
        &[&signed("s3")],
        bomb.as_bytes(),
    );
    assert_eq!(answer.status, 200, "{}", answer.text());
    lives(to);
}

#[test]
fn what_is_no_http() {
    let endpoint = start();
    let to = endpoint.address();
    let long = format!("GET /{} HTTP/1.1\r\n\r\n", "a".repeat(1 << 20));
    let many = format!("GET / HTTP/1.1\r\n{}\r\n", "a: b\r\n".repeat(10_000));
    for bytes in [
        &b"\0\0\0"[..],
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\na",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        long.as_bytes(),
        many.as_bytes(),
    ] {
        assert_ne!(raw(to, bytes).status, 200);
    }
    lives(to);
}

#[test]
fn slow_clients_keep_nobody_waiting() {
    let endpoint = start();
    let to = endpoint.address();
    let slow: Vec<TcpStream> = (0..200)
        .map(|_| {
            let mut stream = TcpStream::connect(to).unwrap();
            stream.write_all(b"POST / HTTP/1.1\r\nHost").unwrap();
            stream
        })
        .collect();
    lives(to);
    drop(slow);
}

#[test]
fn the_control_paths_are_for_programs_on_this_machine() {
    let endpoint = start();
    let to = endpoint.address();
    let state = "GET /_stratiform/state";
    assert_eq!(send(to, state, &[], b"").status, 200);
    assert_eq!(
        send(to, state, &["Origin: https://example.com"], b"").status,
        403
    );
    let host = b"GET /_stratiform/state HTTP/1.1\r\nHost: example.com\r\nConnection: close\r\n\r\n";
    assert_eq!(raw(to, host).status, 403);
    for (line, body, status) in [
        (
            "POST /_stratiform/fault",
            "api:GetCallerIdentity=500:times=1",
            200,
        ),
        ("POST /_stratiform/fault", "everything", 400),
        ("POST /_stratiform/advance", "60", 409),
        ("POST /_stratiform/advance", "-1", 400),
        ("POST /_stratiform/advance", "NaN", 400),
        ("GET /_stratiform/messages", "", 200),
        ("GET /_stratiform/calls", "", 200),
        ("GET /_stratiform/nothing", "", 404),
        ("DELETE /_stratiform/state", "", 404),
    ] {
        let answer = send(to, line, &[], body.as_bytes());
        assert_eq!(answer.status, status, "{line} {body}: {}", answer.text());
    }
}
