//! Whole deployments: the run's decisions, carried out with the real SDK over HTTP against the embedded engine.
#![expect(clippy::unwrap_used, reason = "a test")]

mod bad_nights;
mod destroying;
mod interrupted;
mod matrix;
mod plans;
#[expect(dead_code, reason = "what only reads is for others")]
#[path = "../support/mod.rs"]
mod support;

use std::time::Duration;

use aws_config::SdkConfig;
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use stratiform_aws::{Audience, Aws, Interruption, carry_out};
use stratiform_deploy::{Ending, News, Outcome, Plan, Proposal, Run, Told};
use stratiform_endpoint::{Endpoint, Options, Running, Speed};
use stratiform_test_support::post;

/// An engine of its own for every test; it ends with the test.
struct Engine {
    running: Running,
    config: SdkConfig,
}

impl Engine {
    async fn start() -> Engine {
        Engine::start_at(Speed::Max).await
    }

    async fn start_at(speed: Speed) -> Engine {
        let options = Options {
            speed,
            ..Options::default()
        };
        // The endpoint has a runtime of its own, which none may be around.
        let running = std::thread::spawn(|| Endpoint::start(options)).join();
        let running = running.unwrap().unwrap();
        let config = support::deployment_config(&running.url()).await;
        // As it is, but for the length of its pauses.
        let retries = RetryConfig::standard()
            .with_max_attempts(3)
            .with_initial_backoff(Duration::from_millis(5));
        let timeouts = TimeoutConfig::builder()
            .read_timeout(Duration::from_secs(1))
            .build();
        let config = config.into_builder();
        let config = config.retry_config(retries).timeout_config(timeouts);
        Engine {
            running,
            config: config.build(),
        }
    }

    fn aws(&self) -> Aws {
        Aws::deploying(&self.config)
    }

    /// Has something fail: the text of a `--fault`.
    fn fault(&self, text: &str) {
        post(
            &format!("{}/_stratiform/fault", self.running.url()),
            &[],
            text,
        );
    }

    /// Nothing fails any more.
    fn calm(&self) {
        post(&format!("{}/_stratiform/calm", self.running.url()), &[], "");
    }

    /// Deploys, and says yes.
    async fn deploy(&self, plan: Plan) -> Went {
        self.deploy_if(plan, true).await
    }

    async fn deploy_if(&self, plan: Plan, yes: bool) -> Went {
        let mut watcher = Watcher {
            yes,
            told: Vec::new(),
            questions: 0,
        };
        let (_end, mut interrupts) = tokio::sync::mpsc::unbounded_channel();
        let run = carry_out(&self.aws(), plan, &mut watcher, &mut interrupts).await;
        Went { run, watcher }
    }
}

/// How a deployment went.
struct Went {
    run: Run,
    watcher: Watcher,
}

impl Went {
    fn outcome(&self) -> Outcome {
        self.run.outcome().unwrap()
    }

    fn endings(&self) -> Vec<Ending> {
        self.run.endings().into_iter().map(Option::unwrap).collect()
    }

    /// What was told of a stack, in short.
    fn story(&self, stack: usize) -> Vec<String> {
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

#[derive(Default)]
struct Watcher {
    yes: bool,
    told: Vec<Told>,
    questions: usize,
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

#[tokio::test]
async fn an_environment_is_made_and_then_there_is_nothing_to_do() {
    let engine = Engine::start().await;
    let went = engine.deploy(plans::dev()).await;
    assert_eq!(went.outcome(), Outcome::Done, "{:#?}", went.endings());
    assert!(
        went.endings()
            .iter()
            .all(|ending| *ending == Ending::Deployed)
    );
    assert_eq!(went.watcher.questions, 1);

    let went = engine.deploy(plans::dev()).await;
    assert!(
        went.endings()
            .iter()
            .all(|ending| *ending == Ending::Unchanged),
        "{:#?}",
        went.endings()
    );
    assert_eq!((went.watcher.questions, went.outcome()), (0, Outcome::Done));
    assert_eq!(went.story(0), ["found CREATE_COMPLETE", "Finished"]);
}

#[tokio::test]
async fn who_says_no_finds_everything_as_it_was() {
    let engine = Engine::start().await;
    let went = engine.deploy_if(plans::two(0), false).await;
    assert_eq!(went.outcome(), Outcome::No);
    assert_eq!(went.endings(), [Ending::NotApproved, Ending::NotApproved]);
    let went = engine.deploy_if(plans::two(0), true).await;
    // Not even an empty stack was left.
    assert_eq!(went.story(0)[0], "found nothing");
    let went = engine.deploy_if(plans::two(1), false).await;
    assert_eq!(went.endings(), [Ending::NotApproved, Ending::Unchanged]);
    let again = engine.deploy(plans::two(1)).await;
    assert_eq!(
        again.endings(),
        [Ending::Deployed, Ending::Unchanged],
        "{:?}",
        again.story(0)
    );
    assert!(again.story(0).contains(&"Queue UPDATE_COMPLETE".to_owned()));
}
