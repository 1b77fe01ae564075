//! The other forms of a call.

use crate::input::Refused;
use crate::intake::form::{self, Given};
use crate::intake::read;

fn message<T: std::fmt::Debug>(result: Result<T, Refused>) -> Option<String> {
    result.err().map(|refused| refused.message)
}

fn check<T: std::fmt::Debug>(result: Result<T, Refused>, expected: &str) {
    assert_eq!(message(result).as_deref(), Some(expected));
}

#[test]
fn names_and_tokens() {
    check(
        form::stack_name("*@a_$"),
        "1 validation error detected: Value '*@a_$' at 'stackName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*|arn:[-a-zA-Z0-9:/._+]*",
    );
    let long = "a".repeat(129);
    check(
        form::stack_name(&long),
        &format!(
            "1 validation error detected: Value '{long}' at 'stackName' failed to satisfy constraint: Member must have length less than or equal to 128"
        ),
    );
    for name in [
        "a",
        "shop-dev",
        "arn:aws:cloudformation:eu-central-1:1:stack/a/b",
    ] {
        assert_eq!(form::stack_name(name), Ok(()));
    }
    assert!(form::change_set_name("9").is_err());
    assert_eq!(form::change_set_name("release-7"), Ok(()));
    assert!(form::token("clientRequestToken", "").is_err());
    assert_eq!(form::token("clientRequestToken", "1-a"), Ok(()));
}

#[test]
fn tags_and_lists() {
    assert_eq!(form::tags(&[("a", "b"), ("c", "d")]), Ok(()));
    assert!(form::tags(&[("aws:a", "b")]).is_err());
    assert!(form::tags(&[("a", "b"), ("a", "c")]).is_err());
    assert!(form::tags(&[("", "b")]).is_err());
    assert!(form::tags(&vec![("a", "b"); 51]).is_err());
    assert!(form::notification_arns(&vec!["arn".to_owned(); 6]).is_err());
    assert_eq!(form::notification_arns(&[]), Ok(()));
    assert!(form::capabilities(&["CAPABILITY_ALL".to_owned()]).is_err());
    assert_eq!(form::capabilities(&["CAPABILITY_IAM".to_owned()]), Ok(()));
    assert!(form::role("arn").is_err());
}

#[test]
fn rollback_triggers() {
    let alarm = "arn:aws:cloudwatch:eu-central-1:111122223333:alarm:cpu:high";
    assert_eq!(
        form::rollback(&[("AWS::CloudWatch::Alarm", alarm)], Some(5)),
        Ok(())
    );
    check(
        form::rollback(&[("AWS::SNS::Topic", alarm)], None),
        "Rollback Trigger Type not supported",
    );
    for arn in [
        "arn:aws:cloudwatch:eu-central-1:1:cpu",
        "arn:aws:sns:eu-central-1:1:alarm:cpu",
        "",
    ] {
        check(
            form::rollback(&[("AWS::CloudWatch::Alarm", arn)], None),
            "RelativeId of a Rollback Trigger's ARN is incorrect",
        );
    }
    assert!(form::rollback(&[], Some(181)).is_err());
    assert!(form::rollback(&[], Some(-1)).is_err());
}

#[test]
fn stack_policies() {
    let fine = [
        "{}",
        r#"{"Statement": [{"Effect": "Allow", "Action": "Update:*", "Principal": "*", "Resource": "*"}]}"#,
        r#"{"Statement": [{"Effect": "Deny", "NotAction": ["Update:Delete"], "Principal": "*", "Resource": "LogicalResourceId/A*", "Condition": {"StringEquals": {"ResourceType": ["AWS::SNS::Topic"]}}}]}"#,
        r#"{"Statement": [{"Effect": "Deny", "Action": "Update:*", "Principal": "*"}]}"#,
    ];
    for policy in fine {
        assert_eq!(
            message(form::stack_policy("stackPolicyBody", policy)),
            None,
            "{policy}"
        );
    }
    let wrong = [
        "text",
        "[]",
        r#"{"Statement": [{"Effect": "Allow", "Action": "Delete:*", "Principal": "*", "Resource": "*"}]}"#,
        r#"{"Statement": [{"Effect": "Allow", "Action": "Update:*", "Principal": {"AWS": "1"}, "Resource": "*"}]}"#,
        r#"{"Statement": [{"Effect": "Perhaps", "Action": "Update:*", "Principal": "*", "Resource": "*"}]}"#,
        r#"{"Statement": [{"Effect": "Allow", "Principal": "*", "Resource": "*"}]}"#,
        r#"{"Nothing": 1}"#,
    ];
    for policy in wrong {
        check(
            form::stack_policy("stackPolicyBody", policy),
            "Error validating stack policy: Invalid stack policy",
        );
    }
}

#[test]
fn resource_types() {
    let template = read("Resources: {T: {Type: AWS::SNS::Topic}}")
        .unwrap()
        .template;
    let allowed = |names: &[&str]| {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        form::resource_types(&template, &names)
    };
    check(
        allowed(&["AWS::EC2::*", "Custom::*"]),
        "Resource type AWS::SNS::Topic is not allowed by parameter ResourceTypes [AWS::EC2::*, Custom::*]",
    );
    assert!(allowed(&["AWS::SNS:*"]).is_err());
    for names in [&[][..], &["AWS::*"], &["AWS::SNS::*"], &["AWS::SNS::Topic"]] {
        assert_eq!(allowed(names), Ok(()));
    }
}

#[test]
fn where_templates_are() {
    check(
        form::source(None, None, false),
        "Either Template URL or Template Body must be specified.",
    );
    check(
        form::source(Some("{}"), None, true),
        "You cannot specify both usePreviousTemplate and Template Body/Template URL.",
    );
    assert_eq!(form::source(None, None, true), Ok(Given::Previous));
    assert_eq!(form::source(Some("{}"), None, false), Ok(Given::Body("{}")));
    let long = "x".repeat(51_201);
    check(
        form::source(Some(&long), None, false),
        &format!(
            "1 validation error detected: Value '{long}' at 'templateBody' failed to satisfy constraint: Member must have length less than or equal to 51200"
        ),
    );
    check(
        form::source(Some(""), None, false),
        "1 validation error detected: Value '' at 'templateBody' failed to satisfy constraint: Member must have length greater than or equal to 1",
    );
}

#[test]
fn urls() {
    for url in [
        "https://s3.amazonaws.com/b.c/d/e%20f",
        "https://s3.eu-central-1.amazonaws.com/b.c/d/e%20f",
        "https://s3-eu-west-1.amazonaws.com/b.c/d/e%20f?versionId=1",
        "https://b.c.s3.eu-central-1.amazonaws.com/d/e%20f",
        "https://b.c.s3.amazonaws.com/d/e%20f",
        "https://b.c.s3.dualstack.cn-north-1.amazonaws.com.cn/d/e%20f",
        "http://127.0.0.1:4566/b.c/d/e%20f",
        "http://localhost:4566/b.c/d/e%20f",
        "http://b.c.s3.localhost:4566/d/e%20f",
    ] {
        let location = form::template_url(url).unwrap();
        let parts = (location.bucket.as_str(), location.key.as_str());
        assert_eq!(parts, ("b.c", "d/e f"), "{url}");
    }
    check(
        form::template_url("s3://bucket/key"),
        "S3 error: Domain name specified in bucket is not a valid S3 domain",
    );
    for url in [
        "template.yaml",
        "https://example.com/a.yaml",
        "https://s3.amazonaws.com/bucket",
        "",
        "http://",
    ] {
        check(
            form::template_url(url),
            "TemplateURL must be a supported URL.",
        );
    }
}
