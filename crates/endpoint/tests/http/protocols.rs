//! Every protocol, byte for byte: what clients send, and what they get.

use crate::support::{Answer, json, query, send, signed, start};

/// What a snapshot shows of an answer. Its date is the machine's.
fn shown(answer: &Answer) -> String {
    let head: Vec<&str> = answer
        .head
        .lines()
        .filter(|line| !line.to_ascii_lowercase().starts_with("date: "))
        .collect();
    format!("{}\n\n{}", head.join("\n"), answer.text())
}

#[test]
fn query_is_answered_in_xml() {
    let endpoint = start();
    let answer = query(
        endpoint.address(),
        "sts",
        "Action=GetCallerIdentity&Version=2011-06-15",
    );
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), "text/xml");
    assert!(!answer.header("date").is_empty());
    let text = answer.text();
    assert!(text.starts_with(
        "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\n<GetCallerIdentityResult><"
    ));
    assert!(text.contains("<Account>123456789012</Account>"), "{text}");
    let id = answer.header("x-amzn-requestid");
    assert_eq!(id.len(), 36);
    assert!(
        text.contains(&format!("<RequestId>{id}</RequestId>")),
        "{text}"
    );
}

#[test]
fn query_goes_by_get_and_by_presigned_urls() {
    let endpoint = start();
    let to = endpoint.address();
    let get = "GET /?Action=GetCallerIdentity&Version=2011-06-15";
    assert_eq!(send(to, get, &[&signed("sts")], b"").status, 200);
    let presigned = format!(
        "{get}&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAEXAMPLE%2F20261128%2Fus-east-1%2Fsts%2Faws4_request\
         &X-Amz-SignedHeaders=host&X-Amz-Signature=0"
    );
    let answer = send(to, &presigned, &[], b"");
    assert_eq!(answer.status, 200);
    assert!(answer.text().contains("<Account>111122223333</Account>"));
}

