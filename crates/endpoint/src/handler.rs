//! One request: read, handed to the engine, answered.
//!
//! What lives here: the order of that, limits of bodies, and the ways in which an answer is kept from its caller.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{Extension, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderName, Response};
use http_body_util::BodyExt;
use stratiform_engine::{Answer, Delivery, Input};
use tokio::time::{sleep, timeout};

use crate::caller::Caller;
use crate::keeper::{Keeper, Outcome};
use crate::protocol::{Asked, Protocol, services};
use crate::reply::Reply;
use crate::trouble::Trouble;

/// For calls: a template in a form is far below.
pub(crate) const CALL: usize = 8 << 20;
/// For objects in S3.
const OBJECT: usize = 64 << 20;
/// What of a body that is too large is still read, so that its sender hears why.
const READ_ON: usize = 128 << 20;
/// For a whole body.
const BODY: Duration = Duration::from_secs(60);
/// When clients have given up: they wait for 60 seconds at most.
const LATE: Duration = Duration::from_secs(70);

/// Who is at the other end.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Peer(pub(crate) SocketAddr);

/// What requests have in common.
#[derive(Clone, Debug)]
pub(crate) struct Shared {
    pub(crate) keeper: Keeper,
    ids: Arc<AtomicU64>,
    calls: Arc<Mutex<Calls>>,
}

/// What calls of operations that are not there are counted as.
const UNSUPPORTED: &str = "unsupported";

/// Numbers of calls, by service and operation.
pub(crate) type Calls = BTreeMap<String, BTreeMap<String, u64>>;

impl Shared {
    pub(crate) fn new(keeper: Keeper, seed: u64) -> Shared {
        Shared {
            keeper,
            ids: Arc::new(AtomicU64::new(seed)),
            calls: Arc::default(),
        }
    }

