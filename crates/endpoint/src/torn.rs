//! A body that ends in the middle.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Bytes, HttpBody};
use hyper::body::Frame;
use tokio::time::{Sleep, sleep};

/// Long enough for the first half to leave: what is not sent when the error comes never is.
const PAUSE: Duration = Duration::from_millis(50);

/// Gives its bytes, and then an error, at which the server drops the connection.
#[derive(Debug)]
pub(crate) struct Torn {
    first: Option<Bytes>,
    pause: Option<Pin<Box<Sleep>>>,
}

impl Torn {
    /// With the bytes that arrive.
    pub(crate) fn new(first: Bytes) -> Torn {
        Torn {
            first: Some(first).filter(|bytes| !bytes.is_empty()),
            pause: None,
        }
    }
}

impl HttpBody for Torn {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        if let Some(bytes) = self.first.take() {
            return Poll::Ready(Some(Ok(Frame::data(bytes))));
        }
        let pause = self.pause.get_or_insert_with(|| Box::pin(sleep(PAUSE)));
        match pause.as_mut().poll(context) {
            Poll::Pending => Poll::Pending,
            Poll::Ready(()) => Poll::Ready(Some(Err(io::ErrorKind::ConnectionReset.into()))),
        }
    }
}
