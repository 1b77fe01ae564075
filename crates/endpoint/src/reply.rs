//! An answer over HTTP, as a value.

use axum::body::{Body, Bytes};
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderName};
use axum::http::{HeaderValue, Response, StatusCode};

use crate::torn::Torn;

/// Status, headers and body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reply {
    /// The status.
    pub(crate) status: StatusCode,
    headers: Vec<(HeaderName, HeaderValue)>,
    body: Bytes,
}

impl Reply {
    /// An answer of a content type.
    pub(crate) fn new(status: StatusCode, content: &str, body: impl Into<Bytes>) -> Reply {
        Reply::empty(status)
            .with(CONTENT_TYPE, content)
            .body(body.into())
    }

    /// An answer without a body.
    pub(crate) fn empty(status: StatusCode) -> Reply {
        Reply {
            status,
            headers: Vec::new(),
            body: Bytes::new(),
        }
    }

    /// Adds a header. A text that cannot be in one is left out.
    pub(crate) fn with(mut self, name: HeaderName, value: &str) -> Reply {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.push((name, value));
        }
        self
    }

    /// Sets the body.
    pub(crate) fn body(mut self, body: Bytes) -> Reply {
        self.body = body;
        self
    }

    /// The body.
    #[cfg(test)]
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.body
    }

    /// For the wire.
    pub(crate) fn whole(self) -> Response<Body> {
        let Reply {
            status,
            headers,
            body,
        } = self;
        respond(status, headers, Body::from(body))
    }

    /// For whoever is in this process.
    pub(crate) fn here(self) -> Response<Bytes> {
        let Reply {
            status,
            headers,
            body,
        } = self;
        respond(status, headers, body)
    }

    /// For the wire, with the length of the whole and half of the body, after which the connection ends.
    pub(crate) fn torn(mut self) -> Response<Body> {
        let length = self.body.len();
        self.headers.retain(|(name, _)| name != CONTENT_LENGTH);
        self.headers
            .push((CONTENT_LENGTH, HeaderValue::from(length)));
        let half = self.body.slice(..length / 2);
        respond(self.status, self.headers, Body::new(Torn::new(half)))
    }
}

fn respond<B>(status: StatusCode, headers: Vec<(HeaderName, HeaderValue)>, body: B) -> Response<B> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    response.headers_mut().extend(headers);
    response
}
