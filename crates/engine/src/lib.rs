//! An embedded CloudFormation, and what a deployer asks the services around it.
//!
//! What lives here: [`step`], a pure function from a state, an input and a moment to the next state and its effects.
//! Time is simulated: it passes only as far as inputs say. The same inputs at the same moments give the same state.
//! What does not: the network, protocols, files and the clock (`endpoint`).

mod agenda;
mod call;
mod change_set;
mod drift;
mod early;
mod estate;
mod event;
mod family;
mod fault;
mod handled;
mod ids;
mod input;
mod intake;
mod operation;
mod properties;
mod provider;
mod services;
mod shared;
mod stack;
mod state;
mod world;

pub use fault::{ApiFault, Deployed, DeploymentFault, Fault, FaultedAction, NoFault, Target};
pub use handled::Handled;
pub use input::{Answer, Delivery, Effect, Input, Refused, Request};
pub use provider::Action;
pub use state::State;

use serde_json::{Map, Value};

use stratiform_service::Timestamp;

/// Milliseconds that an action on a resource takes here, with what it waits on purpose; nothing else of its stack counts.
/// Scalars may be as JSON has them.
pub fn expected_millis(
    resource_type: &str,
    action: Action,
    properties: &Map<String, Value>,
) -> u64 {
    let properties = services::plain_properties(properties);
    let waits = match action {
        Action::Create | Action::Update => services::wait(resource_type, &properties),
        Action::Delete => 0,
    };
    provider::course(resource_type, action, &properties).millis + waits
}

/// Brings the state to a moment, and hands it an input.
///
/// What is due until then happens first, each thing at its own time. A moment before the state's own counts as that.
pub fn step(mut state: State, input: &Input, now: Timestamp) -> (State, Vec<Effect>) {
    let mut effects = Vec::new();
    state.advance(now, &mut effects);
    match input {
        Input::Tick => {}
        Input::Fault(fault) => state.add_fault(fault.clone()),
        Input::Calm => state.forget_faults(),
        Input::Call(request) => {
            let answer = call::answer(&mut state, request, &mut effects);
            effects.push(Effect::Answer(answer));
        }
    }
    (state, effects)
}
