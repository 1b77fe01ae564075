//! What is no service of AWS: faults, the state and time, for tests and for people who try things out.
//!
//! | | body | answer |
//! |---|---|---|
//! | `POST /_stratiform/fault` | the text of a `--fault` | `{}` |
//! | `POST /_stratiform/calm` | | `{}`: all faults are forgotten |
//! | `POST /_stratiform/advance` | seconds | `{}`; 409 at full speed, where time waits for nothing |
//! | `GET /_stratiform/state` | | the whole state, secrets too |
//! | `GET /_stratiform/messages` | | the last 1,000 messages to topics |
//! | `GET /_stratiform/calls` | | how often each operation of each service was called since the start |
//!
//! Only for this machine, and not for a page in a browser on it: a request from elsewhere, with an `Origin`, or for a
//! host that is no address of this machine gets 403.

use std::net::{IpAddr, SocketAddr};

use axum::Router;
use axum::body::Body;
use axum::extract::{Extension, Request, State};
use axum::http::{HeaderMap, Method, Response, StatusCode};
use serde_json::{Value, json};
use stratiform_engine::{Fault, Input};

use crate::handler::{CALL, Peer, Shared, receive};
use crate::keeper::Outcome;
use crate::protocol::text;
use crate::reply::Reply;

/// The paths, before those of services.
pub(crate) fn router() -> Router<Shared> {
    Router::new()
        .route("/_stratiform", axum::routing::any(control))
        .route("/_stratiform/{*what}", axum::routing::any(control))
}

async fn control(
    State(shared): State<Shared>,
    Extension(Peer(peer)): Extension<Peer>,
    request: Request,
) -> Response<Body> {
    let (head, body) = request.into_parts();
    if !is_ours(peer, &head.headers) {
        let why = "only programs on this machine may do this";
        return said(StatusCode::FORBIDDEN, why);
    }
    let Ok(body) = receive(body, CALL).await else {
        return said(StatusCode::BAD_REQUEST, "the body cannot be read");
    };
    let body = String::from_utf8_lossy(&body);
    let keeper = &shared.keeper;
    match (&head.method, head.uri.path()) {
        (&Method::POST, "/_stratiform/fault") => match body.trim().parse::<Fault>() {
            Err(error) => said(StatusCode::BAD_REQUEST, &error.to_string()),
            Ok(fault) => match keeper.step(Input::Fault(fault)).await {
                Outcome::Failed(what) => said(StatusCode::INTERNAL_SERVER_ERROR, what),
                Outcome::Done(_) | Outcome::Unsupported => answered(Some(json!({}))),
            },
        },
        (&Method::POST, "/_stratiform/calm") => match keeper.step(Input::Calm).await {
            Outcome::Failed(what) => said(StatusCode::INTERNAL_SERVER_ERROR, what),
            Outcome::Done(_) | Outcome::Unsupported => answered(Some(json!({}))),
        },
        (&Method::POST, "/_stratiform/advance") => {
            let seconds = body.trim().parse().ok();
            let seconds = seconds.filter(|seconds| (0.0..1e10).contains(seconds));
            let Some(seconds) = seconds else {
                return said(StatusCode::BAD_REQUEST, "the body is no number of seconds");
            };
            match keeper.advance(seconds).await {
                Some(false) => {
                    let why = "at full speed, time waits for nothing: start with `--speed`";
                    said(StatusCode::CONFLICT, why)
                }
                advanced => answered(advanced.map(|_| json!({}))),
            }
        }
        (&Method::GET, "/_stratiform/state") => answered(keeper.state().await),
        (&Method::GET, "/_stratiform/messages") => answered(keeper.messages().await),
        (&Method::GET, "/_stratiform/calls") => answered(Some(json!(shared.calls()))),
        _ => said(
            StatusCode::NOT_FOUND,
            "there are POST fault, POST calm, POST advance, GET state, GET messages and GET calls",
        ),
    }
}

fn answered(value: Option<Value>) -> Response<Body> {
    match value {
        Some(value) => Reply::new(StatusCode::OK, "application/json", value.to_string()).whole(),
        None => said(StatusCode::INTERNAL_SERVER_ERROR, "the engine has ended"),
    }
}

fn said(status: StatusCode, why: &str) -> Response<Body> {
    let body = json!({"message": why}).to_string();
    Reply::new(status, "application/json", body).whole()
}

/// Is a request from a program on this machine? A page that a browser shows says where it is from, and a name that a
/// stranger leads to this machine is none of its own.
fn is_ours(peer: SocketAddr, headers: &HeaderMap) -> bool {
    let host = text(headers, "host");
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    let name = name.trim_start_matches('[').trim_end_matches(']');
    let here = name == "localhost" || name.parse::<IpAddr>().is_ok();
    peer.ip().to_canonical().is_loopback() && !headers.contains_key("origin") && here
}
