//! Carries out the plans of `cargo xtask conformance engine`: the real AWS SDK, over HTTP, against our endpoint.
//!
//! What lives here: calls, and what is answered. What does not: why a plan is as it is, and what an answer is worth;
//! those are `xtask/src/conformance/engine`. An example of its package, so that only who needs the SDK builds it.
//!
//! Plans come in as JSON on standard input, transcripts go out on standard output, in the same order. Each case has an
//! endpoint of its own: it starts with nothing, and at the same moment.

mod answer;
mod call;
mod client;
#[path = "../../src/http.rs"]
mod http;
#[path = "../../src/conformance/engine/plan.rs"]
mod plan;
mod play;
mod question;
mod request;
#[path = "../../src/conformance/engine/transcript.rs"]
mod transcript;

use std::io::Read;
use std::process::ExitCode;

use stratiform_endpoint::{Endpoint, Options};
use stratiform_service::Timestamp;

use plan::Plan;
use transcript::Transcript;

fn main() -> ExitCode {
    match run() {
        Ok(text) => {
            println!("{text}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<String, Box<dyn std::error::Error>> {
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text)?;
    let plans: Vec<Plan> = serde_json::from_str(&text)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let mut transcripts = Vec::new();
    for plan in &plans {
        let options = Options {
            start: Some(Timestamp::EPOCH),
            ..Options::default()
        };
        let endpoint = Endpoint::start(options)?;
        let client = client::Client::new(&endpoint.url());
        let mut transcript = Transcript {
            stack_name: plan.stack_name.clone(),
            ..Transcript::default()
        };
        if let Err(trouble) = runtime.block_on(play::play(&client, plan, &mut transcript)) {
            transcript.trouble = Some(trouble);
        }
        transcripts.push(transcript);
    }
    Ok(serde_json::to_string(&transcripts)?)
}
