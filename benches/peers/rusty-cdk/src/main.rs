//! The stacks of `benches/scale`, written for rusty-cdk: `rusty-cdk-peer <stacks> written|rendered apart <folder>`.
//!
//! rusty-cdk renders a template as text and leaves the rest to its user, so this program writes the files.

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use rusty_cdk::sqs::QueueBuilder;
use rusty_cdk::stack::StackBuilder;
use rusty_cdk::wrappers::{
    DelaySeconds, MessageRetentionPeriod, ReceiveMessageWaitTime,
    StringWithOnlyAlphaNumericsAndUnderscores, VisibilityTimeout,
};

const QUEUES: usize = 20;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [stacks, work, _apart, folder] = arguments.as_slice() else {
        eprintln!("usage: rusty-cdk-peer <stacks> written|rendered apart <folder>");
        return ExitCode::from(2);
    };
    match run(stacks, work, Path::new(folder)) {
        Ok(bytes) => {
            println!("{stacks} stacks, {bytes} bytes");
            ExitCode::SUCCESS
        }
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::FAILURE
        }
    }
}

fn run(stacks: &str, work: &str, folder: &Path) -> Result<usize, String> {
    let stacks: usize = stacks
        .parse()
        .map_err(|_| format!("`{stacks}` is no number"))?;
    fs::create_dir_all(folder).map_err(|error| error.to_string())?;
    let mut bytes = 0;
    for number in 0..stacks {
        // Its logical IDs are random, and where two are the same it asks to be run again.
        let text = synthesize(number).or_else(|_| synthesize(number))?;
        bytes += text.len();
        if work == "written" {
            fs::write(folder.join(format!("s{number}.json")), text)
                .map_err(|error| error.to_string())?;
        }
    }
    Ok(bytes)
}

fn synthesize(number: usize) -> Result<String, String> {
    let mut stack = StackBuilder::new();
    for queue in 0..QUEUES {
        QueueBuilder::new(&format!("Queue{queue}"))
            .standard_queue()
            .queue_name(StringWithOnlyAlphaNumericsAndUnderscores(format!(
                "bench_{number}_{queue}"
            )))
            .visibility_timeout(VisibilityTimeout(60))
            .message_retention_period(MessageRetentionPeriod(345_600))
            .receive_message_wait_time_seconds(ReceiveMessageWaitTime(20))
            .delay_seconds(DelaySeconds(5))
            .sqs_managed_sse_enabled(true)
            .build(&mut stack);
    }
    stack.build().map_err(|error| error.to_string())?.synth()
}
