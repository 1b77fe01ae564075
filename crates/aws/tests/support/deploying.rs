//! A deployment whose audience remembers everything.

use std::time::Duration;

use aws_config::SdkConfig;
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use stratiform_aws::{Audience, Aws, Interruption, carry_out};
use stratiform_deploy::{Ending, News, Outcome, Plan, Proposal, Run, Told};

/// A configuration as it is, but for the length of its pauses.
pub(crate) fn hasty(config: &SdkConfig, patience: Duration) -> SdkConfig {
    let retries = RetryConfig::standard()
        .with_max_attempts(3)
        .with_initial_backoff(Duration::from_millis(5));
    let timeouts = TimeoutConfig::builder().read_timeout(patience).build();
    let config = config.to_builder();
    let config = config.retry_config(retries).timeout_config(timeouts);
    config.build()
}

/// Carries out a plan, and says yes or no to all that is asked.
pub(crate) async fn deploy(aws: &Aws, plan: Plan, yes: bool) -> Went {
    let mut watcher = Watcher {
        yes,
        told: Vec::new(),
        questions: 0,
    };
    let (_end, mut interrupts) = tokio::sync::mpsc::unbounded_channel();
    let run = carry_out(aws, plan, &mut watcher, &mut interrupts).await;
    Went { run, watcher }
}

/// How a deployment went.
pub(crate) struct Went {
    run: Run,
    pub(crate) watcher: Watcher,
}

impl Went {
    pub(crate) fn plan(&self) -> &Plan {
        self.run.plan()
    }

    pub(crate) fn outcome(&self) -> Outcome {
        self.run.outcome().unwrap()
    }

    pub(crate) fn endings(&self) -> Vec<Ending> {
        self.run.endings().into_iter().map(Option::unwrap).collect()
    }

    /// What was told of a stack, in short.
    pub(crate) fn story(&self, stack: usize) -> Vec<String> {
        let told = self.watcher.told.iter();
        told.filter_map(|told| match told {
            Told::Stack { stack: about, news } if *about == stack => Some(short(news)),
            _ => None,
        })
        .collect()
    }
}

fn short(news: &News) -> String {
    match news {
        News::Found(status) => format!(
            "found {}",
            status.as_ref().map_or("nothing", |status| status.as_str())
        ),
        News::Proposed(proposal) => format!("proposed {}", proposal.change_set.changes.len()),
        News::Event(event) => format!(
            "{} {}",
            event.logical_resource_id,
            event.resource_status.as_str()
        ),
        other => format!("{other:?}")
            .split(['(', ' '])
            .next()
            .unwrap()
            .to_owned(),
    }
}

/// Who watched it.
#[derive(Default)]
pub(crate) struct Watcher {
    yes: bool,
    pub(crate) told: Vec<Told>,
    pub(crate) questions: usize,
}

impl Audience for Watcher {
    fn told(&mut self, _: &Plan, told: &Told) {
        self.told.push(told.clone());
    }

    fn approve(&mut self, _: &Plan, _: &[(usize, Option<&Proposal>)]) -> bool {
        self.questions += 1;
        self.yes
    }

    fn interrupted(&mut self, _: Interruption) {}
}