    /// The calls since the start that could be read, whatever became of them.
    pub(crate) fn calls(&self) -> Calls {
        let calls = self.calls.lock();
        calls.unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn count(&self, service: &str, operation: &str) {
        let calls = self.calls.lock();
        let mut calls = calls.unwrap_or_else(PoisonError::into_inner);
        let service = calls.entry(service.to_owned()).or_default();
        *service.entry(operation.to_owned()).or_default() += 1;
    }

    fn request_id(&self) -> String {
        request_id(self.ids.fetch_add(1, Ordering::Relaxed))
    }
}

/// An id in the form of a UUID, of which a seed gives the same again in the same order.
pub(crate) fn request_id(number: u64) -> String {
    let (high, low) = (scatter(number), scatter(number ^ u64::MAX >> 1));
    format!(
        "{:08x}-{:04x}-4{:03x}-8{:03x}-{:012x}",
        high >> 32,
        high >> 16 & 0xffff,
        high & 0xfff,
        low >> 48 & 0xfff,
        low & 0xffff_ffff_ffff,
    )
}

/// Source: Steele, Lea, Flood, "Fast splittable pseudorandom number generators" (SplitMix64).
fn scatter(number: u64) -> u64 {
    let number = number.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let number = (number ^ number >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ number >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ number >> 31
}

/// Answers a call in any protocol.
pub(crate) async fn call(
    State(shared): State<Shared>,
    Extension(Peer(_)): Extension<Peer>,
    request: Request,
) -> Response<Body> {
    let id = shared.request_id();
    let (head, body) = request.into_parts();
    let caller = Caller::of(&head);
    let protocol = Protocol::of(&head, caller.as_ref().ok());
    let service = caller.as_ref().map(|caller| caller.service.clone());
    let service = service.unwrap_or_default();
    let body = receive(
        body,
        if protocol == Protocol::S3 {
            OBJECT
        } else {
            CALL
        },
    )
    .await;
    let (reply, delivery) = match body.and_then(|body| read(protocol, &head, caller, body)) {
        Ok((caller, asked)) => answer(&shared, protocol, caller, asked, &id).await,
        Err(trouble) => (refusal(protocol, &service, &trouble, &id), Delivery::Whole),
    };
    let reply = reply
        .with(HeaderName::from_static("x-amzn-requestid"), &id)
        .with(HeaderName::from_static("x-amz-request-id"), &id);
    match delivery {
        Delivery::Whole => reply.whole(),
        Delivery::Cut => reply.torn(),
        Delivery::Late => {
            sleep(LATE).await;
            reply.whole()
        }
        // Until the client is gone, or the server is.
        Delivery::Never => std::future::pending().await,
    }
}

pub(crate) fn refusal(protocol: Protocol, service: &str, trouble: &Trouble, id: &str) -> Reply {
    protocol.refusal(service, &trouble.refused(protocol), id)
}

/// Reads a call. A failure in that is one of this program, and answered like one.
pub(crate) fn read(
    protocol: Protocol,
    head: &Parts,
    caller: Result<Caller, Trouble>,
    body: Bytes,
) -> Result<(Caller, Asked), Trouble> {
    let caller = match caller {
        Err(Trouble::NoSignature) => Caller::by_token(&body).ok_or(Trouble::NoSignature)?,
        caller => caller?,
    };
    let read = AssertUnwindSafe(|| protocol.read(&caller.service, head, body));
    let asked = catch_unwind(read).unwrap_or(Err(Trouble::Internal("The call cannot be read")))?;
    Ok((caller, asked))
}

async fn answer(
    shared: &Shared,
    protocol: Protocol,
    caller: Caller,
    asked: Asked,
    id: &str,
) -> (Reply, Delivery) {
    let (service, operation) = (caller.service.clone(), asked.operation.clone());
    let request = caller.call(asked.operation, asked.parameters);
    let outcome = shared.keeper.step(Input::Call(request)).await;
    match outcome {
        // Whoever calls could otherwise fill the memory with names of their own.
        Outcome::Unsupported => shared.count(UNSUPPORTED, UNSUPPORTED),
        Outcome::Done(_) | Outcome::Failed(_) => shared.count(&service, &operation),
    }
    written(protocol, &service, &operation, outcome, id)
}

/// What an outcome is over HTTP. A failure in that is one of this program, and answered like one.
pub(crate) fn written(
    protocol: Protocol,
    service: &str,
    operation: &str,
    outcome: Outcome,
    id: &str,
) -> (Reply, Delivery) {
    let (result, delivery) = match outcome {
        Outcome::Done(Some(Answer { result, delivery })) => (result, delivery),
        Outcome::Done(None) => {
            let trouble = Trouble::Internal("The engine gave no answer");
            (Err(trouble.refused(protocol)), Delivery::Whole)
        }
        Outcome::Unsupported => {
            let trouble = Trouble::UnknownOperation {
                version: services::version(service).to_owned(),
                operation: operation.to_owned(),
            };
            (Err(trouble.refused(protocol)), Delivery::Whole)
        }
        Outcome::Failed(what) => {
            let refused = Trouble::Internal(what).refused(protocol);
            (Err(refused), Delivery::Whole)
        }
    };
    let render = AssertUnwindSafe(|| match result {
        Ok(result) => protocol.answer(service, operation, result, id),
        Err(refused) => protocol.refusal(service, &refused, id),
    });
    let reply = catch_unwind(render).unwrap_or_else(|_| {
        let trouble = Trouble::Internal("The answer cannot be written");
        refusal(protocol, service, &trouble, id)
    });
    (reply, delivery)
}

/// Receives a body.
///
/// # Errors
/// It is larger than the limit, or does not arrive.
pub(crate) async fn receive(body: Body, limit: usize) -> Result<Bytes, Trouble> {
    let gathered = timeout(BODY, gather(body, limit)).await;
    gathered.unwrap_or(Err(Trouble::TooSlow))
}

async fn gather(mut body: Body, limit: usize) -> Result<Bytes, Trouble> {
    let (mut bytes, mut length) = (Vec::new(), 0_usize);
    while let Some(frame) = body.frame().await {
        let gone = |_| Trouble::Malformed("the body ends before its end".to_owned());
        let Ok(data) = frame.map_err(gone)?.into_data() else {
            continue;
        };
        length = length.saturating_add(data.len());
        if length <= limit {
            bytes.extend_from_slice(&data);
        } else {
            bytes = Vec::new();
        }
        if length > READ_ON {
            break;
        }
    }
    if length > limit {
        return Err(Trouble::TooLarge(limit));
    }
    Ok(bytes.into())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::scatter;

    #[test]
    fn ids_differ() {
        let numbers: BTreeSet<u64> = (0..10_000).map(scatter).collect();
        assert_eq!(numbers.len(), 10_000);
    }
}
