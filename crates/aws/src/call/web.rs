//! What runs, asked as its users ask it.

use std::time::Duration;

use aws_config::timeout::TimeoutConfig;
use aws_smithy_runtime::client::orchestrator::operation::Operation;
use aws_smithy_runtime_api::client::interceptors::context::{Error as ErasedError, Output};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse, OrchestratorError};
use aws_smithy_runtime_api::client::ser_de::DeserializeResponse;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::byte_stream::ByteStream;
use aws_smithy_types::config_bag::ConfigBag;
use stratiform_deploy::Reply;
use tokio::time::timeout;

use crate::aws::Aws;
use crate::error::{Call, Error, FailedCall, messages};

/// For all of it.
const PATIENCE: Duration = Duration::from_secs(10);
/// For the connection alone.
const CONNECTION: Duration = Duration::from_secs(3);
/// What is read of a body.
const BODY: usize = 64 << 10;

impl Aws {
    /// Asks a web server with GET, once. A redirection is an answer like any other. Of the body at most 64 KiB are read; what
    /// is no UTF-8 is replaced.
    ///
    /// # Errors
    /// No answer within 10 seconds. Nothing of the address but scheme, host and path is told.
    pub(super) async fn get(&self, url: &str) -> Result<Reply, Error> {
        let answer = self.ask(url, None).await;
        answer.map_err(|why| failed("GET", shown(url), why))
    }

    /// Tells the webhook something, in JSON.
    ///
    /// # Errors
    /// There is none, or it does not take it within 10 seconds. Nothing of its address is told.
    pub(super) async fn tell_webhook(&self, body: &str) -> Result<Reply, Error> {
        let Some(webhook) = &self.webhook else {
            return Err(failed(
                "POST",
                String::new(),
                "there is no webhook".to_owned(),
            ));
        };
        let why = match self.ask(&webhook.url, Some(body.to_owned())).await {
            Ok(Reply::Http { status, .. }) if (200..300).contains(&status) => {
                return Ok(Reply::Done);
            }
            Ok(Reply::Http { status, .. }) => format!("it answers {status}"),
            Ok(_) => "it gave another answer than was asked for".to_owned(),
            Err(why) => why,
        };
        Err(failed("POST", format!("${}", webhook.variable), why))
    }

    /// Asks a web server once: with POST where there is a body, else with GET.
    async fn ask(&self, url: &str, body: Option<String>) -> Result<Reply, String> {
        let Some((base, path)) = split(url) else {
            return Err("it is no address that starts with http:// or https://".to_owned());
        };
        let timeouts = TimeoutConfig::builder().connect_timeout(CONNECTION);
        let mut builder = Operation::builder()
            .service_name("web")
            .operation_name("GET")
            .endpoint_url(&base)
            .no_auth()
            .no_retry()
            .timeout_config(timeouts.build())
            .serializer(move |()| http(&path, body.as_deref()))
            .deserializer_impl::<Answer, NoError>(Streamed);
        if let Some(version) = self.config.behavior_version() {
            builder = builder.behavior_version(version);
        }
        if let Some(client) = self.config.http_client() {
            builder = builder.http_client(client);
        }
        if let Some(sleep) = self.config.sleep_impl() {
            builder = builder.sleep_impl(sleep);
        }
        let operation: Operation<(), Answer, NoError> = builder.build();
        let asked = async {
            let answer = operation.invoke(()).await;
            let answer = answer.map_err(|error| messages(&error))?;
            let body = beginning(answer.body).await?;
            Ok(Reply::Http {
                status: answer.status,
                body: String::from_utf8_lossy(&body).into_owned(),
            })
        };
        match timeout(PATIENCE, asked).await {
            Ok(answer) => answer,
            Err(_) => Err("there was no whole answer within 10 seconds".to_owned()),
        }
    }
}

/// The beginning of a body.
async fn beginning(body: SdkBody) -> Result<Vec<u8>, String> {
    let mut stream = ByteStream::new(body);
    let mut read = Vec::new();
    while read.len() < BODY
        && let Some(part) = stream.next().await
    {
        let part = part.map_err(|error| messages(&error))?;
        read.extend_from_slice(&part);
    }
    read.truncate(BODY);
    Ok(read)
}

