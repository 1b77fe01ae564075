//! Whole deployments: the run's decisions, carried out with the real SDK over HTTP against the embedded engine.
#![expect(clippy::unwrap_used, reason = "a test")]

mod bad_nights;
mod besides;
#[path = "../support/deploying.rs"]
mod deploying;
mod destroying;
mod in_process;
mod interrupted;
mod matrix;
mod plans;
mod spoiled;
#[expect(dead_code, reason = "what only reads is for others")]
#[path = "../support/mod.rs"]
mod support;
mod undoing;

use std::time::Duration;

use aws_config::SdkConfig;
use stratiform_aws::Aws;
use stratiform_deploy::{Ending, Outcome, Plan};
use stratiform_endpoint::{Endpoint, Options, Running, Speed};
use stratiform_test_support::post;

use deploying::{Went, deploy, hasty};

/// An engine of its own for every test; it ends with the test.
struct Engine {
    running: Running,
    config: SdkConfig,
}

/// How long an answer is waited for that comes.
const PATIENT: Duration = Duration::from_secs(60);

impl Engine {
    async fn start() -> Engine {
        Engine::start_at(Speed::Max).await
    }

    async fn start_at(speed: Speed) -> Engine {
        Engine::of(speed, PATIENT).await
    }

    /// One whose calls are to fail so. What is never answered, or too late, is not waited for; all else is, however slow
    /// this machine is.
    async fn facing(fault: &str) -> Engine {
        let patience = match fault {
            "timeout" | "lost" => Duration::from_secs(1),
            _ => PATIENT,
        };
        Engine::of(Speed::Max, patience).await
    }

    async fn of(speed: Speed, patience: Duration) -> Engine {
        let options = Options {
            speed,
            ..Options::default()
        };
        // The endpoint has a runtime of its own, which none may be around.
        let running = std::thread::spawn(|| Endpoint::start(options)).join();
        let running = running.unwrap().unwrap();
        let config = support::deployment_config(&running.url()).await;
        Engine {
            running,
            config: hasty(&config, patience),
        }
    }

    fn aws(&self) -> Aws {
        Aws::new(&self.config)
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
        deploy(&self.aws(), plan, yes).await
    }

    /// Deploys through somebody who passes on what is asked here.
    async fn deploy_through(&self, url: &str, plan: Plan) -> Went {
        let config = self.config.to_builder().endpoint_url(url).build();
        deploy(&Aws::new(&config), plan, true).await
    }
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
