//! The way to somebody in this process who answers as AWS does: the same SDK, the same bytes, and no sockets.
//!
//! What lives here: HTTP of the SDK as calls of a function, and how answers are kept from reaching their caller. What
//! does not: who answers, and what time it is there.

use std::fmt;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use bytes::Bytes;
use http::{Request, Response};
use http_body::{Body, Frame};
use stratiform_service::AccountId;

use crate::aws::{ANSWER, ATTEMPTS_OF_DEPLOYMENT, CONNECTION, LONGEST_PAUSE};

/// Who answers.
pub trait Respond: fmt::Debug + Send + Sync {
    /// Answers a request, and says how much of the answer arrives.
    fn respond(&self, request: Request<Bytes>) -> (Response<Bytes>, Arrival);
}

/// How much of an answer arrives?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrival {
    /// All of it, at once.
    Whole,
    /// Its first half, and then the connection is gone.
    Half,
    /// Nothing, for as long as anybody waits.
    Nothing,
}

/// What calls somebody in this process as an account, with the patience of a deployment. Nothing else is looked at, as with
/// [`embedded`](crate::embedded). Time may be tokio's own: paused, it jumps over every pause.
pub fn in_process(respond: Arc<dyn Respond>, region: &str, account: &AccountId) -> SdkConfig {
    let credentials = Credentials::new(account.as_str(), "embedded", None, None, "embedded");
    // Nobody listens there: no request leaves this process.
    let nowhere = "http://in-process.invalid";
    let client = http_client_fn(move |settings, _| {
        SharedHttpConnector::new(Line {
            respond: Arc::clone(&respond),
            patience: settings.read_timeout(),
        })
    });
    // The adaptive mode of a deployment measures real time, which does not pass here.
    let retries = RetryConfig::standard()
        .with_max_attempts(ATTEMPTS_OF_DEPLOYMENT)
        .with_max_backoff(LONGEST_PAUSE);
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(CONNECTION)
        .read_timeout(ANSWER)
        .operation_timeout(Duration::from_secs(60))
        .build();
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(region.to_owned()))
        .endpoint_url(nowhere)
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .retry_config(retries)
        .timeout_config(timeouts)
        .http_client(client)
        .build()
}

/// What a connection is elsewhere.
#[derive(Debug)]
struct Line {
    respond: Arc<dyn Respond>,
    patience: Option<Duration>,
}

impl HttpConnector for Line {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let answered = asked(request).map(|request| self.respond.respond(request));
        let patience = self.patience;
        HttpConnectorFuture::new(async move {
            let (response, arrival) = answered?;
            let body: fn(Bytes) -> SdkBody = match arrival {
                Arrival::Whole => SdkBody::from,
                Arrival::Half => |bytes| SdkBody::from_body_1_x(Torn::half(&bytes)),
                Arrival::Nothing => return Err(unanswered(patience).await),
            };
            HttpResponse::try_from(response.map(body))
                .map_err(|error| ConnectorError::user(error.into()))
        })
    }
}

/// A request with its body.
fn asked(request: HttpRequest) -> Result<Request<Bytes>, ConnectorError> {
    let request = request.try_into_http1x();
    let request = request.map_err(|error| ConnectorError::user(error.into()))?;
    Ok(request.map(|body| Bytes::copy_from_slice(body.bytes().unwrap_or_default())))
}

async fn unanswered(patience: Option<Duration>) -> ConnectorError {
    match patience {
        Some(patience) => tokio::time::sleep(patience).await,
        None => std::future::pending().await,
    }
    ConnectorError::timeout("nobody answered".into())
}

/// A body that ends in the middle.
#[derive(Debug)]
struct Torn(Option<Bytes>);

impl Torn {
    fn half(whole: &Bytes) -> Torn {
        Torn(Some(whole.slice(..whole.len() / 2)))
    }
}

impl Body for Torn {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        let first = self.0.take().map(|bytes| Ok(Frame::data(bytes)));
        Poll::Ready(Some(
            first.unwrap_or_else(|| Err(io::ErrorKind::ConnectionReset.into())),
        ))
    }
}
