//! The same run, the same engine, and no sockets: what a rehearsal is played with.

use std::sync::Arc;

use bytes::Bytes;
use http::{Request, Response};
use stratiform_aws::{Arrival, Aws, Respond, in_process, now};
use stratiform_deploy::Outcome;
use stratiform_endpoint::{DEFAULT_ACCOUNT, Delivery, Direct, State};

use crate::deploying::deploy;
use crate::plans;

/// An engine in which everything that is due happens before the next call.
#[derive(Debug)]
struct Here(Direct);

impl Here {
    fn new() -> Arc<Here> {
        Arc::new(Here(Direct::new(State::new(0, now()))))
    }

    fn aws(self: &Arc<Here>) -> Aws {
        let here: Arc<dyn Respond> = Arc::<Here>::clone(self);
        let account = DEFAULT_ACCOUNT.parse().unwrap();
        Aws::apart(&in_process(here, "eu-central-1", &account))
    }
}

impl Respond for Here {
    fn respond(&self, request: Request<Bytes>) -> (Response<Bytes>, Arrival) {
        while let Some(due) = self.0.look(State::next_due) {
            self.0.pass(due);
        }
        let (response, delivery) = self.0.answer(request, now());
        let arrival = match delivery {
            Delivery::Whole => Arrival::Whole,
            Delivery::Cut => Arrival::Half,
            Delivery::Late | Delivery::Never => Arrival::Nothing,
        };
        (response, arrival)
    }
}

#[tokio::test(start_paused = true)]
async fn an_environment_is_made_without_a_socket() {
    let here = Here::new();
    let went = deploy(&here.aws(), plans::dev(), true).await;
    assert_eq!(went.outcome(), Outcome::Done, "{:#?}", went.endings());
    let (called, changed) = here.0.called();
    assert!(changed && called.contains("ExecuteChangeSet"), "{called:?}");
    assert_eq!(here.0.called(), Default::default());
}

#[tokio::test(start_paused = true)]
async fn calls_fail_as_they_do_over_a_socket() {
    for (fault, outcome) in [
        ("throttle:times=1", Outcome::Done),
        ("500:times=2", Outcome::Done),
        ("timeout:times=1", Outcome::Done),
        ("cut:times=1", Outcome::Done),
        ("lost:times=1", Outcome::Done),
        ("500:times=1000", Outcome::Failed),
    ] {
        let here = Here::new();
        let fault = format!("api:CreateChangeSet={fault}").parse().unwrap();
        here.0.fault(fault, now());
        let went = deploy(&here.aws(), plans::two(0), true).await;
        assert_eq!(went.outcome(), outcome, "{:?}", went.endings());
    }
}