#[test]
fn json_has_numbers_for_times() {
    let endpoint = start();
    let to = endpoint.address();
    let put = json(
        to,
        "ssm",
        "AmazonSSM.PutParameter",
        r#"{"Name":"a","Value":"<é>","Type":"String"}"#,
    );
    assert_eq!(put.status, 200, "{}", put.text());
    let got = json(to, "ssm", "AmazonSSM.GetParameter", r#"{"Name":"a"}"#);
    assert_eq!(got.header("content-type"), "application/x-amz-json-1.1");
    let body: serde_json::Value = serde_json::from_slice(&got.body).unwrap();
    assert_eq!(body["Parameter"]["Value"], "<é>");
    assert!(body["Parameter"]["LastModifiedDate"].is_number(), "{body}");
}

#[test]
fn accounts_and_regions_are_apart() {
    let endpoint = start();
    let to = endpoint.address();
    let put = json(
        to,
        "ssm",
        "AmazonSSM.PutParameter",
        r#"{"Name":"a","Value":"v","Type":"String"}"#,
    );
    assert_eq!(put.status, 200, "{}", put.text());
    let elsewhere = |credential: &str| {
        let signature = format!(
            "Authorization: AWS4-HMAC-SHA256 Credential={credential}/aws4_request, SignedHeaders=h, Signature=0"
        );
        let headers = [signature.as_str(), "X-Amz-Target: AmazonSSM.GetParameter"];
        send(to, "POST /", &headers, br#"{"Name":"a"}"#).status
    };
    assert_eq!(elsewhere("123456789012/20261128/eu-west-1/ssm"), 200);
    assert_eq!(elsewhere("123456789012/20261128/eu-west-2/ssm"), 400);
    assert_eq!(elsewhere("210987654321/20261128/eu-west-1/ssm"), 400);
}

#[test]
fn objects_go_in_and_out_as_they_are() {
    let endpoint = start();
    let to = endpoint.address();
    let signature = signed("s3");
    for (key, body) in [
        ("text", "Resources: é".as_bytes()),
        ("bytes", &[0, 255, 254, 10]),
    ] {
        let put = send(to, &format!("PUT /bucket/{key}"), &[&signature], body);
        assert_eq!(put.status, 200, "{}", put.text());
        let got = send(to, &format!("GET /bucket/{key}"), &[&signature], b"");
        assert_eq!(got.body, body, "{key}");
        let head = send(to, &format!("HEAD /bucket/{key}"), &[&signature], b"");
        assert_eq!(head.header("content-length"), body.len().to_string());
        assert!(head.body.is_empty());
    }
    let chunked = [
        &signature,
        "x-amz-content-sha256: STREAMING-UNSIGNED-PAYLOAD-TRAILER",
    ];
    let body = b"4\r\nabcd\r\n0\r\nx-amz-checksum-crc32:AA==\r\n\r\n";
    assert_eq!(send(to, "PUT /bucket/chunked", &chunked, body).status, 200);
    let host = "GET /chunked HTTP/1.1\r\nHost: bucket.localhost\r\nConnection: close\r\n";
    let got = crate::support::raw(to, format!("{host}{signature}\r\n\r\n").as_bytes());
    assert_eq!(got.text(), "abcd");
}

#[test]
fn every_protocol_has_its_own_refusal() {
    let endpoint = start();
    let to = endpoint.address();
    let cbor = [
        "smithy-protocol: rpc-v2-cbor",
        "Content-Type: application/cbor",
        &signed("monitoring"),
    ];
    let path = "POST /service/GraniteServiceVersion20100801/operation/NoSuchThing";
    for (name, answer) in [
        (
            "query",
            query(
                to,
                "cloudformation",
                "Action=NoSuchThing&Version=2010-05-15",
            ),
        ),
        (
            "query_of_rds",
            query(to, "rds", "Action=NoSuchThing&Version=2014-10-31"),
        ),
        (
            "query_of_a_service",
            query(
                to,
                "cloudformation",
                "Action=DescribeStacks&StackName=a%3Cb",
            ),
        ),
        (
            "json",
            json(
                to,
                "ecs",
                "AmazonEC2ContainerServiceV20141113.NoSuchThing",
                "{}",
            ),
        ),
        ("cbor", send(to, path, &cbor, &[0xa0])),
        (
            "backup",
            send(
                to,
                "GET /backup-vaults/a/no-such-thing",
                &[&signed("backup")],
                b"",
            ),
        ),
        (
            "s3",
            send(to, "GET /bucket/no-such-key", &[&signed("s3")], b""),
        ),
        (
            "s3_head",
            send(to, "HEAD /bucket/no-such-key", &[&signed("s3")], b""),
        ),
        ("no_signature", query_without_signature(to)),
    ] {
        insta::assert_snapshot!(format!("refusal_{name}"), shown(&answer));
    }
}

fn query_without_signature(to: std::net::SocketAddr) -> Answer {
    let content = "Content-Type: application/x-www-form-urlencoded";
    send(
        to,
        "POST /",
        &[content],
        b"Action=ListStacks&Version=2010-05-15",
    )
}

#[test]
fn calls_are_counted_by_operation_whatever_their_protocol_and_their_answer() {
    let endpoint = start();
    let to = endpoint.address();
    let counted = || send(to, "GET /_stratiform/calls", &[], b"").text();
    assert_eq!(counted(), "{}");
    for form in [
        "Action=DescribeStacks&StackName=missing",
        "Action=ListStacks",
        "Action=NoSuchThing",
        "Action=DescribeStacks",
    ] {
        query(to, "cloudformation", form);
    }
    let list = "AmazonEC2ContainerServiceV20141113.ListClusters";
    json(to, "ecs", list, "{}");
    assert_eq!(query_without_signature(to).status, 403);
    assert_eq!(
        counted(),
        r#"{"cloudformation":{"DescribeStacks":2,"ListStacks":1},"ecs":{"ListClusters":1},"unsupported":{"unsupported":1}}"#
    );
}
