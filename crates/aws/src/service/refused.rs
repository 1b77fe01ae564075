//! How services refuse: a code and a message, in JSON, in XML, or in neither.

use std::fmt;

use aws_sdk_cloudformation::error::{ErrorMetadata, ProvideErrorMetadata};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use serde_json::Value;

use super::xml::Element;

/// What a service says. Without a code it was no service that spoke.
#[derive(Debug)]
pub(super) struct Refused(ErrorMetadata);

impl fmt::Display for Refused {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.0.code(), self.0.message()) {
            (Some(code), Some(message)) => write!(formatter, "{code}: {message}"),
            (Some(code), None) => formatter.write_str(code),
            _ => formatter.write_str("the service answered with an error that cannot be read"),
        }
    }
}

impl std::error::Error for Refused {}

impl ProvideErrorMetadata for Refused {
    fn meta(&self) -> &ErrorMetadata {
        &self.0
    }
}

/// Reads an answer that is no success.
pub(super) fn refused(response: &HttpResponse, body: &[u8]) -> Refused {
    let header = response.headers().get("x-amzn-errortype");
    let text = String::from_utf8_lossy(body);
    let (code, message) = if text.trim_start().starts_with('<') {
        xml(&text)
    } else {
        json(&text)
    };
    let code = header.map(plain).or(code);
    let builder = ErrorMetadata::builder();
    let builder = match code.filter(|code| !code.is_empty()) {
        // A message may be left out, and is told then as none.
        Some(code) => builder.code(code).message(message.unwrap_or_default()),
        None => builder,
    };
    Refused(builder.build())
}

/// Of ECS and ECR: `{"__type": "…#ServiceNotFoundException", "message": "…"}`. Source: Smithy, "AWS JSON 1.1 protocol".
fn json(text: &str) -> (Option<String>, Option<String>) {
    let value: Value = serde_json::from_str(text).unwrap_or_default();
    let of = |names: [&str; 2]| {
        let mut found = names
            .iter()
            .filter_map(|name| value.get(name)?.as_str().map(str::to_owned));
        found.next()
    };
    let code = of(["__type", "code"]);
    (code.map(|code| plain(&code)), of(["message", "Message"]))
}

/// `…#Code:…` without what is around the code.
fn plain(code: &str) -> String {
    let code = code.rsplit_once('#').map_or(code, |(_, code)| code);
    let code = code.split(':').next().unwrap_or_default();
    code.trim().to_owned()
}

/// `<ErrorResponse><Error><Code/><Message/></Error></ErrorResponse>`; of S3 without what is around it, and of a few others
/// with more. Source: Smithy, "AWS query protocol"; S3, "Error responses".
fn xml(text: &str) -> (Option<String>, Option<String>) {
    let Ok(root) = Element::parse(text) else {
        return (None, None);
    };
    let error = root.find("Error");
    let of = |name: &str| error.and_then(|error| error.text(name).map(str::to_owned));
    (of("Code"), of("Message"))
}

#[cfg(test)]
mod tests {
    use aws_sdk_cloudformation::error::ProvideErrorMetadata;
    use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
    use aws_smithy_types::body::SdkBody;

    use super::refused;

    fn read(header: Option<&'static str>, body: &str) -> (Option<String>, Option<String>) {
        let status = 400_u16.try_into().unwrap();
        let mut response = HttpResponse::new(status, SdkBody::empty());
        if let Some(header) = header {
            response.headers_mut().insert("x-amzn-errortype", header);
        }
        let read = refused(&response, body.as_bytes());
        let owned = |text: Option<&str>| text.map(str::to_owned);
        (owned(read.code()), owned(read.message()))
    }

    #[test]
    fn envelopes_of_all_protocols() {
        let known = |code: &str, message: &str| (Some(code.to_owned()), Some(message.to_owned()));
        for (header, body, expected) in [
            (
                None,
                r#"{"__type":"ClusterNotFoundException","message":"Cluster not found."}"#,
                known("ClusterNotFoundException", "Cluster not found."),
            ),
            (
                None,
                r#"{"__type":"com.amazonaws.ecr#ImageNotFoundException","Message":"no"}"#,
                known("ImageNotFoundException", "no"),
            ),
            (
                Some("ThrottlingException:http://internal.amazon.com/"),
                "{}",
                known("ThrottlingException", ""),
            ),
            (
                None,
                "<ErrorResponse xmlns=\"http://rds.amazonaws.com/doc/2014-10-31/\"><Error><Type>Sender</Type><Code>DBInstanceNotFound</Code><Message>DBInstance &quot;a&quot; not found.</Message></Error><RequestId>1</RequestId></ErrorResponse>",
                known("DBInstanceNotFound", "DBInstance \"a\" not found."),
            ),
            (
                None,
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>NoSuchBucket</Code><Message>The specified bucket does not exist</Message></Error>",
                known("NoSuchBucket", "The specified bucket does not exist"),
            ),
            (
                None,
                "<Response><Errors><Error><Code>UnauthorizedOperation</Code><Message>no</Message></Error></Errors></Response>",
                known("UnauthorizedOperation", "no"),
            ),
            (None, "<html><body>502</body></html>", (None, None)),
            (None, "<Error><Code>Half", (None, None)),
            (None, "", (None, None)),
            (None, "[1]", (None, None)),
        ] {
            assert_eq!(read(header, body), expected, "{body}");
        }
    }
}
