//! A second app on the same tool: a bucket of entries and a queue of new ones.
//!
//! It shows all that another repository needs: a list of resource types, an `Environment`, a function that adds
//! stacks, and this `main`. The bucket and the queue are parts; types that the list and the parts both have are one.

mod resources {
    include!(concat!(env!("OUT_DIR"), "/resources.rs"));
}

use std::process::ExitCode;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stratiform_environment::Settings;
use stratiform_parts as parts;
use stratiform_stack::{App, DeletionPolicy, props};

use crate::resources::s3::{self, bucket};
use crate::resources::sqs;

fn main() -> ExitCode {
    stratiform::run(stacks)
}

/// What differs between the environments of the guestbook.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Environment {
    /// Where the environment lives, and how its stacks are treated.
    settings: Settings,
    /// Days that entries are kept.
    #[schemars(range(min = 1, max = 3650))]
    keep_days: u16,
}

impl stratiform_environment::Environment for Environment {
    fn settings(&self) -> &Settings {
        &self.settings
    }
}

fn stacks(env: &Environment, app: &App) {
    let storage = app.stack("storage", "Entries of the guestbook");
    let entries = props!(parts::Bucket {
        removal: DeletionPolicy::Retain,
        bucket: s3::Bucket {
            lifecycle_configuration: bucket::LifecycleConfiguration {
                rules: [bucket::Rule {
                    status: bucket::rule::Status::Enabled,
                    expiration_in_days: env.keep_days,
                }]
            },
        },
    });
    let entries = entries.add_to(&storage, "Entries");

    let inbox = app.stack("inbox", "New entries, waiting to be read");
    let new = props!(parts::Queue {
        removal: DeletionPolicy::Delete,
        queue: sqs::Queue {
            message_retention_period: i64::from(env.keep_days.min(14)) * 86_400,
        },
    });
    new.add_to(&inbox, "");
    inbox.output("Bucket", "Where entries go", entries.bucket.reference());
}
