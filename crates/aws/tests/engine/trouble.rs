//! Calls that do not come through.

use std::time::Duration;

use stratiform_aws::{Aws, Error};

use crate::{Engine, TOPIC};

/// What is configured, without the pauses.
fn impatient(engine: &Engine) -> Aws {
    let retries = engine.config.retry_config().unwrap().clone();
    let retries = retries.with_initial_backoff(Duration::ZERO);
    let config = engine.config.clone().into_builder();
    Aws::new(&config.retry_config(retries).build())
}

#[tokio::test]
async fn throttling_is_waited_out() {
    let engine = Engine::start().await;
    engine.create("shop", TOPIC).await;
    engine.fault("api:DescribeStacks=throttle:times=2");
    engine.fault("api:GetTemplate=throttle:times=1");
    assert_eq!(engine.stack("shop").await.template, TOPIC);
}

#[tokio::test]
async fn trouble_is_waited_out_for_eight_attempts() {
    let engine = Engine::start().await;
    engine.create("shop", TOPIC).await;
    let aws = impatient(&engine);
    for how in ["throttle", "500", "cut"] {
        engine.fault(&format!("api:ListStacks={how}:times=7"));
        assert_eq!(aws.stack_names("").await.unwrap(), ["shop"], "{how}");
        engine.fault(&format!("api:ListStacks={how}:times=8"));
        let error = aws.stack_names("").await.unwrap_err();
        let is_told = match how {
            "throttle" => matches!(error, Error::Throttled(_)),
            _ => matches!(error, Error::Unavailable(_)),
        };
        assert!(is_told, "{how}: {error:?}");
    }
}

#[tokio::test]
async fn what_is_unknown_without_importers_fails() {
    let engine = Engine::start().await;
    engine.fault("api:ListImports=500");
    let error = impatient(&engine).imports("used").await.unwrap_err();
    assert!(matches!(error, Error::Unavailable(_)), "{error:?}");
}