fn failed(method: &'static str, subject: String, why: String) -> Error {
    Error::Unanswered(FailedCall {
        call: Call::new(method, &subject),
        code: None,
        message: why,
        request_id: None,
    })
}

/// What is told of an address.
fn shown(url: &str) -> String {
    let shown = split(url).map(|(base, path)| {
        let path = path.split('?').next().unwrap_or_default();
        format!("{base}{path}")
    });
    shown.unwrap_or_default()
}

/// The part of an address that is only its server's to know.
pub(crate) fn path_of(url: &str) -> Option<String> {
    split(url).map(|(_, path)| path)
}

/// Scheme and host, and the rest: without a password in front of the host, and without what is only meant for browsers.
fn split(url: &str) -> Option<(String, String)> {
    let url = url.split('#').next()?;
    let (scheme, rest) = url.split_once("://")?;
    let is_web = ["http", "https"]
        .iter()
        .any(|known| scheme.eq_ignore_ascii_case(known));
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    let host = authority.rsplit('@').next()?;
    let slash = if path.starts_with('/') { "" } else { "/" };
    (is_web && !host.is_empty()).then(|| {
        let base = format!("{}://{host}", scheme.to_ascii_lowercase());
        (base, format!("{slash}{path}"))
    })
}

type BoxError = Box<dyn std::error::Error + Send + Sync>;

fn http(path: &str, body: Option<&str>) -> Result<HttpRequest, BoxError> {
    let mut request = HttpRequest::new(body.map_or_else(SdkBody::empty, SdkBody::from));
    request.set_method(if body.is_some() { "POST" } else { "GET" })?;
    if body.is_some() {
        request
            .headers_mut()
            .insert("content-type", "application/json");
    }
    request.set_uri(path)?;
    let agent = concat!("stratiform/", env!("CARGO_PKG_VERSION"));
    request.headers_mut().insert("user-agent", agent);
    request.headers_mut().insert("accept", "*/*");
    Ok(request)
}

/// An answer whose body is still to come.
#[derive(Debug)]
struct Answer {
    status: u16,
    body: SdkBody,
}

/// Every answer is one.
#[derive(Debug, thiserror::Error)]
#[error("no error")]
struct NoError;

/// Hands on an answer without its body, which may have no end.
#[derive(Debug)]
struct Streamed;

impl DeserializeResponse for Streamed {
    fn deserialize_streaming_with_config(
        &self,
        response: &mut HttpResponse,
        _: &ConfigBag,
    ) -> Option<Result<Output, OrchestratorError<ErasedError>>> {
        Some(Ok(Output::erase(Answer {
            status: response.status().as_u16(),
            body: response.take_body(),
        })))
    }

    /// Never asked: the answer is handed on before.
    fn deserialize_nonstreaming_with_config(
        &self,
        _: &HttpResponse,
        _: &ConfigBag,
    ) -> Result<Output, OrchestratorError<ErasedError>> {
        Err(OrchestratorError::other("the answer is not streamed"))
    }
}

#[cfg(test)]
mod tests {
    use super::{failed, shown, split};

    #[test]
    fn addresses_are_taken_apart() {
        let parts = |base: &str, path: &str| Some((base.to_owned(), path.to_owned()));
        for (url, expected) in [
            ("https://shop.example", parts("https://shop.example", "/")),
            ("HTTP://a:8080/x?y=1#z", parts("http://a:8080", "/x?y=1")),
            ("https://user:secret@a?x", parts("https://a", "/?x")),
            ("http://[::1]:80/", parts("http://[::1]:80", "/")),
            ("ftp://a", None),
            ("https:///x", None),
            ("shop.example", None),
        ] {
            assert_eq!(split(url), expected, "{url}");
        }
    }

    #[test]
    fn no_secret_of_an_address_is_told() {
        for url in ["https://user:secret@a/x?token=secret#secret", "secret"] {
            let told = format!("{:?}", failed("GET", shown(url), "no".to_owned()));
            assert!(!told.contains("secret"), "{told}");
        }
    }
}
