//! What happens when the engine fails, or its state cannot be written.

use std::sync::{Arc, Mutex};

use serde_json::json;
use stratiform_engine::{Effect, Input, Request, State};
use stratiform_service::{AccountId, Region, Timestamp};

use super::{Keeper, Outcome};
use crate::options::{Listener, Options};

/// The engine's step, which fails where an operation is called so.
fn failing(state: State, input: &Input, now: Timestamp) -> (State, Vec<Effect>) {
    if let Input::Call(request) = input {
        assert_ne!(request.operation, "Fail", "as it was told to");
    }
    stratiform_engine::step(state, input, now)
}

fn call(service: &str, operation: &str, name: &str) -> Input {
    Input::Call(Request {
        account: AccountId::new("123456789012").unwrap(),
        region: Region::us_east_1(),
        service: service.to_owned(),
        operation: operation.to_owned(),
        parameters: json!({"Name": name, "Value": "v", "Type": "String"}),
    })
}

/// The values of the parameters that are there after a failure among other calls.
fn survives(options: Options) {
    let notices: Arc<Mutex<Vec<String>>> = Arc::default();
    let told = Arc::clone(&notices);
    let options = Options {
        start: Some(Timestamp::EPOCH),
        listener: Listener::new(move |notice| told.lock().unwrap().push(notice.to_string())),
        ..options
    };
    let (keeper, thread) = Keeper::start(&options, failing).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    runtime.block_on(async {
        let succeeds = |outcome: Outcome| match outcome {
            Outcome::Done(Some(answer)) => answer.result.is_ok(),
            _ => false,
        };
        assert!(succeeds(
            keeper.step(call("ssm", "PutParameter", "a")).await
        ));
        let together = tokio::join!(
            keeper.step(call("ssm", "PutParameter", "b")),
            keeper.step(call("ssm", "Fail", "")),
            keeper.step(call("ssm", "PutParameter", "c")),
        );
        assert!(succeeds(together.0) && succeeds(together.2));
        assert_eq!(together.1, Outcome::Failed("The engine failed"));
        for name in ["a", "b", "c"] {
            assert!(
                succeeds(keeper.step(call("ssm", "GetParameter", name)).await),
                "{name}"
            );
        }
        assert!(!succeeds(
            keeper.step(call("ssm", "GetParameter", "d")).await
        ));
    });
    keeper.stop();
    thread.join().unwrap();
    let notices = notices.lock().unwrap().clone();
    assert_eq!(
        notices,
        ["the engine failed at Fail; the state is as it was before"]
    );
}

#[test]
fn a_failure_changes_nothing_in_memory() {
    survives(Options::default());
}

#[test]
fn a_failure_changes_nothing_in_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let state = Some(folder.path().join("engine.json"));
    survives(Options {
        state,
        ..Options::default()
    });
}
